"""A tiny GPT that learns to write names, out of nothing but scalar Values.

    python examples/tiny_gpt.py names.txt               # learns, and writes new names
    python examples/tiny_gpt.py names.txt --compiled    # the same numbers, at native speed

The file has one name a line, in the letters a to z; the weights go to ``out/tiny_gpt.json``. A
clone of this project needs nothing installed for it. The network is GPT-2 in small: one layer with
four heads and 4,192 parameters, RMSNorm for LayerNorm, relu for gelu, and no biases.
"""

import argparse
import itertools
import shutil
import sys
from collections.abc import Sequence
from math import inf, isfinite
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone that this file is in

from autograd import (
    ScanInterrupted,
    Value,
    dot,
    logsumexp,
    lookup,
    no_grad,
    relu,
    softmax,
)
from autograd.compiler import compile
from autograd.nn import Module
from autograd.optim import Adam, linear_lr
from examples.command import clear_ending, file_to_read, file_to_write, folder
from examples.vectors import added

# --- names ----------------------------------------------------------------------------------

LETTERS = "abcdefghijklmnopqrstuvwxyz"
BOUNDARY = len(LETTERS)  # the token before and after a name; a to z are 0 to 25
VOCABULARY = len(LETTERS) + 1
SAVED = Path("out", "tiny_gpt.json")
LONGEST = 16  # tokens to predict; what a longer name has after them is not learned


class Lesson(NamedTuple):
    """What one step of the training learns from."""

    tokens: list[int]  # the boundary, the letters of a name, the boundary
    shares: list[float]  # of each prediction in the loss; there is one less than tokens
    rate: float  # the learning rate


def read_names(path: Path) -> list[str]:
    """The names in a file, one a line; a SystemExit with a message if it holds anything else."""
    names = []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
        name = line.strip()
        if odd := name.strip(LETTERS):
            sys.exit(f"{path}, line {number}: a name is written in a to z, without {odd[0]!r}")
        names += [name] if name else []
    return names or sys.exit(f"there is no name in {path}: write one a line")


def lessons(names: Sequence[str], steps: int) -> list[Lesson]:
    """One name a step, from the first again after the last; the learning rate falls to 0."""
    course = []
    for step in range(steps):
        letters = [LETTERS.index(letter) for letter in names[step % len(names)]]
        tokens = [BOUNDARY, *letters, BOUNDARY][: LONGEST + 1]
        count = len(tokens) - 1
        rate = LEARNING_RATE * linear_lr(steps)(step)
        course.append(Lesson(tokens, [1 / count] * count, rate))
    return course


def padded(course: Sequence[Lesson]) -> list[Lesson]:
    """The lessons, all of one length: what is added has no share in the loss.

    A prediction depends on the tokens before it alone, so no bit of a loss or gradient changes.
    """
    longest = max(len(lesson.shares) for lesson in course)
    found = []
    for tokens, shares, rate in course:
        more = longest - len(shares)
        found.append(Lesson(tokens + more * [BOUNDARY], shares + more * [0.0], rate))
    return found


# --- the network ----------------------------------------------------------------------------

WIDTH = 16  # of the vector that stands for a token
HEAD_WIDTH = 4  # of the part of it that each of the four heads works on
HIDDEN = 64  # width of the relu layer
Vector = Sequence[Value]


