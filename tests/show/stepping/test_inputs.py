"""The inputs of a live page in a real browser: dragged, typed, stepped, kept in the address."""

import math
import random
import struct
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, ViewportSize

import autograd as ag
from autograd import Op, Value
from autograd.nn import MLP
from autograd.show.stepping.player import play
from autograd.show.stepping.reverse_mode import steps
from autograd.show.text import decimal
from tests.browser import Open, Opened
from tests.played import HOSTILE, choosing, network, square, tanh_of_a_line

pytestmark = pytest.mark.needs("chromium")
PHONE: ViewportSize = {"width": 360, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 800}


def field(page: Opened, name: str) -> Locator:
    return page.page.get_by_role("spinbutton", name=name, exact=True)


def grad(page: Opened, name: str) -> str:
    return page.boxes()[name][1].removeprefix("grad ")


def at_the_end(opened: Open, root: Value, **options: Any) -> Opened:
    page = opened(play(root, collapse=None), **options)
    page.page.keyboard.press("End")
    return page


def drag(page: Opened, what: Locator, pixels: int) -> None:
    box = what.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = page.page.mouse
    mouse.move(x, y)
    mouse.down()
    for step in (1, 2, 3, 4):
        mouse.move(x + pixels * step / 4, y)
    mouse.up()


# --- typed, stepped, dragged ----------------------------------------------------------------


def test_every_leaf_but_a_plain_number_is_an_input_by_its_name(opened: Open) -> None:
    page = opened(play(choosing()))
    names = page.page.get_by_role("spinbutton").evaluate_all(
        "(all) => all.map((one) => one.labels[0].textContent)"
    )
    assert sorted(names) == ["a", "b", "k"]


def test_inputs_come_before_parameters_which_say_where_they_are(opened: Open) -> None:
    page = opened(play(network()))
    fields = page.page.get_by_role("spinbutton")
    names = fields.evaluate_all("(all) => all.map((one) => one.labels[0].textContent)")
    parts = ["w0", "w1", "b"]
    hidden = [f"layers.0.neurons.{neuron}.{part}" for neuron in range(3) for part in parts]
    assert names[:11] == ["x", "y", *hidden]
    assert names[11:] == [f"layers.1.neurons.0.{part}" for part in ("w0", "w1", "w2", "b")]
    assert fields.nth(11).get_attribute("title", timeout=0) == "0.6951617328570139"
    assert page.text("sentence") == "15 numbers are given: x, y, layers.0.neurons.0.w0, …"


def test_a_typed_number_changes_data_gradients_and_local_derivatives_at_once(opened: Open) -> None:
    page = at_the_end(opened, square())
    field(page, "x").fill("-4")
    assert page.boxes()["x"] == ["data −4", "grad −8", "final"]
    assert page.boxes()["y"][1:] == ["data 16", "grad 1", "final"]
    assert page.page.locator("svg .locals text").all_text_contents() == ["×−4", "×−4"]
    assert page.text("sentence") == "x.grad = −8 is final"


def test_the_product_and_the_sum_in_the_panel_follow(opened: Open) -> None:
    page = opened(play(square()))
    for _ in range(5):
        page.page.keyboard.press("ArrowRight")
    field(page, "x").fill("0.5")
    numbers = [page.text(x) for x in ("upstream", "local", "contribution", "before", "after")]
    assert numbers == ["1", "0.5", "0.5", "0.5", "1"]
    assert page.page.locator("svg .adds").all_text_contents() == ["+= 0.5"]
    assert page.text("count").startswith("6 of 7")


STEPPED = {
    ("2.5", "ArrowUp"): "2.6",
    ("2.5", "ArrowDown", "ArrowDown"): "2.3",
    ("9", "ArrowUp"): "10",
    ("9.9", "ArrowUp", "ArrowUp"): "10.1",
    ("-0.01", "ArrowUp", "ArrowUp"): "0.01",
    ("0.3", "PageUp"): "1.3",
    ("0.3", "Shift+ArrowDown"): "-0.7",
    ("1e-7", "ArrowUp"): "2e-7",
    ("1.5e20", "ArrowUp"): "1.6e20",
}


def test_arrows_step_by_the_last_digit(opened: Open) -> None:
    page = at_the_end(opened, square())
    found = {}
    for start, *keys in STEPPED:
        field(page, "x").fill(start)
        for key in keys:
            page.page.keyboard.press(key)
        found[start, *keys] = field(page, "x").input_value(), page.boxes()["x"][0]
    assert found == {case: (x, f"data {decimal(float(x))}") for case, x in STEPPED.items()}


