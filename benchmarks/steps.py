"""How much longer stepping through a backward pass takes than running it.

    python benchmarks/steps.py [--rounds 9] [--json FILE]

Run it from the project's folder. Steps are made in Python, so they are held against the pass of the
engine in Python, and where the one in C is built, this runs without it. Each round runs
``backward()`` and then goes through all of `steps()`, on the loss of a network over a batch, on an
expression that shares many nodes, and on chains of up to a million. Numbers are ratios of processor
time, each at its best of the rounds, of which long chains have fewer. Ctrl-C ends the measuring,
and what was found by then is kept. The exit code is 1 if a goal is missed.
"""

import argparse
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from processes import a_count, a_file, environment
from show import Goal, conclude, expression

from autograd import Value, engine
from autograd.engine.graph import topological_order
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show.stepping.reverse_mode import steps

MOST = 15.0  # times backward()
BATCH, NODES = 16, 500
LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
MOST_NODES = 300_000  # of all rounds together, but two are the least
CHAINS: dict[str, Callable[[Value, Value], Value]] = {
    "y·1.0001": lambda y, x: y * 1.0001,
    "y + x": lambda y, x: y + x,
    "(y·y + x)·0.3": lambda y, x: (y * y + x) * 0.3,
}


def batch() -> Value:
    """The loss of a small network over a batch."""
    model = MLP(2, [8, 8, 1], rng=0)
    inputs = [[Value(0.1 * i), Value(1.0 - 0.1 * i)] for i in range(BATCH)]
    loss: Value = mse_loss([model(x) for x in inputs], [float(i % 2) for i in range(BATCH)])
    return loss


def chain(length: int, longer: Callable[[Value, Value], Value]) -> Value:
    """What comes out if `longer` is applied to its own result again and again."""
    x = y = Value(0.5, "x")
    for _ in range(length):
        y = longer(y, x)
    return y


def graphs() -> Iterator[tuple[str, Value]]:
    """What each graph is, and its root."""
    yield "a network's batch", batch()
    yield "an expression", expression(NODES)
    for kind, longer in CHAINS.items():
        for length in LENGTHS:
            yield f"a chain of {kind}", chain(length, longer)


def seconds(task: Callable[[], Any]) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


def ratio(root: Value, rounds: int) -> float:
    """How many times as long as `backward()` it takes to go through `steps()`."""
    once, all_steps = [], []
    for _ in range(rounds):
        once.append(seconds(root.backward))
        all_steps.append(seconds(lambda: deque(steps(root), maxlen=0)))
    return min(all_steps) / min(once)


def goals(rounds: int) -> Iterator[Goal]:
    """How much longer it takes for each graph."""
    for name, root in graphs():
        count = len(topological_order(root))
        found = ratio(root, max(2, min(rounds, MOST_NODES // count)))
        yield Goal(f"steps of {name}, {count:,} nodes", MOST, found, "times")


def main() -> int:
    parser = argparse.ArgumentParser(description="How much longer stepping takes than running.")
    parser.add_argument("--rounds", type=a_count, default=9, help="samples of each time (9)")
    parser.add_argument("--json", type=a_file, metavar="FILE", help="write what was found to FILE")
    arguments = parser.parse_args()
    if engine.name != "python":
        os.execve(sys.executable, [sys.executable, *sys.argv], environment("python"))
    return conclude(goals(arguments.rounds), arguments.json)


if __name__ == "__main__":
    raise SystemExit(main())
