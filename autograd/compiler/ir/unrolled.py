"""Unrolled: a batch or a scan inside a sample of a batch, all of its samples or steps in line.

The samples of a batch run eight at a time, and no loop runs inside of them. Those that a function
writes there are recorded sample by sample. But a derivative taken there may go through a batch or a
scan from around it, which is recorded as one sample or step.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ...formulas.symbol import Symbol
from ...transforms.lane_sum import lane_sum
from ...transforms.samples import InnerOp, Place
from ...transforms.scans import ScanOp

# Puts the operations of a sample or step with its inputs at these positions into the listing, and
# gives the positions of its outputs.
Append = Callable[[Sequence[int]], list[int]]


def unroll(listing: Any, op: InnerOp, operands: Sequence[int], append: Append) -> dict[Place, int]:
    """Put all samples of a batch, or steps of a scan, into a listing.

    Args:
        listing: the listing.
        op: the op of the batch or scan.
        operands: the positions of its operands.
        append: appends one sample or step.

    Returns:
        The positions of its results.
    """
    if isinstance(op, ScanOp):
        return _steps(op, operands, append)
    batch = op.batch
    made = [append([operands[i] for i in batch.places(s)]) for s in batch.numbers()]
    found = {(j, s): x for s, outputs in enumerate(made) for j, x in enumerate(outputs)}
    for j, column in enumerate(zip(*made, strict=True)):
        if batch.is_reduced(j):
            found[j, 0] = listing.position(lane_sum([Symbol(listing, x) for x in column]))
    return found


def _steps(op: ScanOp, operands: Sequence[int], append: Append) -> dict[Place, int]:
    steps = op.batch
    state = list(operands[: steps.state])
    found: dict[Place, int] = {}
    for i, row in enumerate(steps.rows(operands)):
        outputs = append([*state, *row])
        found.update(((j, i), x) for j, x in enumerate(outputs))
        state = outputs[: steps.state]
    return found