def test_with_all_digits_shown_the_last_of_them_steps(opened: Open) -> None:
    page = at_the_end(opened, Value(1.0 / 3.0, "x") * 2.0)
    assert field(page, "x").input_value() == "0.3333"
    page.page.click("#digits")
    assert field(page, "x").input_value() == "0.3333333333333333"


TYPED = {
    "inf": math.inf,
    "-Infinity": -math.inf,
    "nan": math.nan,
    "−2": -2.0,
    ".5": 0.5,
    "1E3": 1000.0,
    " 7 ": 7.0,
    "-0": -0.0,
}


def test_numbers_are_typed_as_people_write_them(opened: Open) -> None:
    page = at_the_end(opened, square())
    found = {}
    for text in TYPED:
        field(page, "x").fill("3")
        field(page, "x").fill(text)
        found[text] = page.boxes()["x"][0]
    assert found == {text: f"data {decimal(x)}" for text, x in TYPED.items()}


NO_NUMBER = "is no number such as 0.5, -2 or 1e-3"
TOO_LARGE = "is beyond 1.8e308, the largest number"


def test_what_is_no_number_is_said_also_after_enter_and_changes_nothing(opened: Open) -> None:
    page = at_the_end(opened, square())
    texts = ["", "abc", "1,5", "0x10", "1e", "--1", "Infinit", "[object]", "1e400", "-1e400"]
    for text in texts:
        field(page, "x").fill("7")
        field(page, "x").fill(text)
        said = f"x stays 7: “{text}” {TOO_LARGE if '400' in text else NO_NUMBER}"
        for _ in range(2):
            assert page.boxes()["x"][0] == "data 7"
            assert page.text("told") == said
            assert field(page, "x").get_attribute("aria-invalid") == "true"
            page.page.keyboard.press("Enter")
        page.page.keyboard.press("Escape")
        assert field(page, "x").input_value() == "7"
        assert page.text("told") == ""


def test_a_field_that_is_left_has_its_number_back_and_says_why(opened: Open) -> None:
    page = at_the_end(opened, square())
    field(page, "x").fill("abc")
    page.page.locator("#slider").focus()
    assert field(page, "x").input_value() == "3"
    assert field(page, "x").get_attribute("aria-invalid") == "false"
    assert page.text("told") == f"x stays 3: “abc” {NO_NUMBER}"
    field(page, "x").fill("3")
    assert page.text("told") == ""


def test_a_list_of_fields_ends_with_a_whole_row(opened: Open) -> None:
    page = opened(play(network()))
    for viewport in (WIDE, PHONE):
        page.page.set_viewport_size(viewport)
        cut = page.page.evaluate("""() => {
          const end = $("fields").getBoundingClientRect().bottom;
          const rows = [...$("fields").querySelectorAll("input")].map((one) => one.getBoundingClientRect());
          return [$("fields").scrollHeight > $("fields").clientHeight, rows.filter(({ top, bottom }) => top < end && bottom > end).length];
        }""")  # noqa: E501
        assert cut == [True, 0]


def test_on_a_phone_the_drawing_has_two_fifths_of_the_height_and_the_sentence_is_in_view(
    opened: Open,
) -> None:
    page = opened(play(network()), viewport={"width": 360, "height": 800})
    drawing, sentence = (
        page.page.locator(part).bounding_box() for part in ("#drawing", "#sentence")
    )
    assert drawing
    assert sentence
    assert drawing["height"] >= 320
    assert sentence["y"] + sentence["height"] <= 800


def test_keys_in_a_field_do_not_move_the_pass(opened: Open) -> None:
    page = at_the_end(opened, square())
    field(page, "x").focus()
    before = page.text("count")
    for key in ("Home", "ArrowLeft", "Space", "End", "ArrowUp", "PageUp", "Enter"):
        page.page.keyboard.press(key)
    assert page.text("count") == before
    assert page.text("play") == "Play"


def test_a_field_is_dragged_by_a_hundredth_of_its_size_a_pixel(opened: Open) -> None:
    page = at_the_end(opened, square())
    drag(page, field(page, "x"), 40)
    assert field(page, "x").input_value() == "3.4"
    assert grad(page, "x") == "6.8"
    drag(page, field(page, "x"), -80)
    assert field(page, "x").input_value() == "2.6"


def test_the_box_of_a_leaf_is_dragged_in_the_drawing(opened: Open) -> None:
    page = at_the_end(opened, square())
    drag(page, page.page.locator("svg g.movable").first, -50)
    assert field(page, "x").input_value() == "2.5"
    assert grad(page, "x") == "5"


