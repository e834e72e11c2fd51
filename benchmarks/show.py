"""How fast graphs are drawn and described, and how much an import costs.

    python benchmarks/show.py [--rounds 7] [--json FILE]

Run it from the project's folder. Graphs are drawn node by node: an expression of random additions
and products among recent nodes, which is hard to lay out, a network with frames around its
neurons, and the graphs of `shapes.py`, in which something is used far away. Of these the growth is
measured too: the exponent e of n^e from 5,000 to 20,000 nodes. Numbers are medians. The exit code
is 1 if a goal is missed.
"""

import argparse
import json
import math
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from processes import a_count, a_file, is_whole, machine, progress, python_version
from shapes import SHAPES, count, recurrent

from autograd import Value
from autograd.engine.graph import topological_order
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show import draw

GROWTH, SMALLER, LARGER = 1.3, 5_000, 20_000
WIDTH, HEIGHT = 6_000, 3_000  # of an RNN of 30 steps, unfolded
SLIDE = (1_600, 900)  # and folded
TIMES = ((50, 0.010), (500, 0.150), (5_000, 2.0))  # nodes, seconds
BYTES_OF_50 = 30_000
DISPLAY_NODES, DISPLAY = 40, 0.020
LARGE, LARGE_SECONDS = 1_000_000, 10.0
IMPORT_SECONDS = 0.050


class Goal(NamedTuple):
    name: str
    wanted: float
    found: float
    unit: str

    @property
    def met(self) -> bool:
        return self.found <= self.wanted


def conclude(goals: Iterable[Goal], file: Path | None) -> int:
    """Print a line for each goal once it is measured, keep them in a JSON file if one is asked for.

    Ctrl-C ends the measuring, and what was found by then is kept. Gives the exit code.
    """
    results: dict[str, Any] = {"machine": machine(), "python": python_version(), "goals": []}
    try:
        for goal in goals:
            verdict = "ok" if goal.met else "MISSED"
            number = f"{goal.found:11,.2f} of {goal.wanted:8,g} {goal.unit:8}"
            print(f"{goal.name:46} {number} {verdict}", flush=True)
            results["goals"].append({**goal._asdict(), "met": goal.met})
    except KeyboardInterrupt:
        progress("interrupted: here is what was found by then")
        results["interrupted"] = True
    if file is not None:
        file.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0 if is_whole(results) and all(goal["met"] for goal in results["goals"]) else 1


