"""Frames: where the numbers of a loop's body are, for the samples of a slab.

A frame holds all of them for eight samples. A loop over samples goes slab by slab, and through a
slab kernel by kernel: each kernel takes the slab's frames in turn, eight samples each. So partial
sums stay in registers for a whole slab, and each sample still comes after the one before. These
slabs are as large as a cache has room for, the nearest one if nothing is added up, and parts of
those that `lane_sum.py` adds up.

The addresses of a body are those of one frame. In frame i, counted from 0, they are
``shift + i * stride`` further on.
"""

from collections.abc import Container, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from ...transforms.lane_sum import LANES
from .packs import Vector
from .program import Loop, Step, whole_vectors

MOST_FRAMES = 16  # of a slab: 128 samples
MOST_FLOATS = 1 << 16  # of a slab of several frames, which fit into a cache of half a megabyte
FEW_FLOATS = 3 << 11  # of one where nothing is added up: 48 kilobytes
MOST_SLABS = 8  # of this size in a program; further loops have one frame each


class Frames(NamedTuple):
    """The frames of a slab.

    Attributes:
        shift: how far the first is from the addresses of the body.
        stride: how far they are apart.
        number: how many they are.
    """

    shift: int
    stride: int
    number: int

    def shifts(self) -> range:
        """How far each of them is from the addresses of the body."""
        return range(self.shift, self.shift + self.number * self.stride, self.stride)


class AllFrames:
    """The frames of all loops of a program."""

    def __init__(self) -> None:
        self._ends: dict[int, int] = {}
        self._made: dict[tuple[int, tuple[Vector, ...]], Frames] = {}
        self._left = MOST_SLABS * MOST_FLOATS

    def measure(self, loop: Loop, added: Container[int]) -> None:
        """Learn how large the body of a loop is, without results that are added up at once.

        Loops with the same lanes have one body.
        """
        self._ends[loop.lanes] = max(_end(loop, added), self._ends.get(loop.lanes, 0))

    def end(self, loop: Loop) -> int:
        """The first address after a body, where what is packed for it may be."""
        return self._ends[loop.lanes]

    def of(self, loop: Loop, packs: Sequence[Vector], size: int) -> tuple[Frames, int]:
        """The frames of a loop, and the size of the memory with them.

        Args:
            loop: the loop.
            packs: the vectors that are packed for it.
            size: the size of the memory before; new frames are put behind it.
        """
        key = loop.lanes, tuple(packs)
        if key not in self._made:
            vectors = -(-(self.end(loop) - loop.lanes) // LANES) + len(packs)
            # An odd number of vectors, so that frames do not compete for places in a cache.
            stride = (vectors | 1) * LANES
            adds = any(not apart for _, _, apart in loop.outputs)
            most = min(MOST_FLOATS if adds else FEW_FLOATS, self._left)
            count = min(max(most // stride, 1), MOST_FRAMES)
            self._left = max(self._left - count * stride, 0)
            first = whole_vectors(size)
            self._made[key] = Frames(first - loop.lanes, stride, count)
            size = first + count * stride
        return self._made[key], size


def _end(loop: Loop, added: Container[int]) -> int:
    """The first address after all that the body of a loop reads or writes."""
    places = [
        *chain.from_iterable(_last_stored(step, added) for step in loop.steps),
        *(max(column) for column in chain.from_iterable(step.columns for step in loop.steps)),
        *(lanes for _, _, lanes in loop.inputs),
        *(result for result, _, _ in loop.outputs if result not in added),
    ]
    return max([loop.lanes, *(place + LANES for place in places)])


def _last_stored(step: Step, added: Container[int]) -> Iterator[int]:
    """The last result of a step of a body that has a place, if any."""
    yield from islice((x for x in reversed(step.results) if x not in added), 1)
