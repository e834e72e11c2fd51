"""A compiled function gives the bits of the interpreted one: random programs, on every backend.

See `differential.py`. Each run has programs of its own: ``SEED=…`` goes through those of another.
"""

import multiprocessing
import os
import random
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import pytest

import autograd as ag
from autograd import (
    Op,
    Value,
    grad,
    hessian,
    logical_and,
    logical_not,
    lookup,
    no_grad,
    scan,
    value_and_grad,
    vmap,
    where,
)
from autograd.compiler import compile
from tests.compiler.differential import AT_ONCE, Summary, compare, outcome, shares
from tests.compiler.random_cases import BACKENDS
from tests.random_graphs import ANY, LAST, TAME

Function = Callable[..., Any]
SEED = os.environ.get("SEED") or str(random.randrange(10**6))


def test_generator_knows_every_public_function() -> None:
    written = " ".join([*ANY, *TAME, *LAST])
    infix = {"add", "sub", "mul", "div", "mod", "floordiv", "pow"}
    ops = {name for name, op in vars(ag).items() if isinstance(op, Op)}
    for name in {*ops - infix, "lookup", "softmax", "log_softmax"}:
        assert f"ag.{name}(" in written, name


@pytest.mark.parametrize("share", range(2))
def test_compiled_programs_have_the_bits_of_interpreted_ones(
    share: int, say_at_the_end: Callable[[str], None]
) -> None:
    compiler = ("gcc", "clang")[share]
    summary, found = compare(SEED, shares(60, 30)[share], compiler)
    say_at_the_end(f"Compiled as interpreted: {summary}; SEED={SEED}")
    assert not found, "\n\n".join(found)


@pytest.mark.slow
def test_so_have_ten_thousand(say_at_the_end: Callable[[str], None]) -> None:
    summary, found = Summary(), []
    spawn = multiprocessing.get_context("spawn")
    # Processes begin anew at times: each keeps the kernels of all programs that it has compiled.
    # A pool does that itself with max_tasks_per_child, and stands still (CPython issue 115634).
    for thousand in range(0, 10_000, 1_000):
        with ProcessPoolExecutor(os.cpu_count(), spawn) as processes:
            some = shares(1_000, AT_ONCE, thousand)
            for part, told in processes.map(partial(compare, f"{SEED}0"), some):
                summary.join(part)
                found += told
    say_at_the_end(f"Compiled as interpreted: {summary}; SEED={SEED}")
    assert not found, "\n\n".join(found)
    assert summary.nodes > 200 * summary.count
    assert summary.unseen() == []
    assert summary.no_programs < 0.01 * summary.count


# --- what went wrong once -------------------------------------------------------------------


def _through_a_choice(x: Any, i: Any) -> Any:
    y = 2.0 * x
    return y / (y + lookup([0.0, x], i)) ** 0.5


def _sign_of_a_zero(x: Any, i: Any) -> Any:
    """The infinity tells 0.0 from -0.0, which a strong product with 1.0 must not give."""
    return 1.0 / grad(lambda y: (i - i - 0.0) * -1.0 * (y / 1.0))(x)


def _lookup_that_no_result_needs(x: Any, i: Any) -> Any:
    lookup([x, x], i)
    return x


def _inside_no_grad(r: Any) -> Any:
    with no_grad():
        return 2.0 * r


# Of r, a number alone: interpreted there is no node of r, and compiled none may come before others.
NUMBERS_ALONE: dict[str, Function] = {
    "a comparison": lambda r, q: where(r > 2.0, q, 2.0 * q),
    "both bounds": lambda r, q: where(logical_and(r >= 1.0, logical_not(r <= 2.0)), q, 2.0 * q),
    "what is detached": lambda r, q: r.detach() * q,
    "no_grad": lambda r, q: _inside_no_grad(r) * q,
    "a comparison in a batch": lambda r, q: sum(
        vmap(lambda a: where(r > a, q, 2.0 * q))([1.0, 2.0])
    ),
    "what is detached in a batch": lambda r, q: sum(vmap(lambda a: r.detach() * q * a)([1.0, 2.0])),
    "no_grad in a batch": lambda r, q: sum(vmap(lambda a: _inside_no_grad(r * a) * q)([1.0])),
    "a comparison in a scan": lambda r, q: scan(
        lambda s, a: (s + where(a > r, a * q, q), None), 0.5, [1.0, 2.0]
    )[0],
}


@pytest.mark.parametrize("derivative", [grad, lambda f: grad(grad(f)), hessian])
@pytest.mark.parametrize("name", NUMBERS_ALONE)
def test_a_number_alone_changes_no_order_of_contributions(name: str, derivative: Any) -> None:
    def f(x: Any) -> Any:
        r, q = ag.exp(x), ag.cos(x)
        return ag.sum([NUMBERS_ALONE[name](r, q), 0.3 * ag.tanh(x), ag.sin(x), r])

    compiled = compile(derivative(f), backend="python")
    for k in range(30):
        assert outcome(compiled, 0.0437 * k - 1.0) == outcome(derivative(f), 0.0437 * k - 1.0)


