"""An LSTM of 16 units reads 25 numbers; the squared error of its last guess, and all gradients."""

from functools import partial
from typing import Any

import numpy as np

from autograd import dot, sigmoid, tanh, value_and_grad
from autograd.compiler import compile

from .case import Array, Call, Case, Scalar, Vector, jax_with_doubles, ready

UNITS, STEPS = 16, 25
GATES = ("input", "forget", "output", "candidate")


def data() -> tuple[dict[str, Array], Array, float]:
    rng = np.random.default_rng(0)
    weights = {gate: rng.normal(0, 0.2, (UNITS, 2 + UNITS)) for gate in GATES}
    weights["guess"] = rng.normal(0, 0.2, UNITS)
    return weights, np.sin(np.linspace(0.0, 6.0, STEPS)), float(np.sin(6.25))


def gate(matrix: list[Vector], x: Vector) -> Vector:
    return [dot(row, x) for row in matrix]


def loss(w: dict[str, Any], series: Vector, wanted: Scalar) -> Scalar:
    state: Vector = [0.0] * UNITS
    cell: Vector = [0.0] * UNITS
    for x in series:
        seen = [1.0, x, *state]  # the 1 is for the bias
        into, keep, out, new = (gate(w[name], seen) for name in GATES)
        cell = [
            sigmoid(k) * c + sigmoid(i) * tanh(n)
            for k, c, i, n in zip(keep, cell, into, new, strict=True)
        ]
        state = [sigmoid(o) * tanh(c) for o, c in zip(out, cell, strict=True)]
    return (dot(w["guess"], state) - wanted) ** 2


def ours() -> Call:
    return partial(compile(value_and_grad(loss)), *data())


def theirs() -> Call:
    jax, jnp = jax_with_doubles()

    def loss(w: dict[str, Any], series: Any, wanted: Any) -> Any:
        def step(memory: Any, x: Any) -> Any:
            state, cell = memory
            seen = jnp.concatenate([jnp.array([1.0, x]), state])
            into, keep, out, new = (w[name] @ seen for name in GATES)
            cell = jax.nn.sigmoid(keep) * cell + jax.nn.sigmoid(into) * jnp.tanh(new)
            return (jax.nn.sigmoid(out) * jnp.tanh(cell), cell), None

        nothing = jnp.zeros(UNITS)
        (state, _), _ = jax.lax.scan(step, (nothing, nothing), series)
        return (w["guess"] @ state - wanted) ** 2

    return ready(jax, jax.jit(jax.value_and_grad(loss)), *data())


CASES = [Case("LSTM, 16 units, 25 steps", ours, theirs, 3.8, 4.2)]
