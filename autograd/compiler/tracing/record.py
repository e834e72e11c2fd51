"""Record: run a function once on traced Values, and keep the nodes in the order they are made."""

import functools
import inspect
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, NamedTuple

from ...engine.errors import TracedValueError
from ...engine.nesting import DEEPEST, refuse_depth
from ...engine.node import UNREACHED, Node
from ...engine.watching import (
    Watcher,
    being_recorded,
    forgetting,
    no_grad,
    unwatched,
    watching,
)
from ...transforms.bodies import Body, Outermost
from ...transforms.gradient_sums import compute_sums
from ...transforms.plain_numbers import PlainNumbers, plain_numbers
from ...transforms.samples import asides
from ...transforms.scan import recording_scan
from ...transforms.strict import is_library, source_line
from ...transforms.tracing import deeper, inside_a_sample
from ...transforms.trees import flatten_numbers
from ...transforms.vmap import recording_batch
from ..first_call import now
from .batches import record_batch
from .outlived import outlive_all
from .scans import record_scan
from .tape import Tape
from .traced import TracedValue
from .variables import variable_of

_HERE, _ENGINE = os.path.dirname(__file__), os.path.dirname(inspect.getfile(Node))


class Recording(NamedTuple):
    """The record of one run of a function: its nodes and its output.

    Attributes:
        tape: the traced nodes, in the order they were made.
        output: what the function returned.
        refuse_captured: raises for a Value that comes from outside.
        is_of_values: whether it reads gradients of numbers in the arguments, which thus are Values,
            and was recorded as if they were none.
    """

    tape: list[Node]
    output: Any
    refuse_captured: Callable[[Any], None]
    is_of_values: bool


class Recorder:
    """Decides about every node as it is made.

    Args:
        f: the function that is recorded.
    """

    def __init__(self, f: Callable[..., Any]) -> None:
        self.tape = Tape(self)
        self.made_here: dict[Node, None] = {}  # plain Values, which hold for every call
        self.f, self.code = f, code_of(f)
        self.outermost: Any = None  # frame of the user's code

    def __call__(self, node: Any) -> None:
        """Put the node on the tape; a node made of traced ones is traced too."""
        if node.op is None:
            self.made_here[node] = None
            return
        traced, parents = isinstance(node, TracedValue), node.parents
        if set(map(type, parents)) == {TracedValue}:
            traced, parents = True, ()
        for x in parents:
            if isinstance(x, TracedValue):
                traced = True
            else:
                self.refuse_captured(x)
        if not traced:
            self.made_here[node] = None
            return
        node.__class__ = TracedValue
        code, instruction, _ = self.place(_caller())
        self.tape.append(node, (code, instruction))

    def place(self, frame: Any) -> tuple[Any, int, Any]:
        """The place of the user's code: in this frame, or else in the outermost one of theirs.

        Returns:
            Its code object and instruction; and that outermost frame, None if it is this one.
        """
        outermost = None
        if frame is None or is_library(frame):
            frame = outermost = self.outermost = self.outermost or _outermost(frame)
        return (frame.f_code, frame.f_lasti, outermost) if frame else (self.code, 0, None)

    def close(self, leaves: Iterable[Node], start: int = 0) -> list[Node]:
        """Let what was recorded be used no more, and give the nodes from this one on."""
        outlive_all(list(leaves), (self.code, 0))
        return self.tape.take(start)

    def end(self) -> None:
        """Let go of frames, which hold what their functions did, all nodes among it."""
        self.outermost = None
        self.tape.end()

    def refuse_captured(self, x: Any) -> None:
        """Raise for a Value from outside, whose number may be another at the next call."""
        ours = isinstance(x, TracedValue) or not isinstance(x, Node) or x.is_constant
        if not ours and x not in self.made_here:
            name = variable_of(x, self.f, record.__code__)
            told = x.describe()
            if name and not x.label:
                told = f"the Value {name}" if x.op is None else f"the {x.op.name!r} node {name}"
            instead = f"pass it as an argument, or wrap it in constant({name or 'x'}.data)"
            if x.is_parameter:
                instead = (
                    "pass the Module that it is a parameter of as an argument, as in "
                    "compile(lambda model, x: model(x))(model, x)"
                )
            raise TracedValueError(
                f"{told} comes from outside the compiled function, and its number may change: "
                f"{instead} {source_line()}"
            )

    def aside(
        self,
        f: Callable[..., Any],
        leaves: Sequence[TracedValue],
        run: Callable[[], Any],
        *,
        loops: ContextVar[Any] = recording_batch,
    ) -> tuple[list[Node], Any, Body]:
        """The nodes and the result of `run`, which calls `f`, and what it leaves outside.

        Args:
            f: the function.
            leaves: the traced leaves that it is given.
            run: calls it.
            loops: says how those are recorded which are plain loops inside.
        """
        compute_sums()
        start, outside = len(self.tape), (self.f, self.code)
        values = len(self.made_here)
        body = Body()
        made = (
            lambda seen: leaves[seen:],
            lambda seen: self.tape.since(start + seen),
            lambda seen: list(itertools.islice(self.made_here, values + seen, None)),
        )
        self.f, self.code = f, code_of(f)
        token, inside = loops.set(None), inside_a_sample.set(True)
        deeper_aside = asides.set(asides.get() + 1)
        try:
            with body.inside(*made):
                result = run()
                outputs = flatten_numbers(result, "vmap: the result of a sample")[0]
                for x in (*outputs, *body.outputs()):
                    if type(x) is not TracedValue:  # at half of the time
                        self.refuse_captured(x)
        finally:
            loops.reset(token)
            inside_a_sample.reset(inside)
            asides.reset(deeper_aside)
            taken = self.close(leaves, start)
            self.f, self.code = outside
        return taken, result, body

    @contextmanager
    def batches(self) -> Iterator[None]:
        """Inside the block a batch is recorded as one op, and so is a scan."""
        token = recording_batch.set(functools.partial(record_batch, self.aside))
        step_aside = functools.partial(self.aside, loops=recording_scan)
        scan_token = recording_scan.set(functools.partial(record_scan, step_aside))
        try:
            yield
        finally:
            recording_batch.reset(token)
            recording_scan.reset(scan_token)


