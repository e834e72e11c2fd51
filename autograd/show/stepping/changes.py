"""What each event changes in a picture: the rows that show another text, and what is marked.

`reached` folds the events into what is known of each node, and `RowChanges` looks at that. The page
does the same for itself, in `page/rows.js`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...engine.node import Node
from ..graphs.boxes import LISTED, Box, list_numbers
from ..text import DASH, TIMES, decimal
from .events import FINAL, Contribute, Final, Forward, Given, Played, Seed
from .flaws import Flaw, sign_of, status
from .picture import DATA, GRAD, ROWS, Picture, Widest, weights_text
from .text_places import COMPUTED, GIVEN, INSIDE, RECEIVES, UPSTREAM


class Shown(NamedTuple):
    """A text in short form, as shown, and in full."""

    shown: str
    exact: str


class Change(NamedTuple):
    """A new text for a row, from an event on.

    Rows are numbered: 4 · box + the row in it, and after those of all boxes the labels of edges,
    which say a number behind a ×.
    """

    row: int
    said: Shown


class Mark(NamedTuple):
    """The highlights of an event: up to two boxes, and an edge; or all that are given at once.

    Attributes:
        box, tag: the box of the node that it is about, and what that does.
        other, other_tag: the box of the node that gets a contribution, if it is another.
        edge: the edge that passes it back, unless that lies in a box.
        sign, adds: the sign before the contribution, and the contribution, if there is one.
        also: further boxes that do what the first one does.
    """

    box: int | None
    tag: str
    other: int | None = None
    other_tag: str = ""
    edge: int | None = None
    sign: str = ""
    adds: float | None = None
    also: tuple[int, ...] = ()


NOT_YET, NOTHING = Shown(DASH, DASH), Shown("", "")


class Reached(NamedTuple):
    """The state of a node: its number, its later number if it moved on, its gradient, and so on."""

    data: float | None = None
    now: float | None = None
    grad: float | None = None
    status: str = ""
    is_final: bool = False
    flaw: Flaw | None = None


def reached(
    events: Sequence[Played], flaws: Sequence[Flaw | None]
) -> Iterator[tuple[Played, Flaw | None, dict[Node, Reached]]]:
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
        if isinstance(event, Given):
            for node, data in zip(event.nodes, event.data, strict=True):
                changed[node] = Reached(data)
        elif isinstance(event, Forward):
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


def widest_of(
    order: Sequence[Node], events: Sequence[Played], flaws: Sequence[Flaw | None]
) -> Widest:
    """The widest texts that the events come to."""
    rows = {node: ["", "", ""] for node in order}
    added: dict[tuple[Node, int], str] = {}
    words: dict[Node, str] = {}
    for event, flaw, changed in reached(events, flaws):
        for node, one in changed.items():
            texts = (_data_of(one).shown, "" if one.grad is None else decimal(one.grad), one.status)
            rows[node] = [max(*pair, key=len) for pair in zip(rows[node], texts, strict=True)]
        if isinstance(event, Contribute):
            along, text = (event.node, event.slot), f"{sign_of(flaw)} {decimal(event.contribution)}"
            added[along] = max(added.get(along, ""), text, key=len)
        elif flaw is not None:
            words[event.node] = max(words.get(event.node, ""), flaw.word, key=len)
    return Widest(list(rows.values()), added, words)


def _data_of(one: Reached) -> Shown:
    """The number of a node, and the one that it moved on to."""
    data = _listed([one.data])
    if one.now is None:
        return data
    return Shown(f"{data.shown}, now {decimal(one.now)}", f"{data.exact}, now {one.now!r}")


class RowChanges:
    """Follows a pass, and finds the rows of a picture that change.

    Args:
        picture: the picture.
        order: the nodes of the graph in topological order.
        events: those of the pass.
    """

    def __init__(self, picture: Picture, order: Sequence[Node], events: Sequence[Played]) -> None:
        self._picture, self._where, self._order = picture, picture.where, order
        self._place = {node: place for place, node in enumerate(order)}
        final = {event.node for event in events if isinstance(event, Final)}
        self._members = Counter(map(self._box, final))  # how many of a group get a gradient
        self._held: dict[int, list[int]] = {}  # the groups that a parameter is in
        for box, weights in self._where.weights.items():
            for parameter in weights:
                self._held.setdefault(parameter, []).append(box)
        self._begun = dict.fromkeys(range(len(picture.content.boxes)), 0)
        self._done = dict(self._begun)
        self._known: dict[Node, Reached] = {}
        self._says: dict[int, Shown] = {}
        self._first = ROWS * len(picture.content.boxes)  # of the rows of labels
        self._labels = {edge: self._first + row for row, edge in enumerate(picture.labels)}

    def _box(self, node: Node) -> int | None:
        return self._where.homes[self._place[node]]

    def _edge(self, node: Node, slot: int) -> int | None:
        ways = self._where.ways[self._place[node]]
        return ways[slot] if ways else None

    def changes(
        self, event: Played, flaw: Flaw | None, changed: Mapping[Node, Reached]
    ) -> Iterator[Change]:
        """The changes of rows by an event."""
        touched: dict[int, None] = {}
        for node, one in changed.items():
            before = self._known.get(node, Reached())
            self._known[node] = one
            home = self._box(node)
            if home is not None:
                self._begun[home] += (one.grad is not None) - (before.grad is not None)
                self._done[home] += one.is_final - before.is_final
                touched[home] = None
        for node in changed if isinstance(event, Forward | Given) else ():
            touched |= dict.fromkeys(self._held.get(self._place[node], ()))
        for number in touched:
            box = self._picture.content.boxes[number]
            for place, said in enumerate(self._rows(number, box)[: len(box.rows)]):
                yield from self._changed(ROWS * number + place, said)
        for row, said in self._along(event, flaw):
            yield from self._changed(row, said)

    def _changed(self, row: int, said: Shown) -> Iterator[Change]:
        is_number = row < self._first and row % ROWS in (DATA, GRAD)
        if self._says.get(row, NOT_YET if is_number else NOTHING) != said:
            self._says[row] = said
            yield Change(row, said)

    def _along(self, event: Played, flaw: Flaw | None) -> Iterator[Change]:
        """The changes of edge labels by an event: a local derivative appears with the number."""
        if isinstance(event, Forward):
            for edge in self._where.ways[self._place[event.node]] or ():
                if edge in self._labels:
                    one = self._picture.edges[edge]
                    text = one.text.removeprefix(TIMES)
                    yield Change(self._labels[edge], Shown(text, one.exact or text))
        elif isinstance(event, Contribute) and flaw and flaw.word == "stale":
            stale = self._edge(event.node, event.slot)
            if stale in self._labels:
                yield Change(self._labels[stale], Shown(decimal(event.local), repr(event.local)))

    def _rows(self, number: int, box: Box) -> Sequence[Shown]:
        """The current rows of a box."""
        nodes = [self._order[place] for place in self._where.outputs[number]]
        outputs = [self._known.get(node, Reached()) for node in nodes]
        data, grad = _listed([one.data for one in outputs]), _listed([one.grad for one in outputs])
        if len(outputs) == 1:
            data = _data_of(outputs[0])
        if not box.is_group:
            return data, grad, Shown(outputs[0].status, outputs[0].status)
        how_far = self._group_status(number)
        said = [data, grad, Shown(how_far, how_far)]
        return [*said, self._weights_of(number)] if number in self._where.weights else said

    def _group_status(self, number: int) -> str:
        """The number of final gradients in a group, in words."""
        count, done = self._members[number], self._done[number]
        if not self._begun[number]:
            return ""
        return FINAL if done == count else f"{done} of {count} final"

    def _weights_of(self, number: int) -> Shown:
        """The parameters in a group, once all of them have numbers."""
        weights = [self._order[place] for place in self._where.weights[number]]
        numbers = [self._known[x].data for x in weights if x in self._known]
        if len(numbers) < len(weights):
            return NOTHING
        said = weights_text(weights, [x for x in numbers if x is not None])
        return Shown(said, said)

    def mark(self, event: Played, flaw: Flaw | None) -> Mark:
        """The highlights of an event: boxes, and an edge."""
        if isinstance(event, Given):
            found = map(self._box, event.nodes)
            boxes = list(dict.fromkeys(box for box in found if box is not None))
            return Mark(boxes[0] if boxes else None, GIVEN, also=tuple(boxes[1:]))
        box = self._box(event.node)
        if not isinstance(event, Contribute):
            if isinstance(event, Forward):
                kind = GIVEN if event.node.op is None else COMPUTED
                return Mark(box, flaw.word if flaw else kind)
            return Mark(box, status(event, flaw))
        other = self._box(event.parent)
        if other == box:
            return Mark(box, INSIDE, adds=event.contribution)
        edge = self._edge(event.node, event.slot)
        return Mark(box, UPSTREAM, other, RECEIVES, edge, sign_of(flaw), event.contribution)


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
