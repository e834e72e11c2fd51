"""Programs as text: their only part, and a loop where there are no lanes, sample by sample."""

from dataclasses import replace
from typing import NamedTuple

from ...transforms.lane_sum import LANES
from ..ir.program import Loop, Program, Statement, Step


def only_part(program: Program, language: str) -> list[Statement]:
    """The statements of a program of one part; another one cannot be written in this language.

    Raises:
        ValueError: for a program of several parts.
    """
    if len(program.parts) != 1:
        raise ValueError(
            f"{language} is written of a function that runs in one go, and not of a compiled batch "
            "of any size: export the function of one sample, and call it in a loop"
        )
    return program.parts[0]


class LoopBody(NamedTuple):
    """What is done for each sample n.

    Attributes:
        inputs: for each input where it goes, the address for the first sample, and how far the
            next one is.
        steps: the steps, whose members lie side by side.
        kept: for each output that every sample has where that of the first sample goes, how far the
            next one is, and its address in the body.
        added: for each output that is added up the address of the partial sums, and its own. There
            are `LANES` of these, which begin as -0.0 and take turns.
    """

    inputs: list[tuple[int, int, int]]
    steps: list[Step]
    kept: list[tuple[int, int, int]]
    added: list[tuple[int, int]]


def one_by_one(loop: Loop) -> LoopBody:
    """The body of a loop with room for one sample in the place of eight."""

    def place(x: int) -> int:
        return x if x < loop.lanes else loop.lanes + (x - loop.lanes) // LANES

    steps = [
        replace(x, columns=[list(map(place, y)) for y in x.columns], out=place(x.out), stride=1)
        for x in loop.steps
    ]
    return LoopBody(
        [(place(to), first, apart) for first, apart, to in loop.inputs],
        steps,
        [(first, apart, place(x)) for x, first, apart in loop.outputs if apart],
        [(first, place(x)) for x, first, apart in loop.outputs if not apart],
    )
