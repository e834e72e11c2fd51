"""A batch as one node of the graph: what its samples computed, and how derivatives go through it.

The node has an operand for each number of each sample, and one for each node from outside that the
samples use, such as parameters (`samples.py`). What flows back from its results is a row of
gradients (`engine/rows.py`).

The gradient of a sample goes through its nodes in reverse of the order they were made in. Where it
is to be differentiated again, it is a batch as well (`batch_flows.py`).
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..engine.along import flow_along
from ..engine.node import Node
from ..engine.rows import Row
from .batch_flows import ConnectedBatch
from .flows import NOTHING, seeds_of
from .lane_sum import lane_sum
from .replay import replay_outputs
from .samples import (
    InnerOp,
    Maker,
    Place,
    Sample,
    apply_to_each,
    cut_off,
    known_outside,
    result_of_sample,
    run_sample,
    shared_in_order,
)
from .tracing import flow_forward

# A function of the number of a sample and its numbers; it gives the outputs, and for each of them
# whether it is to be added up over samples, where the batch is recorded.
SampleFunction = Callable[[int, Sequence[Any]], tuple[Sequence[Any], Sequence[bool]]]


class Samples:
    """The samples of a batch, and how derivatives go through them.

    Attributes:
        samples: each of them; or one that stands for all, in a recording.
        count: how many they are; None if each call says.
        widths: of each of the `samples` how many numbers it has; the largest is `width`.
        reduced: for each output whether it is added up over the samples: only in a recording.
        shared: the nodes from outside that they use, see `shared_in_order`; none of them if
            `count` is None, for then no gradient is taken.
        run: runs a function for samples of other numbers, and gives its `Results`.
        plain: for each sample of a recording the outputs that are plain numbers interpreted.
    """

    plain: Sequence[frozenset[int]] = ()

    def __init__(
        self,
        samples: Sequence[Sample],
        count: int | None,
        reduced: Sequence[bool],
        run: "Runner",
        known: Iterable[Any] = (),
    ) -> None:
        self.samples, self.count, self.reduced, self.run = samples, count, reduced, run
        self.is_rolled = run is not run_samples
        self.widths = [len(sample.inputs) for sample in samples]
        self.width = max(self.widths)
        self._starts = [0, *itertools.accumulate(self.widths)]
        self.shared = [] if count is None else shared_in_order(samples, known)

    def __getitem__(self, s: int) -> Sample:
        return self.samples[0 if self.is_rolled else s]

    def is_plain(self, j: int, s: int) -> bool:
        """Whether an output is a plain number where it is interpreted."""
        if self.is_reduced(j):
            return all(j in outputs for outputs in self.plain)
        return j in self.plain[s]

    def is_reduced(self, j: int) -> bool:
        """Whether an output is added up over the samples here."""
        return self.is_rolled and self.reduced[j]

    def through(self, given: Sequence[Any], out: Any) -> Any:
        """What takes rows back and ahead, for its node or, if `out` is a number, in numbers."""
        return ConnectedBatch(self, given) if isinstance(out, Node) else self

    def back(self, row: Row) -> Mapping[Any, Any]:
        """The gradients by the operands, in numbers."""
        gradients: dict[int, Any] = {}
        sums: dict[int, dict[int, Any]] = {}
        for s, upstreams in _by_sample(row.entries).items():
            sample = self[s]
            found = seeds_of(sample.outputs, upstreams)
            flow_along(found, sample.tape)
            for i, x in enumerate(sample.inputs):
                if isinstance(x, Node) and x in found:
                    gradients[self.place(s) + i] = found[x]
            for k, x in enumerate(self.shared):
                if x in found:
                    sums.setdefault(k, {})[s] = found[x]
        for k, column in sums.items():
            gradients[self.operand(k)] = lane_sum([column.get(s, NOTHING) for s in self.numbers()])
        return gradients

    def ahead(self, row: Row) -> Mapping[Any, Any]:
        """The tangents of the results, in numbers."""
        tangents: dict[Place, Any] = {}
        shared = {x: row.entries.get(self.operand(k)) for k, x in enumerate(self.shared)}
        for s in self.numbers():
            sample = self[s]
            inputs = zip(sample.inputs, map(row.entries.get, self.places(s)), strict=True)
            known = {x: t for x, t in (*inputs, *shared.items()) if t is not None}
            flow_forward(known, sample.tape, connected=False)
            for j, x in enumerate(sample.outputs):
                if isinstance(x, Node) and x in known:
                    tangents[j, s] = known[x]
        return tangents

    def again(self, operands: Sequence[Any], known: Mapping[Any, Any]) -> "Results":
        """The results for other operands, and for what is known of the nodes from outside."""
        rows = [[operands[i] for i in self.places(s)] for s in self.numbers()]
        outside = known_outside(self.samples, self.shared, known)

        def f(s: int, xs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[bool]]:
            return replay_outputs(self[s], xs, outside), self.reduced

        return self.run(f, rows, [known.get(x, x) for x in self.shared])  # type: ignore[no-any-return]

    def numbers(self) -> range:
        """The number of each sample."""
        return range(self.count or 0)

    def operand(self, k: int) -> int:
        """The place of a shared node among the operands."""
        return self.place(self.count or 0) + k

    def place(self, s: int) -> int:
        """The place of the first number of a sample among the operands."""
        return s * self.width if self.is_rolled else self._starts[s]

    def places(self, s: int) -> range:
        """The places of all numbers of a sample among the operands."""
        start = self.place(s)
        return range(start, start + len(self[s].inputs))


class BatchOp(InnerOp):
    """A function of one sample, applied to many."""

    batch: Samples

    def __init__(self, batch: Samples) -> None:
        super().__init__("vmap", batch)


class Results:
    """The results of a batch, as nodes that are made when they are asked for.

    Args:
        batch: the samples.
        rows: the numbers of each, which the node of the batch is made of.
        make: makes the nodes of an op for the operands of each, given their numbers too.
    """

    batch: Any
    op: Callable[[Any], InnerOp] = BatchOp

    def __init__(
        self,
        batch: Any,
        rows: Sequence[Sequence[Any]],
        make: Maker = apply_to_each,
    ) -> None:
        self.batch = batch
        shared = cut_off(batch[0], batch.shared) if batch.is_rolled else batch.shared
        operands = (*itertools.chain.from_iterable(rows), *shared)
        op = self.op(batch)
        op.make = make
        (self.node,) = make(op, [operands], [0.0])
        self._made: dict[Place, Any] = {}

    def at(self, j: int, s: int) -> Any:
        """The output number `j` of sample `s`, the same node each time."""
        made = self._made.get((j, s))
        return self.block([(j, s)])[0] if made is None else made

    def block(self, places: Iterable[Place]) -> list[Any]:
        """The outputs at these places, of which all that are new are made at once."""
        places, made = list(places), self._made
        more = [place for place in dict.fromkeys(places) if place not in made]
        made.update(zip(more, self.new(more), strict=True))
        return list(map(made.__getitem__, places))

    def new(self, places: Sequence[Place]) -> list[Any]:
        """The outputs at these places, as nodes of their own."""
        if not self.batch.is_rolled:
            return [self._of_sample(place) for place in places]
        return self.node.op.results(self.node, places)  # type: ignore[no-any-return]

    def _of_sample(self, place: Place) -> Any:
        j, s = place
        x = self.batch[s].outputs[j]
        is_apart = not isinstance(self.node, Node)  # of numbers, for all it uses is frozen
        return x if is_apart else result_of_sample(self.node, place, x)


# A function, the numbers of each sample, and the nodes from outside that are known beforehand.
Runner = Callable[[SampleFunction, Sequence[Sequence[Any]], Iterable[Any]], Any]


def run_samples(
    f: SampleFunction, rows: Sequence[Sequence[Any]], known: Iterable[Any] = ()
) -> Results:
    """Run a function for the numbers of every sample, one after the other."""
    samples = [run_sample(lambda xs, s=s: f(s, xs)[0], row) for s, row in enumerate(rows)]  # type: ignore[misc]
    return results_of(samples, rows, known)


def results_of(
    samples: Sequence[Sample], rows: Sequence[Sequence[Any]], known: Iterable[Any] = ()
) -> Results:
    """The results of samples that have run, each of which made its own nodes."""
    return Results(Samples(samples, len(samples), (), run_samples, known), rows)


def _by_sample(entries: Mapping[Any, Any]) -> dict[int, dict[int, Any]]:
    """The upstreams of each sample, by the number of the output, in order."""
    found: dict[int, dict[int, Any]] = {}
    for j, s in sorted(entries):
        found.setdefault(s, {})[j] = entries[j, s]
    return found
