"""A batch as one node of the graph: what its samples computed, and how derivatives go through it.

The node has an operand for each number of each sample, and one for each node from outside that the
samples use, such as parameters. Its results are nodes of a `ResultOp`, whose one operand it is;
what flows back from them is a row of gradients (`engine/rows.py`).

The gradient of a sample goes through its nodes in reverse of the order they were made in. Where it
is to be differentiated again, it is a batch as well: of functions of the sample's numbers and what
flows back to its results, which compute the sample once more and then its gradient.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from functools import partial
from typing import Any, NamedTuple

from ..engine.along import flow_along
from ..engine.calculus import greater, identity, where
from ..engine.choices import Mask, MaskedGradient, as_term, mask_of
from ..engine.graph import flow_back
from ..engine.node import Node
from ..engine.numbers import same
from ..engine.op import ONE, Op
from ..engine.rows import Row, RowOp
from ..engine.value import Constant
from ..engine.watching import watching, with_history
from .lane_sum import lane_sum
from .tracing import flow_forward, inside_a_sample

NOTHING = -0.0  # what adds nothing to a sum, not even a sign
Place = tuple[int, int]  # of a result: which output, of which sample
# A function of the number of a sample and its numbers; it gives the outputs, and for each of them
# whether it is to be added up over samples, where the batch is recorded.
SampleFunction = Callable[[int, Sequence[Any]], tuple[Sequence[Any], Sequence[bool]]]


class Sample(NamedTuple):
    """What the function of one sample made.

    Attributes:
        tape: its nodes, in the order they were made.
        inputs: the leaves that stand for its numbers, or the numbers.
        outputs: what it gave, nodes and numbers.
    """

    tape: list[Node]
    inputs: Sequence[Any]
    outputs: Sequence[Any]


class Samples:
    """The samples of a batch, and how derivatives go through them.

    Attributes:
        samples: each of them; or one that stands for all, in a recording.
        count: how many they are; None if each call says.
        reduced: for each output whether it is added up over the samples: only in a recording.
        shared: the nodes from outside that they use, in the order of first use; none of them if
            `count` is None, for then no gradient is taken.
        run: runs a function for samples of other numbers, and gives its `Results`.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        count: int | None,
        reduced: Sequence[bool],
        run: "Runner",
    ) -> None:
        self.samples, self.count, self.reduced, self.run = samples, count, reduced, run
        self.is_rolled = run is not run_samples
        self.width = len(samples[0].inputs)
        self.shared = [] if count is None else list(shared_nodes(samples))

    def __getitem__(self, s: int) -> Sample:
        return self.samples[0 if self.is_rolled else s]

    def is_reduced(self, j: int) -> bool:
        """Whether an output is added up over the samples here."""
        return self.is_rolled and self.reduced[j]

    def locals(self, operands: Any, given: Sequence[Any], out: Any) -> Sequence[Row]:
        """The local derivatives of the node: see `engine/rows.py`."""
        if isinstance(out, Node):  # connected
            through = _Connected(self, given)
            return [Row({k: ONE}, through.back, through.ahead) for k in range(len(given))]
        return [Row({k: ONE}, self.back, self.ahead) for k in range(len(given))]

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
                    gradients[s * self.width + i] = found[x]
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
            inputs = ((x, row.entries.get(s * self.width + i)) for i, x in enumerate(sample.inputs))
            known = {x: t for x, t in (*inputs, *shared.items()) if t is not None}
            flow_forward(known, sample.tape, connected=False)
            for j, x in enumerate(sample.outputs):
                if isinstance(x, Node) and x in known:
                    tangents[j, s] = known[x]
        return tangents

    def again(self, operands: Sequence[Any], known: Mapping[Any, Any]) -> "Results":
        """The results for other operands, and for what is known of the nodes from outside."""
        width = self.width
        rows = [operands[s * width : (s + 1) * width] for s in self.numbers()]
        outside = {x: known[x] for x in self.shared if x in known}

        def f(s: int, xs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[bool]]:
            return replayed(self[s], xs, outside), self.reduced

        return self.run(f, rows)  # type: ignore[no-any-return]

    def numbers(self) -> range:
        """The number of each sample."""
        return range(self.count or 0)

    def operand(self, k: int) -> int:
        """The place of a shared node among the operands."""
        return self.width * (self.count or 0) + k


