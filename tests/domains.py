"""The reference for every op: its true value and derivatives in 60 digits, and where it holds.

`UNARY` and `BINARY` are what `test_calculus.py` measures the table of `autograd/engine/calculus.py`
against. A formula here is the textbook's, in mpmath; that it would cancel in floats is no matter.
"""

import math
import random
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mpmath import mp, mpf  # type: ignore[import-untyped]

from autograd.engine import calculus as c
from autograd.engine.op import Op

mp.dps = 60
Truth = Callable[..., Any]
Piece = Callable[[random.Random], float]


def uniform(low: float, high: float) -> Piece:
    return lambda draw: draw.uniform(low, high)


def magnitudes(low: float, high: float, sign: int = 0) -> Piece:
    """Numbers of every size from 10**low to 10**high; of either sign, or of one."""
    return lambda draw: (sign or draw.choice((1, -1))) * 10.0 ** draw.uniform(low, high)


def every_exponent(draw: random.Random) -> float:
    """Any float but 0, inf and nan: every exponent is as likely, one in fifteen is subnormal."""
    exponent = 0 if draw.randrange(15) == 0 else draw.randrange(1, 2047)
    bits = draw.getrandbits(1) << 63 | exponent << 52 | draw.getrandbits(52)
    return float(struct.unpack("d", struct.pack("Q", bits))[0]) or sys.float_info.max


def moderate(draw: random.Random) -> float:
    """From 2**-5 to 4 in size, of either sign. (`uniform` leaves the last bits of small ones 0.)"""
    return draw.choice((1, -1)) * math.ldexp(1.0 + draw.random(), draw.randint(-5, 1))


def positive(piece: Piece) -> Piece:
    return lambda draw: abs(piece(draw))


def near(edge: float, inside: float) -> Piece:
    """Numbers at every distance down to one part in 2**52 from `edge`, towards `inside`."""
    return lambda draw: edge + math.copysign(2.0 ** draw.uniform(-52, -2), inside)


def samples(pieces: Sequence[Any], count: int, seed: str) -> list[Any]:
    """`count` draws that take turns at the pieces; the same in every run."""
    draw = random.Random(seed)
    return [pieces[i % len(pieces)](draw) for i in range(count)]


TINY_TO_HUGE = every_exponent
POSITIVE = positive(every_exponent)
SMALL = magnitudes(-323.3, 0)
ANYWHERE = (TINY_TO_HUGE, uniform(-10.0, 10.0), uniform(-1.0, 1.0))


class Unary(NamedTuple):
    """An op of one operand: f, f', f'' and the pieces of its domain."""

    op: Op
    value: Truth
    first: Truth
    second: Truth
    pieces: tuple[Piece, ...]


def _nought(*_: Any) -> Any:
    return mpf(0)


