"""The data of a training's page: texts, events, and the changes of each drawing.

Only trainings are played from this: texts are worked out for every step. Each text is in the data
once, and all else refers to it by index; a number whose digits are not all shown is a pair of its
short form and its full one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ...engine.node import Node
from ..text import MINUS, decimal
from .animation import ROWS, Animation, Mark, Shown
from .events import Contribute, Played, Reordered, Seed
from .flaws import signs
from .graph_data import VERSION
from .highlights import flows_of, inside
from .page_json import KNOWN, flow_data, ring
from .sentences import Told


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


def scene(
    events: Sequence[Played],
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


def _event(event: Played, told: Told, mark: Mark, texts: Texts) -> list[Any]:
    """The data of an event: its sentence in parts, and the numbers of its kind.

    For a contribution that is the rule, the local derivative in names, and five numbers, for
    others what the node does. If something is wrong, three signs follow the numbers, and in any
    case what it is; of a sum that is rounded in another order, two signs.
    """
    sentence = [texts[told.pattern], *map(texts.part, told.parts)]
    if not isinstance(event, Contribute):
        found = [sentence, texts[mark.tag]]
        return [*found, texts[told.flaw]] if told.flaw else found
    numbers = event.upstream, event.local, event.contribution, event.before, event.after
    found = [sentence, texts[told.rule], texts[told.local], *map(texts.part, numbers)]
    wrong: tuple[str, ...] = signs(event) if isinstance(event, Reordered) else ()
    if told.flaw:
        wrong = (*signs(event), mark.sign, told.flaw)
    return [*found, *(texts[word] for word in wrong)]


def _drawing(
    name: str,
    animation: Animation,
    events: Sequence[Played],
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
    flows = flows_of(animation)
    told: dict[str, Any] = {
        "name": name,
        "frames": frames,
        "boxes": list(map(ring, content.boxes)),
        "edges": [flow_data(flows.get(edge)) for edge in range(len(content.edges))],
    }
    if animation.down:
        told["down"] = True
    if any(box.is_group for box in content.boxes):
        each = zip(events, animation.marks, strict=True)
        told["inside"] = [texts[inside(event, mark, content, homes)] for event, mark in each]
    return told
