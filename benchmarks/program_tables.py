"""What `programs.py` found: one timing for each case, and the tables and goals made of them."""

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, NamedTuple

from against_jax.case import Case
from goals import Goal, table
from processes import machine, python_version


class Timing(NamedTuple):
    """What was found of one case.

    Attributes:
        case: the case.
        first: the seconds of both first calls, ``"megabytes"``, and the largest ``"difference"``.
        seconds: of each call after it, by ``"ours"`` and by ``"jax"``.

    Where JAX is not installed nothing is found of it, and no ratio.
    """

    case: Case
    first: dict[str, float]
    seconds: dict[str, list[float]]

    @property
    def of_minima(self) -> float | None:
        """How many times as fast ours is, by the fastest call of each."""
        return self._ratio(min)

    @property
    def of_medians(self) -> float | None:
        """How many times as fast ours is, by the middle call of each."""
        return self._ratio(median)

    def _ratio(self, middle: Callable[[list[float]], float]) -> float | None:
        seconds = self.seconds
        return middle(seconds["jax"]) / middle(seconds["ours"]) if "jax" in seconds else None

    def cells(self, middle: Callable[[list[float]], float]) -> list[str]:
        """The time of a call of ours, and of JAX."""
        return [shown(middle(x) if x else None) for x in map(self.seconds.get, ("ours", "jax"))]

    def goals(self) -> Iterator[Goal]:
        """What is asked of this case."""
        case = self.case
        if case.at_least is not None and self.of_minima and self.of_medians:
            found = min(self.of_minima, self.of_medians)
            yield Goal(
                f"{case.name}: {case.rival} / ours", case.at_least, case.aim, found, more=True
            )
        if case.microseconds is not None:
            found = min(self.seconds["ours"]) * 1e6
            yield Goal(f"{case.name}: µs", *case.microseconds, found)
        if case.seconds is not None:
            yield Goal(f"{case.name}: first call, seconds", *case.seconds, self.first["ours"])
        if case.megabytes is not None:
            name = f"{case.name}: first call, MB"
            yield Goal(name, case.megabytes, None, self.first["megabytes"])


def report(timings: list[Timing], failed: list[str], rounds: int) -> list[str]:
    """The lines that are printed."""
    lines = [
        f"{machine()}; {python_version()}; {rounds} rounds of calls in turns",
        "",
        f"{'':<32}{'first call':>21}{'MB':>7}{'minimum':>22}{'median':>22}{'JAX / ours':>16}",
        f"{'':<32}{'ours':>11}{'JAX':>10}{'':>7}"
        + f"{'ours':>12}{'JAX':>10}" * 2
        + f"{'min, median':>16}",
    ]
    for timing in timings:
        first = timing.first
        cells = f"{shown(first['ours']):>11}{shown(first.get('jax')):>10}{first['megabytes']:>7.0f}"
        for middle in (min, median):
            ours, theirs = timing.cells(middle)
            cells += f"{ours:>12}{theirs:>10}"
        cells += f"{ratio(timing.of_minima):>8}{ratio(timing.of_medians):>8}"
        lines.append(f"{timing.case.name:<32}{cells}")
    compared = [timing.first["difference"] for timing in timings if "difference" in timing.first]
    agree = f"All results agree: the largest difference is {max(compared, default=0.0):.1e}."
    alone = "JAX is not installed, so ours ran alone: pip install jax"
    lines += ["", agree if compared else alone, ""] if timings else []
    lines += [f"{name} failed" for name in failed]
    return lines + table([goal for timing in timings for goal in timing.goals()])


def markdown(timings: list[Timing], rounds: int) -> list[str]:
    """The table of `docs/programs.md`, ready to be pasted."""
    lines = [
        f"{machine()}; {python_version()}; {rounds} rounds.",
        "",
        "| program | first call, ours / JAX | a call, ours | a call, JAX | JAX / ours | goal |",
        "|---|---|---|---|---|---|",
    ]
    for timing in timings:
        first, case = timing.first, timing.case
        times = map(" / ".join, zip(timing.cells(min), timing.cells(median), strict=True))
        ratios = f"{ratio(timing.of_minima)} / {ratio(timing.of_medians)}"
        goal = f"{case.at_least:g}, {case.aim:g}" if case.at_least is not None else ""
        cells = [f"{shown(first['ours'])} / {shown(first.get('jax'))}", *times, ratios, goal]
        lines.append(f"| {' | '.join([case.name, *cells])} |")
    return lines


def ratio(found: float | None) -> str:
    return "–" if found is None else f"{found:.2f}"


def shown(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds >= 1.0:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.2f} ms" if seconds > 1e-3 else f"{seconds * 1e6:.1f} µs"


def for_json(timing: Timing) -> dict[str, Any]:
    goals = [goal._asdict() | {"verdict": goal.verdict} for goal in timing.goals()]
    return {
        "case": timing.case.name,
        "first_call": timing.first,
        "seconds": timing.seconds,
        "ratio_of_minima": timing.of_minima,
        "ratio_of_medians": timing.of_medians,
        "goals": goals,
    }
