"""Mutation testing of the engine and the transforms: ``python -m checks.mutants [COUNT]``.

cosmic-ray lists every small change of the code (another operator, number, condition, …). All of
them would take days, so that a random sample runs, of another seed each time: one copy of the
project for each core, one change in it, and of the tests those that reach the changed line, until
one fails. The engine in Python is the one that runs. The rate of changes that some test notices is
given with its interval of 95% confidence; those that none notices are listed, and explained in
`equivalent_mutants.py` where nothing could notice them.
"""

import argparse
import math
import os
import random
import sys
from collections.abc import Mapping
from typing import Any

from .equivalent_mutants import explained
from .figure import Figure, Options, Part, Result, Verdict
from .kept import ROOT, digest_of_sources
from .mutant_tests import map_of_tests, tests_of
from .mutant_trees import ROOMS, all_mutants, run_mutant

FOLDER = ROOT / "out" / "check"
LEAST_KILLED = 0.95
USUAL = 200  # mutants of a sample


def figure(count: int, seed: str) -> Figure:
    """A sample of so many mutants."""
    mutants = all_mutants()
    chosen = random.Random(seed).sample(mutants, min(count, len(mutants)))
    reached = map_of_tests(FOLDER / "mutants", digest_of_sources())
    parts = [
        Part(
            f"{mutant['module']}:{mutant['line']}:{mutant['operator']}:{mutant['occurrence']}",
            run_mutant,
            (mutant, tests_of(mutant, reached)),
        )
        for mutant in chosen
    ]
    return Figure(
        "mutants",
        parts,
        lambda results: judge(results, len(mutants), seed),
        whole=len(chosen) >= min(USUAL, len(mutants)),
    )


def interval(hits: int, count: int) -> tuple[float, float]:
    """Wilson's interval of 95% confidence for a share.

    Example:
        >>> [round(end, 3) for end in interval(95, 100)]
        [0.888, 0.978]
    """
    z = 1.96
    share, scale = hits / count, 1.0 + z * z / count
    middle = (share + z * z / (2 * count)) / scale
    half = z * math.sqrt(share * (1.0 - share) / count + z * z / (4 * count * count)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def _is_explained(result: Result) -> bool:
    return explained(result["module"], result["before"], result["after"])


def judge(results: Mapping[str, Result], total: int, seed: str) -> Verdict:
    """Of those that are not equivalent, the share that was killed."""
    survived = [one for one in results.values() if one["outcome"] == "survived"]
    left = [one for one in survived if not _is_explained(one)]
    killed = sum(one["outcome"] == "killed" for one in results.values())
    count = killed + len(left)  # without those that could not be made, or not be tested
    low, high = interval(killed, count)
    line = (
        f"{killed} of {count} mutants killed, {killed / count:.1%} ({low:.1%} to {high:.1%}); "
        f"{len(survived) - len(left)} more change nothing; a sample of {total:,} in "
        f"{' and '.join(ROOMS)}, seed {seed}"
    )
    return Verdict(killed / count >= LEAST_KILLED, line)


def report(results: Mapping[str, Any]) -> str:
    """The mutants that survived, with what was changed."""
    return "\n".join(
        f"{name}{' (changes nothing)' if _is_explained(one) else ''}\n"
        f"  - {one['before']}\n  + {one['after']}\n  {one['tests']} tests"
        for name, one in sorted(results.items())
        if one["outcome"] == "survived"
    )


def main() -> int:
    """Run a sample. 0 if enough were killed, 1 if not, 130 if interrupted."""
    from .__main__ import about
    from .kept import read
    from .runner import run
    from .testing_page import write

    parser = argparse.ArgumentParser(prog="python -m checks.mutants")
    parser.add_argument("count", nargs="?", type=int, default=USUAL, help=f"how many ({USUAL})")
    parser.add_argument("--seed", help="of the sample (another one each time)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    seed = arguments.seed or str(random.randrange(10**6))
    print(f"{arguments.count} mutants of seed {seed}: go on from an interrupt with --seed {seed}")
    options = Options(points=arguments.count, workers=arguments.workers)
    told = about() | {"seed": seed}
    told["sources"] += f" seed {seed}"
    try:
        holds = run([figure(arguments.count, seed)], options, FOLDER, told)
    except KeyboardInterrupt:
        return 130
    print(report(read(FOLDER / "mutants.json")["parts"]))
    write(FOLDER)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
