"""Hints about a graph, in words: nodes that could be saved, and numbers that are useless.

Each hint is a small function of a `Survey`, and `HINTS` is the table of them. A hint is true and
of use, or it is not given: a small graph after `backward()`, with finite numbers, gets none.
"""

import math
from collections.abc import Callable, Sequence
from functools import cached_property

from ...engine import calculus
from ...engine.graph import edges
from ...engine.messages import pluralize
from ...engine.node import Node
from ...engine.op import Op
from ..source_lines import made_at
from ..text import decimal, how_many
from .naming import names_of

LONG_CHAIN = 32  # nodes of +
LARGE = 1_000  # nodes: below, speed and memory do not matter
LARGE_SHARE = 0.5
MOST_NAMES = 5


class Survey:
    """The input of the hints: the nodes of a graph and how often each is used."""

    def __init__(self, order: Sequence[Node], uses: dict[Node, int]) -> None:
        self.order, self.uses = order, uses

    @cached_property
    def names(self) -> dict[Node, str]:
        """The name of each node."""
        return names_of(self.order)

    @property
    def root(self) -> Node:
        """The root."""
        return self.order[-1]

    def list_names(self, nodes: Sequence[Node]) -> str:
        """The first few names, and the number of those left out."""
        count = how_many(len(nodes), MOST_NAMES)
        shown = ", ".join(self.names[node] for node in nodes[:count])
        more = len(nodes) - count
        return f"{shown} and {more:,} more" if more > 0 else shown

    def used_once(self, node: Node | None, op: Op) -> bool:
        """Whether `op` made the node, it is used once, and it has no label."""
        return node is not None and node.op is op and self.uses[node] == 1 and not node.label


Hint = Callable[[Survey], str | None]


def no_backward_pass(survey: Survey) -> str | None:
    """Say that no gradient has arrived anywhere."""
    graded = False
    for node in survey.order:
        if not node.is_constant:
            if node.is_reached:
                return None
            graded = True
    if not graded:
        return None
    return "no backward pass has run, or gradients were zeroed since: backward() fills them"


def not_finite(survey: Survey) -> str | None:
    """Name the first node that is nan or inf though its operands are finite."""
    found = [node for node in survey.order if not math.isfinite(node._data)]
    made = next((x for x in found if x.op and all(map(math.isfinite, x.recorded))), None)
    if made is not None:
        name = survey.names[made]
        line = made_at(made).removeprefix("; ")
        where = (
            f"it was made in {line}" if line else "`with strict():` stops at the line that makes it"
        )
        return f"{name} is {decimal(made._data)}, and what it was computed from is finite: {where}"
    if any(node._data != node._data for node in found):
        first = survey.names[found[0]]
        return (
            f"the leaf {first} is {decimal(found[0]._data)}, which makes others nan: mend the data"
        )
    return None


def sums_of_products(survey: Survey) -> str | None:
    """Count the nodes of + and * that one dot() could replace."""
    if len(survey.order) < LARGE:
        return None
    count = 0
    for node in survey.order:
        if node.op is calculus.add or node.op is calculus.sum:
            products = [x for x in node.parents if survey.used_once(x, calculus.mul)]
            summed = products and any(survey.used_once(x, calculus.add) for x in node.parents)
            if len(products) > 1 or (products and summed):
                count += 1 + len(products)
    share = count / len(survey.order)
    if share < LARGE_SHARE:
        return None
    return f"{share:.0%} of the nodes are sums of products: dot() would make one node of each sum"


def chains_of_sums(survey: Survey) -> str | None:
    """Count the nodes of a long chain of +, as the builtin sum makes it."""
    length: dict[Node, int] = {}
    for node in survey.order:
        if node.op is calculus.add:
            before = node.operands[0]
            joined = isinstance(before, Node) and survey.used_once(before, calculus.add)
            length[node] = 1 + (length[before] if joined else 0)
    longest = max(length.values(), default=0)
    if longest < LONG_CHAIN:
        return None
    return (
        f"{longest:,} nodes of + follow one another, as the builtin sum makes them: "
        "the sum() of this library makes one node of them"
    )


def constants_of_constants(survey: Survey) -> str | None:
    """Count the nodes that no gradient can ever flow through."""
    fixed = {node for node in survey.order if node.is_constant}
    wasted = []
    for node in survey.order if fixed else ():
        if node.op is not None and fixed.issuperset(node.parents):
            fixed.add(node)
            wasted.append(node)
    if not wasted:
        return None
    return (
        f"{pluralize(len(wasted), 'node is', 'nodes are')} computed from constants alone "
        f"({survey.list_names(wasted)}): plain numbers would make no nodes"
    )


def leaves_without_gradient(survey: Survey) -> str | None:
    """Count the leaves that get the gradient 0 whatever the numbers are."""
    ops = {node.op for node in survey.order if node.op is not None}
    if all(op.rules and None not in op.rules and 0.0 not in op.rules for op in ops):
        return None  # each passes on to all its operands
    reached = {survey.root}
    for node in reversed(survey.order):
        if node in reached and node.op is not None:
            reached.update(_receivers(node))
    missed = [x for x in survey.order if x.op is None and not x.is_constant and x not in reached]
    if not missed:
        return None
    return (
        f"{pluralize(len(missed), 'leaf is', 'leaves are')} out of reach of any gradient "
        f"({survey.list_names(missed)}): on every way there is a step, a comparison or a choice "
        "that passes nothing back"
    )


def _receivers(node: Node) -> Sequence[Node]:
    """The operands that a gradient can flow to."""
    assert node.op is not None
    if not node.op.rules:
        try:
            return [operand for _, operand, _ in edges(node, False)]
        except Exception:  # a user's rule that fails must not stop a summary
            return node.parents
    pairs = zip(node.operands, node.op.rules, strict=True)
    return [x for x, rule in pairs if isinstance(x, Node) and rule is not None and rule != 0.0]


HINTS: tuple[Hint, ...] = (
    not_finite,
    no_backward_pass,
    leaves_without_gradient,
    constants_of_constants,
    chains_of_sums,
    sums_of_products,
)


HINTS_FOR_OTHERS: tuple[Hint, ...] = (no_backward_pass, leaves_without_gradient)


def hints(survey: Survey, foreign: bool = False) -> tuple[str, ...]:
    """All hints that apply to a graph; without those on this library, if it is `foreign`."""
    known = HINTS_FOR_OTHERS if foreign else HINTS
    return tuple(text for hint in known if (text := hint(survey)) is not None)
