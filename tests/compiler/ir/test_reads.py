"""Reads of operands: which blocks are read as rows and which as splats, and by whom."""

import pytest

from autograd.compiler.ir.kernel import ROW, SPLAT
from autograd.compiler.ir.packs import Vector
from autograd.compiler.ir.reads import Read, Reads, group_blocks, reads_in_loop, reads_of

PACKED = 96
SCATTERED = [0, 2, 4, 6, 8, 10, 12, 14]


def pack(vector: Vector) -> Read:
    return ROW, PACKED


@pytest.mark.parametrize(
    ("column", "kind", "kinds", "addresses"),
    [
        (list(range(8, 32)), ROW, [], [8, 16, 24]),
        (list(range(8, 20)), ROW, [], [8, 16]),  # the last block has four
        ([5] * 24, SPLAT, [], [5, 5, 5]),
        ([5] * 8 + [6] * 8, SPLAT, [], [5, 6]),
        ([*range(16, 24), *range(40, 48)], ROW, [], [16, 40]),
        ([5] * 8 + [*range(16, 24)], "", [SPLAT, ROW], [5, 16]),
        (SCATTERED + [5] * 8, "", [ROW, SPLAT], [PACKED, 5]),
    ],
)
def test_a_column_is_read_in_vectors_of_eight(
    column: list[int], kind: str, kinds: list[str], addresses: list[int]
) -> None:
    known: dict[Vector, Read] = {(5,) * 8: (SPLAT, 5), (6,) * 8: (SPLAT, 6)}
    known.update((tuple(range(x, x + 8)), (ROW, x)) for x in (16, 40))
    found = reads_of(column, known, pack)
    assert (found.kind, [*found.kinds], [*found.addresses]) == (kind, kinds, addresses)
    assert [found.at(i) for i in range(len(addresses))] == [
        (kind or kinds[i], address) for i, address in enumerate(addresses)
    ]


def test_what_is_known_of_a_vector_is_not_asked_again() -> None:
    def refuse(vector: Vector) -> Read:
        raise AssertionError(vector)

    known = {tuple(SCATTERED): (ROW, 64), (5,) * 8: (SPLAT, 5)}
    assert reads_of(SCATTERED + [5] * 8, known, refuse).addresses == (64, 5)


@pytest.mark.parametrize(
    ("column", "kind", "kinds"),
    [([16, 24], ROW, ()), ([3, 5], SPLAT, ()), ([3, 16], "", [SPLAT, ROW])],
)
def test_in_a_loop_lanes_are_rows(column: list[int], kind: str, kinds: list[str]) -> None:
    assert reads_in_loop(column, 16) == Reads(kind, kinds, column)


ROWS, SPLATS = Reads(ROW, (), [0, 8, 16]), Reads(SPLAT, (), [1, 2, 3])
MIXED, OTHERS = Reads("", [ROW, SPLAT, SPLAT], [0, 1, 2]), Reads("", [SPLAT, SPLAT, ROW], [1, 2, 8])


@pytest.mark.parametrize(
    ("alike", "groups"),
    [
        ([[ROWS], [SPLATS]], {(ROW, SPLAT): [0, 1, 2]}),
        ([[ROWS, SPLATS]], {(ROW,): [0, 1, 2]}),  # as splats where all are
        ([[MIXED]], {(ROW,): [0], (SPLAT,): [1, 2]}),
        ([[MIXED, SPLATS, OTHERS]], {(ROW,): [0, 2], (SPLAT,): [1]}),
        ([[MIXED], [ROWS]], {(ROW, ROW): [0], (SPLAT, ROW): [1, 2]}),
    ],
)
def test_blocks_that_read_alike_are_together(
    alike: list[list[Reads]], groups: dict[tuple[str, ...], list[int]]
) -> None:
    found = group_blocks(alike, range(3), [32, 40, 48], {})
    assert {kinds: [*blocks] for kinds, adds, blocks in found if not adds} == groups


def test_what_is_added_at_once_is_apart() -> None:
    found = group_blocks([[ROWS]], [0, 2], [32, 40, 48], {48: 80})
    assert found == [((ROW,), False, [0]), ((ROW,), True, [2])]


def test_no_blocks_are_no_group() -> None:
    assert group_blocks([[MIXED]], [], [32], {}) == []