class TinyGPT(Module):
    """The network: from the tokens so far to the logits of the next one."""

    def __init__(self, rng: Random) -> None:
        def matrix(rows: int, columns: int) -> Sequence[Vector]:
            return [[Value(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]

        self.token_embedding = matrix(VOCABULARY, WIDTH)
        self.position_embedding = matrix(LONGEST, WIDTH)
        self.output = matrix(VOCABULARY, WIDTH)
        self.query, self.key = matrix(WIDTH, WIDTH), matrix(WIDTH, WIDTH)
        self.value, self.attention_output = matrix(WIDTH, WIDTH), matrix(WIDTH, WIDTH)
        self.expand = matrix(HIDDEN, WIDTH)
        self.contract = matrix(WIDTH, HIDDEN)

    def forward(self, token: Any, past: list[tuple[Vector, Vector]]) -> Vector:
        """The logits of the token after `token`, an int or a Value that holds one.

        The past holds key and value of each token before; those of this one are added to it.
        """
        position = self.position_embedding[len(past)]
        x = normed(added(lookup(self.token_embedding, token), position))
        asking = normed(x)
        past.append((times(self.key, asking), times(self.value, asking)))
        heard = attention(times(self.query, asking), past)
        x = added(x, times(self.attention_output, heard))
        hidden = [relu(h) for h in times(self.expand, normed(x))]
        x = added(x, times(self.contract, hidden))
        return times(self.output, x)

    def loss(self, tokens: Sequence[Any], shares: Sequence[Any]) -> Any:
        """The cross-entropies of the predictions, -log softmax(logits)[next], by their shares."""
        past: list[tuple[Vector, Vector]] = []
        losses = []
        for token, following in itertools.pairwise(tokens):
            logits = self.forward(token, past)
            losses.append(logsumexp(logits) - lookup(logits, following))
        return dot(shares, losses)


def times(matrix: Sequence[Vector], x: Vector) -> Vector:
    """The product of a matrix and a vector."""
    return [dot(row, x) for row in matrix]


def normed(x: Vector) -> Vector:
    """The vector, scaled so that its mean square is 1."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def attention(query: Vector, past: Sequence[tuple[Vector, Vector]]) -> Vector:
    """For each head the mean of the past values, weighted by how well their keys fit the query."""
    heard: list[Value] = []
    for start in range(0, WIDTH, HEAD_WIDTH):
        head = slice(start, start + HEAD_WIDTH)
        weights = softmax([dot(query[head], key[head]) / HEAD_WIDTH**0.5 for key, _ in past])
        columns = zip(*(value[head] for _, value in past), strict=True)
        heard += [dot(weights, column) for column in columns]
    return heard


# --- learning -------------------------------------------------------------------------------

LEARNING_RATE, BETAS, EPSILON = 0.01, (0.85, 0.99), 1e-8  # for Adam; the rate of the first step


def step(state: Any, lesson: Lesson) -> tuple[Any, Any]:
    """What is done with a lesson, interpreted or compiled."""
    model, optimizer = state
    optimizer.zero_grad()
    loss = model.loss(lesson.tokens, lesson.shares)
    loss.backward()
    optimizer.lr = lesson.rate
    optimizer.step()
    return state, loss


def beginning(model: TinyGPT) -> tuple[TinyGPT, Adam]:
    """What is there before the first step."""
    return model, Adam(model, LEARNING_RATE, BETAS, EPSILON)


def learn(model: TinyGPT, course: Sequence[Lesson]) -> list[float]:
    """Train the model lesson by lesson, until the end or Ctrl-C, and give the losses."""
    state, report = beginning(model), Progress()
    losses: list[float] = []
    try:
        for lesson in course:
            state, loss = step(state, lesson)
            losses.append(loss.data)
            report(len(losses), len(course), losses[-1])
    except KeyboardInterrupt:
        pass
    return losses


def learn_compiled(model: TinyGPT, course: Sequence[Lesson]) -> list[float]:
    """The same as `learn`, bit for bit: `step` is recorded once, then native code repeats it."""
    start, native, course = perf_counter(), compile(step), padded(course)
    print(f"compiling a step for the {native.backend} backend ...", end=" ", flush=True)
    native.scan(beginning(TinyGPT(Random(0))), course[:1])  # a model that nobody needs
    print(f"{perf_counter() - start:.1f} s")
    every = max(10, min(len(course) // 10, 1000))  # a report costs as much as some 50 steps
    try:
        _, losses = native.scan(beginning(model), course, every=every, progress=Progress())
    except ScanInterrupted as stopped:
        losses = stopped.outputs
    return list(losses)


class Progress:
    """Says how the learning goes: in a line that renews itself on a terminal, else in ten."""

    def __init__(self) -> None:
        self.start, self.shown = perf_counter(), 0.0

    def __call__(self, done: int, steps: int, loss: float) -> None:
        """Show the loss of the last step, once so many of the steps are done."""
        seconds = perf_counter() - self.start
        line = f"step {done:,} of {steps:,}  loss {loss:.4f}  {done / seconds:,.1f} steps/s  "
        line += f"{(steps - done) * seconds / done:,.0f} s left"
        if not sys.stdout.isatty():
            if done * 10 // steps > self.shown:
                self.shown = done * 10 // steps
                print(line, flush=True)
        elif seconds > self.shown + 0.1 or done == steps:
            self.shown, width = seconds, shutil.get_terminal_size().columns - 1
            print(f"\r{line:{width}.{width}}", end="\n" if done == steps else "", flush=True)


# --- writing, and the command ---------------------------------------------------------------


@no_grad()
def write_name(model: TinyGPT, rng: Random, temperature: float) -> str:
    """A new name, each letter drawn by its probability; a temperature above 1 makes it wilder."""
    past: list[tuple[Vector, Vector]] = []
    name, token = "", BOUNDARY
    while len(name) < LONGEST:
        chances = softmax([logit / temperature for logit in model(token, past)])
        token = rng.choices(range(VOCABULARY), [chance.data for chance in chances])[0]
        if token == BOUNDARY:
            break
        name += LETTERS[token]
    return name


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Learn to write names, with a tiny GPT.")
    add = parser.add_argument
    add("names", type=file_to_read, help="a file of names in the letters a to z, one a line")
    add("--compiled", action="store_true", help="train at native speed")
    add("--steps", type=int, default=1000, help="one name each (default: %(default)s)")
    add("--seed", type=int, default=42, help="of all that is random (default: %(default)s)")
    add("--temperature", type=float, default=0.5, help="of the new names (default: %(default)s)")
    add("--load", type=file_to_read, metavar="FILE", help="begin with these weights")
    saved = "weights go here (default: %(default)s)"
    add("--save", type=weights_file, metavar="FILE", default=str(SAVED), help=saved)
    given = parser.parse_args(arguments)
    if given.steps < 0 or not 0 < given.temperature < inf:
        parser.error("--steps should be 0 or more, --temperature above 0")
    return given


def weights_file(text: str) -> Path:
    """A file to write; the folder of the default is made once there are weights."""
    if Path(text) == SAVED and not SAVED.parent.exists():
        return folder(str(SAVED.parent)) / SAVED.name
    return file_to_write(text)


def run(given: argparse.Namespace) -> None:
    """Learn from the names, save the weights, and write new names."""
    rng, names = Random(given.seed), read_names(given.names)
    rng.shuffle(names)
    model = TinyGPT(rng)
    if given.load:
        model.load(given.load)
    if not all(isfinite(weight) for weight in model.state_dict().values()):
        sys.exit(f"{given.load} has weights that are not finite")
    print(f"{len(names):,} names, {len(model.parameters()):,} parameters")
    if given.steps:
        losses = (learn_compiled if given.compiled else learn)(model, lessons(names, given.steps))
        if len(losses) < given.steps:
            print(f"\nstopped after {len(losses):,} of {given.steps:,} steps")
        if given.save == SAVED:
            SAVED.parent.mkdir(exist_ok=True)
        model.save(given.save)
        print(f"the weights are in {given.save}")
    for _ in range(20):
        print(write_name(model, rng, given.temperature))


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for; a SystemExit with a message if that cannot be."""
    with clear_ending():
        run(options(arguments))


if __name__ == "__main__":
    main()
