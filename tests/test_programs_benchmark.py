"""The benchmark of whole programs says which are fast enough, and keeps what it has on Ctrl-C."""

from typing import Any

import programs
import pytest
from against_jax import PROGRAMS, cases
from against_jax.case import Case
from program_tables import Timing, markdown, report

CASE = Case("one", lambda: dict, lambda: dict, 2.0, 3.0, seconds=(4.0, 2.0), megabytes=100.0)
FIRST = {"ours": 3.0, "jax": 1.0, "megabytes": 120.0, "difference": 1e-15}
SECONDS = {"ours": [1e-6, 2e-6, 9e-6], "jax": [4e-6, 5e-6, 6e-6]}


@pytest.fixture
def timing() -> Timing:
    return Timing(CASE, FIRST, SECONDS)


def test_every_program_has_cases_of_different_names_with_a_goal_and_an_aim_beyond_it() -> None:
    found = [case for program in PROGRAMS for case in cases(program)]
    assert len({case.name for case in found}) == len(found) >= len(PROGRAMS)
    for case in found:
        goals = (case.at_least or 0.0, case.aim or 1.0)
        assert goals[0] < goals[1]
        assert case.at_least or case.microseconds


def test_a_goal_asks_for_the_smaller_of_the_ratios_of_minima_and_medians(timing: Timing) -> None:
    assert timing.of_minima == pytest.approx(4.0)
    assert timing.of_medians == pytest.approx(2.5)
    fast, seconds, megabytes = timing.goals()
    assert fast.found == pytest.approx(2.5)
    assert (seconds.found, megabytes.found) == (3.0, 120.0)
    assert [goal.verdict for goal in (fast, seconds, megabytes)] == ["met", "met", "MISSED"]


def test_the_tables_show_both_first_calls_the_minima_the_medians_and_their_ratios(
    timing: Timing,
) -> None:
    rows = [" ".join(line.split()) for line in report([timing], [], 3)]
    assert "one 3.00 s 1.00 s 120 1.0 µs 4.0 µs 2.0 µs 5.0 µs 4.00 2.50" in rows
    cells = markdown([timing], 3)[-1].strip("| ").split(" | ")
    assert cells[2:] == ["1.0 µs / 2.0 µs", "4.0 µs / 5.0 µs", "4.00 / 2.50", "2, 3"]


def test_without_jax_ours_is_in_the_tables_and_no_ratio_is_a_goal() -> None:
    alone = Timing(CASE, {"ours": 3.0, "megabytes": 120.0}, {"ours": SECONDS["ours"]})
    rows = [" ".join(line.split()) for line in report([alone], [], 3)]
    assert "one 3.00 s – 120 1.0 µs – 2.0 µs – – –" in rows
    cells = markdown([alone], 3)[-1].strip("| ").split(" | ")
    assert cells[1:] == ["3.00 s / –", "1.0 µs / 2.0 µs", "– / –", "– / –", "2, 3"]
    assert [goal.name for goal in alone.goals()] == [
        "one: first call, seconds",
        "one: first call, MB",
    ]


class Answers:
    """In the place of a process: the second round of the first case is interrupted."""

    def __init__(self, name: str, script: str, program: str, number: str) -> None:
        self.process, self.rounds = self, 0

    def ask(self, question: str) -> Any:
        if question == "first_calls":
            return FIRST
        self.rounds += 1
        if self.rounds == 2:
            raise KeyboardInterrupt
        return SECONDS

    def kill(self) -> None:
        pass

    def stop(self) -> None:
        pass


def test_ctrl_c_keeps_what_was_found_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "Process", Answers)
    timings, failed = programs.measure(["gpt", "moons"], 5)
    assert [timing.seconds for timing in timings] == [SECONDS]
    assert failed == []


def test_a_program_that_fails_is_told_and_the_next_one_is_timed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Failing(Answers):
        def ask(self, question: str) -> Any:
            raise SystemExit("it ended early")

    monkeypatch.setattr(programs, "Process", Failing)
    assert programs.measure(["moons", "lstm"], 5) == (
        [],
        ["moons, 100 samples", "LSTM, 16 units, 25 steps"],
    )
