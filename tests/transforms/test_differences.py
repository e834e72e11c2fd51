"""Finite differences: the slope and its noise, and which steps may speak against a derivative."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from autograd.transforms.differences import (
    PYTHON,
    STEP,
    Slope,
    _against,
    _slope,
    _steps,
    compare_derivatives,
)
from autograd.transforms.kinks import Piece

INF, NAN = math.inf, math.nan
LINE = (-24.0, -12.0, 12.0, 24.0)  # which rises by 24 over a step of 0.5, four times
NOISE = 64.0 * math.ulp(24.0) / 0.5


def slope_of_line(derivative: float, tolerance: float, *rounding: float) -> Slope:
    of_output, of_derivative = rounding or (0.0, 0.0)
    return _slope(derivative, LINE, 0.5, tolerance, lambda: (of_output, of_derivative))


def test_differences_of_fourth_order_hold_for_polynomials_up_to_the_fourth_power() -> None:
    for power, expected in enumerate((0.0, 1.0, 0.0, 0.0, 0.0)):
        ys = [offset**power for offset in (-2.0, -1.0, 1.0, 2.0)]
        found = _slope(0.0, ys, 0.25, 1.0, lambda: (0.0, 0.0))
        assert abs(found.slope - 4.0 * expected) <= found.noise


def test_noise_is_64_units_in_the_last_place_of_the_largest_number() -> None:
    assert slope_of_line(24.0, 1e-7) == Slope(24.0, NOISE, 0.5, True, True)
    down = _slope(-24.0, [-y for y in LINE], 0.5, 1e-7, lambda: (0.0, 0.0))
    assert down == Slope(-24.0, NOISE, 0.5, True, True)


@pytest.mark.parametrize(
    ("derivative", "tolerance", "rounding"),
    [
        (21.0 - NOISE, 0.125, (0.0, 0.0)),  # relative to the slope
        (32.0 + 2.0 * NOISE, 0.25 + NOISE / 32.0, (0.0, 0.0)),  # relative to the derivative
        (-8.0, 32.0 / 24.0, (0.0, 0.0)),  # of the other sign
        (21.0 - NOISE - 0.5 - 0.125, 0.125, (0.25, 0.125)),  # with what rounding explains
    ],
)
def test_a_derivative_may_be_off_by_tolerance_noise_and_rounding_but_no_more(
    derivative: float, tolerance: float, rounding: tuple[float, float]
) -> None:
    beyond = derivative + math.copysign(64.0 * NOISE, derivative - 24.0)
    assert slope_of_line(derivative, tolerance, *rounding).agrees
    assert not slope_of_line(beyond, tolerance, *rounding).agrees


@pytest.mark.parametrize(
    ("derivative", "tolerance"),
    [(24.0, 1e-7), (21.0 - NOISE, 0.125), (32.0 + 2.0 * NOISE, 0.25 + NOISE / 32.0)],
)
def test_rounding_is_asked_for_only_where_nothing_else_explains_the_gap(
    derivative: float, tolerance: float
) -> None:
    def never() -> tuple[float, float]:
        raise AssertionError

    assert _slope(derivative, LINE, 0.5, tolerance, never).noise == NOISE
    with pytest.raises(AssertionError):
        _slope(derivative + 64.0, LINE, 0.5, tolerance, never)


@pytest.mark.parametrize("derivative", [INF, -INF, NAN])
def test_a_derivative_that_is_no_number_agrees_with_no_slope(derivative: float) -> None:
    assert not slope_of_line(derivative, 1e-7, 1.0, 1.0).agrees


@pytest.mark.parametrize("y", [INF, -INF, NAN])
def test_numbers_that_are_not_finite_have_nothing_to_tell(y: float) -> None:
    found = _slope(1.0, [1.0, y, 2.0, 3.0], 0.5, 1e-7, lambda: (0.0, 0.0))
    assert repr(found) == repr(Slope(NAN, 0.0, 0.5, True, True))


def test_a_step_settles_it_where_the_noise_is_at_most_ten_tolerances() -> None:
    of_output = 0.5 * (3.75 - NOISE)  # so that the noise is 10·24/64
    assert slope_of_line(22.0, 1 / 64, of_output, 0.0) == Slope(24.0, 3.75, 0.5, True, True)
    assert not slope_of_line(22.0, math.nextafter(1 / 64, 0.0), of_output, 0.0).settles
    assert not slope_of_line(22.0, 1e-7, of_output, 0.0).settles
    assert not slope_of_line(20.0, 1.0 / 64.0, 0.0, 0.0).settles  # it does not agree


def test_a_step_settles_it_where_the_slope_is_the_derivative_whatever_the_noise() -> None:
    assert slope_of_line(24.0, 1e-30).settles
    assert not slope_of_line(24.0 + NOISE, 1e-30).settles


def told(derivative: float, *seen: Slope) -> str:
    """The first words of what the slopes say against a derivative."""
    return _against(derivative, seen).partition(" by finite")[0]


def beside(slope: float, noise: float = 0.0, step: float = 0.01) -> Slope:
    """A slope that agrees, from another step."""
    return Slope(slope, noise, step, True, False)


FAR = Slope(10.0, 0.0, 1.0, False, False)


class TestOneStepSpeaksAgainstADerivative:
    """The derivative is 0, one step of size 1 says 10, and another agrees, but confirms the 10."""

    @pytest.mark.parametrize("slope", [11.5, 8.5, 10.0])
    def test_if_another_is_within_a_tenth_of_the_gap_and_a_16th_of_its_noise(
        self, slope: float
    ) -> None:
        assert told(0.0, FAR, beside(slope, 8.0)) == "10.0"
        assert told(0.0, beside(slope, 8.0), FAR) == "10.0"

    @pytest.mark.parametrize("slope", [math.nextafter(11.5, INF), math.nextafter(8.5, 0.0)])
    def test_but_not_if_it_is_further(self, slope: float) -> None:
        assert told(0.0, FAR, beside(slope, 8.0)) == ""

    @pytest.mark.parametrize(
        ("step", "far"), [(10.0, True), (9.9, False), (1.0, False), (0.11, False), (0.1, True)]
    )
    def test_if_the_other_is_ten_times_as_large_or_small(self, step: float, far: bool) -> None:
        assert bool(told(0.0, FAR, beside(10.0, 0.0, step))) is far
        one = FAR._replace(step=0.5)
        assert bool(told(0.0, one, beside(10.0, 0.0, 0.5 * step))) is far

    @pytest.mark.parametrize(("derivative", "noise"), [(0.0, 0.01), (100.0, 0.1), (-100.0, 0.1)])
    def test_if_its_own_noise_is_at_most_a_thousandth(
        self, derivative: float, noise: float
    ) -> None:
        for one in (10.0, -10.0):
            seen = Slope(one, noise, 1.0, False, False)
            assert told(derivative, seen, beside(one)) == repr(one)
            noisy = seen._replace(noise=math.nextafter(noise, 1.0))
            assert told(derivative, noisy, beside(one)) == ""

    def test_but_not_if_it_agrees(self) -> None:
        assert told(0.0, FAR._replace(agrees=True), beside(10.0)) == ""


def test_of_steps_none_of_which_agrees_the_first_of_little_noise_speaks() -> None:
    clear = [Slope(slope, 1.0, 0.5, False, False) for slope in (1000.0, -1000.0)]
    noisy = Slope(999.0, 1.0, 1.0, False, False)
    assert told(0.0, noisy, *clear) == "1000.0"
    assert told(0.0, noisy, clear[1]) == "-1000.0"
    assert told(0.0, *clear) == "1000.0"
    assert told(0.0, noisy, noisy._replace(slope=998.0)) == "999.0"
    assert _against(0.0, [noisy]) == "999.0 by finite differences with step 1"
    assert told(0.0) == ""


TINY = math.ulp(0.0)


@pytest.mark.parametrize(
    ("x", "first"),
    [
        *((1.0, STEP), (-1.0, STEP), (3.0, STEP), (0.0, STEP)),
        *((0.25, 0.25 * STEP), (-0.25, 0.25 * STEP), (2.0**-900, 2.0**-900 * STEP)),
        *((2.0**30, 1.0), (-(2.0**30), 1.0), (2.0**1000, 2.0**970)),
    ],
)
def test_the_first_step_is_relative_to_the_size_of_a_small_number_or_of_a_huge_one(
    x: float, first: float
) -> None:
    assert _steps(x) == (first, first / 64.0, first / 4096.0, STEP)


def test_there_is_no_step_of_size_0_and_none_at_infinity() -> None:
    assert _steps(TINY) == (STEP,)
    assert _steps(TINY * 2.0**16) == (TINY * 64.0, TINY, STEP)
    assert _steps(INF) == _steps(-INF) == _steps(NAN) == ()


class TestWhatLiesWithinTheSteps:
    """The function is y = x, with pieces that change at a distance, or with every other path."""

    def compared(self, border: float, derivative: float = 1.0, *, of_python: bool = False) -> Any:
        def sampled(xs: list[float]) -> tuple[list[float], list[Piece]]:
            (x,) = xs
            beyond = x > border
            name = "detour" if beyond and of_python else "abs"
            return [x], [(name, "right" if beyond else "left")]

        return compare_derivatives(sampled, [0.0], 0, [derivative], 1e-7, lambda i, j: (0.0, 0.0))

    @pytest.mark.parametrize("border", [1.9 * STEP, 0.5 * STEP, STEP / 40.0, STEP / 4096.0])
    def test_the_first_kink_is_named_with_the_outermost_step(self, border: float) -> None:
        assert self.compared(border) == ({}, "abs", 2.0 * STEP)

    def test_a_kink_beyond_the_steps_is_none(self) -> None:
        assert self.compared(2.1 * STEP) == ({}, "", 0.0)

    def test_a_kink_does_not_hide_a_wrong_derivative_that_finer_steps_show(self) -> None:
        found = self.compared(1.9 * STEP, 2.0)
        step = f"{STEP / 64.0:.3g}"
        assert list(found.disagreements) == [0]
        assert found.disagreements[0].endswith(f" by finite differences with step {step}")
        assert found[1:] == ("abs", 2.0 * STEP)

    def test_another_path_of_python_is_told_only_where_no_step_agrees(self) -> None:
        assert self.compared(1.9 * STEP, of_python=True).kink == ""
        assert self.compared(1.9 * STEP, 2.0, of_python=True).kink == PYTHON
        assert self.compared(0.0, of_python=True) == ({}, PYTHON, 2.0 * STEP)


def test_steps_end_where_all_outputs_are_settled() -> None:
    seen: list[float] = []

    def sampled(xs: Sequence[float]) -> tuple[list[float], list[Piece]]:
        seen.append(xs[1])
        return [xs[1], 2.0 * xs[1]], []

    def steps(derivatives: Sequence[float]) -> int:
        seen.clear()
        compare_derivatives(sampled, [0.5, 1.0], 1, derivatives, 1e-7, lambda i, j: (0.0, 0.0))
        return len(seen) // 4

    assert steps([1.0, 2.0]) == 1
    assert steps([1.0, 2.5]) == steps([1.5, 2.0]) == 4
