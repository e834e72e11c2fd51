"""The one order in which the results of samples are added up.

Run as it stands a batch is a loop; `compile` runs eight samples at a time, and many on threads of
their own. So that all give the same bits, the order of a sum over samples is defined here, once:

    The samples are cut into slabs of 256: the samples 0 to 255, 256 to 511, …
    Of a slab lane i adds the samples i, i + 8, i + 16, … in this order, for i from 0 to 7;
    then lanes 0 to 3 add lanes 4 to 7, lanes 0 and 1 add lanes 2 and 3, lane 0 adds lane 1.
    The sums of the slabs are added from the first to the last.

So a slab can be added up wherever and whenever it is convenient, also on another machine, and the
bits depend on the number of samples alone.
"""

import functools
import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

LANES = 8
SLAB = 256  # samples


def lane_sum(xs: Sequence[Any]) -> Any:
    """The sum in the order that the head of this file defines.

    Example:
        >>> lane_sum([1.0, 2.0, 3.0])
        6.0
    """
    return add_slabs(slab_sum(xs[i:stop]) for i, stop in slabs(len(xs)))


def add_slabs(sums: Iterable[Any]) -> Any:
    """The sum over all samples, from those of the slabs, first to last.

    Args:
        sums: the sum of each slab, in their order; an array of several sums for each will do. The
            first may be that of several slabs, added up before: so a sum can be carried on.

    Raises:
        TypeError: if there are none.

    Example:
        >>> batch = [0.1 * i for i in range(600)]
        >>> sums = [lane_sum(batch[i:stop]) for i, stop in slabs(len(batch))]
        >>> first_two = add_slabs(sums[:2])
        >>> add_slabs([first_two, sums[2]]) == add_slabs(sums) == lane_sum(batch)
        True
    """
    return functools.reduce(operator.add, sums)


def slabs(count: int) -> Iterator[tuple[int, int]]:
    """For each slab of so many samples its first one, and the one after its last.

    Example:
        >>> list(slabs(600))
        [(0, 256), (256, 512), (512, 600)]
    """
    for first in range(0, count, SLAB):
        yield first, min(first + SLAB, count)


def slab_sum(xs: Sequence[Any]) -> Any:
    """The sum of one slab, by lanes."""
    lanes = list(xs[:LANES])
    for i, x in enumerate(xs[LANES:]):
        lanes[i % LANES] = lanes[i % LANES] + x
    half = LANES // 2
    while half:
        lanes = [
            x + lanes[i + half] if i + half < len(lanes) else x for i, x in enumerate(lanes[:half])
        ]
        half //= 2
    return lanes[0]
