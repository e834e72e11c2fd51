"""Batches in a recording: one sample is recorded, whatever their number, as one op.

The op takes the numbers of all samples; the nodes of the one sample are its body. What the body
uses from outside, such as parameters, is the same for all samples.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ...engine.node import Node
from ...engine.op import Op
from ...transforms.trees import flatten_numbers, leaves_like
from ...transforms.vmap import Batch, split, stack
from .traced import TracedValue, number_then, record_node, traced_leaf


class BatchOp(Op):
    """A function of one sample, applied to many.

    Attributes:
        tape: the nodes of the sample, in the order they were made.
        inputs: the leaves that stand for the numbers of the sample.
        outputs: what it gives, nodes and numbers.
        count: how many samples there are; None if each call says.
        reduce: None, ``"sum"`` or ``"mean"``.
    """

    def __init__(
        self,
        tape: Sequence[Node],
        inputs: Sequence[TracedValue],
        outputs: Sequence[Any],
        count: int | None,
        reduce: str | None,
    ) -> None:
        super().__init__("vmap", lambda *xs: 0.0, derivatives=_no_gradient)
        self.tape, self.inputs, self.outputs = tape, inputs, outputs
        self.count, self.reduce = count, reduce


class ResultOp(Op):
    """One of the results of a batch.

    Attributes:
        place: which one, counted through all results of the first sample, then the second, ….
    """

    def __init__(self, place: int, number: float) -> None:
        super().__init__("vmap", lambda batch: number, _no_gradient)
        self.place = place


def _no_gradient(*_: Any) -> Any:
    raise TypeError(
        "a compiled function cannot differentiate through a vmap: take the gradient inside it, as "
        'in loss, gradients = vmap(value_and_grad(f), in_axes=…, reduce="mean")(…); for an '
        "optimizer then call model.set_gradients(gradients)"
    )


def batch_results(op: BatchOp, operands: Sequence[Any]) -> list[TracedValue]:
    """The results of a batch as nodes: of the reduction, or of one sample after the other."""
    node = record_node(op, operands)
    samples = 1 if op.reduce or op.count is None else op.count
    numbers = list(map(number_then, op.outputs))
    return [record_node(ResultOp(i, x), (node,)) for i, x in enumerate(numbers * samples)]


def record_batch(
    aside: Callable[..., tuple[list[Node], Any]],
    batch: Batch,
    args: Sequence[Any],
    options: dict[str, Any],
) -> Any:
    """The results of a batch inside a function that is recorded.

    Args:
        aside: runs a function of traced leaves and gives its nodes and result, without the others.
        batch: the batch.
        args: its arguments.
        options: its keyword arguments.
    """
    mapped = batch.mapped(len(args))
    called = batch.names(len(args))
    samples = split(args, mapped, called)
    rows = [_numbers(sample, samples[0], mapped, called) for sample in samples]
    treedefs = {i: flatten_numbers(x)[1] for i, x in enumerate(samples[0]) if mapped[i]}
    names = [place for i, treedef in treedefs.items() for place in treedef.places(called[i])]
    inputs = [
        traced_leaf(x._data if isinstance(x, Node) else x, name)
        for x, name in zip(rows[0], names, strict=True)
    ]
    remaining = iter(inputs)
    sample = [
        treedefs[i].unflatten(remaining) if i in treedefs else x for i, x in enumerate(samples[0])
    ]
    tape, output = aside(batch.f, inputs, lambda: batch.f(*sample, **options))
    outputs, treedef = flatten_numbers(output, "vmap: the result of a sample")
    op = BatchOp(tape, inputs, outputs, len(samples), batch.reduce)
    results = batch_results(op, [x for row in rows for x in row])
    if batch.reduce:
        return treedef.unflatten(results)
    size = len(outputs)
    starts = [i * size for i in range(len(samples))]
    return stack([treedef.unflatten(results[i : i + size]) for i in starts])


def _numbers(
    sample: Sequence[Any], first: Sequence[Any], mapped: Sequence[bool], called: Sequence[str]
) -> list[Any]:
    """The numbers of a sample, in the order of those of the first one."""
    return [
        leaf
        for i, (x, like, there) in enumerate(zip(sample, first, mapped, strict=True))
        if there
        for leaf in leaves_like(x, like, f"vmap: {called[i]}")
    ]
