"""Where a drawing shows the nodes of a graph, and the room in it for other numbers."""

from collections.abc import Sequence
from typing import NamedTuple

from ...engine import calculus as c
from ...engine.node import Node
from ..graphs.content import Content, Origins
from ..text import MINUS, TIMES
from .flaws import ADDS

WIDEST = f"{MINUS}0.001235"  # of the numbers that a box has room for
WIDEST_SLOPE = "0.12"  # that a gap in an edge has room for; wider ones cover a bit of the edge


class Located(NamedTuple):
    """Where a drawing shows the nodes of a graph, which go by their places in its order.

    Attributes:
        homes: the box of each node, None if it is in none.
        ways: the edge of each operand slot of a node, None inside a box; None for a leaf.
        outputs: for each box the nodes whose numbers it shows.
        weights: for a box of a group the parameters in it.
    """

    homes: list[int | None]
    ways: list[list[int | None] | None]
    outputs: dict[int, list[int]]
    weights: dict[int, list[int]]


def locate(order: Sequence[Node], content: Content) -> Located:
    """Where a drawing shows the nodes of a graph in topological order."""
    place, origins = {node: i for i, node in enumerate(order)}, content.origins
    weights: dict[int, dict[int, None]] = {}
    for node, box in origins.box_of.items():
        if content.boxes[box].is_group:
            for x in node.parents:
                if x.is_parameter:
                    weights.setdefault(box, {})[place[x]] = None
    return Located(
        [origins.box_of.get(node) for node in order],
        [_ways(node, origins) for node in order],
        {box: [place[node] for node in nodes] for box, nodes in origins.outputs.items()},
        {box: list(found) for box, found in weights.items()},
    )


def _ways(node: Node, origins: Origins) -> list[int | None] | None:
    if node.op is None:
        return None
    return [origins.edge_of.get((node, slot)) for slot in range(len(node.operands))]


def roomy(content: Content) -> Content:
    """The drawing with room for other numbers in the labels of its edges."""
    edges = list(content.edges)
    for (node, slot), number in content.origins.edge_of.items():
        edge = edges[number]
        if 0 < len(edge.text) < len(TIMES + WIDEST_SLOPE) and _moves(node, slot):
            edges[number] = edge._replace(text=TIMES + WIDEST_SLOPE)
    return content._replace(edges=edges)


def _moves(node: Node, slot: int) -> bool:
    """Whether a local derivative is another for other numbers; a choice is 1, or not there."""
    assert node.op is not None
    if node.op.rules:
        return callable(node.op.rules[slot])
    return node.op.taken is None and node.op not in (c.sum, c.mean)


def widths(content: Content) -> dict[int, int]:
    """For each edge that may pass a contribution back the characters of the widest."""
    most = len(f"{ADDS} {WIDEST}")
    return {
        edge: most
        for (node, slot), edge in content.origins.edge_of.items()
        if isinstance(node.operands[slot], Node) and not node.operands[slot].is_constant
    }
