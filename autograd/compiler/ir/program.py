"""A program: what every backend runs. Steps, each of them over many numbers, in one memory.

    v[out + i] = ± v[a₀ᵢ]·v[b₀ᵢ] ± v[a₁ᵢ] …      a sum, for i in range(count)
    v[out + i] = op(v[a₀ᵢ], v[a₁ᵢ], …)            a map

The memory holds the inputs first, then constants and results. Inside a `Loop` over samples an
address from `Loop.lanes` on means eight numbers: those of eight samples. A `Repeat` runs its steps
many times over, each time in the same places.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from ...engine.op import Op
from ...transforms.lane_sum import LANES

Memory: TypeAlias = "memoryview[float]"


class Terms(NamedTuple):
    """Terms of a sum that are alike: each subtracted or added, each of one or two factors."""

    subtracted: bool
    factors: int
    terms: int


@dataclass(slots=True)
class Step:
    """One group of operations: where their operands are and where their results go.

    Attributes:
        op: of a map; None for a sum.
        runs: the terms of a sum, in order; empty for a map.
        columns: for each operand its addresses, one for each operation. Of a sum, the factors of
            the first term, then those of the second, and so on. Of `scattered`, whose results go on
            from what is there: the number of the first place; the indices; what comes for each.
        out: the address of the first result.
        stride: how far the results are apart: 1, or `LANES` inside a loop.
    """

    op: Op | None
    runs: tuple[Terms, ...]
    columns: list[list[int]]
    out: int
    count: int
    stride: int = 1

    def __str__(self) -> str:
        many = f"{self.count} × " if self.count > 1 else ""
        last = self.out + self.stride * (self.count - 1)
        return f"{many}{self.formula} -> {self.out}{f' to {last}' if last > self.out else ''}"

    @property
    def results(self) -> range:
        """The addresses of the results."""
        return range(self.out, self.out + self.count * self.stride, self.stride)

    @property
    def formula(self) -> str:
        """The formula of each of the operations."""
        if self.op is not None:
            return f"{self.op.name}({', '.join('v' * len(self.columns))})"
        signs = ("-" if run.subtracted else "+" for run in self.runs)
        terms = (
            (f"Σ{run.terms} " if run.terms > 1 else "") + "·".join("v" * run.factors)
            for run in self.runs
        )
        return " ".join(map(" ".join, zip(signs, terms, strict=True))).removeprefix("+ ")


@dataclass(slots=True)
class Loop:
    """Steps that are run for every sample, eight of them at a time.

    Attributes:
        steps: the body.
        lanes: addresses from here on hold eight numbers, one for each of eight samples.
        samples: the address that holds how many samples there are.
        inputs: for each input of a sample: the address for the first sample, how far the next
            one is, and the address of its lanes.
        outputs: for each output the address in the body (with lanes, or not if it is the same
            for all samples), the address for the first sample, and how far the next one is; or,
            where they are added up, the address of eight partial sums, and 0: lane i begins as
            -0.0, which adds nothing, and gets the samples i, i + 8, i + 16, … in this order.
    """

    steps: list[Step]
    lanes: int
    samples: int
    inputs: list[tuple[int, int, int]] = field(default_factory=list)
    outputs: list[tuple[int, int, int]] = field(default_factory=list)


class Copy(NamedTuple):
    """Numbers side by side that run i of a `Repeat` copies, the first one first.

    Attributes:
        source: the first address that is read in run 0.
        source_apart: how far that of the next run is; it may be before.
        target: the first address that is written in run 0.
        target_apart: how far that of the next run is.
        size: how many numbers they are.
    """

    source: int
    source_apart: int
    target: int
    target_apart: int
    size: int

    def targets(self, runs: int) -> range:
        """All addresses that so many runs may write to."""
        ends = self.target, self.target + (runs - 1) * self.target_apart
        return range(min(ends), max(ends) + self.size)


@dataclass(slots=True)
class Repeat:
    """Steps that are run so many times, each run after the other, as those of a scan are.

    Attributes:
        steps: the body, which may hold loops over samples.
        count: how many runs there are.
        before: what each run copies first: a datum, into the body's place.
        after: what it copies last, in this order: outputs out of the body, and the new state to the
            place of the old one.
    """

    steps: list["Statement"]
    count: int
    before: list[Copy]
    after: list[Copy]


Statement: TypeAlias = Step | Loop | Repeat


@dataclass(slots=True)
class Program:
    """Steps over one memory of floats.

    Attributes:
        size: how many floats the memory has.
        inputs: how many are given, from address 0 on.
        constants: addresses and numbers that are there from the beginning.
        parts: lists of steps, each of which is run by itself; a plain function has one.
        outputs: the addresses of the results.
    """

    size: int
    inputs: int
    constants: list[tuple[int, float]]
    parts: list[list["Statement"]]
    outputs: range

    @property
    def statements(self) -> list["Statement"]:
        """Those of all parts."""
        return [*chain.from_iterable(self.parts)]


def whole_vectors(count: int) -> int:
    """How many places so many numbers take in whole vectors."""
    return -(-count // LANES) * LANES


def all_steps(statements: Sequence[Statement]) -> Iterator[Step]:
    """The steps, also those inside of loops and repeats."""
    for one in statements:
        if isinstance(one, Step):
            yield one
        else:
            yield from all_steps(one.steps)


def written(
    statements: Sequence[Statement], samples: Mapping[int, float] = MappingProxyType({})
) -> Iterator[range]:
    """The addresses that statements write to, in stretches.

    Args:
        statements: the statements.
        samples: by the address that holds it, how many samples loops have; one, where it is not
            known.
    """
    for one in statements:
        if isinstance(one, Step):
            yield range(one.out, one.results.stop)
            continue
        if isinstance(one, Repeat):
            yield from (copy.targets(one.count) for copy in (*one.before, *one.after))
        else:
            last = int(samples.get(one.samples, 1)) - 1
            for _, _, lanes in one.inputs:
                yield range(lanes, lanes + LANES)
            for _, first, apart in one.outputs:
                yield range(first, first + (last * apart + 1 if apart else LANES))
        yield from written(one.steps, samples)


def all_loops(statements: Sequence[Statement]) -> Iterator[Loop]:
    """The loops over samples, also those inside of repeats."""
    for one in statements:
        if isinstance(one, Loop):
            yield one
        elif isinstance(one, Repeat):
            yield from all_loops(one.steps)
