"""erf, exp, expm1, log, log1p, pow and tanh for vectors, with the bits of the platform's library.

The algorithms are those that glibc publishes: for exp, log and pow the optimized routines of Arm
(2018, MIT licence; tables, then a short polynomial, as of Tang, 1989), for the others fdlibm's (Sun
Microsystems, 1993, free to use). They are written anew with their constants; each line is what one
or a few instructions do. To have the same bits, all has to be rounded as there: which product and
sum are one fma is what gcc makes of glibc for a processor that has it. Whether they do have the
bits of a platform is found out there (`vector_check.py`).

A formula is given a symbol of eight numbers for each operand. It says for which it holds, 1.0 or
0.0, and what the function makes of those; for others the library itself is called.
"""

import math
from collections.abc import Callable
from inspect import signature

from ....engine import calculus as c
from ....formulas.primitives import at_most, copysign, less, same
from ....formulas.symbol import Symbol
from .vector_code import Words, as_float, bits, both, either, fma
from .vector_erf import erf
from .vector_exp import INVERSE_OF_LN2, WHOLE, power_of_e
from .vector_tables import MIDDLE_BITS, PARTS, quotients, short_quotients

Formula = Callable[..., tuple[Symbol, Symbol]]

WHOLE_BITS = 0x4338000000000000
ONE = 1023 << 52  # the bits of 1.0: the exponent is above bit 52
FRACTION = (1 << 52) - 1
LN2_HIGH, LN2_LOW = as_float(0x3FE62E42FEE00000), as_float(0x3DEA39EF35793C76)  # of fdlibm


def operands_of(name: str) -> int:
    """How many operands a library function has that has a formula."""
    return len(signature(FORMULAS[name]).parameters)


def _integers(x: Symbol) -> Words:
    """Whole floats as integers."""
    return bits(x + WHOLE) - WHOLE_BITS


def _floats(k: Words) -> Symbol:
    """Small integers as floats."""
    return (k + WHOLE_BITS).floats() - WHOLE


def _power_of_two(k: Symbol) -> Symbol:
    """2^k for whole floats."""
    return ((_integers(k) << 52) + ONE).floats()


# --- of the optimized routines --------------------------------------------------------------


def _exp(x: Symbol) -> tuple[Symbol, Symbol]:
    return less(c.abs(x), 512.0), power_of_e(x)


def _in_octave(x: Symbol, first: int) -> tuple[Symbol, Symbol, Words]:
    """k, z and the part that z is in, where x = 2^k · z with z in the octave from these bits on."""
    words = bits(x)
    above = words - first
    k = _floats(above >> 52)
    z = (words - ((above >> 52) << 52)).floats()
    return k, z, (above >> 45) & (PARTS - 1)


def _log_far(x: Symbol) -> Symbol:
    """log of a normal number 2^k · z: log(c) of the table, k · ln 2, and log of z/c."""
    k, z, place = _in_octave(x, 0x3FE6000000000000)  # the bits of 0.6875, where the table begins
    quotient, logarithm = quotients()
    r = fma(z, place.entries(quotient), -1.0)
    base = fma(k, 0.6931471805598903, place.entries(logarithm))
    high = base + r
    low = fma(k, 5.497923018708371e-14, (base - high) + r)
    squared = r * r
    low = fma(squared, -0.5000000000000001, low)
    more = fma(r, -0.16667054827627667, 0.20000304511814496)
    more = fma(more, squared, fma(r, -0.2499999999622955, 0.33333333331825593))
    return fma(r * squared, more, low) + high


def _log_near(x: Symbol) -> Symbol:
    """log between 15/16 and 1.0647: a polynomial in r = x - 1, its first two terms in two parts."""
    r = x - 1.0
    squared = r * r
    cubed = r * squared
    first = fma(r, -0.24999999999998432, 0.3333333333333352)
    first = fma(squared, 0.19999999999320328, first)
    second = fma(r, 0.14285715076560868, -0.16666666669929706)
    second = fma(squared, -0.12499997863982555, second)
    third = fma(r, -0.10000486757818193, 0.11110712032936046)
    third = fma(squared, 0.09181994006195467, third)
    third = fma(cubed, -0.08328363062289341, third)
    more = fma(fma(third, cubed, second), cubed, first)
    upper = fma(r, -(2.0**27), fma(r, 2.0**27, r))  # the upper half of the bits of r
    half = upper * upper
    high = fma(half, -0.5, r)
    low = fma(half, -0.5, r - high)
    low = fma(-0.5 * (r - upper), r + upper, low)
    return high + fma(more, cubed, low)


