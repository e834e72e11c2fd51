"""Forward functions on floats that never raise: the IEEE 754 value where Python has an exception.

`math.exp(710)`, `math.log(0)`, `1 / 0.0` raise and `(-8.0) ** (1 / 3)` turns complex; here they
are inf, -inf, inf and nan, as C99 Annex F has them. The table in `calculus.py` is built on these.
"""

import functools
import math
import operator
import sys
from collections.abc import Callable, Mapping, Sequence

INF = math.inf
NAN = math.nan
NORMAL = sys.float_info.min  # smaller numbers are subnormal: they have fewer bits
SQRT_HALF, SQRT_TWO = math.sqrt(0.5), math.sqrt(2.0)
# √½ in two parts: one of 26 bits, so that its product with another such is exact, and the rest.
SQRT_HALF_PARTS = 0.7071067839860916, -2.799544089368687e-09
# 1/√(2π) = exp(log rest)·number: what the number differs by in its 17th digit.
DENSITY_AT_ZERO, LOG_REST = 0.3989422804014327, -6.247337834861335e-17
WORD = 2.0**26  # one more than the largest word of `fold_in`, of 26 bits
# What each of the ten rounds of `fold_in` adds to a word of the key: multiples of the digits after
# the point of the golden ratio and of √3, in turns, as in Philox.
ROUNDS = [i * digits % WORD for i in range(1, 6) for digits in (41475557.0, 49126543.0)]


