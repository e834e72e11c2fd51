"""Draft: a program while it is laid out, with the places that are taken and the steps so far."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import sub

from .normal_form import Form
from .order import is_row
from .program import Statement, Step, Terms, whole_vectors

COPY = (Terms(False, 1, 1),)


class Allocator:
    """Gives places in a memory: one to each constant, and room for what is computed.

    Attributes:
        size: how many are taken.
        constants: the address and the number of each constant, by its repr.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.constants: dict[str, tuple[int, float]] = {}

    def constant(self, x: float) -> int:
        """The address of a number that is there from the beginning."""
        key = repr(x)
        if key not in self.constants:
            self.constants[key] = (self.size, x)
            self.size += 1
        return self.constants[key][0]

    def room(self, count: int) -> int:
        """The first of `count` free addresses, which vectors of their own hold to the last."""
        first = whole_vectors(self.size)
        self.size = first + whole_vectors(count)
        return first


class Draft:
    """A program in the making.

    Args:
        allocator: gives the places.
        operations: how many operations there are.

    Attributes:
        parts: the steps so far, those of each part by themselves.
        address: for each operation its address, -1 while it has none.
    """

    def __init__(self, allocator: Allocator, operations: int) -> None:
        self.allocator, self.room, self.constant = allocator, allocator.room, allocator.constant
        self.parts: list[list[Statement]] = [[]]
        self.address = [-1] * operations

    def step(self, *steps: Statement) -> None:
        """More steps of the part at hand."""
        self.parts[-1] += steps

    def next_part(self) -> None:
        """What comes now is a part of its own."""
        self.parts.append([])

    @contextmanager
    def apart(self) -> Iterator[list[Statement]]:
        """Inside the block steps go to a list of their own."""
        steps: list[Statement] = []
        around, self.parts[-1] = self.parts[-1], steps
        yield steps
        self.parts[-1] = around

    def copied(self, addresses: Sequence[int]) -> int:
        """The place where these numbers are side by side, after copying them if needed."""
        first = addresses[0] if addresses else 0
        if addresses and not is_row(addresses):
            first = self.room(len(addresses))
            self.step(Step(None, COPY, [list(addresses)], first, len(addresses)))
        return first

    def rows(
        self, addresses: Sequence[int], width: int, *, backwards: bool = False
    ) -> list[tuple[int, int]]:
        """Where the columns of a table are: the first address of each, and how far the next is.

        Args:
            addresses: those of the numbers, row by row; they are copied if one of the columns has
                not one distance.
            width: how many columns there are.
            backwards: whether a row may be before the last one.
        """
        apart = list(map(sub, addresses[width:], addresses))  # each from that in the row before
        steady = apart[width:] == apart[: len(apart) - width]
        if steady and (backwards or min(apart, default=0) >= 0):
            return list(zip(addresses[:width], apart[:width] or [0] * width, strict=True))
        first = self.copied(addresses)
        return [(first + i, width) for i in range(width)]


def columns_of(forms: Iterable[Form], address: Sequence[int] | dict[int, int]) -> list[list[int]]:
    """For each operand of operations that are alike its addresses, one for each of them."""
    columns = zip(*[form.operands for form in forms], strict=True)
    return [list(map(address.__getitem__, column)) for column in columns]
