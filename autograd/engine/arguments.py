"""Checks of arguments that several functions share, with their error messages."""

import math
import operator
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from .carrier import Carrier
from .messages import describe_type, short_repr
from .numbers import number
from .value import Value

NOT_GIVEN: Any = object()  # the default of an argument that may be anything


def root_value(name: str, given: Any) -> Value:
    """`given`, if it is a Value, for the function `name`.

    Raises:
        TypeError: if it is anything else.
    """
    if not isinstance(given, Value):
        kind, method = type(given).__name__, hasattr(given, name)
        advice = f"call its own .{name}()" if method else "pass the Value that the graph ends in"
        raise TypeError(f"{name} takes the root of a graph, a Value, got {kind}: {advice}")
    return given


def loss_value(given: Any) -> Value:
    """The result of a loss function, if it is a Value.

    Raises:
        TypeError: if it is anything else.
    """
    if not isinstance(given, Value):
        kind = type(given).__name__
        raise TypeError(f"loss is to give a Value, and gave {kind}: compute it from Values alone")
    return given


def check_function(name: str, given: Any, what: str = "a function", of_value: str = "") -> None:
    """Check the function that the transform `name` is given.

    Args:
        name: of the transform, for errors.
        given: a function, or anything else that can be called.
        what: an error says what it takes.
        of_value: what to do with a Value instead.

    Raises:
        TypeError: if it cannot be called.
    """
    if not callable(given):
        is_value = isinstance(given, Carrier)
        advice = of_value or "pass the function itself, not what it gives" if is_value else ""
        kind = describe_type(given)
        raise TypeError(f"{name} takes {what}, got {kind}{advice and f': {advice}'}")


def refuse_names(function: str, given: Iterable[str], instead: Mapping[str, str]) -> None:
    """Raise a TypeError if arguments are given that a function does not have.

    Args:
        function: its name.
        given: the names of these arguments.
        instead: by names that other libraries have, what to write in the place of them.
    """
    for name in given:
        advice = f": {instead[name]}" if name in instead else ""
        raise TypeError(f"{function} has no argument {name!r}{advice}")


def one_of(name: str, given: Any, known: Sequence[Any]) -> None:
    """Check an option that is one of a few.

    Raises:
        ValueError: naming them, if it is none of them.
    """
    if not any(given is one or (isinstance(given, str) and given == one) for one in known):
        raise ValueError(f"{name} is one of {', '.join(map(repr, known))}, got {short_repr(given)}")


def check_title(given: Any) -> None:
    """Check a heading, which is a str, or None for that of the picture's own.

    Raises:
        TypeError: if it is neither.
    """
    if given is not None and not isinstance(given, str):
        raise TypeError(f"title is a str, got {type(given).__name__}")


def vector(name: str, given: Any) -> list[Any]:
    """The elements of `given` as a list; a Value or number alone is a list of one.

    Raises:
        TypeError: if it is no list or number, or a set or dict, whose elements have no places.
    """
    if isinstance(given, (Mapping, Set)):
        raise TypeError(
            f"{name} is one number or a list of them, got {describe_type(given)}: pass a list, for "
            "each number has its place"
        )
    if not isinstance(given, Iterable) or _is_text(given):
        if not isinstance(given, Carrier):
            number(given, name)
        return [given]
    if getattr(given, "ndim", 1) == 0:
        raise TypeError(f"{name} is an array without a dimension: pass its number, array.item()")
    return list(given)


def check_by_name(what: str, given: Any, example: str) -> None:
    """Check what is given by name, in a dict such as the `example`.

    Raises:
        TypeError: if it is no dict or alike; `what` begins the message, as in "ways are points".
    """
    if not isinstance(given, Mapping):
        raise TypeError(f"{what} by name, as in {example}, got {short_repr(given)}")


def plain_number(name: str, given: Any) -> float:
    """`given` as a float; of a Value its number.

    Raises:
        TypeError: if it is anything else.
    """
    return given.data if isinstance(given, Value) else number(given, name)


def are_rows(elements: Sequence[Any]) -> bool:
    """Whether elements that are to be numbers are lists of them, as those of a batch are."""
    return bool(elements) and isinstance(elements[0], Iterable) and not _is_text(elements[0])


def _is_text(x: Any) -> bool:
    return isinstance(x, (str, bytes))


def truth(name: str, given: Any) -> bool:
    """`given`, if it is a bool.

    Raises:
        TypeError: if it is anything else.
    """
    if not isinstance(given, bool):
        raise TypeError(f"{name} is True or False, got {short_repr(given)}")
    return given


def as_int(given: Any) -> int | None:
    """`given` as an int, if it is one of Python or numpy; None for a bool, and for all else."""
    try:
        return None if isinstance(given, bool) else operator.index(given)
    except TypeError:
        return None


def integer(name: str, given: Any, least: int | None = None) -> int:
    """`given`, if it is an int of at least `least`.

    Raises:
        TypeError: if it is not an int.
        ValueError: if it is less.
    """
    whole = as_int(given)
    if whole is None:
        kind = "a positive int" if least == 1 else "an int"
        raise TypeError(f"{name} is {kind}, got {short_repr(given)}")
    if least is not None and whole < least:
        raise ValueError(f"{name} is at least {least}, got {short_repr(whole)}")
    return whole


def positive_int(name: str, given: Any) -> int:
    """`given`, if it is an int of at least 1: see `integer`."""
    return integer(name, given, 1)


def at_least_zero(name: str, given: Any, below: float = math.inf) -> float:
    """`given`, if it is a number from 0 up to, but not including, `below`.

    Raises:
        TypeError: if it is not a number.
        ValueError: if it is out of range.
    """
    x = number(given, name)
    if not 0.0 <= x < below:
        wanted = "finite and at least 0" if below == math.inf else f"at least 0 and below {below:g}"
        raise ValueError(f"{name} is {wanted}, got {x!r}")
    return x
