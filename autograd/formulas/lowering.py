"""Lowering: how all other ops are computed out of the primitives, with the same bits.

Each formula is what `ieee.py` says, without a branch: both sides are computed and `where` selects
one. A costly function is called once, on an argument that was selected first. The formulas hold for
floats, which is how they are tested, and for symbols, which is how they become code. Comparisons
are those of `primitives.py`, since `<` of two symbols means nothing; a quotient is `c.div`, since
Python's raises.
"""

from collections.abc import Callable
from typing import Any

from ..engine import calculus as c, ieee
from ..engine.op import Op
from . import expansions
from .primitives import PRIMITIVES, at_most, copysign, erfc, fmod, less, root, same

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


def _scale_of_squares(large: Any) -> Any:
    up = c.where(less(large, 2.0**-500), 2.0**600, 1.0)
    return c.where(less(2.0**500, large), 2.0**-600, up)


def _hypot(x: Any, y: Any) -> Any:
    infinite = _either(_infinite(x), _infinite(y))
    x, y = c.abs(x), c.abs(y)
    large, small = _larger(x, y), c.where(less(x, y), x, y)
    scale = _scale_of_squares(large)
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


def _inversion(x: Any, y: Any) -> Any:
    large = _larger(c.abs(x), c.abs(y))
    at_infinity = _both(same(large, INF), _both(same(x, x), same(y, y)))
    scale = _scale_of_squares(large)
    moderate = same(scale, 1.0)
    h = c.hypot(x * scale, y * scale)
    up, down = c.where(moderate, 2.0**500, scale), c.where(moderate, 2.0**-500, scale)
    out = c.div(c.div(x * up, h), h) * down
    return c.where(at_infinity, copysign(0.0, x), out)


# --- powers ---------------------------------------------------------------------------------


def _over(x: Any, y: Any, times: int) -> Any:
    first = quotient = c.div(x, y)
    inverse = product = c.div(1.0, y)
    for _ in range(times - 1):
        quotient, product = c.div(quotient, y), product * inverse
    subnormal = _both(less(0.0, c.abs(first)), less(c.abs(first), ieee.NORMAL))
    return c.where(subnormal, x * product, quotient)


def _scaled_power(scale: Any, x: Any, y: Any, by: int = 0) -> Any:
    keeps = _either(same(y - by + by, y), _either(same(x, 0.0), _infinite(x)))
    exact = keeps if by else 1.0
    exponent = c.where(exact, y - by, y)
    out = c.pow(x, exponent)
    once = scale * out
    divided = once if not by else c.div(once, x) if by == 1 else _over(once, x, by)
    normal = _both(at_most(ieee.NORMAL, c.abs(out)), less(c.abs(out), INF))
    # pow(1, y), which costs nothing, where the halves are not needed
    half = c.pow(c.where(normal, 1.0, c.abs(x)), 0.5 * exponent)
    product = copysign(1.0, out) * (scale * half)
    for i in range(2):
        product = product if i >= by else c.where(exact, product, c.div(product, x))
        product = product * half if i == 0 else product
    found = c.where(same(out, out), c.where(half, product, 0.0), once)
    found = c.where(normal, c.where(exact, once, divided), found)
    return c.where(scale, c.where(same(scale, scale), found, scale), 0.0)


def _power_log(x: Any, y: Any, times: int) -> Any:
    log = c.log(x)
    found = _scaled_power(log if times == 1 else log * log, x, y)
    return c.where(_either(x, y), found, 0.0)


# --- exponentials ---------------------------------------------------------------------------


def _scaled_exp(x: Any, tail: Any, e: Any, scale: Any) -> Any:
    """scale·exp(x) from e, which is exp(x), or exp(x/2) in the tail."""
    once = scale * e
    return c.where(tail, c.where(same(x, -INF), 0.0, once * e), once)


def _in_tail(x: Any) -> Any:
    """A mask: 1 where exp(x) is so small that `ieee.scaled_exp` takes it in two steps."""
    return less(x, -700.0)


def _exp_scaled(x: Any, scale: Any) -> Any:
    tail = _in_tail(x)
    return _scaled_exp(x, tail, c.exp(c.where(tail, 0.5 * x, x)), scale)


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


def _exp_minus_square(x: Any, scale: float, rest: float = 0.0) -> Any:
    high = c.div(c.floor(x * 1048576.0), 1048576.0)
    low = (x - high) * (x + high)
    out = c.exp(-scale * high * high)
    out = out + out * c.expm1(rest - scale * low)
    return c.where(less(c.abs(x), 100.0), out, _unless_nan(x, 0.0))


def _distribution_with(x: Any, density: Any) -> Any:
    z = x * ieee.SQRT_HALF
    correction = c.strong_product(density, ieee.sqrt_half_rest(x, z))
    return 0.5 * erfc(-z) + correction * ieee.SQRT_TWO


def _gelu_slope(x: Any) -> Any:
    density = c.normal_density(x)
    return _distribution_with(x, density) + c.strong_product(density, x)


# --- random numbers -------------------------------------------------------------------------


def _words(x: Any) -> tuple[Any, Any]:
    """The upper and the lower word of 26 bits of a whole number; the quotient is exact."""
    upper = c.floor(x * (1.0 / ieee.WORD))
    return upper, x - upper * ieee.WORD


