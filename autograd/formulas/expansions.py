"""How ops of many operands are computed by those of one or two, with the same bits."""

from collections.abc import Callable
from typing import Any

from ..engine import calculus as c
from ..engine.op import Op
from .lowering import LOWERED
from .primitives import PRIMITIVES, less, same


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
    below = [less(x, largest) for x in xs]
    smaller = [
        c.where(b, c.exp_difference(x, largest), 0.0) for b, x in zip(below, xs, strict=True)
    ]
    others = float(len(xs)) - _sum(*below) - 1.0
    finite = largest + c.log1p(_sum(*smaller) + others)
    return c.where(c.equal(c.abs(largest), c.INF), largest, finite)


def _exp_total(largest: Any, *xs: Any) -> Any:
    total = _sum(*xs)
    several = c.where(same(c.abs(largest), c.INF), less(1.0, total), 0.0)
    return c.where(several, c.NAN, total)


def _exp_rest(total: Any, *xs: Any) -> Any:
    return c.where(less(total, 2.0), _sum(*[c.where(less(x, 1.0), x, 0.0) for x in xs]), total)


def _log_share(index: Any, *xs: Any) -> Any:
    largest = c.largest(*xs)
    parts = [c.exp_difference(x, largest) for x in xs]
    total = c.exp_total(largest, *parts)
    others = _sum(*[c.where(same(index, float(i)), 0.0, x) for i, x in enumerate(parts)])
    x = c.gather(index, *xs)
    of_largest = c.where(same(total, total), 0.0 - c.log1p(others), c.NAN)
    return c.where(same(x, largest), of_largest, x - largest - c.log(total))


EXPANSIONS: dict[Op, Callable[..., Any]] = {
    c.sum: _sum,
    c.prod: _prod,
    c.dot: _dot,
    c.mean: _mean,
    c.logsumexp: _logsumexp,
    c.largest: lambda *xs: c.maximum(xs),
    c.exp_total: _exp_total,
    c.exp_rest: _exp_rest,
    c.complement: lambda x, rest, total: c.where(
        less(rest, x), c.share(rest, x), 1.0 - c.div(x, total)
    ),
    c.portion: lambda x, rest, total: c.div(x, total),
    c.log_share: _log_share,
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
