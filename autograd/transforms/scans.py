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
from functools import partial
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
    Kind,
    Outputs,
    Place,
    ResultOp,
    Results,
    Sample,
    carries_gradient,
    kind_of,
    masked,
    number_of,
    replay,
    replayed,
    run_sample,
    seeds_of,
    settled,
    shared_nodes,
    try_out,
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


class Foreseen:
    """What is known beforehand of what flows in each step, where all are recorded as one.

    In the recorded step a mask says whether something flows to a number of the state, or to a
    datum. A mask that is always 0 stands for terms that the interpreted function does not have.
    They change no sum, but the order in which derivatives add up others. So the kinds are followed
    from step to step; a step is tried out once for those that come in.

    Args:
        state: the kind of what flows to each number of the first state.
        columns: the kinds of what flows to each step besides.
        tried: tries a step out for kinds of both, and gives the kinds for the state after it, and
            for each target.

    Attributes:
        before: the kinds for the state before each step, and after the last one.
        found: for each step the kinds for its targets.
    """

    def __init__(
        self,
        state: Sequence[Kind],
        columns: Sequence[Sequence[Kind]],
        tried: Callable[["Coming"], tuple[Sequence[Kind], dict[Any, Kind]]],
    ) -> None:
        self.before, self.found = [tuple(state)], list[dict[Any, Kind]]()
        known: dict[Any, Any] = {}
        for others in map(tuple, columns):
            coming = self.before[-1], others
            if coming not in known:
                nothing = {*self.before[-1], *others} <= {Kind.NEVER}
                known[coming] = (self.before[-1], {}) if nothing else tried(coming)
            after, found = known[coming]
            self.before.append(tuple(after))
            self.found.append(found)

    def in_each(self) -> list[Kind]:
        """What holds for each number of the state before all steps, and after the last one."""
        return [
            kinds[0] if len(set(kinds)) == 1 else Kind.PERHAPS
            for kinds in zip(*self.before, strict=True)
        ]

    def of_all(self, target: Any) -> Kind:
        """The kind of the sum of what flows to a target in all steps."""
        kinds = {found.get(target, Kind.NEVER) for found in self.found}
        return max(kinds, key=(Kind.NEVER, Kind.PERHAPS, Kind.ALWAYS).index)


Coming = tuple[Sequence[Kind], Sequence[Kind]]  # to the state, and to each column


def _flowing(kind: Kind, there: Any, x: Any) -> Any:
    """What flows, of a kind, where the mask is 1; None if nothing does."""
    if kind is Kind.PERHAPS:
        return _where_there(there, x)
    return x if kind is Kind.ALWAYS else None


