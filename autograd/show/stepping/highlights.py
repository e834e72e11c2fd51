"""The places of highlights: rings around boxes, and what an active edge adds.

They are the same for pictures and for the page. Nothing depends on colour alone: the edge is thick
and has a point towards the operand, the box that gets a contribution has a dashed ring, and each
mark has its word.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count, pairwise
from typing import NamedTuple

from ..graphs.boxes import NUMBER_SIZE, Box
from ..graphs.content import Content
from ..graphs.graph_svg import path
from ..graphs.theme import EDGE_SIZE
from ..layout.places import Places, Point, Route
from ..svg import MONO_WIDTH

GAP = 5  # between a box and its ring
SHADOW = 5  # of a group, to the right and below
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


def flows_of(content: Content, places: Places, widths: Mapping[int, int]) -> dict[int, Flow]:
    """For each edge that may pass a contribution back, the place of its highlight.

    Args:
        content, places: the drawing.
        widths: for each of these edges how many characters what it adds may have.
    """
    taken, found = _Taken(content, places), dict[int, Flow]()
    for edge in sorted(widths):
        route = places.routes[edge]
        x, y = map(round, (route.trunk or route.strokes[0])[0])
        text_y = taken.clear(x + BESIDE, y, widths[edge] * NUMBER_SIZE * MONO_WIDTH, _along(route))
        found[edge] = Flow(path(route.trunk) if route.trunk else "", x, y, text_y)
    return found


def _along(route: Route) -> list[Area]:
    """The areas that the pieces of a route take, from one end to the other."""
    found = []
    for stroke in (route.trunk, *route.strokes):
        for (x, y), (to_x, to_y) in pairwise(stroke[::3]):
            found.append((min(x, to_x), min(y, to_y) - 2, max(x, to_x), max(y, to_y) + 2))
    return found


class _Taken:
    """The areas of a drawing that labels and boxes take, which no other text may cover."""

    def __init__(self, content: Content, places: Places) -> None:
        self._columns: dict[int, list[Area]] = {}
        for edge, route in zip(content.edges, places.routes, strict=True):
            if edge.text:
                width = len(edge.text) * EDGE_SIZE * MONO_WIDTH
                self._add(route.label, width, EDGE_SIZE)
        for box, centre in zip(content.boxes, places.boxes, strict=True):
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
