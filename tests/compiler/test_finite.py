"""Strict mode around compiled calls: where they first make a nan or an inf."""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import (
    NonFiniteError,
    TracedValueError,
    Value,
    compile,
    div,
    dot,
    elu,
    exp,
    grad,
    hessian,
    jvp,
    log,
    no_grad,
    sqrt,
    strict,
    value_and_grad,
    vmap,
    where,
)
from autograd.compiler.backends.choose import MODULES
from autograd.nn import MLP

Function = Callable[..., Any]
of = functools.partial(compile, backend="python")
INF = math.inf


def at_the_second_line(x: Any) -> Any:
    y = x * 2.0
    return log(y)


def in_another_function(x: Any) -> Any:
    return at_the_second_line(x) + 1.0


def that_no_result_shows(x: Any) -> Any:
    return where(x > 0.0, log(x), 0.0)


def times_a_condition(x: Any) -> Any:
    return (x > 0.0) * log(x)


def that_is_divided_away(x: Any) -> Any:
    return div(1.0, exp(x))


MADE: dict[str, tuple[Callable[[], Any], str, str]] = {
    "a lambda": (lambda: of(lambda x: log(x))(-1.0), "log(x = -1.0) made nan", "log(x)"),
    "a line": (lambda: of(at_the_second_line)(-1.0), "log(-2.0) made nan", "return log(y)"),
    "a function inside": (
        lambda: of(in_another_function)(-1.0),
        "log(-2.0) made nan",
        "return log(y)",
    ),
    "on the way": (
        lambda: of(that_no_result_shows)(-1.0),
        "log(x = -1.0) made nan",
        "return where(x > 0.0, log(x), 0.0)",
    ),
    "on the way, with a condition as a factor": (
        lambda: of(times_a_condition)(0.0),
        "log(x = 0.0) made -inf",
        "return (x > 0.0) * log(x)",
    ),
    "an inf that is divided away": (
        lambda: of(that_is_divided_away)(1000.0),
        "exp(x = 1000.0) made inf",
        "return div(1.0, exp(x))",
    ),
    "with a gradient": (
        lambda: of(value_and_grad(at_the_second_line))(-1.0),
        "log(-2.0) made nan",
        "return log(y)",
    ),
    "in the gradient": (
        lambda: of(grad(lambda x: sqrt(x)))(0.0),
        "/(0.5, 0.0) made inf",
        "of(grad(lambda x: sqrt(x)))(0.0)",
    ),
    "in a tangent": (
        lambda: of(lambda x: jvp(sqrt, (x,), (1.0,)))(0.0),
        "/(0.5, 0.0) made inf",
        "jvp(sqrt, (x,), (1.0,))",
    ),
    "of an array": (
        lambda: of(lambda x: [log(a) for a in x])(np.array([1.0, 0.0])),
        "log(x[1] = 0.0) made -inf",
        "log(a)",
    ),
    "with a static argument": (
        lambda: of(lambda x, n: log(x - n), static="n")(1.0, 2),
        "log(-1.0) made nan",
        "log(x - n)",
    ),
    "by keyword": (lambda: of(lambda x: log(x))(x=-1.0), "log(x = -1.0) made nan", "log(x)"),
    "a batch": (
        lambda: of(vmap(lambda x: log(x)))([1.0, -1.0]),
        "log(argument 0[1] = -1.0) made nan",
        "log(x)",
    ),
    "a batch of rows": (
        lambda: of(vmap(lambda w, r: log(dot(w, r)), (None, 0), "mean"))([1.0, 1.0], np.eye(2) - 1),
        "log(-1.0) made nan",
        "log(dot(w, r))",
    ),
    "a batch inside": (
        lambda: of(lambda xs: vmap(lambda x: log(x), reduce="sum")(xs))([1.0, -1.0]),
        "log(xs[1] = -1.0) made nan",
        "log(x)",
    ),
    "a step of a scan": (
        lambda: of(lambda s, x: (s * x, log(s))).scan(1.0, [1.0, -2.0, 3.0]),
        "log(state = -2.0) made nan",
        "log(s)",
    ),
    "a state of arrays": (
        lambda: of(lambda s, x: ([a * x for a in s], x)).scan(np.ones(2), np.full(3, 1e200)),
        "*(state[0] = 1e+200, datum = 1e+200) made inf",
        "[a * x for a in s]",
    ),
    "without history": (
        no_grad()(lambda: of(lambda x: log(x))(-1.0)),
        "log(x = -1.0) made nan",
        "log(x)",
    ),
}


@pytest.mark.parametrize("name", MADE)
def test_what_first_makes_a_nan_or_inf_is_named_with_the_users_line(name: str) -> None:
    call, what, line = MADE[name]
    call()  # nothing is raised outside
    for _ in range(2):
        with pytest.raises(NonFiniteError) as caught, strict():
            call()
        message = str(caught.value)
        assert message.startswith(f"{what} at {__file__}:")
        assert line in message


def test_it_holds_in_a_function_that_is_decorated() -> None:
    with pytest.raises(NonFiniteError, match="log"):
        strict()(lambda: of(lambda x: log(x))(-1.0))()


def trained(m: Any, x: Any) -> Any:
    return dot([m([x])], [m([x])])


FINE: dict[str, tuple[Callable[[], Any], Any]] = {
    "finite": (lambda: of(at_the_second_line)(0.5), 0.0),
    "an inf that was given": (lambda: of(lambda x: x + 1.0)(INF), INF),
    "what a derivative does not take": (lambda: of(value_and_grad(elu))(1000.0), (1000.0, 1.0)),
    "nor a second one": (lambda: of(hessian(elu))(1000.0), 0.0),
    "a scan": (
        lambda: of(lambda s, x: (s * x, log(s))).scan(1.0, [1.0, 2.0]),
        (2.0, [0.0, 0.0]),
    ),
    "a scan of dicts": (
        lambda: of(lambda s, d: ({"a": s["a"] + d["b"]}, d["b"])).scan(
            {"a": 0.0}, {"b": [1.0, 2.0]}
        ),
        ({"a": 3.0}, [1.0, 2.0]),
    ),
    "a batch": (lambda: of(vmap(lambda x: log(x)))([1.0, 1.0]), [0.0, 0.0]),
}


@pytest.mark.parametrize("name", FINE)
def test_what_makes_none_gives_what_it_gives_outside(name: str) -> None:
    call, expected = FINE[name]
    with strict():
        assert call() == expected


@pytest.mark.parametrize("backend", MODULES)
def test_it_holds_whatever_runs_the_function_also_where_it_was_recorded_before(
    backend: str,
) -> None:
    compiled = compile(lambda x: log(x), backend=backend)
    assert math.isnan(compiled(-1.0))
    with strict():
        assert compiled(1.0) == 0.0
        with pytest.raises(NonFiniteError):
            compiled(-1.0)
    assert math.isnan(compiled(-1.0))


def test_a_model_and_its_gradients_stay_as_they_were() -> None:
    model = MLP(1, [2, 1], rng=0)
    before = [p.data for p in model.parameters()]
    step = of(value_and_grad(trained))
    with strict():
        found = step(model, 1.0)
    assert found == step(model, 1.0)
    assert [p.data for p in model.parameters()] == before
    assert {p.grad for p in model.parameters()} == {0.0}


def test_strict_mode_inside_a_compiled_function_says_where_it_belongs() -> None:
    def f(x: Any) -> Any:
        with strict():
            return log(x)

    with pytest.raises(TracedValueError, match="put the with block around the calls at "):
        of(f)(1.0)
    with pytest.raises(NonFiniteError):
        f(Value(-1.0))
