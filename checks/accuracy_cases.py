"""Every op as a case to be measured: how it is called, where, its true derivatives, its bounds.

All of it is that of `tests/domains.py`. What is new is the form, one for ops of any number of
operands, and the derivatives of `sum`, `prod`, … written out, which are found sooner than by
differences.
"""

import functools
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mpmath import mp, mpf  # type: ignore[import-untyped]

from autograd.engine import calculus as c
from autograd.losses import cross_entropy
from tests.domains import (
    BINARY,
    CROSSING,
    NARY,
    OWN,
    UNARY,
    Binary,
    Order2,
    Unary,
    condition_of_terms,
    goal,
    moderate,
    samples,
    softmax_family,
)

Numbers = Sequence[float]
Bounds = tuple[float, float, float]  # ULP for value, first and second derivatives


class Case(NamedTuple):
    """An op, and what it is measured against.

    Attributes:
        name: of the op.
        ours: it, of so many numbers or Values.
        draw: a list of operands for a count and a seed; all of one length.
        truth: value, gradient and Hessian, from numbers of 60 digits.
        bounds: in ULP, at some operands.
        scale: how many ULP count as one, for a derivative by the indices of the operands.
        share: of the points that are asked for, where the reference takes longer.
    """

    name: str
    ours: Callable[..., Any]
    draw: Callable[[int, str], list[tuple[float, ...]]]
    truth: Callable[..., Order2]
    bounds: Callable[[Numbers], Bounds]
    scale: Callable[[Numbers, tuple[int, ...], Order2], float] = lambda xs, which, true: 1.0
    share: float = 1.0

    @property
    def crosses_zero(self) -> bool:
        """Whether its condition counts where the true number crosses zero by cancellation."""
        return self.op in CROSSING

    @property
    def op(self) -> str:
        """The name without the number of operands."""
        return self.name.partition(" of ")[0]


def _own_bounds(name: str) -> Callable[[Numbers], Bounds]:
    return lambda xs: OWN.get(name, goal)(max(map(abs, xs)))


def _of_one(row: Unary) -> Case:
    return Case(
        row.op.name,
        row.op,
        lambda count, seed: [(x,) for x in samples(row.pieces, count, seed)],
        lambda x: (row.value(x), [row.first(x)], [[row.second(x)]]),
        _own_bounds(row.op.name),
    )


def _of_two(row: Binary) -> Case:
    def truth(x: Any, y: Any) -> Order2:
        xx, xy, yy = (second(x, y) for second in row.second)
        return row.value(x, y), [first(x, y) for first in row.first], [[xx, xy], [xy, yy]]

    name = row.op.name
    return Case(
        name, row.op, lambda n, seed: samples(row.pieces, n, seed), truth, _own_bounds(name)
    )


# --- four operands of moderate size ---------------------------------------------------------


def _linear(*factors: float) -> Callable[..., list[Any]]:
    return lambda *xs: [mpf(factor) for factor in factors]


def _indicator(wanted: Callable[..., Any]) -> Callable[..., list[Any]]:
    """1 for the operand that is chosen. Ties are not drawn."""
    return lambda *xs: [mpf(x == wanted(xs)) for x in xs]


def _others(xs: Sequence[Any], *left_out: int) -> Any:
    return mp.fprod(x for i, x in enumerate(xs) if i not in left_out)


def _flat(*xs: Any) -> list[list[Any]]:
    return [[mpf(0)] * len(xs) for _ in xs]


def _hessian(entries: dict[tuple[int, int], Callable[..., Any]]) -> Callable[..., list[list[Any]]]:
    def found(*xs: Any) -> list[list[Any]]:
        rows = _flat(*xs)
        for (i, j), entry in entries.items():
            rows[i][j] = rows[j][i] = mpf(entry(*xs))
        return rows

    return found


def _of_products(*xs: Any) -> list[list[Any]]:
    n = range(len(xs))
    return [[mpf(0) if i == j else _others(xs, i, j) for j in n] for i in n]


