"""Backward passes in a wrong order, on a graph of ours: what numbers each of them gives.

A walk is told from others by how it chooses the next node. Right rules and += are taken for
granted, so what differs is the order alone. A list in which a node stands once for each use, read
backward, is a walk by a stack that visits nodes again.
"""

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from ...engine.graph import edges
from ...engine.node import Node
from ...engine.value import Value
from .programs import Numbers, Program, all_close

Gradients = dict[Node, float]
Flow = tuple[Node, float]  # an operand, and the local derivative for it


class Walk(NamedTuple):
    """A wrong walk back through a graph.

    Attributes:
        where: ``"stack"`` or ``"queue"``; a recursion gives the numbers of a stack.
        once: whether it visits each node once, and not once for each use.
        gradients: what the walk gives for each node.
    """

    where: str
    once: bool
    gradients: Callable[[Node], Gradients]


def _flows(node: Node, *, turned: bool) -> list[Flow]:
    found = [(parent, local) for _, parent, local in edges(node, connected=False)]
    return found[::-1] if turned else found


def _waiting(root: Node, *, first: bool, turned: bool, once: str) -> Gradients:
    """A list of nodes that wait: the last of them is next, or the first.

    Args:
        first: take the first, as of a queue.
        turned: operands are added from right to left.
        once: what keeps a node from a second visit: looking when it is ``"taken"``, looking when
            it is ``"added"``, or nothing, ``""``.
    """
    gradients, waiting, seen = {root: 1.0}, deque([root]), {root}
    visited = set[Node]()
    while waiting:
        node = waiting.popleft() if first else waiting.pop()
        if once == "taken" and node in visited:
            continue
        visited.add(node)
        flows = _flows(node, turned=turned)
        for parent, local in flows:
            gradients[parent] = gradients.get(parent, 0.0) + gradients[node] * local
        for parent, _ in flows:
            if once != "added" or parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return gradients


def _level_by_level(root: Node, *, turned: bool) -> Gradients:
    """All nodes of one distance from the root, each once, then those of the next distance."""
    gradients, level = {root: 1.0}, [root]
    while level:
        below = dict[Node, None]()
        for node in level:
            for parent, local in _flows(node, turned=turned):
                gradients[parent] = gradients.get(parent, 0.0) + gradients[node] * local
                below[parent] = None
        level = [*below]
    return gradients


def _edge_by_edge(root: Node, *, turned: bool, once: bool) -> Gradients:
    """By recursion that goes on to an operand as soon as that has its contribution."""
    gradients, visited = {root: 1.0}, set[Node]()

    def visit(node: Node) -> None:
        visited.add(node)
        for parent, local in _flows(node, turned=turned):
            gradients[parent] = gradients.get(parent, 0.0) + gradients[node] * local
            if not once or parent not in visited:
                visit(parent)

    visit(root)
    return gradients


def _walks() -> Iterator[Walk]:
    for turned in (False, True):
        for once in ("taken", "added", ""):
            options: dict[str, Any] = {"turned": turned, "once": once}
            yield Walk("stack", bool(once), partial(_waiting, first=False, **options))
        for once in ("taken", ""):
            options = {"turned": turned, "once": once}
            yield Walk("queue", bool(once), partial(_waiting, first=True, **options))
        yield Walk("queue", False, partial(_level_by_level, turned=turned))
        for visited in (True, False):
            yield Walk("stack", visited, partial(_edge_by_edge, turned=turned, once=visited))


WALKS = tuple(_walks())


def matching(pairs: list[tuple[Program, Numbers]]) -> Walk | None:
    """The first walk that gives, for all of these programs, the numbers that were found."""
    return next((walk for walk in WALKS if all(_gives(walk, *pair) for pair in pairs)), None)


def _gives(walk: Walk, program: Program, found: Numbers) -> bool:
    names = program.run(Value, until="backward")
    gradients = walk.gradients(names["y"])
    return all_close(found, {name: gradients.get(names[name], 0.0) for name in program.leaves})
