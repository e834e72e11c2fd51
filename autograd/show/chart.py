"""A learning curve as SVG: how loss, accuracy and the like went, epoch by epoch.

One panel above another shares the horizontal axis. Series differ by dash pattern as well as
colour and carry their names at their ends. Points that are nan or inf leave a gap.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from autograd.show.drawing import Drawing
from autograd.show.svg import (
    PAGE_DARK,
    PAGE_LIGHT,
    SANS,
    Theme,
    clipped,
    document,
    escaped,
    text_width,
)
from autograd.show.text import cleaned, decimal
from autograd.value import Value

PLOT_WIDTH, PLOT_HEIGHT = 520.0, 220.0
LEFT, TOP, GAP, BOTTOM, RIGHT = 76.0, 28.0, 34.0, 52.0, 24.0
NAME_SIZE, NAME_ROOM, NAME_STEP = 12.0, 150.0, 17.0
DASHES = ("none", "7 4", "2 3", "9 3 2 3", "12 4", "4 2 1 2")
LIGHT = ("#2563eb", "#c2410c", "#047857", "#9333ea", "#b91c1c", "#475569")
DARK = ("#60a5fa", "#fb923c", "#34d399", "#c084fc", "#f87171", "#cbd5e1")

Series = Mapping[str, Sequence[Any]]
Point = tuple[float, float]
THEME = Theme(
    light=PAGE_LIGHT | {"grid": "#e2e8f0"} | {f"series-{i}": c for i, c in enumerate(LIGHT)},
    dark=PAGE_DARK | {"grid": "#24314a"} | {f"series-{i}": c for i, c in enumerate(DARK)},
    rules={
        "text": f"font:12px {SANS};fill:var(--soft)",
        ".page": "fill:var(--page)",
        ".title": f"font:600 18px {SANS};fill:var(--ink)",
        ".label": f"font:600 12px {SANS};fill:var(--ink)",
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


class _Axis(NamedTuple):
    """From numbers to places: `low` lies at `start`, `high` at `end`."""

    low: float
    high: float
    start: float
    end: float
    step: float = 1.0
    logarithmic: bool = False

    def place(self, x: float) -> float:
        low, high = self.low, self.high
        if self.logarithmic:
            x, low, high = math.log10(x), math.log10(low), math.log10(high)
        # Halved, because high - low of the largest floats would overflow.
        share = (x / 2 - low / 2) / (high / 2 - low / 2)
        return self.start + share * (self.end - self.start)


def learning_curve(
    series: Series,
    title: str = "",
    x_label: str = "epoch",
    y_label: str = "loss",
    panels: Mapping[str, Series] | None = None,
) -> Drawing:
    """Chart how a training run went.

    Args:
        series: for each name one number (or Value) per epoch, the first of them epoch 1.
        title: a heading.
        x_label: what the points are counted in.
        y_label: what `series` measures. Positive numbers that span more than three decades
            get a logarithmic axis.
        panels: further panels below: what each measures, and its series.

    Raises:
        TypeError: if a series is not numbers under a name.
        ValueError: if a panel has no series, or two have one name.

    Example:
        >>> from autograd.show import learning_curve
        >>> loss = {"train": [0.9, 0.4, 0.2], "test": [1.0, 0.6, 0.5]}
        >>> chart = learning_curve(loss, panels={"accuracy": {"test": [0.5, 0.8, 0.9]}})
        >>> chart.save("out.svg")  # doctest: +SKIP
    """
    charts = {y_label: _checked(y_label, series)}
    for name, given in (panels or {}).items():
        if name in charts:
            raise ValueError(f"two panels are named {name!r}: name one by y_label=, one otherwise")
        charts[name] = _checked(name, given)
    longest = max(len(points) for given in charts.values() for points in given.values())
    steps = _Axis(1.0, max(longest, 2), LEFT, LEFT + PLOT_WIDTH)
    names = [name for given in charts.values() for name in given]
    top = TOP + (40 if title else 4)
    parts = [_text(20, 36, title, "title", 18.0, 700.0)] if title else []
    for name, given in charts.items():
        height = max(PLOT_HEIGHT, (len(given) + 1) * NAME_STEP)
        parts += _panel(name, given, steps, top, height)
        top += height + GAP
    parts += _x_axis(x_label, steps, longest, top - GAP)
    room = max(text_width(clipped(name, NAME_SIZE, NAME_ROOM), NAME_SIZE) for name in names)
    size = (steps.end + 34 + room + RIGHT, top - GAP + BOTTOM)
    heading = title or f"{' and '.join(charts)} by {x_label}"
    said = _description(charts)
    return Drawing(document(size, heading, said, THEME, "\n".join(parts)), said)


def _checked(panel: str, series: Series) -> dict[str, list[float]]:
    """The series of one panel as floats."""
    if not isinstance(series, Mapping) or not series:
        raise (ValueError if isinstance(series, Mapping) else TypeError)(
            f"panel {panel!r} needs series by name, as in {{'train': [0.9, 0.5]}}, got {series!r}"
        )
    return {name: [_float(name, point) for point in points] for name, points in series.items()}


def _float(name: str, point: Any) -> float:
    number = point.data if isinstance(point, Value) else point
    if isinstance(number, (bool, str)) or not hasattr(number, "__float__"):
        raise TypeError(f"series {name!r} holds {number!r}: a point is a number or a Value")
    return float(number)


def _description(charts: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    said = []
    for label, series in charts.items():
        for name, points in series.items():
            ends = f"{decimal(points[0])} to {decimal(points[-1])}" if points else "no points"
            said.append(f"{label}, {clipped(name, NAME_SIZE, 400.0)}: {len(points)} points, {ends}")
    return "; ".join(said) + "."


# --- axes -----------------------------------------------------------------------------------


def _y_axis(series: Mapping[str, Sequence[float]], top: float, height: float) -> _Axis:
    """An axis with room for every finite point, from tick to tick."""
    finite = [y for points in series.values() for y in points if math.isfinite(y)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    if low > 0.0 and math.log10(high) - math.log10(low) > 3.0:
        low, high = (
            10.0 ** max(math.floor(math.log10(low)), -323),
            high if high > 1e307 else 10.0 ** math.ceil(math.log10(high)),
        )
        return _Axis(low, high, top + height, top, logarithmic=True)
    if low == high:
        around = abs(low) / 2 or 0.5
        low, high = max(low - around, -1.7e308), min(high + around, 1.7e308)
    elif 0.0 < low < 0.3 * high:
        low = 0.0  # a curve that comes close to zero shows how close
    step = _step(low, high)
    return _Axis(_down(low, step), -_down(-high, step), top + height, top, step)


def _down(x: float, step: float) -> float:
    """The last multiple of `step` up to x, or x itself where that is beyond the floats."""
    multiple = math.floor(x / step) * step if math.isfinite(x / step) else x
    return multiple if math.isfinite(multiple) else x


def _step(low: float, high: float, most: int = 5) -> float:
    """1, 2 or 5 times a power of ten, such that about `most` steps lead from low to high."""
    rough = max(high / most - low / most, 5e-323)
    power = math.floor(math.log10(rough))
    unit = 10.0 ** max(power, -323)
    return next((unit * n for n in (1.0, 2.0, 5.0) if unit * n >= rough * 0.999), unit * 10.0)


def _ticks(axis: _Axis) -> list[float]:
    if axis.logarithmic:
        first, last = round(math.log10(axis.low)), math.floor(math.log10(axis.high))
        stride = max(1, math.ceil((last - first) / 6))
        return [10.0**power for power in range(first, last + 1, stride)]
    first = math.ceil(axis.low / axis.step - 1e-9)
    ticks = [(first + i) * axis.step for i in range(9)]
    return [tick for tick in ticks if tick <= axis.high + axis.step * 1e-9]


def _x_axis(label: str, steps: _Axis, longest: int, y: float) -> list[str]:
    stride = max(1, round(_step(1.0, steps.high, 8)))
    parts = []
    for epoch in sorted({1, *range(stride, max(longest, 1) + 1, stride)}):
        if epoch == 1 or steps.place(epoch) - steps.start > 24:
            parts.append(_text(steps.place(epoch), y + 18, f"{epoch}", "at"))
    parts.append(_text((steps.start + steps.end) / 2, y + 39, label, "label at"))
    return parts


# --- panels ---------------------------------------------------------------------------------


def _panel(
    label: str, series: Mapping[str, Sequence[float]], steps: _Axis, top: float, height: float
) -> list[str]:
    axis = _y_axis(series, top, height)
    ticks = _ticks(axis)
    lines = "".join(f"M{steps.start:g} {axis.place(y):.1f}H{steps.end:g}" for y in ticks)
    parts = [f'<path class="grid" d="{lines}"/>']
    parts += [
        _text(steps.start - 8, axis.place(y) + 4, decimal(y if abs(y) > 1e-300 else 0.0), "by")
        for y in ticks
    ]
    parts.append(f'<path class="axis" d="M{steps.start:g} {top:g}v{height:g}H{steps.end:g}"/>')
    said = f"{label} (logarithmic)" if axis.logarithmic else label
    parts.append(_text(steps.start, top - 11, said, "label"))
    ends = []
    for number, points in enumerate(series.values()):
        style = number % len(DASHES)
        places = list(_places(points, steps, axis))
        parts.append(f'<path class="curve s{style}" d="{_curve(places)}"/>' if places else "")
        # A line would not show a point without a neighbour.
        parts += [_dot(stretch[0], style) for stretch in places if len(stretch) == 1]
        ends.append(places[-1][-1][1] if places else top + height)
    for number, (name, y) in enumerate(zip(series, _apart(ends, top, height), strict=True)):
        parts.append(_name(name, steps.end + 10, y, number % len(DASHES)))
    return [part for part in parts if part]


def _places(points: Sequence[float], steps: _Axis, axis: _Axis) -> Iterator[list[Point]]:
    """The unbroken stretches of a curve, as places on the page."""
    stretch: list[Point] = []
    for epoch, y in enumerate(points, 1):
        if math.isfinite(y):
            stretch.append((steps.place(epoch), axis.place(y)))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _curve(stretches: Sequence[Sequence[Point]]) -> str:
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _thinned(stretch)) for stretch in stretches
    )


def _thinned(stretch: Sequence[Point]) -> list[Point]:
    """At most the highest and the lowest point of every half pixel, and both ends."""
    if len(stretch) <= 4 * PLOT_WIDTH:
        return list(stretch)
    kept: dict[int, list[Point]] = {}
    for point in stretch:
        kept.setdefault(int(point[0] * 2), []).append(point)
    thin = {stretch[0], stretch[-1]}
    for together in kept.values():
        thin |= {min(together, key=lambda p: p[1]), max(together, key=lambda p: p[1])}
    return sorted(thin)


def _dot(place: Point, style: int) -> str:
    return f'<circle class="n{style}" cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="3"/>'


def _apart(wanted: Sequence[float], top: float, height: float) -> list[float]:
    """Heights for the names: near the ends of their curves, but none over another."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    heights = [0.0] * len(wanted)
    lowest = top + 6.0
    for i in order:
        heights[i] = max(wanted[i], lowest)
        lowest = heights[i] + NAME_STEP
    highest = top + height
    for i in reversed(order):
        heights[i] = min(heights[i], highest)
        highest = heights[i] - NAME_STEP
    return heights


def _name(name: str, x: float, y: float, style: int) -> str:
    line = f'<path class="curve s{style}" d="M{x:g} {y:.1f}h18"/>'
    return line + _text(x + 24, y + 4, name, f"n{style}", NAME_SIZE, NAME_ROOM)


def _text(
    x: float, y: float, text: str, kind: str, size: float = NAME_SIZE, room: float = 400.0
) -> str:
    """`text`, clipped to its room; whatever was cut off shows when pointed at."""
    shown = clipped(text, size, room)
    full = f"<title>{escaped(text)}</title>" if shown != cleaned(text) else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escaped(shown)}{full}</text>'
