"""The frames of a played pass as separate pictures: the drawing, its highlights, the words."""

from collections.abc import Iterator, Sequence

from ...engine.node import Node
from ..graphs.box_svg import box_svg
from ..graphs.graph_svg import MARGIN, arrows, description, group, label, titles
from ..graphs.theme import THEME, TITLE_ROOM, TITLE_SIZE
from ..svg import clip, document, escape, text_width
from ..text import TIMES
from .animation import ROWS, Animation, Change, Mark, labelled, state_of
from .events import Contribute, Event
from .highlights import inside, marks_svg
from .sentences import Told, here, sums
from .text_places import text_places

SIZE, LINE = 14.0, 20  # of a caption


def frames_of(
    animation: Animation,
    events: Sequence[Event],
    tellings: Sequence[Told],
    homes: dict[Node, str],
    title: str,
    last: bool = False,
) -> Iterator[str]:
    """Write the SVG document of every frame, or of the last one only.

    Args:
        animation: the drawing.
        events, tellings: the events, and their sentences.
        homes: the paths of the module calls that nodes are in.
        title: a heading.
        last: whether only the last frame is wanted.
    """
    captions = []
    for event, told, mark in zip(events, tellings, animation.marks, strict=True):
        first, *more = caption(event, told)
        captions.append([first + inside(event, mark, animation.content, homes), *more])
    frame = _Frame(animation, captions, title)
    for number, mark in enumerate(animation.marks):
        frame.turn(animation.changes[number])
        if not last or number == len(events) - 1:
            yield frame.svg(mark, captions[number])


def caption(event: Event, told: Told) -> list[str]:
    """An event in lines: its sentence, the rule, and the two sums of a contribution."""
    lines = [told.sentence]
    if isinstance(event, Contribute):
        lines.append("; ".join(dict.fromkeys((told.rule, here(event, told.local)))))
        lines += [f"{said}: {sum_}" for said, sum_ in sums(event)]
    return [*lines, told.flaw] if told.flaw else lines


class _Frame:
    """Writes one frame after another, renewing only what changes."""

    def __init__(self, animation: Animation, captions: Sequence[Sequence[str]], title: str) -> None:
        content, places = animation.content, animation.places
        self._film, self._boxes = animation, list(content.boxes)
        self._drawn = list(map(box_svg, self._boxes, places.boxes))
        self._edges = labelled(content)
        routes = [r for edge, r in zip(content.edges, places.routes, strict=True) if edge.text]
        self._routes, self._labels = routes, [""] * len(routes)
        self._text_places = text_places(animation)
        self._title = clip(title, TITLE_SIZE, TITLE_ROOM)
        self._top = MARGIN + (34 if self._title else 0)
        lines = [line for lines in captions for line in lines]
        room = max(places.size[0], text_width(self._title, TITLE_SIZE))
        widest = max(text_width(clip(line, SIZE, TITLE_ROOM), SIZE) for line in lines)
        self._below = self._top + places.size[1] + MARGIN
        height = self._below + LINE * max(map(len, captions)) + MARGIN
        self._size = (max(room, widest) + 2 * MARGIN, height)
        self._ground = [
            f'<text class="title" x="{MARGIN}" y="36">{escape(self._title)}</text>',
            f'<g transform="translate({MARGIN} {self._top})">',
            *arrows(content, places),
        ]

    def turn(self, changes: Sequence[Change]) -> None:
        """Go on to the next frame."""
        touched: dict[int, None] = {}
        for row, said in changes:
            number, place = divmod(row, ROWS)
            if number >= len(self._boxes):
                edge = row - ROWS * len(self._boxes)
                full = said.exact if said.exact != said.shown else ""
                new = self._edges[edge]._replace(text=TIMES + said.shown, exact=full)
                self._labels[edge] = label(new, self._routes[edge])
                continue
            rows = list(self._boxes[number].rows)
            rows[place] = (rows[place][0], said.shown)
            box = self._boxes[number]._replace(rows=tuple(rows), state=state_of(rows))
            self._boxes[number] = box
            touched[number] = None
        for number in touched:
            self._drawn[number] = box_svg(self._boxes[number], self._film.places.boxes[number])

    def svg(self, mark: Mark, lines: Sequence[str]) -> str:
        """The current frame as SVG."""
        animation = self._film
        above = [*group("locals", list(filter(None, self._labels)))]
        above += titles(animation.content, animation.places)
        parts = [
            *self._ground,
            *above,
            *self._drawn,
            marks_svg(mark, animation, self._text_places),
            "</g>",
        ]
        for number, line in enumerate(lines):
            y, kind = self._below + LINE * number + SIZE, "soft" if number else "said"
            text = escape(clip(line, SIZE, TITLE_ROOM))
            parts.append(f'<text class="{kind} caption" x="{MARGIN}" y="{y:.0f}">{text}</text>')
        named = self._title or lines[0]
        about = f"{description(animation.content)} {' '.join(lines)}"
        return document(self._size, named, about, THEME, "\n".join(parts))
