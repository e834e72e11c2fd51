"""Operations of Python that a Value refuses; each error says what to write instead.

A Value does not turn into a plain number in silence, which would cut the graph, and it is neither
an integer nor a list.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from .handmade import FamiliarNames
from .node import Node

_NO_INDEX = (
    "a Value is no index and no count: use int(value.data), or autograd.lookup(values, value), "
    "which stays in the graph"
)
_NO_LIST = (
    "a Value is one number and has no elements: value.data is the number; keep several Values in "
    "a list, for autograd.sum, autograd.dot or autograd.lookup"
)
_NO_MASK = (
    "a masked array does not hold Values: go through its elements, as in "
    "[x * value for x in array.filled(0.0).tolist()]"
)
_NO_MATRIX = "@ is for matrices: write x * y for two Values, autograd.dot(xs, ys) for two lists"
_NO_BITS = (
    "is for the bits of ints: use int(value.data); for conditions write autograd.where, "
    "logical_and, logical_or or logical_not"
)


def _refusal(message: str) -> Callable[..., NoReturn]:
    def method(self: Any, *_: Any) -> NoReturn:
        raise TypeError(message)

    return method


def _cut(call: str, same: str, instead: str) -> Callable[..., NoReturn]:
    """A method that refuses to make a plain number: `same` is that number, `instead` a node."""
    return _refusal(f"{call} would cut the graph: use {same} for the number, or {instead}")


def _operator(message: str) -> Callable[[Any, Any], Any]:
    """A method that refuses an operator, unless the other operand may know what to do."""

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, (Node, int, float)) or type(other).__module__ == "builtins":
            raise TypeError(message)
        return NotImplemented

    return method


class Unsupported(FamiliarNames):
    """A base class of `Value` with the operations that it refuses."""

    __slots__ = ()

    __float__ = _refusal(
        "float(value) and math functions would cut the graph: use value.data for the number, "
        "or the functions of this library, such as autograd.exp(value)"
    )
    as_integer_ratio = _cut(
        "an exact ratio", "value.data", "the functions of this library, such as autograd.mean"
    )
    __complex__ = _cut("complex(value)", "complex(value.data)", "the functions of this library")
    __int__ = _cut("int(value)", "int(value.data)", "autograd.trunc(value)")
    __round__ = _cut("round(value)", "round(value.data, digits)", "autograd.round(value)")
    __floor__ = _cut("math.floor(value)", "math.floor(value.data)", "autograd.floor(value)")
    __ceil__ = _cut("math.ceil(value)", "math.ceil(value.data)", "autograd.ceil(value)")
    __trunc__ = _cut("math.trunc(value)", "math.trunc(value.data)", "autograd.trunc(value)")
    __divmod__ = __rdivmod__ = _refusal(
        "divmod gives two results: write (x // y, x % y), or divmod of the .data of both"
    )
    _mask = property(_refusal(_NO_MASK))  # numpy.ma would take `_data`, and ask for this
    __index__ = _refusal(_NO_INDEX)
    __getitem__ = __len__ = _refusal(_NO_LIST)
    __matmul__ = __rmatmul__ = _operator(_NO_MATRIX)
    __lshift__ = __rlshift__ = _operator(f"<< {_NO_BITS}")
    __rshift__ = __rrshift__ = _operator(f">> {_NO_BITS}")
    __and__ = __rand__ = _operator(f"& {_NO_BITS}")
    __or__ = __ror__ = _operator(f"| {_NO_BITS}")
    __xor__ = __rxor__ = _operator(f"^ {_NO_BITS}; for a power write **")
    __invert__ = _refusal(f"~ {_NO_BITS}")
