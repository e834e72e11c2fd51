"""The drawing of a graph while a pass is played: what every event changes in it, and points at.

A frame is a fold over the events so far. `reached` folds them into what is known of each node;
a `Film` is a drawing with room for all that its boxes will ever say, and for every event the rows
that change in it, so that going one event further touches nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from autograd.node import Node
from autograd.show.boxes import LISTED, ROW, SIDE, STATUS, Box, listed, renamed, rows_width
from autograd.show.content import Content
from autograd.show.graph_svg import plan_of
from autograd.show.layout import layered
from autograd.show.layout.places import Places
from autograd.show.steps import Contribute, Event, Final, Forward, Seed
from autograd.show.telling import Fault, Progress, status
from autograd.show.text import DASH, decimal

UPSTREAM, RECEIVES, INSIDE = "upstream", "receives", "inside"  # what a marked box does
ADDS = "+="  # what a contribution does, as Python writes it
SIGNS = {"overwritten": "=", "left out": "left out"}
FINAL, WAITING = "final", "waiting"


class Reached(NamedTuple):
    """What is known of a node: its number, its gradient, how far that is, what is wrong with it."""

    data: float | None = None
    grad: float | None = None
    status: str = ""
    is_final: bool = False
    fault: Fault | None = None


class Said(NamedTuple):
    """A text as shown, and exactly."""

    shown: str
    exact: str


class Change(NamedTuple):
    """What a row of a box says from an event on."""

    box: int
    row: int
    said: Said


class Mark(NamedTuple):
    """What an event points at.

    Attributes:
        box, tag: the box of the node that it is about, and what that does.
        other, other_tag: the box of the node that gets a contribution, if it is another.
        edge: the edge that passes it back, unless that lies in a box.
        sign, adds: what is done with the contribution, and the contribution, if there is one.
    """

    box: int | None
    tag: str
    other: int | None = None
    other_tag: str = ""
    edge: int | None = None
    sign: str = ""
    adds: float | None = None


def reached(
    events: Sequence[Event], faults: Sequence[Fault | None]
) -> Iterator[dict[Node, Reached]]:
    """For each event the nodes that it changes, and what is known of them then."""
    known: dict[Node, Reached] = {}
    for event, fault in zip(events, faults, strict=True):
        changed: dict[Node, Reached] = {}
        if isinstance(event, Seed):  # what is left of an earlier pass
            for node, one in known.items():
                if one.grad is not None:
                    changed[node] = Reached(one.data, one.grad, "from before")
        node = event.parent if isinstance(event, Contribute) else event.node
        one = known.get(node, Reached())
        if isinstance(event, Forward):
            changed[node] = one._replace(data=event.data)
        else:
            gradient = event.after if isinstance(event, Contribute) else event.gradient
            final = isinstance(event, Final) or (one.is_final and not isinstance(event, Seed))
            earlier = None if isinstance(event, Seed) else one.fault
            said = status(event, fault, earlier)
            changed[node] = Reached(one.data, gradient, said, final, fault or earlier)
        known.update(changed)
        yield changed


def faults_of(events: Sequence[Event]) -> list[Fault | None]:
    """What is wrong with each event, None where nothing is."""
    progress = Progress(events)
    return [progress.fault(event) for event in events]


class Film:
    """A drawing that plays events.

    Args:
        content: what the drawing says.
        events: what is played.
        faults: what is wrong with them.
        down: whether arrows run from top to bottom.

    Attributes:
        content: the same before the first event, with boxes wide enough for all events.
        changes, marks: for each event.
    """

    def __init__(
        self, content: Content, events: Sequence[Event], faults: Sequence[Fault | None], down: bool
    ) -> None:
        self._origins, self._down = content.origins, down
        self._members: dict[int, list[Node]] = {}
        passed = {event.node for event in events if isinstance(event, Final)}
        for node, box in content.origins.box_of.items():
            if node in passed:
                self._members.setdefault(box, []).append(node)
        self._known: dict[Node, Reached] = {}
        self._done = dict.fromkeys(range(len(content.boxes)), 0)
        self._says: dict[tuple[int, int], Said] = {}
        names = events[0].names
        boxes = [self._blank(number, box, names) for number, box in enumerate(content.boxes)]
        self.changes = [list(self._changes(changed, boxes)) for changed in reached(events, faults)]
        self.marks = [self._mark(*each) for each in zip(events, faults, strict=True)]
        self.content = content._replace(boxes=self._widened(boxes))

    @cached_property
    def places(self) -> Places:
        """Where everything is, in every frame."""
        return layered.place(plan_of(self.content, self._down))

    def _blank(self, number: int, box: Box, names: Mapping[Node, str]) -> Box:
        """A box that stands for nodes, before the first event; named as the words name it."""
        if number not in self._origins.outputs:
            return box
        node = self._origins.outputs[number][-1]
        if box.name and not box.is_group:
            box = renamed(box, names[node], box.by or (box.name if node.op is not None else ""))
        rows: list[tuple[str, str]] = []
        for word, text in box.rows:
            if word in ("data", "grad") or (not word and not box.name):
                rows.append((word, DASH))
            elif not word:
                rows.append((word, text))
            if word == "grad":
                rows.append((STATUS, ""))
        height = box.height + ROW * (len(rows) - len(box.rows))
        return box._replace(rows=tuple(rows), height=height, exact=box.about, state=WAITING)

    def _changes(self, changed: dict[Node, Reached], boxes: Sequence[Box]) -> Iterator[Change]:
        touched: dict[int, None] = {}
        for node, one in changed.items():
            before = self._known.get(node, Reached())
            self._known[node] = one
            box = self._origins.box_of.get(node)
            if box is not None:
                self._done[box] += one.is_final - before.is_final
                touched[box] = None
        for box in touched:
            said_now = self._rows(box, boxes[box])[: len(boxes[box].rows)]
            for row, said in enumerate(said_now):
                if self._says.get((box, row), UNSAID[row]) != said:
                    self._says[box, row] = said
                    yield Change(box, row, said)

    def _rows(self, number: int, box: Box) -> Sequence[Said]:
        """What the rows of a box say now."""
        outputs = [self._known.get(node, Reached()) for node in self._origins.outputs[number]]
        data, grad = _listed([one.data for one in outputs]), _listed([one.grad for one in outputs])
        how_far = self._group_status(number) if box.is_group else outputs[0].status
        return data, grad, Said(how_far, how_far)

    def _group_status(self, number: int) -> str:
        """How many of the gradients in a group are final."""
        members = self._members.get(number, [])
        known = (self._known.get(node, Reached()) for node in members)
        if all(one.grad is None for one in known):
            return ""
        done = self._done[number]
        return FINAL if done == len(members) else f"{done} of {len(members)} final"

    def _mark(self, event: Event, fault: Fault | None) -> Mark:
        box = self._origins.box_of.get(event.node)
        if not isinstance(event, Contribute):
            if isinstance(event, Forward):
                return Mark(box, "given" if event.node.op is None else "computed")
            return Mark(box, status(event, fault))
        other = self._origins.box_of.get(event.parent)
        if other == box:
            return Mark(box, INSIDE, adds=event.contribution)
        sign = SIGNS.get(fault.word, ADDS) if fault else ADDS
        return Mark(
            box,
            UPSTREAM,
            other,
            RECEIVES,
            self._origins.edge_of.get((event.node, event.slot)),
            sign,
            event.contribution,
        )

    def _widened(self, boxes: Sequence[Box]) -> list[Box]:
        """The boxes, each with room for the longest of all that it will say."""
        widths = [box.width for box in boxes]
        for changes in self.changes:
            for box, row, said in changes:
                word = boxes[box].rows[row][0]
                widths[box] = max(widths[box], rows_width([(word, said.shown)]) + 2 * SIDE)
        return [box._replace(width=width) for box, width in zip(boxes, widths, strict=True)]


UNSAID = [Said(DASH, DASH), Said(DASH, DASH), Said("", "")]


def state_of(rows: Sequence[tuple[str, str]]) -> str:
    """How a box that says these rows looks: it waits for its number, is final, or neither."""
    if rows[0][1] == DASH:
        return WAITING
    return FINAL if (STATUS, FINAL) in rows else ""


def _listed(numbers: Sequence[float | None]) -> Said:
    """Numbers of which some may not be there yet."""
    there = [x for x in numbers if x is not None]
    if not there:
        return UNSAID[0]
    if len(there) < len(numbers) > LISTED:
        text = f"{len(there)} of {len(numbers)}"
        return Said(text, text)
    shown = [DASH if x is None else decimal(x) for x in numbers]
    exact = [DASH if x is None else repr(x) for x in numbers]
    return Said(listed(shown, there), ", ".join(exact[: LISTED * LISTED]))
