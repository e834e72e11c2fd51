"""Arranges a drawing for the page: repeats boxes beside their far uses, and breaks it into rows.

No eye follows a wire across the page, and no layout draws a thousand of them well or fast. So a
leaf that is used far away, or in the frames of several calls, is repeated as a small box beside
its uses, and so is a result that is used much later. A drawing that is too long for its height
goes on in a row below. All this happens before the layout, whose arrows are short then.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from math import ceil, sqrt

from ..layout.places import FRAME_PADDING
from ..layout.ranks import rank_items
from .boxes import Box, in_frames, repeat_box
from .content import Content, FrameContent, Origins, paths_around

NEAR, FAR = 4, 12  # ranks over which the arrows of a leaf, and of a result, may lead
MOST_USES = 20  # of one box, side by side
SHORTEST_ROW = 2400.0  # pixels; a drawing of about this length is not broken
RATIO = 2.4  # of a page's width to its height
SLACK = 0.25  # of a row's length, within which a good place to break it is looked for
GAP, MARGIN = 60.0, 18.0  # between boxes, along and across
FRAMED = 4  # breaking a frame is as bad as breaking so many arrows
LEAVES = ("input", "parameter", "constant")


def arrange(content: Content, down: bool) -> Content:
    """The drawing with repeated boxes, in rows; its edges keep their numbers.

    Args:
        content: a drawing in which every node has one box.
        down: whether it runs from top to bottom, in rows side by side.
    """
    plan = _Plan(content, down)
    page = _Page(plan)
    groups = [plan.groups(box) for box in range(len(content.boxes))]
    beside: list[list[tuple[int, int]]] = [[] for _ in content.boxes]  # what is repeated before it
    for box, (_, *others) in enumerate(groups):
        for number, uses in enumerate(others, 1):
            beside[content.edges[uses[0]].head].append((box, number))
    for box, repeated in enumerate(beside):
        for other, number in repeated:
            page.repeat(other, number, groups[other])
        page.put(box, groups[box])
    return page.result()


class _Plan:
    """The rank and the row of each box, and the groups of its uses.

    Attributes:
        uses: for each box the numbers of the edges from it.
        is_leaf, is_term: whether it is a leaf, or all that it is computed from is there for it.
    """

    def __init__(self, content: Content, down: bool) -> None:
        self.content, self.down = content, down
        self.uses: list[list[int]] = [[] for _ in content.boxes]
        for number, edge in enumerate(content.edges):
            self.uses[edge.tail].append(number)
        self.ranks = rank_items([self.heads(uses) for uses in self.uses])
        entered = {edge.head for edge in content.edges}
        self.is_leaf = [
            box.kind in LEAVES and number not in entered for number, box in enumerate(content.boxes)
        ]
        self.is_term = self._terms()
        breaks = self._breaks()
        self.rows = [bisect_left(breaks, rank) for rank in self.ranks]
        for box in reversed(range(len(self.rows))):  # a term stands in the row of its use
            if self.is_term[box] and self.uses[box]:
                self.rows[box] = min(self.rows[head] for head in self.heads(self.uses[box]))

    def _terms(self) -> list[bool]:
        """Whether each box is a leaf, or computed from leaves in few steps, each for one use."""
        steps = [0] * len(self.uses)
        for box, uses in enumerate(self.uses):
            if len(uses) > 1 and not self.is_leaf[box]:
                steps[box] = NEAR
            for head in self.heads(uses):
                steps[head] = max(steps[head], steps[box] + 1)
        return [count < NEAR for count in steps]

    def _breaks(self) -> list[int]:
        """The last rank of each row but the last."""
        lengths, heights = self._extents()
        total, ratio = sum(lengths), 1.0 / RATIO if self.down else RATIO
        row = max(SHORTEST_ROW, sqrt(ratio * total * max(heights)))
        count = max(1, ceil(total / row - SLACK))
        ends, cut = list(accumulate(lengths)), self._cut()
        breaks: list[int] = []
        for number in range(1, count):
            middle, room = number * total / count, SLACK * total / count
            first = max([bisect_left(ends, middle - room), *(end + 1 for end in breaks[-1:])])
            last = min(bisect_left(ends, middle + room), len(ends) - 2)
            if first <= last:
                ranks = range(first, last + 1)
                breaks.append(min(ranks, key=lambda r: (cut[r], abs(ends[r] - middle))))
        return breaks

    def _extents(self) -> tuple[list[float], list[float]]:
        """About how long each rank is along the arrows, and how high across."""
        count = max(self.ranks) + 1
        lengths, heights = [0.0] * count, [0.0] * count
        for box, rank in zip(self.content.boxes, self.ranks, strict=True):
            along, across = (box.height, box.width) if self.down else (box.width, box.height)
            lengths[rank] = max(lengths[rank], along)
            heights[rank] += across + MARGIN
        for ends in self._spans_of_frames():
            for rank in ends:
                lengths[rank] += FRAME_PADDING
        return [length + GAP for length in lengths], heights

    def _cut(self) -> list[int]:
        """How much a break after each rank would cut: arrows of results, and frames."""
        change = [0] * (max(self.ranks) + 1)
        spans = [(first, last, FRAMED) for first, last in self._spans_of_frames()]
        for box, uses in enumerate(self.uses):
            if uses and not self.is_leaf[box]:
                last = max(self.ranks[self.content.edges[use].head] for use in uses)
                spans.append((self.ranks[box], last, 1))
        for first, last, weight in spans:
            change[first] += weight
            change[last] -= weight
        return list(accumulate(change))

    def _spans_of_frames(self) -> Iterable[tuple[int, int]]:
        """The first and the last rank of each frame."""
        spans: dict[int, tuple[int, int]] = {}
        for box, rank in zip(self.content.boxes, self.ranks, strict=True):
            for frame in self._around(box.frame):
                first, last = spans.get(frame, (rank, rank))
                spans[frame] = min(first, rank), max(last, rank)
        return spans.values()

    def _around(self, frame: int | None) -> Iterator[int]:
        while frame is not None:
            yield frame
            frame = self.content.frames[frame].outer

    def frame_around(self, boxes: Iterable[int]) -> int | None:
        """The innermost frame around all these boxes."""
        common, *others = dict.fromkeys(self.content.boxes[box].frame for box in boxes)
        for other in others:
            around = {*self._around(other)}
            common = next((frame for frame in self._around(common) if frame in around), None)
        return common

    def heads(self, uses: Iterable[int]) -> list[int]:
        """The boxes that these edges lead to."""
        return [self.content.edges[use].head for use in uses]

    def groups(self, box: int) -> list[list[int]]:
        """The uses of a box in groups, which have a box each; the first is its own."""
        uses = sorted(self.uses[box], key=lambda use: self.content.edges[use].head)
        heads = dict(zip(uses, self.heads(uses), strict=True))
        places = {use: (self.rows[head], self.ranks[head]) for use, head in heads.items()}
        if not self.is_leaf[box]:
            row, last = self.rows[box], self.ranks[box] + FAR
            far = {use for use, at in places.items() if at[0] != row or at[1] > last}
            own = [use for use in uses if use not in far]
            return [own, *_parts([use for use in uses if use in far], places)]
        boxes, framed = self.content.boxes, self.content.boxes[box].kind == "parameter"
        homes = {
            use: (self.rows[head], framed and boxes[head].frame) for use, head in heads.items()
        }
        found = []
        for near in _together(uses, homes):
            ranks = [places[use][1] for use in near]
            one = max(ranks) - min(ranks) <= NEAR
            found += _parts(near, homes if one else places)
        return found or [[]]


def _together(uses: Iterable[int], key: Mapping[int, Hashable]) -> list[list[int]]:
    """The uses with one key together."""
    found: dict[Hashable, list[int]] = {}
    for use in uses:
        found.setdefault(key[use], []).append(use)
    return [*found.values()]


def _parts(uses: Iterable[int], key: Mapping[int, Hashable]) -> list[list[int]]:
    """The uses with one key together, but not too many."""
    return [
        part[start : start + MOST_USES]
        for part in _together(uses, key)
        for start in range(0, len(part), MOST_USES)
    ]


class _Page:
    """Builds the drawing box by box."""

    def __init__(self, plan: _Plan) -> None:
        self.plan, self.content = plan, plan.content
        self.boxes: list[Box] = []
        self.rows: list[int] = []
        self.frames: list[FrameContent] = []
        self._number: dict[int, int] = {}  # of each box
        self._tails: dict[int, int] = {}  # of each edge
        self._frame_in: dict[tuple[int, int], int] = {}  # in each row
        self._framed: set[int] = set()  # the frames that there are in some row

    def put(self, box: int, groups: Sequence[Sequence[int]]) -> None:
        """Add a box, with its own uses."""
        one, row, heads = self.content.boxes[box], self.plan.rows[box], self.plan.heads(groups[0])
        if self.plan.is_leaf[box] and heads:
            row = self.plan.rows[heads[0]]
            if len(groups) > 1 and one.kind != "input":
                one = one._replace(frame=self.plan.frame_around(heads))
        self._number[box] = self._add(one, row, groups[0])

    def repeat(self, box: int, number: int, groups: Sequence[Sequence[int]]) -> None:
        """Add a box again, for a later group of its uses."""
        heads = self.plan.heads(groups[number])
        again = repeat_box(self.content.boxes[box], number + 1, len(groups))
        frame = self.plan.frame_around(heads)
        self._add(again._replace(frame=frame), self.plan.rows[heads[0]], groups[number])

    def _add(self, box: Box, row: int, uses: Iterable[int]) -> int:
        box = in_frames(box, paths_around(self.content.frames, box.frame))
        self._tails.update(dict.fromkeys(uses, len(self.boxes)))
        self.boxes.append(box._replace(frame=self._frame(box.frame, row)))
        self.rows.append(row)
        return len(self.boxes) - 1

    def _frame(self, frame: int | None, row: int) -> int | None:
        """A frame in a row; in a later one it goes on, and its title says so."""
        missing = []
        while frame is not None and (frame, row) not in self._frame_in:
            missing.append(frame)
            frame = self.content.frames[frame].outer
        inner = None if frame is None else self._frame_in[frame, row]
        for frame in reversed(missing):
            self._frame_in[frame, row] = len(self.frames)
            one = self.content.frames[frame]._replace(outer=inner)
            again = frame in self._framed
            self._framed.add(frame)
            self.frames.append(one._replace(title=f"{one.title}, continued") if again else one)
            inner = len(self.frames) - 1
        return inner

    def result(self) -> Content:
        """The whole drawing."""
        number, origins = self._number, self.content.origins
        edges = [
            edge._replace(tail=self._tails[place], head=number[edge.head])
            for place, edge in enumerate(self.content.edges)
        ]
        return self.content._replace(
            boxes=self.boxes,
            edges=edges,
            frames=self.frames,
            rows=self.rows if len({*self.rows}) > 1 else (),
            origins=Origins(
                {node: number[box] for node, box in origins.box_of.items()},
                origins.edge_of,
                {number[box]: nodes for box, nodes in origins.outputs.items()},
            ),
        )