DERIVATIVES: dict[str, tuple[Callable[..., list[Any]], Callable[..., list[list[Any]]]]] = {
    "sum": (_linear(1, 1, 1, 1), _flat),
    "mean": (_linear(0.25, 0.25, 0.25, 0.25), _flat),
    "dot": (
        lambda *xs: [xs[2], xs[3], xs[0], xs[1]],
        _hessian({(0, 2): lambda *_: 1, (1, 3): lambda *_: 1}),
    ),
    "prod": (lambda *xs: [_others(xs, i) for i in range(len(xs))], _of_products),
    "maximum": (_indicator(max), _flat),
    "minimum": (_indicator(min), _flat),
    "clip": (lambda x, *ends: [mpf(-2 <= x <= 2), *[mpf(0)] * len(ends)], _flat),
    "where": (
        lambda x, y, z, w: [mpf(0), z, y, mpf(0)] if x > 0 else [mpf(0)] * 3 + [mpf(1)],
        _hessian({(1, 2): lambda x, *_: x > 0}),
    ),
}


def _of_four(name: str) -> Case:
    function, value = NARY[name]
    first, second = DERIVATIVES[name]

    def truth(*xs: Any) -> Order2:
        return value(*xs), first(*xs), second(*xs)

    return Case(
        name,
        function,
        lambda n, seed: samples([lambda draw: tuple(moderate(draw) for _ in range(4))], n, seed),
        truth,
        _own_bounds(name),
        lambda xs, which, true: 1.0 if which else condition_of_terms(name, xs),
    )


# --- the softmax family, in the tails too -----------------------------------------------------

FAMILY: dict[str, Callable[..., Any]] = {
    "logsumexp": c.logsumexp,
    "softmax": lambda *xs: c.softmax(xs)[0],
    "log_softmax": lambda *xs: c.log_softmax(xs)[0],
    "cross_entropy": lambda *xs: cross_entropy(xs, 0),
}
LENGTHS = (2, 3, 7)
SIZES = (0.01, 1.0, 8.0, 40.0, 300.0, 1000.0)


@functools.lru_cache(maxsize=4)
def _family(*xs: Any) -> dict[str, Order2]:
    """All of the family at once: the scale of a derivative asks for the shares again."""
    return softmax_family(xs)


def _condition(name: str) -> Callable[[Numbers, tuple[int, ...], Order2], float]:
    """1 + |xᵢ - max|, and what a difference of shares, or of a large maximum, adds to that."""

    def scale(xs: Numbers, which: tuple[int, ...], true: Order2) -> float:
        spread = 1.0 + max(xs) - min(xs)
        if name == "logsumexp" and not which:
            return spread * (1.0 + abs(max(xs)) / abs(float(true[0]) or 1.0))
        if name == "softmax" and len(which) == 2:  # softmax″ has a factor 1 - 2p
            i, j = which
            share = float(_family(*xs)["logsumexp"][1][0 if i != j else i])
            balance = abs(1.0 - 2.0 * share)
            return spread / balance if balance else float("inf")
        return spread

    return scale


def _of_family(name: str, length: int) -> Case:
    def tails(draw: random.Random) -> tuple[float, ...]:
        size = draw.choice(SIZES)
        return tuple(draw.uniform(-size, size) for _ in range(length))

    return Case(
        f"{name} of {length}",
        FAMILY[name],
        lambda n, seed: samples([tails], n, seed),
        lambda *xs: _family(*xs)[name],
        lambda xs: goal(0.0),
        _condition(name),
        share=0.5 / length,
    )


CASES = {
    case.name: case
    for case in (
        *map(_of_one, UNARY),
        *map(_of_two, BINARY),
        *map(_of_four, DERIVATIVES),
        *(_of_family(name, length) for name in FAMILY for length in LENGTHS),
    )
}
