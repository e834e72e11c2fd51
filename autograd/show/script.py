"""What the page of the player is told: the texts, the events, and what they change in each drawing.

Everything is worked out here, so that the page only moves texts about. Each text is there once,
and all else refers to it by number; a number whose digits are not all shown is a pair of what is
shown and what it is exactly. The page knows those in `KNOWN` by their places.
"""

import json
from collections.abc import Sequence
from typing import Any

from autograd.show.film import (
    ADDS,
    FINAL,
    INSIDE,
    RECEIVES,
    UPSTREAM,
    WAITING,
    Film,
    Mark,
    Said,
)
from autograd.show.steps import Contribute, Event, Seed
from autograd.show.telling import Told, signs
from autograd.show.text import DASH, MINUS, decimal, replaced

KNOWN = (DASH, "", WAITING, FINAL, "=", UPSTREAM, RECEIVES, INSIDE, ADDS)
# What would end the script in a page, or a line of it.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


class Place(int):
    """The number of a text, as no other number in what the page is told is."""


class Texts(dict[Any, Place]):
    """The number of every text."""

    def __init__(self) -> None:
        super().__init__()
        for text in KNOWN:
            self[text]

    def __missing__(self, text: Any) -> Place:
        self[text] = Place(len(self))
        return self[text]

    def said(self, said: Said) -> int:
        """The number of a text that may have more digits than it shows."""
        same = said.shown.replace(MINUS, "-") == said.exact.removesuffix(".0")
        return self[said.shown if same else tuple(said)]

    def part(self, x: str | float) -> int:
        """The number of a name or a number."""
        return self.said(Said(decimal(x), repr(x))) if isinstance(x, float) else self[x]


def script(
    events: Sequence[Event],
    tellings: Sequence[Told],
    films: dict[str, Film],
    first: str,
) -> str:
    """The JSON for the page, in which nothing can end a script element.

    Args:
        events: what is played.
        tellings: the same in words.
        films: the drawings by the names of their levels.
        first: the level that is shown first.
    """
    texts = Texts()
    everything = scene(events, tellings, films, first, texts)
    return written(everything | {"texts": list(texts)})


def scene(
    events: Sequence[Event],
    tellings: Sequence[Told],
    films: dict[str, Film],
    first: str,
    texts: Texts,
) -> dict[str, Any]:
    """What the page is told but for the texts, which are added to `texts`."""
    (film, *_) = films.values()
    told = [_event(*each, texts) for each in zip(events, tellings, film.marks, strict=True)]
    seeds = [place for place, event in enumerate(events) if isinstance(event, Seed)]
    root = events[seeds[0] if seeds else -1]
    return {
        "root": texts[root.names[root.node]],
        "backward": seeds[0] if seeds else None,
        "first": list(films).index(first),
        "events": told,
        "drawings": [_drawing(name, film, texts) for name, film in films.items()],
    }


def written(everything: dict[str, Any]) -> str:
    """JSON in which nothing can end a script element."""
    text = json.dumps(everything, ensure_ascii=False, separators=(",", ":"))
    return replaced(text.translate(_ESCAPES))


def _event(event: Event, told: Told, mark: Mark, texts: Texts) -> list[Any]:
    """The sentence with its parts, and what the kind of event needs.

    For a contribution that is the rule, the local derivative in names, and five numbers, for
    others what the node does. If something is wrong, three signs follow the numbers, and in any
    case what it is.
    """
    sentence = [texts[told.pattern], *map(texts.part, told.parts)]
    if not isinstance(event, Contribute):
        found = [sentence, texts[mark.tag]]
        return [*found, texts[told.fault]] if told.fault else found
    numbers = event.upstream, event.local, event.contribution, event.before, event.after
    found = [sentence, texts[told.rule], texts[told.local], *map(texts.part, numbers)]
    wrong = (*signs(event), mark.sign, told.fault) if told.fault else ()
    return [*found, *(texts[word] for word in wrong)]


def _drawing(name: str, film: Film, texts: Texts) -> dict[str, Any]:
    """For each event the marked box, for a contribution the other one and the edge, -1 where
    there is none; and then two numbers for each row that changes: which it is, and its text."""
    frames = []
    for mark, changes in zip(film.marks, film.changes, strict=True):
        marked = (mark.box, mark.other, mark.edge) if mark.adds is not None else (mark.box,)
        frame = [-1 if place is None else place for place in marked]
        for box, row, said in changes:
            frame += (4 * box + row, texts.said(said))
        frames.append(frame)
    return {"name": name, "frames": frames}
