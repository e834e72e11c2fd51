"""The code beside the picture in a real browser: its lines, its mistakes, and the pace by layer."""

import random
from collections.abc import Callable

import pytest

import autograd as ag
from autograd import Value, constant
from autograd.show.stepping.code_lines import MISTAKES, RIGHT, SAME
from autograd.show.stepping.player import play
from autograd.teach.faults import compare
from tests.browser import Open, Opened
from tests.played import MAKES, branching, crossing, network, square, tanh_of_a_line
from tests.show.stepping.test_live import MOVES, enter, leaves

pytestmark = pytest.mark.needs("chromium")
NAMES = [mistake.name for mistake in MISTAKES]


def with_code(opened: Open, root: Value, mistake: str = "") -> Opened:
    page = opened(play(root, collapse=None))
    page.page.click("#lines")
    page.page.select_option("#mistake", mistake)
    return page


def lit(page: Opened) -> list[str]:
    """The current line, and what it does in numbers."""
    lines = page.page.locator("#source [aria-current=step]").all_inner_texts()
    return [part.strip() for line in lines for part in line.split("\n")]


# --- the lines ------------------------------------------------------------------------------


def test_a_button_shows_the_lines_of_backward(opened: Open) -> None:
    page = opened(play(square()))
    assert not page.page.locator("#code").is_visible()
    page.page.get_by_role("button", name="Code").press("Enter")
    assert page.page.get_by_role("region", name="Code").is_visible()
    shown = page.page.locator("#source code").all_text_contents()
    assert shown == [line.replace("{seed}", "1.0") for line in RIGHT]
    assert page.page.locator("#lines").get_attribute("aria-pressed") == "true"


def test_each_event_lights_its_line_with_names_and_numbers(opened: Open) -> None:
    page = with_code(opened, square())
    page.page.keyboard.press("Home")
    assert lit(page) == []
    page.page.click("#backward")
    seen = [lit(page)]
    for _ in range(4):
        page.page.click("#forward")
        seen.append(lit(page))
    assert seen == [
        ["root.grad = 1.0", "y.grad = 1.0"],
        ["for node in reversed(order):", "node = y, node.grad = 1.0"],
        ["x.grad += node.grad * local", "x.grad += 1.0 * 3.0"],
        ["x.grad += node.grad * local", "x.grad += 1.0 * 3.0"],
        ["for node in reversed(order):", "node = x, node.grad = 6.0"],
    ]


def test_another_seed_stands_in_the_code(opened: Open) -> None:
    page = opened(play(square(), gradient=-2.5))
    page.page.click("#lines")
    page.page.click("#backward")
    assert lit(page) == ["root.grad = -2.5", "y.grad = -2.5"]


def test_where_a_product_is_asked_for_the_code_does_not_tell_it(opened: Open) -> None:
    page = with_code(opened, square())
    page.page.click("#ask")
    page.page.click("#backward")
    page.page.click("#forward")
    page.page.click("#forward")
    assert lit(page) == ["x.grad += node.grad * local"]


# --- mistakes -------------------------------------------------------------------------------


def uneven() -> Value:
    """Where each mistake shows: nodes used twice in one op, early and late, and by a late one."""
    x, w = Value(0.7, "x"), Value(-0.4, "w")
    a = x * x
    b = a * w
    a.label, b.label = "a", "b"
    return a + (x - x * b) * 3.0 + b * b * constant(-0.5)


def chosen() -> Value:
    a, b = Value(1.0, "a"), Value(-2.0, "b")
    return ag.where(ag.step(a * b), a * b, a * 3.0) * a + ag.maximum(a, b, 0.5) - a


@pytest.mark.parametrize("make", [*MAKES, uneven, chosen])
def test_a_faulty_pass_is_that_of_teach_event_by_event(
    opened: Open, make: Callable[[], Value]
) -> None:
    root = make()
    page = with_code(opened, root)
    for name in NAMES:
        page.page.select_option("#mistake", name)
        found, wanted = compare(root, name), compare(root, name).play().data()["events"]
        assert page.page.evaluate(MOVES) == wanted
        harm = page.text("harm")
        count = len(found.differing)
        verb = "is" if count == 1 else "are"
        if count:
            assert harm == f"{count} of {len(found.right)} gradients {verb} wrong"
        else:
            assert harm.startswith("No harm")
            assert (harm == SAME) == ("the mistake was made" in found.why)
    page.page.select_option("#mistake", "")
    assert page.page.evaluate(MOVES) == play(root, collapse=None).data()["events"]
    assert page.text("harm") == ""


