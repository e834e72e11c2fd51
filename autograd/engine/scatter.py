"""The gradient of a table: what lookups in it give back is added up at the places looked up.

A gradient that stays a graph goes to every value of the table (`choices.py`): as masked terms these
would be so many times the lookups. So the lookups of a table wait, and each of its values gets one
node of `scattered`, which adds to what came before what comes for its place.

A value's contributions are added in the order they come in, as numbers are: whatever else arrives
at a value, or asks for its gradient, ends the wait of the whole table. Later lookups begin anew,
with what there is.
"""

from collections.abc import Sequence
from operator import is_
from typing import Any

from . import calculus as c
from .choices import (
    MaskedGradient,
    Term,
    as_term,
    intersect,
    mask_of,
    mask_of_operand,
    sum_of_terms,
    unite,
)
from .op import Carrier

NOWHERE = -1.0  # an index that no place has


class TableGradient:
    """The lookups in a table that have come since a pass began, or since it was last interrupted.

    Args:
        values: the values of the table.
    """

    __slots__ = ("_pairs", "is_open", "lookups", "values")

    def __init__(self, values: Sequence[Any]) -> None:
        self.values, self.is_open = values, True
        self.lookups: list[tuple[Any, Any]] = []  # with what flows back to each
        self._pairs: list[tuple[Any, Any]] | None = None

    def waits_for(self, values: Sequence[Any]) -> bool:
        """Whether a lookup among these values may still join the others."""
        same_size = len(values) == len(self.values)
        return self.is_open and same_size and all(map(is_, values, self.values))

    def pairs(self) -> list[tuple[Any, Any]]:
        """For each lookup the index, `NOWHERE` if nothing flows back, and what does."""
        if self._pairs is None:
            self._pairs = []
            for choice, upstream in self.lookups:
                (mask, x), index = as_term(upstream), choice.operands[0]
                there = index if mask is None else c.where(mask.number(), index, NOWHERE)
                self._pairs.append((there, x))
        return self._pairs


class PlaceGradient(MaskedGradient):
    """The gradient of one value of a table.

    Args:
        table: the lookups.
        number: which operand of a lookup the value is.
        before: what has arrived at it before, None for nothing.
    """

    __slots__ = ("_before", "_number", "table")

    def __init__(self, table: TableGradient, number: int, before: Any) -> None:
        super().__init__()
        self.table, self._number, self._before = table, number, before

    @property
    def terms(self) -> tuple[Term, ...]:
        """What was there before, and the term of a single lookup, or the sum of all."""
        if not self._terms:
            self.table.is_open = False
            single = len(self.table.lookups) == 1
            self._terms = (*self._terms_before(), self._single()) if single else (self._all(),)
        return self._terms

    def _terms_before(self) -> tuple[Term, ...]:
        before = self._before
        if before is None:
            return ()
        return before.terms if isinstance(before, MaskedGradient) else ((None, before),)

    def _single(self) -> Term:
        ((choice, upstream),) = self.table.lookups
        mask, x = as_term(upstream)
        return intersect(mask, mask_of_operand(choice, self._number)), x

    def _all(self) -> Term:
        place, pairs, before = self._number - 1.0, self.table.pairs(), self._terms_before()
        found = [y for pair in pairs for y in pair]
        total = c.scattered(place, sum_of_terms(before) if before else -0.0, *found)
        mask = unite(before) if before else mask_of(0.0)
        if mask is None:
            return None, total
        count = c.scattered(place, 0.0, *[y for index, _ in pairs for y in (index, 1.0)])
        reached = c.greater(count, 0.0)
        return mask_of(c.maximum(mask.number(), reached) if before else reached), total


def wait_for_others(found: dict[Any, Any], choice: Any, upstream: Any) -> bool:
    """Let a lookup of a connected pass wait for others in its table; False if it is to go alone.

    Args:
        found: the gradients so far.
        choice: a node that chooses.
        upstream: its gradient.
    """
    index, *values = choice.operands
    first = next((x for x in values if _gets_gradient(x)), None)
    if choice.op is not c.gather or not isinstance(index, Carrier) or first is None:
        return False
    choice.check_recorded(connected=True)
    waiting = found.get(first)
    if not isinstance(waiting, PlaceGradient) or not waiting.table.waits_for(values):
        waiting = _begin(found, values)
    if waiting is not None:
        waiting.table.lookups.append((choice, upstream))
    return waiting is not None


def _begin(found: dict[Any, Any], values: Sequence[Any]) -> PlaceGradient | None:
    """The gradient of the first value of a table, all of which wait; None if one is there twice."""
    nodes = {i: x for i, x in enumerate(values, 1) if _gets_gradient(x)}
    if len(set(nodes.values())) < len(nodes):
        return None
    table = TableGradient(values)
    for i, x in nodes.items():
        before = found.get(x)
        if isinstance(before, PlaceGradient):
            before.table.is_open = False
        found[x] = PlaceGradient(table, i, before)
    return found[next(iter(nodes.values()))]  # type: ignore[no-any-return]


def _gets_gradient(x: Any) -> bool:
    return isinstance(x, Carrier) and not x.is_constant
