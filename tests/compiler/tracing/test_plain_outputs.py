"""Results that are plain numbers interpreted lead to nothing in a recording either."""

from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import compile, grad, scan, vmap
from autograd.compiler.tracing.plain_outputs import plain_outputs
from autograd.compiler.tracing.traced import traced_leaves
from autograd.engine.watching import watching
from autograd.transforms.samples import Sample, shared_nodes
from tests.bits import bits


def sample(made: Callable[..., list[Any]]) -> Sample:
    """A sample of two numbers."""
    leaves = traced_leaves([1.0, 2.0], ["a", "b"])
    tape: list[Any] = []
    with watching(tape.append):
        outputs = made(*leaves)
    return Sample(tape, leaves, outputs)


W, X = traced_leaves([3.0, 5.0], ["w", "x"])
Numbers = list[Any]
CASES: dict[str, tuple[Callable[..., Numbers], list[Numbers], Numbers, list[set[int]]]] = {
    "numbers": (lambda a, b: [2.0, a, b], [[1.0, X]], [], [{0, 1}]),
    "computed": (lambda a, b: [a * 2.0, a * b, ag.tanh(a)], [[1.0, X]], [], [{0, 2}]),
    "from outside": (lambda a, b: [a * W, b], [[1.0, 2.0]], [], [{1}]),
    "a number alone": (lambda a, b: [b.detach() * a], [[1.0, X]], [], [{0}]),
    "in other samples": (
        lambda a, b: [a, a * b],
        [[1.0, X], [X, 2.0], [1.0, 2.0]],
        [],
        [{0}, set(), {0, 1}],
    ),
    "no node at all": (lambda a, b: [a, a * b], [[1.0, 2.0]], [], []),
    "a state that stays": (lambda a, b: [a * 2.0, b], [[X], [2.0]], [1.0], [{0}, {0, 1}]),
    "a state that becomes a node": (lambda a, b: [a * b, a], [[X], [2.0]], [1.0], [{1}, set()]),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_computed_of_plain_numbers_alone_is_plain(name: str) -> None:
    made, rows, start, wanted = CASES[name]
    one = sample(made)
    assert plain_outputs(one, shared_nodes([one]), rows, start) == wanted


def _sum_in_a_scan(v: Any, w: Any) -> Any:
    """The sum of a product and one of its factors: the gradients by both are 1."""
    u = v * w
    return scan(lambda s, a: (u + v, None), 1.62, [0.5])[0]


PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "a state that nothing reads": lambda x: scan(
        lambda s, a: ([a, s[1]], None), [-0.66, x * x * 1.7], [ag.tanh(x)]
    )[0][0],
    "gradients that are numbers": lambda x: _sum_in_a_scan(x / ag.sin(x), ag.sin(x)),
    "a batch": lambda x: vmap(lambda a, b: [2.0 * a, b])([1.0, 2.0], [x * x, ag.tanh(x)])[1][0] * x,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_so_second_derivatives_have_the_bits_of_the_interpreted_ones(name: str) -> None:
    def f(x: Any) -> Any:
        v = x + 1.7 * x * x
        return PROGRAMS[name](x) - v * x

    second = grad(lambda x: grad(f)(x))
    compiled = compile(second, backend="python")
    for k in range(40):
        x = 0.0937 * k - 2.7
        assert bits(compiled(x)) == bits(second(x))
