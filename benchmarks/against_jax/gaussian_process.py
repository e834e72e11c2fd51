"""A Gaussian process on twelve points: its likelihood by Cholesky, and the gradient."""

from functools import partial
from typing import Any

import numpy as np

from autograd import dot, exp, log, sqrt, sum as total, value_and_grad
from autograd.compiler import compile

from .case import Array, Call, Case, Scalar, Vector, jax_with_doubles, ready

POINTS = 12


def data() -> tuple[Array, Array, Array]:
    """The logarithms of length, height and noise; where the points are, and their values."""
    x = np.linspace(0.0, 3.0, POINTS)
    y = np.sin(2.0 * x) + np.random.default_rng(0).normal(0, 0.1, POINTS)
    return np.array([-0.5, 0.2, -2.0]), x, y


def cholesky(matrix: list[Vector]) -> list[Vector]:
    """The rows of the lower triangle whose product with its transpose is the matrix."""
    rows: list[Vector] = []
    for i, given in enumerate(matrix):
        row: Vector = []
        for j in range(i):
            row.append((given[j] - dot(row, rows[j][:j])) / rows[j][j])
        row.append(sqrt(given[i] - dot(row, row)))
        rows.append(row)
    return rows


def surprise(logarithms: Vector, x: Vector, y: Vector) -> Scalar:
    """Minus the logarithm of the likelihood, but for a constant."""
    length, height, noise = map(exp, logarithms)
    covariance = [
        [
            height * exp(-0.5 * ((a - b) / length) ** 2) + (noise if i == j else 0.0)
            for j, b in enumerate(x)
        ]
        for i, a in enumerate(x)
    ]
    solved: Vector = []  # by the triangle, from the top
    logs: Vector = []
    for row, value in zip(cholesky(covariance), y, strict=True):
        *before, last = row
        solved.append((value - dot(before, solved)) / last)
        logs.append(log(last))
    return 0.5 * dot(solved, solved) + total(logs)


def ours() -> Call:
    return partial(compile(value_and_grad(surprise)), *data())


def theirs() -> Call:
    jax, jnp = jax_with_doubles()
    linalg = jax.scipy.linalg

    def surprise(logarithms: Any, x: Any, y: Any) -> Any:
        length, height, noise = jnp.exp(logarithms)
        apart = (x[:, None] - x) / length
        covariance = height * jnp.exp(-0.5 * apart**2) + noise * jnp.eye(POINTS)
        lower = jnp.linalg.cholesky(covariance)
        solved = linalg.solve_triangular(lower, y, lower=True)
        return 0.5 * solved @ solved + jnp.sum(jnp.log(jnp.diag(lower)))

    return ready(jax, jax.jit(jax.value_and_grad(surprise)), *data())


CASES = [Case("Gaussian process, 12 × 12", ours, theirs, 2.2, 2.5)]
