"""The paths from a root back to a node, along the edges where a gradient flows.

`explain.py` writes them down. There may be 2³⁰⁰ of them: they are counted without being walked,
and no walk enters a part of the graph that does not lead to the node.
"""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from ...engine.graph import edges, product
from ...engine.node import Node
from ...engine.op import ONE


class PathStep(NamedTuple):
    """One edge of a path: its operand, and the local derivative there.

    `use` tells edges between the same two nodes apart, as in x·x: 1, 2, ...; else it is 0.
    """

    operand: Node
    local: float
    use: int


class Path(NamedTuple):
    """A path from the root back to a node: its nodes, its steps, the product of the locals."""

    nodes: tuple[Node, ...]
    steps: tuple[PathStep, ...]
    product: float

    @property
    def locals(self) -> tuple[float, ...]:
        """The local derivative of each edge."""
        return tuple(step.local for step in self.steps)


Steps = dict[Node, list[PathStep]]
Arrival = tuple[Node, PathStep]  # a user of a node, and its edge to it


def steps_to(wrt: Node, order: Sequence[Node]) -> Steps:
    """For each node from which something flows back to `wrt`, its edges on the way there."""
    steps: Steps = {wrt: []}
    for node in order:
        if node is wrt or steps.keys().isdisjoint(node.parents):
            continue
        taken = [(x, float(local)) for _, x, local in edges(node, False) if x in steps]
        if taken:
            steps[node] = _number_uses(taken)
    return steps


def _number_uses(taken: Sequence[tuple[Node, float]]) -> list[PathStep]:
    total, use = Counter(operand for operand, _ in taken), Counter[Node]()
    numbered = []
    for operand, local in taken:
        use[operand] += 1
        numbered.append(PathStep(operand, local, use[operand] if total[operand] > 1 else 0))
    return numbered


def nodes_between(
    root: Node, wrt: Node, order: Sequence[Node], steps: Steps
) -> tuple[list[Node], int]:
    """The nodes on any path, from the root to `wrt`, and the number of paths."""
    between: list[Node] = []
    arriving = {root: 1} if root in steps else {}
    for node in reversed(order):
        ways = arriving.pop(node, 0)  # kept no longer: the counts may be huge
        if ways:
            between.append(node)
        if node is wrt:
            return between, ways
        for step in steps[node] if ways else ():
            arriving[step.operand] = arriving.get(step.operand, 0) + ways
    return [], 0


def paths_between(root: Node, wrt: Node, steps: Steps) -> Iterator[Path]:
    """All paths, from left to right. Every step leads on to `wrt`."""
    if root not in steps:
        return
    nodes, taken, products = [root], list[PathStep](), [ONE]
    waiting = [iter(steps[root])]
    while waiting:
        if nodes[-1] is wrt:
            yield Path(tuple(nodes), tuple(taken), products[-1])
        step = next(waiting[-1], None)
        if step is None:
            for stack in (waiting, nodes, products, taken):
                del stack[-1:]
            continue
        products.append(flow(nodes[-1], products[-1], step))
        nodes.append(step.operand)
        taken.append(step)
        waiting.append(iter(steps[step.operand]))


def flow(node: Node, upstream: float, step: PathStep) -> float:
    """The contribution of one edge of `node`."""
    assert node.op is not None
    return float(product(node.op, upstream, step.local))


def arrivals_at(
    nodes: Container[Node], between: Sequence[Node], steps: Steps
) -> dict[Node, list[Arrival]]:
    """For each of `nodes`, the users on the way to it with their edges, in order of adding."""
    arrivals: dict[Node, list[Arrival]] = {}
    for user in between:
        for step in steps[user]:
            if step.operand in nodes:
                arrivals.setdefault(step.operand, []).append((user, step))
    return arrivals
