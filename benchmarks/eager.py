"""How fast eager code is: both engines of this package beside XAD, micrograd and a tuple Value.

    python benchmarks/eager.py [--quick] [--only gpt chains …] [--rounds 7] [--clock processor]
                               [--json FILE]

Run it from the project's folder, where the project is installed (``pip install -e .``) with the
native engine built (``make native``), and what it is compared with: ``pip install micrograd xad``.
What is missing is left out.

Every engine runs the same code (`workloads.py`) in its own process (`worker.py`): the engines of
this package, XAD's tape in C++, micrograd, the plainest fast Value (`tuple_value.py`), and plain
floats, which find no gradient. The rounds take turns, so that a slow moment of the machine hits
all; a ratio is that of a round, and numbers are medians over the rounds. Losses and gradients are
compared before anything is timed. Ctrl-C ends the measuring, and what was found by then is
reported. The exit code is 1 if a goal (`eager_goals.py`) is missed, or if something fails.

Where other programs run beside it, ``--clock processor`` counts the time of the processor alone.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from eager_goals import judge
from eager_tables import report
from goals import keep
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
    seconds_to_run,
    why_not_native,
)
from workloads import GPT, MODULES, MOONS, README, WORKLOADS

OURS, PACKAGES = ("native", "python"), ("micrograd", "xad")
LENGTHS = (1_000, 10_000, 100_000, 1_000_000)  # of chains
MEMORY_NODES, USER_OP_NODES, RECORDED_NODES = 1_000_000, 10_000, 100_000
# At each allocation tracemalloc counts the frames of the stack, of which the baselines have one
# for each node of a chain.
TRACED_NODES_OF_BASELINES = 10_000


class Plan(NamedTuple):
    """What is measured: the engines, those of this package among them, and how much of it."""

    engines: list[str]
    ours: list[str]
    rounds: int
    lengths: tuple[int, ...]
    clock: str


def available_engines() -> list[str]:
    found = ["python", "tuple", *filter(is_installed, PACKAGES), "floats"]
    why_not = why_not_native()
    if why_not:
        progress(f"this runs without the native engine: {why_not}")
        return found
    return ["native", *found]


@contextmanager
def running(names: Sequence[str], clock: str = "wall") -> Iterator[dict[str, Process]]:
    """The processes of these engines."""
    processes = {
        name: Process(name, "worker.py", name, clock, engine=name if name in OURS else "python")
        for name in names
    }
    try:
        yield processes
    finally:
        for process in processes.values():
            process.stop()


def ask_fresh(name: str, question: str, *arguments: Any, clock: str = "wall") -> Any:
    """The answer of an engine in a fresh process."""
    with running([name], clock) as processes:
        return processes[name].ask(question, *arguments)


def ask_in_turns(names: Sequence[str], plan: Plan, question: str, *arguments: Any) -> Any:
    """For each engine its answers, one for each round."""
    with running(names, plan.clock) as processes:
        asked = {
            name: partial(process.ask, question, *arguments) for name, process in processes.items()
        }
        return in_turns(" ".join(map(str, [question, *arguments])), plan.rounds, asked)


def who_can(workload: str, plan: Plan) -> list[str]:
    return plan.ours if workload == MODULES else plan.engines


def largest_disagreement(workloads: Sequence[str], plan: Plan) -> float:
    """The largest relative difference of a loss or gradient to the first engine's.

    Raises:
        SystemExit: if one is larger than 1e-9, or there is any between the engines of this
            package, as then the times mean nothing.
    """
    largest = 0.0
    expected: dict[str, list[float]] = {}
    for workload in workloads:
        found = {
            name: ask_fresh(name, "loss_and_gradients", workload)
            for name in who_can(workload, plan)
        }
        first = expected.setdefault(WORKLOADS[workload].same_as or workload, found[plan.engines[0]])
        for name, numbers in found.items():
            of_both = zip(first[: len(numbers)], numbers, strict=True)  # of floats the loss alone
            for i, (x, y) in enumerate(of_both):
                if not math.isclose(x, y, rel_tol=1e-9):
                    what = f"gradient {i - 1}" if i else "loss"
                    raise SystemExit(f"{workload}: {what} is {y!r} by {name} and should be {x!r}")
                largest = max(largest, abs(x - y) / (max(abs(x), abs(y)) or 1.0))
        if any(found[name] != found[plan.ours[0]] for name in plan.ours):
            raise SystemExit(f"{workload}: the engines in C and in Python give different bits")
    return largest


def time_steps(
    workloads: Sequence[str], plan: Plan, found: dict[str, dict[str, list[float]]]
) -> None:
    """Seconds a step, for each workload, engine and round; each workload as soon as it is timed."""
    for workload in workloads:
        engines = who_can(workload, plan)
        found[workload] = ask_in_turns(engines, plan, "seconds_per_step", workload)


def time_chains(plan: Plan) -> dict[int, dict[str, list[dict[str, float]]]]:
    """Seconds a node to build, go back through and delete: for each length, engine and round."""
    with running(plan.ours, plan.clock) as processes:
        asked = {
            (nodes, name): partial(process.ask, "seconds_per_node", nodes)
            for nodes in plan.lengths
            for name, process in processes.items()
        }
        answers = in_turns("chains", plan.rounds, asked)
    return {nodes: {name: answers[nodes, name] for name in plan.ours} for nodes in plan.lengths}


def measure_memory(plan: Plan) -> dict[str, dict[str, list[float]]]:
    """Bytes a node, before and after backward: as Python counts them, and of the whole process."""
    found: dict[str, dict[str, list[float]]] = {"traced": {}, "process": {}}
    for name in plan.engines:
        progress(f"memory: {name}")
        if name not in ("floats", "xad"):  # no nodes, and none that Python allocates
            nodes = MEMORY_NODES if name in plan.ours else TRACED_NODES_OF_BASELINES
            found["traced"][name] = ask_fresh(name, "bytes_per_node", nodes, False)
        if name != "floats":
            found["process"][name] = ask_fresh(name, "bytes_per_node", MEMORY_NODES, True)
    return found


def time_modules(plan: Plan) -> dict[str, dict[str, list[list[float]]]]:
    """Pairs of seconds a call, of Modules and by hand, for each engine and kind of call."""
    progress("modules")
    question = "seconds_of_modules"
    return {
        name: ask_fresh(name, question, 10 * plan.rounds, clock=plan.clock) for name in plan.ours
    }


def time_user_ops(plan: Plan) -> Any:
    """Seconds a node of a chain of which every tenth is of a user's op."""
    question = "seconds_per_node_with_user_ops"
    return ask_in_turns(plan.ours, plan, question, USER_OP_NODES)


