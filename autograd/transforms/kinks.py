"""Kinks: on which smooth piece of its graph each op of a computation lies.

An op that is not smooth everywhere has a row in `PIECES`. Two points between which a function is
smooth have the same pieces; where they differ there is a kink, a jump or a pole between them. For
all other ops, those of users too, what is known is where they leave their domain: a result
turns nan or infinite.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..engine import calculus as c, ieee
from ..engine.op import Op
from .tracing import order_of

Piece = tuple[str, str]  # the op's name, and what tells its pieces apart


def _side(x: float, *_: float) -> float:
    """Left of 0, at 0 or right of it."""
    return ieee.sign(x)


def _order(x: float, y: float) -> int:
    return (x > y) - (x < y)


def _where_extreme(xs: Sequence[float], extreme: float) -> list[int]:
    return [i for i, x in enumerate(xs) if x == extreme]


def _branch_of_angle(y: float, x: float) -> float:
    """The side of the cut, which begins at the origin."""
    return 0.0 if x > 0.0 else math.copysign(1.0, y) if x < 0.0 else _side(y)


PIECES: dict[Op, Callable[..., Any]] = {
    **dict.fromkeys((c.abs, c.relu, c.leaky_relu, c.elu, c.step, c.sign, c.cbrt), _side),
    **{op: op.forward for op in (c.floor, c.ceil, c.round, c.trunc)},
    c.mod: ieee.floor_divide,
    c.floordiv: ieee.floor_divide,
    c.div: lambda x, y: _side(y),
    c.pow: lambda x, y: x > 0.0 or (y >= 0.0 and y % 1.0 == 0.0) or _side(x),
    c.tan: lambda x: math.isfinite(x) and math.floor(x / math.pi + 0.5),
    c.atan2: _branch_of_angle,
    c.hypot: lambda x, y: x == 0.0 == y,
    c.maximum: lambda *xs: _where_extreme(xs, ieee.maximum(*xs)),
    c.minimum: lambda *xs: _where_extreme(xs, ieee.minimum(*xs)),
    c.clip: lambda x, low, high: (_order(x, low), _order(x, high), _order(low, high)),
    c.greater: _order,
    c.equal: _order,
    c.where: lambda condition, x, y: bool(condition),
    c.gather: lambda index, *xs: index,
    c.scattered: lambda place, total, *pairs: [x == place for x in pairs[::2]],
    c.log_share: lambda index, *xs: index,
}


def piece(op: Op, numbers: Sequence[float], out: float) -> Piece:
    """The piece of `op` that it is on at these numbers, where it gives `out`."""
    known = PIECES[op](*numbers) if op in PIECES else None
    return op.name, f"{known} {'' if math.isfinite(out) else out}"


def pieces(outputs: Iterable[Any]) -> list[Piece]:
    """The piece of every op that the outputs were computed with, operands before results."""
    return [
        piece(node.op, node.recorded, node._data)
        for node in order_of(list(outputs))
        if node.op is not None
    ]


def kink(here: Sequence[Piece], there: Sequence[Piece]) -> str:
    """The op that is not smooth between two points with these pieces; an empty text if none is."""
    if other_path(here, there):
        return ""
    return next((name for (name, x), (_, y) in zip(here, there, strict=True) if x != y), "")


def other_path(here: Sequence[Piece], there: Sequence[Piece]) -> bool:
    """Whether Python's own branches or loops took another path."""
    return [name for name, _ in here] != [name for name, _ in there]
