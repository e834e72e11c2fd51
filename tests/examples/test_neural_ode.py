"""A neural differential equation: the order of its solver, gradients through it, what it learns."""

import itertools
import math
from pathlib import Path
from typing import Any

import pytest

from autograd import check_grads, compile
from autograd.nn import MLP
from examples import neural_ode
from examples.neural_ode import (
    STARTS,
    foretell,
    learn,
    looks,
    main,
    measured_order,
    pendulum,
    rk4_step,
    segment_loss,
    solve,
)
from examples.reporting import Report
from tests.bits import bits

Captured = pytest.CaptureFixture[str]


def spiral(y: Any) -> Any:
    """A damped rotation, whose path from (1, 0) is e^(-t/10)·(cos t, sin t)."""
    return [-0.1 * y[0] - y[1], y[0] - 0.1 * y[1]]


# --- the solver -----------------------------------------------------------------------------


def test_one_step_of_growth_is_the_series_of_exp_up_to_the_fourth_power() -> None:
    assert rk4_step(lambda y: y, [1.0], 0.5) == [1.0 + 0.5 + 0.125 + 1.0 / 48.0 + 1.0 / 384.0]


def test_the_error_falls_by_16_as_the_step_is_halved() -> None:
    exact = [math.exp(-0.2) * math.cos(2.0), math.exp(-0.2) * math.sin(2.0)]
    ends = [solve(spiral, [1.0, 0.0], 2.0 / n, n)[-1] for n in (20, 40, 80)]
    errors = [math.dist(end, exact) for end in ends]
    assert all(15.5 < a / b < 16.5 for a, b in itertools.pairwise(errors))


@pytest.mark.parametrize("field", [spiral, pendulum])
def test_the_measured_order_is_4(field: Any) -> None:
    assert measured_order(field, [1.0, 0.0], 2.0, 20) == pytest.approx(4.0, abs=0.05)


def test_the_states_follow_one_another() -> None:
    states = solve(pendulum, STARTS[0], 0.1, 3)
    assert states[0] == rk4_step(pendulum, STARTS[0], 0.1)
    assert states[2] == rk4_step(pendulum, states[1], 0.1)


def test_friction_takes_energy_from_the_pendulum() -> None:
    energies = [speed**2 / 2.0 - math.cos(angle) for angle, speed in looks(STARTS[0], 50)]
    assert energies == sorted(energies, reverse=True)


# --- gradients through the solver -----------------------------------------------------------


def test_gradients_by_the_start_and_by_a_parameter_are_right() -> None:
    def end(y: Any, friction: Any) -> Any:
        return solve(lambda y: [y[1], -y[0] - friction * y[1]], y, 0.2, 3)[-1]

    check_grads(end, ([1.0, 0.5], 0.1))


def test_gradients_by_the_weights_of_a_network_are_right() -> None:
    following = [[0.9, -0.1], [0.8, -0.2]]
    check_grads(lambda m: segment_loss(m, [1.0, 0.0], following), (MLP(2, [2, 2], rng=0),))


def test_a_compiled_solver_has_the_same_bits() -> None:
    assert compile(lambda y: solve(pendulum, y, 0.1, 20)).verify([2.5, 0.0]) == 40


# --- learning -------------------------------------------------------------------------------


def learned(compiled: bool, steps: int = 3) -> tuple[list[float], dict[str, float]]:
    model = MLP(2, [4, 2], rng=0)
    losses = learn(model, [looks(start, 9) for start in STARTS], steps, compiled)
    return losses, model.state_dict()


def test_compiled_learning_has_the_same_bits() -> None:
    assert bits(learned(True)) == bits(learned(False))


def test_the_loss_falls() -> None:
    losses, _ = learned(True, 300)
    assert losses[-1] < losses[0] / 100.0


def test_an_interrupted_training_keeps_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(self: object, done: int, **figures: float) -> None:
        if done == 20:
            raise KeyboardInterrupt

    monkeypatch.setattr(Report, "__call__", stop)
    compiled, interpreted = learned(True, 40), learned(False, 40)
    assert len(compiled[0]) == 20
    assert bits(compiled) == bits(interpreted)


def test_a_network_foretells_with_plain_numbers() -> None:
    path = foretell(MLP(2, [4, 2], rng=0), STARTS[0], 2)
    assert [type(x) for y in path for x in y] == [float] * 6
    assert path[0] == STARTS[0]


# --- the command ----------------------------------------------------------------------------


def said(words: list[str], capsys: Captured) -> list[str]:
    main(words)
    return capsys.readouterr().out.splitlines()


def test_both_ways_print_and_draw_the_same(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neural_ode, "WATCHED", 9)
    short = ["--steps", "2", "--hidden", "3", "--out"]
    compiled = said([*short, str(tmp_path / "a")], capsys)
    interpreted = said([*short, str(tmp_path / "b"), "--interpreted"], capsys)
    assert compiled[0] == interpreted[0] == "order of the solver: 3.94"
    assert compiled[1:3] == interpreted[1:3]  # the report
    assert compiled[3].split(", ")[1] == interpreted[3].split(", ")[1]
    assert compiled[4] == interpreted[4]
    for name in ("time", "path"):
        files = [tmp_path / folder / f"neural_ode_{name}.svg" for folder in "ab"]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_it_foretells_the_time_after_what_it_watched(tmp_path: Path, capsys: Captured) -> None:
    line = said(["--steps", "600", "--out", str(tmp_path)], capsys)[-3]
    watched, after = (float(part.rpartition(" ")[2]) for part in line.split(","))
    assert watched < 0.1
    assert after < 0.2


@pytest.mark.parametrize("words", [["--steps", "0"], ["--hidden", "0"], ["--no"]])
def test_a_wrong_option_is_explained(words: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(words)
    assert "error: " in capsys.readouterr().err
