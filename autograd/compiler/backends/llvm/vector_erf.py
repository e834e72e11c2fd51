"""The error function for vectors: fdlibm's (Sun Microsystems, 1993, free to use), as glibc has it.

It is made of a quotient of two polynomials in a number that depends on the size of x:

    below 0.84375     x + x·q(x²)
    below 1.25        0.845… + q(|x| - 1)
    below 6           1 - exp(-x² - 0.5625 + q(1/x²))/x, with one q below 1/0.35 and another above

All lanes compute one quotient, each with the coefficients for its size: that takes less than four
of them. A coefficient that a polynomial does not have is 0, which changes no bit.
"""

from collections.abc import Sequence

from ....engine import calculus as c
from ....formulas.primitives import at_most, copysign, less, same
from ....formulas.symbol import Symbol
from .vector_code import as_float, bits
from .vector_exp import power_of_e

# For each power the coefficients below 0.84375, below 1.25, below 1/0.35, and above.
NUMERATOR = (
    (0.12837916709551256, -0.0023621185607526594, -0.009864944034847148, -0.0098649429247001),
    (-0.3250421072470015, 0.41485611868374833, -0.6938585727071818, -0.799283237680523),
    (-0.02848174957559851, -0.3722078760357013, -10.558626225323291, -17.757954917754752),
    (-0.005770270296489442, 0.31834661990116175, -62.375332450326006, -160.63638485582192),
    (-2.3763016656650163e-05, -0.11089469428239668, -162.39666946257347, -637.5664433683896),
    (0.0, 0.035478304325618236, -184.60509290671104, -1025.0951316110772),
    (0.0, -0.002166375594868791, -81.2874355063066, -483.5191916086514),
    (0.0, 0.0, -9.814329344169145, 0.0),
)
DENOMINATOR = (
    (1.0, 1.0, 1.0, 1.0),
    (0.39791722395915535, 0.10642088040084423, 19.651271667439257, 30.33806074348246),
    (0.0650222499887673, 0.540397917702171, 137.65775414351904, 325.7925129965739),
    (0.005081306281875766, 0.07182865441419627, 434.56587747522923, 1536.729586084437),
    (0.00013249473800432164, 0.12617121980876164, 645.3872717332679, 3199.8582195085955),
    (-3.960228278775368e-06, 0.01363708391202905, 429.00814002756783, 2553.0504064331644),
    (0.0, 0.011984499846799107, 108.63500554177944, 474.52854120695537),
    (0.0, 0.0, 6.570249770319282, -22.44095244658582),
    (0.0, 0.0, -0.0604244152148581, 0.0),
)
NEAR_ONE = as_float(0x3FEB0AC160000000)  # 0.845…, about erf(1)
SLOPE = 0.1283791670955126  # of erf at 0, less 1
INNER = as_float(0x4006DB6E << 32)  # about 1/0.35
UPPER_WORD = 0xFFFFFFFF << 32


def erf(x: Symbol) -> tuple[Symbol, Symbol]:
    """erf(x) and where it holds: not for nan and next to 0, where glibc scales x first."""
    size = c.abs(x)
    near, middle, inner = (less(size, limit) for limit in (0.84375, 1.25, INNER))
    z = c.where(near, x * x, c.where(middle, size - 1.0, c.div(1.0, size * size)))

    def polynomial(coefficients: Sequence[Sequence[float]]) -> Symbol:
        own = [
            c.where(near, first, c.where(middle, second, c.where(inner, third, fourth)))
            for first, second, third, fourth in coefficients
        ]
        return _evaluate(own, z)

    quotient = c.div(polynomial(NUMERATOR), polynomial(DENOMINATOR))
    upper = (bits(size) & UPPER_WORD).floats()
    first = power_of_e(-upper * upper - 0.5625)
    power = first * power_of_e((upper - size) * (upper + size) + quotient)
    far = c.where(less(size, 6.0), 1.0 - c.div(power, size), 1.0)
    outside = copysign(c.where(middle, NEAR_ONE + quotient, far), x)
    inside = x + x * c.where(less(size, 2.0**-28), SLOPE, quotient)
    holds = c.where(same(size, 0.0), 1.0, at_most(2.0**-1000, size))
    return holds, c.where(near, inside, outside)


def _evaluate(coefficients: Sequence[Symbol], z: Symbol) -> Symbol:
    """The polynomial of degree 7 or 8, in pairs of terms, in the order of glibc."""
    square = z * z
    fourth = square * square
    found, *more = (
        coefficients[i] + z * coefficients[i + 1] for i in range(0, len(coefficients) - 1, 2)
    )
    more += coefficients[8:]
    for power, pair in zip((square, fourth, fourth * square, fourth * fourth), more, strict=False):
        found = found + power * pair
    return found
