"""Points of the plane by class as SVG, and the regions in which a model decides for each class.

Classes differ by the shape of their mark as well as by colour. The regions are found by asking
at the middle of every cell of a grid, and a line runs where the answer changes.
"""

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise
from typing import Any

from ...engine.arguments import check_function, vector
from ...engine.messages import describe_type, pluralize, short_repr
from ..drawing import Drawing
from .axis import LEFT, MARKED, THEME, Axis, chart_text
from .plane import (
    NAME_ROOM,
    NAME_STEP,
    Point,
    chart,
    draw_axes,
    fit_axis,
    legend_room,
    point_of,
    top_of,
)

CELL, COLUMNS, ROWS = 8, 60, 45  # the size and number of the cells of the grid
MARKS = (  # from a place around it and back
    "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z",
    "m0-4.6l4.3 7.6h-8.6z",
    "m-3.2-3.2h6.4v6.4h-6.4z",
    "m0-4.8l4.2 4.8l-4.2 4.8l-4.2-4.8z",
    "m-1.4-4.2h2.8v2.8h2.8v2.8h-2.8v2.8h-2.8v-2.8h-2.8v-2.8h2.8z",
    "m0 4.6l4.3-7.6h-8.6z",
)
SCATTER_THEME = THEME._replace(
    rules={
        **THEME.rules,
        ".boundary": "fill:none;stroke:var(--soft);stroke-width:1.5",
        **{f".r{i}": f"fill:var(--series-{i});fill-opacity:.15" for i in range(len(MARKS))},
        **MARKED,
    }
)

Decide = Callable[[list[float]], int]
ByClass = dict[int, list[Point]]


def scatter(
    points: Iterable[Sequence[Any]],
    classes: Iterable[int],
    names: Sequence[str] = (),
    title: str = "",
    x_label: str = "x",
    y_label: str = "y",
    decide: Decide | None = None,
) -> Drawing:
    """Draw points of the plane by class, and the regions in which a model decides for each class.

    Args:
        points: pairs of numbers or Values, all finite.
        classes: the class of each point, an int from 0.
        names: the names of the classes, class 0 first.
        title: a heading.
        x_label: the name of the first coordinate.
        y_label: the name of the second.
        decide: a function from ``[x, y]`` to a class. It is called on a grid of 60 by 45.

    Raises:
        TypeError: if a point holds anything but numbers, or a class is no int.
        ValueError: if there are no points, or not as many classes as points, a point is not a
            pair of finite numbers, or a class is below 0.

    Example:
        >>> from autograd.show.charts.scatter import scatter
        >>> corners = [[0, 0], [0, 1], [1, 0], [1, 1]]
        >>> print(scatter(corners, [0, 1, 1, 0], decide=lambda point: int(point[0] > 0.5)))
        4 points: 2 of class 0, 2 of class 1. Decided for their class: 2 of 4.
    """
    by_class = _by_class(points, classes)
    if decide is not None:
        check_function("scatter", decide, "as decide a function of [x, y]")
    places = [place for group in by_class.values() for place in group]
    top = top_of(title)
    across = fit_axis([x for x, _ in places], LEFT, LEFT + CELL * COLUMNS)
    up = fit_axis([y for _, y in places], top + CELL * ROWS, top)
    decided = [] if decide is None else _decide_cells(decide, across, up)
    kinds = sorted({*by_class, *(kind for row in decided for kind in row)})
    called = {kind: names[kind] if kind < len(names) else f"class {kind}" for kind in kinds}
    parts = [*_regions(decided, top), *draw_axes(across, up, x_label, y_label)]
    for kind, group in sorted(by_class.items()):
        parts.append(_marks([(across.place(x), up.place(y)) for x, y in group], kind))
    parts += _legend(called, across.end, top)
    room, name = legend_room(called.values()), f"{y_label} by {x_label}"
    about = _description(by_class, called, decide)
    return chart(parts, (across, up), 32.0 + room, SCATTER_THEME, title, name, about)


