"""The forward functions at the special values: what C99 gives, and never an exception."""

import itertools
import math
import random
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf  # type: ignore[import-untyped]

from autograd.engine import calculus as c, ieee
from tests.domains import Piece, magnitudes, near, uniform

INF, NAN = math.inf, math.nan


# numpy takes a constant exponent of 0.5 as a square root, which C99 does not at -0 and -inf.
def c_power(x: Any, y: Any) -> Any:
    return np.power(np.array([x, x]), np.array([y, 1.0]))[0]


EDGES = [0.0, 5e-324, sys.float_info.min, 0.5, 1.0, 1.5, 2.0, 3.0, 710.0, 1e308]
EDGES += [sys.float_info.max, INF]
GRID = [*EDGES, *(-x for x in EDGES), NAN]


def in_c(function: Callable[..., Any], *xs: float) -> float:
    """What numpy, which wraps the C library, gives."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(function(*map(np.float64, xs)))


def agree(got: float, expected: float) -> bool:
    """The same special value with its sign, or numbers within 4 ULP."""
    if math.isnan(expected) or math.isinf(expected) or expected == 0.0:
        signs = math.isnan(expected) or math.copysign(1.0, got) == math.copysign(1.0, expected)
        return signs and (got == expected or (got != got and expected != expected))
    return abs(got - expected) <= 4.0 * math.ulp(expected)


OF_ONE: dict[Any, Callable[..., Any]] = {
    c.neg: np.negative, c.abs: np.abs, c.exp: np.exp, c.expm1: np.expm1, c.log: np.log,
    c.log1p: np.log1p, c.log2: np.log2, c.log10: np.log10, c.sqrt: np.sqrt, c.cbrt: np.cbrt,
    c.sin: np.sin, c.cos: np.cos, c.tan: np.tan, c.asin: np.arcsin, c.acos: np.arccos,
    c.atan: np.arctan, c.sinh: np.sinh, c.cosh: np.cosh, c.tanh: np.tanh, c.asinh: np.arcsinh,
    c.acosh: np.arccosh, c.atanh: np.arctanh,
}  # fmt: skip
OF_TWO: dict[Any, Callable[..., Any]] = {
    c.add: np.add, c.sub: np.subtract, c.mul: np.multiply, c.div: np.divide, c.pow: c_power,
    c.atan2: np.arctan2, c.hypot: np.hypot,
}  # fmt: skip


@pytest.mark.parametrize("op", OF_ONE, ids=repr)
def test_function_of_one_number_is_what_c_gives(op: Any) -> None:
    wrong = [(x, op(x), in_c(OF_ONE[op], x)) for x in GRID if not agree(op(x), in_c(OF_ONE[op], x))]
    assert wrong == []


@pytest.mark.parametrize("op", OF_TWO, ids=repr)
def test_function_of_two_numbers_is_what_c_gives_for_every_pair(op: Any) -> None:
    pairs = itertools.product(GRID, repeat=2)
    wrong = [xs for xs in pairs if not agree(op(*xs), in_c(OF_TWO[op], *xs))]
    assert wrong == []


@pytest.mark.parametrize(
    ("op", "whole"),
    [(c.floor, np.floor), (c.ceil, np.ceil), (c.trunc, np.trunc), (c.round, np.rint)],
)
def test_rounding_is_what_c_gives_apart_from_the_sign_of_zero(op: Any, whole: Any) -> None:
    for x in GRID:
        assert agree(op(x) + 0.0, in_c(whole, x) + 0.0), x


@pytest.mark.parametrize("x", GRID)
def test_modulo_has_the_sign_of_the_divisor_and_nan_for_zero(x: float) -> None:
    for y in GRID:
        remainder = c.mod(x, y)
        if y == 0.0 or math.isinf(x) or x != x or y != y:
            assert math.isnan(remainder)
        else:
            assert remainder == 0.0 or (remainder > 0.0) == (y > 0.0)
            assert abs(remainder) <= abs(y)


LIMITS: list[tuple[Callable[..., float], tuple[float, ...], float]] = [
    (ieee.power, (-8.0, 1 / 3), NAN),
    (ieee.power, (10.0, 400.0), INF),
    (ieee.power, (-10.0, 401.0), -INF),
    (ieee.power, (0.0, -1.0), INF),
    (ieee.power, (-0.0, -1.0), -INF),
    (ieee.power, (-0.0, -2.0), INF),
    (ieee.power, (1.0, NAN), 1.0),
    (ieee.divide, (1.0, -0.0), -INF),
    (ieee.divide, (0.0, 0.0), NAN),
    (ieee.floor_divide, (1.0, 0.0), NAN),
    (ieee.power_slope, (NAN, 0.0), 0.0),
    (ieee.power_bend, (NAN, 1.0), 0.0),
    (ieee.power_log, (0.0, 0.0), 0.0),
    (ieee.power_log, (-2.0, 2.0), NAN),
    (ieee.strong_product, (0.0, INF), 0.0),
    (ieee.strong_product, (0.0, NAN), 0.0),
    (ieee.unit, (0.0, 0.0), 0.0),
    (ieee.unit, (-INF, 1.0), -1.0),
    (ieee.unit, (5e-324, 5e-324), math.sqrt(0.5)),
    (ieee.unit, (1e308, 1e308), math.sqrt(0.5)),
    (ieee.unit, (-sys.float_info.max, sys.float_info.max), -math.sqrt(0.5)),
    (ieee.scaled_exp, (-INF, -INF), 0.0),
    (ieee.silu, (-INF,), 0.0),
    (ieee.silu_slope, (INF,), 1.0),
    (ieee.silu_bend, (-INF,), 0.0),
    (ieee.gelu, (-INF,), 0.0),
    (ieee.gauss, (INF,), 0.0),
    (ieee.gauss, (NAN,), NAN),
    (ieee.maximum, (1.0, NAN), NAN),
    (ieee.maximum, (NAN, 1.0), NAN),
    (ieee.minimum, (1.0, NAN), NAN),
    (ieee.logsumexp, (-INF, -INF), -INF),
    (ieee.logsumexp, (INF, 0.0), INF),
    (ieee.logsumexp, (1000.0, 1000.0), 1000.0 + math.log(2.0)),
    (ieee.clip, (NAN, 0.0, 1.0), NAN),
    (ieee.clip, (5.0, 3.0, 1.0), 1.0),
]


@pytest.mark.parametrize(("function", "xs", "expected"), LIMITS)
def test_limit(function: Callable[..., float], xs: tuple[float, ...], expected: float) -> None:
    assert agree(function(*xs) + 0.0, expected)


@pytest.mark.parametrize("y", [0.3125, 0.07421875, 0.08203125])
def test_a_quotient_that_is_the_smallest_normal_number_has_all_its_bits(y: float) -> None:
    assert ieee.over(ieee.NORMAL * y, y, 2) == ieee.NORMAL / y


def test_logsumexp_counts_the_largest_and_adds_up_the_others_alone() -> None:
    """0 and -0 are equal and two objects; one after the other, what is small would be lost."""
    small = [math.exp(-37.0)] * 20
    expected = math.log1p(sum(small) + 1.0)
    assert expected != math.log(2.0)
    assert ieee.logsumexp(0.0, -0.0, *[-37.0] * 20) == expected


def test_total_adds_from_left_to_right() -> None:
    assert ieee.total(1e16, 1.0, 1.0, -1e16) == 0.0
    assert ieee.total() == 0.0


def in_bits(low: float, high: float) -> Piece:
    """Numbers of either sign from 2**low to 2**high."""
    return lambda draw: math.copysign(2.0 ** draw.uniform(low, high), draw.uniform(-1, 1))


def whole(draw: random.Random) -> float:
    return float(draw.randint(1, 10**6))


LEGS: dict[str, tuple[Piece, Piece]] = {
    "of any size": (magnitudes(-300, 300), magnitudes(-300, 300)),
    "of one size": (uniform(-9.0, 9.0), uniform(-9.0, 9.0)),
    "nearly equal": (near(1.0, 1.0), near(1.0, -1.0)),
    "one too small to count, or almost": (uniform(1.0, 2.0), in_bits(-60, -20)),
    "whole": (whole, whole),
    "subnormal": (in_bits(-1074, -1022), in_bits(-1074, -1022)),
    "at the edge of the subnormals": (in_bits(-1023, -1021), in_bits(-1060, -1021)),
    "at the edge of overflow": (in_bits(1022, 1023.5), in_bits(990, 1023.5)),
    "where large legs are scaled": (in_bits(499, 501), in_bits(480, 501)),
    "where small legs are scaled": (in_bits(-501, -499), in_bits(-520, -499)),
}


@pytest.mark.parametrize("legs", LEGS)
def test_hypot_is_within_one_ulp(legs: str) -> None:
    draw = random.Random(legs)
    for _ in range(500):
        x, y = (piece(draw) for piece in LEGS[legs])
        true = mp.hypot(mpf(x), mpf(y))
        assert abs(mpf(ieee.hypot(x, y)) - true) < math.ulp(float(true)), (x, y)


def test_hypot_of_ordinary_legs_is_the_nearest_float() -> None:
    """The Newton step leaves nothing else to round; without it one in three would be off."""
    draw = random.Random("nearest")
    for _ in range(500):
        x, y = draw.uniform(0.1, 9.0), draw.uniform(0.1, 9.0)
        assert ieee.hypot(x, y) == float(mp.hypot(mpf(x), mpf(y))), (x, y)


@pytest.mark.parametrize("legs", LEGS)
def test_hypot_knows_neither_the_order_nor_the_signs_of_its_operands(legs: str) -> None:
    draw = random.Random(legs)
    x, y = (piece(draw) for piece in LEGS[legs])
    assert {ieee.hypot(*pair) for pair in ((x, y), (y, x), (-x, y), (y, -x))} == {ieee.hypot(x, y)}


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (3.0, 4.0, 5.0),
        (-0.0, -0.0, 0.0),
        (5e-324, 0.0, 5e-324),
        (3.0 * 2.0**-1074, 4.0 * 2.0**-1074, 5.0 * 2.0**-1074),
        (3.0 * 2.0**1021, 4.0 * 2.0**1020, math.sqrt(13.0) * 2.0**1021),
        (1e308, 1.6e308, INF),
        (sys.float_info.max, 1.0, sys.float_info.max),
        (sys.float_info.max, sys.float_info.max, INF),
        (INF, NAN, INF),
        (NAN, -INF, INF),
        (NAN, 0.0, NAN),
    ],
)
def test_hypot_of_legs_with_a_known_answer(x: float, y: float, expected: float) -> None:
    assert repr(ieee.hypot(x, y)) == repr(expected)
