"""Pictures of digits, 8 by 8: the network 64-32-10 learns by gradient descent in one scan."""

from functools import partial
from typing import Any

import numpy as np

from autograd import dot, logsumexp, lookup, tanh, value_and_grad, vmap
from autograd.compiler import compile

from .case import Array, Call, Case, Scalar, Vector, jax_with_doubles, ready

STEPS, BATCH, RATE = 88, 32, 0.5
Layers = list[Any]  # a matrix, its biases, the next matrix, its biases


def pictures(count: int) -> tuple[Array, Array]:
    """Ten blurred shapes, each with noise; no data set, so that none has to be there."""
    rng = np.random.default_rng(0)
    shapes = rng.uniform(size=(10, 64))
    labels = rng.integers(0, 10, count)
    noisy = shapes[labels] + rng.normal(0, 0.3, (count, 64))
    return np.clip(noisy, 0.0, 1.0), labels.astype(float)


def first_layers() -> list[Array]:
    rng = np.random.default_rng(1)
    first, second = rng.normal(0, 0.125, (32, 64)), rng.normal(0, 0.18, (10, 32))
    return [first, np.zeros(32), second, np.zeros(10)]


def in_batches() -> dict[str, Array]:
    x, labels = pictures(STEPS * BATCH)
    return {"x": x.reshape(STEPS, BATCH, 64), "label": labels.reshape(STEPS, BATCH)}


def dense(matrix: list[Vector], biases: Vector, x: Vector) -> Vector:
    return [dot(row, x) + bias for row, bias in zip(matrix, biases, strict=True)]


def loss(layers: Layers, x: Vector, label: Scalar) -> Scalar:
    first, first_bias, second, second_bias = layers
    hidden = [tanh(z) for z in dense(first, first_bias, x)]
    logits = dense(second, second_bias, hidden)
    return logsumexp(logits) - lookup(logits, label)


batch_gradient = vmap(value_and_grad(loss), (None, 0, 0), "mean")


def moved(layers: Any, gradient: Any) -> Any:
    """Each number a step down its gradient, in whatever lists they are."""
    if isinstance(layers, list):
        return [moved(x, g) for x, g in zip(layers, gradient, strict=True)]
    return layers - RATE * gradient


def train(layers: Layers, batch: dict[str, Any]) -> tuple[Layers, Scalar]:
    value, gradient = batch_gradient(layers, batch["x"], batch["label"])
    return moved(layers, gradient), value


def ours_training() -> Call:
    return partial(compile(train).scan, first_layers(), in_batches())


def ours_gradient(batch: int) -> Call:
    return partial(compile(batch_gradient), first_layers(), *pictures(batch))


def jax_gradient(jax: Any, jnp: Any) -> Any:
    def loss(layers: Layers, x: Any, labels: Any) -> Any:
        first, first_bias, second, second_bias = layers
        logits = jnp.tanh(x @ first.T + first_bias) @ second.T + second_bias
        chosen = logits[jnp.arange(len(labels)), labels.astype(int)]
        return jnp.mean(jax.nn.logsumexp(logits, axis=1) - chosen)

    return jax.value_and_grad(loss)


def theirs_training() -> Call:
    jax, jnp = jax_with_doubles()
    gradient = jax_gradient(jax, jnp)

    def train(layers: Layers, batch: dict[str, Any]) -> tuple[Layers, Any]:
        value, slopes = gradient(layers, batch["x"], batch["label"])
        return [x - RATE * g for x, g in zip(layers, slopes, strict=True)], value

    return ready(jax, jax.jit(partial(jax.lax.scan, train)), first_layers(), in_batches())


def theirs_gradient(batch: int) -> Call:
    jax, jnp = jax_with_doubles()
    return ready(jax, jax.jit(jax_gradient(jax, jnp)), first_layers(), *pictures(batch))


def gradient_case(batch: int, at_least: float, aim: float) -> Case:
    both = partial(ours_gradient, batch), partial(theirs_gradient, batch)
    return Case(f"digits, gradient, batch {batch:,}", *both, at_least, aim)


CASES = [
    Case("digits, training by scan", ours_training, theirs_training, 0.7, 1.3),
    gradient_case(32, 0.6, 1.5),
    gradient_case(1_408, 0.5, 1.0),
]