def test_a_leaf_that_is_too_early_does_no_harm_and_it_is_told_why(opened: Open) -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    page = with_code(opened, ag.tanh(a * b) + a * b, "no_topological_order")
    page.page.get_by_role("button", name="To the mistake").click()
    assert "too early: only 1 of 2 uses contributed" in page.text("fault")
    assert page.text("harm").endswith("A leaf passes none on, so what comes later is in time.")


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(s, marks=pytest.mark.slow) for s in range(4, 40))]
)
def test_of_random_arithmetic_with_other_numbers_too(opened: Open, seed: int) -> None:
    draw = random.Random(f"faults {seed}")
    found = [Value(draw.uniform(-2.0, 2.0), f"x{i}") for i in range(3)]
    for _ in range(10):
        x, y = draw.choice(found), draw.choice(found[-4:])
        found.append(draw.choice([x + y, x * y, x - y, y * y, ag.relu(y), ag.maximum(x, y)]))
    root = ag.sum(found[-3:])
    page = with_code(opened, root, draw.choice(NAMES))
    assert enter(page, root, {draw.choice(leaves(root)): draw.uniform(-2.0, 2.0)})
    for name in NAMES:
        page.page.select_option("#mistake", name)
        assert page.page.evaluate(MOVES) == compare(root, name).play().data()["events"]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_faulty_line_is_marked_and_the_first_wrong_event_can_be_jumped_to(
    opened: Open, mistake: object
) -> None:
    assert isinstance(mistake, type(MISTAKES[0]))
    page = with_code(opened, uneven(), mistake.name)
    (faulty,) = page.page.locator("#source .faulty").all()
    assert faulty.locator("code").inner_text() == mistake.text
    assert "mistake" in faulty.locator("em").inner_text()
    assert mistake.legend in page.text("legend")
    page.page.keyboard.press("Home")
    page.page.get_by_role("button", name="To the mistake").click()
    events = compare(uneven(), mistake.name).play().data()["events"]
    place = next(i for i, event in enumerate(events) if "flaw" in event)
    assert page.text("count").startswith(f"{place + 1} of {len(events)}")
    assert page.text("fault") == events[place]["flaw"]["text"]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_where_a_mistake_does_no_harm_the_page_says_so(opened: Open, mistake: object) -> None:
    assert isinstance(mistake, type(MISTAKES[0]))
    page = with_code(opened, tanh_of_a_line(), mistake.name)
    is_harmless = mistake.name != "no_zero_grad"
    assert page.page.locator("#jump").is_visible() != is_harmless
    if is_harmless:
        assert page.text("harm") == mistake.harmless


def test_wrong_gradients_say_what_they_should_be(opened: Open) -> None:
    page = with_code(opened, square(), "assign")
    page.page.click("#backward")
    assert page.page.locator("svg .tag.off").all_text_contents() == []
    page.page.click("#last")
    assert page.page.locator("svg .tag.off").all_text_contents() == ["6 is right"]
    assert page.boxes()["x"] == ["data 3", "grad 3", "wrong"]
    assert page.text("fault") == "wrong: 6 is right"
    page.page.select_option("#mistake", "")
    assert page.page.locator("svg .off").count() == 0
    assert page.boxes()["x"] == ["data 3", "grad 6", "final"]


@pytest.mark.parametrize("mistake", NAMES)
def test_what_is_wrong_fits_into_its_box(opened: Open, mistake: str) -> None:
    page = with_code(opened, uneven(), mistake)
    spilt = """() => [...document.querySelectorAll("svg [transform] > text")].filter((text) => {
      if (text.classList.contains("tag")) return false;
      const box = text.parentNode.querySelector("rect, path, polygon")?.getBoundingClientRect();
      return box && text.getBoundingClientRect().right > box.right + 1;
    }).map((text) => text.textContent)"""
    found = page.page.evaluate(
        f"[...Array(count()).keys()].map((place) => {{ go(place); return ({spilt})(); }})"
    )
    assert len(found) == int(page.text("count").split(" ")[2].rstrip(","))
    assert not any(found), found


