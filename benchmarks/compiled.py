"""How fast compiled code is, beside JAX, PyTorch, CasADi, micrograd and a tuple-based Value.

    python benchmarks/compiled.py [--rounds 7] [--skip casadi …] [--json FILE]

Run it from the project's folder, where the project is installed with llvmlite and numpy, and the
peers are, too: ``pip install jax torch casadi micrograd``. A peer that is missing is left out, and
so is CasADi without gcc: its C takes most of a minute to compile, once; ``out/`` keeps it.

Each of them runs in its own process: JAX and PyTorch on arrays (`peer_jax.py`, `peer_torch.py`),
CasADi, micrograd and the tuples on the scalar code that this library compiles, all with float64.
Losses and gradients are compared before anything is timed; the rounds take turns, so that a slow
moment of the machine hits all. Numbers are medians over the rounds, ratios those of a round.
Ctrl-C ends the measuring, and what was found by then is reported. The exit code is 1 if a goal is
missed, or if something fails.
"""

import argparse
import math
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any

import peer_autograd
from costs import STEPS
from goals import Goal, keep, median_ratio, table
from peer_autograd import STATIC, TRAINING
from problems import GPT, MOONS
from processes import (
    Process,
    a_count,
    a_file,
    in_turns,
    is_installed,
    machine,
    measure_parts,
    progress,
    python_version,
)

SIZES = [("wide", 10**i) for i in (3, 4, 5, 6)] + [("deep", 10**i) for i in (3, 4, 5)]
SAMPLES = (100_000, 1_000_000)
PEERS = ("jax", "torch", "casadi", "micrograd")
SCRIPTS = {  # of the processes
    "llvm": ("peer_autograd.py", "llvm"),
    "numpy": ("peer_autograd.py", "numpy"),
    "jax": ("peer_jax.py",),
    "torch": ("peer_torch.py",),
    "casadi": ("peer_casadi.py",),
    "tuple": ("worker.py", "tuple"),
    "micrograd": ("worker.py", "micrograd"),
}
RACES = {  # who does which problem, by the step that does it
    GPT: [
        ("llvm", GPT),
        ("llvm", STATIC),
        ("llvm", TRAINING),
        ("jax", GPT),
        ("torch", GPT),
        ("casadi", GPT),
        ("numpy", GPT),
        ("numpy", STATIC),
        ("tuple", GPT),
    ],
    MOONS: [(name, MOONS) for name in ("llvm", "jax", "torch", "numpy", "micrograd")],
}
RATIOS = (  # slower, faster: at least so many times as fast, and what it aims at
    (("jax", GPT), ("llvm", GPT), 1.5, 3.0),
    (("torch", GPT), ("llvm", GPT), 8.0, 20.0),
    (("casadi", GPT), ("llvm", STATIC), 1.0, 2.0),  # CasADi and the tuples choose in Python, too
    (("jax", MOONS), ("llvm", MOONS), 1.0, 2.0),
    (("torch", MOONS), ("llvm", MOONS), 6.0, 12.0),
    (("micrograd", MOONS), ("llvm", MOONS), 20_000.0, 60_000.0),
    (("tuple", GPT), ("numpy", STATIC), 30.0, 100.0),
)
Entrant = tuple[str, str]  # a process and its step


def ask_fresh(question: str, *arguments: Any) -> Any:
    """The answer of `costs.py` in a fresh process."""
    process = Process("costs.py", "costs.py")
    try:
        return process.ask(question, *arguments)
    finally:
        process.stop()


def available(skipped: list[str]) -> list[str]:
    found = []
    for name in SCRIPTS:
        if name in PEERS and not is_installed(name):
            continue
        if name == "casadi" and shutil.which("gcc") is None:
            progress("there is no gcc, so this runs without casadi")
        elif name not in skipped:
            found.append(name)
    return found


