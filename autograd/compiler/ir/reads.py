"""Reads: how the operands of a step are read, block by block.

A block is a vector of eight operations, and reads a vector of each operand: as a row, if its
numbers lie side by side, or as a splat, if they are one and the same. Most columns are read in one
way from end to end, which is then said once.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import compress, repeat
from typing import NamedTuple

from ...transforms.lane_sum import LANES
from .kernel import ROW, SPLAT
from .order import in_vectors, is_row, is_splat
from .packs import Vector

Read = tuple[str, int]  # how a vector is read, as a ROW or SPLAT, and its address


class Reads(NamedTuple):
    """How the vectors of one column are read.

    Attributes:
        kind: how all of them are, empty where some are rows and some are splats.
        kinds: how each of them is; empty where all are alike.
        addresses: the address of each.
    """

    kind: str
    kinds: Sequence[str]
    addresses: Sequence[int]

    def at(self, block: int) -> Read:
        """How the vector of one block is read, and from where."""
        return self.kind or self.kinds[block], self.addresses[block]


def reads_in_loop(column: Sequence[int], lanes: int) -> Reads:
    """How a column is read in a loop over samples, where addresses from `lanes` on hold eight.

    Example:
        >>> reads_in_loop([3, 16, 24], 16).kinds
        ['s', 'r', 'r']
    """
    if min(column) >= lanes:
        return Reads(ROW, (), column)
    if max(column) < lanes:
        return Reads(SPLAT, (), column)
    return Reads("", [ROW if address >= lanes else SPLAT for address in column], column)


def reads_of(
    column: Sequence[int], known: dict[Vector, Read], read: Callable[[Vector], Read]
) -> Reads:
    """How a column is read in vectors of eight.

    Args:
        column: the addresses.
        known: how vectors are read that were looked at before.
        read: says how another one is, which may have to be packed.

    Example:
        >>> reads_of(list(range(8, 32)), {}, lambda vector: ("r", 0))
        Reads(kind='r', kinds=(), addresses=range(8, 32, 8))
    """
    first = column[0]
    if is_row(column):
        return Reads(ROW, (), range(first, first + len(column), LANES))
    if is_splat(column):
        return Reads(SPLAT, (), [first] * -(-len(column) // LANES))
    found = [known.get(vector) or read(vector) for vector in in_vectors(column)]
    kinds, addresses = zip(*found, strict=True)
    alike = len(set(kinds)) == 1
    return Reads(kinds[0] if alike else "", () if alike else kinds, addresses)


# How columns are read, whether the results are added, and the blocks.
BlockGroup = tuple[tuple[str, ...], bool, Sequence[int]]


def group_blocks(
    alike: Sequence[Sequence[Reads]],
    blocks: Sequence[int],
    out: Sequence[int],
    added: Mapping[int, int],
) -> list[BlockGroup]:
    """The blocks by how they read, and whether their results are added to what is there.

    Args:
        alike: columns that are to be read in one way, a list of each way: as splats where all are.
        blocks: the numbers of the blocks.
        out: the result of each block there is.
        added: the results that go into partial sums.
    """
    kinds = [_kinds(columns, blocks) for columns in alike]
    if not blocks:
        return []
    if all(isinstance(kind, str) for kind in kinds):
        ways = tuple(map(str, kinds))
        there = [block for block in blocks if out[block] in added] if added else []
        if len(there) in (0, len(blocks)):
            return [(ways, bool(there), blocks)]
    each = [repeat(kind) if isinstance(kind, str) else kind for kind in kinds]
    found: dict[tuple[tuple[str, ...], bool], list[int]] = {}
    for block, *way in zip(blocks, *each, strict=False):
        found.setdefault((tuple(way), out[block] in added), []).append(block)
    return [(way, adds, members) for (way, adds), members in found.items()]


def _kinds(columns: Sequence[Reads], blocks: Sequence[int]) -> str | list[str]:
    """How columns that are read in one way are read: in all of the blocks, or in each."""
    ways = {column.kind for column in columns}
    if ROW in ways or ways == {SPLAT}:
        return ROW if ROW in ways else SPLAT
    mixed = [column.kinds for column in compress(columns, [not x.kind for x in columns])]
    return [SPLAT if all(kinds[block] == SPLAT for kinds in mixed) else ROW for block in blocks]
