"""Batches in a recording: one sample is recorded, whatever their number, as one op.

The op takes the numbers of all samples, and what the sample uses from outside, such as parameters,
which is the same for all; the nodes of the one sample are its body. A gradient through it is a
batch again (`transforms/batches.py`), recorded in the same way.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Any

from ...engine.calculus import div
from ...engine.node import Node
from ...transforms.batches import Results, SampleFunction, Samples
from ...transforms.bodies import Body
from ...transforms.entries import split, stack
from ...transforms.matching import rows_alike
from ...transforms.out_axes import placed
from ...transforms.samples import Sample, numbers_of, own_nodes, recorded_tape
from ...transforms.trees import TreeDef, flatten_numbers
from ...transforms.vmap import Batch, as_loops
from .plain_outputs import plain_outputs
from .traced import record_nodes, traced_leaves

# Runs a function of traced leaves, for the code of another, and gives its nodes and result, without
# the nodes outside of it, and the gradients that it leaves there.
Aside = Callable[..., tuple[list[Node], Any, Body]]


def record_batch(aside: Aside, batch: Batch, args: Sequence[Any], options: dict[str, Any]) -> Any:
    """The results of a batch inside a function that is recorded.

    Args:
        aside: see `Aside`.
        batch: the batch.
        args: its arguments.
        options: its keyword arguments.
    """
    mapped = batch.mapped(len(args))
    called = batch.names(len(args))
    samples = split(args, mapped, called)
    try:
        rows, treedefs = _rows_of(samples, mapped, called)
    except ValueError:  # of different structures, so that one does not stand for all
        return as_loops()(batch)(*args, **options)
    names = [place for i, treedef in treedefs.items() for place in treedef.places(called[i])]
    structures = []

    def run(s: int, inputs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[bool]]:
        remaining = iter(inputs)
        sample = [
            treedefs[i].unflatten(remaining) if i in treedefs else x
            for i, x in enumerate(samples[0])
        ]
        outputs, treedef = flatten_numbers(
            batch.f(*sample, **options), "vmap: the result of a sample", flags=not batch.reduce
        )
        structures.append((treedef, range(len(outputs))))
        return outputs, [batch.reduce is not None] * len(outputs)

    results = record_samples(aside, batch.f, names, run, rows)
    [(treedef, places)] = structures
    if not batch.reduce:
        made = results.block((j, s) for s in range(len(rows)) for j in places)
        starts = [s * len(places) for s in range(len(rows))]
        stacked = stack([treedef.unflatten(made[i : i + len(places)]) for i in starts])
        outputs = {id(made[j]): results.batch[0].outputs[j] for j in places}
        inputs = results.batch[0].inputs
        return placed(
            stacked, batch.out_axes, varies=lambda x: depends_on(outputs.get(id(x)), inputs)
        )
    totals = results.block((j, 0) for j in places)
    if batch.reduce == "mean":
        totals = [div(total, float(len(rows))) for total in totals]
    return treedef.unflatten(totals)


def _rows_of(
    samples: Sequence[Sequence[Any]], mapped: Sequence[bool], called: Sequence[str]
) -> tuple[list[list[Any]], dict[int, TreeDef]]:
    """The numbers of each sample, and the structure of each argument that is mapped."""

    def read(i: int) -> tuple[list[list[Any]], TreeDef]:
        return rows_alike([sample[i] for sample in samples], lambda _: f"vmap: {called[i]}")

    found = {i: read(i) for i, there in enumerate(mapped) if there}
    parts = zip(*(numbers for numbers, _ in found.values()), strict=True)
    return [list(chain(*numbers)) for numbers in parts], {i: x for i, (_, x) in found.items()}


def record_samples(
    aside: Aside,
    code: Any,
    names: Sequence[str],
    f: SampleFunction,
    rows: Sequence[Sequence[Any]],
    known: Iterable[Any] = (),
) -> Results:
    """The results of a function for the numbers of every sample, of which it is run for the first.

    Args:
        aside: see `Aside`.
        code: the user's function that the nodes are of.
        names: what the numbers of a sample are called; those of further ones have no names.
        f: the function.
        rows: the numbers.
        known: the nodes from outside that are known beforehand.
    """
    more = [""] * (len(rows[0]) - len(names))
    inputs = traced_leaves(numbers_of(list(rows[0])), [*names, *more])
    reduced: list[bool] = []

    def run() -> list[Any]:
        outputs, added = f(0, inputs)
        reduced.extend(added)
        return list(outputs)

    tape, outputs, body = aside(code, inputs, run)
    again, more = partial(record_samples, aside, code, names), body.further
    reduced += [False] * len(more)
    sample = recorded_sample(tape, inputs, [*outputs, *more])
    batch = Samples([sample], len(rows), reduced, again, known)
    batch.plain = plain_outputs(sample, batch.shared, rows)
    results = Results(batch, rows, record_nodes)
    leave_gradients(body, results, len(outputs), len(rows))
    return results


def leave_gradients(body: Body, results: Results, first: int, count: int) -> None:
    """Give the nodes outside the gradients that a body leaves there.

    Args:
        body: the body.
        results: those of the batch or scan, whose further outputs begin with the `first`.
        count: how many samples or steps there are.
    """

    def outputs(start: int, stop: int, last: bool) -> list[Any]:
        runs = range(count)[-1 if last else 0 :]
        return results.new([(first + j, s) for s in runs for j in range(start, stop)])

    body.leave(outputs)


def recorded_sample(tape: Iterable[Node], inputs: Sequence[Any], outputs: Sequence[Any]) -> Sample:
    """A sample that was recorded, with all the nodes that it needs on its tape."""
    return Sample(recorded_tape(own_nodes(list(tape)), record_nodes), inputs, outputs)


def depends_on(x: Any, inputs: Sequence[Any]) -> bool:
    """Whether a node is computed from one of these nodes, or is one; a number is not."""
    wanted, seen, pending = set(map(id, inputs)), {id(x)}, [x]
    while pending:
        node = pending.pop()
        if id(node) in wanted:
            return True
        operands = node.operands if isinstance(node, Node) else ()
        new = [y for y in operands if isinstance(y, Node) and id(y) not in seen]
        seen.update(map(id, new))
        pending += new
    return False
