"""The samples of a batch and the steps of a scan: the nodes that each run of a function made.

A batch or a scan is one node, of an `InnerOp`, with an operand for each number of each sample, and
one for each node from outside that the samples use, such as parameters. Its results are nodes of a
`ResultOp`, of which it is an operand.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from itertools import chain, repeat
from typing import Any, NamedTuple

from ..engine.calculus import fixed, identity
from ..engine.native import native, natively
from ..engine.node import Node
from ..engine.op import ONE, Op
from ..engine.rows import Row, RowOp
from ..engine.watching import being_recorded, watching
from .bodies import Body, note_cut
from .gradient_sums import compute_sums
from .tracing import fresh_unlabelled, inside_a_sample, tie

Place = tuple[int, int]  # of a result: which output, of which sample


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


# How many bodies of batches and scans are just recorded in one another. Some are only tried out.
asides: ContextVar[int] = ContextVar("asides", default=0)
# Makes the nodes of an op for the operands of each of them, given the numbers that they have.
Maker = Callable[[Op, Sequence[Sequence[Any]], Sequence[float]], list[Any]]


def apply_to_each(op: Op, rows: Sequence[Sequence[Any]], numbers: Sequence[float]) -> list[Any]:
    """The nodes that `op` makes of the operands in each row."""
    return [op(*operands) for operands in rows]


class InnerOp(RowOp):
    """A function whose nodes are inside of the op, which has many results.

    Attributes:
        batch: what it made each time that it ran, `Samples` or `Steps`.
        result: the op of its results.
        make: makes the node, and its results.
    """

    make: Maker = staticmethod(apply_to_each)

    def __init__(self, name: str, batch: Any) -> None:
        super().__init__(name, lambda *xs: 0.0, derivatives=lambda xs, out: ())
        self.batch, self.locals = batch, partial(_locals_of_batch, batch)
        self.result = ResultOp(name, batch)

    def results(self, node: Node, places: Sequence[Place]) -> list[Any]:
        """The results of a node of a recording at these places, all made at once."""
        if not places:
            return []
        outputs, samples = zip(*places, strict=True)
        rows = list(zip(repeat(node), map(float, outputs), map(float, samples)))
        numbers = numbers_of(list(map(self.batch[0].outputs.__getitem__, outputs)))
        made, batch = self.make(self.result, rows, numbers), self.batch
        cut = [k for k, (j, s) in enumerate(places) if batch.is_plain(j, s)] if batch.plain else []
        if cut:
            note_cut()
        some = self.make(fixed, [(made[k],) for k in cut], [numbers[k] for k in cut])
        for k, x in zip(cut, some, strict=True):
            made[k] = x
        return made

    def flows_back(self, node: Node, upstream: Row) -> Mapping[Any, Any]:
        """What a row of gradients gives the operands of a node, by their numbers, connected."""
        node.check_recorded(connected=True)
        return self.batch.through(node.operands, node).back(upstream)  # type: ignore[no-any-return]


class ResultOp(RowOp):
    """The results of a batch: of its node, the number of an output, and that of a sample.

    One op has all of them, for a gradient has as many as there are parameters.

    Args:
        name: that of the batch.
        batch: see `InnerOp`.
    """

    def __init__(self, name: str, batch: Any) -> None:
        super().__init__(name, partial(_number_in, batch), derivatives=lambda xs, out: ())
        self.batch, self.locals = batch, _locals_of_result


# No methods, so that the ops do not hold themselves, and are freed with the last of their nodes.


def _locals_of_batch(batch: Any, operands: Any, given: Sequence[Any], out: Any) -> Sequence[Row]:
    """The local derivatives: see `engine/rows.py`."""
    through = batch.through(given, out)
    back, ahead = through.back, through.ahead
    return [Row({k: ONE}, back, ahead) for k in range(len(given))]


def _number_in(batch: Any, node: float, j: float, s: float) -> float:
    return number_of(batch[int(s)].outputs[int(j)])


def _locals_of_result(operands: Any, given: Sequence[Any], out: Any) -> Sequence[Any]:
    """The local derivatives: see `engine/rows.py`."""
    _, j, s = given
    return Row({(int(j), int(s)): ONE}), None, None


def place_in_batch(result: Node) -> Place:
    """Which output a result of a batch is, and of which sample."""
    _, j, s = result.operands
    return int(j), int(s)


def number_of(x: Any) -> float:
    """The number of a node, also of one that is kept from a recording, or the number `x`."""
    return Node._data.__get__(x) if isinstance(x, Node) else float(x)  # type: ignore[attr-defined]


@natively
def numbers_of(xs: list[Any]) -> list[float]:
    """The numbers of nodes and numbers: see `number_of`."""
    return list(map(number_of, xs))


def carries_gradient(x: Any) -> bool:
    """Whether a gradient can flow to `x`."""
    return isinstance(x, Node) and not x.is_constant


def is_everywhere(x: Any) -> bool:
    """Whether `x` is the same inside of samples and outside: a number, or a constant leaf.

    What is detached in a recording is a constant that was computed, in a sample or outside.
    """
    return not isinstance(x, Node) or (x.is_constant and x.op is None)


def result_of_sample(node: Node, place: Place, x: Any) -> Any:
    """What stands for the output `x` of a sample outside, where the samples are this node."""
    if is_everywhere(x):
        return x
    j, s = place
    made = node.op.result(node, float(j), float(s))  # type: ignore[union-attr]
    if not carries_gradient(x):
        return made.detach()
    if x.label:
        made.label = x.label
    return made


def run_sample(
    f: Callable[[Sequence[Any]], Sequence[Any]], numbers: Sequence[Any], body: Body | None = None
) -> Sample:
    """Run a function of the numbers of a sample on fresh leaves, and keep the nodes it makes.

    Args:
        f: the function.
        numbers: the numbers.
        body: keeps the gradients that it leaves at nodes outside, while it is recorded.
    """
    compute_sums()
    inputs = list(map(_input_for, numbers))
    made: list[Node] = []
    see = _seeing(made) if being_recorded.get() else made.append
    token = inside_a_sample.set(True)
    try:
        with watching(see, outlived=False):
            if body is None:
                outputs = f(inputs)
                compute_sums()  # of gradients that are given inside
            else:
                with body.inside(lambda seen: inputs[seen:], lambda seen: made[seen:]):
                    outputs = [*f(inputs), *body.outputs()]
    finally:
        inside_a_sample.reset(token)
    tie(inputs, numbers)  # for what the function has kept elsewhere depends on what was given
    tape = own_nodes(made)
    return Sample(
        recorded_tape(tape, apply_to_each) if being_recorded.get() else tape, inputs, outputs
    )


def _input_for(x: Any) -> Any:
    """What stands for `x` inside of a sample: a leaf or a constant of its own, or `x` itself."""
    if is_everywhere(x):
        return x
    return fresh_leaf(x) if carries_gradient(x) else x.detach()


def _seeing(made: list[Node]) -> Callable[[Any], None]:
    """A callback that notes what is recorded for this sample, and not aside: see `asides`."""
    here = asides.get()

    def see(node: Any) -> None:
        if asides.get() == here:
            made.append(node)

    return see


def fresh_leaf(given: Any) -> Any:
    """A leaf for a Value, of its kind, with its label."""
    fresh = fresh_unlabelled(given)
    if given.label:
        fresh.label = given.label
    return fresh


@natively
def own_nodes(made: list[Node]) -> list[Node]:
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


def recorded_tape(made: Sequence[Node], make: "Maker") -> list[Node]:
    """These nodes of a sample, as a recording has made them.

    Those made inside `no_grad` are added, which no watcher saw. Results of a batch or a scan from
    outside, such as states that a derivative asks for, are made outside, by `make`.
    """
    nodes: list[Node] = []
    ops = {node.op for node in made}
    results = {op.result for op in ops if isinstance(op, InnerOp)}
    if fixed not in ops and all(op in results for op in ops if isinstance(op, ResultOp)):
        return list(made)
    for node in made:
        op = node.op
        if op is fixed and getattr(node.operands[0], "is_forgotten", False):
            x = node.operands[0]
            if not isinstance(x.op, ResultOp):
                nodes += (y for y in x.operands if getattr(y, "is_traced", False))
            nodes.append(x)
        elif isinstance(op, ResultOp) and op not in results:
            (outside,) = make(op, [node.operands], [number_of(node)])
            node.record(identity, (outside,), (outside._data,))
        nodes.append(node)
    return nodes


def with_samples(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes, each batch among them after those of its samples: operands before results."""
    for node in nodes:
        if isinstance(node.op, InnerOp):
            for sample in node.op.batch.samples:
                inside = (*sample.inputs, *sample.tape)
                yield from with_samples(x for x in inside if isinstance(x, Node))
        yield node


