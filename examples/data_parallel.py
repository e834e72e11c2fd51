"""A network that learns on several processes or machines, with the bits of one: data-parallel.

    pip install dask distributed llvmlite numpy
    python examples/data_parallel.py                       # in this process
    python examples/data_parallel.py --workers 2           # on two more, the same numbers
    python examples/data_parallel.py --report              # whether that pays here, and elsewhere

Every worker holds a shard of the samples, and a step sums the gradients of all of them. Where a sum
is cut is never left to chance: a worker gives the sums of its slabs of 256 samples, and these are
added from the first to the last, as `autograd/transforms/lane_sum.py` says for every batch. So a
shard is whole slabs, and neither the number of workers nor their order shows in the result. The
page ``docs/data-parallel.md`` has figures, and tells when not to do this.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone that this file is in

from autograd import StateDictError, compile, dot, random, tanh, value_and_grad, vmap
from autograd.nn import MLP
from autograd.optim import Adam
from autograd.transforms.lane_sum import SLAB, add_slabs, slabs
from examples.checkpoint import Part, read_checkpoint, write_checkpoint
from examples.command import clear_ending, file_to_read, file_to_write
from examples.reporting import Report
from examples.scaling import Costs, fastest, report
from examples.workers import Here, OnDask, Workers, first_interrupt, workers_of

try:
    import numpy
except ImportError:
    sys.exit("this example needs numpy, which is missing: pip install llvmlite numpy")

INPUTS, SIZES, LEARNING_RATE = 16, [64, 64, 1], 0.01
MOST_SAMPLES = 2**28  # 34 GB, on all workers together

Layers = Sequence[Any]  # an array for each, with a row for each neuron: weights, then the bias
Array = Any  # of numpy


class Shard(NamedTuple):
    """Some of the samples, and the function that sums them, which has to be near.

    Attributes:
        batch: gives the sums of many samples.
        inputs: a row for each sample.
        targets: a number for each.
    """

    batch: Callable[..., Any]
    inputs: Array
    targets: Array


# --- one sample, and the samples of one worker ----------------------------------------------


def network(layers: Layers, x: Sequence[Any]) -> Any:
    """The output, by the formulas of an MLP."""
    for layer in layers[:-1]:
        x = [tanh(dot(row[:-1], x) + row[-1]) for row in layer]
    (row,) = layers[-1]
    return dot(row[:-1], x) + row[-1]


def loss_of(layers: Layers, x: Sequence[Any], y: Any) -> Any:
    """The squared error of one sample."""
    return (network(layers, x) - y) ** 2


summed = vmap(value_and_grad(loss_of), in_axes=(None, 0, 0), reduce="sum")


def draw(key: float, i: float) -> tuple[Any, Any]:
    """Sample i: numbers from -1 to 1, and the sum of the products of neighbours."""
    x = random.uniform(random.fold_in(key, i), INPUTS, low=-1.0, high=1.0)
    return x, dot(x[::2], x[1::2])


@cache
def native_draws() -> Callable[..., Any]:
    """The samples of many numbers; compiled once in a process."""
    return compile(vmap(draw, in_axes=(None, 0)))


def draw_shard(batch: Callable[..., Any], key: float, start: int, stop: int) -> Shard:
    """The samples from start to stop, which any worker can draw again."""
    return Shard(batch, *native_draws()(key, numpy.arange(start, stop, dtype=float)))


def sum_slabs(shard: Shard, parameters: Array) -> list[Array]:
    """For each slab of the shard the sum of its losses, and of their gradients, in one array."""
    batch, inputs, targets = shard
    layers = layers_of(parameters)
    found = [batch(layers, inputs[i:j], targets[i:j]) for i, j in slabs(len(targets))]
    return [numpy.concatenate([[x], *map(numpy.ravel, parts)]) for x, parts in found]


def carry_on(total: Array | None, sums: list[Array]) -> Array:
    """The sum over all samples up to the last of this shard, from that up to the one before."""
    return add_slabs(sums if total is None else [total, *sums])


def layers_of(parameters: Array) -> list[Array]:
    """The parameters, which are one array, as an array for each layer."""
    shapes = [(n, m + 1) for m, n in pairwise([INPUTS, *SIZES])]
    ends = numpy.cumsum([n * m for n, m in shapes])
    parts = numpy.split(parameters, ends[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def shard_bounds(samples: int, shards: int) -> list[tuple[int, int]]:
    """The first sample of each shard, and the one after its last; a shard is whole slabs."""
    cuts = list(slabs(samples))
    marks = [len(cuts) * i // shards for i in range(shards + 1)]
    return [(cuts[i][0], cuts[j - 1][1]) for i, j in pairwise(marks) if i < j]


# --- learning -------------------------------------------------------------------------------


def update(model: MLP, optimizer: Adam, gradients: Any) -> float:
    """Change the weights, one gradient for each parameter in their order."""
    names = [name for name, _ in model.named_parameters()]
    model.set_gradients(dict(zip(names, gradients, strict=True)))
    optimizer.step()
    return 0.0


def record(parameters: Array) -> Callable[..., Any]:
    """The sums of many samples, compiled. It goes to workers as its program."""
    native = compile(summed)
    native(layers_of(parameters), numpy.zeros((1, INPUTS)), numpy.zeros(1))
    return native


class Learner:
    """A network, its optimizer, and the shards that it learns from.

    Args:
        workers: what the shards are shared out among.
        samples: how many there are.
        seed: of the first weights and of the samples.
    """

    def __init__(self, workers: Workers, samples: int, seed: int = 0) -> None:
        self.workers, self.samples, self.key = workers, samples, random.key(seed)
        self.model = MLP(INPUTS, SIZES, rng=seed)
        self.parameters = self.model.parameters()
        self.optimizer = Adam(self.model, LEARNING_RATE)
        self.batch: Callable[..., Any] = record(self.numbers())
        self.update: Callable[..., Any] = compile(update)
        self.share_out()

    def share_out(self) -> None:
        """Let each worker draw a shard."""
        self.shards = [
            self.workers.submit(draw_shard, self.batch, self.key, start, stop)
            for start, stop in shard_bounds(self.samples, self.workers.count)
        ]

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return int(self.optimizer.steps)

    def numbers(self) -> Array:
        """The parameters, as one array."""
        return numpy.array([parameter.data for parameter in self.parameters])

    def sums(self) -> Array:
        """The loss, and the gradient of each parameter, summed over all samples."""
        parameters, total = self.numbers(), None
        for shard in self.shards:
            sums = self.workers.submit(sum_slabs, shard, parameters)
            total = self.workers.submit(carry_on, total, sums)
        return self.workers.result(total)

    def step(self) -> float:
        """Take a step, and give the mean loss before it."""
        means = self.sums() / float(self.samples)
        self.update(self.model, self.optimizer, means[1:])
        return float(means[0])

    def parts(self) -> dict[str, Part]:
        """What a checkpoint keeps, besides a few numbers."""
        return {"model": self.model, "optimizer": self.optimizer}

    def save(self, path: Path) -> None:
        """Write a checkpoint."""
        write_checkpoint(path, self.parts(), key=self.key, samples=self.samples)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint, on as many workers as there are now."""
        self.key, samples = read_checkpoint(path, self.parts(), "key", "samples")
        if not (samples >= 1 and samples % 1 == 0):
            raise StateDictError(f"samples of {path} is a number from 1 on, got {samples}")
        self.samples = int(samples)
        self.share_out()


