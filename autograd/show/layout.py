"""Where the boxes and arrows of a drawing go: a layered layout.

Boxes stand in ranks, and every arrow runs forward from one rank to a later one. *Along* is the
direction of the arrows, *across* the other one; the writer decides which of them is x.
Between any two ranks of boxes is a rank of labels, one cell for each arrow, and an arrow that
passes a rank has a cell there too. So labels cover nothing, and arrows bend only in the gaps
between ranks. Arrows that leave one box share a *trunk* of cells until each turns off to its label,
just before its head. The steps are those of Sugiyama, Tagawa and Toda (1981): ranks, order within
each rank for few crossings, coordinates. Nothing recurses and nothing depends on hashing.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

PASSES = 10  # of ordering; most graphs settle in 4
SWEEPS = 4  # of placing, there and back
PORT = 13.0  # between the arrows that enter one box
Links = list[list[tuple[int, float]]]


class Size(NamedTuple):
    """How much room a box or a label takes."""

    along: float
    across: float


class Arrow(NamedTuple):
    """From box number `tail` to the later box `head`; a weak `pull` counts less in placing."""

    tail: int
    head: int
    label: Size
    pull: float = 1.0


class Run(NamedTuple):
    """A straight piece of an arrow, which runs along; bends lie between two of them."""

    start: float
    end: float
    across: float


class Route(NamedTuple):
    """The way of one arrow: its runs from where it leaves its trunk, and its label's centre."""

    runs: list[Run]
    label: tuple[float, float]


class Layout(NamedTuple):
    """The centres of the boxes, the routes of the arrows (along, across), and the room taken."""

    boxes: list[tuple[float, float]]
    routes: list[Route]
    size: Size


class _Cells:
    """Boxes, trunk cells, labels: each with a rank, a size, and weighted links both ways."""

    def __init__(self, boxes: Sequence[Size], arrows: Sequence[Arrow]) -> None:
        self.sizes = list(boxes)
        self.margins = [9.0] * len(boxes)
        self.ranks = _ranks(len(boxes), arrows)
        self.before: Links = [[] for _ in boxes]
        self.after: Links = [[] for _ in boxes]
        self.trunks: list[list[int]] = [[box] for box in range(len(boxes))]
        self.labels: list[int] = []
        for arrow in arrows:
            self._lead(arrow)

    def _lead(self, arrow: Arrow) -> None:
        """Grow the trunk of the tail as far as needed, and branch off to a label and the head."""
        start, last = self.ranks[arrow.tail], self.ranks[arrow.head] - 1
        trunk = self.trunks[arrow.tail]
        while start + len(trunk) < last:
            cell = self._add(start + len(trunk), Size(0.0, 0.0), 5.0)
            self._link(trunk[-1], cell, 6.0 if len(trunk) > 1 else 2.0)
            trunk.append(cell)
        label = self._add(last, arrow.label, 3.0)
        branch = trunk[last - 1 - start]
        self._link(branch, label, arrow.pull)
        self._link(label, arrow.head, arrow.pull)
        self.labels.append(label)

    def _add(self, rank: int, size: Size, margin: float) -> int:
        self.ranks.append(rank)
        self.sizes.append(size)
        self.margins.append(margin)
        self.before.append([])
        self.after.append([])
        return len(self.ranks) - 1

    def _link(self, cell: int, following: int, weight: float) -> None:
        self.after[cell].append((following, weight))
        self.before[following].append((cell, weight))


def layered(boxes: Sequence[Size], arrows: Sequence[Arrow]) -> Layout:
    """Place `boxes` and route `arrows` between them.

    Args:
        boxes: their sizes. A box stands before (has a smaller number than) those it leads to.
        arrows: in any order; several may join the same two boxes.

    Raises:
        ValueError: if there is no box, or an arrow does not lead from a box to a later one.

    Example:
        >>> box, label = Size(40.0, 20.0), Size(10.0, 10.0)
        >>> placed = layered([box, box], [Arrow(0, 1, label)])
        >>> placed.boxes[0] < placed.boxes[1]
        True
    """
    for arrow in arrows:
        if not 0 <= arrow.tail < arrow.head < len(boxes):
            ends = f"{arrow.tail} to {arrow.head}"
            raise ValueError(
                f"an arrow leads from a box to a later one of {len(boxes)}, got {ends}"
            )
    if not boxes:
        raise ValueError("a layout needs at least one box, got none")
    cells = _Cells(boxes, arrows)
    rows = _ordered(cells, _first_order(cells))
    across = _placed(cells, rows)
    return _routed(cells, rows, across, arrows)


