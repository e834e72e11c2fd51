"""Sums over lanes: three steps in a program, one kernel in lanes."""

from dataclasses import replace

from autograd.compiler.ir.kernel import Kernel
from autograd.compiler.ir.lane_sums import lane_sum_kernels, lane_sum_steps
from autograd.compiler.ir.program import Step
from autograd.transforms.lane_sum import LANES

SUMS, WIDTH = 800, 16


def steps(width: int = WIDTH) -> list[Step]:
    outs = iter(range(2000, 9000, 1000))
    return list(lane_sum_steps(SUMS, width, lambda count: next(outs)))


def test_steps_add_the_second_half_of_the_lanes_to_the_first() -> None:
    first, second, third = steps()
    result = 3
    lanes = [SUMS + LANES * result + lane for lane in range(LANES)]
    pairs = list(zip(*first.columns, strict=True))
    assert pairs[result::WIDTH] == list(zip(lanes[:4], lanes[4:], strict=True))
    places = [2000 + WIDTH * lane + result for lane in range(4)]
    pairs = list(zip(*second.columns, strict=True))
    assert pairs[result::WIDTH] == list(zip(places[:2], places[2:], strict=True))
    assert list(zip(*third.columns, strict=True))[result] == (3000 + result, 3016 + result)
    assert (third.out, third.count) == (4000, WIDTH)


def test_one_kernel_does_all_three() -> None:
    table = [SUMS, 4000, SUMS + 64, 4008]
    assert lane_sum_kernels(steps(), {SUMS}) == ([Kernel(("lane_sums",), 2, 0, table, [])], 3)


def test_other_steps_are_left_as_they_are() -> None:
    first, second, third = steps()
    moved = replace(second, out=3008)
    for others in [(first, second), (first, moved, third), (second, third), steps(width=12)]:
        assert lane_sum_kernels(others, {SUMS}) == ([], 0)


def test_sums_of_other_numbers_are_so_too_for_something_else_may_read_what_is_between() -> None:
    assert lane_sum_kernels(steps(), set()) == ([], 0)
