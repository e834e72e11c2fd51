"""`play_training`: a page in which the reader's own model is trained, sample by sample.

`samples.py` records the samples in Python; everything else happens in the page: `page/descent.js`
trains, `page/training.js` runs it, `page/learned.js` draws what is learned, and `page/sample.js`
puts the sample that is picked into the player, with the update after its pass.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from ...data.dataset import Dataset
from ...engine.arguments import NOT_GIVEN, at_least_zero, check_title, refuse_names
from ...engine.messages import pluralize, short_repr
from ...engine.rows import refuse_rows
from ...engine.value import Value
from ...formulas.js_spelling import Kind, spell_kinds
from ...transforms.function_names import signature_of
from ...transforms.places import frozen_choices
from ..charts.scatter import MARKS
from ..drawing import save_as
from ..graphs.folding import Collapse, check_collapse
from ..svg import escape
from ..text import align, clean, decimal
from .graph_data import VERSION, kinds_of
from .notebook_frame import HIDING, framed
from .one_graph import Samples
from .page_code import as_json
from .picture import Picture
from .player import Player, player_of
from .samples import Loss, pairs_of, record_samples
from .training_data import training_data
from .web_page import web_page

EXAMPLE = "play_training(model, lambda model, x, y: (model(x) - y) ** 2, [([0.5], 1.0)])"
STAGE = 470  # pixels of the page above the player


def play_training(
    model: Any,
    loss: Loss,
    data: Iterable[tuple[Any, Any]] | Dataset = NOT_GIVEN,
    *,
    rate: float = 0.1,
    momentum: float = 0.0,
    title: str | None = None,
    collapse: str | int | None = "auto",
    **earlier: Any,
) -> "Training":
    """Make a page that trains a model: run it, stop anywhere, and step through one sample's pass.

    Each step is one of gradient descent on the mean loss of all samples, v ← momentum·v +
    gradient and w ← w - rate·v, as by `autograd.optim.SGD`. It is made in the page, so the model
    stays as it is. What Python chooses while the loss is recorded (an if, a max, .data) stays as
    it was for the model as it is now. Samples for which it chose otherwise, and sequences of other
    lengths, have graphs of their own: all are drawn as one, in which a `lookup` takes theirs.

    Args:
        model: the Module whose parameters are trained.
        loss: the loss of one sample: a function ``loss(model, x, y)`` that gives a Value.
        data: the samples, pairs (x, y) such as ``zip(X, y)``, or an `autograd.data.Dataset`. The
            numbers in x, which may be one or a list, are Values for the loss; y is passed as it is.
        rate: the learning rate at first; the page can change it.
        momentum: how much of v stays from step to step at first.
        title: the heading of the page.
        collapse: the parts to show as one box at first, as in `draw`; the page can change it.

    Raises:
        TypeError: if `model` has no parameters(), `loss` does not take three arguments or gives no
            Value or goes through a `vmap`, a `scan` or a compiled function, or `data` holds no
            pairs.
        ValueError: if there is nothing to train, no sample, a sample with more than 100,000 nodes,
            more than 20 different graphs, or an op that is written in Python alone.

    Example:
        >>> from autograd.nn import Neuron
        >>> neuron = Neuron(1, rng=0)
        >>> training = play_training(
        ...     neuron, lambda neuron, x, y: (neuron([x]) - y) ** 2, [(0.5, 1.0), (-0.5, 0.0)]
        ... )
        >>> print(training.text())
        parameters              2
        samples                 2
        nodes of a sample       9
        loss at the start  0.2512
    """
    refuse_names("play_training", earlier, _GONE)
    parameters = _checked(model, loss, data)
    at_least_zero("rate", rate)
    at_least_zero("momentum", momentum, 1.0)
    check_title(title)
    check_collapse(collapse)
    samples = pairs_of(data)
    found = record_samples(model, loss, samples, parameters)
    refuse_rows("play_training", found.order)
    if not found.parameters:
        raise ValueError(
            "there is nothing to train: the loss does not depend on any parameter of the model"
        )
    heading = "Training" if title is None else title
    frozen = _frozen(loss, (model, *samples[0]))
    settings = float(rate), float(momentum)
    return Training(found, settings, heading, collapse, frozen)


# --- arguments --------------------------------------------------------------------------------


def _new_form(what: str) -> str:
    return f"{what}. Pass the loss of one sample, and the samples, as in {EXAMPLE}"


_GONE = dict.fromkeys(("steps", "optimizer"), _new_form("the page trains, as long as you like"))


def _checked(model: Any, loss: Any, data: Any) -> list[Value]:
    """Check the arguments, and return the parameters that are trained."""
    if not callable(getattr(model, "parameters", None)):
        raise TypeError(f"model is a Module, such as a Neuron or an MLP, got {short_repr(model)}")
    if not callable(loss):
        raise TypeError(
            _new_form(f"loss is a function loss(model, x, y), got {type(loss).__name__}")
        )
    signature = signature_of(loss)
    try:
        if signature is not None:
            signature.bind(model, 0.0, 0.0)
    except TypeError:
        raise TypeError(_new_form("loss is to take three arguments, model, x and y")) from None
    if data is NOT_GIVEN:
        raise TypeError(_new_form("data is missing"))
    if not isinstance(data, (Iterable, Dataset)) or isinstance(data, (str, dict)):
        raise TypeError(_new_form(f"data is a list of pairs (x, y), got {short_repr(data)}"))
    found = list(dict.fromkeys(model.parameters()))
    for x in found:
        if not isinstance(x, Value):
            raise TypeError(f"parameters() of model is to give Values, and gave {short_repr(x)}")
    trained = [x for x in found if not x.is_constant]
    if not trained:
        frozen = " but frozen ones: call its unfreeze()" if found else ""
        kind = type(model).__name__
        raise ValueError(f"there is nothing to train: {kind} has no parameters{frozen}")
    return trained


def _frozen(loss: Loss, arguments: tuple[Any, ...]) -> list[str]:
    """What Python chose while it recorded the loss, as far as it is known."""
    try:
        return [clean(line) for line in frozen_choices(loss, arguments)]
    except Exception:  # the loss was recorded, so a training there is
        return []


# --- the page ---------------------------------------------------------------------------------


class Training:
    """A page that trains. In a notebook it shows as a `Player` does. Made by `play_training`.

    It keeps no model and no graph of the reader's, only numbers and stand-ins.
    """

    def __init__(
        self,
        samples: Samples,
        settings: tuple[float, float],
        title: str,
        collapse: Collapse,
        frozen: Sequence[str],
    ) -> None:
        self._title, self._losses = clean(title), samples.losses
        self._nodes, self._count = len(samples.order), len(samples.parameters)
        kinds = kinds_of(samples.order)
        self._table = _spelled(kinds)
        self._player: Player | None = None
        self._why = ""
        try:
            self._player = player_of(samples.order, title=title, collapse=collapse)
        except ValueError as error:
            self._why = f"The graph of a sample is too large to be drawn: {error}."
        self._training = training_data(samples, kinds, settings, frozen)

    @cached_property
    def html(self) -> str:
        """The page as one text that needs nothing else."""
        told = self._training | {"marks": MARKS, "why": self._why}
        player, script = self._player, ""
        pictures: Mapping[str, Picture] = {}
        if player is not None:
            parameters = [one["place"] for one in self._training["parameters"]]
            script, pictures = player._told(parameters), player._pictures
        lines = self.text().split("\n")
        return web_page(
            self._title,
            pictures.values(),
            script,
            lines,
            len(lines),
            self._table,
            training=as_json(told),
        )

    def data(self) -> dict[str, Any]:
        """The graph of a sample, the samples and the parameters: ``json.dumps`` takes it.

        Their keys are told in ``autograd/show/stepping/README.md``.

        Example:
            >>> from autograd.nn import Neuron
            >>> from autograd.show import play_training
            >>> training = play_training(
            ...     Neuron(1, rng=0), lambda model, x, y: (model([x]) - y) ** 2, [(0.5, 1.0)]
            ... )
            >>> training.data()["training"]["rate"]
            0.1
        """
        graph = {} if self._player is None else {"graph": self._player._graph.data()}
        return {"version": VERSION, **graph, "training": self._training}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file that any browser opens without a network.

        Args:
            path: the file; the name ends in ``.html``.

        Raises:
            ValueError: if the name ends in anything else.
            OSError: if the file cannot be written, with the reason.
        """
        kinds = (".html", ".htm")
        save_as(path, lambda _: self.html.encode("utf-8"), "a training", kinds, "training")

    def text(self) -> str:
        """How much there is to train, on how much, and the mean loss at the start."""
        loss = self._losses[0]
        for other in self._losses[1:]:
            loss += other
        rows = [
            ("parameters", f"{self._count:,}"),
            ("samples", f"{len(self._losses):,}"),
            ("nodes of a sample", f"{self._nodes:,}"),
            ("loss at the start", decimal(loss / len(self._losses))),
        ]
        return "\n".join(align(rows, "<>"))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        try:
            if self._player is None:
                text = f"<pre class={HIDING}>{escape(self.text())}</pre>"
                html = framed(self.html, self._title, STAGE, text)
            else:
                html = self._player._framed(self.html, STAGE)
        except Exception:  # a display that fails would hide that there is a training
            return {"text/plain": repr(self)}
        return {"text/plain": repr(self), "text/html": html}

    def __repr__(self) -> str:
        return (
            f"<Training of {pluralize(self._count, 'parameter')} on "
            f"{pluralize(len(self._losses), 'sample')}; "
            ".save('training.html') is a page that trains, .text() says how much>"
        )


def _spelled(kinds: Iterable[Kind]) -> str:
    try:
        return spell_kinds(kinds)
    except ValueError as error:
        raise ValueError(f"a page cannot train this loss, for {error}") from None
