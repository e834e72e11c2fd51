"""What is wanted of the two engines, and how far they are.

The native engine has goals and what they aim at; those of the Python engine bound how much its
plainness costs.
"""

from collections.abc import Iterator
from statistics import median
from typing import Any, NamedTuple

from goals import Goal, median_ratio
from workloads import GPT, MODULES, MOONS, README

Results = dict[str, Any]  # as `eager.measure` gives them


class Race(NamedTuple):
    """By how many times an engine is to be faster than another one at a workload.

    The time of its Modules is held against the others' time for the same by hand.
    """

    engine: str
    workload: str
    other: str
    wanted: float
    aim: float | None = None


RACES = (
    Race("native", GPT, "tuple", 8.0, 15.0),
    Race("native", GPT, "xad", 2.5, 4.0),
    Race("native", MOONS, "micrograd", 80.0, 150.0),
    Race("native", MOONS, "tuple", 8.0, 15.0),
    Race("native", MODULES, "micrograd", 80.0, 150.0),
    Race("native", MODULES, "tuple", 8.0, 15.0),
    Race("native", README, "tuple", 5.0, 10.0),
    Race("python", GPT, "tuple", 0.65),
    Race("python", GPT, "micrograd", 3.0),
    Race("python", MOONS, "tuple", 0.65),
    Race("python", MOONS, "micrograd", 3.0),
    Race("python", README, "tuple", 0.5),
)
SLOWER_THAN_FLOATS = 8.0, 5.0  # at most so many times, and what it aims at
BYTES = {"native": (136.0, 104.0), "python": (240.0, None)}  # a node, after backward
NANOSECONDS = 150.0, 80.0  # a node of a chain, forward and backward
SPREAD = {"native": 2.0, "python": 2.5}  # of that, from the fastest to the slowest length
MODULES_BY_HAND = 1.25  # at most so many times the time of the same ops without Modules
EPOCH = 5.0, 10.0  # times as fast as the Python engine
USER_OPS = 3.0
RECORDED = 150.0  # nanoseconds a node, and bytes
IMPORT = 50.0, 25.0  # milliseconds


def judge(results: Results) -> list[Goal]:
    """Every goal that could be measured."""
    parts = {
        "steps": steps_goals,
        "chains": chains_goals,
        "memory": memory_goals,
        "modules": modules_goals,
        "user-ops": user_ops_goals,
        "recording": recording_goals,
        "demo": demo_goals,
        "import": import_goals,
    }
    found = [
        goal for name, part in parts.items() if name in results for goal in part(results[name])
    ]
    return sorted(found, key=lambda goal: goal.name.partition(":")[0])


def steps_goals(steps: Results) -> Iterator[Goal]:
    """The races, and the distance from floats."""
    for engine, workload, other, wanted, aim in RACES:
        times = steps.get(workload, {})
        others = steps.get(MOONS if workload == MODULES else workload, {})
        if engine in times and other in others:
            name = f"{engine}: {workload}, times as fast as {other}"
            found = median_ratio(others[other], times[engine])
            yield Goal(name, wanted, aim, found, more=True)
    if "native" in steps.get(GPT, {}):
        found = median_ratio(steps[GPT]["native"], steps[GPT]["floats"])
        yield Goal(f"native: {GPT}, times as slow as floats", *SLOWER_THAN_FLOATS, found)


def chains_goals(chains: Results) -> Iterator[Goal]:
    """How long a node takes at each length, and how much that depends on the length."""
    first, *_, last = chains
    for engine, spread in SPREAD.items():
        if engine in chains[first]:
            seconds = [forward_and_backward(samples[engine]) for samples in chains.values()]
            what = f"{engine}: forward and backward a node, chains of {first:,} to {last:,}"
            if engine == "native":
                yield Goal(f"{what}, slowest, ns", *NANOSECONDS, 1e9 * max(seconds))
            yield Goal(f"{what}, slowest / fastest", spread, None, max(seconds) / min(seconds))


def forward_and_backward(samples: list[dict[str, float]]) -> float:
    return median(sample["forward"] + sample["backward"] for sample in samples)


def memory_goals(memory: Results) -> Iterator[Goal]:
    """What tracemalloc counts, and what the process grew by."""
    for engine, (wanted, aim) in BYTES.items():
        if engine in memory["traced"]:
            name = f"{engine}: bytes a node after backward"
            # In whole bytes: the leaves of a chain, shared by all its nodes, are a fraction of one.
            found = round(memory["traced"][engine][1])
            yield Goal(f"{name}, as traced", wanted, aim, found)
        if engine == "native" and memory["process"].get(engine):
            found = memory["process"][engine][1]
            yield Goal(f"{name}, of the process", wanted, aim, found)


def modules_goals(modules: Results) -> Iterator[Goal]:
    """What Modules cost the Python engine."""
    for kind, pairs in modules["python"].items():
        with_modules, by_hand = map(min, zip(*pairs, strict=True))
        name = f"python: an MLP of {kind}, times as long as by hand"
        yield Goal(name, MODULES_BY_HAND, None, with_modules / by_hand)


def user_ops_goals(seconds: Results) -> Iterator[Goal]:
    """What ops of the user's leave of the gain."""
    if "native" in seconds:
        found = median_ratio(seconds["python"], seconds["native"])
        name = "native: every tenth node a user's op, times as fast as the Python engine"
        yield Goal(name, USER_OPS, None, found, more=True)


def recording_goals(recording: Results) -> Iterator[Goal]:
    """What a node costs that is recorded for the compiler."""
    if "native" in recording["seconds"]:
        found = 1e9 * median(recording["seconds"]["native"])
        yield Goal("native: recording, ns a node", RECORDED, None, found)
        yield Goal("native: recording, bytes a node", RECORDED, None, recording["bytes"]["native"])


def demo_goals(demo: Results) -> Iterator[Goal]:
    """A whole epoch: what it trains, and how it says how good that is."""
    if "native" in demo:
        python, native = (
            [sum(sample.values()) for sample in demo[x]] for x in ("python", "native")
        )
        name = "native: an epoch of the demo, times as fast as the Python engine"
        yield Goal(name, *EPOCH, median_ratio(python, native), more=True)


def import_goals(seconds: Results) -> Iterator[Goal]:
    """What the import adds to the start of Python."""
    for engine in ("native", "python"):
        if engine in seconds:
            found = 1e3 * added_by_import(seconds, engine)
            yield Goal(f"{engine}: import autograd, ms", *IMPORT, found)


def added_by_import(seconds: Results, engine: str) -> float:
    """Seconds, beyond those of a process that imports nothing."""
    pairs = zip(seconds[engine], seconds["nothing"], strict=True)
    return float(median(imported - bare for imported, bare in pairs))
