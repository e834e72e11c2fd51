"""Refusals: what asks for the number of a traced Value raises, and says what to write instead."""

from numbers import Number
from typing import Any, NoReturn

from ...engine.errors import TracedValueError
from ...engine.node import Node
from ...transforms.strict import source_line

Reason = tuple[str, str]  # what is refused, and what to do instead

_CHOICE = (
    "a choice by a traced Value",
    "write where(condition, a, b), maximum(a, b) or minimum(a, b), and logical_and(a, b), "
    "logical_or(a, b) or logical_not(a) for and, or, not",
)
_EQUAL = ("== of a traced Value", "write equal(a, b)")
_UNEQUAL = ("!= of a traced Value", "write logical_not(equal(a, b))")
_NUMBER = (
    "the number of a traced Value",
    "apply the functions of this library, such as autograd.exp, to the Value itself",
)
_INTEGER = ("the integer of a traced Value", "write lookup(values, i) for values[i]")
# In the place of p.data -= 0.1 * p.grad.
_UPDATE = "pass an optimizer and call its step() to update parameters"
_DATA_READ = (_NUMBER[0], f"{_NUMBER[1]}, {_UPDATE}")
_NEW_NUMBER = ("a new number of a traced Value", f"return the new number, or {_UPDATE}")
_PICKLE = ("a pickle of a traced Value", "use copy.deepcopy for a copy")


def _refuse(reason: Reason) -> Any:
    """A method that raises, naming the user's line and what to write instead."""

    def method(self: Any, *_: Any) -> NoReturn:
        raise self.refusal(*reason)

    return method


def _comparison(reason: Reason) -> Any:
    """A method that refuses a comparison with a number; another operand may know what to do."""

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, (Node, Number)):
            raise self.refusal(*reason)
        return NotImplemented

    return method


def _operator(symbol: str, instead: str) -> Any:
    """A method that raises, for an operator that combines bits where a condition is meant."""

    def method(self: Any, *_: Any) -> NoReturn:
        raise TypeError(f"a Value has no {symbol}: write {instead} {source_line()}")

    return method


class NoNumber:
    """What has no number to look at: whatever would choose by it, or turn it into one, raises."""

    __slots__ = ()

    def refusal(self, what: str, instead: str) -> TracedValueError:
        """The error about what would hold for one call only."""
        return TracedValueError(
            f"{what} would hold for this call only, but the recording serves every call: "
            f"{instead}, or name the argument in static= {source_line()}"
        )

    __eq__, __ne__ = _comparison(_EQUAL), _comparison(_UNEQUAL)
    __and__ = __rand__ = _operator("&", "logical_and(a, b)")
    __or__ = __ror__ = _operator("|", "logical_or(a, b)")
    __xor__ = __rxor__ = _operator("^", "logical_not(equal(a, b))")
    __invert__ = _operator("~", "logical_not(a)")
    __bool__ = _refuse(_CHOICE)
    __hash__ = object.__hash__
    __float__ = __complex__ = as_integer_ratio = item = __array__ = _refuse(_NUMBER)
    __int__ = __index__ = __round__ = __floor__ = __ceil__ = __trunc__ = _refuse(_INTEGER)
    __reduce_ex__ = _refuse(_PICKLE)
    data = property(_refuse(_DATA_READ), _refuse(_NEW_NUMBER))
    recorded = local_derivatives = property(_refuse(_NUMBER))
