"""Losses of a choice among classes: the formula, PyTorch's settings, every digit in the tails."""

import math
import random
from functools import partial
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest

from autograd import (
    Value,
    compile,
    grad,
    log_softmax,
    sin,
    strict,
    sum as sum_of,
    tanh,
    value_and_grad,
)
from autograd.engine.graph import topological_order
from autograd.losses import cross_entropy, nll_loss
from autograd.transforms.trees import flatten_numbers
from tests.bits import bits

INF = math.inf


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


def test_a_class_may_be_a_value_which_gives_the_same_numbers() -> None:
    for target in range(3):
        logits = [Value(0.3), Value(-2.0), Value(1.7)]
        others = [Value(x.data) for x in logits]
        loss, other = cross_entropy(logits, target), cross_entropy(others, Value(float(target)))
        loss.backward()
        other.backward()
        assert other.data == loss.data
        assert [x.grad for x in others] == [x.grad for x in logits]


# Of LOGITS, -log softmax is 2, 2 and 1 in units of log 2.
LOG2 = math.log(2.0)
LOGITS = [0.0, 0.0, LOG2]
WEIGHTS = [1.0, 2.0, 4.0]
ROWS = [LOGITS, LOGITS]
SHARES = [0.5, 0.25, 0.25]


class TestPyTorchsFormulas:
    """Settings of `cross_entropy`, each worked out by hand in units of log 2.

    A class y costs w[y]·l[y], with l = (2, 2, 1) and w = (1, 2, 4); smoothing ε makes it
    (1-ε)·w[y]·l[y] + ε/3·Σ w[c]·l[c]. The sums Σ l and Σ w·l are 5 and 10.
    """

    @pytest.mark.parametrize(
        ("targets", "settings", "each", "counted"),
        [
            ([0, 2], {}, [2, 1], 2),
            ([0, 2], {"weight": WEIGHTS}, [2, 4], 1 + 4),
            ([1, 1], {"weight": WEIGHTS}, [4, 4], 2 + 2),
            ([0, 2], {"label_smoothing": 0.25}, [1.5 + 5 / 12, 0.75 + 5 / 12], 2),
            ([0, 2], {"label_smoothing": 1.0}, [5 / 3, 5 / 3], 2),
            (
                [0, 2],
                {"label_smoothing": 0.25, "weight": WEIGHTS},
                [1.5 + 10 / 12, 3.0 + 10 / 12],
                1 + 4,
            ),
            ([0, -100], {}, [2, 0], 1),
            ([-100, 2], {"weight": WEIGHTS}, [0, 4], 4),
            ([2, 0], {"ignore_index": 2, "label_smoothing": 0.25}, [0, 1.5 + 5 / 12], 1),
            ([2, 7], {"ignore_index": 7, "weight": WEIGHTS}, [4, 0], 4),
            ([SHARES, SHARES], {}, [1.75, 1.75], 2),
            ([SHARES, [0, 0, 1]], {"weight": WEIGHTS}, [3, 4], 2),  # by samples, not by weights
            ([SHARES, [0, 1, 0]], {"label_smoothing": 0.25}, [1.3125 + 5 / 12, 1.5 + 5 / 12], 2),
            (
                [SHARES, SHARES],
                {"label_smoothing": 0.25, "weight": WEIGHTS},
                [2.25 + 10 / 12] * 2,
                2,
            ),
            ([[0, 0, 0], [1, 1, 1]], {}, [0, 5], 2),  # nor does PyTorch ask for a sum of 1
        ],
    )
    def test_cross_entropy(
        self, targets: Any, settings: dict[str, Any], each: list[float], counted: float
    ) -> None:
        wanted = [x * LOG2 for x in each]
        found = cross_entropy(ROWS, targets, **settings, reduction="none")
        assert found == pytest.approx(wanted, rel=4e-16, abs=0.0)
        total = cross_entropy(ROWS, targets, **settings, reduction="sum")
        assert total == pytest.approx(sum(wanted), rel=4e-16)
        mean = cross_entropy(ROWS, targets, **settings)
        assert mean == pytest.approx(sum(wanted) / counted, rel=4e-16)

    @pytest.mark.parametrize("settings", [{}, {"weight": WEIGHTS}, {"ignore_index": 1}])
    def test_nll_loss_of_log_probabilities_is_the_cross_entropy_of_logits(
        self, settings: dict[str, Any]
    ) -> None:
        logs = [log_softmax(row) for row in ROWS]
        for reduction in ("none", "sum", "mean"):
            found = nll_loss(logs, [0, 1], **settings, reduction=reduction)
            assert found == cross_entropy(ROWS, [0, 1], **settings, reduction=reduction)

    @pytest.mark.parametrize("smoothing", [0.0, 0.25, 1.0])
    def test_a_class_is_the_row_of_its_probabilities(self, smoothing: float) -> None:
        for target in range(3):
            row = [float(i == target) for i in range(3)]
            found = [cross_entropy(LOGITS, t, label_smoothing=smoothing) for t in (target, row)]
            assert found[0] == pytest.approx(found[1], rel=4e-16)

    @pytest.mark.parametrize("target", [2, SHARES])
    def test_one_sample_alone_is_that_sample_in_a_list(self, target: Any) -> None:
        assert cross_entropy(LOGITS, target) == cross_entropy([LOGITS], [target])
        by_weight = cross_entropy(LOGITS, target, weight=WEIGHTS)
        assert by_weight == cross_entropy([LOGITS], [target], weight=WEIGHTS)

    def test_the_gradient_of_probabilities_is_softmax_minus_them(self) -> None:
        logits = [Value(z) for z in LOGITS]
        found = gradients(cross_entropy(logits, [0.25, 0.25, 0.5]), *logits)
        assert found == pytest.approx([0.0, 0.0, 0.0], abs=1e-16)
        logits = [Value(z) for z in LOGITS]
        assert gradients(cross_entropy(logits, SHARES), *logits) == pytest.approx(
            [-0.25, 0.0, 0.25], abs=1e-16
        )

    def test_weights_and_probabilities_may_be_learned(self) -> None:
        weights, shares = [Value(w) for w in WEIGHTS], [Value(t) for t in SHARES]
        loss = cross_entropy(LOGITS, shares, weight=weights)
        wanted = [x * LOG2 for x in (1.0, 0.5, 0.25, 2.0, 4.0, 4.0)]
        assert gradients(loss, *weights, *shares) == pytest.approx(wanted, rel=1e-15)


