"""Derivatives of a scan that can be differentiated again: scans, too.

The gradient goes over the data and the states before each step, the last step first, each of which
is computed once more. `carried_flows.py` has what these scans have in common.
"""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from ..engine.along import flow_connected
from ..engine.calculus import greater, where
from ..engine.choices import as_term
from ..engine.node import Node
from ..engine.rows import Row
from .carried_flows import ScanOfFlows, Upstreams, in_parts, joined
from .flow_kinds import Coming, Kind, anew, flowing, kind_of, masked, settled
from .flows import NOTHING, Columns, Outputs, seeds_of
from .replay import replay
from .samples import Place, carries_gradient, result_of_sample
from .tracing import flow_forward


class ConnectedScan:
    """Derivatives of a scan that can be differentiated again: scans, too.

    Args:
        steps: the steps.
        operands: the operands of its node.
        node: the node.
    """

    def __init__(self, steps: Any, operands: Sequence[Any], node: Node) -> None:
        self.steps, self.operands, self.node = steps, operands, node

    def before(self, i: int) -> list[Any]:
        """The state before step `i`."""
        if i == 0:
            return list(self.operands[: self.steps.state])
        places = [(j, i - 1) for j in range(self.steps.state)]
        if self.steps.is_rolled:
            return self.node.op.results(self.node, places)  # type: ignore[union-attr,no-any-return]
        numbers = self.steps[i - 1].outputs[: self.steps.state]
        return list(map(result_of_sample, repeat(self.node), places, numbers))

    def back(self, row: Row) -> Mapping[Any, Any]:
        """The gradients by the operands."""
        return _Pulled(self, row).gradients()

    def ahead(self, row: Row) -> Any:
        """The tangents of the results."""
        return _Pushed(self, row)


class _Pulled(ScanOfFlows):
    """The scan that goes through the steps from the last to the first.

    Its state is what flows back to the state, and for each of its numbers whether anything does;
    the sums of what flows to each shared node; and for each of them how many terms there are, of
    those that a choice may leave out.

    Args:
        of: the scan.
        row: what flows back to its results.
    """

    def __init__(self, of: ConnectedScan, row: Row) -> None:
        super().__init__(of.steps)
        steps, upstreams, self.operands = of.steps, Upstreams(of.steps, row), of.operands
        self.order = list(steps.backwards())
        self.totals = range(2 * steps.state, 2 * steps.state + len(steps.shared))
        self.counts = range(self.totals.stop, self.totals.stop + len(steps.shared))
        data = steps.full_rows(of.operands)
        columns = Columns([[*of.before(i), *data[i]] for i in self.order], steps.shared)
        self.readers = {
            j: columns.add([column[i] for i in self.order])
            for j, column in upstreams.columns().items()
        }
        self.wanted = [
            d for d, xs in enumerate(zip(*data, strict=True)) if any(map(carries_gradient, xs))
        ]
        nothing = [*[NOTHING] * len(self.totals), *[0.0] * len(self.counts)]
        self.run(upstreams.last(), columns, behind=nothing)

    def _step(self, number: int, xs: Sequence[Any], kinds: Coming | None = None) -> Sequence[Any]:
        steps, sample = self.steps, self.steps[self.order[number]]
        size, state, row = steps.state, list(xs[: self.counts.stop]), xs[self.counts.stop :]
        of_state, of_columns = kinds or (self.state, None)
        carried = list(map(flowing, of_state, xs[size : 2 * size], xs[:size]))
        known, tape, ends = replay(sample, row[: len(sample.inputs)])
        upstreams = {j: read(row, of_columns) for j, read in self.readers.items()}
        others = {j: x for j, x in upstreams.items() if x is not None}
        found = seeds_of(ends, joined(carried, others))
        flow_connected(found, tape)
        inputs = [found.get(known[x]) if isinstance(x, Node) else None for x in sample.inputs]
        flows, there = in_parts(inputs[:size])
        state[: 2 * size], self.after = [*flows, *there], there
        for k, x in enumerate(steps.shared):
            if x in found:
                self._add(state, k, found[x])
        made = self.outputs[number] = Outputs()
        for d in self.wanted:
            made.put(d, inputs[size + d] if size + d < len(inputs) else None)
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
        totals = [self.totals[k] for k in self.reached]
        counts = [self.counts[k] for k, certain in self.reached.items() if not certain]
        self.results.block((j, last) for j in (*range(2 * steps.state), *totals, *counts))
        kinds = self.foreseen.before[-1] if steps.is_rolled else self.state
        found = {
            j: flowing(kinds[j], self.results.at(steps.state + j, last), self.results.at(j, last))
            for j in range(steps.state)
        }
        found.update(self._of_data())
        for k, certain in self.reached.items():
            found[steps.operand(k)] = self._of_all(k, certain)
        return found

    def _of_all(self, k: int, certain: bool) -> Any:
        """What flows to a shared node in all steps, None for nothing."""
        last, kind = self.steps.count - 1, Kind.ALWAYS if certain else Kind.PERHAPS
        if self.steps.is_rolled and not certain:
            kind = self.foreseen.of_all((k,))
        if kind is Kind.NEVER:
            return None
        total = self.results.at(self.totals[k], last)
        if kind is Kind.ALWAYS:
            return total
        return masked(greater(self.results.at(self.counts[k], last), 0.0), total)

    def _of_data(self) -> Mapping[int, Any]:
        """The gradients by the numbers of the data."""
        places: dict[int, Place] = {}
        masks: dict[int, Place] = {}
        for number, i in enumerate(self.order):
            made = self.outputs[0 if self.steps.is_rolled else number]
            kinds = self.foreseen.found[number] if self.steps.is_rolled else made.kinds()
            first = self.steps.of_datum(i, 0)
            for d in filter(made.places.__contains__, self.wanted):
                operand, (place, mask), kind = first + d, made.place(d), kinds.get(d, Kind.NEVER)
                if kind is not Kind.NEVER and carries_gradient(self.operands[operand]):
                    places[operand] = self.counts.stop + place, number
                    if mask is not None and kind is not Kind.ALWAYS:
                        masks[operand] = self.counts.stop + mask, number
        found = dict(zip(places, self.results.block(places.values()), strict=True))
        for operand, there in zip(masks, self.results.block(masks.values()), strict=True):
            found[operand] = masked(there, found[operand])
        return found


