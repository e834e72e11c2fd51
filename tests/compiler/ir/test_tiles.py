"""Tiles: which blocks of sums are computed side by side, and the form of their table."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings, strategies as st

from autograd.compiler.ir.kernel import Kernel
from autograd.compiler.ir.lanes import Lanes
from autograd.compiler.ir.program import Loop, Step, Terms
from autograd.compiler.ir.tiles import FEW_TERMS, SIZES, Block, find_tiles
from autograd.transforms.lane_sum import LANES

TERMS = FEW_TERMS + 1


def affine(base: int, step: int, terms: int = TERMS) -> tuple[int, ...]:
    return tuple(base + step * term for term in range(terms))


def block(number: int, kinds: str, *factors: Sequence[int], adds: bool = False) -> Block:
    return Block(number, 9000 + LANES * number, kinds, tuple(map(tuple, factors)), adds)


def matrix(rows: int, vectors: int = 1, kinds: str = "sr") -> list[Block]:
    """A matrix of so many rows times so many vectors of eight columns."""
    places = [(100 * row, 5000 + 8 * vector) for vector in range(vectors) for row in range(rows)]
    return [
        block(i, kinds, *(affine(x, 1), affine(y, 80))[:: 1 if kinds == "sr" else -1])
        for i, (x, y) in enumerate(places)
    ]


def shapes(blocks: Sequence[Block]) -> tuple[list[tuple[str, int, int]], list[int]]:
    """The kinds of factors, size and number of the tiles of each call, and the blocks in none."""
    found, left = find_tiles(blocks)
    kernels = [tiles.kernel(True, False) for tiles in found]
    return [(kernel.name[3], kernel.name[4], kernel.blocks) for kernel in kernels], left


@pytest.mark.parametrize(
    ("rows", "wanted", "left"),
    [
        (8, [("sr", 8, 1)], 0),
        (16, [("sr", 8, 2)], 0),
        (4, [("sr", 4, 1)], 0),
        (3, [("sr", 3, 1)], 0),
        (15, [("sr", 8, 1), ("sr", 4, 1), ("sr", 3, 1)], 0),
        (14, [("sr", 8, 1), ("sr", 4, 1)], 2),
        (2, [], 2),
        (1, [], 1),
        (0, [], 0),
    ],
)
def test_blocks_are_taken_in_eights_a_four_and_a_three(
    rows: int, wanted: list[tuple[str, int, int]], left: int
) -> None:
    assert SIZES == (8, 4, 3)
    found, others = shapes(matrix(rows))
    assert (found, others) == (wanted, list(range(rows - left, rows)))


def test_rows_are_shared_rather_than_splats() -> None:
    assert shapes(matrix(8, 8)) == ([("sr", 8, 8)], [])
    assert shapes(matrix(8, 8, kinds="rs")) == ([("sr", 8, 8)], [])


def test_what_is_left_of_the_rows_may_share_splats() -> None:
    assert shapes(matrix(1, 8)) == ([("rs", 8, 1)], [])
    assert shapes(matrix(9, 8)) == ([("sr", 8, 8), ("rs", 8, 1)], [])


def test_two_rows_may_be_shared_as_well() -> None:
    blocks = [block(i, "rr", affine(100 * i, 8), affine(5000, 80)) for i in range(4)]
    assert shapes(blocks) == ([("rr", 4, 1)], [])


def test_the_offsets_are_any_that_the_blocks_have_in_common() -> None:
    offsets = random.Random(0).sample(range(1000), TERMS)
    row = affine(5000, 80)
    blocks = [block(i, "sr", [100 * i + x for x in offsets], row) for i in range(8)]
    assert shapes(blocks) == ([("sr", 8, 1)], [])


OTHER_END = (*affine(300, 1)[:-1], 77)


def test_blocks_that_differ_in_one_offset_share_the_other_factor_all_the_same() -> None:
    first, second, last = matrix(3)
    (tiles,), left = find_tiles(
        [first, second, last._replace(factors=(OTHER_END, last.factors[1]))]
    )
    assert (tiles.alike, tiles.size, left) == (False, 3, [])


def test_blocks_that_differ_in_an_offset_of_the_shared_factor_are_in_no_tile() -> None:
    first, second, last = matrix(3, kinds="rr")
    others = [last._replace(factors=(last.factors[0], OTHER_END))]
    assert shapes([first, second, *others])[0] == []


def test_blocks_that_are_read_in_another_way_are_in_no_tile() -> None:
    first, second, last = matrix(3)
    assert shapes([first, second, last._replace(kinds="rr")])[0] == []
    assert shapes([first, second, last._replace(adds=True)])[0] == []


def test_table_has_the_offsets_of_each_term_and_of_each_tile_the_bases_and_results() -> None:
    blocks = [block(i, "sr", [10 * i, 10 * i + 2, 10 * i + 1], [50, 58, 66]) for i in range(4)]
    (tiles,), left = find_tiles(blocks)
    table = [0, 0, 2, 8, 1, 16, *[0, 10, 20, 30], 50, *[9000, 9008, 9016, 9024]]
    assert tiles.kernel(True, False) == Kernel(
        ("tile", True, False, "sr", 4, False, True), 1, 3, table, []
    )
    assert tiles.kernel(False, True).name == ("tile", False, True, "sr", 4, False, True)
    assert left == []


def test_table_of_blocks_that_step_in_ways_of_their_own_has_all_addresses_term_by_term() -> None:
    ways = [[10, 12, 11], [20, 21, 22], [30, 39, 38]]
    (tiles,), _ = find_tiles([block(i, "sr", way, [50, 58, 66]) for i, way in enumerate(ways)])
    table = [*[10, 20, 30, 50], *[12, 21, 39, 58], *[11, 22, 38, 66], *[9000, 9008, 9016]]
    name = ("tile", True, False, "sr", 3, False, False)
    assert tiles.kernel(True, False) == Kernel(name, 1, 3, table, [])


def read(kernel: Kernel) -> list[tuple[int, frozenset[tuple[int, ...]]]]:
    """The result of each block of a call, and the addresses of its factors."""
    *_, size, _, alike = kernel.name
    terms, table = kernel.terms, kernel.table
    offsets = table[: 2 * terms] if alike else []
    length = size + 1 if alike else terms * (size + 1)
    found = []
    for start in range(len(offsets), len(table), length + size):
        places = [table[start + i : start + length : size + 1] for i in range(size + 1)]
        if alike:
            offset, other = offsets[::2], offsets[1::2]
            own = [[base + x for x in offset] for (base,) in places[:size]]
            places = [*own, [places[size][0] + x for x in other]]
        for i in range(size):
            factors = frozenset({tuple(places[i]), tuple(places[size])})
            found.append((table[start + length + i], factors))
    return found


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 1 << 32))
def test_each_block_is_in_one_tile_or_left_and_reads_what_it_read(seed: int) -> None:
    draw = random.Random(seed)
    patterns = [affine(0, draw.randrange(9)) for _ in range(3)]
    blocks = [
        block(
            i,
            draw.choice(["sr", "rs", "rr"]),
            *([100 * draw.randrange(4) + x for x in draw.choice(patterns)] for _ in range(2)),
            adds=draw.random() < 0.2,
        )
        for i in range(draw.randrange(120))
    ]
    tiles, left = find_tiles(blocks)
    found = [one for x in tiles for one in read(x.kernel(True, False))]
    found += [(blocks[i].out, frozenset(map(tuple, blocks[i].factors))) for i in left]
    wanted = [(x.out, frozenset(map(tuple, x.factors))) for x in blocks]
    assert sorted(found, key=lambda x: x[0]) == wanted


# --- in the kernels of a step ---------------------------------------------------------------


def products(rows: int, *runs: Terms, out: int = 4000) -> Step:
    """Eight sums for each row of a matrix: of its products with a vector, in so many runs."""
    columns = []
    for number, run in enumerate(runs):
        for term in range(run.terms):
            place = 30 * number + term
            columns.append([200 * row + place for row in range(rows) for _ in range(LANES)])
            if run.factors == 2:
                columns.append([3000 + 8 * place + i for _ in range(rows) for i in range(LANES)])
    return Step(None, runs, columns, out, LANES * rows)


def names(*steps: Step | Loop) -> list[tuple[object, ...]]:
    found = list(Lanes(6000).kernels(steps))
    return [kernel.name for kernel in (found[-1].body or found)]


LONG, OTHER = Terms(False, 2, TERMS), Terms(True, 2, TERMS + 1)
PLAIN, SHORT = Terms(False, 1, 20), Terms(False, 1, 1)


def rest(begins: bool, *runs: tuple[bool, str, int]) -> tuple[object, ...]:
    return ("sum", begins, runs, LANES, False)


def test_step_of_one_long_run_is_tiles() -> None:
    assert names(products(8, LONG)) == [("tile", True, False, "sr", 8, False, True)]


def test_blocks_in_no_tile_are_a_kernel_of_the_usual_kind() -> None:
    tile = ("tile", True, False, "sr", 4, False, True)
    assert names(products(6, LONG)) == [tile, rest(True, (False, "sr", 0))]


def test_long_run_in_tiles_is_computed_by_itself() -> None:
    assert names(products(8, SHORT, LONG, OTHER, SHORT)) == [
        rest(True, (False, "s", 1)),
        ("tile", False, False, "sr", 8, False, True),
        ("tile", False, True, "sr", 8, False, True),
        rest(False, (False, "s", 1)),
    ]


def test_where_no_tile_is_found_runs_stay_together() -> None:
    assert names(products(2, LONG, SHORT)) == [rest(True, (False, "sr", 0), (False, "s", 1))]


def test_short_runs_and_runs_of_one_factor_are_in_no_tile() -> None:
    assert names(products(8, Terms(False, 2, FEW_TERMS)))[0][0] == "sum"
    assert names(products(8, PLAIN))[0][0] == "sum"


def looped(rows: int, *runs: Terms) -> Loop:
    """The same for each sample, where the results go into partial sums."""
    columns = []
    for number, run in enumerate(runs):
        for term in range(run.terms):
            place = 30 * number + term
            columns.append([200 * row + place for row in range(rows)])
            if run.factors == 2:
                columns.append([4000 + 8 * place] * rows)
    step = Step(None, runs, columns, 5000, rows, LANES)
    sums = [(5000 + LANES * row, 3000 + LANES * row, 0) for row in range(rows)]
    return Loop([step], 4000, 9, [], sums)


def test_tiles_of_a_loop_add_to_partial_sums_at_once() -> None:
    assert names(looped(8, LONG)) == [("tile", True, False, "sr", 8, True, True)]


def test_what_is_added_at_once_is_one_kernel() -> None:
    assert names(looped(16, LONG, SHORT)) == [
        ("sum", True, ((False, "sr", 0), (False, "s", 1)), LANES, True)
    ]
