"""Attention: one block of a transformer learns to sort digits, and shows where it looks.

    python examples/attention.py                  # trains at native speed
    python examples/attention.py --interpreted    # the same numbers, slowly

It reads digits, such as 7 2 9 0 4, and a sign >, and writes 0 2 4 7 9, one after the other: at each
it has to look for the next larger one among those it read. The pictures, of where it looks and of
the block, go to ``out/``. A clone of this project needs nothing installed for it.
"""

import argparse
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone that this file is in

from autograd import ScanInterrupted, Value, dot, lookup, no_grad, softmax, value_and_grad, vmap
from autograd.compiler import compile
from autograd.losses import cross_entropy
from autograd.nn import MLP, Layer, Module
from autograd.optim import AdamW, Schedule, cosine_lr
from autograd.show import Drawing, draw
from autograd.show.charts.axis import THEME, chart_text
from autograd.show.svg import document

Vector = Sequence[Any]

# --- the task -------------------------------------------------------------------------------

DIGITS, LENGTH = 10, 5  # how many there are, and how many are sorted
SIGN = DIGITS  # the token after the digits, written >
BATCH = 16


class Task(NamedTuple):
    """Different digits, and the same in order."""

    digits: Sequence[int]
    answer: Sequence[int]


def tasks(rng: Random) -> tuple[list[Task], list[Task]]:
    """Tasks to learn from, and others to test: no set of digits is in both."""
    chosen = list(itertools.combinations(range(DIGITS), LENGTH))
    rng.shuffle(chosen)
    orders = [[Task(order, x) for order in itertools.permutations(x)] for x in chosen]
    learned, tested = orders[len(orders) // 5 :], orders[: len(orders) // 5]
    return list(itertools.chain(*learned)), [rng.choice(same) for same in tested]


# --- the network ----------------------------------------------------------------------------


class RMSNorm(Module):
    """A vector scaled to mean square 1, each element by a weight of its own."""

    def __init__(self, size: int) -> None:
        self.weights = [Value(1.0) for _ in range(size)]

    def forward(self, x: Vector) -> Vector:
        """The scaled vector."""
        scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
        return [xi * scale * weight for xi, weight in zip(x, self.weights, strict=True)]


class Attention(Module):
    """Causal self-attention, softmax(Q·Kᵀ/√d)·V: each vector asks those up to itself."""

    def __init__(self, width: int, rng: Random) -> None:
        self.query = Layer(width, width, None, rng=rng)
        self.key = Layer(width, width, None, rng=rng)
        self.value = Layer(width, width, None, rng=rng)

    def weights(self, xs: Sequence[Vector]) -> list[Vector]:
        """For each vector how much it takes from itself and each one before; 1 in all."""
        queries, keys = [self.query(x) for x in xs], [self.key(x) for x in xs]
        root = len(xs[0]) ** 0.5
        return [
            softmax([dot(query, key) / root for key in keys[: i + 1]])
            for i, query in enumerate(queries)
        ]

    def forward(self, xs: Sequence[Vector]) -> list[Vector]:
        """For each vector the mean of the values, by these weights."""
        columns = list(zip(*(self.value(x) for x in xs), strict=True))
        rows = self.weights(xs)
        return [[dot(row, column[: len(row)]) for column in columns] for row in rows]


def added(x: Vector, y: Vector) -> Vector:
    """The sum of two vectors."""
    return [xi + yi for xi, yi in zip(x, y, strict=True)]


class Block(Module):
    """Attention, then two layers for each vector by itself; what they find is added to it."""

    def __init__(self, width: int, rng: Random) -> None:
        self.first_norm, self.second_norm = RMSNorm(width), RMSNorm(width)
        self.attention = Attention(width, rng)
        self.layers = MLP(width, [2 * width, width], "relu", rng=rng)

    def forward(self, xs: Sequence[Vector]) -> list[Vector]:
        """As many vectors."""
        heard = self.attention([self.first_norm(x) for x in xs])
        xs = [added(x, y) for x, y in zip(xs, heard, strict=True)]
        return [added(x, self.layers(self.second_norm(x))) for x in xs]


class Sorter(Module):
    """The network: from tokens to the logits of the digit after each, from the sign on."""

    def __init__(self, width: int, rng: Random) -> None:
        self.embedding = [[Value(rng.gauss(0, 1)) for _ in range(width)] for _ in range(SIGN + 1)]
        self.block = Block(width, rng)
        self.output = Layer(width, DIGITS, None, rng=rng)

    def forward(self, tokens: Sequence[Any]) -> list[Vector]:
        """For each digit of the answer its logits."""
        xs = self.block([lookup(self.embedding, token) for token in tokens])
        return [self.output(x) for x in xs[LENGTH:]]

    def loss(self, digits: Sequence[Any], answer: Sequence[Any]) -> Any:
        """The mean cross-entropy of the answer, each digit told from the right ones before."""
        return cross_entropy(self([*digits, SIGN, *answer[:-1]]), answer)

    def answer(self, digits: Sequence[int]) -> list[int]:
        """The digits in the order that the network gives them, each told from its own before."""
        found: list[int] = []
        with no_grad():
            while len(found) < LENGTH:
                logits = [x.data for x in self([*digits, SIGN, *found])[-1]]
                found.append(logits.index(max(logits)))
        return found


# --- learning -------------------------------------------------------------------------------


def step(state: Any, batch: Any) -> Any:
    """The step of a training, interpreted or compiled."""
    model, optimizer, schedule = state
    mean_loss = vmap(value_and_grad(Sorter.loss), in_axes=(None, 0, 0), reduce="mean")
    loss, gradients = mean_loss(model, batch["digits"], batch["answers"])
    model.set_gradients(gradients)
    optimizer.step()
    schedule.step()
    return state, loss


def learn(model: Sorter, batches: Sequence[Sequence[Task]], compiled: bool) -> list[float]:
    """Train the model, a batch a step, until the end or Ctrl-C, and give the losses."""
    optimizer, progress = AdamW(model, 0.02, weight_decay=0.3), Progress()
    state: Any = model, optimizer, Schedule(optimizer, cosine_lr(len(batches)))
    digits = [[list(task.digits) for task in batch] for batch in batches]
    answers = [[list(task.answer) for task in batch] for batch in batches]
    losses: list[float] = []
    try:
        if compiled:
            data = {"digits": digits, "answers": answers}
            losses = compile(step).scan(state, data, every=200, progress=progress)[1]
        else:
            for question, answer in zip(digits, answers, strict=True):
                losses.append(step(state, {"digits": question, "answers": answer})[1])
                progress(len(losses), len(batches), losses[-1])
    except ScanInterrupted as stopped:
        losses = stopped.outputs  # type: ignore[assignment]
    except KeyboardInterrupt:
        pass
    return losses


class Progress:
    """Says once a second how far the training is."""

    def __init__(self) -> None:
        self.said = perf_counter()

    def __call__(self, done: int, steps: int, loss: float) -> None:
        """Say it, if a second has passed."""
        if perf_counter() > self.said + 1.0:
            self.said = perf_counter()
            print(f"step {done:,} of {steps:,}, loss {loss:.2e}", flush=True)


# --- pictures -------------------------------------------------------------------------------

CELL, LEFT, TOP = 34.0, 130.0, 60.0
HEAT = THEME._replace(rules={**THEME.rules, ".cell": "fill:var(--series-0)"})


def cell(x: float, y: float, weight: float) -> str:
    """A square, the stronger the larger the weight, which its tooltip tells."""
    shape = f'x="{x + 1:g}" y="{y + 1:g}" width="{CELL - 2:g}" height="{CELL - 2:g}"'
    shade = f'fill-opacity="{0.06 + 0.94 * weight:.3f}"'
    return f'<rect class="cell" {shape} {shade}><title>{weight:.3f}</title></rect>'


def attention_picture(model: Sorter, task: Task) -> Drawing:
    """Where the block looks for each digit of an answer: the stronger a square, the more."""
    tokens = [*task.digits, SIGN, *task.answer[:-1]]
    names = [">" if token == SIGN else str(token) for token in tokens]
    with no_grad():
        vectors = [model.block.first_norm(model.embedding[token]) for token in tokens]
        rows = model.block.attention.weights(vectors)[LENGTH:]
    parts = [chart_text(LEFT, 22, "looks at", "label"), chart_text(20, TOP - 12, "after", "label")]
    for j, name in enumerate(names):
        parts.append(chart_text(LEFT + CELL * (j + 0.5), TOP - 12, name, "label at"))
    words = []
    for i, (name, row) in enumerate(zip(names[LENGTH:], rows, strict=True)):
        y, shares = TOP + CELL * i, [weight.data for weight in row]
        parts.append(chart_text(20, y + 22, f"{name} comes {task.answer[i]}", "label"))
        parts += [cell(LEFT + CELL * j, y, share) for j, share in enumerate(shares)]
        looks = (f"{seen} {share:.2f}" for seen, share in zip(names, shares, strict=False))
        words.append(f"After {name} it looks at {', '.join(looks)}.")
    size = LEFT + CELL * len(names) + 20.0, TOP + CELL * len(rows) + 20.0
    text = " ".join(words)
    return Drawing(document(size, "Where the block looks", text, HEAT, "\n".join(parts)), text)


def block_picture(rng: Random) -> Drawing:
    """The graph of a block of width 2, folded: what the second of two vectors becomes."""
    xs = [[Value(rng.gauss(0, 1), f"{name}{i}") for i in range(2)] for name in ("x", "y")]
    return draw(Block(2, rng)(xs)[-1][0], rankdir="TB", collapse="layer")


# --- the command ----------------------------------------------------------------------------


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Learn to sort digits, with one block.")
    add = parser.add_argument
    add("--interpreted", action="store_true", help="the same numbers, without compiling")
    add("--steps", type=int, default=800, help="of training (default: %(default)s)")
    add("--width", type=int, default=12, help="of the vectors (default: %(default)s)")
    add("--seed", type=int, default=0, help="of all that is random (default: %(default)s)")
    add("--out", type=Path, default=Path("out"), help="pictures go here (default: %(default)s)")
    given = parser.parse_args(arguments)
    if given.steps < 1 or given.width < 2:
        parser.error("wanted: --steps of 1 or more, --width of 2 or more")
    return given


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn, and sort; a SystemExit with a message if that cannot be."""
    given = options(arguments)
    rng, start = Random(given.seed), perf_counter()
    learned, tested = tasks(rng)
    model = Sorter(given.width, rng)
    print(f"{len(model.parameters()):,} parameters", flush=True)
    batches = [rng.sample(learned, BATCH) for _ in range(given.steps)]
    losses = learn(model, batches, not given.interpreted)
    if not losses:
        sys.exit("stopped before the first step was done")
    print(f"{len(losses):,} steps in {perf_counter() - start:.1f} s, ", end="")
    print(f"loss {losses[0]:.2e} to {losses[-1]:.2e}")
    right = [model.answer(task.digits) == list(task.answer) for task in tested].count(True)
    print(f"right for {right} of {len(tested)} sets of digits that it never saw")
    for digits, _ in tested[:3]:
        print(*digits, ">", *model.answer(digits))
    drawings = {"weights": attention_picture(model, tested[0]), "block": block_picture(Random(1))}
    try:
        given.out.mkdir(parents=True, exist_ok=True)
        for name, drawing in drawings.items():
            drawing.save(given.out / f"attention_{name}.svg")
            print("picture:", given.out / f"attention_{name}.svg")
    except OSError as error:
        sys.exit(f"the pictures cannot be saved: {error}")


if __name__ == "__main__":
    main()