def largest_disagreement(processes: dict[str, Process], problem: str) -> float:
    """The largest difference of a loss or gradient to the first one's.

    Raises:
        SystemExit: if one is larger than what another order of sums explains.
    """
    largest = 0.0
    first: list[float] = []
    for name, step in RACES[problem]:
        if name not in processes or step == TRAINING:
            continue
        question = [step] if SCRIPTS[name][0] == "worker.py" else [step, problem]
        found = processes[name].ask("loss_and_gradients", *question)
        first = first or found
        for i, (x, y) in enumerate(zip(first, found, strict=True)):
            if not math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12):
                what = f"gradient {i - 1}" if i else "loss"
                raise SystemExit(f"{problem}: {what} is {x!r} compiled, {y!r} by {name}")
            largest = max(largest, abs(x - y))
    return largest


def time_races(
    processes: dict[str, Process], rounds: int, found: dict[Entrant, list[float]]
) -> None:
    """Seconds a step, for each entrant and round; those of a problem as soon as it is timed."""
    for problem, entrants in RACES.items():
        seconds: dict[Entrant, list[float]] = {}
        for i in range(rounds):
            progress(f"{problem}: round {i + 1} of {rounds}")
            for name, step in entrants:
                if name in processes:
                    sample = processes[name].ask("seconds_per_step", step)
                    if step == TRAINING:
                        sample /= peer_autograd.TRAINING_STEPS
                    seconds.setdefault((name, step), []).append(sample)
        found |= seconds


def costs(rounds: int) -> dict[str, Callable[[], Any]]:
    """What `costs.py` tells, part by part."""

    def first_results() -> dict[str, list[dict[str, float]]]:
        asked = {step: partial(ask_fresh, "first_result", step) for step in (GPT, STATIC)}
        return in_turns("first result", rounds, asked)

    def batches() -> list[list[dict[str, float]]]:
        asked = {samples: partial(ask_fresh, "batch", samples) for samples in SAMPLES}
        return list(map(list, zip(*in_turns("batch", rounds, asked).values(), strict=True)))

    def stages() -> dict[str, dict[str, float]]:
        asked = {f"{kind} {n:,}": partial(ask_fresh, "stages", kind, n) for kind, n in SIZES}
        return {size: found for size, (found,) in in_turns("stages", 1, asked).items()}

    def repeated(name: str) -> Callable[[], list[float]]:
        return lambda: in_turns(name, rounds, {name: partial(ask_fresh, name)})[name]

    return {
        "first_result": first_results,
        **{name: repeated(name) for name in ("call", "training")},
        "batch": batches,
        "stages": stages,
    }


def measure(rounds: int, skipped: list[str]) -> dict[str, Any]:
    """Everything that is found out."""
    results: dict[str, Any] = {
        "machine": machine(),
        "python": python_version(),
        "rounds": rounds,
    }

    def races() -> dict[Entrant, list[float]]:
        processes = {name: Process(name, *SCRIPTS[name]) for name in available(skipped)}
        try:
            progress("comparing losses and gradients")
            results["largest_difference"] = max(
                largest_disagreement(processes, problem) for problem in RACES
            )
            found: dict[Entrant, list[float]] = results.setdefault("seconds_per_step", {})
            time_races(processes, rounds, found)
            return found
        finally:
            for process in processes.values():
                process.stop()

    measure_parts({"seconds_per_step": races, **costs(rounds)}, results)
    return results


def goals(results: dict[str, Any]) -> list[Goal]:
    """Every goal that could be measured."""
    seconds = results.get("seconds_per_step", {})
    judged = []
    for slower, faster, wanted, aim in RATIOS:
        if slower in seconds:
            name = f"{faster[1]}: {faster[0]}, times as fast as {slower[0]}"
            found = median_ratio(seconds[slower], seconds[faster])
            judged.append(Goal(name, wanted, aim, found, more=True))
    if seconds:
        found = median_ratio(seconds["llvm", TRAINING], seconds["llvm", GPT])
        judged.append(Goal("step with Adam by scan / loss and gradients", 2.0, 1.3, found))
    if "first_result" in results:
        found = median(sum(parts.values()) for parts in results["first_result"][STATIC])
        judged.append(Goal("first result of 73,000 nodes, static, seconds", 4.0, 1.0, found))
    if "call" in results:
        found = median(results["call"]) * 1e6
        judged.append(Goal("a call of a function of 20 nodes, µs", 6.0, 2.0, found))
    if "training" in results:
        name = f"training of {STEPS:,} steps, seconds"
        judged.append(Goal(name, 15.0, 3.0, median(results["training"])))
    return judged + (batch_goals(results["batch"]) if "batch" in results else [])


