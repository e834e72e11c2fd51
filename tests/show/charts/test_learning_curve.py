"""The learning curve: axes, gaps, panels, names, and bad input."""

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from autograd import Value
from autograd.show import learning_curve

SVG = "{http://www.w3.org/2000/svg}"
MINUS = "\N{MINUS SIGN}"
NAN, INF = math.nan, math.inf


def chart(series: Mapping[str, Sequence[Any]], **options: Any) -> ElementTree.Element:
    return ElementTree.fromstring(learning_curve(series, **options).svg)


def texts(svg: ElementTree.Element, kind: str) -> list[str]:
    return [t.text or "" for t in svg.iter(f"{SVG}text") if t.get("class") == kind]


def curves(svg: ElementTree.Element) -> list[str]:
    """The ways of the curves, without the short lines beside their names."""
    ways = [p.get("d", "") for p in svg.iter(f"{SVG}path") if "curve" in p.get("class", "")]
    return [way for way in ways if not way.endswith("h18")]


def numbers(svg: ElementTree.Element) -> list[float]:
    """Every coordinate of the drawing."""
    found = [element.get(name) for element in svg.iter() for name in ("x", "y", "cx", "cy", "d")]
    return [float(n) for text in found if text for n in re.findall(r"-?[\d.]+|nan|inf", text)]


