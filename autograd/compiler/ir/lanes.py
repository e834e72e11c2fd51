"""Lanes: a program's steps as kernels over vectors of eight neighbouring numbers.

A vector of operands is a *row*, if its eight numbers lie side by side, or a *splat*, if they are
one and the same. Where they are neither, a pack brings them side by side first: once, however
often the vector is used. In a loop over samples every vector holds eight samples of one number,
so all are rows and splats.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from ...engine import calculus as c
from ...formulas.lowering import FOLDS
from ...transforms.vmap import LANES
from .kernel import ROW, SPLAT, Kernel, Name
from .order import is_row, is_splat
from .packs import pack_kernels
from .program import Loop, Step, Terms
from .tiles import FEW_TERMS, SIZES, Block, Tiles, find_tiles

FEW = 4  # a step of fewer operations takes them one by one
COMMON = 16  # sums with the same runs; rarer ones go run by run, so that kernels stay few

Vector = tuple[str, int]  # ROW or SPLAT, and the address


class Lanes:
    """The kernels of steps, and the memory that their packs need.

    Args:
        size: the addresses from here on are free.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._packs: dict[tuple[int, ...], int] = {}
        self._members: dict[tuple[Terms, ...], int] = {}  # how many sums have these runs

    def kernels(self, steps: Sequence[Step | Loop]) -> Iterator[Kernel]:
        """The kernels of `steps`, each after the packs that it needs."""
        self._count(steps)
        for step in steps:
            if isinstance(step, Loop):
                yield from self._loop(step)
                continue
            kernels = _Step(step, self.pack, self._is_common(step))
            found = kernels.kernels()
            yield from pack_kernels(kernels.pending)
            yield from found

    def _loop(self, loop: Loop) -> Iterator[Kernel]:
        # A pack made outside is there for all samples; one made inside is not there outside.
        inside = Lanes(self.size)
        into = [x for first, distance, lanes in loop.inputs for x in (lanes, first, distance)]
        body = [Kernel(("into_lanes",), len(loop.inputs), 0, into, [])] if into else []
        added = _find_added_at_once(loop, self._is_common)
        for step in loop.steps:
            kernels = _Step(step, inside.pack, self._is_common(step), loop.lanes, added)
            body += kernels.kernels()
            yield from pack_kernels(kernels.pending)  # of numbers that are the same for all samples
        tables: dict[Name, list[int]] = {}
        for result, first, distance in loop.outputs:
            if added.get(result) != first:
                kind = ROW if result >= loop.lanes else SPLAT
                name = ("out_of_lanes" if distance else "add_lanes", kind)
                entries = [first, result, distance] if distance else [first, result]
                tables.setdefault(name, []).extend(entries)
        for name, table in tables.items():
            blocks = len(table) // (2 if name[0] == "add_lanes" else 3)
            body.append(Kernel(name, blocks, 0, table, []))
        self.size = inside.size
        yield Kernel(("loop",), len(body), loop.samples, [], body)

    def _count(self, steps: Sequence[Step | Loop]) -> None:
        for step in steps:
            if isinstance(step, Loop):
                self._count(step.steps)
            else:
                self._members[step.runs] = self._members.get(step.runs, 0) + step.count

    def _is_common(self, step: Step) -> bool:
        """Whether so many sums are like these that they are worth a kernel of their own."""
        return self._members[step.runs] >= COMMON

    def pack(self, vector: tuple[int, ...], pending: dict[tuple[int, ...], int]) -> int:
        """The place where these eight numbers are side by side, after the `pending` copies."""
        found = self._packs.get(vector)
        if found is None:
            found = self._packs[vector] = self.size
            self.size += LANES
            pending[vector] = found
        return found


