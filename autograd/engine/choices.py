"""Masked gradients: differentiable gradients of `where` and `lookup`, terms with a 0/1 mask each.

Numbers flow to the operand that a choice took, and nowhere else. A gradient that can be
differentiated, recomputed or compiled may choose otherwise tomorrow, so a flow goes to every
operand, and says with it where it is taken. The graph is the same whatever was chosen.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from . import calculus as c
from .op import ONE, Carrier, Op
from .operators import Operators


class Reach(NamedTuple):
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


Part = tuple[Reach | None, Any]  # where something flows, None for always, and what


class MaskedGradient(Operators):
    """A masked gradient: a sum of terms, each of which counts where its mask is 1.

    Nothing is not 0: 0 times an infinite local derivative is nan. So a flow is multiplied whatever
    it is, and counts only where it is added up. It never leaves the sweep of the chain rule.
    """

    __slots__ = ("arrived", "parts")

    parts: tuple[Part, ...]
    arrived: Any

    def __init__(self, *parts: Part) -> None:
        self.parts, self.arrived = parts, None

    def __pos__(self) -> Any:
        """The gradient as a node: the sum of the terms that count, 0 where none does."""
        if self.arrived is None:
            self.arrived = _sum(self.parts)
        return self.arrived

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        """Products and sums, which the chain rule makes, stay masked; any other op gets the sum."""
        if op is c.add:
            so_far, more = operands
            parts = so_far.parts if isinstance(so_far, MaskedGradient) else ((None, so_far),)
            return _flow(*parts, _as_term(more))
        if op is c.mul or op is c.strong_product:
            (r, x), (s, y) = map(_as_term, operands)
            return _flow((_intersect(r, s), x if y is ONE else y if x is ONE else op(x, y)))
        return op(*[+x if isinstance(x, MaskedGradient) else x for x in operands])

    take_precedence = apply  # also of a Value that stands before it


def flows_of(choice: Any) -> list[Any]:
    """The local derivatives of a node that chooses, in a gradient that stays a graph."""
    selector, *others = choice.operands
    reach, count = choice.op.reach, len(others)
    return [
        None,
        *(
            MaskedGradient((Reach(choice, {i: reach(selector, i)}, count), ONE))
            if isinstance(x, Carrier)
            else None
            for i, x in enumerate(others, 1)
        ),
    ]


def _flow(*parts: Part) -> Any:
    """The masked gradient of these terms, or the one term alone if it always counts."""
    return parts[0][1] if len(parts) == 1 and parts[0][0] is None else MaskedGradient(*parts)


def _sum(parts: Sequence[Part]) -> Any:
    """The sum of the terms whose mask is 1, 0 if there is none."""
    # -0.0 is the number that adds nothing, not even a sign.
    there = [x if reach is None else c.where(reach.number(), x, -0.0) for reach, x in parts]
    total, reach = there[0] if len(there) == 1 else c.sum(there), _unite(parts)
    return total if reach is None else c.where(reach.number(), total, 0.0)


def _as_term(x: Any) -> Part:
    """`x` as one term with one mask: of several terms the sum is made first."""
    if not isinstance(x, MaskedGradient):
        return None, x
    return x.parts[0] if len(x.parts) == 1 else (_unite(x.parts), +x)


def _unite(parts: Sequence[Part]) -> Reach | None:
    """The mask that is 1 where any term counts; None if one always does."""
    found: dict[int, Reach] = {}
    for reach, _ in parts:
        if reach is None:
            return None
        before = found.get(id(reach.choice), reach)
        union = reach._replace(taken={**before.taken, **reach.taken})
        if len(union.taken) == union.alternatives:
            return None
        found[id(reach.choice)] = union
    reaches = list(found.values())
    return reaches[0] if len(reaches) == 1 else _mask_of(c.maximum([r.number() for r in reaches]))


def _intersect(x: Reach | None, y: Reach | None) -> Reach | None:
    """The mask that is 1 where both masks are."""
    if x is None or y is None:
        return y if x is None else x
    return _mask_of(x.number() * y.number())


def _mask_of(number: Any) -> Reach:
    """A mask from a number that is 0 or 1."""
    return Reach(object(), {0: number}, 2)
