"""Masked gradients: differentiable gradients of `where` and `lookup`, terms with a 0/1 mask each.

A gradient in numbers goes to the operand that a choice took, and nowhere else. A gradient that can
be differentiated, recomputed or compiled may choose otherwise tomorrow, so it goes to every
operand, with a mask that says where it counts. The graph is the same whatever was chosen.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from . import calculus as c
from .op import ONE, Carrier, Op
from .operators import Operators
from .rows import Row


class Mask(NamedTuple):
    """A 0/1 mask: 1 where a choice takes one of some operands.

    Attributes:
        choice: the node that chooses.
        taken: for each of these operands, by its number, 1 where it is taken, else 0.
        alternatives: how many operands the choice has in all.
    """

    choice: Any
    taken: Mapping[int, Any]
    alternatives: int

    def number(self) -> Any:
        """The mask as a number or node: 1 where one of them is taken, else 0."""
        numbers = list(self.taken.values())
        return numbers[0] if len(numbers) == 1 else c.maximum(numbers)


Term = tuple[Mask | None, Any]  # a mask, None for always, and a term


class MaskedGradient(Operators):
    """A masked gradient: a sum of terms, each of which counts where its mask is 1.

    Nothing is not 0: 0 times an infinite local derivative is nan. So a term is multiplied whatever
    its mask is, and counts only where terms are added up. It never leaves the chain rule.
    """

    __slots__ = ("_terms", "arrived")

    arrived: Any

    def __init__(self, *terms: Term) -> None:
        self._terms, self.arrived = terms, None

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms, each with its mask."""
        return self._terms

    def __pos__(self) -> Any:
        """The gradient as a node: the sum of the terms that count, 0 where none does."""
        if self.arrived is None:
            self.arrived = _sum(self.terms)
        return self.arrived

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        """Products and sums, which the chain rule makes, stay masked; any other op gets the sum."""
        if op is c.add:
            so_far, more = operands
            terms = so_far.terms if isinstance(so_far, MaskedGradient) else ((None, so_far),)
            return _masked(*terms, as_term(more))
        if op is c.mul or op is c.strong_product:
            (r, x), (s, y) = map(as_term, operands)
            return _masked((intersect(r, s), x if y is ONE else y if x is ONE else op(x, y)))
        return op(*[+x if isinstance(x, MaskedGradient) else x for x in operands])

    take_precedence = apply  # also of a Value that stands before it

    def __mul__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Row) else c.mul(self, other)


def masked_locals(choice: Any) -> list[Any]:
    """The local derivatives of a node that chooses, in a gradient that stays a graph."""
    return [
        _masked_local(choice, i) if i and isinstance(x, Carrier) else None
        for i, x in enumerate(choice.operands)
    ]


def _masked_local(choice: Any, i: int) -> Any:
    """The local derivative by operand number `i`: 1 where it is taken, None if it never is."""
    taken = choice.op.taken(choice.operands, i)
    if taken is None or taken is ONE:
        return taken
    return MaskedGradient((_mask(choice, i, taken), ONE))


def _mask(choice: Any, i: int, taken: Any) -> Mask:
    return Mask(choice, {i: taken}, len(choice.operands) - 1)


def mask_of_operand(choice: Any, i: int) -> Mask:
    """The mask that is 1 where a choice takes its operand number `i`."""
    return _mask(choice, i, choice.op.taken(choice.operands, i))


def _masked(*terms: Term) -> Any:
    """The masked gradient of these terms, or the one term alone if it always counts."""
    return terms[0][1] if len(terms) == 1 and terms[0][0] is None else MaskedGradient(*terms)


def _sum(terms: Sequence[Term]) -> Any:
    """The sum of the terms whose mask is 1, 0 if there is none."""
    if len(terms) == 1:
        ((mask, x),) = terms
        return x if mask is None else c.where(mask.number(), x, 0.0)
    total, mask = sum_of_terms(terms), unite(terms)
    return total if mask is None else c.where(mask.number(), total, 0.0)


def sum_of_terms(terms: Sequence[Term]) -> Any:
    """The sum of the terms whose mask is 1, -0 if there is none."""
    # -0.0 is the number that adds nothing, not even a sign.
    there = [x if mask is None else c.where(mask.number(), x, -0.0) for mask, x in terms]
    return there[0] if len(there) == 1 else c.sum(there)


def as_term(x: Any) -> Term:
    """`x` as one term with one mask: of several terms the sum is made first."""
    if not isinstance(x, MaskedGradient):
        return None, x
    return x.terms[0] if len(x.terms) == 1 else (unite(x.terms), +x)


def unite(terms: Sequence[Term]) -> Mask | None:
    """The mask that is 1 where any term counts; None if one always does."""
    found: dict[int, Mask] = {}
    for mask, _ in terms:
        if mask is None:
            return None
        before = found.get(id(mask.choice), mask)
        union = mask._replace(taken={**before.taken, **mask.taken})
        if len(union.taken) == union.alternatives:
            return None
        found[id(mask.choice)] = union
    reaches = list(found.values())
    return reaches[0] if len(reaches) == 1 else mask_of(c.maximum([r.number() for r in reaches]))


def intersect(x: Mask | None, y: Mask | None) -> Mask | None:
    """The mask that is 1 where both masks are."""
    if x is None or y is None:
        return y if x is None else x
    return mask_of(x.number() * y.number())


def mask_of(number: Any) -> Mask:
    """A mask from a number that is 0 or 1."""
    return Mask(object(), {0: number}, 2)
