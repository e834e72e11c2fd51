"""The op that made a node of another library, if all that is known of the node agrees on one.

A name alone is not enough: the op of that name has to make the node's number of the operands'
numbers, or else these have changed since, or the name means something else. Where the local
derivatives are known too, those of the op have to be the same.
"""

import math
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from ...engine import calculus as c
from ...engine.handmade import op_by_hand
from ...engine.node import Node
from ...engine.numbers import same
from ...engine.op import Op
from .reading import Reading

CLOSE = 1e-6  # relative: some compute in 32 bits, or tanh from exp
CLOSE_TO_ZERO = 1e-12
UNNAMED = "f"

_KNOWN = (
    *(c.add, c.sub, c.mul, c.div, c.mod, c.floordiv, c.pow, c.neg, c.abs, c.exp, c.expm1, c.log),
    *(c.log1p, c.log2, c.log10, c.sqrt, c.cbrt, c.sin, c.cos, c.tan, c.asin, c.acos, c.atan),
    *(c.sinh, c.cosh, c.tanh, c.asinh, c.acosh, c.atanh, c.hypot, c.atan2, c.sigmoid, c.relu),
    *(c.silu, c.gelu, c.softplus, c.erf, c.step, c.sign, c.floor, c.ceil, c.round, c.trunc),
    *(c.sum, c.prod, c.mean, c.maximum, c.minimum, c.logsumexp),
)
_OPS: dict[str, Op] = {op.name: op for op in _KNOWN} | {op.__name__: op for op in _KNOWN}
_ALSO_CALLED = {
    c.add: "plus",
    c.sub: "minus subtract −",
    c.mul: "multiply times × ·",
    c.div: "divide truediv ÷",
    c.neg: "negative",
    c.pow: "power ^",
    c.log: "ln",
    c.sigmoid: "logistic",
    c.silu: "swish",
    c.maximum: "max",
    c.minimum: "min",
}
_OPS |= {name: op for op, names in _ALSO_CALLED.items() for name in names.split()}
_WITH_NUMBERS: dict[str, tuple[Op, tuple[float, ...]]] = {
    "leaky_relu": (c.leaky_relu, (0.01,)),
    "leakyrelu": (c.leaky_relu, (0.01,)),
    "elu": (c.elu, (1.0,)),
}
_POWER = re.compile(r"(?:\*\*|\^|pow)\s*\(?\s*([^()]+?)\s*\)?")
_RECOGNIZED = (c.add, c.mul)  # without a name: three numbers agree, and no other op is like them

Operation = tuple[Op, tuple[Any, ...]]


def operation_of(node: Reading, operands: Sequence[Any], used: Sequence[Any]) -> Operation | None:
    """The library's op that made a node, and its operands; None if that is not clear.

    Args:
        node: what the node says of itself.
        operands: its operands, as Values and floats.
        used: the same in the order of its backward function, if that is known.
    """
    named = known_op(node.op)
    candidates = [named] if named else []
    if not node.op and node.local_derivatives is not None:
        candidates = [(op, ()) for op in _RECOGNIZED]
    for op, numbers in candidates:
        orders = [(*x, *numbers) for x in dict.fromkeys(_orders(node, operands, used, op))]
        if found := _fitting(node, op, orders):
            return op, found
    return None


def without_formula(
    node: Reading, operands: Sequence[Any], used: Sequence[Any], said: str
) -> Operation:
    """An op with the name that the node has for it, and its operands, of a set each once.

    Args:
        node, operands, used: as for `operation_of`.
        said: the name of the node in error messages.
    """
    found = tuple(operands)
    if node.is_set:
        found = tuple(dict.fromkeys(used)) or found
        if node.local_derivatives is not None:
            found *= len(node.local_derivatives)  # of x·x the set has one x
    reason = _why_unclear(node, found)
    return op_by_hand(node.op or UNNAMED, node.local_derivatives, said, reason), found


@cache
def known_op(name: str) -> tuple[Op, tuple[float, ...]] | None:
    """The library's op of that name, and the numbers that are its last operands.

    Example:
        >>> known_op("ReLU"), known_op("**3")
        ((Op('relu'), ()), (Op('**'), (3.0,)))
    """
    power = _POWER.fullmatch(name.strip())
    if power:
        try:
            return c.pow, (float(power[1]),)
        except ValueError:  # as of "power"
            pass
    plain = name.strip().lower()
    plain = plain if plain in _OPS else plain.strip("_")
    return (_OPS[plain], ()) if plain in _OPS else _WITH_NUMBERS.get(plain)


def _orders(
    node: Reading, operands: Sequence[Any], used: Sequence[Any], op: Op
) -> Iterator[tuple[Any, ...]]:
    """The operands in every order and number that they may have had."""
    given = tuple(operands)
    if not node.is_set:
        yield given
    elif used:
        yield tuple(used)
        yield tuple(reversed(used))  # as of other - self
        yield tuple(dict.fromkeys(used))
    else:
        yield given
        yield given[::-1]
        if len(given) == 1 and op is not c.pow:  # x·x; but the 2 of x**2 is often not kept
            yield given * 2


def _fitting(node: Reading, op: Op, orders: Sequence[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """The first of the orders that fits, unless others fit that have other derivatives."""
    found = [(order, locals) for order in orders if (locals := _locals(node, op, order))]
    totals = [_by_operand(*each) for each in found] if len(found) > 1 else []
    clear = all(_close(x[key], y[key]) for x, y in pairwise(totals) for key in x)
    return found[0][0] if found and clear else None


def _locals(node: Reading, op: Op, operands: tuple[Any, ...]) -> list[float] | None:
    """The local derivatives of `op`, if it makes the node of these operands."""
    if len(operands) != len(op.rules or operands):
        return None
    numbers = [x._data if isinstance(x, Node) else x for x in operands]
    if not _close(op.forward(*numbers), node.data):
        return None
    found = [float(x or 0.0) for x in op.locals((None, None), numbers, node.data)]
    known = node.local_derivatives
    if known is not None and not (len(known) <= len(found) and all(map(_close, known, found))):
        return None
    return found


def _by_operand(operands: Sequence[Any], locals: Sequence[float]) -> dict[Any, float]:
    """The derivative by each operand, however often it comes."""
    totals: dict[Any, float] = {}
    for operand, local in zip(operands, locals, strict=True):
        if isinstance(operand, Node):
            totals[operand] = totals.get(operand, 0.0) + local
    return totals


def _close(x: float, y: float) -> bool:
    return same(x, y) or math.isclose(x, y, rel_tol=CLOSE, abs_tol=CLOSE_TO_ZERO)


def _why_unclear(node: Reading, operands: Sequence[Any]) -> str:
    """The reason why no local derivative of a node is known, and what to do."""
    instead = "draw and summary need none"
    if known_op(node.op) is None:
        name = f"{node.op!r} is no operation that is known" if node.op else "its op is not said"
        return (
            f"{name}. Give the name of one in `_op`, such as '*' or 'tanh', or a number for each "
            f"operand in `_local_grads`; {instead}"
        )
    numbers = ", ".join(f"{x._data if isinstance(x, Node) else x:g}" for x in operands)
    return (
        f"its number {node.data:g} is not clearly {node.op!r} of its operands ({numbers}). If "
        "these have changed since, compute the graph anew; or give a number for each operand in "
        f"`_local_grads`; {instead}"
    )