def test_a_click_on_a_field_types_and_drags_nothing(opened: Open) -> None:
    page = at_the_end(opened, square())
    field(page, "x").click()
    page.page.keyboard.press("End")
    page.page.keyboard.type("5")
    assert page.boxes()["x"][0] == "data 35"


# --- choices --------------------------------------------------------------------------------


def test_another_branch_has_its_own_events_and_edges(opened: Open) -> None:
    a = Value(1.0, "a")
    chosen = ag.where(ag.step(a), a * 2.0, a * a * 3.0)
    chosen.label = "chosen"
    page = at_the_end(opened, chosen)
    events = page.text("count")
    assert page.page.locator("svg .edges .idle").count() == 2  # the condition, and the other branch
    field(page, "a").fill("-1")
    assert page.text("count") != events
    assert page.boxes()["chosen"][1:] == ["data 3", "grad 1", "final"]
    assert grad(page, "a") == "−6"
    assert page.page.locator("svg .edges .idle").count() == 2
    field(page, "a").fill("1")
    assert page.text("count") == events
    assert grad(page, "a") == "2"


def test_a_lookup_out_of_range_is_said_and_the_numbers_stay(opened: Open) -> None:
    index, x = Value(1.0, "index"), Value(5.0, "x")
    page = at_the_end(opened, ag.lookup([x, x * x], index))
    field(page, "index").fill("2")
    assert page.text("told") == "lookup index 2 is not one of 0 to 1"
    assert page.boxes()["root"][1] == "data 25"
    field(page, "index").fill("0")
    assert page.text("told") == ""
    assert page.boxes()["root"][1] == "data 5"


# --- reset, address -------------------------------------------------------------------------


def test_reset_brings_back_the_recorded_numbers(opened: Open) -> None:
    page = at_the_end(opened, tanh_of_a_line())
    before = page.boxes()
    field(page, "a").fill("1")
    field(page, "c").fill("6")
    assert page.boxes() != before
    page.page.click("#reset")
    assert page.boxes() == before
    assert field(page, "a").input_value() == "2"


def test_the_address_keeps_the_event_and_the_numbers(opened: Open) -> None:
    page = at_the_end(opened, tanh_of_a_line())
    page.page.keyboard.press("ArrowLeft")
    field(page, "a").fill("0.125")
    field(page, "c").fill("-inf")
    page.wait()
    assert page.page.url.endswith("#15&a=0.125&c=-inf")
    before = page.boxes()
    page.page.reload()
    page.page.locator("#count").wait_for()
    assert page.boxes() == before
    assert page.text("count").startswith("15 of 16")


def test_another_address_is_another_state_and_nonsense_in_it_is_told(opened: Open) -> None:
    page = at_the_end(opened, square())
    no_event = "there is no event “999” of 7"
    for address, shown, *wrong in (
        ("#7&x=5", "5"),
        ("#&x=abc&z=3", "3", f"x: “abc” {NO_NUMBER}", "there is no input “z”"),
        ("#999&x=1e400", "3", f"x: “1e400” {TOO_LARGE}", no_event),
        ("#2&x=%zz", "3", f"x: “%zz” {NO_NUMBER}"),
        ("#1.5&x=3", "3", "there is no event “1.5” of 7"),
    ):
        page.page.evaluate("(address) => { location.hash = address; }", address)
        page.page.wait_for_function(
            "([x, said]) => $('told').textContent === said && fields.get(0).value === x",
            arg=[shown, f"Wrong in the address: {'; '.join(wrong)}" if wrong else ""],
        )


def test_a_button_copies_the_address(opened: Open) -> None:
    page = at_the_end(opened, square())
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    field(page, "x").fill("0.5")
    page.page.click("#copy")
    page.page.wait_for_function("() => document.getElementById('told').textContent")
    assert page.page.evaluate("() => navigator.clipboard.readText()") == page.page.url
    assert page.page.url.endswith("#7&x=0.5")


def test_that_the_link_is_copied_does_not_look_like_an_error(opened: Open) -> None:
    colour = "getComputedStyle($('told')).borderLeftColor"
    page = at_the_end(opened, square())
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    field(page, "x").fill("three")
    error = page.page.evaluate(colour)
    page.page.click("#copy")
    page.page.wait_for_function("() => $('told').textContent === 'The link is copied'")
    assert page.page.evaluate(colour) != error
    field(page, "x").fill("three")
    assert page.page.evaluate(colour) == error


