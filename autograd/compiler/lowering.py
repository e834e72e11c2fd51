"""Lowering: how each op of fixed arity is computed out of the primitives, with the same bits.

Each formula is what `ieee.py` says, without a branch: both sides are computed and `where` selects
one. A costly function is called once, on an argument that was selected first. The formulas hold for
floats, which is how they are tested, and for symbols, which is how they become code. Comparisons
are those of `primitives.py`, since `<` of two symbols means nothing; a quotient is `c.div`, since
Python's raises.
"""

import math
from collections.abc import Callable
from typing import Any

from autograd import calculus as c, ieee
from autograd.compiler.primitives import at_most, copysign, erfc, fmod, less, root, same
from autograd.op import Op

NAN, INF = c.NAN, c.INF


def _either(this: Any, that: Any) -> Any:
    return c.where(this, 1.0, that)


def _both(this: Any, that: Any) -> Any:
    return c.where(this, that, 0.0)


def _infinite(x: Any) -> Any:
    return same(c.abs(x), INF)


def _unless_nan(x: Any, out: Any) -> Any:
    return c.where(same(x, x), out, NAN)


# --- arithmetic -----------------------------------------------------------------------------


def _mod(x: Any, y: Any) -> Any:
    rest = fmod(x, y)
    with_sign_of_y = c.where(same(less(rest, 0.0), less(y, 0.0)), rest, rest + y)
    return c.where(rest, with_sign_of_y, copysign(0.0, y))


def _floordiv(x: Any, y: Any) -> Any:
    """As Python computes it: (x - rest) / y is nearly whole, so the nearest whole one is meant."""
    rest = fmod(x, y)
    quotient = c.div(x - rest, y)
    signs_differ = _both(rest, less(rest, 0.0) - less(y, 0.0))
    quotient = c.where(signs_differ, quotient - 1.0, quotient)
    below = c.floor(quotient)
    nearest = c.where(less(0.5, quotient - below), below + 1.0, below)
    return c.where(quotient, nearest, copysign(0.0, c.div(x, y)))


def _cbrt(x: Any) -> Any:
    r = root(x)
    refined = r - c.div(r - c.div(x, r * r), 3.0)
    return c.where(same(refined, refined), refined, r)  # at 0 and inf the step is nan


def _cbrt_slope(x: Any) -> Any:
    r = c.cbrt(x)
    return c.div(1.0, 3.0 * r * r)


def _larger(x: Any, y: Any) -> Any:
    return c.where(less(x, y), y, x)


def _hypot(x: Any, y: Any) -> Any:
    infinite = _either(_infinite(x), _infinite(y))
    x, y = c.abs(x), c.abs(y)
    large, small = _larger(x, y), c.where(less(x, y), x, y)
    up = c.where(less(large, 2.0**-500), 2.0**600, 1.0)
    scale = c.where(less(2.0**500, large), 2.0**-600, up)
    large, small = large * scale, small * scale
    h = c.sqrt(large * large + small * small)
    refined = h + c.div(ieee.hypot_rest(large, small, h), 2.0 * h)
    return c.where(infinite, INF, c.where(h, c.div(refined, scale), 0.0))


def _unit(x: Any, y: Any) -> Any:
    along = _both(_infinite(x), less(c.abs(y), INF))
    large = _larger(c.abs(x), c.abs(y))
    down = c.where(less(2.0**1000, large), 0.25, 1.0)
    scale = c.where(less(large, 2.0**-1000), 2.0**100, down)
    h = c.hypot(x * scale, y * scale)
    return c.where(along, copysign(1.0, x), c.where(h, c.div(x * scale, h), 0.0))


# --- powers ---------------------------------------------------------------------------------


def _keeps_its_exponent(x: Any, y: Any, by: float) -> Any:
    """Where x**(y - by) is taken as such; elsewhere it goes through x**y."""
    return _either(same(y - by + by, y), _either(same(x, 0.0), _infinite(x)))


def _power_slope(x: Any, y: Any) -> Any:
    direct = _keeps_its_exponent(x, y, 1.0)
    power = c.pow(x, c.where(direct, y - 1.0, y))
    return c.strong_product(y, c.where(direct, power, c.div(power, x)))


def _power_bend(x: Any, y: Any) -> Any:
    direct = _keeps_its_exponent(x, y, 2.0)
    power = c.pow(x, c.where(direct, y - 2.0, y))
    lowered = c.where(direct, power, c.div(c.div(power, x), x))
    return c.strong_product(y, c.strong_product(y - 1.0, lowered))


def _power_mixed(x: Any, y: Any) -> Any:
    growth = 1.0 + c.strong_product(y, c.log(x))
    divided_last = _both(_both(less(1.0, x), less(x, INF)), less(y, 1.0))
    direct = c.where(divided_last, 0.0, _keeps_its_exponent(x, y, 1.0))
    power = c.pow(x, c.where(direct, y - 1.0, y))
    last = c.div(c.strong_product(power, growth), x)
    first = c.strong_product(c.where(direct, power, c.div(power, x)), growth)
    return c.where(less(x, 0.0), NAN, c.where(divided_last, last, first))


def _power_log(x: Any, y: Any) -> Any:
    at_zero = c.where(at_most(0.0, y), 0.0, c.where(less(y, 0.0), -INF, NAN))
    elsewhere = c.where(less(x, 0.0), NAN, c.strong_product(c.pow(x, y), c.log(x)))
    return c.where(x, elsewhere, at_zero)


# --- exponentials ---------------------------------------------------------------------------


