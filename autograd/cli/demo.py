"""The command `demo`: train a network of scalar Values on a data set and draw the results.

It is written as a user would write it, with nothing but the library.
"""

import importlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from ..compiler import compile
from ..data import Dataset, load
from ..engine.value import Value
from ..engine.watching import no_grad
from ..losses import cross_entropy, mse_loss
from ..nn.layers import MLP, Neuron
from ..optim import Adam, Schedule, linear_lr
from ..show import Drawing, draw, learning_curve
from ..transforms.derivatives import value_and_grad

TRAINING, HELD_OUT = "training", "held out"
TEST_FRACTION = 0.3
BATCH = 16
LEARNING_RATE = 0.05
TIMED = 5  # runs of a batch, of which the fastest counts
# Hidden layers and epochs that suit each data set.
SUITED = {
    "iris": ((8,), 16),
    "moons": ((8, 8), 40),
    "circles": ((8, 8), 40),
    "spirals": ((16, 16), 40),
    "xor": ((8,), 40),
}


# From inputs and targets to the loss; its gradient goes to the parameters of the model.
Backward = Callable[[Sequence[Any], Sequence[int]], float]


@dataclass
class History:
    """The course of a training: loss and accuracy, one number per epoch."""

    loss: dict[str, list[float]] = field(default_factory=lambda: {TRAINING: [], HELD_OUT: []})
    accuracy: dict[str, list[float]] = field(default_factory=lambda: {TRAINING: [], HELD_OUT: []})

    def note(self, model: MLP, parts: dict[str, Dataset]) -> None:
        """Append the mean loss and the accuracy on each part."""
        found = {name: evaluate(model, part) for name, part in parts.items()}
        for name, (loss, accuracy) in found.items():
            self.loss[name].append(loss)
            self.accuracy[name].append(accuracy)

    def __str__(self) -> str:
        return (
            f"loss {self.loss[TRAINING][-1]:.4f}  accuracy: {TRAINING} "
            f"{self.accuracy[TRAINING][-1]:.3f}, {HELD_OUT} {self.accuracy[HELD_OUT][-1]:.3f}"
        )


def run(
    name: str,
    seed: int,
    epochs: int | None,
    hidden: Sequence[int] | None,
    out: Path,
    compiled: bool = False,
) -> None:
    """Train on the data set `name`, print the progress, and write the drawings to `out`.

    On Ctrl-C the training ends early and the rest is done with what was learned so far.
    `compiled` changes the speed and no number.
    """
    rng = Random(seed)
    layers, suited_epochs = SUITED[name]
    layers, epochs = tuple(hidden or layers), suited_epochs if epochs is None else epochs
    train, test = load(name, rng).split(TEST_FRACTION, rng)
    parts = {TRAINING: train.standardized(), HELD_OUT: test.standardized(like=train)}
    model = MLP(len(train.feature_names), [*layers, len(train.class_names)], rng=rng)
    print(f"{name}: {len(train)} samples to train on, {len(test)} held out, seed {seed}")
    print(model)
    if not compiled:
        print("one Value at a time; --compiled gives the same numbers, sooner")

    backward = _compile_backward(model, parts[TRAINING]) if compiled else _interpret_backward(model)
    start = time.perf_counter()
    history = _train(model, backward, parts, epochs, rng)
    accuracy = evaluate(model, parts[HELD_OUT])[1]  # of the model as it is, if it was stopped
    print(
        f"held-out accuracy {accuracy:.3f} ({round(accuracy * len(test))} of {len(test)}) "
        f"after {time.perf_counter() - start:.1f} s"
    )
    _write(
        {
            "neuron": draw_neuron(model, parts[HELD_OUT]),
            "network": draw_network(model, parts[HELD_OUT]),
            "loss": draw_history(history, name),
        },
        out,
    )


def _write(drawings: Mapping[str, Drawing], out: Path) -> None:
    for file, drawing in drawings.items():
        path = out / f"{file}.svg"
        drawing.save(path)
        print(f"wrote {path}")


def _train(
    model: MLP, backward: Backward, parts: dict[str, Dataset], epochs: int, rng: Random
) -> History:
    optimizer = Adam(model.parameters(), lr=LEARNING_RATE)
    schedule = Schedule(optimizer, linear_lr(epochs))
    history = History()
    try:
        for _ in _progress(range(1, epochs + 1), history):
            _train_one_epoch(backward, optimizer, parts[TRAINING], rng)
            schedule.step()
            history.note(model, parts)
    except KeyboardInterrupt:
        print(f"\nstopped after {len(history.loss[HELD_OUT])} of {epochs} epochs", file=sys.stderr)
    if not history.loss[HELD_OUT]:
        history.note(model, parts)
    return history