def test_names_of_any_kind_are_text_in_fields_and_addresses(opened: Open) -> None:
    wanted = {label: f"0.{i}" for i, label in enumerate(HOSTILE, 1)}
    page = at_the_end(opened, ag.sum([Value(3.0, label) * 2.0 for label in HOSTILE]))
    fields = page.page.locator("#fields input")
    for i, text in enumerate(wanted.values()):
        fields.nth(i).fill(text)
    page.wait()
    page.page.reload()
    page.page.locator("#count").wait_for()
    found = [fields.nth(i).input_value() for i in range(fields.count())]
    assert found == list(wanted.values())


# --- what is said ---------------------------------------------------------------------------


def test_the_page_says_what_stays_as_recorded(opened: Open) -> None:
    page = opened(play(square()))
    assert "stays as recorded" in page.page.locator("#inputs small").inner_text()


def test_an_op_in_python_alone_plays_as_a_recording_that_says_why(opened: Open) -> None:
    own = Op("own", lambda x: math.sin(x), lambda x, out: ag.cos(x))
    page = at_the_end(opened, own(Value(0.5, "x")) * 2.0)
    assert page.page.get_by_role("spinbutton").count() == 0
    assert page.text("why").startswith("This is a recording, for the op 'own' has no JavaScript")
    assert grad(page, "x") == decimal(2.0 * math.cos(0.5))


def test_a_users_op_in_the_functions_of_the_library_lives(opened: Open) -> None:
    soft = Op("soft", lambda x: ag.log1p(ag.exp(x)), lambda x, out: 1.0 - ag.exp(-out))
    page = at_the_end(opened, soft(Value(0.5, "x")))
    field(page, "x").fill("-2")
    y = math.log1p(math.exp(-2.0))
    assert page.boxes()["root"][1] == f"data {decimal(y)}"
    assert grad(page, "x") == decimal(1.0 - math.exp(-y))


def test_events_of_ones_own_are_a_recording(opened: Open) -> None:
    root = square()
    page = opened(play(root, events=list(steps(root))))
    assert page.page.get_by_role("spinbutton").count() == 0
    assert page.text("why") == "This is a recording of the events that were passed to play."


def test_every_box_is_named_with_its_numbers_for_screen_readers(opened: Open) -> None:
    root = network()
    page = at_the_end(opened, root)
    heard = {
        node["name"]["value"]
        for node in page.page.context.new_cdp_session(page.page).send(
            "Accessibility.getFullAXTree"
        )["nodes"]
        if not node["ignored"] and node["role"]["value"] == "button"
    }
    titles = page.page.locator("svg g[transform] > title").all_text_contents()
    assert len(titles) > 30
    assert heard >= set(titles)
    assert any(x.startswith("loss (") and f"data = {root.data!r}, grad = 1, " in x for x in heard)


@pytest.mark.parametrize("viewport", [PHONE, WIDE])
@pytest.mark.parametrize("make", [square, network, choosing])
def test_nothing_scrolls_sideways(
    opened: Open, make: Callable[[], Value], viewport: ViewportSize
) -> None:
    page = at_the_end(opened, make(), viewport=viewport)
    page.page.locator("#fields input").first.fill("-123456.789e-200")
    assert page.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_a_page_with_many_parameters_keeps_room_for_the_drawing(opened: Open) -> None:
    page = opened(play(MLP(3, [6, 6, 1], rng=0)([1.0, 2.0, 3.0])), viewport=PHONE)
    height = page.page.locator("#drawing").bounding_box()
    assert height
    assert height["height"] >= 180


# --- numbers --------------------------------------------------------------------------------


def some_floats() -> list[float]:
    draw = random.Random(0)
    found = [0.0, -0.0, 1e16, 1e15, 123456.0, 9999.5, 0.00012345, 1e-5, 0.0001, 5e-324, 1e22]
    found += [1234.5, 0.015625, 2.5, 123.25, -1235.5, 2.0**-20, 12345.0, 1e5, 999950.0]
    found += [draw.uniform(-2000.0, 2000.0) for _ in range(200)]
    found += [draw.randint(-99999, 99999) / 2.0 ** draw.randrange(12) for _ in range(600)]
    for _ in range(400):
        x = struct.unpack("d", struct.pack("Q", draw.getrandbits(64)))[0]
        found += [x] if math.isfinite(x) else []
    return [*found, *(round(x, 3) for x in found)]


def test_numbers_are_written_as_python_writes_them(opened: Open) -> None:
    page, numbers = opened(play(square())), some_floats()
    told = page.page.evaluate("(xs) => xs.map((x) => [decimal(x), repr(x)])", numbers)
    assert told == [[decimal(x), repr(x)] for x in numbers]
    words = page.page.evaluate("() => [NaN, Infinity, -Infinity].map((x) => [decimal(x), repr(x)])")
    assert words == [["nan", "nan"], ["inf", "inf"], ["−inf", "-inf"]]
