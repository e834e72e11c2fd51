"""A double pendulum from its Lagrangian: 1,000 steps of Runge-Kutta, by scan."""

from functools import partial
from typing import Any

import numpy as np

from autograd import cos, dot, grad, hessian, jacobian
from autograd.compiler import compile

from .case import Call, Case, Scalar, Vector, jax_with_doubles, ready

STEPS, DT, GRAVITY = 1_000, 0.002, 9.81
FIRST = np.array([1.0, 0.5, 0.0, 0.0])  # two angles, two velocities


def lagrangian(angles: Vector, speeds: Vector) -> Scalar:
    """Kinetic less potential energy of two masses of 1 kg on rods of 1 m."""
    (a, b), (u, v) = angles, speeds
    kinetic = u**2 + 0.5 * v**2 + u * v * cos(a - b)
    return kinetic + GRAVITY * (2.0 * cos(a) + cos(b))


def field(state: Vector) -> Vector:
    """How fast the state changes, by the equations of Euler and Lagrange."""
    angles, speeds = state[:2], state[2:]
    force = grad(lagrangian)(angles, speeds)
    (p, q), (r, s) = hessian(lambda x: lagrangian(angles, x))(speeds)
    turning = jacobian(lambda x: grad(lambda y: lagrangian(x, y))(speeds))(angles)
    e, f = (push - dot(row, speeds) for push, row in zip(force, turning, strict=True))
    area = p * s - q * r
    return [*speeds, (s * e - q * f) / area, (p * f - r * e) / area]


def step(state: Vector, _: Scalar) -> tuple[Vector, Vector]:
    def ahead(dt: float, slope: Vector) -> Vector:
        return [x + dt * s for x, s in zip(state, slope, strict=True)]

    a = field(state)
    b = field(ahead(DT / 2, a))
    c = field(ahead(DT / 2, b))
    d = field(ahead(DT, c))
    slopes = zip(a, b, c, d, strict=True)
    state = ahead(DT / 6, [ai + 2 * bi + 2 * ci + di for ai, bi, ci, di in slopes])
    return state, state


def ours() -> Call:
    return partial(compile(step).scan, FIRST, np.zeros(STEPS))


def theirs() -> Call:
    jax, jnp = jax_with_doubles()

    def lagrangian(angles: Any, speeds: Any) -> Any:
        (a, b), (u, v) = angles, speeds
        kinetic = u**2 + 0.5 * v**2 + u * v * jnp.cos(a - b)
        return kinetic + GRAVITY * (2.0 * jnp.cos(a) + jnp.cos(b))

    def field(state: Any) -> Any:
        angles, speeds = state[:2], state[2:]
        force = jax.grad(lagrangian)(angles, speeds)
        (p, q), (r, s) = jax.hessian(lagrangian, 1)(angles, speeds)
        turning = jax.jacobian(jax.grad(lagrangian, 1), 0)(angles, speeds)
        e, f = force - turning @ speeds
        area = p * s - q * r  # by hand: jnp.linalg.solve takes three times as long here
        faster = jnp.array([(s * e - q * f) / area, (p * f - r * e) / area])
        return jnp.concatenate([speeds, faster])

    def step(state: Any, _: Any) -> Any:
        a = field(state)
        b = field(state + DT / 2 * a)
        c = field(state + DT / 2 * b)
        d = field(state + DT * c)
        state = state + DT / 6 * (a + 2 * b + 2 * c + d)
        return state, state

    run = jax.jit(lambda state: jax.lax.scan(step, state, None, length=STEPS))
    return ready(jax, run, FIRST)


CASES = [Case("double pendulum, 1,000 steps", ours, theirs, 2.0, 2.2)]
