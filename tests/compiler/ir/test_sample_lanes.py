"""Numbers of samples: eight of them side by side go into lanes and out of them at once."""

import pytest

from autograd.compiler.ir.kernel import Kernel
from autograd.compiler.ir.program import Loop
from autograd.compiler.ir.sample_lanes import into_lanes_kernels, out_of_lanes_kernels
from autograd.transforms.lane_sum import LANES

OWN = 1000  # addresses from here on have lanes


def lanes(i: int) -> int:
    return OWN + LANES * i


def loop_of(inputs: list[tuple[int, int]], outputs: list[tuple[int, int, int]]) -> Loop:
    """A loop with these inputs, in lanes one after the other."""
    into = [(first, apart, lanes(i)) for i, (first, apart) in enumerate(inputs)]
    return Loop([], OWN, 0, into, outputs)


def rows(name: str, first: int, apart: int, *numbers: int) -> Kernel:
    return Kernel((name,), 1, 0, [first, apart, *map(lanes, numbers)], [])


def test_few_inputs_go_one_by_one() -> None:
    found = into_lanes_kernels(loop_of([(10, 7), (11, 7)], []))
    assert found == [Kernel(("into_lanes",), 2, 0, [lanes(0), 10, 7, lanes(1), 11, 7], [])]


def test_eight_inputs_side_by_side_are_rows_in_whatever_order_they_come() -> None:
    places = [(10 + i, 9) for i in (3, 1, 0, 2, 7, 6, 5, 4)]
    (found,) = into_lanes_kernels(loop_of(places, []))
    assert found == rows("rows_into_lanes", 10, 9, 2, 1, 3, 0, 7, 6, 5, 4)


@pytest.mark.parametrize("count", range(9, 17))
def test_the_last_eight_overlap_with_those_before(count: int) -> None:
    (found,) = into_lanes_kernels(loop_of([(10 + i, 20) for i in range(count)], []))
    tables = [found.table[: 2 + LANES], found.table[2 + LANES :]]
    assert [table[0] for table in tables] == [10, 10 + count - LANES]
    assert tables[1][-1] == lanes(count - 1)


def test_numbers_at_other_distances_or_places_are_no_row() -> None:
    inputs = [*((10 + i, 9) for i in range(4)), *((14 + i, 8) for i in range(4)), (40, 9)]
    (found,) = into_lanes_kernels(loop_of(inputs, []))
    assert (found.name, found.blocks) == (("into_lanes",), 9)


def test_one_number_may_go_to_several_lanes() -> None:
    (first, second) = into_lanes_kernels(loop_of([*((10 + i, 9) for i in range(8)), (10, 9)], []))
    assert {first.name, second.name} == {("rows_into_lanes",), ("into_lanes",)}
    assert first.blocks == second.blocks == 1


def test_results_are_rows_too_but_not_those_that_all_samples_share_or_that_are_added_up() -> None:
    outputs = [(lanes(i), 10 + i, 12) for i in range(8)]
    others = [(5, 18, 12), (lanes(8), 400, 0), (6, 408, 0), (lanes(9), 416, 0)]
    found = out_of_lanes_kernels(loop_of([], [*outputs, *others]), {lanes(9): 416})
    assert found == [
        rows("rows_out_of_lanes", 10, 12, *range(8)),
        Kernel(("out_of_lanes", "s"), 1, 0, [18, 5, 12], []),
        Kernel(("add_lanes", "r"), 1, 0, [400, lanes(8)], []),
        Kernel(("add_lanes", "s"), 1, 0, [408, 6], []),
    ]


def test_a_loop_without_numbers_of_samples_has_no_kernels_for_them() -> None:
    assert into_lanes_kernels(loop_of([], [])) == []
    assert out_of_lanes_kernels(loop_of([], []), {}) == []
