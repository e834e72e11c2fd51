"""The loops of a step in C: which members are computed side by side, and from which addresses.

    for s in segments: for i in members of a segment: for t in terms: … v[base(s, t) + stride·i] …

A segment is a stretch of members whose operands are all equally far apart from one member to the
next. Its loop has constant strides, so that a C compiler can vectorise it across the members.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

FEWEST = 4  # members that a segment has on average; below, addresses come from tables alone
NESTS = 4  # kinds of segments that a step may have; above, as well

Operand = Sequence[Sequence[int]]  # its addresses: for each term those of all members


class Nest(NamedTuple):
    """Segments that are alike.

    Attributes:
        starts: the first member of each segment.
        length: how many members each of them has.
        strides: for each operand how far its addresses are apart.
    """

    starts: list[int]
    length: int
    strides: tuple[int, ...]


def nests(operands: Sequence[Operand], count: int) -> list[Nest]:
    """The loops over `count` members.

    Example:
        >>> from autograd.compiler.backends.c.nests import nests
        >>> nests([[[7, 8, 9, 10, 7, 8, 9, 10]], [[0, 0, 0, 0, 5, 5, 5, 5]]], 8)
        [Nest(starts=[0, 4], length=4, strides=(1, 0))]
    """
    found: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    segments = 0
    apart = list(zip(*[_split_axis(operand) for operand in operands], strict=True))
    start = 0
    while start < count:
        end, strides = start + 1, (0,) * len(operands)
        if end < count and None not in apart[start]:
            strides = apart[start]
            while end < count and apart[end - 1] == strides:
                end += 1
        found.setdefault((end - start, strides), []).append(start)
        segments += 1
        start = end
    if (segments > 1 and count < FEWEST * segments) or len(found) > NESTS:
        return [Nest(list(range(count)), 1, (0,) * len(operands))]
    return [Nest(starts, length, strides) for (length, strides), starts in found.items()]


def _split_axis(operand: Operand) -> list[int | None]:
    """From member to member how far the addresses are apart, None where the terms disagree."""
    first, *others = [[b - a for a, b in pairwise(x)] for x in operand]
    if all(other == first for other in others):
        return list(first)
    return [x[0] if x.count(x[0]) == len(x) else None for x in zip(first, *others, strict=True)]


class Addresses:
    """Writes addresses, and keeps those that follow no rule.

    Args:
        name: what the name of the table begins with.
        shared: the text is to serve many steps: what differs between them stands in rows, of
            which the text knows the one of its step as `at`.

    Attributes:
        places: the table of addresses without a rule.
        row: the numbers that the text now being written refers to, if it is shared.
    """

    def __init__(self, name: str, shared: bool = False) -> None:
        self.name, self.shared = name, shared
        self.places: list[int] = []
        self.row: list[int] = []
        self._known: dict[tuple[int, ...], int] = {}

    def address(self, bases: Sequence[Sequence[int]], stride: int, differs: bool = True) -> str:
        """The address in segment s, member i of it and term t.

        Args:
            bases: for each segment and term the address for its first member.
            stride: how far the next member's address is.
            differs: in a shared text, whether it is for each step another.

        Example:
            >>> from autograd.compiler.backends.c.nests import Addresses
            >>> Addresses("c").address([[7, 8, 9], [27, 28, 29]], 5)
            '7 + 20 * s + t + 5 * i'
            >>> Addresses("c").address([[7], [8], [3]], 1)
            'c_places[0 + s] + i'
        """
        by_term = {steady(terms) for terms in bases}
        if len(by_term) > 1 or None in by_term:
            every = self._table([base for terms in bases for base in terms], differs)
            segment = times(len(bases[0]), "s") if len(bases) > 1 else ""
            return f"{every}{segment} + t]{times(stride, 'i')}"
        firsts = [terms[0] for terms in bases]
        by_segment = steady(firsts)
        inner = times(by_term.pop() or 0, "t") + times(stride, "i")
        if by_segment is None:
            return f"{self._table(firsts, differs)} + s]{inner}"
        return f"{self._number(firsts[0], differs)}{times(by_segment, 's')}{inner}"

    def _number(self, x: int, differs: bool) -> str:
        if not (differs and self.shared):
            return str(x)
        self.row.append(x)
        return f"at[{len(self.row) - 1}]"

    def _table(self, numbers: Sequence[int], differs: bool) -> str:
        """The element of the table where `numbers` begin; each list of them is kept once."""
        key = tuple(numbers)
        if key not in self._known:
            self._known[key] = len(self.places)
            self.places += numbers
        return f"{self.name}_places[{self._number(self._known[key], differs)}"


def steady(xs: Sequence[int]) -> int | None:
    """The stride between neighbours, None if it differs; 0 for a single one."""
    step = xs[1] - xs[0] if len(xs) > 1 else 0
    return step if all(b - a == step for a, b in pairwise(xs)) else None


def times(factor: int, index: str) -> str:
    """The term ``factor * index`` as it is added to an expression.

    Example:
        >>> from autograd.compiler.backends.c.nests import times
        >>> times(3, "i"), times(-1, "i"), times(0, "i")
        (' + 3 * i', ' - i', '')
    """
    size = "" if abs(factor) == 1 else f"{abs(factor)} * "
    return f" {'-' if factor < 0 else '+'} {size}{index}" if factor else ""
