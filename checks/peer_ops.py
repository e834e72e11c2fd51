"""The same ops in PyTorch and JAX, with value, gradient and Hessian of every point at once."""

import functools
import importlib
import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = Any
Computed = Callable[[tuple[int, ...]], Array]

# What each op of the table is called there; `x` are the operands, the last axis of an array. Those
# that are left out have none: a cube root, a slope that is a parameter, the mixing of keys,
# a quotient rounded down that has derivatives, ….
TORCH: dict[str, str] = {
    **{name: f"torch.{name}(x[..., 0])" for name in ("exp", "expm1", "log", "log2", "log10")},
    **{name: f"torch.{name}(x[..., 0])" for name in ("log1p", "sqrt", "sin", "cos", "tan")},
    **{name: f"torch.{name}(x[..., 0])" for name in ("asin", "acos", "atan", "sinh", "cosh")},
    **{name: f"torch.{name}(x[..., 0])" for name in ("tanh", "asinh", "acosh", "atanh", "abs")},
    **{name: f"torch.{name}(x[..., 0])" for name in ("sigmoid", "relu", "erf", "sign", "neg")},
    **{name: f"torch.{name}(x[..., 0])" for name in ("floor", "ceil", "round", "trunc")},
    **{name: f"torch.{name}(x[..., 0], x[..., 1])" for name in ("hypot", "atan2")},
    **{name: f"nn.functional.{name}(x[..., 0])" for name in ("silu", "gelu", "softplus")},
    **{sign: f"x[..., 0] {sign} x[..., 1]" for sign in ("+", "-", "*", "/", "**", "%")},
    "sum": "x.sum(-1)",
    "mean": "x.mean(-1)",
    "dot": "(x[..., :2] * x[..., 2:]).sum(-1)",
    "prod": "x.prod(-1)",
    "maximum": "x.amax(-1)",
    "minimum": "x.amin(-1)",
    "clip": "x[..., 0].clamp(-2.0, 2.0)",
    "where": "torch.where(x[..., 0] > 0.0, x[..., 1] * x[..., 2], x[..., 3])",
    "logsumexp": "torch.logsumexp(x, -1)",
    "softmax": "torch.softmax(x, -1)[..., 0]",
    "log_softmax": "torch.log_softmax(x, -1)[..., 0]",
    "cross_entropy": "-torch.log_softmax(x, -1)[..., 0]",
}
JAX: dict[str, str] = {
    **{name: code.replace("torch.", "jnp.") for name, code in TORCH.items()},
    **{name: f"jax.nn.{name}(x[0])" for name in ("sigmoid", "relu", "silu", "softplus")},
    **{name: f"jax.nn.{name}(x, -1)" for name in ("logsumexp",)},
    "gelu": "jax.nn.gelu(x[0], approximate=False)",
    "neg": "-x[0]",
    "cbrt": "jnp.cbrt(x[0])",
    "erf": "jax.scipy.special.erf(x[0])",
    "maximum": "x.max(-1)",
    "minimum": "x.min(-1)",
    "clip": "jnp.clip(x[0], -2.0, 2.0)",
    "softmax": "jax.nn.softmax(x)[0]",
    "log_softmax": "jax.nn.log_softmax(x)[0]",
    "cross_entropy": "-jax.nn.log_softmax(x)[0]",
}
JAX = {name: code.replace("[..., ", "[") for name, code in JAX.items()}


def by_torch(op: str, points: Sequence[tuple[float, ...]]) -> Computed:
    """The numbers of PyTorch, through its backward pass, and its backward pass again."""
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    x = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    value = eval(TORCH[op], {"torch": torch, "nn": torch.nn}, {"x": x})

    def gradient(of: Any, stays: bool) -> Any:
        if not of.requires_grad:
            return torch.zeros_like(x)
        found = torch.autograd.grad(of.sum(), x, create_graph=stays, allow_unused=True)[0]
        return torch.zeros_like(x) if found is None else found

    slopes = gradient(value, True)

    @functools.cache
    def bends(i: int) -> Any:
        retained = slopes[:, i]
        if not retained.requires_grad:
            return torch.zeros_like(x)
        found = torch.autograd.grad(retained.sum(), x, retain_graph=True, allow_unused=True)[0]
        return torch.zeros_like(x) if found is None else found

    def computed(which: tuple[int, ...]) -> Array:
        found = value if not which else slopes[:, which[0]] if len(which) == 1 else None
        found = bends(which[0])[:, which[1]] if found is None else found
        return found.detach().numpy()

    return computed


@functools.cache
def _compiled_by_jax(op: str) -> tuple[Callable[..., Any], ...]:
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    scope = {"jax": jax, "jnp": jax.numpy}
    function = eval(f"lambda x: {JAX[op]}", scope)
    orders = (function, jax.grad(function), jax.jacfwd(jax.grad(function)))
    return tuple(jax.jit(jax.vmap(order)) for order in orders)


def by_jax(op: str, points: Sequence[tuple[float, ...]]) -> Computed:
    """The numbers of JAX: `grad`, and `jacfwd` of `grad`, compiled and mapped over the points."""
    x = np.array(points)
    found: list[Any] = [np.asarray(order(x)) for order in _compiled_by_jax(op)]
    return lambda which: found[len(which)][(slice(None), *which)]


PEERS = {"torch": (TORCH, by_torch), "jax": (JAX, by_jax)}


def installed() -> list[str]:
    """The peers that can be compared with."""
    return [name for name in PEERS if importlib.util.find_spec(name) is not None]
