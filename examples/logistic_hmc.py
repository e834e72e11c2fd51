"""Bayesian logistic regression by Hamiltonian Monte Carlo: what is known of each weight.

    python examples/logistic_hmc.py                  # four chains, at native speed
    python examples/logistic_hmc.py --interpreted    # the same numbers, 400 times slower

Which of two species of Iris is a flower? A weight has no one right number but a distribution, from
which the chains draw. Beside it stands the Laplace approximation, made of the gradient and the
Hessian at the mode. The pictures go to ``out/``. A clone needs nothing installed for this.
"""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, stdev, variance
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone that this file is in

from autograd import (
    ScanInterrupted,
    dot,
    exp,
    grad,
    greater,
    hessian,
    softplus,
    sum as total,
    vmap,
    where,
)
from autograd.compiler import compile
from autograd.data import Dataset, load_iris
from autograd.random import key, normal, split, uniform
from autograd.show import Drawing, learning_curve, scatter
from examples.command import clear_ending, folder
from examples.reporting import Report
from examples.vectors import Vector, moved

Energy = Callable[[Vector], Any]
Chain = Sequence[Vector]  # its draws, one after the other
Step = Callable[[Vector, Any], tuple[Any, Any]]

# --- the posterior --------------------------------------------------------------------------

PRIOR = 2.0  # the deviation of each weight before any flower was seen
WEIGHTS = ("bias", "sepal length", "sepal width", "petal length", "petal width")
CHAINS = 4


def two_species() -> list[list[float]]:
    """For each flower a row ±(1, x): plus for virginica, minus for versicolor."""
    iris = load_iris()
    pairs = [(x, target - 1) for x, target in zip(iris.inputs, iris.targets, strict=True) if target]
    inputs, targets = zip(*pairs, strict=True)
    flowers = Dataset("two species", inputs, targets, iris.feature_names, iris.class_names[1:])
    standardized = zip(flowers.standardized().inputs, targets, strict=True)
    return [[(2 * target - 1) * x for x in (1.0, *features)] for features, target in standardized]


def posterior_energy(rows: Sequence[Vector]) -> Energy:
    """The function from weights w to -log p(w | flowers), up to a constant.

    A flower has the likelihood sigmoid(±w·x), whose -log is softplus(∓w·x); the prior is normal.
    """

    def energy(weights: Vector) -> Any:
        surprise = total(softplus(-dot(weights, row)) for row in rows)
        return surprise + dot(weights, weights) / (2.0 * PRIOR**2)

    return energy


# --- Hamiltonian Monte Carlo ----------------------------------------------------------------


def leapfrog(
    energy: Energy, position: Vector, momentum: Vector, size: float, steps: int
) -> tuple[Vector, Vector]:
    """Where a ball rolls on the energy: at every step half a kick, a drift, half a kick."""
    slope = grad(energy)
    gradient = slope(position)
    for _ in range(steps):
        momentum = moved(momentum, gradient, -size / 2.0)
        position = moved(position, momentum, size)
        gradient = slope(position)
        momentum = moved(momentum, gradient, -size / 2.0)
    return position, momentum


def hmc_step(energy: Energy, size: float, steps: int) -> Step:
    """The function from a position and a key to the next position, and 1.0 if it is a new one."""

    def step(position: Vector, key: Any) -> tuple[Any, Any]:
        for_momentum, for_choice = split(key)
        momentum = normal(for_momentum, len(position))
        end, momentum_there = leapfrog(energy, position, momentum, size, steps)
        before = energy(position) + dot(momentum, momentum) / 2.0
        after = energy(end) + dot(momentum_there, momentum_there) / 2.0
        accepted = greater(exp(before - after), uniform(for_choice))
        return [where(accepted, q, p) for q, p in zip(end, position, strict=True)], accepted

    return step


def sample(
    step: Step, starts: Sequence[Vector], keys: Sequence[float], compiled: bool
) -> tuple[list[Chain], float]:
    """The draws of each chain until the end or Ctrl-C, and the share that was accepted."""

    def all_chains(positions: Any, key: Any) -> tuple[Any, Any]:
        new, accepted = vmap(step)(positions, split(key, len(starts)))
        return new, (new, accepted)

    draws: Any = []
    accepted: Any = []
    report, positions = Report(len(keys), unit="draw"), list(starts)

    def note(done: int, *_: object) -> None:
        report(done)

    try:
        if compiled:
            native = compile(all_chains)
            found = native.scan(positions, keys, every=report.every, progress=note)
            positions, (draws, accepted) = found
        else:
            for done, key in enumerate(keys, start=1):
                positions, (draw, was_accepted) = all_chains(positions, key)
                draws.append(draw)
                accepted.append(was_accepted)
                note(done)
    except ScanInterrupted as stopped:
        draws, accepted = stopped.outputs
    except KeyboardInterrupt:
        pass
    report.close()
    return list(zip(*draws, strict=True)), fmean(map(fmean, accepted or [[0.0]]))


# --- what was found -------------------------------------------------------------------------


