"""Recorded: a function as a program for one structure of arguments, ready to be called."""

import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..transforms.samples import InnerOp, ResultOp
from .backends import choose as backends
from .call_structure import Piece, Places, is_array
from .effects import StandIns
from .first_call import now
from .ir.listing import Listing
from .ir.program import Program
from .ir.stages import stages
from .last_call import OTHER, CallReader
from .packing import Pack, Unpack, unpacker
from .results import Build, ResultBuilder, result_builder, result_structure
from .workspace import Workspace


class Sizes(NamedTuple):
    """The size of a function after each stage."""

    nodes: int
    operations: int


def sizes(nodes: int, listing: Listing) -> Sizes:
    """The sizes of a function that made so many nodes, of which this is left."""
    return Sizes(nodes, _operations(listing))


def _operations(listing: Listing) -> int:
    counts = listing.count_ops().items()
    own = sum(n for op, n in counts if op and not isinstance(op, (InnerOp, ResultOp)))
    return own + sum(map(_operations, listing.bodies.values()))


class Recorded:
    """A function recorded for one structure of arguments.

    Args:
        f: the function.
        args: the arguments of the first call.
        names: what the arguments are called.
        pieces: the numbers in the arguments.
        backend: what runs the program.

    Attributes:
        reader: reads a call like the one before; `readers` were made.
    """

    reader: CallReader | None = None
    readers = 0
    _pack: Pack | None = None
    _unpack: Unpack | None = None

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
            self.build: Build = result_builder(output, leaves, self.arrays)
            self.result = result_structure(output)
            return [*leaves, *changed.nodes, *changed.gradients.nodes]

        made = stages(f, args, names, pieces, results, keep=False)
        self.sizes = sizes(made.nodes, made.listing)
        made.listing.forget_bodies()
        program = made.program
        del made  # what was recorded takes more memory than all that comes now
        self.use(program, backend)

    @property
    def leaves_gradients(self) -> bool:
        """Whether the function leaves gradients at numbers in the arguments, if they are Values."""
        return self.effects.gradients.elsewhere

    def use(self, program: Program, backend: str) -> None:
        """Make this program ready to be run, for the first call."""
        now("making its code")
        self.program = program
        self.executable = backends.executable(backend, self.program)
        self.free: list[Workspace] = []  # not used by a call just now
        self.last_used = 0
        self._put = struct.Struct(f"{self.program.inputs}d").pack_into

    def read_by(self, reader: CallReader | None, pack: Pack | None) -> None:
        """Read the calls that are like one by these, of which the second is for numbers alone."""
        if self._unpack is None and isinstance(self.build, ResultBuilder):
            self._unpack = unpacker(self.build)
        self._pack = None if self._unpack is None else pack
        self.reader = reader

    def replay(self, args: Sequence[Any]) -> Any:
        """The results for arguments like those of the last call, OTHER if they are not."""
        if self._pack is not None:
            space = self._free_workspace()
            try:
                if self._pack(args, space.memory):
                    space.runs[0]()
                    return self._results(space)
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
        space = self._free_workspace()
        try:
            if self.arrays:
                space.put_arguments(pieces)
            else:
                self._put(space.memory, 0, *pieces)
            space.runs[0]()
            results = self._results(space)
            if places and self.effects:
                new = space.results[len(space.results) - len(self.effects) :].tolist()
        finally:
            self.free.append(space)
        if places and new is not None:
            self.effects.write(places, new)
        return results

    def _free_workspace(self) -> Workspace:
        try:
            return self.free.pop()
        except IndexError:
            return Workspace(self.executable, 1, self.arrays, self.program.outputs)

    def _results(self, space: Workspace) -> Any:
        """The results that a run has left in the memory, in their structure."""
        unpack, results = self._unpack, space.results
        if self.arrays:
            return (unpack or self.build)(results.copy())
        return unpack(results) if unpack else self.build(results.tolist())