def _scaled_exp(x: Any, tail: Any, e: Any, scale: Any) -> Any:
    """scale·exp(x) from e, which is exp(x), or exp(x/2) in the tail."""
    once = scale * e
    return c.where(tail, c.where(same(x, -INF), 0.0, once * e), once)


def _in_tail(x: Any) -> Any:
    """Where exp(x) is so small that `ieee.scaled_exp` takes it in two steps."""
    return less(x, -700.0)


def _sigmoid(x: Any) -> Any:
    e = c.exp(-c.abs(x))
    return c.div(c.where(less(x, 0.0), e, 1.0), 1.0 + e)


def _sigmoid_slope(x: Any) -> Any:
    e = c.exp(-c.abs(x))
    return c.div(e, (1.0 + e) * (1.0 + e))


def _sech2(x: Any) -> Any:
    e = c.exp(-2.0 * c.abs(x))
    return c.div(4.0 * e, (1.0 + e) * (1.0 + e))


def _silu(x: Any) -> Any:
    tail = _in_tail(x)
    e = c.exp(c.where(tail, 0.5 * x, -x))
    return c.where(tail, _scaled_exp(x, tail, e, x), c.div(x, 1.0 + e))


# In the tail e is exp(-|x|/2) where ieee.py adds exp(-|x|) to 1: both are lost in the rounding.
def _silu_slope(x: Any) -> Any:
    size = -c.abs(x)
    tail = _in_tail(size)
    e = c.exp(c.where(tail, 0.5 * size, size))
    square = (1.0 + e) * (1.0 + e)
    left = c.div(1.0 + e + x, square)
    scaled = _scaled_exp(size, tail, e, c.where(less(x, 0.0), left, x))
    return c.where(less(x, 0.0), scaled, c.div(1.0 + e + scaled, square))


def _silu_bend(x: Any) -> Any:
    size = -c.abs(x)
    tail = _in_tail(size)
    e = c.exp(c.where(tail, 0.5 * size, size))
    scale = 2.0 * (1.0 + e) - c.abs(x) * (1.0 - e)
    return _scaled_exp(size, tail, e, c.div(scale, (1.0 + e) * (1.0 + e) * (1.0 + e)))


def _exp_minus_square(x: Any, scale: float) -> Any:
    high = c.div(c.floor(x * 1048576.0), 1048576.0)
    low = (x - high) * (x + high)
    out = c.exp(-scale * high * high) * c.exp(-scale * low)
    return c.where(less(c.abs(x), 100.0), out, _unless_nan(x, 0.0))


def _gelu_slope(x: Any) -> Any:
    return c.normal_distribution(x) + c.strong_product(c.normal_density(x), x)


# --- the table ------------------------------------------------------------------------------

LOWERED: dict[Op, Callable[..., Any]] = {
    c.identity: lambda x: x,
    c.fixed: lambda x: x,
    c.mod: _mod,
    c.floordiv: _floordiv,
    c.cbrt: _cbrt,
    c.cbrt_slope: _cbrt_slope,
    c.hypot: _hypot,
    c.unit: _unit,
    c.inversion: lambda x, y: c.div(c.unit(x, y), c.hypot(x, y)),
    # choices
    c.step: lambda x: _unless_nan(x, less(0.0, x)),
    c.sign: lambda x: c.where(less(0.0, x), 1.0, c.where(less(x, 0.0), -1.0, x)),
    c.greater: lambda x, y: less(y, x),
    c.equal: same,
    c.maximum: lambda x, y: _unless_nan(x, _unless_nan(y, _larger(x, y))),
    c.minimum: lambda x, y: _unless_nan(x, _unless_nan(y, c.where(less(y, x), y, x))),
    c.clip: lambda x, low, high: c.minimum(c.maximum(x, low), high),
    c.relu: lambda x: c.where(at_most(x, 0.0), 0.0, x),
    c.leaky_relu: lambda x, slope: c.where(at_most(x, 0.0), slope * x, x),
    c.elu: lambda x, alpha: c.where(at_most(x, 0.0), alpha * c.expm1(x), x),
    c.nonnegative: lambda x: c.where(at_most(0.0, x), x + 0.0, NAN),
    c.strong_product: lambda x, y: c.where(x, x * y, 0.0),
    # powers and roots
    c.power_slope: _power_slope,
    c.power_bend: _power_bend,
    c.power_mixed: _power_mixed,
    c.power_log: _power_log,
    c.asin_slope: lambda x: c.div(1.0, c.sqrt((1.0 - x) * (1.0 + x))),
    c.acosh_slope: lambda x: c.div(1.0, c.sqrt(x - 1.0) * c.sqrt(x + 1.0)),
    c.atanh_slope: lambda x: c.div(1.0, c.nonnegative((1.0 - x) * (1.0 + x))),
    # exponentials
    c.sigmoid: _sigmoid,
    c.sigmoid_slope: _sigmoid_slope,
    c.sech2: _sech2,
    c.softplus: lambda x: c.relu(x) + c.log1p(c.exp(-c.abs(x))),
    c.silu: _silu,
    c.silu_slope: _silu_slope,
    c.silu_bend: _silu_bend,
    c.gauss: lambda x: _exp_minus_square(x, 1.0),
    c.normal_density: lambda x: c.div(_exp_minus_square(x, 0.5), math.sqrt(2.0 * math.pi)),
    c.normal_distribution: lambda x: 0.5 * erfc(-x * ieee.SQRT_HALF),
    c.gelu: lambda x: c.where(same(x, -INF), 0.0, x * c.normal_distribution(x)),
    c.gelu_slope: _gelu_slope,
}
