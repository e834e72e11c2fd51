"""Numbers on their way into a program's memory and out of it, one by one or as arrays."""

import struct
from collections.abc import Sequence
from typing import Any

from autograd.compiler import backends
from autograd.compiler.calls import Piece, is_array
from autograd.compiler.program import Memory


class Workspace:
    """What one call at a time works in: a memory, and what runs the parts of the program on it.

    Attributes:
        memory: the memory.
        runs: for each part what runs it.
        numbers: the memory as a numpy array, where arrays are passed, else None.
    """

    def __init__(self, executable: Any, parts: int, arrays: bool) -> None:
        self.memory: Memory = executable.memory()
        self.runs = [backends.ready(executable, self.memory, part) for part in range(parts)]
        self.numbers: Any = None
        if arrays:
            import numpy

            floats: Any = self.memory
            self.numbers = numpy.frombuffer(floats)

    def put(self, start: int, pieces: Sequence[Piece]) -> None:
        """Write numbers, and arrays of them, one after the other."""
        if self.numbers is None:
            struct.pack_into(f"{len(pieces)}d", self.memory, 8 * start, *pieces)
            return
        numbers = self.numbers
        for piece in pieces:
            if is_array(piece):
                stop = start + piece.size
                numbers[start:stop] = piece.reshape(-1)
                start = stop
            else:
                numbers[start] = piece
                start += 1

    def taken(self, start: int, stop: int) -> Any:
        """The numbers from `start` to `stop`: a list, or an array of their own."""
        if self.numbers is None:
            return self.memory[start:stop].tolist()
        return self.numbers[start:stop].copy()


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

    def add(self, numbers: Any, start: int, stop: int) -> None:
        """The results of the samples from `start` to `stop`, one after the other."""
        if is_array(self.rows):
            self.rows[start:stop] = numbers.reshape(stop - start, self.width)
        else:
            self.rows += [numbers[i : i + self.width] for i in range(0, len(numbers), self.width)]
