"""The plane of a chart with two axes of numbers: a scatter, a slope, contours."""

from collections.abc import Iterable, Sequence
from typing import Any

from ...engine.arguments import plain_number, vector
from ...engine.messages import short_repr
from ..drawing import Drawing
from ..svg import Theme, document, text_width
from .axis import DASHES, RIGHT, TEXT_SIZE, Axis, chart_text, chart_title, tick_step, tick_text

NAME_ROOM, NAME_STEP = 150.0, 20.0  # of a legend

Point = tuple[float, float]


def point_of(what: str, given: Any) -> Point:
    """A pair of numbers or Values as the place that it is.

    Raises:
        TypeError: if it holds anything but numbers.
        ValueError: if it is no pair.
    """
    place = [plain_number(what, z) for z in vector(what, given)]
    if len(place) != 2:
        raise ValueError(f"{what} is a pair of numbers, [x, y], got {short_repr(given)}")
    return place[0], place[1]


def top_of(title: str) -> float:
    """Where the plane begins, below a heading if there is one."""
    return 72.0 if title else 28.0


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
    parts += [chart_text(across.place(x), bottom + 18, tick_text(x), "at") for x in across.ticks()]
    parts += [chart_text(left - 8, up.place(y) + 4, tick_text(y), "by") for y in up.ticks()]
    parts.append(chart_text((left + right) / 2, bottom + 39, x_label, "label at"))
    parts.append(chart_text(left, top - 11, y_label, "label"))
    return parts


def legend(names: Sequence[str], right: float, top: float, room: float = NAME_ROOM) -> list[str]:
    """The names of curves, each with a piece of its curve, as SVG."""
    parts = []
    for i, name in enumerate(names):
        y, style = top + 8.0 + NAME_STEP * i, i % len(DASHES)
        parts.append(f'<path class="curve s{style}" d="M{right + 16:g} {y:g}h20"/>')
        parts.append(chart_text(right + 42, y + 4, name, f"n{style}", room=room))
    return parts


def legend_room(names: Iterable[str], otherwise: float = 0.0) -> float:
    """The width of the longest name in a legend, as far as there is room for it."""
    return max([min(text_width(name, TEXT_SIZE), NAME_ROOM) for name in names], default=otherwise)


def chart(
    parts: Iterable[str],
    axes: tuple[Axis, Axis],
    beside: float,
    theme: Theme,
    title: str,
    name: str,
    about: str,
) -> Drawing:
    """The drawing of a plane.

    Args:
        parts: its elements.
        axes: across and up.
        beside: the width of the legend, with the gap before it.
        theme: its colours.
        title: a heading.
        name: what it is called without one.
        about: what is in it, in words.
    """
    size = (axes[0].end + beside + RIGHT, axes[1].start + 52.0)
    body = "\n".join([*chart_title(title), *parts])
    return Drawing(document(size, title or name, about, theme, body), about)
