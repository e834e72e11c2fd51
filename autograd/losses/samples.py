"""The samples of a choice among classes, checked: rows of numbers, one a class, and their targets.

A target is a class, or the probability of each class. Which it is, and whether there is one sample
or a batch of them, is told by what is a list and what is not.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ..engine import calculus as c
from ..engine.arguments import as_int, vector
from ..engine.logic import logical_and, logical_not, logical_or, require
from ..engine.messages import short_repr
from ..engine.numbers import number
from ..engine.value import Value
from .checks import checked_targets, is_probability, numbers, pairs_of

ONE_CLASS = {  # what a loss takes for one class, and for all
    "cross_entropy": ("logit", "logits"),
    "nll_loss": ("log-probability", "log-probabilities"),
}


def samples(loss: str, outputs: Any, target: Any) -> tuple[list[list[Any]], list[Any], bool]:
    """The rows, their targets, and whether it is one sample alone, not in a list.

    Args:
        loss: the name of the loss.
        outputs: a row, or a list of rows.
        target: a class or a list of probabilities, or a list of either.
    """
    one, several = ONE_CLASS[loss]
    outputs = vector(f"{one} of {loss}", outputs)
    nested = any(isinstance(row, Iterable) for row in outputs)
    if not isinstance(target, Iterable):
        if nested:
            raise TypeError(f"{loss} got a batch of {several} and one target: pass a list of them")
        return [_row(loss, outputs)], [target], True
    targets = vector(f"target of {loss}", target)
    if outputs and not nested:
        return [_row(loss, outputs)], [_no_labels(loss, targets)], True
    rows = []
    for position, (row, _) in enumerate(pairs_of(loss, outputs, targets)):
        if not isinstance(row, Iterable):
            raise TypeError(
                f"{loss} wants a list of {several}, one for each class, for each sample, and got "
                f"one number for sample {position}"
            )
        rows.append(_row(loss, row))
    lengths = sorted({len(row) for row in rows})
    if len(lengths) > 1:
        raise ValueError(
            f"{loss} needs as many {several} for each sample, got {short_repr(lengths)}"
        )
    return rows, targets, False


def _no_labels(loss: str, targets: list[Any]) -> list[Any]:
    """Targets of one sample, once they are no labels 0 and 1 of several, but perhaps one-hot."""
    found = numbers(loss, "target", targets)
    known = [x.data if isinstance(x, Value) and not x.is_traced else x for x in found]
    whole = [logical_or(c.equal(x, 0.0), c.equal(x, 1.0)) for x in known]
    one_hot = c.equal(c.sum(known), 1.0)
    valid = logical_not(logical_and(*whole, logical_not(one_hot)))
    if isinstance(valid, Value) and found:
        return [require(valid, found[0]), *found[1:]]
    if found and not valid:
        raise ValueError(
            f"{loss} got one number for each sample and targets 0 and 1, where one sample has "
            "probabilities that are not all whole, or one 1: a model with one output takes "
            "binary_cross_entropy"
        )
    return found


def _row(loss: str, row: Iterable[Any]) -> list[Any]:
    """The numbers of one sample, one for each class."""
    what, _ = ONE_CLASS[loss]
    found = numbers(loss, what, row)
    if not found:
        raise ValueError(f"{loss} needs one {what} for each class, got none")
    return found


def class_of(loss: str, target: Any, count: int, ignore_index: int) -> float | Value:
    """The class that `target` names, as a number or the Value that holds it, once it is one."""
    if isinstance(target, Value) and target.is_traced:  # a lookup checks it at every call
        return target
    given = target.data if isinstance(target, Value) else target
    chosen = _whole(given)
    if chosen is None:
        raise TypeError(f"{loss} wants a class as an int or a Value, got {short_repr(given)}")
    if chosen != ignore_index and not 0 <= chosen < count:
        raise IndexError(f"class {short_repr(chosen)} is not one of the {count} from 0")
    return target if isinstance(target, Value) else float(chosen)


def _whole(x: Any) -> int | None:
    """`x` as an int if it is a whole number and no bool, else None."""
    if isinstance(x, float) and x.is_integer():
        return int(x)
    return as_int(x)


def ignored_class(loss: str, given: Any) -> int:
    """The number that stands for no class."""
    chosen = None if isinstance(given, Value) else _whole(given)
    if chosen is None:
        raise TypeError(f"ignore_index of {loss} is an int, got {short_repr(given)}")
    number(chosen, f"ignore_index of {loss}")
    return chosen


def class_weights(loss: str, given: Any, count: int) -> list[Any] | None:
    """The weights of the classes, None if there are none."""
    if given is None:
        return None
    found = numbers(loss, "weight", given)
    if len(found) != count:
        raise ValueError(
            f"{loss} got {len(found)} weights for {count} classes: pass one for each class"
        )
    return [x if isinstance(x, Value) else number(x) for x in found]


def are_probabilities(loss: str, targets: Sequence[Any]) -> bool:
    """Whether the targets are rows of probabilities, and not classes."""
    rows = [isinstance(target, Iterable) for target in targets]
    if any(rows) and not all(rows):
        raise TypeError(
            f"{loss} wants a class for each sample or a list of probabilities for each, got both"
        )
    return any(rows)


def probabilities(loss: str, row: Sequence[Any], target: Any, of_sample: str) -> list[Any]:
    """The probabilities of the classes that a row has numbers for."""
    found = numbers(loss, "target", target)
    if len(found) != len(row):
        raise ValueError(
            f"{loss} got {len(found)} probabilities for {len(row)} classes{of_sample}: pass one "
            "for each class"
        )
    wanted = "probabilities from 0 to 1"
    pairs = list(zip(row, found, strict=True))
    return [x for _, x in checked_targets(loss, pairs, is_probability, wanted, of_sample)]
