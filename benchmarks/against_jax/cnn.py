"""A small convolutional network: four filters of 3 by 3, relu, means of 2 by 2, ten scores."""

from functools import partial
from typing import Any

import numpy as np

from autograd import dot, logsumexp, lookup, relu, value_and_grad, vmap
from autograd.compiler import compile

from .case import Array, Call, Case, Scalar, Vector, jax_with_doubles, ready
from .digits import pictures

FILTERS, SIDE, WINDOW = 4, 8, 3
OUT = SIDE - WINDOW + 1  # the side of what a filter gives
POOLED = OUT // 2


def weights() -> dict[str, Array]:
    rng = np.random.default_rng(1)
    return {
        "filters": rng.normal(0, 0.3, (FILTERS, WINDOW, WINDOW)),
        "biases": np.zeros(FILTERS),
        "scores": rng.normal(0, 0.2, (10, FILTERS * POOLED * POOLED)),
        "score_biases": np.zeros(10),
    }


def data(batch: int) -> tuple[dict[str, Array], Array, Array]:
    x, labels = pictures(batch)
    return weights(), x.reshape(batch, SIDE, SIDE), labels


def convolved(image: list[Vector], kernel: list[Vector], bias: Scalar) -> list[Vector]:
    weights = [w for row in kernel for w in row]

    def window(i: int, j: int) -> Vector:
        return [x for row in image[i : i + WINDOW] for x in row[j : j + WINDOW]]

    return [[relu(dot(weights, window(i, j)) + bias) for j in range(OUT)] for i in range(OUT)]


def pooled(image: list[Vector]) -> Vector:
    """The mean of each four neighbours."""
    return [
        (image[i][j] + image[i][j + 1] + image[i + 1][j] + image[i + 1][j + 1]) / 4.0
        for i in range(0, OUT, 2)
        for j in range(0, OUT, 2)
    ]


def loss(w: dict[str, Any], image: list[Vector], label: Scalar) -> Scalar:
    seen: Vector = []
    for kernel, bias in zip(w["filters"], w["biases"], strict=True):
        seen += pooled(convolved(image, kernel, bias))
    scores = [dot(row, seen) + b for row, b in zip(w["scores"], w["score_biases"], strict=True)]
    return logsumexp(scores) - lookup(scores, label)


def ours(batch: int) -> Call:
    step = compile(vmap(value_and_grad(loss), (None, 0, 0), "mean"))
    return partial(step, *data(batch))


def theirs(batch: int) -> Call:
    jax, jnp = jax_with_doubles()

    def loss(w: dict[str, Any], images: Any, labels: Any) -> Any:
        z = jax.lax.conv(images[:, None], w["filters"][:, None], (1, 1), "VALID")
        z = jax.nn.relu(z + w["biases"][:, None, None])
        z = z.reshape(batch, FILTERS, POOLED, 2, POOLED, 2).mean((3, 5)).reshape(batch, -1)
        scores = z @ w["scores"].T + w["score_biases"]
        chosen = scores[jnp.arange(batch), labels.astype(int)]
        return jnp.mean(jax.nn.logsumexp(scores, axis=1) - chosen)

    return ready(jax, jax.jit(jax.value_and_grad(loss)), *data(batch))


def case(batch: int, at_least: float, aim: float) -> Case:
    both = partial(ours, batch), partial(theirs, batch)
    return Case(f"CNN 3×3×4, batch {batch:,}", *both, at_least, aim)


CASES = [case(32, 2.3, 2.6), case(1_797, 3.2, 3.6)]
