"""Five trainings to watch, each a page that trains while you look, and a page that leads to them.

    python examples/training_gallery.py          # out/trainings/index.html, and five more

A neuron fits a curve, a network learns *exclusive or*, another one bends a line between two half
moons, a chain of sigmoids shows what vanishes, and a point rests on a saddle. Nothing is trained
here: each page holds the graph of one sample, trains by itself, and needs no network connection.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone that this file is in

from autograd import Value
from autograd.data import load
from autograd.losses import binary_cross_entropy
from autograd.nn import MLP, Module, Neuron
from autograd.show import play_training
from examples.command import clear_ending, folder

OUT = Path("out", "trainings")

# --- the models -----------------------------------------------------------------------------


class Chain(Module):
    """Neurons one behind the other, each with the weight 1 at first."""

    def __init__(self, depth: int, activation: str) -> None:
        self.neurons = [Neuron(1, activation) for _ in range(depth)]
        for neuron in self.neurons:
            neuron.w[0].data = 1.0

    def forward(self, xs: Any) -> Any:
        """What comes out at the end."""
        for neuron in self.neurons:
            xs = [neuron(xs)]
        return xs[0]


class TwoChains(Module):
    """A chain of sigmoids beside one of ReLUs, on the same input."""

    def __init__(self, depth: int) -> None:
        self.sigmoids, self.relus = Chain(depth, "sigmoid"), Chain(depth, "relu")

    def forward(self, xs: Any) -> Any:
        """What comes out of each."""
        return [self.sigmoids(xs), self.relus(xs)]


class Point(Module):
    """A place on a map: two parameters, and nothing else."""

    def __init__(self, x: float, y: float) -> None:
        self.x, self.y = Value(x, "x"), Value(y, "y")


# --- their losses, each of one sample -------------------------------------------------------


def squared_error(model: Any, x: Any, y: float) -> Value:
    """How far off the answer is, squared."""
    error: Value = (model(x) - y) ** 2
    return error


def entropy(model: Any, x: Any, y: int) -> Value:
    """The cross-entropy of the score of class 1."""
    loss: Value = binary_cross_entropy(model(x), y)
    return loss


def both_errors(model: TwoChains, x: Any, y: float) -> Value:
    """The squared errors of both chains."""
    first, second = model(x)
    loss: Value = (first - y) ** 2 + (second - y) ** 2
    return loss


def saddle(point: Point, x: float, y: float) -> Value:
    """The height at a point; the sample counts for nothing."""
    return point.x**2 - point.y**2 + point.y**4 / 4


# --- the five -------------------------------------------------------------------------------


class Exhibit(NamedTuple):
    """A training, what to look at in it, and a question with its answer."""

    name: str
    title: str
    model: Callable[[], Any]
    loss: Callable[[Any, Any, Any], Value]
    data: Callable[[], Iterable[tuple[Any, Any]]]
    settings: dict[str, Any]
    look: str
    question: str
    answer: str


def curve() -> list[tuple[Any, Any]]:
    """Nine points of a curve that a neuron with tanh can be."""
    return [([x / 2], round(math.tanh(x - 1.0), 3)) for x in range(-4, 5)]


def corners() -> list[tuple[Any, Any]]:
    """Exclusive or."""
    return [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0)]


def moons() -> list[tuple[Any, Any]]:
    """A hundred points on two half circles."""
    data, _ = load("moons", Random(0)).split(0.5, Random(0))
    return list(zip(data.inputs, data.targets, strict=True))


EXHIBITS = [
    Exhibit(
        "neuron",
        "A neuron",
        lambda: Neuron(1, "tanh", rng=1),
        squared_error,
        curve,
        {"rate": 0.1},
        "The curve of a single neuron moves to nine points. It has one weight, which makes it "
        "steeper, and a bias, which shifts it.",
        "Stop it near the end: what has become of the gradients?",
        "They are nearly 0. The loss is at its lowest there, and so its slope is 0.",
    ),
    Exhibit(
        "xor",
        "Exclusive or",
        lambda: MLP(2, [4, 1], rng=1),
        squared_error,
        corners,
        {"rate": 0.1, "momentum": 0.5},
        "Four points, of which no straight line separates the two classes. Watch the regions grow.",
        "Press One step, and pick a sample. Its gradients are not those in the table of "
        "parameters: why?",
        "The table has the mean over all four samples, for a step is one for all of them. What "
        "they ask of a weight differs, often even in sign.",
    ),
    Exhibit(
        "moons",
        "Two half moons",
        lambda: MLP(2, [8, 1], rng=0),
        entropy,
        moons,
        {"rate": 0.5, "momentum": 0.9},
        "The boundary is a straight line first, and then bends.",
        "Set the rate to its highest. What does the loss do, and why?",
        "It jumps, and may never come down: a step goes past the lowest point, to a place where "
        "the slope is still steeper.",
    ),
    Exhibit(
        "vanishing",
        "What vanishes",
        lambda: TwoChains(6),
        both_errors,
        lambda: [([0.5], 0.25)],
        {"rate": 0.1, "collapse": "neuron"},
        "A chain of six sigmoids beside one of six ReLUs. Both are to give 0.25, and all weights "
        "are 1 at first.",
        "Press One step. In the table, compare the gradients of the first weight of each chain, "
        "neurons.0. How many times smaller is the one, and what does it mean for the weight?",
        "Thousands of times: every sigmoid lets at most a quarter through, so six of them let less "
        "than a four-thousandth, and the weight hardly moves. An open ReLU lets all through.",
    ),
    Exhibit(
        "saddle",
        "A saddle",
        lambda: Point(1.5, 0.0001),
        saddle,
        lambda: [(0.0, 0.0)],
        {"rate": 0.1},
        "No data, and two parameters: the height of a place on a saddle, x² − y² + y⁴/4. The loss "
        "falls, stands still, and falls again.",
        "Why does it stand still, and how does it get away? And what would happen with y = 0?",
        "At (0, 0) the slope is 0 both ways, but y is not quite 0, and grows by a fifth in each "
        "step. With y = 0 it would rest there for ever. Momentum gets it away sooner.",
    ),
]

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Five trainings</title>
<style>
  :root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif }
  body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
  h2 { margin: 2rem 0 0; font-size: 1.25rem }
  p { margin: .5rem 0 }
</style>
<h1>Five trainings</h1>
<p>Each page trains while you look. Press <b>Run</b>, stop it anywhere, change the rate, pick a
sample and step through its backward pass. All five are small and soon done: for slow motion set the
pace to five steps a second. The pages need no network.</p>
"""

# --- the command ----------------------------------------------------------------------------


def entry(exhibit: Exhibit) -> str:
    """What the index says of one page."""
    look, question, answer = map(escape, (exhibit.look, exhibit.question, exhibit.answer))
    return (
        f'<h2><a href="{exhibit.name}.html">{escape(exhibit.title)}</a></h2>\n<p>{look}</p>\n'
        f"<details>\n<summary>{question}</summary>\n<p>{answer}</p>\n</details>\n"
    )


def write(out: Path) -> None:
    """Write the five pages and the index."""
    out.mkdir(parents=True, exist_ok=True)
    for exhibit in EXHIBITS:
        training = play_training(
            exhibit.model(), exhibit.loss, exhibit.data(), title=exhibit.title, **exhibit.settings
        )
        training.save(out / f"{exhibit.name}.html")
    (out / "index.html").write_text(PAGE + "\n".join(map(entry, EXHIBITS)), "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for; a SystemExit with a message if that cannot be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=folder, default=OUT, help="where the pages go")
    with clear_ending():
        out = parser.parse_args(arguments).out
        write(out)
        print(f"{len(EXHIBITS)} trainings: open {out / 'index.html'} in a browser")


if __name__ == "__main__":
    main()
