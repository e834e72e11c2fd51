"""How much longer stepping through a backward pass takes than running it.

    python benchmarks/steps.py [--rounds 21]

Run it from the project's folder. Each round runs ``backward()`` and then goes through all of
`steps()`, on the loss of a network over a batch and on an expression that shares many nodes;
numbers are the medians over the rounds, of the ratio in each. The exit code is 1 if a goal is
missed.
"""

import argparse
import time
from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Any

from show import Goal, expression

from autograd import Value
from autograd.graph import topological_order
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show.stepping.events import steps

MOST = 15.0  # times backward()
BATCH, NODES = 16, 500


def batch() -> Value:
    """The loss of a small network over a batch."""
    model = MLP(2, [8, 8, 1], rng=0)
    inputs = [[Value(0.1 * i), Value(1.0 - 0.1 * i)] for i in range(BATCH)]
    loss: Value = mse_loss([model(x) for x in inputs], [float(i % 2) for i in range(BATCH)])
    return loss


def seconds(task: Callable[[], Any]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def ratio(root: Value, rounds: int) -> float:
    """How many times as long as `backward()` it takes to go through `steps()`."""
    samples = []
    for _ in range(rounds):
        once = seconds(root.backward)
        samples.append(seconds(lambda: deque(steps(root), maxlen=0)) / once)
    return median(samples)


def main() -> int:
    parser = argparse.ArgumentParser(description="How much longer stepping takes than running.")
    parser.add_argument("--rounds", type=int, default=21)
    rounds = parser.parse_args().rounds
    goals = []
    for name, root in (("a network's batch", batch()), ("an expression", expression(NODES))):
        ratio(root, 1)
        what = f"steps of {name}, {len(topological_order(root)):,} nodes"
        goals.append(Goal(what, MOST, ratio(root, rounds), "times"))
    for goal in goals:
        verdict = "ok" if goal.met else "MISSED"
        print(f"{goal.name:40} {goal.found:10,.1f} of {goal.wanted:8,.0f} {goal.unit:8} {verdict}")
    return 0 if all(goal.met for goal in goals) else 1


if __name__ == "__main__":
    raise SystemExit(main())
