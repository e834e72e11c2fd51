"""Passes through graphs of one structure, such as the steps of a training, for one page.

Each has the films that the player would have, but with boxes of one size in the same places, and
frames that change the same rows. So a page needs to be told the first pass only, and of every
text that is another in a later one what it is there: a text that moves.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from autograd.node import Node
from autograd.show.content import Content
from autograd.show.film import UNSAID, Change, Film, Said, faults_of
from autograd.show.script import Place, Texts, scene
from autograd.show.steps import Contribute, Event, Names
from autograd.show.telling import Teller, Told

Films = dict[str, Film]  # by the names of their levels


class Pass(NamedTuple):
    """One pass: the nodes, what happens, the same in words, and what is drawn at every level."""

    order: Sequence[Node]
    events: Sequence[Event]
    tellings: Sequence[Told]
    contents: Mapping[str, Content]


def passed(order: Sequence[Node], events: Sequence[Event], contents: Mapping[str, Content]) -> Pass:
    """The pass with its words, which are found before its numbers move on."""
    teller = Teller()
    told = [teller.told(*each) for each in zip(events, faults_of(events), strict=True)]
    return Pass(order, events, told, contents)


# --- films ----------------------------------------------------------------------------------


def films_of(passes: Sequence[Pass]) -> list[Films]:
    """The films of every pass."""
    first = passes[0]
    names = first.events[0].names
    played = [_events_at(first.order, one, names) for one in passes]
    levels = {
        level: _level([one.contents[level] for one in passes], played) for level in first.contents
    }
    return [dict(zip(levels, films, strict=True)) for films in zip(*levels.values(), strict=True)]


def _events_at(order: Sequence[Node], one: Pass, names: Names) -> list[Event]:
    """The events of a pass, at the nodes of the first graph, which the drawing is of."""
    there = dict(zip(one.order, order, strict=True))
    found: list[Event] = []
    for event in one.events:
        if isinstance(event, Contribute):
            event = event._replace(parent=there[event.parent])
        found.append(event._replace(node=there[event.node], names=names))
    return found


def _level(contents: Sequence[Content], played: Sequence[Sequence[Event]]) -> list[Film]:
    """The films at one level."""
    films = [Film(contents[0], events, [None] * len(events), down=False) for events in played]
    changes = zip(*_same_changes(films, _plain_numbers(contents)), strict=True)
    drawn = films[0].content
    boxes = [
        box._replace(
            width=max(film.content.boxes[number].width for film in films),
            exact=box.exact if number in drawn.origins.outputs else box.about,
        )
        for number, box in enumerate(drawn.boxes)
    ]
    longest = [
        max(same, key=lambda edge: len(edge.text))
        for same in zip(*(content.edges for content in contents), strict=True)
    ]
    films[0].content = drawn._replace(boxes=boxes, edges=longest)  # with room for all
    places = films[0].places
    for film, content, changed in zip(films, contents, changes, strict=True):
        film.content = drawn._replace(
            boxes=boxes, edges=[edge._replace(exact="") for edge in content.edges]
        )
        film.places, film.changes = places, list(changed)
    return films


def _plain_numbers(contents: Sequence[Content]) -> list[list[Change]]:
    """For each pass what the boxes of plain numbers say, which no event does."""
    return [
        [
            Change(number, 0, Said(box.rows[0][1], box.rows[0][1]))
            for number, box in enumerate(content.boxes)
            if number not in content.origins.outputs and box.kind == "constant"
        ]
        for content in contents
    ]


def _same_changes(
    films: Sequence[Film], given: Sequence[list[Change]]
) -> Iterator[list[list[Change]]]:
    """For each event, and each film, what the rows say that change in any of the films."""
    says: list[dict[tuple[int, int], Said]] = [{} for _ in films]
    for place, changes in enumerate(zip(*(film.changes for film in films), strict=True)):
        rows: dict[tuple[int, int], None] = {}
        for said, now, plain in zip(says, changes, given, strict=True):
            for box, row, text in [*(plain if place == 0 else ()), *now]:
                rows[box, row] = None
                said[box, row] = text
        yield [[Change(*row, said.get(row, UNSAID[row[1]])) for row in rows] for said in says]


# --- what the page is told ------------------------------------------------------------------


def scenes(passes: Sequence[Pass], films: Sequence[Films], first: str) -> dict[str, Any]:
    """What the page is told of all passes.

    The number of a text that moves is below 0, and -1 - its place in ``moving``, where its texts
    are, one for each pass, as they are shown.
    """
    texts = Texts()
    everything = []
    for one, drawn in zip(passes, films, strict=True):
        found = scene(one.events, one.tellings, drawn, first, texts)
        for drawing, film in zip(found["drawings"], drawn.values(), strict=True):
            drawing["labels"] = [texts[edge.text] for edge in film.content.edges if edge.text]
        everything.append(found)
    merged = _Merged(list(texts))
    told: dict[str, Any] = merged.of(everything)
    return told | {"texts": list(merged.texts), "moving": [*map(list, merged.moving)]}


class _Merged:
    """What is the same in several scenes, and the texts that are not."""

    def __init__(self, known: Sequence[Any]) -> None:
        self._known = known
        self.texts = Texts()
        self.moving: dict[tuple[str, ...], int] = {}

    def of(self, same: Sequence[Any]) -> Any:
        """One for all, which differ in texts only."""
        first = same[0]
        if isinstance(first, dict):
            return {key: self.of([one[key] for one in same]) for key in first}
        if isinstance(first, list):
            return [self.of(each) for each in zip(*same, strict=True)]
        return self._text(same) if isinstance(first, Place) else first

    def _text(self, places: Sequence[Place]) -> int:
        if len(set(places)) == 1:
            return self.texts[self._known[places[0]]]
        texts = [self._known[place] for place in places]
        shown = tuple(text if isinstance(text, str) else text[0] for text in texts)
        if len(set(shown)) == 1:
            return self.texts[shown[0]]
        return -1 - self.moving.setdefault(shown, len(self.moving))
