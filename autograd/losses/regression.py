"""Losses of numbers: how far each prediction is from its target."""

import math
from collections.abc import Callable
from typing import Any, overload

from ..engine import calculus as c
from ..engine.arguments import at_least_zero
from ..engine.value import Value
from .checks import Scalars, number_pairs, setting
from .reduction import OneNumber, check_reduction, is_alone, reduce_losses


@overload
def mse_loss(predictions: Scalars, targets: Scalars, *, reduction: OneNumber = "mean") -> Value: ...
@overload
def mse_loss(predictions: Scalars, targets: Scalars, *, reduction: str) -> Any: ...
def mse_loss(predictions: Scalars, targets: Scalars, *, reduction: str = "mean") -> Any:
    """The mean squared error, mean of (prediction - target)².

    Args:
        predictions: a Value or number, or a list of them.
        targets: one number or Value for each prediction.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each.

    Raises:
        ValueError: if there are none, or not as many targets as predictions.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(1.0), Value(2.0)
        >>> loss = mse_loss([a, b], [0.0, 4.0])
        >>> loss.backward()
        >>> loss.data, a.grad, b.grad
        (2.5, 1.0, -2.0)
    """

    def square(error: Any) -> Any:
        return c.mul(error, error)

    return _of_errors("mse_loss", square, predictions, targets, reduction)


@overload
def l1_loss(predictions: Scalars, targets: Scalars, *, reduction: OneNumber = "mean") -> Value: ...
@overload
def l1_loss(predictions: Scalars, targets: Scalars, *, reduction: str) -> Any: ...
def l1_loss(predictions: Scalars, targets: Scalars, *, reduction: str = "mean") -> Any:
    """The mean absolute error, mean of abs(prediction - target).

    Args:
        predictions: a Value or number, or a list of them.
        targets: one number or Value for each prediction.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each.

    Raises:
        ValueError: if there are none, or not as many targets as predictions.

    Example:
        >>> l1_loss([1.0, 2.0], [0.0, 4.0])
        1.5
    """
    return _of_errors("l1_loss", c.abs, predictions, targets, reduction)


@overload
def huber_loss(
    predictions: Scalars, targets: Scalars, *, delta: float = 1.0, reduction: OneNumber = "mean"
) -> Value: ...
@overload
def huber_loss(
    predictions: Scalars, targets: Scalars, *, delta: float = 1.0, reduction: str
) -> Any: ...
def huber_loss(
    predictions: Scalars, targets: Scalars, *, delta: float = 1.0, reduction: str = "mean"
) -> Any:
    """Huber's loss of an error e: e²/2 up to `delta`, and from there on delta·(abs(e) - delta/2).

    So an outlier has the gradient of an error of `delta`, and no more.

    Args:
        predictions: a Value or number, or a list of them.
        targets: one number or Value for each prediction.
        delta: the size of an error from which on the loss is a line; a plain number above 0.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each.

    Raises:
        ValueError: if there are none, not as many targets as predictions, or delta is not above 0.

    Example:
        >>> huber_loss([0.5, 10.0], [0.0, 0.0], reduction="none")
        [0.125, 9.5]
    """
    delta = at_least_zero("delta of huber_loss", setting("delta of huber_loss", delta))
    if not delta:
        raise ValueError("delta of huber_loss is above 0, got 0: for a delta near 0 take l1_loss")

    def huber(error: Any) -> Any:
        size = c.abs(error)
        line = c.mul(delta, c.sub(size, 0.5 * delta))
        return c.where(c.greater(size, delta), line, c.mul(c.mul(0.5, error), error))

    return _of_errors("huber_loss", huber, predictions, targets, reduction)


@overload
def smooth_l1_loss(
    predictions: Scalars, targets: Scalars, *, beta: float = 1.0, reduction: OneNumber = "mean"
) -> Value: ...
@overload
def smooth_l1_loss(
    predictions: Scalars, targets: Scalars, *, beta: float = 1.0, reduction: str
) -> Any: ...
def smooth_l1_loss(
    predictions: Scalars, targets: Scalars, *, beta: float = 1.0, reduction: str = "mean"
) -> Any:
    """The absolute error, rounded off near 0: e²/(2·beta) up to `beta`, then abs(e) - beta/2.

    It is Huber's loss over `beta`: the slope of the line is 1 for every beta.

    Args:
        predictions: a Value or number, or a list of them.
        targets: one number or Value for each prediction.
        beta: the size of an error from which on the loss is a line; a plain number. 0 gives
            `l1_loss`, and so does a beta whose inverse is beyond the floats, below 5.6e-309.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the loss of each.

    Raises:
        ValueError: if there are none, not as many targets as predictions, or beta is below 0.

    Example:
        >>> smooth_l1_loss([0.5, 10.0], [0.0, 0.0], beta=2.0, reduction="none")
        [0.0625, 9.0]
    """
    beta = at_least_zero("beta of smooth_l1_loss", setting("beta of smooth_l1_loss", beta))

    def smooth(error: Any) -> Any:
        size = c.abs(error)
        curve = c.mul(c.div(c.mul(0.5, error), beta), error)
        return c.where(c.greater(size, beta), c.sub(size, 0.5 * beta), curve)

    of_error = c.abs if c.div(1.0, beta) == math.inf else smooth
    return _of_errors("smooth_l1_loss", of_error, predictions, targets, reduction)


def _of_errors(
    loss: str, of_error: Callable[[Any], Any], predictions: Scalars, targets: Scalars, how: str
) -> Any:
    """A loss that is a function of each error, prediction - target, reduced."""
    check_reduction(loss, how)
    pairs = number_pairs(loss, predictions, targets)
    losses = [of_error(c.sub(prediction, target)) for prediction, target in pairs]
    return reduce_losses(losses, how, alone=is_alone(predictions))
