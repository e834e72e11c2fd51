"""The slope of a function of one number as a picture: its curve, and the tangent at a place."""

import math
from collections.abc import Callable
from typing import Any

from ...engine.arguments import check_function
from ...engine.numbers import number
from ...engine.value import Value
from ..drawing import Drawing
from ..svg import text_width
from ..text import decimal
from .axis import LEFT, TEXT_SIZE, THEME, Axis, chart_text
from .plane import chart, draw_axes, fit_axis, legend, top_of

WIDTH, HEIGHT = 480.0, 320.0
POINTS = 160  # of the curve
NAME_ROOM = 400.0
SLOPE_THEME = THEME._replace(
    rules={
        **THEME.rules,
        ".rise": "fill:none;stroke:var(--soft);stroke-width:1.5;stroke-dasharray:3 3",
        ".touch": "fill:var(--series-1);stroke:var(--page);stroke-width:1.5",
    }
)

Function = Callable[[Value], Any]


def draw_slope(
    f: Function,
    x: float,
    low: float,
    high: float,
    title: str = "",
    label: str = "f(x)",
    x_label: str = "x",
) -> Drawing:
    """Draw a function of one number, and the tangent at x: its slope is the gradient there.

    Args:
        f: a function from a Value to a Value.
        x: the place of the tangent.
        low, high: from where to where the curve is drawn.
        title: a heading.
        label: the name of the function.
        x_label: the name of the number.

    Raises:
        TypeError: if f is no function, or does not give a Value.
        ValueError: if x is not between low and high, or f is not finite at x.

    Example:
        >>> from autograd.show import draw_slope
        >>> print(draw_slope(lambda x: x * x, 1.5, -1.0, 3.0))
        f(x) from −1 to 3. At x = 1.5 it is 2.25, and its slope is 3.
    """
    x, low, high = number(x, "x"), number(low, "low"), number(high, "high")
    check_function("draw_slope", f, "a function of a Value")
    if not 0.0 < high - low < math.inf or not low <= x <= high:
        raise ValueError(
            "draw_slope needs low < high, not infinitely far apart, and x between, got "
            f"low={low}, high={high} and x={x}"
        )
    y, slope = _value_and_slope(f, x)
    places = [low + (high - low) * i / POINTS for i in range(POINTS + 1)]
    curve = [(at, _value(f, at)) for at in places]
    top = top_of(title)
    heights = [height for _, height in curve if math.isfinite(height)]
    across = Axis(low, high, LEFT, LEFT + WIDTH, fit_axis([low, high], 0.0, 1.0).step)
    up = fit_axis([*heights, y], top + HEIGHT, top)
    parts = draw_axes(across, up, x_label, label)
    parts.append(f'<path class="curve s0" d="{_line(curve, across, up)}"/>')
    parts += _tangent(x, y, slope, across, up)
    names = (label, f"slope {decimal(slope)} at {x_label} = {decimal(x)}")
    parts += legend(names, across.end, top, NAME_ROOM)
    room = max(text_width(name, TEXT_SIZE) for name in names)
    about = (
        f"{label} from {decimal(low)} to {decimal(high)}. At {x_label} = {decimal(x)} it is "
        f"{decimal(y)}, and its slope is {decimal(slope)}."
    )
    return chart(parts, (across, up), 50.0 + room, SLOPE_THEME, title, label, about)


def _node(f: Function, x: float) -> tuple[Value, Value]:
    leaf = Value(x)
    found = f(leaf)
    if not isinstance(found, Value):
        kind = type(found).__name__
        raise TypeError(f"the function gives a {kind}: compute a Value from its argument alone")
    return leaf, found


def _value(f: Function, x: float) -> float:
    return _node(f, x)[1]._data


def _value_and_slope(f: Function, x: float) -> tuple[float, float]:
    leaf, found = _node(f, x)
    found.backward()
    y, slope = found._data, float(leaf.grad or 0.0)
    if not math.isfinite(y) or not math.isfinite(slope):
        raise ValueError(f"at x = {x} the function is {y} and its slope {slope}: no tangent there")
    return y + 0.0, slope + 0.0  # no -0


def _line(points: list[tuple[float, float]], across: Axis, up: Axis) -> str:
    """The path through the points, with a gap where one is not finite."""
    way, pen = "", "M"
    for x, y in points:
        if math.isfinite(y):
            way += f"{pen}{across.place(x):.1f} {up.place(y):.1f}"
        pen = "L" if math.isfinite(y) else "M"
    return way


def _tangent(x: float, y: float, slope: float, across: Axis, up: Axis) -> list[str]:
    """The tangent as far as the picture goes, with one step to the right and its rise."""
    ends = [across.low, across.high]
    if slope != 0.0:
        reach = sorted(x + (edge - y) / slope for edge in (up.low, up.high))
        ends = [max(ends[0], reach[0]), min(ends[1], reach[1])]
    line = _line([(end, y + slope * (end - x)) for end in ends], across, up)
    step = next((n for n in (1.0, across.step, across.step / 2) if x + n <= ends[1]), 0.0)
    parts = []
    if step:
        rise = slope * step
        corner = [(x, y), (x + step, y), (x + step, y + rise)]
        parts.append(f'<path class="rise" d="{_line(corner, across, up)}"/>')
        below = 15 if slope >= 0 else -6
        middle = across.place(x + step / 2)
        parts.append(chart_text(middle, up.place(y) + below, decimal(step), "at"))
        side = across.place(x + step) + 6
        parts.append(chart_text(side, up.place(y + rise / 2) + 4, decimal(rise), "n1"))
    parts.append(f'<path class="curve s1" d="{line}"/>')
    at = f'cx="{across.place(x):.1f}" cy="{up.place(y):.1f}"'
    return [*parts, f'<circle class="touch" {at} r="5"/>']
