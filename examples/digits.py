"""Handwritten digits, read by a network of scalar Values.

    pip install scikit-learn llvmlite numpy
    python examples/digits.py                              # learns in a few seconds
    python examples/digits.py --interpreted --epochs 1     # one Value at a time, the same numbers

scikit-learn brings 1,797 digits of 8 × 8 pixels, a fifth of which is held out. The network has 64
inputs, 32 tanh neurons and 10 outputs, a logit for each digit: 2,410 parameters. The learning
curve, and the digits that are read wrong, go to ``out/digits`` as pictures.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import fmean
from time import perf_counter
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone that this file is in

from autograd import Value, random, value_and_grad, vmap
from autograd.compiler import compile
from autograd.data import Dataset
from autograd.losses import cross_entropy
from autograd.nn import MLP
from autograd.optim import Adam, Schedule, cosine_lr
from autograd.show import learning_curve
from examples.checkpoint import Part, read_checkpoint, write_checkpoint
from examples.command import clear_ending, file_to_read, file_to_write, folder
from examples.digit_picture import draw_digits
from examples.reporting import Report

PIXELS, SIZES, BATCH, LEARNING_RATE = 64, [32, 10], 32, 0.01
OUT = Path("out", "digits")


def load_digits() -> Dataset:
    """The digits of scikit-learn, with pixels from 0 to 1; a SystemExit if that is missing."""
    try:
        from sklearn import datasets
    except ImportError:
        sys.exit("the digits come with scikit-learn, which is missing: pip install scikit-learn")
    rows, digits = datasets.load_digits(return_X_y=True)
    images = tuple(tuple(pixel / 16.0 for pixel in row) for row in rows.tolist())
    names = tuple(f"pixel {i}" for i in range(PIXELS))
    return Dataset("digits", images, tuple(digits.tolist()), names, tuple("0123456789"))


# --- learning -------------------------------------------------------------------------------


class Batch(NamedTuple):
    """What one step of the training learns from."""

    images: list[Sequence[float]]
    digits: list[float]


def batches(data: Dataset, key: float, epoch: int) -> list[Batch]:
    """The digits in an order that key and epoch determine; those left over rest for an epoch."""
    order = random.permutation(random.fold_in(key, epoch), len(data))
    parts = [order[start : start + BATCH] for start in range(0, len(data), BATCH)]
    return [
        Batch([data.inputs[i] for i in part], [float(data.targets[i]) for i in part])
        for part in parts
        if len(part) == BATCH
    ]


def loss_of(model: MLP, image: Any, digit: Any) -> Value:
    """The loss of one digit, -log softmax(logits)[digit]."""
    return cross_entropy(model(image), digit)


def step(state: Any, batch: Batch) -> tuple[Any, Any]:
    """One step of the training: the mean loss of a batch, its gradients, and Adam."""
    model, optimizer, schedule = state
    mean_loss = vmap(value_and_grad(loss_of), in_axes=(None, 0, 0), reduce="mean")
    loss, gradients = mean_loss(model, batch.images, batch.digits)
    model.set_gradients(gradients)
    optimizer.step()
    schedule.step()
    return state, loss


native_step = compile(step)


@compile
@vmap(in_axes=(None, 0, 0))
def examine(model: MLP, image: Any, digit: Any) -> tuple[Any, Any]:
    """The loss of one digit, and the logits."""
    logits = model(image)
    return cross_entropy(logits, digit), logits


def read(model: MLP, data: Dataset) -> tuple[float, list[int]]:
    """The mean loss on some digits, and what each is taken for: that of the highest logit."""
    losses, logits = examine(model, data.inputs, data.targets)
    return fmean(losses), [max(range(len(row)), key=row.__getitem__) for row in logits]


class Learner:
    """A network, with all that changes as it learns.

    Args:
        seed: of the first weights and of the order of the digits.
        epochs: how many there will be; the learning rate falls to 0 until then.
        samples: how many digits an epoch has.
    """

    def __init__(self, seed: int, epochs: int, samples: int) -> None:
        self.model = MLP(PIXELS, SIZES, rng=seed)
        self.optimizer = Adam(self.model, LEARNING_RATE)
        self.schedule = Schedule(self.optimizer, cosine_lr(epochs * (samples // BATCH)))
        self.report = Report(epochs)
        self.key, self.epoch, self.epochs = random.key(seed), 0, epochs

    def parts(self) -> dict[str, Part]:
        """What a checkpoint keeps, besides a few numbers."""
        names = ("model", "optimizer", "schedule", "report")
        return {name: getattr(self, name) for name in names}

    def save(self, path: Path) -> None:
        """Write a checkpoint."""
        write_checkpoint(path, self.parts(), key=self.key, epoch=self.epoch, epochs=self.epochs)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint; a SystemExit if that is of a training of another length."""
        key, epoch, epochs = read_checkpoint(path, self.parts(), "key", "epoch", "epochs")
        if epochs != self.epochs:
            sys.exit(f"{path} is of a training of {epochs:g} epochs: pass --epochs {epochs:g}")
        self.key, self.epoch = key, int(epoch)

    def learn_epoch(self, data: Dataset, *, interpreted: bool = False) -> list[float]:
        """Take a step with each batch of the next epoch, and give the losses."""
        state = self.model, self.optimizer, self.schedule
        course = batches(data, self.key, self.epoch)
        if interpreted:
            losses = [float(step(state, batch)[1]) for batch in course]
        else:
            state, losses = native_step.scan(state, course)
        self.epoch += 1
        return losses