def _ranks(count: int, arrows: Sequence[Arrow]) -> list[int]:
    """Each box just before the first that needs it; odd ranks are left for labels."""
    heads: list[list[int]] = [[] for _ in range(count)]
    for arrow in arrows:
        heads[arrow.tail].append(arrow.head)
    from_end = [0] * count
    for box in reversed(range(count)):
        from_end[box] = max((2 + from_end[head] for head in heads[box]), default=0)
    last = max(from_end)
    return [last - distance for distance in from_end]


def _first_order(cells: _Cells) -> list[list[int]]:
    """Rows as a walk back from the last box meets the cells: a tree gets no crossing."""
    rows: list[list[int]] = [[] for _ in range(max(cells.ranks) + 1)]
    seen = [False] * len(cells.ranks)
    for last in reversed(range(len(cells.trunks))):
        stack = [last]
        while stack:
            cell = stack.pop()
            if not seen[cell]:
                seen[cell] = True
                rows[cells.ranks[cell]].append(cell)
                stack.extend(previous for previous, _ in reversed(cells.before[cell]))
    return rows


def _ordered(cells: _Cells, rows: list[list[int]]) -> list[list[int]]:
    """The rows, each sorted by where its neighbours are, while that leaves fewer crossings."""
    position = [0] * len(cells.ranks)
    for row in rows:
        _number(row, position)
    best, fewest, idle = [list(row) for row in rows], _crossings(cells, rows, position), 0
    for turn in range(PASSES):
        if fewest == 0 or idle == 4:
            break
        backward = turn % 2 == 0
        links = cells.after if backward else cells.before
        for row in reversed(rows) if backward else rows:
            centres = {cell: _centre(links[cell], position, position[cell]) for cell in row}
            row.sort(key=centres.__getitem__)
            _number(row, position)
        crossings = _crossings(cells, rows, position)
        idle += 1
        if crossings < fewest:
            best, fewest, idle = [list(row) for row in rows], crossings, 0
    return best


def _number(row: Sequence[int], position: list[int]) -> None:
    for place, cell in enumerate(row):
        position[cell] = place


def _centre(links: Sequence[tuple[int, float]], position: Sequence[float], default: float) -> float:
    """The weighted mean position of the cells that `links` lead to."""
    moment = weight = 0.0
    for other, share in links:
        moment += share * position[other]
        weight += share
    return moment / weight if weight else default


def _crossings(cells: _Cells, rows: Sequence[Sequence[int]], position: Sequence[int]) -> int:
    """How often two links cross: inversions, counted by insertion."""
    count = 0
    for row in rows:
        passed: list[int] = []
        for cell in row:
            for place in sorted(position[following] for following, _ in cells.after[cell]):
                count += len(passed) - bisect_right(passed, place)
                insort(passed, place)
    return count


def _placed(cells: _Cells, rows: Sequence[Sequence[int]]) -> list[float]:
    """The across coordinate of each cell, close to its neighbours on both sides."""
    across = [0.0] * len(cells.ranks)
    for row in rows:
        _settle(cells, row, across, across, [1.0] * len(row))
    both = [[*b, *a] for b, a in zip(cells.before, cells.after, strict=True)]
    there_and_back = [(cells.after, -1), (cells.before, 1)] * SWEEPS
    for links, order in [*there_and_back, *[(both, -1), (both, 1)] * 3, (cells.before, 1)]:
        for row in rows[::order]:
            wanted = [_centre(links[cell], across, across[cell]) for cell in row]
            weights = [0.1 + max((w for _, w in links[cell]), default=0.0) for cell in row]
            _settle(cells, row, across, wanted, weights)
    low = min(a - size.across / 2 for a, size in zip(across, cells.sizes, strict=True))
    return [a - low for a in across]


