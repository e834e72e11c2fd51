"""What every loss takes and refuses, interpreted and compiled."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value, check_grads, compile, grad, value_and_grad, vmap
from autograd.engine.graph import topological_order
from autograd.losses import binary_cross_entropy, cross_entropy, hinge_loss, mse_loss
from tests.bits import bits


def raised(kind: type[BaseException], action: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        action()
    return str(caught.value)


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
