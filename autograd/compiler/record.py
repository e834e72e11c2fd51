"""Record: run a function once on traced Values, and keep the nodes in the order they are made."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from autograd.batch import recording_batch
from autograd.compiler.batches import record_batch
from autograd.compiler.traced import Traced
from autograd.errors import TracedValueError
from autograd.nesting import DEEPEST, refuse_depth
from autograd.node import Node
from autograd.recording import unwatched, watching
from autograd.run import deeper
from autograd.strict import source_line
from autograd.structure import flatten

recording: ContextVar[bool] = ContextVar("recording", default=False)  # whether we are inside


class Recording(NamedTuple):
    """What a function did to its inputs.

    Attributes:
        tape: the traced nodes, in the order they were made.
        output: what the function returned.
        refuse_captured: raises for a Value that comes from outside.
    """

    tape: list[Node]
    output: Any
    refuse_captured: Callable[[Any], None]


class Recorder:
    """Sees every node as it is made."""

    def __init__(self) -> None:
        self.tape: list[Node] = []
        self.made_here: set[Node] = set()  # plain Values, which hold for every call

    def __call__(self, node: Any) -> None:
        """Put the node on the tape; a node made of traced ones is traced too."""
        left, right = node.left, node.right
        usual = type(node) is type(left) is Traced and (right is None or type(right) is Traced)
        if usual:  # nine in ten, at a fifth of the time
            self.tape.append(node)
            return
        if node.op is None:
            self.made_here.add(node)
            return
        traced = isinstance(node, Traced)
        for x in node.parents:
            traced = traced or isinstance(x, Traced)
            self.refuse_captured(x)
        if not traced:
            self.made_here.add(node)
            return
        node.__class__ = Traced
        self.tape.append(node)

    def refuse_captured(self, x: Any) -> None:
        """Raise for a Value from outside, whose number may be another at the next call."""
        ours = isinstance(x, Traced) or not isinstance(x, Node) or x.is_constant
        if not ours and x not in self.made_here:
            raise TracedValueError(
                f"{x.describe()} comes from outside the compiled function, and its number may "
                f"change: pass it as an argument, or wrap it in constant(x.data) {source_line()}"
            )

    def aside(self, f: Callable[[], Any]) -> tuple[list[Node], Any]:
        """The nodes and the result of `f`, whose batches are plain loops."""
        before, self.tape = self.tape, []
        token = recording_batch.set(None)
        try:
            result = f()
            for x in flatten(result, "vmap: the result of a sample")[0]:
                self.refuse_captured(x)
            return self.tape, result
        finally:
            recording_batch.reset(token)
            self.tape = before

    @contextmanager
    def batches(self) -> Iterator[None]:
        """Inside the block a batch is recorded as one op."""
        token = recording_batch.set(functools.partial(record_batch, self.aside))
        try:
            yield
        finally:
            recording_batch.reset(token)


def record(f: Callable[..., Any], args: Sequence[Any]) -> Recording:
    """Run `f` on arguments whose numbers are traced leaves already.

    Raises:
        TracedValueError: where `f` would do something that holds for these numbers only.
        ValueError: if the result is too deep, or holds itself.
    """
    recorder = Recorder()
    token = recording.set(True)
    try:
        with unwatched(), watching(recorder), deeper(), recorder.batches():
            output = f(*args)
            refuse_depth(output, "the result", 2 * DEEPEST)  # as a Hessian has
            return Recording(recorder.tape, output, recorder.refuse_captured)
    finally:
        recording.reset(token)
