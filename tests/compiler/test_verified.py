"""`verify`: compiled beside interpreted, and the first node where they differ."""

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import CompiledDifferenceError, Value, compile, lookup, value_and_grad, vmap
from autograd.compiler.backends import python as python_backend
from autograd.compiler.backends.choose import MODULES
from autograd.engine.numbers import same as same_number
from autograd.nn import MLP, Module

BACKENDS = tuple(MODULES)
of = functools.partial(compile, backend="python")


class Pair(NamedTuple):
    a: Any
    b: Any


class Growth(Module):
    def __init__(self) -> None:
        self.rate = Value(2.0)

    def forward(self, x: Any) -> Any:
        return ag.exp(self.rate * x)


def backward_inside(x: Any) -> Any:
    y = x * x
    y.backward()
    return x.grad


SAME: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], int]] = {
    "numbers": (lambda x, y: x * y + 1.0, (2.0, 3.0), {}, 1),
    "structures": (lambda d: {"z": [d["x"], (d["y"][0],)]}, ({"x": 1.0, "y": [2.0]},), {}, 2),
    "named tuples": (lambda p: Pair(p.a, p.b * p.a), (Pair(1.0, 2.0),), {}, 2),
    "arrays": (lambda x: [x[0] * 2.0, x[1]], (np.arange(2.0),), {}, 2),
    "arrays in structures": (lambda d: [[d["x"][0]], [1.0]], ({"x": np.arange(2.0)},), {}, 2),
    "modules": (value_and_grad(lambda m, x: m([x])), (MLP(1, [2, 1], rng=0), 0.5), {}, 8),
    "keywords": (lambda x, *, k: x * k, (2.0,), {"k": 3.0}, 1),
    "methods of Values": (lambda x: x.exp(), (2.0,), {}, 1),
    "methods of keywords": (lambda x, *, k: x.exp() * k.exp(), (2.0,), {"k": 3.0}, 1),
    "methods beside a module": (lambda m, x: m(x.exp()), (Growth(), 0.5), {}, 1),
    "methods of arrays": (lambda x: x[0].exp(), (np.arange(2.0),), {}, 1),
    "backward": (backward_inside, (3.0,), {}, 1),
    "a constant": (lambda x: 3, (1.0,), {}, 1),
    "nothing": (lambda x: [], (1.0,), {}, 0),
    "nan": (lambda x: [ag.log(x), ag.sqrt(x)], (-1.0,), {}, 2),
    "a batch": (vmap(lambda x: x * x), ([1.0, 2.0, 3.0],), {}, 3),
    "a mean of gradients": (
        vmap(value_and_grad(lambda w, x: (w - x) ** 2), (None, 0), "mean"),
        (0.1, [1.0, 2.0, 3.0]),
        {},
        2,
    ),
    "a batch of methods": (vmap(lambda x: x.exp()), ([1.0, 2.0],), {}, 2),
    "a batch of an array": (vmap(lambda x: x * x), (np.arange(9.0),), {}, 9),
    "a batch inside": (lambda x: vmap(lambda y: y * y, 0, "sum")(x), ([1.0, 2.0],), {}, 1),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", SAME)
def test_it_tells_how_many_numbers_are_the_same(name: str, backend: str) -> None:
    f, args, options, count = SAME[name]
    assert compile(f, backend=backend).verify(*args, **options) == count


STATIC: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "a number": (lambda x, n: x * float(n), (2.0, 3)),
    "a text": (lambda x, n: ag.exp(x) if n == "exp" else x, (2.0, "exp")),
    "a text, and methods of Values": (lambda x, n: x.exp() if n == "exp" else x, (2.0, "exp")),
    "None, and methods of Values": (lambda x, n: x.exp() if n is None else x, (2.0, None)),
}


@pytest.mark.parametrize("name", STATIC)
def test_static_arguments_stay_static(name: str) -> None:
    f, args = STATIC[name]
    assert of(f, static="n").verify(*args) == 1


def test_an_error_of_the_function_comes_through() -> None:
    with pytest.raises(IndexError, match="lookup index 2 is not one of 0 to 1"):
        of(lookup).verify([1.0, 2.0], 2)
    with pytest.raises(TypeError, match="unsupported operand"):
        of(lambda x: "a" - 1).verify(1.0)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("x", "y", "same"),
    [
        (1.0, 1.0, True),
        (0.0, -0.0, False),
        (-0.0, -0.0, True),
        (math.nan, math.nan, True),
        (math.inf, math.inf, True),
        (1.0, math.nextafter(1.0, 2.0), False),
        (math.nan, 1.0, False),
        (math.inf, -math.inf, False),
    ],
)
def test_the_same_bits_are_the_same_sign_of_zero_too(x: float, y: float, same: bool) -> None:
    assert (same_number(x, y), same_number(y, x)) == (same, same)


# --- when compiled code is wrong ------------------------------------------------------------


