"""Runs: the samples of a batch and the steps of a scan, as `vmap` and `scan` run them.

Each runs on fresh leaves, so that its nodes are its own.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..engine.watching import being_recorded
from .bodies import Body
from .entries import as_operand
from .samples import carries_gradient, run_sample


class Run:
    """A sample or step that has run.

    Attributes:
        numbers: the numbers and Values that it was given.
        body: what it leaves outside, while it is recorded.
        made: what it made, its outputs followed by further ones.
        size: how many outputs it has.
    """

    size: int

    def run(self, f: Callable[[Sequence[Any]], Sequence[Any]], given: Sequence[Any]) -> None:
        """Run `f`, which gives the outputs, on fresh Values for those that are given."""
        self.numbers = list(map(as_operand, given))
        self.body = Body() if being_recorded.get() else None
        self.made = run_sample(f, self.numbers, self.body)

    def flows(self) -> bool:
        """Whether a gradient can flow to its outputs."""
        return any(map(carries_gradient, self.made.outputs[: self.size]))


def as_given(given: Sequence[Any], inputs: Sequence[Any]) -> list[Any]:
    """The inputs of a run, with numbers as they were given: one may be an int."""
    return [x if type(new) is float else new for x, new in zip(given, inputs, strict=True)]


def leave_gradients(runs: Sequence[Run], results: Any = None) -> None:
    """Give the nodes outside the gradients that samples or steps leave there, in order.

    Args:
        runs: the samples or steps.
        results: those of the node that they are; None if they are none.
    """

    def leave(s: int, run: Run) -> None:
        def outputs(start: int, stop: int, last: bool) -> Sequence[Any]:
            places = range(run.size + start, run.size + stop)
            if results is None:
                return [run.made.outputs[j] for j in places]
            return results.new([(j, s) for j in places])  # type: ignore[no-any-return]

        if run.body is not None:
            run.body.leave(outputs)

    for s, run in enumerate(runs):
        leave(s, run)