def ieee(
    function: Callable[[float], float], poles: Mapping[float, float] | None = None
) -> Callable[[float], float]:
    """`function` of one float with IEEE values: `poles` where it has them, inf on overflow, nan."""
    at_pole = dict(poles or {})

    def forward(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.copysign(INF, function(math.copysign(1.0, x)))
        except ValueError:
            return at_pole.get(x, NAN)

    return forward


def divide(x: float, y: float) -> float:
    """x / y"""
    try:
        return x / y
    except ZeroDivisionError:
        return NAN if x == 0.0 or x != x else math.copysign(INF, x) * math.copysign(1.0, y)


def over(x: float, y: float, times: int) -> float:
    """x / y**times, by the inverse of y where x / y is subnormal and has few bits left."""
    quotient = divide(x, y)
    if times > 1 and 0.0 < abs(quotient) < NORMAL:
        return x * product(*[1.0 / y] * times)
    for _ in range(times - 1):
        quotient = divide(quotient, y)
    return quotient


def div_slope(x: float, y: float) -> float:
    """-x / y²"""
    return -over(x, y, 2)


def div_bend(x: float, y: float) -> float:
    """2x / y³"""
    return 2.0 * over(x, y, 3)


def modulo(x: float, y: float) -> float:
    """x % y with Python's sign, the sign of y."""
    return x % y if y != 0.0 else NAN


def floor_divide(x: float, y: float) -> float:
    """x // y, exact where floor(x / y) would round the quotient first."""
    return x // y if y != 0.0 else NAN


def is_odd(y: float) -> bool:
    """Whether `y` is an odd integer. (y % 2.0 rounds up to 1.0 just above -1.)"""
    return abs(math.fmod(y, 2.0)) == 1.0


def power(x: float, y: float) -> float:
    """x**y, nan where it would be complex."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -INF if x < 0.0 and is_odd(y) else INF
    except ValueError:
        if x != 0.0:
            return NAN  # a negative base with a fractional exponent
        return math.copysign(INF, x) if is_odd(y) else INF


def scaled_power(scale: float, x: float, y: float, by: int = 0) -> float:
    """scale·x**(y - by), also where the power alone is too large or too small; 0 if either is 0.

    Where y - by is rounded it goes through x**y, for else the error would grow with log x.
    """
    if scale == 0.0 or scale != scale:
        return scale + 0.0
    exact = y - by + by == y or x == 0.0 or math.isinf(x)
    exponent = y - by if exact else y
    out = power(x, exponent)
    if NORMAL <= abs(out) < INF or out != out:
        return scale * out if exact or not by else over(scale * out, x, by)
    half = power(abs(x), 0.5 * exponent)  # one half, then the other: the product stays in range
    if half == 0.0:
        return 0.0
    product = math.copysign(1.0, out) * (scale * half)
    for i in range(2):
        product = divide(product, x) if not exact and i < by else product
        product = product * half if i == 0 else product
    return product


def power_slope(x: float, y: float) -> float:
    """y·x**(y-1)"""
    return scaled_power(y, x, y, 1)


def power_bend(x: float, y: float) -> float:
    """y·(y-1)·x**(y-2)"""
    return scaled_power(y * (y - 1.0), x, y, 2)


def power_mixed(x: float, y: float) -> float:
    """x**(y-1)·(1 + y·log x), the derivative of x**y by both."""
    return scaled_power(1.0 + strong_product(y, log(x)), x, y, 1)


def power_log(x: float, y: float) -> float:
    """x**y·log x, the derivative by the exponent; by continuity 0 where x**y is 0, and at 0**0."""
    return scaled_power(log(x), x, y) if x != 0.0 or y != 0.0 else 0.0


def power_log_square(x: float, y: float) -> float:
    """x**y·log²x, the second derivative by the exponent."""
    return scaled_power(log(x) * log(x), x, y) if x != 0.0 or y != 0.0 else 0.0


def strong_product(x: float, y: float) -> float:
    """x·y, and exactly 0 where x is 0, whatever y is."""
    return 0.0 if x == 0.0 else x * y


def square_rest(x: float) -> float:
    """x² - x·x, what the rounding of x·x leaves: exact, unless it underflows (Dekker 1971)."""
    head = x * 134217729.0  # 2**27 + 1: the upper half of the bits, by Veltkamp's splitting
    high = head - (head - x)
    low = x - high
    return high * high - x * x + 2.0 * high * low + low * low


def hypot_rest(x: float, y: float, h: float) -> float:
    """x² + y² - h² to many digits, for x >= y and h near √(x² + y²). The compiler's too."""
    rounding = square_rest(x) + square_rest(y) - square_rest(h)
    return x * x - h * h + y * y + rounding


def scale_of_squares(large: float) -> float:
    """A power of two times which a number of this size has a square far from inf and subnormals."""
    return 2.0**-600 if large > 2.0**500 else 2.0**600 if large < 2.0**-500 else 1.0


def hypot(x: float, y: float) -> float:
    """√(x² + y²), and inf with an inf. (The platforms' answers differ in the last bits.)"""
    x, y = abs(x), abs(y)
    if x == INF or y == INF:
        return INF
    large, small = (y, x) if x < y else (x, y)
    scale = scale_of_squares(large)
    large, small = large * scale, small * scale
    h = math.sqrt(large * large + small * small)
    if h == 0.0:
        return 0.0
    return (h + hypot_rest(large, small, h) / (2.0 * h)) / scale  # a Newton step


def unit(x: float, y: float) -> float:
    """x / hypot(x, y): the cosine of the direction (x, y), and 0 at the origin."""
    if math.isinf(x) and math.isfinite(y):
        return math.copysign(1.0, x)
    large = max(abs(x), abs(y))
    # A subnormal hypot has few bits left, and one beyond the largest float none.
    scale = 2.0**100 if large < 2.0**-1000 else 0.25 if large > 2.0**1000 else 1.0
    x, y = x * scale, y * scale
    h = hypot(x, y)
    return x / h if h != 0.0 else 0.0


def inversion(x: float, y: float) -> float:
    """x / (x² + y²): the real part of 1 / (x + iy)."""
    large = max(abs(x), abs(y))
    if large == INF and x == x and y == y:
        return math.copysign(0.0, x)
    # No step between may be beyond the floats, or subnormal where the result is not.
    scale = scale_of_squares(large)
    up, down = (2.0**500, 2.0**-500) if scale == 1.0 else (scale, scale)
    h = hypot(x * scale, y * scale)
    return divide(divide(x * up, h), h) * down


def fold_in(key: float, data: float) -> float:
    """A number from 0 to 2**52 - 1 that looks drawn at random, of two others, in exact steps.

    A Feistel network, as in Philox (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers:
    as easy as 1, 2, 3"), of two words of 26 bits, whose products are whole floats below 2**52. The
    middle of a square takes the place of the parts of a product, which are mixed there by an
    exclusive or: of sums alone a product would be linear.
    """
    upper = key / WORD // 1.0
    lower = key - upper * WORD
    right = data / WORD // 1.0
    left = data - right * WORD
    for constant in ROUNDS:
        mixed = left * left / 8192.0 // 1.0 + right + (lower + constant)  # 2**13, half a word
        left, right = mixed - mixed / WORD // 1.0 * WORD, left
        lower, upper = upper, lower
    return left * WORD + right


def rounding(function: Callable[[float], float]) -> Callable[[float], float]:
    """`function`, such as math.floor, as a float; inf and nan stay what they are."""

    def forward(x: float) -> float:
        return float(function(x)) if math.isfinite(x) else x

    return forward


def step(x: float) -> float:
    """1 where x > 0, else 0, and nan at nan."""
    return 1.0 if x > 0.0 else 0.0 if x <= 0.0 else NAN


def sign(x: float) -> float:
    """1, 0 or -1, and nan at nan."""
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x


def greater(x: float, y: float) -> float:
    """1 where x > y, else 0: also with a nan."""
    return 1.0 if x > y else 0.0


def equal(x: float, y: float) -> float:
    """1 where x = y, else 0: also with a nan."""
    return 1.0 if x == y else 0.0


def nonnegative(x: float) -> float:
    """x where x >= 0, else nan: the argument of a logarithm."""
    return x + 0.0 if x >= 0.0 else NAN


exp = ieee(math.exp)
sqrt = ieee(math.sqrt)
log = ieee(math.log, poles={0.0: -INF})


def cbrt(x: float) -> float:
    """∛x with a Newton step, since the platform's may be 3 ULP off."""
    root = math.cbrt(x)
    if root == 0.0 or not math.isfinite(root):
        return root
    return root - (root - x / (root * root)) / 3.0


def cbrt_slope(x: float) -> float:
    """1 / (3·∛x²)"""
    root = cbrt(x)
    return divide(1.0, 3.0 * root * root)


def asin_slope(x: float) -> float:
    """1 / √(1 - x²)"""
    return divide(1.0, sqrt((1.0 - x) * (1.0 + x)))


def acosh_slope(x: float) -> float:
    """1 / √(x² - 1)"""
    return divide(1.0, sqrt(x - 1.0) * sqrt(x + 1.0))


def atanh_slope(x: float) -> float:
    """1 / (1 - x²)"""
    return divide(1.0, nonnegative((1.0 - x) * (1.0 + x)))


def relu(x: float) -> float:
    """x where x > 0, else 0, and nan at nan."""
    return 0.0 if x <= 0.0 else x


def leaky_relu(x: float, slope: float) -> float:
    """x where x > 0, else slope·x."""
    return slope * x if x <= 0.0 else x


def elu(x: float, alpha: float) -> float:
    """x where x > 0, else alpha·(exp(x) - 1)."""
    return alpha * math.expm1(x) if x <= 0.0 else x


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), by the exponential that cannot overflow."""
    if x < 0.0:
        e = math.exp(x)
        return e / (1.0 + e)
    return 1.0 / (1.0 + math.exp(-x))


def sigmoid_slope(x: float) -> float:
    """e / (1 + e)² with e = exp(-|x|), which keeps its digits in the tails."""
    e = math.exp(-abs(x))
    return e / ((1.0 + e) * (1.0 + e))


def sech2(x: float) -> float:
    """1 / cosh²x = 4e / (1 + e)² with e = exp(-2|x|), which keeps its digits in the tails."""
    e = math.exp(-2.0 * abs(x))
    return 4.0 * e / ((1.0 + e) * (1.0 + e))


def scaled_exp(x: float, scale: float) -> float:
    """scale·exp(x) in two steps where exp(x) alone is subnormal and has few bits left."""
    if x < -700.0:
        half = math.exp(0.5 * x)
        return scale * half * half if x != -INF else 0.0
    return scale * exp(x)


def silu(x: float) -> float:
    """x / (1 + exp(-x))"""
    return scaled_exp(x, x) if x < -700.0 else x / (1.0 + math.exp(-x))


def silu_slope(x: float) -> float:
    """(1 + e + x)·e / (1 + e)² with e = exp(x), and (1 + e + x·e) / (1 + e)² with e = exp(-x)."""
    e = math.exp(-abs(x))
    square = (1.0 + e) * (1.0 + e)
    if x < 0.0:
        return scaled_exp(x, (1.0 + e + x) / square)
    return (1.0 + e + scaled_exp(-x, x)) / square


def silu_bend(x: float) -> float:
    """(2(1 + e) - |x|(1 - e))·e / (1 + e)³ with e = exp(-|x|)"""
    e = math.exp(-abs(x))
    scale = 2.0 * (1.0 + e) - abs(x) * (1.0 - e)
    return scaled_exp(-abs(x), scale / ((1.0 + e) * (1.0 + e) * (1.0 + e)))


def softplus(x: float) -> float:
    """log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|))"""
    return (0.0 if x <= 0.0 else x) + math.log1p(math.exp(-abs(x)))


def exp_minus_square(x: float, scale: float, rest: float = 0.0) -> float:
    """exp(rest - scale·x²), with x² split in a high part, exact in few bits, and one as small."""
    if not abs(x) < 100.0:
        return NAN if x != x else 0.0
    high = math.floor(x * 1048576.0) / 1048576.0  # 2**20: its square is exact
    low = (x - high) * (x + high)
    out = math.exp(-scale * high * high)
    return out + out * math.expm1(rest - scale * low)


def gauss(x: float) -> float:
    """exp(-x²)"""
    return exp_minus_square(x, 1.0)


def normal_density(x: float) -> float:
    """φ(x) = exp(-x²/2) / √(2π)"""
    return DENSITY_AT_ZERO * exp_minus_square(x, 0.5, LOG_REST)


def sqrt_half_rest(x: float, z: float) -> float:
    """x·√½ - z to many digits, for z near x·√½. The compiler's too."""
    high, low = SQRT_HALF_PARTS
    head = x * 134217729.0  # split as in `square_rest`
    head = head - (head - x)
    return head * high - z + (x - head) * high + x * low


