"""Recurrent networks: an RNN and an LSTM learn to remember a bit while they hear noise.

    python examples/sequence.py                  # both, on sequences of 50 numbers
    python examples/sequence.py --length 10      # a gap that is short enough for the RNN too

A sequence starts with -1 or 1 and goes on with noise; the network has to say at its end how it
started. What is learned has to go back through every step, and in an RNN it fades on the way.
The learning curves and the gradients, step by step back, go to ``out/sequence`` as pictures.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import fmean
from time import perf_counter
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone that this file is in

from autograd import Value, grad, random, tanh, value_and_grad, vmap
from autograd.compiler import compile
from autograd.losses import binary_cross_entropy
from autograd.nn import Layer, Module, Neuron
from autograd.optim import Adam, clip_grad_norm_
from autograd.show import learning_curve
from examples.command import clear_ending, folder
from examples.reporting import Report

BATCH, LEARNING_RATE, LARGEST_NORM = 32, 0.01, 1.0
CHUNK = 20  # losses, of which a point of the learning curve is the mean
OUT = Path("out", "sequence")
Vector = list[Any]

# --- the cells ------------------------------------------------------------------------------


class RNN(Module):
    """The cell of an Elman network, h' = tanh(W·(x, h) + b), as in PyTorch's nn.RNN.

    PyTorch has a matrix for x, one for h, and two biases, of which only the sum counts.
    """

    def __init__(self, inputs: int, hidden: int, rng: Random) -> None:
        self.hidden = hidden
        self.layer = Layer(inputs + hidden, hidden, "tanh", rng=rng)

    def start(self) -> tuple[Vector, ...]:
        """The state before the first input."""
        return ([0.0] * self.hidden,)

    def forward(self, x: Vector, h: Vector) -> tuple[Vector, ...]:
        """The state after an input, whose first part is the output."""
        return (list(self.layer([*x, *h])),)


class LSTM(Module):
    """The cell of a long short-term memory, as in PyTorch's nn.LSTM.

        i = sigmoid(W·(x, h) + b)       what comes in; f, what stays, and o, what goes out,
        g = tanh(W·(x, h) + b)          are as i, all with weights of their own
        c' = f·c + i·g
        h' = o·tanh(c')

    Back through a step the memory c has the derivative f, which can be close to 1. The biases of
    f start at 3, so that it remembers before it has learned to (Jozefowicz et al., 2015).
    """

    def __init__(self, inputs: int, hidden: int, rng: Random) -> None:
        self.hidden = hidden
        self.input_gate = Layer(inputs + hidden, hidden, "sigmoid", rng=rng)
        self.forget_gate = Layer(inputs + hidden, hidden, "sigmoid", rng=rng)
        self.candidate = Layer(inputs + hidden, hidden, "tanh", rng=rng)
        self.output_gate = Layer(inputs + hidden, hidden, "sigmoid", rng=rng)
        for neuron in self.forget_gate.neurons:
            neuron.bias.data = 3.0

    def start(self) -> tuple[Vector, ...]:
        """The state before the first input."""
        return [0.0] * self.hidden, [0.0] * self.hidden

    def forward(self, x: Vector, h: Vector, c: Vector) -> tuple[Vector, ...]:
        """The state after an input, whose first part is the output."""
        both = [*x, *h]
        gates = (self.input_gate, self.forget_gate, self.candidate, self.output_gate)
        parts = zip(*(gate(both) for gate in gates), c, strict=True)
        cells = [(o, f * memory + i * g) for i, f, g, o, memory in parts]
        return [o * tanh(memory) for o, memory in cells], [memory for _, memory in cells]


class Reader(Module):
    """A cell that reads a sequence, and a neuron that says what it was."""

    def __init__(self, kind: type[Any], hidden: int, seed: int) -> None:
        rng = Random(seed)
        self.cell = kind(1, hidden, rng)
        self.last = Neuron(hidden, None, rng=rng)

    def forward(self, sequence: Sequence[Any]) -> Value:
        """The logit of a start with 1. A loop in Python: recorded, it is all steps in a row."""
        state = self.cell.start()
        for x in sequence:
            state = self.cell([x], *state)
        return self.last(state[0])


CELLS: dict[str, type[Any]] = {"RNN": RNN, "LSTM": LSTM}

# --- learning -------------------------------------------------------------------------------


def make_sequence(key: Any, length: int) -> tuple[list[Any], Any]:
    """A sequence and how it starts, 1.0 or 0.0, both determined by the key."""
    for_start, for_noise = random.split(key)
    start = random.bernoulli(for_start)
    return [2.0 * start - 1.0, *random.uniform(for_noise, length - 1, low=-1.0, high=1.0)], start


class Task:
    """To say how sequences of this length start."""

    def __init__(self, length: int) -> None:
        self.length = length

    def loss(self, reader: Reader, key: Any) -> Value:
        """The loss of the sequence of a key."""
        sequence, start = make_sequence(key, self.length)
        return binary_cross_entropy(reader(sequence), start)

    def step(self, state: Any, key: Any) -> tuple[Any, Any]:
        """One step of the training, on a batch of new sequences, which the key determines."""
        reader, optimizer = state
        mean_loss = vmap(value_and_grad(self.loss), in_axes=(None, 0), reduce="mean")
        loss, gradients = mean_loss(reader, random.split(key, BATCH))
        reader.set_gradients(gradients)
        clip_grad_norm_(reader, LARGEST_NORM)
        optimizer.step()
        return state, loss

    def logit(self, reader: Reader, key: Any) -> tuple[Value, Any]:
        """What the reader says of the sequence of a key, and how that starts."""
        sequence, start = make_sequence(key, self.length)
        return reader(sequence), start

    def accuracy(self, reader: Reader, key: float, count: int = 1000) -> float:
        """The share of new sequences whose start the reader tells."""
        examine = compile(vmap(self.logit, in_axes=(None, 0)))
        logits, starts = examine(reader, random.split(key, count))
        return fmean((z > 0.0) == (y == 1.0) for z, y in zip(logits, starts, strict=True))

    def slopes(self, reader: Reader, key: float, count: int = 64) -> list[float]:
        """How much the logit depends on each number, from the last back: the root mean square."""
        slope = compile(vmap(grad(Reader.forward, 1), in_axes=(None, 0)))
        keys = random.split(key, count)
        found = slope(reader, [make_sequence(one, self.length)[0] for one in keys])
        return [fmean(x * x for x in column) ** 0.5 for column in zip(*found, strict=True)][::-1]


def learn(
    task: Task, reader: Reader, steps: int, seed: int, *, interpreted: bool = False
) -> list[float]:
    """Train until the last step, or Ctrl-C; the losses."""
    optimizer, keys = Adam(reader, LEARNING_RATE), random.split(random.key(seed), steps)
    report, losses = Report(steps, unit="step"), cast(Any, [])
    state = reader, optimizer
    try:
        if interpreted:
            for done, key in enumerate(keys, 1):
                losses.append(float(task.step(state, key)[1]))
                report(done, loss=losses[-1])
        else:
            native = compile(task.step)
            state, losses = native.scan(state, keys, every=report.every, progress=report.progress)
    except KeyboardInterrupt as stopped:
        losses = getattr(stopped, "outputs", losses)  # a scan that is stopped keeps them
        print(f"\nstopped after {len(losses)} of {steps} steps")
    report.close()
    return list(losses)


# --- the command ----------------------------------------------------------------------------


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Learn to remember, with an RNN and an LSTM.")
    add = parser.add_argument
    add("--length", type=int, default=50, help="of the sequences (default: %(default)s)")
    add("--hidden", type=int, default=8, help="neurons in a cell (default: %(default)s)")
    add("--steps", type=int, default=1000, help="of the training (default: %(default)s)")
    add("--seed", type=int, default=0, help="of all that is random (default: %(default)s)")
    add("--interpreted", action="store_true", help="train without compiling")
    add(
        "--out",
        type=folder,
        default=str(OUT),
        help="a folder for the pictures (default: %(default)s)",
    )
    given = parser.parse_args(arguments)
    if min(given.length, given.hidden) < 2 or given.steps < 1:
        parser.error("--length and --hidden should be 2 or more, --steps 1 or more")
    return given


def run(given: argparse.Namespace) -> None:
    """Train both, say how often they are right about new sequences, and draw how it went."""
    task, losses, slopes = Task(given.length), {}, {}
    for_slopes, for_accuracy = random.split(random.key(given.seed))
    for name, kind in CELLS.items():
        reader = Reader(kind, given.hidden, given.seed)
        print(f"{name}: {len(reader.parameters())} parameters")
        slopes[name] = task.slopes(reader, for_slopes)
        start = perf_counter()
        found = learn(task, reader, given.steps, given.seed, interpreted=given.interpreted)
        seconds = perf_counter() - start
        losses[name] = [fmean(found[max(i - CHUNK, 0) : i]) for i in range(1, len(found) + 1)]
        accuracy = task.accuracy(reader, for_accuracy)
        print(f"{name}: right about {accuracy:.3f} of new sequences, after {seconds:.1f} s")
    given.out.mkdir(parents=True, exist_ok=True)
    title = f"Remembering over {given.length} steps"
    curve = learning_curve(losses, title, "step of training", f"loss, mean of {CHUNK} steps")
    curve.save(given.out / "learning.svg")
    title = "How much the answer depends on each input, before training"
    learning_curve(slopes, title, "steps back", "gradient").save(given.out / "gradients.svg")
    print(f"the pictures are in {given.out}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for; a SystemExit with a message if that cannot be."""
    with clear_ending():
        run(options(arguments))


if __name__ == "__main__":
    main()
