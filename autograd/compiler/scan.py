"""Scan: a compiled function of a state and a datum, run over all data in native code.

    state, output = f(state, datum)        for every datum, the state of one for the next

So a training loop is one call. It goes on in portions, between which it reports and can be
interrupted; how many they are changes no bits.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import wraps
from time import perf_counter
from typing import Any

from ..engine.errors import ScanInterrupted
from ..transforms.scan import check_counts, check_step, has_steps, pair_of
from .backends.executable import Shape
from .binding import BoundCall
from .call_structure import Advice, Piece, Places, is_array, structure
from .columns import all_results_builder
from .effects import StandIns, with_numbers
from .recorded_program import RecordedProgram
from .results import result_builder, result_structure
from .sample_blocks import (
    Entries,
    SampleBlock,
    first_row,
    rows_of,
    sample_at,
    samples_structure,
)
from .scan_state import ChangingState, ScanState
from .verified import clearer_error
from .workspace import Gathered, Workspace, room_for

PORTION = 0.1  # seconds of work between two chances to be interrupted
Progress = Callable[[int, int, Any], None]
STEPS = Entries(
    "step",
    has_steps,
    "; for steps that need no data pass length=, their number",
    Advice(
        "take the gradient inside the step, for a scan that reports cannot be differentiated "
        "through",
        "let the function of one step use it without being given it, as in "
        "compile(lambda state, datum: f(state, datum, setting)).scan(state, data)",
    ),
)


def scan_structure(
    state: Any, data: Any, pieces: list[Piece], blocks: list[SampleBlock], places: Places
) -> tuple[Hashable, ...]:
    """A cache key for a state and data; their numbers are added to `pieces` and `blocks`."""
    kept = structure(state, "state", pieces, places, STEPS.advice)
    given = None if data is None else samples_structure(data, "data", blocks, STEPS)
    return ("scan", kept, given)


def count_of_steps(data: Any, blocks: Sequence[SampleBlock], length: int | None) -> int:
    """The number of steps, as the data, whose numbers are in `blocks`, and `length` say."""
    if data is None:
        return check_counts(None, length)
    return check_counts({block.where: block.samples for block in blocks}, length)


def call_of_step(f: Callable[..., Any], state: Any, datum: Any) -> BoundCall:
    """The call of one step; where there is no datum, `f` gets None, which holds no number."""
    if datum is not None:
        return BoundCall(f, [state, datum], ["state", "datum"], ())

    @wraps(f, updated=())
    def step(state: Any) -> Any:
        return f(state, None)

    return BoundCall(step, [state], ["state"], ())


class RecordedScan(RecordedProgram):
    """A function of a state and a datum, recorded for one structure of them.

    Args:
        f: the function.
        state: the first state.
        data: the data.
        pieces: the numbers in the state.
        blocks: the numbers in the data.
        backend: what runs the program.

    Raises:
        TypeError: if the function does not take two arguments, or does not give a new state and
            an output.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        state: Any,
        data: Any,
        pieces: Sequence[Piece],
        blocks: Sequence[SampleBlock],
        backend: str,
    ) -> None:
        check_step(f)
        self.f = f
        first = [x for block in blocks for x in first_row(block)]
        self.arrays = any(map(is_array, [*pieces, *(block.numbers for block in blocks)]))
        self.shape = Shape(0, len(first), 0)

        def results(output: Any, changed: StandIns) -> list[Any]:
            return self._results(output, changed, state)

        step = call_of_step(f, state, sample_at(0, data, STEPS))
        self.record(step.f, step.args, step.names, [*pieces, *first], results, backend)

    def _results(self, output: Any, changed: StandIns, state: Any) -> list[Any]:
        """The numbers and nodes of the new state and the output, once they are known to fit."""
        new, output = pair_of(output)
        leaves: list[Any] = []
        outputs: list[Any] = []
        self.state = ScanState(new, state, changed, leaves, self.arrays)
        self.state.take_gradients(changed, leaves)
        self.build_outputs = all_results_builder(
            output, outputs, self.arrays, "the output of a step"
        )
        self.build_output = result_builder(output, [], self.arrays)
        self.result = result_structure(output)
        self.shape = self.shape._replace(state=len(leaves), outputs=len(outputs))
        return [*leaves, *outputs]

    def __call__(
        self,
        first: tuple[Any, Any],
        pieces: Sequence[Piece],
        blocks: Sequence[SampleBlock],
        places: Places,
        count: int,
        every: int | None,
        progress: Progress | None,
    ) -> tuple[Any, Any]:
        """The last state, and the outputs of all steps, of which there are `count`."""
        shape, space = self.shape, self.new_workspace()
        space.put(0, [*pieces, *self.state.effects.gradients_before(places)])
        given = rows_of(blocks, count, shape.datum, shared=progress is None)
        outputs = Gathered(count, shape.outputs, self.arrays)
        portions = _Portions(count, every)
        done = 0
        state = room_for(shape.state)  # as the last portion left it
        there = space.memory[: shape.state]
        state[:] = there
        held = ChangingState(self.state, first[0], places) if self.state.effects else None
        write = held.write if held else _nothing
        ahead = False  # whether the arguments do not have this state yet
        try:
            for stop in portions:
                self.executable.repeat(
                    space.memory,
                    given[done * shape.datum : stop * shape.datum],
                    outputs.numbers[done * shape.outputs : stop * shape.outputs],
                    shape,
                    stop - done,
                )
                ahead = True
                state[:] = there
                done = stop
                if progress is not None and portions.due(done):
                    write(state)
                    ahead = False
                    progress(done, count, self.build_output(outputs.row(done - 1)))
                    if held:
                        there[:] = state[:] = held.read(state)
            if ahead:
                write(state)
            return self._state(space, first[0]), self.build_outputs(outputs.rows(count))
        except KeyboardInterrupt:  # perhaps in the middle of a portion, whose steps are dropped
            there[:] = state
            if ahead:
                write(state)
            so_far = self.build_outputs(outputs.rows(done))
            raise ScanInterrupted(self._state(space, first[0]), so_far, done) from None
        except IndexError as error:  # of a lookup, or of a number that a loss refuses
            write(there)
            raise self._clearer(error, *first, space) from None

    def _clearer(self, error: Exception, first: Any, data: Any, space: Workspace) -> Exception:
        """The error of the step that failed, interpreted: it knows what the number is for."""
        stop, stop_of_datum = self.shape.state, self.shape.state + self.shape.datum
        state = with_numbers(first, iter(space.memory[:stop].tolist()))
        datum = sample_at(0, data, STEPS)
        if datum is not None:
            datum = with_numbers(datum, iter(space.memory[stop:stop_of_datum].tolist()))
        step = call_of_step(self.f, state, datum)
        return clearer_error(error, step.f, step.args)

    def _state(self, space: Workspace, first: Any) -> Any:
        return self.state.build(space.taken(0, self.shape.state), first)


def _nothing(numbers: Sequence[float]) -> None:
    """What there is to write where a step changes numbers alone."""


class _Portions:
    """The sizes of portions of a scan: up to each multiple of `every`, and short in time."""

    def __init__(self, count: int, every: int | None) -> None:
        self.count, self.every = count, every or count
        self.size = 1

    def due(self, done: int) -> bool:
        """Whether it is time to report."""
        return done % self.every == 0 or done == self.count

    def __iter__(self) -> Iterator[int]:
        done = 0
        while done < self.count:
            before = perf_counter()
            step = min(self.size, self.every - done % self.every, self.count - done)
            done += step
            yield done
            if perf_counter() - before < PORTION / 2.0 and step == self.size:
                self.size *= 2
