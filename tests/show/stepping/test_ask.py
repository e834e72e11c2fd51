"""Ask first, and the slope, in a real browser: what is hidden, how wrong answers are judged."""

from collections.abc import Callable

import pytest
from playwright.sync_api import ViewportSize

import autograd as ag
from autograd import Value
from autograd.show.stepping.events import Contribute
from autograd.show.stepping.player import play
from autograd.show.stepping.reverse_mode import steps
from autograd.show.text import decimal
from tests.browser import Open, Opened
from tests.played import branching, network, square, tanh_of_a_line
from tests.show.stepping.test_inputs import PHONE, WIDE, drag, field

pytestmark = pytest.mark.needs("chromium")
NOWHERE = ": no finite number, and so no point of the plot"


def asking(opened: Open, root: Value, contribution: int = 1) -> Opened:
    """The page at a contribution, the first or a later one, with its question."""
    player = play(root, collapse=None)
    page = opened(player)
    page.page.click("#ask")
    places = [i for i, event in enumerate(player.events) if isinstance(event, Contribute)]
    page.page.locator("#slider").fill(str(places[contribution - 1]))
    return page


def answer(page: Opened, text: str) -> str:
    page.page.fill("#answer", text)
    page.page.keyboard.press("Enter")
    return page.text("verdict")


def product() -> Value:
    """u = a·b and root = u·c: at a, upstream is -3 and the local derivative 5."""
    a, b, c = Value(2.0, "a"), Value(5.0, "b"), Value(-3.0, "c")
    u = a * b
    u.label = "u"
    return u * c


# --- asked ----------------------------------------------------------------------------------


def test_the_product_is_hidden_wherever_it_would_be_seen(opened: Open) -> None:
    page = asking(opened, square())
    for name in ("contribution", "added", "after"):
        assert page.text(name) == "?"
    assert page.page.locator("svg .adds").all_text_contents() == ["+= ?"]
    assert page.boxes()["x"][1] == "grad –"
    assert not any("grad = 3" in x for x in page.page.locator("svg title").all_text_contents())
    assert page.text("asked") == "What does y add to x.grad?"


def test_the_right_answer_shows_the_product(opened: Open) -> None:
    page = asking(opened, square())
    assert answer(page, "3") == "Right: 3"
    assert [page.text(name) for name in ("contribution", "added", "after")] == ["3", "3", "3"]
    assert page.boxes()["x"][1] == "grad 3"
    assert page.page.evaluate("document.activeElement.id") == "forward"
    assert not page.page.locator("#answer").is_visible()


def test_the_second_contribution_asks_for_the_sum_too(opened: Open) -> None:
    page = asking(opened, square(), 2)
    assert answer(page, "3") == "Right: 3"
    assert [page.text(name) for name in ("contribution", "added", "after")] == ["3", "3", "?"]
    assert page.text("asked") == "And what is x.grad then?"
    assert page.boxes()["x"][1] == "grad 3"
    assert answer(page, "6") == "Right: 6"
    assert page.text("after") == "6"
    assert page.boxes()["x"][1] == "grad 6"


A = 3  # the contribution to a in `product`
WRONG = {
    "5": "5 is the local derivative alone: it is multiplied by the upstream gradient, −3",
    "-3": "−3 is the upstream gradient alone: it is multiplied by the local derivative, 5",
    "-6": "−6 takes the local derivative for another operand: for a it is 5",
    "15": "15 has the wrong sign",
    "2": "2 is upstream + local derivative: along a path derivatives are multiplied",
    "-0.6": "−0.6 divides: along a path derivatives are multiplied",
    "77": "77 is not it, and none of the famous mistakes: look at the two numbers again",
    "abc": "“abc” is no number such as 0.5, -2 or 1e-3",
    "1e400": "“1e400” is beyond 1.8e308, the largest number",
}


