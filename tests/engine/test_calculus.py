"""Every op of the table, against 60 digits, at the special values, and as conventions.md has it.

`domains.py` holds the references and where each op is sampled.
"""

import inspect
import itertools
import math
import random
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf  # type: ignore[import-untyped]

import autograd as ag
from autograd import Value, recompute
from autograd.engine import calculus as c
from autograd.engine.numbers import same
from autograd.engine.op import Carrier, Op
from autograd.losses import cross_entropy
from tests.domains import (
    BINARY,
    CROSSING,
    NARY,
    OWN,
    UNARY,
    Binary,
    Truth,
    Unary,
    condition_of_terms,
    goal,
    moderate,
    samples,
    softmax_family,
)
from tests.ulps import condition_near_a_zero, derivatives, ulps_from

INF, NAN = math.inf, math.nan
OPS = {name: op for name, op in vars(c).items() if isinstance(op, Op)}


# --- against 60 digits ----------------------------------------------------------------------


def check_within(ulps: float, name: str, got: float, truth: Truth, xs: Sequence[float]) -> None:
    exact = [mpf(x) for x in xs]
    true = mpf(truth(*exact))
    error = ulps_from(true, got)
    if error > ulps and name in CROSSING:
        ulps *= 1.0 + condition_near_a_zero(truth, exact)
    assert error <= ulps, (name, xs, got, float(true), error)


def size(xs: Sequence[float]) -> float:
    return max(map(abs, xs))


def check_one(row: Unary, x: float) -> None:
    name = row.op.name
    value, (first,), ((second,),) = derivatives(row.op, [x])
    for got, truth, ulps in zip(
        (value, first, second),
        (row.value, row.first, row.second),
        OWN.get(name, goal)(abs(x)),
        strict=True,
    ):
        check_within(ulps, name, got, truth, [x])


@pytest.mark.parametrize("row", UNARY, ids=lambda row: row.op.name)
def test_op_of_one_operand_is_accurate_over_its_whole_domain(row: Unary) -> None:
    for x in samples(row.pieces, 200, row.op.name):
        check_one(row, x)


# Beside the root of the slope, and where erfc amplifies a rounding of its operand most.
@pytest.mark.parametrize(
    "x", [-1.0473813, -0.7517915246935645, -0.5506385277736671, -5.6, -26.1, -35.34, -38.3]
)
def test_gelu_is_accurate_where_a_simpler_formula_is_not(x: float) -> None:
    (row,) = [row for row in UNARY if row.op is c.gelu]
    check_one(row, x)


def check_pair(row: Binary, xs: tuple[float, float]) -> None:
    name = row.op.name
    value, firsts, ((fxx, fxy), (fyx, fyy)) = derivatives(row.op, xs)
    in_value, in_first, in_second = OWN.get(name, goal)(size(xs))
    check_within(in_value, name, value, row.value, xs)
    for got, truth in zip(firsts, row.first, strict=True):
        check_within(in_first, name, got, truth, xs)
    second = (row.second[0], row.second[1], row.second[1], row.second[2])
    for got, truth in zip((fxx, fxy, fyx, fyy), second, strict=True):
        check_within(in_second, name, got, truth, xs)


@pytest.mark.parametrize("row", BINARY, ids=lambda row: row.op.name)
def test_op_of_two_operands_is_accurate_over_its_whole_domain(row: Binary) -> None:
    for xs in samples(row.pieces, 200, row.op.name):
        check_pair(row, xs)


# Where a step of a simpler formula would overflow, or leave a subnormal with few bits.
NARROW = {
    "**": [(1e-155, 1e-4), (1.2e308, 0.999), (1e-300, 0.01), (5e-324, 0.5), (1e-290, 1.121)],
    "/": [(1e-320, 1e-2), (3e-318, 0.5), (-5e-324, -1e-3), (1e-310, 5e-324), (1e308, 1e200)],
    "atan2": [
        (1.2e308, 1.5e308),
        (1e-310, 3e-312),
        (1e-320, 1e-5),
        (1e-310, 1e-310),
        (0.0, 1e-310),
    ],
    "hypot": [
        (1e-310, 3e-312),
        (5e-324, 1e-323),
        (1e-174, 1e-150),
        (1.2e308, 1.5e308),
        (1e-9, 0.0),
    ],
    "elu": [(-744.0, 1e300), (-710.0, 2.0), (-1e-310, 3.0)],
}


@pytest.mark.parametrize(("name", "xs"), [(name, xs) for name in NARROW for xs in NARROW[name]])
def test_op_of_two_operands_is_accurate_at_the_ends(name: str, xs: tuple[float, float]) -> None:
    (row,) = [row for row in BINARY if row.op.name == name]
    check_pair(row, xs)


