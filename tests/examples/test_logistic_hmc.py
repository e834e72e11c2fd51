"""Hamiltonian Monte Carlo: the laws of the leapfrog, a distribution that stays, the same bits."""

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, pvariance
from typing import Any

import pytest

from autograd import check_grads, dot, grad, jacfwd
from autograd.random import key, normal, split
from examples.logistic_hmc import (
    Energy,
    hmc_step,
    inverse,
    laplace,
    leapfrog,
    main,
    posterior_energy,
    sample,
    split_r_hat,
    two_species,
)
from examples.reporting import Report
from tests.bits import bits

Captured = pytest.CaptureFixture[str]
START = [0.5, -0.25, 1.0, 0.0, -1.5]
KICK = [1.0, 0.5, -0.75, -1.25, 0.25]


def posterior() -> Energy:
    return posterior_energy(two_species())


def bell(position: Any) -> Any:
    """The energy of a normal distribution with mean (1, -1) and deviations 1 and 0.5."""
    x, y = position
    return (x - 1.0) ** 2 / 2.0 + 2.0 * (y + 1.0) ** 2


ENERGIES: dict[str, tuple[Callable[[], Energy], int]] = {
    "posterior": (posterior, 5),
    "normal": (lambda: bell, 2),
}
each_energy = pytest.mark.parametrize(("make", "size"), ENERGIES.values(), ids=ENERGIES)


def columns(rows: Any) -> list[Any]:
    return list(zip(*rows, strict=True))


def whole_energy(energy: Energy, position: Any, momentum: Any) -> float:
    return float(energy(position) + dot(momentum, momentum) / 2.0)


# --- the posterior --------------------------------------------------------------------------


def test_there_are_50_flowers_of_each_of_two_species() -> None:
    rows = two_species()
    assert [row[0] for row in rows] == [-1.0] * 50 + [1.0] * 50
    features = columns([[row[0] * x for x in row[1:]] for row in rows])
    assert all(abs(fmean(feature)) < 1e-12 for feature in features)
    assert [pvariance(feature) for feature in features] == pytest.approx([1.0] * 4)


def test_the_energy_of_one_flower_is_that_of_its_class_and_of_the_prior() -> None:
    energy = posterior_energy([[1.0, 2.0]])
    probability = 1.0 / (1.0 + math.exp(-(0.5 + 2.0 * 0.25)))
    assert energy([0.5, 0.25]) == pytest.approx(-math.log(probability) + 0.3125 / 8.0, rel=1e-15)


def test_the_energy_has_right_derivatives() -> None:
    check_grads(posterior(), (START,))


# --- the laws of the leapfrog ---------------------------------------------------------------


@each_energy
def test_the_leapfrog_is_reversible(make: Callable[[], Energy], size: int) -> None:
    energy = make()
    end, momentum = leapfrog(energy, START[:size], KICK[:size], 0.1, 20)
    back, turned = leapfrog(energy, end, [-p for p in momentum], 0.1, 20)
    assert back == pytest.approx(START[:size], rel=0, abs=1e-12)
    assert turned == pytest.approx([-p for p in KICK[:size]], rel=0, abs=1e-12)
    assert end != pytest.approx(START[:size], abs=0.1)


def times(a: Any, b: Any) -> Any:
    return [[dot(row, column) for column in columns(b)] for row in a]


@each_energy
def test_the_leapfrog_is_symplectic_and_so_preserves_volume(
    make: Callable[[], Energy], size: int
) -> None:
    energy = make()

    def flow(place: Any) -> Any:
        position, momentum = leapfrog(energy, place[:size], place[size:], 0.2, 3)
        return [*position, *momentum]

    jacobian = jacfwd(flow)([*START[:size], *KICK[:size]])
    n = 2 * size  # J is symplectic where Jᵀ·Ω·J = Ω
    omega = [[float(j == i + size) - float(i == j + size) for j in range(n)] for i in range(n)]
    found = times(times(columns(jacobian), omega), jacobian)
    for row, wanted in zip(found, omega, strict=True):
        assert row == pytest.approx(wanted, rel=0, abs=1e-11)


@each_energy
def test_the_error_of_the_energy_falls_with_the_square_of_the_step(
    make: Callable[[], Energy], size: int
) -> None:
    energy, start = make(), (START[:size], KICK[:size])
    errors = []
    for steps in (16, 32, 64):
        end = leapfrog(energy, *start, 0.8 / steps, steps)
        errors.append(whole_energy(energy, *end) - whole_energy(energy, *start))
    assert all(3.9 < a / b < 4.1 for a, b in itertools.pairwise(errors))


# --- the chain ------------------------------------------------------------------------------