def record(
    f: Callable[..., Any],
    args: Sequence[Any],
    leaves: Sequence[TracedValue] = (),
    watcher: Watcher | None = None,
    finish: Callable[[], None] = lambda: None,
    *,
    of_values: bool = False,
) -> Recording:
    """Run `f` on arguments whose numbers are traced leaves already.

    Args:
        f: the function.
        args: its arguments.
        leaves: the traced leaves in them, which are of no use to anyone afterwards.
        watcher: sees every node too.
        finish: is called at the end of it, and may make more nodes.
        of_values: whether the numbers in the arguments are Values interpreted.

    Raises:
        TracedValueError: where `f` would do something that holds for these numbers only.
        ValueError: if the result is too deep, or holds itself.
    """
    recorder = Recorder(f)
    also = watching(watcher, outlived=False) if watcher else nullcontext()
    forgets = no_grad() if forgetting() else nullcontext()
    token = being_recorded.set(True)
    numbers = frozenset(x for x in leaves if x._grad is UNREACHED)  # no parameters
    plain = plain_numbers.set(PlainNumbers(() if of_values else numbers))
    now("recording", recorder.tape)
    try:
        watched = watching(recorder.tape, outlived=False)
        outermost = Outermost(recorder.refuse_captured, numbers)
        with unwatched(), watched, also, forgets, deeper(), recorder.batches(), outermost.inside():
            output = f(*args)
            refuse_depth(output, "the result", 2 * DEEPEST)  # as a Hessian has
            finish()
    finally:
        being_recorded.reset(token)
        plain_numbers.reset(plain)
        taken = recorder.close(leaves)
        recorder.end()
    now("simplifying", range(len(taken)))  # not the nodes, which may be let go
    is_of_values = outermost.reads_numbers and outermost.has_cuts and not of_values
    return Recording(taken, output, recorder.refuse_captured, is_of_values)


def code_of(f: Callable[..., Any]) -> Any:
    """The code of a function, None of what has none."""
    return getattr(inspect.unwrap(f), "__code__", None)


def _caller() -> Any:
    """The frame that made the node which is looked at: the first that is not the engine's."""
    frame: Any = sys._getframe(2)
    while frame is not None and _is_of_the_engine(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


@functools.lru_cache
def _is_of_the_engine(path: str) -> bool:
    return os.path.dirname(path) in (_ENGINE, _HERE)


def _outermost(frame: Any) -> Any:
    """The outermost frame of the user's code in what is recorded, None if there is none."""
    found = None
    while frame is not None and frame.f_code is not record.__code__:
        found = found if is_library(frame) else frame
        frame = frame.f_back
    return found
