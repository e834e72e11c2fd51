"""The divergence of distributions: PyTorch's formula, order of arguments and reductions."""

import math
from typing import Any

import mpmath  # type: ignore[import-untyped]
import pytest

from autograd import Value, compile, grad, log_softmax, softmax, value_and_grad
from autograd.losses import kl_div

INF = math.inf
LOG2 = math.log(2.0)
X = [-LOG2, -2 * LOG2, -2 * LOG2]  # the logarithms of 1/2, 1/4, 1/4


@pytest.mark.parametrize(
    ("targets", "expected"),  # t·(log t - x), in units of log 2
    [
        ([0.5, 0.25, 0.25], [0.0, 0.0, 0.0]),
        ([0.25, 0.25, 0.5], [-0.25, 0.0, 0.5]),
        ([1.0, 0.0, 0.0], [1.0, 0.0, 0.0]),
    ],
)
def test_an_element_is_t_times_log_t_minus_x(targets: list[float], expected: list[float]) -> None:
    wanted = [x * LOG2 for x in expected]
    assert kl_div(X, targets, reduction="none") == pytest.approx(wanted, rel=1e-15)
    assert kl_div(X, targets, reduction="sum") == pytest.approx(sum(wanted), rel=1e-15)
    assert kl_div(X, targets) == pytest.approx(sum(wanted) / 3, rel=1e-15)
    logs = [math.log(t) if t else -INF for t in targets]
    by_logs = kl_div(X, logs, log_target=True, reduction="none")
    assert by_logs == pytest.approx(wanted, rel=1e-15)


def test_rows_are_averaged_over_elements_or_over_rows() -> None:
    """PyTorch documents that the mean of elements is not the divergence, and batchmean is."""
    rows, targets = [X, X], [[1.0, 0.0, 0.0], [0.25, 0.25, 0.5]]
    each = kl_div(rows, targets, reduction="none")
    assert [list(map(type, row)) for row in each] == [[float] * 3] * 2
    total = kl_div(rows, targets, reduction="sum")
    assert total == pytest.approx(1.25 * LOG2, rel=1e-15)
    assert kl_div(rows, targets, reduction="batchmean") == total / 2
    assert kl_div(rows, targets) == total / 6
    assert kl_div(rows[:1], targets[:1], reduction="batchmean") == LOG2


@pytest.mark.parametrize("x", [-INF, -1000.0, -1.0, 0.0])
def test_a_probability_of_0_costs_nothing_whatever_the_input(x: float) -> None:
    """0·log 0 is 0."""
    by_share, by_log = Value(x), Value(x)
    losses = kl_div(by_share, 0.0), kl_div(by_log, -INF, log_target=True)
    for loss in losses:
        loss.backward()
    assert [loss.data for loss in losses] == [0.0, 0.0]
    assert [by_share.grad, by_log.grad] == [0.0, 0.0]


def test_an_input_of_probability_0_that_is_needed_costs_inf() -> None:
    assert kl_div(-INF, 0.5) == INF


@pytest.mark.parametrize("t", [1e-150, 0.25, 1.0])
def test_its_derivatives_are_minus_t_and_log_t_plus_1_minus_x(t: float) -> None:
    x = -0.75
    by_input, by_target = grad(kl_div, (0, 1))(x, t)
    assert by_input == -t
    assert by_target == pytest.approx(math.log(t) + 1.0 - x, rel=1e-15)
    second = grad(lambda t: grad(kl_div, 1)(x, t))(t)
    assert second == pytest.approx(1.0 / t, rel=1e-15)
    by_log = grad(lambda t: kl_div(x, t, log_target=True))(math.log(t))
    assert by_log == pytest.approx(t * (math.log(t) + 1.0 - x), rel=1e-13)


def test_of_two_softmaxes_it_is_the_divergence_of_the_textbook() -> None:
    z, w = [0.5, -1.0, 40.0], [0.25, 2.0, 38.0]
    found = kl_div(log_softmax(z), softmax(w), reduction="sum")
    with mpmath.workdps(60):
        p, q = ([mpmath.exp(x) for x in xs] for xs in (w, z))
        p, q = ([x / mpmath.fsum(xs) for x in xs] for xs in (p, q))
        wanted = mpmath.fsum(x * mpmath.log(x / y) for x, y in zip(p, q, strict=True))
    assert found == pytest.approx(float(wanted), rel=0, abs=1e-16)


@pytest.mark.parametrize(
    ("inputs", "targets", "options", "kind", "message"),
    [
        ([], [], {}, ValueError, "kl_div needs at least one output and its target, got none"),
        ([[]], [[]], {}, ValueError, "kl_div needs at least one output"),
        ([-1.0], [0.5, 0.5], {}, ValueError, "kl_div got 1 outputs and 2 targets"),
        ([[-1.0]], [[0.5], [0.5]], {}, ValueError, "kl_div got 1 outputs and 2 targets"),
        ([[-1.0], -1.0], [[0.5], 0.5], {}, TypeError, "a row of inputs for each sample, got rows"),
        ([-1.0], [[0.5]], {}, TypeError, "target 0 of kl_div holds one real number, got list"),
        ([[-1.0]], [0.5], {}, TypeError, "rows of inputs and numbers as targets: pass a row for e"),
        ([None], [0.5], {}, TypeError, "output 0 of kl_div holds one real number, got None"),
        (-1.0, -0.5, {}, ValueError, "targets from 0 to 1 (for log-probabilities pass log_target="),
        ([[-1.0], [-1.0]], [[0.5], [1.5]], {}, ValueError, "got 1.5 as target 0 (of 0 to 0) of ro"),
        (-1.0, 0.5, {"log_target": True}, ValueError, "at most 0 (for probabilities leave out log"),
        (-1.0, 0.5, {"log_target": 1}, TypeError, "log_target is True or False, got 1"),
        (X, X, {"reduction": "batchmean"}, ValueError, "one distribution pass reduction='sum'"),
        (X, X, {"reduction": "avg"}, ValueError, "one of 'mean', 'sum', 'none', 'batchmean'"),
    ],
)
def test_wrong_arguments_are_clear_errors(
    inputs: Any, targets: Any, options: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        kl_div(inputs, targets, **options)
    assert message in str(caught.value)


def test_a_target_that_is_the_logarithm_of_0_has_no_gradient() -> None:
    """It is the limit of exp(t)·(t - x + 1), also where exp(t) is below all floats."""

    def loss(x: Any, t: Any) -> Any:
        return kl_div([x], [t], log_target=True)

    for target in (-INF, -1000.0):
        for x in (-0.5, -INF):
            assert grad(loss, (0, 1))(x, target) == (0.0, 0.0)
            compile(value_and_grad(loss, (0, 1))).verify(x, target)
