"""What is shown of a graph does not keep the graph: it may be large, and the picture is not."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value, sum as sum_of
from autograd.anatomy import draw_groups
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show import (
    derivation,
    draw,
    draw_dot,
    formula,
    learning_curve,
    play,
    play_training,
    scatter,
    steps,
    summary,
    to_dot,
    to_graphviz,
)
from autograd.show.stepping.layers import by_layers, given_together


class Watched(Value):
    """A Value that can be seen to go."""

    __slots__ = ("__weakref__",)


def network(leaf: Value) -> Value:
    """A loss with everything in it: module calls, a chain of +, a constant, many operands."""
    output = MLP(2, [2, 1], rng=0)([leaf, 2.0])
    loss: Value = mse_loss([output], [1.0]) + sum_of([leaf, 3.0, leaf, leaf * leaf])
    loss.backward()
    return loss


SHOWN: dict[str, Callable[[Value], Any]] = {
    "a drawing": draw,
    "a folded drawing": lambda root: draw(root, collapse="layer", heat=True),
    "a drawing in words": lambda root: draw(
        sum_of([root * 1.0 for _ in range(2001)]), collapse=None
    ),
    "a display": lambda root: root._repr_mimebundle_(),
    "a player": play,
    "a player of layers": lambda root: play(root, collapse="layer", rankdir="TB"),
    "its frames": lambda root: play(root).frames(),
    "DOT": to_dot,
    "a Digraph": to_graphviz,
    "micrograd's Digraph": draw_dot,
    "a summary": summary,
    "a formula": formula,
    "a derivation": derivation,
    "a learning curve": lambda root: learning_curve({"loss": [root, root.data]}),
    "a scatter": lambda root: scatter([[root, 1.0], [2.0, root]], [0, 1]),
}


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("show", SHOWN.values(), ids=list(SHOWN))
def test_what_is_kept_keeps_no_node(show: Callable[[Value], Any]) -> None:
    leaf = Watched(1.5, "a")
    gone = weakref.ref(leaf)
    kept = show(network(leaf))
    del leaf
    assert gone() is None
    assert kept is not None


@pytest.mark.usefixtures("uncollected")
def test_what_is_kept_still_says_everything() -> None:
    def made() -> Value:
        return network(Value(1.5, "a"))

    root = made()
    drawing, player = draw(root), play(root, collapse="neuron")
    wanted = drawing.svg, drawing.text, drawing._bytes(".dot")
    played = player.html, player.text(), player.frames()
    drawing, player = draw(root), play(root, collapse="neuron")
    del root
    assert (drawing.svg, drawing.text, drawing._bytes(".dot")) == wanted
    assert (player.html, player.text(), player.frames()) == played


@pytest.mark.usefixtures("uncollected")
def test_a_training_keeps_no_graph_of_any_sample_and_no_model() -> None:
    model, gone = MLP(1, [2, 1], rng=0), list[Any]()

    def loss(model: Any, x: list[Value], y: float) -> Value:
        leaf = Watched(0.5, "x")
        gone.append(weakref.ref(leaf))
        found: Value = mse_loss([model([leaf])], [y])
        return found

    training = play_training(model, loss, [([0.5], 1.0)] * 3)
    gone.append(weakref.ref(model))
    del model, loss
    gc.collect()  # a module that was called is in a ring with its calls
    assert len(gone) >= 4
    assert not any(one() for one in gone)
    assert training.html


@pytest.mark.usefixtures("uncollected")
def test_the_drawing_of_a_compiled_function_keeps_no_module() -> None:
    model = MLP(1, [2, 1], rng=0)
    kept = draw_groups(lambda model, x: model([x]), model, 0.5)
    gone = weakref.ref(model)
    del model
    gc.collect()  # a module that was called is in a ring with its calls
    assert gone() is None
    assert kept.text


def test_the_events_of_a_player_are_those_of_the_steps_in_words() -> None:
    root = network(Value(1.5, "a"))
    player = play(root)
    events = given_together(by_layers(steps(root)))
    assert list(map(repr, player.events)) == list(map(repr, events))
    one, other = player.events[-1], events[-1]
    assert one.node.describe() == other.node.describe()
