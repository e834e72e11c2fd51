"""Losses of yes-or-no answers: the formula, and every digit in the tails."""

import math
from collections.abc import Callable
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest

from autograd import Value
from autograd.losses import binary_cross_entropy, hinge_loss
from tests.bits import bits

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

    @pytest.mark.parametrize("target", [0.0, 1.0, 0.25])
    @pytest.mark.parametrize("z", [INF, -INF, 1e308, -800.0])
    def test_a_target_in_a_value_gives_the_bits_of_the_number(
        self, z: float, target: float
    ) -> None:
        number, value = Value(z), Value(z)
        loss = binary_cross_entropy(number, target)
        other = binary_cross_entropy(value, Value(target))
        loss.backward()
        other.backward()
        assert bits([loss, number.grad]) == bits([other, value.grad])

    @pytest.mark.parametrize(
        ("targets", "weights", "expected"),  # of logits 0, for which -log p = -log(1-p) = log 2
        [
            ([1, 0], {"weight": [2.0, 4.0]}, [2.0, 4.0]),
            ([1, 0], {"weight": 3.0}, [3.0, 3.0]),
            ([1, 0], {"pos_weight": [5.0, 7.0]}, [5.0, 1.0]),
            ([1, 0], {"pos_weight": 5}, [5.0, 1.0]),
            ([0.25, 0.5], {"pos_weight": 3.0}, [1.5, 2.0]),
            ([1, 0.5], {"pos_weight": 3.0, "weight": [0.5, 0.25]}, [1.5, 0.5]),
            ([1, 1], {"weight": [0.0, 1.0]}, [0.0, 1.0]),
        ],
    )
    def test_weights_are_those_of_pytorch(
        self, targets: list[float], weights: dict[str, Any], expected: list[float]
    ) -> None:
        """w·(-q·t·log p - (1-t)·log(1-p)), and the mean is over the number of logits."""
        losses = binary_cross_entropy([0.0, 0.0], targets, **weights, reduction="none")
        assert losses == pytest.approx([x * math.log(2.0) for x in expected], rel=1e-15)
        assert binary_cross_entropy([0.0, 0.0], targets, **weights) == pytest.approx(
            math.log(2.0) * sum(expected) / 2, rel=1e-15
        )

    def test_a_weight_of_0_leaves_out_an_infinite_loss(self) -> None:
        z = Value(-INF)
        loss = binary_cross_entropy([z, 0.0], [1, 0], weight=[0.0, 1.0], reduction="sum")
        assert loss.data == math.log(2.0)
        assert gradients(loss, z) == [0.0]
        assert binary_cross_entropy(-INF, 1, pos_weight=0.0) == 0.0

    def test_weights_may_be_learned(self) -> None:
        weight, more = Value(2.0), Value(3.0)
        loss = binary_cross_entropy(0.0, 1, weight=weight, pos_weight=more)
        expected = [3.0 * math.log(2.0), 2.0 * math.log(2.0)]
        assert gradients(loss, weight, more) == pytest.approx(expected, rel=1e-15)

    @pytest.mark.parametrize(
        ("weights", "kind", "message"),
        [
            ({"weight": [1.0]}, ValueError, "got 1 number as weight of 2 outputs: pass one for"),
            ({"pos_weight": [1.0] * 3}, ValueError, "got 3 numbers as pos_weight of 2 outputs"),
            ({"weight": ["1", 2.0]}, TypeError, "weight 0 of binary_cross_entropy holds one real"),
            ({"pos_weight": np.array(2.0)}, TypeError, "pass its number, array.item()"),
            ({"pos_weight": "1"}, TypeError, "pos_weight of binary_cross_entropy holds one"),
        ],
    )
    def test_wrong_weights_are_clear_errors(
        self, weights: dict[str, Any], kind: type[Exception], message: str
    ) -> None:
        assert message in raised(kind, lambda: binary_cross_entropy([0.0, 0.0], [1, 0], **weights))