def _gradient_of_a_square(scale: Any, x: Any) -> Any:
    """The gradient of z²·scale by z = x, which only `backward()` inside knows."""
    z = 1.0 * x
    (z * z * scale).backward()
    return z.grad


# What a batch inside a batch reads of the function around it.
NESTED: dict[str, Function] = {
    "no_grad": lambda x: ag.sum(
        vmap(lambda a: a * no_grad()(lambda: x * ag.tanh(x))())([1.0, 2.0])
    ),
    "no_grad, two deep": lambda x: ag.sum(
        vmap(lambda a: ag.sum(vmap(lambda b: a * no_grad()(lambda: b * ag.tanh(a))())([x, 2.0])))(
            [x, 1.0]
        )
    ),
}


@pytest.mark.parametrize("transform", [grad, hessian, lambda f: lambda x: ag.hvp(f, x, 1.5)])
@pytest.mark.parametrize("name", NESTED)
def test_what_is_inside_a_batch_may_read_what_is_around_it(name: str, transform: Any) -> None:
    f = transform(NESTED[name])
    assert outcome(compile(f), 0.7) == outcome(f, 0.7)
    batch = vmap(f)
    assert outcome(compile(batch), [0.7, -1.2]) == outcome(batch, [0.7, -1.2])


@pytest.mark.parametrize("transform", [grad, hessian, lambda f: lambda x: ag.hvp(f, x, 1.5)])
def test_so_may_a_gradient_inside_that_asks_for_states_of_a_scan(transform: Any) -> None:
    def f(x: Any) -> Any:
        states = scan(lambda s, a: (ag.sum(vmap(lambda b: x * b)([s, a])), s), x, [2.0, 1.5])[1]
        return vmap(lambda a: x * _gradient_of_a_square(states[0] + x, a), reduce="mean")(states)

    assert outcome(compile(transform(f)), 0.7) == outcome(transform(f), 0.7)


DATA = [0.3, 1.7, -0.9, 2.3]
NUMBER_FIRST: dict[str, Function] = {
    "a batch": lambda w: ag.sum(vmap(lambda a, b: ag.tanh(a * b))([1.0, w, w, w], DATA)),
    "rows": lambda w: vmap(lambda x: ag.tanh(x[0] * x[1]), reduce="sum")(
        [[1.0, 0.3], [w, 1.7], [w, -0.9], [2.3, w]]
    ),
    "a scan": lambda w: scan(
        lambda s, x: (s + ag.tanh(x[0] * x[1]), None), 0.0, ([1.0, w, w, w], DATA)
    )[0],
    "outputs of a scan": lambda w: ag.sum(
        scan(lambda s, x: (s, ag.tanh(x[0] * x[1])), 0.0, ([1.0, w, w, w], DATA))[1]
    ),
    "nothing that flows": lambda w: w * ag.sum(vmap(lambda a, b: b)([1.0, w, w, w], DATA)),
}


@pytest.mark.parametrize("name", NUMBER_FIRST)
def test_samples_are_one_node_if_any_has_a_gradient(name: str) -> None:
    f = grad(NUMBER_FIRST[name])
    compiled = compile(f, backend="python")
    for k in range(40):
        assert outcome(compiled, 0.07 * k - 1.0) == outcome(f, 0.07 * k - 1.0)


def _mask_of_a_batch(x: Any, i: Any) -> Any:
    other, more, chosen = [lookup([y, y, x], i) for y in (1.0, 2.0, 3.0)]
    (mapped,) = vmap(lambda q: lookup([q, q, 0.7], i - 2.0))([x])
    difference = chosen - mapped
    return ag.dot([difference, 0.7, other], [2.89, difference, 0.7]) * more


ONCE_WRONG: dict[str, tuple[Function, list[tuple[float, float]]]] = {
    "order of contributions past the mask of a batch": (
        grad(grad(_mask_of_a_batch)),
        [(-1.14, 2.0), (1.5, 2.0)],
    ),
    "order of contributions past a choice": (
        grad(grad(_through_a_choice)),
        [(1.3, 0.0), (1.3, 1.0)],
    ),
    "sign of a zero": (_sign_of_a_zero, [(2.0, 1.0)]),
    "lookup that no result needs": (
        value_and_grad(_lookup_that_no_result_needs),
        [(2.0, 1.0), (2.0, 2.0)],
    ),
    "lookup that no derivative needs": (
        grad(lambda x, i: x + lookup([0.0, 1.0], i)),
        [(2.0, 1.0), (2.0, 2.0)],
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ONCE_WRONG)
def test_so_has_what_went_wrong_once(name: str, backend: str) -> None:
    f, calls = ONCE_WRONG[name]
    compiled = compile(f, backend=backend)
    for call in calls:
        found = outcome(compiled, *call)
        assert outcome(f, Value(call[0]), call[1]) == outcome(f, *map(Value, call)) == found, call