def slope_of(truth: Truth, i: int) -> Truth:
    """∂ truth / ∂ xᵢ, by a central difference that is good to 24 digits of the 60."""
    h = mpf(10) ** -12

    def slope(*xs: Any) -> Any:
        ahead, behind = (truth(*xs[:i], xs[i] + way * h, *xs[i + 1 :]) for way in (1, -1))
        return mp.chop((ahead - behind) / (2 * h), tol=mpf(10) ** -22)

    return slope


@pytest.mark.parametrize("name", NARY)
def test_op_of_any_number_of_operands_is_accurate_on_moderate_operands(name: str) -> None:
    function, truth = NARY[name]
    for xs in samples([lambda draw: [moderate(draw) for _ in range(4)]], 25, name):
        value, gradient, hessian = derivatives(function, xs)
        in_value, in_first, in_second = OWN.get(name, goal)(size(xs))
        check_within(in_value * condition_of_terms(name, xs), name, value, truth, xs)
        for i in range(4):
            check_within(in_first, name, gradient[i], slope_of(truth, i), xs)
            for j in range(4):
                second = slope_of(slope_of(truth, i), j)
                check_within(in_second, name, hessian[i][j], second, xs)


FAMILY: dict[str, Callable[..., Any]] = {
    "logsumexp": c.logsumexp,
    "softmax": lambda *xs: c.softmax(xs)[0],
    "log_softmax": lambda *xs: c.log_softmax(xs)[0],
    "cross_entropy": lambda *xs: cross_entropy(xs, 0),
}
TAILS: list[list[float]] = [
    *([40.0, 0.0], [8.5, -6.1], [0.0, 0.0], [700.0, 0.0], [0.0, -745.0], [40.0, 0.0, 0.0]),
    *([1e308, -1e308], [5e-324, 1e-320], [1000.0, -1000.0, 999.0], [2.5] * 20, [-40.0, 1.0] * 10),
]


def random_tails(draw: random.Random) -> list[float]:
    size = draw.choice((0.01, 1.0, 8.0, 40.0, 300.0, 1000.0))
    return [draw.uniform(-size, size) for _ in range(draw.choice((2, 2, 3, 4, 7, 20)))]


@pytest.mark.parametrize("name", FAMILY)
def test_the_softmax_family_is_accurate_in_the_tails(name: str) -> None:
    """To 2, 4 and 8 ULP times 1 + |xᵢ - max|, and near a zero times the condition there."""
    for xs in [*TAILS, *samples([random_tails], 40, name)]:
        n, condition = range(len(xs)), 1.0 + max(xs) - min(xs)
        value, gradient, hessian = derivatives(FAMILY[name], xs)
        true, slopes, bends = softmax_family(xs)[name]
        shares = [float(slope) for slope in softmax_family(xs)["logsumexp"][1]]
        of_value = 1.0 + abs(max(xs)) / abs(float(true) or 1.0) if name == "logsumexp" else 1.0

        def check(ulps: float, got: float, true: Any) -> None:
            check_within(ulps * condition, name, got, lambda *_: true, xs)  # noqa: B023

        check(2.0 * of_value, value, true)
        for i in n:
            check(4.0, gradient[i], slopes[i])
            for j in n:
                crossing = shares[0 if i != j else i]  # softmax″ has a factor 1 - 2p
                balance = abs(1.0 - 2.0 * crossing) if name == "softmax" else 1.0
                check(8.0 / balance if balance else INF, hessian[i][j], bends[i][j])


# --- the special values ---------------------------------------------------------------------

SPECIAL = [0.0, 5e-324, sys.float_info.min, 1.0, sys.float_info.max, INF]
SPECIAL = [*SPECIAL, *(-x for x in SPECIAL), 0.5, -2.0, NAN]
OF_TWO = [op for op in OPS.values() if len(op.rules) == 2 or op in (c.maximum, c.minimum)]
OF_ONE = [op for op in OPS.values() if len(op.rules) == 1]


@pytest.mark.parametrize("op", OF_ONE, ids=repr)
def test_op_of_one_operand_never_raises(op: Op) -> None:
    for x in SPECIAL:
        value, (first,), ((second,),) = derivatives(op, [x])
        assert {type(value), type(first), type(second)} == {float}


@pytest.mark.parametrize("op", OF_TWO, ids=repr)
def test_op_of_two_operands_never_raises_for_any_pair(op: Op) -> None:
    for xs in itertools.product(SPECIAL, repeat=2):
        value, gradient, hessian = derivatives(op, xs)
        assert {type(x) for x in (value, *gradient, *hessian[0], *hessian[1])} == {float}


PLAIN = {c.mul, c.leaky_relu, c.elu}  # multiply as Python does


def has_a_pole(op: Op) -> bool:
    """Whether a local derivative is infinite or nan at numbers that are none themselves."""
    at = itertools.product([x for x in SPECIAL if x == x], repeat=len(op.rules))
    locals_ = (local for xs in at for local in op(*map(Value, xs)).all_locals())
    return not all(math.isfinite(float(local or 0.0)) for local in locals_)


STEEP = [op for op in OPS.values() if len(op.rules) in (1, 2) and op not in PLAIN]


