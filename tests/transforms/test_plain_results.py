"""The hint that a loss may lack a gradient, where it holds a derivative in plain numbers."""

import functools
import gc
import warnings
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import (
    LostGradientWarning,
    Value,
    compile,
    constant,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    value_and_grad,
    vjp,
    vmap,
)
from autograd.nn import MLP
from autograd.transforms import plain_results

Function = Callable[..., Any]

ROUTES: dict[str, Function] = {
    "grad": lambda f, x: grad(f)(x),
    "value_and_grad": lambda f, x: value_and_grad(f)(x)[1],
    "jacobian": lambda f, x: jacobian(f)(x),
    "jacfwd": lambda f, x: ag.jacfwd(f)(x),
    "hessian": lambda f, x: hessian(f)(x),
    "grad of grad": lambda f, x: grad(grad(f))(x),
    "hvp": lambda f, x: hvp(f, (x,), (1.0,)),
    "jvp": lambda f, x: jvp(f, (x,), (1.0,))[1],
    "vjp": lambda f, x: vjp(f, x)[1](1.0)[0],
    "vmap": lambda f, x: vmap(grad(f))([x, x])[1],
    "by two": lambda f, x: grad(lambda x, y: f(x) * y, (0, 1))(x, 2.0)[0],
}


@pytest.fixture(autouse=True)
def _as_in_a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function is looked at once, and the tests have some in common."""
    monkeypatch.setattr(plain_results, "_looked_at", {})


def hinted(run: Callable[[], object]) -> bool:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run()
    assert {x.category for x in caught} <= {LostGradientWarning}
    assert {x.filename for x in caught} <= {__file__}
    return bool(caught)


def loss_of(w: Value, derivative: Any) -> Any:
    return (w - 1.0) ** 2 + derivative**2


@pytest.mark.parametrize("name", ROUTES)
def test_it_comes_where_a_loss_reaches_what_a_plain_derivative_depends_on(name: str) -> None:
    w = Value(2.0)
    derivative = ROUTES[name](lambda x: (w * x**3).sin(), 0.5)
    loss = loss_of(w, derivative)
    assert type(derivative) is float
    assert hinted(loss.backward)
    assert not hinted(loss.backward)


@pytest.mark.parametrize("name", ROUTES)
def test_at_values_nothing_is_lost_and_it_does_not_come(name: str) -> None:
    w = Value(2.0)
    loss = loss_of(w, ROUTES[name](lambda x: (w * x**3).sin(), Value(0.5)))
    assert not hinted(loss.backward)
    lacking = 2.0 * (w.data - 1.0)
    assert w.grad != lacking

    def compiled(w: Any, x: Any) -> Any:
        return loss_of(w, ROUTES[name](lambda x: (w * x**3).sin(), x))

    assert compile(grad(compiled))(2.0, 0.5) == pytest.approx(w.grad, rel=1e-14)


def test_a_residual_of_a_network_has_its_gradient_compiled_and_at_values() -> None:
    """As of a physics-informed network, for which this library is a way to learn how it works."""

    def step(model: Any, x: Any) -> None:
        residual = grad(lambda x: model([x]))(x) - 1.0
        (residual**2 + model([0.0]) ** 2).backward()

    found = []
    for run, x in ((step, Value(0.3)), (compile(step), 0.3)):
        model = MLP(1, [3, 1], rng=0)
        assert not hinted(lambda run=run, model=model, x=x: run(model, x))  # type: ignore[misc]
        found.append([p.grad for p in model.parameters()])
    assert found[0] == found[1]
    model = MLP(1, [3, 1], rng=0)
    assert hinted(lambda: step(model, 0.3))


def test_it_tells_the_transform_and_the_line() -> None:
    w = Value(2.0, "w")

    def slope(x: Any) -> Any:
        return w * x * x

    derivative = grad(slope)(0.5)
    told = r"grad of slope at plain .*test_plain_results.py, line \d+: derivative = grad\(slope\)"
    with pytest.warns(LostGradientWarning, match=told) as caught:
        (derivative * w).backward()
    assert caught[0].filename == __file__
    assert "label='w'" in str(caught[0].message)


NOT_LOST: dict[str, Function] = {
    "another Value": lambda w, other: grad(lambda x: x * other)(0.5),
    "linear in both": lambda w, other: grad(lambda x: x * x + w - (w + x))(0.5),
    "a constant": lambda w, other: grad(lambda x: x * constant(2.0) + w)(0.5),
    "a Module that it is taken by": lambda w, other: grad(lambda m: m([w.data]))(MLP(1, [1])),
    "a Value made inside": lambda w, other: grad(lambda x: x * Value(2.0))(0.5),
    "a number made inside no_grad": lambda w, other: grad(lambda x: x * unwatched(w))(0.5),
    "no arguments that are Values": lambda w, other: grad(lambda x: x**3)(0.5),
    "nothing that is a node": lambda w, other: grad(lambda x: 2.0)(0.5),
}


def unwatched(w: Value) -> Value:
    with no_grad():
        return w * 2.0


@pytest.mark.parametrize("name", NOT_LOST)
def test_it_does_not_come_where_nothing_is_lost(name: str) -> None:
    w, other = Value(2.0), Value(3.0)
    NOT_LOST[name](w, other)
    assert not hinted(loss_of(w, 0.0).backward)


def test_no_grad_says_that_a_number_is_wanted() -> None:
    w = Value(2.0)
    with no_grad():
        derivative = grad(lambda x: w * x * x)(0.5)
    assert not hinted(loss_of(w, derivative).backward)


def test_as_an_error_it_leaves_every_grad_as_it_was() -> None:
    w = Value(2.0)
    loss = loss_of(w, grad(lambda x: w * x * x)(0.5))
    with warnings.catch_warnings():
        warnings.simplefilter("error", LostGradientWarning)
        with pytest.raises(LostGradientWarning):
            loss.backward()
    assert (w.grad, loss.grad) == (0.0, 0.0)


def test_it_comes_after_a_compiled_pass_too() -> None:
    model = MLP(1, [1], rng=0)
    grad(lambda x: model([x]))(0.5)

    def passed(model: Any) -> None:
        model([1.0]).backward()

    assert hinted(lambda: compile(passed)(model))


def test_a_module_is_a_function_too() -> None:
    model = MLP(1, [1], rng=0)
    grad(model)([0.5])
    assert hinted(lambda: model([1.0]).backward())


def test_it_keeps_no_value_alive() -> None:
    w = Value(2.0)
    gone = weakref.ref(w)
    grad(functools.partial(_product, w))(0.5)
    del w
    gc.collect()
    assert gone() is None


def _product(w: Value, x: Any) -> Any:
    return w * x * x
