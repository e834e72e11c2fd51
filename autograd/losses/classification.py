"""Losses of a choice among classes, one logit or log-probability each."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, overload

from ..engine import calculus as c
from ..engine.messages import short_repr
from ..engine.value import Scalar, Value
from .checks import Scalars, setting
from .reduction import OneNumber, check_reduction, reduce_losses
from .samples import (
    are_probabilities,
    class_of,
    class_weights,
    ignored_class,
    probabilities,
    samples,
)

Rows = Scalars | Iterable[Iterable[Scalar]]
Weights = Sequence[Any] | None
Counted = tuple[Any, Any]  # the loss of a sample, and what it counts in the mean


@overload
def cross_entropy(
    logits: Rows,
    target: Rows,
    *,
    weight: Iterable[Scalar] | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: OneNumber = "mean",
) -> Value: ...
@overload
def cross_entropy(
    logits: Rows,
    target: Rows,
    *,
    weight: Iterable[Scalar] | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str,
) -> Any: ...
def cross_entropy(
    logits: Rows,
    target: Rows,
    *,
    weight: Iterable[Scalar] | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Any:
    """The cross-entropy of a choice among classes, -log softmax(logits)[target].

    With p = softmax(logits), classes 0 to K-1, weights w (1 without) and smoothing ε it is

        of a class y            -(1-ε)·w[y]·log p[y] - ε/K·Σ w[c]·log p[c]
        of probabilities t      -Σ w[c]·((1-ε)·t[c] + ε/K)·log p[c]

    and the mean is over Σ w[y] of the samples with a class, over the number of samples with
    probabilities. All this is PyTorch's.

    Args:
        logits: a list of Values or numbers, one for each class, before the softmax;
            or one such list for each sample of a batch.
        target: the right class, an int from 0 or a Value that holds one, or a list of
            probabilities, one for each class, which need not add up to 1; or one of these for each
            sample of a batch. Whether it is a batch is told by the logits. Probabilities of one
            sample alone that are all 0 or 1 have one 1: others are taken for labels of a batch.
        weight: a number or Value for each class.
        ignore_index: a target that stands for no class: its sample has a loss of 0 and does not
            count in the mean, which is nan if none counts.
        label_smoothing: ε, from 0 to 1, a plain number. It gives every class a part, so that a
            logit of -inf makes the loss inf unless its class has the weight 0.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.

    Raises:
        ValueError: if there are no logits, or not as many for each sample; not as many targets as
            samples, or weights or probabilities as classes; or a probability outside [0, 1].
        IndexError: if there is no such class.
        TypeError: if a class is no int.

    Example:
        >>> from autograd import Value
        >>> logits = [Value(0.0), Value(0.0)]
        >>> loss = cross_entropy(logits, 1)
        >>> loss.backward()
        >>> loss.data, [z.grad for z in logits]
        (0.6931471805599453, [0.5, -0.5])
        >>> cross_entropy([[0.0, 1000.0], [0.0, 0.0]], [1, 0])
        0.34657359027997264
        >>> cross_entropy([[0.0, 1000.0], [0.0, 0.0]], [[0.5, 0.5], [0.5, 0.5]], reduction="none")
        [500.0, 0.6931471805599453]
    """
    check_reduction("cross_entropy", reduction)
    smoothing = setting("label_smoothing of cross_entropy", label_smoothing)
    if not 0.0 <= smoothing <= 1.0:
        raise ValueError(f"label_smoothing of cross_entropy is from 0 to 1, got {smoothing!r}")
    ignored = ignored_class("cross_entropy", ignore_index)
    rows, targets, alone = samples("cross_entropy", logits, target)
    weights = class_weights("cross_entropy", weight, len(rows[0]))
    if not are_probabilities("cross_entropy", targets):
        chosen = [class_of("cross_entropy", one, len(rows[0]), ignored) for one in targets]
        of_class = partial(_of_class, weights=weights, smoothing=smoothing)
        return _reduce_counted(of_class, rows, chosen, ignored, reduction, alone)
    if ignored >= 0:
        raise ValueError(
            "ignore_index of cross_entropy is for targets that are classes, got "
            f"{short_repr(ignored)} with probabilities: leave it out"
        )
    losses = []
    for i, (row, one) in enumerate(zip(rows, targets, strict=True)):
        given = probabilities("cross_entropy", row, one, "" if alone else f" of sample {i}")
        losses.append(_of_probabilities(row, given, weights, smoothing))
    return reduce_losses(losses, reduction, alone=alone)


@overload
def nll_loss(
    log_probabilities: Rows,
    target: Scalars,
    *,
    weight: Iterable[Scalar] | None = None,
    ignore_index: int = -100,
    reduction: OneNumber = "mean",
) -> Value: ...
@overload
def nll_loss(
    log_probabilities: Rows,
    target: Scalars,
    *,
    weight: Iterable[Scalar] | None = None,
    ignore_index: int = -100,
    reduction: str,
) -> Any: ...
def nll_loss(
    log_probabilities: Rows,
    target: Scalars,
    *,
    weight: Iterable[Scalar] | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Any:
    """The negative log-likelihood of a class, -w[target]·log_probabilities[target].

    It is what `cross_entropy` makes of logits, for a model that gives log-probabilities.

    Args:
        log_probabilities: one for each class, as `log_softmax` gives; or such a list for each
            sample of a batch.
        target: the right class, an int from 0 or a Value that holds one; or one for each sample.
        weight: w, a number or Value for each class; the mean is over the sum of w[target].
        ignore_index: a target that stands for no class, as in `cross_entropy`.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each sample.

    Raises:
        ValueError: if there are no log-probabilities, or not as many for each sample; not as many
            targets as samples, or weights as classes.
        IndexError: if there is no such class.
        TypeError: if a class is no int.

    Example:
        >>> nll_loss([[-0.5, -1.0], [-3.0, -0.25]], [0, 1])
        0.375
    """
    check_reduction("nll_loss", reduction)
    ignored = ignored_class("nll_loss", ignore_index)
    rows, targets, alone = samples("nll_loss", log_probabilities, target)
    weights = class_weights("nll_loss", weight, len(rows[0]))
    chosen = [class_of("nll_loss", one, len(rows[0]), ignored) for one in targets]
    of_class = partial(_of_log_probability, weights=weights)
    return _reduce_counted(of_class, rows, chosen, ignored, reduction, alone)


def _of_class(logits: Sequence[Any], target: Any, weights: Weights, smoothing: float) -> Counted:
    """The loss of a sample of a class, and what it counts in the mean."""
    loss, count = _weigh(c.neg(c.log_share(target, *logits)), target, weights)
    if smoothing:
        logs = c.log_softmax(logits)
        total = c.sum(logs) if weights is None else _weighted_sum(weights, logs)
        part = c.mul(smoothing / len(logits), total)
        loss = c.sub(c.strong_product(1.0 - smoothing, loss), part)
    return loss, count


def _of_log_probability(row: Sequence[Any], target: Any, weights: Weights) -> Counted:
    """The loss of a sample that has log-probabilities, and what it counts in the mean."""
    return _weigh(c.neg(c.gather(target, *row)), target, weights)


def _weigh(loss: Any, target: Any, weights: Weights) -> Counted:
    """The loss times the weight of its class, and that weight."""
    if weights is None:
        return loss, 1.0
    weight = c.gather(target, *weights)
    return c.strong_product(weight, loss), weight


def _of_probabilities(
    logits: Sequence[Any], target: Sequence[Any], weights: Weights, smoothing: float
) -> Any:
    """The loss of a sample whose target is the probability of each class."""
    if smoothing:
        target = [c.add(c.mul(1.0 - smoothing, t), smoothing / len(target)) for t in target]
    if weights is not None:
        target = list(map(c.mul, weights, target))
    return c.neg(_weighted_sum(target, c.log_softmax(logits)))


def _weighted_sum(weights: Sequence[Any], xs: Sequence[Any]) -> Any:
    """Σ w·x, where 0 times an infinite x is 0."""
    if any(isinstance(w, Value) or w == 0.0 for w in weights):
        return c.sum(list(map(c.strong_product, weights, xs)))
    return c.dot(weights, xs)


def _reduce_counted(
    of_class: Callable[[Sequence[Any], Any], Counted],
    rows: Sequence[Sequence[Any]],
    targets: Sequence[Any],
    ignored: int,
    reduction: str,
    alone: bool,
) -> Any:
    """The losses of the samples, reduced, where each counts in the mean as much as it says."""
    counted = [
        _unless_ignored(of_class, row, target, ignored)
        for row, target in zip(rows, targets, strict=True)
    ]
    losses, counts = [loss for loss, _ in counted], [count for _, count in counted]
    if reduction != "mean" or not any(isinstance(x, Value) or x != 1.0 for x in counts):
        return reduce_losses(losses, reduction, alone=alone)
    total, count = (reduce_losses(xs, "sum", alone=False) for xs in (losses, counts))
    return c.div(total, count)


def _unless_ignored(
    of_class: Callable[[Sequence[Any], Any], Counted], row: Sequence[Any], target: Any, ignored: int
) -> Counted:
    """The loss of a sample and what it counts, both 0 if its target is ignored.

    The graph is the same for every target, and whether that is a number or a Value, so that
    gradients of any order add up in one order.
    """
    is_ignored = c.equal(target, float(ignored))
    loss, count = of_class(row, c.where(is_ignored, 0.0, target))
    return c.where(is_ignored, 0.0, loss), c.where(is_ignored, 0.0, count)