@pytest.mark.parametrize("op", STEEP, ids=repr)
def test_a_zero_upstream_is_a_zero_gradient_where_a_derivative_has_a_pole(op: Op) -> None:
    if op not in (c.gauss, c.normal_density) and not has_a_pole(op):
        return
    for xs in itertools.product(SPECIAL, repeat=len(op.rules)):
        leaves = [Value(x) for x in xs]
        op(*leaves).backward(gradient=0.0)
        assert [leaf.grad for leaf in leaves] == [0.0] * len(xs), xs


# A constant derivative stays what it is: the op is linear, or flat wherever it has a derivative.
NONLINEAR = [row.op for row in UNARY if callable(row.op.rules[0])]


@pytest.mark.parametrize("op", NONLINEAR, ids=repr)
def test_nan_gives_nan_in_value_and_derivatives(op: Op) -> None:
    value, (first,), _ = derivatives(op, [NAN])
    assert math.isnan(value)
    assert math.isnan(first)


@pytest.mark.parametrize("row", UNARY, ids=lambda row: row.op.name)
def test_no_path_from_a_huge_number_gives_a_nan_where_the_limit_exists(row: Unary) -> None:
    bounded = {"sin", "cos", "tan", "asin", "acos", "atanh"}
    if row.op.name in bounded:
        assert math.isnan(row.op(INF))
    else:
        assert not math.isnan(derivatives(row.op, [INF])[1][0])


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "silu", "gelu", "erf"])
@pytest.mark.parametrize("x", [1000.0, INF])
def test_activation_reaches_its_limits_exactly(name: str, x: float) -> None:
    op = OPS[name]
    linear = name in ("softplus", "silu", "gelu")
    odd = -1.0 if name in ("tanh", "erf") else 0.0
    flat = 0.0 if not linear else 1.0
    assert derivatives(op, [x]) == (x if linear else 1.0, [flat], [[0.0]])
    assert derivatives(op, [-x]) == (odd, [0.0], [[0.0]])


# --- conventions.md, row by row: at, value, gradient ----------------------------------------

