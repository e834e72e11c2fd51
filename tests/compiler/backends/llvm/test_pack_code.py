"""The kernels of packs: numbers arrive with their bits, from wherever they are."""

import random
from collections.abc import Sequence

import pytest

from autograd.compiler.backends.llvm.backend import LlvmExecutable
from autograd.compiler.ir.program import Program, Step
from autograd.engine import calculus as c
from autograd.transforms.lane_sum import LANES
from tests.bits import bits
from tests.compiler.backends.test_backends import outputs
from tests.compiler.ir.test_packs import BLENDS, SCATTERED, moved

INPUTS = 1000


def agrees(vectors: Sequence[Sequence[int]], kinds: set[str]) -> bool:
    """Whether these vectors are read right, by kernels of these kinds."""
    column = [x for vector in vectors for x in vector]
    step = Step(c.neg, (), [column], INPUTS, len(column))
    program = Program(
        INPUTS + len(column), INPUTS, [], [[step]], range(INPUTS, INPUTS + step.count)
    )
    found = {kernel.name[0] for kernel in LlvmExecutable(program).kernels[0]} - {"map"}
    assert found == kinds
    draw = random.Random(0)
    inputs = [draw.choice([-0.0, 0.0, draw.random()]) for _ in range(INPUTS)]
    return outputs(LlvmExecutable, program, inputs) == bits([-inputs[x] for x in column])


@pytest.mark.parametrize("count", [8, 9, 15, 16, 30])
def test_columns_of_a_matrix(count: int) -> None:
    assert agrees([range(i, 800 + i, 100) for i in range(count)], {"transpose"})


def test_columns_at_the_end_of_memory() -> None:
    assert agrees([range(INPUTS - 708 + i, INPUTS, 100) for i in range(8)], {"transpose"})


def test_columns_of_rows_that_lie_anywhere() -> None:
    order = random.Random(1).sample(range(20), 20)
    assert agrees([moved(SCATTERED, i) for i in order], {"transpose"})


@pytest.mark.parametrize("name", BLENDS)
def test_vectors_of_two_parts(name: str) -> None:
    vector = BLENDS[name][0]
    assert agrees([moved(vector, 100 * i) for i in range(5)], {"blend"})


def test_parts_at_both_ends_of_memory() -> None:
    ends = [(*range(INPUTS - k, INPUTS), *range(LANES - k)) for k in range(1, LANES)]
    assert agrees(ends, {"blend"})


def test_all_kinds_at_once() -> None:
    blends = [moved(BLENDS["row row"][0], 100 * i) for i in range(4)]
    columns = [moved(SCATTERED, i) for i in range(8)]
    assert agrees([*blends, *columns, range(3, 27, 3)], {"transpose", "blend", "pack"})
