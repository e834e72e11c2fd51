"""Finite differences: what they say of a derivative, and what kept them from telling."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from ..engine.ieee import total
from .kinks import Piece, kink, other_path

# Of the size of x: close to the fifth root of the rounding error, the best there is.
STEP = 2.0**-10
WEIGHTS = ((-2.0, 1 / 12), (-1.0, -2 / 3), (1.0, 2 / 3), (2.0, -1 / 12))  # error of order step⁴
PYTHON = "the function, which takes another path there,"

Sampled = Callable[[list[float]], tuple[list[float], list[Piece]]]
Rounding = Callable[[int, int], tuple[float, float]]


class DifferenceReport(NamedTuple):
    """The result of comparing derivatives with finite differences.

    Attributes:
        disagreements: for each output with which no step agrees, what they say of it.
        kink: what is not smooth within the steps, empty if nothing is.
        reach: how far the outermost step went that met it.
    """

    disagreements: dict[int, str]
    kink: str
    reach: float


class Slope(NamedTuple):
    """A derivative estimated from differences of one step size."""

    slope: float
    noise: float  # how far rounding may carry it
    step: float
    agrees: bool
    settles: bool  # agrees, and rounding is no excuse


def compare_derivatives(
    sampled: Sampled,
    at: list[float],
    j: int,
    derivatives: Sequence[float],
    tolerance: float,
    rounding: Rounding,
) -> DifferenceReport:
    """Compare each d output / d input j with finite differences.

    Args:
        sampled: the function, which gives with its outputs the pieces it is on.
        at: its inputs.
        j: which of them is moved.
        derivatives: of each output, what is to be judged.
        tolerance: relative error allowed.
        rounding: of output i and input j, how far rounding may carry the output and its
            derivative, beside what the size of the output tells.
    """
    slopes: list[list[Slope]] = [[] for _ in derivatives]
    met, reach, here = "", 0.0, sampled(at)[1]
    for step in _steps(at[j]):
        outputs, kinked = _samples(sampled, at, j, step, here)
        if kinked:
            met, reach = met or kinked, reach or 2.0 * step
            continue
        for i, (derivative, ys) in enumerate(zip(derivatives, outputs, strict=True)):
            slopes[i].append(_slope(derivative, ys, step, tolerance, partial(rounding, i, j)))
        if all(seen[-1].settles for seen in slopes):
            break
    if met == PYTHON and all(any(x.agrees for x in seen) for seen in slopes):
        met = ""  # such as a loop that took a step more
    texts = {i: _against(derivatives[i], seen) for i, seen in enumerate(slopes)}
    return DifferenceReport({i: text for i, text in texts.items() if text}, met, reach)


def _slope(
    derivative: float,
    ys: Sequence[float],
    step: float,
    tolerance: float,
    rounding: Callable[[], tuple[float, float]],
) -> Slope:
    if not all(map(math.isfinite, ys)):  # as at the point itself: there is nothing to compare
        return Slope(math.nan, 0.0, step, True, True)
    slope = total(*(weight * y for (_, weight), y in zip(WEIGHTS, ys, strict=True))) / step
    noise = 64.0 * math.ulp(max(map(abs, ys))) / step
    size, gap = max(abs(derivative), abs(slope)), abs(derivative - slope)
    agrees = gap < math.inf and gap <= tolerance * size + noise
    if not agrees:
        of_output, of_derivative = rounding()
        noise += of_output / step
        agrees = gap < math.inf and gap <= tolerance * size + noise + of_derivative
    exact = gap == 0.0 or noise <= 10.0 * tolerance * size
    return Slope(slope, noise, step, agrees, agrees and exact)


def _against(derivative: float, seen: Sequence[Slope]) -> str:
    """The disagreement with a derivative: of a step size that another confirms, or of all of them.

    One alone may be too coarse, or so fine that rounding is an excuse for everything.
    """
    for x in seen:
        gap = abs(derivative - x.slope)
        tells = not x.agrees and x.noise <= 1e-3 * max(abs(derivative), abs(x.slope))
        if tells and any(
            abs(y.slope - x.slope) <= 0.1 * gap + y.noise / 16.0
            for y in seen
            if not 0.1 < y.step / x.step < 10.0
        ):
            return f"{x.slope!r} by finite differences with step {x.step:.3g}"
    if not seen or any(x.agrees for x in seen):
        return ""
    first = min(seen, key=lambda x: x.noise > 1e-3 * abs(x.slope))
    return f"{first.slope!r} by finite differences with step {first.step:.3g}"


def _steps(x: float) -> tuple[float, ...]:
    """Relative to a small x, which may be close to a pole; then finer; then absolute.

    None at infinity and at nan, where there are no differences.
    """
    first = max(STEP * min(abs(x) or 1.0, 1.0), abs(x) * 2.0**-30)
    if not math.isfinite(x):
        return ()
    steps = (first, first * 2.0**-6, first * 2.0**-12, STEP)
    return tuple(step for step in steps if step > 0.0)


def _samples(
    sampled: Sampled, at: list[float], j: int, step: float, here: Sequence[Piece]
) -> tuple[list[tuple[float, ...]], str]:
    """The numbers of each output around input j, or what kink is met on the way."""
    found = []
    for offset, _ in WEIGHTS:
        outputs, there = sampled(move(at, j, offset * step))
        kinked = PYTHON if other_path(here, there) else kink(here, there)
        if kinked:
            return [], kinked
        found.append(outputs)
    return list(zip(*found, strict=True)), ""


def move(at: list[float], j: int, way: float) -> list[float]:
    """The inputs with number j moved by `way`."""
    return [*at[:j], at[j] + way, *at[j + 1 :]]
