"""Checks of derivatives as in HIPS' `autograd.test_util`: the sweep of its suite over operands.

There a function is checked by `check_grads(fun, modes, order)(*args)` against differences, at
random numbers and in both modes. The ops are those of its `test_scalar_ops.py` and the others that
numbers have; here one call of `check_grads` checks both modes.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import check_grads

ANY, POSITIVE, INSIDE = (-2.0, 2.0), (0.1, 3.0), (-0.9, 0.9)
ONE: dict[str, tuple[Callable[[Any], Any], tuple[float, float]]] = {
    **{
        name: (getattr(ag, name), ANY)
        for name in (
            *("abs", "sin", "sinh", "tan", "cos", "cosh", "tanh", "atan", "asinh", "exp", "expm1"),
            *("sign", "sigmoid", "softplus", "relu", "silu", "gelu", "erf", "cbrt"),
        )
    },
    **{name: (getattr(ag, name), POSITIVE) for name in ("log", "log2", "log10", "log1p", "sqrt")},
    **{name: (getattr(ag, name), INSIDE) for name in ("asin", "acos", "atanh")},
    "acosh": (ag.acosh, (1.2, 4.0)),
    "negative": (lambda x: -x, ANY),
    "reciprocal": (lambda x: 1.0 / x, POSITIVE),
    "square": (lambda x: x**2, ANY),
    "exp2": (lambda x: 2.0**x, ANY),
    "sinc": (lambda x: ag.sin(x) / x, POSITIVE),
    "degrees": (lambda x: x * 57.29577951308232, ANY),
    "power of itself": (lambda x: x**x, POSITIVE),
    "where": (lambda x: ag.where(ag.step(x), x**2, ag.sin(x)), POSITIVE),
    "clip": (lambda x: ag.clip(x, -0.5, 0.5), (-0.4, 0.4)),
}
TWO: dict[str, tuple[Callable[[Any, Any], Any], tuple[float, float]]] = {
    "add": (lambda x, y: x + y, ANY),
    "subtract": (lambda x, y: x - y, ANY),
    "multiply": (lambda x, y: x * y, ANY),
    "divide": (lambda x, y: x / y, POSITIVE),
    "power": (lambda x, y: x**y, POSITIVE),
    "arctan2": (ag.atan2, POSITIVE),
    "hypot": (ag.hypot, POSITIVE),
    "logaddexp": (ag.logsumexp, ANY),
    "maximum": (ag.maximum, ANY),
    "minimum": (ag.minimum, ANY),
    "remainder": (lambda x, y: x % y, POSITIVE),
    "dot": (lambda x, y: ag.dot([x, y], [y, x]), ANY),
    "prod": (lambda x, y: ag.prod([x, y, x]), ANY),
    "mean": (lambda x, y: ag.mean([x, y, x * y]), ANY),
    "softmax": (lambda x, y: ag.softmax([x, y, x * y])[0], ANY),
    "log_softmax": (lambda x, y: ag.log_softmax([x, y])[1], ANY),
}
DRAWS, LEAST = 20, 1_000


@pytest.mark.parametrize("name", ONE)
def test_both_modes_and_orders_agree_with_differences_for_one_operand(name: str) -> None:
    f, (low, high) = ONE[name]
    draw = random.Random(name)
    for _ in range(DRAWS):
        check_grads(f, draw.uniform(low, high), order=2, kinks="skip")


@pytest.mark.parametrize("name", TWO)
def test_both_modes_and_orders_agree_with_differences_for_two_operands(name: str) -> None:
    f, (low, high) = TWO[name]
    draw = random.Random(name)
    for _ in range(DRAWS):
        point = [draw.uniform(low, high), draw.uniform(low, high)]
        check_grads(lambda x: f(*x), point, order=2, kinks="skip")
        check_grads(lambda x: f(x, 1.5), point[0], kinks="skip")


def test_there_are_as_many_as_ever() -> None:
    assert DRAWS * (len(ONE) + 2 * len(TWO)) >= LEAST
