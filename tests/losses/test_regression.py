"""Losses of numbers: the formula, its gradient, and what holds at the kinks."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value, grad
from autograd.losses import huber_loss, l1_loss, mse_loss, smooth_l1_loss

INF = math.inf


def gradients(loss: Value, *values: Value) -> list[float]:
    loss.backward()
    return [value.grad for value in values]


class TestMSE:
    def test_its_gradient_is_twice_the_error_over_the_number(self) -> None:
        a, b, t = Value(3.0), Value(-1.0), Value(1.0)
        assert gradients(mse_loss([a, b], [t, 1.0]), a, b, t) == [2.0, -2.0, -2.0]

    def test_overflow_is_inf(self) -> None:
        assert mse_loss(1e200, -1e200) == INF


class TestL1:
    def test_it_is_the_mean_of_the_sizes_of_the_errors(self) -> None:
        assert l1_loss([3.0, -1.0, 1.0], [1.0, 1.0, 1.0]) == 4.0 / 3.0

    def test_its_gradient_is_the_sign_of_the_error_and_0_at_0(self) -> None:
        above, below, there = Value(3.0), Value(-1.0), Value(1.0)
        loss = l1_loss([above, below, there], [1.0, 1.0, 1.0], reduction="sum")
        assert gradients(loss, above, below, there) == [1.0, -1.0, 0.0]


class TestHuber:
    """e²/2 where abs(e) <= delta, delta·(abs(e) - delta/2) from there on."""

    @pytest.mark.parametrize(
        ("error", "delta", "loss", "slope", "bend"),
        [
            (0.0, 1.0, 0.0, 0.0, 1.0),
            (0.5, 1.0, 0.125, 0.5, 1.0),
            (-0.5, 1.0, 0.125, -0.5, 1.0),
            (1.0, 1.0, 0.5, 1.0, 1.0),  # the edge belongs to the parabola, as that of clip does
            (-2.0, 2.0, 2.0, -2.0, 1.0),
            (3.0, 2.0, 4.0, 2.0, 0.0),
            (-3.0, 2.0, 4.0, -2.0, 0.0),
            (1e300, 1.0, 1e300, 1.0, 0.0),
            (INF, 2.0, INF, 2.0, 0.0),
            (-INF, 2.0, INF, -2.0, 0.0),
        ],
    )
    def test_an_error_has_this_loss_slope_and_bend(
        self, error: float, delta: float, loss: float, slope: float, bend: float
    ) -> None:
        def of_error(x: Any) -> Any:
            return huber_loss(x, 0.0, delta=delta)

        assert of_error(error) == loss
        assert grad(of_error)(error) == slope
        assert grad(grad(of_error))(error) == bend

    def test_it_is_beta_times_the_smooth_l1_loss(self) -> None:
        errors = [0.25 * i for i in range(-20, 21)]
        for beta in (0.5, 1.0, 4.0):
            for error in errors:
                assert huber_loss(error, 0.0, delta=beta) == beta * smooth_l1_loss(
                    error, 0.0, beta=beta
                )

    @pytest.mark.parametrize(
        ("delta", "kind", "message"),
        [
            (0.0, ValueError, "delta of huber_loss is above 0, got 0"),
            (-1.0, ValueError, "delta of huber_loss is finite and at least 0, got -1.0"),
            (INF, ValueError, "delta of huber_loss is finite"),
            (math.nan, ValueError, "delta of huber_loss is finite"),
            ("1", TypeError, "delta of huber_loss holds one real number, got str"),
            (Value(1.0), TypeError, "pass a plain number, which a compiled function takes by stat"),
        ],
    )
    def test_other_deltas_are_errors(self, delta: Any, kind: type[Exception], message: str) -> None:
        with pytest.raises(kind, match=message):
            huber_loss(1.0, 0.0, delta=delta)


class TestSmoothL1:
    """e²/(2·beta) where abs(e) <= beta, abs(e) - beta/2 from there on."""

    @pytest.mark.parametrize(
        ("error", "beta", "loss", "slope", "bend"),
        [
            (0.0, 1.0, 0.0, 0.0, 1.0),
            (0.5, 1.0, 0.125, 0.5, 1.0),
            (1.0, 2.0, 0.25, 0.5, 0.5),
            (-2.0, 2.0, 1.0, -1.0, 0.5),
            (3.0, 2.0, 2.0, 1.0, 0.0),
            (-INF, 2.0, INF, -1.0, 0.0),
            (1e-200, 1e-200, 5e-201, 1.0, 1e200),
        ],
    )
    def test_an_error_has_this_loss_slope_and_bend(
        self, error: float, beta: float, loss: float, slope: float, bend: float
    ) -> None:
        def of_error(x: Any) -> Any:
            return smooth_l1_loss(x, 0.0, beta=beta)

        assert of_error(error) == pytest.approx(loss, rel=1e-15, abs=0.0)
        assert grad(of_error)(error) == slope
        assert grad(grad(of_error))(error) == pytest.approx(bend, rel=1e-15)

    def test_a_beta_of_0_makes_it_the_l1_loss(self) -> None:
        x = Value(0.0)
        assert smooth_l1_loss([-0.5, 2.0], [0.0, 0.0], beta=0) == 1.25
        assert gradients(smooth_l1_loss(x, 0.0, beta=0.0), x) == [0.0]

    def test_a_beta_below_0_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="beta of smooth_l1_loss is finite and at least 0"):
            smooth_l1_loss(1.0, 0.0, beta=-1.0)


@pytest.mark.parametrize("loss", [mse_loss, l1_loss, huber_loss, smooth_l1_loss])
def test_nothing_makes_a_number_of_nan(loss: Callable[..., Any]) -> None:
    x = Value(math.nan)
    (gradient,) = gradients(loss(x, 0.0), x)
    assert math.isnan(loss(math.nan, 0.0))
    assert math.isnan(gradient)


@pytest.mark.parametrize("beta", [5e-324, 3e-309, 5e-309])
def test_smooth_l1_of_a_beta_without_an_inverse_is_l1(beta: float) -> None:
    for error in (0.0, 1e-310, -1e-310, 2.0):
        x, y = Value(error), Value(error)
        smooth, plain = smooth_l1_loss(x, 0.0, beta=beta), l1_loss(y, 0.0)
        smooth.backward()
        plain.backward()
        assert (smooth.data, x.grad) == (plain.data, y.grad)
