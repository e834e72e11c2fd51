"""Tiles: blocks of sums that read alike, so that one kernel computes several of them side by side.

A block is a vector of eight sums with a long run of products. In most programs many blocks step
through memory in one and the same way: each row of a matrix times the same vector, say. Such blocks
have one list of *offsets*, the distances of each factor from its first address, and a *base* for
each factor, which is that address. A tile is a few such blocks which also share the base of one
factor, so that it is loaded once for all of them:

    out₀ = Σ v[a₀ + x]·v[b + y],   out₁ = Σ v[a₁ + x]·v[b + y],   …    for (x, y) in offsets

Each sum still adds its terms from left to right, and has the bits that it has alone. The table of a
call holds the offsets, term by term, and then for each tile the bases aᵢ, the base b, and the
addresses of the results. For a matrix of 64 × 64 and 16 vectors that is a fortieth of the addresses
that the blocks have, and half of the time.
"""

from collections.abc import Iterator, Sequence
from itertools import repeat
from operator import sub
from typing import NamedTuple

from .kernel import ROW, Kernel

SIZES = (8, 4, 3)  # blocks of a tile: eight fill the registers; two would save little
FEW_TERMS = 8  # of a run; a loop over so few is written out: twice as fast on the moons network


class Block(NamedTuple):
    """One run of eight sums side by side.

    Attributes:
        number: which block of its step it is.
        out: where the results go.
        kinds: how each factor is read, as a row or a splat.
        factors: for each factor its address in each term.
        adds: whether the results are added to those that are there.
    """

    number: int
    out: int
    kinds: str
    factors: tuple[Sequence[int], ...]
    adds: bool

    @property
    def offsets(self) -> tuple[tuple[int, ...], ...]:
        """For each factor the distances of its addresses from the first one."""
        return tuple(tuple(map(sub, xs, repeat(xs[0]))) for xs in self.factors)

    def swapped(self) -> "Block":
        """The block with its factors in the other order, in which a product has the same bits."""
        return self._replace(kinds=self.kinds[::-1], factors=self.factors[::-1])


class Tiles(NamedTuple):
    """Tiles of one shape, of which the blocks share the last factor.

    Attributes:
        size: how many blocks a tile has.
        blocks: the blocks, tile by tile.
    """

    size: int
    blocks: list[Block]

    def kernel(self, begins: bool, subtracted: bool) -> Kernel:
        """The kernel for these tiles.

        Args:
            begins: whether the run begins its sums, or goes on with them.
            subtracted: whether its terms are subtracted.
        """
        first = self.blocks[0]
        table = [x for term in zip(*first.offsets, strict=True) for x in term]
        for start in range(0, len(self.blocks), self.size):
            tile = self.blocks[start : start + self.size]
            table += [block.factors[0][0] for block in tile]
            table.append(tile[0].factors[1][0])
            table += [block.out for block in tile]
        name = ("tile", begins, subtracted, first.kinds, self.size, first.adds)
        return Kernel(name, len(self.blocks) // self.size, len(first.factors[0]), table, [])


def find_tiles(blocks: Sequence[Block]) -> tuple[list[Tiles], list[int]]:
    """The tiles of blocks that are one run each, and the numbers of the blocks in none."""
    alike: dict[object, list[Block]] = {}
    for block in blocks:
        if block.kinds[-1] != ROW:  # a row is dearer to load than a splat: rather share that
            block = block.swapped()
        alike.setdefault((block.kinds, block.adds, block.offsets), []).append(block)
    found: list[Tiles] = []
    left: list[int] = []
    for members in alike.values():
        tiles, members = _sharing(members)
        others, members = _sharing([block.swapped() for block in members])
        found += [*tiles, *others]
        left += [block.number for block in members]
    return found, left


def _sharing(blocks: Sequence[Block]) -> tuple[Iterator[Tiles], list[Block]]:
    """The tiles of blocks with the same last factor, and the blocks that are in none."""
    groups: dict[int, list[Block]] = {}
    for block in blocks:
        groups.setdefault(block.factors[1][0], []).append(block)
    by_size: dict[int, list[Block]] = {}
    left: list[Block] = []
    for members in groups.values():
        start = 0
        for size in SIZES:
            stop = len(members) - (len(members) - start) % size
            if stop > start:
                by_size.setdefault(size, []).extend(members[start:stop])
            start = stop
        left += members[start:]
    return (Tiles(size, tiled) for size, tiled in by_size.items()), left
