"""Numbers on their way into a program's memory and out of it, one by one or as arrays."""

import struct
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ..engine.numbers import is_array
from .backends.executable import Executable
from .call_structure import Piece
from .ir.program import Memory


def room_for(count: int) -> Memory:
    """A memory for so many numbers."""
    return memoryview(bytearray(8 * count)).cast("d")


class Workspace:
    """The memory that one call at a time works in, and the functions that run the program on it.

    Attributes:
        memory: the memory.
        runs: for each part what runs it.
        numbers: the memory as a numpy array, where arrays are passed, else None.
        inputs: the parts of it that hold the arguments, in their shapes.
        results: the part of it that holds the results, a memory or an array.
        places: of a batch, the parts that hold the entries of its samples.
    """

    def __init__(self, executable: Executable, arrays: bool) -> None:
        program, self.memory = executable.program, executable.memory()
        self.runs = [executable.ready(self.memory, part) for part in range(len(program.parts))]
        self.numbers: Any = None
        if arrays:
            import numpy

            floats: Any = self.memory
            self.numbers = numpy.frombuffer(floats)
        self.inputs: list[Any] = []
        self.places: list[Any] = []
        self.results = self.seen(program.outputs.start, program.outputs.stop)

    def put_arguments(self, pieces: Sequence[Piece]) -> None:
        """Write the numbers of the arguments, which have the shapes that they had before."""
        if self.numbers is None:
            self.put(0, pieces)
            return
        if not self.inputs:
            stop = 0
            for piece in pieces:
                start, stop = stop, stop + (piece.size if is_array(piece) else 1)
                shape = piece.shape if is_array(piece) else ()
                self.inputs.append(self.numbers[start:stop].reshape(shape))
        for place, piece in zip(self.inputs, pieces, strict=True):
            place[...] = piece  # half the time of slices

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

    def seen(self, start: int, stop: int) -> Any:
        """The numbers from `start` to `stop` where they are: a memory, or an array."""
        return (self.memory if self.numbers is None else self.numbers)[start:stop]

    def taken(self, start: int, stop: int) -> Any:
        """The numbers from `start` to `stop`: a list, or an array of their own."""
        if self.numbers is None:
            return self.memory[start:stop].tolist()
        return self.numbers[start:stop].copy()


class ListRows:
    """Rows of numbers, one after the other in a memory, which are given as lists.

    Args:
        numbers: all of them.
        size: how many rows there are.
        width: how many numbers each has.
    """

    def __init__(self, numbers: Memory, size: int, width: int) -> None:
        self.numbers, self.size, self.width = numbers, size, width

    @cached_property
    def _floats(self) -> list[float]:
        floats: Any = self.numbers
        return floats.tolist()  # type: ignore[no-any-return]

    def part(self, start: int, stop: int, shape: Sequence[int]) -> list[Any]:
        """The numbers from `start` to `stop` of each row, as a list, or one number."""
        numbers, width = self._floats, self.width
        if not shape:
            return numbers[start::width]
        firsts = [i * width for i in range(self.size)]
        return [numbers[i + start : i + stop] for i in firsts]


class ArrayRows:
    """Rows of numbers in an array, parts of which are given.

    Args:
        numbers: the array, with a row for each.
    """

    def __init__(self, numbers: Any) -> None:
        self.numbers, (self.size, self.width) = numbers, numbers.shape

    def part(self, start: int, stop: int, shape: Sequence[int]) -> list[Any]:
        """The numbers from `start` to `stop` of each row, as an array, or one number."""
        if not shape:
            return self.numbers[:, start].tolist()  # type: ignore[no-any-return]
        return list(self.block(start, stop, shape))

    def block(self, start: int, stop: int, shape: Sequence[int]) -> Any:
        """The same of all rows, as one array."""
        found = self.numbers[:, start:stop]
        return found if len(shape) == 1 else found.reshape(self.size, *shape)


class Gathered:
    """The results of all samples or steps, row by row, in whatever order they come.

    Args:
        count: how many rows there are.
        width: how many results each has.
        arrays: give them in an array.

    Attributes:
        numbers: all of them, one row after the other.
    """

    def __init__(self, count: int, width: int, arrays: bool) -> None:
        self.width = width
        self._array: Any = None
        if arrays:
            import numpy

            self._array = numpy.empty((count, width))
            self.numbers: Memory = memoryview(self._array.reshape(-1))
        else:
            self.numbers = room_for(count * width)

    def add(self, numbers: Any, start: int, stop: int) -> None:
        """The results of the samples from `start` to `stop`, one after the other in a memory."""
        self.numbers[start * self.width : stop * self.width] = numbers

    def rows(self, count: int) -> ArrayRows | ListRows:
        """The first rows, so many."""
        if self._array is not None:
            return ArrayRows(self._array[:count])
        return ListRows(self.numbers[: count * self.width], count, self.width)

    def row(self, i: int) -> Any:
        """One row, as an array or a list."""
        if self._array is not None:
            return self._array[i]
        return self.numbers[i * self.width : (i + 1) * self.width].tolist()
