"""Outputs of a recorded sample or step that are plain numbers where the function is interpreted.

Such a result leads to nothing there. In a recording it is a result of the batch, which leads to all
that other results are computed from, and so might change the order in which derivatives are added.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ...engine.calculus import fixed
from ...engine.node import Node
from ...transforms.plain_numbers import are_plain
from ...transforms.samples import InnerOp, ResultOp, Sample


def plain_outputs(
    sample: Sample,
    shared: Iterable[Node],
    rows: Iterable[Sequence[Any]],
    start: Sequence[Any] = (),
) -> list[frozenset[int]]:
    """For each sample or step the numbers of the outputs that are plain.

    Args:
        sample: the one that stands for all.
        shared: the nodes from outside that it uses.
        rows: the numbers of each sample, or of the datum of each step.
        start: those of the first state of a scan.

    Returns:
        That; nothing if all lead to numbers alone, for then they change no order.
    """
    shared = [x for x in shared if x.op is not fixed]
    outside = {x for x, plain in zip(shared, are_plain(shared), strict=True) if not plain}
    # By which inputs are plain: the outputs that are, and which numbers of the state.
    known: dict[tuple[bool, ...], tuple[frozenset[int], tuple[bool, ...]]] = {}
    found, before, leads_to_nodes = list[frozenset[int]](), tuple(are_plain(start)), False
    for row in rows:
        inputs = (*before, *are_plain(row))
        if inputs not in known:
            nodes = (x for x, plain in zip(sample.inputs, inputs, strict=True) if not plain)
            others = _computed_from({*nodes, *outside}, sample.tape)
            plain = [not isinstance(x, Node) or x not in others for x in sample.outputs]
            outputs = frozenset(j for j, is_plain in enumerate(plain) if is_plain)
            known[inputs] = outputs, tuple(plain[: len(start)])
            leads_to_nodes = leads_to_nodes or bool(others)
        outputs, before = known[inputs]
        found.append(outputs)
    return found if leads_to_nodes else []


def _computed_from(found: set[Any], tape: Iterable[Node]) -> set[Any]:
    """The nodes of a sample that are computed from such nodes, and these."""
    for node in tape:
        op = node.op
        # Plain are also what is detached, or made inside `no_grad`, and such results.
        if op is not fixed and (
            not found.isdisjoint(node.operands) or isinstance(op, (InnerOp, ResultOp))
        ):
            found.add(node)
    return found
