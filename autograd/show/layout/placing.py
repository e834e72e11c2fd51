"""The coordinates of cells: across, close to their neighbours, and along, rank by rank."""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from operator import add, sub

from .ranks import Cells, Links, Size

WIDEST_GAP = 100.0  # between ranks
BESIDE = 0.5  # the pull of an arrow that leads to a line, and does not continue it
STAYING, STRAIGHT = 1e7, 1e4  # weights of what stays and what follows a line; a term has 1
SMALL = 16.0  # a bend in a line that can be taken out
SLOPE = 0.3  # a gap is at least so much of what an arrow goes across in it


class Placing:
    """Coordinates for all cells.

    Args:
        cells: the cells.
        rows: those of each rank, in order.
        gap: between ranks, at least.

    Attributes:
        across: the centre of each cell.
        columns: where each rank begins and ends.
        bare: the ranks for labels that have none.
        size: the room that all take.
    """

    def __init__(self, cells: Cells, rows: Sequence[Sequence[int]], gap: float) -> None:
        self.cells, self.rows = cells, rows
        self.across = [0.0] * len(cells.ranks)
        self.offsets = [_offsets(cells, row) for row in rows]
        for row, offsets in zip(rows, self.offsets, strict=True):
            self._put(row, offsets)
        before = _Pull(cells, cells.before, cells.arriving)
        after = _Pull(cells, cells.after, cells.leaving)
        around = {host: cells.arriving[host] + cells.leaving[host] for host in cells.pins}
        both = _Pull(cells, list(map(add, cells.before, cells.after)), around)
        # There and back, then the fine tuning; the last sweep leaves bends just before heads only.
        # Three times as many change how far all arrows go across by less than 1 %.
        lines = [
            near if cell in cells.pins else _strong(near) for cell, near in enumerate(cells.before)
        ]
        line = _Pull(cells, lines, cells.arriving)
        for pull, step in ((after, -1), (before, 1), (both, -1), (both, 1), (line, 1)):
            self._sweep(pull, step)
        self._tidy()
        taken = [cell for row in rows for cell in row]
        low = min((self.across[c] - cells.sizes[c].across / 2 for c in taken), default=0.0)
        self.across = [a - low for a in self.across]
        extent = max((self.across[c] + cells.sizes[c].across / 2 for c in taken), default=0.0)
        self.widths = [max([cells.sizes[cell].along for cell in row], default=0.0) for row in rows]
        self.bare = {rank for rank in range(1, len(rows), 2) if not self.widths[rank]}
        self.columns = self._columns(gap)
        self.size = Size(self.columns[-1][1], extent)

    def _tidy(self) -> None:
        """Move terms beside their lines, and take small bends out of these; all else stays."""
        cells, across, is_term = self.cells, self.across, self._terms()
        ahead: Links = [[] for _ in cells.ranks]
        back: Links = [[] for _ in cells.ranks]
        weights = [STAYING] * len(cells.ranks)
        for cell, after in enumerate(cells.after):
            step = abs(across[after[0][0]] - across[cell]) if len(after) == 1 else math.inf
            if is_term[cell]:
                ahead[cell], weights[cell] = after, 1.0
                back[cell] = cells.before[cell] if cell >= cells.items else []
            elif step < SMALL and cell not in cells.pins:
                ahead[cell], weights[cell] = after, STRAIGHT
        nowhere: dict[int, Sequence[int]] = {host: [] for host in cells.pins}
        self._sweep(_Pull(cells, ahead, nowhere, weights), -1)
        weights = [1.0 if near else STAYING for near in back]
        self._sweep(_Pull(cells, back, nowhere, weights), 1)  # a label stands beside its leaf

    def _terms(self) -> list[bool]:
        """Whether each cell is part of a term: computed from leaves, for one use beside a line."""
        cells = self.cells
        is_term = [
            len(after) == 1 and cell not in cells.pins for cell, after in enumerate(cells.after)
        ]
        for row in self.rows:
            for cell in row:
                is_term[cell] &= all(is_term[tail] for tail, _ in cells.before[cell])
        for row in reversed(self.rows):
            for cell in row:
                if is_term[cell]:
                    ((head, pull),) = cells.after[cell]
                    is_term[cell] = pull < BESIDE or is_term[head]
        return is_term

    def _put(self, row: Sequence[int], places: Sequence[float]) -> None:
        across, pins = self.across, self.cells.pins
        for cell, place in zip(row, places, strict=True):
            across[cell] = place
        if pins:
            for cell in row:
                for pin, shift in pins.get(cell, ()):
                    across[pin] = across[cell] + shift

    def _sweep(self, pull: "_Pull", step: int) -> None:
        """Move the cells of one row after another as near to their neighbours as possible."""
        for row, offsets in zip(self.rows[::step], self.offsets[::step], strict=True):
            wanted = pull.places_of(row, self.across)
            starts = list(map(sub, wanted, offsets))
            if starts != sorted(starts):
                starts = _pool(starts, [pull.weights[cell] for cell in row])
                wanted = list(map(add, starts, offsets))
            self._put(row, wanted)

    def _columns(self, gap: float) -> list[tuple[float, float]]:
        """The start and end of each rank; gaps are wider before long steps across."""
        columns: list[tuple[float, float]] = []
        end = 0.0
        for rank, (row, width) in enumerate(zip(self.rows, self.widths, strict=True)):
            columns.append((end, end + width))
            slender = not width or rank + 1 in self.bare
            least, most = (gap / 2, WIDEST_GAP / 2) if slender else (gap, WIDEST_GAP)
            end += width + min(most, max(least, SLOPE * self._step(row)))
        return columns

    def _step(self, row: Sequence[int]) -> float:
        """The longest step across of an arrow from this row to the next."""
        across, after, leaving = self.across, self.cells.after, self.cells.leaving
        step = 0.0
        for cell in row:
            start = across[cell]
            if cell in leaving:
                for pin, (head, _) in zip(leaving[cell], after[cell], strict=True):
                    step = max(step, abs(across[pin] - across[head]))
            else:
                for head, _ in after[cell]:
                    step = max(step, abs(start - across[head]))
        return step


