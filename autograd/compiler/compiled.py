"""`compile`: a function that is recorded once for each structure of arguments, then replayed."""

import copy
import functools
import inspect
import itertools
import threading
from collections.abc import Callable, Hashable, Sequence
from types import MethodType
from typing import Any, NamedTuple

from autograd.arguments import positive_int
from autograd.batch import Batch
from autograd.compiler import backends
from autograd.compiler.calls import structure
from autograd.compiler.explained import explained
from autograd.compiler.record import recording
from autograd.compiler.recorded import Recorded
from autograd.compiler.recorded_batch import Block, RecordedBatch, samples_structure
from autograd.compiler.scan import RecordedScan
from autograd.compiler.stages import stages
from autograd.compiler.verified import (
    as_lists,
    compare,
    first_difference,
    interpret,
    numbers_and_nodes,
)

MOST_RECORDINGS = 128  # of one function; the one that was not used for longest makes room
Function = Callable[..., Any]


def compile(
    f: Function, static: str | Sequence[str] = (), *, backend: str | None = None
) -> "Compiled":
    """A function with the arguments and results of `f`, and its bits, at the speed of vectors.

    Args:
        f: a function of numbers, in lists, tuples, dicts, numpy arrays and Modules. It may take
            gradients, as in ``compile(value_and_grad(loss))``.
        static: the names of arguments that are no numbers, or that the function chooses by in
            Python: each value of theirs is recorded anew.
        backend: ``"llvm"``, ``"numpy"`` or ``"python"``; without it the first that is installed.

    Returns:
        A function that records `f` when it is first called with a structure of arguments, and
        runs the recording afterwards. It takes and gives numbers; where an argument is a numpy
        array, lists of numbers in the results are arrays.

    Raises:
        TypeError: when called with what is no number.
        TracedValueError: when `f` does something that would hold for one call only.
        IndexError: when a lookup is out of range.

    Example:
        >>> from autograd import value_and_grad
        >>> step = compile(value_and_grad(lambda x: x * x))
        >>> step(3.0), step(5.0)
        ((9.0, 6.0), (25.0, 10.0))
    """
    if isinstance(f, Batch):
        return CompiledBatch(f, static, backend)
    return Compiled(f, static, backend)


