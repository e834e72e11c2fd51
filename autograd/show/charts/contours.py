"""A function of two numbers as contours, and ways over it, such as those of gradient descent.

A contour is found cell by cell of a grid: where it crosses the sides of a cell is as far along a
side as the level lies between the heights at its ends.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...engine.arguments import check_by_name, check_function, plain_number, vector
from ...engine.messages import pluralize, short_repr
from ...engine.numbers import number
from ..drawing import Drawing
from ..text import decimal
from .axis import DASHES, LEFT, MARKED, THEME, Axis, tick_step
from .plane import Point, chart, draw_axes, legend, legend_room, point_of, top_of

WIDTH, HEIGHT = 480.0, 360.0
COLUMNS, ROWS = 48, 36  # of the grid
LEVELS = 12
CONTOUR_THEME = THEME._replace(
    rules={
        **THEME.rules,
        ".contour": "fill:none;stroke:var(--line);stroke-width:1",
        ".low": "fill:none;stroke:var(--ink);stroke-width:1.5",
        **MARKED,
    }
)

Function = Callable[[list[float]], Any]
Range = tuple[float, float]


def draw_contours(
    f: Function,
    x: Range,
    y: Range,
    ways: Mapping[str, Sequence[Sequence[Any]]] | None = None,
    title: str = "",
    x_label: str = "x",
    y_label: str = "y",
) -> Drawing:
    """Draw lines of equal height of a function of two numbers, and ways over them.

    Twelve levels are drawn, with as much of the picture between one and the next as between any
    others; the lowest is darker.

    Args:
        f: a function from ``[x, y]`` to a number or a Value.
        x, y: from where to where, as ``(low, high)``.
        ways: by name the points that something goes through, such as steps of gradient descent.
        title: a heading.
        x_label, y_label: the names of the two numbers.

    Raises:
        TypeError: if a point holds anything but numbers, or f is no function.
        ValueError: if a range is empty, a point is no pair, or f is finite nowhere.

    Example:
        >>> from autograd.show import draw_contours
        >>> way = {"descent": [[2.0, 1.0], [1.0, 0.5], [0.5, 0.25]]}
        >>> print(draw_contours(lambda p: p[0] ** 2 + p[1] ** 2, (-2, 2), (-2, 2), way))
        12 contours. descent: 3 points, from height 5 to 0.3125.
    """
    check_function("draw_contours", f, "a function of [x, y]")
    check_by_name("ways are points", ways or {}, "{'descent': [[2.0, 1.0], [1.0, 0.5]]}")
    trails = {
        name: [point_of("a point of a way", point) for point in points]
        for name, points in (ways or {}).items()
    }
    top = top_of(title)
    across = _axis("x", x, LEFT, LEFT + WIDTH)
    up = _axis("y", y, top + HEIGHT, top)
    heights = _heights(f, across, up)
    levels = _levels(heights)
    parts = list[str]()
    for i, level in reversed([*enumerate(levels)]):
        kind = "contour" if i else "low"
        parts.append(f'<path class="{kind}" d="{_contour(heights, level, top)}"/>')
    parts += draw_axes(across, up, x_label, y_label)
    for i, points in enumerate(trails.values()):
        parts += _way(points, across, up, i % len(DASHES))
    parts += legend(list(trails), across.end, top)
    room, name = legend_room(trails, -20.0), f"contours over {x_label} and {y_label}"
    about = _describe(f, trails, len(levels))
    return chart(parts, (across, up), 50.0 + room, CONTOUR_THEME, title, name, about)


def _axis(name: str, ends: Range, start: float, end: float) -> Axis:
    numbers = [number(z, name) for z in vector(name, ends)]
    if len(numbers) != 2 or not 0.0 < numbers[1] - numbers[0] < math.inf:
        raise ValueError(
            f"{name} is a range (low, high) with low < high and of a finite width, got "
            f"{short_repr(ends)}"
        )
    low, high = numbers
    return Axis(low, high, start, end, tick_step(low, high))


def _height(f: Function, point: Sequence[float]) -> float:
    return plain_number("a height", f(list(point)))


def _describe(f: Function, ways: Mapping[str, Sequence[Point]], levels: int) -> str:
    parts = [pluralize(levels, "contour")]
    for name, points in ways.items():
        if points:
            first, last = (decimal(_height(f, points[i])) for i in (0, -1))
            count = pluralize(len(points), "point")
            parts.append(f"{name}: {count}, from height {first} to {last}")
    return ". ".join(parts) + "."


# --- contours -------------------------------------------------------------------------------


def _heights(f: Function, across: Axis, up: Axis) -> list[list[float]]:
    """The heights at the corners of the grid, from the top row down."""
    xs = [across.low + (across.high - across.low) * i / COLUMNS for i in range(COLUMNS + 1)]
    ys = [up.high - (up.high - up.low) * i / ROWS for i in range(ROWS + 1)]
    return [[_height(f, (x, y)) for x in xs] for y in ys]


def _levels(heights: Sequence[Sequence[float]]) -> list[float]:
    """Heights with the same share of the picture between each and the next."""
    known = sorted({height for row in heights for height in row if math.isfinite(height)})
    if not known:
        raise ValueError("the function is finite nowhere in this range: choose another x and y")
    found = [known[int((i + 0.5) / LEVELS * len(known))] for i in range(LEVELS)]
    return list(dict.fromkeys(found))


def _contour(heights: Sequence[Sequence[float]], level: float, top: float) -> str:
    """The path of one level: a stroke in each cell that it goes through, or two."""
    wide, high = WIDTH / COLUMNS, HEIGHT / ROWS
    way = ""
    for row in range(ROWS):
        for column in range(COLUMNS):
            corners = (
                (column, row),
                (column + 1, row),
                (column + 1, row + 1),
                (column, row + 1),
            )
            ends = _crossings(corners, [heights[y][x] for x, y in corners], level)
            places = [(LEFT + x * wide, top + y * high) for x, y in ends]
            for (a, b), (c, d) in zip(places[::2], places[1::2], strict=False):
                way += f"M{a:.0f} {b:.0f}L{c:.0f} {d:.0f}"
    return way


def _crossings(
    corners: Sequence[tuple[int, int]], heights: Sequence[float], level: float
) -> list[Point]:
    """Where the level crosses the sides of a cell, an even number of times."""
    found = []
    for i in range(4):
        (x, y), (u, v) = corners[i], corners[(i + 1) % 4]
        low, high = heights[i], heights[(i + 1) % 4]
        if (low < level) != (high < level) and math.isfinite(high - low):
            share = (level - low) / (high - low)
            found.append((x + share * (u - x), y + share * (v - y)))
    return found


# --- ways -----------------------------------------------------------------------------------


def _way(points: Sequence[Point], across: Axis, up: Axis, style: int) -> list[str]:
    """The line of a way with a mark at each point, as far as it lies in the picture."""
    marks, line, pen = [], "", "M"
    for x, y in points:
        if not across.low <= x <= across.high or not up.low <= y <= up.high:
            pen = "M"
            continue
        place = f"{across.place(x):.1f} {up.place(y):.1f}"
        line += f"{pen}{place}"
        pen = "L"
        marks.append(f"M{place}m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z")
    parts = [f'<path class="curve s{style}" d="{line}"/>'] if len(marks) > 1 else []
    return [*parts, f'<path class="m{style}" d="{"".join(marks)}"/>'] if marks else []
