"""A learning curve as SVG: loss, accuracy and other numbers, epoch by epoch.

One panel above another shares the horizontal axis. Series differ by dash pattern as well as
colour and carry their names at their ends. Points that are nan or inf leave a gap.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...engine.arguments import check_by_name, vector
from ...engine.messages import pluralize, short_repr
from ...engine.value import Value
from ..drawing import Drawing
from ..svg import clip, document, text_width
from ..text import decimal
from .axis import DASHES, LEFT, RIGHT, THEME, Axis, chart_text, chart_title, tick_step, tick_text

PLOT_WIDTH, PLOT_HEIGHT = 520.0, 220.0
TOP, GAP, BOTTOM = 28.0, 34.0, 52.0
NAME_SIZE, NAME_ROOM, NAME_STEP = 12.0, 150.0, 17.0

Series = Mapping[str, Sequence[Any]]
Point = tuple[float, float]


def learning_curve(
    series: Series,
    title: str = "",
    x_label: str = "epoch",
    y_label: str = "loss",
    panels: Mapping[str, Series] | None = None,
) -> Drawing:
    """Chart the course of a training.

    Args:
        series: for each name one number (or Value) per epoch, the first of them epoch 1.
        title: a heading.
        x_label: the unit that the points are counted in.
        y_label: the quantity in `series`. Positive numbers that span more than three decades
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
    check_by_name("panels are series", panels or {}, "{'accuracy': {'test': [0.5, 0.8]}}")
    charts = {y_label: _check_series(y_label, series)}
    for name, given in (panels or {}).items():
        if name in charts:
            raise ValueError(f"two panels are named {name!r}: name one by y_label=, one otherwise")
        charts[name] = _check_series(name, given)
    longest = max(len(points) for given in charts.values() for points in given.values())
    steps = Axis(1.0, max(longest, 2), LEFT, LEFT + PLOT_WIDTH)
    names = [name for given in charts.values() for name in given]
    top = TOP + (40 if title else 4)
    parts = chart_title(title)
    for name, given in charts.items():
        height = max(PLOT_HEIGHT, (len(given) + 1) * NAME_STEP)
        parts += _panel(name, given, steps, top, height)
        top += height + GAP
    parts += _x_axis(x_label, steps, longest, top - GAP)
    room = max(text_width(clip(name, NAME_SIZE, NAME_ROOM), NAME_SIZE) for name in names)
    size = (steps.end + 34 + room + RIGHT, top - GAP + BOTTOM)
    heading = title or f"{' and '.join(charts)} by {x_label}"
    description = _description(charts)
    svg = document(size, heading, description, THEME, "\n".join(parts))
    return Drawing(svg, description)


def _check_series(panel: str, series: Series) -> dict[str, list[float]]:
    """The series of one panel as floats."""
    check_by_name(f"panel {panel!r} needs series", series, "{'train': [0.9, 0.5]}")
    if not series:
        raise ValueError(f"panel {panel!r} needs series by name, got none")
    return {
        name: [_float(name, point) for point in vector(f"series {name!r}", points)]
        for name, points in series.items()
    }


def _float(name: str, point: Any) -> float:
    number = point.data if isinstance(point, Value) else point
    if isinstance(number, (bool, str)) or not hasattr(number, "__float__"):
        raise TypeError(
            f"series {name!r} holds {short_repr(number)}: a point is a number or a Value"
        )
    return float(number)


def _description(charts: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    texts = []
    for label, series in charts.items():
        for name, points in series.items():
            ends = f"{decimal(points[0])} to {decimal(points[-1])}" if points else "no points"
            count = pluralize(len(points), "point")
            texts.append(f"{label}, {clip(name, NAME_SIZE, 400.0)}: {count}, {ends}")
    return "; ".join(texts) + "."


# --- axes -----------------------------------------------------------------------------------


def _y_axis(series: Mapping[str, Sequence[float]], top: float, height: float) -> Axis:
    """An axis with room for every finite point, from tick to tick."""
    finite = [y for points in series.values() for y in points if math.isfinite(y)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    if low > 0.0 and math.log10(high) - math.log10(low) > 3.0:
        low, high = (
            10.0 ** max(math.floor(math.log10(low)), -323),
            high if high > 1e307 else 10.0 ** math.ceil(math.log10(high)),
        )
        return Axis(low, high, top + height, top, logarithmic=True)
    if low == high:
        around = abs(low) / 2 or 0.5
        low, high = max(low - around, -1.7e308), min(high + around, 1.7e308)
    elif 0.0 < low < 0.3 * high:
        low = 0.0  # a curve that comes close to zero shows how close
    step = tick_step(low, high)
    return Axis(_down(low, step), -_down(-high, step), top + height, top, step)


def _down(x: float, step: float) -> float:
    """The last multiple of `step` up to x, or x itself where that is beyond the floats."""
    multiple = math.floor(x / step) * step if math.isfinite(x / step) else x
    return multiple if math.isfinite(multiple) else x


def _x_axis(label: str, steps: Axis, longest: int, y: float) -> list[str]:
    stride = max(1, round(tick_step(1.0, steps.high, 8)))
    parts = []
    for epoch in sorted({1, *range(stride, max(longest, 1) + 1, stride)}):
        if epoch == 1 or steps.place(epoch) - steps.start > 24:
            parts.append(chart_text(steps.place(epoch), y + 18, f"{epoch}", "at"))
    parts.append(chart_text((steps.start + steps.end) / 2, y + 39, label, "label at"))
    return parts


# --- panels ---------------------------------------------------------------------------------


def _panel(
    label: str, series: Mapping[str, Sequence[float]], steps: Axis, top: float, height: float
) -> list[str]:
    axis = _y_axis(series, top, height)
    written = axis.ticks()
    lines = "".join(f"M{steps.start:g} {axis.place(y):.1f}H{steps.end:g}" for y in written)
    parts = [f'<path class="grid" d="{lines}"/>']
    parts += [chart_text(steps.start - 8, axis.place(y) + 4, tick_text(y), "by") for y in written]
    parts.append(f'<path class="axis" d="M{steps.start:g} {top:g}v{height:g}H{steps.end:g}"/>')
    heading = f"{label} (logarithmic)" if axis.logarithmic else label
    parts.append(chart_text(steps.start, top - 11, heading, "label"))
    ends = []
    for number, points in enumerate(series.values()):
        style = number % len(DASHES)
        places = list(_places(points, steps, axis))
        parts.append(f'<path class="curve s{style}" d="{_curve(places)}"/>' if places else "")
        # A line would not show a point without a neighbour.
        parts += [_dot(stretch[0], style) for stretch in places if len(stretch) == 1]
        ends.append(places[-1][-1][1] if places else top + height)
    for number, (name, y) in enumerate(zip(series, _move_apart(ends, top, height), strict=True)):
        parts.append(_name(name, steps.end + 10, y, number % len(DASHES)))
    return [part for part in parts if part]


def _places(points: Sequence[float], steps: Axis, axis: Axis) -> Iterator[list[Point]]:
    """The unbroken stretches of a curve, as points on the page."""
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
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _thin_out(stretch)) for stretch in stretches
    )


def _thin_out(stretch: Sequence[Point]) -> list[Point]:
    """Keep the highest and the lowest point of every half pixel, and both ends."""
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


def _move_apart(wanted: Sequence[float], top: float, height: float) -> list[float]:
    """Heights for the names: near the ends of their curves, but without overlap."""
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
    return line + chart_text(x + 24, y + 4, name, f"n{style}", NAME_SIZE, NAME_ROOM)
