"""`Compiled`: a function that is recorded once for each structure of arguments, then replayed."""

import functools
from collections.abc import Callable, Sequence
from itertools import repeat
from types import MethodType
from typing import Any

from ..engine.arguments import positive_int
from ..engine.errors import CompiledFileError
from ..engine.messages import short_repr
from ..engine.node import Node
from ..engine.value import constant
from ..engine.watching import being_recorded, forgetting, unwatched, watchers
from ..transforms.function_names import name_of
from ..transforms.scan import scan
from ..transforms.strict import strict_is_on
from ..transforms.vmap import Batch
from .binding import BoundCall, argument_names, bind
from .call_structure import Places, ValueInCallError, as_lists, structure
from .effects import copies, numbers_left, undone_on_error
from .explained import report
from .finite import check_call, check_scan
from .last_call import MOST_READERS, OTHER, call_reader
from .packing import packer
from .portable import Function, Portable
from .profile_run import fastest, profile_call
from .profiled import Profile
from .recorded import Recorded
from .sample_blocks import SampleBlock
from .scan import RecordedScan, count_of_steps, scan_structure
from .verified import compare_numbers, first_difference, interpret, numbers_of
from .verified_scan import first_difference_in_scan, numbers_of_scan, state_numbers


def _context() -> tuple[str, ...]:
    """What a recording depends on besides: inside `no_grad` a backward pass finds nothing."""
    return ("no_grad",) if forgetting() else ()


def _as_value(x: Any) -> Any:
    """A number as a Value that gets no gradient; a Value stays as it is."""
    return x if isinstance(x, Node) else constant(x)


