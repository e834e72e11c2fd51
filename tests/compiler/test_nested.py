"""Batches, scans and gradients in one another, three deep: compiled as interpreted."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

import autograd as ag
from autograd import compile, grad, hessian, scan, vmap
from autograd.transforms.trees import flatten
from tests.compiler.differential import outcome

Function = Callable[[Any, Any], Any]
NUMBERS = [0.7, -1.2, 0.3, 1.9]


def leaf(w: Any, a: Any) -> Any:
    """What is computed of a number."""
    return ag.tanh(w * a) + a * w


def total(results: Any) -> Any:
    """The sum of all that comes out."""
    return ag.sum(flatten(results)[0])


INSIDE: dict[str, Callable[[Function], Function]] = {
    "vmap": lambda f: lambda w, x: total(vmap(lambda a: f(w, a))(x)),
    "mean": lambda f: lambda w, x: vmap(lambda a: f(w, a), reduce="mean")(x),
    "scan": lambda f: (
        lambda w, x: total(scan(lambda s, a: (ag.tanh(s * f(w, a) + w), s * w), w, x))
    ),
    "grad": lambda f: lambda w, x: grad(f)(w, x) * w,
}
OUTSIDE: dict[str, tuple[Callable[[Function], Function], Any]] = {
    "itself": (lambda f: f, 0.6),
    "grad": (grad, 0.6),
    "grad by the data": (lambda f: lambda w, x: grad(f, 1)(w, x), 0.6),
    "hessian": (hessian, 0.6),
    "vmap of grad": (lambda f: vmap(grad(f), in_axes=(0, None)), [0.6, -0.4, 0.1]),
}


@pytest.mark.parametrize("order", OUTSIDE)
@pytest.mark.parametrize("kinds", [*map(" of ".join, product(["vmap", "mean", "scan"], INSIDE))])
def test_three_in_one_another_have_the_bits_of_the_interpreted_function(
    kinds: str, order: str
) -> None:
    chain, (outside, w) = kinds.split(" of "), OUTSIDE[order]
    for innermost in ("vmap", "scan"):
        f: Function = leaf
        data: list[Any] = []
        for kind in reversed([*chain, innermost]):
            f = INSIDE[kind](f)
            data = data if kind == "grad" else [data, data[::-1]] if data else NUMBERS
        found = outcome(compile(outside(f), backend="python"), w, data)
        assert found == outcome(outside(f), w, data)
        assert not isinstance(found.bits, type)


def test_what_a_step_reads_of_a_scan_around_it_is_of_its_own_step() -> None:
    def f(w: Any, xs: Any) -> Any:
        v = ag.Value(0.0) + w
        last, _ = scan(lambda s, x: (s * v + x, None), v, xs)
        return scan(lambda s, x: (s, ag.gradients(last, v) * x), 0.0, [1.0, 2.0])[1]

    assert compile(f)(0.5, [1.0, -2.0, 3.0]) == [-0.5, -1.0]
