"""Expansions: the formulas of ops of any number of operands, by ops of one or two."""

from typing import Any

from ..engine import calculus as c
from .primitives import less, same


def sum_up(*xs: Any) -> Any:
    """The sum, from left to right."""
    total = xs[0] if xs else 0.0
    for x in xs[1:]:
        total = total + x
    return total


def multiply(*xs: Any) -> Any:
    """The product, from left to right."""
    product = xs[0] if xs else 1.0
    for x in xs[1:]:
        product = product * x
    return product


def dot(*xs: Any) -> Any:
    """The sum of the products of each operand of the first half and its partner in the second."""
    half = len(xs) // 2
    return sum_up(*[x * y for x, y in zip(xs[:half], xs[half:], strict=True)])


def mean(*xs: Any) -> Any:
    """The sum by the number of operands."""
    return c.div(sum_up(*xs), float(len(xs)))


def logsumexp(*xs: Any) -> Any:
    """log(Σ exp(xᵢ)): the largest operand, and a log1p of the others relative to it."""
    largest = c.maximum(xs)
    below = [less(x, largest) for x in xs]
    smaller = [
        c.where(b, c.exp_difference(x, largest), 0.0) for b, x in zip(below, xs, strict=True)
    ]
    others = float(len(xs)) - sum_up(*below) - 1.0
    finite = largest + c.log1p(sum_up(*smaller) + others)
    return c.where(c.equal(c.abs(largest), c.INF), largest, finite)


def exp_total(largest: Any, *xs: Any) -> Any:
    """The sum of all exp(xᵢ - largest); nan if several are infinite, for no limit exists."""
    total = sum_up(*xs)
    several = c.where(same(c.abs(largest), c.INF), less(1.0, total), 0.0)
    return c.where(several, c.NAN, total)


def exp_rest(total: Any, *xs: Any) -> Any:
    """The sum of those below 1 if they are less than the one that is 1, else the sum of all."""
    return c.where(less(total, 2.0), sum_up(*[c.where(less(x, 1.0), x, 0.0) for x in xs]), total)


def log_share(index: Any, *xs: Any) -> Any:
    """The log of softmax at `index`."""
    largest = c.largest(*xs)
    parts = [c.exp_difference(x, largest) for x in xs]
    total = c.exp_total(largest, *parts)
    others = sum_up(*[c.where(same(index, float(i)), 0.0, x) for i, x in enumerate(parts)])
    x = c.gather(index, *xs)
    of_largest = c.where(same(total, total), 0.0 - c.log1p(others), c.NAN)
    return c.where(same(x, largest), of_largest, x - largest - c.log(total))
