"""The training page in a real browser: both sliders, and the numbers of the chosen step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show.stepping.events import Contribute, Final
from autograd.show.stepping.training import Training, play_training
from autograd.show.text import decimal
from tests.browser import Open, Opened

pytestmark = pytest.mark.needs("chromium")

STEPS = 5


@pytest.fixture
def training() -> Training:
    model = MLP(1, [2, 1], rng=0)
    return play_training(
        model, lambda: mse_loss([model([x]) for x in (1.0, -2.0)], [1.0, 0.5]), STEPS, collapse=None
    )


def gradients(page: Opened) -> list[str]:
    lines = [line for rows in page.boxes().values() for line in rows]
    return sorted(line.removeprefix("grad ") for line in lines if line.startswith("grad "))


def wanted(training: Training, step: int) -> list[str]:
    """The gradients of a step, as the boxes of the page show them, by name."""
    events = training.steps[step].played.events
    by_name = {e.names[e.node]: decimal(e.gradient) for e in events if isinstance(e, Final)}
    return sorted(by_name.values())


def at(page: Opened) -> str:
    return page.text("loss").split(":")[0]


def test_each_step_shows_its_own_loss_weights_gradients_and_local_derivatives(
    opened: Open, training: Training
) -> None:
    page = opened(training)
    order = [*range(STEPS), *range(STEPS - 2, -1, -1)]
    for place, step in enumerate(order):
        one = training.steps[step]
        assert page.text("loss") == f"Step {step + 1} of {STEPS}: loss = {decimal(one.loss)}"
        assert float(page.exact("loss").split("= ")[1]) == one.loss
        assert gradients(page) == wanted(training, step)
        labels = page.page.locator("svg .locals text").all_text_contents()
        assert labels == [e.text for e in one.played.contents["nodes"].edges if e.text]
        if place + 1 < len(order):
            page.page.keyboard.press("PageDown" if order[place + 1] > step else "PageUp")


def test_the_place_in_the_pass_stays_when_the_step_changes(
    opened: Open, training: Training
) -> None:
    page = opened(training)
    assert page.text("count").split()[0] == page.text("count").split()[2].strip(",")
    page.page.click("#backward")
    count = page.text("count")
    for _ in range(2):  # past the seed and the root's own gradient
        page.page.keyboard.press("ArrowRight")
    place = int(count.split()[0]) + 1
    for step in range(STEPS):
        event = training.steps[step].played.events[place]
        assert isinstance(event, Contribute)
        for name in ("upstream", "local", "contribution", "before", "after"):
            assert page.text(name) == decimal(getattr(event, name))
        if step + 1 < STEPS:
            page.page.click("#later")


def test_the_slider_the_buttons_and_the_keys_walk_along_the_curve(
    opened: Open, training: Training
) -> None:
    page = opened(training)
    mark = page.page.locator("#line")
    moves: list[tuple[Callable[[], Any], int]] = [
        (lambda: page.page.locator("#step").fill("4"), 4),
        (lambda: page.page.click("#later"), 5),
        (lambda: page.page.keyboard.press("PageDown"), 5),
        (lambda: page.page.keyboard.press("PageUp"), 4),
        (lambda: page.page.click("#earlier"), 3),
    ]
    for move, step in moves:
        move()
        page.page.locator("body").click(position={"x": 3, "y": 3})
        assert at(page) == f"Step {step} of {STEPS}"
        assert mark.get_attribute("d") == f"M{25 * (step - 1)} 0V100"
        assert page.page.locator("#step").input_value() == str(step)
    page.page.focus("#step")
    page.page.keyboard.press("ArrowRight")
    assert at(page) == f"Step 4 of {STEPS}"
    assert page.page.get_by_role("slider", name="Training step").count() == 1
    assert page.page.get_by_role("img", name="Loss: ").count() == 1


def test_the_mark_stands_right_above_the_thumb(opened: Open, training: Training) -> None:
    page = opened(training)
    curve, slider = (page.page.locator(f"#{name}").bounding_box() for name in ("curve", "step"))
    assert curve
    assert slider
    assert abs(curve["width"] - slider["width"]) < 1
    dot = page.page.locator("#dot").bounding_box()
    assert dot
    assert abs(dot["x"] + dot["width"] / 2 - slider["x"] - 8) < 2


def test_the_training_plays_and_stops_at_the_last_step(opened: Open, training: Training) -> None:
    page = opened(training)
    page.page.select_option("#speed", label="fast")
    page.page.click("#train")
    assert page.text("train") == "Pause training"
    page.wait()
    assert page.text("train") == "Play training"
    assert at(page) == f"Step {STEPS} of {STEPS}"
    page.page.click("#train")
    assert at(page) == f"Step 1 of {STEPS}"
    page.page.click("#train")
    assert page.text("train") == "Play training"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("light", {"color_scheme": "light"}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": {"width": 360, "height": 640}}),
    ],
)
def test_screens_are_kept_to_be_looked_at(
    opened: Open, training: Training, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    page = opened(training, **options)
    page.page.locator("#step").fill("3")
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert page.page.evaluate(wide)
    file = tmp_path / f"training-{name}.png"
    page.page.screenshot(path=file)
    assert file.stat().st_size > 5_000


def test_one_thing_plays_at_a_time(opened: Open, training: Training) -> None:
    page = opened(training)
    page.page.click("#first")
    page.page.click("#play")
    page.page.click("#train")
    assert (page.text("play"), page.text("train")) == ("Play", "Pause training")
    page.page.click("#play")
    assert (page.text("play"), page.text("train")) == ("Pause", "Play training")
    page.page.click("#play")


@pytest.mark.parametrize("focus", ["#step", "#slider", "#theme"])
def test_page_up_leads_to_the_step_before_wherever_the_focus_is(
    opened: Open, training: Training, focus: str
) -> None:
    page = opened(training)
    page.page.locator("#step").fill("3")
    page.page.focus(focus)
    page.page.keyboard.press("PageUp")
    assert at(page) == f"Step 2 of {STEPS}"
    page.page.keyboard.press("PageDown")
    assert at(page) == f"Step 3 of {STEPS}"


def test_the_curve_says_the_first_and_the_last_loss(opened: Open, training: Training) -> None:
    first, last = (decimal(training.steps[place].loss) for place in (0, -1))
    ends = opened(training).page.locator("#ends span").all_text_contents()
    assert ends == [f"loss {first}", last]