def source_of(node: Node) -> Any:
    """The node of a sample that a result of a batch is, None if there is none."""
    if not isinstance(node.op, ResultOp):
        return None
    j, s = place_in_batch(node)
    source = node.operands[0].op.batch[s].outputs[j]
    return source if isinstance(source, Node) else None


def known_outside(
    samples: Iterable[Sample], shared: Iterable[Node], known: Mapping[Any, Any]
) -> dict[Any, Any]:
    """What is known of the nodes from outside, with what is detached there in a recording.

    Args:
        samples: those that are computed again.
        shared: the nodes from outside that a gradient can flow to.
        known: by the nodes of before, those that stand for them now.
    """
    outside = {x: known[x] for x in shared if x in known}
    if being_recorded.get():
        for tape, _, outputs in samples:
            used = chain(*(node.operands for node in tape), outputs)
            outside |= {x: known[x] for x in used if isinstance(x, Node) and x in known}
    return outside


@natively
def shared_nodes(samples: list[Sample]) -> dict[Node, None]:
    """The nodes from outside that the samples use, in the order of first use."""
    shared: dict[Node, None] = {}
    for tape, inputs, outputs in samples:
        inside = {x for x in (*tape, *inputs) if isinstance(x, Node)}
        for xs in (*(node.operands for node in tape), outputs):
            for x in xs:
                if type(x) is not float and x not in inside and carries_gradient(x):
                    shared[x] = None
    return shared


def shared_in_order(samples: Sequence[Sample], known: Iterable[Any]) -> list[Node]:
    """The nodes from outside that the samples use: the `known` ones first, in their order.

    Of what flows to some samples alone, the first use depends on which they are; and a recording
    has one sample for all of them.
    """
    shared = shared_nodes(list(samples))
    return list({x: None for x in known if isinstance(x, Node) and x in shared} | shared)


def cut_off(sample: Sample, shared: Iterable[Node]) -> list[Node]:
    """The nodes from outside, as operands of a recorded sample: fixed where it uses them so alone.

    A node that is used as a number alone, interpreted, is no operand at all, and in a recording a
    pass is not to go through it either: see `topological_order`.
    """
    shared = list(shared)
    fixed_here = {node.operands[0] for node in sample.tape if node.op is fixed}
    if fixed_here.isdisjoint(shared):
        return shared
    used = {x for node in sample.tape if node.op is not fixed for x in node.operands}
    used.update(sample.outputs)
    return [x if x in used else fixed(x) for x in shared]


if native is not None:
    native.connect("result", ResultOp)
    native.connect("inner", InnerOp)
