"""Conditions: comparisons that `where` takes, compiled as interpreted, and what combines them."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import (
    TracedValueError,
    Value,
    compile,
    div,
    equal,
    grad,
    hessian,
    logical_and,
    logical_not,
    logical_or,
    to_c,
    value_and_grad,
    vmap,
    where,
)
from autograd.compiler.backends.choose import MODULES
from autograd.engine.numbers import same

Function = Callable[..., Any]
BACKENDS = tuple(MODULES)
NAN, INF = math.nan, math.inf
NUMBERS = (-INF, -1.0, -0.0, 0.0, 5e-324, 1.0, 1.5, INF, NAN)


def of(f: Function) -> Any:
    return compile(f, backend="python")


COMPARISONS: dict[str, Function] = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", COMPARISONS)
def test_a_comparison_is_as_python_compares(name: str, backend: str) -> None:
    f = COMPARISONS[name]
    both = compile(f, backend=backend)
    for x in NUMBERS:
        left = compile(lambda y, x=x: f(x, y), backend=backend)
        right = compile(lambda y, x=x: f(y, x), backend=backend)
        for y in NUMBERS:
            assert both(x, y) == float(x < y if name == "<" else f(x, y)), (x, y)
            assert (left(y), right(y)) == (float(f(x, y)), float(f(y, x))), (x, y)
            assert both.verify(x, y) == 1


@pytest.mark.parametrize("name", COMPARISONS)
def test_numpy_numbers_and_values_made_inside_compare_in_both_orders(name: str) -> None:
    f = COMPARISONS[name]
    for other in (np.float64(1.0), np.int64(1), 1):
        assert of(lambda x, other=other: [f(x, other), f(other, x)])(1.0) == [f(1, 1)] * 2
    assert of(lambda x: [f(x, Value(2.0)), f(Value(2.0), x)])(1.0) == [f(1, 2), f(2, 1)]


def chosen(x: Any, a: Any, b: Any) -> Any:
    return where(x > 0.0, a * x, b)


def within(x: Any, a: Any, b: Any) -> Any:
    return where(logical_and(x > 0.0, x <= 1.0), a * a * x, b * x)


def outside(x: Any, a: Any, b: Any) -> Any:
    return where(logical_or(x < 0.0, x >= 1.0, x > 2.0), div(a, x), b)


def otherwise(x: Any, a: Any, b: Any) -> Any:
    return where(logical_not(x <= a), x * a, x * b)


def with_what_is_known(x: Any, a: Any, b: Any) -> Any:
    return where(logical_and(x > a, True, logical_or(False, x > b, 0.0)), x, a)


def equal_ones(x: Any, a: Any, b: Any) -> Any:
    return where(logical_not(equal(x, a)), a, b) * x


def counted(x: Any, a: Any, b: Any) -> Any:
    return (x > 0.0) * 3.0 - where(a >= b, 1.0, 0.0) * x


CHOICES = (chosen, within, outside, otherwise, with_what_is_known, equal_ones, counted)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "transform", [lambda f: f, value_and_grad, hessian], ids=["value", "grad", "hessian"]
)
@pytest.mark.parametrize("f", CHOICES)
def test_a_choice_by_a_condition_is_as_interpreted(
    f: Function, transform: Function, backend: str
) -> None:
    compiled = compile(transform(f), backend=backend)
    for x in NUMBERS:
        compiled.verify(x, 0.5, 2.0)
        compiled.verify(x, 1.0, -INF)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("f", CHOICES)
def test_it_is_in_a_batch_and_in_a_scan(f: Function, backend: str) -> None:
    expected = [float(f(Value(x), 0.5, 2.0).data) for x in NUMBERS]
    batch = compile(vmap(lambda x: f(x, 0.5, 2.0)), backend=backend)
    inside = compile(lambda xs: vmap(lambda x: f(x, 0.5, 2.0))(xs), backend=backend)
    scan = compile(lambda state, x: (state, f(x, 0.5, 2.0)), backend=backend).scan
    for found in (batch(list(NUMBERS)), inside(list(NUMBERS)), scan(0.0, list(NUMBERS))[1]):
        assert all(map(same, found, expected))


def test_it_is_in_c() -> None:
    assert "compiled(" in to_c(grad(within), 0.5, 1.0, 2.0)


def test_a_comparison_with_what_is_no_number_is_an_error_and_equals_nothing() -> None:
    assert of(lambda x: 1.0 if x == "a" or x is None or x == None else 2.0)(1.0) == 2.0  # noqa: E711
    with pytest.raises(TypeError, match="one real number, got str"):
        of(lambda x: x < "a")(1.0)


BITS: dict[str, tuple[Function, str]] = {
    "&": (lambda x: (x > 0.0) & (x < 1.0), "a Value has no &: write logical_and(a, b)"),
    "& of a bool": (lambda x: True & (x < 1.0), "write logical_and(a, b)"),
    "|": (lambda x: (x > 0.0) | (x < 1.0), "a Value has no |: write logical_or(a, b)"),
    "^": (lambda x: (x > 0.0) ^ True, "a Value has no ^: write logical_not(equal(a, b))"),
    "~": (lambda x: ~(x > 0.0), "a Value has no ~: write logical_not(a)"),
}


@pytest.mark.parametrize("name", BITS)
def test_operators_on_bits_say_what_combines_conditions(name: str) -> None:
    f, message = BITS[name]
    with pytest.raises(TypeError) as caught:
        of(f)(0.5)
    assert message in str(caught.value)
    assert f"at {__file__}:{f.__code__.co_firstlineno}: " in str(caught.value)


PYTHON: dict[str, Function] = {
    "if": lambda x: 1.0 if x > 0.0 else 2.0,
    "and": lambda x: x > 0.0 and x < 1.0,
    "or": lambda x: x > 0.0 or x < 1.0,
    "not": lambda x: not x > 0.0,
    "between": lambda x: 0.0 < x < 1.0,
    "bool": lambda x: bool(x >= 0.0),
    "all": lambda x: all([x > 0.0]),
}


@pytest.mark.parametrize("name", PYTHON)
def test_pythons_own_words_on_a_condition_say_what_to_write(name: str) -> None:
    with pytest.raises(TracedValueError, match=r"logical_and\(a, b\), logical_or\(a, b\) or"):
        of(PYTHON[name])(0.5)


# --- conditions that are known --------------------------------------------------------------

TRUE, FALSE = (True, np.True_, 1.0, 2, NAN, -INF), (False, np.False_, 0.0, -0.0, 0)


def test_what_is_known_gives_a_bool() -> None:
    for yes in TRUE:
        assert logical_not(yes) is False
        for no in FALSE:
            assert logical_not(no) is True
            assert [logical_and(yes, no), logical_and(no, yes), logical_and(no, no)] == [False] * 3
            assert [logical_or(yes, no), logical_or(no, yes), logical_or(no, no)] == [
                True,
                True,
                False,
            ]
    assert logical_and(True, 1.0, np.True_) is True
    assert logical_and(True) is True
    assert logical_or(False, 0, np.False_) is False


def test_a_value_gives_a_value_through_which_nothing_flows() -> None:
    x, y = Value(2.0), Value(0.0)
    for found, expected in (
        (logical_and(x, y), 0.0),
        (logical_and(x, True), 1.0),
        (logical_or(y, x), 1.0),
        (logical_or(y, False), 0.0),
        (logical_not(x), 0.0),
        (logical_not(y), 1.0),
    ):
        assert type(found) is Value
        assert found.data == expected
        found.backward()
    assert (x.grad, y.grad) == (0.0, 0.0)


@pytest.mark.parametrize(("combine", "rest"), [(logical_and, 1), (logical_or, 2)])
def test_the_first_condition_decides_before_all_others(combine: Any, rest: int) -> None:
    """A choice has the operands (condition, x, y), and what the others give is one of the two."""
    conditions = [Value(1.0), Value(0.0), Value(2.0)]
    found, asked = combine(*conditions), []
    while isinstance(found, Value):
        asked.append(found.operands[0])
        found = found.operands[rest]
    assert [id(x) for x in asked] == [id(x) for x in conditions]


@pytest.mark.parametrize("wrong", [None, "yes", [True], 1j])
def test_what_is_no_condition_is_refused(wrong: Any) -> None:
    for call in (logical_not, lambda x: logical_and(True, x), lambda x: logical_or(x, False)):
        with pytest.raises(TypeError, match="one real number, got"):
            call(wrong)