def measure_recording(plan: Plan) -> dict[str, Any]:
    """Seconds and bytes a node that is recorded for the compiler."""
    return {
        "seconds": ask_in_turns(plan.ours, plan, "recording", RECORDED_NODES, False),
        "bytes": {name: ask_fresh(name, "recording", RECORDED_NODES, True) for name in plan.ours},
    }


def time_demo(plan: Plan) -> Any:
    """Seconds of an epoch of the command `demo`: of its training, and of its evaluation."""
    return ask_in_turns(plan.ours, plan, "seconds_of_epoch")


def time_import(plan: Plan) -> dict[str, list[float]]:
    """Seconds of a fresh process that imports this package, and of one that imports nothing."""
    runs = {"nothing": partial(seconds_to_run, "pass", "python", plan.clock)}
    for name in plan.ours:
        runs[name] = partial(seconds_to_run, "import autograd", name, plan.clock)
    return in_turns("import", 3 * plan.rounds, runs)


STEPS = {"gpt": [GPT], "moons": [MOONS, MODULES], "readme": [README]}
OTHERS: dict[str, Callable[[Plan], Any]] = {
    "chains": time_chains,
    "memory": measure_memory,
    "modules": time_modules,
    "user-ops": time_user_ops,
    "recording": measure_recording,
    "demo": time_demo,
    "import": time_import,
}


def measure(chosen: Sequence[str], plan: Plan) -> dict[str, Any]:
    """Everything that was asked for, as it is written to the JSON file."""
    results: dict[str, Any] = {
        "machine": machine(),
        "python": python_version(),
        "rounds": plan.rounds,
        "clock": plan.clock,
        "engines": plan.engines,
    }
    workloads = [workload for name in chosen for workload in STEPS.get(name, ())]

    def steps() -> dict[str, dict[str, list[float]]]:
        progress("comparing losses and gradients")
        results["largest_relative_difference"] = largest_disagreement(workloads, plan)
        found: dict[str, dict[str, list[float]]] = results.setdefault("steps", {})
        time_steps(workloads, plan, found)
        return found

    parts: dict[str, Callable[[], Any]] = {"steps": steps} if workloads else {}
    parts |= {name: partial(OTHERS[name], plan) for name in OTHERS if name in chosen}
    measure_parts(parts, results)
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description="Time eager code beside that of others.")
    names = [*STEPS, *OTHERS]
    parser.add_argument("--rounds", type=a_count, help="samples of each time (7; quick: 2)")
    parser.add_argument("--quick", action="store_true", help="two rounds, chains to 100,000")
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, help="of all, only these"
    )
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall", help="(wall)")
    parser.add_argument("--json", type=a_file, metavar="FILE", help="write every sample to FILE")
    arguments = parser.parse_args()
    engines = available_engines()
    ours = [name for name in OURS if name in engines]
    rounds = arguments.rounds or (2 if arguments.quick else 7)
    lengths = LENGTHS[:-1] if arguments.quick else LENGTHS
    plan = Plan(engines, ours, rounds, lengths, arguments.clock)
    results = measure(arguments.only, plan)
    goals = judge(results)
    print(report(results, goals))
    return keep(results, goals, arguments.json)


if __name__ == "__main__":
    sys.exit(main())
