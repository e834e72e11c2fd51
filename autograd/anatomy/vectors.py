"""The vectors of eight in which a step of a program reads, as the native kernels do."""

from collections.abc import Iterator
from typing import NamedTuple

from ..compiler.ir.order import is_row, is_splat
from ..compiler.ir.program import Step
from ..compiler.ir.step_kernels import FEW
from ..engine import calculus as c
from ..transforms.lane_sum import LANES

ROW, SPLAT, PACK, SINGLE = "row", "splat", "pack", "number"


class Vector(NamedTuple):
    """The numbers read at once: a row of neighbours, a splat of one, a pack, or a single number."""

    kind: str
    addresses: tuple[int, ...]


def vectors(step: Step, lanes: int) -> Iterator[Vector]:
    """The vectors that the operands of a step are read in.

    Args:
        step: the step.
        lanes: inside a loop over samples, addresses from here on hold eight numbers; else -1.
    """
    for column in step.columns:
        if lanes >= 0:
            yield from [in_lanes(address, lanes) for address in column]
        elif step.count < FEW or step.op in (c.gather, c.scattered):
            yield from [Vector(SINGLE, (address,)) for address in column]
        else:
            for start in range(0, step.count, LANES):
                yield _vector(tuple(column[start : start + LANES]))


def in_lanes(address: int, lanes: int) -> Vector:
    """The vector of a number in a loop's body: eight samples of it, or the same for all."""
    return Vector(ROW, lanes_from(address)) if address >= lanes else Vector(SPLAT, (address,))


def lanes_from(first: int) -> tuple[int, ...]:
    """The addresses of eight samples of one number."""
    return tuple(range(first, first + LANES))


def _vector(addresses: tuple[int, ...]) -> Vector:
    kind = SPLAT if is_splat(addresses) else ROW if is_row(addresses) else PACK
    return Vector(kind, addresses)
