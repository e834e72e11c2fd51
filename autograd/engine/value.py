"""`Value`: a number that remembers how it was computed, with Python's operators on it."""

from collections.abc import Callable, Sequence
from typing import Any

from . import calculus as c
from .documented import method_of
from .graph import ZERO, gradients
from .handmade import make_by_hand
from .node import Node
from .numbers import number
from .op import Op
from .protocols import Protocols, gives_way
from .watching import tell, watchers

_new = object.__new__


def _record(op: Op, operands: Sequence[Any]) -> "Value":
    """The node that `op` makes of `operands`, however many."""
    nodes = [x if isinstance(x, Node) else None for x in operands]
    numbers = [x._data if isinstance(x, Node) else number(x) for x in operands]
    value = _new(Value)
    value.op, value.left, value.right, value.grad = op, None, None, ZERO
    if op.rules:
        value.left, value.right = (*nodes, None)[:2]
        value.x, value.y = (*numbers, None)[:2]
    else:
        value.x = numbers
        value.y = [x if node is None else node for x, node in zip(numbers, nodes, strict=True)]
    value._data = number(op.forward(*numbers))
    return tell(value) if watchers else value


def _infix(op: Op, reflected_name: str) -> tuple[Callable[..., "Value"], Callable[..., "Value"]]:
    """The methods for ``value op other`` and ``other op value``, of which this is the name.

    They do what `_record` does, spelled out where it counts: a step of the tiny GPT takes half
    as long.
    """
    forward = op.forward

    def method(self: "Value", other: Any) -> "Value":
        given = type(other)
        value = _new(Value)
        value.op, value.left, value.grad = op, self, ZERO
        value.x = x = self._data
        if given is Value or given is Leaf:
            value.right, value.y = other, other._data
        elif given is float or given is int:
            value.right, value.y = None, number(other)
        else:
            return NotImplemented if gives_way(other, reflected_name) else op(self, other)
        value._data = forward(x, value.y)
        return tell(value) if watchers else value

    def reflected(self: "Value", other: Any) -> "Value":
        if type(other) is not float and type(other) is not int:
            return op(other, self)  # type: ignore[no-any-return]
        value = _new(Value)
        value.op, value.left, value.right = op, None, self
        value.x, value.y, value.grad = number(other), self._data, ZERO
        value._data = forward(value.x, value.y)
        return tell(value) if watchers else value

    return method, reflected


def _prefix(op: Op) -> Callable[["Value"], "Value"]:
    """The method for ``op(value)``."""

    def method(self: "Value") -> "Value":
        value = _new(Value)
        value.op, value.left, value.right, value.x = op, self, None, self._data
        value._data, value.grad = op.forward(value.x), ZERO
        return tell(value) if watchers else value

    return method_of(op, method)


