"""Checks of what a loss is given, with its error messages: numbers, pairs, targets, settings."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..engine import calculus as c
from ..engine.arguments import plain_number, vector
from ..engine.logic import require
from ..engine.messages import pluralize
from ..engine.numbers import number
from ..engine.value import Scalar, Value

Scalars = Scalar | Iterable[Scalar]


def numbers(loss: str, what: str, xs: Any) -> list[Any]:
    """The elements of what a loss was given, once each is a Value or a number."""
    elements = vector(f"{what} of {loss}", xs)
    for i, x in enumerate(elements):
        if not isinstance(x, Value):
            several = hasattr(x, "__iter__") and not isinstance(x, str)
            advice = "pass all in one list, or take the mean of the losses" if several else ""
            number(x, f"{what} {i} of {loss}", advice)
    return elements


def number_pairs(loss: str, outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each output with its target, where both are numbers or Values."""
    return pairs_of(loss, numbers(loss, "output", outputs), numbers(loss, "target", targets))


def pairs_of(loss: str, outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each output with its target, once it is sure that there are as many."""
    outputs, targets = vector(f"output of {loss}", outputs), vector(f"target of {loss}", targets)
    if len(outputs) != len(targets):
        raise ValueError(
            f"{loss} got {len(outputs)} outputs and {len(targets)} targets: pass one target "
            "for each output"
        )
    if not outputs:
        raise ValueError(f"{loss} needs at least one output and its target, got none")
    return list(zip(outputs, targets, strict=True))


def checked_targets(
    loss: str,
    pairs: Sequence[tuple[Any, Any]],
    valid: Callable[[Any], Any],
    wanted: str,
    of_row: str = "",
) -> list[tuple[Any, Any]]:
    """The pairs, once each target is known to be `valid`; a traced one is checked at every call."""
    checked = []
    for position, (output, target) in enumerate(pairs):
        if isinstance(target, Value) and target.is_traced:
            target = require(valid(target), target)
        elif not valid(known := plain_number("a target", target)):
            raise ValueError(
                f"{loss} wants {wanted}, got {known!r} as target {position} "
                f"(of 0 to {len(pairs) - 1}){of_row}"
            )
        checked.append((output, target))
    return checked


def is_probability(target: Any) -> Any:
    """Whether a target is from 0 to 1: true or false, or a node of 1 or 0."""
    return c.equal(c.clip(target, 0.0, 1.0), target)


def one_each(loss: str, what: str, given: Any, count: int) -> list[Any]:
    """A Value or number for each of `count` outputs; one alone is that of all of them."""
    found = numbers(loss, what, given)
    if not isinstance(given, Iterable):
        return found * count
    if len(found) != count:
        raise ValueError(
            f"{loss} got {pluralize(len(found), 'number')} as {what} of "
            f"{pluralize(count, 'output')}: pass one for each, or one number for all"
        )
    return found


def setting(name: str, given: Any) -> float:
    """A number that is the same at every call, and so no Value."""
    is_value = isinstance(given, Value)
    advice = "pass a plain number, which a compiled function takes by static=" if is_value else ""
    return number(given, name, advice)
