"""The plane of a chart with two axes of numbers: a scatter, a slope, contours."""

from collections.abc import Sequence

from ..text import decimal
from .axis import Axis, chart_text, tick_step, ticks


def fit_axis(numbers: Sequence[float], start: float, end: float) -> Axis:
    """An axis with a little room on either side of the numbers."""
    low, high = min(numbers), max(numbers)
    around = (high / 16 - low / 16) or abs(low) / 2 or 0.5
    low, high = max(low - around, -1.7e308), min(high + around, 1.7e308)
    return Axis(low, high, start, end, tick_step(low, high))


def draw_axes(across: Axis, up: Axis, x_label: str, y_label: str) -> list[str]:
    """Two axes with their ticks and labels, as SVG."""
    left, right, bottom, top = across.start, across.end, up.start, up.end
    parts = [f'<path class="axis" d="M{left:g} {top:g}V{bottom:g}H{right:g}"/>']
    parts += [chart_text(across.place(x), bottom + 18, _tick(x), "at") for x in ticks(across)]
    parts += [chart_text(left - 8, up.place(y) + 4, _tick(y), "by") for y in ticks(up)]
    parts.append(chart_text((left + right) / 2, bottom + 39, x_label, "label at"))
    parts.append(chart_text(left, top - 11, y_label, "label"))
    return parts


def _tick(x: float) -> str:
    return decimal(x if abs(x) > 1e-300 else 0.0)
