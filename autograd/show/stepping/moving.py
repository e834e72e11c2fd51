"""The data of several passes through graphs of one structure, as in training, for one page.

Each has the animations that the player would have, but with boxes of one size in the same places,
and frames that change the same rows. So the page's data has the first pass, and for every text that
differs in a later pass, a moving text, the text there.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from ...engine.node import Node
from ..graphs.content import Content
from ..graphs.graph_svg import plan_of
from ..layout import layered
from .animate import animate, flaws_of
from .animation import ROOM, ROWS, Animation, Change, Shown, unsaid
from .events import Contribute, Event
from .names import Names
from .page_data import Place, Texts, scene
from .sentences import Teller, Told
from .stand_ins import retold, stand_ins
from .text_places import widths_of

Animations = dict[str, Animation]  # by the names of their levels


class Pass(NamedTuple):
    """One pass: its nodes, its events, their sentences, and the drawing at each level."""

    order: Sequence[Node]
    events: Sequence[Event]
    tellings: Sequence[Told]
    contents: Mapping[str, Content]

    def kept(self) -> "Pass":
        """The same pass with stand-ins for the nodes, so that the graph is not kept."""
        found = stand_ins(self.order)
        return Pass(
            list(found.values()),
            retold(self.events, found),
            self.tellings,
            {level: content.words() for level, content in self.contents.items()},
        )


def passed(order: Sequence[Node], events: Sequence[Event], contents: Mapping[str, Content]) -> Pass:
    """A pass with its sentences, which must be made before its numbers move on."""
    teller = Teller()
    told = [teller.told(*each) for each in zip(events, flaws_of(events), strict=True)]
    return Pass(order, events, told, contents)


# --- animations ----------------------------------------------------------------------------------


def animate_all(passes: Sequence[Pass]) -> list[Animations]:
    """The animations of every pass, which share their layout."""
    first = passes[0]
    names = first.events[0].names
    played = [_events_at(first.order, one, names) for one in passes]
    levels = {
        level: _level([one.contents[level] for one in passes], played) for level in first.contents
    }
    return [
        dict(zip(levels, animations, strict=True))
        for animations in zip(*levels.values(), strict=True)
    ]


def _events_at(order: Sequence[Node], one: Pass, names: Names) -> list[Event]:
    """The events of a pass, moved to the nodes of the first graph, which is drawn."""
    there = dict(zip(one.order, order, strict=True))
    found: list[Event] = []
    for event in one.events:
        if isinstance(event, Contribute):
            event = event._replace(parent=there[event.parent])
        found.append(event._replace(node=there[event.node], names=names))
    return found


def _level(contents: Sequence[Content], played: Sequence[Sequence[Event]]) -> list[Animation]:
    """The animations at one level, which share their boxes, places and rows that change."""
    edges = [content.edges for content in contents]
    longest = [max(same, key=lambda edge: len(edge.text)) for same in zip(*edges, strict=True)]
    plain = [edge._replace(exact="") for edge in longest]
    # Each pass has its own local derivatives, at the nodes of the first graph.
    drawn = [contents[0]._replace(edges=list(content.edges)) for content in contents]
    animations = [
        animate(content, events, [None] * len(events), down=False)
        for content, events in zip(drawn, played, strict=True)
    ]
    changes = zip(*_same_changes(animations, _plain_numbers(contents)), strict=True)
    first = animations[0].content
    boxes = [
        box._replace(
            width=max(animation.content.boxes[number].width for animation in animations),
            exact=box.exact if number in contents[0].origins.outputs else box.about,
        )
        for number, box in enumerate(first.boxes)
    ]
    shared = first._replace(boxes=boxes, edges=plain)  # with room for all
    placed = cache(lambda: layered.lay_out(plan_of(shared, False, ROOM)))
    widest = widths_of(mark for animation in animations for mark in animation.marks)
    return [
        Animation(shared, list(changed), animation.marks, placed, down=False, widths=widest)
        for animation, changed in zip(animations, changes, strict=True)
    ]


def _plain_numbers(contents: Sequence[Content]) -> list[list[Change]]:
    """For each pass, the texts of the boxes of plain numbers, which have no event."""
    return [
        [
            Change(ROWS * number, Shown(box.rows[0][1], box.rows[0][1]))
            for number, box in enumerate(content.boxes)
            if number not in content.origins.outputs and box.kind == "constant"
        ]
        for content in contents
    ]


def _same_changes(
    animations: Sequence[Animation], given: Sequence[list[Change]]
) -> Iterator[list[list[Change]]]:
    """For each event, the new texts in each animation of all rows that change in any."""
    says: list[dict[int, Shown]] = [{} for _ in animations]
    count = len(animations[0].content.boxes)
    for place, changes in enumerate(
        zip(*(animation.changes for animation in animations), strict=True)
    ):
        rows: dict[int, None] = {}
        for said, now, plain in zip(says, changes, given, strict=True):
            for row, text in [*(plain if place == 0 else ()), *now]:
                rows[row] = None
                said[row] = text
        yield [[Change(row, said.get(row, unsaid(row, count))) for row in rows] for said in says]


# --- the data of the page -------------------------------------------------------------------


def scenes(
    passes: Sequence[Pass], animations: Sequence[Animations], homes: Mapping[Node, str], first: str
) -> dict[str, Any]:
    """The JSON data of all passes for the page.

    The number of a text that moves is below 0, and -1 - its place in ``moving``, where its texts
    are, one for each pass, as they are shown.
    """
    texts = Texts()
    everything = []
    for one, drawn in zip(passes, animations, strict=True):
        everything.append(scene(one.events, one.tellings, drawn, homes, first, texts))
    merged = _Merged(list(texts))
    told: dict[str, Any] = merged.of(everything)
    return told | {"texts": list(merged.texts), "moving": [*map(list, merged.moving)]}


class _Merged:
    """Merges the data of several passes: equal parts once, differing texts as lists."""

    def __init__(self, known: Sequence[Any]) -> None:
        self._known = known
        self.texts = Texts()
        self.moving: dict[tuple[str, ...], int] = {}

    def of(self, same: Sequence[Any]) -> Any:
        """Merge values that differ in texts only."""
        first = same[0]
        if isinstance(first, dict):
            return {key: self.of([one[key] for one in same]) for key in first}
        if isinstance(first, list):
            return [self.of(each) for each in zip(*same, strict=True)]
        if isinstance(first, Place):
            return self._text(same)
        assert all(one == first for one in same), "passes of one structure differ in texts only"
        return first

    def _text(self, places: Sequence[Place]) -> int:
        if len(set(places)) == 1:
            return self.texts[self._known[places[0]]]
        texts = [self._known[place] for place in places]
        shown = tuple(text if isinstance(text, str) else text[0] for text in texts)
        if len(set(shown)) == 1:
            return self.texts[shown[0]]
        return -1 - self.moving.setdefault(shown, len(self.moving))
