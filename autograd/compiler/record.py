"""Record: run a function once on traced Values, and keep the nodes in the order they are made."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from autograd.batch import recording_batch
from autograd.compiler.batches import record_batch
from autograd.compiler.traced import Traced
from autograd.errors import TracedValueError
from autograd.node import Node
from autograd.recording import watching, with_history
from autograd.run import deeper
from autograd.strict import source_line


class Recording(NamedTuple):
    """What a function did to its inputs.

    Attributes:
        tape: the nodes, in the order they were made.
        output: what the function returned.
    """

    tape: list[Node]
    output: Any


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
            if isinstance(x, Traced):
                traced = True
            elif not x.is_constant and x not in self.made_here:
                _refuse(x)
        if traced:
            node.__class__ = Traced
        else:
            self.made_here.add(node)
        self.tape.append(node)

    def aside(self, f: Callable[[], Any]) -> tuple[list[Node], Any]:
        """The nodes and the result of `f`, whose batches are plain loops."""
        before, self.tape = self.tape, []
        token = recording_batch.set(None)
        try:
            return self.tape, f()
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


def _refuse(captured: Any) -> None:
    raise TracedValueError(
        f"{captured.describe()} comes from outside the compiled function, and its number may "
        f"change: pass it as an argument, or wrap it in constant(...) {source_line()}"
    )


def record(f: Callable[..., Any], args: Sequence[Any]) -> Recording:
    """Run `f` on arguments whose numbers are traced leaves already.

    Raises:
        TracedValueError: where `f` would do something that holds for these numbers only.
    """
    recorder = Recorder()
    with watching(recorder), deeper(), with_history(), recorder.batches():
        output = f(*args)
    return Recording(recorder.tape, output)
