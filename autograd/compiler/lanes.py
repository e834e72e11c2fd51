"""Lanes: a program's steps as kernels over vectors of eight neighbouring numbers.

A vector of operands is a *row*, if its eight numbers lie side by side, or a *splat*, if they are
one and the same. Where they are neither, a pack brings them side by side first: once, however
often the vector is used. In a loop over samples every vector holds eight samples of one number,
so all are rows and splats.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from autograd import calculus as c
from autograd.batch import LANES
from autograd.compiler.order import is_row, is_splat
from autograd.compiler.program import Loop, Run, Step

FEW = 4  # a step of fewer operations takes them one by one
FEW_TERMS = 8  # of a run; a loop over so few is written out: twice as fast on the moons network
FOLDS = frozenset({c.maximum, c.minimum})  # of any number of operands, from left to right

Name = tuple[Any, ...]  # the kind of a kernel, and what tells it from others of its kind
Vector = tuple[str, int]  # "r" for a row or "s" for a splat, and its address
ROW, SPLAT = "r", "s"


class Kernel(NamedTuple):
    """A call of a kernel.

    Attributes:
        name: which one.
        blocks: how many vectors of results it gives.
        terms: how many terms each of them has.
        table: for each block the address of the result, then those of the operands.
        body: the kernels that a loop over samples runs.
    """

    name: Name
    blocks: int
    terms: int
    table: list[int]
    body: "list[Kernel]"


class Lanes:
    """The kernels of steps, and the memory that their packs need.

    Args:
        size: the addresses from here on are free.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._packs: dict[tuple[int, ...], int] = {}

    def kernels(self, steps: Sequence[Step | Loop]) -> Iterator[Kernel]:
        """The kernels of `steps`, each after the packs that it needs."""
        for step in steps:
            if isinstance(step, Loop):
                yield self._loop(step)
            else:
                yield from _Step(step, self.pack).kernels()

    def _loop(self, loop: Loop) -> Kernel:
        # A pack made outside is there for all samples; one made inside is not there outside.
        inside = Lanes(self.size)
        into = [x for first, distance, lanes in loop.inputs for x in (lanes, first, distance)]
        body = [Kernel(("into_lanes",), len(loop.inputs), 0, into, [])] if into else []
        for step in loop.steps:
            body += _Step(step, inside.pack, loop.lanes).kernels()
        tables: dict[Name, list[int]] = {}
        for result, first, distance in loop.outputs:
            kind = ROW if result >= loop.lanes else SPLAT
            name = ("out_of_lanes" if distance else "add_lanes", kind)
            tables.setdefault(name, []).extend([first, result, distance][: 3 if distance else 2])
        for name, table in tables.items():
            blocks = len(table) // (2 if name[0] == "add_lanes" else 3)
            body.append(Kernel(name, blocks, 0, table, []))
        self.size = inside.size
        return Kernel(("loop",), len(body), loop.samples, [], body)

    def pack(self, vector: tuple[int, ...], pending: list[int]) -> int:
        """Where these eight numbers lie side by side, once what is `pending` is done."""
        found = self._packs.get(vector)
        if found is None:
            found = self._packs[vector] = self.size
            self.size += LANES
            pending += (found, *vector)
        return found


class _Step:
    """The kernels of one step."""

    def __init__(
        self, step: Step, pack: Callable[[tuple[int, ...], list[int]], int], lanes: int = -1
    ) -> None:
        self.step, self.lanes, self._pack = step, lanes, pack
        self.pending: list[int] = []
        one_by_one = lanes < 0 and (step.count < FEW or step.op is c.gather)
        self.width = 1 if one_by_one else LANES
        self.together = 1 if lanes >= 0 else self.width  # operations in a block
        blocks = range(0, step.count, self.together)
        self.out = [step.out + step.stride * first for first in blocks]
        self.columns = [self._vectors(column) for column in step.columns]

    def kernels(self) -> list[Kernel]:
        """The packs that are needed, and then the rest."""
        step, columns = self.step, self.columns
        if step.op is None:
            found = self._sum()
        elif step.op is c.gather:
            index = [(ROW, self._row(x)) for x in columns[0]]
            found = [
                Kernel(("gather", kinds[1], self.width), *call)
                for kinds, call in self._calls([[index], columns[1:]], len(columns) - 1)
            ]
        elif step.op in FOLDS and len(columns) != 2:
            found = [
                Kernel(("fold", step.op, kinds[0], self.width), *call)
                for kinds, call in self._calls([columns], len(columns))
            ]
        else:
            found = [
                Kernel(("map", step.op, "".join(kinds), self.width), *call)
                for kinds, call in self._calls([[column] for column in columns], 0)
            ]
        if self.pending:
            packs = len(self.pending) // (1 + LANES)
            found.insert(0, Kernel(("pack",), packs, LANES, self.pending, []))
        return found

    def _sum(self) -> list[Kernel]:
        found: list[Kernel] = []
        start = 0
        for number, runs in enumerate(_portions(self.step.runs)):
            alike, long = [], 0
            for run in runs:
                stop = start + run.factors * run.terms
                alike += [self.columns[start + i : stop : run.factors] for i in range(run.factors)]
                start = stop
                long = max(long, run.terms if run.terms > FEW_TERMS else 0)
            for kinds, call in self._calls(alike, long, runs):
                remaining = iter(kinds)
                told = tuple(
                    (
                        run.subtracted,
                        "".join(next(remaining) for _ in range(run.factors)),
                        run.terms if run.terms <= FEW_TERMS else 0,
                    )
                    for run in runs
                )
                found.append(Kernel(("sum", not number, told, self.width), *call))
        return found

    def _calls(
        self, alike: Sequence[Sequence[Sequence[Vector]]], terms: int, runs: Sequence[Run] = ()
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, int, list[int], list[Kernel]]]]:
        """What calls need, by how their blocks read.

        Args:
            alike: columns that are to be read in one way, a list of each way.
            terms: the number that the call gets.
            runs: of a sum, the runs whose factors the columns are, so that the table holds
                them term by term.
        """
        tables: dict[tuple[str, ...], list[int]] = {}
        for block, out in enumerate(self.out):
            parts = [[column[block] for column in columns] for columns in alike]
            kinds = tuple(
                SPLAT if all(kind == SPLAT for kind, _ in part) else ROW for part in parts
            )
            entries = [
                [vector[1] if kind == SPLAT else self._row(vector) for vector in part]
                for kind, part in zip(kinds, parts, strict=True)
            ]
            table = tables.setdefault(kinds, [])
            table.append(out)
            remaining = iter(entries)
            for run in runs:
                factors = [next(remaining) for _ in range(run.factors)]
                table += [x for term in zip(*factors, strict=True) for x in term]
            table += [x for part in remaining for x in part]
        for kinds, table in tables.items():
            size = 1 + sum(map(len, alike))
            yield kinds, (len(table) // size, terms, table, [])

    def _row(self, vector: Vector) -> int:
        """The address of the vector as a row."""
        kind, address = vector
        if kind == ROW or self.width == 1:
            return address
        return self._pack((address,) * LANES, self.pending)

    def _vectors(self, column: Sequence[int]) -> list[Vector]:
        """How each block of a column is read, and from where."""
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


def _portions(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """The runs of a sum in portions for one kernel each, with at most one long run in each."""
    portion: list[Run] = []
    for run in runs:
        long = [one for one in (*portion, run) if one.terms > FEW_TERMS]
        if len(portion) == FEW or len(long) > 1:
            yield portion
            portion = []
        portion.append(run)
    yield portion
