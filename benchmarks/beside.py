"""What every scalar engine costs beside the others: a node, its memory, depth, import, a drawing.

    python benchmarks/beside.py [--rounds 5] [--json FILE]

Run it from the project's folder, with what it is compared with: ``pip install micrograd mygrad xad
torch``, and graphviz for the drawing. What is missing is left out. Larger programs are in
`eager.py` and `compiled.py`; this has what can be asked of all. Each engine is its own process
(`worker.py`), the rounds take turns, and a ratio is that of a round: its median is given, with the
least and the largest. Ctrl-C ends the measuring, and what was found by then is reported. The exit
code is 1 if a goal is missed, or if something fails.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from eager import available_engines, running
from goals import Goal, keep, table
from processes import (
    a_count,
    a_file,
    in_turns,
    is_installed,
    machine,
    measure_parts,
    progress,
    python_version,
    seconds_to_run,
)

MORE = ("mygrad", "torch")
IMPORTED = ("micrograd", "mygrad", "xad", "torch", "casadi", "jax")
IN_PYTHON = ("tuple", "micrograd", "mygrad")
MODULES = {"micrograd": "micrograd.engine", "xad": "xad.adj_1st", "casadi": "casadi", "jax": "jax"}
NODES, MEMORY_NODES = 1_000, 10_000
DEPTHS = (100, 900, 10_000, 100_000, 1_000_000)  # Python has 1,000 levels
PATIENCE = 5.0  # seconds; a chain ten times as long is not tried where one took longer
DRAWN = 5  # inputs of the neuron that is drawn
Samples = dict[str, list[float]]


def engines() -> list[str]:
    return [
        *(name for name in available_engines() if name != "floats"),
        *filter(is_installed, MORE),
    ]


def time_nodes(names: list[str], rounds: int) -> Samples:
    """Seconds a node to build, go back through and delete, of a chain."""
    with running(names) as processes:
        asked = {
            name: partial(process.ask, "seconds_per_node", NODES)
            for name, process in processes.items()
        }
        answers = in_turns("nodes", rounds, asked)
    return {name: [sum(one.values()) for one in found] for name, found in answers.items()}


def measure_memory(names: list[str]) -> dict[str, float]:
    """Bytes that a process grows by for a node, after a pass."""
    found = {}
    for name in names:
        progress(f"memory: {name}")
        with running([name]) as processes:
            answer = processes[name].ask("bytes_per_node", MEMORY_NODES, True)
        if answer:
            found[name] = answer[1]
    return found


def find_depths(names: list[str]) -> dict[str, int]:
    """The longest chain of those tried that a pass goes through, in a new Python."""
    progress(f"depth of {', '.join(names)}")
    found = dict.fromkeys(names, 0)
    for name in names:
        for nodes in DEPTHS:
            seconds = goes_back(name, nodes)
            if seconds is None:
                break
            found[name] = nodes
            if seconds > PATIENCE:
                break
    return found


def goes_back(name: str, nodes: int) -> float | None:
    """How long it takes, None if it does not; the process may also end at it."""
    try:
        with running([name]) as processes:
            seconds: float | None = processes[name].ask("goes_back", nodes)
            return seconds
    except SystemExit:
        return None


def time_imports(names: list[str], rounds: int) -> Samples:
    """Seconds that an import adds to the start of Python."""
    modules = {"autograd": "autograd"} | {name: MODULES.get(name, name) for name in names}
    runs = {
        name: partial(seconds_to_run, f"import {module}", "", "wall")
        for name, module in modules.items()
    }
    runs["nothing"] = partial(seconds_to_run, "pass", "", "wall")
    answers = in_turns("import", rounds, runs)
    nothing = answers.pop("nothing")
    return {
        name: [x - y for x, y in zip(found, nothing, strict=True)]
        for name, found in answers.items()
    }


def time_drawing(rounds: int) -> Samples:
    """Seconds to an SVG of a neuron: by this library, and of its program in graphviz by `dot`."""
    from autograd.nn import Neuron
    from autograd.show import draw, to_dot

    root = Neuron(DRAWN, rng=0)([0.5] * DRAWN)
    program = to_dot(root)
    runs: dict[str, Callable[[], float]] = {"autograd": lambda: timed(lambda: draw(root).svg)}
    if shutil.which("dot"):
        command = ["dot", "-Tsvg"]
        run = partial(subprocess.run, command, input=program, text=True, capture_output=True)
        runs["graphviz"] = lambda: timed(run)
    return in_turns("drawing", rounds, runs)


def timed(action: Callable[[], Any]) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


def measure(rounds: int) -> dict[str, Any]:
    """Everything that is found out."""
    names = engines()
    imported = list(filter(is_installed, IMPORTED))
    results: dict[str, Any] = {
        "machine": machine(),
        "python": python_version(),
        "rounds": rounds,
        "engines": names,
    }
    parts = {
        "seconds_per_node": lambda: time_nodes(names, rounds),
        "bytes_per_node": lambda: measure_memory(names),
        "depth": lambda: find_depths(names),
        "import": lambda: time_imports(imported, rounds),
        "drawing": lambda: time_drawing(rounds),
    }
    measure_parts(parts, results)
    return results


def goals(results: dict[str, Any]) -> list[Goal]:
    """Ours is the deepest; of those that are Python's objects the smallest; and the fastest."""
    ours = first_of_ours(results)
    judged = []
    if "depth" in results:
        judged.append(Goal("longest chain, nodes", 1e6, None, results["depth"][ours], more=True))
    memory = results.get("bytes_per_node", {})
    others = [size for name, size in memory.items() if name in IN_PYTHON]
    if ours in memory and others:
        name = f"{ours}: bytes a node / the least of peers in Python"
        judged.append(Goal(name, 1.0, None, memory[ours] / min(others)))
    for name, found in ratios(results.get("seconds_per_node", {}), ours).items():
        what = f"{ours}: a node of a chain, times as fast as {name}"
        judged.append(Goal(what, 1.0, None, median(found), more=True))
    return judged


