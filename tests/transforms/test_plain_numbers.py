"""What is a node in a recording, and a number interpreted, is told from what it is computed of."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import autograd as ag
from autograd import compile, constant, no_grad, vmap
from autograd.compiler.tracing.traced import traced_leaves
from autograd.transforms.plain_numbers import PlainNumbers, are_plain, plain_numbers

GIVEN, OTHER = traced_leaves([2.0, 3.0], ["given", "other"])


@pytest.fixture(autouse=True)
def given() -> Iterator[None]:
    token = plain_numbers.set(PlainNumbers([GIVEN]))
    yield
    plain_numbers.reset(token)


def _without_history() -> Any:
    with no_grad():
        return GIVEN * 2.0


CASES: dict[str, tuple[Callable[[], Any], bool]] = {
    "a number": (lambda: 2.0, True),
    "one that was given": (lambda: GIVEN, True),
    "another leaf": (lambda: OTHER, False),
    "computed": (lambda: ag.exp(GIVEN * 2.0) + GIVEN, True),
    "computed from others too": (lambda: ag.exp(GIVEN) * 2.0 * (GIVEN + OTHER), False),
    "a comparison": (lambda: GIVEN > 1.0, True),
    "without history": (_without_history, True),
    "a constant": (lambda: constant(2.0), True),
    "what is detached": (OTHER.detach, True),
    "computed from what is detached": (lambda: OTHER.detach() * GIVEN, False),
}


@pytest.mark.parametrize("name", CASES)
def test_plain_is_what_is_computed_from_given_numbers_alone(name: str) -> None:
    make, wanted = CASES[name]
    x = make()
    assert are_plain([x, x]) == [wanted, wanted]


def test_outside_of_a_recording_no_node_is_plain() -> None:
    plain_numbers.set(None)
    assert are_plain([1.0, GIVEN, GIVEN * 2.0, constant(2.0)]) == [True, False, False, True]


def test_of_a_batch_the_results_of_some_samples_are() -> None:
    found: list[list[bool]] = []

    def f(x: Any, i: Any) -> Any:
        def inside(x: Any) -> Any:
            made = vmap(lambda a: a * a)([i, x, i * 2.0])
            found.append(are_plain([*made, made[0] * i]))
            return ag.sum(made)

        return ag.grad(inside)(x)

    compile(f, backend="python")(3.0, 2.0)
    assert found == [[True, False, True, True]]


def test_a_long_chain_is_gone_through_without_recursion() -> None:
    x: Any = GIVEN
    for _ in range(20_000):
        x = x + GIVEN
    assert are_plain([x, x * OTHER]) == [True, False]