class TestIgnoredTargets:
    @pytest.mark.parametrize("loss", [cross_entropy, nll_loss])
    @pytest.mark.parametrize("target", [-100, -100.0, Value(-100.0)])
    def test_they_cost_nothing_and_pass_nothing_back(self, loss: Any, target: Any) -> None:
        first, second = Value(0.5), Value(math.nan)
        total = loss([[0.0, first], [second, 0.0]], [1, target], reduction="sum")
        assert total.data == loss([0.0, 0.5], 1)
        assert gradients(total, second) == [0.0]
        assert first.grad != 0.0

    @pytest.mark.parametrize("targets", [[-100, -100], [Value(-100.0), -100]])
    @pytest.mark.parametrize("weight", [None, [1.0, 2.0]])
    def test_where_all_are_ignored_the_mean_is_nan_and_the_sum_0(
        self, targets: Any, weight: Any
    ) -> None:
        """As PyTorch documents it: nothing over nothing."""
        z = Value(0.5)
        rows: list[Any] = [[z, 0.0], [0.0, 1.0]]
        mean = cross_entropy(rows, targets, weight=weight)
        assert math.isnan(mean.data)
        assert gradients(mean, z) == [0.0]
        sum_ = cross_entropy(rows, targets, weight=weight, reduction="sum")
        assert bits(sum_) == ["0.0"]

    def test_one_alone_is_nan_by_the_mean_and_0_without(self) -> None:
        row: list[Any] = [Value(0.5), 0.0]
        assert math.isnan(cross_entropy(row, -100).data)
        assert cross_entropy(row, -100, reduction="none").data == 0.0

    @pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
    @pytest.mark.parametrize("targets", [[1, -100], [-100, 0], [-100, -100], [0, 1]])
    def test_compiled_they_are_told_at_the_call(self, targets: Any, reduction: str) -> None:
        def step(rows: Any, targets: Any) -> Any:
            def total(rows: Any) -> Any:
                found = cross_entropy(rows, targets, reduction=reduction, label_smoothing=0.1)
                return sum(found) if isinstance(found, list) else found

            return value_and_grad(total)(rows)

        compiled = compile(step)
        compiled([[0.5, 1.0], [2.0, 3.0]], [0, 0])
        assert compiled.verify([[0.5, 1.0], [2.0, -INF]], targets) == 5