class _Step:
    """The kernels of one step."""

    def __init__(
        self,
        step: Step,
        pack: Callable[[tuple[int, ...], dict[tuple[int, ...], int]], int],
        common: bool = True,
        lanes: int = -1,
        added: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        self.step, self.lanes, self._pack, self._added = step, lanes, pack, added
        self.written_out = FEW_TERMS if common else 0  # the terms of a run, up to so many
        self.pending: dict[tuple[int, ...], int] = {}
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
            index = [(ROW, self._row(x)) for x in columns[0]]
            return [
                Kernel(("gather", kinds[1], self.width), *call)
                for kinds, _, call in self._calls([[index], columns[1:]], len(columns) - 1)
            ]
        if step.op in FOLDS and len(columns) != 2:
            return [
                Kernel(("fold", step.op, kinds[0], self.width), *call)
                for kinds, _, call in self._calls([columns], len(columns))
            ]
        return [
            Kernel(("map", step.op, "".join(kinds), self.width), *call)
            for kinds, _, call in self._calls([[column] for column in columns], 0)
        ]

    def _sum(self) -> list[Kernel]:
        found: list[Kernel] = []
        start = 0
        tiled = self._tiles()
        portions = _portions(self.step.runs, bool(self.written_out), bool(tiled))
        for number, runs in enumerate(portions):
            alike, long = [], 0
            tiles, blocks = tiled.get(start, ([], None))
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
                    Block(i, self._added.get(out, out), "".join(kinds), (x, y), out in self._added)
                    for i, (out, kinds, (x, y)) in enumerate(read)
                ]
                found[start] = find_tiles(blocks)
            start += run.factors * run.terms
        return found if any(tiles for tiles, _ in found.values()) else {}

    def _factors(self, start: int, run: Terms) -> list[Sequence[Sequence[Vector]]]:
        """The columns of each factor of a run, the first of which is column `start`."""
        stop = start + run.factors * run.terms
        return [self.columns[start + i : stop : run.factors] for i in range(run.factors)]

    def _blocks(
        self, alike: Sequence[Sequence[Sequence[Vector]]], chosen: Iterable[int] | None = None
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
        alike: Sequence[Sequence[Sequence[Vector]]],
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

    def _row(self, vector: Vector) -> int:
        """The address of the vector as a row."""
        kind, address = vector
        if kind == ROW or self.width == 1:
            return address
        return self._pack((address,) * LANES, self.pending)

    def _vectors(self, column: Sequence[int]) -> list[Vector]:
        """The access pattern and the first place of each block of a column."""
        if self.lanes >= 0:
            return [(ROW if address >= self.lanes else SPLAT, address) for address in column]
        if self.width == 1:
            return [(SPLAT, address) for address in column]
        vectors = [column[i : i + LANES] for i in range(0, len(column), LANES)]
        return [self._vector(tuple(vector)) for vector in vectors]

    def _vector(self, vector: tuple[int, ...]) -> Vector:
        if is_splat(vector):
            return SPLAT, vector[0]
        if is_row(vector):
            return ROW, vector[0]
        filled = vector + vector[-1:] * (LANES - len(vector))
        return ROW, self._pack(filled, self.pending)


def _portions(runs: Sequence[Terms], common: bool, tiled: bool = False) -> Iterator[list[Terms]]:
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


def _find_added_at_once(loop: Loop, common: Callable[[Step], bool]) -> dict[int, int]:
    """The results of a loop that go into their partial sums and nowhere else, with these.

    Stored first and added later they took a third of the time of the moons network.
    """
    read = {address for step in loop.steps for column in step.columns for address in column}
    sums: dict[int, list[int]] = {}
    for result, first, distance in loop.outputs:
        sums.setdefault(result, []).append(-1 if distance else first)
    made = {
        step.out + i * step.stride
        for step in loop.steps
        if step.op is None and len(list(_portions(step.runs, common(step)))) == 1
        for i in range(step.count)
    }
    return {
        result: first[0]
        for result, first in sums.items()
        if len(first) == 1 and first[0] >= 0 and result in made and result not in read
    }
