"""The root over two inputs, in a real browser: contours, the point, and the gradient."""

import re

import pytest
from show import expression

import autograd as ag
from autograd import Value
from autograd.show.stepping.player import play
from tests.browser import Open, Opened
from tests.played import square

pytestmark = pytest.mark.needs("chromium")


def bowl() -> Value:
    x, y, k = Value(1.0, "x"), Value(2.0, "y"), Value(3.0, "k")
    z = x * x + k * y * y
    z.label = "z"
    return z


def over(opened: Open, root: Value, one: str = "x", other: str = "y") -> Opened:
    page = opened(play(root))
    page.page.click("#curve")
    page.page.select_option("#against", label=one)
    page.page.select_option("#along", label=other)
    return page


def place(page: Opened, name: str = "place") -> tuple[float, float]:
    found = page.page.locator(f"#{name}").get_attribute("transform") or ""
    x, y = re.findall(r"translate\(([-\d.]+) ([-\d.]+)\)", found)[0]
    return float(x), float(y)


def contours(page: Opened) -> str:
    return page.page.locator("#contours").get_attribute("d") or ""


def test_of_two_inputs_there_are_contours_and_the_gradient(opened: Open) -> None:
    page = over(opened, bowl())
    assert page.text("steep") == "At x = 1, y = 2 it is 13, with gradient (2, 12)"
    assert place(page) == (150.0, 112.5)
    assert len(re.findall("M", contours(page))) > 100
    assert page.page.locator("#surface").is_visible()
    assert page.page.locator("#course").is_hidden()


@pytest.mark.parametrize("panels", [["#curve"], ["#lines"], ["#curve", "#lines"]])
def test_beside_slope_and_code_the_drawing_keeps_its_height(
    opened: Open, panels: list[str]
) -> None:
    page = opened(play(bowl()), viewport={"width": 1280, "height": 720})
    for panel in panels:
        page.page.click(panel)
    area = page.page.locator("#drawing").bounding_box()
    assert area
    assert area["height"] >= 0.45 * 720
    assert area["width"] >= 400


def test_every_contour_has_its_height_where_it_is_drawn(opened: Open) -> None:
    page = over(opened, bowl())
    points = page.page.evaluate(
        """() => $("lowest").getAttribute("d").match(/[\\d.]+ [\\d.]+/g).map((text) => {
        const [x, y] = text.split(" ").map(Number);
        return [plane.left + plane.unit * x, plane.low + plane.unit * (UPWARD - y)];
      })"""
    )
    heights = [x * x + 3.0 * y * y for x, y in points]
    assert len(heights) > 20
    assert max(heights) - min(heights) < 0.1 * max(heights)


def test_the_arrow_is_at_a_right_angle_to_a_contour_and_as_long_as_it_is_steep(
    opened: Open,
) -> None:
    page = over(opened, bowl())
    turned = re.findall(r"rotate\(([-\d.]+)\)", page.page.get_attribute("#steepest", "transform"))  # type: ignore[arg-type]
    assert float(turned[0]) == pytest.approx(-80.5, abs=0.1)  # upward: y has the larger share
    long = page.page.get_attribute("#steepest", "d")
    page.page.get_by_role("spinbutton", name="x").fill("0")
    page.page.get_by_role("spinbutton", name="y").fill("0")
    assert long
    assert page.page.get_attribute("#steepest", "d") == ""


def test_the_point_can_be_dragged_and_moves_both_inputs(opened: Open) -> None:
    page = over(opened, bowl())
    before = contours(page)
    area = page.page.locator("#surface").bounding_box()
    assert area
    mouse = page.page.mouse
    pixel = area["width"] / 300  # of the window, for one of the plot
    mouse.move(area["x"] + 150 * pixel, area["y"] + 112 * pixel)
    mouse.down()
    mouse.move(area["x"] + 200 * pixel, area["y"] + 62 * pixel, steps=3)
    mouse.up()
    x, y = (float(page.page.get_by_role("spinbutton", name=n).input_value()) for n in ("x", "y"))
    assert x == pytest.approx(1.0 + 50 * 5.0 / 225, abs=0.05)
    assert y == pytest.approx(2.0 + 50 * 5.0 / 225, abs=0.05)
    assert place(page)[0] == pytest.approx(200, abs=2)
    assert contours(page) == before


def test_arrow_keys_move_the_point_and_not_the_pass(opened: Open) -> None:
    page = over(opened, bowl())
    page.page.focus("#surface")
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowUp")
    assert page.text("steep").startswith("At x = 1.13, y = 2.13 it is ")
    assert page.text("count").startswith("1 of")
    assert "Arrow keys move the point" in (page.page.get_attribute("#surface", "aria-label") or "")


def test_a_third_number_changes_the_contours_too(opened: Open) -> None:
    page = over(opened, bowl())
    before = contours(page)
    page.page.get_by_role("spinbutton", name="k").fill("-1")
    assert contours(page) != before
    assert page.page.locator("#surface").is_visible()


def test_in_a_larger_graph_they_are_coarse_at_once_and_fine_at_rest(opened: Open) -> None:
    root = expression(50)
    page = opened(play(root))
    page.page.click("#curve")
    page.page.select_option("#along", index=2)
    fine = contours(page)
    page.page.evaluate("take([[inputs[2], given[inputs[2]] * 2]])")
    page.page.evaluate("take([[inputs[2], given[inputs[2]] / 2]])")
    coarse = contours(page)
    assert len(coarse) < len(fine)
    page.page.clock.run_for(300)
    assert contours(page) == fine


def test_the_same_input_is_not_chosen_twice(opened: Open) -> None:
    page = over(opened, bowl())
    page.page.select_option("#along", label="x")
    chosen = page.page.locator("#against, #along").evaluate_all(
        "(all) => all.map((one) => one.selectedOptions[0].textContent)"
    )
    assert chosen == ["y", "x"]
    page.page.select_option("#along", label="no other")
    assert page.page.locator("#course").is_visible()


def test_one_input_has_no_second(opened: Open) -> None:
    page = opened(play(square()))
    page.page.click("#curve")
    assert page.page.locator("#both").is_hidden()


def test_where_the_root_is_no_number_there_is_no_contour(opened: Open) -> None:
    x, y = Value(-1.0, "x"), Value(-2.0, "y")
    page = over(opened, ag.log(x - 100.0) * y)
    assert contours(page) == ""
    assert "it is nan" in page.text("steep")
