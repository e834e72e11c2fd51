"""A scan as one node of the graph: what its steps computed, and how derivatives go through it.

The node has an operand for each number of the first state and of each datum, and one for each node
from outside that the steps use, such as parameters. Its results are nodes of a `ResultOp`, as those
of a batch (`samples.py`).

The gradient goes through the steps from the last to the first. What flows back from a step to the
state before it goes on through the step before; what flows to a node from outside is added up in
this order, beginning with -0.0. Where the gradient is to be differentiated again, it is a scan as
well (`scan_flows.py`).
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..engine.along import flow_along
from ..engine.node import Node
from ..engine.rows import Row
from .batches import Results
from .carried_flows import Upstreams, joined
from .flows import NOTHING, seeds_of
from .replay import replay_outputs
from .samples import InnerOp, Place, Sample, known_outside, run_sample, shared_in_order
from .scan_flows import ConnectedScan
from .tracing import flow_forward

# A function of the number of a step and the numbers of its state and datum; it gives those of the
# new state, then those of the output.
StepFunction = Callable[[int, Sequence[Any]], Sequence[Any]]
# A function, the first state, the data, and the nodes from outside that are known beforehand.
Runner = Callable[[StepFunction, Sequence[Any], Sequence[Sequence[Any]], Iterable[Any]], Any]


class Steps:
    """The steps of a scan, and how derivatives go through them.

    Attributes:
        samples: what each of them made; or one that stands for all, in a recording.
        count: how many they are.
        state: how many numbers of a step, and of its results, are the state.
        datum: how many numbers a datum has at most.
        shared: the nodes from outside that they use, see `shared_in_order`.
        run: runs a function for other numbers, and gives its results.
        plain: for each step of a recording the outputs that are plain numbers interpreted.
    """

    plain: Sequence[frozenset[int]] = ()

    def __init__(
        self,
        samples: Sequence[Sample],
        count: int,
        state: int,
        run: Runner,
        known: Iterable[Any] = (),
    ) -> None:
        self.samples, self.count, self.state, self.run = samples, count, state, run
        self.is_rolled = run is not run_steps
        widths = [len(step.inputs) - state for step in samples]
        self.datum = max(widths)
        self._starts = [0, *itertools.accumulate(widths)]
        self.shared = shared_in_order(samples, known)

    def __getitem__(self, i: int) -> Sample:
        return self.samples[0 if self.is_rolled else i]

    def is_plain(self, j: int, i: int) -> bool:
        """Whether an output is a plain number where it is interpreted."""
        return j in self.plain[i]

    def backwards(self) -> range:
        """The number of each step, the last one first."""
        return range(self.count - 1, -1, -1)

    def of_datum(self, i: int, d: int) -> int:
        """The place among the operands of a number of the datum of step `i`."""
        return self.state + (i * self.datum if self.is_rolled else self._starts[i]) + d

    def operand(self, k: int) -> int:
        """The place of a shared node among the operands."""
        return self.of_datum(self.count, k)

    def width(self, i: int) -> int:
        """How many numbers the datum of step `i` has."""
        return len(self[i].inputs) - self.state

    def rows(self, operands: Sequence[Any]) -> list[list[Any]]:
        """The numbers of each datum."""
        starts = [self.of_datum(i, 0) for i in range(self.count)]
        return [list(operands[x : x + self.width(i)]) for i, x in enumerate(starts)]

    def full_rows(self, operands: Sequence[Any]) -> list[list[Any]]:
        """The numbers of each datum, with zeros after those of one that has fewer than others."""
        return [[*row, *[0.0] * (self.datum - len(row))] for row in self.rows(operands)]

    def through(self, given: Sequence[Any], out: Any) -> Any:
        """What takes rows back and ahead, for its node or, if `out` is a number, in numbers."""
        return ConnectedScan(self, given, out) if isinstance(out, Node) else self

    def back(self, row: Row) -> Mapping[Any, Any]:
        """The gradients by the operands, in numbers."""
        upstreams = Upstreams(self, row)
        columns, carried = upstreams.columns(), upstreams.last()
        gradients: dict[int, Any] = {}
        for i in self.backwards():
            inputs = self[i].inputs
            others = {j: column[i] for j, column in columns.items() if column[i] is not None}
            found = seeds_of(self[i].outputs, joined(carried, others))
            flow_along(found, self[i].tape)
            before = inputs[: self.state]
            carried = [found.get(x) if isinstance(x, Node) else None for x in before]
            for d, x in enumerate(inputs[self.state :]):
                if isinstance(x, Node) and x in found:
                    gradients[self.of_datum(i, d)] = found[x]
            for k, x in enumerate(self.shared):
                if x in found:
                    place = self.operand(k)
                    gradients[place] = gradients.get(place, NOTHING) + found[x]
        return {**gradients, **{j: x for j, x in enumerate(carried) if x is not None}}

    def ahead(self, row: Row) -> Mapping[Any, Any]:
        """The tangents of the results, in numbers."""
        tangents: dict[Place, Any] = {}
        shared = {x: row.entries.get(self.operand(k)) for k, x in enumerate(self.shared)}
        state = [row.entries.get(j) for j in range(self.state)]
        for i in range(self.count):
            inputs, outputs = self[i].inputs, self[i].outputs
            datum = [row.entries.get(self.of_datum(i, d)) for d in range(self.width(i))]
            given = (*zip(inputs, [*state, *datum], strict=True), *shared.items())
            known = {x: t for x, t in given if t is not None and isinstance(x, Node)}
            flow_forward(known, self[i].tape, connected=False)
            found = [known.get(x) if isinstance(x, Node) else None for x in outputs]
            tangents.update(((j, i), t) for j, t in enumerate(found) if t is not None)
            state = found[: self.state]
        return tangents

    def again(self, operands: Sequence[Any], known: Mapping[Any, Any]) -> Any:
        """The results for other operands, and for what is known of the nodes from outside."""
        outside = known_outside(self.samples, self.shared, known)

        def f(i: int, xs: Sequence[Any]) -> Sequence[Any]:
            return replay_outputs(self[i], xs, outside)

        shared = [known.get(x, x) for x in self.shared]
        return self.run(f, operands[: self.state], self.rows(operands), shared)


class ScanOp(InnerOp):
    """A function of a state and a datum, run step after step."""

    batch: Steps
    whole = "all steps of a scan are one node of it: write a loop in its place to see each of them"

    def __init__(self, steps: Steps) -> None:
        super().__init__("scan", steps)


class StepResults(Results):
    """The results of a scan, whose rows are the first state, and then the datum of each step."""

    op = ScanOp


def run_steps(
    f: StepFunction,
    start: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    known: Iterable[Any] = (),
) -> StepResults:
    """Run a function for every step, one after the other."""
    samples: list[Sample] = []
    state = list(start)
    for i, row in enumerate(rows):
        samples.append(run_sample(lambda xs, i=i: f(i, xs), [*state, *row]))  # type: ignore[misc]
        state = list(samples[-1].outputs[: len(start)])
    return step_results(samples, start, rows, known)


def step_results(
    samples: Sequence[Sample],
    start: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    known: Iterable[Any] = (),
) -> StepResults:
    """The results of steps that have run."""
    steps = Steps(samples, len(samples), len(start), run_steps, known)
    return StepResults(steps, [start, *rows])
