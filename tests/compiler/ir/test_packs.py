"""Packs: which vectors are turned, which are blended, and which are copied one by one."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings, strategies as st

from autograd.compiler.ir.kernel import Kernel
from autograd.compiler.ir.packs import FEW, pack_kernels
from autograd.transforms.lane_sum import LANES

SCATTERED = (7, 3, 9, 1, 200, 5, 60, 2)


def moved(vector: Sequence[int], distance: int) -> tuple[int, ...]:
    return tuple(x + distance for x in vector)


def kernels(*vectors: Sequence[int]) -> list[Kernel]:
    """The kernels that put these vectors to 1000, 1008, …"""
    places = {tuple(vector): 1000 + LANES * i for i, vector in enumerate(vectors)}
    return list(pack_kernels(places))


def test_nothing_pending_is_no_kernel() -> None:
    assert kernels() == []


def test_any_eight_numbers_are_copied_one_by_one() -> None:
    other = (1, 9, 2, 8, 3, 7, 4, 6)
    table = [1000, *SCATTERED, 1008, *other]
    assert kernels(SCATTERED, other) == [Kernel(("pack",), 2, LANES, table, [])]


# --- transposes -----------------------------------------------------------------------------


def test_columns_of_a_matrix_are_eight_rows_turned() -> None:
    columns = [range(i, 8 * 20 + i, 20) for i in range(8)]
    table = [*range(0, 160, 20), *range(1000, 1064, 8)]
    assert kernels(*columns) == [Kernel(("transpose",), 1, 0, table, [])]


def test_rows_may_be_anywhere_and_the_vectors_in_any_order() -> None:
    (kernel,) = kernels(*[moved(SCATTERED, i) for i in (3, 1, 0, 2, 7, 6, 5, 4)])
    outs = [1000 + LANES * i for i in (2, 1, 3, 0, 7, 6, 5, 4)]
    assert kernel.table == [*SCATTERED, *outs]


def test_last_eight_of_a_longer_chain_overlap_with_those_before() -> None:
    (kernel,) = kernels(*[moved(SCATTERED, i) for i in range(19)])
    assert (kernel.name, kernel.blocks) == (("transpose",), 3)
    starts = [kernel.table[i] - SCATTERED[0] for i in range(0, 48, 16)]
    assert starts == [0, 8, 11]


def test_seven_columns_are_no_transpose() -> None:
    (kernel,) = kernels(*[moved(SCATTERED, i) for i in range(7)])
    assert kernel.name == ("pack",)


# --- blends ---------------------------------------------------------------------------------

BLENDS: dict[str, tuple[Sequence[int], str, list[int]]] = {
    "row row": ((10, 11, 12, 40, 41, 42, 43, 44), "rr", [10, 37, 3]),
    "splat splat": ((5, 5, 5, 5, 9, 9, 9, 9), "ss", [5, 9, 4]),
    "row splat": ((10, 11, 12, 13, 14, 15, 3, 3), "rs", [10, 3, 6]),
    "splat row": ((3, 3, 10, 11, 12, 13, 14, 15), "sr", [3, 8, 2]),
    "one and a row": ((90, 4, 5, 6, 7, 8, 9, 10), "rr", [90, 3, 1]),
    "one and a splat": ((90, 4, 4, 4, 4, 4, 4, 4), "rs", [90, 4, 1]),
    "a row and one": ((4, 5, 6, 7, 8, 9, 10, 90), "rr", [4, 83, 7]),
    "a splat and one": ((4, 4, 4, 4, 4, 4, 4, 90), "sr", [4, 83, 7]),
    "two rows that begin the same": ((4, 5, 4, 5, 6, 7, 8, 9), "rr", [4, 2, 2]),
    "a row that begins before all": ((90, 0, 1, 2, 3, 4, 5, 6), "rr", [90, -1, 1]),
}


@pytest.mark.parametrize("name", BLENDS)
def test_vector_of_two_parts_is_a_blend(name: str) -> None:
    vector, kinds, parts = BLENDS[name]
    vectors = [moved(vector, 100 * i) for i in range(FEW)]
    (kernel,) = kernels(*vectors)
    assert (kernel.name, kernel.blocks) == (("blend", kinds), FEW)
    assert kernel.table[:4] == [1000, *parts]


def test_a_few_blends_are_copied_one_by_one_with_the_others() -> None:
    vectors = [moved(BLENDS["row row"][0], 100 * i) for i in range(FEW - 1)]
    (kernel,) = kernels(*vectors, SCATTERED)
    assert (kernel.name, kernel.blocks) == (("pack",), FEW)


def test_vectors_of_three_parts_are_no_blend() -> None:
    vector = (1, 1, 1, 5, 5, 5, 9, 9)
    assert [x.name for x in kernels(*[moved(vector, 100 * i) for i in range(9)])] == [("pack",)]


# --- any vectors ----------------------------------------------------------------------------


def copied(kernel: Kernel) -> list[tuple[int, tuple[int, ...]]]:
    """The place of each vector that a kernel makes, and what it holds."""
    table = kernel.table
    if kernel.name == ("pack",):
        return [(table[i], tuple(table[i + 1 : i + 9])) for i in range(0, len(table), 9)]
    if kernel.name == ("transpose",):
        return [
            (table[i + 8 + k], moved(table[i : i + 8], k))
            for i in range(0, len(table), 16)
            for k in range(8)
        ]
    found = []
    for i in range(0, len(table), 4):
        out, *starts, size = table[i : i + 4]
        parts = [
            [start + lane if kind == "r" else start for lane in range(LANES)]
            for kind, start in zip(kernel.name[1], starts, strict=True)
        ]
        found.append((out, (*parts[0][:size], *parts[1][size:])))
    return found


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 1 << 32))
def test_each_vector_arrives_at_its_place(seed: int) -> None:
    draw = random.Random(seed)
    shapes = [SCATTERED, range(0, 80, 10), *(vector for vector, _, _ in BLENDS.values())]
    vectors = [moved(draw.choice(shapes), draw.randrange(30)) for _ in range(draw.randrange(80))]
    places = {vector: 1000 + LANES * i for i, vector in enumerate(dict.fromkeys(vectors))}
    found = [one for kernel in pack_kernels(places) for one in copied(kernel)]
    assert {vector: place for place, vector in found} == places
    assert len({place for place, _ in found}) == len(places)
