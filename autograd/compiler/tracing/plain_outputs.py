"""Outputs of a recorded sample or step that are plain numbers where the function is interpreted.

Such a result leads to nothing there. In a recording it is a result of the batch, which leads to all
that other results are computed from, and so might change the order in which derivatives are added.
"""

from collections.abc import Sequence
from typing import Any

from ...engine.calculus import fixed
from ...engine.node import Node
from ...engine.watching import given_numbers
from ...transforms.samples import InnerOp, ResultOp, Sample


def plain_inputs(rows: Sequence[Sequence[Any]]) -> list[bool]:
    """For each number of a sample, or of the data of a step, whether it is plain in all of them."""
    numbers = given_numbers.get()
    return [all(_is_plain(x, numbers) for x in column) for column in zip(*rows, strict=True)]


def _is_plain(x: Any, numbers: frozenset[Any]) -> bool:
    return not isinstance(x, Node) or x.is_constant or (x.op is None and x in numbers)


def plain_outputs(sample: Sample, plain: Sequence[bool], state: int = 0) -> frozenset[int]:
    """The numbers of the outputs that are plain.

    Args:
        sample: the sample or step.
        plain: for each input whether it is; of the state in the first step.
        state: how many inputs, and outputs, are the state of a scan.
    """
    inputs = list(plain)
    while True:
        known = {x for x, there in zip(sample.inputs, inputs, strict=True) if there}
        outputs = [_leads_to_plain(x, known) for x in sample.outputs]
        more = [j for j in range(state) if inputs[j] and not outputs[j]]
        if not more:
            return frozenset(j for j, there in enumerate(outputs) if there)
        for j in more:
            inputs[j] = False


def _leads_to_plain(x: Any, known: set[Any]) -> bool:
    """Whether a node of a sample is computed from plain numbers alone; those are `known` then."""
    if not isinstance(x, Node):
        return True
    seen, pending = {x}, [x]
    while pending:
        node = pending.pop()
        if node in known or node.op is fixed:  # also what is detached, or made inside `no_grad`
            continue
        if node.op is None or isinstance(node.op, (InnerOp, ResultOp)):
            return False
        new = [y for y in node.operands if isinstance(y, Node) and y not in seen]
        seen.update(new)
        pending += new
    known |= seen
    return True
