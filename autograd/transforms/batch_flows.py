"""Derivatives of a batch that can be differentiated again: batches, too.

They are of functions of a sample's numbers and what flows to it, which compute the sample once more
and then its gradient, or its tangent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ..engine.along import flow_connected
from ..engine.node import Node
from ..engine.rows import Row
from .flow_kinds import Kinds, anew, kind_of, settled
from .flows import Columns, Flows, seeds_of
from .replay import replay
from .samples import carries_gradient
from .tracing import flow_forward


class ConnectedBatch:
    """Derivatives of a batch that can be differentiated again: batches, too.

    Args:
        batch: its `Samples`.
        operands: the operands of its node.
    """

    def __init__(self, batch: Any, operands: Sequence[Any]) -> None:
        self.batch, self.operands = batch, operands

    def rows(self) -> list[list[Any]]:
        """The numbers of each sample, with zeros after them in samples that have fewer."""
        batch, given = self.batch, self.operands
        return [
            [*(given[i] for i in batch.places(s)), *[0.0] * (batch.width - len(batch.places(s)))]
            for s in batch.numbers()
        ]

    def back(self, row: Row) -> Mapping[Any, Any]:
        """The gradients by the operands."""
        batch, rows, flows = self.batch, self.rows(), Flows(self.batch)
        wanted = [any(map(carries_gradient, column)) for column in zip(*rows, strict=True)]
        columns = Columns(rows, batch.shared)
        readers = {j: columns.add(x) for j, x in self._upstreams(row.entries).items()}

        def pulled(s: int, xs: Sequence[Any], kinds: Kinds = None) -> Any:
            sample, outputs = batch[s], flows.of(s)
            known, tape, ends = replay(sample, xs[: len(sample.inputs)])
            seeds = {j: read(xs, kinds) for j, read in readers.items()}
            found = seeds_of(ends, {j: x for j, x in seeds.items() if x is not None})
            flow_connected(found, tape)
            inputs = [found.get(known[x]) if isinstance(x, Node) else None for x in sample.inputs]
            for i in filter(wanted.__getitem__, range(batch.width)):
                outputs.put(i, inputs[i] if i < len(inputs) else None)
            for k, x in enumerate(batch.shared, batch.width):
                outputs.put(k, found.get(x), added=True)
            return outputs.outputs, outputs.added

        flows.run(pulled, columns)
        gradients = {}
        for s in batch.numbers():
            for i, place in enumerate(batch.places(s)):
                gradients[place] = flows.at(i, s)
        first = batch.operand(0)
        for k in range(len(batch.shared)):
            gradients[first + k] = flows.total(batch.width + k)
        return gradients

    def _upstreams(self, entries: Mapping[Any, Any]) -> dict[int, list[Any]]:
        """For each output that has an upstream those of all samples, None where there is none."""
        found = {}
        for j in sorted({j for j, _ in entries}):
            if self.batch.is_reduced(j):
                found[j] = [entries[j, 0]] * len(self.batch.numbers())
            else:
                found[j] = [entries.get((j, s)) for s in self.batch.numbers()]
        return found

    def ahead(self, row: Row) -> Mapping[Any, Any]:
        """The tangents of the results."""
        batch, flows = self.batch, Flows(self.batch)
        columns = Columns(self.rows(), batch.shared)
        readers = {}
        for i in range(batch.width):
            column = [
                row.entries.get(batch.place(s) + i) if i < len(batch[s].inputs) else None
                for s in batch.numbers()
            ]
            if any(x is not None for x in column):
                readers[i] = columns.add(column)
        shared = {x: settled(row.entries.get(batch.operand(k))) for k, x in enumerate(batch.shared)}
        for tangent in shared.values():
            columns.share(tangent)
        for kinds in columns.kinds:
            kinds += map(kind_of, shared.values())

        def pushed(s: int, xs: Sequence[Any], kinds: Kinds = None) -> Any:
            sample, outputs = batch[s], flows.of(s)
            known, tape, ends = replay(sample, xs[: len(sample.inputs)])
            tangents = {x: anew(t) for x, t in shared.items() if t is not None}
            for i, read in readers.items():
                tangent = read(xs, kinds)
                if tangent is not None and isinstance(sample.inputs[i], Node):
                    tangents[known[sample.inputs[i]]] = tangent
            flow_forward(tangents, tape, connected=True)
            for j, x in enumerate(ends):
                tangent = tangents.get(x) if isinstance(x, Node) else None
                outputs.put(j, tangent, added=batch.is_reduced(j))
            return outputs.outputs, outputs.added

        flows.run(pushed, columns)
        return {
            (j, s): flows.total(j) if batch.is_reduced(j) else flows.at(j, s)
            for s in batch.numbers()
            for j in range(len(batch[s].outputs))
            if not (s and batch.is_reduced(j))
        }
