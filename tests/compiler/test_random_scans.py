"""Random scans: derivatives to the second order, with the same bits compiled as interpreted."""

import random
from typing import Any

import pytest

from autograd import compile, dot, grad, jvp, value_and_grad
from autograd.compiler.backends.choose import MODULES
from tests.bits import bits
from tests.random_scans import random_scan


def derivatives(seed: int) -> Any:
    f, along = random_scan(seed), [0.5, -1.0, 0.25, 2.0, -0.5]
    return [
        value_and_grad(f),
        grad(lambda xs: dot(grad(f)(xs), along)),
        lambda xs: jvp(grad(f), (xs,), (along,)),
    ][seed % 3]


@pytest.mark.parametrize(
    "start", [0, 20, *(pytest.param(x, marks=pytest.mark.slow) for x in range(40, 1000, 20))]
)
def test_random_scans_have_the_bits_of_the_interpreted(start: int) -> None:
    for seed in range(start, start + 20):
        f, draw = derivatives(seed), random.Random(seed)
        backend = "llvm" if seed % 10 == 0 else ("python", "numpy")[seed % 2]
        compiled = compile(f, backend=backend if backend in MODULES else None)
        for _ in range(2):
            xs = [draw.choice([0.0, -0.0, 1.0, draw.gauss(0.0, 1.0)]) for _ in range(5)]
            assert bits(compiled(xs)) == bits(f(xs)), (seed, xs)