CONVENTIONS: list[tuple[str, Callable[..., Any], list[float], float, list[float]]] = [
    ("relu at 0", c.relu, [0.0], 0.0, [0.0]),
    ("relu at -0", c.relu, [-0.0], 0.0, [0.0]),
    ("relu(nan)", c.relu, [NAN], NAN, [NAN]),
    ("abs(nan)", c.abs, [NAN], NAN, [NAN]),
    ("clip(nan)", lambda x: c.clip(x, 0.0, 1.0), [NAN], NAN, [NAN]),
    ("maximum(nan, 1)", c.maximum, [NAN, 1.0], NAN, [NAN, NAN]),
    ("maximum(1, nan)", c.maximum, [1.0, NAN], NAN, [NAN, NAN]),
    ("minimum(1, nan)", c.minimum, [1.0, NAN], NAN, [NAN, NAN]),
    ("abs at 0", c.abs, [0.0], 0.0, [0.0]),
    ("leaky_relu at 0", lambda x: c.leaky_relu(x, 0.1), [0.0], 0.0, [0.1]),
    ("elu at 0", lambda x: c.elu(x, 1.5), [0.0], 0.0, [1.5]),
    ("sqrt at 0", c.sqrt, [0.0], 0.0, [INF]),
    ("sqrt at -0", c.sqrt, [-0.0], -0.0, [-INF]),
    ("sqrt(-1)", c.sqrt, [-1.0], NAN, [NAN]),
    ("log(-1)", c.log, [-1.0], NAN, [NAN]),
    ("log2(-1)", c.log2, [-1.0], NAN, [NAN]),
    ("log10(-1)", c.log10, [-1.0], NAN, [NAN]),
    ("log1p(-2)", c.log1p, [-2.0], NAN, [NAN]),
    ("log(0)", c.log, [0.0], -INF, [INF]),
    ("log(-0)", c.log, [-0.0], -INF, [INF]),
    ("log1p(-1)", c.log1p, [-1.0], -INF, [INF]),
    ("0**0, constant", lambda x: x**0, [0.0], 1.0, [0.0]),
    ("nan**0, constant", lambda x: x**0, [NAN], 1.0, [0.0]),
    ("inf**0, constant", lambda x: x**0, [INF], 1.0, [0.0]),
    ("0**1", lambda x: x**1, [0.0], 0.0, [1.0]),
    ("0**2", lambda x: x**2, [0.0], 0.0, [0.0]),
    ("0**3", lambda x: x**3, [0.0], 0.0, [0.0]),
    ("0**0.5", lambda x: x**0.5, [0.0], 0.0, [INF]),
    ("0**(1/3)", lambda x: x ** (1 / 3), [0.0], 0.0, [INF]),
    ("0**-1, constant", lambda x: x**-1, [0.0], INF, [-INF]),
    ("-0**-1, constant", lambda x: x**-1, [-0.0], -INF, [-INF]),
    ("0**-2, constant", lambda x: x**-2, [0.0], INF, [-INF]),
    ("-0**-2, constant", lambda x: x**-2, [-0.0], INF, [INF]),
    ("fractional power of -8", lambda x: x ** (1 / 3), [-8.0], NAN, [NAN]),
    ("cbrt(-8)", c.cbrt, [-8.0], -2.0, [1 / 12]),
    ("cbrt(0)", c.cbrt, [0.0], 0.0, [INF]),
    ("(-2)**3", c.pow, [-2.0, 3.0], -8.0, [12.0, NAN]),
    ("0**2", c.pow, [0.0, 2.0], 0.0, [0.0, 0.0]),
    ("0**0", c.pow, [0.0, 0.0], 1.0, [0.0, 0.0]),
    ("0**-1", c.pow, [0.0, -1.0], INF, [-INF, -INF]),
    ("1/0", c.div, [1.0, 0.0], INF, [INF, -INF]),
    ("-1/0", c.div, [-1.0, 0.0], -INF, [INF, INF]),
    ("0/0", c.div, [0.0, 0.0], NAN, [INF, NAN]),
    ("1/-0", c.div, [1.0, -0.0], -INF, [-INF, -INF]),
    ("exp(1000)", c.exp, [1000.0], INF, [INF]),
    ("maximum, 2 of 3 tied", c.maximum, [3.0, 1.0, 3.0], 3.0, [0.5, 0.0, 0.5]),
    ("minimum, all tied", c.minimum, [2.0] * 4, 2.0, [0.25] * 4),
    ("clip at its low edge", lambda x: c.clip(x, -1.0, 1.0), [-1.0], -1.0, [1.0]),
    ("clip at its high edge", lambda x: c.clip(x, -1.0, 1.0), [1.0], 1.0, [1.0]),
    ("clip outside", lambda x: c.clip(x, -1.0, 1.0), [2.0], 1.0, [0.0]),
    ("clip where low > high, x below", c.clip, [0.0, 3.0, 1.0], 1.0, [0.0, 0.0, 1.0]),
    ("clip where low > high, x between", c.clip, [2.0, 3.0, 1.0], 1.0, [0.0, 0.0, 1.0]),
    ("clip where low > high, x above", c.clip, [4.0, 3.0, 1.0], 1.0, [0.0, 0.0, 1.0]),
    ("clip where low > high, x at high", c.clip, [1.0, 3.0, 1.0], 1.0, [0.0, 0.0, 1.0]),
    ("clip where low > high, x at low", c.clip, [3.0, 3.0, 1.0], 1.0, [0.0, 0.0, 1.0]),
    ("clip below low, by all three", c.clip, [0.0, 1.0, 3.0], 1.0, [0.0, 1.0, 0.0]),
    ("clip above high, by all three", c.clip, [4.0, 1.0, 3.0], 3.0, [0.0, 0.0, 1.0]),
    ("clip inside, by all three", c.clip, [2.0, 1.0, 3.0], 2.0, [1.0, 0.0, 0.0]),
    ("clip of -0.0 at -0.0", c.clip, [-0.0, -0.0, 1.0], -0.0, [1.0, 0.0, 0.0]),
    *(
        (f"{op.name} is flat", op, [2.0], op(2.0), [0.0])
        for op in (c.floor, c.ceil, c.round, c.trunc, c.sign, c.step)
    ),
    ("5.5 % 2", c.mod, [5.5, 2.0], 1.5, [1.0, -2.0]),
    ("-5.5 % 2", c.mod, [-5.5, 2.0], 0.5, [1.0, 3.0]),
    ("5.5 % -2", c.mod, [5.5, -2.0], -0.5, [1.0, 3.0]),
    ("1 % 0.1, where floor(1 / 0.1) rounds", c.mod, [1.0, 0.1], 1.0 % 0.1, [1.0, -9.0]),
    ("atan2(0, 0)", c.atan2, [0.0, 0.0], 0.0, [NAN, NAN]),
    ("hypot(0, 0)", c.hypot, [0.0, 0.0], 0.0, [0.0, 0.0]),
    ("hypot(inf, nan)", c.hypot, [INF, NAN], INF, [NAN, NAN]),
    ("1**nan", c.pow, [1.0, NAN], 1.0, [NAN, 0.0]),
    ("logsumexp(-inf, -inf)", c.logsumexp, [-INF, -INF], -INF, [NAN, NAN]),
    ("logsumexp(0, inf)", c.logsumexp, [0.0, INF], INF, [0.0, 1.0]),
    ("logsumexp(inf, 0, -inf)", c.logsumexp, [INF, 0.0, -INF], INF, [1.0, 0.0, 0.0]),
    ("logsumexp(inf, inf)", c.logsumexp, [INF, INF], INF, [NAN, NAN]),
    ("logsumexp(-inf), which is its operand", lambda x: c.logsumexp([x]), [-INF], -INF, [1.0]),
    ("softmax(0, inf)", lambda *xs: c.softmax(xs)[1], [0.0, INF], 1.0, [0.0, 0.0]),
    ("log_softmax(0, -inf)", lambda *xs: c.log_softmax(xs)[0], [0.0, -INF], 0.0, [0.0, 0.0]),
    ("log_softmax(inf, 0)", lambda *xs: c.log_softmax(xs)[1], [INF, 0.0], -INF, [-1.0, 1.0]),
    ("√x·√x", lambda x: c.sqrt(x) * c.sqrt(x), [0.0], 0.0, [0.0]),
    ("(√x)², whose limit is 1", lambda x: c.sqrt(x) ** 2, [0.0], 0.0, [0.0]),
    ("1/(1/x), whose limit is 1", lambda x: 1.0 / (1.0 / x), [0.0], 0.0, [0.0]),
    ("log where positive", lambda x: c.where(c.step(x), c.log(x), 0.0), [0.0], 0.0, [0.0]),
    ("sqrt where positive", lambda x: c.where(c.step(x), c.sqrt(x), 0.0), [0.0], 0.0, [0.0]),
    ("x·log(x), guarded", lambda x: c.where(c.step(x), x * c.log(x), 0.0), [0.0], 0.0, [0.0]),
    ("1/x, guarded", lambda x: c.where(c.step(x), 1.0 / x, 0.0), [0.0], 0.0, [0.0]),
    ("√x·0", lambda x: c.sqrt(x) * 0.0, [0.0], 0.0, [0.0]),
    (
        "where both branches are leaves",
        lambda x, y: c.where(1.0, x, y),
        [2.0, 3.0],
        2.0,
        [1.0, 0.0],
    ),
    (
        "where the other branch is nan",
        lambda x, y: c.where(1.0, x, y * 2.0),
        [2.0, NAN],
        2.0,
        [1.0, 0.0],
    ),
]


