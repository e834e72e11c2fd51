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
Masks = tuple["Masks | None", Mask]  # those of the terms before, and of the last one


class MaskedGradient(Operators):
    """A masked gradient: a term that counts where its mask is 1, or a sum of such terms.

    Nothing is not 0: 0 times an infinite local derivative is nan. So a term is multiplied whatever
    its mask is, and counts only where terms are added up. That is done as they come: a pass along
    a tape goes back through the sums in the order they were made in, which has to be that of a
    gradient without masks. It never leaves the chain rule.

    Args:
        x: the term, or the sum of those that count, -0 if none does.
        masks: their masks.
    """

    __slots__ = ("_arrived", "_term", "_x", "masks")

    def __init__(self, x: Any, masks: Masks) -> None:
        self._x, self.masks = x, masks
        self._term: Term | None = None
        self._arrived: Any = None

    def term(self) -> Term:
        """The gradient as one term, with the mask that is 1 where any of its terms counts."""
        if self._term is None:
            masks: list[Mask] = []
            before: Masks | None = self.masks
            while before is not None:
                before, mask = before
                masks.append(mask)
            self._term = unite(masks[::-1]), self._x
        return self._term

    def counted(self) -> Any:
        """What it adds to a sum: -0.0, which adds nothing, not even a sign, where none counts."""
        before, mask = self.masks
        return c.where(mask.number(), self._x, -0.0) if before is None else self._x

    def __pos__(self) -> Any:
        """The gradient as a node: the sum of the terms that count, 0 where none does."""
        if self._arrived is None:
            mask, x = self.term()
            self._arrived = x if mask is None else c.where(mask.number(), x, 0.0)
        return self._arrived

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        """Products and sums, which the chain rule makes, stay masked; any other op gets the sum."""
        if op is c.add:
            return _add(*operands)
        if op is c.mul or op is c.strong_product:
            (r, x), (s, y) = map(as_term, operands)
            return masked_term(intersect(r, s), x if y is ONE else y if x is ONE else op(x, y))
        return op(*[+x if isinstance(x, MaskedGradient) else x for x in operands])

    take_precedence = apply  # also of a Value that stands before it

    def __mul__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Row) else c.mul(self, other)


def masked_term(mask: Mask | None, x: Any) -> Any:
    """What counts where the mask is 1; None for always."""
    return x if mask is None else MaskedGradient(x, (None, mask))


def as_term(x: Any) -> Term:
    """`x` as one term with one mask."""
    return x.term() if isinstance(x, MaskedGradient) else (None, x)


def counted(x: Any) -> Any:
    """What `x` adds to a sum."""
    return x.counted() if isinstance(x, MaskedGradient) else x


def _add(so_far: Any, more: Any) -> Any:
    """The sum of two gradients, of which one or both are masked."""
    before = so_far.masks if isinstance(so_far, MaskedGradient) else None
    mask, x = as_term(more)
    if before is None or mask is None:
        return counted(so_far) + counted(more)
    if before[0] is None and before[1] is mask:
        return masked_term(mask, as_term(so_far)[1] + x)
    return MaskedGradient(counted(so_far) + counted(more), (before, mask))


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
    return masked_term(_mask(choice, i, taken), ONE)


def _mask(choice: Any, i: int, taken: Any) -> Mask:
    return Mask(choice, {i: taken}, len(choice.operands) - 1)


def mask_of_operand(choice: Any, i: int) -> Mask:
    """The mask that is 1 where a choice takes its operand number `i`."""
    return _mask(choice, i, choice.op.taken(choice.operands, i))


def unite(masks: Sequence[Mask | None]) -> Mask | None:
    """The mask that is 1 where any of these is; None if one always is."""
    if len(masks) == 1:
        return masks[0]
    found: dict[int, Mask] = {}
    for mask in masks:
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
