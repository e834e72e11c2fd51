"""Tables: a program as rows of numbers, which are the same made anew and from the cache."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograd import Op
from autograd.compiler.backends.llvm import tables as module
from autograd.compiler.backends.llvm.backend import LlvmExecutable, _native
from autograd.compiler.backends.llvm.disk_cache import DiskCache
from autograd.compiler.backends.llvm.tables import new_tables, tables
from autograd.compiler.ir.program import Copy, Loop, Program, Repeat, Statement, Step, Terms
from autograd.engine import calculus as c
from autograd.transforms.lane_sum import LANES
from tests.bits import bits
from tests.compiler.backends.test_backends import outputs

PLUS = Terms(False, 1, 1)
NEG = Step(c.neg, (), [[*range(20)]], 24, 20)
SUM = Step(None, (PLUS, PLUS), [[*range(20)], [*range(24, 44)]], 48, 20)
IN_LOOP = Step(c.tanh, (), [[80]], 88, 1, LANES)
LOOP = Loop([IN_LOOP], 80, 72, [(0, 1, 80)], [(88, 100, 1)])
REPEAT = Repeat([NEG], 3, [Copy(100, 4, 0, 0, 4)], [Copy(24, 0, 120, 4, 4)])


def program(*statements: Statement) -> Program:
    """A program over 20 inputs."""
    return Program(160, 20, [(72, 16.0)], [[*statements]], range(120, 132))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DiskCache:
    """A cache that is empty, and takes small programs too."""
    monkeypatch.setattr(module, "LARGE", 0)
    return DiskCache(tmp_path / "cache")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Program]:
    """The programs that tables are made for from here on."""
    programs: list[Program] = []

    def new(program: Program) -> Any:
        programs.append(program)
        return new_tables(program)

    monkeypatch.setattr(module, "new_tables", new)
    return programs


def test_a_row_has_the_size_of_each_kernel_and_the_place_of_its_name() -> None:
    found = new_tables(program(NEG, LOOP))
    (row,), (places,) = found.rows, found.places
    assert [found.names[row[place]][0] for place in places] == [
        *("map", "loop"),
        *("in loop", "in loop", "in loop"),
    ]
    first, loop, *body = places
    assert first + row[first + 1] == loop
    assert loop + row[loop + 1] == len(row) == body[-1] + row[body[-1] + 1]
    assert found.counts == [2]


def test_a_process_puts_its_own_numbers_in() -> None:
    found = new_tables(program(NEG, SUM, NEG))
    found.number({name: 7 + place for place, name in enumerate(found.names)})
    assert [found.rows[0][place] for place in found.places[0]] == [7, 8, 7]


@pytest.mark.parametrize("one", [program(NEG, SUM), program(LOOP), program(REPEAT, LOOP)])
def test_tables_are_made_once(one: Program, cache: DiskCache, made: list[Program]) -> None:
    assert tables(one, cache) == tables(one, cache) == new_tables(one)
    assert len(made) == 1


def test_a_program_from_the_cache_gives_the_same_bits(
    cache: DiskCache, made: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The compiler that this process has may have been made where the cache was switched off.
    monkeypatch.setattr(_native().compiler, "cache", cache)
    one = Program(72, 20, [], [[NEG, SUM]], range(48, 68))
    inputs = [0.1 * i for i in range(20)]
    found = [outputs(LlvmExecutable, one, inputs) for _ in range(2)]
    assert found == [bits([x - x for x in inputs])] * 2
    assert len(made) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, size=168),
        lambda one: replace(one, parts=[one.parts[0][:1], one.parts[0][1:]]),
        lambda one: replace(one, parts=[one.parts[0][::-1]]),
        lambda one: with_first(one, op=c.exp),
        lambda one: with_first(one, columns=[[*range(19), 0]]),
        lambda one: with_first(one, out=25),
        lambda one: with_first(one, count=19),
        lambda one: with_first(one, op=None, runs=(PLUS,)),
        lambda one: with_first(one, op=None, runs=(Terms(True, 1, 1),)),
        lambda one: program(NEG, replace(LOOP, samples=73), REPEAT),
        lambda one: program(NEG, replace(LOOP, outputs=[(88, 101, 1)]), REPEAT),
        lambda one: program(NEG, replace(LOOP, steps=[replace(IN_LOOP, out=96)]), REPEAT),
        lambda one: program(NEG, LOOP, replace(REPEAT, count=2)),
        lambda one: program(NEG, LOOP, replace(REPEAT, after=[Copy(24, 0, 120, 5, 4)])),
    ],
)
def test_the_key_differs_by_all_that_a_table_depends_on(
    change: Callable[[Program], Program],
) -> None:
    one = program(NEG, LOOP, REPEAT)
    assert module._key(change(one)) != module._key(one)


def with_first(one: Program, **changes: Any) -> Program:
    first, *others = one.parts[0]
    assert isinstance(first, Step)
    return replace(one, parts=[[replace(first, **changes), *others]])


def test_constants_change_no_table() -> None:
    one = program(NEG)
    assert module._key(replace(one, constants=[])) == module._key(one)


def test_the_key_differs_by_the_code_that_makes_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    before = module._key(program(NEG))
    monkeypatch.setattr(module, "_digest_of_sources", lambda: b"other")
    assert module._key(program(NEG)) != before


@pytest.mark.parametrize("fault", ["an op of the user's", "no sources"])
def test_what_no_other_process_may_have_is_made_anew(
    fault: str, cache: DiskCache, made: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    op = c.neg
    if fault == "no sources":
        monkeypatch.setattr(module, "_digest_of_sources", lambda: None)
    else:
        op = Op("neg", lambda x: 2.0 * x, lambda x, out: 2.0)
    one = program(replace(NEG, op=op))
    assert tables(one, cache) == tables(one, cache)
    assert len(made) == 2


def test_small_programs_are_not_kept(
    cache: DiskCache, made: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = program(NEG, SUM)
    monkeypatch.setattr(module, "LARGE", 61)
    for _ in range(2):
        tables(one, cache)
    assert len(made) == 2
    monkeypatch.setattr(module, "LARGE", 60)
    for _ in range(2):
        tables(one, cache)
    assert len(made) == 3
