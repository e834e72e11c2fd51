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

from autograd import ScanInterrupted, Value, dot, no_grad, softmax, value_and_grad, vmap
from autograd.compiler import compile
from autograd.losses import cross_entropy
from autograd.nn import MLP, Embedding, Linear, Module, RMSNorm
from autograd.optim import AdamW, Schedule, cosine_lr
from autograd.show import Drawing, draw
from autograd.show.charts.axis import THEME, chart_text
from autograd.show.svg import document
from examples.command import clear_ending, folder
from examples.reporting import Report
from examples.vectors import Vector, added

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


class Softmax(Module):
    """Shares in proportion to exp(score), a module so that pictures fold it."""

    def forward(self, scores: Vector) -> Vector:
        """For each score its share; 1 in all."""
        return softmax(scores)


class Attention(Module):
    """Causal self-attention, softmax(Q·Kᵀ/√d)·V: each vector asks those up to itself."""

    def __init__(self, width: int, rng: Random) -> None:
        self.query = Linear(width, width, rng=rng)
        self.key = Linear(width, width, rng=rng)
        self.value = Linear(width, width, rng=rng)
        self.softmax = Softmax()

    def weights(self, xs: Sequence[Vector]) -> list[Vector]:
        """For each vector how much it takes from itself and each one before; 1 in all."""
        queries, keys = [self.query(x) for x in xs], [self.key(x) for x in xs]
        root = len(xs[0]) ** 0.5
        return [
            self.softmax([dot(query, key) / root for key in keys[: i + 1]])
            for i, query in enumerate(queries)
        ]

    def forward(self, xs: Sequence[Vector]) -> list[Vector]:
        """For each vector the mean of the values, by these weights."""
        columns = list(zip(*(self.value(x) for x in xs), strict=True))
        rows = self.weights(xs)
        return [[dot(row, column[: len(row)]) for column in columns] for row in rows]


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
        self.embedding = Embedding(SIGN + 1, width, rng=rng)
        self.block = Block(width, rng)
        self.output = Linear(width, DIGITS, rng=rng)

    def forward(self, tokens: Sequence[Any]) -> list[Vector]:
        """For each digit of the answer its logits."""
        xs = self.block([self.embedding(token) for token in tokens])
        return [self.output(x) for x in xs[LENGTH:]]

    def loss(self, digits: Sequence[Any], answer: Sequence[Any]) -> Any:
        """The mean cross-entropy of the answer, each digit told from the right ones before."""
        return cross_entropy(self([*digits, SIGN, *answer[:-1]]), answer)


def write_answers(model: Sorter, questions: Sequence[Sequence[int]]) -> list[list[int]]:
    """Sort digits, each told from the model's own before; what is yet to come changes no logit."""
    logits_of = compile(vmap(Sorter.forward, in_axes=(None, 0)))
    found: list[list[int]] = [[] for _ in questions]
    for place in range(LENGTH):
        blank = [0] * (LENGTH - 1 - place)
        tokens = [[*x, SIGN, *y, *blank] for x, y in zip(questions, found, strict=True)]
        for answer, logits in zip(found, logits_of(model, tokens), strict=True):
            answer.append(max(range(DIGITS), key=logits[place].__getitem__))
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
    optimizer, report = AdamW(model, 0.02, weight_decay=0.3), Report(len(batches), unit="step")
    state: Any = model, optimizer, Schedule(optimizer, cosine_lr(len(batches)))
    digits = [[list(task.digits) for task in batch] for batch in batches]
    answers = [[list(task.answer) for task in batch] for batch in batches]
    losses: list[float] = []
    try:
        if compiled:
            native, data = compile(step), {"digits": digits, "answers": answers}
            state, losses = native.scan(state, data, every=report.every, progress=report.progress)
        else:
            for question, answer in zip(digits, answers, strict=True):
                losses.append(step(state, {"digits": question, "answers": answer})[1])
                report(len(losses), loss=losses[-1])
    except ScanInterrupted as stopped:
        losses = stopped.outputs
    except KeyboardInterrupt:
        pass
    report.close()
    return losses


# --- pictures -------------------------------------------------------------------------------

CELL, LEFT, TOP = 34.0, 130.0, 96.0
TITLE = "Where the block looks"
HEAT = THEME._replace(rules={**THEME.rules, ".cell": "fill:var(--series-0)"})