class InnerOp(RowOp):
    """A function whose nodes are inside of the op, which has many results.

    Attributes:
        batch: what it made each time that it ran, `Samples` or `Steps`.
    """

    def __init__(self, name: str, batch: Any) -> None:
        super().__init__(name, lambda *xs: 0.0, derivatives=lambda xs, out: ())
        self.batch, self.locals = batch, batch.locals


class BatchOp(InnerOp):
    """A function of one sample, applied to many."""

    batch: Samples

    def __init__(self, batch: Samples) -> None:
        super().__init__("vmap", batch)


class ResultOp(RowOp):
    """One of the results of a batch.

    Attributes:
        place: which output, and of which sample.
        number: what it is.
    """

    strong, taken, derivatives, rules = False, None, None, ()

    def __init__(self, place: Place, number: float, name: str = "vmap") -> None:
        # A gradient has one of them for each parameter: nothing is checked, or made, for each.
        self.place, self.number, self.name = place, number, name

    def forward(self, batch: float) -> float:
        """The number of the result."""
        return self.number

    def arrange(self, batch: Any) -> Sequence[Any]:
        """The one operand."""
        return (batch,)

    def locals(self, operands: Any, given: Sequence[Any], out: Any) -> Sequence[Row]:
        """The local derivative: see `engine/rows.py`."""
        return (Row({self.place: ONE}),)


class Results:
    """The results of a batch, as nodes that are made when they are asked for.

    Args:
        batch: the samples.
        rows: the numbers of each, which the node of the batch is made of.
        make: makes a node of an op and its operands.
    """

    batch: Any
    op: Callable[[Any], InnerOp] = BatchOp

    def __init__(
        self,
        batch: Any,
        rows: Sequence[Sequence[Any]],
        make: Callable[[Op, Sequence[Any]], Any] = lambda op, operands: op(*operands),
    ) -> None:
        self.batch, self.make = batch, make
        self.node = make(self.op(batch), [*[x for row in rows for x in row], *batch.shared])
        self._made: dict[Place, Any] = {}

    def at(self, j: int, s: int) -> Any:
        """The output number `j` of sample `s`, the same node each time."""
        if (j, s) not in self._made:
            self._made[j, s] = self.new(j, s)
        return self._made[j, s]

    def new(self, j: int, s: int) -> Any:
        """The output number `j` of sample `s`, as a node of its own."""
        x = self.batch[s].outputs[j]
        is_apart = not isinstance(self.node, Node)  # of numbers, for all it uses is frozen
        if not self.batch.is_rolled and (is_apart or not carries_gradient(x)):
            return x
        made = self.make(ResultOp((j, s), number_of(x), self.node.op.name), [self.node])
        if not self.batch.is_rolled and x.label:
            made.label = x.label
        return made


Runner = Callable[[SampleFunction, Sequence[Sequence[Any]]], Any]


def number_of(x: Any) -> float:
    """The number of a node, also of one that is kept from a recording, or the number `x`."""
    return Node._data.__get__(x) if isinstance(x, Node) else float(x)  # type: ignore[attr-defined]


def carries_gradient(x: Any) -> bool:
    """Whether a gradient can flow to `x`."""
    return isinstance(x, Node) and not x.is_constant


# --- running samples ------------------------------------------------------------------------


def run_sample(f: Callable[[Sequence[Any]], Sequence[Any]], numbers: Sequence[Any]) -> Sample:
    """Run a function of the numbers of a sample on fresh leaves, and keep the nodes it makes."""
    inputs = [fresh_leaf(x) if carries_gradient(x) else x for x in numbers]
    made: list[Node] = []
    token = inside_a_sample.set(True)
    try:
        with watching(made.append, outlived=False):
            outputs = f(inputs)
    finally:
        inside_a_sample.reset(token)
    for x, given in zip(inputs, numbers, strict=True):
        if x is not given:  # what the function has kept elsewhere depends on what was given
            x.record(identity, (given,), (given._data,))
    return Sample(own_nodes(made), inputs, outputs)


