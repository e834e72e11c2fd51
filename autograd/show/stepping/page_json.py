"""The JSON data of the page: the graph, where its drawings show it, and of a recording the events.

README.md says what is in it. A live page works out every number but those of the leaves by itself,
with the functions of `formulas/js_spelling.py`; a recording is handed the events of a pass, with
the mistakes in them, and the local derivatives.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..graphs.boxes import Box
from ..text import DASH, replace_unfit
from .animation import COMPUTED, GIVEN, INSIDE, RECEIVES, UPSTREAM, WAITING, Animation
from .events import FINAL, SEED, Played
from .flaws import ADDS, Flaw
from .graph_data import VERSION, GraphData
from .highlights import Flow, flows_of, ring_size
from .locate import Located

KNOWN = (DASH, "", WAITING, FINAL, "=", UPSTREAM, RECEIVES, INSIDE, ADDS, GIVEN, COMPUTED, SEED)
# What would end the script in a page, or a line of it.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def page_json(
    graph: GraphData,
    levels: Mapping[str, tuple[Animation, Located]],
    first: str,
    recorded: tuple[Sequence[Played], Sequence[Flaw | None]] | None = None,
) -> str:
    """The JSON for the page, escaped so that nothing in it can end a script element.

    Args:
        graph: the graph.
        levels: its drawings by the names of their levels.
        first: the level that is shown first.
        recorded: for a recording its events, and the mistakes in them.
    """
    told = {
        "version": VERSION,
        "graph": graph.data(),
        "words": KNOWN,
        "first": list(levels).index(first),
        "drawings": [_drawing(name, *level) for name, level in levels.items()],
    }
    if recorded is not None:
        told["recording"] = {"events": graph.events(*recorded), "locals": graph.locals()}
    return as_json(told)


def as_json(everything: dict[str, Any]) -> str:
    """Write JSON in which nothing can end a script element."""
    text = json.dumps(everything, ensure_ascii=False, separators=(",", ":"))
    return replace_unfit(text.translate(_ESCAPES))


def _drawing(name: str, animation: Animation, where: Located) -> dict[str, Any]:
    """The data of a drawing: its boxes and edges, and where it shows the nodes."""
    content, flows = animation.content, flows_of(animation)
    boxes = []
    for number, box in enumerate(content.boxes):
        told = ring(box) | {"rows": len(box.rows)}
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
    return told | ({"down": True} if animation.down else {})


def ring(box: Box) -> dict[str, Any]:
    """The size of the ring around a box, and whether it is a group."""
    width, height = ring_size(box)
    return {"width": width, "height": height} | ({"group": True} if box.is_group else {})


def flow_data(flow: Flow | None) -> Any:
    """How far below its beginning an edge says what it adds, with its trunk, if it has one."""
    if flow is None:
        return 0
    below = flow.text_y - flow.y
    return [below, flow.trunk] if flow.trunk else below
