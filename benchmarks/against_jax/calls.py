"""Calls of small functions: what is left of the time when there is next to nothing to compute."""

import costs

from autograd.compiler import compile

from .case import Call, Case, jax_with_doubles, ready
from .mlp import CALL

NUMBERS = (0.5, 0.25, 0.125)


def ours() -> Call:
    compiled = compile(costs.twenty_nodes)
    return lambda: compiled(*NUMBERS)


def theirs() -> Call:
    jax, jnp = jax_with_doubles()

    def twenty(a: float, b: float, c: float) -> float:
        x = a * b + c
        for _ in range(8):
            x = x * a + b
        return jnp.tanh(x * x)  # type: ignore[no-any-return]

    return ready(jax, jax.jit(twenty), *NUMBERS)


CASES = [
    Case("a call of 20 nodes", ours, theirs, None, None, microseconds=(1.3, 1.0)),
    CALL,
]
