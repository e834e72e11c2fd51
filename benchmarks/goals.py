"""A goal of a benchmark, and the table that says which of them are met."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


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
