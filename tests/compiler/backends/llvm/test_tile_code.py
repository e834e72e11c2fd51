"""The kernel of tiles against the Python backend, bit for bit: as many shapes as there are."""

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from autograd.compiler.backends.llvm.backend import LlvmExecutable
from autograd.compiler.backends.python import PythonExecutable
from autograd.compiler.ir.program import Loop, Program, Step, Terms
from autograd.compiler.ir.tiles import FEW_TERMS, SIZES
from autograd.transforms.lane_sum import LANES
from tests.compiler.backends.test_backends import outputs
from tests.compiler.backends.test_llvm import numbers

INPUTS = 3000


def names(executable: LlvmExecutable) -> Iterator[tuple[Any, ...]]:
    for kernel in itertools.chain(*executable.kernels):
        for one in kernel.body or [kernel]:
            yield one.name


def tiles(program: Program) -> set[tuple[Any, ...]]:
    """The kernels of tiles that run the program."""
    return {name[1:] for name in names(LlvmExecutable(program)) if name[0] == "tile"}


def agrees(program: Program, inputs: Sequence[float]) -> bool:
    return outputs(LlvmExecutable, program, inputs) == outputs(PythonExecutable, program, inputs)


def offsets(draw: random.Random, terms: int, most: int) -> list[int]:
    """The distances of the terms: affine in one, two or three segments, or any."""
    if draw.random() < 0.2:
        return [0, *(draw.randrange(most) for _ in range(terms - 1))]
    found: list[int] = []
    for length in cut(draw, terms):
        start, step = draw.randrange(most // 2), draw.randrange(most // (2 * terms) + 1)
        found += [start + step * i for i in range(length)]
    return [x - min(found) for x in found]


def cut(draw: random.Random, total: int) -> list[int]:
    places = sorted(draw.randrange(total + 1) for _ in range(draw.choice([0, 1, 2])))
    return [b - a for a, b in itertools.pairwise([0, *places, total])]


def sums(draw: random.Random, rows: int, count: int, runs: Sequence[Terms]) -> Step:
    """For each of some rows of a matrix as many sums as `count`, whatever that is.

    Where `count` is no multiple of eight, blocks straddle the edges of the rows.
    """
    columns: list[list[int]] = []
    for run in runs:
        own, common = offsets(draw, run.terms, 700), offsets(draw, run.terms, 700)
        apart, first, second = draw.choice([1, 40]), draw.randrange(400), draw.randrange(1000)
        for x, y in zip(own, common, strict=True):
            column = [first + apart * row + x for row in range(rows) for _ in range(count)]
            other = [second + y + i for _ in range(rows) for i in range(count)]
            columns += [column, other][: run.factors][:: draw.choice([1, -1]) if x == 0 else 1]
    return Step(None, tuple(runs), columns, INPUTS, rows * count)


def program_of(step: Step) -> Program:
    end = INPUTS + LANES * -(-step.count // LANES)
    return Program(end, INPUTS, [], [[step]], range(INPUTS, INPUTS + step.count))


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 8, 12, 15, 24])
@pytest.mark.parametrize("count", [1, 7, 8, 16, 20])
def test_matrix_times_vectors(rows: int, count: int) -> None:
    draw = random.Random(f"{rows}{count}")
    inputs = numbers(draw, INPUTS)
    for terms in (FEW_TERMS, FEW_TERMS + 1, 40):
        step = sums(draw, rows, count, [Terms(terms % 2 == 1, 2, terms)])
        assert agrees(program_of(step), inputs), terms


def product(kinds: str, terms: int, size: int, alike: bool = True) -> list[list[int]]:
    """The columns of so many blocks, alike or not; the second factor is the same for all."""
    columns = []
    for term in range(terms):
        for factor, kind in enumerate(kinds):
            bases = [0 if factor else 50 * i for i in range(size)]
            if not alike and not factor:
                bases = [x + i * term for i, x in enumerate(bases)]
            step = 1 if kind == "s" else 8
            lanes = range(LANES) if kind == "r" else [0] * LANES
            columns.append([2000 * factor + x + step * term + i for x in bases for i in lanes])
    return columns


READ = [("sr", True), ("rs", True), ("rr", True), ("sr", False), ("rr", False)]


