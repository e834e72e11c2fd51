"""Samples into lanes and out of them: as the Python backend takes them, one by one."""

import random

import pytest

from autograd.compiler.ir.program import Loop, Program, Step
from autograd.engine import calculus as c
from autograd.transforms.lane_sum import LANES
from tests.compiler.backends.test_llvm import agrees, numbers

MOST, DATA, OWN = 20, 8, 1200  # samples; where they begin, and the body
RESULTS = 600


def program(width: int) -> Program:
    """For each of so many samples the absolute values of its numbers."""
    size = LANES * width
    body = Step(c.abs, (), [[*range(OWN, OWN + size, LANES)]], OWN + size, width, LANES)
    inputs = [(DATA + i, width, OWN + LANES * i) for i in range(width)]
    outputs = [(OWN + size + LANES * i, RESULTS + i, width) for i in range(width)]
    loop = Loop([body], OWN, 0, inputs, outputs)
    return Program(OWN + 2 * size, RESULTS, [], [[loop]], range(RESULTS, OWN))


@pytest.mark.parametrize("width", [1, 7, 8, 9, 16, 19])
@pytest.mark.parametrize("count", [1, 7, 8, 9, 16, MOST])
def test_as_many_samples_and_numbers_as_there_are_arrive(count: int, width: int) -> None:
    draw = random.Random(width)
    given = [float(count), *[0.0] * (DATA - 1), *numbers(draw, MOST * width)]
    given += [0.0] * (RESULTS - len(given))
    assert agrees(program(width), given)
