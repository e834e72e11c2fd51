"""The JSON data of the player's page: texts, events, and the changes of each drawing.

Everything is computed here, so that the page only replaces texts. Each text is in the data once,
and all else refers to it by index; a number whose digits are not all shown is a pair of its short
form and its full one. The page knows the indices of the texts in `KNOWN`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ...engine.node import Node
from ..graphs.boxes import Box
from ..text import DASH, MINUS, decimal, replace_unfit
from .animation import (
    ADDS,
    COMPUTED,
    GIVEN,
    INSIDE,
    RECEIVES,
    ROWS,
    UPSTREAM,
    WAITING,
    Animation,
    Mark,
    Shown,
)
from .events import FINAL, SEED, Contribute, Event, Seed
from .graph_data import VERSION
from .highlights import inside
from .sentences import Told, signs
from .text_places import CORNER, Flow, Offset, ring_size, text_places

KNOWN = (DASH, "", WAITING, FINAL, "=", UPSTREAM, RECEIVES, INSIDE, ADDS, GIVEN, COMPUTED, SEED)
# What would end the script in a page, or a line of it.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


class Place(int):
    """The index of a text, with a type of its own among the integers of the page's data."""


class Texts(dict[Any, Place]):
    """The index of every text, given at its first use."""

    def __init__(self) -> None:
        super().__init__()
        self._showing: dict[str, Place] = {}
        for text in KNOWN:
            self[text]

    def __missing__(self, text: Any) -> Place:
        place = self[text] = Place(len(self))
        self._showing.setdefault(text if isinstance(text, str) else text[0], place)
        return place

    def said(self, said: Shown) -> int:
        """The index of a text that may have more digits than it shows."""
        same = said.shown.replace(MINUS, "-") == said.exact.removesuffix(".0")
        return self[said.shown if same else tuple(said)]

    def like(self, said: Shown) -> int:
        """The index of a text with the same short form, whatever its digits."""
        return self._showing.get(said.shown) or self.said(said)

    def part(self, x: str | float) -> int:
        """The index of a name or a number."""
        return self.said(Shown(decimal(x), repr(x))) if isinstance(x, float) else self[x]


def script(
    events: Sequence[Event],
    tellings: Sequence[Told],
    animations: dict[str, Animation],
    homes: Mapping[Node, str],
    first: str,
) -> str:
    """The JSON for the page, escaped so that nothing in it can end a script element.

    Args:
        events: the events of the pass.
        tellings: the same in words.
        animations: the drawings by the names of their levels.
        homes: the paths of the module calls that nodes are in.
        first: the level that is shown first.
    """
    texts = Texts()
    everything = scene(events, tellings, animations, homes, first, texts)
    return as_json(everything | {"texts": list(texts)})


def scene(
    events: Sequence[Event],
    tellings: Sequence[Told],
    animations: dict[str, Animation],
    homes: Mapping[Node, str],
    first: str,
    texts: Texts,
) -> dict[str, Any]:
    """The data for the page without its texts, which are added to `texts`."""
    (animation, *_) = animations.values()
    told = [_event(*each, texts) for each in zip(events, tellings, animation.marks, strict=True)]
    seeds = [place for place, event in enumerate(events) if isinstance(event, Seed)]
    root = events[seeds[0] if seeds else -1]
    return {
        "version": VERSION,
        "root": texts[root.names[root.node]],
        "backward": seeds[0] if seeds else None,
        "first": list(animations).index(first),
        "events": told,
        "drawings": [
            _drawing(name, animation, events, homes, texts)
            for name, animation in animations.items()
        ],
    }


def as_json(everything: dict[str, Any]) -> str:
    """Write JSON in which nothing can end a script element."""
    text = json.dumps(everything, ensure_ascii=False, separators=(",", ":"))
    return replace_unfit(text.translate(_ESCAPES))


def _event(event: Event, told: Told, mark: Mark, texts: Texts) -> list[Any]:
    """The data of an event: its sentence in parts, and the numbers of its kind.

    For a contribution that is the rule, the local derivative in names, and five numbers, for
    others what the node does. If something is wrong, three signs follow the numbers, and in any
    case what it is.
    """
    sentence = [texts[told.pattern], *map(texts.part, told.parts)]
    if not isinstance(event, Contribute):
        found = [sentence, texts[mark.tag]]
        return [*found, texts[told.flaw]] if told.flaw else found
    numbers = event.upstream, event.local, event.contribution, event.before, event.after
    found = [sentence, texts[told.rule], texts[told.local], *map(texts.part, numbers)]
    wrong = (*signs(event), mark.sign, told.flaw) if told.flaw else ()
    return [*found, *(texts[word] for word in wrong)]


def _drawing(
    name: str,
    animation: Animation,
    events: Sequence[Event],
    homes: Mapping[Node, str],
    texts: Texts,
) -> dict[str, Any]:
    """The data of a drawing: its changes, and the places of its highlights.

    A frame has, for each event, the marked box, for a contribution the other one and the edge, -1
    where there is none; and then two numbers for each row that changes: which it is, and its
    text.
    """
    frames, content = [], animation.content
    for mark, changes in zip(animation.marks, animation.changes, strict=True):
        marked = (mark.box, mark.other, mark.edge) if mark.adds is not None else (mark.box,)
        frame = [-1 if place is None else place for place in marked]
        for row, said in changes:
            is_label = row >= ROWS * len(content.boxes)
            frame += (row, texts.like(said) if is_label else texts.said(said))
        frames.append(frame)
    flows, tags = text_places(animation)
    told: dict[str, Any] = {
        "name": name,
        "frames": frames,
        "boxes": [ring(box, tags.get(number)) for number, box in enumerate(content.boxes)],
        "edges": [flow_data(flows.get(edge)) for edge in range(len(content.edges))],
    }
    if animation.down:
        told["down"] = True
    if any(box.is_group for box in content.boxes):
        each = zip(events, animation.marks, strict=True)
        told["inside"] = [texts[inside(event, mark, content, homes)] for event, mark in each]
    return told


def ring(box: Box, tag: Offset | None) -> dict[str, Any]:
    """The size of the ring around a box, whether it is a group, and where its word is moved to."""
    width, height = ring_size(box)
    told: dict[str, Any] = {"width": width, "height": height}
    if box.is_group:
        told["group"] = True
    if tag not in (None, CORNER):
        told["tag"] = tag
    return told


def flow_data(flow: Flow | None) -> Any:
    """How far below its beginning an edge says what it adds, with its trunk, if it has one."""
    if flow is None:
        return 0
    below = flow.text_y - flow.y
    return [below, flow.trunk] if flow.trunk else below