def _kind_there(there: Any) -> Kind:
    return Kind.PERHAPS if isinstance(there, Node) else Kind.ALWAYS if there else Kind.NEVER


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
        self.state = [Kind.PERHAPS] * steps.state

        def tried(kinds: Coming) -> tuple[Sequence[Kind], dict[Any, Kind]]:
            try_out(partial(self._step, kinds=kinds), lambda f: steps.run(f, start, columns.rows))
            sums = {(k,): Kind.ALWAYS if sure else Kind.PERHAPS for k, sure in self.reached.items()}
            self.reached = {}
            return list(map(_kind_there, self.after)), {**self.outputs[0].kinds(), **sums}

        with with_history():
            if steps.is_rolled:
                first = list(map(kind_of, upstreams.last()))
                self.foreseen = Foreseen(first, columns.kinds, tried)
                self.state = self.foreseen.in_each()
            self.results = steps.run(self._step, start, columns.rows)

    def _step(self, number: int, xs: Sequence[Any], kinds: Coming | None = None) -> Sequence[Any]:
        steps, sample = self.steps, self.steps[self.order[number]]
        size, state, row = steps.state, list(xs[: self.counts.stop]), xs[self.counts.stop :]
        of_state, of_columns = kinds or (self.state, None)
        carried = list(map(_flowing, of_state, xs[size : 2 * size], xs[:size]))
        known, tape = replay(sample, row[: len(sample.inputs)])
        ends = [known.get(x, x) if isinstance(x, Node) else x for x in sample.outputs]
        upstreams = {j: read(row, of_columns) for j, read in self.readers.items() if j < len(ends)}
        others = {j: x for j, x in upstreams.items() if x is not None}
        found = seeds_of(ends, joined(carried, others))
        flow_back(found, reversed(tape), connected=True)
        inputs = [found.get(known[x]) if isinstance(x, Node) else None for x in sample.inputs]
        flows, there = _in_parts(inputs[:size])
        state[: 2 * size], self.after = [*flows, *there], there
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
        kinds = self.foreseen.before[-1] if steps.is_rolled else self.state
        found = {
            j: _flowing(kinds[j], self.results.at(steps.state + j, last), self.results.at(j, last))
            for j in range(steps.state)
        }
        for number, i in enumerate(self.order):
            for d in self.wanted:
                place = steps.of_datum(i, d)
                if carries_gradient(self.operands[place]):
                    found[place] = self._of_datum(d, number)
        for k, certain in self.reached.items():
            found[steps.operand(k)] = self._of_all(k, certain)
        return found

    def _of_all(self, k: int, certain: bool) -> Any:
        """What flows to a shared node in all steps, None for nothing."""
        last, kind = self.steps.count - 1, Kind.ALWAYS if certain else Kind.PERHAPS
        if self.steps.is_rolled and not certain:
            kind = self.foreseen.of_all((k,))
        total = self.results.at(self.totals[k], last)
        if kind is not Kind.PERHAPS:
            return total if kind is Kind.ALWAYS else None
        return masked(greater(self.results.at(self.counts[k], last), 0.0), total)

    def _of_datum(self, d: int, number: int) -> Any:
        made = self.outputs[0 if self.steps.is_rolled else number]
        found = self.foreseen.found[number] if self.steps.is_rolled else made.kinds()
        return _result(self.results, made, d, found.get(d, Kind.NEVER), number, self.counts.stop)


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
        self.state = [Kind.PERHAPS] * steps.state

        def tried(kinds: Coming) -> tuple[Sequence[Kind], dict[Any, Kind]]:
            try_out(partial(self._step, kinds=kinds), lambda f: steps.run(f, start, columns.rows))
            return list(map(_kind_there, self.after)), self.outputs[0].kinds()

        with with_history():
            if steps.is_rolled:
                first = [kind_of(entries.get(j)) for j in range(steps.state)]
                shared = [kind_of(x) for x in self.shared.values()]
                others = [[*kinds, *shared] for kinds in columns.kinds]
                self.foreseen = Foreseen(first, others, tried)
                self.state = self.foreseen.in_each()
            self.results = steps.run(self._step, start, columns.rows)

    def _step(self, i: int, xs: Sequence[Any], kinds: Coming | None = None) -> Sequence[Any]:
        steps, sample = self.steps, self.steps[i]
        size = steps.state
        state, flows, there, row = (
            xs[:size],
            xs[size : 2 * size],
            xs[2 * size : 3 * size],
            xs[3 * size :],
        )
        of_state, of_columns = kinds or (self.state, None)
        known, tape = replay(sample, [*state, *row[: steps.datum]])
        tangents = {x: t for x, t in self.shared.items() if t is not None}
        for j, x in enumerate(sample.inputs[:size]):
            flow = _flowing(of_state[j], there[j], flows[j])
            if isinstance(x, Node) and flow is not None:
                tangents[known[x]] = flow
        for d, read in self.readers.items():
            x = sample.inputs[size + d]
            flow = read(row, of_columns)
            if isinstance(x, Node) and flow is not None:
                tangents[known[x]] = flow
        flow_forward(tangents, tape, connected=True)
        ends = [known.get(x, x) if isinstance(x, Node) else x for x in sample.outputs]
        found = [tangents.get(x) if isinstance(x, Node) else None for x in ends]
        made = self.outputs[i] = Outputs()
        for j, flow in enumerate(found[size:], size):
            made.put(j, flow)
        flows, there = _in_parts(found[:size])
        self.after = there
        return [*ends[:size], *flows, *there, *made.outputs]

    def get(self, place: Place) -> Any:
        """What flows to a result, None for nothing."""
        j, i = place
        size = self.steps.state
        if j < size:
            kind = self.foreseen.before[i + 1][j] if self.steps.is_rolled else Kind.PERHAPS
            return _flowing(kind, self.results.at(2 * size + j, i), self.results.at(size + j, i))
        made = self.outputs[0 if self.steps.is_rolled else i]
        found = self.foreseen.found[i] if self.steps.is_rolled else made.kinds()
        return _result(self.results, made, j, found.get(j, Kind.NEVER), i, 3 * size)


def _result(results: Any, made: Outputs, target: int, kind: Kind, step: int, first: int) -> Any:
    """What flows to a target in a step, None for nothing; its outputs begin with the `first`."""
    place, mask = made.places.get(target, (None, None))
    if place is None or kind is Kind.NEVER:
        return None
    x = results.at(first + place, step)
    if mask is None or kind is Kind.ALWAYS:
        return x
    return masked(results.at(first + mask, step), x)


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
