"""`compile`: a function that is recorded once for each structure of arguments, then replayed."""

import copy
import functools
import os
from collections.abc import Callable, Sequence
from itertools import repeat
from pickle import PicklingError
from types import FunctionType, MethodType
from typing import Any, NoReturn, overload

from ..data.files import write_file
from ..engine.arguments import NOT_GIVEN, positive_int
from ..engine.errors import CompiledFileError, TracedValueError
from ..engine.messages import short_repr
from ..engine.watching import being_recorded, forgetting, unwatched
from ..optim.stateful import Stateful
from ..transforms.function_names import is_importable, name_of
from ..transforms.strict import strict_is_on
from ..transforms.vmap import Batch
from .backends import choose as backends
from .binding import (
    BoundCall,
    CallForm,
    argument_names,
    bind,
    by_position,
    signature_of,
    static_names,
)
from .call_structure import Places, structure
from .effects import copies, numbers_left, undone_on_error
from .explained import report
from .finite import check_call, check_scan
from .ir.simplify import STEP_IN_BATCH
from .profile_run import fastest, profile_batch, profile_call
from .profiled import Profile
from .recorded import Recorded
from .recorded_batch import SAMPLES, RecordedBatch, SampleBlock, samples_structure
from .recordings import Recordings
from .saving.saved_function import from_bytes, to_bytes
from .scan import RecordedScan, scan_structure
from .verified import compare_numbers, first_difference, interpret, numbers_of

Function = Callable[..., Any]


@overload
def compile(
    f: Function, static: str | Sequence[str] = (), *, backend: str | None = None
) -> "Compiled": ...
@overload
def compile(
    *, static: str | Sequence[str] = (), backend: str | None = None
) -> Callable[[Function], "Compiled"]: ...
def compile(
    f: Any = NOT_GIVEN, static: str | Sequence[str] = (), *, backend: str | None = None
) -> Any:
    """A function with the arguments and results of `f`, and its bits, at the speed of vectors.

    Args:
        f: a function of numbers, in lists, tuples, dicts, numpy arrays and Modules. It may take
            gradients, as in ``compile(value_and_grad(loss))``. Without it, a decorator for one,
            as in ``@compile(static="n")``.
        static: the names of arguments that are no numbers, or that the function chooses by in
            Python: each value of theirs is recorded anew.
        backend: ``"llvm"``, ``"numpy"`` or ``"python"``; without it the first that works here.

    Returns:
        A function that records `f` when it is first called with a structure of arguments, and
        runs the recording afterwards. It takes and gives numbers. `f` sees a numpy array as the
        list of its elements or rows, with the array's indexes and ``shape`` and without its
        arithmetic; where an argument is an array, lists of numbers in the results are arrays.
        What `f` reads besides its arguments, such as a global or a list that it closes over, is a
        part of the recording: if it changes, `f` is recorded anew at the next call. That takes as
        long as the first call, so pass what changes often as an argument. Of what is not read
        from memory that Python code shows, such as a file, the environment, the clock, a context
        variable or what code of installed packages keeps, the recording keeps the first state.

        A first call that takes over a second tells how far it is: on a terminal, or else to the
        logger ``autograd.compiler``, if that takes messages of the level INFO.

        If `f` is a training step that gets a Module, its optimizer and perhaps a schedule as
        arguments, their numbers change in each call as they do interpreted. It clears the
        gradients before ``backward()``, for none from before the call is seen, and none is left.

    Raises:
        TypeError: when called with what is no number.
        TracedValueError: when `f` does something that would hold for one call only, such as
            drawing a random number.
        IndexError: when a lookup is out of range.

    Example:
        >>> from autograd import value_and_grad
        >>> step = compile(value_and_grad(lambda x: x * x))
        >>> step(3.0), step(5.0)
        ((9.0, 6.0), (25.0, 10.0))

        >>> from autograd import nn, optim
        >>> @compile
        ... def train(model, optimizer, x):
        ...     optimizer.zero_grad()
        ...     loss = model(x) ** 2
        ...     loss.backward()
        ...     optimizer.step()
        ...     return loss
        >>> model = nn.Neuron(1, None, rng=0)
        >>> optimizer = optim.SGD(model, lr=0.25)
        >>> [round(train(model, optimizer, [1.0]), 3) for _ in range(3)]
        [1.424, 0.0, 0.0]
    """
    if f is NOT_GIVEN:
        return functools.partial(compile, static=static, backend=backend)
    if isinstance(f, Batch):
        return CompiledBatch(f, static, backend)
    return Compiled(f, static, backend)


