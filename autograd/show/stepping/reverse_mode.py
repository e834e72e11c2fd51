"""`steps`: backpropagation event by event.

The order is that of the topological order and the products are those of the chain rule in
`graph.py`, so the last gradients are the bits that `backward()` finds. The numbers
and labels in the events are copied before the first of them, so nothing that happens later changes
them, and no `grad` is changed. All else is computed when its turn comes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice, repeat
from typing import Any

from ...engine.graph import edges, product, topological_order
from ...engine.node import Node
from ...engine.numbers import number
from ...engine.rows import refuse_rows
from ..foreign.conversion import AnyValue, to_values
from ..moved_on import find_moved_on
from .events import Contribute, Event, Final, Forward, Seed, start_of
from .names import Names

_new = tuple.__new__  # a named tuple from its fields in order, in half the time
Edges = list[tuple[int, Node, float]]  # slot, parent, local derivative
Recorded = tuple[list[Any], list[float]]  # the operands' numbers and the number of each node


def steps(root: AnyValue, gradient: float = 1.0) -> Iterator[Event]:
    """Go through a forward and a backward pass event by event, and change nothing.

    The order is that of `backward()`: this is the definition of the pass. What is played, in a page
    or a terminal, is the same pass by distance from the root (`by_layers`).

    Args:
        root: the Value at the end of the graph, usually the loss; micrograd's and similar ones too.
        gradient: the gradient of the root, as in ``root.backward(gradient)``.

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
    (root,) = to_values("steps", root)
    order = topological_order(root)
    refuse_rows("steps", order)
    return events_of(order, gradient)


def events_of(order: Sequence[Node], gradient: float) -> Iterator[Event]:
    """The events of both passes through a graph in topological order."""
    seed = number(gradient, "gradient")
    check_recorded(order)
    names, forward = forward_pass(order)
    # Whatever happens to the graph while it is stepped through, the derivatives are those of now.
    recorded = (
        [node.recorded for node in order],
        [node._data for node in order],
    )
    return chain(forward, _backward_pass(order, recorded, seed, names))


def check_recorded(order: Iterable[Node]) -> None:
    """Raise if a number changed since it was recorded so that a derivative would be wrong."""
    for node in order:
        node.check_recorded(connected=False)


def edges_of(node: Node) -> Edges:
    """The edges to the operands of a node that a gradient flows to."""
    return list(edges(node, connected=False))


def forward_pass(order: Sequence[Node]) -> tuple[Names, Iterator[Forward]]:
    """The names of the nodes, and the events of the forward pass."""
    data, moved = [node._data for node in order], find_moved_on(order)
    if moved:
        data = [moved.get(*each) for each in zip(order, data, strict=True)]
    names = Names(order, moved)
    return names, map(partial(_new, Forward), zip(order, data, repeat(names)))


Kinds = tuple[type[Seed], type[Contribute], type[Final]]
BACKWARD: Kinds = (Seed, Contribute, Final)


class Sweep:
    """A sweep under way, in either mode: each move changes the sums and returns its event.

    Args:
        uses: how many contributions there are for each node.
        names: the names of the nodes.
        kinds: the events of the mode.

    Attributes:
        gradients: the gradient so far of every node reached so far; in forward mode its tangent.
    """

    def __init__(self, uses: Mapping[Node, int], names: Names, kinds: Kinds = BACKWARD) -> None:
        self.uses, self.names = uses, names
        self._seed, self._flow, self._final = kinds
        self._is_reverse = kinds is BACKWARD
        self.gradients: dict[Node, float] = {}
        self._arrived: dict[Node, int] = {}

    def seed(self, root: Node, gradient: float) -> Seed:
        """Start at a node: the root, or in forward mode an input."""
        self._arrived.clear()
        self.gradients[root] = gradient
        return _new(self._seed, (root, gradient, self.names))

    def final(self, node: Node) -> Final:
        """Declare the gradient of a node final."""
        return _new(self._final, (node, self.gradients[node], self.names))

    def forget(self, node: Node) -> None:
        """Drop the gradient of a node that has passed it on, which saves half the memory."""
        del self.gradients[node]
        self._arrived.pop(node, None)

    def add(self, node: Node, slot: int, parent: Node, given: float) -> Contribute:
        """Pass on along one edge what the giver has, and add it to what the getter has so far."""
        gradients, arrived = self.gradients, self._arrived
        gives, gets = (node, parent) if self._is_reverse else (parent, node)
        flow = gradients[gives]
        local = given if type(given) is float else float(given)  # a user's rule may give an int
        assert node.op is not None
        contribution = product(node.op, flow, local)
        if gets in gradients:
            before = gradients[gets]
            after = before + contribution
        else:  # starting from the first, as backward() does
            before, after = start_of(contribution), contribution
        gradients[gets] = after
        use = arrived[gets] = arrived[gets] + 1 if gets in arrived else 1
        uses = self.uses.get(gets, 0)
        if uses < use:  # a mistake may pass on more than there are
            uses = use
        sums = (flow, local, contribution, before, after)
        return _new(self._flow, (node, slot, parent, *sums, use, uses, self.names))


def _backward_pass(
    order: Sequence[Node], recorded: Recorded, seed: float, names: Names
) -> Iterator[Event]:
    root = order[-1]
    if root.is_constant:
        return
    flows = _Flows(order, recorded)
    run = Sweep(flows.uses, names)
    yield run.seed(root, seed)
    edges = zip(flows.slots, flows.parents, flows.locals, strict=True)
    for node, count in zip(flows.nodes, flows.counts, strict=True):
        yield run.final(node)
        for slot, parent, local in islice(edges, count):
            yield run.add(node, slot, parent, local)
        run.forget(node)


class _Flows:
    """The edges along which gradients flow back from the root, with local derivatives.

    Flat lists, because a tuple for each edge makes the garbage collector take most of the time.

    Attributes:
        nodes: those that a gradient reaches, the root first.
        counts: how many edges each of them passes its gradient on by.
        slots, parents, locals: all of these edges in turn.
        uses: how many of them lead to a node.
    """

    def __init__(self, order: Sequence[Node], recorded: Recorded) -> None:
        self.nodes: list[Node] = []
        self.counts: list[int] = []
        self.slots: list[int] = []
        self.parents: list[Node] = []
        self.locals: list[Any] = []
        self.uses = uses = {order[-1]: 0}
        slots, add = self.slots, self._add
        for node, given, data in zip(*map(reversed, (order, *recorded)), strict=True):
            if node not in uses:
                continue
            before = len(slots)
            if node.op is not None:
                found = node.op.locals(node.operands, given, data)
                for slot, each in enumerate(zip(node.operands, found, strict=True)):
                    add(slot, *each)
            self.nodes.append(node)
            self.counts.append(len(slots) - before)

    def _add(self, slot: int, parent: Any, local: Any) -> None:
        if local is not None and isinstance(parent, Node) and not parent.is_constant:
            self.slots.append(slot)
            self.parents.append(parent)
            self.locals.append(local)
            self.uses[parent] = self.uses.get(parent, 0) + 1
