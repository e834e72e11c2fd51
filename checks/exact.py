"""A function in 60 digits: its value, its derivative along a direction, and a bound for floats.

What `tests/random_graphs.py` writes runs on `Exact` numbers in the place of Values, with the
functions of `exact_library.py` in the place of this library's. Each holds the
true number; how far a float of it can be off, to first order, if every op keeps to its bounds; the
derivative along a direction; the sum of the sizes of all products of local derivatives that this
consists of; and how far the sum of those products can be off, in whatever order it is worked out.
So one bound holds for forward mode and for the backward pass.

Where an op would choose by a number that floats do not hold well enough, or leaves the range of
normal floats, there is no bound: `UndecidedError` says why.
"""

from collections.abc import Callable, Sequence
from typing import Any

from mpmath import mp, mpf  # type: ignore[import-untyped]

from tests.domains import Order2

from .accuracy_cases import CASES

EPSILON = mpf(2) ** -53
LARGEST, SMALLEST = mpf(10) ** 290, mpf(10) ** -290
CHOICE_MARGIN = 8  # how often the bound of a number keeps it from where an op chooses otherwise
WELL_KNOWN = mpf(10) ** -4  # how much of a local derivative may be unknown, for first order to do
ADDITIONS = 32  # more roundings of a local derivative: its product, and its place in a sum
OF_ITSELF = {"abs", "relu", "step", "sign", "floor", "ceil", "round", "trunc"}
KINKED = {*OF_ITSELF, "leaky_relu", "elu"}


class UndecidedError(Exception):
    """Floats cannot tell, or this reference does not."""


class Exact:
    """A number in 60 digits, with its derivative along a direction and bounds for both.

    Args:
        value: the true number.
        error: how far a float of it can be off.
        slope: the true derivative along the direction.
        size: of the products that the derivative is the sum of.
        slope_error: how far a float of the derivative can be off.
        is_constant: whether it is computed of plain numbers, so that no derivative by it is taken.
    """

    def __init__(
        self,
        value: Any,
        error: Any = 0,
        slope: Any = 0,
        size: Any = 0,
        slope_error: Any = 0,
        *,
        is_constant: bool = False,
    ) -> None:
        self.is_constant = is_constant
        self.value, self.error = mpf(value), mpf(error)
        self.slope, self.size, self.slope_error = mpf(slope), mpf(size), mpf(slope_error)

    def __add__(self, other: Any) -> "Exact":
        return applied("+", self, other)

    def __radd__(self, other: Any) -> "Exact":
        return applied("+", other, self)

    def __sub__(self, other: Any) -> "Exact":
        return applied("-", self, other)

    def __rsub__(self, other: Any) -> "Exact":
        return applied("-", other, self)

    def __mul__(self, other: Any) -> "Exact":
        return applied("*", self, other)

    def __rmul__(self, other: Any) -> "Exact":
        return applied("*", other, self)

    def __truediv__(self, other: Any) -> "Exact":
        return applied("/", self, other)

    def __rtruediv__(self, other: Any) -> "Exact":
        return applied("/", other, self)

    def __pow__(self, other: Any) -> "Exact":
        return applied("**", self, other)

    def __rpow__(self, other: Any) -> "Exact":
        return applied("**", other, self)

    def __neg__(self) -> "Exact":
        return applied("neg", self)

    def __mod__(self, other: Any) -> "Exact":
        raise UndecidedError("a remainder")

    __rmod__ = __floordiv__ = __rfloordiv__ = __mod__

    def detach(self) -> "Exact":
        """The number alone."""
        return Exact(self.value, self.error, is_constant=True)


def exact(x: Any) -> Exact:
    """A number or an `Exact` as one."""
    if isinstance(x, Exact):
        return x
    if not abs(x) < 1e300:
        raise UndecidedError("an infinite number, or none")
    return Exact(_in_range(mpf(x)), is_constant=True)


def applied(name: str, *operands: Any) -> Exact:
    """An op of the table, of numbers whose kinks are far enough away."""
    xs = [exact(x) for x in operands]
    if name in KINKED:
        _refuse_a_near_kink(name, xs)
    if name == "atan2" and xs[1].value < 0 and abs(xs[0].value) <= CHOICE_MARGIN * xs[0].error:
        raise UndecidedError("an angle that may be π or -π")
    if name == "**" and xs[0].value < 0 and not xs[1].is_constant:
        raise UndecidedError("no derivative by the exponent of a negative number")
    return smooth(CASES[name].truth, CASES[name].bounds, xs)


def smooth(
    truth: Callable[..., Order2],
    bounds: Callable[[Sequence[float]], Sequence[float]],
    xs: Sequence[Exact],
) -> Exact:
    """What follows of an op with derivatives around here, for value, slope and bounds."""
    at = [x.value for x in xs]
    try:
        value, firsts, seconds = truth(*at)
    except (ZeroDivisionError, OverflowError):
        raise UndecidedError("a pole, or beyond the reference") from None
    in_value, in_first, _ = bounds([float(x) for x in at])
    moved = mp.fsum(abs(first) * x.error for first, x in zip(firsts, xs, strict=True))
    there = abs(_in_range(value)) + mp.fsum(abs(f * x) for f, x in zip(firsts, at, strict=True))
    error = moved + in_value * EPSILON * there * 2
    result = Exact(value, error, is_constant=all(x.is_constant for x in xs))
    for first, row, x in zip(firsts, seconds, xs, strict=True):
        if not x.is_constant and not mp.isfinite(first):
            raise UndecidedError("a derivative that is infinite, or none, as of 0**y by y")
        if not x.size:
            continue
        _in_range(first)
        unknown = mp.fsum(abs(bend) * other.error for bend, other in zip(row, xs, strict=True))
        if unknown > WELL_KNOWN * abs(first):
            raise UndecidedError("a derivative that is hardly known")
        near = abs(first) + mp.fsum(abs(bend * y) for bend, y in zip(row, at, strict=True))
        unknown += (2 * in_first * near + ADDITIONS * abs(first)) * EPSILON
        result.slope += first * x.slope
        result.size += abs(first) * x.size
        result.slope_error += abs(first) * x.slope_error + unknown * x.size
    _in_range(result.size)
    if not all(map(mp.isfinite, (result.error, result.slope, result.slope_error))):
        raise UndecidedError("a derivative that is infinite, or none, as of 0**y by y")
    return result


def _in_range(x: Any) -> Any:
    """The number, if floats have it and its neighbours at full precision."""
    if not mp.isfinite(x) or isinstance(x, mp.mpc) or (x and not SMALLEST < abs(x) < LARGEST):
        raise UndecidedError("a number that floats do not hold, or not well")
    return x


def _refuse_a_near_kink(name: str, xs: Sequence[Exact]) -> None:
    x, *others = xs
    margin = CHOICE_MARGIN * x.error
    ends = []
    for at in (x.value - margin, x.value + margin):
        value, firsts, _ = CASES[name].truth(at, *(other.value for other in others))
        ends.append((value if not firsts[0] else None, firsts[0] if name in OF_ITSELF else at > 0))
    if ends[0] != ends[1]:
        raise UndecidedError("a number next to a kink")
