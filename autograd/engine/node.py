"""A node: a number, and the record of how it was computed."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from .assignment import UNREACHED as UNREACHED, as_gradient
from .choices import masked_locals
from .native import slots
from .op import Op
from .staleness import Dated


class Node(Dated):
    """A number, the op that made it, the operands, and the numbers that those had.

    Attributes:
        op: what made the node, None at a leaf.
        operands: what the op was applied to, in order: Values and floats. Empty at a leaf.
        recorded: the numbers that the operands had when the node was computed.
    """

    __slots__ = slots("_data", "_grad", "_recorded", "op", "operands")

    _data: float
    _grad: Any
    op: Op | None
    operands: tuple[Any, ...]
    _recorded: tuple[float, ...]
    is_constant = False  # a constant is a leaf that keeps no gradient
    is_traced = False  # recorded for every call, so that its number is not to be looked at

    @property
    def grad(self) -> float:
        """The gradient: the sum over the backward passes so far, 0 if none has reached the node.

        None at a constant; a Value after ``backward(create_graph=True)``.
        """
        return 0.0 if self._grad is UNREACHED else self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        self._grad = None if self.is_constant else as_gradient(grad)

    @property
    def is_reached(self) -> bool:
        """Whether a gradient has arrived here, or was assigned, since it was last cleared."""
        return self._grad is not UNREACHED and self._grad is not None

    @property
    def recorded(self) -> tuple[float, ...]:
        """The numbers that the operands had when the node was computed, in order."""
        return self._recorded

    @property
    def is_leaf(self) -> bool:
        """Whether the number was given, not computed."""
        return self.op is None

    @property
    def parents(self) -> tuple[Any, ...]:
        """The operands that are Values, in order: twice the same for ``x * x``."""
        return tuple([x for x in self.operands if isinstance(x, Node)])

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
        return float(self.all_locals()[position] or 0.0)

    def all_locals(self) -> Sequence[Any]:
        """The local derivative for each operand, also where the operand is a plain number."""
        # Of operands that are no floats no derivative is left out.
        return self.op.locals((None, None), self._recorded, self._data) if self.op else ()

    def locals(self, *, connected: bool = False) -> Sequence[Any]:
        """The local derivative for each operand that is a node, None where nothing flows.

        They are numbers, at the recorded operands, or nodes that stay `connected` to them. An entry
        at the place of a plain number means nothing.
        """
        op = self.op
        if op is None:
            return ()
        if not connected:
            return op.locals(self.operands, self._recorded, self._data)
        self.check_recorded(connected=True)
        # Of where and lookup: see choices.py.
        return masked_locals(self) if op.taken else op.locals(self.operands, self.operands, self)

    def record(self, op: Op | None, operands: tuple[Any, ...], numbers: tuple[float, ...]) -> None:
        """Note how the node was computed: the op, its operands, and the numbers that these had."""
        self.op, self.operands, self._recorded = op, operands, numbers

    def forget_operands(self) -> None:
        """Become a leaf, as what is computed inside `no_grad` is."""
        self.record(None, (), ())
