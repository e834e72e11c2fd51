"""Bundle adjustment: the Jacobians of 20,000 observations, each of a camera, a point, a weight."""

from functools import partial
from typing import Any

import numpy as np

from autograd import cos, dot, jacobian, sin, sqrt, vmap
from autograd.compiler import compile

from .case import Array, Call, Case, Scalar, Vector, jax_with_doubles, ready

OBSERVATIONS = 20_000
# A camera: three numbers turn it, three are where it is, one is its focal length, two the middle
# of its picture, two how its lens bends it.
TURN, CENTRE, FOCAL, MIDDLE, BEND = slice(0, 3), slice(3, 6), 6, slice(7, 9), slice(9, 11)


def data() -> tuple[Array, Array, Array, Array]:
    """Cameras, points, weights, and where each point was seen."""
    rng = np.random.default_rng(0)
    parts = [
        rng.normal(0, 0.3, (OBSERVATIONS, 3)),
        rng.normal(0, 0.1, (OBSERVATIONS, 3)),
        rng.uniform(400, 600, (OBSERVATIONS, 1)),
        rng.normal(0, 5, (OBSERVATIONS, 2)),
        rng.normal(0, 1e-3, (OBSERVATIONS, 2)),
    ]
    points = rng.normal([0.0, 0.0, 6.0], 1.0, (OBSERVATIONS, 3))
    weights = rng.uniform(0.5, 1.5, OBSERVATIONS)
    return np.hstack(parts), points, weights, rng.normal(0, 100, (OBSERVATIONS, 2))


def cross(a: Vector, b: Vector) -> Vector:
    return [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]


def turned(turn: Vector, x: Vector) -> Vector:
    """The point turned about the axis `turn`, by its length (Rodrigues' formula)."""
    angle = sqrt(dot(turn, turn))
    axis = [t / angle for t in turn]
    c, s = cos(angle), sin(angle)
    along = dot(axis, x) * (1.0 - c)
    sideways = cross(axis, x)
    return [xi * c + y * s + a * along for xi, y, a in zip(x, sideways, axis, strict=True)]


def residual(camera: Vector, point: Vector, weight: Scalar, seen: Vector) -> Vector:
    """How far from where it was seen the camera shows the point."""
    away = [x - c for x, c in zip(point, camera[CENTRE], strict=True)]
    x, y, depth = turned(camera[TURN], away)
    flat = [x / depth, y / depth]
    distance = dot(flat, flat)
    first, second = camera[BEND]
    bend = 1.0 + first * distance + second * distance * distance
    shown = [p * bend * camera[FOCAL] + m for p, m in zip(flat, camera[MIDDLE], strict=True)]
    return [weight * (p - s) for p, s in zip(shown, seen, strict=True)]


def ours() -> Call:
    return partial(compile(vmap(jacobian(residual, argnums=(0, 1, 2)))), *data())


def theirs() -> Call:
    jax, jnp = jax_with_doubles()

    def residual(camera: Any, point: Any, weight: Any, seen: Any) -> Any:
        turn = camera[TURN]
        angle = jnp.sqrt(turn @ turn)
        axis, away = turn / angle, point - camera[CENTRE]
        c, s = jnp.cos(angle), jnp.sin(angle)
        x = away * c + jnp.cross(axis, away) * s + axis * (axis @ away) * (1.0 - c)
        flat = x[:2] / x[2]
        distance = flat @ flat
        bend = 1.0 + camera[9] * distance + camera[10] * distance * distance
        return weight * (flat * bend * camera[FOCAL] + camera[MIDDLE] - seen)

    slopes = jax.jacrev(residual, argnums=(0, 1, 2))
    return ready(jax, jax.jit(jax.vmap(slopes)), *data())


def by_argument(results: Any) -> Any:
    """Ours has a row for each sample, residual and argument; JAX has an array for each argument."""
    return tuple(
        np.array([[residual[i] for residual in sample] for sample in results]) for i in range(3)
    )


CASES = [Case("bundle adjustment, 20,000", ours, theirs, 2.5, 4.0, in_their_structure=by_argument)]
