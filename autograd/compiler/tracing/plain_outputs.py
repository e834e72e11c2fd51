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
    known: dict[tuple[bool, ...], frozenset[int]] = {}  # by which inputs are plain
    found, before, leads_to_nodes = list[frozenset[int]](), are_plain(start), False
    for row in rows:
        inputs = (*before, *are_plain(row))
        if inputs not in known:
            nodes = (x for x, plain in zip(sample.inputs, inputs, strict=True) if not plain)
            others = _computed_from({*nodes, *outside}, sample.tape)
            outputs = enumerate(sample.outputs)
            known[inputs] = frozenset(
                j for j, x in outputs if not isinstance(x, Node) or x not in others
            )
            leads_to_nodes = leads_to_nodes or bool(others)
        found.append(known[inputs])
        before = [j in known[inputs] for j in range(len(start))]
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
