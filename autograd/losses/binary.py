"""Losses of yes-or-no answers, one score or logit each."""

from typing import Any

from ..engine import calculus as c
from ..engine.logic import logical_and, logical_or
from ..engine.value import Value
from .checks import Scalars, check_targets, number_pairs
from .reduction import mean


def hinge_loss(scores: Scalars, targets: Scalars) -> Value:
    """The hinge loss of a support vector machine, mean of relu(1 - target·score).

    Args:
        scores: a Value or number, or a list of them; the sign is the answer.
        targets: -1 or 1 for each score.

    Raises:
        ValueError: if there are none, not as many targets as scores, or other targets.

    Example:
        >>> hinge_loss([2.0, -0.5], [1, 1])
        0.75
    """
    pairs = number_pairs("hinge_loss", scores, targets)
    wanted = "targets -1 or 1 (for 0 or 1 pass 2 * target - 1)"
    pairs = check_targets("hinge_loss", pairs, _is_sign, wanted)
    return mean([c.relu(c.sub(1.0, c.mul(target, score))) for score, target in pairs])


def binary_cross_entropy(logits: Scalars, targets: Scalars) -> Value:
    """The cross-entropy of yes-or-no answers, mean of -t·log p - (1-t)·log(1-p), p = sigmoid(z).

    Args:
        logits: z, a Value or number, or a list of them, before the sigmoid.
        targets: t for each logit, 0 for no, 1 for yes, or a probability between.

    Raises:
        ValueError: if there are none, not as many targets as logits, or a target outside [0, 1].

    Example:
        >>> binary_cross_entropy([0.0, -1000.0], [1, 0])
        0.34657359027997264
    """
    pairs = number_pairs("binary_cross_entropy", logits, targets)
    wanted = "targets from 0 to 1"
    pairs = check_targets("binary_cross_entropy", pairs, _is_share, wanted)
    return mean([_binary(logit, target) for logit, target in pairs])


def _is_sign(target: Any) -> Any:
    """Whether a target is -1 or 1: 1 or 0, or a node of them."""
    return logical_or(c.equal(target, 1.0), c.equal(target, -1.0))


def _is_share(target: Any) -> Any:
    """Whether a target is from 0 to 1: 1 or 0, or a node of them."""
    return logical_and(c.equal(c.clip(target, 0.0, 1.0), target))


def _binary(logit: Any, target: Any) -> Value:
    """t·softplus(-z) + (1-t)·softplus(z): nothing cancels, as in softplus(z) - t·z for t = 1."""
    if not isinstance(target, Value) and target in (0, 1):
        only: Value = c.softplus(c.neg(logit) if target else logit)
        return only
    yes, no = c.softplus(c.neg(logit)), c.softplus(logit)
    both: Value = c.add(c.mul(target, yes), c.mul(c.sub(1.0, target), no))
    return both