def test_a_wrong_product_is_told_what_kind_of_wrong_it_is(opened: Open) -> None:
    page = asking(opened, product(), A)
    assert page.text("asked") == "What does u add to a.grad?"
    found = {}
    for text in WRONG:
        found[text] = answer(page, text)
        assert page.text("contribution") == "?"
    assert found == WRONG


def test_the_number_of_the_operand_itself_is_told(opened: Open) -> None:
    a, b = Value(7.0, "a"), Value(5.0, "b")
    page = asking(opened, ag.sum([a * b, b]) * 2.0, 2)
    assert page.text("asked") == "What does t2 add to t1.grad?"
    assert answer(page, "35").startswith("35 is the number of t1: what flows back is a derivative")


WRONG_SUMS = {
    "-9": "−9 is what = instead of += gives: the 1 before it is lost",
    "1": "1 is the gradient before: what arrives is added to it",
    "10": "10 subtracts: contributions are added, with their signs",
    "8": "8 has the wrong sign",
}


def test_a_wrong_sum_is_held_against_the_famous_mistakes(opened: Open) -> None:
    x = Value(2.0, "x")
    y = x * -9.0
    y.label = "y"
    page = asking(opened, x + y, 3)
    assert answer(page, "-9") == "Right: −9"
    assert {text: answer(page, text) for text in WRONG_SUMS} == WRONG_SUMS
    assert answer(page, "-8") == "Right: −8"


def test_what_a_set_of_parents_gives_is_told(opened: Open) -> None:
    page = asking(opened, square(), 2)
    answer(page, "3")
    page.page.fill("#answer", "9")
    assert answer(page, "9").startswith("9 multiplies")
    x = Value(0.5, "x")
    page = asking(opened, ag.dot([x, 3.0], [x, x]), 3)
    assert answer(page, "3") == "Right: 3"
    assert answer(page, "1").startswith("1 is what a set of parents gives, which holds x once")


def test_four_digits_are_enough(opened: Open) -> None:
    root = tanh_of_a_line()
    wanted = next(e.contribution for e in steps(root) if isinstance(e, Contribute))
    page = asking(opened, root)
    assert answer(page, decimal(wanted)) == f"Right: {decimal(wanted)}"


def test_an_answer_can_be_picked(opened: Open) -> None:
    page = asking(opened, product(), A)
    choices = page.page.locator("#choices button")
    texts = choices.all_text_contents()
    numbers = [float(x.replace("−", "-")) for x in texts]
    assert numbers == sorted(numbers)
    assert len(set(texts)) == 4
    assert "−15" in texts
    page.page.get_by_role("button", name="−15", exact=True).click()
    assert page.text("verdict") == "Right: −15"


def test_who_gives_up_is_shown_it(opened: Open) -> None:
    page = asking(opened, product(), A)
    page.page.click("#reveal")
    assert page.text("verdict") == "It is −15"
    assert page.text("contribution") == "−15"


def test_playing_stops_at_a_question(opened: Open) -> None:
    page = asking(opened, square())
    page.page.click("#first")
    page.page.click("#play")
    page.wait()
    assert page.text("play") == "Play"
    assert page.text("contribution") == "?"


def test_other_numbers_ask_anew_and_without_the_mode_nothing_is_hidden(opened: Open) -> None:
    page = asking(opened, square())
    answer(page, "3")
    field(page, "x").fill("4")
    assert page.text("contribution") == "?"
    assert answer(page, "4") == "Right: 4"
    page.page.click("#ask")
    assert page.text("contribution") == "4"
    assert not page.page.locator("#question").is_visible()
    page.page.click("#ask")
    assert page.text("contribution") == "?"


def test_keys_of_an_answer_do_not_move_the_pass(opened: Open) -> None:
    page = asking(opened, square())
    before = page.text("count")
    page.page.focus("#answer")
    for key in ("Home", "ArrowRight", "Space", "End"):
        page.page.keyboard.press(key)
    assert page.text("count") == before


