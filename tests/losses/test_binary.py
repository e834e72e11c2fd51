"""Losses of yes-or-no answers: the formula, and every digit in the tails."""

import math
from collections.abc import Callable
from typing import Any

import mpmath  # type: ignore[import-untyped]
import pytest

from autograd import Value
from autograd.losses import binary_cross_entropy, hinge_loss

INF = math.inf


def raised(kind: type[BaseException], action: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        action()
    return str(caught.value)


def gradients(loss: Value, *values: Value) -> list[float]:
    loss.backward()
    return [value.grad for value in values]


def close(x: float, reference: Any, ulps: int = 8) -> bool:
    return abs(x - float(reference)) <= ulps * math.ulp(float(reference))


class TestHinge:
    def test_nothing_flows_from_the_margin_on(self) -> None:
        below, on, above = Value(0.5), Value(1.0), Value(1.5)
        loss = hinge_loss([below, on, above], [1, 1, 1])
        assert gradients(loss * 3.0, below, on, above) == [-1.0, 0.0, 0.0]

    @pytest.mark.parametrize("target", [0, 2, -1.5, math.nan, INF])
    def test_other_targets_are_named_with_their_position(self, target: float) -> None:
        message = raised(ValueError, lambda: hinge_loss([1.0, 1.0], [1, target]))
        assert f"-1 or 1 (for 0 or 1 pass 2 * target - 1), got {float(target)!r}" in message
        assert "target 1" in message


class TestBinaryCrossEntropy:
    @pytest.mark.parametrize("z", [0.0, 1e-8, 0.5, -3.0, 20.0, 40.0, -40.0, 300.0, -700.0])
    @pytest.mark.parametrize("target", [0, 1, 0.25, 1.0])
    def test_loss_and_gradient_keep_their_digits(self, z: float, target: float) -> None:
        logit = Value(z)
        (gradient,) = gradients(loss := binary_cross_entropy(logit, target), logit)
        with mpmath.workdps(700):
            p = 1 / (1 + mpmath.exp(-mpmath.mpf(z)))
            log_no = -mpmath.mpf(z) + mpmath.log(p)
            reference = -target * mpmath.log(p) - (1 - target) * log_no
            assert close(loss.data, reference)
            assert close(gradient, p - target)

    @pytest.mark.parametrize(("z", "target"), [(INF, 1), (-INF, 0), (1e308, 1)])
    def test_sure_and_right_costs_nothing(self, z: float, target: int) -> None:
        logit = Value(z)
        (gradient,) = gradients(loss := binary_cross_entropy(logit, target), logit)
        assert (loss.data, gradient) == (0.0, 0.0)

    def test_a_target_may_be_learned(self) -> None:
        target = Value(0.5)
        assert gradients(binary_cross_entropy(2.0, target), target) == [pytest.approx(-2.0)]

    @pytest.mark.parametrize("target", [-0.1, 1.5, -1, math.nan])
    def test_other_targets_are_named_with_their_position(self, target: float) -> None:
        message = raised(ValueError, lambda: binary_cross_entropy([1.0, 1.0], [1, target]))
        assert f"targets from 0 to 1, got {float(target)!r} as target 1" in message
