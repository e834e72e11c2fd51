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

Blocks may share a factor though the others step in ways of their own, as where a sum goes through
several arrays in turn. The table then holds for each tile all addresses, term by term: those of the
others and that of the shared one; and the results.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat
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
    factors: tuple[tuple[int, ...], ...]
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
        alike: whether the first factors have the same offsets.
        size: how many blocks a tile has.
        blocks: the blocks, tile by tile.
    """

    alike: bool
    size: int
    blocks: list[Block]

    def kernel(self, begins: bool, subtracted: bool) -> Kernel:
        """The kernel for these tiles.

        Args:
            begins: whether the run begins its sums, or goes on with them.
            subtracted: whether its terms are subtracted.
        """
        first = self.blocks[0]
        table = list(_by_term(first.offsets)) if self.alike else []
        for start in range(0, len(self.blocks), self.size):
            tile = self.blocks[start : start + self.size]
            factors = [*(block.factors[0] for block in tile), tile[0].factors[1]]
            table += [x[0] for x in factors] if self.alike else _by_term(factors)
            table += [block.out for block in tile]
        name = ("tile", begins, subtracted, first.kinds, self.size, first.adds, self.alike)
        return Kernel(name, len(self.blocks) // self.size, len(first.factors[0]), table, [])


def _by_term(factors: Sequence[Sequence[int]]) -> Iterator[int]:
    return chain.from_iterable(zip(*factors, strict=True))


def find_tiles(blocks: Sequence[Block]) -> tuple[list[Tiles], list[int]]:
    """The tiles of blocks that are one run each, and the numbers of the blocks in none."""
    # A row is dearer to load than a splat: rather share that.
    left = [block if block.kinds[-1] == ROW else block.swapped() for block in blocks]
    found, left = _sharing(left, lambda block: block.offsets)
    others, left = _sharing(left, lambda block: block.factors[1])
    found += [tiles._replace(alike=False) for tiles in others]
    others, left = _sharing([block.swapped() for block in left], lambda block: block.offsets)
    return found + others, [block.number for block in left]


def _sharing(
    blocks: Sequence[Block], what: Callable[[Block], object]
) -> tuple[list[Tiles], list[Block]]:
    """The tiles of blocks with this and the last factor's base alike, and those in none."""
    kinds: dict[object, dict[int, list[Block]]] = {}
    for block in blocks:
        groups = kinds.setdefault((block.kinds, block.adds, what(block)), {})
        groups.setdefault(block.factors[1][0], []).append(block)
    found: list[Tiles] = []
    left: list[Block] = []
    for groups in kinds.values():
        by_size: dict[int, list[Block]] = {}
        for members in groups.values():
            start = 0
            for size in SIZES:
                stop = len(members) - (len(members) - start) % size
                if stop > start:
                    by_size.setdefault(size, []).extend(members[start:stop])
                start = stop
            left += members[start:]
        found += [Tiles(True, size, tiled) for size, tiled in by_size.items()]
    return found, left
