"""Recorded batch: one sample of a batch as a program, which takes any number of samples.

The samples go through a slab of memory of a fixed size, so a call needs memory for its results
and little more. Where they are added up it holds a slab of `lane_sum.py`. On several threads each
has a memory of its own for the slabs that it takes; their sums are added once all are there.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NoReturn

from ..engine.calculus import div
from ..engine.nesting import refuse_depth
from ..engine.numbers import is_array
from ..engine.value import Value
from ..transforms.batches import Results, Samples
from ..transforms.lane_sum import LANES, SLAB
from ..transforms.out_axes import placed
from ..transforms.samples import Sample
from ..transforms.vmap import Batch, as_loops
from .batch_binding import BatchCall
from .call_structure import Piece, Places
from .columns import all_results_builder
from .effects import is_holder, keep_attributes
from .gradients import refuse_gradients, uses_gradients
from .ir.batch_layout import AFTER, BEFORE, BETWEEN, ON_SAMPLES, Slab
from .ir.listing import Listing
from .ir.memory_layout import layout
from .ir.simplify import simplify
from .ir.stages import Leaves
from .last_call import OTHER
from .packed_batch import BatchPacker, batch_packer
from .recorded import Recorded
from .recorded_program import RecordedProgram, sizes
from .results import result_builder, result_structure
from .sample_blocks import SampleBlock, count_of, first_row
from .stand_in import keep_parts, stand_in
from .threads import share
from .tracing.batches import recorded_sample
from .tracing.record import Recording, record
from .tracing.traced import TracedValue, record_node, record_nodes, traced_leaf
from .workspace import Gathered, Workspace, room_for

MOST_COUNTS = 8  # of samples that a recording knows how to pack
# Of a batch that gives the results of all samples the most that one run takes, and the most numbers
# of samples and results that these have.
MOST_SAMPLES, MOST_NUMBERS = 1024, 1 << 20


class RecordedBatch(RecordedProgram):
    """A batch recorded for one structure of its arguments.

    Args:
        batch: the batch.
        call: the first call.
        pieces: the numbers in the arguments that samples share.
        blocks: the numbers of the samples.
        backend: what runs the program.

    Attributes:
        threads: how many threads a call may take.
        keeps_stages: whether to keep the nodes and the listing, as ``stages``, for a profile.
    """

    _packers: dict[int, BatchPacker | None] | None = None  # by how many samples a call has
    threads = 1
    keeps_stages = False
    leaves_gradients = False  # at numbers in the arguments, if they are Values
    leaves_gradients_of_last = False  # at parameters that all samples share: those of the last one
    of_last: Recorded | None = None  # which leaves them
    stages: Any

    def __init__(
        self,
        batch: Batch,
        call: BatchCall,
        pieces: Sequence[Piece],
        blocks: Sequence[SampleBlock],
        backend: str,
    ) -> None:
        count_of(blocks)
        self.reduce, self.out_axes, self.mapped = batch.reduce, batch.out_axes, call.mapped
        self.arrays = any(map(is_array, [*pieces, *(block.numbers for block in blocks)]))
        shared = Leaves(pieces)
        own = Leaves([x for block in blocks for x in first_row(block)])
        recording = self._record_sample(call, shared, own)
        leaves: list[Any] = []
        builder = result_builder if self.reduce else all_results_builder
        self.build = builder(recording.output, leaves, self.arrays)
        self.result = result_structure(recording.output)
        for x in leaves:
            recording.refuse_captured(x)
        outputs = leaves or [0.0]  # which nothing reads: a loop has results
        self.width = len(outputs)
        listing = self._listing(recorded_sample(recording.tape, own.made, outputs), shared.made)
        widths = [block.width for block in blocks]
        self.slab = Slab(len(shared.made), self._room(widths), widths)
        program, address = layout(listing, self.slab)
        self.sizes = sizes(len(recording.tape), listing)
        if self.keeps_stages:
            self.stages = (recording.tape, listing, address)
        else:
            listing.forget_bodies()
        self.use(program, backend)

    def _record_sample(self, call: BatchCall, shared: Leaves, own: Leaves) -> Recording:
        """Record the function of one sample.

        Args:
            call: the call.
            shared: makes the traced leaves for the numbers that samples share.
            own: likewise, for those of the sample.
        """
        given = list(zip(call.sample(0), call.names, call.mapped, strict=True))
        twins: dict[int, Any] = {}
        for x, name, _ in given:
            refuse_depth(x, name)
        stand_ins = [
            stand_in(x, name, own, {}) if there else stand_in(x, name, shared, twins)
            for x, name, there in given
        ]
        # What a sample has inside is a part of it.
        left = refuse_gradients([x for x in twins.values() if isinstance(x, TracedValue)])
        leaves = [*shared.made, *own.made]

        def finish() -> None:
            self.leaves_gradients_of_last = left()
            self.leaves_gradients = uses_gradients(leaves, twins.values())

        checks = list(map(keep_parts, stand_ins, call.names))
        parameters = [x for x in twins.values() if isinstance(x, Value)]
        places: Places = {x: i for i, x in enumerate(parameters)}
        checks.append(keep_attributes(list(filter(is_holder, twins.values())), places))
        recording = record(as_loops()(call.f), stand_ins, leaves, finish=finish)
        for look in checks:
            look()
        return recording

    def _listing(self, sample: Sample, shared: Sequence[TracedValue]) -> Listing:
        """The batch of a sample, and what becomes of its results, as operations."""
        reduced = [self.reduce is not None] * self.width
        results = Results(Samples([sample], None, reduced, _no_others), [], record_nodes)
        counts = [traced_leaf(1.0, "samples"), traced_leaf(1.0, "total")]
        nodes = results.block((j, 0) for j in range(self.width))
        if self.reduce == "mean":
            nodes = [record_node(div, (x, counts[1])) for x in nodes]
        return simplify([results.node], [*shared, *counts], nodes)

    def __call__(self, pieces: Sequence[Piece], blocks: Sequence[SampleBlock]) -> Any:
        """The results for these numbers."""
        count = count_of(blocks)
        space = self.free_workspace()
        try:
            return self._run(space, pieces, blocks, count)
        finally:
            self.free.append(space)

    def _room(self, widths: Sequence[int]) -> int:
        """How many samples of so many numbers go through the program at a time."""
        if self.reduce:
            return SLAB
        width = max(1, self.width + len(widths) + sum(widths))
        return max(LANES, min(MOST_SAMPLES, MOST_NUMBERS // width) // LANES * LANES)

    def read_by(self, reader: Any, *, packs: bool) -> None:
        """Read the calls that are like one by this.

        Args:
            reader: reads them.
            packs: whether its arguments are those of a call, and not parts of them.
        """
        self.take_reader(reader)
        self._packers = {} if packs and self._unpack is not None else None

    def replay(self, args: Sequence[Any]) -> Any:
        """The results for arguments like those of the last call, OTHER if they are not."""
        packers = self._packers
        if packers:
            results = self._replay_packed(packers, args)
            if results is not OTHER:
                return results
        numbers = self.reader.read(args)
        if numbers is None:
            return OTHER
        count = numbers[1][0].samples
        if packers is not None and count not in packers and len(packers) < MOST_COUNTS:
            packers[count] = batch_packer(args, self.mapped, count, self.slab)
        return self(*numbers)

    def _replay_packed(self, packers: dict[int, BatchPacker | None], args: Sequence[Any]) -> Any:
        """The results, if C packs as many samples."""
        try:
            pack = packers[len(args[self.mapped.index(True)])]
        except (IndexError, KeyError, TypeError):  # another call
            return OTHER
        if pack is None:
            return OTHER
        space = self.free_workspace()
        try:
            if not pack(args, space):
                return OTHER
            for part in (BEFORE, ON_SAMPLES, AFTER):
                space.runs[part]()
            return self.results(space)
        finally:
            self.free.append(space)

    def _run(
        self, space: Workspace, pieces: Sequence[Piece], blocks: Sequence[SampleBlock], count: int
    ) -> Any:
        self._begin(space, pieces, count)
        gathered = None if self.reduce else Gathered(count, self.width, self.arrays)
        if self.threads > 1 and count > self.slab.room:
            self._on_threads(space, pieces, blocks, count, gathered)
        else:
            for start in range(0, count, self.slab.room):
                if start:
                    space.runs[BETWEEN]()
                self._run_slab(space, blocks, start, count, gathered)
        space.runs[AFTER]()
        if gathered:
            return placed(self.build(gathered.rows(count)), self.out_axes)
        return self.results(space)

    def _begin(self, space: Workspace, pieces: Sequence[Piece], count: int) -> None:
        """Bring in what samples share, and compute what depends on no sample."""
        space.put_arguments(pieces)
        space.memory[self.slab.total] = float(count)
        space.runs[BEFORE]()

    def _run_slab(
        self,
        space: Workspace,
        blocks: Sequence[SampleBlock],
        start: int,
        count: int,
        gathered: Gathered | None,
    ) -> None:
        """Run the samples of the slab from `start` on, of `count` in all."""
        slab = self.slab
        stop = min(start + slab.room, count)
        space.memory[slab.samples] = float(stop - start)
        for block, (first, width) in zip(blocks, slab.blocks, strict=True):
            numbers, last = block.numbers, first + width * (stop - start)
            if isinstance(numbers, memoryview):
                space.memory[first:last] = numbers[start * width : stop * width]
            elif is_array(numbers):
                rows = numbers if stop - start == count else numbers[start:stop]
                space.numbers[first:last] = rows.reshape(-1)
            else:
                space.put(first, numbers[start * width : stop * width])
        space.runs[ON_SAMPLES]()
        if gathered:
            last = slab.results + self.width * (stop - start)
            gathered.add(space.seen(slab.results, last), start, stop)

    def _on_threads(
        self,
        space: Workspace,
        pieces: Sequence[Piece],
        blocks: Sequence[SampleBlock],
        count: int,
        gathered: Gathered | None,
    ) -> None:
        """Run all slabs on threads, and leave them added up as if `space` had run them in turn."""
        starts, width = range(0, count, self.slab.room), self.slab.sums
        sums = room_for(width * len(starts))
        there = slice(self.slab.results, self.slab.results + width)

        def work(mine: Workspace, tasks: Iterator[int]) -> None:
            for i in tasks:
                self._run_slab(mine, blocks, starts[i], count, gathered)
                sums[i * width : (i + 1) * width] = mine.memory[there]

        def work_elsewhere(tasks: Iterator[int]) -> None:
            mine = self.free_workspace()
            try:
                self._begin(mine, pieces, count)
                work(mine, tasks)
            finally:
                self.free.append(mine)

        share(len(starts), self.threads, partial(work, space), work_elsewhere)
        for i in range(len(starts)):
            if i:
                space.runs[BETWEEN]()
            space.memory[there] = sums[i * width : (i + 1) * width]

    def new_workspace(self) -> Workspace:
        """One more workspace."""
        space, slab = super().new_workspace(), self.slab
        for first, width in slab.blocks:
            space.places.append(space.memory[first : first + width * slab.room])
        return space


def _no_others(*_: Any) -> NoReturn:
    raise TypeError("a compiled vmap is differentiated by way of its function of one sample")
