"""Packs: the kernels that bring the numbers of a vector side by side.

Eight numbers one by one take eight loads. Two kinds of vectors take fewer:

    transpose   eight vectors, each of which begins one further than the one before, as the columns
                of a matrix do: eight rows are read and turned
    blend       a vector of two parts, each of them a row or a splat, as at the edge of two rows
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from ...transforms.lane_sum import LANES
from .kernel import ROW, SPLAT, Kernel
from .order import consecutive, is_row, is_splat

Vector = tuple[int, ...]  # eight addresses
IS = {ROW: is_row, SPLAT: is_splat}
FEW = 4  # blends of a kind; a call for fewer takes as long as it saves


def pack_kernels(pending: Mapping[Vector, int]) -> Iterator[Kernel]:
    """The kernels that copy each of these vectors to its place."""
    left = dict(pending)
    transposes: list[int] = []
    for vectors in _chains(pending):
        for vector in vectors:
            left.pop(vector, None)  # where two of them overlap, a vector comes twice
        transposes += [*vectors[0], *(pending[vector] for vector in vectors)]
    if transposes:
        yield Kernel(("transpose",), len(transposes) // (2 * LANES), 0, transposes, [])
    blends: dict[str, dict[Vector, list[int]]] = {}
    for vector, place in left.items():
        kinds, *parts = _two_parts(vector) or ("",)
        if kinds:
            blends.setdefault(kinds, {})[vector] = [place, *parts]
    for kinds, tables in blends.items():
        if len(tables) >= FEW:
            for vector in tables:
                del left[vector]
            table = list(chain.from_iterable(tables.values()))
            yield Kernel(("blend", kinds), len(tables), 0, table, [])
    if left:
        table = [x for vector, place in left.items() for x in (place, *vector)]
        yield Kernel(("pack",), len(left), LANES, table, [])


def _chains(pending: Mapping[Vector, int]) -> Iterator[Sequence[Vector]]:
    """Vectors in eights, each of which begins one further than the one before.

    Where a chain is no multiple of eight, its last eight overlap with those before.
    """
    alike: dict[Vector, list[int]] = {}
    for vector in pending:
        first = vector[0]
        alike.setdefault(tuple([x - first for x in vector]), []).append(first)
    for offsets, firsts in alike.items():
        for series in consecutive(sorted(firsts)):
            last = len(series) - LANES
            starts = [*range(0, last, LANES), last] if last >= 0 else []
            for start in starts:
                yield [
                    tuple([first + x for x in offsets]) for first in series[start : start + LANES]
                ]


def _two_parts(vector: Vector) -> tuple[str, int, int, int] | None:
    """Of a vector of two parts how these are read, from where, and how long the first is.

    The second is read from so far before it that its numbers arrive in their lanes. That may be up
    to seven places before address 0, where memory has room.
    """
    for kind, is_kind in IS.items():
        size = 1
        while size < LANES - 1 and is_kind(vector[: size + 1]):
            size += 1
        rest = vector[size:]
        for other, is_other in IS.items():
            if is_other(rest):
                return kind + other, vector[0], rest[0] - (size if other == ROW else 0), size
    return None
