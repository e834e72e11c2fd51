"""Leaves that are copied and pickled, have attributes, change their class, and are weakly held."""

import copy
import operator
import pickle
import weakref
from typing import Any

from autograd import Value, constant
from tests.random_graphs import random_number

from .session import Session, shown
from .users import SUBCLASSES, Mine, Slotted

ATTRIBUTES = ("m", "v", "kept", "data", "label", "unit", "is_constant")


def copying(session: Session) -> None:
    """Some leaves and what is done with them, then a graph on top."""
    draw = session.draw
    kinds: list[Any] = [Value, Value, constant, *SUBCLASSES]
    leaves = [draw.choice(kinds)(random_number(draw, 0.2)) for _ in range(3)]
    session.some([_attribute, _copied, _copied, _class, _weakly, _use], leaves, most=15)
    root = leaves[0] * leaves[1] + leaves[2]
    session.told_attempt("backward", lambda: root.backward())
    session.tell_graph(root)


def _state(x: Any) -> str:
    held = {name: x.__dict__[name] for name in sorted(getattr(x, "__dict__", {}))}
    return f"{shown(x)} {shown(held)} {getattr(x, 'kept', '')!s:.40} {x.is_constant} {x.op}"


def _attribute(session: Session, leaves: list[Any]) -> None:
    x, name = session.draw.choice(leaves), session.draw.choice(ATTRIBUTES)
    values: list[Any] = [1.0, "m", [1.0, 2.0], {"a": 1}, None, True, 3, session.draw.choice(leaves)]
    value = session.draw.choice(values)
    kind = session.draw.randrange(4)
    if kind == 0:
        session.told_attempt(f"delete {name}", lambda: delattr(x, name))
    elif kind == 1:
        session.told_attempt(f"read {name}", lambda: getattr(x, name))
    elif name in ("m", "v", "kept", "label", "unit", "data"):
        session.told_attempt(f"set {name}", lambda: setattr(x, name, value))


def _copied(session: Session, leaves: list[Any]) -> None:
    """All of them in one structure, in which some are twice; or one that is computed."""
    draw = session.draw
    protocol = draw.randrange(pickle.HIGHEST_PROTOCOL + 1)
    ways: list[Any] = [
        copy.copy,
        copy.deepcopy,
        lambda x: pickle.loads(pickle.dumps(x, protocol)),
    ]
    way = draw.choice(ways)
    if draw.random() < 0.2:
        session.told_attempt("a computed one", lambda: way(draw.choice(leaves) * 2.0))
        return
    if draw.random() < 0.3:
        draw.choice(leaves).grad = draw.choice([1.5, -0.0, 3, None, leaves[0], Value(2.0)])
    if draw.random() < 0.3:
        leaves[0].backward()
    twins = session.attempt(lambda: way([*leaves, leaves[0]]))
    if twins is not None:
        session.tell([twins[0] is twins[-1], twins[0] is leaves[0]], *map(_state, twins))
        leaves[:] = twins[:-1]


def _class(session: Session, leaves: list[Any]) -> None:
    kinds: list[Any] = [Mine, Slotted, Value, type(leaves[0])]
    x, other = session.draw.choice(leaves), session.draw.choice(kinds)
    if session.draw.random() < 0.3:
        x = x * 1.0
    session.told_attempt(f"{other.__name__}", lambda: setattr(x, "__class__", other))
    session.tell(type(x).__qualname__, isinstance(x, Value), isinstance(x, Mine), type(x) is other)
    session.tell(x * 2.0, x.exp(), 1 - x, -x)


def _weakly(session: Session, leaves: list[Any]) -> None:
    def gone() -> list[bool]:
        kinds: list[Any] = [Value, Mine, Slotted, constant]
        x = session.draw.choice(kinds)(1.0)
        held, told = (x * x if session.draw.random() < 0.5 else x), list[bool]()
        reference = weakref.ref(held, lambda _: told.append(True))
        told.append(reference() is held)
        del x, held
        return [*told, reference() is None]

    session.told_attempt("weakly", gone)


def _use(session: Session, leaves: list[Any]) -> None:
    x, y = session.draw.choice(leaves), session.draw.choice(leaves)
    action = session.draw.choice([operator.add, operator.mul, operator.pow, operator.lt])
    session.told_attempt(action.__name__, lambda: action(x, y))
    session.tell(*map(_state, leaves))