class Compiled:
    """A compiled function: see `compile`.

    Attributes:
        f: the function as it was given.
        backend: what runs it.
    """

    def __init__(self, f: Function, static: str | Sequence[str], backend: str | None) -> None:
        if not callable(f):
            raise TypeError(f"compile takes a function, got {type(f).__name__}")
        self.f, self.backend = f, backends.chosen(backend)
        self.static = (static,) if isinstance(static, str) else tuple(static)
        functools.update_wrapper(self, f, updated=())
        self._signature = _signature(f)
        self._names = _names(self._signature)
        # The structure of a call with floats alone: to find it out anew takes twice the time.
        self._plain = (None,) if self.static else (float,) * len(self._names)
        if self.static:
            self._check_static()
        self._recordings: dict[Hashable, Any] = {}
        self._calls = itertools.count()
        self._lock = threading.RLock()

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
        if recording.get():  # while another function is recorded, it is a part of that
            return self.f(*args, **options)
        if not options and tuple(map(type, args)) == self._plain:
            recorded = self._recordings.get(self._plain)
            if recorded is not None:
                recorded.last_used = next(self._calls)
                return recorded(args)
        call = self._call(args, options)
        pieces: list[Any] = []
        key = (*map(structure, call.args, call.names, itertools.repeat(pieces)), *call.static)
        recorded = self._recordings.get(key)
        if recorded is None:
            recorded = self._record(
                key, lambda: Recorded(call.f, call.args, call.names, pieces, self.backend)
            )
        recorded.last_used = next(self._calls)
        return recorded(pieces)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a method, for ``@compile`` in a class."""
        return self if instance is None else MethodType(self, instance)

    def _call(self, args: Sequence[Any], options: dict[str, Any]) -> "_Call":
        if options or self.static or len(args) != len(self._names):
            return self._bound(args, options)
        return _Call(self.f, args, self._names, ())

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
            state: what the first step gets.
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
        if recording.get():
            raise TypeError(
                "a scan cannot be recorded or differentiated inside another function: compile the "
                "function of one step, with its gradient, and scan that"
            )
        pieces: list[Any] = []
        blocks: list[Block] = []
        key = (
            "scan",
            structure(state, "state", pieces),
            samples_structure(data, "data", blocks),
        )
        recorded = self._recordings.get(key)
        if recorded is None:
            recorded = self._record(
                key, lambda: RecordedScan(self.f, state, data, pieces, blocks, self.backend)
            )
        recorded.last_used = next(self._calls)
        return recorded(pieces, blocks, every, progress)  # type: ignore[no-any-return]

    def explain(self) -> str:
        """What became of the function, stage by stage, for each structure it was recorded for.

        Example:
            >>> f = compile(lambda x, y: x * y + 1.0, backend="python")
            >>> f(2.0, 3.0)
            7.0
            >>> print(f.explain())
            recorded      2 nodes
            ...
        """
        if not self._recordings:
            return "nothing is recorded yet: call the function first"
        recorded = list(self._recordings.values())
        return "\n\n".join(explained(x, self.backend) for x in recorded if x is not None)

    def verify(self, *args: Any, **options: Any) -> int:
        """Run the function compiled and interpreted, and compare every bit of the results.

        Returns:
            How many numbers were compared.

        Raises:
            CompiledDifferenceError: naming the first node that differs, with its formula and both
                numbers.

        Example:
            >>> compile(lambda x, y: x * y + 1.0).verify(2.0, 3.0)
            1
        """
        compiled = self(*args, **options)
        interpreted = interpret(self.f, as_lists(args), as_lists(options))

        def why() -> str | None:
            call = self._call(args, options)
            pieces: list[Any] = []
            for x, name in zip(call.args, call.names, strict=True):
                structure(x, name, pieces)
            made = stages(call.f, call.args, call.names, pieces, numbers_and_nodes)
            executable = backends.executable(self.backend, made.program)
            return first_difference(made, executable, pieces)

        return compare(compiled, interpreted, why)

    def _bound(self, args: Sequence[Any], options: dict[str, Any]) -> "_Call":
        """The call, with its arguments told apart by name."""
        if self._signature is None:
            if options or self.static:
                raise TypeError("the arguments of this function have no names: pass them in order")
            return _Call(self.f, args, [f"argument {i}" for i in range(len(args))], ())
        bound = self._signature.bind(*args, **options)
        static = tuple((x, bound.arguments[x]) for x in self.static if x in bound.arguments)
        names = [name for name in bound.arguments if name not in self.static]

        def call(*stand_ins: Any) -> Any:
            filled = copy.copy(bound)
            filled.arguments = {**bound.arguments, **dict(zip(names, stand_ins, strict=True))}
            return self.f(*filled.args, **filled.kwargs)

        given = () if names == self._names else (tuple(names),)
        kinds = (*given, *((name, type(x), x) for name, x in static))
        try:
            hash(kinds)
        except TypeError:
            told = ", ".join(f"{name} = {x!r}" for name, x in static)
            raise TypeError(f"a static argument must be hashable, got {told}") from None
        return _Call(call, [bound.arguments[name] for name in names], names, kinds)

    def _record(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` records, unless another thread has done so meanwhile."""
        with self._lock:
            found = self._recordings.get(key)
            if found is None:
                found = make()
                if len(self._recordings) >= MOST_RECORDINGS:
                    oldest = min(self._recordings, key=lambda one: self._recordings[one].last_used)
                    del self._recordings[oldest]
                self._recordings[key] = found
            return found


class CompiledBatch(Compiled):
    """A compiled batch: one sample is recorded, and a call takes any number of them."""

    f: Batch

    def __init__(self, f: Batch, static: str | Sequence[str], backend: str | None) -> None:
        super().__init__(f, static, backend)
        self._signature = _signature(f.f)
        self._mapped: dict[int, tuple[list[bool], list[str]]] = {}  # by the number of arguments

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The results of the batch for these arguments."""
        if recording.get():
            return self.f(*args, **options)
        if options or self.static:
            raise TypeError(
                "a compiled vmap takes its arguments in order: write a function of them"
            )
        if len(args) not in self._mapped:
            names = [f"argument {i}" for i in range(len(args))]
            self._mapped[len(args)] = (self.f.mapped(len(args)), names)
        mapped, names = self._mapped[len(args)]
        pieces: list[Any] = []
        blocks: list[Block] = []
        key = tuple(
            samples_structure(x, name, blocks) if there else structure(x, name, pieces)
            for x, name, there in zip(args, names, mapped, strict=True)
        )
        recorded = self._recordings.get(key)
        if recorded is None:
            recorded = self._record(
                key,
                lambda: RecordedBatch(
                    self.f, self.f.f, args, names, mapped, pieces, blocks, self.backend
                ),
            )
        recorded.last_used = next(self._calls)
        return recorded(pieces, blocks)


class _Call(NamedTuple):
    """What is called: a function of the arguments that are recorded, these, and the others."""

    f: Function
    args: Sequence[Any]
    names: Sequence[str]
    static: tuple[Hashable, ...]


def _signature(f: Function) -> inspect.Signature | None:
    try:
        return inspect.signature(f)
    except (TypeError, ValueError):  # some functions written in C
        return None


def _names(signature: inspect.Signature | None) -> list[str]:
    """The names of the arguments of a function that takes them by position alone, else none."""
    parameters = list(signature.parameters.values()) if signature else []
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [x.name for x in parameters] if all(x.kind in plain for x in parameters) else []
