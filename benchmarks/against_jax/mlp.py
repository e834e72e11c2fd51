"""A network n-n-n with tanh and the mean squared error of a batch, with all gradients."""

from functools import partial
from typing import Any

import numpy as np

from autograd import dot, tanh, value_and_grad, vmap
from autograd.compiler import compile

from .case import Array, Call, Case, Scalar, Vector, jax_with_doubles, ready


def data(width: int, batch: int) -> tuple[dict[str, Array], Array, Array]:
    rng = np.random.default_rng(0)
    weights = {
        "first": rng.normal(0, width**-0.5, (width, width)),
        "first_bias": np.zeros(width),
        "second": rng.normal(0, width**-0.5, (width, width)),
        "second_bias": np.zeros(width),
    }
    return weights, rng.normal(size=(batch, width)), rng.normal(size=(batch, width))


def dense(matrix: list[Vector], biases: Vector, x: Vector) -> Vector:
    return [dot(row, x) + bias for row, bias in zip(matrix, biases, strict=True)]


def loss(w: dict[str, Any], x: Vector, wanted: Vector) -> Scalar:
    hidden = [tanh(z) for z in dense(w["first"], w["first_bias"], x)]
    given = dense(w["second"], w["second_bias"], hidden)
    misses = [a - b for a, b in zip(given, wanted, strict=True)]
    return dot(misses, misses) / len(misses)


def ours(width: int, batch: int) -> Call:
    step = compile(vmap(value_and_grad(loss), (None, 0, 0), "mean"))
    return partial(step, *data(width, batch))


def theirs(width: int, batch: int) -> Call:
    jax, jnp = jax_with_doubles()

    def loss(w: dict[str, Any], x: Any, wanted: Any) -> Any:
        hidden = jnp.tanh(x @ w["first"].T + w["first_bias"])
        return jnp.mean((hidden @ w["second"].T + w["second_bias"] - wanted) ** 2)

    return ready(jax, jax.jit(jax.value_and_grad(loss)), *data(width, batch))


def ours_alone() -> Call:
    """Of one sample."""
    weights, x, wanted = data(8, 1)
    return partial(compile(value_and_grad(loss)), weights, x[0], wanted[0])


def case(batch: int, at_least: float, aim: float) -> Case:
    both = partial(ours, 64, batch), partial(theirs, 64, batch)
    return Case(f"MLP 64-64-64, batch {batch:,}", *both, at_least, aim)


CALL = Case(
    "a call of an MLP 8-8-8", ours_alone, partial(theirs, 8, 1), None, None, microseconds=(4.0, 2.5)
)
CASES = [case(32, 0.8, 1.5), case(1_024, 0.5, 1.0)]
