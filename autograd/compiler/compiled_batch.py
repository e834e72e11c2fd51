"""`CompiledBatch`: a batch that is recorded for one sample, and called with any number of them."""

from collections.abc import Sequence
from typing import Any, NoReturn

from ..engine.errors import TracedValueError
from ..engine.watching import being_recorded, watchers
from ..optim.stateful import Stateful
from ..transforms.strict import strict_is_on
from ..transforms.vmap import Batch
from .binding import BoundCall, CallForm, by_position, signature_of
from .call_structure import Places, structure
from .compiled import Compiled
from .ir.simplify import STEP_IN_BATCH
from .last_batch import BatchReader
from .last_call import MOST_READERS
from .profile_run import profile_batch
from .profiled import Profile
from .recorded_batch import SAMPLES, RecordedBatch, SampleBlock, samples_structure


class CompiledBatch(Compiled):
    """A compiled batch: one sample is recorded, and a call takes any number of them."""

    f: Batch

    def __init__(self, f: Batch, static: str | Sequence[str], backend: str | None) -> None:
        if static:
            raise TypeError(
                "a compiled vmap takes no static arguments: let a function of the others use them, "
                "as in compile(vmap(lambda x: f(x, setting)))"
            )
        super().__init__(f, static, backend)
        self._signature = signature_of(f.f)
        self._forms: dict[tuple[Any, ...], CallForm] = {}  # by the number and names of arguments

    def _run(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """The results of the batch for these arguments."""
        if being_recorded.get():
            return self.f(*args, **options)
        if strict_is_on():
            return self._strictly(args, options)
        form = self._forms.get((len(args), *options))
        if form is None:
            form = self._form(len(args), tuple(options))
            self._forms[(len(args), *options)] = form
        if options:
            args = (*args, *options.values())
        pieces: list[Any] = []
        blocks: list[SampleBlock] = []
        places: Places = {}
        key = tuple(
            samples_structure(x, name, blocks)
            if there
            else structure(x, name, pieces, places, SAMPLES.advice)
            for x, name, there in zip(args, form.names, form.mapped, strict=True)
        )
        if any(isinstance(x, Stateful) for x in places):
            raise TracedValueError(STEP_IN_BATCH)
        recorded = self._recordings.find(
            (*key, *options),
            (args, ()),
            lambda: RecordedBatch(
                self.f, form.f, args, form.names, form.mapped, pieces, blocks, self.backend
            ),
        )
        if not (options or watchers or recorded.readers == MOST_READERS):
            recorded.readers += 1
            recorded.reader = BatchReader(args, form.names, form.mapped, key)
        return recorded(pieces, blocks)

    def bind(self, args: Sequence[Any], options: dict[str, Any]) -> BoundCall:
        """The call with these arguments; those with a name are the same for all samples."""
        form = self._form(len(args), tuple(options))
        f = by_position(self.f, len(args), tuple(options))
        return BoundCall(f, (*args, *options.values()), form.names, tuple(options))

    def _form(self, count: int, keywords: tuple[str, ...]) -> CallForm:
        names = [*[f"argument {i}" for i in range(count)], *keywords]
        mapped = [*self.f.mapped(count), *[False] * len(keywords)]
        return CallForm(by_position(self.f.f, count, keywords), names, mapped)

    def _profile(self, args: Any, options: dict[str, Any], seconds: float) -> Profile:
        form = self._form(len(args), tuple(options))
        given = (*args, *options.values())
        return profile_batch(self.f, form, given, self.backend, seconds)

    def scan(self, *_: Any, **options: Any) -> NoReturn:
        """Not of a batch, which has no state."""
        raise TypeError("scan takes a function of a state and a datum: put the vmap inside it")