class _Pushed(ScanOfFlows):
    """The scan that takes tangents along: what flows to each result, None for nothing.

    Its state is the state, what flows to it, and for each of its numbers whether anything does.

    Args:
        of: the scan.
        row: what flows to its operands.
    """

    def __init__(self, of: ConnectedScan, row: Row) -> None:
        super().__init__(of.steps)
        steps, entries = of.steps, {place: settled(x) for place, x in row.entries.items()}
        self.shared = {x: entries.get(steps.operand(k)) for k, x in enumerate(steps.shared)}
        columns = Columns(steps.full_rows(of.operands), steps.shared)
        self.readers = {}
        for d in range(steps.datum):
            column = [
                entries.get(steps.of_datum(i, d)) if d < steps.width(i) else None
                for i in range(steps.count)
            ]
            if any(x is not None for x in column):
                self.readers[d] = columns.add(column)
        for tangent in self.shared.values():
            columns.share(tangent)
        for kinds in columns.kinds:
            kinds += map(kind_of, self.shared.values())
        flows = [entries.get(j) for j in range(steps.state)]
        self.run(flows, columns, before=of.operands[: steps.state])

    def _step(self, i: int, xs: Sequence[Any], kinds: Coming | None = None) -> Sequence[Any]:
        steps, sample = self.steps, self.steps[i]
        size = steps.state
        state, flows, there = (xs[k * size : (k + 1) * size] for k in range(3))
        row = xs[3 * size :]
        of_state, of_columns = kinds or (self.state, None)
        known, tape, ends = replay(sample, [*state, *row[: steps.width(i)]])
        tangents = {x: anew(t) for x, t in self.shared.items() if t is not None}
        for j, x in enumerate(sample.inputs[:size]):
            flow = flowing(of_state[j], there[j], flows[j])
            if isinstance(x, Node) and flow is not None:
                tangents[known[x]] = flow
        for d, read in self.readers.items():
            flow = read(row, of_columns)
            if flow is not None and isinstance(sample.inputs[size + d], Node):
                tangents[known[sample.inputs[size + d]]] = flow
        flow_forward(tangents, tape, connected=True)
        found = [tangents.get(x) if isinstance(x, Node) else None for x in ends]
        made = self.outputs[i] = Outputs()
        for j, flow in enumerate(found[size:], size):
            made.put(j, flow)
        flows, there = in_parts(found[:size])
        self.after = there
        return [*ends[:size], *flows, *there, *made.outputs]

    def get(self, place: Place) -> Any:
        """What flows to a result, None for nothing."""
        j, i = place
        size = self.steps.state
        if j < size:
            kind = self.foreseen.before[i + 1][j] if self.steps.is_rolled else Kind.PERHAPS
            return flowing(kind, self.results.at(2 * size + j, i), self.results.at(size + j, i))
        made = self.outputs[0 if self.steps.is_rolled else i]
        found = self.foreseen.found[i] if self.steps.is_rolled else made.kinds()
        return _result(self.results, made, j, found.get(j, Kind.NEVER), i, 3 * size)


def _result(results: Any, made: Outputs, target: int, kind: Kind, step: int, first: int) -> Any:
    """What flows to a target in a step, None for nothing; its outputs begin with the `first`."""
    place, mask = made.place(target)
    if place is None or kind is Kind.NEVER:
        return None
    x = results.at(first + place, step)
    if mask is None or kind is Kind.ALWAYS:
        return x
    return masked(results.at(first + mask, step), x)
