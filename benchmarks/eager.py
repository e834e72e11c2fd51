"""How fast the Python engine is, beside micrograd and beside a plain tuple-based Value.

    python benchmarks/eager.py [--rounds 7] [--json FILE]

Run it from the project's folder, where the project is installed (``pip install -e .``) and, for
the comparison with it, micrograd (``pip install micrograd``).

Every engine runs the same code (`workloads.py`) in its own process (`worker.py`); the rounds
take turns, so that a slow moment of the machine hits all. Losses and gradients are compared
before anything is timed. Numbers are medians over the rounds. The exit code is 1 if a goal is
missed.
"""

import argparse
import importlib.util
import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from workloads import WORKLOADS

GPT, MOONS, README = WORKLOADS
OURS, BASELINES = "autograd", ("tuple", "micrograd")
SPEED_GOALS = (  # at least so many times as fast
    (GPT, "tuple", 0.65),
    (GPT, "micrograd", 3.0),
    (MOONS, "tuple", 0.65),
    (MOONS, "micrograd", 3.0),
    (README, "tuple", 0.5),
)
MEMORY_NODES, MEMORY_GOAL = 10_000, 240.0  # at most so many bytes a node
MODULES_GOAL = 1.25  # at most so many times the time of the same ops without Modules
CHAIN_NODES, CHAIN_GOAL = (1_000, 10_000, 100_000, 1_000_000), 2.5  # slowest over fastest


class Goal(NamedTuple):
    """What was wanted, what was found, and whether that is enough."""

    name: str
    wanted: str
    found: float
    met: bool


class Worker:
    """An engine in another process, which answers one question at a time."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        command = [sys.executable, str(Path(__file__).with_name("worker.py")), engine]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, measurement: str, *arguments: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps([measurement, *arguments]) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it ended: no answer comes, either
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"the process of {self.engine} ended early: see its error above")
        return json.loads(answer)

    def stop(self) -> None:
        self.process.communicate()


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def available_engines() -> list[str]:
    if importlib.util.find_spec("micrograd") is not None:
        return [OURS, *BASELINES]
    progress(
        "micrograd is not installed, so this runs without it; to add it: pip install micrograd"
    )
    return [OURS, "tuple"]


def largest_disagreement(workers: list[Worker]) -> float:
    """The largest relative difference of a loss or gradient to the first engine's.

    Raises:
        SystemExit: if one is larger than 1e-9, as then the times mean nothing.
    """
    largest = 0.0
    for workload in WORKLOADS:
        first, *others = [worker.ask("loss_and_gradients", workload) for worker in workers]
        for worker, found in zip(workers[1:], others, strict=True):
            for i, (x, y) in enumerate(zip(first, found, strict=True)):
                if not math.isclose(x, y, rel_tol=1e-9):
                    what = f"gradient {i - 1}" if i else "loss"
                    raise SystemExit(
                        f"{workload}: {what} is {x!r} by {workers[0].engine}, "
                        f"{y!r} by {worker.engine}"
                    )
                largest = max(largest, abs(x - y) / (max(abs(x), abs(y)) or 1.0))
    return largest


def time_workloads(workers: list[Worker], rounds: int) -> dict[str, dict[str, list[float]]]:
    """Seconds a step, for each workload, engine and round."""
    seconds: dict[str, dict[str, list[float]]] = {}
    for workload in WORKLOADS:
        seconds[workload] = {worker.engine: [] for worker in workers}
        for i in range(rounds):
            progress(f"{workload}: round {i + 1} of {rounds}")
            for worker in workers:
                seconds[workload][worker.engine].append(worker.ask("seconds_per_step", workload))
    return seconds


def time_chains(worker: Worker, rounds: int) -> dict[int, list[float]]:
    """Seconds a node, for each length of chain and round."""
    seconds: dict[int, list[float]] = {nodes: [] for nodes in CHAIN_NODES}
    for i in range(rounds):
        progress(f"chains: round {i + 1} of {rounds}")
        for nodes in CHAIN_NODES:
            chains = max(1, 100_000 // nodes)
            seconds[nodes].append(worker.ask("seconds_per_node", nodes, chains))
    return seconds


def measure(rounds: int) -> dict[str, Any]:
    """Everything, as it is written to the JSON file."""
    workers = [Worker(engine) for engine in available_engines()]
    try:
        progress("comparing losses and gradients")
        disagreement = largest_disagreement(workers)
        seconds = time_workloads(workers, rounds)
        chains = time_chains(workers[0], rounds)
        progress("modules")
        modules = workers[0].ask("seconds_of_modules", 10 * rounds)
        memory = {worker.engine: worker.ask("bytes_per_node", MEMORY_NODES) for worker in workers}
    finally:
        for worker in workers:
            worker.stop()
    return {
        "machine": machine(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "rounds": rounds,
        "largest_relative_difference": disagreement,
        "seconds_per_step": seconds,
        "seconds_per_node": chains,
        "bytes_per_node": memory,
        "seconds_of_modules": modules,
    }


def machine() -> str:
    """The processor's name, its cores, and the system."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        name = models[0] if models else name
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def goals(results: dict[str, Any]) -> list[Goal]:
    """Every goal that could be measured."""
    judged = []
    for workload, baseline, wanted in SPEED_GOALS:
        seconds = results["seconds_per_step"][workload]
        if baseline in seconds:
            times = median(seconds[baseline]) / median(seconds[OURS])
            name = f"{workload}: times as fast as {baseline}"
            judged.append(Goal(name, f">= {wanted:g}", times, times >= wanted))
    found = max(results["bytes_per_node"][OURS])
    judged.append(Goal("bytes a node", f"<= {MEMORY_GOAL:g}", found, found <= MEMORY_GOAL))
    for what, pairs in results["seconds_of_modules"].items():
        modules, by_hand = map(min, zip(*pairs, strict=True))
        found = modules / by_hand
        name = f"an MLP of {what}: times as long as by hand"
        judged.append(Goal(name, f"<= {MODULES_GOAL:g}", found, found <= MODULES_GOAL))
    per_node = [median(seconds) for seconds in results["seconds_per_node"].values()]
    found = max(per_node) / min(per_node)
    name = f"time a node, chains of {CHAIN_NODES[0]:,} to {CHAIN_NODES[-1]:,}: slowest / fastest"
    judged.append(Goal(name, f"<= {CHAIN_GOAL:g}", found, found <= CHAIN_GOAL))
    return judged


