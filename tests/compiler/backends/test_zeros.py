"""Zeros of each sign through ops of one operand and of several, compiled and exported too."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import autograd as ag
from autograd import Value, compile, grad, scan, vmap
from autograd.compiler.backends.javascript import program_to_js
from autograd.compiler.ir.program import Program
from tests.bits import bits
from tests.browser import chromium, exported, new_page, run_on_floats
from tests.compiler.built_c import STRICT, functions
from tests.compiler.random_cases import BACKENDS

Function = Callable[..., Any]
# Of a list of numbers: the last ones have a sum that begins with what is negated or a product.
OF_LISTS: dict[str, Function] = {
    **{op.__name__: op for op in (ag.sum, ag.mean, ag.prod, ag.maximum, ag.minimum)},
    "builtin sum": sum,
    "dot": lambda xs: ag.dot(xs, xs[::-1]),
    "dot with numbers": lambda xs: ag.dot([1.0, -1.0, 0.0][: len(xs)], xs),
    "softmax": lambda xs: ag.softmax(xs)[0],
    "log_softmax": lambda xs: ag.log_softmax(xs)[0],
    "logsumexp": ag.logsumexp,
    "sum with a number": lambda xs: ag.sum([-0.0, *xs]),
    "sum of the negated": lambda xs: ag.sum([-x for x in xs]),
    "sum of products": lambda xs: ag.sum([-x * xs[0] for x in xs]),
    "differences": lambda xs: -xs[0] - ag.sum(xs),
    "choices": lambda xs: ag.sum([ag.where(x < 1.0, x, 2.0) for x in xs]),
    "lookups": lambda xs: ag.sum([ag.lookup(xs, x) for x in xs]),
    "sum of a batch": lambda xs: vmap(lambda x: -x, reduce="sum")(xs),
    "mean of a batch": lambda xs: vmap(lambda x: x * xs[0], reduce="mean")(xs),
    "scan": lambda xs: scan(lambda s, x: (s + x, s * x), -0.0, xs)[0],
}
OF_ONE = "abs neg sqrt cbrt sin tan tanh asin sinh expm1 log1p relu round trunc sign erf gelu silu"


def _of_first(op: Function) -> Function:
    return lambda xs: op(xs[0])


OF_LISTS |= {name: _of_first(getattr(ag, name)) for name in OF_ONE.split()}


def first_and_second(f: Function) -> Function:
    """The first derivatives of `f`, and those of their sum."""
    first = grad(f)
    return lambda xs: [first(xs), grad(lambda xs: ag.sum(first(xs)))(xs)]


CALLS = [[*xs] for size in (1, 2, 3) for xs in itertools.product((0.0, -0.0), repeat=size)]


def interpreted(f: Function, xs: list[float]) -> list[str]:
    return bits([f(list(map(Value, xs))), first_and_second(f)(xs)])


def compiled(f: Function) -> Function:
    """The function and its derivatives, compiled, for one backend each time."""
    return lambda xs: [f(xs), first_and_second(f)(xs)]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", OF_LISTS)
def test_compiled_zeros_have_the_signs_of_interpreted_ones(name: str, backend: str) -> None:
    f = OF_LISTS[name]
    call = compile(compiled(f), backend=backend)
    for xs in CALLS:
        assert bits(call(xs)) == interpreted(f, xs), xs


def programs() -> list[tuple[str, Program, list[list[float]]]]:
    """The program of each function for each number of operands, and the calls it is for."""
    found = []
    for name, f in OF_LISTS.items():
        for size in (1, 2, 3):
            calls = [xs for xs in CALLS if len(xs) == size]
            call = compile(compiled(f), backend="python")
            call(calls[0])
            [recorded] = call._recordings.values()
            found.append((name, recorded.program, calls))
    return found


@pytest.mark.needs("gcc")
def test_so_have_they_in_c(tmp_path: Path) -> None:
    known = programs()
    built = functions([program for _, program, _ in known], tmp_path, ["gcc", "-O2", *STRICT])
    for (name, _, calls), call in zip(known, built, strict=True):
        for xs in calls:
            assert bits(call(xs)) == interpreted(OF_LISTS[name], xs), (name, xs)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield new_page(browser)


def signs(xs: Sequence[float]) -> list[str]:
    """The zeros with their signs; JavaScript's functions round other numbers their own way."""
    return [repr(x) if x == 0.0 else "no zero" for x in xs]


@pytest.mark.needs("chromium")
def test_so_have_they_in_javascript(page: Page) -> None:
    for name, program, calls in programs():
        found = run_on_floats(page, exported(program_to_js(program), "compiled"), calls)
        for xs, numbers in zip(calls, found, strict=True):
            wanted = list(map(float, interpreted(OF_LISTS[name], xs)))
            assert signs(numbers) == signs(wanted), (name, xs)
