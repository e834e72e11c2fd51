"""What the losses promise: the formula, every digit in the tails, and clear errors."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest

from autograd import Value, check_grads, compile, grad, strict, value_and_grad, vmap
from autograd.engine.graph import topological_order
from autograd.losses import binary_cross_entropy, cross_entropy, hinge_loss, mse_loss
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


class TestEveryLoss:
    @pytest.mark.parametrize(
        ("loss", "outputs", "targets", "expected"),
        [
            (mse_loss, 3.0, 1.0, 4.0),
            (mse_loss, [3.0], [1.0], 4.0),
            (mse_loss, [3.0, 1.0, 0.0], [1.0, 1.0, 1.0], 5 / 3),
            (hinge_loss, 0.25, 1, 0.75),
            (hinge_loss, 2.0, 1, 0.0),
            (hinge_loss, [2.0, 2.0], [1, -1], 1.5),
            (binary_cross_entropy, 0.0, 1, math.log(2.0)),
            (binary_cross_entropy, [0.0, 0.0], [0, 0.25], math.log(2.0)),
            (cross_entropy, [0.0, 0.0, 0.0, 0.0], 2, math.log(4.0)),
            (cross_entropy, [[0.0, 0.0], [1000.0, 0.0]], [0, 1], (math.log(2.0) + 1000.0) / 2),
            (cross_entropy, [5.0], 0, 0.0),
        ],
    )
    def test_numbers_give_a_number_and_values_the_same_number_in_a_node(
        self, loss: Callable[[Any, Any], Any], outputs: Any, targets: Any, expected: float
    ) -> None:
        def values(x: Any) -> Any:
            return [values(one) for one in x] if isinstance(x, list) else Value(x)

        number = loss(outputs, targets)
        assert type(number) is float
        assert number == pytest.approx(expected, rel=1e-15)
        assert loss(values(outputs), targets).data == number

    @pytest.mark.parametrize("loss", [mse_loss, hinge_loss, binary_cross_entropy])
    def test_ints_tuples_arrays_and_values_are_targets_too(
        self, loss: Callable[[Any, Any], Any]
    ) -> None:
        outputs = [Value(0.5), Value(-2.0)]
        given: list[Any] = [[1, 1], (1.0, 1.0), np.ones(2), [Value(1.0), Value(1.0)]]
        first, *others = [loss(outputs, targets).data for targets in given]
        assert others == pytest.approx([first] * 3, rel=1e-15)

    @pytest.mark.parametrize("loss", [mse_loss, hinge_loss, binary_cross_entropy])
    @pytest.mark.parametrize(
        ("outputs", "targets", "message"),
        [
            ([], [], "needs at least one output"),
            ([1.0, 2.0], [1.0], "got 2 outputs and 1 targets"),
            (1.0, [1.0, 1.0], "got 1 outputs and 2 targets"),
        ],
    )
    def test_outputs_and_targets_must_pair_up(
        self, loss: Callable[[Any, Any], Any], outputs: Any, targets: Any, message: str
    ) -> None:
        found = raised(ValueError, lambda: loss(outputs, targets))
        assert loss.__name__ in found
        assert message in found

    @pytest.mark.parametrize("loss", [mse_loss, hinge_loss, binary_cross_entropy])
    @pytest.mark.parametrize("bad", ["1", None, [1.0], True])
    def test_what_is_no_number_is_a_type_error(
        self, loss: Callable[[Any, Any], Any], bad: Any
    ) -> None:
        raised(TypeError, lambda: loss([1.0], [bad]))
        if bad is not True:
            raised(TypeError, lambda: loss([bad], [1.0]))

    def test_derivatives_agree_with_finite_differences(self) -> None:
        z = [0.3, -1.2, 2.0]
        check_grads(lambda x: mse_loss(x, [1.0, 2.0, 3.0]), z)
        check_grads(lambda x: hinge_loss(x, [1, -1, -1]), z)
        check_grads(lambda x: binary_cross_entropy(x, [1, 0, 0.3]), z)
        check_grads(lambda x: cross_entropy(x, 1), z)

    def test_one_sample_needs_no_mean(self) -> None:
        ops = [node.op.name for node in topological_order(mse_loss(Value(1.0), 2.0)) if node.op]
        assert ops == ["-", "*"]


class TestMSE:
    def test_its_gradient_is_twice_the_error_over_the_number(self) -> None:
        a, b, t = Value(3.0), Value(-1.0), Value(1.0)
        assert gradients(mse_loss([a, b], [t, 1.0]), a, b, t) == [2.0, -2.0, -2.0]

    def test_overflow_is_inf(self) -> None:
        assert mse_loss(1e200, -1e200) == INF


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


@pytest.mark.parametrize(
    ("loss", "outputs", "target"),
    [
        (cross_entropy, [0.3, -2.0, 1.7], 2),
        (binary_cross_entropy, 0.3, 1),
        (binary_cross_entropy, -0.3, 0.25),
        (hinge_loss, 0.3, -1),
        (mse_loss, [0.3, 2.0], [1.0, -1.0]),
    ],
)
def test_a_loss_is_compiled_with_targets_that_each_call_has_anew(
    loss: Any, outputs: Any, target: Any
) -> None:
    step = value_and_grad(loss)
    assert bits(compile(step)(outputs, target)) == bits(step(outputs, target))


def _cross(z: Any, t: Any) -> Any:
    return cross_entropy([z, 0.0], t)


def _hinge(z: Any, t: Any) -> Any:
    return hinge_loss([z], [t])


def _binary(z: Any, t: Any) -> Any:
    return binary_cross_entropy([z], [t])


class TestTargetsThatAreKnownAtTheCall:
    """A compiled loss takes and refuses the targets that the interpreted one does, at each call."""

    @pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
    @pytest.mark.parametrize(
        ("loss", "good", "bad"),
        [
            (_cross, [0, 1, 1.0], [2, -1]),
            (_hinge, [1, -1], [0, 2, math.nan]),
            (_binary, [0, 1, 0.25], [3, -1e-9, math.nan]),
        ],
    )
    def test_they_are_checked_at_every_call(
        self, loss: Any, good: list[float], bad: list[float], backend: str
    ) -> None:
        compiled = compile(loss, backend=backend)
        for target in good:
            assert compiled(0.3, target) == loss(0.3, target)
        for target in bad:
            with pytest.raises((ValueError, IndexError)) as interpreted:
                loss(0.3, target)
            with pytest.raises(type(interpreted.value)) as refused:
                compiled(0.3, target)
            assert str(refused.value) == str(interpreted.value)
        assert compiled(0.3, good[0]) == loss(0.3, good[0])

    def test_the_gradient_is_that_of_the_interpreted_loss(self) -> None:
        for loss, target in ((_hinge, -1.0), (_binary, 0.25), (_binary, 1.0)):
            by_both = grad(loss, (0, 1))
            assert compile(by_both)(0.3, target) == by_both(0.3, target)

    def test_a_batch_checks_them_too(self) -> None:
        compiled = compile(vmap(_binary))
        with pytest.raises(ValueError, match=r"binary_cross_entropy wants targets from 0 to 1"):
            compiled([0.1, 0.2], [1.0, 1.5])

    def test_a_row_that_is_one_number_is_an_error(self) -> None:
        with pytest.raises(TypeError, match="a model with one output takes binary_cross_entropy"):
            cross_entropy([Value(0.5), Value(0.2)], [0, 0])
