"""Sums over lanes: from eight partial sums for each result of a batch to one, in `vmap.py`'s order.

In a program they are three steps, which halve the lanes three times: the results lie lane by lane,
and the second half of them is added to the first. In lanes one kernel does all three, so nothing
between is written to memory.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from itertools import chain

from ...transforms.lane_sum import LANES
from .kernel import Kernel
from .program import Statement, Step, Terms

PAIRS = (Terms(False, 1, 2),)


def lane_sum_steps(sums: int, width: int, room: Callable[[int], int]) -> Iterator[Step]:
    """The steps for so many results, the partial sums of each of which are side by side.

    Args:
        sums: the first partial sum of the first result.
        width: how many results there are.
        room: gives the first of so many free addresses.
    """
    lanes = [range(sums + lane, sums + lane + LANES * width, LANES) for lane in range(LANES)]
    while len(lanes) > 1:
        half = len(lanes) // 2
        left, right = (list(chain(*some)) for some in (lanes[:half], lanes[half:]))
        first = room(half * width)
        yield Step(None, PAIRS, [left, right], first, half * width)
        lanes = [range(first + i * width, first + (i + 1) * width) for i in range(half)]


def lane_sum_kernels(
    steps: Sequence[Statement], partial_sums: Container[int]
) -> tuple[list[Kernel], int]:
    """The kernel for the first steps, if they are these, and how many of them it does.

    They are so only where they add up the partial sums of a loop, for then nothing else reads what
    is between. The table of a call holds for each eight results where their partial sums are, and
    where the results go.
    """
    first = steps[0]
    if not isinstance(first, Step) or first.runs != PAIRS:
        return [], 0
    width = first.count * 2 // LANES
    sums = first.columns[0][0]
    if width % LANES or width * LANES != first.count * 2 or sums not in partial_sums:
        return [], 0
    outs = iter([step.out for step in steps[:3] if isinstance(step, Step)])
    wanted = list(lane_sum_steps(sums, width, lambda count: next(outs, -1)))
    if list(steps[: len(wanted)]) != wanted:
        return [], 0
    out = wanted[-1].out
    table = [x for i in range(0, width, LANES) for x in (sums + LANES * i, out + i)]
    return [Kernel(("lane_sums",), width // LANES, 0, table, [])], len(wanted)
