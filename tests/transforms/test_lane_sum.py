"""The one order of sums over samples: slab by slab, so that a sum can be carried on elsewhere."""

from random import Random

import pytest

from autograd.transforms.lane_sum import SLAB, add_slabs, lane_sum, slabs
from tests.bits import bits

draw = Random(1)
BATCH = [draw.gauss(0.0, 1.0) for _ in range(3 * SLAB + 10)]
SUMS = [lane_sum(BATCH[i:stop]) for i, stop in slabs(len(BATCH))]


def test_slabs_are_of_256_samples_and_what_is_left() -> None:
    assert list(slabs(1)) == [(0, 1)]
    assert list(slabs(512)) == [(0, 256), (256, 512)]
    assert list(slabs(600)) == [(0, 256), (256, 512), (512, 600)]
    assert list(slabs(0)) == []


def test_the_sums_of_slabs_make_that_of_all_samples() -> None:
    assert len(SUMS) == 4
    assert bits(add_slabs(SUMS)) == bits(lane_sum(BATCH))


@pytest.mark.parametrize("done", range(1, len(SUMS)))
def test_a_sum_can_be_carried_on(done: int) -> None:
    assert bits(add_slabs([add_slabs(SUMS[:done]), *SUMS[done:]])) == bits(lane_sum(BATCH))


def test_another_order_has_other_bits() -> None:
    first, second, third, fourth = SUMS
    assert bits(lane_sum(BATCH)) != bits((first + second) + (third + fourth))


def test_the_sum_of_one_slab_is_itself_and_of_none_an_error() -> None:
    assert bits(add_slabs([-0.0])) == bits(-0.0)
    with pytest.raises(TypeError):
        add_slabs([])


def test_arrays_are_added_place_by_place() -> None:
    numpy = pytest.importorskip("numpy")
    rows = [numpy.array([x, 2.0 * x]) for x in SUMS]
    assert bits(add_slabs(rows).tolist()) == bits(
        [add_slabs(SUMS), add_slabs(2.0 * x for x in SUMS)]
    )
