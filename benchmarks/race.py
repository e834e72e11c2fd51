"""One case of a program in a process of its own, ours and JAX in turns: see `programs.py`.

    python race.py gpt 0        # then answers requests, as `problems.py` says

Both forms run on one processor: JAX makes as many threads as it sees processors, and is told, too.
"""

import gc
import importlib
import os
import resource
import sys
from importlib.util import find_spec
from time import perf_counter
from typing import Any

import numpy as np
from against_jax import cases
from against_jax.case import jax_with_doubles
from serving import serve

ONE_THREAD = "--xla_cpu_multi_thread_eigen=false"
SHARE = 0.004  # seconds that each form has in a round, or one call if that takes longer
MOST_CALLS = 100  # of a form in a round
CLOSE = 1e-7  # a larger difference, beside the largest number of its kind, is another result


def run_on_one_processor() -> None:
    os.environ["XLA_FLAGS"] = ONE_THREAD
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def arrays(tree: Any) -> list[Any]:
    """The numbers of a structure, part by part, dicts in the order of their keys."""
    if isinstance(tree, dict):
        return [x for key in sorted(tree) for x in arrays(tree[key])]
    if isinstance(tree, tuple) or (isinstance(tree, list) and not is_of_numbers(tree)):
        return [x for part in tree for x in arrays(part)]
    return [np.asarray(tree, float)]


def is_of_numbers(tree: list[Any]) -> bool:
    return bool(tree) and isinstance(tree[0], (int, float))


def largest_difference(ours: Any, theirs: Any) -> float:
    """Of all numbers, beside the largest of the array that they are in.

    Raises:
        ValueError: if the structures differ.
    """
    largest = 0.0
    for x, y in zip(arrays(ours), arrays(theirs), strict=True):
        if x.shape != y.shape:
            raise ValueError(f"one result has the shape {x.shape}, that of JAX {y.shape}")
        scale = max(float(np.max(np.abs(y))), 1e-300)
        largest = max(largest, float(np.max(np.abs(x - y))) / scale)
    return largest


def megabytes_at_peak() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


class Race:
    """Answers requests about one case.

    Args:
        program: the name of the program.
        number: of the case.
    """

    def __init__(self, program: str, number: str) -> None:
        self.case = cases(program)[int(number)]
        self.calls: dict[str, Any] = {}
        self.repeats: dict[str, int] = {}

    def first_calls(self) -> dict[str, float]:
        """How long both take, what ours needs at its peak, and how much the results differ.

        Without JAX ours is alone. What they import is not counted, in seconds and in memory.
        """
        importlib.import_module("llvmlite.binding")
        before = megabytes_at_peak()
        start = perf_counter()
        self.calls["ours"] = self.case.ours()
        ours = self.calls["ours"]()
        seconds = perf_counter() - start
        found = {"ours": seconds, "megabytes": megabytes_at_peak() - before}
        if self.case.rival != "JAX" or find_spec("jax") is not None:
            found |= self.first_call_of_theirs(ours)
        for name, call in self.calls.items():
            start = perf_counter()
            call()
            self.repeats[name] = max(1, min(MOST_CALLS, int(SHARE / (perf_counter() - start))))
        return found

    def first_call_of_theirs(self, ours: Any) -> dict[str, float]:
        """How long it takes, and how much its results differ from ours."""
        if self.case.rival == "JAX":
            jax_with_doubles()
        start = perf_counter()
        self.calls["jax"] = self.case.theirs()
        theirs = self.calls["jax"]()
        seconds = perf_counter() - start
        difference = largest_difference(self.case.in_their_structure(ours), theirs)
        if not difference < CLOSE:
            raise SystemExit(f"{self.case.name}: not the results of JAX: {difference:.1e}")
        return {"jax": seconds, "difference": difference}

    def round(self) -> dict[str, list[float]]:
        """The seconds of some calls of each."""
        found: dict[str, list[float]] = {}
        gc.collect()
        for name, call in self.calls.items():
            call()  # the other form had the caches
            seconds = found[name] = []
            for _ in range(self.repeats[name]):
                start = perf_counter()
                call()
                seconds.append(perf_counter() - start)
        return found


if __name__ == "__main__":
    run_on_one_processor()
    serve(Race(*sys.argv[1:]))
