"""Recorded: a function as a program for one structure of arguments, ready to be called."""

import struct
from collections.abc import Callable, Sequence
from typing import Any

from ..engine.numbers import is_array
from .call_structure import Piece, Places
from .effects import StandIns
from .ir.program import Program
from .last_call import OTHER, CallReader
from .packing import Pack
from .recorded_program import RecordedProgram
from .results import result_builder, result_structure


class Recorded(RecordedProgram):
    """A function recorded for one structure of arguments.

    Args:
        f: the function.
        args: the arguments of the first call.
        names: what the arguments are called.
        pieces: the numbers in the arguments.
        backend: what runs the program.
    """

    _pack: Pack | None = None

    def __init__(
        self,
        f: Callable[..., Any],
        args: Sequence[Any],
        names: Sequence[str],
        pieces: Sequence[Piece],
        backend: str,
    ) -> None:
        self.arrays = any(map(is_array, pieces))

        def results(output: Any, changed: StandIns) -> list[Any]:
            leaves: list[Any] = []
            self.effects = changed.effects
            self.build = result_builder(output, leaves, self.arrays)
            self.result = result_structure(output)
            return [*leaves, *changed.nodes, *changed.gradients.nodes]

        self.record(f, args, names, pieces, results, backend)

    @property
    def leaves_gradients(self) -> bool:
        """Whether the function leaves gradients at numbers in the arguments, if they are Values."""
        return self.effects.gradients.elsewhere

    def use(self, program: Program, backend: str) -> None:
        """Make this program ready to be run, for the first call."""
        super().use(program, backend)
        self._put = struct.Struct(f"{program.inputs}d").pack_into

    def read_by(self, reader: CallReader | None, pack: Pack | None) -> None:
        """Read the calls that are like one by these, of which the second is for numbers alone."""
        self.take_reader(reader)
        self._pack = None if self._unpack is None else pack

    def replay(self, args: Sequence[Any]) -> Any:
        """The results for arguments like those of the last call, OTHER if they are not."""
        if self._pack is not None:
            space = self.free_workspace()
            try:
                if self._pack(args, space.memory):
                    space.runs[0]()
                    return self.results(space)
            finally:
                self.free.append(space)
        numbers = self.reader.read(args) if self.reader else None
        return OTHER if numbers is None else self(*numbers)

    def __call__(self, pieces: Sequence[Piece], places: Places | None = None) -> Any:
        """The results for these numbers.

        Args:
            pieces: the numbers in the arguments.
            places: the parameters, optimizers and schedules there, for their new numbers.
        """
        new: Any = None
        if places and self.effects.gradients.taken:
            pieces = [*pieces, *self.effects.gradients_before(places)]
        space = self.free_workspace()
        try:
            if self.arrays:
                space.put_arguments(pieces)
            else:
                self._put(space.memory, 0, *pieces)
            space.runs[0]()
            results = self.results(space)
            if places and self.effects:
                new = space.results[len(space.results) - len(self.effects) :].tolist()
        finally:
            self.free.append(space)
        if places and new is not None:
            self.effects.write(places, new)
        return results