def _log(x: Symbol) -> tuple[Symbol, Symbol]:
    near = (bits(x) - 0x3FEE000000000000).below(0x3090000000000)  # of 15/16 and 1.0647
    normal = both(at_most(2.0**-1022, x), less(x, math.inf))
    return normal, c.where(near, _log_near(x), _log_far(x))


def _log_in_two_parts(x: Symbol) -> tuple[Symbol, Symbol]:
    """log of a normal number 2^k · z, as `_log_far`, and what its rounding lost."""
    k, z, place = _in_octave(x, MIDDLE_BITS)
    quotient, logarithm, missing = short_quotients()
    r = fma(z, place.entries(quotient), -1.0)
    base = fma(k, 0.6931471805598903, place.entries(logarithm))
    begun = base + r
    low = fma(k, 5.497923018708371e-14, place.entries(missing)) + ((base - begun) + r)
    halved = -0.5 * r
    squared = r * halved
    high = begun + squared
    low = low + fma(halved, r, -squared) + ((begun - high) + squared)
    more = fma(r, 1.0000415263675542, -1.142909628459501)
    more = fma(squared, more, fma(r, -0.6666666663487739, 0.7999999995323976))
    more = fma(squared, more, fma(r, 0.5000000000000007, -0.6666666666666679))
    low = fma(r * squared, more, low)
    whole = high + low
    return whole, (high - whole) + low


def _pow(x: Symbol, y: Symbol) -> tuple[Symbol, Symbol]:
    """e^(y · log|x|), with the sign of x where y is odd; of x below 0 for whole y alone."""
    size = c.abs(x)
    high, low = _log_in_two_parts(size)
    product = y * high
    rest = fma(y, low, fma(y, high, -product))
    normal = both(at_most(2.0**-1022, size), less(size, math.inf))
    real = c.where(less(x, 0.0), same(c.trunc(y), y), 1.0)
    half = 0.5 * y
    sign = c.where(same(c.trunc(half), half), 1.0, x)
    holds = both(both(normal, real), less(c.abs(product), 512.0))
    return holds, copysign(power_of_e(product, rest), sign)


# --- of fdlibm ------------------------------------------------------------------------------


def _e_to_minus_one(x: Symbol) -> Symbol:
    """2^k · e^r - 1, where k is the nearest integer to x / ln 2, and r is `x + lost`."""
    whole = c.trunc(x * INVERSE_OF_LN2 + copysign(0.5, x))
    k = c.where(less(c.abs(x), as_float(0x3FD62E43 << 32)), 0.0, whole)
    high, low = fma(-k, LN2_HIGH, x), k * LN2_LOW
    r = high - low
    lost = (high - r) - low
    halved = 0.5 * r
    square = r * halved
    fourth = square * square
    ratio = fma(square, -0.03333333333333313, 1.0)
    more = fma(square, -7.93650757867488e-05, 0.0015873015872548146)
    ratio = fma(fourth, more, ratio)
    more = fma(square, -2.0109921818362437e-07, 4.008217827329362e-06)
    ratio = fma(fourth * fourth, more, ratio)
    t = fma(-ratio, halved, 3.0)
    e = c.div(ratio - t, fma(-r, t, 6.0)) * square
    plain = r - fma(e, r, -square)
    e = fma(e - lost, r, -lost) - square
    return c.where(k, _scaled(k, r, e), plain)


def _scaled(k: Symbol, r: Symbol, e: Symbol) -> Symbol:
    """2^k · (1 + r - e) - 1 for k other than 0; where the 1 is subtracted depends on k."""
    up, down = _power_of_two(k), _power_of_two(-k)
    inside = c.where(less(k, 20.0), (1.0 - down) - (e - r), (r - (e + down)) + 1.0) * up
    outside = (1.0 - (e - r)) * up - 1.0
    made = c.where(both(less(-2.0, k), at_most(k, 56.0)), inside, outside)
    one = c.where(less(r, -0.25), -2.0 * (e - (r + 0.5)), fma(r - e, 2.0, 1.0))
    return c.where(same(k, -1.0), fma(r - e, 0.5, -0.5), c.where(same(k, 1.0), one, made))


