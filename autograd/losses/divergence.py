"""The divergence of one distribution from another, in log-probabilities."""

from collections.abc import Iterable
from typing import Any, overload

from ..engine import calculus as c
from ..engine.arguments import truth, vector
from ..engine.logic import logical_and
from ..engine.value import Scalar, Value
from .checks import Scalars, checked_targets, is_probability, number_pairs, pairs_of
from .reduction import REDUCTIONS, OneNumber, check_reduction, is_alone, reduce_losses

Rows = Scalars | Iterable[Iterable[Scalar]]


@overload
def kl_div(
    inputs: Rows, targets: Rows, *, log_target: bool = False, reduction: OneNumber = "mean"
) -> Value: ...
@overload
def kl_div(inputs: Rows, targets: Rows, *, log_target: bool = False, reduction: str) -> Any: ...
def kl_div(
    inputs: Rows, targets: Rows, *, log_target: bool = False, reduction: str = "mean"
) -> Any:
    """The Kullback-Leibler divergence of targets from inputs, t·(log t - x) of each element.

    The order and the mean are PyTorch's: log-probabilities first, and the mean is over all
    elements. The divergence as it is defined, Σ t·(log t - x) for each row, is ``"batchmean"`` of
    rows, and ``"sum"`` of one row.

    Args:
        inputs: x, the log-probabilities of one distribution, as `log_softmax` gives; or a row of
            them for each sample.
        targets: t, one probability for each input. 0·log 0 is 0.
        log_target: whether the targets are log-probabilities, too.
        reduction: ``"mean"``, ``"sum"``, ``"batchmean"``, the sum over the number of rows, or
            ``"none"`` for the term of each element.

    Raises:
        ValueError: if there are none, not as many targets as inputs, or a target outside [0, 1], or
            above 0 with log_target.

    Example:
        >>> from autograd import log_softmax
        >>> kl_div([log_softmax([0.0, 0.0])], [[1.0, 0.0]], reduction="batchmean")
        0.6931471805599453
    """
    check_reduction("kl_div", reduction, (*REDUCTIONS, "batchmean"))
    terms_of = _terms_by_log if truth("log_target", log_target) else _terms
    rows = vector("output of kl_div", inputs)
    nested = [isinstance(row, Iterable) for row in rows]
    if not any(nested):
        if reduction == "batchmean":
            raise ValueError(
                "batchmean of kl_div is the sum over the number of rows, and got no rows: for the "
                "divergence of one distribution pass reduction='sum'"
            )
        terms = terms_of(rows, targets)
        return reduce_losses(terms, reduction, alone=is_alone(inputs))
    if not all(nested):
        raise TypeError("kl_div wants a row of inputs for each sample, got rows and numbers")
    pairs = pairs_of("kl_div", rows, targets)
    if not all(isinstance(row, Iterable) for _, row in pairs):
        raise TypeError("kl_div got rows of inputs and numbers as targets: pass a row for each")
    terms_of_rows = [terms_of(*pair, f" of row {i}") for i, pair in enumerate(pairs)]
    if reduction == "none":
        return terms_of_rows
    terms = [term for row in terms_of_rows for term in row]
    if reduction != "batchmean":
        return reduce_losses(terms, reduction, alone=False)
    total = reduce_losses(terms, "sum", alone=False)
    return total if len(rows) == 1 else c.div(total, float(len(rows)))


def _terms(inputs: Any, targets: Any, of_row: str = "") -> list[Any]:
    """t·(log t - x) of each element, 0 where t is."""
    pairs = number_pairs("kl_div", inputs, targets)
    wanted = "targets from 0 to 1 (for log-probabilities pass log_target=True)"
    pairs = checked_targets("kl_div", pairs, is_probability, wanted, of_row)
    return [c.strong_product(t, c.sub(c.log(t), x)) for x, t in pairs]


def _terms_by_log(inputs: Any, targets: Any, of_row: str = "") -> list[Any]:
    """exp(t)·(t - x) of each element; where exp(t) is 0 it is 0, and so is its gradient."""
    pairs = number_pairs("kl_div", inputs, targets)
    wanted = "log-probabilities as targets, at most 0 (for probabilities leave out log_target)"
    pairs = checked_targets("kl_div", pairs, _is_log_probability, wanted, of_row)
    shares = [c.exp(t) for _, t in pairs]
    return [
        c.where(c.greater(share, 0.0), c.strong_product(share, c.sub(t, x)), 0.0)
        for share, (x, t) in zip(shares, pairs, strict=True)
    ]


def _is_log_probability(target: Any) -> Any:
    """Whether a target is at most 0: true or false, or a node of 1 or 0."""
    return logical_and(c.equal(c.minimum(target, 0.0), target))
