"""Frames: how many there are in a slab, and where."""

import pytest

from autograd.compiler.ir.frames import (
    FEW_FLOATS,
    MOST_FLOATS,
    MOST_FRAMES,
    MOST_SLABS,
    AllFrames,
    Frames,
)
from autograd.compiler.ir.program import Loop, Step, Terms
from autograd.engine import calculus as c
from autograd.transforms.lane_sum import LANES

LANES_AT, SIZE = 600, 5000  # where the lanes of a loop begin, and the memory ends


def loop(operations: int, lanes: int = LANES_AT, apart: int = 0) -> Loop:
    """A loop with one input, a step of so many operations, and one result, added up or not."""
    step = Step(c.exp, (), [[lanes] * operations], lanes + LANES, operations, LANES)
    return Loop([step], lanes, 9, [(20, 1, lanes)], [(lanes + LANES, 40, apart)])


def frames_of(made: Loop, packs: int = 0) -> tuple[Frames, int]:
    frames = AllFrames()
    frames.measure(made, ())
    return frames.of(made, [(i,) * LANES for i in range(packs)], SIZE)


@pytest.mark.parametrize(("operations", "packs"), [(1, 0), (6, 0), (6, 3), (63, 0)])
def test_frames_hold_the_body_and_its_packs_and_are_an_odd_number_of_vectors_apart(
    operations: int, packs: int
) -> None:
    (shift, stride, number), size = frames_of(loop(operations), packs)
    vectors = 1 + operations + packs
    assert stride // LANES in (vectors, vectors + 1)
    assert stride % (2 * LANES) == LANES
    assert LANES_AT + shift == SIZE
    assert size == SIZE + number * stride
    assert number == MOST_FRAMES


@pytest.mark.parametrize(
    ("operations", "number"),
    [(MOST_FLOATS // LANES // 4 - 2, 4), (MOST_FLOATS // LANES // 4, 3), (MOST_FLOATS, 1)],
)
def test_fewer_frames_of_a_large_body_fit_into_the_cache(operations: int, number: int) -> None:
    frames, _ = frames_of(loop(operations))
    assert frames.number == number
    assert list(frames.shifts()) == [frames.shift + i * frames.stride for i in range(number)]


@pytest.mark.parametrize(("fit", "number"), [(40, MOST_FRAMES), (4, 4), (1, 1), (0.5, 1)])
def test_where_nothing_is_added_up_fewer_frames_fit_into_the_nearest_cache(
    fit: float, number: int
) -> None:
    frames, _ = frames_of(loop(int(FEW_FLOATS / LANES / fit) - 2, apart=1))
    assert frames.number == number


def test_loops_of_one_body_have_the_same_frames_which_hold_all_that_any_of_them_does() -> None:
    frames, few, many = AllFrames(), loop(3), loop(9)
    for each in (few, many):
        frames.measure(each, ())
    first, size = frames.of(few, [], SIZE)
    assert frames.of(many, [], size) == (first, size)
    assert first.stride == 11 * LANES


def test_many_loops_need_no_more_memory_than_a_few_slabs() -> None:
    frames, size, numbers = AllFrames(), 0, []
    operations = MOST_FLOATS // LANES // MOST_FRAMES - 4
    for lanes in range(8, 8 * 4 * MOST_SLABS, 8):
        one = loop(operations, lanes)
        frames.measure(one, ())
        found, size = frames.of(one, [], size)
        numbers.append(found.number)
    assert numbers[0] == MOST_FRAMES
    assert numbers[-1] == 1
    assert size < 2 * MOST_SLABS * MOST_FLOATS


def test_result_that_is_added_up_at_once_needs_no_place() -> None:
    products = Step(None, (Terms(False, 2, 1),), [[600] * 4, [608] * 4], 624, 4, LANES)
    made = Loop([products], LANES_AT, 9, [(20, 1, 600), (21, 1, 608)], [(624, 0, 0)])
    frames = AllFrames()
    frames.measure(made, range(624, 624 + 4 * LANES))
    assert frames.end(made) == 616
    frames.measure(made, range(632, 632 + 4 * LANES))
    assert frames.end(made) == 632
