"""Points by class: marks, regions, the line between them, names, and bad input."""

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pytest

from autograd import Value
from autograd.show.charts.scatter import COLUMNS, ROWS, scatter

SVG = "{http://www.w3.org/2000/svg}"
CORNERS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
DIFFER = [0, 1, 1, 0]


def picture(
    points: Iterable[Sequence[Any]], classes: Iterable[int], **options: Any
) -> ElementTree.Element:
    return ElementTree.fromstring(scatter(points, classes, **options).svg)


def paths(svg: ElementTree.Element, kind: str) -> list[str]:
    return [p.get("d", "") for p in svg.iter(f"{SVG}path") if p.get("class") == kind]


def texts(svg: ElementTree.Element, kind: str) -> list[str]:
    return [t.text or "" for t in svg.iter(f"{SVG}text") if t.get("class") == kind]


def test_each_point_has_a_mark_and_each_class_one_in_the_legend() -> None:
    svg = picture([*CORNERS, [0.5, 0.5]], [*DIFFER, 1])
    assert [way.count("M") for way in paths(svg, "m0")] == [2, 1]
    assert [way.count("M") for way in paths(svg, "m1")] == [3, 1]


def test_classes_differ_by_shape_as_well_as_colour() -> None:
    svg = scatter([[float(kind), 0.0] for kind in range(6)], range(6)).svg
    shapes = re.findall(r'class="m\d" d="M[\d.]+ [\d.]+([^"]*)"', svg)
    assert len(set(shapes)) == 6
    light, dark = svg.split("@media")
    for colours in (light, dark):
        assert len(set(re.findall(r"\.m\d\{fill:(#\w+)\}", colours))) == 6


def test_names_say_what_the_classes_are_and_numbers_what_has_no_name() -> None:
    assert texts(picture(CORNERS, DIFFER, names=["equal", "different"]), "n0") == ["equal"]
    svg = picture(CORNERS, [0, 1, 2, 7], names=["a"])
    assert [*texts(svg, "n0"), *texts(svg, "n1")] == ["a", "class 1", "class 7"]
    assert texts(svg, "n2") == ["class 2"]


def test_x_grows_to_the_right_and_y_upward() -> None:
    (low, _), (high, _) = (paths(picture([[0, 0], [1, 1]], [0, 1]), kind) for kind in ("m0", "m1"))
    places = [re.match(r"M([\d.]+) ([\d.]+)", way) for way in (low, high)]
    (x0, y0), (x1, y1) = ([float(n) for n in place.groups()] for place in places if place)
    assert x0 < x1
    assert y0 > y1


def test_without_decide_there_are_no_regions() -> None:
    svg = picture(CORNERS, DIFFER)
    assert not paths(svg, "r0")
    assert not paths(svg, "boundary")


def test_regions_cover_every_cell_once() -> None:
    svg = picture(CORNERS, DIFFER, decide=lambda point: int(point[0] > 0.5) + int(point[1] > 0.3))
    ways = "".join(way for kind in ("r0", "r1", "r2") for way in paths(svg, kind))
    widths = [int(width) for width in re.findall(r"h(\d+)v8", ways)]
    assert sum(widths) == 8 * COLUMNS * ROWS


@pytest.mark.parametrize(
    ("decide", "line"),
    [
        (lambda point: 0, ""),
        (lambda point: int(point[0] > 0.5), "v8" * ROWS),
        (lambda point: int(point[1] > 0.5), "h8" * COLUMNS),
    ],
)
def test_the_boundary_runs_where_the_answer_changes(
    decide: Callable[[list[float]], int], line: str
) -> None:
    way = "".join(paths(picture(CORNERS, DIFFER, decide=decide), "boundary"))
    assert re.sub(r"M[\d. ]+", "", way) == line


def test_the_model_is_asked_in_the_coordinates_of_the_points() -> None:
    asked: list[list[float]] = []

    def decide(point: list[float]) -> int:
        asked.append(point)
        return 0

    scatter([[100.0, -0.002], [300.0, 0.002]], [0, 0], decide=decide)
    grid = asked[: COLUMNS * ROWS]
    assert min(x for x, _ in grid) < 100.0 < 300.0 < max(x for x, _ in grid)
    assert all(80.0 < x < 320.0 and abs(y) < 0.003 for x, y in grid)
    assert asked[COLUMNS * ROWS :] == [[100.0, -0.002], [300.0, 0.002]]


