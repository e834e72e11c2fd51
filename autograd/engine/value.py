"""`Value`: a number that remembers how it was computed, with Python's operators on it."""

from collections.abc import Callable, Sequence
from typing import Any, Self, SupportsFloat

from . import calculus as c
from .commit import propagate
from .documented import method_of
from .handmade import make_by_hand
from .native_value import call_natively, natively, take_over
from .node import UNREACHED, Node
from .numbers import number
from .op import Op
from .protocols import Protocols, gives_way
from .watching import tell, watchers

_new = object.__new__


@natively
def _make(op: Op, operands: tuple[Any, ...], numbers: tuple[float, ...], data: float) -> "Value":
    """Make a node: every Value that an op computes is made here."""
    value = _new(Value)
    value.op, value.operands, value._recorded = op, operands, numbers
    value._data, value._grad = data, UNREACHED
    return tell(value) if watchers else value


def _apply(op: Op, operands: Sequence[Any]) -> "Value":
    """The node that `op` makes of `operands`, however many."""
    given = tuple([x if isinstance(x, Node) else number(x) for x in operands])
    numbers = tuple([x._data if isinstance(x, Node) else x for x in given])
    return _make(op, given, numbers, number(op.forward(*numbers)))


def _infix(op: Op, reflected_name: str) -> tuple[Callable[..., "Value"], Callable[..., "Value"]]:
    """The methods for ``value op other`` and ``other op value``, named `reflected_name`.

    They do what `op(value, other)` does, at half the time for the usual operands.
    """

    def method(self: "Value", other: Any) -> "Value":
        given = type(other)
        if given is Value or given is Leaf:
            y = other._data
        elif given is float or given is int:
            other = y = number(other)
        else:
            return NotImplemented if gives_way(other, reflected_name) else op(self, other)
        return _make(op, (self, other), (self._data, y), op.forward(self._data, y))

    return method, lambda self, other: op(other, self)  # type: ignore[return-value]


def _prefix(op: Op) -> Callable[["Value"], "Value"]:
    """The method for ``op(value)``."""

    def method(self: "Value") -> "Value":
        return _make(op, (self,), (self._data,), op.forward(self._data))

    return method_of(op, call_natively(op, method))


class Value(Protocols):
    """A number that remembers how it was computed.

    Args:
        data: an int, a float or a real numpy scalar; held as a float.
        label: a name for drawings and messages. It may stand in the second place, too.
        made, named: more arguments, which make a node by hand (handmade.py): ``children,
            local_grads`` as in microgpt, or ``_children, _op`` as in micrograd.

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

    @natively
    def __new__(cls, *made: Any, **named: Any) -> Self:
        """Make a `Leaf`, which has its own class, or an object of a subclass."""
        return _new(Leaf if cls is Value else cls)  # type: ignore[return-value]

    def __init__(self, data: SupportsFloat, *made: Any, label: str = "", **named: Any) -> None:
        self.op, self.operands, self._recorded = None, (), ()
        self._data, self._grad = number(data), None if self.is_constant else UNREACHED
        if made or named:
            label = make_by_hand(self, made, named, label)
        if watchers:
            tell(self)
        if label:
            self.label = label

    def apply(self, op: Op, operands: Sequence[Any]) -> "Value":
        """The node that `op` makes of `operands`."""
        # A masked gradient on the right decides what becomes of both: choices.py.
        return getattr(operands[-1], "take_precedence", _apply)(op, operands)

    # --- what can be seen ---

    @property
    def data(self) -> float:
        """The number."""
        return self._data

    @data.setter
    def data(self, data: SupportsFloat) -> None:
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
        if not (create_graph and isinstance(gradient, Value)):
            gradient = (Constant if create_graph else float)(number(gradient, "gradient"))
        propagate(self, gradient, connected=create_graph)

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
    """A Value that was given, not computed. It may have more attributes, as in ``p.m = 0.0``.

    A class of its own, so that only leaves pay for a dict.
    """


Leaf.__name__ = "Value"  # as users write it; pickle finds it by its __qualname__


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


constant: type[Value] = Constant
take_over(Value, Leaf, Constant)
Scalar = Value | float  # what most functions of this library take
