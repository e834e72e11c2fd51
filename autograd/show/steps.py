"""Backpropagation step by step: the events of a forward and a backward pass.

The order is that of the topological order and the products are those of the chain rule in
`graph.py`, so the last gradients are the bits that `backward()` finds. Nobody's `grad` is touched.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autograd.arguments import root_value
from autograd.graph import edges, product, topological_order
from autograd.node import Node
from autograd.number import number
from autograd.show.recorded import moved_on
from autograd.show.words.naming import names_of
from autograd.show.words.term import computed_from
from autograd.value import Value


class Names(dict[Node, str]):
    """The names of the nodes of a graph, found when the first of them is asked for."""

    def __init__(self, order: Sequence[Node]) -> None:
        super().__init__()
        self._order = order

    def __missing__(self, node: Node) -> str:
        self.update(names_of(self._order))
        return self[node]


class Forward(NamedTuple):
    """The number of a node is there: given, or computed from its operands.

    Attributes:
        node: the node.
        data: its number; of a leaf that moved on since, what it was when it was used.
    """

    node: Node
    data: float
    names: Names

    def __repr__(self) -> str:
        made = f" = {computed_from(self.node, self.names)}" if self.node.op is not None else ""
        return f"{self.names[self.node]}{made} = {self.data:g}"


class Seed(NamedTuple):
    """The backward pass starts at the root, with d root / d root."""

    node: Node
    gradient: float
    names: Names

    def __repr__(self) -> str:
        return f"{self.names[self.node]}.grad = {self.gradient:g}, the seed"


class Contribute(NamedTuple):
    """One edge passes a gradient back: upstream · local derivative, added to what is there.

    Attributes:
        node: the node whose gradient flows on.
        slot: the position of `parent` among its operands.
        parent: the operand that gets the contribution.
        upstream: d root / d node.
        local: d node / d parent, through this slot.
        contribution: their product.
        before: the gradient of the parent so far, 0 before the first contribution.
        after: the gradient with this contribution.
        use: which of the contributions to this parent it is, from 1.
        uses: how many there are.
    """

    node: Node
    slot: int
    parent: Node
    upstream: float
    local: float
    contribution: float
    before: float
    after: float
    use: int
    uses: int
    names: Names

    def __repr__(self) -> str:
        name, rest = self.names[self.parent], f"{self.use} of {self.uses} uses"
        return (
            f"{name}.grad += {self.upstream!r} (upstream) × {self.local!r} "
            f"(∂{self.names[self.node]}/∂{name}) → {self.before:g} + {self.contribution:g} = "
            f"{self.after:g}, {'final' if self.use == self.uses else rest}"
        )


class Final(NamedTuple):
    """All contributions have reached a node: this is its gradient."""

    node: Node
    gradient: float
    names: Names

    def __repr__(self) -> str:
        return f"{self.names[self.node]}.grad = {self.gradient:g}, final"


Flows = dict[Node, list[tuple[int, Node, float]]]
Event = Forward | Seed | Contribute | Final


def steps(root: Value, gradient: float = 1.0) -> Iterator[Event]:
    """Go through a forward and a backward pass event by event, and change nothing.

    Args:
        root: the Value at the end of the graph, usually the loss.
        gradient: what the backward pass starts from, as in ``root.backward(gradient)``.

    Raises:
        TypeError: if `root` is no Value.
        StaleGraphError: if a number changed so that the gradient would be wrong.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
        >>> c = a * b
        >>> c.label = "c"
        >>> for event in steps(c):
        ...     print(event)
        a = 2
        b = -3
        c = a·b = -6
        c.grad = 1, the seed
        c.grad = 1, final
        a.grad += 1.0 (upstream) × -3.0 (∂c/∂a) → 0 + -3 = -3, final
        b.grad += 1.0 (upstream) × 2.0 (∂c/∂b) → 0 + 2 = 2, final
        b.grad = 2, final
        a.grad = -3, final
    """
    order, seed = topological_order(root_value("steps", root)), number(gradient)
    if Node.recomputed:
        for node in order:
            node.check_recorded(connected=False)
    return _events(order, seed)


def _events(order: Sequence[Node], seed: float) -> Iterator[Event]:
    root, names, moved = order[-1], Names(order), moved_on(order)
    for node in order:
        yield Forward(node, moved.get(node, node._data), names)
    yield Seed(root, seed, names)
    flows, uses = _flows(order)
    gradients: dict[Node, float] = {root: seed}
    arrived: dict[Node, int] = {}
    for node in reversed(order):
        if node not in gradients:
            continue
        upstream = gradients[node]
        yield Final(node, upstream, names)
        op = node.op
        if op is None:
            continue
        for slot, parent, local in flows[node]:
            contribution = product(op, upstream, local)
            before = gradients.get(parent, 0.0)
            # Starting from the first, as backward() does: 0 + -0 would be 0.
            after = before + contribution if parent in gradients else contribution
            gradients[parent] = after
            use = arrived[parent] = arrived.get(parent, 0) + 1
            yield Contribute(
                node,
                slot,
                parent,
                upstream,
                local,
                contribution,
                before,
                after,
                use,
                uses[parent],
                names,
            )


def _flows(
    order: Sequence[Node],
) -> tuple[dict[Node, list[tuple[int, Node, float]]], dict[Node, int]]:
    """For each node that a gradient reaches the edges that pass it on; and how many reach it."""
    flows: dict[Node, list[tuple[int, Node, float]]] = {}
    uses: dict[Node, int] = {order[-1]: 0}
    for node in reversed(order):
        if node in uses and node.op is not None:
            flows[node] = found = list(edges(node, connected=False))
            for _, parent, _ in found:
                uses[parent] = uses.get(parent, 0) + 1
    return flows, uses