def expression(nodes: int) -> Value:
    """Random sums and products of recent nodes, `nodes` nodes in all."""
    choose = random.Random(0)
    inputs = [Value(choose.uniform(-1.0, 1.0), f"x{i}") for i in range(max(2, nodes // 12))]
    pool, waiting = inputs[:8], inputs[8:]
    for left in range(nodes - len(inputs), 0, -1):
        first = pool.pop(0)
        if left < len(pool) + 1:  # as many steps as it takes to join what is there
            second = pool.pop(0)
        elif waiting and left % 3 == 0:
            second = waiting.pop()
        else:
            second = choose.choice(pool or [first])
        pool.append(first * second if choose.random() < 0.5 else first + second)
    (root,) = pool
    root.backward()
    return root


def network(nodes: int) -> Value:
    """The loss of the largest network with at most `nodes` nodes."""
    inputs = [Value(0.5, "x0"), Value(-0.5, "x1")]
    for width in range(1, nodes):
        larger: Value = mse_loss([MLP(2, [width, width, 1], rng=0)(inputs)], [1.0])
        if len(topological_order(larger)) > nodes:
            break
        loss = larger
    loss.backward()
    return loss


def seconds(task: Callable[[], Any], rounds: int) -> float:
    task()
    samples = []
    for _ in range(rounds):
        start = time.perf_counter()
        task()
        samples.append(time.perf_counter() - start)
    return median(samples)


def in_a_new_process(code: str) -> list[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


IMPORT = (
    "import time, sys; start = time.perf_counter(); import autograd; "
    "print(time.perf_counter() - start, *(m for m in ('graphviz', 'numpy') if m in sys.modules))"
)


def drawing_goals(rounds: int) -> Iterator[Goal]:
    """How long drawings take, and how large small ones are."""
    for nodes, most in TIMES:
        for kind, make in (("expression", expression), ("network", network)):
            root = make(nodes)
            count = len(topological_order(root))
            options: dict[str, Any] = {"collapse": None, "force": True}
            few = rounds if nodes < 5000 else min(rounds, 3)
            found = seconds(lambda r=root, o=options: draw(r, **o), few)  # type: ignore[misc]
            yield Goal(f"draw {kind} of {count:,} nodes", most * 1e3, found * 1e3, "ms")
            if nodes == 50:
                size = len(draw(root, **options).svg.encode())
                yield Goal(f"SVG of {kind} of {count:,} nodes", BYTES_OF_50, size, "bytes")


def shape_goals(rounds: int) -> Iterator[Goal]:
    """How long the shapes take, and how their time grows."""
    options: dict[str, Any] = {"collapse": None, "force": True}
    for name, make in SHAPES.items():
        times: dict[int, tuple[int, float]] = {}
        for nodes in (500, SMALLER, LARGER):
            root = make(nodes)
            few = rounds if nodes < SMALLER else min(rounds, 3)
            times[nodes] = count(root), seconds(lambda r=root: draw(r, **options), few)  # type: ignore[misc]
        for nodes, most in TIMES[1:]:
            number, found = times[nodes]
            yield Goal(f"draw {name} of {number:,} nodes", most * 1e3, found * 1e3, "ms")
        (less, fast), (more, slow) = times[SMALLER], times[LARGER]
        growth = math.log(slow / fast) / math.log(more / less)
        yield Goal(f"growth of {name} to {more:,} nodes", GROWTH, growth, "")


def size_goals() -> Iterator[Goal]:
    """How large an RNN of 30 steps is."""
    root = recurrent(9 * 30)
    for options, most in (
        ({}, SLIDE),
        ({"collapse": None}, (WIDTH, HEIGHT)),
        ({"collapse": None, "rankdir": "TB"}, (WIDTH, HEIGHT)),
    ):
        size = re.search('width="([0-9]+)" height="([0-9]+)"', draw(root, **options).svg)
        assert size is not None
        for side, wanted, found in zip(("width", "height"), most, size.groups(), strict=True):
            how = " ".join(str(x) for x in options.values()) or "folded"
            yield Goal(f"{side} of an RNN of 30 steps, {how}", wanted, float(found), "px")


def other_goals(rounds: int) -> Iterator[Goal]:
    """What a display in a notebook, a summary and an import take."""
    shown = seconds(expression(DISPLAY_NODES)._repr_mimebundle_, rounds)
    large = Value(1.0)
    for _ in range(LARGE - 1):
        large = large + 1.0
    summed = seconds(lambda: draw(large), 1)
    imports = [in_a_new_process(IMPORT) for _ in range(rounds)]
    loaded = {name for _, *names in imports for name in names}
    imported = median(float(i[0]) for i in imports)
    yield Goal(f"notebook display of {DISPLAY_NODES} nodes", DISPLAY * 1e3, shown * 1e3, "ms")
    yield Goal(f"draw {LARGE:,} nodes (a summary)", LARGE_SECONDS, summed, "s")
    yield Goal("import autograd", IMPORT_SECONDS * 1e3, imported * 1e3, "ms")
    yield Goal("of graphviz and numpy, imported", 0, len(loaded), "modules")


def main() -> int:
    parser = argparse.ArgumentParser(description="How fast graphs are drawn.")
    parser.add_argument("--rounds", type=a_count, default=7, help="samples of each time (7)")
    parser.add_argument("--json", type=a_file, metavar="FILE", help="write what was found to FILE")
    arguments = parser.parse_args()
    rounds = arguments.rounds
    parts = drawing_goals(rounds), shape_goals(rounds), size_goals(), other_goals(rounds)
    return conclude(chain(*parts), arguments.json)


if __name__ == "__main__":
    raise SystemExit(main())
