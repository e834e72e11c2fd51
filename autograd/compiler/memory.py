"""Numbers on their way into a program's memory and out of it, one by one or as arrays."""

import struct
from collections.abc import Sequence
from typing import Any

from autograd.compiler.calls import Piece, is_array
from autograd.compiler.program import Memory


def put(memory: Memory, start: int, pieces: Sequence[Piece]) -> None:
    """Write numbers, and arrays of them, one after the other."""
    if not any(map(is_array, pieces)):
        struct.pack_into(f"{len(pieces)}d", memory, 8 * start, *pieces)
        return
    numbers = as_array(memory)
    for piece in pieces:
        if is_array(piece):
            numbers[start : start + piece.size] = piece.reshape(-1)
            start += piece.size
        else:
            numbers[start] = piece
            start += 1


def taken(memory: Memory, start: int, stop: int, arrays: bool) -> Any:
    """The numbers from `start` to `stop`: a list, or an array that looks at the memory."""
    return as_array(memory)[start:stop] if arrays else memory[start:stop].tolist()


def as_array(memory: Memory) -> Any:
    """The memory as a numpy array, which looks at the same floats."""
    import numpy

    floats: Any = memory
    return numpy.frombuffer(floats)


class Gathered:
    """The results of all samples of a batch, row by row.

    Args:
        count: how many samples there are.
        width: how many results each has.
        arrays: give them as an array, else as a list of lists.
    """

    def __init__(self, count: int, width: int, arrays: bool) -> None:
        self.width = width
        self.rows: Any = []
        if arrays:
            import numpy

            self.rows = numpy.empty((count, width))

    def add(self, memory: Memory, first: int, start: int, stop: int) -> None:
        """The results of the samples from `start` to `stop`, which begin at the address `first`."""
        numbers = taken(memory, first, first + self.width * (stop - start), is_array(self.rows))
        if is_array(self.rows):
            self.rows[start:stop] = numbers.reshape(stop - start, self.width)
        else:
            self.rows += [numbers[i : i + self.width] for i in range(0, len(numbers), self.width)]
