"""What a loss gives of many samples: the mean."""

from collections.abc import Sequence

from ..engine import calculus as c
from ..engine.value import Value


def mean(losses: Sequence[Value]) -> Value:
    """The mean, which of one loss alone needs no node."""
    return losses[0] if len(losses) == 1 else c.mean(losses)
