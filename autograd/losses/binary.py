"""Losses of yes-or-no answers, one score or logit each."""

from functools import partial
from typing import Any, overload

from ..engine import calculus as c
from ..engine.logic import logical_or
from ..engine.value import Value
from .checks import Scalars, checked_targets, is_probability, number_pairs, one_each
from .reduction import OneNumber, check_reduction, is_alone, reduce_losses


@overload
def hinge_loss(scores: Scalars, targets: Scalars, *, reduction: OneNumber = "mean") -> Value: ...
@overload
def hinge_loss(scores: Scalars, targets: Scalars, *, reduction: str) -> Any: ...
def hinge_loss(scores: Scalars, targets: Scalars, *, reduction: str = "mean") -> Any:
    """The hinge loss of a support vector machine, mean of relu(1 - target·score).

    Args:
        scores: a Value or number, or a list of them; the sign is the answer.
        targets: -1 or 1 for each score.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each.

    Raises:
        ValueError: if there are none, not as many targets as scores, or other targets.

    Example:
        >>> hinge_loss([2.0, -0.5], [1, 1])
        0.75
    """
    check_reduction("hinge_loss", reduction)
    pairs = number_pairs("hinge_loss", scores, targets)
    wanted = "targets -1 or 1 (for 0 or 1 pass 2 * target - 1)"
    pairs = checked_targets("hinge_loss", pairs, _is_sign, wanted)
    losses = [c.relu(c.sub(1.0, c.mul(target, score))) for score, target in pairs]
    return reduce_losses(losses, reduction, alone=is_alone(scores))


def _is_sign(target: Any) -> Any:
    """Whether a target is -1 or 1: true or false, or a node of 1 or 0."""
    return logical_or(c.equal(target, 1.0), c.equal(target, -1.0))


@overload
def binary_cross_entropy(
    logits: Scalars,
    targets: Scalars,
    *,
    weight: Scalars | None = None,
    pos_weight: Scalars | None = None,
    reduction: OneNumber = "mean",
) -> Value: ...
@overload
def binary_cross_entropy(
    logits: Scalars,
    targets: Scalars,
    *,
    weight: Scalars | None = None,
    pos_weight: Scalars | None = None,
    reduction: str,
) -> Any: ...
def binary_cross_entropy(
    logits: Scalars,
    targets: Scalars,
    *,
    weight: Scalars | None = None,
    pos_weight: Scalars | None = None,
    reduction: str = "mean",
) -> Any:
    """The cross-entropy of yes-or-no answers, mean of -t·log p - (1-t)·log(1-p), p = sigmoid(z).

    It takes logits, as `binary_cross_entropy_with_logits` of PyTorch does.

    Args:
        logits: z, a Value or number, or a list of them, before the sigmoid.
        targets: t for each logit, 0 for no, 1 for yes, or a probability between.
        weight: what the loss of each logit is multiplied by, or one number for all. The mean
            stays that over the number of logits.
        pos_weight: what -t·log p, the part for a yes, is multiplied by, as `weight` is given. With
            three times as many no as yes, 3 makes both count the same.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each.

    Raises:
        ValueError: if there are none, not as many targets or weights as logits, or a target
            outside [0, 1].

    Example:
        >>> binary_cross_entropy([0.0, -1000.0], [1, 0])
        0.34657359027997264
        >>> binary_cross_entropy([0.0, -1000.0], [1, 0], pos_weight=2.0, reduction="none")
        [1.3862943611198906, 0.0]
    """
    check_reduction("binary_cross_entropy", reduction)
    pairs = number_pairs("binary_cross_entropy", logits, targets)
    wanted = "targets from 0 to 1"
    pairs = checked_targets("binary_cross_entropy", pairs, is_probability, wanted)
    if weight is None and pos_weight is None:
        losses = [_plain(*pair) for pair in pairs]
    else:
        each = partial(one_each, "binary_cross_entropy", count=len(pairs))
        of_yes = each("pos_weight", 1.0 if pos_weight is None else pos_weight)
        losses = [_of_both(*pair, more) for pair, more in zip(pairs, of_yes, strict=True)]
    if weight is not None:
        losses = list(map(c.strong_product, each("weight", weight), losses))
    return reduce_losses(losses, reduction, alone=is_alone(logits))


def _plain(logit: Any, target: Any) -> Any:
    """The loss of one logit, in one part if the target is known to be 0 or 1."""
    if not isinstance(target, Value) and target in (0, 1):
        return c.softplus(c.neg(logit) if target else logit)
    return _of_both(logit, target)


def _of_both(logit: Any, target: Any, pos_weight: Any = 1.0) -> Any:
    """t·softplus(-z) + (1-t)·softplus(z): nothing cancels, as in softplus(z) - t·z for t = 1.

    A part that counts nothing is strongly 0, for its softplus may be infinite; and has the factor
    -0.0, which adds nothing to a gradient, not even a sign, as if the part were not there.
    """
    yes, no = c.neg(c.sub(0.0, target)), c.neg(c.sub(target, 1.0))
    if isinstance(pos_weight, Value) or pos_weight != 1.0:
        yes = c.mul(pos_weight, yes)
    return c.add(
        c.strong_product(yes, c.softplus(c.neg(logit))), c.strong_product(no, c.softplus(logit))
    )
