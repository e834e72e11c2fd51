"""Every row of the calculus, those of derivatives too, differentiated again and again."""

import inspect
from typing import Any

import autograd as ag
from autograd import Op, Value
from autograd.engine import calculus
from tests.random_graphs import LENGTH, random_number

from .session import Session

ROWS = {op.name: op for op in vars(calculus).values() if isinstance(op, Op)}
HIGHEST = 3
LARGEST = 3000  # nodes of a graph that is differentiated again


def orders(session: Session) -> None:
    """A small function of a few rows, its gradients, their gradients, and so on."""
    draw = session.draw
    wild = draw.choice([0.0, 0.1, 0.5])
    leaves = [Value(random_number(draw, wild)) for _ in range(draw.choice([1, 2, 3]))]
    nodes: list[Any] = list(leaves)
    for _ in range(draw.choice([1, 1, 2, 4])):
        found = session.attempt(lambda: _applied(session, nodes))
        if isinstance(found, Value):
            nodes.append(found)
    root = ag.sum(nodes)
    for _ in range(draw.randint(1, HIGHEST)):
        before = session.nodes
        session.tell_graph(root)
        found = session.attempt(lambda root=root: ag.gradients(root, leaves))  # type: ignore[misc]
        if found is None or session.nodes - before > LARGEST:
            break
        root = ag.sum([g * draw.choice([1.0, -0.5, leaves[0]]) for g in found])
    session.attempt(lambda: root.backward())
    session.tell_graph(root)


def _applied(session: Session, nodes: list[Any]) -> Any:
    """A row with operands that are nodes or numbers."""
    draw = session.draw
    op = ROWS[draw.choice(sorted(ROWS))]
    count = len(op.rules) or draw.choice([2, 3, 3, 4])
    xs = [draw.choice(nodes) if draw.random() < 0.8 else random_number(draw, 0.1)] * count
    xs = [x if draw.random() < 0.4 else draw.choice(nodes) for x in xs]
    session.tell(op.name, xs)
    if op.rules or op.taken:
        return op(*[float(draw.randrange(LENGTH)), *xs[1:]] if op is calculus.lookup else xs)
    if op is calculus.dot:
        return op(xs, xs[::-1])
    takes_list = len(inspect.signature(op.arrange).parameters) == 1
    return op(xs) if takes_list and draw.random() < 0.7 else op(*xs)
