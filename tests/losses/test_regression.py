"""Losses of numbers: the formula and its gradient."""

import math

from autograd import Value
from autograd.losses import mse_loss

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
