"""Losses of a choice among classes: the formula, every digit in the tails, and clear errors."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest

from autograd import Value, strict
from autograd.losses import cross_entropy

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


class TestCrossEntropy:
    @pytest.mark.parametrize(
        "row", [[0.0, 0.0], [1.0, 2.0, 3.0], [40.0, 0.0, -1.0], [0.0, 300.0], [-1e4, 1e4, 0.0]]
    )
    def test_loss_and_gradient_keep_their_digits(self, row: list[float]) -> None:
        for target in range(len(row)):
            logits = [Value(z) for z in row]
            found = gradients(loss := cross_entropy(logits, target), *logits)
            with mpmath.workdps(10_000):
                total = mpmath.fsum(mpmath.exp(z) for z in row)
                softmax = [mpmath.exp(z) / total for z in row]
                # An exponential of a margin z has a condition of z.
                assert close(loss.data, -mpmath.log(softmax[target]), ulps=64)
                softmax[target] -= 1
                assert all(map(partial(close, ulps=64), found, softmax))

    def test_a_batch_gives_the_mean_of_its_samples(self) -> None:
        rows = [[0.1, 0.2], [3.0, -1.0], [0.0, 5.0]]
        samples = [cross_entropy(row, target) for row, target in zip(rows, [1, 0, 0], strict=True)]
        assert cross_entropy(rows, [1, 0, 0]) == pytest.approx(math.fsum(samples) / 3, rel=1e-15)
        assert cross_entropy(np.array(rows), np.array([1, 0, 0])) == cross_entropy(rows, [1, 0, 0])

    def test_classes_that_are_masked_out_change_nothing(self) -> None:
        a, b = Value(1.0), Value(2.0)
        with strict():
            loss = cross_entropy([a, -INF, b], 0)  # type: ignore[arg-type]
        assert loss.data == cross_entropy([1.0, 2.0], 0)
        assert all(map(math.isfinite, gradients(loss, a, b)))

    def test_the_gradients_of_one_sample_add_up_to_zero(self) -> None:
        logits = [Value(z) for z in (0.5, -1.0, 2.0, 0.0)]
        assert math.fsum(gradients(cross_entropy(logits, 2), *logits)) == pytest.approx(
            0.0, abs=1e-16
        )

    @pytest.mark.parametrize(
        ("logits", "target", "kind", "message"),
        [
            ([], 0, ValueError, "one logit for each class, got none"),
            ([[]], [0], ValueError, "one logit for each class, got none"),
            ([], [], ValueError, "at least one output"),
            ([1.0, 2.0], 2, IndexError, "class 2 is not one of the 2 from 0"),
            ([1.0, 2.0], -1, IndexError, "class -1 is not"),
            ([[1.0, 2.0]], [5], IndexError, "class 5 is not"),
            ([1.0, 2.0], 1.5, TypeError, "a class as an int or a Value, got 1.5"),
            ([1.0, 2.0], True, TypeError, "a class as an int or a Value, got True"),
            ([[1.0, 2.0]], 1, TypeError, "a batch of logits and one target"),
            ([[1.0, 2.0], [1.0]], [0, 0], ValueError, "as many logits for each sample, got [1, 2]"),
            ([[1.0, 2.0]], [0, 1], ValueError, "got 1 outputs and 2 targets"),
        ],
    )
    def test_wrong_arguments_are_clear_errors(
        self, logits: Any, target: Any, kind: type[Exception], message: str
    ) -> None:
        assert message in raised(kind, lambda: cross_entropy(logits, target))


def test_a_class_may_be_a_value_which_gives_the_same_numbers() -> None:
    for target in range(3):
        logits = [Value(0.3), Value(-2.0), Value(1.7)]
        others = [Value(x.data) for x in logits]
        loss, other = cross_entropy(logits, target), cross_entropy(others, Value(float(target)))
        loss.backward()
        other.backward()
        assert other.data == loss.data
        assert [x.grad for x in others] == [x.grad for x in logits]


def test_a_row_that_is_one_number_is_an_error() -> None:
    with pytest.raises(TypeError, match="a model with one output takes binary_cross_entropy"):
        cross_entropy([Value(0.5), Value(0.2)], [0, 0])
