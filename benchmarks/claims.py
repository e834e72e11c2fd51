"""What README.md and the documentation say of speed, held against what `make bench` has measured.

    python benchmarks/claims.py FOLDER

FOLDER holds `eager.json`, `beside.json`, `compiled.json` and `programs.json`, as the benchmarks
write them. A claim is a text that must stand in a file, and a figure that must bear it out; so is
each row of the table in `docs/programs.md`. What was not measured is said. The exit code is 1 if a
claim no longer holds, or if its text has changed; the file and the line are named.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import problems
from goals import median_ratio
from processes import read_results
from workloads import GPT, MOONS

ROOT = Path(__file__).parent.parent
Results = dict[str, Any]  # by the name of a benchmark
PROGRAMS = "docs/programs.md"
TOLERANCE = 1.25  # how far another machine may be from what is said, in either way


class Claim(NamedTuple):
    """Something that is said, and what must be measured for it.

    Attributes:
        file: where it is said.
        text: the words, which must stand there, in any breaking of lines.
        found: what was measured.
        least, most: what it must be.
    """

    file: str
    text: str
    found: Callable[[Results], float]
    least: float
    most: float = float("inf")


def _compiled(problem: str, slower: str, faster: str) -> Callable[[Results], float]:
    def found(results: Results) -> float:
        seconds = results["compiled"]["seconds_per_step"]
        return median_ratio(seconds[f"{problem}, by {slower}"], seconds[f"{problem}, by {faster}"])

    return found


def _eager(workload: str, slower: str, faster: str) -> Callable[[Results], float]:
    def found(results: Results) -> float:
        steps = results["eager"]["steps"][workload]
        return median_ratio(steps[slower], steps[faster])

    return found


CLAIMS = (
    Claim(
        "README.md",
        "10 to 24 times as fast",
        lambda results: min(_eager(one, "python", "native")(results) for one in (GPT, MOONS)),
        10.0 / TOLERANCE,
    ),
    Claim(
        "README.md",
        "10 to 24 times as fast",
        lambda results: max(_eager(one, "python", "native")(results) for one in (GPT, MOONS)),
        0.0,
        24.0 * TOLERANCE,
    ),
    Claim(
        "README.md",
        "a million nodes under the default recursion limit",
        lambda results: min(results["beside"]["depth"][x] for x in ("native", "python")),
        1e6,
    ),
    Claim(
        "README.md",
        "| depth | about 1,000 nodes | about 1,000 nodes | any | any |",
        lambda results: max(results["beside"]["depth"][x] for x in ("micrograd", "tuple")),
        0.0,
        1_000,
    ),
    Claim(
        "README.md",
        "takes a tenth of a millisecond for its loss and all 4,192 gradients, "
        "where a plain scalar engine takes a quarter of a second",
        _compiled(problems.GPT, "tuple", "llvm"),
        0.25 / 0.0001 / TOLERANCE,
    ),
    Claim(
        "docs/design.md",
        "at about two thirds of the speed of the plainest possible Value",
        _eager(GPT, "tuple", "python"),
        2 / 3 / TOLERANCE,
    ),
    Claim("README.md", "91 ×", _eager(GPT, "micrograd", "native"), 91.0 / TOLERANCE),
    Claim("README.md", "11 ×", _eager(GPT, "tuple", "native"), 11.0 / TOLERANCE),
    Claim("README.md", "in Python 19 ×", _eager(GPT, "python", "native"), 0.0, 19.0 * TOLERANCE),
    Claim(
        "docs/native.md",
        "A node takes 104 bytes",
        lambda results: round(results["eager"]["memory"]["traced"]["native"][0]),
        0.0,
        104.0,
    ),
    Claim(
        "docs/native.md",
        "where Python's takes 216",
        lambda results: round(results["eager"]["memory"]["traced"]["python"][0]),
        0.0,
        216.0,
    ),
    Claim(
        "docs/native.md",
        "and 240 after a backward pass",
        lambda results: round(results["eager"]["memory"]["traced"]["python"][1]),
        0.0,
        240.0,
    ),
)


def claims_of_programs(root: Path = ROOT) -> Iterator[Claim]:
    """That each program of a table is as fast beside JAX as it says there, by the medians."""
    row = re.compile(r"^\| ([^|]+) \|(?:[^|]+\|){3} [\d.]+ / ([\d.]+) \|", re.MULTILINE)
    for name, said in row.findall((root / PROGRAMS).read_text("utf-8")):

        def found(results: Results, name: str = name) -> float:
            cases = {case["case"]: case for case in results["programs"]["cases"]}
            return float(cases[name]["ratio_of_medians"])

        yield Claim(PROGRAMS, f"| {name} |", found, float(said) / TOLERANCE)


def line_of(claim: Claim, root: Path = ROOT) -> int | None:
    """The line at which the file says so, if it still does."""
    text = (root / claim.file).read_text("utf-8")
    found = re.search(r"\s+".join(map(re.escape, claim.text.split())), text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def verdict(claim: Claim, results: Results) -> tuple[bool, str]:
    """Whether a claim is fit to stay, and a line that says why."""
    line = line_of(claim)
    if line is None:
        told = f"{claim.file}: “{claim.text}”"
        return False, f"CHANGED  {told} is not there any more: change benchmarks/claims.py"
    told = f"{claim.file}:{line}: “{claim.text}”"
    try:
        found = claim.found(results)
    except (KeyError, TypeError, ValueError):  # a part that is not there, or without its peer
        return True, f"unknown  {told}: not measured in this run"
    holds = claim.least <= found <= claim.most
    limits = f"{claim.least:,.4g} to {claim.most:,.4g}"
    return holds, f"{'holds  ' if holds else 'NOT SO '}  {told}: {found:,.4g}, of {limits}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold claims against what was measured.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    results = read_results(folder)
    verdicts = [verdict(claim, results) for claim in (*CLAIMS, *claims_of_programs())]
    print("\n".join(line for _, line in verdicts))
    return 0 if all(holds for holds, _ in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