def as_stated(found: float, stated: float) -> bool:
    """Whether a derivative is what the conventions say, which leave the sign of a zero open."""
    return found == stated or same(found, stated)


@pytest.mark.parametrize(
    ("function", "at", "value", "gradient"),
    [row[1:] for row in CONVENTIONS],
    ids=[row[0] for row in CONVENTIONS],
)
@pytest.mark.parametrize("create_graph", [False, True], ids=["numbers", "graph"])
def test_convention(
    function: Callable[..., Any],
    at: list[float],
    value: float,
    gradient: list[float],
    create_graph: bool,
) -> None:
    leaves = [Value(x) for x in at]
    result = function(*leaves)
    assert same(result.data, value)
    result.backward(create_graph=create_graph)
    found = [getattr(leaf.grad, "data", leaf.grad) for leaf in leaves]
    assert all(map(as_stated, found, gradient)), found


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        (c.logsumexp, [0.0, INF], 0.0),
        (c.logsumexp, [1.0, -INF, -INF], 0.0),
        (lambda *z: cross_entropy(z, 0), [1.0, -INF], 0.0),
        (lambda *z: cross_entropy(z, 0), [1.0, -INF, -INF], 0.0),
        (lambda *z: cross_entropy(z, 2), [1.0, -INF, INF], 0.0),
        (c.hypot, [INF, 1.0], 0.0),
        (c.atan2, [1.0, -INF], 0.0),
        (c.hypot, [0.0, 0.0], NAN),
        (c.atan2, [0.0, 0.0], NAN),
    ],
)
def test_hessian_where_it_is_the_same_throughout(
    f: Callable[..., Any], at: list[float], expected: float
) -> None:
    assert all(as_stated(x, expected) for row in derivatives(f, at)[2] for x in row)
    forward = ag.hessian(lambda xs: f(*xs))(at)
    assert all(as_stated(x, expected) for row in forward for x in row)


@pytest.mark.parametrize(
    ("exponent", "at", "second"),
    [(0, NAN, 0.0), (0, 0.0, 0.0), (1, 0.0, 0.0), (2, 0.0, 2.0), (3, 0.0, 0.0), (3, -2.0, -12.0)],
)
def test_second_derivative_of_a_constant_power(exponent: int, at: float, second: float) -> None:
    assert derivatives(lambda x: x**exponent, [at])[2] == [[second]]


# --- choosing, and any number of operands ---------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "third"),
    [
        (1e-103, 1e-5, 1.9952323662134143e304),
        (1e-100, 1e-300, 2.0),
        (1e-200, 1e-300, 2e300),
        (1e103, 5.0, 6e207),
        (2.0, 4.0, 48.0),
        (-2.0, 4.0, -48.0),
        (0.0, 3.0, 6.0),
        (0.0, 2.0, 0.0),
        (0.0, 1.0, 0.0),
        (0.0, 0.0, 0.0),
        (0.0, 0.5, INF),
        (1e-150, 0.5, INF),
    ],
)
def test_third_derivative_of_a_power_is_there_where_a_float_can_hold_it(
    x: float, y: float, third: float
) -> None:
    assert ag.grad(ag.grad(ag.grad(ag.pow)))(x, y) == pytest.approx(third, rel=1e-14)
    assert ag.grad(ag.grad(ag.grad(lambda x: x**y)))(x) == pytest.approx(third, rel=1e-14)


