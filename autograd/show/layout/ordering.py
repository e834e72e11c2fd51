"""The order of the cells within each rank, such that few arrows cross.

It starts from a walk back from the end, which leaves a tree without a crossing. Then each rank is
sorted by where its neighbours are, back and forth, as long as that helps.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence

from .ranks import Cells

PASSES, LARGE = 10, 10_000  # most graphs settle in 4; from so many cells on half of it must do
PATIENCE = 4  # passes without fewer crossings
Rows = list[list[int]]


def order_cells(cells: Cells) -> Rows:
    """The cells of each rank, in order across, with few crossings."""
    return _Ordering(cells, _first_order(cells)).best


def _first_order(cells: Cells) -> Rows:
    """The cells of each rank in the order of a walk back from the end: a tree has no crossing."""
    count, ranks, before = len(cells.ranks), cells.ranks, cells.before
    rows: Rows = [[] for _ in range(max(ranks, default=0) + 1)]
    seen = [False] * count
    for pins in cells.pins.values():
        for pin, _ in pins:
            seen[pin] = True
    host = {pin: host for host, pins in cells.pins.items() for pin, _ in pins}
    for last in [*reversed(range(cells.items)), *range(cells.items, count)]:
        stack = [last]
        while stack:
            cell = stack.pop()
            cell = host.get(cell, cell)
            if not seen[cell]:
                seen[cell] = True
                rows[ranks[cell]].append(cell)
                stack.extend([previous for previous, _ in reversed(before[cell])])
    return rows


class _Ordering:
    """Rows being sorted; `best` holds the order with the fewest crossings so far."""

    def __init__(self, cells: Cells, rows: Rows) -> None:
        self.cells, self.rows = cells, rows
        self.pins = {
            host: [(pin, shift / cells.sizes[host].across) for pin, shift in pins]
            for host, pins in cells.pins.items()
        }
        self.position = [0.0] * len(cells.ranks)
        for row in rows:
            self._number(row)
        self.crossings = [self._crossings(row) for row in rows]
        self.best, fewest, idle = [list(row) for row in rows], sum(self.crossings), 0
        passes = PASSES if len(cells.ranks) < LARGE else PASSES // 2
        for turn in range(passes):
            if fewest == 0 or idle == PATIENCE:
                break
            self._sort(backward=turn % 2 == 0)
            idle += 1
            if sum(self.crossings) < fewest:
                self.best, fewest, idle = [list(row) for row in rows], sum(self.crossings), 0

    def _number(self, row: Sequence[int]) -> None:
        for place, cell in enumerate(row):
            self.position[cell] = place
        if self.pins:
            for place, cell in enumerate(row):
                for pin, share in self.pins.get(cell, ()):
                    self.position[pin] = place + share

    def _sort(self, backward: bool) -> None:
        """Sort each row by the mean position of its neighbours before or after."""
        links = self.cells.after if backward else self.cells.before
        position, rows = self.position, self.rows
        centres = position[:]
        stale = set()
        for rank in range(len(rows))[:: -1 if backward else 1]:
            row = rows[rank]
            for cell in row:
                near = links[cell]
                if len(near) == 1:  # as 85 cells in 100: ordering takes a third less so
                    centres[cell] = position[near[0][0]]
                elif near:
                    moment = weight = 0.0
                    for other, share in near:
                        moment += share * position[other]
                        weight += share
                    centres[cell] = moment / weight
            order = sorted(row, key=centres.__getitem__)
            if order != row:
                rows[rank][:] = order
                self._number(order)
                stale |= {rank - 1, rank}
        for rank in stale - {-1}:
            self.crossings[rank] = self._crossings(rows[rank])

    def _crossings(self, row: Sequence[int]) -> int:
        """Count the crossings of links from `row` to the next: inversions, by insertion."""
        position, after, leaving = self.position, self.cells.after, self.cells.leaving
        ends: list[float] = []
        for cell in row:
            links = after[cell]
            if len(links) == 1:
                ends.append(position[links[0][0]])
            elif cell in leaving:
                pairs = zip(leaving[cell], links, strict=True)
                ends += [
                    end for _, end in sorted((position[a], position[b]) for a, (b, _) in pairs)
                ]
            else:
                ends += sorted([position[head] for head, _ in links])
        if ends == sorted(ends):  # saves 2 to 12 % of the time of ordering
            return 0
        count = 0
        passed: list[float] = []
        for place in ends:
            count += len(passed) - bisect_right(passed, place)
            insort(passed, place)
        return count
