"""Numbers of samples on their way into lanes and out of them, at both ends of a loop's body.

A vector of the body has one number of eight samples, and memory has a row for each sample. Eight
numbers side by side in a row are eight vectors, and eight rows of them are turned at once, as for
packs; others go one by one.
"""

from collections.abc import Sequence
from itertools import chain

from ...transforms.lane_sum import LANES
from .kernel import ROW, SPLAT, Kernel, Name
from .order import side_by_side
from .program import Loop

Numbers = Sequence[tuple[int, int, int]]  # the first sample's address, the distance, and the lanes


def into_lanes_kernels(loop: Loop) -> list[Kernel]:
    """The kernels that bring the inputs of eight samples in."""
    turned, left = _in_eights(loop.inputs)
    singles = [x for first, apart, lanes in left for x in (lanes, first, apart)]
    return [
        *([_turned("rows_into_lanes", turned)] if turned else []),
        *([Kernel(("into_lanes",), len(left), 0, singles, [])] if left else []),
    ]


def out_of_lanes_kernels(loop: Loop, added: dict[int, int]) -> list[Kernel]:
    """The kernels that store what each of eight samples has of its own, or add it up.

    Args:
        loop: the loop.
        added: the results that were added up already, with their partial sums.
    """
    outputs = [x for x in loop.outputs if added.get(x[0]) != x[1]]
    own = [(first, apart, x) for x, first, apart in outputs if apart and x >= loop.lanes]
    turned, left = _in_eights(own)
    tables: dict[Name, list[list[int]]] = {}
    for first, apart, x in left:
        tables.setdefault(("out_of_lanes", ROW), []).append([first, x, apart])
    for x, first, apart in outputs:
        if apart and x < loop.lanes:
            tables.setdefault(("out_of_lanes", SPLAT), []).append([first, x, apart])
        if not apart:
            kind = ROW if x >= loop.lanes else SPLAT
            tables.setdefault(("add_lanes", kind), []).append([first, x])
    return [
        *([_turned("rows_out_of_lanes", turned)] if turned else []),
        *(Kernel(name, len(x), 0, [*chain.from_iterable(x)], []) for name, x in tables.items()),
    ]


def _turned(name: str, eights: Sequence[Numbers]) -> Kernel:
    """The kernel for eights: its table has the first address, the distance, and eight vectors."""
    table = [x for eight in eights for x in (*eight[0][:2], *(lanes for _, _, lanes in eight))]
    return Kernel((name,), len(eights), 0, table, [])


def _in_eights(numbers: Numbers) -> tuple[list[Numbers], Numbers]:
    """Those that lie in eights side by side, and the others.

    Where more of them do, the last eight overlap with those before.
    """
    eights = [
        series[start : start + LANES]
        for series in side_by_side(sorted(numbers, key=lambda x: (x[1], x[0])))
        if len(series) >= LANES
        for start in (*range(0, len(series) - LANES, LANES), len(series) - LANES)
    ]
    found = set(chain.from_iterable(eights))
    return eights, [x for x in numbers if x not in found]
