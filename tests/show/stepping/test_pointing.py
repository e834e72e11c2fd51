"""Asking by pointing, in a real browser: boxes answer by their paths, arrows by their products."""

import re

import pytest
from playwright.sync_api import Locator, ViewportSize
from show import expression

from autograd import Value, constant, where
from autograd.engine.graph import topological_order
from autograd.nn import MLP, Neuron
from autograd.show.stepping.player import play
from autograd.show.stepping.reverse_mode import steps
from autograd.show.stepping.training import play_training
from autograd.show.text import decimal
from autograd.show.words.explain import explain
from tests.browser import Open, Opened
from tests.played import HOSTILE, branching, network, square

pytestmark = pytest.mark.needs("chromium")
PHONE: ViewportSize = {"width": 360, "height": 640}


def box(page: Opened, name: str) -> Locator:
    return page.page.locator("svg .box").filter(has=page.page.locator(f".name:text-is('{name}')"))


def answer(page: Opened) -> list[str]:
    """The lines of the answer; none if nothing was asked."""
    found = page.page.locator("#headline, #flowing li, #rest")
    return [text for text in found.all_inner_texts() if text]


def ask(page: Opened, name: str) -> None:
    """Point at a box wherever it is, with the page's own function."""
    box = "drawings[level].homes[nodes.findIndex((one) => one.name === name)]"
    page.page.evaluate(f"(name) => ask({{ box: {box} }})", name)


def click(page: Opened, name: str) -> None:
    box(page, name).first.click()


def lit(page: Opened) -> int:
    return page.page.locator(".lit path").count()


def bright(page: Opened) -> set[str]:
    """The names of the boxes that are not pale."""
    return set(page.page.locator("svg .box.on > .name").all_text_contents())


def test_a_box_lights_its_paths_and_says_their_products_and_sum(opened: Open) -> None:
    page = opened(play(branching()))
    click(page, "x")
    assert answer(page) == [
        "∂q/∂x: 4 paths lead from q back to x",
        "q ← t2 ← x: 1 × 9 = 9",
        "q ← t2 ← t1 ← x⁽¹⁾: 1 × 3 × 3 = 9",
        "q ← t2 ← t1 ← x⁽²⁾: 1 × 3 × 3 = 9",
        "q ← x: 1",
        "Their sum: 9 + 9 + 9 + 1 = 28",
    ]
    assert bright(page) == {"x", "t1", "t2", "q"}
    assert lit(page) == 6


