"""`explain`: the chain rule with the numbers of one graph, path by path.

    d root / d node = Σ over the paths from root to node, Π over the local derivatives on a path

Where there are too many paths to write out, the same sum is written node by node, as `backward()`
adds it up. `graph.py` finds the numbers and `paths.py` the paths; here they are written down, in
text and in LaTeX. A d stands for a gradient, a ∂ for the local derivative of one edge. The last
lines define the nodes that have no label but a number.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from ...engine import calculus
from ...engine.arguments import integer
from ...engine.graph import gradients, topological_order
from ...engine.messages import pluralize
from ...engine.node import Node
from ...engine.rows import refuse_rows
from ...engine.value import Constant, Value
from ..foreign.conversion import AnyValue, to_values
from ..text import how_many
from .equations import (
    EQUALS,
    FEWEST_LEFT_OUT,
    MOST_ON_A_LINE,
    PLUS,
    TIMES,
    Equation,
    Forms,
    Line,
    Symbols,
    abridge,
    forms,
    join_numbers,
    more,
)
from .explanation import Explanation
from .infinities import in_gradient, in_nodes, in_path, in_sum
from .naming import names_of
from .notation import ELLIPSIS, Written, join, write_result
from .paths import Arrival, Path, Steps, arrivals_at, nodes_between, paths_between, steps_to
from .term import computed_from, named

MOST_PATHS = 20
MOST_LINES = 60  # of an explanation node by node
MOST_MEANINGS = 12
EXACT_BELOW = 10**15
USES = "⁽¹⁾, ⁽²⁾, … tell the operands apart where a node uses the same one more than once."


class ChainRule(Explanation):
    """The explanation of one gradient by the chain rule, with its paths.

    Attributes:
        gradient: d root / d wrt, as `backward()` finds it.
        count: how many paths lead from the root to wrt, exactly.
        paths: all of them in order, or none if there are more than were asked for.
    """

    def __init__(self, forms: Forms, gradient: float, count: int, paths: tuple[Path, ...]) -> None:
        super().__init__(*forms)
        self.gradient, self.count, self.paths = gradient, count, paths


def explain(root: AnyValue, wrt: AnyValue, most: int = MOST_PATHS) -> ChainRule:
    """The chain rule for d root / d wrt, with the numbers of this graph. No `grad` changes.

    Args:
        root: the node that is differentiated, usually the loss; micrograd's and similar ones too.
        wrt: the node to differentiate by: a leaf, or one on the way.
        most: up to how many paths are written out; of more, the sum is written node by node.

    Raises:
        TypeError: if `root` or `wrt` is no Value, or `most` no int.
        ValueError: if `wrt` is a constant, or `most` negative.
        StaleGraphError: if a number changed so that the gradient would be wrong.

    Example:
        >>> from autograd import Value
        >>> from autograd.show.words.explain import explain
        >>> a, b = Value(2.0, "a"), Value(3.0, "b")
        >>> loss = a * b + a * 4.0
        >>> loss.label = "loss"
        >>> explain(loss, a)
        dloss/da: 2 paths lead from loss back to a
        <BLANKLINE>
          path 1   loss ← t1 ← a   ∂loss/∂t1 · ∂t1/∂a = 1 · 3 = 3
          path 2   loss ← t2 ← a   ∂loss/∂t2 · ∂t2/∂a = 1 · 4 = 4
          sum      dloss/da = 3 + 4 = 7
        <BLANKLINE>
          where t1 = a·b
                t2 = a·4
    """
    root, wrt = to_values("explain", root, wrt)
    _check(wrt, most)
    order = topological_order(root)
    refuse_rows("explain", order)
    found = gradients(root)
    upstream = {node: found.get(node, 0.0) for node in order}
    gradient = float(upstream.get(wrt, 0.0))
    steps = steps_to(wrt, order)
    between, count = nodes_between(root, wrt, order, steps)
    paths = tuple(paths_between(root, wrt, steps)) if count <= most else ()
    known = order if wrt in upstream else [*order[:-1], wrt, root]
    symbols = Symbols(names_of(known), root)
    if root is wrt or not count:
        answer = _without_path(symbols, wrt, gradient, wrt in upstream)
    elif count <= most:
        answer = _path_by_path(symbols, wrt, gradient, paths)
    else:
        answer = _node_by_node(symbols, count, between, steps, upstream)
    written = forms(answer.headline, answer.lines, _meanings(symbols), answer.notes)
    return ChainRule(written, gradient, count, paths)


def _check(wrt: object, most: object) -> None:
    if not isinstance(wrt, Value):
        kind = type(wrt).__name__
        raise TypeError(f"wrt is a Value that the root was computed from, got {kind}")
    if isinstance(wrt, Constant):
        raise ValueError(
            f"wrt is a constant ({wrt.describe()}), and constants get no gradient: "
            "make it with Value(x) instead of constant(x)"
        )
    if wrt.is_constant:
        raise ValueError(
            f"wrt is a frozen parameter ({wrt.describe()}), which gets no gradient: "
            "call unfreeze() of its module"
        )
    integer("most", most, 0)


class _Answer(NamedTuple):
    """The parts of an explanation: a headline, lines, and notes below them."""

    headline: str
    lines: list[Line]
    notes: list[str]


def _without_path(symbols: Symbols, wrt: Value, gradient: float, known: bool) -> _Answer:
    root, by = symbols.name(symbols.root).text, symbols.name(wrt).text
    if symbols.root is wrt:
        headline = f"{symbols.gradient(wrt).text} = 1: {root} itself, with no edge on the way"
    elif known:
        headline = (
            f"{root} was computed with {by}, but no path leads back to it along which anything "
            "flows, as with what a where or lookup did not take: the gradient is 0"
        )
    else:
        headline = f"{root} does not depend on {by}: no path, the gradient is 0"
    return _Answer(headline, [_gradient_line("", symbols, wrt, [gradient], gradient)], [])


def _path_by_path(symbols: Symbols, wrt: Value, gradient: float, paths: Sequence[Path]) -> _Answer:
    products = [path.product for path in paths]
    total, found = write_result(float(calculus.sum(products))), write_result(gradient)
    lines = [_path_line(symbols, place, path) for place, path in enumerate(paths, 1)]
    notes = [note for place, path in enumerate(paths, 1) for note in in_path(symbols, place, path)]
    notes += in_sum(products, gradient)
    if total == found:
        label = "sum" if len(paths) > 1 else "so"
        lines.append(_gradient_line(label, symbols, wrt, products, gradient))
    else:
        lines.append(Line("sum", "", Equation(join_numbers(PLUS, products), total)))
        lines.append(_gradient_line("so", symbols, wrt, [gradient], gradient))
        notes.append(
            f"The sum of the products rounds to {total.text}. backward() adds up at every "
            f"node before it multiplies on, and finds {found.text}."
        )
    if any(step.use for path in paths for step in path.steps):
        notes.append(USES)
    return _Answer(_headline(symbols, wrt, len(paths)), lines, notes)


def _headline(symbols: Symbols, wrt: Node, count: int) -> str:
    paths = pluralize(count, "path leads", "paths lead") if count < EXACT_BELOW else _about(count)
    back = f"from {symbols.name(symbols.root).text} back to {symbols.name(wrt).text}"
    return f"{symbols.gradient(wrt).text}: {paths} {back}"


def _about(count: int) -> str:
    """The number of paths in two digits, for counts too large to be read or to fit a float."""
    exponent = math.floor(math.log10(count))
    digits, _, further = f"{count / 10**exponent:.1e}".partition("e")
    return f"about {digits}e{exponent + int(further)} paths lead"


def _gradient_line(
    label: str, symbols: Symbols, wrt: Node, terms: Sequence[float], gradient: float
) -> Line:
    right = [join_numbers(PLUS, terms)] * (len(terms) > 1) + [write_result(gradient)]
    return Line(label, "", Equation(symbols.gradient(wrt), join(EQUALS, right)))


def _path_line(symbols: Symbols, place: int, path: Path) -> Line:
    def local(i: int) -> Written:
        return symbols.local(path.nodes[i], path.steps[i])

    trail = abridge(path.nodes, MOST_ON_A_LINE, symbols.name, more)
    left = abridge(range(len(path.steps)), MOST_ON_A_LINE, local, more)
    right = [join_numbers(TIMES, path.locals), write_result(path.product)][: len(path.steps)]
    equation = Equation(join(TIMES, left), join(EQUALS, right))
    return Line(f"path {place}", " ← ".join(node.text for node in trail), equation)


def _node_by_node(
    symbols: Symbols, count: int, between: Sequence[Node], steps: Steps, upstream: dict[Node, float]
) -> _Answer:
    odd, ends = in_nodes(between, upstream), MOST_LINES // 2 + FEWEST_LEFT_OUT
    shown_nodes = {*between[:ends], *between[-ends:], *odd}
    arrivals = arrivals_at(shown_nodes, between, steps)

    def line(node: Node) -> Line:
        return _node_line(symbols, node, arrivals.get(node, ()), upstream)

    lines = abridge(between, MOST_LINES, line, lambda k: Line("", f"… {k:,} more nodes …"))
    notes = [in_gradient(symbols, node, arrivals.get(node, ()), upstream) for node in odd]
    if any(step.use for arriving in arrivals.values() for _, step in arriving):
        notes.append(USES)
    headline = _headline(symbols, between[-1], count)
    return _Answer(f"{headline}. What reaches a node adds up, from the root on:", lines, notes)


def _node_line(
    symbols: Symbols, node: Node, arriving: Sequence[Arrival], upstream: dict[Node, float]
) -> Line:
    def locals_of(arrival: Arrival) -> Written:
        return join(TIMES, [symbols.gradient(arrival[0]), symbols.local(*arrival)])

    def numbers(place: int) -> Written:
        user, step = arriving[place]
        return join_numbers(TIMES, [upstream[user], step.local], later=place > 0)

    parts = [
        join(PLUS, abridge(arriving, MOST_ON_A_LINE, locals_of, more)),
        join(PLUS, abridge(range(len(arriving)), MOST_ON_A_LINE, numbers, more)),
        write_result(upstream[node]),
    ]
    right = join(EQUALS, parts[0 if arriving else 2 :])
    return Line("", "", Equation(symbols.gradient(node), right))


def _meanings(symbols: Symbols) -> list[Equation]:
    """Equations for the mentioned nodes that have no label, operands first."""
    names, root = symbols.names, symbols.root
    unknown = [x for x in symbols.mentioned if x.op is not None and x is not root and not x.label]
    nearest = set(unknown[: how_many(len(unknown), MOST_MEANINGS)])
    meanings = []
    for node in names:
        if node in nearest and node.op is not None and names.keys() >= set(node.parents):
            whole = computed_from(node, names)
            meanings.append(Equation(named(names[node]).written(), whole.written()))
    return meanings + [Equation(ELLIPSIS)] * (len(unknown) > len(nearest))