def batch_goals(batches: list[list[dict[str, float]]]) -> list[Goal]:
    """Of a function of 1,000 nodes, whose memory and time must not grow more than its batch."""
    small, large = SAMPLES
    few, many = (median(one[i]["seconds"] for one in batches) for i in range(2))
    beyond = median(one[1]["bytes"] for one in batches) / 1e6
    name = f"{large:,} samples"
    return [
        Goal(f"{name}: MB beyond inputs and outputs", 4.0, 2.0, beyond),
        Goal(f"{name}: time a sample / of {small:,}", 1.5, 1.1, many / few * small / large),
    ]


def report(results: dict[str, Any], judged: list[Goal]) -> str:
    """The tables that are printed."""
    lines = [f"{results['machine']}; {results['python']}; medians of {results['rounds']}"]
    if results.get("seconds_per_step"):
        lines += races_table(results["seconds_per_step"], results["largest_difference"])
    if stages := results.get("stages"):
        lines += ["", row_of("nodes", list(next(iter(stages.values()))))]
        lines += [row_of(size, list(map(shown, parts.values()))) for size, parts in stages.items()]
    lines.append("")
    for step, first in results.get("first_result", {}).items():
        parts = [f"{part} {shown(median(one[part] for one in first))}" for part in first[0]]
        lines.append(f"first result of {step}: {', '.join(parts)}")
    return "\n".join([*lines, "", *table(judged)])


def races_table(seconds: dict[Entrant, list[float]], difference: float) -> Iterator[str]:
    """A line for each entrant; its ratio is the median of those of the rounds."""
    yield f"Losses and gradients of all agree: largest difference {difference:.1e}."
    yield ""
    heading = f"{'loss and gradients':<42}{'by':>10}{'a step':>14}"
    yield f"{heading}{'ratio':>14}{'least':>12}{'largest':>12}"
    for entrants in RACES.values():
        for entrant in filter(seconds.__contains__, entrants):
            pairs = zip(seconds[entrant], seconds[entrants[0]], strict=True)
            ratios = [theirs / first for theirs, first in pairs]
            row = f"{entrant[1]:<42}{entrant[0]:>10}{shown(median(seconds[entrant])):>14}"
            spread = f"{min(ratios):>12,.2f}{max(ratios):>12,.2f}"
            yield f"{row}{median(ratios):>13,.2f}x{spread}"


def row_of(name: str, cells: list[str]) -> str:
    return f"{name:<20}" + "".join(f"{cell:>14}" for cell in cells)


def shown(seconds: float) -> str:
    if seconds >= 1.0:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.1f} ms" if seconds > 1e-3 else f"{seconds * 1e6:.1f} µs"


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the compiler beside others.")
    parser.add_argument("--rounds", type=a_count, default=7, help="samples of each time (7)")
    parser.add_argument("--skip", nargs="+", choices=PEERS, default=[], help="leave out")
    parser.add_argument("--json", type=a_file, metavar="FILE", help="write every sample to FILE")
    arguments = parser.parse_args()
    results = measure(arguments.rounds, arguments.skip)
    judged = goals(results)
    print(report(results, judged))
    if "seconds_per_step" in results:
        races = results["seconds_per_step"]
        results["seconds_per_step"] = {f"{step}, by {name}": x for (name, step), x in races.items()}
    return keep(results, judged, arguments.json)


if __name__ == "__main__":
    sys.exit(main())