def split_r_hat(chains: Sequence[Sequence[float]]) -> float:
    """How much wider all draws lie than those of half a chain: 1 where the chains agree.

    √(whole / within) after Gelman and others, Bayesian Data Analysis (2013), section 11.4.
    """
    n = len(chains[0]) // 2
    halves = [half for chain in chains for half in (chain[:n], chain[-n:])]
    within = fmean(map(variance, halves))
    whole = (n - 1) / n * within + variance(map(fmean, halves))
    return math.sqrt(whole / within)


def inverse(matrix: Sequence[Vector]) -> list[Vector]:
    """The inverse of a positive definite matrix, by Gauss and Jordan."""
    size = range(len(matrix))
    rows: list[Vector] = [[*row, *(float(i == j) for j in size)] for i, row in enumerate(matrix)]
    for i in size:
        rows[i] = [x / rows[i][i] for x in rows[i]]
        rows = [row if j == i else moved(row, rows[i], -row[i]) for j, row in enumerate(rows)]
    return [row[len(matrix) :] for row in rows]


def laplace(energy: Energy, position: Vector) -> tuple[Vector, list[float]]:
    """The mode, by Newton's method from a position, and the deviations of the normal there."""
    for _ in range(12):
        gradient, covariance = grad(energy)(position), inverse(hessian(energy)(position))
        position = moved(position, [dot(row, gradient) for row in covariance], -1.0)
    return position, [math.sqrt(row[i]) for i, row in enumerate(covariance)]


def table(chains: Sequence[Chain], mode: Vector, widths: Sequence[float]) -> str:
    """For each weight mean and deviation of the draws, those of Laplace, and split R-hat."""
    lines = ["weight          chains           Laplace          split R-hat"]
    for i, name in enumerate(WEIGHTS):
        parts = [[draw[i] for draw in chain] for chain in chains]
        draws = [x for part in parts for x in part]
        found = f"{fmean(draws):5.2f} ± {stdev(draws):.2f}    {mode[i]:5.2f} ± {widths[i]:.2f}"
        lines.append(f"{name:14}  {found}    {split_r_hat(parts):.3f}")
    return "\n".join(lines)


def pictures(energy: Energy, chains: Sequence[Chain], warmup: int) -> dict[str, Drawing]:
    """How the chains come together, and a hundred draws of each, of two weights."""
    names = [f"chain {i}" for i in range(1, len(chains) + 1)]
    courses = [[energy(draw) for draw in chain[:40]] for chain in chains]
    draws = [(i, draw[3:]) for i, x in enumerate(chains) for draw in x[warmup : warmup + 100]]
    return {
        "energy": learning_curve(dict(zip(names, courses, strict=True)), "", "draw", "energy"),
        "draws": scatter(
            [weights for _, weights in draws],
            [i for i, _ in draws],
            names,
            x_label=f"weight of {WEIGHTS[3]}",
            y_label=f"weight of {WEIGHTS[4]}",
        ),
    }


# --- the command ----------------------------------------------------------------------------


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Logistic regression by Hamiltonian Monte Carlo.")
    add = parser.add_argument
    add("--interpreted", action="store_true", help="the same numbers, without compiling")
    add("--draws", type=int, default=1000, help="of each chain (default: %(default)s)")
    add("--warmup", type=int, default=200, help="draws before them (default: %(default)s)")
    add("--size", type=float, default=0.3, help="of a leapfrog step (default: %(default)s)")
    add("--steps", type=int, default=5, help="leapfrog steps to a draw (default: %(default)s)")
    add("--seed", type=int, default=0, help="of all that is random (default: %(default)s)")
    add("--out", type=folder, default="out", help="pictures go here (default: %(default)s)")
    given = parser.parse_args(arguments)
    if given.draws < 4 or given.warmup < 0 or given.steps < 1 or not 0 < given.size < math.inf:
        parser.error("wanted: --draws of 4 or more, --warmup of 0 or more, --steps and --size > 0")
    return given


def run(given: argparse.Namespace) -> None:
    """Draw, and say and show what was found."""
    energy, start = posterior_energy(two_species()), perf_counter()
    for_starts, for_draws = split(key(given.seed))
    starts = [normal(one, len(WEIGHTS), deviation=PRIOR) for one in split(for_starts, CHAINS)]
    keys = split(for_draws, given.warmup + given.draws)
    step = hmc_step(energy, given.size, given.steps)
    chains, accepted = sample(step, starts, keys, not given.interpreted)
    done = len(chains[0]) if chains else 0
    print(f"{CHAINS} x {done:,} draws in {perf_counter() - start:.1f} s, {accepted:.1%} accepted")
    if done < given.warmup + 4:
        sys.exit("stopped before there were four draws after the warmup")
    mode, widths = laplace(energy, [0.0] * len(WEIGHTS))
    print(table([chain[given.warmup :] for chain in chains], mode, widths))
    given.out.mkdir(parents=True, exist_ok=True)
    for name, drawing in pictures(energy, chains, given.warmup).items():
        drawing.save(given.out / f"logistic_hmc_{name}.svg")
        print("picture:", given.out / f"logistic_hmc_{name}.svg")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for; a SystemExit with a message if that cannot be."""
    with clear_ending():
        run(options(arguments))


if __name__ == "__main__":
    main()
