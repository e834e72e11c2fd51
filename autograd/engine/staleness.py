"""Staleness: whether the operands of a node are still what they were when it was computed."""

from typing import Any

from .errors import StaleGraphError
from .native import Storage, natively
from .note import Noted


class Dated(Noted, Storage):
    """A base of nodes that tells whether their operands have changed since."""

    __slots__ = ()

    _data: float
    _recorded: tuple[float, ...]
    operands: tuple[Any, ...]

    def moved_on(self, was: float) -> bool:
        """Whether the number is another than it `was`; nan is nan, but -0.0 is not 0.0."""
        return self._data is not was and repr(self._data) != repr(was)

    def has_moved(self, slot: int) -> bool:
        """Whether an operand has changed since the node was computed."""
        return operand_has_moved(self, slot)

    def check_recorded(self, *, connected: bool, of: Any = None) -> None:
        """Raise if an operand changed so that its recorded number gives a wrong derivative.

        Numeric derivatives use the recorded numbers, so a leaf may have moved on; connected
        ones use the leaf itself. An interior operand changes only when another graph that
        shares it was recomputed.

        Args:
            connected: whether the derivatives are.
            of: the operand that is looked at, all without it.

        Raises:
            StaleGraphError: naming the operand.
        """
        slot = find_moved(self, connected, of)
        if slot >= 0:
            x = self.operands[slot]
            raise StaleGraphError(x.describe(), self._recorded[slot], x._data)


@natively
def find_moved(node: Dated, connected: bool, of: Any) -> int:
    """The first slot of which the operand has changed in a way that matters, -1 for none.

    See `Dated.check_recorded`.
    """
    for slot, x in enumerate(node.operands):
        matters = isinstance(x, Dated) and (connected or x.op is not None)
        if matters and (of is None or x is of) and node.has_moved(slot):
            return slot
    return -1


@natively
def operand_has_moved(node: Dated, slot: int) -> bool:
    """Whether an operand of a node has changed since the node was computed."""
    x, was = node.operands[slot], node._recorded[slot]
    if not isinstance(x, Dated):
        return False
    # What is computed keeps its object while nothing below it changes: see recompute.
    return x.moved_on(was) if x.op is None else x._data is not was
