"""A scan as one node of the graph: what its steps computed, and how derivatives go through it.

The node has an operand for each number of the first state and of each datum, and one for each node
from outside that the steps use, such as parameters. Its results are nodes of a `ResultOp`, as those
of a batch (`batches.py`).

The gradient goes through the steps from the last to the first. What flows back from a step to the
state before it goes on through the step before; what flows to a node from outside is added up in
this order, beginning with -0.0. Where the gradient is to be differentiated again, it is a scan as
well: over the data and the states before each step, the last step first, each of which is computed
once more. As nothing is not 0, it has for each number of the state a mask, 1 where anything flows.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..engine.along import flow_along
from ..engine.calculus import greater, where
from ..engine.choices import as_term
from ..engine.graph import flow_back
from ..engine.node import Node
from ..engine.op import ONE
from ..engine.rows import Row
from ..engine.watching import with_history
from .batches import (
    NOTHING,
    Columns,
    InnerOp,
    Outputs,
    Place,
    ResultOp,
    Results,
    Sample,
    carries_gradient,
    masked,
    number_of,
    replay,
    replayed,
    run_sample,
    seeds_of,
    settled,
    shared_nodes,
)
from .tracing import flow_forward

# A function of the number of a step and the numbers of its state and datum; it gives those of the
# new state, then those of the output.
StepFunction = Callable[[int, Sequence[Any]], Sequence[Any]]
Runner = Callable[[StepFunction, Sequence[Any], Sequence[Sequence[Any]]], Any]


class Steps:
    """The steps of a scan, and how derivatives go through them.

    Attributes:
        samples: what each of them made; or one that stands for all, in a recording.
        count: how many they are.
        state: how many numbers of a step, and of its results, are the state.
        shared: the nodes from outside that they use, in the order of first use.
        run: runs a function for other numbers, and gives its results.
    """

    def __init__(self, samples: Sequence[Sample], count: int, state: int, run: Runner) -> None:
        self.samples, self.count, self.state, self.run = samples, count, state, run
        self.is_rolled = run is not run_steps
        self.datum = len(samples[0].inputs) - state
        self.shared = list(shared_nodes(samples))

    def __getitem__(self, i: int) -> Sample:
        return self.samples[0 if self.is_rolled else i]

    def backwards(self) -> range:
        """The number of each step, the last one first."""
        return range(self.count - 1, -1, -1)

    def of_datum(self, i: int, d: int) -> int:
        """The place among the operands of a number of the datum of step `i`."""
        return self.state + i * self.datum + d

    def operand(self, k: int) -> int:
        """The place of a shared node among the operands."""
        return self.of_datum(self.count, k)

    def rows(self, operands: Sequence[Any]) -> list[list[Any]]:
        """The numbers of each datum."""
        starts = [self.of_datum(i, 0) for i in range(self.count)]
        return [list(operands[start : start + self.datum]) for start in starts]

    def locals(self, operands: Any, given: Sequence[Any], out: Any) -> Sequence[Row]:
        """The local derivatives of the node: see `engine/rows.py`."""
        through: Any = _Connected(self, given, out) if isinstance(out, Node) else self
        return [Row({k: ONE}, through.back, through.ahead) for k in range(len(given))]

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
            datum = [row.entries.get(self.of_datum(i, d)) for d in range(self.datum)]
            given = (*zip(inputs, [*state, *datum], strict=True), *shared.items())
            known = {x: t for x, t in given if t is not None and isinstance(x, Node)}
            flow_forward(known, self[i].tape, connected=False)
            found = [known.get(x) if isinstance(x, Node) else None for x in outputs]
            tangents.update(((j, i), t) for j, t in enumerate(found) if t is not None)
            state = found[: self.state]
        return tangents

    def again(self, operands: Sequence[Any], known: Mapping[Any, Any]) -> Any:
        """The results for other operands, and for what is known of the nodes from outside."""
        outside = {x: known[x] for x in self.shared if x in known}

        def f(i: int, xs: Sequence[Any]) -> Sequence[Any]:
            return replayed(self[i], xs, outside)

        return self.run(f, operands[: self.state], self.rows(operands))


class ScanOp(InnerOp):
    """A function of a state and a datum, run step after step."""

    batch: Steps
    whole = "all steps of a scan are one node of it: write a loop in its place to see each of them"

    def __init__(self, steps: Steps) -> None:
        super().__init__("scan", steps)


class StepResults(Results):
    """The results of a scan, whose rows are the first state, and then the datum of each step."""

    op = ScanOp


def run_steps(f: StepFunction, start: Sequence[Any], rows: Sequence[Sequence[Any]]) -> StepResults:
    """Run a function for every step, one after the other."""
    samples: list[Sample] = []
    state = list(start)
    for i, row in enumerate(rows):
        samples.append(run_sample(lambda xs, i=i: f(i, xs), [*state, *row]))  # type: ignore[misc]
        state = list(samples[-1].outputs[: len(start)])
    return step_results(samples, start, rows)


def step_results(
    samples: Sequence[Sample], start: Sequence[Any], rows: Sequence[Sequence[Any]]
) -> StepResults:
    """The results of steps that have run."""
    return StepResults(Steps(samples, len(samples), len(start), run_steps), [start, *rows])


# --- derivatives ----------------------------------------------------------------------------


class Upstreams:
    """What flows back to the results of a scan, None where nothing does."""

    def __init__(self, steps: Steps, row: Row) -> None:
        self.steps, self.final = steps, steps.count - 1
        self.entries: dict[Any, Any] = {at: settled(x) for at, x in row.entries.items()}

    def last(self) -> list[Any]:
        """What flows back to the last state."""
        return [self.entries.get((j, self.final)) for j in range(self.steps.state)]

    def columns(self) -> dict[int, list[Any]]:
        """What flows back to each other result in all steps, by its number."""
        state, runs = self.steps.state, range(self.steps.count)
        others = sorted({j for j, i in self.entries if j >= state or i != self.final})
        return {
            j: [None if j < state and i == self.final else self.entries.get((j, i)) for i in runs]
            for j in others
        }


def joined(carried: Sequence[Any], others: Mapping[int, Any]) -> dict[int, Any]:
    """What flows back to the results of a step: to its new state from the step after it too."""
    found = {j: x for j, x in enumerate(carried) if x is not None}
    for j, x in others.items():
        found[j] = found[j] + x if j in found else x
    return found


class _Connected:
    """Derivatives of a scan that can be differentiated again: scans, too.

    Args:
        steps: the steps.
        operands: the operands of its node.
        node: the node.
    """

    def __init__(self, steps: Steps, operands: Sequence[Any], node: Node) -> None:
        self.steps, self.operands, self.node = steps, operands, node

    def before(self, i: int) -> list[Any]:
        """The state before step `i`."""
        if i == 0:
            return list(self.operands[: self.steps.state])
        numbers = self.steps[i - 1].outputs[: self.steps.state]
        return [
            ResultOp((j, i - 1), number_of(x), "scan")(self.node)
            if self.steps.is_rolled or carries_gradient(x)
            else x
            for j, x in enumerate(numbers)
        ]

    def back(self, row: Row) -> Mapping[Any, Any]:
        """The gradients by the operands."""
        return _Pulled(self, row).gradients()

    def ahead(self, row: Row) -> Any:
        """The tangents of the results."""
        return _Pushed(self, row)


class Known:
    """What is known beforehand of what flows to each number of a state.

    Where all steps are recorded as one, that is made as if nothing flowed to a number before any
    step, or something before each, as it is before the first. If that does not hold after it, it
    is made once more, with a mask for that number. A mask that is always 0 would have terms for it,
    which the interpreted function does not have, and so another order of the others.

    Attributes:
        after: for each number after a step 1 if something flows to it, 0 if not, or a mask.
    """

    after: Sequence[Any]

    def __init__(self, steps: Steps, there: Sequence[Any]) -> None:
        self.steps = steps
        self._there = [x if steps.is_rolled and type(x) is float else None for x in there]

    def run(self, f: StepFunction, start: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Any:
        """The results of the steps, each of which says what is `after` it."""
        while True:
            results = self.steps.run(f, start, rows)
            pairs = zip(self._there, self.after, strict=True)
            new = [x if type(y) is float and x == y else None for x, y in pairs]
            if new == self._there:
                return results
            self._there = new

    def flow(self, j: int, there: Any, x: Any) -> Any:
        """What flows to number `j`, where the mask `there` says whether anything does."""
        known = self._there[j]
        return _where_there(there if known is None else known, x)


class _Pulled:
    """The scan that goes through the steps from the last to the first.

    Its state is what flows back to the state, and for each of its numbers whether anything does;
    the sums of what flows to each shared node; and for each of them how many terms there are, of
    those that a choice may leave out.

    Args:
        of: the scan.
        row: what flows back to its results.
    """

    def __init__(self, of: _Connected, row: Row) -> None:
        steps, upstreams = of.steps, Upstreams(of.steps, row)
        self.steps, self.operands = steps, of.operands
        self.order = list(steps.backwards())
        self.totals = range(2 * steps.state, 2 * steps.state + len(steps.shared))
        self.counts = range(self.totals.stop, self.totals.stop + len(steps.shared))
        data = steps.rows(of.operands)
        columns = Columns([[*of.before(i), *data[i]] for i in self.order])
        self.readers = {
            j: columns.add([column[i] for i in self.order])
            for j, column in upstreams.columns().items()
        }
        self.wanted = [
            d
            for d in range(steps.datum)
            if any(carries_gradient(of.operands[steps.of_datum(i, d)]) for i in self.order)
        ]
        self.outputs: dict[int, Outputs] = {}
        self.reached: dict[int, bool] = {}  # shared nodes, and whether it is certain
        nothing = [*[NOTHING] * len(self.totals), *[0.0] * len(self.counts)]
        flows, there = _in_parts(upstreams.last())
        start = [*flows, *there, *nothing]
        self.known = Known(steps, there)
        with with_history():
            self.results = self.known.run(self._step, start, columns.rows)

    def _step(self, number: int, xs: Sequence[Any]) -> Sequence[Any]:
        steps, sample = self.steps, self.steps[self.order[number]]
        size, state, row = steps.state, list(xs[: self.counts.stop]), xs[self.counts.stop :]
        if steps.is_rolled:  # the only step, perhaps once more
            self.reached.clear()
        carried = [self.known.flow(j, xs[size + j], xs[j]) for j in range(size)]
        known, tape = replay(sample, row[: len(sample.inputs)])
        ends = [known.get(x, x) if isinstance(x, Node) else x for x in sample.outputs]
        upstreams = {j: read(row) for j, read in self.readers.items() if j < len(ends)}
        others = {j: x for j, x in upstreams.items() if x is not None}
        found = seeds_of(ends, joined(carried, others))
        flow_back(found, reversed(tape), connected=True)
        inputs = [found.get(known[x]) if isinstance(x, Node) else None for x in sample.inputs]
        flows, there = _in_parts(inputs[:size])
        state[: 2 * size], self.known.after = [*flows, *there], there
        for k, x in enumerate(steps.shared):
            if x in found:
                self._add(state, k, found[x])
        made = self.outputs[number] = Outputs()
        for d in self.wanted:
            made.put(d, inputs[steps.state + d])
        return [*state, *made.outputs]

    def _add(self, state: list[Any], k: int, flow: Any) -> None:
        """Add what flows to a shared node."""
        mask, x = as_term(flow)
        self.reached[k] = self.reached.get(k, False) or mask is None
        if mask is not None:
            number = mask.number()
            x = where(number, x, NOTHING)
            state[self.counts[k]] = state[self.counts[k]] + number
        state[self.totals[k]] = state[self.totals[k]] + x

    def gradients(self) -> Mapping[Any, Any]:
        """The gradients by the operands."""
        steps, last = self.steps, self.steps.count - 1
        found = {
            j: self.known.flow(j, self.results.at(steps.state + j, last), self.results.at(j, last))
            for j in range(steps.state)
        }
        for number, i in enumerate(self.order):
            for d in self.wanted:
                place = steps.of_datum(i, d)
                if carries_gradient(self.operands[place]):
                    found[place] = self._of_datum(d, number)
        for k, certain in self.reached.items():
            total = self.results.at(self.totals[k], last)
            count = None if certain else self.results.at(self.counts[k], last)
            found[steps.operand(k)] = total if certain else masked(greater(count, 0.0), total)
        return found

    def _of_datum(self, d: int, number: int) -> Any:
        made = self.outputs[0 if self.steps.is_rolled else number]
        place, mask = made.places.get(d, (None, None))
        if place is None:
            return None
        x = self.results.at(self.counts.stop + place, number)
        return x if mask is None else masked(self.results.at(self.counts.stop + mask, number), x)


class _Pushed:
    """The scan that takes tangents along: what flows to each result, None for nothing.

    Its state is the state, what flows to it, and for each of its numbers whether anything does.

    Args:
        of: the scan.
        row: what flows to its operands.
    """

    def __init__(self, of: _Connected, row: Row) -> None:
        steps, entries = of.steps, {place: settled(x) for place, x in row.entries.items()}
        self.steps = steps
        self.shared = {x: entries.get(steps.operand(k)) for k, x in enumerate(steps.shared)}
        columns = Columns(steps.rows(of.operands))
        self.readers = {}
        for d in range(steps.datum):
            column = [entries.get(steps.of_datum(i, d)) for i in range(steps.count)]
            if any(x is not None for x in column):
                self.readers[d] = columns.add(column)
        self.outputs: dict[int, Outputs] = {}
        flows, there = _in_parts([entries.get(j) for j in range(steps.state)])
        start = [*of.operands[: steps.state], *flows, *there]
        self.known = Known(steps, there)
        with with_history():
            self.results = self.known.run(self._step, start, columns.rows)

    def _step(self, i: int, xs: Sequence[Any]) -> Sequence[Any]:
        steps, sample = self.steps, self.steps[i]
        size = steps.state
        state, flows, there, row = (
            xs[:size],
            xs[size : 2 * size],
            xs[2 * size : 3 * size],
            xs[3 * size :],
        )
        known, tape = replay(sample, [*state, *row[: steps.datum]])
        tangents = {x: t for x, t in self.shared.items() if t is not None}
        for j, x in enumerate(sample.inputs[:size]):
            flow = self.known.flow(j, there[j], flows[j])
            if isinstance(x, Node) and flow is not None:
                tangents[known[x]] = flow
        for d, read in self.readers.items():
            x = sample.inputs[size + d]
            flow = read(row)
            if isinstance(x, Node) and flow is not None:
                tangents[known[x]] = flow
        flow_forward(tangents, tape, connected=True)
        ends = [known.get(x, x) if isinstance(x, Node) else x for x in sample.outputs]
        found = [tangents.get(x) if isinstance(x, Node) else None for x in ends]
        made = self.outputs[i] = Outputs()
        for j, flow in enumerate(found[size:], size):
            made.put(j, flow)
        flows, there = _in_parts(found[:size])
        self.known.after = there
        return [*ends[:size], *flows, *there, *made.outputs]

    def get(self, place: Place) -> Any:
        """What flows to a result, None for nothing."""
        j, i = place
        size = self.steps.state
        if j < size:
            return self.known.flow(
                j, self.results.at(2 * size + j, i), self.results.at(size + j, i)
            )
        made = self.outputs[0 if self.steps.is_rolled else i]
        at, mask = made.places.get(j, (None, None))
        if at is None:
            return None
        x = self.results.at(3 * size + at, i)
        return x if mask is None else masked(self.results.at(3 * size + mask, i), x)


def _where_there(there: Any, x: Any) -> Any:
    """What flows where the mask is 1, None if it never is."""
    if isinstance(there, Node):
        return masked(there, x)
    return x if there else None


def _in_parts(flows: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What flows as numbers, and for each of them 1 where anything does, else 0."""
    terms = [(None, 0.0) if x is None else as_term(x) for x in flows]
    there = [
        0.0 if x is None else 1.0 if mask is None else mask.number()
        for x, (mask, _) in zip(flows, terms, strict=True)
    ]
    return [x for _, x in terms], there