def distribution_with(x: float, density: float) -> float:
    """Φ(x), with φ(x) in hand: erfc amplifies the rounding of x·√½ by x², so that is put back."""
    z = x * SQRT_HALF
    correction = strong_product(density, sqrt_half_rest(x, z))
    return 0.5 * math.erfc(-z) + correction * SQRT_TWO


def normal_distribution(x: float) -> float:
    """Φ(x) = erfc(-x/√2) / 2"""
    return distribution_with(x, normal_density(x))


def gelu(x: float) -> float:
    """x·Φ(x)"""
    return x * normal_distribution(x) if x != -INF else 0.0


def gelu_slope(x: float) -> float:
    """Φ(x) + x·φ(x)"""
    density = normal_density(x)
    return distribution_with(x, density) + strong_product(density, x)


def dot(*xs: float) -> float:
    """Σ xᵢ·yᵢ from left to right, of the operands (x₁ … xₙ, y₁ … yₙ)."""
    half = len(xs) // 2
    return total(*map(operator.mul, xs[:half], xs[half:]))


def total(*xs: float) -> float:
    """The sum from left to right. (The builtin gives other bits from Python 3.12 on.)"""
    return functools.reduce(operator.add, xs) if xs else 0.0


def product(*xs: float) -> float:
    """The product from left to right."""
    return functools.reduce(operator.mul, xs) if xs else 1.0


