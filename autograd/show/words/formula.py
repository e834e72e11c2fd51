"""`formula`: the expression that made a value, in named parts of a line each."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Any

from ...engine.arguments import positive_int
from ...engine.graph import topological_order
from ...engine.node import Node
from ..foreign.conversion import AnyValue, to_values
from ..moved_on import find_moved_on
from ..text import how_many
from .equations import Equation, explanation, remark
from .explanation import Explanation
from .naming import names_of
from .notation import ELLIPSIS, Written
from .term import OMITTED, Term, applied, elided, named, node_named, numeral

LINE = 60  # the widest expression on one line, in characters
MOST_NUMBERS = 20  # in the last line of a formula


def formula(value: AnyValue, most: int = 100) -> Explanation:
    """The expression that made `value`, as the graph records it.

    Labelled nodes, nodes used more than once and parts of long expressions have a line of
    their own, `value` the last one; then come the numbers of the leaves.

    Args:
        value: the Value to explain; micrograd's and similar ones too.
        most: how many lines of the expression to show; those nearest to `value` are kept, and
            one more rather than a line on it.

    Raises:
        TypeError: if `value` is not a Value, or `most` not an int.
        ValueError: if `most` is less than 1.

    Example:
        >>> from autograd import Value
        >>> from autograd.show.words.formula import formula
        >>> w, x = Value(2.0, "w"), Value(-3.0, "x")
        >>> formula((w * x + 10).tanh() ** 2)
        root = tanh(w·x + 10)²
        where w = 2, x = −3
    """
    (value,), most = to_values("formula", value), positive_int("most", most)
    kept: deque[tuple[Term, Term]] = deque(maxlen=most + 1)
    count = 0
    for part in _parts(topological_order(value)):
        kept.append(part)
        count += 1
    shown = list(kept)[-how_many(count, most) :]
    lines = [Equation(left.written(), right.written()) for left, right in shown]
    if count > len(shown):
        lines.insert(0, remark(f"… and {count - most:,} more parts before these"))
    if value.op is not None:
        lines += _numbers(right for _, right in shown)
    return explanation(lines)


def _parts(order: Sequence[Node]) -> Iterator[tuple[Term, Term]]:
    """The name and the expression of each part, operands before results."""
    names, root, moved = names_of(order), order[-1], find_moved_on(order)
    uses = Counter(parent for node in order for parent in node.parents)
    terms: dict[Node, Term] = {}  # how an operand is written: as a name, or as an expression
    for node in order:
        if node.op is None:
            terms[node] = node_named(node, names[node], moved.get(node))
            continue
        operands = elided(node.op, node.operands, OMITTED)
        terms[node] = applied(node.op, operands, terms)
        if terms[node].width > LINE:
            for part in _too_wide(terms[node].width, operands, terms):
                whole, terms[part] = terms[part], named(names[part])
                yield terms[part], whole
            terms[node] = applied(node.op, operands, terms)
        if node is not root and (node.label or uses[node] > 1):
            whole, terms[node] = terms[node], named(names[node])
            yield terms[node], whole
    yield named(names[root]), terms[root] if root.op is not None else numeral(root._data)


def _too_wide(width: int, operands: Sequence[Any], terms: dict[Node, Term]) -> list[Node]:
    """The operands that get a line of their own so that `width` fits, the widest first."""
    inline = dict.fromkeys(x for x in operands if isinstance(x, Node) and terms[x].op is not None)
    parts: list[Node] = []
    for part in sorted(inline, key=lambda x: -terms[x].width):
        if width > LINE:
            width -= terms[part].width - 4
            parts.append(part)
    return parts


def _numbers(expressions: Iterator[Term]) -> list[Equation]:
    """The line with the numbers of the leaves in the expressions."""
    leaves: dict[str, Equation] = {}
    waiting = list(expressions)[::-1]
    while waiting:
        one = waiting.pop()
        waiting.extend(reversed(one.operands))
        if one.name is not None and one.known is not None and len(leaves) <= MOST_NUMBERS:
            leaves.setdefault(one.name.text, Equation(one.name, numeral(one.known).written()))
    if not leaves:
        return []
    found = list(leaves.values())[:MOST_NUMBERS]
    text = [one.text for one in found]
    latex = [one.inline for one in found]
    if len(leaves) > MOST_NUMBERS:
        text, latex = [*text, ELLIPSIS.text], [*latex, ELLIPSIS.latex]
    numbers = r",\; ".join(latex)
    return [Equation(Written(f"where {', '.join(text)}", f"\\text{{where }} {numbers}"))]