class TestInfiniteLogits:
    @pytest.mark.parametrize(
        ("logits", "target", "settings", "expected"),
        [
            # Smoothing gives a class a part that cannot be: the loss is inf, as its limit is.
            ([0.0, -INF, 0.0], 0, {"label_smoothing": 0.1}, INF),
            ([0.0, INF], 1, {"label_smoothing": 0.1}, INF),
            # A class that does not count leaves the others alone.
            ([0.0, -INF, 0.0], 0, {"label_smoothing": 0.3, "weight": [1, 0, 1]}, 0.9 * LOG2),
            ([0.0, -INF, 0.0], [0.5, 0.0, 0.5], {}, LOG2),
            ([0.0, INF], [0.0, 1.0], {}, 0.0),
            ([0.0, INF], [0.5, 0.5], {}, INF),
            ([0.0, -INF], 1, {"weight": [1.0, 0.0], "reduction": "sum"}, 0.0),
        ],
    )
    def test_the_loss_is_the_limit(
        self, logits: list[float], target: Any, settings: dict[str, Any], expected: float
    ) -> None:
        values = [Value(z) for z in logits]
        loss = cross_entropy(values, target, **settings)
        assert loss.data == pytest.approx(expected, rel=1e-15)
        assert not any(map(math.isnan, gradients(loss, *values)))


def ops(loss: Value) -> int:
    return sum(node.op is not None for node in topological_order(loss))


class TestSizeOfTheGraph:
    """n samples of k classes."""

    n, k = 3, 5

    @pytest.mark.parametrize(
        ("target", "settings", "each", "mean"),
        [
            (1, {}, 3, 1),  # log_share, its negation, and the choice whether it is ignored
            (1, {"weight": [1.0, 2.0, 3.0, 4.0, 5.0]}, 4, 2),  # times the weight; sum and quotient
            (1, {"label_smoothing": 0.1}, 3 + 5 + 4, 1),
            (-100, {}, 3, 2),
            ([0.2] * 5, {}, 5 + 2, 1),
            ([1, 0, 0, 0, 0], {}, 2 * 5 + 2, 1),
            (Value(1.0), {}, 6, 3),
        ],
    )
    def test_a_mean_has_this_many_nodes(
        self, target: Any, settings: dict[str, Any], each: int, mean: int
    ) -> None:
        rows = [[Value(1.0) for _ in range(self.k)] for _ in range(self.n)]
        assert ops(cross_entropy(rows, [target] * self.n, **settings)) == each * self.n + mean


class TestAClassThatIsANumberAndOneInAValue:
    """They make one graph: gradients are the same bits, in numbers and in Values that differ."""

    @staticmethod
    def rows(z: Any, w: Any) -> Any:
        return [[tanh(a * b + a) for a in z] for b in w]

    @pytest.mark.parametrize("settings", [{}, {"label_smoothing": 0.1}])
    @pytest.mark.parametrize("weights", ["none", "numbers", "values"])
    @pytest.mark.parametrize("loss", [cross_entropy, nll_loss])
    def test_first_and_second_derivatives_have_the_same_bits(
        self, loss: Any, weights: str, settings: dict[str, Any]
    ) -> None:
        def f(z: Any, w: Any, y: Any) -> Any:
            weight = {"none": None, "numbers": [0.3, 0.7, 0.2], "values": w}[weights]
            return loss(self.rows(z, w), [y, 1, y], weight=weight, **settings)

        def slopes(z: Any, w: Any, y: Any) -> Any:
            found = grad(f, (0, 1))(z, w, y)
            return sum_of([sin(x * (i + 1.0)) for i, x in enumerate(flatten_numbers(found)[0])])

        if loss is nll_loss:
            settings = {}
        first, second = (compile(value_and_grad(g, (0, 1))) for g in (f, slopes))
        rng = random.Random(0)
        for y in (0, 1, 2, -100) * 4:
            z, w = ([rng.gauss(0.0, 1.0) for _ in range(3)] for _ in range(2))
            first.verify(z, w, y)
            second.verify(z, w, y)
