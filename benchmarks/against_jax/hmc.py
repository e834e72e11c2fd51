"""Hamiltonian Monte Carlo of a logistic regression: 300 proposals of ten steps, by scan."""

from functools import partial
from typing import Any

import numpy as np

from autograd import dot, greater, softplus, value_and_grad, vmap, where
from autograd.compiler import compile

from .case import Array, Call, Case, Scalar, Vector, jax_with_doubles, ready

POINTS, WEIGHTS, PROPOSALS, LEAPS, SIZE = 200, 5, 300, 10, 0.05


def observations() -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(POINTS, WEIGHTS))
    likelihood = 1.0 / (1.0 + np.exp(-x @ rng.normal(size=WEIGHTS)))
    return x, (rng.uniform(size=POINTS) < likelihood).astype(float)


def draws() -> dict[str, Array]:
    """What chance gives each proposal: a momentum, and the logarithm that it is accepted by."""
    rng = np.random.default_rng(1)
    momentum = rng.normal(size=(PROPOSALS, WEIGHTS))
    return {"momentum": momentum, "luck": np.log(rng.uniform(size=PROPOSALS))}


def surprise(w: Vector, x: Vector, label: Scalar) -> Scalar:
    score = dot(w, x)
    return softplus(score) - label * score


def ours() -> Call:
    inputs, labels = (numbers.tolist() for numbers in observations())
    likelihood = vmap(value_and_grad(surprise), (None, 0, 0), "sum")

    def potential(w: Vector) -> tuple[Scalar, Vector]:
        """Of all data and a standard normal prior, with its gradient."""
        value, slope = likelihood(w, inputs, labels)
        return value + 0.5 * dot(w, w), [s + wi for s, wi in zip(slope, w, strict=True)]

    def propose(w: Vector, draw: dict[str, Any]) -> tuple[Vector, dict[str, Any]]:
        place, momentum = w, draw["momentum"]
        value, slope = potential(place)
        before = value + 0.5 * dot(momentum, momentum)
        for _ in range(LEAPS):
            momentum = [m - SIZE / 2 * s for m, s in zip(momentum, slope, strict=True)]
            place = [x + SIZE * m for x, m in zip(place, momentum, strict=True)]
            value, slope = potential(place)
            momentum = [m - SIZE / 2 * s for m, s in zip(momentum, slope, strict=True)]
        after = value + 0.5 * dot(momentum, momentum)
        accepted = greater(before - after, draw["luck"])
        w = [where(accepted, new, old) for new, old in zip(place, w, strict=True)]
        return w, {"accepted": accepted, "w": w}

    return partial(compile(propose).scan, np.zeros(WEIGHTS), draws())


def theirs() -> Call:
    jax, jnp = jax_with_doubles()
    inputs, labels = map(jnp.asarray, observations())

    def potential(w: Any) -> Any:
        scores = inputs @ w
        return jnp.sum(jax.nn.softplus(scores) - labels * scores) + 0.5 * w @ w

    slope_of = jax.value_and_grad(potential)

    def propose(w: Any, draw: dict[str, Any]) -> Any:
        def leap(state: Any, _: Any) -> Any:
            place, momentum, _, slope = state
            momentum = momentum - SIZE / 2 * slope
            place = place + SIZE * momentum
            value, slope = slope_of(place)
            return (place, momentum - SIZE / 2 * slope, value, slope), None

        momentum = draw["momentum"]
        value, slope = slope_of(w)
        before = value + 0.5 * momentum @ momentum
        (place, momentum, value, _), _ = jax.lax.scan(
            leap, (w, momentum, value, slope), None, length=LEAPS
        )
        after = value + 0.5 * momentum @ momentum
        accepted = before - after > draw["luck"]
        w = jnp.where(accepted, place, w)
        return w, {"accepted": accepted, "w": w}

    return ready(jax, jax.jit(partial(jax.lax.scan, propose)), np.zeros(WEIGHTS), draws())


CASES = [Case("HMC in scan, 300 × 10", ours, theirs, 0.9, 1.5)]
