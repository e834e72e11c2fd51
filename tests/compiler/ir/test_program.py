"""A program: steps, loops, and how they are written."""

import pytest

from autograd.compiler.ir.program import Copy, Loop, Program, Repeat, Step, Terms, written
from autograd.engine import calculus as c
from autograd.transforms.lane_sum import LANES


def a_sum(*runs: Terms, count: int = 1) -> Step:
    width = sum(run.factors * run.terms for run in runs)
    return Step(None, runs, [[0] * count for _ in range(width)], 8, count)


FORMULAS: dict[str, Step] = {
    "v": a_sum(Terms(False, 1, 1)),
    "- v": a_sum(Terms(True, 1, 1)),
    "v·v": a_sum(Terms(False, 2, 1)),
    "Σ2 v": a_sum(Terms(False, 1, 2)),
    "Σ9 v·v + v": a_sum(Terms(False, 2, 9), Terms(False, 1, 1)),
    "v - v·v": a_sum(Terms(False, 1, 1), Terms(True, 2, 1)),
    "- Σ3 v + v": a_sum(Terms(True, 1, 3), Terms(False, 1, 1)),
    "tanh(v)": Step(c.tanh, (), [[0]], 8, 1),
    "where(v, v, v)": Step(c.where, (), [[0], [1], [2]], 8, 1),
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_formula_of_a_step(formula: str) -> None:
    assert FORMULAS[formula].formula == formula


WRITTEN: dict[str, Step] = {
    "tanh(v) -> 8": Step(c.tanh, (), [[0]], 8, 1),
    "3 × tanh(v) -> 8 to 10": Step(c.tanh, (), [[0, 1, 2]], 8, 3),
    "3 × tanh(v) -> 8 to 24": Step(c.tanh, (), [[0, 1, 2]], 8, 3, LANES),
    "20 × v·v + v -> 8 to 27": a_sum(Terms(False, 2, 1), Terms(False, 1, 1), count=20),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_step_is_written_with_where_its_results_go(text: str) -> None:
    assert str(WRITTEN[text]) == text


def test_what_is_written_is_where_steps_loops_and_copies_put_their_numbers() -> None:
    step = Step(c.tanh, (), [[0, 1, 2]], 8, 3, LANES)
    loop = Loop([step], 8, 5, [(0, 1, 40)], [(8, 50, 2), (16, 64, 0)])
    back = Copy(8, 0, 90, -2, 2)
    found = [*written([Repeat([loop], 2, [], [back])], {5: 4.0})]
    samples, results, sums = range(40, 48), range(50, 57), range(64, 72)
    assert found == [range(88, 92), samples, results, sums, range(8, 32)]


def test_programs_of_equal_steps_are_equal() -> None:
    first, second = (
        Program(16, 1, [(1, 0.5)], [[a_sum(Terms(False, 2, 1)), Loop([], 8, 1)]], range(8, 9))
        for _ in range(2)
    )
    assert first == second


def test_runs_that_are_equal_are_one_key() -> None:
    assert len({Terms(False, 2, 3), Terms(False, 2, 3), Terms(True, 2, 3)}) == 2
