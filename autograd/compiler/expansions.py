"""How ops of many operands are computed by those of one or two, with the same bits."""

from collections.abc import Callable
from typing import Any

from autograd import calculus as c
from autograd.compiler.lowering import LOWERED
from autograd.compiler.primitives import PRIMITIVES
from autograd.op import Op


def _sum(*xs: Any) -> Any:
    total = xs[0] if xs else 0.0
    for x in xs[1:]:
        total = total + x
    return total


def _prod(*xs: Any) -> Any:
    product = xs[0] if xs else 1.0
    for x in xs[1:]:
        product = product * x
    return product


def _dot(*xs: Any) -> Any:
    half = len(xs) // 2
    return _sum(*[x * y for x, y in zip(xs[:half], xs[half:], strict=True)])


def _mean(*xs: Any) -> Any:
    return c.div(_sum(*xs), float(len(xs)))


def _logsumexp(*xs: Any) -> Any:
    largest = c.maximum(xs)
    finite = largest + c.log(_sum(*[c.exp(x - largest) for x in xs]))
    return c.where(c.equal(c.abs(largest), c.INF), largest, finite)


EXPANSIONS: dict[Op, Callable[..., Any]] = {
    c.sum: _sum,
    c.prod: _prod,
    c.dot: _dot,
    c.mean: _mean,
    c.logsumexp: _logsumexp,
}


# What the backends compute as it stands.
OWN = PRIMITIVES | LOWERED.keys() | {c.gather, c.maximum, c.minimum}


def expansion(op: Op) -> Callable[..., Any] | None:
    """The formula for an op that is computed by others, None for those that backends know.

    The forward function of a user's op is its formula, if it is written with the functions of this
    library; else the op stays as it is, and the backends that run Python can call it.
    """
    if op in OWN:
        return None
    return EXPANSIONS.get(op) or op.forward
