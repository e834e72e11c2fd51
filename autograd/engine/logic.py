"""And, or and not of conditions, which Python's own words decide at once.

A condition is a bool, as a comparison of numbers or Values gives; or a Value that is 0 for no, as
a comparison inside a compiled function gives. Any other number counts as yes, as in `where`.
"""

from typing import Any

from .calculus import gather, where
from .op import Carrier


def logical_and(condition: Any, *more: Any) -> Any:
    """The conjunction of conditions: a bool, or 1.0 or 0.0 as a Value if one of them is a Value.

    Example:
        >>> from autograd import Value, logical_and, where
        >>> x = Value(0.5)
        >>> where(logical_and(0.0 < x, x < 1.0), x, 0.0).data
        0.5
    """
    found: Any = 1.0
    for one in (*more[::-1], condition):
        found = where(one, found, 0.0)
    return _condition(found)


def logical_or(condition: Any, *more: Any) -> Any:
    """The disjunction of conditions, true if at least one holds; see `logical_and`.

    Example:
        >>> from autograd import logical_or
        >>> logical_or(1.0 < 0.0, True)
        True
    """
    found: Any = 0.0
    for one in (*more[::-1], condition):
        found = where(one, 1.0, found)
    return _condition(found)


def logical_not(condition: Any) -> Any:
    """The negation of a condition; see `logical_and`.

    Example:
        >>> from autograd import logical_not
        >>> logical_not(1.0 < 0.0)
        True
    """
    return _condition(where(condition, 0.0, 1.0))


def require(condition: Any, x: Any) -> Any:
    """The node `x`, which is an IndexError wherever the condition is 0, in every compiled call.

    The error of the interpreted function, which says what is wrong, takes its place there.
    """
    # A lookup checks its index whenever a recording runs, and the index is 1 of one.
    return gather(where(condition, 0.0, 1.0), x)


def _condition(found: Any) -> Any:
    return found if isinstance(found, Carrier) else bool(found)
