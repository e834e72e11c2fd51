"""A Kalman filter: the likelihood of 200 positions in a plane, and its gradient by the noises."""

from functools import partial
from typing import Any

import numpy as np

from autograd import dot, exp, log, value_and_grad
from autograd.compiler import compile

from .case import Array, Call, Case, Scalar, Vector, jax_with_doubles, ready

Matrix = list[Vector]
OBSERVATIONS, DT = 200, 0.1
MOVE = [  # of a state: two positions, two velocities
    [1.0, 0.0, DT, 0.0],
    [0.0, 1.0, 0.0, DT],
    [0.0, 0.0, 1.0, 0.0],
    [0.0, 0.0, 0.0, 1.0],
]
SPREAD = [[DT**3 / 3, DT**2 / 2], [DT**2 / 2, DT]]  # of position and velocity, by noise of 1


def data() -> tuple[Array, Array]:
    """The logarithms of both noises, and the positions that were seen."""
    rng = np.random.default_rng(0)
    velocities = np.cumsum(rng.normal(0, 0.3, (OBSERVATIONS, 2)), axis=0)
    seen = np.cumsum(velocities * DT, axis=0) + rng.normal(0, 0.5, (OBSERVATIONS, 2))
    return np.array([-1.0, -1.5]), seen


def times(a: Matrix, b: Matrix) -> Matrix:
    columns = list(zip(*b, strict=True))
    return [[dot(row, column) for column in columns] for row in a]


def plus(a: Matrix, b: Matrix) -> Matrix:
    return [[x + y for x, y in zip(p, q, strict=True)] for p, q in zip(a, b, strict=True)]


def transposed(a: Matrix) -> Matrix:
    return list(map(list, zip(*a, strict=True)))


def surprise(noises: Vector, seen: list[Vector]) -> Scalar:
    """Minus the logarithm of the likelihood, but for a constant."""
    push, blur = exp(noises[0]), exp(noises[1])
    jolt = [
        [SPREAD[i // 2][j // 2] * push if i % 2 == j % 2 else 0.0 for j in range(4)]
        for i in range(4)
    ]
    state: Vector = [0.0] * 4
    spread: Matrix = [[float(i == j) for j in range(4)] for i in range(4)]
    total: Scalar = 0.0
    for position in seen:
        state = [dot(row, state) for row in MOVE]
        spread = plus(times(times(MOVE, spread), transposed(MOVE)), jolt)
        miss = [position[0] - state[0], position[1] - state[1]]
        a, b, d = spread[0][0] + blur, spread[0][1], spread[1][1] + blur
        c = spread[1][0]
        area = a * d - b * c
        inverse = [[d / area, -b / area], [-c / area, a / area]]
        gain = times([row[:2] for row in spread], inverse)
        total = total + 0.5 * (log(area) + dot(miss, [dot(row, miss) for row in inverse]))
        state = [x + dot(row, miss) for x, row in zip(state, gain, strict=True)]
        learned = times(gain, spread[:2])
        spread = [
            [x - y for x, y in zip(p, q, strict=True)] for p, q in zip(spread, learned, strict=True)
        ]
    return total


def ours() -> Call:
    return partial(compile(value_and_grad(surprise)), *data())


def theirs() -> Call:
    jax, jnp = jax_with_doubles()
    move = jnp.array(MOVE)

    def surprise(noises: Any, seen: Any) -> Any:
        push, blur = jnp.exp(noises)
        jolt = jnp.kron(jnp.array(SPREAD), jnp.eye(2)) * push

        def step(carried: Any, position: Any) -> Any:
            state, spread, total = carried
            state = move @ state
            spread = move @ spread @ move.T + jolt
            miss = position - state[:2]
            seen_spread = spread[:2, :2] + blur * jnp.eye(2)
            (a, b), (c, d) = seen_spread
            area = a * d - b * c
            inverse = jnp.array([[d, -b], [-c, a]]) / area
            gain = spread[:, :2] @ inverse
            total = total + 0.5 * (jnp.log(area) + miss @ inverse @ miss)
            return (state + gain @ miss, spread - gain @ spread[:2], total), None

        first = (jnp.zeros(4), jnp.eye(4), 0.0)
        (_, _, total), _ = jax.lax.scan(step, first, seen)
        return total

    return ready(jax, jax.jit(jax.value_and_grad(surprise)), *data())


CASES = [Case("Kalman, 200 observations", ours, theirs, 7.5, 8.3)]