def report(results: dict[str, Any], judged: list[Goal]) -> str:
    """The tables that are printed."""
    memory = results["bytes_per_node"]
    lines = [
        f"{results['machine']}; {results['python']}; medians of {results['rounds']}",
        "Losses and gradients of all engines agree: largest relative difference "
        f"{results['largest_relative_difference']:.1e}.",
        "",
        row("loss and gradient", memory),
    ]
    for workload, seconds in results["seconds_per_step"].items():
        ours = median(seconds[OURS])
        lines.append(row(workload, [time_and_ratio(median(s), ours) for s in seconds.values()]))
    lines.append(row("bytes a node", [f"{built:.0f}" for built, _ in memory.values()]))
    lines.append(
        row("bytes a node after backward", [f"{after:.0f}" for _, after in memory.values()])
    )
    lines += ["", row("a node in a chain of", [OURS])]
    for nodes, seconds in results["seconds_per_node"].items():
        lines.append(row(f"{nodes:,}", [f"{median(seconds) * 1e9:.0f} ns"]))
    lines += ["", f"{'goal':<70}{'wanted':>9}{'found':>9}"]
    for goal in judged:
        verdict = "met" if goal.met else "MISSED"
        lines.append(f"{goal.name:<70}{goal.wanted:>9}{goal.found:>9.2f}  {verdict}")
    return "\n".join(lines)


def row(name: str, cells: Iterable[str]) -> str:
    return f"{name:<28}" + "".join(f"{cell:>22}" for cell in cells)


def time_and_ratio(seconds: float, ours: float) -> str:
    shown = f"{seconds * 1e3:.1f} ms" if seconds > 1e-3 else f"{seconds * 1e6:.1f} µs"
    return f"{shown} ({seconds / ours:.2f}x)"


def a_count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {count}")
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the interpreted engine beside others.")
    parser.add_argument("--rounds", type=a_count, default=7, help="samples of each time (7)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample to FILE")
    arguments = parser.parse_args()
    if arguments.json is not None and not arguments.json.parent.is_dir():
        parser.error(f"--json: there is no folder {str(arguments.json.parent)!r} to write to")
    results = measure(arguments.rounds)
    judged = goals(results)
    print(report(results, judged))
    if arguments.json is not None:
        results["goals"] = [goal._asdict() for goal in judged]
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0 if all(goal.met for goal in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
