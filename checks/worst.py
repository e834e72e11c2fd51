"""The largest error of an op at many points, in ULP, of this library and of its peers."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from mpmath import mpf  # type: ignore[import-untyped]

from tests.ulps import condition_near_a_zero

from .accuracy_cases import Case

SMALLEST_NORMAL = 2.0**-1022
LARGEST = float(np.finfo(np.float64).max)
MOST_CONDITIONS = 300  # that are worked out for a peer, which may be wrong at most points
Found = dict[str, Any]
Array = Any  # of floats


class Quantity(NamedTuple):
    """A value or derivative: by which operands, and the true numbers at all points.

    Attributes:
        which: the indices of the operands, none for the value.
        nearest: the floats next to the true numbers.
        rest: what they differ by, in ULP.
        scale: how many ULP count as one.
    """

    which: tuple[int, ...]
    nearest: Array
    rest: Array
    scale: Array


def picked(result: Any, which: tuple[int, ...]) -> Any:
    """A number of (value, gradient, Hessian)."""
    found = result[len(which)]
    for i in which:
        found = found[i]
    return found


def every_quantity(operands: int) -> list[tuple[int, ...]]:
    """The value, every first and every second derivative."""
    n = range(operands)
    return [(), *((i,) for i in n), *((i, j) for i in n for j in n)]


def references(case: Case, points: Sequence[tuple[float, ...]]) -> list[Quantity]:
    """The true numbers of a case, at all points."""
    quantities = every_quantity(len(points[0]))
    table = np.empty((len(quantities), 3, len(points)))
    for column, xs in enumerate(points):
        true = case.truth(*map(mpf, xs))
        for row, which in enumerate(quantities):
            table[row, :, column] = (*_split(picked(true, which)), case.scale(xs, which, true))
    return [Quantity(which, *rows) for which, rows in zip(quantities, table, strict=True)]


def _split(true: Any) -> tuple[float, float]:
    nearest = float(true)
    if not math.isfinite(nearest):
        return nearest, 0.0
    return nearest, float((mpf(true) - nearest) / math.ulp(nearest))


def errors(found: Array, quantity: Quantity) -> Array:
    """In ULP, of all points; infinite where a number is wrong altogether."""
    nearest = quantity.nearest
    with np.errstate(all="ignore"):
        unit = np.where(nearest == 0.0, 5e-324, np.spacing(np.abs(nearest)))
        got = np.where(np.isinf(found), np.copysign(LARGEST, found), found)
        beyond = np.where(np.isinf(found), math.ulp(LARGEST) / unit, 0.0)
        error = np.abs((got - nearest) / unit - quantity.rest)
        error = np.where(np.isinf(found), np.abs(got - nearest) / unit + beyond, error)
        overflows = ~np.isfinite(nearest)
        error = np.where(overflows, np.where(found == nearest, 0.0, np.inf), error)
        return np.where(np.isnan(found), np.inf, error) / quantity.scale


def largest(
    case: Case,
    points: Sequence[tuple[float, ...]],
    which: tuple[int, ...],
    error: Array,
    most: int | None = None,
) -> tuple[float, int]:
    """The largest error and the index of its point; near a zero by the condition there.

    A condition only lowers an error, so that they are worked out from the largest error on, until
    what is left cannot be larger. After `most` of them, it is the largest so far.
    """
    best, where = 0.0, 0
    for count, i in enumerate(np.argsort(-error)):
        found = float(error[i])
        if found <= best or (most is not None and count >= most):
            break
        if case.crosses_zero and math.isfinite(found):
            found /= 1.0 + _condition(case, points[i], which)
        if found > best:
            best, where = found, int(i)
    return best, where


def _condition(case: Case, xs: tuple[float, ...], which: tuple[int, ...]) -> float:
    return condition_near_a_zero(lambda *at: picked(case.truth(*at), which), [*map(mpf, xs)])


def are_normal(points: Sequence[tuple[float, ...]], quantity: Quantity) -> Array:
    """Where neither an operand nor the result is subnormal: JAX takes those for zero."""
    sizes = np.abs(np.array(points))
    good = ((sizes == 0.0) | (sizes >= SMALLEST_NORMAL)).all(axis=1)
    result = np.abs(quantity.nearest)
    return good & ((result == 0.0) | (result >= SMALLEST_NORMAL))


Computed = Callable[[tuple[int, ...]], Array]  # the numbers of a quantity at all points


def worst_here(
    case: Case, points: Sequence[tuple[float, ...]], truths: Sequence[Quantity], found: Computed
) -> list[Found]:
    """Of each order: the largest error, and the largest in terms of its bound."""
    bounds = np.array([case.bounds(xs) for xs in points]).T
    orders: list[Found] = [{"ulp": 0.0, "of_bound": 0.0} for _ in range(3)]
    for quantity in truths:
        which = quantity.which
        error = errors(found(which), quantity)
        _keep(orders[len(which)], *largest(case, points, which, error), points, which)
        of_bound, where = largest(case, points, which, error / bounds[len(which)])
        if of_bound > orders[len(which)]["of_bound"]:
            orders[len(which)] |= {"of_bound": of_bound, "closest_at": points[where]}
    return orders


def worst_of_peer(
    case: Case, points: Sequence[tuple[float, ...]], truths: Sequence[Quantity], found: Computed
) -> list[Found]:
    """Of each order: the largest error on normal numbers."""
    orders: list[Found] = [{"ulp": 0.0} for _ in range(3)]
    for quantity in truths:
        error = np.where(are_normal(points, quantity), errors(found(quantity.which), quantity), 0.0)
        worst = largest(case, points, quantity.which, error, MOST_CONDITIONS)
        _keep(orders[len(quantity.which)], *worst, points, quantity.which)
    return orders


def _keep(
    order: Found,
    ulp: float,
    where: int,
    points: Sequence[tuple[float, ...]],
    which: tuple[int, ...],
) -> None:
    if ulp > order["ulp"]:
        order |= {"ulp": ulp, "at": points[where], "by": which}


def merged(results: Sequence[Sequence[Found]]) -> list[Found]:
    """Of each order the worst of several parts."""
    orders = []
    for parts in zip(*results, strict=True):
        worst = dict(max(parts, key=lambda part: part["ulp"]))
        if "of_bound" in worst:
            closest = max(parts, key=lambda part: part["of_bound"])
            worst |= {key: closest[key] for key in ("of_bound", "closest_at") if key in closest}
        orders.append(worst)
    return orders
