"""The highlights of a frame: rings with words around boxes, and the active edge.

Their places are computed here, for pictures and for the page. Nothing depends on colour alone:
the edge is thick and has a point towards the operand, the box that gets a contribution has a
dashed ring, and each mark has its word.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, pairwise
from typing import NamedTuple

from ...engine.node import Node
from ..graphs.boxes import NUMBER_SIZE, Box
from ..graphs.content import Content
from ..graphs.graph_svg import line, path
from ..graphs.theme import EDGE_SIZE
from ..layout.places import Point, Route
from ..svg import MONO_WIDTH, add_halo, escape
from ..text import decimal
from .animation import INSIDE, Animation, Mark
from .events import Contribute, Given, Played

GAP = 5  # between a box and its ring
SHADOW = 5  # of a group, to the right and below
TIP = '<path class="tip" d="M0 0l13-7v14z"'
BESIDE = 15  # pixels from the point of an active edge to what it adds
COLUMN = 64  # pixels: texts are looked up by the columns that they are in

Area = tuple[float, float, float, float]  # left, top, right, bottom


class Flow(NamedTuple):
    """The place on an active edge at which its contribution is shown.

    Attributes:
        trunk: the way from the box that gets the contribution, as far as other edges share it.
        x, y: its point.
        text_y: the height of what it adds, where that covers no label and no box.
    """

    trunk: str
    x: int
    y: int
    text_y: int


def flows_of(animation: Animation) -> dict[int, Flow]:
    """For each edge that passes a contribution back, the place of its highlight."""
    wide = widths_of(animation.marks) if animation.widths is None else animation.widths
    taken, found = _Taken(animation), dict[int, Flow]()
    for edge in sorted(wide):
        route = animation.places.routes[edge]
        x, y = map(round, (route.trunk or route.strokes[0])[0])
        text_y = taken.clear(x + BESIDE, y, wide[edge] * NUMBER_SIZE * MONO_WIDTH, _along(route))
        found[edge] = Flow(path(route.trunk) if route.trunk else "", x, y, text_y)
    return found


def widths_of(marks: Iterable[Mark]) -> dict[int, int]:
    """For each edge, the largest number of characters in its contributions."""
    wide: dict[int, int] = {}
    for mark in marks:
        if mark.edge is not None and mark.adds is not None:
            wide[mark.edge] = max(wide.get(mark.edge, 0), len(added(mark, mark.adds)))
    return wide


def _along(route: Route) -> list[Area]:
    """The areas that the pieces of a route take, from one end to the other."""
    found = []
    for stroke in (route.trunk, *route.strokes):
        for (x, y), (to_x, to_y) in pairwise(stroke[::3]):
            found.append((min(x, to_x), min(y, to_y) - 2, max(x, to_x), max(y, to_y) + 2))
    return found


def added(mark: Mark, contribution: float) -> str:
    """The contribution of an active edge, as text."""
    return f"{mark.sign} {decimal(contribution)}"


class _Taken:
    """The areas of a drawing that labels and boxes take, which no other text may cover."""

    def __init__(self, animation: Animation) -> None:
        self._columns: dict[int, list[Area]] = {}
        for edge, route in zip(animation.content.edges, animation.places.routes, strict=True):
            if edge.text:
                width = len(edge.text) * EDGE_SIZE * MONO_WIDTH
                self._add(route.label, width, EDGE_SIZE)
        for box, centre in zip(animation.content.boxes, animation.places.boxes, strict=True):
            self._add(centre, box.width, box.height)

    def _add(self, centre: Point, width: float, height: float) -> None:
        left, top = centre[0] - width / 2, centre[1] - height / 2
        for column in range(int(left // COLUMN), int((left + width) // COLUMN) + 1):
            found = self._columns.setdefault(column, [])
            found.append((left, top, left + width, top + height))

    def clear(self, x: int, y: int, width: float, way: Sequence[Area]) -> int:
        """A free height near y for a text from x on, off everything and off the edge itself.

        Just above y, if there is none.
        """
        columns = range(int(x // COLUMN), int((x + width) // COLUMN) + 1)
        near = list(chain.from_iterable(self._columns.get(column, ()) for column in columns))
        near = [one for one in (*near, *way) if one[0] < x + width and x < one[2]]
        for base in _heights(y):
            if not any(top < base + 3 and base - NUMBER_SIZE < end for _, top, _, end in near):
                return base
        return y - 9


def _heights(y: int) -> Iterator[int]:
    """Heights to try: just above and just below y, then farther away."""
    for away in count(0, 5):
        if away > 100:
            return
        yield from (y - 9 - away, y + 18 + away)


def ring_size(box: Box) -> tuple[int, int]:
    """The size of the ring around a box, which starts to the left of it and above."""
    more = 2 * GAP + (SHADOW if box.is_group else 0)
    return round(box.width) + more, round(box.height) + more


def marks_svg(mark: Mark, animation: Animation, flows: dict[int, Flow]) -> str:
    """The highlights of one frame as SVG."""
    parts = []
    if mark.edge is not None and mark.adds is not None:
        parts.append(_flow(animation, mark.edge, flows[mark.edge], added(mark, mark.adds)))
    rings = [*((box, mark.tag, "") for box in reversed(mark.also)), (mark.box, mark.tag, "")]
    for box, tag, kind in (*rings, (mark.other, mark.other_tag, " takes")):
        if box is not None:
            one, centre = animation.content.boxes[box], animation.places.boxes[box]
            alone = mark.adds is None and one.is_group
            parts.append(_ring(one, centre, INSIDE if alone else tag, kind))
    return "".join(parts)


def _ring(box: Box, centre: Point, tag: str, kind: str) -> str:
    left = round(centre[0] - box.width / 2) - GAP
    top = round(centre[1] - box.height / 2) - GAP
    width, height = ring_size(box)
    return (
        f'<rect class="ring{kind}" x="{left}" y="{top}" width="{width}" height="{height}" rx="10"/>'
        + add_halo(f"tag{kind}", left + 8, top + 4, escape(tag))
    )


def _flow(animation: Animation, edge: int, flow: Flow, label: str) -> str:
    """The active edge as SVG: thick, with an arrow point at its tail, as gradients run backward."""
    turned = " rotate(90)" if animation.down else ""
    return (
        f'<path class="flow" d="{flow.trunk}{line(animation.places.routes[edge])}"/>'
        f'{TIP} transform="translate({flow.x} {flow.y}){turned}"/>'
        + add_halo("adds", flow.x + BESIDE, flow.text_y, escape(label))
    )


def inside(event: Played, mark: Mark, content: Content, homes: Mapping[Node, str]) -> str:
    """The module calls that contain the nodes of an event, if a drawing has folded them."""
    if isinstance(event, Given):
        return ""
    nodes = [(event.node, mark.box)]
    if isinstance(event, Contribute):
        nodes.append((event.parent, mark.box if mark.other is None else mark.other))
    found = [
        f"{event.names[node]} in {homes[node]}"
        for node, box in nodes
        if box is not None and content.boxes[box].is_group and node in homes
    ]
    return f" ({', '.join(found)})" if found else ""
