"""The one order in which the results of samples are added up.

Run as it stands a batch is a loop; `compile` runs eight samples at a time. So that both give the
same bits, the order of a sum over samples is defined here, once:

    lane i adds the samples i, i + 8, i + 16, … in this order, for i from 0 to 7;
    then lanes 0 to 3 add lanes 4 to 7, lanes 0 and 1 add lanes 2 and 3, lane 0 adds lane 1.
"""

from collections.abc import Sequence
from typing import Any

LANES = 8


def lane_sum(xs: Sequence[Any]) -> Any:
    """The sum in the order that the head of this file defines.

    Example:
        >>> lane_sum([1.0, 2.0, 3.0])
        6.0
    """
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
