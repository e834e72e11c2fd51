"""The benchmark of eager code compares like with like, and judges by its goals."""

from typing import Any

import pytest
from eager_goals import judge
from eager_tables import report
from engines import ENGINES, Engine
from goals import Goal
from worker import Measurements
from workloads import GPT, MODULES, MOONS, README, WORKLOADS

BUILT_IN = ["python", "tuple", "floats"]  # "python" is whichever engine the tests run on


def numbers(name: str, workload: str) -> list[float]:
    return Measurements(ENGINES[name]()).loss_and_gradients(workload)


@pytest.mark.parametrize("workload", [GPT, README])
def test_every_engine_computes_the_same(workload: str) -> None:
    ours, of_tuples, of_floats = (numbers(name, workload) for name in BUILT_IN)
    assert of_tuples == pytest.approx(ours, rel=1e-9)
    assert of_floats == pytest.approx(ours[:1], rel=1e-9)


def test_modules_compute_what_is_written_by_hand() -> None:
    assert WORKLOADS[MODULES].same_as == MOONS
    assert numbers("python", MODULES) == pytest.approx(numbers("python", MOONS), rel=1e-9)


def test_every_step_of_a_workload_gives_the_same_gradients() -> None:
    engine: Engine = ENGINES["python"]()
    assert engine.gradient is not None
    step = WORKLOADS[MOONS].make_step(engine)
    first, second = ([engine.gradient(leaf) for leaf in step()[1]] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("found", "verdict"), [(5.0, "aim met"), (10.0, "aim met"), (10.5, "met"), (20.5, "MISSED")]
)
def test_a_goal_is_judged_by_what_is_wanted_and_by_its_aim(found: float, verdict: str) -> None:
    assert Goal("time", 20.0, 10.0, found).verdict == verdict


def test_more_is_better_where_a_goal_says_so() -> None:
    assert Goal("speed", 8.0, 15.0, 7.9, more=True).verdict == "MISSED"
    assert Goal("speed", 8.0, 15.0, 16.0, more=True).verdict == "aim met"
    assert Goal("speed", 8.0, None, 16.0, more=True).verdict == "met"


def test_a_ratio_is_that_of_a_round() -> None:
    steps = {GPT: {"native": [1.0, 2.0, 1.0], "tuple": [9.0, 18.0, 9.0], "floats": [0.5, 1.0, 0.5]}}
    found = {goal.name: (goal.found, goal.verdict) for goal in judge({"steps": steps})}
    assert found == {
        f"native: {GPT}, times as fast as tuple": (9.0, "met"),
        f"native: {GPT}, times as slow as floats": (2.0, "aim met"),
    }


def test_without_the_native_engine_its_goals_are_left_out() -> None:
    seconds: dict[str, Any] = {"python": [2.0, 2.0], "tuple": [1.0, 1.0], "floats": [0.1, 0.1]}
    results = {
        "machine": "a machine",
        "python": "a Python",
        "rounds": 2,
        "clock": "wall",
        "largest_relative_difference": 0.0,
        "steps": {MOONS: seconds, MODULES: {"python": [1.0, 1.0]}},
    }
    goals = judge(results)
    assert [(goal.name, goal.found) for goal in goals] == [
        (f"python: {MOONS}, times as fast as tuple", 0.5)
    ]
    assert report(results, goals).endswith("MISSED")