def _settle(
    cells: _Cells,
    row: Sequence[int],
    across: list[float],
    wanted: Sequence[float],
    weights: Sequence[float],
) -> None:
    """Move one row as near as can be to what is wanted without overlap: pool adjacent violators."""
    offsets = [0.0]
    for cell, following in pairwise(row):
        half = (cells.sizes[cell].across + cells.sizes[following].across) / 2
        offsets.append(offsets[-1] + half + cells.margins[cell] + cells.margins[following])
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many cells
    for want, offset, weight in zip(wanted, offsets, weights, strict=False):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            other, more, others = pools.pop()
            mean = (mean * weight + other * more) / (weight + more)
            weight, count = weight + more, count + others
        pools.append((mean, weight, count))
    starts = [mean for mean, _, count in pools for _ in range(count)]
    for cell, start, offset in zip(row, starts, offsets, strict=True):
        across[cell] = start + offset


def _columns(
    cells: _Cells, rows: Sequence[Sequence[int]], across: Sequence[float]
) -> list[tuple[float, float]]:
    """Where each rank begins and ends, with wider gaps where arrows have far to go across."""
    columns, end = [], 0.0
    for row in rows:
        width = max((cells.sizes[cell].along for cell in row), default=0.0)
        columns.append((end, end + width))
        steps = [abs(across[cell] - across[to]) for cell in row for to, _ in cells.after[cell]]
        end += width + min(100.0, max(24.0, 0.3 * max(steps, default=0.0)))
    return columns


def _ports(cells: _Cells, arrows: Sequence[Arrow], across: Sequence[float]) -> list[float]:
    """Where each arrow enters its head: side by side, in the order of the labels."""
    ports = [0.0] * len(arrows)
    entering: list[list[int]] = [[] for _ in cells.trunks]
    for number, arrow in enumerate(arrows):
        entering[arrow.head].append(number)
    for head, numbers in enumerate(entering):
        numbers.sort(key=lambda number: across[cells.labels[number]])
        room = cells.sizes[head].across * 0.8
        distance = min(PORT, room / len(numbers)) if numbers else 0.0
        for place, number in enumerate(numbers):
            ports[number] = across[head] + (place - (len(numbers) - 1) / 2) * distance
    return ports


def _routed(
    cells: _Cells, rows: Sequence[Sequence[int]], across: Sequence[float], arrows: Sequence[Arrow]
) -> Layout:
    columns = _columns(cells, rows, across)
    middle = [(columns[rank][0] + columns[rank][1]) / 2 for rank in cells.ranks]
    ports = _ports(cells, arrows, across)
    drawn: set[int] = set()  # the boxes whose trunk has been drawn, by their longest arrow
    routes: list[Route] = [Route([], (0.0, 0.0))] * len(arrows)
    for number in sorted(range(len(arrows)), key=lambda n: -cells.ranks[arrows[n].head]):
        (tail, head, *_), label = arrows[number], cells.labels[number]
        way = cells.trunks[tail][: cells.ranks[label] - cells.ranks[tail]]
        if tail in drawn:
            way = way[-1:]
        drawn.add(tail)
        runs = [Run(*columns[cells.ranks[cell]], across[cell]) for cell in (*way, label)]
        begin = middle[tail] + cells.sizes[tail].along / 2 if way[0] == tail else runs[0].end
        runs[0] = runs[0]._replace(start=begin)
        end = middle[head] - cells.sizes[head].along / 2
        runs.append(Run(columns[cells.ranks[head]][0], end, ports[number]))
        routes[number] = Route(runs, (middle[label], across[label]))
    extent = max(a + size.across / 2 for a, size in zip(across, cells.sizes, strict=True))
    centres = [(middle[box], across[box]) for box in range(len(cells.trunks))]
    return Layout(centres, routes, Size(columns[-1][1], extent))
