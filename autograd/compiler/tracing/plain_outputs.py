"""Outputs of a recorded sample or step that are plain numbers where the function is interpreted.

Such a result leads to nothing there. In a recording it is a result of the batch, which leads to all
that other results are computed from, and so might change the order in which derivatives are added.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ...engine.calculus import fixed
from ...engine.node import Node
from ...engine.watching import given_numbers
from ...transforms.samples import InnerOp, ResultOp, Sample


def plain_inputs(rows: Sequence[Sequence[Any]]) -> list[bool]:
    """For each number of a sample, or of the data of a step, whether it is plain in all of them."""
    numbers, (first, *others) = given_numbers.get(), rows
    return [
        _is_plain(x, numbers) and all(_is_plain(row[k], numbers) for row in others)
        for k, x in enumerate(first)
    ]


def _is_plain(x: Any, numbers: frozenset[Any]) -> bool:
    return not isinstance(x, Node) or x.is_constant or (x.op is None and x in numbers)


def plain_outputs(
    sample: Sample, shared: Iterable[Node], plain: Sequence[bool], state: int = 0
) -> frozenset[int]:
    """The numbers of the outputs that are plain.

    Args:
        sample: the sample or step.
        shared: the nodes from outside that it uses.
        plain: for each input whether it is; of the state in the first step.
        state: how many inputs, and outputs, are the state of a scan.
    """
    outside = [x for x in shared if x.op is not fixed]
    inputs = list(plain)
    while True:
        given = [x for x, there in zip(sample.inputs, inputs, strict=True) if not there]
        others = _no_plain_nodes(sample.tape, {*given, *outside})
        if not others:  # it leads to numbers alone, which changes no order
            return frozenset()
        outputs = [not isinstance(x, Node) or x not in others for x in sample.outputs]
        more = [j for j in range(state) if inputs[j] and not outputs[j]]
        if not more:
            return frozenset(j for j, there in enumerate(outputs) if there)
        for j in more:
            inputs[j] = False


def _no_plain_nodes(tape: Iterable[Node], found: set[Any]) -> set[Any]:
    """The nodes of a sample that are computed from such nodes, and these."""
    for node in tape:
        op = node.op
        # Plain are also what is detached, or made inside `no_grad`, and such results.
        if op is not fixed and (
            not found.isdisjoint(node.operands) or isinstance(op, (InnerOp, ResultOp))
        ):
            found.add(node)
    return found