def test_a_class_that_only_the_model_gives_is_in_the_legend() -> None:
    assert texts(picture(CORNERS, DIFFER, decide=lambda point: 2), "n2") == ["class 2"]


def test_the_description_counts_the_classes_and_the_hits() -> None:
    drawing = scatter(CORNERS, DIFFER, ["equal", "different"], decide=lambda point: 1)
    wanted = "4 points: 2 of equal, 2 of different. Decided for their class: 2 of 4."
    assert drawing.text == wanted
    assert ElementTree.fromstring(drawing.svg).findtext(f"{SVG}desc") == wanted
    assert scatter([[1, 2]], [0]).text == "1 point: 1 of class 0."


def test_values_are_taken_by_their_data() -> None:
    values = [[Value(x), Value(y)] for x, y in CORNERS]
    assert scatter(values, DIFFER).svg == scatter(CORNERS, DIFFER).svg


@pytest.mark.parametrize(
    "points",
    [
        [[0.0, 0.0]],
        [[5e-324, -5e-324], [0.0, 0.0]],
        [[1e308, -1e308], [-1e308, 1e308]],
        [[1.7e308, 1.0], [1.7e308, 1.0 + 2**-52]],
        [[1e-300, 1e300], [1e15, 1e15 + 0.5]],
    ],
)
def test_extreme_points_stay_on_the_page(points: list[list[float]]) -> None:
    svg = picture(points, [0] * len(points), decide=lambda point: int(math.isfinite(point[0])))
    width, height = float(svg.get("width", "0")), float(svg.get("height", "0"))
    places = [re.findall(r"M([\d.]+) ([\d.]+)", way) for way in paths(svg, "m0")]
    assert len(places[0]) == len(points)
    assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in places[0])


@pytest.mark.parametrize("text", ["<script>", "]]>", '"', "a\0b", "x" * 10_000, "שלום", "\ud800"])
def test_hostile_texts_stay_text(text: str) -> None:
    svg = picture([[1.0, 2.0]], [0], names=[text], title=text, x_label=text, y_label=text)
    names = {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert names <= {"svg", "title", "desc", "style", "rect", "path", "text"}


@pytest.mark.parametrize(
    ("points", "classes", "options", "error", "message"),
    [
        ([], [], {}, ValueError, "0 points and 0 classes"),
        (CORNERS, [0], {}, ValueError, "4 points and 1 class: "),
        ([[1.0]], [0], {}, ValueError, r"pair of numbers, \[x, y\], got \[1.0\]"),
        ([[1.0, math.nan]], [0], {}, ValueError, "has finite numbers"),
        ([1.0, 2.0], [0, 0], {}, ValueError, "pair of numbers"),
        ([["1", 2.0]], [0], {}, TypeError, "str"),
        ([[1.0, 2.0]], [0.0], {}, TypeError, "a class is an int from 0, got a float"),
        ([[1.0, 2.0]], [-1], {}, ValueError, "a class is an int from 0, got -1"),
        ([[1.0, 2.0]], [0], {"decide": lambda point: 0.7}, TypeError, "an int from 0, got a float"),
        (
            [[1.0, 2.0]],
            [0],
            {"decide": 1},
            TypeError,
            "scatter takes as decide a function of",
        ),
        ([[1.0, 2.0]], 0.5, {}, TypeError, "a class is an int from 0, got a float"),
        (5.0, [0], {}, ValueError, "pair of numbers"),
        ({0.0: 1.0}, [0], {}, TypeError, "points is one number or a list of them, got a dict"),
        ([[1.0, 2.0]], [0], {"title": 5}, TypeError, "a text in a drawing is a str, got int"),
    ],
)
def test_bad_input_is_refused(
    points: Any,
    classes: Any,
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        scatter(points, classes, **options)


def test_a_class_may_be_an_int_of_numpy() -> None:
    assert str(scatter(CORNERS, np.array([0, 1, 1, 0]))) == str(scatter(CORNERS, [0, 1, 1, 0]))
