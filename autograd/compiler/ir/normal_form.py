"""Normal form: each operation is a sum of products, or a map.

    sum     ± x₁·y₁ ± x₂ ± x₃·y₃ …   in the recorded order: what begins a sum goes on in it,
                                       and a product that only one sum uses becomes its term
    map     op(x, …)                   any other op

72,000 nodes of a tiny GPT become 4,000.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...engine import calculus as c
from ...engine.native import native, natively
from ...engine.op import Op
from ...transforms.samples import ResultOp
from .listing import Listing
from .operations import Operations
from .program import Terms

PLAIN = -1  # in the place of a second factor


class Form(NamedTuple):
    """One operation in normal form.

    Attributes:
        position: which of the listing's operations it gives.
        op: of a map; None for a sum.
        runs: the terms of a sum; empty for a map.
        operands: of a map, or of a sum the factors of its terms in turn.
    """

    position: int
    op: Op | None
    runs: tuple[Terms, ...]
    operands: tuple[int, ...]


def normal_form(listing: Listing) -> list[Form]:
    """The operations that the outputs need, in order."""
    kept = [*listing.outputs, *listing.checked.values()]
    return fold(listing, kept)


@natively
def fold(listing: Operations, kept: list[int]) -> list[Form]:
    """The operations that those at the positions in `kept` need, in order, with their sums."""
    ops, operands = listing.ops, listing.operands
    uses, user = _uses(listing, kept)
    forms: list[Form] = []
    sums: dict[int, list[tuple[bool, int, int]]] = {}  # terms of what another sum begins with
    for position, op in enumerate(ops):
        if op is None or not uses[position] or isinstance(op, ResultOp):
            continue  # a result comes with its batch
        only_user = user[position] if uses[position] == 1 else -1
        in_sum = only_user >= 0 and ops[only_user] in _ADDITIVE
        if in_sum and (op is c.mul or op is c.neg):
            continue  # a term of that sum
        if op is c.add or op is c.sub:
            left, right = operands[position]
            terms = sums.pop(left, None) or [_term(listing, uses, left, False)]
            terms.append(_term(listing, uses, right, op is c.sub))
            if in_sum and operands[only_user][0] == position:
                sums[position] = terms
                continue
        elif op is c.mul:
            x, y = operands[position]
            terms = [(False, x, y)]
        elif op is c.neg:
            terms = [(True, operands[position][0], PLAIN)]
        else:
            forms.append(Form(position, op, (), operands[position]))
            continue
        forms.append(_sum(position, terms))
    return forms


_ADDITIVE = (c.add, c.sub)


def _uses(listing: Operations, kept: Iterable[int]) -> tuple[list[int], list[int]]:
    """For each operation how often it is used, and by which operation, -1 for an output."""
    uses, user = [0] * len(listing.ops), [-1] * len(listing.ops)
    for x in kept:
        uses[x] += 2  # never folded into another
    for position in range(len(uses) - 1, -1, -1):
        if uses[position]:
            for x in listing.operands[position]:
                uses[x] += 1
                user[x] = position
    return uses, user


def _term(listing: Operations, uses: Sequence[int], x: int, minus: bool) -> tuple[bool, int, int]:
    """A term: whether it is subtracted, and its one or two factors."""
    if uses[x] == 1:
        op = listing.ops[x]
        if op is c.mul:
            return (minus, *listing.operands[x])  # type: ignore[return-value]
        if op is c.neg:
            return (not minus, listing.operands[x][0], PLAIN)
    return (minus, x, PLAIN)


def _sum(position: int, terms: Sequence[tuple[bool, int, int]]) -> Form:
    """The sum of `terms`; its signature tells, run by run, sign, factors and number of terms."""
    runs: list[Terms] = []
    minus, factors, count = terms[0][0], 1 if terms[0][2] < 0 else 2, 0
    flat: list[int] = []
    for sign, x, y in terms:
        kind = 1 if y < 0 else 2
        if sign is not minus or kind != factors:
            runs.append(Terms(minus, factors, count))
            minus, factors, count = sign, kind, 0
        count += 1
        flat.append(x)
        if kind == 2:
            flat.append(y)
    runs.append(Terms(minus, factors, count))
    return Form(position, None, tuple(runs), tuple(flat))


if native is not None:
    native.connect("terms", Terms)
    native.connect("form", Form)
