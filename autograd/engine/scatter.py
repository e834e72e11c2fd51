"""The gradient of a table: what lookups in it give back is added up at the places looked up.

A gradient that stays a graph goes to every value of the table (`choices.py`): as masked terms these
would be so many times the lookups. So the lookups of a table wait, and each of its values gets one
node of `scattered`, which adds to what came before what comes for its place.

A value's contributions are added in the order they come in, as numbers are: whatever else arrives
at a value, or asks for its gradient, ends the wait of the whole table. Later lookups begin anew,
with what there is.
"""

from collections.abc import Iterator, Sequence
from operator import is_
from typing import Any

from . import calculus as c
from .choices import (
    MaskedGradient,
    Term,
    as_term,
    counted,
    intersect,
    mask_of,
    mask_of_operand,
    masked_term,
)
from .op import Carrier, Op

NOWHERE = -1.0  # an index that no place has


class TableGradient:
    """The lookups in a table that have come since a pass began, or since it was last interrupted.

    Args:
        values: the values of the table.
        before: what has arrived at some of them before, by the number of the operand of a lookup
            that they are; None for nothing.
    """

    __slots__ = ("_before", "_gradients", "lookups", "values")

    def __init__(self, values: Sequence[Any], before: dict[int, Any]) -> None:
        self.values, self._before = values, before
        self.lookups: list[tuple[Any, Term]] = []  # with what flows back to each
        self._gradients: dict[int, Any] | None = None

    def waits_for(self, values: Sequence[Any]) -> bool:
        """Whether a lookup among these values may still join the others."""
        same_size = len(values) == len(self.values)
        return self._gradients is None and same_size and all(map(is_, values, self.values))

    def gradients(self) -> dict[int, Any]:
        """The gradient of each value, by its number; from now on no other lookup can join."""
        if self._gradients is None:
            self._gradients = self._sums() if len(self.lookups) > 1 else self._of_one()
        return self._gradients

    def _of_one(self) -> dict[int, Any]:
        """The gradient of each value, where there is one lookup."""
        ((choice, (mask, x)),) = self.lookups
        found = {}
        for i, before in self._before.items():
            flow = masked_term(intersect(mask, mask_of_operand(choice, i)), x)
            found[i] = flow if before is None else before + flow
        return found

    def _sums(self) -> dict[int, Any]:
        """The gradient of each value as one term."""
        pairs = list(self._pairs())
        before = self._before
        found = [y for pair in pairs for y in pair]
        rows = [(i - 1.0, -0.0 if x is None else counted(x), *found) for i, x in before.items()]
        totals = dict(zip(before, _scattered(rows), strict=True))
        masks = {i: mask_of(0.0) if x is None else as_term(x)[0] for i, x in before.items()}
        arrived = [y for there, _ in pairs for y in (there, 1.0)]
        rows = [(i - 1.0, 0.0, *arrived) for i, mask in masks.items() if mask is not None]
        counts = iter(_scattered(rows))
        for i, mask in masks.items():
            if mask is not None:
                reached, there = c.greater(next(counts), 0.0), before[i] is not None
                masks[i] = mask_of(c.maximum(mask.number(), reached) if there else reached)
        return {i: masked_term(masks[i], totals[i]) for i in totals}

    def _pairs(self) -> Iterator[tuple[Any, Any]]:
        """For each lookup the index, `NOWHERE` if nothing flows back, and what does."""
        for choice, (mask, x) in self.lookups:
            index = choice.operands[0]
            yield index if mask is None else c.where(mask.number(), index, NOWHERE), x


def _scattered(rows: Sequence[Sequence[Any]]) -> list[Any]:
    """What is at each place, of the operands for each: at once, if a node is among their pairs."""
    carrier = next((x for row in rows[:1] for x in row[2:] if isinstance(x, Carrier)), None)
    if carrier is None:
        return [c.scattered(*row) for row in rows]
    return carrier.apply_to_each(c.scattered, rows)


class PlaceGradient(MaskedGradient):
    """The gradient of one value of a table, for which its lookups wait until it is used.

    Args:
        table: the lookups.
        number: which operand of a lookup the value is.
    """

    __slots__ = ("_number", "table")

    def __init__(self, table: TableGradient, number: int) -> None:
        self.table, self._number = table, number

    def gradient(self) -> Any:
        """The gradient, with what all lookups give back to it."""
        return self.table.gradients()[self._number]

    def term(self) -> Term:
        """The gradient as one term, with the mask that is 1 where any of its terms counts."""
        return as_term(self.gradient())

    def counted(self) -> Any:
        """What it adds to a sum."""
        return counted(self.gradient())

    def __pos__(self) -> Any:
        """The gradient as a node."""
        return +self.gradient()

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        """What an op makes of the gradient."""
        return op(*[x.gradient() if isinstance(x, PlaceGradient) else x for x in operands])

    take_precedence = apply  # also of a Value that stands before it


def waits_for_others(found: dict[Any, Any], node: Any) -> bool:
    """Whether a node is a lookup that now waits, with what flows back to it, for others.

    Args:
        found: the gradients so far of a connected pass, that of the node among them.
        node: the node.
    """
    if node.op is not c.gather:
        return False
    values = node.operands[1:]
    first = next((x for x in values if _gets_gradient(x)), None)
    if first is None:
        return False
    node.check_recorded(connected=True)
    waiting = found.get(first)
    if not isinstance(waiting, PlaceGradient) or not waiting.table.waits_for(values):
        waiting = _begin(found, values)
    if waiting is not None:
        waiting.table.lookups.append((node, as_term(found[node])))
    return waiting is not None


def _begin(found: dict[Any, Any], values: Sequence[Any]) -> PlaceGradient | None:
    """The gradient of the first value of a table, all of which wait; None if one is there twice."""
    nodes = {i: x for i, x in enumerate(values, 1) if _gets_gradient(x)}
    if len(set(nodes.values())) < len(nodes):
        return None
    before = {i: found.get(x) for i, x in nodes.items()}
    for i, gradient in before.items():
        if isinstance(gradient, PlaceGradient):
            before[i] = gradient.gradient()
    table = TableGradient(values, before)
    found.update((x, PlaceGradient(table, i)) for i, x in nodes.items())
    return found[next(iter(nodes.values()))]  # type: ignore[no-any-return]


def _gets_gradient(x: Any) -> bool:
    return type(x) is not float and not x.is_constant
