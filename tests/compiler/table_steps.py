"""Programs that add up what comes for the places of a table, and what they give."""

import random
from typing import NamedTuple

from autograd.compiler.ir.program import Loop, Program, Step, Terms
from autograd.engine import calculus as c
from autograd.transforms.lane_sum import LANES

COPY = (Terms(False, 1, 1),)
INDICES = (0.0, -0.0, 1.0, 2.0, 2.0, 3.0, 4.0, 4.5, 5.0, 6.0, 7.0, 1e300, -1.0)
NO_INDICES = (float("inf"), float("-inf"), float("nan"), 5e-324, 2.0 + 2.0**-50)
COMING = (0.0, -0.0, 1.0, 0.1, -3.5, 1e17, -1e17, 2.0**-1074)


class Case(NamedTuple):
    """A program, its inputs, and what it gives for them."""

    program: Program
    inputs: list[float]
    results: list[float]


def plain(count: int, pairs: int, first: float = 0.0) -> Case:
    """Places side by side, from the `first` on, which begin with an input each."""
    draw = random.Random(f"{count} {pairs} {first}")
    start = [draw.choice(COMING) for _ in range(count)]
    indices = [draw.choice(INDICES + NO_INDICES) for _ in range(pairs)]
    coming = [draw.choice(COMING) for _ in range(pairs)]
    inputs = [first, *start, *indices, *coming]
    at, out = 1 + count, 8 * (len(inputs) // 8 + 1)
    columns = [[0], list(range(at, at + pairs)), list(range(at + pairs, at + 2 * pairs))]
    steps = [
        Step(None, COPY, [list(range(1, at))], out, count),
        Step(c.scattered, (), columns, out, count),
    ]
    size = out + 8 * (count // 8 + 1)
    program = Program(size, len(inputs), [], [list(steps)], range(out, out + count))
    found = [y for pair in zip(indices, coming, strict=True) for y in pair]
    return Case(
        program, inputs, [c.scattered.forward(first + i, x, *found) for i, x in enumerate(start)]
    )


def of_samples(samples: int, places: int = 3) -> Case:
    """For each sample a table: one index is its own, as is what comes, and others all share."""
    draw = random.Random(samples)
    shared = [0.0, 2.0, 0.5, float(samples)]  # the first place, an index, what comes, samples
    own = [[draw.choice(INDICES), draw.choice(COMING)] for _ in range(samples)]
    inputs = [*shared, *(x for pair in own for x in pair)]
    results = 8 * (len(inputs) // 8 + 1)
    lanes = results + 8 * (places * samples // 8 + 1)
    index, coming, out = lanes, lanes + LANES, lanes + 2 * LANES
    pairs = [[0], [index, 1, index, 1], [coming, coming, 2, 2]]
    body = [
        Step(None, COPY, [[2] * places], out, places, LANES),
        Step(c.scattered, (), pairs, out, places, LANES),
    ]
    into = [(4, 2, index), (5, 2, coming)]
    away = [(out + i * LANES, results + i, places) for i in range(places)]
    size, given = out + places * LANES, range(results, results + places * samples)
    program = Program(size, len(inputs), [], [[Loop(body, lanes, 3, into, away)]], given)
    found = [
        c.scattered.forward(float(i), 0.5, k, x, 2.0, x, k, 0.5, 2.0, 0.5)
        for k, x in own
        for i in range(places)
    ]
    return Case(program, inputs, found)


CASES = {
    "a table": plain(5, 12),
    "many lookups": plain(6, 200),
    "one place": plain(1, 9),
    "later places": plain(3, 20, 2.0),
    "many places": plain(70, 3),
    "one lookup": plain(4, 1),
    "a table for each sample": of_samples(19),
    "one sample": of_samples(1),
    "many places for each sample": of_samples(9, 30),
}
