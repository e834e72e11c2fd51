"""Profile: where the time of a call of a compiled function goes, as a report.

`profile_run.py` finds it out.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .source_lines import Lines

SHOWN = 20  # groups


class ProfiledGroup(NamedTuple):
    """The time of one group.

    Attributes:
        seconds: how long it takes in a call.
        what: what it computes.
        kernels: the kinds of kernels that do it; of other backends its op.
        lines: the lines it comes from, with the share of each.
    """

    seconds: float
    what: str
    kernels: str
    lines: Lines


class Profile(NamedTuple):
    """Where the time of a call goes; print it to see a report.

    Attributes:
        call: the seconds of a call.
        program: the seconds of its program alone; the rest is Python around it.
        groups: its groups, the longest first.
        backend: what ran them.
    """

    call: float
    program: float
    groups: list[ProfiledGroup]
    backend: str

    def __str__(self) -> str:
        total = sum(group.seconds for group in self.groups)
        lines: dict[str, float] = {}
        kernels: dict[str, float] = {}
        for group in self.groups:
            kernels[group.kernels] = kernels.get(group.kernels, 0.0) + group.seconds
            for line, share in group.lines.items():
                lines[line] = lines.get(line, 0.0) + share * group.seconds
        most = self.groups[:SHOWN]
        width = max((len(group.what) for group in most), default=0)
        shown = [
            (
                f"{group.what:<{width}}  {max(group.lines, key=lambda x: group.lines[x])}",
                group.seconds,
            )
            for group in most
        ]
        rest = self.groups[SHOWN:]
        if rest:
            shown.append((f"{len(rest)} more", sum(group.seconds for group in rest)))
        return "\n".join(
            [
                f"a call takes {_us(self.call)}, {_us(self.program)} of it its program, run by "
                f"{self.backend}",
                f"{len(self.groups)} groups, each timed by itself: {_us(total)}",
                *_table("line, or ∂ and the line whose derivatives it is", _ordered(lines), total),
                *_table("kernels", _ordered(kernels), total),
                *_table("group, and the line that has most of it", shown, total),
            ]
        )


def _us(seconds: float) -> str:
    return f"{seconds * 1e6:,.1f} µs"


def _ordered(rows: dict[str, float]) -> list[tuple[str, float]]:
    """The rows, the longest time first."""
    return sorted(rows.items(), key=lambda row: -row[1])


def _table(what: str, rows: Sequence[tuple[str, float]], total: float) -> Iterator[str]:
    yield ""
    yield f"{'µs':>10}{'%':>6}  {what}"
    for name, seconds in rows:
        yield f"{seconds * 1e6:>10.2f}{100 * seconds / (total or 1.0):>6.1f}  {name}"
