"""`Compiled`: a function that is recorded once for each structure of arguments, then replayed."""

import functools
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from itertools import repeat
from types import MethodType
from typing import Any

from ..engine.messages import pluralize
from ..engine.watching import being_recorded, unwatched, watchers
from ..optim.stateful import Stateful
from ..transforms.function_names import name_of
from ..transforms.strict import raised_by_library, strict_is_on
from ..transforms.vmap import Batch
from .binding import BoundCall, Function, Static, argument_names, bind
from .cache_keys import setting
from .call_on_values import LeavesGradientsError, call_on_values, in_numbers
from .call_structure import Places, ValueInCallError, as_lists, structure
from .derived import Request
from .effects import copies, keeping_gradients, numbers_left, undone_on_error
from .explained import report
from .finite import check_call
from .last_call import MOST_READERS, OTHER, call_reader
from .packing import packer
from .profile_run import fastest, profile_call
from .profiled import Profile
from .recorded import Recorded
from .recorded_program import RecordedProgram
from .recordings import MOST_RECORDINGS
from .scannable import Scannable, context_of_call
from .values_in_call import OnValues, ValueTaker, hold_values
from .verified import (
    clearer_error,
    compare_numbers,
    first_difference,
    interpret,
    numbers_in_results,
)


class Compiled(Scannable):
    """A compiled function: see `compile`."""

    def __init__(self, f: Function, static: Static, backend: str | None, threads: int = 1) -> None:
        super().__init__(f, static, backend, threads)
        functools.update_wrapper(self, f, updated=())
        self._names = argument_names(self._signature)
        self._taker = ValueTaker()
        self._transformed: dict[Hashable, Compiled] = {}  # by the transform and its settings

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The results of the function for these arguments."""
        call: OnValues | None = None
        refusal: Exception | None = None
        try:
            recorded = self._recordings.last
            # With no block in force, such as `strict`, and nothing that `f` reads changed:
            if recorded is not None and not watchers and not options:
                watch = recorded.watch
                if recorded.reader is not None and (watch is None or watch.same()):
                    results = recorded.replay(args)
                    if results is not OTHER:
                        return results
            if hold_values(args, options.values()) and not being_recorded.get():
                call = self._taker.take(args, self._in_order(options))
            if call is None:
                return self._run(args, options)
        except ValueInCallError as error:  # Values further inside
            call, refusal = self._taker.take(args, self._in_order(options)), error
        except IndexError as error:
            if being_recorded.get() or not raised_by_library(error):
                raise
            # Of a lookup, or of a number that a loss refuses.
            given = self.bind(args, options)
            raise clearer_error(error, given.f, given.args) from None
        if call is None:
            assert refusal is not None
            raise refusal
        return self._on_values(call, args, options)

    def _in_order(self, options: dict[str, Any]) -> dict[str, Any]:
        """The arguments with a name in the order of the signature, which derived functions keep."""
        if len(options) < 2 or self._signature is None:
            return options
        places = {name: i for i, name in enumerate(self._signature.parameters)}
        return dict(sorted(options.items(), key=lambda item: places.get(item[0], len(places))))

    def _on_values(self, call: OnValues, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """The results as nodes: of one node, or of the function itself if it has effects."""
        if not self._has_effects(call):
            with suppress(LeavesGradientsError):
                return call_on_values(self, name_of(self.f), call, self._derive)
        given = self.bind(args, options)
        return given.f(*map(as_lists, given.args))

    def _has_effects(self, call: OnValues) -> bool:
        """Whether the function changes numbers of its arguments, such as the weights of a model."""
        if not call.holders:
            return False
        if any(isinstance(x, Stateful) for x in call.holders):
            return True
        recorded, *_ = in_numbers(self.recorded, call.arguments(), {})
        return bool(recorded.effects)

    def _derive(self, derived: Callable[..., Function], request: Request) -> "Compiled":
        """What is derived of the function, compiled: see `derived.py`."""
        return self._kept((derived, request), derived, request)

    def transformed(self, transform: Function, *settings: Any, **options: Any) -> "Compiled":
        """What a transform makes of the function, compiled."""
        if not settings and not options:
            return self._kept(transform, transform)
        return self._kept(
            (transform, setting((settings, options))), transform, *settings, **options
        )

    def _kept(
        self, key: Hashable, transform: Function, *settings: Any, **options: Any
    ) -> "Compiled":
        found = self._transformed.get(key)
        if found is None:
            made = transform(self.f, *settings, **options)
            kind = self.of_batch if isinstance(made, Batch) else Compiled
            again = kind(made, self.static, self.backend, self.threads)
            if len(self._transformed) >= MOST_RECORDINGS:
                self._transformed.clear()
            found = self._transformed.setdefault(key, again)
        return found

    def _run(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """The results, by the recording for these arguments."""
        if being_recorded.get():  # while another function is recorded, it is a part of that
            return self.f(*args, **options)
        if strict_is_on():
            return self._strictly(args, options)
        recorded, *numbers = self.recorded(args, options)
        return recorded(*numbers)

    def recorded(self, args: Sequence[Any], options: dict[str, Any]) -> tuple[Any, ...]:
        """The recording for these arguments, and the numbers in them that it takes."""
        call = self.bind(args, options)
        pieces: list[Any] = []
        places: Places = {}
        kinds = [*map(structure, call.args, call.names, repeat(pieces), repeat(places))]
        key = (*kinds, *call.static, *context_of_call())
        recorded = self._recordings.find(
            key,
            (call.args, call.fixed),
            lambda: Recorded(call.f, call.args, call.names, pieces, self.backend),
        )
        if self._takes_reader(recorded, options):
            recorded.read_by(call_reader(call.args, call.names, kinds), packer(args))
        return recorded, pieces, places

    def _takes_reader(self, recorded: RecordedProgram, options: dict[str, Any]) -> bool:
        """Whether a reader is to be made for calls like this one."""
        return not (options or self.static or watchers or recorded.readers >= MOST_READERS)

    def _strictly(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """The results, if no operation makes a nan or an inf."""
        call = self.bind(*copies([args, options]))
        with undone_on_error([args, options]):
            with unwatched():
                results = self(*args, **options)
            check_call(call.f, call.args, call.names, results)
        return results

    def __repr__(self) -> str:
        static = f", static={list(self.static)}" if self.static else ""
        recordings = pluralize(len(self._recordings.values()), "recording")
        threads = f", {self.threads} threads" if self.threads > 1 else ""
        what = repr(self.f) if isinstance(self.f, Batch) else name_of(self.f)
        return f"Compiled({what}{static}, {self.backend}{threads}, {recordings})"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a method, for ``@compile`` in a class."""
        return self if instance is None else MethodType(self, instance)

    def bind(self, args: Sequence[Any], options: dict[str, Any]) -> BoundCall:
        """The call with these arguments, as it is recorded."""
        if options or self.static or len(args) != len(self._names):
            return bind(self.f, self._signature, self.static, args, options)
        return BoundCall(self.f, args, self._names, ())

    def profile(self, *args: Any, **options: Any) -> Profile:
        """Find out where the time of a call goes: by group, by kernel, and by line of the function.

        The function is recorded once more for it. What it would change in its arguments stays as
        it is. A line has the time of what was made while it ran; with a ∂ before it, that of the
        derivatives of what it made. Of a scan profile a step, as in
        ``compile(step).profile(state, datum)``.

        Returns:
            A `Profile`, whose ``print`` is the report.

        Example:
            >>> from autograd.compiler import compile
            >>> f = compile(lambda x, y: x * y + 1.0, backend="python")
            >>> print(f.profile(2.0, 3.0))
            a call takes ... µs, ... µs of it its program, run by python
            1 groups, each timed by itself: ...
        """
        args, options = copies([args, options])
        with keeping_gradients([args, options]):
            seconds = fastest(lambda: self(*args, **options))
        return self._profile(args, options, seconds)

    def _profile(self, args: Any, options: dict[str, Any], seconds: float) -> Profile:
        return profile_call(self.bind(args, options), self.backend, seconds)

    def explain(self) -> str:
        """A report on the function, stage by stage, for each structure it was recorded for.

        Example:
            >>> from autograd.compiler import compile
            >>> f = compile(lambda x, y: x * y + 1.0, backend="python")
            >>> f(2.0, 3.0)
            7.0
            >>> print(f.explain())
            recorded      2 nodes
            ...
        """
        recorded = list(self._recordings.values())
        if not recorded:
            return "nothing is recorded yet: call the function first"
        return "\n\n".join(report(x, self.backend) for x in recorded)

    def verify(self, *args: Any, **options: Any) -> int:
        """Run the function compiled and interpreted, and compare every bit of the results.

        What it would change in its arguments is compared too, and stays as it is. For a scan there
        is `verify_scan`.

        Returns:
            How many numbers were compared.

        Raises:
            CompiledDifferenceError: naming the first node that differs, with its formula and both
                numbers, and of a batch the sample.

        Example:
            >>> from autograd.compiler import compile
            >>> compile(lambda x, y: x * y + 1.0).verify(2.0, 3.0)
            1
        """
        call = self.bind(args, options)
        given, named = copies([args, options])
        with keeping_gradients([args, options]):
            found = [*numbers_in_results(self(*given, **named))]
        found += numbers_left(self.bind(given, named).args)
        interpreted, left = interpret(call.f, call.args)
        wanted = [*numbers_in_results(interpreted), *numbers_left(left)]
        return compare_numbers(found, wanted, lambda: self._first_difference(args, options))

    def _first_difference(self, args: Sequence[Any], options: dict[str, Any]) -> str | None:
        """The first node of a call that differs."""
        call = self.bind(args, options)
        return first_difference(call.f, call.args, call.names, self.backend)
