"""Recorded program: what a recording of a call, of a batch and of a scan have in common."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..transforms.samples import InnerOp, ResultOp
from ..transforms.trees import TreeDef
from .backends import choose as backends
from .backends.executable import Executable
from .call_structure import Piece
from .effects import StandIns
from .first_call import now
from .ir.listing import Listing
from .ir.program import Program
from .ir.stages import stages
from .packing import Unpack, unpacker
from .results import Build, ResultBuilder
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


class RecordedProgram:
    """A program that was recorded, with a workspace for each call at a time.

    Attributes:
        program: the program.
        executable: the program in the hands of a backend.
        sizes: how large the function was after each stage.
        arrays: whether arrays are passed, so that lists of numbers in the results are arrays.
        result: the structure of the results.
        build: puts results into it; a scan has two such functions of its own.
        reader: reads a call like the one before, if it has one; `readers` were made.
        free: the workspaces that no call uses just now.
        last_used: the number of the call that was the last one to use it.
    """

    program: Program
    executable: Executable
    sizes: Sizes
    arrays: bool
    result: TreeDef
    build: Build
    reader: Any = None
    readers = 0
    _unpack: Unpack | None = None

    def record(
        self,
        f: Callable[..., Any],
        args: Sequence[Any],
        names: Sequence[str],
        pieces: Sequence[Piece],
        results: Callable[[Any, StandIns], Sequence[Any]],
        backend: str,
    ) -> None:
        """Record a function, and make its program ready to be run; see `stages`."""
        made = stages(f, args, names, pieces, results, keep=False)
        self.sizes = sizes(made.nodes, made.listing)
        made.listing.forget_bodies()
        program = made.program
        del made  # what was recorded takes more memory than all that comes now
        self.use(program, backend)

    def use(self, program: Program, backend: str) -> None:
        """Make this program ready to be run, for the first call."""
        now("making its code")
        self.program, self.executable = program, backends.executable(backend, program)
        self.free: list[Workspace] = []
        self.last_used = 0

    def take_reader(self, reader: Any) -> None:
        """Read calls like one by this; and let C put results into their structure, where it can."""
        self.reader = reader
        self.readers += 1
        if self._unpack is None and isinstance(self.build, ResultBuilder):
            self._unpack = unpacker(self.build)

    def free_workspace(self) -> Workspace:
        """A workspace that no other call uses, until it is `free` again."""
        try:
            return self.free.pop()
        except IndexError:
            return self.new_workspace()

    def new_workspace(self) -> Workspace:
        """One more workspace."""
        return Workspace(self.executable, self.arrays)

    def results(self, space: Workspace) -> Any:
        """The results that the last run has left in the memory, in their structure."""
        unpack, results = self._unpack, space.results
        if self.arrays:
            return (unpack or self.build)(results.copy())
        return unpack(results) if unpack else self.build(results.tolist())
