"""Where the texts of highlights stand: off all other texts, off all boxes, and off each other.

A ring has a word at its border, and an active edge says what it adds near its point. These places
are the same at every event, in pictures and on the page, so that all words that a box may get
count. Nothing depends on colour alone: the edge is thick and has a point towards the operand, the
box that gets a contribution has a dashed ring, and each mark has its word.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count, pairwise
from typing import NamedTuple

from ..graphs.boxes import NUMBER_SIZE, Box
from ..graphs.content import Content
from ..graphs.graph_svg import path
from ..graphs.theme import EDGE_SIZE, FRAME_SIZE, heading
from ..layout.places import Places, Route
from ..svg import MONO_WIDTH, text_width
from .events import FINAL, SEED

UPSTREAM, RECEIVES, INSIDE = "upstream", "receives", "inside"  # what a marked box does
GIVEN, COMPUTED = "given", "computed"  # where a node got its number
GAP = 5  # between a box and its ring
SHADOW = 5  # of a group, to the right and below
BESIDE = 15  # pixels from the point of an active edge to what it adds
COLUMN = 64  # pixels: texts are looked up by the columns that they are in
ABOVE, BELOW = 0.95, 0.26  # of a text over and under its line, in ems, in a font as high as any
CORNER = (8, 4)  # from the corner of a ring to its word, where nothing else is
STEP = 6  # pixels from one place that is tried to the next
MOVING, WIDEST = 5, 10  # characters of a label: where its number may become another; at most then
WORDS = (UPSTREAM, RECEIVES, INSIDE, COMPUTED, GIVEN, SEED, FINAL)

Area = tuple[float, float, float, float]  # left, top, right, bottom
Offset = tuple[int, int]


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


class TextPlaces(NamedTuple):
    """The places of all texts of highlights.

    Attributes:
        flows: for each edge that passes a contribution back.
        tags: for each box that has a word, where that begins from the corner of its ring.
    """

    flows: dict[int, Flow]
    tags: dict[int, Offset]


def text_places(
    content: Content, places: Places, widths: Mapping[int, int], words: Mapping[int, str]
) -> TextPlaces:
    """The places of the words of rings, and of what active edges add.

    Args:
        content, places: the drawing.
        widths: for each edge that may pass a contribution back how many characters what it adds
            may have.
        words: for each box that is ever marked a word that its ring may have besides `WORDS`.
    """
    taken = _Taken(content, places)
    tags, areas = dict[int, Offset](), dict[int, Area]()
    beside: dict[int, set[int]] = {}
    for edge in content.edges:
        beside.setdefault(edge.tail, set()).add(edge.head)
        beside.setdefault(edge.head, set()).add(edge.tail)
    widest = max(text_width(word, FRAME_SIZE) for word in WORDS)
    for box in sorted(words):
        near = [areas[other] for other in beside.get(box, ()) if other in areas]
        width = max(widest, text_width(words[box], FRAME_SIZE))
        tags[box], areas[box] = taken.tag(box, width, near)
    flows = dict[int, Flow]()
    for number in sorted(widths):
        route, ends = places.routes[number], content.edges[number][:2]
        x, y = map(round, (route.trunk or route.strokes[0])[0])
        near = [*_along(route), *(areas[box] for box in ends if box in areas)]
        text_y = taken.clear(x + BESIDE, y, widths[number] * NUMBER_SIZE * MONO_WIDTH, near)
        flows[number] = Flow(path(route.trunk) if route.trunk else "", x, y, text_y)
    return TextPlaces(flows, tags)


def _along(route: Route) -> list[Area]:
    """The areas that the pieces of a route take, from one end to the other."""
    found = []
    for stroke in (route.trunk, *route.strokes):
        for (x, y), (to_x, to_y) in pairwise(stroke[::3]):
            found.append((min(x, to_x), min(y, to_y) - 2, max(x, to_x), max(y, to_y) + 2))
    return found


class _Taken:
    """The areas of a drawing that labels, titles and boxes take, which no other text may cover."""

    def __init__(self, content: Content, places: Places) -> None:
        self._columns: dict[int, list[Area]] = {}
        self._boxes: list[Area] = []
        for edge, route in zip(content.edges, places.routes, strict=True):
            if edge.text:
                (x, y), signs = route.label, len(edge.text)
                if signs >= MOVING:
                    signs = max(signs, WIDEST)
                width = signs * EDGE_SIZE * MONO_WIDTH
                self._add(_area(x - width / 2, y + 4, width, EDGE_SIZE))
        for frame, place in zip(content.frames, places.frames, strict=True):
            width = text_width(heading(frame), FRAME_SIZE)
            self._add(_area(place.x + 12, place.y + 18, width, FRAME_SIZE))
        for box, (x, y) in zip(content.boxes, places.boxes, strict=True):
            left, top, more = x - box.width / 2, y - box.height / 2, SHADOW * box.is_group
            self._boxes.append((left, top, left + box.width + more, top + box.height + more))
            self._add(self._boxes[-1])

    def _add(self, area: Area) -> None:
        for column in _columns(area):
            self._columns.setdefault(column, []).append(area)

    def _near(self, area: Area) -> Iterator[Area]:
        return chain.from_iterable(self._columns.get(column, ()) for column in _columns(area))

    def tag(self, box: int, width: float, near: Sequence[Area]) -> tuple[Offset, Area]:
        """A free place for the word of a ring, and its area: at its corner, if there is none."""
        own = self._boxes[box]
        left, top = round(own[0]) - GAP, round(own[1]) - GAP
        for across, down in _places_around(round(own[2]) - left + GAP, round(own[3]) - top + GAP):
            area = _area(left + across, top + down, width, FRAME_SIZE)
            others = (one for one in self._near(area) if one is not own)
            if not any(_overlap(area, one) for one in chain(others, near)):
                return (across, down), area
        return CORNER, _area(left + CORNER[0], top + CORNER[1], width, FRAME_SIZE)

    def clear(self, x: int, y: int, width: float, near: Sequence[Area]) -> int:
        """A free height near y for a text from x on, off everything and off what is near.

        Just above y, if there is none.
        """
        for base in _heights(y):
            area = _area(x, base, width, NUMBER_SIZE)
            if not any(_overlap(area, one) for one in chain(self._near(area), near)):
                return base
        return y - 9


def _area(left: float, line: float, width: float, size: float) -> Area:
    """The area of a text on a line."""
    return (left, line - ABOVE * size, left + width, line + BELOW * size)


def _columns(area: Area) -> range:
    return range(int(area[0] // COLUMN), int(area[2] // COLUMN) + 1)


def _overlap(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _places_around(width: int, height: int) -> Iterator[Offset]:
    """Places to try for the word of a ring: along its upper border, the lower one, farther away."""
    for away in range(0, 60, STEP):
        for down in (CORNER[1] - away, height + CORNER[1] + away):
            for across in range(CORNER[0], max(width, CORNER[0] + 1), STEP):
                yield across, down


def _heights(y: int) -> Iterator[int]:
    """Heights to try: just above and just below y, then farther away."""
    for away in count(0, 3):
        if away > 150:
            return
        yield from (y - 9 - away, y + 18 + away)


def ring_size(box: Box) -> tuple[int, int]:
    """The size of the ring around a box, which starts to the left of it and above."""
    more = 2 * GAP + (SHADOW if box.is_group else 0)
    return round(box.width) + more, round(box.height) + more