@pytest.mark.parametrize("minus", [False, True], ids=["added", "subtracted"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("begins", [True, False], ids=["begins", "goes on"])
@pytest.mark.parametrize(("kinds", "alike"), READ)
def test_each_kernel(kinds: str, alike: bool, begins: bool, size: int, minus: bool) -> None:
    draw = random.Random(f"{kinds}{size}{minus}")
    before = [] if begins else [Terms(not minus, 1, 1)]
    first = [] if begins else [[2500 + i for i in range(size * LANES)]]
    columns = [*first, *product(kinds, 20, size, alike)]
    step = Step(None, (*before, Terms(minus, 2, 20)), columns, INPUTS, size * LANES)
    program = program_of(step)
    assert tiles(program) == {(begins, minus, kinds, size, False, alike)}
    assert agrees(program, numbers(draw, INPUTS))


@pytest.mark.parametrize("minus", [False, True], ids=["added", "subtracted"])
@pytest.mark.parametrize("begins", [True, False], ids=["begins", "goes on"])
def test_signs_of_zeros(begins: bool, minus: bool) -> None:
    before = [] if begins else [Terms(not minus, 1, 1)]
    first = [] if begins else [[2500 + i for i in range(8 * LANES)]]
    columns = [*first, *product("sr", FEW_TERMS + 1, 8)]
    step = Step(None, (*before, Terms(minus, 2, FEW_TERMS + 1)), columns, INPUTS, 8 * LANES)
    for seed in range(20):
        draw = random.Random(seed)
        zeros = [draw.choice([-0.0, -0.0, -0.0, 0.0, 1.0][: 3 + seed % 3]) for _ in range(INPUTS)]
        for i in range(2000):
            zeros[i] = abs(zeros[i])
        assert agrees(program_of(step), zeros)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1 << 32))
@example(27)  # all blocks are left by tiles, in an order of their own
def test_sums_of_any_shape(seed: int) -> None:
    draw = random.Random(seed)
    lengths = [1, 2, FEW_TERMS, FEW_TERMS + 1, 13, 30]
    runs = [
        Terms(draw.random() < 0.5, draw.choice([1, 2, 2]), draw.choice(lengths))
        for _ in range(draw.randint(1, 4))
    ]
    step = sums(draw, draw.randint(1, 20), draw.choice([1, 3, 8, 8, 11, 16]), runs)
    assert agrees(program_of(step), numbers(draw, INPUTS))


# --- in a loop over samples -----------------------------------------------------------------


def looped(rows: int, terms: int, samples: int, reads: bool) -> Program:
    """A matrix times a vector of each sample; what no step `reads` is added up at once."""
    count, inputs = 800, terms * 20
    first = count + 1  # of the samples
    lanes = -(-(first + inputs) // LANES) * LANES
    out = lanes + LANES * terms
    into = [(first + i, terms, lanes + LANES * i) for i in range(terms)]
    columns = []
    for term in range(terms):
        columns += [[30 * row + term for row in range(rows)], [lanes + LANES * term] * rows]
    made = Step(None, (Terms(False, 2, terms),), columns, out, rows, LANES)
    read = [[out + LANES * row for row in range(rows)]]
    after = Step(None, (Terms(False, 1, 1),), read, out + LANES * rows, rows, LANES)
    sums = out + 2 * LANES * rows
    results = [(out + LANES * row, sums + LANES * row, 0) for row in range(rows)]
    loop = Loop([made, after] if reads else [made], lanes, count, into, results)
    size = sums + LANES * rows
    return Program(size, first + inputs, [], [[loop]], range(sums, size))


@pytest.mark.parametrize("reads", [False, True], ids=["added at once", "stored"])
@pytest.mark.parametrize("rows", [4, 8, 13, 15])
def test_sums_of_samples(rows: int, reads: bool) -> None:
    terms = FEW_TERMS + 3
    for samples in (1, 7, 8, 9, 20):
        program = looped(rows, terms, samples, reads)
        assert {name[-2] for name in tiles(program)} == {not reads}
        draw = random.Random(samples)
        inputs = numbers(draw, program.inputs)
        inputs[800] = float(samples)
        assert agrees(program, inputs), samples
