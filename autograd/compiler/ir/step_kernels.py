"""The kernels of one step: its operations in blocks, which are read in a few ways."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from types import MappingProxyType

from ...engine import calculus as c
from ...formulas.lowering import FOLDS
from ...transforms.vmap import LANES
from .kernel import ROW, SPLAT, Kernel
from .order import in_vectors, is_row, is_splat
from .packs import Vector
from .products import Product, product_kernels
from .program import Step, Terms
from .tiles import FEW_TERMS, SIZES, Block, Tiles, find_tiles

FEW = 4  # a step of fewer operations takes them one by one

PRODUCTS = [(Terms(minus, 2, 1),) for minus in (False, True)]
Read = tuple[str, int]  # how a vector is read, as a ROW or SPLAT, and its address


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
        one_by_one = lanes < 0 and (step.count < FEW or step.op is c.gather)
        self.width = 1 if one_by_one else LANES
        self.together = 1 if lanes >= 0 else self.width  # operations in a block
        blocks = range(0, step.count, self.together)
        self.out = [step.out + step.stride * first for first in blocks]
        self.columns = [self._vectors(column) for column in step.columns]

    def kernels(self) -> list[Kernel]:
        """The kernels, which need the packs that are then pending."""
        step, columns = self.step, self.columns
        if step.op is None:
            return self._sum()
        if step.op is c.gather:
            return self._gather()
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
        index = [(ROW, self._row(x)) for x in self.columns[0]]
        others = range(LANES * len(rows), len(self.out))
        for kinds, _, call in self._calls([[index], self.columns[1:]], options, blocks=others):
            found.append(Kernel(("gather", kinds[1], self.width), *call))
        return found

    def _gathers_row(self, first: int) -> bool:
        """Whether eight lookups from this one on have one index, and look into rows."""
        index, *options = (column[first : first + LANES] for column in self.step.columns)
        return is_splat(index) and all(map(is_row, options))

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
        if self.step.runs not in PRODUCTS or not self._added:
            return [], None
        products, others = [], []
        for number, (out, left, right) in enumerate(zip(self.out, *self.columns, strict=True)):
            if out in self._added and left[0] == right[0] == ROW:
                products.append(Product(self._added[out], left[1], right[1]))
            else:
                others.append(number)
        return product_kernels(products, self.step.runs[0].subtracted), others

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
                read = self._blocks(self._factors(start, run))
                blocks = [
                    Block(
                        number,
                        self._added.get(out, out),
                        "".join(kinds),
                        (tuple(x), tuple(y)),
                        out in self._added,
                    )
                    for number, (out, kinds, (x, y)) in enumerate(read)
                ]
                found[start] = find_tiles(blocks)
            start += run.factors * run.terms
        return found if any(tiles for tiles, _ in found.values()) else {}

    def _factors(self, start: int, run: Terms) -> list[Sequence[Sequence[Read]]]:
        """The columns of each factor of a run, the first of which is column `start`."""
        stop = start + run.factors * run.terms
        return [self.columns[start + i : stop : run.factors] for i in range(run.factors)]

    def _blocks(
        self, alike: Sequence[Sequence[Sequence[Read]]], chosen: Iterable[int] | None = None
    ) -> Iterator[tuple[int, tuple[str, ...], list[list[int]]]]:
        """For each block its result, and how and where columns that are read in one way are."""
        for block in range(len(self.out)) if chosen is None else chosen:
            parts = [[column[block] for column in columns] for columns in alike]
            kinds = tuple(
                SPLAT if all(kind == SPLAT for kind, _ in part) else ROW for part in parts
            )
            entries = [
                [vector[1] if kind == SPLAT else self._row(vector) for vector in part]
                for kind, part in zip(kinds, parts, strict=True)
            ]
            yield self.out[block], kinds, entries

    def _calls(
        self,
        alike: Sequence[Sequence[Sequence[Read]]],
        terms: int,
        runs: Sequence[Terms] = (),
        blocks: Iterable[int] | None = None,
    ) -> Iterator[tuple[tuple[str, ...], bool, tuple[int, int, list[int], list[Kernel]]]]:
        """The requirements of calls by the access pattern of their blocks, and whether they add up.

        Args:
            alike: columns that are to be read in one way, a list of each way.
            terms: the number that the call gets.
            runs: of a sum, the runs whose factors the columns are, so that the table holds
                them term by term.
            blocks: the numbers of the blocks; without it, all.
        """
        tables: dict[tuple[tuple[str, ...], bool], list[int]] = {}
        for out, kinds, entries in self._blocks(alike, blocks):
            table = tables.setdefault((kinds, out in self._added), [])
            table.append(self._added.get(out, out))
            remaining = iter(entries)
            for run in runs:
                factors = [next(remaining) for _ in range(run.factors)]
                table += [x for term in zip(*factors, strict=True) for x in term]
            table += [x for part in remaining for x in part]
        for (kinds, adds), table in tables.items():
            size = 1 + sum(map(len, alike))
            yield kinds, adds, (len(table) // size, terms, table, [])

    def _row(self, vector: Read) -> int:
        """The address of the vector as a row."""
        kind, address = vector
        if kind == ROW or self.width == 1:
            return address
        return self._pack((address,) * LANES, self.pending)

    def _vectors(self, column: Sequence[int]) -> list[Read]:
        """The access pattern and the first place of each block of a column."""
        if self.lanes >= 0:
            return [(ROW if address >= self.lanes else SPLAT, address) for address in column]
        if self.width == 1:
            return [(SPLAT, address) for address in column]
        known = self._known
        return [known.get(vector) or self._vector(vector) for vector in in_vectors(column)]

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