def _logistic(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def _logistic_slope(x: Any) -> Any:
    return mp.sech(x / 2) ** 2 / 4


def _logistic_bend(x: Any) -> Any:
    return -(mp.sech(x / 2) ** 2) * mp.tanh(x / 2) / 4


def _normal_distribution(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def _gauss(x: Any) -> Any:
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


UNARY = [
    Unary(c.neg, lambda x: -x, lambda x: mpf(-1), _nought, ANYWHERE),
    Unary(c.abs, abs, mp.sign, _nought, ANYWHERE),
    Unary(c.exp, mp.exp, mp.exp, mp.exp, (uniform(-760, 720), uniform(-5, 5), SMALL)),
    Unary(
        c.expm1,
        mp.expm1,
        mp.exp,
        mp.exp,
        (uniform(-760, 720), uniform(-5, 5), SMALL),
    ),
    Unary(
        c.log,
        mp.log,
        lambda x: 1 / x,
        lambda x: -1 / x**2,
        (POSITIVE, uniform(0, 10), near(1, 1), near(1, -1)),
    ),
    Unary(
        c.log2,
        lambda x: mp.log(x) / mp.log(2),
        lambda x: 1 / (x * mp.log(2)),
        lambda x: -1 / (x**2 * mp.log(2)),
        (POSITIVE, uniform(0, 10), near(1, 1), near(1, -1)),
    ),
    Unary(
        c.log10,
        mp.log10,
        lambda x: 1 / (x * mp.log(10)),
        lambda x: -1 / (x**2 * mp.log(10)),
        (POSITIVE, uniform(0, 10), near(1, 1), near(1, -1)),
    ),
    Unary(
        c.log1p,
        mp.log1p,
        lambda x: 1 / (1 + x),
        lambda x: -1 / (1 + x) ** 2,
        (POSITIVE, magnitudes(-323.3, -1, -1), uniform(-1, 10), near(-1, 1)),
    ),
    Unary(
        c.sqrt,
        mp.sqrt,
        lambda x: 1 / (2 * mp.sqrt(x)),
        lambda x: -1 / (4 * x * mp.sqrt(x)),
        (POSITIVE, uniform(0, 10)),
    ),
    Unary(
        c.cbrt,
        lambda x: mp.sign(x) * mp.cbrt(abs(x)),
        lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2),
        lambda x: -2 / (9 * x * mp.cbrt(abs(x)) ** 2),
        ANYWHERE,
    ),
    Unary(c.sin, mp.sin, mp.cos, lambda x: -mp.sin(x), ANYWHERE),
    Unary(c.cos, mp.cos, lambda x: -mp.sin(x), lambda x: -mp.cos(x), ANYWHERE),
    Unary(
        c.tan,
        mp.tan,
        lambda x: mp.sec(x) ** 2,
        lambda x: 2 * mp.tan(x) * mp.sec(x) ** 2,
        ANYWHERE,
    ),
    Unary(
        c.asin,
        mp.asin,
        lambda x: 1 / mp.sqrt((1 - x) * (1 + x)),
        lambda x: x / mp.sqrt((1 - x) * (1 + x)) ** 3,
        (uniform(-1, 1), SMALL, near(1, -1), near(-1, 1)),
    ),
    Unary(
        c.acos,
        mp.acos,
        lambda x: -1 / mp.sqrt((1 - x) * (1 + x)),
        lambda x: -x / mp.sqrt((1 - x) * (1 + x)) ** 3,
        (uniform(-1, 1), SMALL, near(1, -1), near(-1, 1)),
    ),
    Unary(
        c.atan,
        mp.atan,
        lambda x: 1 / (1 + x**2),
        lambda x: -2 * x / (1 + x**2) ** 2,
        ANYWHERE,
    ),
    Unary(c.sinh, mp.sinh, mp.cosh, mp.sinh, (uniform(-720, 720), uniform(-3, 3), SMALL)),
    Unary(c.cosh, mp.cosh, mp.sinh, mp.cosh, (uniform(-720, 720), uniform(-3, 3), SMALL)),
    Unary(
        c.tanh,
        mp.tanh,
        lambda x: mp.sech(x) ** 2,
        lambda x: -2 * mp.tanh(x) * mp.sech(x) ** 2,
        (uniform(-400, 400), uniform(-3, 3), uniform(-20, 20), SMALL),
    ),
    Unary(
        c.asinh,
        mp.asinh,
        lambda x: 1 / mp.sqrt(1 + x**2),
        lambda x: -x / mp.sqrt(1 + x**2) ** 3,
        ANYWHERE,
    ),
    Unary(
        c.acosh,
        mp.acosh,
        lambda x: 1 / mp.sqrt((x - 1) * (x + 1)),
        lambda x: -x / mp.sqrt((x - 1) * (x + 1)) ** 3,
        (uniform(1, 10), magnitudes(0, 308, 1), near(1, 1)),
    ),
    Unary(
        c.atanh,
        mp.atanh,
        lambda x: 1 / ((1 - x) * (1 + x)),
        lambda x: 2 * x / ((1 - x) * (1 + x)) ** 2,
        (uniform(-1, 1), SMALL, near(1, -1), near(-1, 1)),
    ),
    Unary(
        c.sigmoid,
        _logistic,
        _logistic_slope,
        _logistic_bend,
        (uniform(-760, 760), uniform(-40, 40), uniform(-3, 3), SMALL),
    ),
    Unary(c.relu, lambda x: max(x, mpf(0)), lambda x: mpf(x > 0), _nought, ANYWHERE),
    Unary(
        c.silu,
        lambda x: x * _logistic(x),
        lambda x: _logistic(x) + x * _logistic_slope(x),
        lambda x: 2 * _logistic_slope(x) + x * _logistic_bend(x),
        (uniform(-760, 760), uniform(-40, 40), uniform(-3, 3), SMALL),
    ),
    Unary(
        c.gelu,
        lambda x: x * _normal_distribution(x),
        lambda x: _normal_distribution(x) + x * mp.npdf(x),
        lambda x: mp.npdf(x) * (2 - x**2),
        (uniform(-40, 40), uniform(-3, 3), SMALL),
    ),
    Unary(
        c.softplus,
        lambda x: mp.log1p(mp.exp(x)),
        _logistic,
        _logistic_slope,
        (uniform(-760, 760), uniform(-40, 40), uniform(-3, 3), SMALL),
    ),
    Unary(
        c.erf,
        mp.erf,
        _gauss,
        lambda x: -2 * x * _gauss(x),
        (uniform(-28, 28), uniform(-3, 3), SMALL),
    ),
    Unary(c.step, lambda x: mpf(x > 0), _nought, _nought, ANYWHERE),
    Unary(c.sign, mp.sign, _nought, _nought, ANYWHERE),
    Unary(c.floor, mp.floor, _nought, _nought, ANYWHERE),
    Unary(c.ceil, mp.ceil, _nought, _nought, ANYWHERE),
    Unary(c.round, mp.nint, _nought, _nought, ANYWHERE),
    Unary(c.trunc, lambda x: mp.sign(x) * mp.floor(abs(x)), _nought, _nought, ANYWHERE),
]


class Binary(NamedTuple):
    """An op of two operands: f, (f_x, f_y), (f_xx, f_xy, f_yy) and draws of pairs."""

    op: Op
    value: Truth
    first: tuple[Truth, Truth]
    second: tuple[Truth, Truth, Truth]
    pieces: tuple[Callable[[random.Random], tuple[float, float]], ...]


def pair(first: Piece, second: Piece) -> Callable[[random.Random], tuple[float, float]]:
    return lambda draw: (first(draw), second(draw))


def similar(piece: Piece, spread: float) -> Callable[[random.Random], tuple[float, float]]:
    """Two operands whose sizes differ by at most 10**spread."""

    def draw_pair(draw: random.Random) -> tuple[float, float]:
        x = piece(draw)
        y = x * magnitudes(-spread, spread)(draw)
        return x, y if y and math.isfinite(y) else x

    return draw_pair


def at_an_end(draw: random.Random) -> tuple[float, float]:
    """Two of the largest floats, or two of the smallest."""
    exponent = draw.choice((970, -1074))
    x, y = (math.ldexp(draw.uniform(1.0, 2.0), exponent + draw.randrange(54)) for _ in range(2))
    return draw.choice((1, -1)) * x, draw.choice((1, -1)) * y


def swapped(
    draw_one: Callable[[random.Random], tuple[float, float]],
) -> Callable[[random.Random], tuple[float, float]]:
    def draw_pair(draw: random.Random) -> tuple[float, float]:
        x, y = draw_one(draw)
        return y, x

    return draw_pair


def _whole(low: int, high: int) -> Piece:
    return lambda draw: float(draw.randint(low, high))


def _fold_in(key: Any, data: Any) -> Any:
    """The ten rounds of `fold_in` in Python's integers."""
    (upper, lower), (right, left) = divmod(int(key), 1 << 26), divmod(int(data), 1 << 26)
    for i in range(10):
        step = (i // 2 + 1) * (41475557, 49126543)[i % 2]
        mixed = (left * left >> 13) + right + (lower, upper)[i % 2] + step
        left, right = mixed & (1 << 26) - 1, left
    return mpf(left << 26 | right)


def _power_in_range(draw: random.Random) -> tuple[float, float]:
    """A base of any size and an exponent that brings the power, or a derivative, into range."""
    x = POSITIVE(draw)
    return x, draw.uniform(-330, 315) / math.log10(x) + draw.choice((0.0, 0.0, 1.0, 2.0))


PAIRS = (
    pair(TINY_TO_HUGE, TINY_TO_HUGE),
    pair(uniform(-9, 9), uniform(-9, 9)),
    pair(TINY_TO_HUGE, uniform(-9, 9)),
    swapped(pair(TINY_TO_HUGE, uniform(-9, 9))),
    similar(TINY_TO_HUGE, 1),
    similar(TINY_TO_HUGE, 20),
    at_an_end,
)


def _elu_part(inside: Truth) -> Truth:
    return lambda x, a: inside(x, a) if x <= 0 else mpf(0)


NEAR = similar(TINY_TO_HUGE, 1e-15)  # so that neighbours are compared
BINARY = [
    *[
        Binary(op, truth, (_nought,) * 2, (_nought,) * 3, (pair(*[_whole(-2, 2)] * 2), NEAR))
        for op, truth in (
            (c.equal, lambda x, y: mpf(x == y)),
            (c.greater, lambda x, y: mpf(x > y)),
        )
    ],
    Binary(
        c.add,
        lambda x, y: x + y,
        (lambda x, y: mpf(1),) * 2,
        (_nought,) * 3,
        PAIRS,
    ),
    Binary(
        c.sub,
        lambda x, y: x - y,
        (lambda x, y: mpf(1), lambda x, y: mpf(-1)),
        (_nought,) * 3,
        PAIRS,
    ),
    Binary(
        c.mul,
        lambda x, y: x * y,
        (lambda x, y: y, lambda x, y: x),
        (_nought, lambda x, y: mpf(1), _nought),
        PAIRS,
    ),
    Binary(
        c.div,
        lambda x, y: x / y,
        (lambda x, y: 1 / y, lambda x, y: -x / y**2),
        (_nought, lambda x, y: -1 / y**2, lambda x, y: 2 * x / y**3),
        PAIRS,
    ),
    Binary(
        c.mod,
        lambda x, y: x - y * mp.floor(x / y),
        (lambda x, y: mpf(1), lambda x, y: -mp.floor(x / y)),
        (_nought,) * 3,
        (
            pair(uniform(-9, 9), uniform(-9, 9)),
            similar(TINY_TO_HUGE, 10),
            pair(_whole(-99, 99), uniform(-9, 9)),
        ),
    ),
    Binary(
        c.floordiv,
        lambda x, y: mp.floor(x / y),
        (_nought,) * 2,
        (_nought,) * 3,
        (pair(uniform(-9, 9), uniform(-9, 9)), similar(TINY_TO_HUGE, 10)),
    ),
    Binary(
        c.fold_in,
        _fold_in,
        (_nought,) * 2,
        (_nought,) * 3,
        (pair(*[_whole(0, 2**52 - 1)] * 2), pair(*[_whole(0, 99)] * 2)),
    ),
    Binary(
        c.pow,
        lambda x, y: x**y,
        (lambda x, y: y * x ** (y - 1), lambda x, y: x**y * mp.log(x)),
        (
            lambda x, y: y * (y - 1) * x ** (y - 2),
            lambda x, y: x ** (y - 1) * (1 + y * mp.log(x)),
            lambda x, y: x**y * mp.log(x) ** 2,
        ),
        (
            _power_in_range,
            pair(POSITIVE, uniform(-1, 1)),
            pair(POSITIVE, uniform(-9, 9)),
            pair(POSITIVE, TINY_TO_HUGE),
            pair(uniform(0, 9), uniform(-9, 9)),
            pair(uniform(0, 9), _whole(-9, 9)),
            pair(near(1, 1), uniform(-300, 300)),
        ),
    ),
    Binary(
        c.hypot,
        mp.hypot,
        (lambda x, y: x / mp.hypot(x, y), lambda x, y: y / mp.hypot(x, y)),
        (
            lambda x, y: y**2 / mp.hypot(x, y) ** 3,
            lambda x, y: -x * y / mp.hypot(x, y) ** 3,
            lambda x, y: x**2 / mp.hypot(x, y) ** 3,
        ),
        PAIRS,
    ),
    Binary(
        c.atan2,
        mp.atan2,
        (lambda y, x: x / (x**2 + y**2), lambda y, x: -y / (x**2 + y**2)),
        (
            lambda y, x: -2 * x * y / (x**2 + y**2) ** 2,
            lambda y, x: (y**2 - x**2) / (x**2 + y**2) ** 2,
            lambda y, x: 2 * x * y / (x**2 + y**2) ** 2,
        ),
        PAIRS,
    ),
    Binary(
        c.leaky_relu,
        lambda x, s: x if x > 0 else s * x,
        (lambda x, s: mpf(1) if x > 0 else s, lambda x, s: mpf(0) if x > 0 else x),
        (_nought, lambda x, s: mpf(x <= 0), _nought),
        PAIRS,
    ),
    Binary(
        c.elu,
        lambda x, a: x if x > 0 else a * mp.expm1(x),
        (lambda x, a: mpf(1) if x > 0 else a * mp.exp(x), _elu_part(lambda x, a: mp.expm1(x))),
        (_elu_part(lambda x, a: a * mp.exp(x)), _elu_part(lambda x, a: mp.exp(x)), _nought),
        (
            pair(uniform(-760, 700), uniform(-2, 2)),
            pair(uniform(-760, 0), TINY_TO_HUGE),
            pair(uniform(-9, 9), uniform(-2, 2)),
            pair(SMALL, uniform(-2, 2)),
            pair(SMALL, TINY_TO_HUGE),
        ),
    ),
]


def log_sum_exp(*xs: Any) -> Any:
    return mp.log(mp.fsum(mp.exp(x) for x in xs))


def _dot(*xs: Any) -> Any:
    return mp.fdot(xs[: len(xs) // 2], xs[len(xs) // 2 :])


def _first(outputs: Callable[[Sequence[Any]], list[Any]]) -> Callable[..., Any]:
    return lambda *xs: outputs(xs)[0]


def _in_halves(*xs: Any) -> Any:
    return c.dot(xs[: len(xs) // 2], xs[len(xs) // 2 :])


# Called with four operands: how, and the true value. sum, mean, dot and prod are what + and * give
# from left to right, so that a sum or product that overflows on the way stays infinite: the goals
# hold for operands of moderate size.
NARY: dict[str, tuple[Callable[..., Any], Truth]] = {
    "sum": (c.sum, lambda *xs: mp.fsum(xs)),
    "mean": (c.mean, lambda *xs: mp.fsum(xs) / len(xs)),
    "dot": (_in_halves, _dot),
    "prod": (c.prod, lambda *xs: mp.fprod(xs)),
    "maximum": (c.maximum, max),
    "minimum": (c.minimum, min),
    "logsumexp": (c.logsumexp, log_sum_exp),
    "softmax": (_first(c.softmax), lambda *xs: mp.exp(xs[0] - log_sum_exp(*xs))),
    "log_softmax": (_first(c.log_softmax), lambda *xs: xs[0] - log_sum_exp(*xs)),
    "clip": (lambda x, *ends: c.clip(x, -2.0, 2.0), lambda x, *ends: min(max(x, -2), 2)),
    "where": (
        lambda x, y, z, w: c.where(c.step(x), y * z, w),
        lambda x, y, z, w: y * z if x > 0 else w,
    ),
}

Order2 = tuple[Any, list[Any], list[list[Any]]]  # value, gradient, Hessian


def softmax_family(xs: Sequence[float]) -> dict[str, Order2]:
    """The true values and derivatives of logsumexp, and of the others at their first output.

    p are the shares and q = 1 - p; that of the largest as the sum of the others, for else even 60
    digits would cancel.
    """
    parts = [mp.exp(mpf(x) - max(xs)) for x in xs]
    total, n = mp.fsum(parts), range(len(xs))
    p = [part / total for part in parts]
    q = [mp.fsum(parts[:i] + parts[i + 1 :]) / total for i in n]
    spread = [[p[i] * q[i] if i == j else -p[i] * p[j] for j in n] for i in n]

    def bend(i: int, j: int) -> Any:
        if i and j and i != j:
            return 2 * p[0] * p[i] * p[j]
        k = max(i, j) if i == j else 0
        return spread[0][max(i, j)] * (q[k] - p[k])

    log_share = mp.log(p[0]) if p[0] < 0.5 else mp.log1p(-q[0])
    return {
        "logsumexp": (mpf(max(xs)) + mp.log(total), p, spread),
        "softmax": (p[0], spread[0], [[bend(i, j) for j in n] for i in n]),
        "log_softmax": (log_share, [q[0], *(-x for x in p[1:])], [[-x for x in y] for y in spread]),
        "cross_entropy": (-log_share, [-q[0], *p[1:]], spread),
    }


# Where the true value or derivative crosses zero by cancellation, its condition counts.
CROSSING = {"**", "atan2", "silu", "gelu", "logsumexp", "softmax", "log_softmax"}

# The terms of what is a sum. Terms of either sign cancel little by little, and each rounds, so that
# the condition counts everywhere: Σ|tᵢ| / |Σtᵢ|, 1 for terms of one sign. (Two products and their
# sum are then within 2 ULP times that, whatever the operands: Higham, Accuracy and Stability of
# Numerical Algorithms, 3.1. Without it 2 ULP would take a sum of twice the digits.)
TERMS: dict[str, Callable[[Sequence[float]], Sequence[float]]] = {
    "sum": lambda xs: xs,
    "mean": lambda xs: xs,
    "dot": lambda xs: [x * y for x, y in zip(xs[:2], xs[2:], strict=True)],
}


def condition_of_terms(name: str, xs: Sequence[float]) -> float:
    """How much larger the terms of a value are than the value; 1 if it is no sum."""
    terms = TERMS[name](xs) if name in TERMS else ()
    total = abs(mp.fsum(terms))
    return float(mp.fsum(map(abs, terms)) / total) if total else 1.0


# ULP for value, first and second derivative, as a function of the largest operand's size.
Bounds = Callable[[float], tuple[float, float, float]]


def goal(size: float) -> tuple[float, float, float]:
    return 2.0, 4.0, 8.0


OWN: dict[str, Bounds] = {
    # exp, 1 + e and the quotient each round once: 2.02 in 20,000 draws.
    "sigmoid": lambda size: (2.5, 4.0, 8.0),
    # The value rounds like the sigmoid; the slope has seven roundings: 2.03, 4.16 in 10,000 draws.
    "silu": lambda size: (2.5, 5.0, 8.0),
    # erfc of the platform is up to 3.5 ULP off. Beside the root of the slope, Φ and x·φ are up to
    # 3.7 and 2.7 times as large as their sum, and its error; further off they are less. Φ and φ are
    # subnormal from 37.5 on, and are multiplied by x and x².
    "gelu": lambda size: (
        4.0 + (1.5 * size if size > 37 else min(1.5 * size**2, 2.0)),
        8.0 + (size if size > 37 else 0.0),
        8.0 + (size * size if size > 37 else 0.0),  # inf, where size**2 is an OverflowError
    ),
    # Of four operands. Two roundings come before the last factor, which makes up to a whole ULP of
    # the half that each is off: 2.23 in 300,000 draws.
    "prod": lambda size: (2.5, 4.0, 8.0),
    # exp(-x²) is subnormal from 26.6 on, and is multiplied by 2x.
    "erf": lambda size: (2.0, 4.0, 8.0 + (2.0 * size if size > 26 else 0.0)),
    # x - max rounds once, and exp amplifies that by the size of the difference. (In the tails the
    # bounds are those of conventions, times 1 + |xᵢ - max|. softmax″ has a factor 1 - 2p: next to
    # a tie of two shares it keeps as many digits as that difference has.)
    "logsumexp": lambda size: (2.0 + size, 4.0 + 2.0 * size, 8.0 + 4.0 * size),
    "softmax": lambda size: (2.0 + 2.0 * size, 4.0 + 4.0 * size, 8.0 + 8.0 * size),
    "log_softmax": lambda size: (2.0 + size, 4.0 + 4.0 * size, 8.0 + 8.0 * size),
}
