"""Values beside operands of every kind, in operators, functions, comparisons and conversions."""

import builtins
import inspect
import math
import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

import autograd as ag
from autograd import Op, Value, constant
from autograd.engine.protocols import INTERNAL
from tests.random_graphs import random_number

from .session import Session, shown
from .users import OPS, SUBCLASSES, Foreign, Half, Level

NUMBERS: list[Any] = [
    *(0, 1, -1, 2, True, False, 2**53 + 1, 10**308, 10**400, -(10**400), -0.0, math.nan, math.inf),
    *(Fraction(1, 3), Decimal("0.5"), 1j, Half(3.0), Level.LOW, Level.HIGH),
    *(np.float64(0.5), np.float32(0.1), np.int64(3), np.uint8(2), np.bool_(True), np.float16(7.0)),
    *(np.longdouble(0.25), np.complex128(1.0), np.array(1.5), np.array([1.0, 2.0])),
]
OTHERS: list[Any] = [
    *(None, "2", b"2", [1.0], (1.0, 2.0), {}, {1.0: 2.0}, set(), ..., NotImplemented, Value, float),
    *(Foreign(), np.array(["a"]), range(3), ag.sin, [Value], [[1.0]], [], "", Foreign),
]
BINARY = [
    *(operator.add, operator.sub, operator.mul, operator.truediv, operator.mod, operator.floordiv),
    *(operator.pow, operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge),
    *(operator.matmul, operator.and_, operator.lshift, divmod, operator.contains, operator.concat),
    *(operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow, math.atan2),
    *(min, max, math.pow, math.copysign, isinstance, getattr, format, operator.is_),
]


def listed(x: Any) -> list[str]:
    """What `dir` lists, but for the note that the first copy leaves on a class."""
    return [name for name in dir(x) if name != "__slotnames__"]


UNARY: list[Callable[..., Any]] = [
    *(operator.neg, operator.pos, abs, operator.invert, operator.not_, bool, int, float, complex),
    *(builtins.round, math.floor, math.ceil, math.trunc, math.exp, math.isnan, len, iter, list),
    *(
        operator.index,
        str,
        repr,
        format,
        callable,
        listed,
        sorted,
        builtins.sum,
        np.exp,
        np.asarray,
    ),
    *(Value, constant, math.fsum, operator.length_hint, type, math.sqrt, range, bytes, np.float64),
]
FORMATS = ["", ".3f", ">12", "e", "g", "s", "d", "x", "%", "+.1e", ",", "?"]
PUBLIC_OPS = [op for name, op in sorted(vars(ag).items()) if isinstance(op, Op)]
METHODS = [
    name
    for name, _ in inspect.getmembers(Value, callable)
    if name[0] != "_" and name not in INTERNAL and name != "has_moved"
]
OPERATORS = [  # called by name, as subclasses do
    *("__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__"),
    *("__rtruediv__", "__mod__", "__rmod__", "__floordiv__", "__rfloordiv__", "__pow__"),
    *("__rpow__", "__eq__", "__lt__", "__ge__", "__format__", "__array_ufunc__"),
]
READ = [
    *("data", "grad", "op", "operands", "parents", "recorded", "is_leaf", "label", "call"),
    *("requires_grad", "is_constant", "is_reached", "is_parameter", "T", "shape", "numpy"),
    *("__dict__", "__doc__", "__module__", "detach_", "value", "gradient", "item", "dtype", "zero"),
]


def operands(session: Session) -> None:
    """A few Values, and a few dozens of uses with other things."""
    draw = session.draw
    pool: list[Any] = [Value(random_number(draw, 0.2)) for _ in range(2)]
    pool += [constant(random_number(draw, 0.1)), draw.choice(SUBCLASSES)(random_number(draw, 0.1))]
    session.some([_binary, _binary, _unary, _op, _method, _attribute, _in_a_list], pool, most=40)
    for x in pool:
        if isinstance(x, Value):
            session.attempt(x.backward)
            session.tell_graph(x)


