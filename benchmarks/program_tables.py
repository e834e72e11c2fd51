"""What `programs.py` found: one timing for each case, and the tables and goals made of them."""

from collections.abc import Iterator
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
    """

    case: Case
    first: dict[str, float]
    seconds: dict[str, list[float]]

    @property
    def of_minima(self) -> float:
        """How many times as fast ours is, by the fastest call of each."""
        return min(self.seconds["jax"]) / min(self.seconds["ours"])

    @property
    def of_medians(self) -> float:
        """How many times as fast ours is, by the middle call of each."""
        return median(self.seconds["jax"]) / median(self.seconds["ours"])

    def goals(self) -> Iterator[Goal]:
        """What is asked of this case."""
        case = self.case
        if case.at_least is not None:
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
        first, seconds = timing.first, timing.seconds
        cells = f"{shown(first['ours']):>11}{shown(first['jax']):>10}{first['megabytes']:>7.0f}"
        for middle in (min, median):
            cells += f"{shown(middle(seconds['ours'])):>12}{shown(middle(seconds['jax'])):>10}"
        cells += f"{timing.of_minima:>8.2f}{timing.of_medians:>8.2f}"
        lines.append(f"{timing.case.name:<32}{cells}")
    if timings:
        largest = max(timing.first["difference"] for timing in timings)
        lines += ["", f"All results agree: the largest difference is {largest:.1e}.", ""]
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
        times = [
            " / ".join(shown(middle(timing.seconds[name])) for middle in (min, median))
            for name in ("ours", "jax")
        ]
        ratios = f"{timing.of_minima:.2f} / {timing.of_medians:.2f}"
        goal = f"{case.at_least:g}, {case.aim:g}" if case.at_least is not None else ""
        cells = [f"{shown(first['ours'])} / {shown(first['jax'])}", *times, ratios, goal]
        lines.append(f"| {' | '.join([case.name, *cells])} |")
    return lines


def shown(seconds: float) -> str:
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