# --- the slope ------------------------------------------------------------------------------


def sloping(opened: Open, root: Value) -> Opened:
    page = opened(play(root, collapse=None))
    page.page.click("#curve")
    return page


def points(page: Opened, name: str) -> list[tuple[float, float]]:
    path = page.page.locator(f"#{name}").get_attribute("d") or ""
    numbers = [part.split() for part in path.replace("M", "L").split("L") if part]
    return [(float(x), float(y)) for x, y in numbers]


def test_the_slope_is_the_gradient_and_follows_the_input(opened: Open) -> None:
    page = sloping(opened, square())
    assert page.text("steep") == "At x = 3 it is 9, with slope 6"
    course = points(page, "course")
    field(page, "x").fill("1.5")
    assert page.text("steep") == "At x = 1.5 it is 2.25, with slope 3"
    assert points(page, "course") == course  # the point moves, and not the curve


def test_the_point_is_on_the_curve_and_the_tangent_goes_through_it(opened: Open) -> None:
    page = sloping(opened, tanh_of_a_line())
    field(page, "c").fill("6.5")
    moved = page.page.locator("#point").get_attribute("transform") or ""
    x, y = map(float, moved.removeprefix("translate(").removesuffix(")").split())
    near = min(points(page, "course"), key=lambda point: abs(point[0] - x))
    assert near == pytest.approx((x, y), abs=2.0)
    (left, low), (right, high) = points(page, "tangent")
    at = low + (high - low) * (x - left) / (right - left)
    assert at == pytest.approx(y, abs=0.5)


def test_another_input_can_be_chosen_and_the_one_changed_last_is(opened: Open) -> None:
    page = sloping(opened, tanh_of_a_line())
    page.page.select_option("#against", label="b")
    assert page.text("steep").startswith("At b = −3 ")
    drag(page, field(page, "c"), 10)
    assert page.text("steep").startswith("At c = 11 ")


def test_the_plot_is_named_for_screen_readers(opened: Open) -> None:
    page = sloping(opened, square())
    assert page.page.get_by_role("img", name="y against x: At x = 3 it is 9, with slope 6").count()


def test_where_there_is_no_number_the_curve_has_a_gap(opened: Open) -> None:
    x = Value(0.5, "x")
    page = sloping(opened, ag.log(x))
    path = page.page.locator("#course").get_attribute("d") or ""
    assert path.startswith("M")
    assert points(page, "course")[0][0] > 75  # nothing left of 0
    field(page, "x").fill("-0.25")
    assert page.text("steep") == f"At x = −0.25 it is nan, with slope nan{NOWHERE}"


def test_where_the_root_is_infinite_it_is_said_that_the_plot_has_no_point(opened: Open) -> None:
    x = Value(0.0, "x")
    page = sloping(opened, ag.log(x))
    assert page.text("steep") == f"At x = 0 it is −inf, with slope inf{NOWHERE}"
    field(page, "x").fill("1")
    assert page.text("steep") == "At x = 1 it is 0, with slope 1"


def test_a_curve_without_a_finite_number_has_no_range(opened: Open) -> None:
    x = Value(0.5, "x")
    page = sloping(opened, ag.log(-1.0 - x * x))
    assert page.text("range") == "x from −0.5 to 1.5, root without a finite number"


@pytest.mark.parametrize("viewport", [PHONE, WIDE])
@pytest.mark.parametrize("make", [square, branching, network])
def test_with_all_of_it_open_nothing_scrolls_sideways(
    opened: Open, make: Callable[[], Value], viewport: ViewportSize
) -> None:
    root = make()
    page = opened(play(root), viewport=viewport)
    page.page.click("#curve")
    page.page.click("#ask")
    for event in play(root).events:
        if isinstance(event, Contribute):
            break
        page.page.keyboard.press("ArrowRight")
    answer(page, "123456")
    assert page.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
