"""Replay: what a sample of a batch, or a step of a scan, computes, of other numbers."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from ..engine.node import Node
from .samples import InnerOp, ResultOp, Sample, place_in_batch


def replay(
    sample: Sample, numbers: Sequence[Any], outside: Mapping[Any, Any] | None = None
) -> tuple[dict[Any, Any], list[Node], list[Any]]:
    """Compute what a sample computes, of other numbers.

    Args:
        sample: the sample.
        numbers: what its inputs are now.
        outside: what stands for nodes from outside, where it is not themselves.

    Returns:
        The new node for each of the sample's, the new ones that are for its tape, in order, and the
        new outputs.
    """
    known: dict[Any, Any] = dict(outside or {})
    pairs = zip(sample.inputs, numbers, strict=True)
    known.update((x, new) for x, new in pairs if isinstance(x, Node))
    inner: dict[Any, Any] = {}  # the results of batches and scans
    tape: list[Any] = []
    for _, nodes in groupby(sample.tape, _batch_key):
        run = list(nodes)
        batch = _batch_of(run[0])
        if batch in inner:  # its results, all of them at once
            made = inner[batch].new(list(map(place_in_batch, run)))
            known.update(zip(run, made, strict=True))
            tape += made
            continue
        for node in run:
            op: Any = node.op
            operands = [known.get(x, x) if isinstance(x, Node) else x for x in node.operands]
            if isinstance(op, InnerOp):
                inner[node] = op.batch.again(operands, known)
                new: Any = inner[node].node
            else:
                new = next(x for x in operands if isinstance(x, Node)).apply(op, operands)
            known[node] = new
            tape.append(new)
    return known, tape, [known.get(x, x) if isinstance(x, Node) else x for x in sample.outputs]


def _batch_of(node: Node) -> Node | None:
    """The batch of which a node is a result, None if it is none."""
    return node.operands[0] if isinstance(node.op, ResultOp) else None


def _batch_key(node: Node) -> int | None:
    """What tells batches apart, where a traced one cannot be compared with another."""
    batch = _batch_of(node)
    return None if batch is None else id(batch)


def replay_outputs(sample: Sample, numbers: Sequence[Any], outside: Mapping[Any, Any]) -> list[Any]:
    """The outputs of a sample for other numbers: see `replay`."""
    return replay(sample, numbers, outside)[2]