def test_a_normal_distribution_is_left_alone() -> None:
    starts = [[1.0 + x, -1.0 + 0.5 * y] for x, y in (normal(k, 2) for k in split(key(3), 400))]
    chains, accepted = sample(hmc_step(bell, 0.35, 3), starts, split(key(4), 50), compiled=True)
    assert 0.9 < accepted < 1.0
    xs, ys = zip(*(draw for chain in chains for draw in chain), strict=True)
    assert fmean(xs) == pytest.approx(1.0, abs=0.03)
    assert fmean(ys) == pytest.approx(-1.0, abs=0.015)
    assert pvariance(xs) == pytest.approx(1.0, abs=0.04)
    assert pvariance(ys) == pytest.approx(0.25, abs=0.01)


def test_a_step_too_large_is_refused_and_the_chain_stays() -> None:
    chains, accepted = sample(hmc_step(bell, 50.0, 5), [[0.0, 0.0]], split(key(0), 5), False)
    assert accepted == 0.0
    assert [list(draw) for draw in chains[0]] == [[0.0, 0.0]] * 5


def test_a_small_step_is_accepted() -> None:
    _, accepted = sample(hmc_step(bell, 1e-6, 2), [[0.0, 0.0]], split(key(0), 20), False)
    assert accepted == 1.0


@each_energy
def test_compiled_chains_have_the_same_bits(make: Callable[[], Energy], size: int) -> None:
    step, starts = hmc_step(make(), 0.3, 2), [START[:size], KICK[:size]]
    keys = split(key(0), 5)
    compiled, interpreted = (sample(step, starts, keys, way) for way in (True, False))
    assert bits(compiled) == bits(interpreted)
    assert len({tuple(draw) for draw in compiled[0][0]}) > 1


def test_an_interrupted_run_keeps_its_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(self: object, done: int) -> None:
        if done == 90:
            raise KeyboardInterrupt

    monkeypatch.setattr(Report, "__call__", stop)
    keys = split(key(0), 300)
    kept = [sample(hmc_step(bell, 0.3, 1), [[0.0, 0.0]], keys, way)[0] for way in (True, False)]
    assert [len(chain) for (chain,) in kept] == [90, 90]
    assert bits(kept[0]) == bits(kept[1])


# --- what was found -------------------------------------------------------------------------


def test_split_r_hat_is_small_where_chains_agree_and_large_where_not() -> None:
    # Halves (0, 2), variance 2 each, with equal means: √((1/2·2) / 2).
    assert split_r_hat([[0.0, 2.0, 2.0, 0.0]]) == math.sqrt(0.5)
    # Halves (0, 2) and (4, 6): 1/2·2 + the variance of the means 1 and 5, over 2.
    assert split_r_hat([[0.0, 2.0, 4.0, 6.0]]) == math.sqrt((1.0 + 8.0) / 2.0)
    assert split_r_hat([[0.0, 2.0, 0.0, 2.0], [4.0, 6.0, 4.0, 6.0]]) > 1.5


def test_the_inverse_is_one() -> None:
    assert inverse([[2.0, 0.0], [0.0, 4.0]]) == [[0.5, 0.0], [0.0, 0.25]]
    assert inverse([[2.0, 1.0], [1.0, 1.0]]) == [[1.0, -1.0], [-1.0, 2.0]]


def test_laplace_is_exact_for_a_normal_distribution() -> None:
    assert laplace(bell, [0.0, 0.0]) == ([1.0, -1.0], [1.0, 0.5])


def test_laplace_finds_the_mode_of_the_posterior() -> None:
    energy = posterior()
    mode, _ = laplace(energy, [0.0] * 5)
    assert grad(energy)(mode) == pytest.approx([0.0] * 5, abs=1e-12)


# --- the command ----------------------------------------------------------------------------


def said(words: list[str], capsys: Captured) -> list[str]:
    main(words)
    return capsys.readouterr().out.splitlines()


def test_both_ways_print_and_draw_the_same(tmp_path: Path, capsys: Captured) -> None:
    short = ["--draws", "6", "--warmup", "2", "--steps", "2", "--out"]
    compiled = said([*short, str(tmp_path / "a")], capsys)
    interpreted = said([*short, str(tmp_path / "b"), "--interpreted"], capsys)
    assert compiled[:8] == [f"draw {done} of 8" for done in range(1, 9)]
    assert compiled[8].startswith("4 x 8 draws in ")
    assert len(compiled) == 17
    assert compiled[9:15] == interpreted[9:15]
    for name in ("energy", "draws"):
        files = [tmp_path / folder / f"logistic_hmc_{name}.svg" for folder in "ab"]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_the_chains_agree_and_lie_near_laplace(tmp_path: Path, capsys: Captured) -> None:
    for line in said(["--out", str(tmp_path)], capsys)[-7:-2]:
        mean, deviation, mode, width, r_hat = map(float, line[14:].replace("±", " ").split())
        assert r_hat < 1.01, line
        assert abs(mean - mode) < 0.6 * deviation, line
        assert width == pytest.approx(deviation, rel=0.1), line


@pytest.mark.parametrize("words", [["--draws", "3"], ["--size", "0"], ["--size", "inf"], ["--no"]])
def test_a_wrong_option_is_explained(words: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(words)
    assert "error: " in capsys.readouterr().err
