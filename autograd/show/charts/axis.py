"""The axis of a chart: maps numbers to places, with ticks, texts and colours.

A learning curve (`learning_curve.py`) and a scatter of points (`scatter.py`) stand on it.
"""

import math
from typing import NamedTuple

from ..svg import PAGE_DARK, PAGE_LIGHT, Theme, clip, escape, font
from ..text import clean, decimal

LEFT, RIGHT = 76.0, 24.0  # beside the plot
TEXT_SIZE = 12.0
DASHES = ("none", "7 4", "2 3", "9 3 2 3", "12 4", "4 2 1 2")
LIGHT = ("#2563eb", "#c2410c", "#047857", "#9333ea", "#b91c1c", "#475569")
DARK = ("#60a5fa", "#fb923c", "#34d399", "#c084fc", "#f87171", "#cbd5e1")

THEME = Theme(
    light=PAGE_LIGHT | {"grid": "#e2e8f0"} | {f"series-{i}": c for i, c in enumerate(LIGHT)},
    dark=PAGE_DARK | {"grid": "#24314a"} | {f"series-{i}": c for i, c in enumerate(DARK)},
    rules={
        "text": f"{font(12)};fill:var(--soft)",
        ".page": "fill:var(--page)",
        ".title": f"{font(18, weight=600)};fill:var(--ink)",
        ".label": f"{font(12, weight=600)};fill:var(--ink)",
        ".at": "text-anchor:middle",
        ".by": "text-anchor:end",
        ".grid": "fill:none;stroke:var(--grid)",
        ".axis": "fill:none;stroke:var(--line)",
        ".curve": "fill:none;stroke-width:2;stroke-linejoin:round",
        **{
            f".s{i}": f"stroke:var(--series-{i});stroke-dasharray:{dash}"
            for i, dash in enumerate(DASHES)
        },
        **{f".n{i}": f"font-weight:600;fill:var(--series-{i})" for i in range(len(DASHES))},
    },
)
MARKED = {f".m{i}": f"fill:var(--series-{i})" for i in range(len(DASHES))}  # rules of marks


class Axis(NamedTuple):
    """A map from numbers to places: `low` lies at `start`, `high` at `end`."""

    low: float
    high: float
    start: float
    end: float
    step: float = 1.0
    logarithmic: bool = False

    def place(self, x: float) -> float:
        """The place of x on the page."""
        low, high = self.low, self.high
        if self.logarithmic:
            x, low, high = math.log10(x), math.log10(low), math.log10(high)
        # Halved, because high - low of the largest floats would overflow.
        share = (x / 2 - low / 2) / (high / 2 - low / 2)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """The numbers that label the ticks."""
        if self.logarithmic:
            first, last = round(math.log10(self.low)), math.floor(math.log10(self.high))
            stride = max(1, math.ceil((last - first) / 6))
            return [10.0**power for power in range(first, last + 1, stride)]
        first = math.ceil(self.low / self.step - 1e-9)
        ticks = [(first + i) * self.step for i in range(9)]
        return [tick for tick in ticks if tick <= self.high + self.step * 1e-9]


def tick_step(low: float, high: float, most: int = 5) -> float:
    """1, 2 or 5 times a power of ten, such that about `most` steps lead from low to high."""
    rough = max(high / most - low / most, 5e-323)
    power = math.floor(math.log10(rough))
    unit = 10.0 ** max(power, -323)
    return next((unit * n for n in (1.0, 2.0, 5.0) if unit * n >= rough * 0.999), unit * 10.0)


def tick_text(x: float) -> str:
    """The number that labels a tick."""
    return decimal(x if abs(x) > 1e-300 else 0.0)


def chart_title(title: str) -> list[str]:
    """The heading of a chart, if it has one."""
    return [chart_text(20, 36, title, "title", 18.0, 700.0)] if title else []


def chart_text(
    x: float, y: float, text: str, kind: str, size: float = TEXT_SIZE, room: float = 400.0
) -> str:
    """`text` as SVG, clipped to its room; if it was cut, the tooltip has all of it."""
    shown = clip(text, size, room)
    full = f"<title>{escape(text)}</title>" if shown != clean(text) else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(shown)}{full}</text>'
