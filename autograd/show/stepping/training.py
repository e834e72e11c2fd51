"""`play_training`: the steps of a training, each with its forward and its backward pass.

The page is the player's, with the curve of the losses above it and a slider that walks along the
curve: the graph stays where it is, and the weights, the gradients and all else in it are those
of the chosen step. `moving.py` finds what differs from one step to another.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ...engine.arguments import loss_value, optional_text, positive_int
from ...engine.graph import topological_order
from ...engine.messages import short_repr
from ...engine.node import Node
from ...engine.value import Value
from ..charts.axis import Axis
from ..graphs.boxes import as_number
from ..graphs.folding import Collapse, check_collapse
from ..graphs.module_calls import paths_of
from ..svg import escape
from ..text import align, decimal
from .graph_data import GraphData
from .moving import Pass, animate_all, passed, scenes
from .page_json import as_json
from .player import CONTROLS, Player, contents_of
from .reverse_mode import steps as events_of
from .structure import check_flow, check_structure
from .web_page import web_page

RATE = 0.1  # of the gradient descent that is done without an optimizer
MOST_EVENTS = 100_000  # of all steps together


class Trained(NamedTuple):
    """One step of a training: its pass, the level to show first, and its loss and gradient."""

    played: Pass
    level: str
    loss: float
    steepest: float  # the largest |gradient| of a parameter


def play_training(
    model: Any,
    loss: Callable[[], Value],
    steps: int = 20,
    *,
    optimizer: Any = None,
    title: str | None = None,
    collapse: str | int | None = "auto",
) -> "Training":
    """Train a small network for real, and step through every forward and backward pass of it.

    The parameters of the model are changed, as in any training, and hold the gradients of the
    last step at the end. Ctrl-C ends the training and keeps the steps that there are.

    Args:
        model: the Module whose parameters are trained.
        loss: a function that computes the loss of the model, recorded anew at each call.
        steps: how many training steps there are.
        optimizer: an object with ``step()`` and ``zero_grad()``, such as one of ``autograd.optim``;
            by default each step is p ← p - 0.1 · gradient.
        title: the heading of the page.
        collapse: the parts to show as one box at first, as in `draw`.

    Raises:
        TypeError: if `model` has no parameters(), `loss` gives no Value or is no function, or
            `optimizer` has no step() or no zero_grad().
        ValueError: if there is nothing to train, too much for a page, or a step records a graph
            of another structure than the first. The steps before it were made.

    Example:
        >>> from autograd.losses import mse_loss
        >>> from autograd.nn import Neuron
        >>> neuron = Neuron(1, rng=0)
        >>> training = play_training(neuron, lambda: mse_loss([neuron([0.5])], [1.0]), steps=3)
        >>> print(training.text().split("\\n")[0])
        step    loss  largest |gradient|
    """
    parameters = _checked(model, loss, optimizer, title)
    count = positive_int("steps", steps)
    check_collapse(collapse)
    trained: list[Trained] = []
    try:
        for number in range(1, count + 1):
            root = loss_value(loss())
            one = _passed(root, trained, number, count, parameters, collapse)
            (model if optimizer is None else optimizer).zero_grad()
            root.backward()
            steepest = _largest([as_number(parameter.grad) for parameter in parameters])
            trained.append(Trained(*one, root.data, steepest))
            if optimizer is None:
                _descend(parameters)
            else:
                optimizer.step()
    except KeyboardInterrupt:
        if not trained:
            raise
    return Training(trained, "Training" if title is None else title)


def _checked(model: Any, loss: Any, optimizer: Any, title: Any) -> list[Value]:
    """Check the arguments, and return the parameters of the model."""
    if not callable(getattr(model, "parameters", None)):
        raise TypeError(f"model is a Module, such as a Neuron or an MLP, got {short_repr(model)}")
    if not callable(loss):
        raise TypeError(
            f"loss is a function that records the loss anew, got {type(loss).__name__}: pass "
            "lambda: ... around what computes it"
        )
    for method in () if optimizer is None else ("step", "zero_grad"):
        if not callable(getattr(optimizer, method, None)):
            raise TypeError(
                f"optimizer has no {method}(): pass one such as SGD(model.parameters(), lr=0.1), "
                f"got {type(optimizer).__name__}"
            )
    optional_text("title", title)
    parameters = list(model.parameters())
    if not parameters:
        raise ValueError(f"there is nothing to train: {type(model).__name__} has no parameters")
    return parameters


def _passed(
    root: Value,
    trained: Sequence[Trained],
    number: int,
    count: int,
    parameters: Sequence[Value],
    collapse: Collapse,
) -> tuple[Pass, str]:
    """Record the pass of a step, and choose the level to show first, before numbers change."""
    order = topological_order(root)
    if trained:
        check_structure(trained[0].played, order, number)
    elif not set(order) & set(parameters):
        raise ValueError(
            "there is nothing to train: the loss does not depend on any parameter of the model"
        )
    level, contents = contents_of(root, order, collapse, down=False, moving=True)
    events = list(events_of(root))
    if len(events) * count > MOST_EVENTS:
        raise ValueError(
            f"{count:,} steps of {len(events):,} events are too many for a page, which holds up "
            f"to {MOST_EVENTS:,} events: pass steps={MOST_EVENTS // len(events)} or less, or "
            "compute the loss of fewer samples"
        )
    if trained:
        check_flow(trained[0].played, order, events, number)
    return passed(order, events, contents), level


def _descend(parameters: Sequence[Value]) -> None:
    """Take one step of gradient descent; all numbers are computed before any is assigned."""
    found = [parameter.data - RATE * as_number(parameter.grad) for parameter in parameters]
    for parameter, number in zip(parameters, found, strict=True):
        parameter.data = number


def _largest(numbers: Sequence[float]) -> float:
    """The largest absolute number; nan if there is one, which max() would miss."""
    return max(map(abs, numbers)) if all(x == x for x in numbers) else math.nan


def _homes(one: Pass, kept: Pass) -> dict[Node, str]:
    """The paths of the module calls that nodes are in, keyed by their stand-ins."""
    stand_in = dict(zip(one.order, kept.order, strict=True))
    return {stand_in[node]: path for node, path in paths_of(one.order).items()}


class Training(Player):
    """An interactive training: as a page, as pictures, and as text.

    In a notebook it shows as a `Player` does. Made by `play_training`.

    Attributes:
        steps: of the training, each with its pass.
    """

    _controls = CONTROLS + 140  # pixels: the curve, the slider and the buttons of the training

    def __init__(self, trained: Sequence[Trained], title: str) -> None:
        passes = [one.played for one in trained]
        self._all_animations, self._passes = animate_all(passes), [one.kept() for one in passes]
        self.steps = [
            one._replace(played=kept) for one, kept in zip(trained, self._passes, strict=True)
        ]
        homes = [_homes(*each) for each in zip(passes, self._passes, strict=True)]
        level = trained[0].level
        self._players = [
            Player(
                one.events,
                [None] * len(one.events),
                one.tellings,
                animations,
                paths,
                level,
                f"{title}, {self._said(number)}",
                GraphData(one.order, one.events, 1.0, paths, one.events[0].names),
                {},
            )
            for number, (one, animations, paths) in enumerate(
                zip(self._passes, self._all_animations, homes, strict=True)
            )
        ]
        last, animations = self._passes[-1], self._all_animations[-1]
        graph = GraphData(last.order, last.events, 1.0, homes[-1], last.events[0].names)
        right = [None] * len(last.events)
        super().__init__(
            last.events, right, last.tellings, animations, homes[-1], level, title, graph, {}
        )

    def _said(self, number: int) -> str:
        """The result of a step, in words."""
        loss = decimal(self.steps[number].loss)
        return f"step {number + 1} of {len(self.steps)}: loss = {loss}"

    @cached_property
    def html(self) -> str:
        """The page as one text that needs nothing else."""
        losses = [one.loss for one in self.steps]
        points = _points(losses)
        told = scenes(self._passes, self._all_animations, self._homes, self._first) | {
            "losses": [
                [*point, decimal(loss), repr(loss)]
                for point, loss in zip(points, losses, strict=True)
            ]
        }
        curve = _curve(
            points, f"Loss: {decimal(losses[0])} at first, {decimal(losses[-1])} at last"
        )
        above = {"curve": curve, "before": decimal(losses[0]), "after": decimal(losses[-1])}
        animations = self._all_animations[0].values()
        return web_page(self._title, animations, as_json(told), self.text(), training=above)

    def frames(self) -> list[str]:
        """A picture for each training step, after its backward pass."""
        return [svg for player in self._players for svg in player._frames(last=True)]

    def text(self) -> str:
        """A line for each training step: its loss, and the largest |gradient| of a parameter."""
        rows = [("step", "loss", "largest |gradient|")]
        for number, one in enumerate(self.steps, 1):
            rows.append((str(number), decimal(one.loss), decimal(one.steepest)))
        return "\n".join(align(rows, ">>>"))

    def _frames(self, last: bool = False) -> Iterator[str]:
        return self._players[-1]._frames(last)

    def __repr__(self) -> str:
        return (
            f"<Training of {len(self.steps):,} steps; .save('training.html') is a page to step "
            "through, .frames() are pictures, .text() is a table>"
        )


# --- the curve of the losses ----------------------------------------------------------------


def _points(losses: Sequence[float]) -> list[tuple[float, float | None]]:
    """The points of the loss curve in a square of 100; losses of nan or inf have no height."""
    finite = [loss for loss in losses if math.isfinite(loss)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    across = Axis(0.0, max(len(losses) - 1, 1), 0.0, 100.0)
    up = Axis(low, high, 100.0, 0.0)
    return [
        (
            round(across.place(number), 1),
            None if not math.isfinite(loss) else 50.0 if low == high else round(up.place(loss), 1),
        )
        for number, loss in enumerate(losses)
    ]


def _curve(points: Sequence[tuple[float, float | None]], said: str) -> str:
    """The curve as SVG, with room for the marks of the chosen step."""
    path, pen = "", "M"
    for x, y in points:
        path += "" if y is None else f"{pen}{x:g} {y:g}"
        pen = "M" if y is None else "L"
    return (
        f'<svg id="curve" role="img" aria-label="{escape(said)}" viewBox="0 0 100 100" '
        f'preserveAspectRatio="none"><path d="{path}"/><path id="line"/><path id="dot"/></svg>'
    )