@pytest.mark.parametrize(
    ("points", "ticks"),
    [
        ([1.0, 0.0], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ([90.0, 5.0], ["0", "20", "40", "60", "80", "100"]),
        ([-3.0, 4.0], [f"{MINUS}4", f"{MINUS}2", "0", "2", "4"]),
        ([0.83, 0.97], ["0.8", "0.85", "0.9", "0.95", "1"]),
        ([3.0, 3.0], ["1", "2", "3", "4", "5"]),
        ([0.0, 0.0], [f"{MINUS}0.6", f"{MINUS}0.4", f"{MINUS}0.2", "0", "0.2", "0.4", "0.6"]),
    ],
)
def test_ticks_are_1_2_or_5_times_a_power_of_ten(points: list[float], ticks: list[str]) -> None:
    assert texts(chart({"s": points}), "by") == ticks


def test_positive_data_over_more_than_three_decades_get_a_logarithmic_axis() -> None:
    svg = chart({"s": [10.0, 1.0, 0.1, 0.001]})
    assert texts(svg, "by") == ["0.001", "0.01", "0.1", "1", "10"]
    assert "loss (logarithmic)" in texts(svg, "label")
    assert "loss" in texts(chart({"s": [10.0, 0.0]}), "label")


def test_the_horizontal_axis_counts_from_one() -> None:
    assert texts(chart({"s": [0.0] * 30}), "at") == ["1", "5", "10", "15", "20", "25", "30"]
    assert texts(chart({"s": [0.0] * 3}), "at") == ["1", "2", "3"]


def test_points_that_are_not_finite_leave_gaps_and_lonely_ones_are_dots() -> None:
    svg = chart({"s": [1.0, 2.0, NAN, 3.0, INF, 4.0, 5.0, -INF]})
    (way,) = curves(svg)
    assert way.count("M") == 3
    assert len(list(svg.iter(f"{SVG}circle"))) == 1


def test_one_point_is_a_dot() -> None:
    assert len(list(chart({"s": [0.5]}).iter(f"{SVG}circle"))) == 1


@pytest.mark.parametrize(
    "points",
    [
        [],
        [NAN, INF],
        [1e308, -1e308],
        [1.7e308, 1.7e308],
        [1e308, 1e-300],
        [5e-324, 1.0],
        [5e-324, 5e-324],
        [0.0, 5e-324],
        [-5e-324, 5e-324],
        [1.0, 1.0 + 2**-52],
        [1e15 + 0.5, 1e15],
        [-1e-300, 1e300],
    ],
)
def test_extreme_series_stay_on_the_page(points: list[float]) -> None:
    svg = chart({"s": points})
    width, height = float(svg.get("width", "0")), float(svg.get("height", "0"))
    assert all(0.0 <= number <= max(width, height) for number in numbers(svg))
    assert len(texts(svg, "by")) <= 13


def test_series_differ_by_dashes_as_well_as_colour() -> None:
    svg = learning_curve({name: [0.0, 1.0] for name in "abcdef"}).svg
    dashes = re.findall(r"stroke-dasharray:([^}]*)", svg)
    colours = re.findall(r"\.s\d\{stroke:(#\w+);stroke-dasharray", svg)
    assert len(set(dashes)) == len(set(colours)) == 6


def test_names_stand_at_the_ends_of_their_curves_and_apart() -> None:
    svg = chart({f"s{i}": [1.0, 1.0 - 0.001 * i] for i in range(12)})
    heights = [
        float(text.get("y", "0"))
        for text in svg.iter(f"{SVG}text")
        if re.fullmatch(r"n\d", text.get("class", ""))
    ]
    steps = [b - a for a, b in zip(sorted(heights), sorted(heights)[1:], strict=False)]
    assert len(heights) == 12
    assert min(steps) >= 16.9


def test_further_panels_stand_below_and_share_the_horizontal_axis() -> None:
    svg = chart({"train": [1.0, 0.5]}, panels={"accuracy": {"train": [0.5, 0.9]}})
    assert texts(svg, "label") == ["loss", "accuracy"]
    assert texts(svg, "label at") == ["epoch"]
    assert texts(svg, "at") == ["1", "2"]
    assert len(curves(svg)) == 2


def test_values_are_taken_by_their_data() -> None:
    losses = [2.0, 1.0]
    assert (
        learning_curve({"s": [Value(x) for x in losses]}).svg == learning_curve({"s": losses}).svg
    )


def test_long_runs_are_thinned_but_keep_their_peaks() -> None:
    points = [math.sin(i) for i in range(100_000)]
    points[50_001] = 9.0
    (way,) = curves(chart({"s": points}))
    assert len(way) < 60_000
    highest = min(float(y) for y in re.findall(r" ([\d.]+)", way))
    (peak,) = curves(chart({"s": [min(points), 9.0]}))
    assert highest == min(float(y) for y in re.findall(r" ([\d.]+)", peak))


@pytest.mark.parametrize("text", ["<script>", "]]>", '"', "a\0b", "x" * 10_000, "שלום", "\ud800"])
def test_hostile_texts_stay_text(text: str) -> None:
    svg = chart({text: [1.0, 0.5]}, title=text, x_label=text, y_label=text)
    names = {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert names <= {"svg", "title", "desc", "style", "rect", "path", "text", "circle"}


def test_the_description_tells_how_it_went() -> None:
    svg = chart({"train": [1.0, 0.25]}, panels={"accuracy": {"test": []}})
    wanted = "loss, train: 2 points, 1 to 0.25; accuracy, test: 0 points, no points."
    assert svg.findtext(f"{SVG}desc") == wanted
    assert svg.findtext(f"{SVG}title") == "loss and accuracy by epoch"


@pytest.mark.parametrize(
    ("series", "options", "error", "message"),
    [
        ({}, {}, ValueError, "panel 'loss' needs series by name"),
        ([1.0], {}, TypeError, "panel 'loss' needs series by name"),
        ({"s": [1.0]}, {"panels": {"p": [1.0]}}, TypeError, "panel 'p' needs series by name"),
        ({"s": [1.0]}, {"panels": {"loss": {"s": [1.0]}}}, ValueError, "two panels are named"),
        ({"s": ["1.0"]}, {}, TypeError, "series 's' holds '1.0'"),
        ({"s": [None]}, {}, TypeError, "series 's' holds None"),
        ({"s": "abc"}, {}, TypeError, "series 's' holds one real number, got str"),
        ({"s": {1: 0.5}}, {}, TypeError, "series 's' is one number or a list of them, got a dict"),
        ({"s": [1.0]}, {"panels": [{"s": [1.0]}]}, TypeError, "panels are series by name, as in"),
        ({1: [1.0]}, {}, TypeError, "a text in a drawing is a str, got int"),
        ({"s": [1.0]}, {"title": 5}, TypeError, "a text in a drawing is a str, got int"),
    ],
)
def test_bad_input_is_refused(
    series: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        learning_curve(series, **options)
