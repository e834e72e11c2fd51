"""How far a result is from the true one, in units in the last place."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from mpmath import mp, mpf  # type: ignore[import-untyped]

from autograd import Value
from tests.domains import Truth


def derivatives(
    function: Callable[..., Any], xs: Sequence[float]
) -> tuple[float, list[float], list[list[float]]]:
    """Value, gradient and Hessian, all through `backward`."""
    leaves = [Value(x) for x in xs]
    result = function(*leaves)
    if not isinstance(result, Value):
        return result, [0.0] * len(xs), [[0.0] * len(xs)] * len(xs)
    result.backward(create_graph=True)
    gradient = [leaf.grad for leaf in leaves]
    hessian = []
    for slope in gradient:
        for leaf in leaves:
            leaf.grad = 0.0
        if isinstance(slope, Value):
            slope.backward()
        hessian.append([leaf.grad for leaf in leaves])
    return result.data, [getattr(slope, "data", slope) for slope in gradient], hessian


def condition_near_a_zero(truth: Truth, xs: Sequence[Any]) -> float:
    """Σ |xᵢ·∂f/∂xᵢ / f| where f changes sign within a quarter of an operand, else 0."""
    true, total, crosses = truth(*xs), mpf(0), False
    step = mpf(10) ** -20
    for i, x in enumerate(xs):
        moved = [truth(*xs[:i], x * factor, *xs[i + 1 :]) for factor in (0.75, 1.25, 1 + step)]
        crosses |= any(mp.sign(there) != mp.sign(true) for there in moved[:2])
        total += abs((moved[2] - true) / (step * true)) if true else mpf(0)
    return float(total) if crosses else 0.0


def ulps_from(true: Any, got: float) -> float:
    """The distance of a float from the true number, in ULP of the float nearest to that.

    Subnormals have the ULP of the smallest. What overflows is next to the largest float; where the
    true number does, the distance is 0 or infinite.
    """
    nearest = float(true)
    if math.isinf(nearest) or math.isnan(got):
        return 0.0 if got == nearest else math.inf
    found = mpf(2) ** 1024 * int(math.copysign(1.0, got)) if math.isinf(got) else mpf(got)
    return float(abs(found - true) / math.ulp(nearest))
