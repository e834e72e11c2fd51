"""Profiling: the groups of a compiled function are run one by one, and timed.

Each step of the program is run by itself, many times in a row, on the memory that a call has left.
So its numbers and its code are in the caches, and the times of all steps add up to a little less,
or where steps are short to a little more, than the program takes.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, NamedTuple

from ..engine.messages import pluralize
from ..engine.numbers import is_array
from ..transforms.vmap import Batch
from .backends import choose as backends
from .backends.executable import Executable
from .batch_binding import BatchCall
from .binding import BoundCall
from .call_structure import Piece, numbers_in
from .ir.program import Loop, Program, Repeat, Statement, Step, all_loops, all_steps
from .ir.stages import stages
from .profiled import Profile, ProfiledGroup
from .recorded_batch import RecordedBatch
from .sample_blocks import SampleBlock, count_of
from .source_lines import NOWHERE, Lines, StepLines, Sweeps
from .verified import numbers_and_nodes
from .workspace import Workspace

ROUNDS = 5  # of which the fastest counts
SHARE = 0.1  # seconds of each round, for all steps
MOST_REPEATS = 50  # of a step in one call, so that the call does not count
MOST_ADDRESSES = 100_000  # of all steps, with their repeats
Fill = Callable[[Workspace], None]  # writes the numbers of the arguments


def profile_call(call: BoundCall, backend: str, seconds: float) -> Profile:
    """The profile of a call that takes so many seconds."""
    pieces = numbers_in(call.args, call.names)
    sweeps = Sweeps()
    made = stages(sweeps.watch(call.f), call.args, call.names, pieces, numbers_and_nodes)
    parts = timed_parts(made.program, StepLines(made.listing, made.tape, made.address, sweeps))
    arrays = any(map(is_array, pieces))
    timer = Timer(made.program, backend, arrays, lambda space: space.put(0, pieces))
    return Profile(seconds, timer.program_seconds(), timer.groups(parts), backend)


def profile_batch(batch: Batch, call: BatchCall, backend: str, seconds: float) -> Profile:
    """The profile of a call of a batch that takes so many seconds."""
    pieces: list[Piece] = []
    blocks: list[SampleBlock] = []
    call.structures(pieces, blocks)
    sweeps = Sweeps()
    watched = call._replace(f=sweeps.watch(call.f))
    recorded = _Kept(batch, watched, pieces, blocks, backend)
    tape, listing, address = recorded.stages
    slab = recorded.slab
    count = count_of(blocks)
    first = min(count, slab.room)

    def fill(space: Workspace) -> None:
        space.put(0, [*pieces, float(first), float(count)])
        for block, (start, width) in zip(blocks, slab.blocks, strict=True):
            rows = block.numbers[:first] if is_array(block.numbers) else block.numbers
            space.put(start, [rows] if is_array(rows) else rows[: first * width])

    parts = timed_parts(recorded.program, StepLines(listing, tape, address, sweeps))
    timer = Timer(recorded.program, backend, recorded.arrays, fill, count / first)
    return Profile(seconds, timer.program_seconds(), timer.groups(parts), backend)


class _Kept(RecordedBatch):
    """A recorded batch that keeps its nodes and its listing."""

    keeps_stages = True


class TimedPart(NamedTuple):
    """A part of a program that is timed by itself.

    Attributes:
        step: a step, or a loop or repeat that does one of its steps.
        what: what it computes.
        lines: the lines it comes from.
        whole: the whole loop or repeat, where it is one of these.
    """

    step: Statement
    what: str
    lines: Lines
    whole: Loop | Repeat | None = None


def timed_parts(program: Program, lines: StepLines) -> list[TimedPart]:
    """The steps of a program, also those inside of loops."""
    found = []
    for step in program.statements:
        if isinstance(step, Step):
            found.append(TimedPart(step, _told(step), lines.of_step(step)))
        elif isinstance(step, Loop):
            found += _parts_of_loop(step, lines.of_loop(step))
        else:
            found += _parts_of_repeat(step, lines.of_repeat(step))
    return found


def _parts_of_repeat(repeat: Repeat, lines: Lines) -> Iterator[TimedPart]:
    for step in repeat.steps:
        what = _told(step) if isinstance(step, Step) else "samples"
        alone = replace(repeat, steps=[step], before=[], after=[])
        steps = pluralize(repeat.count, "step")
        yield TimedPart(alone, f"{steps} of {what}", lines, repeat)
    copies = replace(repeat, steps=[])
    yield TimedPart(copies, "the data and states, brought on", {NOWHERE: 1.0}, repeat)


def _parts_of_loop(loop: Loop, lines: Sequence[Lines]) -> Iterator[TimedPart]:
    nowhere = {NOWHERE: 1.0}
    if loop.inputs:
        yield TimedPart(
            replace(loop, steps=[], outputs=[]), "the samples, brought in", nowhere, loop
        )
    read = {x for step in loop.steps for column in step.columns for x in column}
    left = loop.outputs
    for step, of in zip(loop.steps, lines, strict=True):
        # What is added up and read by no step is added as it is computed.
        results = {*step.results} - read
        own = [x for x in left if x[0] in results and not x[2]]
        left = [x for x in left if x[0] not in results or x[2]]
        yield TimedPart(replace(loop, steps=[step], inputs=[], outputs=own), _told(step), of, loop)
    taken = replace(loop, steps=[], inputs=[], outputs=left)
    yield TimedPart(taken, "the results, taken out or added up", nowhere, loop)


def _told(step: Step) -> str:
    formula = step.formula
    if step.op is not None and len(step.columns) > 3:
        formula = f"{step.op.name}({len(step.columns)} v)"
    return f"{step.count} × {formula}" if step.count > 1 else formula


class Timer:
    """Times a program, and its parts.

    Args:
        program: the program.
        backend: what runs it.
        arrays: whether arrays are passed.
        fill: writes the numbers of the arguments.
        times: how often a call runs the loop over samples, for there is room for so many at a time.
    """

    def __init__(
        self, program: Program, backend: str, arrays: bool, fill: Fill, times: float = 1.0
    ) -> None:
        self.program, self.backend, self.times = program, backend, times
        self._arrays, self._fill = arrays, fill

    def _space(self, executable: Executable) -> Workspace:
        space = Workspace(executable, self._arrays)
        self._fill(space)
        for run in space.runs:  # in order, so that each finds what those before have computed
            run()
        return space

    def program_seconds(self) -> float:
        """How long the program takes in a call."""
        space = self._space(backends.executable(self.backend, self.program))
        whole = [fastest(run) for run in space.runs]
        loops = [any(all_loops(part)) for part in self.program.parts]
        often = [self.times if loop else 1.0 for loop in loops]
        return sum(map(math.prod, zip(whole, often, strict=True)))

    def groups(self, parts: Sequence[TimedPart]) -> list[ProfiledGroup]:
        """How long each part takes in a call, the longest first.

        The parts of a loop are parts of the time of the whole loop, for together they are faster.
        """
        loops = {id(part.whole): part.whole for part in parts if part.whole is not None}
        seconds, kernels = self._alone([*(part.step for part in parts), *loops.values()])
        whole = dict(zip(loops, seconds[len(parts) :], strict=True))
        alone = dict.fromkeys(loops, 0.0)
        for part, took in zip(parts, seconds, strict=False):
            if part.whole is not None:
                alone[id(part.whole)] += took
        found = []
        for i, part in enumerate(parts):
            names = _kinds(kernels[i]) if kernels else _op(part.step)
            share, loop = 1.0, id(part.whole)
            if part.whole is not None:
                share = self.times * whole[loop] / (alone[loop] or 1.0)
            found.append(ProfiledGroup(seconds[i] * share, part.what, names, part.lines))
        return sorted(found, key=lambda group: -group.seconds)

    def _alone(self, steps: Sequence[Statement]) -> tuple[list[float], Any]:
        """The seconds of each step alone, and its kernels, of a backend that has some."""
        addresses = sum(map(_addresses, steps))
        most = MOST_REPEATS if self.backend == "llvm" else 1
        repeats = max(1, min(most, MOST_ADDRESSES // max(addresses, 1)))
        parts: list[list[Statement]] = [[step] * repeats for step in steps]
        alone = replace(self.program, parts=[*parts, []])  # the last one is the call itself
        executable = backends.executable(self.backend, alone)
        space = self._space(executable)
        *best, nothing = [min(column) for column in zip(*_rounds(space.runs), strict=True)]
        seconds = [max(took - nothing, 0.0) / repeats for took in best]
        return seconds, executable.kernels


def _rounds(runs: Sequence[Callable[[], None]]) -> Iterator[list[float]]:
    """The seconds of each, in turns."""
    counts = [max(1, int(SHARE / len(runs) / max(_seconds(run, 1), 1e-9))) for run in runs]
    for _ in range(ROUNDS):
        yield [_seconds(run, count) for run, count in zip(runs, counts, strict=True)]


def _seconds(run: Callable[[], Any], count: int) -> float:
    start = perf_counter()
    for _ in range(count):
        run()
    return (perf_counter() - start) / count


def fastest(run: Callable[[], Any]) -> float:
    """The seconds of the fastest of some calls."""
    run()
    return min(_seconds(run, 1) for _ in range(ROUNDS * 3))


def _addresses(step: Statement) -> int:
    """About how many a table for it holds."""
    return 1 + sum(one.count * (1 + len(one.columns)) for one in all_steps([step]))


def _kinds(kernels: Sequence[Any]) -> str:
    """The kinds of kernels that do a part, with the op of a map."""
    flat = [inner for kernel in kernels for inner in _inner(kernel)]
    names = [
        f"{kernel.name[1].name}" if kernel.name[0] in ("map", "fold") else str(kernel.name[0])
        for kernel in flat
    ]
    return ", ".join(dict.fromkeys(reversed(names)))  # a pack comes before what needs it


def _inner(kernel: Any) -> Iterator[Any]:
    """The kernels in the body of a kernel and of those in it, or itself."""
    if not kernel.body:
        yield kernel
    for one in kernel.body:
        yield from _inner(one)


def _op(step: Statement) -> str:
    inner = next(all_steps([step]), None)
    if inner is None:
        return "samples"
    return "sum" if inner.op is None else inner.op.name
