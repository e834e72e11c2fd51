"""Source lines: which lines of the user's code a step of a program comes from.

Every node remembers where it was made. A step computes operations of a listing; what a node was
expanded into counts as of its line. What a sweep of the chain rule makes is told with a ∂ before
the line of the node whose local derivative is taken.
"""

import linecache
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dis import opname
from functools import lru_cache, wraps
from itertools import chain
from types import FrameType
from typing import Any

from ..engine.graph import flow_back
from ..engine.node import Node
from ..engine.watching import watching
from ..transforms.strict import line_number
from ..transforms.tracing import flow_forward
from .ir.groups import groups
from .ir.listing import Listing
from .ir.program import Loop, Repeat, Step, all_loops
from .tracing.outlived import place_of

NOWHERE = "copies, and sums over samples"
LONGEST = 90  # letters that are told of a line
Lines = Mapping[str, float]  # the share of each line in a step
_SWEEPS = (flow_back.__code__, flow_forward.__code__)


def sweep_around() -> FrameType | None:
    """The frame of the sweep of the chain rule that runs, None if none does."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code not in _SWEEPS:
        frame = frame.f_back
    return frame


class Sweeps:
    """Finds out for which node the chain rule makes others.

    Attributes:
        node: by each node that a sweep has made, the one that it was at.
    """

    def __init__(self) -> None:
        self.node: dict[Node, Node] = {}

    def __call__(self, node: Node) -> None:
        """See a node that was made just now."""
        frame = sweep_around()
        if frame is not None:
            self.node[node] = frame.f_locals["node"]

    def watch(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """The function, seen while it runs."""

        @wraps(f, updated=())
        def watched(*args: Any) -> Any:
            with watching(self, outlived=False):
                return f(*args)

        return watched

    def line(self, node: Node) -> str:
        """The line that a node comes from."""
        at = node
        while at in self.node:  # of a second derivative, the node of the first one's
            at = self.node[at]
        place = place_of(at)
        if not isinstance(place, tuple):  # of no recorded node
            at, place = node, place_of(node)
        return described(*place) if at is node else f"∂ {described(*place)}"


def lines_of(listing: Listing, tape: Iterable[Node], sweeps: Sweeps) -> list[str]:
    """For each operation of a listing its line; empty for what no line made.

    Args:
        listing: the operations.
        tape: the nodes that they were made of.
        sweeps: saw these nodes.
    """
    lines = [""] * len(listing.ops)
    for node in tape:
        position = listing.positions.get(node, -1)
        if position >= 0 and listing.ops[position] is not None and not lines[position]:
            lines[position] = sweeps.line(node)
    for position, line in enumerate(lines):
        stack = list(listing.operands[position]) if line else []
        while stack:  # what a node was expanded into, for the first one that needs it
            x = stack.pop()
            if listing.ops[x] is not None and not lines[x]:
                lines[x] = line
                stack += listing.operands[x]
    return lines


@lru_cache(4096)
def described(code: Any, instruction: int) -> str:
    """A place in the user's code, as it is told."""
    if code is None:
        return "a function without source"
    # Before its first instruction, or at its end, it was not running: the library was.
    if instruction == 0 or opname[code.co_code[instruction]].startswith("RETURN"):
        return f"the derivatives of {code.co_name}"
    line = line_number(code, instruction)
    source = linecache.getline(code.co_filename, line).strip()
    return f"{os.path.basename(code.co_filename)}:{line}: {source}"[:LONGEST]


class StepLines:
    """The lines of each step of a program.

    Args:
        listing: what the program was made of.
        tape: the nodes that the listing was made of.
        address: for each operation of the listing its address, -1 for none.
        sweeps: saw these nodes.
    """

    def __init__(
        self, listing: Listing, tape: Iterable[Node], address: Sequence[int], sweeps: Sweeps
    ) -> None:
        self._listing, self._sweeps = listing, sweeps
        of = lines_of(listing, tape, sweeps)
        self._at = {place: of[i] for i, place in enumerate(address) if place >= 0}
        self._bodies = iter(sorted(listing.bodies))
        self._body_of: dict[int, int] = {}  # by the lanes of its loops

    def of_step(self, step: Step) -> Lines:
        """The lines of a step outside of loops."""
        members = range(step.out, step.out + step.count)
        return _shares(self._at.get(address, "") for address in members)

    def of_loop(self, loop: Loop) -> list[Lines]:
        """The lines of each step of the next loop."""
        body = self._listing.bodies[self._position([loop])]
        of = lines_of(body, chain.from_iterable(body.tapes), self._sweeps)
        found = [_shares(of[form.position] for form in group.forms) for group in groups(body)]
        return found if len(found) == len(loop.steps) else [{NOWHERE: 1.0}] * len(loop.steps)

    def of_repeat(self, repeat: Repeat) -> Lines:
        """The lines of the body of the next repeat."""
        position = self._position(all_loops([repeat]))
        if position < 0:  # it adds the sums of slabs
            return {NOWHERE: 1.0}
        body = self._listing.bodies[position]
        found = lines_of(body, chain.from_iterable(body.tapes), self._sweeps)
        return _shares(filter(None, found))

    def _position(self, loops: Iterable[Loop]) -> int:
        """The next body, or the one that the loops before had: a batch may be cut into slabs."""
        lanes = [loop.lanes for loop in loops]
        known = [self._body_of[x] for x in lanes if x in self._body_of]
        position = known[0] if known else next(self._bodies, -1)
        self._body_of.update(dict.fromkeys(lanes, position))
        return position


def _shares(lines: Iterable[str]) -> Lines:
    counts = Counter(line or NOWHERE for line in lines)
    return {line: count / counts.total() for line, count in counts.items()}
