"""What a data-parallel step costs here, and what it would cost on more workers, computed.

A step on W workers takes, beside what the process that leads them does alone,

    summing / W  +  W · 2 · (task + bytes / bandwidth)

for each of them gets two tasks: one brings it the parameters, to sum its samples; the other brings
it the sums of those before it, to add its own. That is least at

    W = √(summing / (2 · (task + bytes / bandwidth)))

and more workers than this make a step longer.
"""

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from time import perf_counter
from typing import Any, NamedTuple

NETWORKS = {"1 Gbit/s": 1e9 / 8, "10 Gbit/s": 1e10 / 8}  # bytes a second
WORKERS = (1, 2, 4, 8, 16, 32)


class Costs(NamedTuple):
    """What a step costs.

    Attributes:
        summing: seconds of one process for the sums over all samples.
        rest: seconds of the process that leads, for the new weights.
        task: seconds of a task that does nothing.
        size: of the parameters, and of a sum of gradients, in bytes.
    """

    summing: float
    rest: float
    task: float
    size: int


def fastest(
    steps: Mapping[str, Callable[[], Any]],
    rounds: int = 10,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, float]:
    """The seconds of each step at its fastest, after one that does not count; by turns."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():
        step()
    for _ in range(rounds):
        for name, step in steps.items():
            start = clock()
            step()
            seconds[name].append(clock() - start)
    return {name: min(found) for name, found in seconds.items()}


def seconds_a_step(costs: Costs, workers: int, bandwidth: float) -> float:
    """The time that a step would take."""
    for_each = 2 * (costs.task + costs.size / bandwidth)
    return costs.rest + costs.summing / workers + workers * for_each


def most_workers(costs: Costs, bandwidth: float) -> int:
    """The number of workers from which on a step only gets longer."""
    return max(1, round(sqrt(costs.summing / (2 * (costs.task + costs.size / bandwidth)))))


def report(costs: Costs, steps: Mapping[str, float]) -> Sequence[str]:
    """What was measured and what is computed of it, line by line."""
    lines = ["measured, the fastest of ten:"]
    lines += [f"  {1e3 * x:8.1f} ms a step, {name}" for name, x in steps.items()]
    lines += [
        f"  {1e3 * costs.summing:8.1f} ms of one process for the sums over all samples",
        f"  {1e3 * costs.rest:8.1f} ms of one process for the new weights",
        f"  {1e3 * costs.task:8.2f} ms a task that does nothing",
        f"{costs.size / 1e3:,.1f} kB go to each worker for each of its two tasks",
        "computed, ms a step:",
        "  workers " + "".join(f"{name:>11}" for name in NETWORKS),
    ]
    for count in WORKERS:
        row = [f"{1e3 * seconds_a_step(costs, count, x):11.1f}" for x in NETWORKS.values()]
        lines.append(f"  {count:7} " + "".join(row))
    for name, bandwidth in NETWORKS.items():
        part = costs.size / bandwidth / (costs.task + costs.size / bandwidth)
        lines.append(
            f"with {name} more than {most_workers(costs, bandwidth)} workers make a step longer; "
            f"of what each adds the network takes {part:.0%}, the scheduler the rest"
        )
    return lines
