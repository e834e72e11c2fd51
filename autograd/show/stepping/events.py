"""Backpropagation step by step: the events of a forward and a backward pass.

The order is that of the topological order and the products are those of the chain rule in
`graph.py`, so the last gradients are the bits that `backward()` finds. What the events say,
numbers and labels, is noted before the first of them, so nothing that happens later changes it,
and nobody's `grad` is touched. `tangents.py` has the events of forward mode.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from autograd.arguments import root_value
from autograd.errors import StaleGraphError
from autograd.graph import edges, product, topological_order
from autograd.node import Node
from autograd.number import number
from autograd.show.recorded import moved_on
from autograd.show.stepping.names import Names
from autograd.show.text import counted
from autograd.show.words.term import computed_from
from autograd.value import Value

SEED, FINAL = "seed", "final"  # a gradient that is given; that all contributions have reached

Kind = TypeVar("Kind", bound=type[Any])


def event(kind: Kind) -> Kind:
    """Let events be equal if they are of one kind and say the same, and give them a hash.

    As tuples a Seed and a Final could be the same; and the names are no part of what they say.
    """

    def equal(self: Any, other: object) -> bool:
        alike = type(self) is type(other)
        return alike and tuple.__eq__(self[:-1], other[:-1])  # type: ignore[index]

    def differs(self: Any, other: object) -> bool:
        return not equal(self, other)

    def hashed(self: Any) -> int:
        return hash((type(self).__name__, *self[:-1]))

    for name, method in (("__eq__", equal), ("__ne__", differs), ("__hash__", hashed)):
        setattr(kind, name, method)
    return kind


@event
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
        names = self.names
        if self.node in names.numbers:
            return f"the constant {self.data:g}"
        interior = self.node.op is not None
        made = f" = {computed_from(self.node, names, names.numbers)}" if interior else ""
        return f"{names[self.node]}{made} = {self.data:g}"


@event
class Seed(NamedTuple):
    """The backward pass starts at the root, with d root / d root."""

    node: Node
    gradient: float
    names: Names

    def __repr__(self) -> str:
        return f"{self.names[self.node]}.grad = {self.gradient:g}, the seed"

    @property
    def status(self) -> str:
        """How far the gradient is."""
        return SEED


def factor(x: float) -> str:
    """A factor in 6 digits, with a point: ``2.0``."""
    return repr(float(f"{x:g}"))


def how_far(use: int, uses: int) -> str:
    """How far a gradient, or a tangent, is after so many of its contributions."""
    return FINAL if use == uses else came(use, uses)


def came(use: int, uses: int) -> str:
    """How many of the contributions there are."""
    return f"{use} of {counted(uses, 'use', 'uses')}"


@event
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
            f"{self.names[self.parent]}.grad += {factor(self.upstream)} (upstream) × "
            f"{local_and_sum(self)}"
        )

    @property
    def status(self) -> str:
        """How far the gradient of the parent is."""
        return how_far(self.use, self.uses)


def local_and_sum(flow: Any) -> str:
    """The local derivative and the sum of a contribution, either way, in words."""
    return (
        f"{factor(flow.local)} (∂{flow.names[flow.node]}/∂{flow.names[flow.parent]}) → "
        f"{flow.before:g} + {flow.contribution:g} = {flow.after:g}, {flow.status}"
    )


@event
class Final(NamedTuple):
    """All contributions have reached a node: this is its gradient."""

    node: Node
    gradient: float
    names: Names

    def __repr__(self) -> str:
        return f"{self.names[self.node]}.grad = {self.gradient:g}, {self.status}"

    @property
    def status(self) -> str:
        """How far the gradient is."""
        return FINAL


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
    names, forward = forward_pass(order)
    flows, uses = _back_from(root, order)
    return chain(forward, _backward_pass(root, seed, flows, Backward(uses, names)))


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


def forward_pass(order: Sequence[Node]) -> tuple[Names, list[Forward]]:
    """What the nodes are called, and the events of the forward pass."""
    moved: dict[Node, float] = {}
    try:
        for node in order:
            node.check_recorded(connected=True)  # far quicker than to ask what moved where
    except StaleGraphError:
        moved = moved_on(order)
    names = Names(order, moved)
    return names, [Forward(node, moved.get(node, node._data), names) for node in order]


class Backward:
    """A backward pass on its way: each move changes the gradients, and gives its event.

    Args:
        uses: how many contributions there are for each node.
        names: what the nodes are called.

    Attributes:
        gradients: the gradient so far of every node reached so far.
    """

    def __init__(self, uses: Mapping[Node, int], names: Names) -> None:
        self.uses, self.names = uses, names
        self.gradients: dict[Node, float] = {}
        self._arrived: dict[Node, int] = {}

    def seed(self, root: Node, gradient: float) -> Seed:
        """Start at the root."""
        self._arrived.clear()
        self.gradients[root] = gradient
        return Seed(root, gradient, self.names)

    def final(self, node: Node) -> Final:
        """Take the gradient of a node for final."""
        return Final(node, self.gradients[node], self.names)

    def add(self, node: Node, slot: int, parent: Node, given: float) -> Contribute:
        """Pass a gradient back along one edge, and add it to what is there."""
        gradients = self.gradients
        upstream, local = gradients[node], float(given)  # a user's rule may give an int
        assert node.op is not None
        contribution = product(node.op, upstream, local)
        before = gradients.get(parent)
        # Starting from the first, as backward() does: 0 + -0 would be 0.
        after = gradients[parent] = contribution if before is None else before + contribution
        use = self._arrived[parent] = self._arrived.get(parent, 0) + 1
        was, uses = 0.0 if before is None else before, self.uses.get(parent, 0)
        if uses < use:  # a mistake may pass on more than there are
            uses = use
        return Contribute(  # by place, as it is made most often
            node, slot, parent, upstream, local, contribution, was, after, use, uses, self.names
        )


def _backward_pass(root: Node, seed: float, flows: Flows, run: Backward) -> Iterator[Event]:
    if flows:
        yield run.seed(root, seed)
    for node, found in flows.items():
        yield run.final(node)
        for slot, parent, local in found:
            yield run.add(node, slot, parent, local)
