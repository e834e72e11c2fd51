"""What a loss gives of many samples: their mean, their sum, or the loss of each."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from ..engine import calculus as c
from ..engine.arguments import one_of

REDUCTIONS = ("mean", "sum", "none")
OneNumber = Literal["mean", "sum"]  # the reductions that give one Value


def check_reduction(loss: str, reduction: Any, known: Sequence[str] = REDUCTIONS) -> None:
    """Check the name of a reduction, before anything is computed."""
    one_of(f"reduction of {loss}", reduction, known)


def reduce_losses(losses: Sequence[Any], reduction: str, *, alone: bool) -> Any:
    """The losses of the samples, reduced; of one sample `alone`, not in a list, it has no node."""
    if reduction == "none":
        return losses[0] if alone else list(losses)
    if len(losses) == 1:
        return losses[0]
    return c.sum(losses) if reduction == "sum" else c.mean(losses)


def is_alone(outputs: Any) -> bool:
    """Whether a loss was given one Value or number, and no list of them."""
    return not isinstance(outputs, Iterable)
