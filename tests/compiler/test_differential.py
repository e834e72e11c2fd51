"""A compiled function gives the bits of the interpreted one: random functions, every backend.

What a random function gives, its gradients and second derivatives are computed by Values and by
compiled code: for the numbers that it was recorded with, and for others.
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
from autograd import Op, Value, grad, hessian, hvp, jacobian, jvp, lookup, value_and_grad
from autograd.compiler import compile
from autograd.compiler.backends.choose import MODULES
from autograd.engine.numbers import same
from autograd.transforms.trees import flatten_numbers
from tests.compiler.backends.test_c import STRICT, functions
from tests.random_graphs import (
    ANY,
    LAST,
    TAME,
    RandomFunction,
    made,
    random_arguments,
    random_function,
)

Function = Callable[..., Any]
BACKENDS = tuple(MODULES)


def _gradient_of_the_first(f: Function) -> Function:
    return grad(lambda x, i: grad(f)(x, i)[0])


def _along(transform: Function, f: Function) -> Function:
    def directional(x: Any, i: Any) -> Any:
        direction = [0.5 * one if k % 2 else one for k, one in enumerate(x)]
        return transform(lambda x: f(x, i), (x,), (direction,))

    return directional


OF_SEVERAL: dict[str, Callable[[Function], Function]] = {
    "f": lambda f: f,
    "jacobian": jacobian,
    "jvp": lambda f: _along(jvp, f),
}
OF_ONE: dict[str, Callable[[Function], Function]] = {
    "value_and_grad": value_and_grad,
    "gradient of the first gradient": _gradient_of_the_first,
    "hvp": lambda f: _along(hvp, f),
    "hessian": hessian,
}


class Case(NamedTuple):
    """A random function, what is taken of it, and the arguments of some calls."""

    function: RandomFunction
    transform: str
    calls: Sequence[tuple[list[float], list[float]]]

    def source(self) -> str:
        return self.function.source(several=self.transform in OF_SEVERAL)

    def made(self) -> Function:
        return {**OF_SEVERAL, **OF_ONE}[self.transform](made(self.source()))

    def expected(self, x: list[float], i: list[float]) -> Any:
        return outcome(self.made(), [Value(one) for one in x] if self.transform == "f" else x, i)


def random_case(draw: random.Random, size: int) -> Case:
    transform = draw.choice([*OF_SEVERAL, *OF_ONE])
    function = random_function(draw, size)
    return Case(function, transform, [random_arguments(draw, function.inputs) for _ in range(3)])


def case_of(seed: int) -> Case:
    """Most are small; one in a hundred has hundreds of lines."""
    draw = random.Random(seed)
    largest = draw.choice([500, 500, *[150] * 8, *[40] * 40, *[12] * 50])
    return random_case(draw, draw.randint(1, largest))


def outcome(f: Function, *args: Any) -> Any:
    """The numbers that a call gives, or the type of what it raises."""
    try:
        return [x._data if isinstance(x, Value) else x for x in flatten_numbers(f(*args))[0]]
    except Exception as error:
        return type(error)


def agree(expected: Any, found: Any) -> bool:
    if isinstance(expected, type) or isinstance(found, type):
        return expected is found
    return len(expected) == len(found) and all(map(same, expected, found))


def disagreement(case: Case, backend: str) -> str:
    """The first call that gives something else, as code; empty if there is none."""
    compiled = compile(case.made(), backend=backend)
    for x, i in case.calls:
        expected, found = case.expected(x, i), outcome(compiled, x, i)
        if not agree(expected, found):
            first = "" if (x, i) == case.calls[0] else f", recorded with {case.calls[0]}"
            return (
                f"{case.transform}, by {backend}, of\n{case.source()}\nat {x}, {i}{first}"
                f"\nis    {found}\nnot   {expected}"
            )
    return ""


def shrunk(case: Case, backend: str) -> str:
    """What disagrees in the smallest function that can be made of a wrong one."""
    smaller: Case | None = case
    while smaller:
        case = smaller
        candidates = (case._replace(function=one) for one in case.function.simpler())
        smaller = next((one for one in candidates if disagreement(one, backend)), None)
    return disagreement(case, backend)


def seeds(most: int, together: int) -> pytest.MarkDecorator:
    """The first 500 seeds always, the others in the slow run."""
    starts = range(0, most, together)
    marks = [pytest.mark.slow if start >= 500 else () for start in starts]
    return pytest.mark.parametrize(
        "start",
        [pytest.param(start, marks=mark) for start, mark in zip(starts, marks, strict=True)],
    )


# --- any function ---------------------------------------------------------------------------


def test_generator_knows_every_public_function() -> None:
    written = " ".join([*ANY, *TAME, *LAST])
    infix = {"add", "sub", "mul", "div", "mod", "floordiv", "pow"}
    ops = {name for name, op in vars(ag).items() if isinstance(op, Op)}
    for name in {*ops - infix, "lookup", "softmax", "log_softmax"}:
        assert f"ag.{name}(" in written, name


@pytest.mark.parametrize("backend", BACKENDS)
@seeds(10_000, together=100)
def test_compiled_function_has_the_bits_of_the_interpreted_one(start: int, backend: str) -> None:
    for seed in range(start, start + 100):
        case = case_of(seed)
        assert not disagreement(case, backend), f"seed {seed}: {shrunk(case, backend)}"


@pytest.mark.needs("gcc")
@seeds(10_000, together=250)
def test_c_has_the_bits_of_the_interpreted_function(start: int, tmp_path: Path) -> None:
    cases, programs = [], []
    for seed in range(start, start + 250):
        case = case_of(seed)
        compiled = compile(case.made(), backend="python")
        if not isinstance(outcome(compiled, *case.calls[0]), type):
            cases.append((seed, case))
            programs += [one.program for one in compiled._recordings.values()]
    built = functions(programs, tmp_path, ["gcc", "-O0", *STRICT])
    for (seed, case), call in zip(cases, built, strict=True):
        for x, i in case.calls:
            told = f"seed {seed}: {case.transform} of\n{case.source()}\nat {x}, {i}"
            assert agree(case.expected(x, i), outcome(call, [*x, *i])), told


@pytest.mark.parametrize("backend", BACKENDS)
@given(draw=st.randoms(use_true_random=False), size=st.integers(1, 20))
@settings(deadline=None, max_examples=40)
def test_so_has_what_hypothesis_can_think_of(backend: str, draw: random.Random, size: int) -> None:
    told = disagreement(random_case(draw, size), backend)
    assert not told, told


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
        assert agree(outcome(f, *map(Value, call)), outcome(compiled, *call)), call
