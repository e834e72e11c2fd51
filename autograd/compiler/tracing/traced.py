"""A traced Value: what a function gets while it is recorded, in the place of a number.

Every op makes more graph of it, as of any Value. What would turn it into a plain number, or
choose by one, raises: the recording would hold for that number alone, and it serves every call.
"""

from collections.abc import Sequence
from typing import Any

from ...engine import calculus as c
from ...engine.assignment import assign, recorded_body
from ...engine.commit import add_gradients, assign_gradients
from ...engine.errors import TracedValueError
from ...engine.graph import gradients
from ...engine.native import natively
from ...engine.native_value import method_in_python
from ...engine.node import UNREACHED, Node
from ...engine.numbers import number
from ...engine.op import Op
from ...engine.value import Value
from ...engine.watching import tell
from ...transforms.bodies import NOTHING_LEFT, gradients_inside
from ...transforms.gradient_sums import GradientSum, compute_total
from ...transforms.samples import InnerOp, ResultOp, number_of, numbers_of
from ...transforms.strict import source_line
from .refusals import NoNumber

_new = object.__new__


def _infix(op: Op, name: str) -> tuple[Any, Any]:
    """The methods for ``traced op other`` and ``other op traced``, as those of a Value.

    What a Value asks first is not asked here for two traced ones, or one and a float: a quarter of
    the time of recording.
    """
    value_first = method_in_python(Value, f"__{name}__")
    value_last = method_in_python(Value, f"__r{name}__")

    def method(self: Any, other: Any) -> Any:
        kind = type(other)
        if kind is TracedValue or kind is float or kind is int:
            return self.apply(op, (self, other))
        return value_first(self, other)

    def reflected(self: Any, other: Any) -> Any:
        if type(other) is float or (type(other) is int and other):  # the builtin sum begins with 0
            return self.apply(op, (other, self))
        return value_last(self, other)

    return method, reflected