def first_of_ours(results: dict[str, Any]) -> str:
    """The faster of the two engines of this package that was there."""
    return "native" if "native" in results["engines"] else "python"


def ratios(samples: Samples, mine: str) -> Samples:
    """Of each of the others the ratio of each round to ours."""
    return {
        name: [x / y for x, y in zip(found, samples[mine], strict=True)]
        for name, found in samples.items()
        if name != mine
    }


def report(results: dict[str, Any], judged: list[Goal]) -> str:
    """The tables that are printed."""
    ours = first_of_ours(results)
    lines = [f"{results['machine']}; {results['python']}; medians of {results['rounds']}"]
    for what, mine in (("seconds_per_node", ours), ("import", "autograd"), ("drawing", "autograd")):
        if what not in results:
            continue
        lines += ["", f"{what:<20}{'median':>12}{'times ours':>12}{'least':>10}{'largest':>10}"]
        spread = {mine: [1.0], **ratios(results[what], mine)}
        for name, found in results[what].items():
            ratio = spread[name]
            lines.append(
                f"{name:<20}{shown(median(found)):>12}{median(ratio):>12.2f}"
                f"{min(ratio):>10.2f}{max(ratio):>10.2f}"
            )
    kinds = {"bytes a node": "bytes_per_node", "longest chain": "depth"}
    columns = {title: results[kind] for title, kind in kinds.items() if kind in results}
    if columns:
        lines += ["", f"{'':<20}" + "".join(f"{title:>16}" for title in columns)]
        for name in results["engines"]:
            cells = [f"{x[name]:,.0f}" if name in x else "–" for x in columns.values()]
            lines.append(f"{name:<20}" + "".join(f"{cell:>16}" for cell in cells))
    return "\n".join([*lines, "", *table(judged)])


def shown(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(seconds) >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def main() -> int:
    parser = argparse.ArgumentParser(description="What scalar engines cost, side by side.")
    parser.add_argument("--rounds", type=a_count, default=5, help="samples of each time (5)")
    parser.add_argument("--json", type=a_file, metavar="FILE", help="write every sample to FILE")
    arguments = parser.parse_args()
    results = measure(arguments.rounds)
    judged = goals(results)
    print(report(results, judged))
    return keep(results, judged, arguments.json)


if __name__ == "__main__":
    sys.exit(main())
