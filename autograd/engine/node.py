"""A node: a number, and the record of how it was computed."""

from collections.abc import KeysView, Sequence
from functools import partial
from typing import Any

from .choices import flows_of
from .errors import StaleGraphError
from .note import Noted
from .op import Op


class Node(Noted):
    """A number and how it was computed: what `Value` puts its operators on.

    Two operands have slots of their own, because one more tuple per node is one more object for
    the garbage collector, which is over a third of the work as it is. `left` and `right` hold the
    operands that are nodes, else None; `x` and `y` the numbers that the operands had.
    An op with any number of operands has them all in `y` and their numbers in `x`.
    """

    __slots__ = ("_data", "grad", "left", "op", "right", "x", "y")

    _data: float
    grad: Any
    op: Op | None  # None at a leaf
    left: "Node | None"
    right: "Node | None"
    x: Any
    y: Any
    is_constant = False  # a constant is a leaf that keeps no gradient
    is_traced = False  # recorded for every call, so that its number is not to be looked at
    recomputed = False  # whether recompute() ever ran: before it, no interior node changes

    @property
    def is_leaf(self) -> bool:
        """Whether the number was given, not computed."""
        return self.op is None

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the op was applied to, in order: Values and floats. Empty at a leaf."""
        if self.op is None or not self.op.rules:
            return () if self.op is None else tuple(self.y)
        first = self.x if self.left is None else self.left
        second = () if len(self.op.rules) == 1 else (self.y if self.right is None else self.right,)
        return (first, *second)

    @property
    def recorded(self) -> tuple[float, ...]:
        """The numbers that the operands had when the node was computed, in order."""
        if self.op is None or not self.op.rules:
            return () if self.op is None else tuple(self.x)
        return (self.x, self.y) if len(self.op.rules) == 2 else (self.x,)

    @property
    def parents(self) -> tuple[Any, ...]:
        """The operands that are Values, in order: twice the same for ``x * x``."""
        return tuple(x for x in self.operands if isinstance(x, Node))

    @property
    def _prev(self) -> KeysView[Any]:
        """The parents, each once, in order: as micrograd's code asks for them."""
        return dict.fromkeys(self.parents).keys()

    @property
    def _op(self) -> str:
        """The name of the op, empty at a leaf: as micrograd's code asks for it."""
        return "" if self.op is None else self.op.name

    @property
    def _children(self) -> tuple[Any, ...]:
        """The parents: as microgpt's code asks for them."""
        return self.parents

    @property
    def _local_grads(self) -> tuple[float, ...]:
        """The local derivative for each of the parents: as microgpt's code asks for them."""
        pairs = zip(self.operands, self.local_derivatives, strict=True)
        return tuple(local() for x, local in pairs if isinstance(x, Node))

    @property
    def local_derivatives(self) -> tuple[Any, ...]:
        """For each operand a function that gives d node / d operand.

        Example:
            >>> from autograd import Value
            >>> y = Value(2.0) * Value(5.0)
            >>> [local() for local in y.local_derivatives]
            [5.0, 2.0]
        """
        return tuple(partial(self._local_derivative, i) for i in range(len(self.operands)))

    def _local_derivative(self, position: int) -> float:
        return float(self.locals()[position] or 0.0)

    def locals(self, *, connected: bool = False) -> Sequence[Any]:
        """The local derivative for each operand, None where nothing flows.

        They are numbers, at the recorded operands, or nodes that stay `connected` to them.
        """
        if self.op is None:
            return ()
        if connected and self.op.reach is not None:
            return flows_of(self)
        if connected:
            return self.locals_at(self.operands, self, connected=connected)
        return self.locals_at(self.recorded, self._data)

    def locals_at(
        self, given: Sequence[Any], out: Any, *, connected: bool = False
    ) -> Sequence[Any]:
        """The local derivative for each operand where these were `given`, and the result `out`."""
        assert self.op is not None
        if self.op.derivatives is not None:
            found = self.op.derivatives(given, out)
            if len(found) != len(given):
                counts = f"{len(found)} for {len(given)} operands"
                raise ValueError(f"derivatives= of op {self.op.name!r} gave {counts}")
            return found
        return [
            rule(*given, out) if callable(rule) and (isinstance(x, Node) or not connected) else rule
            for rule, x in zip(self.op.rules, given, strict=True)
        ]

    def forget_operands(self) -> None:
        """Become a leaf, as what is computed inside `no_grad` is."""
        self.op = self.left = self.right = self.x = self.y = None

    def moved_on(self, was: float) -> bool:
        """Whether the number is another than it `was`; nan is nan, but -0.0 is not 0.0."""
        return self._data is not was and repr(self._data) != repr(was)

    def check_recorded(self, *, connected: bool) -> None:
        """Raise if an operand changed so that its recorded number gives a wrong derivative.

        Numeric derivatives use the recorded numbers, so a leaf may have moved on; connected
        ones use the leaf itself. An interior operand changes only when another graph that
        shares it was recomputed.

        Raises:
            StaleGraphError: naming the operand.
        """
        left, right = self.left, self.right
        if (left is not None or right is not None) and (  # the usual case, at a fifth of the time
            (left is None or left._data is self.x) and (right is None or right._data is self.y)
        ):
            return
        for operand, was in zip(self.operands, self.recorded, strict=True):
            counts = isinstance(operand, Node) and (connected or operand.op is not None)
            if counts and operand.moved_on(was):
                raise StaleGraphError(operand.describe(), was, operand._data)
