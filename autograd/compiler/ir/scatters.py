"""The steps of `scattered`: places of a table side by side, and what comes added at some of them.

Each place of a table is an operation of its own, and the places of one table differ only in their
number and in what was there before. So they are copied side by side first, and one step then goes
through the pairs (index, x) in order, and adds each x at its place.
"""

from collections.abc import Callable, Iterator, MutableMapping, MutableSequence, Sequence
from typing import NamedTuple

from ...engine import calculus as c
from .draft import COPY
from .normal_form import Form
from .program import Step

AddressOf = MutableSequence[int] | MutableMapping[int, int]


class Table(NamedTuple):
    """Operations `scattered` with the same pairs, each for another place.

    Attributes:
        first: the number of the first place.
        forms: the operations, None for a place that nothing asks for.
    """

    first: int
    forms: list[Form | None]

    def put(self, out: int, stride: int, address: AddressOf) -> None:
        """Say that the first place is at `out`, and the others are `stride` apart."""
        for i, form in enumerate(self.forms):
            if form is not None:
                address[form.position] = out + i * stride

    def steps(
        self, out: int, stride: int, address: AddressOf, constant: Callable[[float], int]
    ) -> Iterator[Step]:
        """The steps for this table, where its first place is at `out`."""
        nothing, count = constant(-0.0), len(self.forms)
        before = [nothing if form is None else address[form.operands[1]] for form in self.forms]
        pairs = [address[x] for form in self.forms[:1] if form for x in form.operands[2:]]
        yield Step(None, COPY, [before], out, count, stride)
        columns = [[constant(float(self.first))], pairs[::2], pairs[1::2]]
        yield Step(c.scattered, (), columns, out, count, stride)


def tables(forms: Sequence[Form], place: Callable[[int], float]) -> list[Table]:
    """The tables of operations with the same pairs, so that none has a place twice.

    Args:
        forms: the operations.
        place: the number at a position, which is a constant.
    """
    found: list[dict[int, Form]] = []
    for form in forms:
        number = int(place(form.operands[0]))
        table = next((x for x in found if number not in x), None)
        if table is None:
            found.append(table := {})
        table[number] = form
    return [Table(min(x), [x.get(number) for number in range(min(x), max(x) + 1)]) for x in found]
