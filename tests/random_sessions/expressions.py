"""A random function on leaves of all kinds, then passes, new numbers, recomputing, clearing."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from autograd import Value, constant, recompute, zero_grad
from autograd.engine.graph import gradients, topological_order
from tests.random_graphs import made, random_arguments, random_function, random_number

from .session import Session
from .users import OPS, Mine

SHORT = 600  # letters of a function that may be differentiated again


def expression(session: Session) -> None:
    """Compute a function, and do with its graph what users do."""
    draw = session.draw
    function = random_function(draw, draw.choice([2, 5, 10, 40, 150, 600]))
    share = draw.random()  # of the lines that are no operands of others
    names = [f"v{i}" for i in range(len(function.lines)) if draw.random() < share]
    function = function._replace(outputs=(*names, *function.outputs))
    numbers, positions = random_arguments(draw, function.inputs)
    leaves = [_leaf(session, x) for x in numbers]
    source = function.source(several=True)
    session.tell(source)
    roots = session.attempt(lambda: made(source)(leaves, positions))
    if roots is None:
        return
    root = mixed(session, [x for x in roots if isinstance(x, Value)] or [Value(1.0)])
    actions: list[Any] = [_pass] * 3 + [_change, _clear]
    if len(source) < SHORT:
        actions.append(_differentiate_again)
    for _ in range(draw.choice([1, 2, 4])):
        session.attempt(partial(draw.choice(actions), session, root, leaves))
        session.tell_graph(root)


def _leaf(session: Session, x: float) -> Any:
    kinds: list[Any] = [Value, Value, Value, Value, constant, Mine, float]
    return session.draw.choice(kinds)(x)


def mixed(session: Session, roots: Sequence[Value]) -> Value:
    """A root above the results, sometimes through ops of a user."""
    draw, nodes = session.draw, list(roots)
    for _ in range(draw.choice([0, 0, 1, 3])):
        op, x = draw.choice(OPS[: 5 if draw.random() < 0.8 else 6]), draw.choice(nodes)
        nodes.append(op(x, *draw.choices(nodes, k=2)) if op.name == "three" else op(x))
    root = nodes[-1]
    for x in nodes[:-1]:
        root = root + x if draw.random() < 0.5 else x * 0.5 - root
    return root


def _pass(session: Session, root: Value, leaves: Sequence[Any]) -> None:
    kind = session.draw.randrange(6)
    if kind == 0:
        root.backward(random_number(session.draw, 0.3))
    elif kind == 1:
        session.tell(list(gradients(root, 2.0).values()))
    elif kind == 2:
        inner = session.draw.choice(topological_order(root))
        root.backward()
        inner.backward(-0.0)  # type: ignore[attr-defined]
    else:
        root.backward()


def _differentiate_again(session: Session, root: Value, leaves: Sequence[Any]) -> None:
    root.backward(create_graph=True)
    found = [x.grad for x in leaves if isinstance(x, Value) and isinstance(x.grad, Value)]
    if found and session.draw.random() < 0.5:
        second = sum(found[1:], found[0])
        second.backward(create_graph=session.draw.random() < 0.2)
        if session.draw.random() < 0.5:
            session.tell_graph(second)


def _change(session: Session, root: Value, leaves: Sequence[Any]) -> None:
    for x in leaves:
        if isinstance(x, Value) and session.draw.random() < 0.5:
            x.data = random_number(session.draw, 0.2)
    if session.draw.random() < 0.6:
        inner = session.draw.choice(topological_order(root))
        recompute(root if session.draw.random() < 0.5 else inner)


def _clear(session: Session, root: Value, leaves: Sequence[Any]) -> None:
    kind = session.draw.randrange(4)
    if kind == 0:
        zero_grad(root)
    for x in leaves:
        if isinstance(x, Value) and not x.is_constant and kind:
            x.grad = (0.0, 0, 1.5)[kind - 1]
            if session.draw.random() < 0.2:
                x.is_constant, x.grad = True, None