@pytest.mark.parametrize("kind", [bool, np.bool_, int, np.int64, float, np.float64])
def test_where_takes_a_condition_of_any_kind(kind: Any) -> None:
    for truth in (True, False):
        a, b = Value(2.0), Value(3.0)
        chosen = c.where(kind(truth), a, b)
        chosen.backward()
        assert (chosen.data, a.grad, b.grad) == ((2.0, 1.0, 0.0) if truth else (3.0, 0.0, 1.0))


def test_where_takes_the_bool_of_numpy_before_2() -> None:
    old = type("bool_", (), {"__module__": "numpy", "__bool__": lambda self: False})
    assert c.where(old(), Value(2.0), 3.0).data == 3.0


def test_where_takes_what_a_comparison_of_numpy_numbers_gives() -> None:
    numbers = np.array([-1.0, 2.0])
    assert [c.where(x > 0.0, x, 0.0) for x in numbers] == [0.0, 2.0]
    assert [c.where(x > 0.0, Value(x), 0.0).data for x in numbers] == [0.0, 2.0]
    steps = c.where(np.bool_(True), Value(1.0), 5.0)
    assert steps.operands[0] == 1.0  # a number, as every operand of a node


def test_lookup_sends_the_gradient_to_the_value_it_took() -> None:
    a, b = Value(2.0), Value(3.0)
    (c.lookup([a, b], Value(1.0)) * 5.0).backward()
    assert (a.grad, b.grad) == (0.0, 5.0)


def test_lookup_of_rows_gives_the_row() -> None:
    rows = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    found = c.lookup(rows, 1)
    assert [x.data for x in found] == [3.0, 4.0]
    c.sum(found).backward()
    assert [[x.grad for x in row] for row in rows] == [[0.0, 0.0], [1.0, 1.0]]


def test_lookup_takes_hundreds_of_rows() -> None:
    assert c.lookup([[float(i), -float(i)] for i in range(300)], 280) == [280.0, -280.0]


def test_lookup_of_deeper_rows_gives_the_same_nesting() -> None:
    assert c.lookup([[[1.0], [2.0]], [[3.0], [4.0]]], 1) == [[3.0], [4.0]]


@pytest.mark.parametrize("index", [-1, 2, 0.5, INF, NAN, Value(2.0), Value(NAN)])
def test_lookup_outside_or_between_the_values_raises(index: Any) -> None:
    with pytest.raises(IndexError, match="is not one of 0 to 1"):
        c.lookup([Value(1.0), Value(2.0)], index)


def test_lookup_of_ragged_rows_or_of_nothing_raises() -> None:
    with pytest.raises(ValueError, match=r"rows of one length, got lengths \[1, 2\]"):
        c.lookup([[1.0], [2.0, 3.0]], 0)
    with pytest.raises(IndexError, match="an empty list of values"):
        c.lookup([], 0)


@pytest.mark.parametrize("index", [5, 2, -1, NAN, 0.5, Value(7.0)])
@pytest.mark.parametrize("rows", [[[], []], [(), ()], [[[]], [[]]]])
def test_lookup_in_empty_rows_checks_the_index_all_the_same(rows: Any, index: Any) -> None:
    with pytest.raises(IndexError, match="is not one of 0 to 1"):
        c.lookup(rows, index)
    assert c.lookup(rows, 1) == list(rows[1])


@pytest.mark.parametrize("values", [None, 1.0, Value(1.0), {0: 1.0}, {1.0, 2.0}])
def test_lookup_in_what_is_no_list_raises(values: Any) -> None:
    with pytest.raises(TypeError, match=r"lookup takes a list .* got"):
        c.lookup(values, 0)


@pytest.mark.parametrize("values", [[[1.0], 2.0], [2.0, [1.0]]])
def test_lookup_in_rows_and_values_raises(values: Any) -> None:
    with pytest.raises(TypeError, match="1 of the 2 are rows"):
        c.lookup(values, 0)


def test_lookup_in_rows_without_end_says_so() -> None:
    deep: Any = 1.0
    for _ in range(500):
        deep = [deep]
    with pytest.raises(ValueError, match="values of lookup is nested 500 levels deep"):
        ag.lookup(deep, 0)
    deep = [1.0]
    deep[0] = [deep]
    with pytest.raises(ValueError, match="values of lookup holds itself"):
        ag.lookup(deep, 0)


def test_lookup_takes_any_iterable_of_values() -> None:
    assert c.lookup((float(x) for x in range(3)), 2) == 2.0
    assert c.lookup(range(3), 1) == 1.0


