"""Backpropagation step by step: the events of a forward and a backward pass.

The order is that of the topological order and the products are those of the chain rule in
`graph.py`, so the last gradients are the bits that `backward()` finds. What the events say is
noted before the first of them, so nothing that happens later changes it, and nobody's `grad` is
touched. `tangents.py` has the events of forward mode.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from autograd.arguments import root_value
from autograd.errors import StaleGraphError
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
        if self.node.is_constant and not self.node.label:
            return f"the constant {self.data:g}"
        made = f" = {computed_from(self.node, self.names)}" if self.node.op is not None else ""
        return f"{self.names[self.node]}{made} = {self.data:g}"


class Seed(NamedTuple):
    """The backward pass starts at the root, with d root / d root."""

    node: Node
    gradient: float
    names: Names

    def __repr__(self) -> str:
        return f"{self.names[self.node]}.grad = {self.gradient:g}, the seed"


def factor(x: float) -> str:
    """A factor in 6 digits, with a point: ``2.0``."""
    return repr(float(f"{x:g}"))


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
        return (
            f"{self.names[self.parent]}.grad += {factor(self.upstream)} (upstream) × {self.added()}"
        )

    def added(self) -> str:
        """The local derivative and the sum, in words."""
        names, state = self.names, f"{self.use} of {self.uses} uses"
        return (
            f"{factor(self.local)} (∂{names[self.node]}/∂{names[self.parent]}) → "
            f"{self.before:g} + {self.contribution:g} = {self.after:g}, "
            f"{'final' if self.use == self.uses else state}"
        )


class Final(NamedTuple):
    """All contributions have reached a node: this is its gradient."""

    node: Node
    gradient: float
    names: Names

    def __repr__(self) -> str:
        return f"{self.names[self.node]}.grad = {self.gradient:g}, final"


Event = Forward | Seed | Contribute | Final
Edges = list[tuple[int, Node, float]]  # slot, parent, local derivative
Flows = dict[Node, Edges]


def steps(root: Value, gradient: float = 1.0) -> Iterator[Event]:
    """Go through a forward and a backward pass event by event, and change nothing.

    Args:
        root: the Value at the end of the graph, usually the loss.
        gradient: what the backward pass starts from, as in ``root.backward(gradient)``.

    Raises:
        TypeError: if `root` is no Value, or `gradient` no number.
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
    order, seed = recorded_order("steps", root), number(gradient)
    names = Names(order)
    return chain(forward_pass(order, names), _backward_pass(*_back_from(root, order), seed, names))


def recorded_order(name: str, root: Value) -> list[Node]:
    """The topological order of a graph whose numbers are as recorded."""
    order = topological_order(root_value(name, root))
    if Node.recomputed:
        for node in order:
            node.check_recorded(connected=False)
    return order


def edges_of(node: Node) -> Edges:
    """The edges to the operands of a node that a gradient flows to."""
    return list(edges(node, connected=False))


def _back_from(root: Node, order: Sequence[Node]) -> tuple[Flows, dict[Node, int]]:
    """For each node that a gradient reaches the edges that pass it on; and how many reach it."""
    flows: Flows = {}
    uses: dict[Node, int] = {} if root.is_constant else {root: 0}
    for node in reversed(order):
        if node in uses:
            flows[node] = found = [] if node.op is None else edges_of(node)
            for _, parent, _ in found:
                uses[parent] = uses.get(parent, 0) + 1
    return flows, uses


def forward_pass(order: Sequence[Node], names: Names) -> list[Forward]:
    """The events of the forward pass."""
    moved: dict[Node, float] = {}
    try:
        for node in order:
            node.check_recorded(connected=True)  # far quicker than to ask what moved where
    except StaleGraphError:
        moved = moved_on(order)
    return [Forward(node, moved.get(node, node._data), names) for node in order]


def _backward_pass(
    flows: Flows, uses: Mapping[Node, int], seed: float, names: Names
) -> Iterator[Event]:
    gradients: dict[Node, float] = {}
    arrived: dict[Node, int] = {}
    for node, found in flows.items():
        if not gradients:
            gradients[node] = seed
            yield Seed(node, seed, names)
        upstream, op = gradients[node], node.op
        yield Final(node, upstream, names)
        for slot, parent, given in found:
            assert op is not None
            local = float(given)  # a user's rule may give an int
            contribution = product(op, upstream, local)
            use = arrived[parent] = arrived.get(parent, 0) + 1
            before = 0.0 if use == 1 else gradients[parent]
            # Starting from the first, as backward() does: 0 + -0 would be 0.
            after = gradients[parent] = contribution if use == 1 else before + contribution
            yield Contribute(  # by place, as it is made most often
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