def _train_one_epoch(backward: Backward, optimizer: Adam, data: Dataset, rng: Random) -> None:
    order = list(range(len(data)))
    rng.shuffle(order)
    for start in range(0, len(order), BATCH):
        backward(*_batch(data, order[start : start + BATCH]))
        optimizer.step()


def _batch(data: Dataset, chosen: Sequence[int]) -> tuple[list[Any], list[int]]:
    return [data.inputs[i] for i in chosen], [data.targets[i] for i in chosen]


def _loss(model: MLP, inputs: Sequence[Any], targets: Sequence[Any]) -> Any:
    """The mean cross-entropy."""
    return cross_entropy([model(x) for x in inputs], targets)


def _interpret_backward(model: MLP) -> Backward:
    """The backward pass of a batch in the Python engine, which returns the loss."""

    def backward(inputs: Sequence[Any], targets: Sequence[int]) -> float:
        loss = _loss(model, inputs, targets)
        model.zero_grad()
        loss.backward()
        return float(loss.data)

    return backward


def _compile_backward(model: MLP, data: Dataset) -> Backward:
    """The backward pass of a batch as native code. Prints the backend and the speed-up."""
    step = compile(value_and_grad(_loss))

    def backward(inputs: Sequence[Any], targets: Sequence[int]) -> float:
        loss, gradient = step(model, inputs, targets)
        model.set_gradients(gradient)
        return float(loss)

    batch = _batch(data, range(min(BATCH, len(data))))
    slow, found = _time(_interpret_backward(model), model, batch)
    fast, found_too = _time(backward, model, batch)
    print(
        f"compiled, {step.backend} backend: {1e3 * fast:.2f} ms for the gradient of a batch, "
        f"interpreted {1e3 * slow:.2f} ms, {slow / fast:.1f} times as long; "
        f"the numbers are {'the same' if found == found_too else 'NOT the same: this is a bug'}"
    )
    return backward


def _time(
    backward: Backward, model: MLP, batch: tuple[list[Any], list[int]]
) -> tuple[float, list[Any]]:
    """The seconds of the fastest run after the first, which may compile; the loss and gradients."""
    seconds = []
    for _ in range(1 + TIMED):
        start = time.perf_counter()
        loss = backward(*batch)
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:]), [loss, *(parameter.grad for parameter in model.parameters())]


@no_grad()
def evaluate(model: MLP, data: Dataset) -> tuple[float, float]:
    """The mean loss, and the share of samples whose highest score is that of their class."""
    scores = [model(row) for row in data.inputs]
    loss = cross_entropy(scores, list(data.targets))
    guesses = [max(range(len(row)), key=row.__getitem__) for row in scores]
    right = [guess == target for guess, target in zip(guesses, data.targets, strict=True)]
    return loss.data, right.count(True) / len(right)


def draw_neuron(model: MLP, data: Dataset) -> Drawing:
    """The graph of the loss of one neuron: the model's first, which should say 1 for a sample."""
    neuron: Neuron = model.layers[0].neurons[0]
    neuron.zero_grad()
    activation = neuron(_label_inputs(data))
    activation.label = "a"
    activation.parents[0].label = "z"
    loss = mse_loss(activation, 1.0)
    loss.label = "loss"
    loss.backward()
    title = "One neuron: its loss, and how the gradient flows back"
    return draw(loss, title)


def draw_network(model: MLP, data: Dataset) -> Drawing:
    """The graph of the loss of the whole model for a sample, each layer as one box."""
    model.zero_grad()
    scores = model(_label_inputs(data))
    loss = cross_entropy([scores], [data.targets[0]])
    loss.label = "loss"
    loss.backward()
    title = "The trained network, layer by layer"
    return draw(loss, title, collapse="layer")


def _label_inputs(data: Dataset) -> list[Value]:
    return [Value(x, name) for x, name in zip(data.inputs[0], data.feature_names, strict=True)]


def draw_history(history: History, name: str) -> Drawing:
    """The learning curve: loss, and below it accuracy, by epoch."""
    return learning_curve(
        history.loss, title=f"Learning {name}", panels={"accuracy": history.accuracy}
    )


def _progress(epochs: range, history: History) -> Iterator[int]:
    """The epochs, with progress shown: by tqdm if it is installed, else in plain lines."""
    bar = _bar(epochs)
    for epoch in epochs if bar is None else bar:
        yield epoch
        if bar is not None:
            bar.set_postfix_str(str(history))
        elif epoch == epochs[-1] or epoch % max(len(epochs) // 10, 1) == 0:
            print(f"epoch {epoch:3d} of {len(epochs)}  {history}", flush=True)


def _bar(epochs: Iterable[int]) -> Any:
    """A progress bar, or None if the output is no terminal or tqdm is not installed."""
    if not sys.stderr.isatty():
        return None
    try:
        tqdm = importlib.import_module("tqdm")
    except ImportError:
        return None
    return tqdm.tqdm(epochs, unit="epoch")
