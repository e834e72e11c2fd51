"""The picture of a slope: the tangent has the gradient's slope and stays inside the picture."""

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from autograd import Value, log, relu
from autograd.show import draw_slope

Function = Callable[[Any], Any]


def strokes(svg: str, kind: str) -> list[list[tuple[float, float]]]:
    way, *_ = re.findall(f'class="{kind}" d="([^"]*)"', svg)  # then that of the legend
    stretches = [part.split("L") for part in way.split("M")[1:]]
    return [[(float(x), float(y)) for x, y in map(str.split, points)] for points in stretches]


@pytest.mark.parametrize(
    ("f", "x", "said"),
    [
        (lambda x: x * x, 1.5, "At x = 1.5 it is 2.25, and its slope is 3."),
        (lambda x: -3.0 * x, 0.0, "At x = 0 it is 0, and its slope is −3."),
        (relu, -1.0, "At x = −1 it is 0, and its slope is 0."),
    ],
)
def test_the_text_says_value_and_slope(f: Function, x: float, said: str) -> None:
    drawing = draw_slope(f, x, -2.0, 2.0)
    assert str(drawing) == f"f(x) from −2 to 2. {said}"
    assert said in drawing.svg


@given(st.floats(-2.0, 2.0), st.floats(-50.0, 50.0))
def test_the_tangent_touches_the_curve_and_stays_inside(x: float, factor: float) -> None:
    svg = draw_slope(lambda z: factor * z * z - z, x, -2.0, 2.0).svg
    ET.fromstring(svg)
    ((start, end),) = strokes(svg, "curve s1")
    touch = re.search(r'cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert touch is not None
    a, b = float(touch[1]), float(touch[2])
    (c, d), (e, f) = start, end
    assert abs((e - c) * (b - d) - (f - d) * (a - c)) <= 0.3 * math.hypot(e - c, f - d) + 0.1
    for u, v in (start, end):
        assert 75.9 <= u <= 556.1
        assert 27.9 <= v <= 348.1


def test_a_curve_has_a_gap_where_it_is_not_finite() -> None:
    svg = draw_slope(lambda x: 1.0 / x, 1.0, -1.0, 1.0).svg
    assert len(strokes(svg, "curve s0")) == 2
    assert len(strokes(draw_slope(log, 1.0, -1.0, 2.0).svg, "curve s0")) == 1


def test_the_triangle_shows_one_to_the_right_and_the_slope_up() -> None:
    svg = draw_slope(lambda x: x * x, 1.0, -1.0, 3.0, title="At 1").svg
    shown = [text for text in ET.fromstring(svg).itertext() if text.strip()]
    assert "slope 2 at x = 1" in shown
    ((start, corner, end),) = strokes(svg, "rise")
    assert start[1] == corner[1]
    assert corner[0] == end[0]
    assert end[1] < corner[1]


def test_labels_are_escaped() -> None:
    svg = draw_slope(lambda x: x, 0.0, -1.0, 1.0, title="<b>", label="a < b").svg
    assert "&lt;b&gt;" in svg
    ET.fromstring(svg)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((lambda x: 1.0, 0.0, -1.0, 1.0), TypeError, "the function gives a float"),
        (
            (lambda x: x, 2.0, -1.0, 1.0),
            ValueError,
            "needs low < high, .* and x between",
        ),
        ((lambda x: x, 0.0, 1.0, -1.0), ValueError, "needs low < high"),
        ((lambda x: x, 0.0, -math.inf, 1.0), ValueError, "not infinitely far apart"),
        ((lambda x: x, 0.0, -1e308, 1e308), ValueError, "not infinitely far apart"),
        ((3.0, 0.0, -1.0, 1.0), TypeError, "draw_slope takes a function of a Value, got a float"),
        ((log, 0.0, -1.0, 1.0), ValueError, "no tangent there"),
        ((lambda x: x, "0", -1.0, 1.0), TypeError, "x"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(
    arguments: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        draw_slope(*arguments)


def test_the_function_gets_values() -> None:
    given: list[Any] = []

    def noted(x: Any) -> Any:
        given.append(x)
        return x * 2.0

    draw_slope(noted, 0.0, -1.0, 1.0)
    assert all(isinstance(x, Value) for x in given)
