"""The curves of arrows, drawn through their segments, straight pieces along."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from .places import Point, Route

LANDING = 7.0  # how far an arrow runs straight before its head: the length of its point
TINY = 0.5  # runs that differ less across are one


class Segment(NamedTuple):
    """A straight piece of an arrow along its direction; between two of them the arrow bends."""

    start: float
    end: float
    across: float


def route(
    trunk: Sequence[Segment], runs: Sequence[Segment], label: Point, room: float, down: bool
) -> Route:
    """The route along `runs`, with a gap of `room` for the label at its centre (along, across).

    Another arrow draws the part before, along `trunk`.
    """
    last = runs[-1]
    strokes = _strokes(
        [*runs[:-1], last._replace(start=min(last.start, last.end - LANDING))], label, room
    )
    shared: list[Point] = []
    if trunk:
        (x, y) = strokes[0][0]
        (shared,) = _strokes([*trunk, Segment(x, x, y)], label, 0.0)
    if down:
        strokes = [_turn(stroke) for stroke in strokes]
        shared, label = _turn(shared), label[::-1]
    return Route(strokes, label, shared)


def _turn(stroke: Sequence[Point]) -> list[Point]:
    return [point[::-1] for point in stroke]


def _strokes(runs: Sequence[Segment], label: Point, room: float) -> list[list[Point]]:
    runs = _join(runs)
    strokes: list[list[Point]] = [[(runs[0].start, runs[0].across)]]
    for run, following in zip_longest(runs, runs[1:]):
        if room and run.start <= label[0] <= run.end:
            _straight(strokes[-1], label[0] - room / 2)
            strokes.append([(label[0] + room / 2, run.across)])
        _straight(strokes[-1], run.end)
        if following:
            middle = (run.end + following.start) / 2
            turns = (middle, run.across), (middle, following.across)
            strokes[-1] += [*turns, (following.start, following.across)]
    return strokes


def _join(runs: Sequence[Segment]) -> list[Segment]:
    """Join neighbouring segments that do not differ across."""
    joined = [runs[0]]
    for run in runs[1:]:
        if abs(run.across - joined[-1].across) < TINY:
            joined[-1] = joined[-1]._replace(end=run.end)
        else:
            joined.append(run)
    return joined


def _straight(stroke: list[Point], end: float) -> None:
    """Continue a stroke straight along, as a curve whose control points lie on the line."""
    start, across = stroke[-1]
    if end > start:
        third = (end - start) / 3
        stroke += [(start + third, across), (end - third, across), (end, across)]
