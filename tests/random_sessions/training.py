"""Models and optimizers that take steps, are frozen, copied, saved and loaded."""

import copy
import pickle
from collections.abc import Sequence
from typing import Any

import autograd as ag
from autograd import Value, losses, nn, optim
from tests.random_graphs import random_number

from .blocks import Outer
from .session import Session
from .users import Mine

ACTIVATIONS: tuple[Any, ...] = ("tanh", "relu", "sigmoid", "gelu", None, ag.sin, ag.softplus, "no")
LOSSES: tuple[Any, ...] = (losses.mse_loss, losses.l1_loss, losses.huber_loss, losses.hinge_loss)


class Mixed(nn.Module):
    """Parameters of several kinds, in a list, a dict and a module, with a method that calls one."""

    def __init__(self, session: Session) -> None:
        draw = session.draw
        self.table = {"a": Value(random_number(draw, 0.1)), "b": Mine(0.25)}
        self.rows = [[Value(draw.uniform(-1.0, 1.0)) for _ in range(2)] for _ in range(2)]
        self.inner = nn.Neuron(2, rng=draw.randrange(100))
        self.fixed = ag.constant(2.0)

    def forward(self, x: Sequence[Any]) -> Any:
        mixed = [ag.dot(row, x) for row in self.rows]
        gate = ag.softmax([self.table["a"], self.table["b"] * x[0], self.fixed])
        return ag.dot(gate[:2], mixed) + self.inner(mixed)


def training(session: Session) -> None:
    """A model, an optimizer, some steps, and what is done between them."""
    draw = session.draw
    model = session.attempt(lambda: _model(session))
    optimizer = session.attempt(lambda: _optimizer(session, model))
    if optimizer is None:
        return
    state = {"model": model, "optimizer": optimizer}
    session.some([_step, _step, _step, _step, _freeze, _copy, _load, _settings], state, most=8)
    session.tell(state["model"].state_dict(), state["optimizer"].state_dict())
    if draw.random() < 0.5:
        session.tell(repr(state["model"]), repr(state["optimizer"]))


def _model(session: Session) -> Any:
    draw = session.draw
    kind, seed = draw.randrange(6), draw.randrange(1000)
    sizes = [draw.choice([1, 2, 3, 5]) for _ in range(draw.choice([0, 1, 1]))]
    if kind == 0:
        return nn.Neuron(2, draw.choice(ACTIVATIONS), rng=seed)
    if kind <= 2:
        return nn.MLP(2, [*sizes, 1], draw.choice(ACTIVATIONS), rng=seed)
    if kind == 3:
        return Mixed(session)
    layers: list[Any] = [
        nn.Linear(2, 3, rng=seed),
        draw.choice([nn.LayerNorm(3), nn.RMSNorm(3), ag.tanh]),
    ]
    return nn.Sequential(*layers, nn.Linear(3, 1, rng=seed)) if kind == 4 else Outer(session)


def _optimizer(session: Session, model: Any) -> Any:
    draw, p = session.draw, model.parameters()
    lr = draw.choice([0.1, 0.01, 1.0, 0.0, -1.0, float("nan"), 0.1, 0.1])
    makers: list[Any] = [
        lambda: optim.SGD(p, lr),
        lambda: optim.SGD(p, lr, momentum=0.9, nesterov=draw.random() < 0.5),
        lambda: optim.SGD(p, lr, momentum=0.5, weight_decay=0.1),
        lambda: optim.Adam(p, lr),
        lambda: optim.Adam(p, lr, weight_decay=0.01),
        lambda: optim.AdamW(p, lr),
        lambda: optim.RMSprop(p, lr),
        lambda: optim.Adagrad(p, lr),
        lambda: optim.SGD([*p, p[0]], lr),
    ]
    return draw.choice(makers)()


def _loss(session: Session, model: Any) -> Any:
    draw = session.draw
    xs = [[draw.uniform(-2.0, 2.0) for _ in range(2)] for _ in range(draw.choice([1, 2, 4]))]
    targets = [draw.choice([-1.0, 1.0]) for _ in xs]
    if draw.random() < 0.05:
        xs[0] = [1.0]
    outputs = [model(x[0] if isinstance(model, Outer) else x) for x in xs]
    flat = [x[0] if isinstance(x, list) else x for x in outputs]
    if draw.random() < 0.2:
        return losses.cross_entropy([[x, -x] for x in flat], [int(y > 0) for y in targets])
    return draw.choice(LOSSES)(flat, targets)


def _step(session: Session, state: dict[str, Any]) -> None:
    draw, model, optimizer = session.draw, state["model"], state["optimizer"]
    loss = _loss(session, model)
    loss.label = "loss"
    kind = draw.random()
    if kind < 0.1:
        loss.backward(create_graph=True)
        found = [p.grad for p in model.parameters() if isinstance(p.grad, Value)]
        ag.sum([g * g for g in found]).backward()
    else:
        loss.backward()
    session.tell_graph(loss)
    if draw.random() < 0.2:
        session.tell(optim.clip_grad_norm_(optimizer.parameters, 0.5))
    optimizer.step()
    session.tell([[p, p.is_parameter] for p in model.parameters()])
    if draw.random() < 0.7:
        draw.choice([optimizer, model]).zero_grad()


def _freeze(session: Session, state: dict[str, Any]) -> None:
    model = state["model"]
    session.draw.choice([model.freeze, model.unfreeze, model.train, model.eval])()
    session.tell([[type(p).__qualname__, p.requires_grad, p] for p in model.parameters()])


def _copy(session: Session, state: dict[str, Any]) -> None:
    """The model and its optimizer as a copy, which share what they shared."""
    protocol = session.draw.randrange(pickle.HIGHEST_PROTOCOL + 1)
    makers: list[Any] = [
        copy.deepcopy,
        lambda x: pickle.loads(pickle.dumps(x, protocol)),
        copy.copy,
    ]
    twin = session.draw.choice(makers)(state)
    shared = zip(twin["model"].parameters(), twin["optimizer"].parameters, strict=True)
    session.tell([x is y for x, y in shared], list(twin["model"].parameters()))
    state.update(twin)


def _load(session: Session, state: dict[str, Any]) -> None:
    model = state["model"]
    numbers = {name: random_number(session.draw, 0.1) for name in model.state_dict()}
    if session.draw.random() < 0.3:
        numbers["unknown"] = 1.0
    session.tell(model.load_state_dict(numbers, strict=session.draw.random() < 0.5))


def _settings(session: Session, state: dict[str, Any]) -> None:
    optimizer = state["optimizer"]
    optimizer.lr = session.draw.choice([0.5, 1, 0.05, None, "0.1", -1.0, Value(0.1)])
    session.tell(optimizer.lr)