def _by_class(points: Iterable[Sequence[Any]], classes: Iterable[int]) -> ByClass:
    """Group the points by class."""
    points, classes = vector("points", points), vector("classes", classes)
    if not points or len(points) != len(classes):
        raise ValueError(
            f"scatter got {pluralize(len(points), 'point')} and "
            f"{pluralize(len(classes), 'class', 'classes')}: pass at least one point, and a class "
            "for each"
        )
    found: ByClass = {}
    for point, kind in zip(points, classes, strict=True):
        place = point_of("a point of scatter", point)
        if not all(map(math.isfinite, place)):
            raise ValueError(f"a point of scatter has finite numbers, got {short_repr(point)}")
        found.setdefault(_class(kind), []).append(place)
    return found


def _class(given: Any) -> int:
    try:
        kind = operator.index(given)
    except TypeError:
        raise TypeError(
            f"a class is an int from 0, got {describe_type(given)}: round a score, as in int(z > 0)"
        ) from None
    if kind < 0:
        raise ValueError(f"a class is an int from 0, got {kind}: pass (class + 1) // 2 for ±1")
    return kind


def _description(by_class: ByClass, called: dict[int, str], decide: Decide | None) -> str:
    count = sum(map(len, by_class.values()))
    counts = [f"{len(by_class.get(kind, [])):,} of {called[kind]}" for kind in called]
    description = f"{pluralize(count, 'point')}: {', '.join(counts)}."
    if decide is None:
        return description
    right = [
        decide([x, y]) == kind for kind, group in sorted(by_class.items()) for x, y in group
    ].count(True)
    return f"{description} Decided for their class: {right:,} of {count:,}."


def _decide_cells(decide: Decide, across: Axis, up: Axis) -> list[list[int]]:
    """Decide the class at the middle of each cell, from the top row down."""

    def middle(axis: Axis, share: float) -> float:
        return axis.low * (1.0 - share) + axis.high * share

    xs = [middle(across, (column + 0.5) / COLUMNS) for column in range(COLUMNS)]
    ys = [middle(up, 1.0 - (row + 0.5) / ROWS) for row in range(ROWS)]
    return [[_class(decide([x, y])) for x in xs] for y in ys]


def _regions(decided: Sequence[Sequence[int]], top: float) -> list[str]:
    """The cells of each class, merged within a row, and the line between the classes."""
    ways: dict[int, str] = {}
    line = ""
    for row, kinds in enumerate(decided):
        x, y = LEFT, top + CELL * row
        for kind, alike in groupby(kinds):
            width = CELL * len(list(alike))
            ways[kind] = ways.get(kind, "") + f"M{x:g} {y:g}h{width}v{CELL}h-{width}z"
            x += width
            line += f"M{x:g} {y:g}v{CELL}" if x < LEFT + CELL * COLUMNS else ""
    for row, (above, below) in enumerate(pairwise(decided), 1):
        for column, (one, other) in enumerate(zip(above, below, strict=True)):
            line += f"M{LEFT + CELL * column:g} {top + CELL * row:g}h{CELL}" if one != other else ""
    parts = [f'<path class="r{kind % len(MARKS)}" d="{d}"/>' for kind, d in sorted(ways.items())]
    return [*parts, f'<path class="boundary" d="{line}"/>'] if line else parts


def _marks(places: Iterable[Point], kind: int) -> str:
    style = kind % len(MARKS)
    way = "".join(f"M{x:.1f} {y:.1f}{MARKS[style]}" for x, y in places)
    return f'<path class="m{style}" d="{way}"/>'


def _legend(called: dict[int, str], right: float, top: float) -> list[str]:
    parts = []
    for line, (kind, name) in enumerate(called.items()):
        x, y, style = right + 20.0, top + 8.0 + NAME_STEP * line, f"n{kind % len(MARKS)}"
        parts.append(_marks([(x, y)], kind))
        parts.append(chart_text(x + 12, y + 4, name, style, room=NAME_ROOM))
    return parts
