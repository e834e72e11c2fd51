"""Ops of a user whose functions give anything, or raise, or change the graph under a pass.

Where a local derivative is no number, C leaves the pass to Python, which calls the rules again. So
those that give anything have no effect in these programs, and those with effects give numbers.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

import autograd as ag
from autograd import Op, Value, recompute, zero_grad
from autograd.engine.graph import gradients
from tests.random_graphs import random_number

from .session import Session, shown

ODD: list[Any] = [
    *(1, 0, -1, 2.5, True, None, -0.0, float("inf"), float("nan"), 10**400, 2**60 + 1),
    *(np.float64(2.0), np.float32(0.1), np.int64(3), Fraction(1, 2), 1j, "1", [1.0], (), 0.5, 3.0),
]


def rules(session: Session) -> None:
    """A graph with such ops, some passes, and what is left of it."""
    draw = session.draw
    leaves = [Value(random_number(draw, 0.1), label=f"x{i}") for i in range(3)]
    state: dict[str, Any] = {"leaves": leaves, "nodes": list(leaves), "depth": 0}
    state["act"] = _give if draw.random() < 0.5 else _meddle
    session.some([_apply, _apply, _apply, _plain, _plain, _pass], state, most=14)
    _pass(session, state)
    for node in leaves:
        session.tell(node)
    session.tell_graph(state["nodes"][-1])


def _plain(session: Session, state: dict[str, Any]) -> None:
    draw, nodes = session.draw, state["nodes"]
    x, y = draw.choice(nodes), draw.choice(nodes)
    ways: list[Callable[[], Any]] = [
        *(lambda: x * y, lambda: x + y * 0.5, lambda: ag.sum([x, y, x]), lambda: x / y),
        *(lambda: ag.maximum([x, y]), lambda: ag.where(x, x, y), lambda: ag.sqrt(x)),
        # By hand, as scripts of microgpt and micrograd do; the last has no derivatives.
        *(lambda: Value(2.5, (x, y), (3.0, -0.5)), lambda: Value(x.data, (x, x, y), (1, 0, 2.0))),
        lambda: Value(0.5, (x, y), "+"),
    ]
    nodes.append(draw.choice(ways)())


def _apply(session: Session, state: dict[str, Any]) -> None:
    """A node of a new op."""
    draw, nodes = session.draw, state["nodes"]
    count = draw.choice([1, 1, 2, 2, 3])
    op = _op(session, state, count)
    given = draw.choices(nodes, k=count)
    if draw.random() < 0.3:
        given[-1] = random_number(draw, 0.1)
    if not any(isinstance(x, Value) for x in given):
        given[0] = nodes[0]
    session.tell(f"{op.strong} {shown(given)}")
    node = op(*given)
    session.tell(node)
    nodes.append(node)


def _op(session: Session, state: dict[str, Any], count: int) -> Op:
    draw = session.draw
    result = draw.choice(ODD) if draw.random() < 0.2 else 1.5

    def forward(*xs: Any) -> Any:
        return result if result != 1.5 else xs[0] * 1.0

    strong = draw.random() < 0.3
    if count == 3:
        some = [_rule(session, state) for _ in range(3 + draw.choice([0, 0, 0, 0, 1, -1]))]

        def derivatives(xs: Any, out: Any) -> Any:
            return [rule(*xs, out) for rule in some]

        return Op("many", forward, derivatives=derivatives, strong=strong)
    constants: list[Any] = [1, 2.0, None, 0]
    chosen = [
        _rule(session, state) if draw.random() < 0.6 else draw.choice(constants)
        for _ in range(count)
    ]
    return Op("user", forward, *chosen, strong=strong)


def _rule(session: Session, state: dict[str, Any]) -> Callable[..., Any]:
    """A rule that does one thing, always the same."""
    act, kind = state["act"], session.draw.randrange(16)
    odd, which = session.draw.choice(ODD), session.draw.randrange(100)

    def rule(*given: Any) -> Any:
        return act(session, state, given, kind, odd, which)

    return rule


def _give(
    session: Session, state: Any, given: tuple[Any, ...], kind: int, odd: Any, which: int
) -> Any:
    """A local derivative of any kind, or an error."""
    if kind == 0:
        raise (ArithmeticError, KeyError, StopIteration, MemoryError)[which % 4]("in a rule")
    if kind < 6:
        return odd
    return (ag.sin(given[0]), Value(2.0) * 3.0, 2.0, 2, given[-1], 0.5)[which % 6]


def _meddle(
    session: Session, state: Any, given: tuple[Any, ...], kind: int, odd: Any, which: int
) -> Any:
    """A number, after something that no pass expects."""
    leaves, nodes = state["leaves"], state["nodes"]
    session.tell("rule", list(given))
    if kind == 0:
        raise (ArithmeticError, KeyError, StopIteration, MemoryError)[which % 4]("in a rule")
    if state["depth"] < 2 and kind < 8:
        state["depth"] += 1
        try:
            _change(session, state, kind, which)
        finally:
            state["depth"] -= 1
    elif kind == 8:
        session.tell([(x.grad, x.data) for x in [*leaves, nodes[-1]]])
    elif kind == 9:
        leaves[0].grad = (0, 1.0, None, 3)[which % 4]
    return 2.0 if kind < 14 else which % 3


def _change(session: Session, state: dict[str, Any], kind: int, which: int) -> None:
    nodes, leaves = state["nodes"], state["leaves"]
    node = nodes[which % len(nodes)]
    if kind <= 2:
        node.backward()
    elif kind == 3:
        session.tell(list(gradients(node, -1.0).values()))
    elif kind == 4:
        leaves[which % len(leaves)].data = which / 7.0
    elif kind == 5:
        recompute(node)
    elif kind == 6:
        del nodes[len(leaves) :]
    else:
        zero_grad(node)


def _pass(session: Session, state: dict[str, Any]) -> None:
    draw, root = session.draw, session.draw.choice(state["nodes"][-2:])
    kind = draw.randrange(6)
    if kind == 0:
        session.told_attempt("again", lambda: root.backward(create_graph=True))
    elif kind == 1:
        session.told_attempt("gradients", lambda: list(gradients(root).values()))
    elif kind == 2:
        draw.choice(state["leaves"]).data = random_number(draw, 0.1)
    elif kind == 3:
        session.told_attempt("recompute", lambda: recompute(root))
    else:
        session.told_attempt("backward", lambda: root.backward(draw.choice([1.0, 2, -0.0, "1"])))
    session.tell(state["leaves"])