@pytest.mark.parametrize(
    ("condition", "taken"),
    [(True, 2.0), (False, 3.0), (1.0, 2.0), (0.0, 3.0), (7, 2.0), (NAN, 2.0), (Value(0.0), 3.0)],
)
def test_where_takes_the_first_for_any_condition_but_zero(condition: Any, taken: float) -> None:
    a, b = Value(2.0), Value(3.0)
    chosen = c.where(condition, a, b)
    chosen.backward()
    assert chosen.data == taken
    assert (a.grad, b.grad) == ((1.0, 0.0) if taken == 2.0 else (0.0, 1.0))


MANY = [c.sum, c.mean, c.prod, c.maximum, c.minimum, c.logsumexp]


@pytest.mark.parametrize("op", MANY, ids=repr)
def test_op_of_many_takes_an_iterable_or_the_operands_one_by_one(op: Op) -> None:
    assert op([1.0, 2.0, 3.0]) == op(1.0, 2.0, 3.0) == op(x for x in (1.0, 2.0, 3.0))
    assert op([1.5]) == 1.5
    with pytest.raises(TypeError, match="expected a list of values, got a Value"):
        op(Value(1.0))


@pytest.mark.parametrize("op", [c.mean, c.maximum, c.minimum, c.logsumexp], ids=repr)
def test_op_of_at_least_one_raises_on_none(op: Op) -> None:
    with pytest.raises(ValueError, match="expected at least one value, got none"):
        op([])


@pytest.mark.parametrize("function", [c.softmax, c.log_softmax])
def test_softmax_of_nothing_raises(function: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="expected at least one value, got none"):
        function([])


def test_empty_sum_product_and_dot_are_their_units() -> None:
    assert (c.sum([]), c.prod([]), c.dot([], [])) == (0.0, 1.0, 0.0)


def test_dot_of_vectors_of_two_lengths_raises() -> None:
    with pytest.raises(ValueError, match="one length, got 1 and 2"):
        c.dot([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="one length, got 2 and 1"):
        c.dot([1.0, 2.0], [1.0])


# --- no rule branches -----------------------------------------------------------------------


class Name(Carrier):
    """A symbol: it builds a formula, and is neither true nor false, nor a number."""

    def __init__(self, formula: str) -> None:
        self.formula = formula

    def apply(self, op: Op, operands: Sequence[Any]) -> "Name":
        return Name(f"{op.name}({', '.join(map(formula, operands))})")

    def _refuse(self, *_: Any) -> bool:
        raise AssertionError(f"a rule branches on {self.formula}")

    __bool__ = __float__ = __int__ = __index__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __eq__ = __ne__ = _refuse
    __hash__ = None  # type: ignore[assignment]

    def __neg__(self) -> "Name":
        return Name(f"-{self.formula}")

    def __add__(self, other: Any) -> "Name":
        return Name(f"({self.formula} + {formula(other)})")

    def __radd__(self, other: Any) -> "Name":
        return Name(f"({formula(other)} + {self.formula})")

    def __sub__(self, other: Any) -> "Name":
        return Name(f"({self.formula} - {formula(other)})")

    def __rsub__(self, other: Any) -> "Name":
        return Name(f"({formula(other)} - {self.formula})")

    def __mul__(self, other: Any) -> "Name":
        return Name(f"{self.formula}·{formula(other)}")

    def __rmul__(self, other: Any) -> "Name":
        return Name(f"{formula(other)}·{self.formula}")


def formula(x: Any) -> str:
    return x.formula if isinstance(x, Name) else repr(float(x))


CHOOSING = {c.where, c.gather}  # the choice is by a number


@pytest.mark.parametrize("op", [op for op in OPS.values() if op not in CHOOSING], ids=repr)
def test_rules_never_branch(op: Op) -> None:
    out = Name("out")
    if op.derivatives is not None:
        count = 3 if op in (c.clip, c.portion, c.complement) else 4
        names = [Name(f"x{i}") for i in range(count)]
        rules = op.derivatives(names, out)
        assert len(rules) == count
    else:
        names = [Name("x"), Name("y")][: len(op.rules)]
        rules = [rule(*names, out) if callable(rule) else rule for rule in op.rules]
    for rule in rules:
        assert rule is None or isinstance(rule, (float, Name)), rule


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (c.tanh.rules[0], "sech2(x)"),
        (c.sqrt.rules[0], "/(0.5, out)"),
        (c.silu.rules[0], "silu_slope(x)"),
        (c.asin_slope.rules[0], "/(x·out, (1.0 - x)·(1.0 + x))"),
    ],
)
def test_rule_on_names_is_its_formula(rule: Any, expected: str) -> None:
    assert formula(rule(Name("x"), Name("out"))) == expected


# --- the shape of a row ---------------------------------------------------------------------