class Compiled(Portable):
    """A compiled function: see `compile`."""

    def __init__(
        self, f: Function, static: str | Sequence[str], backend: str | None, threads: int = 1
    ) -> None:
        super().__init__(f, static, backend, threads)
        functools.update_wrapper(self, f, updated=())
        self._names = argument_names(self._signature)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The results of the function for these arguments."""
        try:
            recorded = self._recordings.last
            # With no block in force, such as `strict`, and nothing that `f` reads changed:
            if recorded is not None and not watchers and not options:
                watch = recorded.watch
                if recorded.reader is not None and (watch is None or watch.same()):
                    results = recorded.replay(args)
                    if results is not OTHER:
                        return results
            return self._run(args, options)
        except ValueInCallError:  # a derivative is taken, or may be
            return self._on_values(args, options)
        except IndexError as error:  # of a lookup, or of a number that a loss refuses
            raise self._clearer(error, args, options) from None

    def _on_values(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """The results as the interpreted function gives them: Values, with their graph.

        Like a recording it may use methods of Values where it gets numbers.
        """
        given = self.bind(args, options)
        try:
            return given.f(*map(as_lists, given.args))
        except AttributeError:
            return given.f(*[as_lists(x, _as_value) for x in given.args])

    def _clearer(self, error: Exception, args: Sequence[Any], options: dict[str, Any]) -> Exception:
        """The error of the interpreted function, which knows what the number is for."""
        if being_recorded.get():
            return error
        try:
            call = self.bind(args, options)
            with unwatched():
                interpret(call.f, call.args)
        except CompiledFileError:  # there is no function to ask
            return error
        except Exception as clearer:
            return clearer
        return error

    def _run(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """The results, by the recording for these arguments."""
        if being_recorded.get():  # while another function is recorded, it is a part of that
            return self.f(*args, **options)
        if strict_is_on():
            return self._strictly(args, options)
        call = self.bind(args, options)
        pieces: list[Any] = []
        places: Places = {}
        kinds = [*map(structure, call.args, call.names, repeat(pieces), repeat(places))]
        key = (*kinds, *call.static, *_context())
        recorded = self._recordings.find(
            key,
            (call.args, call.fixed),
            lambda: Recorded(call.f, call.args, call.names, pieces, self.backend),
        )
        if not (options or self.static or watchers or recorded.readers == MOST_READERS):
            recorded.readers += 1
            recorded.read_by(call_reader(call.args, call.names, kinds), packer(args))
        return recorded(pieces, places)

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
        count = len(self._recordings.values())
        recordings = f"{count} recording{'s' * (count != 1)}"
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
        seconds = fastest(lambda: self(*args, **options))
        return self._profile(args, options, seconds)

    def _profile(self, args: Any, options: dict[str, Any], seconds: float) -> Profile:
        return profile_call(self.bind(args, options), self.backend, seconds)

    def scan(
        self,
        state: Any,
        data: Any = None,
        *,
        length: int | None = None,
        every: int | None = None,
        progress: Callable[[int, int, Any], None] | None = None,
    ) -> tuple[Any, Any]:
        """Run ``state, output = f(state, datum)`` over all data, as a training loop does.

        Args:
            state: what the first step gets. A model, its optimizer and a schedule in it change in
                place if the function changes them, also when the scan ends early.
            data: an entry for each step, as `scan` takes them: with ``(xs, ys)`` a datum is
                ``(x, y)``. Without data a datum is None.
            length: how many steps there are, if there are no data to say so.
            every: after how many steps to report; without it, at the end.
            progress: called with the number of steps done, the number of all, and the last output.

        Returns:
            The last state, and the outputs of all steps, as `vmap` gives those of all samples;
            an output of None, or a part of it, stays None. Of Values they are those of
            `autograd.scan`, which can be differentiated through.

        Raises:
            ScanInterrupted: on Ctrl-C, with the state and the outputs so far.
            TypeError: if neither data nor length is given, or the function gives another state.
            ValueError: if the two disagree, or for no steps.

        Example:
            >>> from autograd.compiler import compile
            >>> total = compile(lambda total, x: (total + x, total * x))
            >>> total.scan(0.0, [1.0, 2.0, 3.0])
            (6.0, [0.0, 2.0, 9.0])
            >>> compile(lambda x, _: (x * 2.0, None)).scan(1.0, length=10)
            (1024.0, None)
        """
        if every is not None:
            every = positive_int("every", every)
        if progress is not None and not callable(progress):
            raise TypeError(
                f"progress is a function of (done, all, output), got {short_repr(progress)}"
            )
        if self.static:
            raise TypeError(
                f"scan gives a function its state and a datum, and no {', '.join(self.static)}: "
                "compile a function of these two, as in "
                "compile(lambda state, datum: f(state, datum, setting))"
            )
        if being_recorded.get():  # while another function is recorded, it is a part of that
            if every is not None or progress is not None:
                raise TypeError(
                    "a scan inside a compiled function cannot report: leave every= and progress= "
                    "out, or call the scan outside"
                )
            return scan(self.f, state, data, length=length)
        pieces: list[Any] = []
        blocks: list[SampleBlock] = []
        places: Places = {}
        try:
            key = (*scan_structure(state, data, pieces, blocks, places), *_context())
        except ValueInCallError:  # a derivative is taken, or may be
            if every is not None or progress is not None:
                raise
            return scan(self.f, state, data, length=length)
        count = count_of_steps(data, blocks, length)
        if strict_is_on():
            (before,) = copies([state])
            with undone_on_error([state]):
                with unwatched():
                    results = self.scan(state, data, length=length, every=every, progress=progress)
                check_scan(self.f, before, data, count, results)
            return results
        recorded = self._recordings.find(
            key,
            ([state, data], ()),
            lambda: RecordedScan(self.f, state, data, pieces, blocks, self.backend),
        )
        return recorded((state, data), pieces, blocks, places, count, every, progress)  # type: ignore[no-any-return]

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
        if not self._recordings.values():
            return "nothing is recorded yet: call the function first"
        recorded = list(self._recordings.values())
        return "\n\n".join(report(x, self.backend) for x in recorded if x is not None)

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
        found = [*numbers_of(self(*given, **named))]
        found += numbers_left(self.bind(given, named).args)
        interpreted, left = interpret(call.f, call.args)
        wanted = [*numbers_of(interpreted), *numbers_left(left)]
        return compare_numbers(found, wanted, lambda: self._first_difference(args, options))

    def _first_difference(self, args: Sequence[Any], options: dict[str, Any]) -> str | None:
        """The first node of a call that differs."""
        call = self.bind(args, options)
        return first_difference(call.f, call.args, call.names, self.backend)

    def verify_scan(self, state: Any, data: Any = None, *, length: int | None = None) -> int:
        """Run a scan compiled and step by step interpreted, and compare every bit.

        Models and optimizers in the state are compared too, and stay as they are.

        Args:
            state: as of `scan`.
            data: as of `scan`.
            length: as of `scan`.

        Returns:
            How many numbers were compared: those in all outputs and in the last state.

        Raises:
            CompiledDifferenceError: naming the first step with a node that differs, that node with
                its formula, and both numbers.

        Example:
            >>> from autograd.compiler import compile
            >>> compile(lambda total, x: (total + x, total * x)).verify_scan(0.0, [1.0, 2.0])
            3
        """
        (given,) = copies([state])
        last, outputs = self.scan(given, data, length=length)
        found = [*numbers_of(outputs), *state_numbers(last, state)]
        blocks: list[SampleBlock] = []
        scan_structure(state, data, [], blocks, {})
        count = count_of_steps(data, blocks, length)
        wanted = numbers_of_scan(self.f, state, data, count)

        def why() -> str | None:
            return first_difference_in_scan(self.f, state, data, count, self.backend)

        return compare_numbers(found, wanted, why)
