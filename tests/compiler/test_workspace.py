"""Numbers on their way into a memory and out of it: in order, whatever they came in."""

import gc
import weakref
from array import array
from typing import Any

import numpy as np
import pytest

from autograd.compiler.backends import choose as backends
from autograd.compiler.backends.choose import MODULES
from autograd.compiler.ir.program import Program, Step, Terms
from autograd.compiler.workspace import ArrayRows, Gathered, ListRows, Workspace


def workspace(size: int, arrays: bool = False) -> Workspace:
    program = Program(size, size, [], [[]], range(size))
    return Workspace(backends.executable("python", program), arrays)


SIX = np.arange(6.0)
PIECES: dict[str, tuple[list[Any], list[float]]] = {
    "none": ([], []),
    "numbers": ([1.0, -2.0, 3.0], [1.0, -2.0, 3.0]),
    "an array": ([SIX.reshape(2, 3)], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
    "numbers around an array": ([7.0, SIX[:2], 8.0], [7.0, 0.0, 1.0, 8.0]),
    "arrays": ([SIX[:2], SIX[4:]], [0.0, 1.0, 4.0, 5.0]),
    "columns first": ([np.asfortranarray(SIX.reshape(2, 3))], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
    "transposed": ([SIX.reshape(2, 3).T], [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]),
    "every other, backwards": ([SIX[::-2]], [5.0, 3.0, 1.0]),
    "broadcast": ([np.broadcast_to(np.float64(4.0), (3,))], [4.0, 4.0, 4.0]),
    "ints": ([np.array([1, 2], "i4"), 0.5], [1.0, 2.0, 0.5]),
    "half as many bits": ([np.array([0.1], "f4")], [float(np.float32(0.1))]),
    "the other byte order": ([np.array([0.1], ">f8")], [0.1]),
    "without elements": ([np.zeros((0, 2)), 3.0], [3.0]),
}


@pytest.mark.parametrize("name", PIECES)
@pytest.mark.parametrize("start", [0, 2])
def test_pieces_are_put_one_after_the_other(name: str, start: int) -> None:
    pieces, expected = PIECES[name]
    space = workspace(10, arrays=any(isinstance(x, np.ndarray) for x in pieces))
    space.put(start, pieces)
    after = [0.0] * (10 - start - len(expected))
    assert space.memory.tolist() == [0.0] * start + expected + after


@pytest.mark.parametrize("arrays", [False, True])
def test_what_is_taken_is_the_takers_own(arrays: bool) -> None:
    space = workspace(3, arrays)
    space.put(0, [1.0, 2.0, 3.0])
    found = space.taken(1, 3)
    space.memory[1] = 9.0
    found[1] = 7.0
    assert isinstance(found, np.ndarray if arrays else list)
    assert (list(found), space.memory.tolist()) == ([2.0, 7.0], [1.0, 9.0, 3.0])


@pytest.mark.parametrize("backend", MODULES)
@pytest.mark.parametrize("arrays", [False, True])
def test_each_part_of_a_program_runs_by_itself(arrays: bool, backend: str) -> None:
    twice = Step(None, (Terms(False, 1, 2),), [[0], [0]], 1, 1)
    again = Step(None, (Terms(False, 1, 2),), [[1], [1]], 2, 1)
    program = Program(3, 1, [], [[twice], [again]], range(1, 3))
    executable = backends.executable(backend, program)
    space = Workspace(executable, arrays)
    space.put(0, [3.0])
    space.runs[0]()
    first = list(space.taken(0, 3))
    space.runs[1]()
    assert (first, list(space.taken(0, 3))) == ([3.0, 6.0, 0.0], [3.0, 6.0, 12.0])


@pytest.mark.parametrize("backend", MODULES)
def test_a_workspace_keeps_what_it_runs(backend: str) -> None:
    plus = Step(None, (Terms(False, 1, 2),), [[0], [0]], 1, 1)
    executable = backends.executable(backend, Program(2, 1, [], [[plus]], range(1, 2)))
    space, kept = Workspace(executable, False), weakref.ref(executable)
    del executable
    gc.collect()
    assert (kept() is not None, len(space.runs)) == (True, 1)


def test_two_workspaces_share_nothing() -> None:
    executable = backends.executable("python", Program(2, 1, [(1, 0.5)], [[]], range(2)))
    one, other = Workspace(executable, False), Workspace(executable, False)
    one.put(0, [4.0])
    assert (one.taken(0, 2), other.taken(0, 2)) == ([4.0, 0.5], [0.0, 0.5])


@pytest.mark.parametrize("arrays", [False, True])
@pytest.mark.parametrize("portion", [1, 2, 5])
def test_rows_are_gathered_in_portions(portion: int, arrays: bool) -> None:
    count, width = 5, 2
    gathered = Gathered(count, width, arrays)
    for start in range(0, count, portion):
        stop = min(start + portion, count)
        numbers = [float(x) for x in range(width * start, width * stop)]
        gathered.add(np.array(numbers) if arrays else array("d", numbers), start, stop)
    rows = gathered.rows(count)
    assert isinstance(rows, ArrayRows if arrays else ListRows)
    assert list(gathered.row(1)) == [2.0, 3.0]
    assert list(map(list, rows.part(0, 2, (2,)))) == [
        [2.0 * i, 2.0 * i + 1.0] for i in range(count)
    ]


def test_rows_in_a_list_are_taken_apart_into_columns() -> None:
    rows = ListRows(memoryview(array("d", [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])), 2, 3)
    assert rows.part(1, 2, ()) == [2.0, 5.0]
    assert rows.part(1, 3, (2,)) == [[2.0, 3.0], [5.0, 6.0]]


def test_samples_may_have_no_results() -> None:
    gathered = Gathered(3, 0, arrays=False)
    gathered.add(array("d"), 0, 3)
    assert gathered.rows(3).part(0, 0, (0,)) == [[], [], []]
