"""Contours lie where the function has their height, and ways go over them."""

import math
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from autograd import Value
from autograd.show import draw_contours

LEFT, TOP, WIDTH, HEIGHT = 76.0, 28.0, 480.0, 360.0


def bowl(p: Any) -> Any:
    return p[0] ** 2 + p[1] ** 2


def contours(svg: str) -> list[list[tuple[float, float]]]:
    """The points of each contour, as coordinates from -2 to 2."""
    ways = re.findall(r'class="(?:contour|low)" d="([^"]*)"', svg)
    return [
        [
            ((float(x) - LEFT) / WIDTH * 4 - 2, 2 - (float(y) - TOP) / HEIGHT * 4)
            for x, y in re.findall(r"(-?\d+) (-?\d+)", way)
        ]
        for way in ways
    ]


def test_the_contours_of_a_bowl_are_circles() -> None:
    found = contours(draw_contours(bowl, (-2, 2), (-2, 2)).svg)
    assert len(found) == 12
    for points in found:
        radii = [math.hypot(*point) for point in points]
        assert max(radii) - min(radii) < 0.05
    assert len({round(math.hypot(*points[0]), 1) for points in found}) == 12


def test_the_lowest_contour_is_darker() -> None:
    svg = draw_contours(bowl, (-2, 2), (-2, 2)).svg
    assert (svg.count('class="low"'), svg.count('class="contour"')) == (1, 11)


def test_a_way_has_a_mark_for_each_point_inside_and_its_name() -> None:
    way = [[2.0, 1.0], [1.0, 0.5], [9.0, 9.0], [0.5, 0.25]]
    drawing = draw_contours(bowl, (-2, 2), (-2, 2), {"a <way>": way, "none": []})
    (line,) = re.findall('class="curve s0" d="(M[^"h]*)"', drawing.svg)
    assert (line.count("M"), line.count("L")) == (2, 1)
    (marks,) = re.findall('class="m0" d="([^"]*)"', drawing.svg)
    assert marks.count("z") == 3
    assert "a &lt;way&gt;" in drawing.svg
    assert str(drawing) == "12 contours. a <way>: 4 points, from height 5 to 0.3125."


def test_points_and_heights_may_be_values() -> None:
    way = [[Value(1.0), Value(0.0)]]
    drawing = draw_contours(lambda p: Value(p[0]) * p[1], (-1, 1), (-1, 1), {"way": way})
    assert str(drawing) == "12 contours. way: 1 point, from height 0 to 0."


def test_a_function_that_is_not_finite_everywhere_has_contours_where_it_is() -> None:
    def root(p: Any) -> float:
        return math.sqrt(p[0]) if p[0] > 0 else math.nan

    points = [point for way in contours(draw_contours(root, (-2, 2), (-2, 2)).svg) for point in way]
    assert points
    assert min(x for x, _ in points) > -0.1


def test_a_flat_function_has_no_lines() -> None:
    drawing = draw_contours(lambda p: 1.0, (-1, 1), (-1, 1), title="Flat")
    assert str(drawing) == "1 contour."
    ET.fromstring(drawing.svg)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"x": (1, -1)}, ValueError, r"x is a range \(low, high\) with low < high"),
        ({"x": (0, math.inf)}, ValueError, "of a finite width, got"),
        ({"x": 3}, ValueError, r"x is a range \(low, high\)"),
        ({"x": (1, 2, 3)}, ValueError, r"x is a range \(low, high\)"),
        ({"f": 3}, TypeError, r"draw_contours takes a function of \[x, y\], got an int"),
        ({"ways": [[1.0, 1.0]]}, TypeError, "ways are points by name, as in {'descent'"),
        ({"y": (0, 0)}, ValueError, r"y is a range \(low, high\)"),
        ({"ways": {"way": [[1.0]]}}, ValueError, r"of a way is a pair of numbers, \[x, y\]"),
        ({"ways": {"way": [["a", 1.0]]}}, TypeError, "str"),
        ({"f": lambda p: math.nan}, ValueError, "finite nowhere"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(
    options: dict[str, Any], error: type[Exception], said: str
) -> None:
    right: dict[str, Any] = {"f": bowl, "x": (-1, 1), "y": (-1, 1)}
    with pytest.raises(error, match=said):
        draw_contours(**(right | options))
