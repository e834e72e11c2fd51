"""What stands around code: no_grad, strict, watchers, module calls, generators, threads."""

import contextvars
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

import autograd as ag
from autograd import Value, no_grad, strict
from autograd.engine.watching import forgetting, unwatched, watching, with_history
from autograd.nn import Module
from tests.random_graphs import made, random_arguments, random_function, random_number

from .session import Session

DEEPEST = 4


class Inner(Module):
    """A module with a parameter."""

    def __init__(self, x: float) -> None:
        self.weight = Value(x, label="w")

    def forward(self, x: Any) -> Any:
        return ag.tanh(self.weight * x) + 1


class Outer(Module):
    """A module that calls others, more than once."""

    def __init__(self, session: Session) -> None:
        self.parts = [Inner(random_number(session.draw, 0.1)) for _ in range(2)]
        self.offset = Value(0.5)
        self._session = session

    def forward(self, x: Any) -> Any:
        first, second = self.parts
        return first(second(x)) + first(x) * self.offset


def blocks(session: Session) -> None:
    """Blocks inside one another, and what is computed inside them."""
    leaves = [Value(random_number(session.draw, 0.2)) for _ in range(3)]
    made_inside: list[Any] = list(leaves)
    session.some([_nested, _nested, _generators, _copied, _thread], leaves, made_inside, most=3)
    for x in made_inside[3:]:
        session.attempt(x.backward)
        session.tell_graph(x)


def _block(session: Session) -> AbstractContextManager[Any]:
    kind = session.draw.randrange(9)
    if kind <= 1:
        return no_grad()
    if kind == 2:
        return strict()
    if kind == 3:
        return watching(lambda node: session.tell("seen", node, str(node.call)))
    if kind == 4:
        return watching(_labelling)
    if kind == 5:
        return watching(_refusing)
    return (unwatched, with_history, nullcontext)[kind - 6]()


def _labelling(node: Any) -> None:
    if node.op is not None and not node.label:
        node.label = node.op.name


def _refusing(node: Any) -> None:
    if node.op is ag.mul and node.data < 0.0:
        raise LookupError("a watcher that raises")


def _compute(session: Session, leaves: list[Value], made_inside: list[Any]) -> None:
    """Something, in whatever blocks there are."""
    draw = session.draw
    kind = draw.randrange(6)
    x: Any = draw.choice(made_inside)
    if kind == 0:
        function = random_function(draw, draw.choice([2, 4, 8]))
        numbers, positions = random_arguments(draw, function.inputs)
        found = made(function.source(several=False))([*map(Value, numbers)], positions)
    elif kind == 1:
        found = Outer(session)(x)
    elif kind == 2:
        found = Outer(session)(Inner(2.0)(x)).detach() * x
    elif kind == 3:
        found = ag.grad(lambda t: ag.exp(t * draw.choice(leaves)))(x)
    elif kind == 4:
        x.backward()
        found = x.log() / draw.choice(leaves)
    else:
        found = ag.sum([x, -x, 0 + x, x**2, ag.where(x, x, 1.0)]) % 3
    session.tell(found, forgetting())
    if isinstance(found, Value):
        session.tell(found.is_leaf, str(found.call))
        made_inside.append(found)


def _nested(session: Session, leaves: list[Value], made_inside: list[Any]) -> None:
    with ExitStack() as stack:
        for _ in range(session.draw.randint(1, DEEPEST)):
            stack.enter_context(_block(session))
            session.attempt(lambda: _compute(session, leaves, made_inside))
        if session.draw.random() < 0.2:
            raise KeyError("out of the blocks")


def _generators(session: Session, leaves: list[Value], made_inside: list[Any]) -> None:
    """Blocks of generators that take turns and end in any order."""

    def generator() -> Iterator[None]:
        with _block(session):
            for _ in range(3):
                session.attempt(lambda: _compute(session, leaves, made_inside))
                yield

    alive = [generator() for _ in range(2)]
    for _ in range(6):
        one = session.draw.choice(alive)
        if session.draw.random() < 0.2:
            one.close()  # type: ignore[attr-defined]
        else:
            next(one, None)
        session.attempt(lambda: _compute(session, leaves, made_inside))
    for one in alive:
        one.close()  # type: ignore[attr-defined]


def _copied(session: Session, leaves: list[Value], made_inside: list[Any]) -> None:
    """A context that is copied inside a block, and used after its end."""
    with _block(session):
        context = contextvars.copy_context()
        _compute(session, leaves, made_inside)
    context.run(_nested, session, leaves, made_inside)
    _compute(session, leaves, made_inside)


def _thread(session: Session, leaves: list[Value], made_inside: list[Any]) -> None:
    """Another thread, which has no blocks, or those of the context that it is given."""

    def run() -> None:
        session.attempt(lambda: _nested(session, leaves, made_inside))

    with _block(session):
        context = contextvars.copy_context()
        inherits = session.draw.random() < 0.5
        thread = threading.Thread(target=context.run if inherits else run, args=[run][:inherits])
        thread.start()
        thread.join()
        _compute(session, leaves, made_inside)