class TracedValue(NoNumber, Value):
    """A Value whose number is not to be looked at."""

    __slots__ = ()
    is_traced = True

    def apply(self, op: Op, operands: Sequence[Any]) -> Value:
        """The node that `op` makes of `operands`."""
        return getattr(operands[-1], "take_precedence", record_node)(op, operands)

    def apply_to_each(self, op: Op, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """The nodes that `op` makes of the operands in each row, all made at once."""
        numbers = [number(op.forward(*numbers_of(list(row)))) for row in rows]
        return [*record_nodes(op, rows, numbers)]

    def moved_on(self, was: float) -> bool:
        """Whether it was assigned to, as for other calls, though the number may be the same."""
        return self._data is not was

    @property
    def grad(self) -> Any:
        """The gradient: 0, or a node."""
        inside = self._gradient_inside()
        return compute_total(Node.grad.__get__(self)) if inside is NOTHING_LEFT else inside

    @grad.setter
    def grad(self, grad: Any) -> None:
        assign_gradients([(self, grad)])

    @property
    def is_reached(self) -> bool:
        """Whether a gradient has arrived here, or was assigned, since it was last cleared.

        Raises:
            TracedValueError: if that may differ from call to call.
        """
        found = self._is_reached()
        if found is None:
            raise TracedValueError(
                "whether a parameter has a gradient from before the call may differ from call to "
                f"call: call zero_grad() in the function, before it asks {source_line()}"
            )
        return found

    @property
    def may_be_reached(self) -> bool:
        """Whether it may differ from call to call that `is_reached`, or it is."""
        return self._is_reached() is not False

    def _is_reached(self) -> bool | None:
        """Whether a gradient is there; None if that may differ from call to call."""
        body = recorded_body.get()
        inside = None if body is None else body.reaches(self)
        if inside is not None:
            return inside  # type: ignore[no-any-return]
        if isinstance(self._grad, GradientSum):
            return self._grad.is_there
        return self._grad is not UNREACHED and self._grad is not None

    def _gradient_inside(self) -> Any:
        """The gradient that the body around has given it, `NOTHING_LEFT` for none."""
        body = recorded_body.get()
        return NOTHING_LEFT if body is None else body.gradient_of(self)

    def origin(self) -> str:
        """The place where it was made, for error messages."""
        return "while a function is recorded"

    __add__, __radd__ = _infix(c.add, "add")
    __sub__, __rsub__ = _infix(c.sub, "sub")
    __mul__, __rmul__ = _infix(c.mul, "mul")
    __truediv__, __rtruediv__ = _infix(c.div, "truediv")
    __mod__, __rmod__ = _infix(c.mod, "mod")
    __floordiv__, __rfloordiv__ = _infix(c.floordiv, "floordiv")
    __pow__, __rpow__ = _infix(c.pow, "pow")

    # A comparison is a condition: 1 where it holds, else 0, also with a nan. As it is a bool for
    # other Values, it compares what is `fixed`, which passes do not go through.

    def __gt__(self, other: Any) -> Any:
        return c.greater(_fixed(self), _fixed(other))

    def __lt__(self, other: Any) -> Any:
        return c.greater(_fixed(other), _fixed(self))

    def __ge__(self, other: Any) -> Any:
        x, y = _fixed(self), _fixed(other)
        return c.add(c.greater(x, y), c.equal(x, y))

    def __le__(self, other: Any) -> Any:
        x, y = _fixed(self), _fixed(other)
        return c.add(c.greater(y, x), c.equal(y, x))

    @property
    def is_leaf(self) -> bool:
        """Whether it was given, or is what is cut off and a leaf where the function is interpreted.

        So is a copy of a leaf, or what is computed inside `no_grad`.
        """
        return self.op is None or self.op is c.fixed

    def __copy__(self) -> Any:
        """A copy of a leaf, with its gradient; of a computed node an error, as of any Value."""
        if not self.is_leaf:
            return self.__reduce__()
        made, inside = c.fixed(self), self._gradient_inside()
        if self.is_constant:
            made.__class__ = TracedConstant
        made._grad = self._grad if inside is NOTHING_LEFT else inside
        return made

    def __deepcopy__(self, memo: object) -> Any:
        """A copy, as `copy.copy` makes it."""
        return self.__copy__()

    def detach(self) -> Any:
        """A constant with the same number: no gradient flows through it."""
        made = c.fixed(self)
        made.__class__, made._grad = DetachedValue, None
        return made

    def forget_operands(self) -> None:
        """Inside `no_grad`: what it was made of stays recorded, but no gradient flows to it."""
        if isinstance(self.op, InnerOp):
            return  # whose results are forgotten
        operands = self.operands
        if not isinstance(self.op, ResultOp):
            operands = tuple(_cut_off(x) if isinstance(x, TracedValue) else x for x in operands)
        made = _make(self.op, operands, self._recorded, self._data)
        made.__class__ = ForgottenValue
        self.record(c.fixed, (made,), (made._data,))

    def backward(self, gradient: Any = 1.0, *, create_graph: bool = False) -> None:
        """As of any Value, except that numbers stand for those of all calls, as nodes."""
        found = gradients(self, gradient, connected=True)
        if not create_graph:
            cut = [x for x in found if isinstance(found[x], Node)]
            rows, numbers = [(found[x],) for x in cut], [number_of(found[x]) for x in cut]
            found.update(zip(cut, record_nodes(c.fixed, rows, numbers), strict=True))
        add_gradients(gradients_inside(found))

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return f"TracedValue({self.label!r})" if self.label else "TracedValue()"


class TracedConstant(TracedValue):
    """A traced Value that no gradient goes through, in the place of a frozen parameter."""

    __slots__ = ()
    is_constant = True


class DetachedValue(TracedConstant):
    """What `detach` gives, a constant: no parameter, and none that is frozen."""

    __slots__ = ()
    is_leaf = False  # for a leaf in a Module is a parameter

    def __copy__(self) -> Any:
        """A constant too."""
        return self.detach()


class ForgottenValue(TracedValue):
    """What is computed inside `no_grad`, unseen by watchers, of operands that are cut off."""

    __slots__ = ()

    @property
    def is_forgotten(self) -> bool:
        """Whether it is to be on the tape of a sample: an assignment is not."""
        return self.op is not assign


AS_USUAL = {TracedValue, float}  # the types of operands that come from no other place


def _make(
    op: Op | None, operands: tuple[Any, ...], numbers: tuple[float, ...], data: float
) -> TracedValue:
    """The traced node with this number, made by `op`, or a leaf."""
    value = _new(TracedValue)
    value.op, value.operands, value._recorded = op, operands, numbers
    value._data, value._grad = data, UNREACHED
    return value


def _cut_off(x: TracedValue) -> TracedValue:
    """Its number alone, as a node that no watcher has seen."""
    return _make(c.fixed, (x,), (x._data,), x._data)


def _fixed(x: Any) -> Any:
    """The number alone of a traced Value; anything else is itself."""
    return c.fixed(x) if isinstance(x, TracedValue) else x


def traced_leaf(x: float, label: str = "") -> TracedValue:
    """A traced leaf, which is `x` while it is recorded."""
    value = _make(None, (), (), x)
    if label:
        value.label = label
    return value


@natively
def traced_leaves(numbers: Sequence[float], labels: Sequence[str]) -> list[TracedValue]:
    """A traced leaf for each number, with these labels."""
    return list(map(traced_leaf, numbers, labels))


@natively
def record_nodes(
    op: Op, rows: Sequence[Sequence[Any]], numbers: Sequence[float]
) -> list[TracedValue]:
    """The traced nodes that `op` makes of the operands in each row, which have these numbers."""
    made = []
    for operands, data in zip(rows, numbers, strict=True):
        nodes = tuple([x if isinstance(x, Node) else number(x) for x in operands])
        given = tuple([x._data if isinstance(x, Node) else x for x in nodes])
        made.append(tell(_make(op, nodes, given, data)))
    return made


def record_node(op: Op, operands: Sequence[Any]) -> TracedValue:
    """The traced node that `op` makes of `operands`."""
    if AS_USUAL.issuperset(map(type, operands)):
        nodes, numbers = tuple(operands), tuple(numbers_of(list(operands)))
    else:
        nodes = tuple([x if isinstance(x, Node) else number(x) for x in operands])
        numbers = tuple([x._data if isinstance(x, Node) else x for x in nodes])
    # Told from here: the tape counts the frames up to the code of the user.
    return tell(_make(op, nodes, numbers, number(op.forward(*numbers))))  # type: ignore[no-any-return]
