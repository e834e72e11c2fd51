"""Lanes: the kernels of a step, and how each of their vectors is read."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from autograd.compiler.ir import lanes
from autograd.compiler.ir.frames import MOST_FRAMES
from autograd.compiler.ir.kernel import Kernel, Name
from autograd.compiler.ir.lanes import Lanes
from autograd.compiler.ir.program import Loop, Repeat, Step, Terms
from autograd.compiler.ir.step_kernels import FEW, MOST_FACTORS
from autograd.compiler.ir.tiles import FEW_TERMS
from autograd.engine import calculus as c
from autograd.transforms.lane_sum import LANES
from tests.compiler.ir.test_memory_layout import programs_of

FREE = 800  # the first address that packs may take
ROW, SPLAT, SCATTERED = list(range(100, 108)), [50] * 8, [7, 3, 9, 1, 200, 5, 60, 2]


def sum_name(begins: bool, runs: tuple[Any, ...], width: int, adds: bool = False) -> Name:
    return ("sum", begins, runs, width, adds)


def kernels(*steps: Step | Loop) -> list[Kernel]:
    return list(Lanes(FREE).kernels(steps))


def a_map(*columns: Sequence[int], out: int = 400) -> Step:
    op = {1: c.exp, 2: c.div, 3: c.where}[len(columns)]
    return Step(op, (), [list(column) for column in columns], out, len(columns[0]))


def pack(*entries: int) -> Kernel:
    return Kernel(("pack",), len(entries) // (1 + LANES), LANES, list(entries), [])


# --- rows, splats and packs -----------------------------------------------------------------

MAPS: dict[str, tuple[Step, list[Kernel]]] = {
    "a row": (a_map(ROW), [Kernel(("map", c.exp, "r", 8), 1, 0, [400, 100], [])]),
    "a splat": (a_map(SPLAT), [Kernel(("map", c.exp, "s", 8), 1, 0, [400, 50], [])]),
    "scattered numbers are packed first": (
        a_map(SCATTERED),
        [pack(800, *SCATTERED), Kernel(("map", c.exp, "r", 8), 1, 0, [400, 800], [])],
    ),
    "a pack that is used twice is made once": (
        a_map(SCATTERED, SCATTERED),
        [pack(800, *SCATTERED), Kernel(("map", c.div, "rr", 8), 1, 0, [400, 800, 800], [])],
    ),
    "two packs": (
        a_map(SCATTERED, SCATTERED[::-1]),
        [
            pack(800, *SCATTERED, 808, *SCATTERED[::-1]),
            Kernel(("map", c.div, "rr", 8), 1, 0, [400, 800, 808], []),
        ],
    ),
    "each operand in its own way": (
        a_map(SPLAT, ROW),
        [Kernel(("map", c.div, "sr", 8), 1, 0, [400, 50, 100], [])],
    ),
    "two vectors are two blocks": (
        a_map([*ROW, *ROW]),
        [Kernel(("map", c.exp, "r", 8), 2, 0, [400, 100, 408, 100], [])],
    ),
    "vectors read in two ways are two kernels": (
        a_map([*ROW, *SPLAT, *ROW]),
        [
            Kernel(("map", c.exp, "r", 8), 2, 0, [400, 100, 416, 100], []),
            Kernel(("map", c.exp, "s", 8), 1, 0, [408, 50], []),
        ],
    ),
    "the rest of a row is a row": (
        a_map([*ROW, 108, 109]),
        [Kernel(("map", c.exp, "r", 8), 2, 0, [400, 100, 408, 108], [])],
    ),
    "a rest of one is a splat": (
        a_map([*ROW, 3]),
        [
            Kernel(("map", c.exp, "r", 8), 1, 0, [400, 100], []),
            Kernel(("map", c.exp, "s", 8), 1, 0, [408, 3], []),
        ],
    ),
    "a scattered rest is filled up with its last": (
        a_map([9, 3, 7, 5]),
        [pack(800, 9, 3, 7, 5, 5, 5, 5, 5), Kernel(("map", c.exp, "r", 8), 1, 0, [400, 800], [])],
    ),
    "few are taken one by one": (
        a_map([9, 3, 7], [4, 4, 4]),
        [Kernel(("map", c.div, "ss", 1), 3, 0, [400, 9, 4, 401, 3, 4, 402, 7, 4], [])],
    ),
    "lookups too": (
        Step(c.gather, (), [SCATTERED, ROW, ROW], 400, 8),
        [
            Kernel(
                ("gather", "s", 1),
                8,
                2,
                [x for i in range(8) for x in (400 + i, SCATTERED[i], ROW[i], ROW[i])],
                [],
            )
        ],
    ),
    "lookups of one index into rows take rows": (
        Step(c.gather, (), [[*SPLAT, *SPLAT], [*ROW, *ROW], [*range(200, 216)]], 400, 16),
        [Kernel(("gather_row",), 2, 2, [400, 50, 100, 200, 408, 50, 100, 208], [])],
    ),
    "but none after another lookup, so that the first bad index is told": (
        Step(c.gather, (), [[*SPLAT, 51, *SPLAT], [*ROW, 99, *ROW]], 400, 17),
        [
            Kernel(("gather_row",), 1, 1, [400, 50, 100], []),
            Kernel(
                ("gather", "s", 1),
                9,
                1,
                [408, 51, 99, *[x for i in range(8) for x in (409 + i, 50, 100 + i)]],
                [],
            ),
        ],
    ),
    "extremes of two are a map": (
        Step(c.maximum, (), [ROW, SPLAT], 400, 8),
        [Kernel(("map", c.maximum, "rs", 8), 1, 0, [400, 100, 50], [])],
    ),
    "extremes of many are a fold, of splats": (
        Step(c.minimum, (), [SPLAT] * 3, 400, 8),
        [Kernel(("fold", c.minimum, "s", 8), 1, 3, [400, 50, 50, 50], [])],
    ),
    "or of rows, if one is": (
        Step(c.minimum, (), [SPLAT, ROW, SPLAT], 400, 8),
        [pack(800, *SPLAT), Kernel(("fold", c.minimum, "r", 8), 1, 3, [400, 800, 100, 800], [])],
    ),
    "of one too": (
        Step(c.maximum, (), [ROW], 400, 8),
        [Kernel(("fold", c.maximum, "r", 8), 1, 1, [400, 100], [])],
    ),
}


@pytest.fixture(autouse=True)
def _all_sums_are_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "COMMON", 1)


def test_a_rare_sum_goes_run_by_run_so_that_kernels_stay_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "COMMON", 9)
    step = a_sum([Terms(False, 1, 1), Terms(True, 2, 1)], SPLAT, ROW, SPLAT)
    names = [kernel.name for kernel in Lanes(800).kernels([step])]
    assert names == [
        sum_name(True, ((False, "s", 0),), 8),
        sum_name(False, ((True, "rs", 0),), 8),
    ]


@pytest.mark.parametrize("name", MAPS)
def test_kernels_of_a_map(name: str) -> None:
    step, expected = MAPS[name]
    assert kernels(step) == expected


def test_pack_made_for_one_step_serves_the_next() -> None:
    names = [kernel.name[0] for kernel in kernels(a_map(SCATTERED), a_map(SCATTERED, out=408))]
    assert names == ["pack", "map", "map"]


@pytest.mark.parametrize("count", range(1, 20))
def test_fewer_than_four_are_taken_one_by_one(count: int) -> None:
    (kernel,) = kernels(a_map(range(100, 100 + count), range(200, 200 + count)))[-1:]
    assert kernel.name[-1] == (1 if count < FEW else LANES)


# --- sums -----------------------------------------------------------------------------------


def a_sum(runs: Sequence[Terms], *columns: Sequence[int]) -> Step:
    return Step(None, tuple(runs), [list(x) for x in columns], 400, len(columns[0]))


SUMS: dict[str, tuple[Step, list[Kernel]]] = {
    "a product": (
        a_sum([Terms(False, 2, 1)], ROW, SPLAT),
        [Kernel(sum_name(True, ((False, "rs", 1),), 8), 1, 0, [400, 100, 50], [])],
    ),
    "terms of a run are read alike": (
        a_sum([Terms(False, 2, 2)], SPLAT, ROW, SPLAT, ROW),
        [Kernel(sum_name(True, ((False, "sr", 2),), 8), 1, 0, [400, 50, 100, 50, 100], [])],
    ),
    "all as rows, if one is": (
        a_sum([Terms(False, 1, 2)], SPLAT, ROW),
        [
            pack(800, *SPLAT),
            Kernel(sum_name(True, ((False, "r", 2),), 8), 1, 0, [400, 800, 100], []),
        ],
    ),
    "each run in its own way": (
        a_sum([Terms(False, 1, 1), Terms(True, 2, 1)], SPLAT, ROW, SPLAT),
        [
            Kernel(
                sum_name(True, ((False, "s", 1), (True, "rs", 1)), 8), 1, 0, [400, 50, 100, 50], []
            )
        ],
    ),
    "one by one": (
        a_sum([Terms(True, 1, 2)], [1, 2], [3, 4]),
        [Kernel(sum_name(True, ((True, "s", 2),), 1), 2, 0, [400, 1, 3, 401, 2, 4], [])],
    ),
    "one by one, where vectors had to be packed": (
        a_sum([Terms(False, 1, 2)], SCATTERED, ROW),
        [
            Kernel(
                sum_name(True, ((False, "s", 2),), 1),
                8,
                0,
                [x for i in range(8) for x in (400 + i, SCATTERED[i], ROW[i])],
                [],
            )
        ],
    ),
    "as many terms as are written out": (
        a_sum([Terms(False, 1, FEW_TERMS)], *[SPLAT] * FEW_TERMS),
        [Kernel(sum_name(True, ((False, "s", 8),), 8), 1, 0, [400, *[50] * 8], [])],
    ),
    "a long run, whose length the call says": (
        a_sum([Terms(False, 1, 9)], *[SPLAT] * 9),
        [Kernel(sum_name(True, ((False, "s", 0),), 8), 1, 9, [400, *[50] * 9], [])],
    ),
    "a long run after a short one": (
        a_sum([Terms(True, 1, 1), Terms(False, 1, 9)], *[SPLAT] * 10),
        [Kernel(sum_name(True, ((True, "s", 1), (False, "s", 0)), 8), 1, 9, [400, *[50] * 10], [])],
    ),
    "a second long run is a kernel that goes on": (
        a_sum([Terms(False, 1, 9), Terms(True, 1, 10)], *[SPLAT] * 19),
        [
            Kernel(sum_name(True, ((False, "s", 0),), 8), 1, 9, [400, *[50] * 9], []),
            Kernel(sum_name(False, ((True, "s", 0),), 8), 1, 10, [400, *[50] * 10], []),
        ],
    ),
    "so is a fifth run": (
        a_sum([Terms(i % 2 == 1, 1, 1) for i in range(5)], *[SPLAT] * 5),
        [
            Kernel(
                sum_name(True, tuple((i % 2 == 1, "s", 1) for i in range(4)), 8),
                1,
                0,
                [400, *[50] * 4],
                [],
            ),
            Kernel(sum_name(False, ((False, "s", 1),), 8), 1, 0, [400, 50], []),
        ],
    ),
}


@pytest.mark.parametrize("name", SUMS)
def test_kernels_of_a_sum(name: str) -> None:
    step, expected = SUMS[name]
    assert kernels(step) == expected


def test_long_sums_are_packed_and_so_are_those_of_several_vectors() -> None:
    long = a_sum([Terms(False, 1, MOST_FACTORS + 1)], *[SCATTERED] * (MOST_FACTORS + 1))
    wide = a_sum([Terms(False, 1, 1)], [*SCATTERED, *SCATTERED[::-1]])
    assert [kernels(step)[0].name for step in (long, wide)] == [("pack",)] * 2


def test_a_sum_of_what_is_packed_already_is_no_reason_to_take_it_one_by_one() -> None:
    found = kernels(a_map(SCATTERED), a_sum([Terms(False, 1, 1)], SCATTERED))
    assert [kernel.name[0] for kernel in found] == ["pack", "map", "sum"]
    assert found[-1].blocks == 1


# --- loops over samples ---------------------------------------------------------------------

BODY = Step(None, (Terms(False, 2, 1),), [[600], [5]], 608, 1, LANES)


def test_loop_takes_samples_into_lanes_runs_its_body_and_takes_results_out() -> None:
    loop = Loop([BODY], 600, 9, [(20, 2, 600)], [(608, 300, 1), (608, 320, 0), (5, 340, 3)])
    body = [
        Kernel(("into_lanes",), 1, 0, [600, 20, 2], []),
        Kernel(sum_name(True, ((False, "rs", 1),), 8), 1, 0, [608, 600, 5], []),
        Kernel(("out_of_lanes", "r"), 1, 0, [300, 608, 1], []),
        Kernel(("add_lanes", "r"), 1, 0, [320, 608], []),
        Kernel(("out_of_lanes", "s"), 1, 0, [340, 5, 3], []),
    ]
    slab = [MOST_FRAMES * LANES, FREE - 600, 3 * LANES]
    assert kernels(loop) == [Kernel(("loop",), 5, 9, slab, body)]


AT_ONCE = Kernel(sum_name(True, ((False, "rs", 1),), 8, adds=True), 1, 0, [320, 600, 5], [])
STORED = Kernel(sum_name(True, ((False, "rs", 1),), 8), 1, 0, [608, 600, 5], [])
AFTER = Step(c.exp, (), [[608]], 616, 1, LANES)
LONG = Step(None, (Terms(False, 1, 9), Terms(True, 1, 9)), [[600]] * 18, 608, 1, LANES)
ADDED: dict[str, tuple[list[Step], list[tuple[int, int, int]], bool]] = {
    "a sum that goes nowhere else": ([BODY], [(608, 320, 0)], True),
    "not one that the body reads": ([BODY, AFTER], [(608, 320, 0)], False),
    "nor one that is a result too": ([BODY], [(608, 320, 0), (608, 300, 1)], False),
    "nor one that is added up twice": ([BODY], [(608, 320, 0), (608, 328, 0)], False),
    "nor one of several kernels": ([LONG], [(608, 320, 0)], False),
    "nor a map": ([BODY, AFTER], [(616, 320, 0)], False),
}


@pytest.mark.parametrize("name", ADDED)
def test_added_to_its_partial_sums_at_once_is(name: str) -> None:
    steps, outputs, at_once = ADDED[name]
    (kernel,) = kernels(Loop(steps, 600, 9, [], outputs))
    adding = [inner.name[0] == "sum" and inner.name[-1] for inner in kernel.body]
    assert any(adding) is at_once
    assert any(inner.name[0] == "add_lanes" for inner in kernel.body) is not at_once
    if steps == [BODY]:
        assert kernel.body[0] == (AT_ONCE if at_once else STORED)


def test_loop_without_inputs_takes_none() -> None:
    (kernel,) = kernels(Loop([], 600, 9, [], [(5, 300, 0)]))
    assert kernel.body == [Kernel(("add_lanes", "s"), 1, 0, [300, 5], [])]


def test_every_vector_in_a_loop_has_eight_lanes_however_few_the_operations() -> None:
    (kernel,) = kernels(Loop([BODY], 600, 9, [], []))
    assert [inner.name[3] for inner in kernel.body] == [LANES]


LOOKUP = Step(c.gather, (), [[600], [5], [608]], 616, 1, LANES)  # of a shared number and another
OUTSIDE = Step(c.maximum, (), [[5] * 8, ROW, ROW], 400, 8)  # needs the same pack


def test_pack_that_a_loop_needs_is_made_once_before_it_in_each_frame() -> None:
    packs, loop = kernels(Loop([LOOKUP], 600, 9, [], []))
    assert [kernel.name[0] for kernel in loop.body] == ["gather"]
    out, index, packed, other = loop.body[0].table
    assert (out, index, other) == (616, 600, 608)
    _, shift, stride = loop.table
    places = [packed + shift + i * stride for i in range(MOST_FRAMES)]
    assert packs == pack(*[x for place in places for x in (place, *[5] * LANES)])


@pytest.mark.parametrize("steps", [(OUTSIDE, LOOKUP), (LOOKUP, OUTSIDE)], ids=["before", "after"])
def test_pack_outside_of_a_loop_is_another(steps: tuple[Step, Step]) -> None:
    found = kernels(*[Loop([x], 600, 9, [], []) if x is LOOKUP else x for x in steps])
    tables = [kernel.table for kernel in found if kernel.name == ("pack",)]
    assert {x for table in tables for i, x in enumerate(table) if i % (1 + LANES)} == {5}
    places = [place for table in tables for place in table[:: 1 + LANES]]
    assert len(set(places)) == len(places) == MOST_FRAMES + 1


# --- any program ----------------------------------------------------------------------------


def flat(found: Sequence[Kernel]) -> Iterator[Kernel]:
    for kernel in found:
        yield kernel
        yield from flat(kernel.body)


@pytest.mark.parametrize("start", range(0, 100, 25))
def test_packs_are_made_once_and_before_they_are_read(start: int) -> None:
    for seed in range(start, start + 25):
        for program in programs_of(seed):
            if any(isinstance(x, Loop | Repeat) for x in program.parts[0]):
                continue  # whose packs are those of other steps
            first = -(-program.size // LANES) * LANES
            lanes, packed = Lanes(first), set[int]()
            for kernel in flat(list(lanes.kernels(program.parts[0]))):
                if kernel.name == ("pack",):
                    made = kernel.table[:: 1 + LANES]
                    assert packed.isdisjoint(made), seed
                    packed.update(made)
                else:
                    assert packed.issuperset(x for x in kernel.table if x >= first), seed
            assert packed == set(range(first, lanes.size, LANES)), seed


def test_kernels_of_shuffled_columns_compute_each_operation_once() -> None:
    draw = random.Random(0)
    column = [draw.choice([*range(30), 5, 5, 5]) for _ in range(100)]
    found = [kernel for kernel in kernels(a_map(column)) if kernel.name[0] == "map"]
    outs = sorted(out for kernel in found for out in kernel.table[::2])
    assert outs == list(range(400, 500, LANES))