def _fold_in(key: Any, data: Any) -> Any:
    upper, lower = _words(key)
    right, left = _words(data)
    for constant in ieee.ROUNDS:
        mixed = c.floor(left * left * 2.0**-13) + right + (lower + constant)
        left, right = _words(mixed)[1], left
        lower, upper = upper, lower
    return left * ieee.WORD + right


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
    c.inversion: _inversion,
    **{op: op.forward for op in (c.unit_slope, c.unit_mixed, c.inversion_slope)},
    c.inversion_mixed: c.inversion_mixed.forward,
    c.div_slope: lambda x, y: -_over(x, y, 2),
    c.div_bend: lambda x, y: 2.0 * _over(x, y, 3),
    # choices
    c.step: lambda x: _unless_nan(x, less(0.0, x)),
    c.sign: lambda x: c.where(less(0.0, x), 1.0, c.where(less(x, 0.0), -1.0, x)),
    c.greater: lambda x, y: less(y, x),
    c.equal: lambda x, y: same(x, y),
    c.maximum: lambda x, y: _unless_nan(x, _unless_nan(y, _larger(x, y))),
    c.minimum: lambda x, y: _unless_nan(x, _unless_nan(y, c.where(less(y, x), y, x))),
    c.clip: lambda x, low, high: c.minimum(c.maximum(x, low), high),
    c.relu: lambda x: c.where(at_most(x, 0.0), 0.0, x),
    c.leaky_relu: lambda x, slope: c.where(at_most(x, 0.0), slope * x, x),
    c.elu: lambda x, alpha: c.where(at_most(x, 0.0), alpha * c.expm1(x), x),
    c.nonnegative: lambda x: c.where(at_most(0.0, x), x + 0.0, NAN),
    c.strong_product: lambda x, y: c.where(x, x * y, 0.0),
    # powers and roots
    c.power_slope: lambda x, y: _scaled_power(y, x, y, 1),
    c.power_bend: lambda x, y: _scaled_power(y * (y - 1.0), x, y, 2),
    c.power_mixed: lambda x, y: _scaled_power(1.0 + c.strong_product(y, c.log(x)), x, y, 1),
    c.power_log: lambda x, y: _power_log(x, y, 1),
    c.power_log_square: lambda x, y: _power_log(x, y, 2),
    c.asin_slope: lambda x: c.div(1.0, c.sqrt((1.0 - x) * (1.0 + x))),
    c.acosh_slope: lambda x: c.div(1.0, c.sqrt(x - 1.0) * c.sqrt(x + 1.0)),
    c.atanh_slope: lambda x: c.div(1.0, c.nonnegative((1.0 - x) * (1.0 + x))),
    c.fold_in: _fold_in,
    # exponentials
    c.sigmoid: _sigmoid,
    c.sigmoid_slope: _sigmoid_slope,
    c.sech2: _sech2,
    c.softplus: lambda x: c.relu(x) + c.log1p(c.exp(-c.abs(x))),
    c.silu: _silu,
    c.silu_slope: _silu_slope,
    c.silu_bend: _silu_bend,
    c.scaled_exp: _exp_scaled,
    c.exp_difference: lambda x, y: c.exp(c.where(same(x, y), 0.0, x - y)),
    c.share: lambda x, others: c.div(x, x + others),
    c.gauss: lambda x: _exp_minus_square(x, 1.0),
    c.normal_density: lambda x: ieee.DENSITY_AT_ZERO * _exp_minus_square(x, 0.5, ieee.LOG_REST),
    c.normal_distribution: lambda x: _distribution_with(x, c.normal_density(x)),
    c.gelu: lambda x: c.where(same(x, -INF), 0.0, x * c.normal_distribution(x)),
    c.gelu_slope: _gelu_slope,
    # any number of operands, and parts of a softmax
    c.sum: expansions.sum_up,
    c.prod: expansions.multiply,
    c.dot: expansions.dot,
    c.mean: expansions.mean,
    c.logsumexp: expansions.logsumexp,
    c.largest: lambda *xs: c.maximum(xs),
    c.exp_total: expansions.exp_total,
    c.exp_rest: expansions.exp_rest,
    c.log_share: expansions.log_share,
    c.complement: lambda x, rest, total: c.where(
        less(rest, x), c.share(rest, x), 1.0 - c.div(x, total)
    ),
    c.portion: lambda x, rest, total: c.div(x, total),
}

# Of more operands than two the backends apply these from left to right.
FOLDS: frozenset[Op] = frozenset({c.maximum, c.minimum})

# Each of these is one step of a program. The others are expanded into several, so that parts that
# are equal are computed once.
STEPS = PRIMITIVES | FOLDS | {c.gather, c.scattered, c.clip} | {op for op in LOWERED if op.rules}


def expansion(op: Op) -> Callable[..., Any] | None:
    """The formula of an op that takes several steps of a program, None for an op of one step.

    The forward function of a user's op is its formula, if it is written with the functions of this
    library; else the op stays as it is, and the backends that run Python can call it.
    """
    return None if op in STEPS else LOWERED.get(op, op.forward)
