"""Makes an animation of events: for each event, the rows of a drawing that change.

`reached` folds the events into what is known of each node, and a `RowChanges` looks at that.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...engine.node import Node
from ..graphs.boxes import LISTED, ROW, SIDE, STATUS, Box, list_numbers, rows_width
from ..graphs.content import Content
from ..graphs.graph_svg import plan_of
from ..layout import layered
from ..text import DASH, TIMES, decimal
from .animation import (
    ADDS,
    COMPUTED,
    DATA,
    GIVEN,
    GRAD,
    INSIDE,
    NOT_YET,
    NOTHING,
    RECEIVES,
    ROOM,
    ROWS,
    SIZE,
    UPSTREAM,
    WAITING,
    Animation,
    Change,
    Mark,
    Shown,
    unsaid,
)
from .events import FINAL, Contribute, Event, Final, Forward, Seed
from .sentences import Flaw, Progress, status

SIGNS = {"overwritten": "=", "left out": "left out"}


def animate(
    content: Content,
    events: Sequence[Event],
    flaws: Sequence[Flaw | None],
    down: bool,
    room: Content | None = None,
    widest: str = "",
    widths: Mapping[int, int] | None = None,
) -> Animation:
    """Make the animation of events in a drawing of their graph, with the mistakes in them.

    Args:
        content: the drawing.
        events, flaws: the events, and the mistake in each.
        down: whether arrows run from top to bottom.
        room: the drawing with room for the labels of its edges, if others than these may come.
        widest: the widest number that may come in a box.
        widths: for each edge the room for what it adds, as for `Animation`.
    """
    rows = RowChanges(content, events)
    changes = [list(rows.changes(*each)) for each in reached(events, flaws)]
    marks = [rows.mark(*each) for each in zip(events, flaws, strict=True)]
    boxes = _widened(rows.boxes, [*changes, list(rows.widest(widest))])
    ready = (room or content).words()._replace(boxes=boxes)
    return Animation(
        ready, changes, marks, lambda: layered.lay_out(plan_of(ready, down, ROOM)), down, widths
    )


def flaws_of(events: Sequence[Event]) -> list[Flaw | None]:
    """The mistake in each event, or None."""
    progress = Progress(events)
    return [progress.flaw(event) for event in events]


class Reached(NamedTuple):
    """The state of a node: its number, its later number if it moved on, its gradient, and so on."""

    data: float | None = None
    now: float | None = None
    grad: float | None = None
    status: str = ""
    is_final: bool = False
    flaw: Flaw | None = None


def reached(
    events: Sequence[Event], flaws: Sequence[Flaw | None]
) -> Iterator[tuple[Event, Flaw | None, dict[Node, Reached]]]:
    """Each event with the nodes that it changes and their state after it."""
    known: dict[Node, Reached] = {}
    for event, flaw in zip(events, flaws, strict=True):
        changed: dict[Node, Reached] = {}
        if isinstance(event, Seed):  # what is left of an earlier pass
            for node, one in known.items():
                if one.grad is not None:
                    changed[node] = Reached(one.data, one.now, one.grad, "from before")
        node = event.parent if isinstance(event, Contribute) else event.node
        one = known.get(node, Reached())
        if isinstance(event, Forward):
            first = one.data is None
            changed[node] = one._replace(data=event.data) if first else one._replace(now=event.data)
        else:
            gradient = event.after if isinstance(event, Contribute) else event.gradient
            earlier = None if isinstance(event, Seed) else one.flaw
            said = status(event, flaw, earlier)
            final = said == FINAL or isinstance(event, Final) or one.is_final
            is_final = final and not isinstance(event, Seed)
            changed[node] = Reached(one.data, one.now, gradient, said, is_final, flaw or earlier)
        known.update(changed)
        yield event, flaw, changed


def _widened(boxes: Sequence[Box], changes: Sequence[Sequence[Change]]) -> list[Box]:
    """The boxes, each wide enough for its longest text in the animation."""
    widths = [box.width for box in boxes]
    for row, said in (change for each in changes for change in each):
        box, place = divmod(row, ROWS)
        if box < len(boxes):
            word = boxes[box].rows[place][0]
            widths[box] = max(widths[box], rows_width([(word, said.shown)]) + 2 * SIDE)
    return [box._replace(width=width) for box, width in zip(boxes, widths, strict=True)]


class RowChanges:
    """Follows a pass, and finds the rows of a drawing that change.

    Attributes:
        boxes: before the first event.
    """

    def __init__(self, content: Content, events: Sequence[Event]) -> None:
        self._content, self._origins = content, content.origins
        self._outputs = content.origins.outputs
        self._members: dict[int, int] = {}  # how many nodes of a group get a gradient
        self._weights: dict[int, dict[Node, None]] = {}  # the parameters in a group
        self._held: dict[Node, list[int]] = {}  # the groups that a parameter is in
        self._count(events)
        self._begun = dict.fromkeys(range(len(content.boxes)), 0)
        self._done = dict(self._begun)
        self._known: dict[Node, Reached] = {}
        self._says: dict[int, Shown] = {}
        self._labels: dict[int, int] = {}  # the rows of the labels
        for edge, one in enumerate(content.edges):
            if one.text:
                self._labels[edge] = ROWS * len(content.boxes) + len(self._labels)
        self._into: dict[Node, list[int]] = {}
        for (node, _), edge in self._origins.edge_of.items():
            self._into.setdefault(node, []).append(edge)
        self.boxes = [self._blank(number, box) for number, box in enumerate(content.boxes)]

    def _count(self, events: Sequence[Event]) -> None:
        passed = {event.node for event in events if isinstance(event, Final)}
        for node, box in self._origins.box_of.items():
            if node in passed:
                self._members[box] = self._members.get(box, 0) + 1
            if self._content.boxes[box].is_group:
                for x in node.parents:
                    if x.is_parameter:
                        self._weights.setdefault(box, {})[x] = None
        for box, weights in self._weights.items():
            for parameter in weights:
                self._held.setdefault(parameter, []).append(box)

    def _blank(self, number: int, box: Box) -> Box:
        """The box of a node or group before the first event."""
        if number not in self._outputs:
            return box
        rows: list[tuple[str, str]] = []
        for word, text in box.rows:
            if word in ("data", "grad") or (not word and not box.name):
                rows.append((word, DASH))
            elif not word:
                rows.append((word, "" if number in self._weights else text))
            if word == "grad":
                rows.append((STATUS, ""))
        height = box.height + ROW * (len(rows) - len(box.rows))
        return box._replace(rows=tuple(rows), height=height, exact=box.about, state=WAITING)

    def widest(self, number: str) -> Iterator[Change]:
        """The rows of data and gradients with a number as wide as this in them."""
        for box, outputs in self._outputs.items():
            count = min(len(outputs), 2 if len(outputs) > LISTED else LISTED)
            said = ", ".join([number] * count) + (" (00)" if len(outputs) > LISTED else "")
            for place in (DATA, GRAD)[: len(self.boxes[box].rows)]:
                yield Change(ROWS * box + place, Shown(said, said))
        for box, weights in self._weights.items():
            if len(weights) > LISTED:
                said = f"parameters {number} … {number} ({len(weights):,})"
            else:
                said = ", ".join(f"{x.label} {number}".strip() for x in weights)
            if len(self.boxes[box].rows) > SIZE:
                yield Change(ROWS * box + SIZE, Shown(said, said))

    def changes(
        self, event: Event, flaw: Flaw | None, changed: Mapping[Node, Reached]
    ) -> Iterator[Change]:
        """The changes of rows by an event."""
        touched: dict[int, None] = {}
        for node, one in changed.items():
            before = self._known.get(node, Reached())
            self._known[node] = one
            box = self._origins.box_of.get(node)
            if box is not None:
                self._begun[box] += (one.grad is not None) - (before.grad is not None)
                self._done[box] += one.is_final - before.is_final
                touched[box] = None
        held = self._held.get(event.node, ()) if isinstance(event, Forward) else ()
        for box in dict.fromkeys([*touched, *held]):
            rows = len(self.boxes[box].rows)
            for place, said in enumerate(self._rows(box, self.boxes[box])[:rows]):
                yield from self._changed(ROWS * box + place, said)
        for row, said in self._along(event, flaw):
            yield from self._changed(row, said)

    def _changed(self, row: int, said: Shown) -> Iterator[Change]:
        if self._says.get(row, unsaid(row, len(self.boxes))) != said:
            self._says[row] = said
            yield Change(row, said)

    def _along(self, event: Event, flaw: Flaw | None) -> Iterator[Change]:
        """The changes of edge labels by an event: a local derivative appears with the number."""
        if isinstance(event, Forward):
            for edge in self._into.get(event.node, ()):
                if edge in self._labels:
                    one = self._content.edges[edge]
                    text = one.text.removeprefix(TIMES)
                    yield Change(self._labels[edge], Shown(text, one.exact or text))
        elif isinstance(event, Contribute) and flaw and flaw.word == "stale":
            edge = self._origins.edge_of.get((event.node, event.slot), -1)
            if edge in self._labels:
                yield Change(self._labels[edge], Shown(decimal(event.local), repr(event.local)))

    def _rows(self, number: int, box: Box) -> Sequence[Shown]:
        """The current rows of a box."""
        outputs = [self._known.get(node, Reached()) for node in self._outputs[number]]
        data, grad = _listed([one.data for one in outputs]), _listed([one.grad for one in outputs])
        if len(outputs) == 1 and (now := outputs[0].now) is not None:
            data = Shown(f"{data.shown}, now {decimal(now)}", f"{data.exact}, now {now!r}")
        if not box.is_group:
            return data, grad, Shown(outputs[0].status, outputs[0].status)
        how_far = self._group_status(number)
        said = [data, grad, Shown(how_far, how_far)]
        return [*said, self._weights_of(number)] if number in self._weights else said

    def _group_status(self, number: int) -> str:
        """The number of final gradients in a group, in words."""
        count, done = self._members.get(number, 0), self._done[number]
        if not self._begun[number]:
            return ""
        return FINAL if done == count else f"{done} of {count} final"

    def _weights_of(self, number: int) -> Shown:
        """The parameters in a group, once all of them have numbers."""
        there = [(x, self._known[x].data) for x in self._weights[number] if x in self._known]
        numbers = [data for _, data in there if data is not None]
        if len(there) < len(self._weights[number]):
            return NOTHING
        if len(numbers) > LISTED:
            said = f"parameters {list_numbers(list(map(decimal, numbers)), numbers)}"
        else:
            said = ", ".join(
                f"{x.label} {decimal(data)}".strip()
                for (x, _), data in zip(there, numbers, strict=True)
            )
        return Shown(said, said)

    def mark(self, event: Event, flaw: Flaw | None) -> Mark:
        """The highlights of an event: boxes, and an edge."""
        box = self._origins.box_of.get(event.node)
        if not isinstance(event, Contribute):
            if isinstance(event, Forward):
                kind = GIVEN if event.node.op is None else COMPUTED
                return Mark(box, flaw.word if flaw else kind)
            return Mark(box, status(event, flaw))
        other = self._origins.box_of.get(event.parent)
        if other == box:
            return Mark(box, INSIDE, adds=event.contribution)
        edge = self._origins.edge_of.get((event.node, event.slot))
        sign = SIGNS.get(flaw.word, ADDS) if flaw else ADDS
        return Mark(box, UPSTREAM, other, RECEIVES, edge, sign, event.contribution)


def _listed(numbers: Sequence[float | None]) -> Shown:
    """Numbers in one text, as soon as all of them are known."""
    there = [x for x in numbers if x is not None]
    if not there:
        return NOT_YET
    if len(there) < len(numbers) > LISTED:
        text = f"{len(there)} of {len(numbers)}"
        return Shown(text, text)
    shown = [DASH if x is None else decimal(x) for x in numbers]
    exact = [DASH if x is None else repr(x) for x in numbers]
    return Shown(list_numbers(shown, there), ", ".join(exact[: LISTED * LISTED]))