def cell(x: float, y: float, weight: float) -> str:
    """A square, the stronger the larger the weight, which its tooltip tells."""
    shape = f'x="{x + 1:g}" y="{y + 1:g}" width="{CELL - 2:g}" height="{CELL - 2:g}"'
    shade = f'fill-opacity="{0.06 + 0.94 * weight:.3f}"'
    return f'<rect class="cell" {shape} {shade}><title>{weight:.3f}</title></rect>'


def scale(y: float) -> list[str]:
    """What the colours mean: five squares, from 0 to 1."""
    parts = [chart_text(20, y + 22, "share", "label")]
    for i in range(5):
        x = LEFT + CELL * i
        parts += [cell(x, y, i / 4), chart_text(x + CELL / 2, y + CELL + 14, f"{i / 4:g}", "at")]
    return parts


def attention_picture(model: Sorter, task: Task) -> Drawing:
    """Where the block looks for each digit of an answer: the stronger a square, the more."""
    tokens = [*task.digits, SIGN, *task.answer[:-1]]
    names = [">" if token == SIGN else str(token) for token in tokens]
    with no_grad():
        vectors = [model.block.first_norm(model.embedding(token)) for token in tokens]
        rows = model.block.attention.weights(vectors)[LENGTH:]
    parts = [
        chart_text(20, 36, TITLE, "title", 18.0),
        chart_text(LEFT, TOP - 36, "looks at", "label"),
        chart_text(20, TOP - 12, "after", "label"),
        *scale(TOP + CELL * LENGTH + 16),
    ]
    for j, name in enumerate(names):
        parts.append(chart_text(LEFT + CELL * (j + 0.5), TOP - 12, name, "label at"))
    words = []
    for i, (name, row) in enumerate(zip(names[LENGTH:], rows, strict=True)):
        y, shares = TOP + CELL * i, [weight.data for weight in row]
        parts.append(chart_text(20, y + 22, f"{name} comes {task.answer[i]}", "label"))
        parts += [cell(LEFT + CELL * j, y, share) for j, share in enumerate(shares)]
        looks = (f"{seen} {share:.2f}" for seen, share in zip(names, shares, strict=False))
        words.append(f"After {name} it looks at {', '.join(looks)}.")
    size = LEFT + CELL * len(names) + 20.0, TOP + CELL * (LENGTH + 1) + 48.0
    text = " ".join(words)
    return Drawing(document(size, TITLE, text, HEAT, "\n".join(parts)), text)


def graph_picture(rng: Random) -> Drawing:
    """The graph of attention of width 2: what the second of two vectors gets, and the gradients."""
    xs = [[Value(rng.gauss(0, 1), f"{name}{i}") for i in range(2)] for name in ("x", "y")]
    heard = Attention(2, rng)(xs)[-1][0]
    heard.label = "heard"
    heard.backward()
    return draw(heard, "Attention, forward and backward", rankdir="TB", collapse="layer")


# --- the command ----------------------------------------------------------------------------


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Learn to sort digits, with one block.")
    add = parser.add_argument
    add("--interpreted", action="store_true", help="the same numbers, without compiling")
    add("--steps", type=int, default=800, help="of training (default: %(default)s)")
    add("--width", type=int, default=12, help="of the vectors (default: %(default)s)")
    add("--seed", type=int, default=0, help="of all that is random (default: %(default)s)")
    add("--out", type=folder, default="out", help="pictures go here (default: %(default)s)")
    given = parser.parse_args(arguments)
    if given.steps < 1 or given.width < 2:
        parser.error("wanted: --steps of 1 or more, --width of 2 or more")
    return given


def run(given: argparse.Namespace) -> None:
    """Learn, sort, and draw where the block looks."""
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
    answers = write_answers(model, [task.digits for task in tested])
    right = [x == list(task.answer) for x, task in zip(answers, tested, strict=True)].count(True)
    print(f"right for {right} of {len(tested)} sets of digits that it never saw")
    for task, answer in zip(tested[:3], answers, strict=False):
        print(*task.digits, ">", *answer)
    drawings = {"weights": attention_picture(model, tested[0]), "graph": graph_picture(Random(1))}
    given.out.mkdir(parents=True, exist_ok=True)
    for name, drawing in drawings.items():
        drawing.save(given.out / f"attention_{name}.svg")
        print("picture:", given.out / f"attention_{name}.svg")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for; a SystemExit with a message if that cannot be."""
    with clear_ending():
        run(options(arguments))


if __name__ == "__main__":
    main()
