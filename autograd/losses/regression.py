"""Losses of numbers: how far each prediction is from its target."""

from ..engine import calculus as c
from ..engine.value import Value
from .checks import Scalars, number_pairs
from .reduction import mean


def mse_loss(predictions: Scalars, targets: Scalars) -> Value:
    """The mean squared error, mean of (prediction - target)².

    Args:
        predictions: a Value or number, or a list of them.
        targets: one number or Value for each prediction.

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
    pairs = number_pairs("mse_loss", predictions, targets)
    differences = [c.sub(prediction, target) for prediction, target in pairs]
    return mean([c.mul(difference, difference) for difference in differences])