def anything(session: Session, pool: list[Any]) -> Any:
    """A Value most often, or any other object."""
    kind = session.draw.random()
    if kind < 0.5:
        return session.draw.choice(pool)
    if kind < 0.65:
        return random_number(session.draw, 0.2)
    return session.draw.choice(NUMBERS if kind < 0.9 else OTHERS)


def _keep(session: Session, pool: list[Any], what: str, action: Callable[[], Any]) -> None:
    found = session.told_attempt(what, action)
    if isinstance(found, Value) and found.op is not None:
        pool.append(found)


def _binary(session: Session, pool: list[Any]) -> None:
    x, y = session.draw.choice(pool), anything(session, pool)
    if session.draw.random() < 0.5:
        x, y = y, x
    action: Any = session.draw.choice(BINARY)
    if action is format:
        y = session.draw.choice(FORMATS)
    _keep(session, pool, f"{action.__name__} {shown(x)}, {shown(y)}", lambda: action(x, y))


def _unary(session: Session, pool: list[Any]) -> None:
    action, x = session.draw.choice(UNARY), anything(session, pool)
    if action is range or action is bytes or action is dir:  # of large numbers, or of other objects
        x = session.draw.choice(pool)
    _keep(session, pool, f"{action.__name__} {shown(x)}", lambda: action(x))


def _op(session: Session, pool: list[Any]) -> None:
    """An op with operands of any kind, most often of the right count."""
    op = session.draw.choice([*PUBLIC_OPS, *OPS])
    count = len(op.rules) or session.draw.choice([1, 2, 3, 4])
    if session.draw.random() < 0.1:
        count = session.draw.randrange(5)
    xs = [anything(session, pool) for _ in range(count)]
    if not op.rules and session.draw.random() < 0.6:
        xs = [xs] if session.draw.random() < 0.7 else [xs, xs[::-1]]
    options = {"x": xs[0]} if xs and session.draw.random() < 0.03 else {}
    _keep(session, pool, f"{op} {shown(xs)}", lambda: op(*xs, **options))


def _method(session: Session, pool: list[Any]) -> None:
    name, x = session.draw.choice(METHODS), session.draw.choice(pool)
    given = [anything(session, pool) for _ in range(session.draw.choice([0, 0, 0, 1, 1, 2, 3]))]
    if session.draw.random() < 0.3:
        name, given = session.draw.choice(OPERATORS), [anything(session, pool)]
    _keep(session, pool, f"{name} {shown(given)}", lambda: getattr(x, name)(*given))


def _attribute(session: Session, pool: list[Any]) -> None:
    x, y, draw = session.draw.choice(pool), anything(session, pool), session.draw
    name = draw.choice(["data", "grad", "label", "requires_grad", "kept", "is_constant", "parents"])
    kind = draw.randrange(4)
    if kind == 0:
        read = draw.choice(READ)
        session.told_attempt(f"read {read}", lambda: getattr(x, read))
    elif kind == 1:
        gone = draw.choice(["data", "label", "kept", "parents", "recorded", "exp", "is_leaf"])
        session.told_attempt(f"delete {gone}", lambda: delattr(x, gone))
    elif not isinstance(y, (Value, Op)) and name != "is_constant":
        session.told_attempt(f"set {name} {shown(y)}", lambda: setattr(x, name, y))
    session.tell(x)


def _in_a_list(session: Session, pool: list[Any]) -> None:
    """What containers do with Values: find, sort, count, add up, and use as keys."""
    xs = [*pool, anything(session, pool)]
    session.draw.shuffle(xs)
    x = session.draw.choice(pool)
    actions: list[Callable[[], Any]] = [
        lambda: [xs.index(x), xs.count(x), x in xs],
        lambda: sorted(xs),
        lambda: [max(xs), min(xs)],
        lambda: builtins.sum(xs),
        lambda: builtins.sum(xs, x),
        lambda: math.prod(xs),
        lambda: [{k: i for i, k in enumerate(pool)}[x], len(set(pool)), hash(x) == hash(x)],
        lambda: [x == y for y in xs],
        lambda: np.array(xs, dtype=object).shape,
        lambda: np.array(xs[0]) * x,
        lambda: [f"{x:{spec}}" for spec in FORMATS[:4]],
    ]
    _keep(session, pool, "in a list", session.draw.choice(actions))
