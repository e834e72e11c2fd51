"""A traced Value: what a function gets while it is recorded, in the place of a number.

Every op makes more graph of it, as of any Value. What would turn it into a plain number, or
choose by one, raises: the recording would hold for that number alone, and it serves every call.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

from autograd import calculus as c
from autograd.errors import TracedValueError
from autograd.graph import ZERO, gradients
from autograd.node import Node
from autograd.number import number
from autograd.op import Op
from autograd.recording import tell
from autograd.strict import source_line
from autograd.value import Value

_new = object.__new__

_CHOICE = (
    "a choice by a traced Value",
    "write where(condition, a, b), maximum(a, b) or minimum(a, b)",
)
_NUMBER = (
    "the number of a traced Value",
    "apply the functions of this library, such as autograd.exp, to the Value itself",
)
_INTEGER = ("the integer of a traced Value", "write lookup(values, i) for values[i]")
_NEW = ("a new number of a traced Value", "return the new number")
_COPY = ("a copy of a traced Value", "use the Value itself, for nothing changes it")


def _refusal(reason: tuple[str, str]) -> Any:
    """A method that raises, naming the user's line and what to write instead."""

    def method(self: Any, *_: Any) -> NoReturn:
        what, instead = reason
        raise TracedValueError(
            f"{what} would hold for this call only, but the recording serves every call: "
            f"{instead}, or name the argument in static= {source_line()}"
        )

    return method


class Traced(Value):
    """A Value whose number is not to be looked at."""

    __slots__ = ()
    is_traced = True

    def apply(self, op: Op, operands: Sequence[Any]) -> Value:
        """The node that `op` makes of `operands`."""
        return getattr(operands[-1], "take_precedence", record)(op, operands)

    __bool__ = __eq__ = __ne__ = _refusal(_CHOICE)
    __lt__ = __le__ = __gt__ = __ge__ = _refusal(_CHOICE)
    __hash__ = object.__hash__
    __float__ = __complex__ = as_integer_ratio = item = __array__ = _refusal(_NUMBER)
    __int__ = __index__ = __round__ = __floor__ = __ceil__ = __trunc__ = _refusal(_INTEGER)
    __reduce_ex__ = _refusal(_COPY)
    data = property(_refusal(_NUMBER), _refusal(_NEW))
    recorded = local_derivatives = property(_refusal(_NUMBER))

    def __copy__(self) -> Any:
        """Of a leaf one with the same number, as of any Value."""
        return self.detach() if self.op is None else self.__reduce__()

    def __deepcopy__(self, memo: object) -> Any:
        """The same."""
        return self.__copy__()

    def check_recorded(self, *, connected: bool) -> None:
        """Nothing moves on while a function is recorded."""

    def detach(self) -> Any:
        """The same number, through which no gradient flows."""
        return c.fixed(self)

    def forget_operands(self) -> None:
        """Inside `no_grad`: what it was made of stays recorded, but no gradient flows to it."""
        made = _new(Traced)
        made.op, made.left, made.right, made.grad = self.op, self.left, self.right, ZERO
        made.x, made.y, made._data = self.x, self.y, self._data
        self.op, self.left, self.right = c.fixed, made, None
        self.x, self.y = made._data, None

    def backward(self, gradient: Any = 1.0, *, create_graph: bool = True) -> None:
        """As of any Value, except that the gradients are traced too."""
        gradients(self, gradient, connected=True)

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return f"Traced({self.label!r})" if self.label else "Traced()"


def traced_leaf(x: float, label: str = "") -> Traced:
    """A traced leaf, which is `x` while it is recorded."""
    value = _new(Traced)
    value.op = value.left = value.right = None
    value._data, value.grad = x, ZERO
    if label:
        value.label = label
    return value


def record(op: Op, operands: Sequence[Any]) -> Traced:
    """The traced node that `op` makes of `operands`."""
    value = _new(Traced)
    value.op, value.left, value.right, value.grad = op, None, None, ZERO
    if op.rules:  # one by one, for this is half of the time of recording
        first = operands[0]
        if isinstance(first, Node):
            value.left, value.x = first, first._data
        else:
            value.x = number(first)
        value.y = None
        if len(operands) == 1:
            value._data = number(op.forward(value.x))
            return tell(value)  # type: ignore[no-any-return]
        second = operands[1]
        if isinstance(second, Node):
            value.right, value.y = second, second._data
        else:
            value.y = number(second)
        value._data = number(op.forward(value.x, value.y))
    else:
        value.x = [x._data if isinstance(x, Node) else number(x) for x in operands]
        value.y = [x if isinstance(x, Node) else number(x) for x in operands]
        value._data = number(op.forward(*value.x))
    return tell(value)  # type: ignore[no-any-return]
