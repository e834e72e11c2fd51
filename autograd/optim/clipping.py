"""Clipping: gradients that are too long are made shorter, before an optimizer steps by them."""

import math
from collections.abc import Sequence
from typing import Any

from ..engine import calculus as c
from ..engine.arguments import truth
from ..engine.commit import assign_gradients
from ..engine.logic import require
from ..engine.numbers import number
from ..engine.uncleared import scaling
from ..engine.value import Value
from ..transforms.strict import refuse_recorded
from .groups import Named, named_leaves
from .optimizer import gradient_of

__all__ = ["clip_grad_norm_"]


def clip_grad_norm_(
    parameters: Named,
    max_norm: float,
    norm_type: float = 2.0,
    *,
    error_if_nonfinite: bool = False,
) -> Any:
    """Shorten the gradient, taken as one vector, to `max_norm` where it is longer.

    Args:
        parameters: a Module, ``model.named_parameters()`` or a list of Values.
        max_norm: the largest norm that is left as it is.
        norm_type: p of the norm ``(Σ |g|^p)^(1/p)``; ``math.inf`` for the largest ``|g|``.
        error_if_nonfinite: raise if the norm is inf or nan, and change nothing.

    Returns:
        The norm it had before, as a number; in a compiled function a node. If it is nan, every
        `grad` becomes nan. If it is inf because a `grad` is, the infinite ones share `max_norm` and
        the others become 0, as in the limit.

    Raises:
        ValueError: for no or repeated parameters, a negative or nan `max_norm`, a `norm_type` not
            above 0; for a norm that is not finite, if asked for.
        TypeError: if a parameter is not a leaf Value, naming its position.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(0.0), Value(0.0)
        >>> a.grad, b.grad = 3.0, 4.0
        >>> clip_grad_norm_([a, b], max_norm=2.5)
        5.0
        >>> a.grad, b.grad
        (1.5, 2.0)
    """
    chosen = list(named_leaves(parameters).values())
    if not all(x.is_traced for x in chosen):
        refuse_recorded("clip_grad_norm_()", "pass the model as an argument")
    longest = number(max_norm, "max_norm")
    p = number(norm_type, "norm_type")
    if not longest >= 0.0:
        raise ValueError(f"max_norm is at least 0, got {longest!r}")
    if not p > 0.0:
        raise ValueError(f"norm_type is above 0, such as 2.0 or math.inf, got {p!r}")
    largest = c.maximum([0.0, *[c.abs(gradient_of(x)) for x in chosen]])
    # Relative to the largest, nothing overflows; where it is infinite, what is finite is 0.
    shares = [0.0 if x.grad is None else _share(x.grad, largest) for x in chosen]
    relative = _norm([c.abs(_plain(x)) for x in shares], p)
    norm = largest * relative
    if truth("error_if_nonfinite", error_if_nonfinite):
        norm = _finite(norm)
    scale = c.div(longest, relative)
    fits = _at_most(norm, longest)
    if isinstance(fits, Value) or not fits:
        pairs = zip(chosen, shares, strict=True)
        clipped = [(x, c.where(fits, x.grad, share * scale)) for x, share in pairs if _has_one(x)]
        with scaling():
            assign_gradients(clipped)
    return norm


def _has_one(x: Any) -> bool:
    """Whether there is a gradient to clip; that of before a recorded call, if none, becomes 0."""
    return x.may_be_reached if x.is_traced else x.is_reached  # type: ignore[no-any-return]


def _share(gradient: Any, largest: Any) -> Any:
    """A gradient over the largest there is, which may be 0 or infinite."""
    infinite = c.where(c.equal(c.abs(gradient), c.INF), c.sign(gradient), 0.0)
    share = c.where(c.equal(largest, c.INF), infinite, c.div(gradient, largest))
    return c.where(largest, share, 0.0)


def _norm(xs: Sequence[Any], p: float) -> Any:
    """(Σ x^p)^(1/p) of numbers from 0 to 1, of which one is 1; the largest for p = inf."""
    if p == 2.0:
        return c.sqrt(c.dot(xs, xs))
    return c.maximum(xs) if p == math.inf else c.pow(c.sum([c.pow(x, p) for x in xs]), 1.0 / p)


def _plain(x: Any) -> Any:
    """A gradient that can be differentiated as its number, outside of a recording."""
    return x.data if isinstance(x, Value) and not x.is_traced else x


def _at_most(x: Any, y: float) -> Any:
    """Whether x ≤ y, 0 with a nan: as a number or a node."""
    return c.add(c.greater(y, x), c.equal(x, y))


def _finite(norm: Any) -> Any:
    """The norm, once it is finite: a traced one is looked at in every call."""
    if isinstance(norm, Value):
        return require(c.equal(norm - norm, 0.0), norm)
    if not math.isfinite(norm):
        raise ValueError(f"the norm of the gradient is {norm!r}: no gradient was changed")
    return norm
