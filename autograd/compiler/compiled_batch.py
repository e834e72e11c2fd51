"""`CompiledBatch`: a batch that is recorded for one sample, and called with any number of them."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn

from ..engine.errors import TracedValueError
from ..engine.numbers import is_array
from ..optim.stateful import Stateful
from ..transforms.function_names import signature_of
from ..transforms.trees import flatten, open_array
from ..transforms.vmap import Batch
from .batch_binding import BatchCall, bind_batch, bind_whole_batch
from .binding import BoundCall, Static
from .call_on_values import in_numbers
from .call_structure import Places, as_lists, numbers_in
from .compiled import Compiled
from .gradients import SharedGradientError
from .ir.simplify import STEP_IN_BATCH
from .last_batch import BatchReader, PartsReader
from .profile_run import profile_batch
from .profiled import Profile
from .recorded import Recorded
from .recorded_batch import RecordedBatch
from .recordings import MOST_RECORDINGS
from .results import result_builder
from .sample_blocks import SampleBlock, SamplesDifferError, count_of
from .values_in_call import OnValues
from .verified import first_difference_in_samples


class CompiledBatch(Compiled):
    """A compiled batch: one sample is recorded, and a call takes any number of them."""

    f: Batch

    def __init__(self, f: Batch, static: Static, backend: str | None, threads: int = 1) -> None:
        super().__init__(f, static, backend, threads)
        self._signature = signature_of(f.f)
        self._of_sample: Compiled | None = None
        self._with_gradients: set[Any] = set()  # structures of arguments that get gradients
        # By the number and names of arguments, where these are all that a call depends on.
        self._calls: dict[tuple[Any, ...], BatchCall] = {}

    def recorded(self, args: Sequence[Any], options: dict[str, Any]) -> tuple[Any, ...]:
        """The recording for these arguments, and the numbers in them that it takes."""
        call = self._bind_sample(args, options)
        pieces: list[Any] = []
        blocks: list[SampleBlock] = []
        places: Places = {}
        try:
            key = call.structures(pieces, blocks, places)
        except SamplesDifferError:
            return (partial(self._one_by_one, args, options),)
        if any(isinstance(x, Stateful) for x in places):
            raise TracedValueError(STEP_IN_BATCH)
        whole = (*key, *call.static)
        if whole in self._with_gradients:
            return (partial(self._one_by_one, args, options),)
        try:
            recorded = self._recordings.find(
                whole,
                (call.args, call.fixed),
                lambda: RecordedBatch(self.f, call, pieces, blocks, self.backend),
            )
        except SharedGradientError:  # which each sample changes after the one before
            if len(self._with_gradients) >= MOST_RECORDINGS:
                self._with_gradients.clear()
            self._with_gradients.add(whole)
            return (partial(self._one_by_one, args, options),)
        recorded.threads = self.threads
        if recorded.leaves_gradients_of_last:
            return (partial(self._with_gradients_of_last, recorded, call), pieces, blocks)
        if self._takes_reader(recorded, options):
            reader, nested = BatchReader(call, key), self.f.is_nested
            whole_reader = PartsReader(reader, args, self.f.in_axes) if nested else reader
            recorded.read_by(whole_reader, packs=not nested)
        return recorded, pieces, blocks

    def _one_by_one(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """The results where samples have different structures: of a recording for each of these."""
        batch = self.f
        if self._of_sample is None:
            self._of_sample = Compiled(batch.f, self.static, self.backend)
        loop = Batch(self._of_sample, batch.in_axes, batch.reduce, out_axes=batch.out_axes)
        results = loop(*as_lists(tuple(args)), **as_lists(options))
        if not any(map(is_array, flatten((args, options), opener=open_array)[0])):
            return results
        import numpy

        numbers: list[Any] = []
        build = result_builder(results, numbers, arrays=True)
        return build(numpy.array(numbers))

    def _with_gradients_of_last(
        self, recorded: RecordedBatch, call: BatchCall, pieces: Any, blocks: Any
    ) -> Any:
        """The results where each sample clears gradients: what is left are those of the last."""
        results = recorded(pieces, blocks)
        sample = call.sample(count_of(blocks) - 1)
        places: Places = {}
        numbers = numbers_in(sample, call.names, places)
        if recorded.of_last is None:
            recorded.of_last = Recorded(call.f, sample, call.names, numbers, self.backend)
        recorded.of_last(numbers, places)
        return results

    def _has_effects(self, call: OnValues) -> bool:
        """Whether the function itself has to run: with names, or samples of many structures."""
        args, options = call.arguments()
        return bool(options) or isinstance(in_numbers(self.recorded, (args, {}), {})[0], partial)

    def bind(self, args: Sequence[Any], options: dict[str, Any]) -> BoundCall:
        """The call with these arguments; those with a name are the same for all samples."""
        return bind_whole_batch(self.f, self._signature, self.static, args, options)

    def _bind_sample(self, args: Sequence[Any], options: dict[str, Any]) -> BatchCall:
        """The same call, for the function of one sample."""
        if self.static or self.f.is_nested:
            return bind_batch(self.f, self._signature, self.static, args, options)
        form = (len(args), *options)
        call = self._calls.get(form)
        if call is None:
            call = bind_batch(self.f, None, (), args, options)._replace(args=())
            self._calls[form] = call
        return call._replace(args=(*args, *options.values()))

    def _first_difference(self, args: Sequence[Any], options: dict[str, Any]) -> str | None:
        call = self._bind_sample(args, options)
        found = first_difference_in_samples(call, self.backend)
        return found or super()._first_difference(args, options)  # of the sum over samples

    def _profile(self, args: Any, options: dict[str, Any], seconds: float) -> Profile:
        return profile_batch(self.f, self._bind_sample(args, options), self.backend, seconds)

    def scan(self, *_: Any, **options: Any) -> NoReturn:
        """Not of a batch, which has no state."""
        raise TypeError("scan takes a function of a state and a datum: put the vmap inside it")


Compiled.of_batch = CompiledBatch
