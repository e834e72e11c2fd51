"""Derivatives of random functions, by every transform, of arguments in every structure."""

from collections.abc import Callable
from typing import Any

import autograd as ag
from autograd import Value, no_grad, strict
from tests.random_graphs import made, random_arguments, random_function

from .session import Session

LENGTH = 250  # letters of a function that is differentiated twice


def transforms(session: Session) -> None:
    """A function, and a few of its derivatives."""
    draw = session.draw
    function = random_function(draw, draw.choice([2, 3, 5, 8]))
    numbers, positions = random_arguments(draw, function.inputs)
    source = function.source(several=False)
    session.tell(source)
    compute = made(source)

    def f(x: Any) -> Any:
        return compute(x, positions)

    session.some([_first, _first, _second, _directions, _batch, _structures, _wrong], f, numbers)
    found = session.attempt(lambda: f([*map(Value, numbers)]))
    session.attempt(lambda: found.backward())
    session.tell_graph(found)


Function = Callable[[Any], Any]


def _small(numbers: list[float]) -> list[float]:
    return numbers[:3] + [0.5] * max(0, len(numbers) - 3)


def _first(session: Session, f: Function, numbers: list[float]) -> None:
    draw = session.draw
    given: Any = numbers if draw.random() < 0.6 else [*map(Value, numbers)]
    ways: list[Any] = [ag.grad, ag.value_and_grad, ag.jacobian, ag.jacrev]
    with draw.choice([strict, no_grad, ag.no_grad])() if draw.random() < 0.2 else no_grad():
        session.told_attempt("inside", lambda: draw.choice(ways)(f)(given))
    found = session.told_attempt("outside", lambda: draw.choice(ways)(f)(given))
    if given is not numbers and draw.random() < 0.5 and isinstance(found, list):
        session.attempt(lambda: ag.sum([x for x in found if isinstance(x, Value)]).backward())
        session.tell(given)


def _second(session: Session, f: Function, numbers: list[float]) -> None:
    if len(session.told[0]) > LENGTH:
        return
    ways: list[Any] = [
        lambda: ag.hessian(f)(numbers[:9]),
        lambda: ag.hvp(f, (numbers,), (numbers,)),
        lambda: ag.grad(lambda x: ag.sum(ag.grad(f)(x)))(numbers),
        lambda: ag.jacfwd(ag.grad(f))(_small(numbers)),
        lambda: ag.grad(lambda t: ag.grad(lambda s: f([s * t, *numbers[1:]]))(t))(numbers[0]),
    ]
    session.told_attempt("second", session.draw.choice(ways))


def _directions(session: Session, f: Function, numbers: list[float]) -> None:
    def pull() -> Any:
        value, back = ag.vjp(f, numbers)
        return [value, back(1.0), back(-0.0)]

    ways: list[Any] = [
        lambda: ag.jvp(f, (numbers,), ([1.0] * len(numbers),)),
        lambda: ag.jacfwd(f)(numbers),
        pull,
        lambda: ag.check_grads(f, [numbers]),
    ]
    session.told_attempt("directions", session.draw.choice(ways))


def _batch(session: Session, f: Function, numbers: list[float]) -> None:
    rows = [numbers, [x + 1.0 for x in numbers], numbers[::-1]]
    ways: list[Any] = [
        lambda: ag.vmap(f)(rows),
        lambda: ag.vmap(ag.grad(f))(rows),
        lambda: ag.grad(ag.vmap(f, reduce="mean"))(rows),
        lambda: ag.value_and_grad(lambda x: ag.sum(ag.vmap(f)([x, x])))(numbers),
        lambda: ag.vmap(f, in_axes=1)(rows),
    ]
    session.told_attempt("batch", session.draw.choice(ways))


def _structures(session: Session, f: Function, numbers: list[float]) -> None:
    """Arguments in a dict, and gradients of a graph with respect to chosen nodes."""
    draw = session.draw
    session.told_attempt(
        "dict",
        lambda: ag.grad(lambda d: f(d["x"]) * d["y"])(
            {"x": numbers, "y": draw.choice([2.0, 3, Value(0.5), ag.constant(1.0)])}
        ),
    )
    leaves = [*map(Value, numbers)]
    root = f(leaves)
    create = draw.random() < 0.5 and len(session.told[0]) < LENGTH
    found = session.told_attempt(
        "chosen", lambda: ag.gradients(root, [*leaves, draw.choice(leaves)], create_graph=create)
    )
    session.tell(leaves, [] if found is None else [x for x in found if isinstance(x, Value)])


def _wrong(session: Session, f: Function, numbers: list[float]) -> None:
    """What the transforms refuse."""
    ways: list[Any] = [
        lambda: ag.grad(lambda x: [f(x), f(x)])(numbers),
        lambda: ag.grad(lambda x: 1.0)(numbers),
        lambda: ag.grad(lambda x: None)(numbers),
        lambda: ag.grad(f)(numbers[:0]),
        lambda: ag.grad(f, argnums=1)(numbers),
        lambda: ag.grad(f)("x"),
        lambda: ag.gradients(Value(1.0) * 2.0, [Value(1.0)]),
        lambda: ag.gradients(2.0, numbers),  # type: ignore[call-overload]
        lambda: ag.hvp(f, (numbers,), ([1.0],)),
        lambda: ag.vmap(f)([numbers, numbers[:-1] or [1.0, 2.0]]),
        lambda: ag.recompute(1.0),  # type: ignore[arg-type]
        lambda: ag.jacobian(f)(None),
    ]
    session.told_attempt("wrong", session.draw.choice(ways))
