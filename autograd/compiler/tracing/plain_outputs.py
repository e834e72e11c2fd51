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
    outside = {x for x in shared if x.op is not fixed}
    known: dict[tuple[bool, ...], set[Any]] = {}  # what is not plain, by which inputs are
    found, before = list[frozenset[int]](), _are_plain(start)
    for row in rows:
        inputs = (*before, *_are_plain(row))
        if inputs not in known:
            nodes = (x for x, plain in zip(sample.inputs, inputs, strict=True) if not plain)
            known[inputs] = _computed_from({*nodes, *outside}, sample.tape)
        outputs = [not isinstance(x, Node) or x not in known[inputs] for x in sample.outputs]
        found.append(frozenset(j for j, plain in enumerate(outputs) if plain))
        before = outputs[: len(start)]
    return found if any(known.values()) else []


def _are_plain(xs: Iterable[Any]) -> list[bool]:
    numbers = given_numbers.get()
    return [not isinstance(x, Node) or x.is_constant or (x.op is None and x in numbers) for x in xs]


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