def test_only_what_lies_on_a_path_is_lit(opened: Open) -> None:
    a, b, c = Value(2.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    root = a * b + c
    root.label = "r"
    page = opened(play(root))
    click(page, "a")
    assert answer(page) == ["∂r/∂a: 1 path leads from r back to a", "r ← t1 ← a: 1 × 3 = 3"]
    assert bright(page) == {"a", "t1", "r"}
    assert lit(page) == 2


@pytest.mark.parametrize(
    "name", ["x", "layers.1.neurons.0.w0", "layers.0.neurons.2.b", "t5", "loss"]
)
def test_the_count_and_the_sum_are_those_of_explain(opened: Open, name: str) -> None:
    root = network()
    page = opened(play(root, collapse=None))
    names = next(steps(root)).names
    (wrt,) = (node for node in topological_order(root) if names[node] == name)
    told = explain(root, wrt)
    ask(page, name)
    headline, *lines = answer(page)
    if name == "loss":
        assert headline == "∂loss/∂loss = 1: no edge is on the way"
        return
    derivative = f"∂loss/∂{' ' * ('.' in name)}{name}"  # a path is written apart
    assert headline.startswith(f"{derivative}: {told.count} path")
    products = [line.rsplit(" ", 1)[-1] for line in lines[: told.count]]
    assert sorted(products) == sorted(decimal(path.product) for path in told.paths)
    if told.count > 1:
        assert lines[-1].endswith(f" = {decimal(told.gradient)}")


def test_of_many_paths_the_largest_are_told_and_all_are_counted(opened: Open) -> None:
    x = Value(1.0, "x")
    root: Value = x
    for _ in range(70):
        root = root * 0.5 + root * 0.25
    root.label = "r"
    page = opened(play(root, collapse=None))
    ask(page, "x")
    headline, *lines = answer(page)
    assert headline == "∂r/∂x: about 1.2e21 paths lead from r back to x, the largest 6:"
    assert lines[0].endswith(f"= {decimal(0.5**70)}")
    assert lines[1].endswith(f"= {decimal(0.5**70 / 2)}")
    assert lines[-1] == f"All about 1.2e21 add up to {decimal(0.75**70)}"


def test_what_gets_no_gradient_says_so(opened: Open) -> None:
    a, b, k = Value(2.0, "a"), Value(3.0, "b"), constant(5.0)
    k.label = "k"
    root = where(a > 0.0, a, b) * k
    root.label = "r"
    page = opened(play(root))
    click(page, "k")
    assert answer(page) == ["k is a constant: it gets no gradient"]
    click(page, "b")
    assert answer(page) == [
        "No path leads from r back to b along which anything flows: its gradient is 0"
    ]
    assert lit(page) == 0


def test_a_seed_of_its_own_is_told_apart_from_the_derivative(opened: Open) -> None:
    page = opened(play(square(), gradient=2.0))
    click(page, "x")
    assert answer(page)[-1] == "Their sum: 3 + 3 = 6; times the seed 2, x.grad = 12"


def test_the_answer_follows_the_numbers(opened: Open) -> None:
    page = opened(play(square()))
    click(page, "x")
    page.page.get_by_role("spinbutton", name="x").fill("-4")
    assert answer(page)[-1] == "Their sum: −4 + (−4) = −8"


def test_an_arrow_opens_its_product(opened: Open) -> None:
    page = opened(play(branching()))
    page.page.locator(".locals text").filter(has_text="×9").or_(
        page.page.locator(".locals text").nth(0)
    ).first.evaluate("(one) => one.dispatchEvent(new MouseEvent('click', { bubbles: true }))")
    headline, product, rest = answer(page)
    assert headline.endswith("upstream × local derivative")
    assert product.startswith("∂q/∂")
    assert rest == "With the other uses it comes to x.grad = 28"
    assert lit(page) == 1


def test_an_arrow_of_a_group_lists_its_first_contributions_and_counts_them(opened: Open) -> None:
    inputs = [Value(1.0, "x"), Value(-2.0, "y")]
    root = MLP(2, [6, 1], rng=0)(inputs)
    page = opened(play(root, collapse="layer"))
    page.page.evaluate(
        "ask({ edge: endsOf(drawings[level]).findIndex((one) => one?.uses.length === 6) })"
    )
    headline, *lines = answer(page)
    assert headline == "6 contributions flow back along this arrow"
    assert len(lines) == 5
    assert lines[-1] == "… and 2 more"


def test_a_group_with_several_numbers_says_what_each_gets(opened: Open) -> None:
    page = opened(play(network(), collapse="layer"))
    page.page.evaluate(
        "ask({ box: drawings[level].boxes.findIndex((one) => one.outputs?.length === 3) })"
    )
    headline, *lines = answer(page)
    assert headline == "3 numbers leave this box"
    for name, line in zip(("t4", "t9", "t14"), lines, strict=True):
        assert line.startswith(f"{name}: 2 paths lead back to it, gradient ")


def test_clicking_again_or_escape_or_the_button_ends_it(opened: Open) -> None:
    page = opened(play(square()))
    for end in ("again", "Escape", "Close", "beside"):
        click(page, "x")
        assert answer(page)
        if end == "again":
            click(page, "x")
        elif end == "beside":
            page.page.locator("#drawing").click(position={"x": 5, "y": 5})
        elif end == "Close":
            page.page.get_by_role("button", name="Close").click()
        else:
            page.page.keyboard.press("Escape")
        assert page.page.locator("#pointed").is_hidden()
        assert not page.page.locator("svg.asked").count()


def test_a_drag_of_an_input_is_no_question_and_a_click_no_drag(opened: Open) -> None:
    page = opened(play(square()))
    area = box(page, "x").bounding_box()
    assert area
    mouse = page.page.mouse
    mouse.move(area["x"] + 20, area["y"] + 20)
    mouse.down()
    mouse.move(area["x"] + 60, area["y"] + 20, steps=3)
    mouse.up()
    assert page.boxes()["x"][0] == "data 3.4"
    assert page.page.locator("#pointed").is_hidden()
    click(page, "x")
    assert answer(page)
    assert page.boxes()["x"][0] == "data 3.4"


def test_hovering_lights_the_same_without_words(opened: Open) -> None:
    page = opened(play(branching()))
    box(page, "t1").hover()
    assert page.page.locator(".lit.lightly path").count() == 2
    assert page.page.locator("#pointed").is_hidden()
    page.page.mouse.move(2, 2)
    assert lit(page) == 0


def test_pointing_leaves_the_arrow_keys_to_the_player(opened: Open) -> None:
    page = opened(play(square()))
    click(page, "x")
    page.page.keyboard.press("ArrowRight")
    assert page.text("count").startswith("2 of")
    assert answer(page)


def test_the_drawing_is_one_stop_of_the_tab_key_and_arrows_walk_along_edges(opened: Open) -> None:
    page = opened(play(branching()))
    keyboard = page.page.keyboard

    def focused() -> str:
        return page.page.evaluate(  # type: ignore[no-any-return]
            "(({ ariaLabel, firstElementChild: title }) => ariaLabel ?? title.textContent)"
            "(document.activeElement)"
        )

    page.page.locator("#theme").focus()
    keyboard.press("Tab")
    assert focused().startswith("q (+): data")
    keyboard.press("ArrowLeft")
    assert focused().startswith("q adds 1 to t2.grad")
    keyboard.press("ArrowDown")
    assert focused().startswith("q adds 1 to x.grad")
    keyboard.press("ArrowLeft")
    assert focused().startswith("x: data")
    keyboard.press("ArrowRight")
    assert "to x.grad" in focused()
    assert page.text("count").startswith("1 of")
    keyboard.press("ArrowLeft")
    keyboard.press("Enter")
    assert answer(page)[0] == "∂q/∂x: 4 paths lead from q back to x"
    keyboard.press("Tab")
    assert page.page.evaluate("document.activeElement.id") == "smaller"


def test_siblings_are_above_and_below(opened: Open) -> None:
    page = opened(play(Value(2.0, "a") * Value(3.0, "b")))
    box(page, "a").focus()
    page.page.keyboard.press("ArrowDown")
    assert "b: data" in page.page.evaluate("document.activeElement.firstElementChild.textContent")
    page.page.keyboard.press("ArrowUp")
    assert "a: data" in page.page.evaluate("document.activeElement.firstElementChild.textContent")


def test_the_answer_is_announced(opened: Open) -> None:
    page = opened(play(square()))
    click(page, "x")
    live = page.page.locator("#headline").locator("..")
    assert live.get_attribute("aria-live") == "polite"


def test_another_drawing_keeps_what_was_asked(opened: Open) -> None:
    page = opened(play(network(), collapse="layer"))
    click(page, "x")
    before = answer(page)
    page.page.select_option("#level", label="nodes")
    assert answer(page) == before
    assert "x" in bright(page)


def test_labels_of_users_stay_texts(opened: Open) -> None:
    for label in HOSTILE[:3]:
        page = opened(play(Value(2.0, label) * 3.0 + 1.0))
        page.page.locator("svg .box").first.click()
        assert answer(page)
        assert page.page.locator("#pointed script").count() == 0


def test_on_a_phone_the_answer_fits(opened: Open) -> None:
    page = opened(play(network(), collapse=None), viewport=PHONE)
    ask(page, "x")
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_box_that_shows_a_node_once_more_answers_for_that_node(opened: Open) -> None:
    page = opened(play(expression(300), collapse=None))
    again = "+Object.values(drawings[level].tails)[0]"
    page.page.evaluate(f"ask({{ box: {again} }})")
    assert re.match(r"∂root/∂(\w+): [\d,]+ paths lead from root back to \1", answer(page)[0])
    assert page.page.locator("svg .box.asked.on").count() == 1


# --- recordings and trainings ---------------------------------------------------------------


@pytest.mark.parametrize("passes", [1, 2])
def test_a_recording_answers_as_a_live_page_and_of_several_passes_the_first_counts(
    opened: Open, passes: int
) -> None:
    root = branching()
    page = opened(play(root, events=[event for _ in range(passes) for event in steps(root)]))
    click(page, "x")
    assert answer(page) == [
        "∂q/∂x: 4 paths lead from q back to x",
        "q ← t2 ← x: 1 × 9 = 9",
        "q ← t2 ← t1 ← x⁽¹⁾: 1 × 3 × 3 = 9",
        "q ← t2 ← t1 ← x⁽²⁾: 1 × 3 × 3 = 9",
        "q ← x: 1",
        "Their sum: 9 + 9 + 9 + 1 = 28",
    ]


def test_in_a_recording_of_a_part_of_the_graph_paths_begin_there(opened: Open) -> None:
    x = Value(3.0, "x")
    part = x * x
    page = opened(play(part + x, events=list(steps(part))))
    ask(page, "x")
    headline, *_, total = answer(page)
    assert re.fullmatch(r"∂t1/∂x: 2 paths lead from t1 back to x", headline)
    assert total == "Their sum: 3 + 3 = 6"


def test_in_a_training_the_answer_follows_the_steps(opened: Open) -> None:
    def loss(model: Neuron, x: float, y: float) -> Value:
        return (model([x]) - y) ** 2

    page = opened(play_training(Neuron(1, rng=0), loss, [(0.5, 1.0)], collapse=None))
    ask(page, "b")
    headline, *before = answer(page)
    assert headline == "∂loss/∂b: 1 path leads from loss back to b"
    page.page.click("#once")
    page.page.clock.run_for(100)
    assert answer(page)[0] == headline
    assert answer(page)[1:] != before
    page.page.click("#larger")
    assert page.text("train") == "Run"