class _Pull:
    """The weighted mean of the neighbours of a cell, on one side or on both."""

    def __init__(
        self,
        cells: Cells,
        links: Links,
        starts: Mapping[int, Sequence[int]],
        weights: list[float] | None = None,
    ) -> None:
        self.links = links
        self.single = [near[0][0] if len(near) == 1 else -1 for near in links]
        self.weights = weights or [0.1 + max([w for _, w in near], default=0.0) for near in links]
        self.beside = {}  # how far beside the centre of a host its links attach, in the mean
        for host, pins in cells.pins.items():
            shift = dict(pins)
            moment = weight = 0.0
            for start, (_, share) in zip(starts[host], links[host], strict=True):
                moment += share * shift.get(start, 0.0)
                weight += share
            self.beside[host] = moment / weight if weight else 0.0

    def places_of(self, row: Sequence[int], across: Sequence[float]) -> list[float]:
        """The places across to which the neighbours pull the cells of a row."""
        places = []
        single, links, beside = self.single, self.links, self.beside
        for cell in row:
            if single[cell] >= 0:  # 85 cells in 100 have one neighbour
                place = across[single[cell]]
            elif links[cell]:
                moment = weight = 0.0
                for other, share in links[cell]:
                    moment += share * across[other]
                    weight += share
                place = moment / weight
            else:
                place = across[cell]
            places.append(place - beside[cell] if cell in beside and links[cell] else place)
        return places


def _strong(links: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """The links that continue a line, if there are any."""
    least = BESIDE * max((pull for _, pull in links), default=0.0)
    return [link for link in links if link[1] > least]


def _offsets(cells: Cells, row: Sequence[int]) -> list[float]:
    """The least distance of each cell of a row from the first."""
    sizes, margins = cells.sizes, cells.margins
    halves = [sizes[cell].across / 2 + margins[cell] for cell in row]
    return list(accumulate((a + b for a, b in pairwise(halves)), initial=0.0))[: len(row)]


def _pool(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The rising numbers nearest to `wanted`: the pool adjacent violators algorithm."""
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many cells
    for mean, weight in zip(wanted, weights, strict=True):
        count = 1
        while pools and pools[-1][0] > mean:
            other, more, others = pools.pop()
            mean = (mean * weight + other * more) / (weight + more)
            weight, count = weight + more, count + others
        pools.append((mean, weight, count))
    return [mean for mean, _, count in pools for _ in range(count)]