@pytest.fixture
def wrong_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums and products come out a bit too large, if they are not 0."""
    right = python_backend._sum

    def wrong(runs: Any, numbers: Any) -> float:
        found = right(runs, numbers)
        return math.nextafter(found, math.inf) if found else found

    monkeypatch.setattr(python_backend, "_sum", wrong)


PRODUCT = "*(x = 2.0, y = 3.0) is 6.0 interpreted and 6.000000000000001 compiled"
FOUND: dict[str, tuple[Callable[..., Any], tuple[Any, ...], str]] = {
    "the last node": (
        lambda x, y: x * y,
        (2.0, 3.0),
        f"result 0 is 6.0 interpreted and 6.000000000000001 compiled: {PRODUCT}",
    ),
    "a node before others": (lambda x, y: ag.exp(x * y) + y, (2.0, 3.0), PRODUCT),
    "a constant as an operand": (
        lambda x: ag.exp(x * 2.5),
        (2.0,),
        "*(x = 2.0, 2.5) is 5.0 interpreted and 5.000000000000001 compiled",
    ),
    "by its place in a list": (lambda x: x[0] * x[1], ([2.0, 3.0],), "*(x[0] = 2.0, x[1] = 3.0)"),
    "by its place in a dict": (lambda x: x["a"] * x["b"], ({"a": 2.0, "b": 3.0},), "*(x['a'] = 2"),
    "by its place in an array": (lambda x: x[0] * x[1], (np.array([2.0, 3.0]),), "*(x[0] = 2.0, "),
    "of a module": (lambda m, x: m(x), (Growth(), 2.0), "*(m.rate = 2.0, x = 2.0) is 4.0 inter"),
    "in a gradient": (value_and_grad(lambda x, y: ag.exp(x * y)), (2.0, 3.0), "*(2.0, y = 3.0)"),
    "in a batch": (
        vmap(lambda x: ag.exp(x * x)),
        ([2.0, 3.0],),
        ": in sample 0 *(argument 0 = 2.0, argument 0 = 2.0) is 4.0 interpreted and 4.000000000000",
    ),
    "in a sum over a batch": (
        vmap(lambda x: ag.exp(x * x), 0, "sum"),
        ([2.0, 3.0],),
        ": in sample 0 *(argument 0 = 2.0, argument 0 = 2.0) is 4.0 interpreted and 4.000000000000",
    ),
    "in a later sample": (
        vmap(lambda x, w: ag.exp(x * w), (0, None)),
        (np.array([0.0, 0.0, 3.0]), 2.0),
        ": in sample 2 *(argument 0 = 3.0, argument 1 = 2.0) is 6.0 interpreted and 6.00000000000",
    ),
    "in a sample with axes of parts": (
        vmap(lambda d: d["x"] * d["w"], ({"x": 0, "w": None},)),
        ({"x": [0.0, 3.0], "w": 2.0},),
        ": in sample 1 *(argument 0['x'] = 3.0, argument 0['w'] = 2.0) is 6.0 interpreted and 6.0",
    ),
    "in the sum of a batch alone": (
        vmap(lambda x: ag.exp(x), 0, "mean"),
        ([0.0, 0.0],),
        ": +(1.0, 1.0) is 2.0 interpreted and 2.0000000000000004 compiled",
    ),
    "in a batch inside": (
        lambda xs: vmap(lambda x: ag.exp(x * x), 0, "sum")(xs),
        ([2.0, 3.0],),
        "= 2.0) is 4.0 interpreted and 4.000000000000001 compiled",
    ),
}


@pytest.mark.usefixtures("wrong_sums")
@pytest.mark.parametrize("name", FOUND)
def test_the_first_node_that_differs_is_named_with_both_numbers(name: str) -> None:
    f, args, message = FOUND[name]
    with pytest.raises(CompiledDifferenceError) as caught:
        of(f).verify(*args)
    assert message in str(caught.value)


@pytest.mark.usefixtures("wrong_sums")
def test_a_batch_that_is_right_is_not_blamed() -> None:
    def f(xs: Any) -> Any:
        largest = vmap(lambda x: ag.exp(x))(xs)
        return ag.maximum(*largest) * xs[0]

    with pytest.raises(CompiledDifferenceError) as caught:
        of(f).verify([2.0, 3.0])
    assert f": *({math.exp(3.0)!r}, xs[0] = 2.0) is " in str(caught.value)


def test_a_zero_of_the_other_sign_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    right = python_backend._sum
    monkeypatch.setattr(python_backend, "_sum", lambda runs, numbers: abs(right(runs, numbers)))
    with pytest.raises(CompiledDifferenceError) as caught:
        of(lambda x, y: x * y).verify(-1.0, 0.0)
    product = "*(x = -1.0, y = 0.0) is -0.0 interpreted and 0.0 compiled"
    assert str(caught.value) == f"result 0 is -0.0 interpreted and 0.0 compiled: {product}"


def test_a_wrong_forward_function_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = compile(lambda x: ag.exp(x) * 2.0, backend="llvm")
    compiled(1.0)
    monkeypatch.setattr(ag.exp, "forward", lambda x: 7.0)
    with pytest.raises(CompiledDifferenceError) as caught:
        compiled.verify(1.0)
    assert str(caught.value) == (
        f"result 0 is 14.0 interpreted and {2.0 * math.e!r} compiled: "
        f"exp(x = 1.0) is 7.0 interpreted and {math.e!r} compiled"
    )


def test_a_function_that_is_not_the_same_each_time_is_told_from_wrong_code() -> None:
    calls: list[int] = []

    def f(x: Any) -> Any:
        calls.append(1)
        return x * float(len(calls))

    with pytest.raises(CompiledDifferenceError, match="every node of the recording is the same"):
        of(f).verify(2.0)
