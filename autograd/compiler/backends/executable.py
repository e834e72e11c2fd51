"""Executable: a program in the hands of a backend."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from ..ir.program import Memory, Program


class Shape(NamedTuple):
    """The sizes of a state, a datum and an output, in numbers.

    The inputs of a program that is repeated are a state and a datum, its results a state and an
    output.
    """

    state: int
    datum: int
    outputs: int


class Executable(Protocol):
    """A program, ready to run."""

    program: Program

    @property
    def kernels(self) -> list[list[Any]] | None:
        """The kernels of each part, None for a backend that has none."""

    def memory(self) -> Memory:
        """A memory of floats, with the constants in it; one for each call at a time."""

    def run(self, memory: Memory, part: int = 0) -> None:
        """Run one part of the program on a memory.

        Raises:
            IndexError: if a lookup is out of range.
        """

    def ready(self, memory: Memory, part: int = 0) -> Callable[[], None]:
        """The function that runs one part of the program on this memory."""

    def repeat(
        self, memory: Memory, rows: Memory, results: Memory, shape: Shape, steps: int
    ) -> None:
        """Run the program on each of `rows`, and put what it gives into `results`.

        Each run leaves a state for the next. An error leaves that of the last step that was
        finished.
        """