def _expm1(x: Symbol) -> tuple[Symbol, Symbol]:
    return less(c.abs(x), 708.0), _e_to_minus_one(x)


def _log1p(x: Symbol) -> tuple[Symbol, Symbol]:
    """k · ln 2 + log1p(f) where 1 + x = 2^k · (1 + f), but for what `u`, rounded, lost of it."""
    direct = both(less(as_float(0xBFD2BEC4 << 32), x), less(x, as_float(0x3FDA827A << 32)))
    u = 1.0 + x
    words = bits(u)
    fraction = ((words & FRACTION) | ONE).floats()
    large = at_most(as_float(0x3FF6A09E << 32), fraction)
    k = _floats((words >> 52) - 1023)
    lost = c.div(c.where(less(0.0, k), 1.0 - (u - x), x - (u - 1.0)), u)
    k = c.where(direct, 0.0, c.where(large, k + 1.0, k))
    f = c.where(direct, x, c.where(large, 0.5 * fraction, fraction) - 1.0)
    halved = 0.5 * f * f
    lost = fma(k, LN2_LOW, lost)
    # Where f is tiny, fewer terms are enough.
    tiny = both(at_most(-1.5 * 2.0**-20, f), less(f, 2.0**-20))
    short = halved * fma(f, -0.6666666666666666, 1.0) - lost
    rest = _log1p_rest(f, halved)
    inner = c.where(tiny, short, halved - (lost + rest))
    scaled = fma(k, LN2_HIGH, -(inner - f))
    near = c.where(less(c.abs(x), 2.0**-29), fma(x * x, -0.5, x), f - (halved - rest))
    near = c.where(less(c.abs(x), 2.0**-54), x, near)
    return both(less(-1.0, x), less(x, 2.0**53)), c.where(same(k, 0.0), near, scaled)


def _log1p_rest(f: Symbol, halved: Symbol) -> Symbol:
    """log1p(f) - f + f²/2, where `halved` is f²/2."""
    s = c.div(f, 2.0 + f)
    z = s * s
    squared = z * z
    fourth = squared * squared
    rest = squared * fma(z, 0.2857142874366239, 0.3999999999940942)
    rest = fma(z, 0.6666666666666735, rest)
    rest = fma(fourth, fma(z, 0.1818357216161805, 0.22222198432149784), rest)
    rest = fma(squared * fourth, fma(z, 0.14798198605116586, 0.15313837699209373), rest)
    return (rest + halved) * s


def _tanh(x: Symbol) -> tuple[Symbol, Symbol]:
    """Below 1 with t = e^(-2|x|) - 1: -t / (t + 2); above with e^(2|x|) - 1: 1 - 2 / (t + 2)."""
    size = c.abs(x)
    size = c.where(less(22.0, size), 22.0, size)  # from there on it is 1
    small = less(size, 1.0)
    t = _e_to_minus_one(c.where(small, -2.0, 2.0) * size)
    quotient = c.div(c.where(small, -t, 2.0), t + 2.0)
    return same(x, x), copysign(c.where(small, quotient, 1.0 - quotient), x)


FORMULAS: dict[str, Formula] = {
    "erf": erf,
    "exp": _exp,
    "expm1": _expm1,
    "log": _log,
    "log1p": _log1p,
    "pow": _pow,
    "tanh": _tanh,
}


def _pow_at_once(x: Symbol, y: Symbol) -> tuple[Symbol, Symbol]:
    """x^1 is x, and x^0 and 1^y are 1: most of what the derivatives of squares ask for."""
    first = same(y, 1.0)
    return either(first, either(same(y, 0.0), same(x, 1.0))), c.where(first, x, 1.0)


# What is known without computing: for vectors of such numbers alone.
SHORTCUTS: dict[str, Formula] = {"pow": _pow_at_once}
