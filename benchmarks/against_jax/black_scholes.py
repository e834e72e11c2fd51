"""100,000 options by Black and Scholes: prices, and all first and second derivatives."""

from functools import partial
from typing import Any

import numpy as np

from autograd import erf, exp, grad, hessian, log, sqrt, vmap
from autograd.compiler import compile

from .case import Array, Call, Case, Scalar, Vector, jax_with_doubles, ready

OPTIONS = 100_000


def data() -> Array:
    """For each option the price of the share, the strike, the years, the rate, the volatility."""
    rng = np.random.default_rng(0)
    columns = [(80, 120), (80, 120), (0.2, 2.0), (0.0, 0.06), (0.1, 0.5)]
    return np.column_stack([rng.uniform(*between, OPTIONS) for between in columns])


def normal(x: Scalar) -> Scalar:
    """How likely a standard normal number is below x."""
    return 0.5 * (1.0 + erf(x * 0.5**0.5))


def price(option: Vector) -> Scalar:
    """Of a call."""
    share, strike, years, rate, volatility = option
    width = volatility * sqrt(years)
    first = (log(share / strike) + (rate + 0.5 * volatility**2) * years) / width
    return share * normal(first) - strike * exp(-rate * years) * normal(first - width)


def all_derivatives(option: Vector) -> Any:
    return price(option), grad(price)(option), hessian(price)(option)


def ours() -> Call:
    return partial(compile(vmap(all_derivatives)), data())


def theirs() -> Call:
    jax, jnp = jax_with_doubles()

    def normal(x: Any) -> Any:
        return 0.5 * (1.0 + jax.lax.erf(x * 0.5**0.5))

    def price(option: Any) -> Any:
        share, strike, years, rate, volatility = option
        width = volatility * jnp.sqrt(years)
        first = (jnp.log(share / strike) + (rate + 0.5 * volatility**2) * years) / width
        return share * normal(first) - strike * jnp.exp(-rate * years) * normal(first - width)

    def all_derivatives(option: Any) -> Any:
        return price(option), jax.grad(price)(option), jax.hessian(price)(option)

    return ready(jax, jax.jit(jax.vmap(all_derivatives)), data())


CASES = [Case("Black-Scholes, 100,000", ours, theirs, 3.6, 4.0)]
