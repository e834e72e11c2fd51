"""Lanes: a program's steps as kernels over vectors of eight neighbouring numbers.

A vector of operands is a *row*, if its eight numbers lie side by side, or a *splat*, if they are
one and the same. Where they are neither, a pack brings them side by side first: once, however
often the vector is used. In a loop over samples every vector holds eight samples of one number,
so all are rows and splats. `step_kernels.py` has the kernels of one step.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import compress

from ...transforms.lane_sum import LANES
from .frames import AllFrames
from .kernel import Kernel
from .lane_sums import lane_sum_kernels
from .packs import Vector, pack_kernels
from .program import Loop, Repeat, Statement, Step, Terms, all_loops, all_steps, written
from .reads import Read
from .sample_lanes import into_lanes_kernels, out_of_lanes_kernels
from .step_kernels import StepKernels, portions

COMMON = 16  # sums with the same runs; rarer ones go run by run, so that kernels stay few


class Lanes:
    """The kernels of steps, and the memory that their packs need.

    Args:
        size: the addresses from here on are free.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.frames = AllFrames()
        self._packs: dict[Vector, int] = {}
        self._reads: dict[Vector, Read] = {}
        self._lowest = 0  # address that a run of a repeat writes to; vectors of others are packed
        self._earlier: dict[Vector, int] = {}  # before its first run: these
        self._partial_sums = set[int]()
        # Of each loop, by its id, the results that are added up at once.
        self._added: dict[int, dict[int, int]] = {}
        self._members: dict[tuple[Terms, ...], int] = {}  # how many sums have these runs

    def kernels(self, steps: Sequence[Statement]) -> Iterator[Kernel]:
        """The kernels of `steps`, each after the packs that it needs."""
        self.measure(steps)
        yield from self._kernels(steps)

    def _kernels(self, steps: Sequence[Statement]) -> Iterator[Kernel]:
        skipped = 0
        for place, step in enumerate(steps):
            if skipped:
                skipped -= 1
                continue
            if isinstance(step, Loop):
                yield from self._loop(step)
                continue
            if isinstance(step, Repeat):
                yield from self._repeat(step)
                continue
            summed, count = lane_sum_kernels(steps[place : place + 3], self._partial_sums)
            if summed:
                yield from summed
                skipped = count - 1
                continue
            kernels = StepKernels(step, self.pack, self._reads, self._is_common(step))
            found = kernels.kernels()
            yield from pack_kernels(kernels.pending)
            yield from found

    def _loop(self, loop: Loop) -> Iterator[Kernel]:
        # What is packed for a loop is the same for all samples, and is put into each frame.
        inside = Lanes(self.frames.end(loop))
        pending: dict[Vector, int] = {}
        body = into_lanes_kernels(loop)
        added = self._added[id(loop)]
        for step in loop.steps:
            common = self._is_common(step)
            kernels = StepKernels(step, inside.pack, {}, common, loop.lanes, added)
            body += kernels.kernels()
            pending |= kernels.pending
        body += out_of_lanes_kernels(loop, added)
        frames, self.size = self.frames.of(loop, list(pending), self.size)
        packs = [
            x for shift in frames.shifts() for v, to in pending.items() for x in (to + shift, *v)
        ]
        if packs:
            yield Kernel(("pack",), len(packs) // (1 + LANES), LANES, packs, [])
        slab = [frames.number * LANES, frames.shift, frames.stride]
        yield Kernel(("loop",), len(body), loop.samples, slab, body)

    def _repeat(self, repeat: Repeat) -> Iterator[Kernel]:
        # What is packed in a run is another vector in the next, and after the last.
        before, reads = dict(self._packs), dict(self._reads)
        outside = self._lowest, self._earlier
        self._lowest, self._earlier = min((x.start for x in written([repeat])), default=0), {}
        body = list(self._kernels(repeat.steps))
        earlier = self._earlier
        self._packs, self._reads = before | earlier, reads
        self._lowest, self._earlier = outside
        yield from pack_kernels(earlier)
        copies = [x for copy in (*repeat.before, *repeat.after) for x in copy]
        table = [len(repeat.before), len(repeat.after), *copies]
        yield Kernel(("repeat",), len(body), repeat.count, table, body)

    def measure(self, steps: Sequence[Statement]) -> None:
        """Learn how large the bodies of all loops are, and which sums there are."""
        self._members = {}
        for step in all_steps(steps):
            self._members[step.runs] = self._members.get(step.runs, 0) + step.count
        for loop in all_loops(steps):
            if id(loop) not in self._added:
                self._added[id(loop)] = _find_added_at_once(loop, self._is_common)
                self._partial_sums.update(first for _, first, apart in loop.outputs if not apart)
                self.frames.measure(loop, self._added[id(loop)])

    def _is_common(self, step: Step) -> bool:
        """Whether so many sums are like these that they are worth a kernel of their own."""
        return self._members[step.runs] >= COMMON

    def pack(self, vector: Vector, pending: dict[Vector, int]) -> int:
        """The place where these eight numbers are side by side, after the `pending` copies."""
        found = self._packs.get(vector)
        if found is None:
            found = self._packs[vector] = self.size
            self.size += LANES
            (self._earlier if max(vector) < self._lowest else pending)[vector] = found
        return found


def _find_added_at_once(loop: Loop, common: Callable[[Step], bool]) -> dict[int, int]:
    """The results of a loop that go into their partial sums and nowhere else, with these.

    Stored first and added later they took a third of the time of the moons network.
    """
    read = set[int]().union(*(column for step in loop.steps for column in step.columns))
    sums: dict[int, list[int]] = {}
    for result, first, distance in loop.outputs:
        sums.setdefault(result, []).append(-1 if distance else first)
    at_once = [
        step.op is None and len(list(portions(step.runs, common(step)))) == 1 for step in loop.steps
    ]
    made = set[int]().union(*compress((step.results for step in loop.steps), at_once))
    every = set[int]().union(*(step.results for step in loop.steps))
    if len(every) != sum(step.count for step in loop.steps):
        # Some are made twice: the places of a table are filled, and then added to.
        counts = Counter(x for step in loop.steps for x in step.results)
        made = {x for x in made if counts[x] == 1}
    return {
        result: first[0]
        for result, first in sums.items()
        if len(first) == 1 and first[0] >= 0 and result in made and result not in read
    }