class Value(Protocols):
    """A number that remembers how it was computed.

    Args:
        data: an int, a float or a real numpy scalar; held as a float.
        label: a name for drawings and messages. It may stand in the second place, too.
        made, named: of a node made by hand, as in microgpt, `children` and `local_grads`: Values
            and a number for each; or as in micrograd `_children` and `_op`, a name.

    Attributes:
        data: the number. It may be assigned at a leaf, as in ``p.data -= 0.1 * p.grad``.
        grad: what `backward()` found so far: d root / d value. It may be assigned too.
        op, operands, parents: what made the value, of what, and which of those are Values.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(2.0), Value(-3.0)
        >>> y = (a * b + 10).tanh()
        >>> y.backward()
        >>> f"{y:.4f} {a.grad:.4f} {b.grad:.4f}"
        '0.9993 -0.0040 0.0027'
    """

    __slots__ = ()

    def __new__(cls, *made: Any, **named: Any) -> "Value":
        """A leaf, which is of a class of its own: see `Leaf`."""
        return _new(Leaf if cls is Value else cls)

    def __init__(self, data: Any, *made: Any, label: str = "", **named: Any) -> None:
        self.op = self.left = self.right = None
        self._data, self.grad = number(data), None if self.is_constant else ZERO
        if made or named:
            label = make_by_hand(self, made, named, label)
        if watchers:
            tell(self)
        if label:
            self.label = label

    def apply(self, op: Op, operands: Sequence[Any]) -> "Value":
        """The node that `op` makes of `operands`."""
        return getattr(operands[-1], "take_precedence", _record)(op, operands)

    # --- what can be seen ---

    @property
    def data(self) -> float:
        """The number."""
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        if self.op is not None:
            raise AttributeError(f"{self.describe()} is computed: set leaves, then recompute(root)")
        self._data = number(data)

    def detach(self) -> "Value":
        """A constant with the same number: no gradient flows through it."""
        return Constant(self._data, label=self.label)

    def backward(self, gradient: Any = 1.0, *, create_graph: bool = False) -> None:
        """Add d self / d node to the `grad` of every node that this value was computed from.

        Args:
            gradient: what to start from, d something / d self: a number, or with `create_graph`
                a Value.
            create_graph: make the gradients Values, which can be differentiated again. A leaf
                and its gradient then hold each other until `grad` is assigned anew.

        Raises:
            StaleGraphError: if a number changed so that the gradient would be wrong.
        """
        if create_graph and not isinstance(gradient, Value):
            gradient = Constant(gradient)
        gradients(self, gradient if create_graph else number(gradient), connected=create_graph)

    # --- operators ---

    __add__, _add_to = _infix(c.add, "__radd__")
    __sub__, __rsub__ = _infix(c.sub, "__rsub__")
    __mul__, __rmul__ = _infix(c.mul, "__rmul__")
    __truediv__, __rtruediv__ = _infix(c.div, "__rtruediv__")
    __mod__, __rmod__ = _infix(c.mod, "__rmod__")
    __floordiv__, __rfloordiv__ = _infix(c.floordiv, "__rfloordiv__")
    __pow__, __rpow__ = _infix(c.pow, "__rpow__")
    __neg__ = _prefix(c.neg)
    __abs__ = abs = _prefix(c.abs)

    def __radd__(self, other: Any) -> "Value":
        # The builtin sum starts from the int 0, which should not cost a node.
        return self if type(other) is int and other == 0 else self._add_to(other)

    # --- functions of one operand ---

    exp, expm1, log, log1p, log2 = map(_prefix, (c.exp, c.expm1, c.log, c.log1p, c.log2))
    log10, sqrt, cbrt, gelu, erf = map(_prefix, (c.log10, c.sqrt, c.cbrt, c.gelu, c.erf))
    sin, cos, tan, asin, acos, atan = map(_prefix, (c.sin, c.cos, c.tan, c.asin, c.acos, c.atan))
    sinh, cosh, tanh, sigmoid, relu = map(_prefix, (c.sinh, c.cosh, c.tanh, c.sigmoid, c.relu))
    asinh, acosh, atanh, silu = map(_prefix, (c.asinh, c.acosh, c.atanh, c.silu))
    softplus, step, sign, floor = map(_prefix, (c.softplus, c.step, c.sign, c.floor))
    ceil, round, trunc = map(_prefix, (c.ceil, c.round, c.trunc))
    leaky_relu, elu, clip = map(method_of, (c.leaky_relu, c.elu, c.clip))


class Leaf(Value):
    """A Value that was given, not computed: anything may be kept on it, as in ``p.m = 0.0``.

    A class of its own, so that room for that costs computed nodes nothing.
    """


Leaf.__name__ = "Value"  # as it is written; it is pickled by its __qualname__


class Constant(Leaf):
    """A leaf that gets no gradient, not even 0: its `grad` is None. Written ``constant(x)``.

    Example:
        >>> from autograd import Value, constant
        >>> k, x = constant(3.0), Value(2.0)
        >>> (k * x).backward()
        >>> k.grad, x.grad
        (None, 3.0)
    """

    is_constant = True


constant = Constant