def takes(function: Callable[..., Any], count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        function(*[0.5] * count)
    return True


@pytest.mark.parametrize("op", OPS.values(), ids=repr)
def test_row_has_one_rule_for_each_operand_of_its_forward_function(op: Op) -> None:
    count = len(op.rules)
    if count:
        assert takes(op.forward, count)
        assert all(takes(rule, count + 1) for rule in op.rules if callable(rule))
        with pytest.raises(TypeError, match=f"takes {count} operand"):
            Op.__call__(_bare(op), *[0.5] * (count + 1))
    else:
        assert takes(op.derivatives, 2)  # type: ignore[arg-type]


def _bare(op: Op) -> Op:
    """The op without its own way to arrange the arguments of a call."""
    return Op(op.name, op.forward, *op.rules, strong=op.strong)


@pytest.mark.parametrize("op", [*OF_ONE, *OF_TWO], ids=repr)
def test_op_on_plain_numbers_gives_a_float(op: Op) -> None:
    count = len(op.rules) or 2
    assert type(op(*[0.5] * count)) is float
    assert type(op(*[1] * count)) is float


# One number is multiplied by another as it is: what is infinite there is so in plain numbers too.
MULTIPLYING = {c.mul, c.dot, c.prod, c.elu, c.leaky_relu}
ENDS = [0.0, 5e-324, 1e-300, 0.5, 1.0, 2.0, 710.0, 1e308, INF]


@pytest.mark.parametrize("op", sorted({*OPS.values()} - MULTIPLYING, key=repr), ids=repr)
def test_an_op_whose_derivative_is_not_always_finite_lets_a_zero_upstream_stay_zero(
    op: Op,
) -> None:
    def finite(xs: tuple[float, ...]) -> bool:
        locals_ = op.locals((None,) * len(xs), xs, op.forward(*xs))
        return all(local is None or math.isfinite(local) for local in locals_)

    many = 3 if op in (c.where, c.clip, c.gather, c.log_share, c.complement, c.portion) else 2
    count = len(op.rules) or many
    operands = itertools.product([*ENDS, *(-x for x in ENDS)], repeat=count)
    if op in (c.gather, c.log_share):
        operands = ((1.0, *xs[1:]) for xs in operands)  # type: ignore[assignment]
    of_density = op in (c.gauss, c.normal_density)  # they are multiplied by what may be infinite
    assert op.strong is (of_density or not all(map(finite, operands)))


def test_op_names_are_unique() -> None:
    assert len({op.name for op in OPS.values()}) == len(OPS)


def test_every_op_has_a_reference() -> None:
    measured = {row.op.name for row in UNARY} | {row.op.name for row in BINARY} | {*NARY, "lookup"}
    private = inspect.getsource(c).split("# --- derivatives of other rows")[1]
    public = [op for name, op in OPS.items() if f"\n{name}: Op = " not in private]
    assert [op.name for op in public if op.name not in measured] == []


@pytest.mark.parametrize(
    ("choice", "slopes"),
    [
        (lambda x: c.where(c.step(x), x * x, 3.0 * x), {2.0: 4.0, -2.0: 3.0}),
        (lambda x: c.where(x, x * x, c.sqrt(x)), {2.0: 4.0, 0.0: INF}),
        (lambda x: c.lookup([c.log(x), x * x, x**3], x), {1.0: 2.0, 2.0: 12.0, 0.0: INF}),
    ],
    ids=["where", "where by x", "lookup"],
)
def test_recomputed_gradient_of_a_choice_chooses_anew(
    choice: Callable[[Any], Any], slopes: dict[float, float]
) -> None:
    for recorded in slopes:
        x = Value(recorded)
        slope = ag.gradients(choice(x), x)
        for now, expected in slopes.items():
            x.data = now
            recompute(slope)
            assert slope.data == expected


A_FEW_SPECIAL = (0.0, -0.0, 5e-324, 1.0, -1.0, 1e308, -1e308, INF, -INF, NAN)


@pytest.mark.parametrize(
    "f",
    [
        ag.sum,
        ag.mean,
        ag.prod,
        ag.logsumexp,
        ag.maximum,
        ag.minimum,
        lambda xs: ag.dot(xs[:2], xs[1:]),
        lambda xs: ag.softmax(xs)[0],
        lambda xs: ag.log_softmax(xs)[0],
        lambda xs: ag.clip(*xs),
        lambda xs: ag.where(*xs),
        lambda xs: ag.lookup(xs, 1),
    ],
)
def test_ops_of_three_operands_never_raise_on_special_values(f: Any) -> None:
    for numbers in itertools.product(A_FEW_SPECIAL, repeat=3):
        xs = [ag.Value(x) for x in numbers]
        y = f(xs)
        first = ag.gradients(y, xs)
        numeric = ag.gradients(y, xs, create_graph=False)
        assert [str(x.data + 0.0) for x in first] == [str(x + 0.0) for x in numeric]
        for x in first:
            ag.gradients(x, xs)
        assert type(f(list(numbers))) is float
        assert str(f(list(numbers)) + 0.0) == str(y.data + 0.0)
