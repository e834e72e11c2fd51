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
from autograd import Op, Value, grad, lookup, value_and_grad
from autograd.compiler import compile
from tests.compiler.differential import AT_ONCE, BACKENDS, OPS, Summary, compare, outcome, shares
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
    with ProcessPoolExecutor(os.cpu_count(), spawn, max_tasks_per_child=10) as processes:
        for part, told in processes.map(partial(compare, f"{SEED}0"), shares(10_000, AT_ONCE)):
            summary.join(part)
            found += told
    say_at_the_end(f"Compiled as interpreted: {summary}; SEED={SEED}")
    assert not found, "\n\n".join(found)
    assert summary.nodes > 200 * summary.count
    assert len(summary.ops & OPS) > 0.85 * len(OPS)


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


ONCE_WRONG: dict[str, tuple[Function, list[tuple[float, float]]]] = {
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
        assert outcome(f, *map(Value, call)) == outcome(compiled, *call), call