def _context() -> tuple[str, ...]:
    """What a recording depends on besides: inside `no_grad` a backward pass finds nothing."""
    return ("no_grad",) if forgetting() else ()


class Compiled:
    """A compiled function: see `compile`.

    Attributes:
        f: the function as it was given.
        backend: what runs it.
    """

    def __init__(self, f: Function, static: str | Sequence[str], backend: str | None) -> None:
        if not callable(f):
            raise TypeError(f"compile takes a function, got {type(f).__name__}")
        self.f, self.backend, self._wanted = f, backends.chosen(backend), backend
        self.static = static_names(static)
        functools.update_wrapper(self, f, updated=())
        self._signature = signature_of(f)
        self._names = argument_names(self._signature)
        # The structure of a call with floats alone: to find it out anew takes twice the time.
        self._plain = (None,) if self.static else (float,) * len(self._names)
        if self.static:
            self._check_static()
        self._recordings = Recordings(f)
        self._file: bytes | None = None  # that it was loaded from, without the function

    def _check_static(self) -> None:
        known = list(self._signature.parameters) if self._signature else []
        for name in self.static:
            if name not in known:
                raise ValueError(
                    f"static names arguments of the function, which are {', '.join(known)}: "
                    f"got {name!r}"
                )

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The results of the function for these arguments."""
        try:
            return self._run(args, options)
        except IndexError as error:  # of a lookup, or of a number that a loss refuses
            raise self._clearer(error, args, options) from None

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
        if not options and not forgetting() and tuple(map(type, args)) == self._plain:
            recorded = self._recordings.newest.get(self._plain)
            if recorded is not None and (recorded.watch is None or recorded.watch.same()):
                recorded.last_used = next(self._recordings.clock)
                return recorded(args)
        call = self.bind(args, options)
        pieces: list[Any] = []
        places: Places = {}
        kinds = map(structure, call.args, call.names, repeat(pieces), repeat(places))
        key = (*kinds, *call.static, *_context())
        recorded = self._recordings.find(
            key,
            (call.args, call.fixed),
            lambda: Recorded(call.f, call.args, call.names, pieces, self.backend),
        )
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
        what = repr(self.f) if isinstance(self.f, Batch) else name_of(self.f)
        return f"Compiled({what}{static}, {self.backend}, {recordings})"

    def __copy__(self) -> "Compiled":
        if self._file is not None:
            return loaded(self._file, None, self._wanted)
        return compile(self.f, self.static, backend=self._wanted)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Compiled":
        if self._file is not None:
            return loaded(self._file, None, self._wanted)
        return compile(copy.deepcopy(self.f, memo), self.static, backend=self._wanted)

    def __reduce__(self) -> Any:
        """As a function is: by its name, if it has one in its module; else with the function.

        A function without such a name, as a lambda is, goes as `save` writes it, if it can.

        Raises:
            PicklingError: for such a function of which nothing is recorded, or not to be saved.
        """
        if is_importable(self):
            return self.__qualname__  # type: ignore[attr-defined]
        inner = self.f.f if isinstance(self.f, Batch) else self.f
        if isinstance(inner, FunctionType) and not is_importable(inner):
            if self._recordings.current():
                try:
                    return loaded, (self._bytes(), None, self._wanted)
                except CompiledFileError as error:
                    raise PicklingError(str(error)) from None
            raise PicklingError(
                f"the compiled function {name_of(self.f)} has no name in a module to be found by: "
                "pickle its arguments, and compile it where they are loaded; or define it with def "
                "in a module and decorate it with @compile"
            )
        return functools.partial(compile, backend=self._wanted), (self.f, self.static)

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
        data: Any,
        *,
        every: int | None = None,
        progress: Callable[[int, int, Any], None] | None = None,
    ) -> tuple[Any, Any]:
        """Run ``state, output = f(state, datum)`` over all data, as a training loop does.

        Args:
            state: what the first step gets. A model, its optimizer and a schedule in it change in
                place if the function changes them, also when the scan ends early.
            data: an entry for each step, as a mapped argument of `vmap` has for each sample.
            every: after how many steps to report; without it, at the end.
            progress: called with the number of steps done, the number of all, and the last output.

        Returns:
            The last state, and the outputs of all steps, as `vmap` gives those of all samples.
            It cannot be differentiated through.

        Raises:
            ScanInterrupted: on Ctrl-C, with the state and the outputs so far.

        Example:
            >>> total = compile(lambda total, x: (total + x, total * x))
            >>> total.scan(0.0, [1.0, 2.0, 3.0])
            (6.0, [0.0, 2.0, 9.0])
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
        if being_recorded.get():
            raise TypeError(
                "a scan cannot be recorded or differentiated inside another function: compile the "
                "function of one step, with its gradient, and scan that"
            )
        if strict_is_on():
            (before,) = copies([state])
            with undone_on_error([state]):
                with unwatched():
                    results = self.scan(state, data, every=every, progress=progress)
                check_scan(self.f, before, data, results)
            return results
        pieces: list[Any] = []
        blocks: list[SampleBlock] = []
        places: Places = {}
        key = (*scan_structure(state, data, pieces, blocks, places), *_context())
        recorded = self._recordings.find(
            key,
            ([state, data], ()),
            lambda: RecordedScan(self.f, state, data, pieces, blocks, self.backend),
        )
        return recorded((state, data), pieces, blocks, places, every, progress)  # type: ignore[no-any-return]

    def explain(self) -> str:
        """A report on the function, stage by stage, for each structure it was recorded for.

        Example:
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

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the function as it is recorded to a file, which `load_compiled` reads.

        The file has a program for each structure of arguments that the function was called with.
        It keeps what the function read besides its arguments, such as a global, as it was then.

        Args:
            path: the file; what is there already is replaced.

        Raises:
            CompiledFileError: if nothing is recorded yet; or if it cannot be saved, as a function
                with an op that is plain Python, or with a static argument that is an object.
            OSError: if the file cannot be written.

        Example:
            >>> import os, tempfile
            >>> f = compile(lambda x, y: x * y + 1.0)
            >>> f(2.0, 3.0)
            7.0
            >>> path = os.path.join(tempfile.mkdtemp(), "f.compiled")
            >>> f.save(path)
            >>> from autograd.compiler import load_compiled
            >>> load_compiled(path)(4.0, 5.0)
            21.0
        """
        write_file(path, self._bytes(), "a compiled function")

    def _bytes(self) -> bytes:
        if self._file is not None:
            return self._file
        return to_bytes(self.f, self._signature, self.static, self._recordings)

    def verify(self, *args: Any, **options: Any) -> int:
        """Run the function compiled and interpreted, and compare every bit of the results.

        What it would change in its arguments is compared too, and stays as it is.

        Returns:
            How many numbers were compared.

        Raises:
            CompiledDifferenceError: naming the first node that differs, with its formula and both
                numbers.

        Example:
            >>> compile(lambda x, y: x * y + 1.0).verify(2.0, 3.0)
            1
        """
        call = self.bind(args, options)
        args, options = copies([args, options])
        found = [*numbers_of(self(*args, **options))]
        found += numbers_left(self.bind(args, options).args)
        interpreted, left = interpret(call.f, call.args)
        wanted = [*numbers_of(interpreted), *numbers_left(left)]

        def why() -> str | None:
            return first_difference(call.f, call.args, call.names, self.backend)

        return compare_numbers(found, wanted, why)


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


def loaded(content: bytes, f: Function | None, backend: str | None) -> Compiled:
    """The compiled function of a file that `Compiled.save` has written.

    Args:
        content: the file.
        f: the function itself, if it is there.
        backend: as of `compile`.

    Raises:
        CompiledFileError: for anything but such a file, or one of another function.
    """
    saved = from_bytes(content, f, backends.chosen(backend))
    compiled: Compiled = compile(saved.f, saved.static, backend=backend)
    compiled._recordings.add(saved.recordings)
    compiled._file = content if f is None else None
    return compiled
