"""The JSON data of a live page: the graph, which the page computes anew with other numbers.

README.md says what is in it. Only the words and the places come from here; every number but those
of the leaves is worked out in the page, by the functions of `formulas/js_spelling.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...engine import calculus as c
from ...engine.node import Node
from ...formulas.js_spelling import spell_kinds
from ..graphs.content import Content, Origins
from ..text import MINUS, TIMES
from .animation import ADDS, Animation
from .graph_data import VERSION, GraphData
from .page_data import KNOWN, as_json, flow_data, ring
from .text_places import text_places

WIDEST = f"{MINUS}0.001235"  # of the numbers that a box has room for
WIDEST_SLOPE = "0.12"  # that a gap in an edge has room for; wider ones cover a bit of the edge


class Located(NamedTuple):
    """Where a drawing shows the nodes of a graph, which go by their places in its order.

    Attributes:
        homes: the box of each node, None if it is in none.
        ways: the edge of each operand slot of a node, None inside a box; None for a leaf.
        outputs: for each box the nodes whose numbers it shows.
        weights: for a box of a group the parameters in it.
        tails: for an edge from a box that shows a node once more, that box.
    """

    homes: list[int | None]
    ways: list[list[int | None] | None]
    outputs: dict[int, list[int]]
    weights: dict[int, list[int]]
    tails: dict[int, int]


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
        {
            edge: tail
            for (node, slot), edge in origins.edge_of.items()
            if isinstance(x := node.operands[slot], Node)
            and (tail := content.edges[edge].tail) != origins.box_of.get(x)
        },
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


class Live:
    """A graph for a live page.

    Args:
        graph: the graph.
        levels: where the drawing of each level shows the nodes.

    Attributes:
        table: the functions of its ops, in JavaScript.

    Raises:
        ValueError: if an op has no JavaScript.
    """

    def __init__(self, graph: GraphData, levels: Mapping[str, Located]) -> None:
        self._graph, self._levels = graph, levels
        self.table = spell_kinds(graph.kinds)

    def script(self, animations: Mapping[str, Animation], first: str) -> str:
        """The JSON for the page, escaped so that nothing in it can end a script element."""
        return as_json(
            {
                "version": VERSION,
                "graph": self._graph.data(),
                "words": KNOWN,
                "first": list(animations).index(first),
                "drawings": [
                    _drawing(name, animation, self._levels[name])
                    for name, animation in animations.items()
                ],
            }
        )


def live_or_why(graph: GraphData, levels: Mapping[str, Located]) -> Live | str:
    """A live graph, or the reason why a page has to play a recording."""
    try:
        return Live(graph, levels)
    except ValueError as error:
        return f"This is a recording, for {error}."


def _drawing(name: str, animation: Animation, where: Located) -> dict[str, Any]:
    """The data of a drawing: its boxes and edges, and where it shows the nodes."""
    content, (flows, tags) = animation.content, text_places(animation)
    boxes = []
    for number, box in enumerate(content.boxes):
        told = ring(box, tags.get(number)) | {"rows": len(box.rows)}
        if number in where.outputs:
            told["outputs"] = where.outputs[number]
        if number in where.weights:
            told["weights"] = where.weights[number]
        boxes.append(told)
    labels = [number for number, edge in enumerate(content.edges) if edge.text]
    told = {
        "name": name,
        "boxes": boxes,
        "edges": [flow_data(flows.get(edge)) for edge in range(len(content.edges))],
        "labels": {edge: row for row, edge in enumerate(labels)},
        "homes": where.homes,
        "ways": where.ways,
    }
    if where.tails:
        told["tails"] = where.tails
    return told | ({"down": True} if animation.down else {})