def learn(
    learner: Learner, train: Dataset, test: Dataset, save: Path | None, *, interpreted: bool
) -> dict[str, list[float]]:
    """Learn until the last epoch, Ctrl-C, or the end of patience; the figures of each epoch."""
    course: dict[str, list[float]] = {"held out": [], "training": [], "accuracy": []}
    going_on = True
    try:
        while going_on and learner.epoch < learner.epochs:
            training = fmean(learner.learn_epoch(train, interpreted=interpreted))
            held_out, found = read(learner.model, test)
            right = fmean(x == y for x, y in zip(found, test.targets, strict=True))
            figures = {"held out": held_out, "training": training, "accuracy": right}
            going_on = learner.report(learner.epoch, **figures)
            for name, figure in figures.items():
                course[name].append(figure)
            if save is not None:
                learner.save(save)
    except KeyboardInterrupt:
        print(f"\nstopped after {learner.epoch} of {learner.epochs} epochs")
    learner.report.close()
    return course


# --- the command ----------------------------------------------------------------------------


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Learn to read handwritten digits.")
    add = parser.add_argument
    add("--epochs", type=int, default=30, help="through all digits (default: %(default)s)")
    add("--seed", type=int, default=0, help="of all that is random (default: %(default)s)")
    add("--interpreted", action="store_true", help="train without compiling")
    add("--patience", type=int, metavar="EPOCHS", help="stop when the held-out loss is so long up")
    add("--log", type=file_to_write, metavar="FILE", help="write the figures of each epoch as CSV")
    add("--save", type=file_to_write, metavar="FILE", help="write a checkpoint after each epoch")
    add("--load", type=file_to_read, metavar="FILE", help="go on from this checkpoint")
    add(
        "--out",
        type=folder,
        default=str(OUT),
        help="a folder for the pictures (default: %(default)s)",
    )
    given = parser.parse_args(arguments)
    if given.epochs < 1 or (given.patience is not None and given.patience < 1):
        parser.error("--epochs and --patience should be 1 or more")
    return given


def run(given: argparse.Namespace) -> None:
    """Learn, say how many of the held-out digits are read right, and draw those that are not."""
    train, test = load_digits().split(0.2, Random(0))
    learner = Learner(given.seed, given.epochs, len(train))
    learner.report = Report(given.epochs, given.log, given.patience)
    if given.load is not None:
        learner.load(given.load)
    print(f"{len(train):,} digits to learn from, {len(test)} held out")
    start = perf_counter()
    course = learn(learner, train, test, given.save, interpreted=given.interpreted)
    seconds = perf_counter() - start
    guesses = read(learner.model, test)[1]
    wrong = [i for i, digit in enumerate(test.targets) if guesses[i] != digit]
    right = len(test) - len(wrong)
    print(f"{right} of {len(test)} read right, {right / len(test):.3f}, after {seconds:.1f} s")
    given.out.mkdir(parents=True, exist_ok=True)
    accuracy = {"held out": course.pop("accuracy")}
    curve = learning_curve(course, "Learning to read digits", panels={"accuracy": accuracy})
    curve.save(given.out / "learning.svg")
    shown = wrong[:8]
    missed = Dataset(
        "missed",
        tuple(test.inputs[i] for i in shown),
        tuple(test.targets[i] for i in shown),
        test.feature_names,
        test.class_names,
    )
    picture = draw_digits(missed, [guesses[i] for i in shown], "Held-out digits, read wrong")
    picture.save(given.out / "wrong.svg")
    print(f"the pictures are in {given.out}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for; a SystemExit with a message if that cannot be."""
    with clear_ending():
        run(options(arguments))


if __name__ == "__main__":
    main()