def fresh_leaf(given: Any) -> Any:
    """A leaf for `given`, of its kind: what an op makes of it, cut off."""
    fresh = identity(given)
    fresh.record(None, (), ())
    if given.label:
        fresh.label = given.label
    return fresh


def own_nodes(made: Iterable[Node]) -> list[Node]:
    """The computed nodes among these without those in batches among them."""
    nodes = [node for node in made if node.op is not None]
    inner = {
        x
        for node in nodes
        if isinstance(node.op, InnerOp)
        for sample in node.op.batch.samples
        for x in (*sample.tape, *sample.inputs)
        if isinstance(x, Node)
    }
    return [node for node in nodes if node not in inner] if inner else nodes


def run_samples(f: SampleFunction, rows: Sequence[Sequence[Any]]) -> Results:
    """Run a function for the numbers of every sample, one after the other."""
    samples = [run_sample(lambda xs, s=s: f(s, xs)[0], row) for s, row in enumerate(rows)]  # type: ignore[misc]
    return results_of(samples, rows)


def results_of(samples: Sequence[Sample], rows: Sequence[Sequence[Any]]) -> Results:
    """The results of samples that have run, each of which made its own nodes."""
    return Results(Samples(samples, len(samples), (), run_samples), rows)


def with_samples(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes, each batch among them after those of its samples: operands before results."""
    for node in nodes:
        if isinstance(node.op, InnerOp):
            for sample in node.op.batch.samples:
                inside = (*sample.inputs, *sample.tape)
                yield from with_samples(x for x in inside if isinstance(x, Node))
        yield node


def source_of(node: Node) -> Any:
    """The node of a sample that a result of a batch is, None of any other node."""
    if not isinstance(node.op, ResultOp):
        return None
    j, s = node.op.place
    return node.operands[0].op.batch[s].outputs[j]


def shared_nodes(samples: Iterable[Sample]) -> dict[Node, None]:
    """The nodes from outside that the samples use, in the order of first use."""
    shared: dict[Node, None] = {}
    for tape, inputs, outputs in samples:
        inside = {x for x in (*tape, *inputs) if isinstance(x, Node)}
        for xs in (*(node.operands for node in tape), outputs):
            for x in xs:
                if type(x) is not float and x not in inside and carries_gradient(x):
                    shared[x] = None
    return shared


def replay(
    sample: Sample, numbers: Sequence[Any], outside: Mapping[Any, Any] | None = None
) -> tuple[dict[Any, Any], list[Node]]:
    """Compute what a sample computes, of other numbers.

    Args:
        sample: the sample.
        numbers: what its inputs are now.
        outside: what stands for nodes from outside, where it is not themselves.

    Returns:
        The new node for each of the sample's, and the new ones that are for its tape, in order.
    """
    known: dict[Any, Any] = dict(outside or {})
    pairs = zip(sample.inputs, numbers, strict=True)
    known.update((x, new) for x, new in pairs if isinstance(x, Node))
    inner: dict[Any, Results] = {}
    tape = []
    for node in sample.tape:
        op = node.op
        operands = [known.get(x, x) if isinstance(x, Node) else x for x in node.operands]
        if isinstance(op, InnerOp):
            inner[node] = op.batch.again(operands, known)
            new: Any = inner[node].node
        elif isinstance(op, ResultOp) and node.operands[0] in inner:
            new = inner[node.operands[0]].new(*op.place)
        else:
            new = next(x for x in operands if isinstance(x, Node)).apply(op, operands)
        known[node] = new
        tape.append(new)
    return known, tape


def replayed(sample: Sample, numbers: Sequence[Any], outside: Mapping[Any, Any]) -> list[Any]:
    """The outputs of a sample for other numbers: see `replay`."""
    inside, _ = replay(sample, numbers, outside)
    return [inside.get(x, x) if isinstance(x, Node) else x for x in sample.outputs]


# --- derivatives ----------------------------------------------------------------------------


def _by_sample(entries: Mapping[Any, Any]) -> dict[int, dict[int, Any]]:
    """The upstreams of each sample, by the number of the output, in order."""
    found: dict[int, dict[int, Any]] = {}
    for j, s in sorted(entries):
        found.setdefault(s, {})[j] = entries[j, s]
    return found


def seeds_of(outputs: Sequence[Any], upstreams: Mapping[int, Any]) -> dict[Node, Any]:
    """What the gradient of a sample starts from."""
    found: dict[Node, Any] = {}
    for j, upstream in upstreams.items():
        x = outputs[j]
        if carries_gradient(x):
            found[x] = found[x] + upstream if x in found else upstream
    return found


class _Connected:
    """Derivatives of a batch that can be differentiated again: batches, too.

    Args:
        batch: the samples.
        operands: the operands of its node.
    """

    def __init__(self, batch: Samples, operands: Sequence[Any]) -> None:
        self.batch, self.operands = batch, operands

    def rows(self) -> list[list[Any]]:
        """The numbers of each sample."""
        width = self.batch.width
        return [list(self.operands[s * width : (s + 1) * width]) for s in self.batch.numbers()]

    def back(self, row: Row) -> Mapping[Any, Any]:
        """The gradients by the operands."""
        batch, columns, flows = self.batch, Columns(self.rows()), _Flows(self.batch)
        readers = {j: columns.add(x) for j, x in self._upstreams(row.entries).items()}
        wanted = [
            any(map(carries_gradient, self.operands[i : self.batch.operand(0) : batch.width]))
            for i in range(batch.width)
        ]

        def pulled(s: int, xs: Sequence[Any], kinds: Kinds = None) -> Any:
            sample, outputs = batch[s], flows.of(s)
            known, tape = replay(sample, xs[: batch.width])
            ends = [known.get(x, x) if isinstance(x, Node) else x for x in sample.outputs]
            seeds = {j: read(xs, kinds) for j, read in readers.items() if j < len(ends)}
            found = seeds_of(ends, {j: x for j, x in seeds.items() if x is not None})
            flow_back(found, reversed(tape), connected=True)
            for i, x in enumerate(sample.inputs):
                if wanted[i] and isinstance(x, Node):
                    outputs.put(i, found.get(known[x]))
            for k, x in enumerate(batch.shared, batch.width):
                outputs.put(k, found.get(x), added=True)
            return outputs.outputs, outputs.added

        flows.run(pulled, columns)
        gradients = {}
        for s in batch.numbers():
            for i in range(batch.width):
                gradients[s * batch.width + i] = flows.at(i, s)
        for k in range(len(batch.shared)):
            gradients[batch.operand(k)] = flows.total(batch.width + k)
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
        batch, columns, flows = self.batch, Columns(self.rows()), _Flows(self.batch)
        readers = {}
        for i in range(batch.width):
            column = [row.entries.get(s * batch.width + i) for s in batch.numbers()]
            if any(x is not None for x in column):
                readers[i] = columns.add(column)
        shared = {x: settled(row.entries.get(batch.operand(k))) for k, x in enumerate(batch.shared)}
        for kinds in columns.kinds:
            kinds += map(kind_of, shared.values())

        def pushed(s: int, xs: Sequence[Any], kinds: Kinds = None) -> Any:
            sample, outputs = batch[s], flows.of(s)
            known, tape = replay(sample, xs[: batch.width])
            tangents = {x: t for x, t in shared.items() if t is not None}
            for i, read in readers.items():
                tangent = read(xs, kinds)
                if isinstance(sample.inputs[i], Node) and tangent is not None:
                    tangents[known[sample.inputs[i]]] = tangent
            flow_forward(tangents, tape, connected=True)
            for j, x in enumerate(sample.outputs):
                if isinstance(x, Node):
                    outputs.put(j, tangents.get(known.get(x, x)), added=batch.is_reduced(j))
            return outputs.outputs, outputs.added

        flows.run(pushed, columns)
        return {
            (j, s): flows.total(j) if batch.is_reduced(j) else flows.at(j, s)
            for s in batch.numbers()
            for j in range(len(batch[s].outputs))
            if not (s and batch.is_reduced(j))
        }


class Kind(Enum):
    """Whether something flows to one place: known beforehand, or a mask says."""

    NEVER = 0
    ALWAYS = 1
    PERHAPS = 2


Kinds = Sequence[Kind] | None


def kind_of(flow: Any) -> Kind:
    """The kind of what flows, None for nothing."""
    if flow is None:
        return Kind.NEVER
    return Kind.ALWAYS if as_term(flow)[0] is None else Kind.PERHAPS


class _TriedOutError(Exception):
    """A function has been run, and its nodes are to be forgotten."""


def try_out(f: Callable[..., Any], record: Callable[[Callable[..., Any]], Any]) -> None:
    """Run a function for what it notes, where `record` would record it, and record nothing."""

    def and_stop(*args: Any) -> None:
        f(*args)
        raise _TriedOutError

    with suppress(_TriedOutError):
        record(and_stop)


class Columns:
    """Numbers of samples, with columns of what flows to them.

    Args:
        rows: the numbers of each sample.

    Attributes:
        kinds: for each sample the kinds of what flows to it, column by column.
    """

    def __init__(self, rows: list[list[Any]]) -> None:
        self.rows = rows
        self.kinds: list[list[Kind]] = [[] for _ in rows]

    def add(self, column: Sequence[Any]) -> Callable[[Sequence[Any], Kinds], Any]:
        """One more column, with an entry for each sample, or None where nothing flows.

        Returns:
            What takes the entry of a sample from its numbers, as one of the kinds if they are said.
        """
        first, number = column[0], len(self.kinds[0])
        for kinds, x in zip(self.kinds, column, strict=True):
            kinds.append(kind_of(x))
        if first is not None and all(map(partial(_alike, first), column)):
            once = settled(first)  # from outside, the same for all samples
            return lambda xs, kinds: once
        place = len(self.rows[0])
        terms = [(Mask(None, {0: 0.0}, 2), 0.0) if x is None else as_term(x) for x in column]
        masked = any(mask is not None for mask, _ in terms)
        for row, (mask, x) in zip(self.rows, terms, strict=True):
            # A node for each sample, so that all of them make the same nodes of it.
            row.append(x if isinstance(x, Node) else Constant(x))
            if masked:
                row.append(1.0 if mask is None else mask.number())

        def read(xs: Sequence[Any], kinds: Kinds = None) -> Any:
            there = xs[place + 1] if masked else 1.0
            if kinds is not None and kinds[number] is not Kind.PERHAPS:
                there = float(kinds[number] is Kind.ALWAYS)
            if isinstance(there, Node):
                return MaskedGradient((mask_of(there), xs[place]))
            return xs[place] if there else None

        return read


def _alike(x: Any, y: Any) -> bool:
    """Whether they are one node, or numbers of the same bits."""
    return x is y or (type(x) is float and type(y) is float and same(x, y))


class Outputs:
    """The outputs of a sample that stand for what flows from it.

    Attributes:
        outputs: nodes and numbers.
        added: for each of them whether it is to be added up over the samples.
        places: for each target that is reached the place of what flows to it, and that of the mask
            that is 1 where it does, None if it always does.
    """

    def __init__(self) -> None:
        self.outputs: list[Any] = []
        self.added: list[bool] = []
        self.places: dict[int, tuple[int, int | None]] = {}

    def put(self, target: int, flow: Any, *, added: bool = False) -> None:
        """Note what flows to a target, None for nothing."""
        if flow is None:
            return
        mask, x = as_term(flow)
        if mask is None:
            self.places[target] = self._append(x, added), None
            return
        number = mask.number()
        x = where(number, x, NOTHING) if added else x
        self.places[target] = self._append(x, added), self._append(number, added)

    def kinds(self) -> dict[int, Kind]:
        """The kind of what flows to each target that is reached."""
        return {
            target: Kind.ALWAYS if mask is None else Kind.PERHAPS
            for target, (_, mask) in self.places.items()
        }

    def _append(self, x: Any, added: bool) -> int:
        self.outputs.append(x)
        self.added.append(added)
        return len(self.outputs) - 1


class _Flows:
    """What flows through the samples of a batch, by the numbers of targets.

    Args:
        batch: the batch.
    """

    def __init__(self, batch: Samples) -> None:
        self.batch = batch
        self._outputs: dict[int, Outputs] = {}
        self._results: Any = None
        self._kinds: list[dict[int, Kind]] = []  # for each sample, if they differ

    def of(self, s: int) -> Outputs:
        """The outputs of sample `s`, to be filled."""
        self._outputs[s] = Outputs()
        return self._outputs[s]

    def run(self, f: Callable[..., Any], columns: Columns) -> None:
        """Run the samples."""
        with with_history():
            if self.batch.is_rolled and len(set(map(tuple, columns.kinds))) > 1:
                self._kinds = self._of_each_kind(f, columns)
            self._results = self.batch.run(f, columns.rows)

    def _of_each_kind(self, f: Callable[..., Any], columns: Columns) -> list[dict[int, Kind]]:
        """What is known for each sample of what flows to its targets.

        All samples are recorded as one, with a mask where something flows in one and nothing in
        another. A mask that is always 0 stands for terms that the interpreted function does not
        have. They change no sum, but the order in which derivatives add up others.
        """
        known: dict[tuple[Kind, ...], dict[int, Kind]] = {}
        for kinds in map(tuple, columns.kinds):
            if kinds not in known:
                known[kinds] = {}
                if set(kinds) != {Kind.NEVER}:
                    try_out(partial(f, kinds=kinds), lambda g: self.batch.run(g, columns.rows))
                    known[kinds] = self._outputs[0].kinds()
        return [known[tuple(kinds)] for kinds in columns.kinds]

    def at(self, target: int, s: int) -> Any:
        """What flows to a target in sample `s`, None for nothing."""
        place, mask = self._places(target, s)
        known = self._kind(target, range(s, s + 1))
        if place is None or known is Kind.NEVER:
            return None
        x = self._results.at(place, s)
        no_mask = mask is None or known is Kind.ALWAYS
        return x if no_mask else masked(self._results.at(mask, s), x)

    def total(self, target: int) -> Any:
        """The sum over the samples of what flows to a target, None for nothing."""
        if self.batch.is_rolled:
            place, mask = self._places(target, 0)
            known = self._kind(target, self.batch.numbers())
            if place is None or known is Kind.NEVER:
                return None
            x = self._results.at(place, 0)
            no_mask = mask is None or known is Kind.ALWAYS
            return x if no_mask else masked(greater(self._results.at(mask, 0), 0.0), x)
        places = [self._places(target, s) for s in self.batch.numbers()]
        if all(place is None for place, _ in places):
            return None
        total = lane_sum([self._number(place, s, NOTHING) for s, (place, _) in enumerate(places)])
        if any(place is not None and mask is None for place, mask in places):
            return total
        count = lane_sum([self._number(mask, s, 0.0) for s, (_, mask) in enumerate(places)])
        return masked(greater(count, 0.0), total)

    def _kind(self, target: int, samples: range) -> Kind | None:
        """What is known of the sum over samples of what flows to a target, None for nothing."""
        if not self._kinds:
            return None
        found = {self._kinds[s].get(target, Kind.NEVER) for s in samples}
        return max(found, key=(Kind.NEVER, Kind.PERHAPS, Kind.ALWAYS).index)

    def _places(self, target: int, s: int) -> tuple[int | None, int | None]:
        return self._outputs[0 if self.batch.is_rolled else s].places.get(target, (None, None))

    def _number(self, place: int | None, s: int, otherwise: float) -> Any:
        return otherwise if place is None else self._results.at(place, s)


def settled(flow: Any) -> Any:
    """What flows, as one term: what it is made of is computed here, and not in a sample or step."""
    mask, x = as_term(flow)
    return x if mask is None else masked(mask.number(), x)


def masked(number: Any, x: Any) -> MaskedGradient:
    """What flows only where the number is 1."""
    return MaskedGradient((mask_of(number), x))
