"""The stages that make a program of a function, one after the other."""

import copy
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ...engine.collector import without_collector
from ...engine.nesting import explaining_depth, refuse_depth
from ...engine.node import Node
from ...engine.numbers import is_array
from ...engine.watching import Watcher
from ...optim.stateful import Stateful
from ..call_structure import Piece, Places, numbers_in
from ..effects import StandIns, holders
from ..stand_in import keep_parts, stand_in
from ..tracing.record import Recording, record
from ..tracing.traced import TracedValue, traced_leaves
from .listing import Listing
from .memory_layout import layout
from .operations import Positions
from .program import Program
from .simplify import simplify


class Stages(NamedTuple):
    """The results of all stages for one function.

    Attributes:
        nodes: how many nodes were recorded.
        tape: the recorded nodes, in the order they were made, if they are kept.
        listing: the operations that are left of them.
        program: what a backend runs.
        address: where in its memory each operation is, -1 for none.
    """

    nodes: int
    tape: list[Node]
    listing: Listing
    program: Program
    address: list[int]

    def places(self) -> Iterator[tuple[Node, int]]:
        """The nodes that the program computes, with their addresses."""
        for node in self.tape:
            address = self.address[self.listing.positions.get(node, -1)]
            if address >= 0 and node.op is not None:
                yield node, address


class Leaves:
    """Makes traced leaves for numbers, in turn."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.numbers = itertools.chain.from_iterable(map(list_numbers, pieces))
        self.made: list[TracedValue] = []

    def __call__(self, labels: list[str]) -> list[TracedValue]:
        """The leaves for the next numbers, with these labels."""
        made = traced_leaves(list(itertools.islice(self.numbers, len(labels))), labels)
        self.made += made
        return made


def list_numbers(piece: Piece) -> list[float]:
    """A number, or the numbers of an array, as a list."""
    return piece.ravel().tolist() if is_array(piece) else [piece]


def stages(
    f: Callable[..., Any],
    args: Sequence[Any],
    names: Sequence[str],
    pieces: Sequence[Piece],
    results: Callable[[Any, StandIns], Sequence[Any]],
    *,
    keep: bool = True,
) -> Stages:
    """All stages for one structure of arguments.

    Args:
        f: the function.
        args: the arguments of a call.
        names: what they are called.
        pieces: the numbers in them.
        results: gives the numbers and nodes of what the function returns, followed by those of
            what it changed.
        keep: whether the nodes are kept. They take most of the memory, so where nobody asks for
            them they are let go before the layout.
    """
    with without_collector():
        tape, listing = _listing(f, args, names, pieces, results)
        nodes = len(tape)
        if not keep:
            tape, listing.positions = [], Positions()
        return Stages(nodes, tape, listing, *layout(listing))


def _listing(
    f: Callable[..., Any],
    args: Sequence[Any],
    names: Sequence[str],
    pieces: Sequence[Piece],
    results: Callable[[Any, StandIns], Sequence[Any]],
) -> tuple[list[Node], Listing]:
    """The recorded nodes, which nothing else holds, and the operations that are left of them."""
    leaves, recording, changed = trace(f, args, names, pieces)
    outputs = results(recording.output, changed)
    for x in outputs:
        recording.refuse_captured(x)
    return recording.tape, simplify(recording.tape, leaves, outputs)


def trace(
    f: Callable[..., Any],
    args: Sequence[Any],
    names: Sequence[str],
    pieces: Sequence[Piece],
    watcher: Watcher | None = None,
    *,
    of_values: bool = False,
) -> tuple[list[TracedValue], Recording, StandIns]:
    """The traced leaves in the place of the numbers, the recording of `f`, what it changed.

    It is recorded as if the numbers were none of Values; once more where that turns out wrong.
    """
    leaves = Leaves(pieces)
    # These before the Modules, which may hold them in attributes.
    stateful = [x for x in holders(args) if isinstance(x, Stateful)]
    twins: dict[int, Any] = {id(x): copy.copy(x) for x in stateful}
    stand_ins = []
    for x, name in zip(args, names, strict=True):
        refuse_depth(x, name)
        with explaining_depth(x, name):
            stand_ins.append(stand_in(x, name, leaves, twins))
    places: Places = {}
    numbers_in(args, names, places)
    changed = StandIns(places, twins, leaves.made)
    checks = list(map(keep_parts, stand_ins, names))
    try:
        recording = record(
            f, stand_ins, leaves.made, watcher, changed.gradients.settle, of_values=of_values
        )
    finally:
        changed.gradients.release()
    if recording.is_of_values:
        return trace(f, args, names, pieces, watcher, of_values=True)
    for check in checks:
        check()
    changed.compare(recording.tape)
    return leaves.made, recording, changed
