"""A neural ODE: the field is a network 2-16-2, forty steps of Runge-Kutta, and all gradients."""

from functools import partial
from typing import Any

import numpy as np

from autograd import dot, tanh, value_and_grad, vmap
from autograd.compiler import compile

from .case import Array, Call, Case, Scalar, Vector, jax_with_doubles, ready

HIDDEN, STEPS, DT = 16, 40, 0.05


def data(batch: int = 0) -> tuple[dict[str, Array], Array, Array]:
    """The weights, where each sample starts, and where it should end; one, or a batch."""
    rng = np.random.default_rng(0)
    weights = {
        "into": rng.normal(0, 0.5, (HIDDEN, 2)),
        "biases": np.zeros(HIDDEN),
        "out": rng.normal(0, 0.3, (2, HIDDEN)),
        "drift": np.zeros(2),
    }
    shape = (batch, 2) if batch else (2,)
    return weights, rng.normal(size=shape), rng.normal(size=shape)


def field(w: dict[str, Any], y: Vector) -> Vector:
    hidden = [tanh(dot(row, y) + b) for row, b in zip(w["into"], w["biases"], strict=True)]
    return [dot(row, hidden) + b for row, b in zip(w["out"], w["drift"], strict=True)]


def step(w: dict[str, Any], y: Vector) -> Vector:
    def ahead(dt: float, slope: Vector) -> Vector:
        return [yi + dt * s for yi, s in zip(y, slope, strict=True)]

    a = field(w, y)
    b = field(w, ahead(DT / 2, a))
    c = field(w, ahead(DT / 2, b))
    d = field(w, ahead(DT, c))
    slopes = zip(a, b, c, d, strict=True)
    return ahead(DT / 6, [ai + 2 * bi + 2 * ci + di for ai, bi, ci, di in slopes])


def loss(w: dict[str, Any], y: Vector, wanted: Vector) -> Scalar:
    for _ in range(STEPS):
        y = step(w, y)
    return (y[0] - wanted[0]) ** 2 + (y[1] - wanted[1]) ** 2


def ours(batch: int) -> Call:
    gradient = value_and_grad(loss)
    step = compile(vmap(gradient, (None, 0, 0), "mean") if batch else gradient)
    return partial(step, *data(batch))


def theirs(batch: int) -> Call:
    jax, jnp = jax_with_doubles()

    def loss(w: dict[str, Any], y: Any, wanted: Any) -> Any:
        def field(y: Any) -> Any:
            return w["out"] @ jnp.tanh(w["into"] @ y + w["biases"]) + w["drift"]

        def step(y: Any, _: Any) -> Any:
            a = field(y)
            b = field(y + DT / 2 * a)
            c = field(y + DT / 2 * b)
            d = field(y + DT * c)
            return y + DT / 6 * (a + 2 * b + 2 * c + d), None

        end, _ = jax.lax.scan(step, y, None, length=STEPS)
        return jnp.sum((end - wanted) ** 2)

    def mean_loss(w: dict[str, Any], y: Any, wanted: Any) -> Any:
        return jnp.mean(jax.vmap(loss, (None, 0, 0))(w, y, wanted))

    return ready(jax, jax.jit(jax.value_and_grad(mean_loss if batch else loss)), *data(batch))


def case(name: str, batch: int, at_least: float, aim: float) -> Case:
    both = partial(ours, batch), partial(theirs, batch)
    return Case(f"neural ODE, {name}", *both, at_least, aim)


CASES = [case("one", 0, 3.1, 3.5), case("batch 256", 256, 1.2, 2.0)]
