"""The backward pass written six times: once right, and five times with a famous mistake.

`right` ends at the bits of `Value.backward()`. Each mistake differs from it in one place, which
is marked. `faults.py` runs them beside the right one on a graph of the reader's.
"""

from collections.abc import Iterator, Mapping

from ..engine.graph import edges
from ..engine.node import Node
from ..engine.numbers import same
from ..show.moved_on import find_moved_on
from ..show.stepping.events import Event, Forward
from .backward import AnyBackward


def right(run: AnyBackward) -> Iterator[Event]:
    """Each gradient is passed back when it is final, along every edge, and added up."""
    yield run.begin()
    for node in run.nodes_with_gradient():
        yield run.final(node)
        for slot, parent, local in edges(node, connected=False):
            yield run.add(node, slot, parent, local)


def assign(run: AnyBackward) -> Iterator[Event]:
    """A contribution replaces the gradient so far, instead of being added to it."""
    yield run.begin()
    for node in run.nodes_with_gradient():
        yield run.final(node)
        for slot, parent, local in edges(node, connected=False):
            yield run.replace(node, slot, parent, local)  # mistake: = where += is right


def no_topological_order(run: AnyBackward) -> Iterator[Event]:
    """Depth first, each node once: it passes back the gradient that it has when visited."""
    yield run.begin()
    waiting, visited = [run.root], set[Node]()
    while waiting:
        node = waiting.pop()
        if node in visited:
            continue
        visited.add(node)
        yield run.final(node)  # mistake: not all contributions may have arrived
        flows = list(edges(node, connected=False))
        for slot, parent, local in flows:
            yield run.add(node, slot, parent, local)
        waiting += [parent for _, parent, _ in reversed(flows)]


def parent_set(run: AnyBackward) -> Iterator[Event]:
    """Each operand of a node gets one contribution, even if the node uses it twice."""
    yield run.begin()
    for node in run.nodes_with_gradient():
        yield run.final(node)
        parents = set[Node]()
        for slot, parent, local in edges(node, connected=False):
            if parent not in parents:  # mistake: a set holds each operand once
                yield run.add(node, slot, parent, local)
            parents.add(parent)


def no_zero_grad(run: AnyBackward, steps: int) -> Iterator[Event]:
    """Every step starts from the gradients that the step before left in the leaves."""
    for _ in range(steps):
        # A step records its nodes anew; only the leaves are still there from the step before.
        kept = {node: grad for node, grad in run.gradients.items() if node.is_leaf}
        run.gradients = kept  # mistake: nothing is kept if the gradients are zeroed
        yield from right(run)


def stale_data(run: AnyBackward, now: Mapping[Node, float]) -> Iterator[Event]:
    """The local derivatives are computed from the numbers in `now`."""
    used = find_moved_on(run.order)
    for leaf in run.order:
        if leaf in now and not same(now[leaf], used.get(leaf, leaf._data)):
            yield Forward(leaf, now[leaf], run.names)
    yield run.begin()
    for node in run.nodes_with_gradient():
        yield run.final(node)
        moved = _with_operands(node, now)  # mistake: not those of the forward pass
        for slot, parent, local in edges(moved, connected=False):
            yield run.add(node, slot, parent, local)


def _with_operands(node: Node, now: Mapping[Node, float]) -> Node:
    """The node as if its operands had had the numbers of `now` when it was computed."""
    moved = Node()
    moved._data = node._data
    given = zip(node.operands, node.recorded, strict=True)
    numbers = [now.get(x, was) if isinstance(x, Node) else was for x, was in given]
    moved.record(node.op, node.operands, tuple(numbers))
    return moved
