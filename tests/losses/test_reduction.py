"""What every loss gives of many samples: their mean, their sum, or the loss of each."""

from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value
from autograd.engine.graph import topological_order
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
from tests.loss_cases import EVERY_LOSS, Case, case_of

CASES = pytest.mark.parametrize("case", EVERY_LOSS, ids=case_of)


@CASES
def test_none_gives_the_loss_of_each_and_mean_and_sum_are_of_these(case: Case) -> None:
    each = case.of(case.outputs, reduction="none")
    flat = [x for row in each for x in row] if isinstance(each[0], list) else each
    assert isinstance(each, list)
    assert all(type(x) is float for x in flat)
    assert case.of(case.outputs, reduction="sum") == pytest.approx(sum(flat), rel=1e-14)
    if not case.weighs_the_mean:
        mean = sum(flat) / len(flat)
        assert case.of(case.outputs, reduction="mean") == pytest.approx(mean, rel=1e-14)
    assert case.of(case.outputs, reduction="mean") == case.of(case.outputs)


@pytest.mark.parametrize("reduction", ["avg", "", None, 1, "Mean"])
@CASES
def test_another_name_is_an_error_that_lists_them(case: Case, reduction: Any) -> None:
    with pytest.raises(ValueError, match=r"reduction of \w+ is one of 'mean', 'sum', 'none'"):
        case.of(case.outputs, reduction=reduction)


@pytest.mark.parametrize(
    ("loss", "outputs", "target"),
    [
        (mse_loss, 2.0, 1.0),
        (l1_loss, 2.0, 1.0),
        (huber_loss, 2.0, 1.0),
        (smooth_l1_loss, 2.0, 1.0),
        (hinge_loss, 0.5, 1),
        (binary_cross_entropy, 0.5, 1),
        (cross_entropy, [0.5, 1.0], 1),
        (cross_entropy, [0.5, 1.0], [0.25, 0.75]),
        (nll_loss, [-0.5, -1.0], 1),
        (kl_div, -0.5, 0.5),
    ],
)
def test_one_alone_is_the_same_number_by_every_reduction(
    loss: Callable[..., Any], outputs: Any, target: Any
) -> None:
    found = [loss(outputs, target, reduction=reduction) for reduction in ("mean", "sum", "none")]
    assert type(found[0]) is float
    assert found == [found[0]] * 3


def test_one_in_a_list_stays_in_a_list_by_none() -> None:
    assert mse_loss([2.0], [0.0], reduction="none") == [4.0]
    assert mse_loss([2.0], [0.0]) == 4.0


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_one_sample_needs_no_node_for_its_mean_or_sum(reduction: str) -> None:
    root = mse_loss([Value(1.0)], [2.0], reduction=reduction)
    assert [node.op.name for node in topological_order(root) if node.op] == ["-", "*"]
