"""A goal of a benchmark, the table that says which of them are met, and what a run keeps."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from processes import is_whole


class Goal(NamedTuple):
    """What was wanted, what was found, and whether more of it is better."""

    name: str
    wanted: float
    aim: float | None
    found: float
    more: bool = False

    @property
    def verdict(self) -> str:
        if self.aim is not None and self.reaches(self.aim):
            return "aim met"
        return "met" if self.met else "MISSED"

    @property
    def met(self) -> bool:
        return self.reaches(self.wanted)

    def reaches(self, limit: float) -> bool:
        return self.found >= limit if self.more else self.found <= limit


def median_ratio(slower: Sequence[float], faster: Sequence[float]) -> float:
    """The median of the ratio in each round, in which both met the same moment of the machine."""
    return median(x / y for x, y in zip(slower, faster, strict=True))


def keep(results: dict[str, Any], goals: Sequence[Goal], file: Path | None) -> int:
    """Write results and goals to a JSON file, if one is asked for, and give the exit code.

    It is 1 if a goal is missed, or if not all was measured.
    """
    if file is not None:
        kept = [goal._asdict() | {"verdict": goal.verdict} for goal in goals]
        text = json.dumps({**results, "goals": kept}, indent=2)
        file.write_text(text + "\n", encoding="utf-8")
    return 0 if is_whole(results) and all(goal.met for goal in goals) else 1


def table(goals: Sequence[Goal]) -> list[str]:
    """A line for each goal, below a heading."""
    width = max((len(goal.name) for goal in goals), default=0) + 2
    lines = [f"{'goal':<{width}}{'wanted':>12}{'aim':>9}{'found':>12}"]
    for goal in goals:
        wanted = f"{'>=' if goal.more else '<='} {goal.wanted:,g}"
        aim = "" if goal.aim is None else f"{goal.aim:,g}"
        cells = f"{wanted:>12}{aim:>9}{goal.found:>12,.2f}"
        lines.append(f"{goal.name:<{width}}{cells}  {goal.verdict}")
    return lines
