"""The kernels of one step: its operations in blocks, which are read in a few ways."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, groupby, takewhile
from operator import itemgetter
from types import MappingProxyType

from ...engine import calculus as c
from ...formulas.lowering import FOLDS
from ...transforms.lane_sum import LANES
from .kernel import ROW, SPLAT, Kernel
from .order import is_row, is_splat
from .packs import Vector
from .products import Product, product_kernels
from .program import Step, Terms
from .reads import Read, Reads, group_blocks, reads_in_loop, reads_of
from .tiles import FEW_TERMS, SIZES, Block, Tiles, find_tiles

FEW = 4  # a step of fewer operations takes them one by one
MOST_FACTORS = 2 * FEW_TERMS  # of sums that are taken one by one, where vectors have to be packed

# Of so few places eight samples compare all. Six lookups one by one took, with 3 places, half as
# long again for a call; with 16, a sixth longer; with 27, a twentieth less.
FEW_PLACES = 20

PRODUCTS = [(Terms(minus, 2, 1),) for minus in (False, True)]


class StepKernels:
    """The kernels of one step.

    Args:
        step: the step.
        pack: gives the place of a vector side by side, and puts it into `pending` if it is new.
        known: how vectors are read that were looked at before, and gets what is found here.
        common: whether its sums are so many that kernels of their own are worth it.
        lanes: inside a loop over samples, addresses from here on hold eight numbers; else -1.
        added: the results that go into partial sums at once, with these.
    """

    def __init__(
        self,
        step: Step,
        pack: Callable[[Vector, dict[Vector, int]], int],
        known: dict[Vector, Read],
        common: bool = True,
        lanes: int = -1,
        added: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        self.step, self.lanes, self._pack, self._added = step, lanes, pack, added
        self._known = known
        self.written_out = FEW_TERMS if common else 0  # the terms of a run, up to so many
        self.pending: dict[Vector, int] = {}
        single = step.count < FEW or step.op in (c.gather, c.scattered) or self._needs_packs()
        one_by_one = lanes < 0 and single
        self.width = 1 if one_by_one else LANES
        self.together = 1 if lanes >= 0 else self.width  # operations in a block
        blocks = range(0, step.count, self.together)
        self.out = [step.out + step.stride * first for first in blocks]
        self.columns = [self._reads(column) for column in step.columns]

    def _needs_packs(self) -> bool:
        """Whether its operations are short sums for one vector at most, which needs packs first.

        To pack an operand takes as long as to read it for one sum after another.
        """
        step = self.step
        if step.op is not None or step.count > LANES or len(step.columns) > MOST_FACTORS:
            return False
        return not all(is_row(x) or is_splat(x) or tuple(x) in self._known for x in step.columns)

    def kernels(self) -> list[Kernel]:
        """The kernels, which need the packs that are then pending."""
        step, columns = self.step, self.columns
        if step.op is None:
            return self._sum()
        if step.op is c.gather:
            return self._gather()
        if step.op is c.scattered:
            return self._scatter()
        if step.op in FOLDS and len(columns) != 2:
            return [
                Kernel(("fold", step.op, kinds[0], self.width), *call)
                for kinds, _, call in self._calls([columns], len(columns))
            ]
        return [
            Kernel(("map", step.op, "".join(kinds), self.width), *call)
            for kinds, _, call in self._calls([[column] for column in columns], 0)
        ]

    def _gather(self) -> list[Kernel]:
        step, options = self.step, len(self.columns) - 1
        starts = range(0, step.count - LANES + 1, LANES) if self.lanes < 0 else []
        # No row after another lookup: the first bad index is the one to tell.
        rows = list(takewhile(self._gathers_row, starts))
        table = [x for i in rows for x in (step.out + i, *(y[i] for y in step.columns))]
        found = [Kernel(("gather_row",), len(rows), options, table, [])] if rows else []
        every, index = range(len(self.out)), self.columns[0]
        index = Reads(ROW, (), [self._row(index.at(block)) for block in every])
        others = range(LANES * len(rows), len(self.out))
        for kinds, _, call in self._calls([[index], self.columns[1:]], options, blocks=others):
            found.append(Kernel(("gather", kinds[1], self.width), *call))
        return found

    def _gathers_row(self, first: int) -> bool:
        """Whether eight lookups from this one on have one index, and look into rows."""
        index, *options = (column[first : first + LANES] for column in self.step.columns)
        return is_splat(index) and all(map(is_row, options))

    def _scatter(self) -> list[Kernel]:
        """Kernels for the pairs in order, one for each stretch of them that is read in one way."""
        step, found = self.step, []
        (first,), indices, coming = step.columns
        pairs = zip(indices, coming, strict=True)
        places = list(enumerate(step.results))
        for kinds, some in groupby(pairs, lambda pair: "".join(map(self._kind, pair))):
            if self.lanes >= 0 and step.count <= FEW_PLACES:
                alike = list(chain.from_iterable(some))
                table = [x for i, out in places for x in (out, first, i, *alike)]
                terms = len(alike) // 2
                found.append(Kernel(("scatter_vectors", kinds), step.count, terms, table, []))
                continue
            table = [x for pair in some for x in (step.out, first, *pair)]
            width = LANES if self.lanes >= 0 else 1
            found.append(Kernel(("scatter", kinds, width), len(table) // 4, step.count, table, []))
        return found

    def _kind(self, address: int) -> str:
        return ROW if 0 <= self.lanes <= address else SPLAT

    def _sum(self) -> list[Kernel]:
        found, others = self._products()
        start = 0
        tiled = self._tiles()
        by_kernel = portions(self.step.runs, bool(self.written_out), bool(tiled))
        for number, runs in enumerate(by_kernel):
            alike, long = [], 0
            tiles, blocks = tiled.get(start, ([], others))
            for run in runs:
                alike += self._factors(start, run)
                start += run.factors * run.terms
                long = max(long, run.terms if run.terms > self.written_out else 0)
            found += [x.kernel(not number, runs[0].subtracted) for x in tiles]
            for kinds, adds, call in self._calls(alike, long, runs, blocks):
                remaining = iter(kinds)
                told = tuple(
                    (
                        run.subtracted,
                        "".join(next(remaining) for _ in range(run.factors)),
                        run.terms if run.terms <= self.written_out else 0,
                    )
                    for run in runs
                )
                found.append(Kernel(("sum", not number, told, self.width, adds), *call))
        return found

    def _products(self) -> tuple[list[Kernel], list[int] | None]:
        """The kernels of products that are added at once; the numbers of other blocks, if any."""
        every = range(len(self.out))
        if self.step.runs not in PRODUCTS or not self._added:
            return [], None
        columns, added = self.columns, self._added
        products: list[Product] = []
        others: list[int] = []
        for kinds, adds, blocks in group_blocks([[x] for x in columns], every, self.out, added):
            if not adds or kinds != (ROW, ROW):
                others += blocks
                continue
            ([left], [right]) = self._addresses([[x] for x in columns], kinds, blocks)
            sums = (added[self.out[block]] for block in blocks)
            products += map(Product, sums, left, right)
        return product_kernels(products, self.step.runs[0].subtracted), sorted(others)

    def _tiles(self) -> dict[int, tuple[list[Tiles], list[int]]]:
        """For the first column of each long run its tiles, and the blocks that are in none."""
        runs = self.step.runs
        at_once = any(out in self._added for out in self.out)  # needs one kernel for all runs
        if self.width == 1 or len(self.out) < SIZES[-1] or (at_once and len(runs) > 1):
            return {}
        found = {}
        start = 0
        for run in runs:
            if run.terms > FEW_TERMS and run.factors == 2:
                found[start] = find_tiles(self._blocks(self._factors(start, run)))
            start += run.factors * run.terms
        return found if any(tiles for tiles, _ in found.values()) else {}

    def _blocks(self, alike: Sequence[Sequence[Reads]]) -> list[Block]:
        """The blocks of a run of products, whose factors these are."""
        found = []
        every = range(len(self.out))
        for kinds, adds, members in group_blocks(alike, every, self.out, self._added):
            factors = [zip(*part, strict=True) for part in self._addresses(alike, kinds, members)]
            for number, x, y in zip(members, *factors, strict=True):
                out = self.out[number]
                found.append(Block(number, self._added.get(out, out), "".join(kinds), (x, y), adds))
        return sorted(found, key=itemgetter(0))

    def _factors(self, start: int, run: Terms) -> list[Sequence[Reads]]:
        """The columns of each factor of a run, the first of which is column `start`."""
        stop = start + run.factors * run.terms
        return [self.columns[start + i : stop : run.factors] for i in range(run.factors)]

    def _calls(
        self,
        alike: Sequence[Sequence[Reads]],
        terms: int,
        runs: Sequence[Terms] = (),
        blocks: Sequence[int] | None = None,
    ) -> Iterator[tuple[tuple[str, ...], bool, tuple[int, int, list[int], list[Kernel]]]]:
        """The requirements of calls by the access pattern of their blocks, and whether they add up.

        Args:
            alike: columns that are to be read in one way, a list of each way.
            terms: the number that the call gets.
            runs: of a sum, the runs whose factors the columns are, so that the table holds
                them term by term.
            blocks: the numbers of the blocks; without it, all.
        """
        every = range(len(self.out)) if blocks is None else blocks
        for kinds, adds, members in group_blocks(alike, every, self.out, self._added):
            parts = iter(self._addresses(alike, kinds, members))
            columns: list[Sequence[int]] = [
                [self._added.get(out, out) for out in map(self.out.__getitem__, members)]
            ]
            for run in runs:
                factors = [next(parts) for _ in range(run.factors)]
                columns += chain.from_iterable(zip(*factors, strict=True))
            columns += chain.from_iterable(parts)
            table = list(chain.from_iterable(zip(*columns, strict=True)))
            yield kinds, adds, (len(members), terms, table, [])

    def _addresses(
        self, alike: Sequence[Sequence[Reads]], kinds: Sequence[str], blocks: Sequence[int]
    ) -> list[list[Sequence[int]]]:
        """For each list of columns, which are read in this way, their addresses in the blocks."""
        return [
            [self._column(column, kind, blocks) for column in columns]
            for columns, kind in zip(alike, kinds, strict=True)
        ]

    def _column(self, column: Reads, kind: str, blocks: Sequence[int]) -> Sequence[int]:
        if kind == ROW != column.kind:
            return [self._row(column.at(block)) for block in blocks]
        if blocks == range(len(self.out)):  # those that tiles leave come in an order of their own
            return column.addresses
        return [column.addresses[block] for block in blocks]

    def _row(self, vector: Read) -> int:
        """The address of the vector as a row."""
        kind, address = vector
        if kind == ROW or self.width == 1:
            return address
        return self._pack((address,) * LANES, self.pending)

    def _reads(self, column: Sequence[int]) -> Reads:
        """How a column is read, block by block."""
        if self.lanes >= 0:
            return reads_in_loop(column, self.lanes)
        if self.width == 1:
            return Reads(SPLAT, (), column)
        return reads_of(column, self._known, self._vector)

    def _vector(self, vector: Vector) -> Read:
        if is_splat(vector):
            found = SPLAT, vector[0]
        elif is_row(vector):
            found = ROW, vector[0]
        else:
            filled = vector + vector[-1:] * (LANES - len(vector))
            found = ROW, self._pack(filled, self.pending)
        self._known[vector] = found
        return found


def portions(runs: Sequence[Terms], common: bool, tiled: bool = False) -> Iterator[list[Terms]]:
    """The runs of a sum in portions for one kernel each, with at most one long run in each.

    Args:
        runs: the runs.
        common: whether kernels of several runs are worth it.
        tiled: whether the long runs are computed in tiles, and so by themselves.
    """
    most = FEW if common else 1
    portion: list[Terms] = []
    for run in runs:
        long = [one for one in (*portion, run) if one.terms > FEW_TERMS]
        if len(portion) == most or len(long) > 1 or (long and portion and tiled):
            yield portion
            portion = []
        portion.append(run)
    yield portion
