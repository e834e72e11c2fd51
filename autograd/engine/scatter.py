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
        before: what has arrived at some of them before, by the number of the operand of a lookup
            that they are; None for nothing.
    """

    __slots__ = ("_before", "_sums", "is_open", "lookups", "values")

    def __init__(self, values: Sequence[Any], before: dict[int, Any]) -> None:
        self.values, self._before, self.is_open = values, before, True
        self.lookups: list[tuple[Any, Term]] = []  # with what flows back to each
        self._sums: dict[int, Term] | None = None

    def waits_for(self, values: Sequence[Any]) -> bool:
        """Whether a lookup among these values may still join the others."""
        same_size = len(values) == len(self.values)
        return self.is_open and same_size and all(map(is_, values, self.values))

    def close(self) -> None:
        """Let no other lookup join; what several of them give back is added up now."""
        self.is_open = False
        if len(self.lookups) > 1 and self._sums is None:
            self._sums = self._all_sums()

    def last_terms(self, number: int) -> tuple[Sequence[Term], Any]:
        """What came last for a value, and the gradient before that, None for nothing."""
        self.close()
        if self._sums is not None:
            return (self._sums[number],), None
        ((choice, (mask, x)),) = self.lookups
        there = intersect(mask, mask_of_operand(choice, number))
        return ((there, x),), self._before[number]

    def _all_sums(self) -> dict[int, Term]:
        """The gradient of each value as one term."""
        pairs = list(self._pairs())
        index, before = pairs[0][0], {i: _all_terms(x) for i, x in self._before.items()}
        found = [y for pair in pairs for y in pair]
        rows = [(i - 1.0, sum_of_terms(x) if x else -0.0, *found) for i, x in before.items()]
        totals = dict(zip(before, index.apply_to_each(c.scattered, rows), strict=True))
        masks = {i: unite(x) if x else mask_of(0.0) for i, x in before.items()}
        counted = [y for there, _ in pairs for y in (there, 1.0)]
        rows = [(i - 1.0, 0.0, *counted) for i, mask in masks.items() if mask is not None]
        counts = iter(index.apply_to_each(c.scattered, rows))
        for i, mask in masks.items():
            if mask is not None:
                reached = c.greater(next(counts), 0.0)
                masks[i] = mask_of(c.maximum(mask.number(), reached) if before[i] else reached)
        return {i: (masks[i], totals[i]) for i in totals}

    def _pairs(self) -> Iterator[tuple[Any, Any]]:
        """For each lookup the index, `NOWHERE` if nothing flows back, and what does."""
        for choice, (mask, x) in self.lookups:
            index = choice.operands[0]
            yield index if mask is None else c.where(mask.number(), index, NOWHERE), x


class PlaceGradient(MaskedGradient):
    """The gradient of one value of a table.

    Args:
        table: the lookups.
        number: which operand of a lookup the value is.
    """

    __slots__ = ("_number", "table")

    def __init__(self, table: TableGradient, number: int) -> None:
        super().__init__()
        self.table, self._number = table, number

    @property
    def terms(self) -> tuple[Term, ...]:
        """What was there before, and the term of a single lookup, or the sum of all."""
        if not self._terms:
            self._terms = _all_terms(self)
        return self._terms

    def last_terms(self) -> tuple[Sequence[Term], Any]:
        """What came last, and the gradient before that, None for nothing."""
        return (self._terms, None) if self._terms else self.table.last_terms(self._number)


def _all_terms(gradient: Any) -> tuple[Term, ...]:
    """The terms of a gradient, None for nothing, first what came first.

    Tables that share a value follow one another, as many as there are lookups: a loop goes back
    through them, as a call for each would be too deep for Python.
    """
    found: list[Sequence[Term]] = []
    while isinstance(gradient, PlaceGradient):
        terms, gradient = gradient.last_terms()
        found.append(terms)
    if gradient is not None:
        found.append(gradient.terms if isinstance(gradient, MaskedGradient) else [(None, gradient)])
    return tuple(term for terms in reversed(found) for term in terms)


def waits_for_others(found: dict[Any, Any], node: Any) -> bool:
    """Whether a node is a lookup that now waits, with what flows back to it, for others.

    Args:
        found: the gradients so far of a connected pass, that of the node among them.
        node: the node.
    """
    if node.op is not c.gather or not isinstance(node.operands[0], Carrier):
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
    for gradient in before.values():
        if isinstance(gradient, PlaceGradient):
            gradient.table.close()
    table = TableGradient(values, before)
    found.update((x, PlaceGradient(table, i)) for i, x in nodes.items())
    return found[next(iter(nodes.values()))]  # type: ignore[no-any-return]


def _gets_gradient(x: Any) -> bool:
    return type(x) is not float and not x.is_constant