def test_the_slope_stays_that_of_the_curve(opened: Open) -> None:
    page = with_code(opened, square(), "assign")
    page.page.click("#curve")
    assert page.text("steep").endswith("with slope 6")


def test_a_constant_root_has_no_mistake_to_choose(opened: Open) -> None:
    page = opened(play(constant(2.0)))
    page.page.click("#lines")
    assert page.page.locator("#mistake").is_disabled()


# --- layer by layer -------------------------------------------------------------------------


def ticks(page: Opened) -> list[tuple[str, int]]:
    """What is said at each tick, and how many contributions are marked."""
    page.page.select_option("#speed", label="layer by layer")
    page.page.locator("#slider").fill("0")
    page.page.click("#play")
    seen = []
    for _ in range(30):
        page.page.clock.run_for(1_400)
        seen.append((page.text("sentence"), page.page.locator("svg .adds").count()))
        if page.text("play") == "Play":
            break
    return seen[:-1]


def test_layer_by_layer_a_tick_plays_all_that_happens_at_one_distance(opened: Open) -> None:
    assert ticks(opened(play(crossing(), collapse=None))) == [
        ("t1, t2, t3 and t4 are computed", 0),
        ("t5 = t4·w = 0.007", 0),
        ("t6 = exp(t5) = 1.007", 0),
        ("t7 = t3 + t6 = 1.097", 0),
        ("t8 = t2 + t7 = 1.127", 0),
        ("loss = t1 + t8 = 1.197", 0),
        ("The backward pass starts here: loss.grad = 1", 0),
        ("loss passes its gradient on", 2),
        ("t8 and t1 pass their gradients on", 4),
        ("t7 and t2 pass their gradients on", 3),
        ("t6 and t3 pass their gradients on", 2),
        ("t5 passes its gradient on", 2),
        ("t4 passes its gradient on", 2),
        ("x.grad = 2.041 is final", 0),
    ]


@pytest.mark.parametrize("make", [branching, network])
def test_at_every_pace_the_same_is_played(opened: Open, make: Callable[[], Value]) -> None:
    page = opened(play(make(), collapse=None))
    ticks(page)
    assert page.text("count").split(" ")[0] == page.text("count").split(" ")[2].rstrip(",")
    after = page.boxes()
    page.page.locator("#slider").fill("0")
    page.page.click("#last")
    assert page.boxes() == after


def test_a_recording_plays_by_layers_too(opened: Open) -> None:
    root = crossing()
    page = opened(play(root, events=list(ag.show.steps(root))))
    assert ticks(page)[-1] == ("x.grad = 2.041 is final", 0)


# --- everywhere -----------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", ["", "parent_set"])
def test_on_a_phone_the_code_is_below_the_picture(opened: Open, mistake: str) -> None:
    page = opened(play(network()), viewport={"width": 360, "height": 640})
    page.page.click("#lines")
    page.page.select_option("#mistake", mistake)
    page.page.click("#backward")
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360
    page.page.evaluate("scrollTo(0, 0)")  # farther down the picture stays, and the code does not
    above, below = (page.page.locator(f"#{name}").bounding_box() for name in ("drawing", "code"))
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    assert below["x"] + below["width"] <= 360


def test_the_current_line_is_in_view(opened: Open) -> None:
    page = opened(play(network()), viewport={"width": 1280, "height": 640})
    page.page.click("#lines")
    for event in ("backward", "count() - 1", "backward + 2"):
        page.page.evaluate(f"go({event})")
        room, line = (
            page.page.locator(name).bounding_box() for name in ("#code", "#source [aria-current]")
        )
        assert room is not None
        assert line is not None
        assert room["y"] <= line["y"]
        assert line["y"] + line["height"] <= room["y"] + room["height"]


def test_on_a_wide_page_it_is_beside_it(opened: Open) -> None:
    page = opened(play(network()), viewport={"width": 1280, "height": 800})
    page.page.click("#lines")
    left, right = (page.page.locator(f"#{name}").bounding_box() for name in ("drawing", "code"))
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]
    assert left["height"] == right["height"]