def learn(learner: Learner, steps: int, report: Report, save: Path | None) -> None:
    """Learn until so many steps are taken, or Ctrl-C; a checkpoint for each tenth, and the last."""
    with suppress(KeyboardInterrupt), first_interrupt() as interrupts:
        while learner.steps < steps and not interrupts:
            loss = learner.step()
            report(learner.steps, loss=loss)
            if save is not None and learner.steps % report.every == 0:
                learner.save(save)
    if learner.steps < steps:
        print(f"\nstopped after {learner.steps} of {steps} steps")
    report.close()
    if save is not None:
        learner.save(save)


def measured(samples: int) -> tuple[Costs, dict[str, float]]:
    """What a step costs here, and how long one takes on 0, 1 and 2 processes of Dask, in turns."""
    with workers_of(1) as one, workers_of(2) as two:
        here = Learner(Here(), samples)
        steps = {"this process": here.step}
        for n, workers in ((1, one), (2, two)):
            steps[f"{n} process{'' if n == 1 else 'es'} of Dask"] = Learner(workers, samples).step
        seconds = fastest(steps)
        task = fastest({"": lambda: one.result(one.submit(int))})[""]
    gradients = here.sums()[1:]
    parts = {
        "sums": here.sums,
        "rest": lambda: (here.numbers(), here.update(here.model, here.optimizer, gradients)),
    }
    cost = fastest(parts, clock=process_time)
    return Costs(cost["sums"], cost["rest"], task, gradients.nbytes), seconds


# --- the command ----------------------------------------------------------------------------


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Learn from samples on several processes.")
    add = parser.add_argument
    add("--workers", type=int, default=0, help="processes of Dask (default: none, but this one)")
    add("--scheduler", metavar="ADDRESS", help="use the workers of this scheduler of Dask")
    add("--steps", type=int, default=100, help="each through all samples (default: %(default)s)")
    add("--samples", type=int, default=65_536, help="how many there are (default: %(default)s)")
    add("--seed", type=int, default=0, help="of all that is random (default: %(default)s)")
    add("--log", type=file_to_write, metavar="FILE", help="write the loss of each step as CSV")
    add("--save", type=file_to_write, metavar="FILE", help="write a checkpoint ten times, and last")
    add(
        "--load",
        type=file_to_read,
        metavar="FILE",
        help="go on from this checkpoint, its samples and seed",
    )
    add("--report", action="store_true", help="measure 1 and 2 processes, and compute more")
    given = parser.parse_args(arguments)
    if given.workers < 0 or given.steps < 1 or given.samples < 1:
        parser.error("--steps and --samples should be 1 or more, --workers 0 or more")
    if given.samples > MOST_SAMPLES:
        parser.error(f"--samples should be {MOST_SAMPLES:,} at most: all are kept in memory")
    if given.workers and given.scheduler:
        parser.error("--scheduler has workers of its own: leave --workers out")
    if given.save is not None and given.save == given.log:
        parser.error(f"--save and --log would both write {given.save}")
    return given


def run(given: argparse.Namespace) -> None:
    """Learn, and say how it went; or only measure what it costs."""
    if given.report:
        print(*report(*measured(given.samples)), sep="\n")
        return
    with workers_of(given.workers, given.scheduler) as workers:
        learner = Learner(workers, given.samples, given.seed)
        if given.load is not None:
            learner.load(given.load)
            if learner.steps >= given.steps:
                print(f"{given.load} has taken {learner.steps} steps: more go with --steps")
        where = f"workers: {workers.count}" if isinstance(workers, OnDask) else "this process"
        print(f"{learner.samples:,} samples, in slabs of {SLAB}, on {where}")
        learn(learner, given.steps, Report(given.steps, given.log, unit="step"), given.save)


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for; a SystemExit with a message if that cannot be."""
    with clear_ending():
        run(options(arguments))


if __name__ == "__main__":
    from examples.data_parallel import main  # by this name workers find the tasks

    main()
