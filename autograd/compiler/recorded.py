"""Recorded: a function as a program for one structure of arguments, ready to be called."""

import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..transforms.batches import InnerOp, ResultOp
from ..transforms.trees import TreeDef
from .backends import choose as backends
from .call_structure import Piece, Places, is_array
from .effects import StandIns
from .first_call import now
from .ir.program import Program
from .ir.simplify import Listing
from .ir.stages import stages
from .last_call import CallReader
from .results import Build, result_builder, result_structure
from .workspace import Workspace


class Sizes(NamedTuple):
    """The size of a function after each stage."""

    nodes: int
    operations: int


def sizes(nodes: int, listing: Listing) -> Sizes:
    """The sizes of a function that made so many nodes, of which this is left."""
    return Sizes(nodes, _operations(listing))


def _operations(listing: Listing) -> int:
    whole = (InnerOp, ResultOp)
    own = len([op for op in listing.ops if op and not isinstance(op, whole)])
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
            self.result: TreeDef | None = None
            if self.effects and output is None:  # as a step without a return
                self.build: Build = lambda numbers: None
            else:
                self.build = result_builder(output, leaves, self.arrays)
                self.result = result_structure(output)
            return [*leaves, *changed.nodes]

        made = stages(f, args, names, pieces, results, keep=False)
        self.sizes = sizes(made.nodes, made.listing)
        self.use(made.program, backend)

    def use(self, program: Program, backend: str) -> None:
        """Make this program ready to be run, for the first call."""
        now("making its code")
        self.program = program
        self.executable = backends.executable(backend, self.program)
        self.free: list[Workspace] = []  # not used by a call just now
        self.last_used = 0
        self._put = struct.Struct(f"{self.program.inputs}d").pack_into
        outputs = self.program.outputs
        self._take = struct.Struct(f"{len(outputs)}d").unpack_from
        self._first, self._stop = outputs.start, outputs.stop

    def __call__(self, pieces: Sequence[Piece], places: Places | None = None) -> Any:
        """The results for these numbers.

        Args:
            pieces: the numbers in the arguments.
            places: the parameters, optimizers and schedules there, for their new numbers.
        """
        try:
            space = self.free.pop()
        except IndexError:
            space = Workspace(self.executable, 1, self.arrays)
        try:
            if self.arrays:
                space.put_arguments(pieces)
                space.runs[0]()
                numbers = space.taken(self._first, self._stop)
            else:
                self._put(space.memory, 0, *pieces)
                space.runs[0]()
                numbers = [*self._take(space.memory, 8 * self._first)]
        finally:
            self.free.append(space)
        if places and self.effects:
            self.effects.write(places, map(float, numbers[-len(self.effects) :]))
        return self.build(numbers)
