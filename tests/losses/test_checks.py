"""What every loss takes and refuses, interpreted and compiled."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value, check_grads, compile, dot, grad, value_and_grad, vmap
from autograd.losses import (
    binary_cross_entropy,
    cross_entropy,
    hinge_loss,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    nll_loss,
    smooth_l1_loss,
)
from autograd.transforms.trees import flatten_numbers
from tests.bits import bits
from tests.loss_cases import EVERY_LOSS, Case, case_of

PAIRED = pytest.mark.parametrize(
    "loss",
    [mse_loss, l1_loss, huber_loss, smooth_l1_loss, hinge_loss, binary_cross_entropy, kl_div],
)


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

    @PAIRED
    def test_ints_tuples_arrays_and_values_are_targets_too(
        self, loss: Callable[[Any, Any], Any]
    ) -> None:
        outputs = [Value(0.5), Value(-2.0)]
        given: list[Any] = [[1, 1], (1.0, 1.0), np.ones(2), [Value(1.0), Value(1.0)]]
        first, *others = [loss(outputs, targets).data for targets in given]
        assert others == pytest.approx([first] * 3, rel=1e-15)

    @PAIRED
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

    @PAIRED
    def test_what_has_no_order_is_refused(self, loss: Callable[[Any, Any], Any]) -> None:
        wanted = f"of {loss.__name__} is one number or a list of them, got a set"
        assert wanted in raised(TypeError, lambda: loss({0.5, 1.0}, [1.0, 1.0]))
        assert wanted in raised(TypeError, lambda: loss([0.5, 1.0], {1.0, -1.0}))

    @PAIRED
    @pytest.mark.parametrize("bad", ["1", None, [1.0], True])
    def test_what_is_no_number_is_a_type_error(
        self, loss: Callable[[Any, Any], Any], bad: Any
    ) -> None:
        raised(TypeError, lambda: loss([1.0], [bad]))
        if bad is not True:
            raised(TypeError, lambda: loss([bad], [1.0]))


REDUCTIONS = pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
CASES = pytest.mark.parametrize("case", EVERY_LOSS, ids=case_of)


@REDUCTIONS
@CASES
def test_derivatives_agree_with_finite_differences(case: Case, reduction: str) -> None:
    check_grads(lambda outputs: case.of(outputs, reduction=reduction), (case.outputs,))


@CASES
def test_weights_can_be_differentiated_too(case: Case) -> None:
    if case.numbers:
        check_grads(lambda z, numbers: case.of(z, **numbers), (case.outputs, dict(case.numbers)))


@pytest.mark.parametrize(
    "case", [x for x in EVERY_LOSS if isinstance(x.targets[0], float)], ids=case_of
)
def test_targets_that_are_numbers_can_be_differentiated_too(case: Case) -> None:
    check_grads(case.of, (case.outputs, case.targets))


@REDUCTIONS
@CASES
def test_a_compiled_loss_has_the_bits_of_the_interpreted_one(case: Case, reduction: str) -> None:
    """Of the loss and its gradient, where targets and weights are known only at the call."""

    def step(outputs: Any, targets: Any, numbers: Any, factor: float) -> Any:
        def loss(outputs: Any) -> Any:
            found = case.of(outputs, targets, reduction=reduction, **numbers)
            terms = flatten_numbers(found)[0]
            return factor * dot(terms, [1.0 + i for i in range(len(terms))])

        return value_and_grad(loss)(outputs)

    given = case.outputs, case.targets, dict(case.numbers)
    assert compile(step).verify(*given, 1.0) == compile(step).verify(*given, -0.5) > 1


@CASES
def test_values_targets_and_weights_in_values_change_no_bit(case: Case) -> None:
    def values(x: Any) -> Any:
        return Value(x) if isinstance(x, (int, float)) else [values(one) for one in x]

    numbers = {name: values(x) for name, x in case.numbers.items()}
    found = case.of(values(case.outputs), values(case.targets), **numbers)
    assert bits(found) == bits(case.of(case.outputs))


@CASES
def test_a_batch_and_a_scan_have_the_bits_of_a_loop(case: Case) -> None:
    entries = case.outputs, case.targets
    if case.loss in (kl_div, cross_entropy, nll_loss) and not isinstance(entries[0][0], list):
        entries = [entries[0]], [entries[1]]

    def of_sample(z: Any, t: Any) -> Any:
        weights = case.numbers if case.loss is not binary_cross_entropy else {}
        return case.loss(z, t, **weights, **case.settings)

    batch = compile(vmap(value_and_grad(of_sample)))
    samples = [value_and_grad(of_sample)(z, t) for z, t in zip(*entries, strict=True)]
    losses, slopes = batch(*entries)
    assert bits([losses, slopes]) == bits([[x for x, _ in samples], [g for _, g in samples]])

    def step(total: Any, datum: Any) -> Any:
        return total + 1.0, value_and_grad(of_sample)(datum["z"], datum["t"])

    data = {"z": entries[0], "t": entries[1]}
    assert bits(compile(step).scan(0.0, data)[1]) == bits([losses, slopes])


def _cross(z: Any, t: Any) -> Any:
    return cross_entropy([z, 0.0], t)


def _hinge(z: Any, t: Any) -> Any:
    return hinge_loss([z], [t])


def _binary(z: Any, t: Any) -> Any:
    return binary_cross_entropy([z], [t])


def _shares(z: Any, t: Any) -> Any:
    return cross_entropy([[z, 0.0], [0.0, z]], [[0.5, 0.5], [t, 0.25]], weight=[1.0, t])


def _log_probability(z: Any, t: Any) -> Any:
    return nll_loss([z, 0.0], t, weight=[1.0, 2.0])


def _divergence(z: Any, t: Any) -> Any:
    return kl_div([z, z], [t, 0.5])


def _divergence_of_logs(z: Any, t: Any) -> Any:
    return kl_div([[z, z]], [[-0.5, t]], log_target=True)


class TestTargetsThatAreKnownAtTheCall:
    """A compiled loss takes and refuses the targets that the interpreted one does, at each call."""

    @pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
    @pytest.mark.parametrize(
        ("loss", "good", "bad"),
        [
            (_cross, [0, 1, 1.0, -100], [2, -1, 0.5, math.inf]),
            (_log_probability, [0, 1, 1.0, -100], [2, -1, 0.5, math.nan]),
            (_shares, [0, 1, 0.25], [1.5, -1e-9, math.nan]),
            (_divergence, [0, 1, 0.25], [1.5, -1e-9, math.nan]),
            (_divergence_of_logs, [0, -1, -math.inf], [0.5, math.nan]),
            (_hinge, [1, -1], [0, 2, math.nan]),
            (_binary, [0, 1, 0.25], [3, -1e-9, math.nan]),
        ],
    )
    def test_they_are_checked_at_every_call(
        self, loss: Any, good: list[float], bad: list[float], backend: str
    ) -> None:
        compiled = compile(loss, backend=backend)
        for target in good:
            assert bits(compiled(0.3, target)) == bits(loss(0.3, target))
        for target in bad:
            with pytest.raises((ValueError, IndexError, TypeError)) as interpreted:
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
