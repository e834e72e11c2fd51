"""The moving picture of δ·xᵀ: each cell comes in its turn, and all are there in the end."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import Any

import pytest

from autograd import Value, dot
from autograd.show import draw_outer_product

SVG = "{http://www.w3.org/2000/svg}"


def animations(svg: str, values: str) -> list[tuple[float, float]]:
    """The times at which the parts that move so begin and end to change."""
    found = [x for x in ET.fromstring(svg).iter(f"{SVG}animate") if x.get("values") == values]
    times = [[float(t) for t in x.get("keyTimes", "").split(";")] for x in found]
    assert all(t == sorted(t) and (t[0], t[-1]) == (0.0, 1.0) for t in times)
    return [(t[1], t[2]) for t in times]


def test_the_products_are_the_gradients_of_the_weights() -> None:
    rows = [[Value(0.3), Value(-0.2)], [Value(0.5), Value(0.1)]]
    for row, error in zip(rows, (0.1, 0.2), strict=True):
        dot(row, [0.5, -1.0]).backward(error)
    lines = str(draw_outer_product([0.1, 0.2], [0.5, -1.0])).splitlines()
    found = [float(line.rpartition(" = ")[2].replace("−", "-")) for line in lines]
    assert found == pytest.approx([weight.grad for row in rows for weight in row])


def test_cells_and_lines_come_one_after_the_other() -> None:
    svg = draw_outer_product([1.0, 2.0], [3.0, 4.0, 5.0]).svg
    times = animations(svg, "0;0;1;1")
    assert len(times) == 2 * 6
    assert times[::2] == times[1::2] == sorted(times[::2])
    lit = animations(svg, "0;1;0;0")
    assert len(lit) == 6
    assert all(end <= start for (_, end), (start, _) in pairwise(lit))


def test_a_viewer_that_does_not_move_it_shows_everything_and_no_frame() -> None:
    root = ET.fromstring(draw_outer_product([1.0, 2.0], [3.0, 4.0]).svg)
    hidden = [group for group in root.iter(f"{SVG}g") if group.get("opacity") == "0"]
    assert {x.get("class") for group in hidden for x in group.iter(f"{SVG}rect")} == {"now"}
    shown = {text.text for text in root.iter(f"{SVG}text")}
    assert {"3", "4", "6", "8", "δ₁ = 2", "x₀ = 3", "dL/dw₁₁ = δ₁ × x₁ = 2 × 4 = 8"} <= shown


def test_it_stops_moving_after_a_while() -> None:
    svg = draw_outer_product([1.0], [2.0]).svg
    assert set(re.findall('repeatCount="([^"]*)"', svg)) == {"3"}


def test_numbers_may_be_values_and_titles_are_escaped() -> None:
    drawing = draw_outer_product([Value(2.0)], [Value(3.0)], title="<b>")
    assert str(drawing) == "dL/dw₀₀ = δ₀ × x₀ = 2 × 3 = 6"
    assert "&lt;b&gt;" in drawing.svg


@pytest.mark.parametrize(
    ("errors", "inputs", "error", "said"),
    [
        ([], [1.0], ValueError, "errors has 0 numbers: the picture holds 1 to 8"),
        ([1.0], [1.0] * 9, ValueError, "inputs has 9 numbers"),
        (["a"], [1.0], TypeError, "errors"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(
    errors: Any, inputs: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        draw_outer_product(errors, inputs)
