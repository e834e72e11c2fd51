"""The frames of a played pass as pictures that stand alone: the drawing, its marks, the words."""

from collections.abc import Iterator, Sequence

from autograd.show.box_svg import box_svg
from autograd.show.film import Change, Film, Mark, state_of
from autograd.show.graph_svg import MARGIN, description, ground
from autograd.show.graph_theme import THEME, TITLE_ROOM, TITLE_SIZE
from autograd.show.marks import marks_svg
from autograd.show.steps import Contribute, Event
from autograd.show.svg import clipped, document, escaped, text_width
from autograd.show.telling import Told, here, signs
from autograd.show.text import TIMES, decimal

SIZE, LINE = 14.0, 20  # of a caption


def slides(
    film: Film, events: Sequence[Event], tellings: Sequence[Told], title: str, last: bool = False
) -> Iterator[str]:
    """The SVG document of every frame, or of the last one only."""
    captions = [caption(*each) for each in zip(events, tellings, strict=True)]
    slide = _Slide(film, captions, title)
    for number, mark in enumerate(film.marks):
        slide.turn(film.changes[number])
        if not last or number == len(events) - 1:
            yield slide.svg(mark, captions[number])


def caption(event: Event, told: Told) -> list[str]:
    """An event in lines: what happens, by which rule, and the two sums of a contribution."""
    lines = [told.sentence]
    if isinstance(event, Contribute):
        upstream, local, contribution = map(decimal, event[3:6])
        came, became = signs(event)
        before, after = decimal(event.before), decimal(event.after)
        lines += [
            "; ".join(dict.fromkeys((told.rule, here(event, told.local)))),
            f"upstream {TIMES} local derivative = contribution: "
            f"{upstream} {TIMES} {local} {came} {contribution}",
            f"before + contribution = after: {before} + {contribution} {became} {after}",
        ]
    return [*lines, told.fault] if told.fault else lines


class _Slide:
    """One frame after another, of which only the boxes that change are written anew."""

    def __init__(self, film: Film, captions: Sequence[Sequence[str]], title: str) -> None:
        self._film, self._boxes = film, list(film.content.boxes)
        self._drawn = list(map(box_svg, self._boxes, film.places.boxes))
        self._title = clipped(title, TITLE_SIZE, TITLE_ROOM)
        self._top = MARGIN + (34 if self._title else 0)
        lines = [line for lines in captions for line in lines]
        room = max(film.places.size[0], text_width(self._title, TITLE_SIZE))
        widest = max(text_width(clipped(line, SIZE, TITLE_ROOM), SIZE) for line in lines)
        self._below = self._top + film.places.size[1] + MARGIN
        height = self._below + LINE * max(map(len, captions)) + MARGIN
        self._size = (max(room, widest) + 2 * MARGIN, height)
        self._ground = [
            f'<text class="title" x="{MARGIN}" y="36">{escaped(self._title)}</text>',
            f'<g transform="translate({MARGIN} {self._top})">',
            *ground(film.content, film.places),
        ]

    def turn(self, changes: Sequence[Change]) -> None:
        """Go on to the next frame."""
        for number, row, said in changes:
            rows = list(self._boxes[number].rows)
            rows[row] = (rows[row][0], said.shown)
            new = self._boxes[number]._replace(rows=tuple(rows), state=state_of(rows))
            self._boxes[number] = new
        for number in dict.fromkeys(change.box for change in changes):
            self._drawn[number] = box_svg(self._boxes[number], self._film.places.boxes[number])

    def svg(self, mark: Mark, lines: Sequence[str]) -> str:
        """The frame as it is now."""
        marks = marks_svg(mark, self._film.content, self._film.places)
        parts = [*self._ground, *self._drawn, marks, "</g>"]
        for number, line in enumerate(lines):
            y, kind = self._below + LINE * number + SIZE, "soft" if number else "said"
            text = escaped(clipped(line, SIZE, TITLE_ROOM))
            parts.append(f'<text class="{kind} caption" x="{MARGIN}" y="{y:.0f}">{text}</text>')
        named = self._title or lines[0]
        about = f"{description(self._film.content)} {' '.join(lines)}"
        return document(self._size, named, about, THEME, "\n".join(parts))