def mean(*xs: float) -> float:
    """The sum from left to right, divided by the count."""
    return total(*xs) / len(xs)


def maximum(*xs: float) -> float:
    """The largest; nan if any is. (The builtin's answer depends on the order.)"""
    largest = max(xs)
    return NAN if any(x != x for x in xs) else largest


def minimum(*xs: float) -> float:
    """The smallest; nan if any is."""
    return -maximum(*(-x for x in xs))


def logsumexp(*xs: float) -> float:
    """log Σ exp(xᵢ) = m + log(1 + the rest), where m is the largest: nothing overflows."""
    largest = maximum(*xs)
    if math.isinf(largest):
        return largest
    smaller = [math.exp(x - largest) for x in xs if x < largest]
    return largest + math.log1p(total(*smaller) + (len(xs) - len(smaller) - 1.0))


def exp_difference(x: float, y: float) -> float:
    """exp(x - y), and 1 where they are the same."""
    return exp(x - y) if x != y else 1.0


def exp_total(largest: float, *xs: float) -> float:
    """The sum of exp_difference(…, largest); nan if several are infinite: no limit exists."""
    found = total(*xs)
    return NAN if math.isinf(largest) and found > 1.0 else found


def exp_rest(found: float, *xs: float) -> float:
    """The sum of those below 1 if they are less than the one that is 1, else the sum of all."""
    return total(*(x if x < 1.0 else 0.0 for x in xs)) if found < 2.0 else found


def share(x: float, others: float) -> float:
    """x / (x + others)"""
    return divide(x, x + others)


def complement(x: float, rest: float, found: float) -> float:
    """1 - x / found, by the rest where that is less than x."""
    return share(rest, x) if x > rest else 1.0 - divide(x, found)


def log_share(xs: Sequence[float], i: int) -> float:
    """log(exp(xᵢ) / Σ exp(xⱼ)) as -log(1 + the others) for the largest: nothing cancels."""
    largest = maximum(*xs)
    parts = [exp_difference(x, largest) for x in xs]
    found = exp_total(largest, *parts)
    if xs[i] == largest:
        others = total(*parts[:i], *parts[i + 1 :])
        return 0.0 - math.log1p(others) if found == found else NAN  # and not -0.0
    return xs[i] - largest - log(found)


def clip(x: float, low: float, high: float) -> float:
    """x kept between low and high; high where they cross."""
    return minimum(maximum(x, low), high)
