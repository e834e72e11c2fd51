"""The highlights of a frame: rings with words around boxes, and the active edge.

`text_places.py` says where their texts stand, for pictures and for the page. Nothing depends on
colour alone: the edge is thick and has a point towards the operand, the box that gets a
contribution has a dashed ring, and each mark has its word.
"""

from collections.abc import Mapping

from ...engine.node import Node
from ..graphs.boxes import Box
from ..graphs.content import Content
from ..graphs.graph_svg import line
from ..layout.places import Point
from ..svg import add_halo, escape
from .animation import INSIDE, Animation, Mark
from .events import Contribute, Event
from .text_places import BESIDE, CORNER, GAP, Flow, Offset, TextPlaces, added, ring_size

TIP = '<path class="tip" d="M0 0l13-7v14z"'


def marks_svg(mark: Mark, animation: Animation, places: TextPlaces) -> str:
    """The highlights of one frame as SVG."""
    parts = []
    if mark.edge is not None and mark.adds is not None:
        parts.append(_flow(animation, mark.edge, places.flows[mark.edge], added(mark, mark.adds)))
    for box, tag, kind in ((mark.box, mark.tag, ""), (mark.other, mark.other_tag, " takes")):
        if box is not None:
            one, centre = animation.content.boxes[box], animation.places.boxes[box]
            alone = mark.adds is None and one.is_group
            offset = places.tags.get(box, CORNER)
            parts.append(_ring(one, centre, INSIDE if alone else tag, kind, offset))
    return "".join(parts)


def _ring(box: Box, centre: Point, tag: str, kind: str, offset: Offset) -> str:
    left = round(centre[0] - box.width / 2) - GAP
    top = round(centre[1] - box.height / 2) - GAP
    width, height = ring_size(box)
    return (
        f'<rect class="ring{kind}" x="{left}" y="{top}" width="{width}" height="{height}" rx="10"/>'
        + add_halo(f"tag{kind}", left + offset[0], top + offset[1], escape(tag))
    )


def _flow(animation: Animation, edge: int, flow: Flow, label: str) -> str:
    """The active edge as SVG: thick, with an arrow point at its tail, as gradients run backward."""
    turned = " rotate(90)" if animation.down else ""
    return (
        f'<path class="flow" d="{flow.trunk}{line(animation.places.routes[edge])}"/>'
        f'{TIP} transform="translate({flow.x} {flow.y}){turned}"/>'
        + add_halo("adds", flow.x + BESIDE, flow.text_y, escape(label))
    )


def inside(event: Event, mark: Mark, content: Content, homes: Mapping[Node, str]) -> str:
    """The module calls that contain the nodes of an event, if a drawing has folded them."""
    nodes = [(event.node, mark.box)]
    if isinstance(event, Contribute):
        nodes.append((event.parent, mark.box if mark.other is None else mark.other))
    found = [
        f"{event.names[node]} in {homes[node]}"
        for node, box in nodes
        if box is not None and content.boxes[box].is_group and node in homes
    ]
    return f" ({', '.join(found)})" if found else ""
