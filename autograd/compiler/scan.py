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
from ..engine.numbers import is_array
from ..transforms.scan import check_step, pair_of
from ..transforms.scan_data import check_counts, has_steps
from ..transforms.strict import raised_by_library
from .backends.executable import Shape
from .binding import BoundCall
from .call_structure import Advice, Piece, Places, structure
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
        try:
            self.record(step.f, step.args, step.names, [*pieces, *first], results, backend)
        except IndexError as error:
            if not raised_by_library(error):
                raise
            raise clearer_error(error, step.f, step.args) from None

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
        rows = rows_of(blocks, count, self.shape.datum, shared=progress is None)
        run = _Run(self, first[0], pieces, places, rows, count)
        portions = _Portions(count, every)
        try:
            for stop in portions:
                try:
                    run.advance(stop)
                except IndexError as error:  # of a lookup, or of a number that a loss refuses
                    run.write(run.there)
                    raise self._clearer(error, *first, run.space) from None
                if progress is not None and portions.due(stop):
                    run.report(progress)
            run.settle()
            return run.results()
        except KeyboardInterrupt:  # perhaps in the middle of a portion, whose steps are dropped
            run.go_back()
            raise ScanInterrupted(*run.results(), run.done) from None

    def _clearer(self, error: Exception, first: Any, data: Any, space: Workspace) -> Exception:
        """The error of the step that failed, interpreted: it knows what the number is for."""
        stop, stop_of_datum = self.shape.state, self.shape.state + self.shape.datum
        state = with_numbers(first, iter(space.memory[:stop].tolist()))
        datum = sample_at(0, data, STEPS)
        if datum is not None:
            datum = with_numbers(datum, iter(space.memory[stop:stop_of_datum].tolist()))
        step = call_of_step(self.f, state, datum)
        return clearer_error(error, step.f, step.args)


class _Run:
    """One scan while it runs.

    Args:
        recorded: its step.
        first: the first state.
        pieces: the numbers in it.
        places: the parameters, optimizers and schedules in it, which get their new numbers.
        rows: the numbers of each datum.
        count: how many steps there are.

    Attributes:
        space: the memory that it runs in.
        there: the part of it that holds the state.
        state: a copy of that, as the last portion left it.
        done: how many steps were done until then.
    """

    def __init__(
        self,
        recorded: RecordedScan,
        first: Any,
        pieces: Sequence[Piece],
        places: Places,
        rows: "memoryview[float]",
        count: int,
    ) -> None:
        self._recorded, self._first, self._places = recorded, first, places
        self._rows, self._count = rows, count
        state, shape = recorded.state, recorded.shape
        self.space = recorded.new_workspace()
        self.space.put(0, [*pieces, *state.effects.gradients_before(places)])
        self._outputs = Gathered(count, shape.outputs, recorded.arrays)
        self.there, self.state = self.space.memory[: shape.state], room_for(shape.state)
        self.state[:] = self.there
        self.done = 0
        self._changing = ChangingState(state, first, places) if state.effects else None
        self._ahead = False  # whether the arguments do not have this state yet

    def advance(self, stop: int) -> None:
        """Run the steps from where it is to before this one."""
        shape, start = self._recorded.shape, self.done
        self._recorded.executable.repeat(
            self.space.memory,
            self._rows[start * shape.datum : stop * shape.datum],
            self._outputs.numbers[start * shape.outputs : stop * shape.outputs],
            shape,
            stop - start,
        )
        self._ahead = True
        self.state[:] = self.there
        self.done = stop

    def report(self, progress: Progress) -> None:
        """Tell how far it is, and go on with the numbers that the arguments then have."""
        self.settle()
        output = self._recorded.build_output(self._outputs.row(self.done - 1))
        progress(self.done, self._count, output)
        if self._changing is not None:
            self.there[:] = self.state[:] = self._changing.read(self.state)

    def settle(self) -> None:
        """Give the arguments the state, unless they have it."""
        if self._ahead:
            self.write(self.state)
        self._ahead = False

    def go_back(self) -> None:
        """Go back to where the last portion ended."""
        self.there[:] = self.state
        self.settle()

    def write(self, numbers: Sequence[float]) -> None:
        """Give the arguments these numbers of a state, where a step changes more than numbers."""
        if self._changing is not None:
            self._changing.write(numbers)

    def results(self) -> tuple[Any, Any]:
        """The state, and the outputs of the steps that are done."""
        recorded = self._recorded
        state = self.space.taken(0, recorded.shape.state)
        outputs = recorded.build_outputs(self._outputs.rows(self.done))
        return recorded.state.build(state, self._first, self._places), outputs


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
