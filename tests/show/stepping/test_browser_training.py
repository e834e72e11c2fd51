"""The training page in a real browser: it trains as Python's SGD does, and stops at any sample."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

import autograd
from autograd import Value
from autograd.data import moons
from autograd.losses import binary_cross_entropy, cross_entropy
from autograd.nn import MLP, Module
from autograd.optim import SGD
from autograd.show.stepping.training import play_training
from autograd.show.text import decimal
from tests.browser import Open, Opened

pytestmark = pytest.mark.needs("chromium")

Pairs = list[tuple[Any, Any]]
Loss = Callable[[Any, Any, Any], Value]
LINE: Pairs = [(0.5, 1.0), (-1.0, 0.25), (2.0, -0.5)]


def squared(model: Any, x: Any, y: float) -> Value:
    found: Value = (model(x if isinstance(x, list) else [x]) - y) ** 2
    return found


def entropy(model: Any, x: Any, y: int) -> Value:
    return binary_cross_entropy(model(x), y)


def points() -> Pairs:
    data = moons(20, 0.1, Random(0))
    return list(zip(map(list, data.inputs), data.targets, strict=True))


def python_steps(
    model: Any, loss: Loss, data: Pairs, count: int, rate: float, momentum: float
) -> Iterator[tuple[list[float], list[float], float]]:
    """The weights, the gradients of the mean loss, and that loss, before each step of SGD."""
    optimizer = SGD(model.parameters(), lr=rate, momentum=momentum)
    for _ in range(count):
        model.zero_grad()
        losses = []
        for x, y in data:
            root = loss(model, x, y)
            root.backward()
            losses.append(root.data)
        for p in model.parameters():
            p.grad /= len(data)
        weights = [p.data for p in model.parameters()]
        yield weights, [p.grad for p in model.parameters()], sum(losses) / len(losses)
        optimizer.step()


STEPS = """(count) => {
  const found = [];
  for (let i = 0; i < count; i++) {
    while (!engine.ready) engine.work();
    found.push([[...engine.weights], [...engine.gradient], engine.losses.at(-1)]);
    engine.step(rate, momentum);
  }
  return found;
}"""


@pytest.mark.parametrize(
    ("make", "loss", "data", "rate", "momentum"),
    [
        (lambda: MLP(1, [3, 1], rng=0), squared, LINE, 0.1, 0.0),
        (lambda: MLP(1, [3, 1], rng=0), squared, LINE, 0.05, 0.9),
        (lambda: MLP(2, [4, 1], rng=0, activation="relu"), entropy, points(), 0.3, 0.5),
    ],
)
def test_fifty_steps_are_those_of_sgd_in_python(
    opened: Open, make: Any, loss: Loss, data: Pairs, rate: float, momentum: float
) -> None:
    model = make()
    training = play_training(model, loss, data, rate=rate, momentum=momentum)
    page = opened(training)
    found = page.page.evaluate(STEPS, 50)
    for there, here in zip(found, python_steps(model, loss, data, 50, rate, momentum), strict=True):
        for ours, theirs in zip(here[:2], there[:2], strict=True):
            largest = max(map(abs, ours))
            assert theirs == pytest.approx(ours, rel=0, abs=1e-12 * largest)
        assert there[2] == pytest.approx(here[2], rel=1e-12)


class Line(Module):
    """A line without any function of the platform, so that its numbers are exact."""

    def __init__(self) -> None:
        self.w, self.b = Value(0.75, "w"), Value(-0.5, "b")

    def forward(self, x: Any) -> Any:
        return self.w * x[0] + self.b


def test_arithmetic_has_the_bits_of_python(opened: Open) -> None:
    page = opened(play_training(Line(), squared, LINE, rate=0.1, momentum=0.7))
    found = page.page.evaluate(STEPS, 30)
    assert [tuple(one) for one in found] == list(python_steps(Line(), squared, LINE, 30, 0.1, 0.7))


class Three(Module):
    """Three parameters, of which one is at the kinks."""

    def __init__(self) -> None:
        self.a, self.b, self.c = Value(0.7, "a"), Value(-0.3, "b"), Value(0.0, "c")


def choosing(m: Three, x: Value, y: float) -> Value:
    found: Value = autograd.where(x > 0, m.a * x, m.b * m.b * x) + y * autograd.maximum(m.a, m.b)
    return found + (m.c * 0.0).sqrt() * m.a


def folding(m: Three, x: Value, y: float) -> Value:
    sums: Value = autograd.logsumexp([m.a * x, m.b, m.c]) + autograd.prod([m.a, m.b, m.c, x])
    return sums - y * m.a + abs(m.c) * x + m.b**2 / (m.a + 2.0)


def of_classes(m: Three, x: Value, y: int) -> Value:
    found: Value = cross_entropy([m.a * x, m.b * x, m.c], y)
    return found


@pytest.mark.parametrize("loss", [choosing, folding, of_classes])
def test_choices_kinks_and_ops_of_many_operands_have_the_gradients_of_python(
    opened: Open, loss: Loss
) -> None:
    data = [(1.0, 1), (-2.0, 0), (0.5, 2), (0.0, 1)]
    page = opened(play_training(Three(), loss, data))
    (found,) = page.page.evaluate(STEPS, 1)
    model = Three()
    roots = [loss(model, Value(x), y) for x, y in data]
    for root in roots:
        root.backward()
    wanted = [p.grad / len(data) for p in model.parameters()]
    assert found[1] == pytest.approx(wanted, rel=1e-12, nan_ok=True)


def of_sequences(m: Three, x: list[Value], y: float) -> Value:
    h: Any = 0.0
    for each in x:
        h = autograd.tanh(m.a * each + m.b * h + m.c)
    found: Value = (h - y) ** 2
    return found


def with_ifs(m: Three, x: Value, y: float) -> Value:
    found: Value = m.a * x + m.b if x > 0 else m.c - m.b * x
    return found * y if y > 1 else found.softplus()


@pytest.mark.parametrize(
    ("loss", "data"),
    [
        (of_sequences, [([1.0], 0.5), ([1.0, 2.0, -3.0], 0.2), ([2.0, -1.0], 0.3)]),
        (with_ifs, [(1.0, 2.0), (-1.0, 0.5), (2.0, 0.25), (-2.0, 4.0)]),
    ],
)
def test_samples_of_other_structures_train_as_in_python(
    opened: Open, loss: Loss, data: Pairs
) -> None:
    model = Three()
    page = opened(play_training(Three(), loss, data, momentum=0.5, collapse=None))
    assert "its lookup takes that of the sample" in page.text("frozen")
    found = page.page.evaluate(STEPS, 5)
    asked = [([*map(Value, x)] if isinstance(x, list) else Value(x), y) for x, y in data]
    for there, here in zip(found, python_steps(model, loss, asked, 5, 0.1, 0.5), strict=True):
        assert there[0] == pytest.approx(here[0], rel=1e-12)
        assert there[1] == pytest.approx(here[1], rel=1e-12)
        assert there[2] == pytest.approx(here[2], rel=1e-12)
    for which, (x, y) in enumerate(asked):
        page.page.select_option("#sample", str(which))
        assert f"data {decimal(loss(model, x, y).data)}" in box(page, "loss")


# --- the controls -----------------------------------------------------------------------------


@pytest.fixture
def line(opened: Open) -> Opened:
    return opened(play_training(Line(), squared, LINE, rate=0.1, momentum=0.0, collapse=None))


def weights(page: Opened) -> list[float]:
    found: list[float] = page.page.evaluate("[...engine.weights]")
    return found


def box(page: Opened, name: str) -> list[str]:
    return page.boxes()[name]


def test_one_step_and_start_again(line: Opened) -> None:
    (first, second) = python_steps(Line(), squared, LINE, 2, 0.1, 0.0)
    assert line.text("progress") == f"Step 0: loss = {decimal(first[2])}"
    assert line.page.locator("#rows tr").all_inner_texts() == [
        f"{name}\t{decimal(w)}\t{decimal(g)}\t{decimal(-0.1 * g)}"
        for name, w, g in zip(("w", "b"), *first[:2], strict=True)
    ]
    line.page.click("#once")
    assert line.text("progress") == f"Step 1: loss = {decimal(second[2])}"
    assert weights(line) == second[0]
    assert box(line, "w")[0] == f"data {decimal(second[0][0])}"
    line.page.click("#again")
    assert line.text("progress") == f"Step 0: loss = {decimal(first[2])}"
    assert weights(line) == first[0]


def test_it_runs_and_pauses_and_goes_on_where_it_was(line: Opened) -> None:
    line.page.select_option("#pace", label="five a second")
    line.page.click("#train")
    assert line.text("train") == "Pause"
    line.page.clock.run_for(2_000)
    line.page.click("#train")
    assert line.text("train") == "Run"
    taken = line.page.evaluate("steps()")
    assert 8 <= taken <= 12
    line.page.clock.run_for(2_000)
    assert line.page.evaluate("steps()") == taken
    expected = list(python_steps(Line(), squared, LINE, taken + 1, 0.1, 0.0))
    assert weights(line) == expected[-1][0]
    assert line.page.evaluate("engine.losses") == [one[2] for one in expected]


def test_at_first_it_takes_one_step_a_frame_and_shows_each(line: Opened) -> None:
    line.page.evaluate(
        "window.texts = []; follow(() => { texts.push(steps(), $('progress').textContent); });"
        "resume(); texts.length = 0"
    )
    line.page.click("#train")
    line.page.clock.run_for(200)
    line.page.click("#train")
    taken = line.page.evaluate("steps()")
    assert 8 <= taken <= 14
    shown = line.page.evaluate("texts")
    assert sorted({*shown[::2]}) == list(range(1, taken + 1))
    assert all(
        text.startswith(f"Step {step}:") for step, text in zip(shown[::2], shown[1::2], strict=True)
    )


def test_as_fast_as_it_goes_many_steps_are_taken_in_a_frame(line: Opened) -> None:
    line.page.select_option("#pace", label="as fast as it goes")
    line.page.click("#train")
    line.page.clock.run_for(100)
    line.page.click("#train")
    assert line.page.evaluate("steps()") > 100


SLOW = """(milliseconds) => {
  let more = 0;
  const now = performance.now.bind(performance);
  performance.now = () => now() + more;
  window.gaps = [];
  for (const view of views) {
    const draw = view.draw;
    let last = performance.now();
    view.draw = (settled) => {
      more += milliseconds;
      gaps.push(performance.now() - last);
      last = performance.now();
      return draw(settled);
    };
  }
}"""


def test_on_a_slow_machine_too_what_is_shown_is_not_old(line: Opened) -> None:
    line.page.evaluate(SLOW, 50)
    line.page.select_option("#pace", label="as fast as it goes")
    line.page.click("#train")
    line.page.clock.run_for(1_000)
    gaps = line.page.evaluate("gaps")
    assert len(gaps) > 40
    assert max(gaps[-40:]) <= 300
    line.page.click("#train")
    assert line.text("progress").startswith(f"Step {line.page.evaluate('grouped(steps())')}:")


def test_rate_and_momentum_are_sliders_for_the_keyboard_too(line: Opened) -> None:
    assert (line.text("rated"), line.text("kept")) == ("0.1", "0")
    line.page.get_by_label("Rate").focus()
    line.page.keyboard.press("ArrowRight")
    assert line.text("rated") == "0.11"
    line.page.get_by_label("Momentum").focus()
    line.page.keyboard.press("End")
    assert line.text("kept") == "0.99"
    before = weights(line)
    gradient = line.page.evaluate("[...engine.gradient]")
    line.page.click("#once")
    assert weights(line) == [w - 0.11 * g for w, g in zip(before, gradient, strict=True)]


def test_a_rate_too_large_is_told_and_stops(opened: Open) -> None:
    page = opened(play_training(Line(), squared, LINE, rate=50.0))
    page.page.click("#train")
    page.wait()
    assert page.text("train") == "Run"
    losses = page.page.evaluate("engine.losses.map(String)")
    first = next(i for i, x in enumerate(losses) if x in ("NaN", "Infinity"))
    told = {"NaN": "nan", "Infinity": "inf"}[losses[first]]
    assert page.text("trouble") == (
        f"The loss is {told} since step {first}: lower the rate, and start again"
    )
    page.page.click("#again")
    assert page.text("trouble") == ""


# --- one sample -------------------------------------------------------------------------------


def test_any_sample_is_stepped_through_at_the_weights_as_they_are(line: Opened) -> None:
    for _ in range(3):
        line.page.click("#once")
    *_, (w, b), _, _ = [], *list(python_steps(Line(), squared, LINE, 4, 0.1, 0.0))[-1]
    for which, (x, y) in enumerate(LINE):
        line.page.select_option("#sample", str(which))
        assert box(line, "x")[0] == f"data {decimal(x)}"
        assert f"data {decimal((w * x + b - y) ** 2)}" in box(line, "loss")
        assert line.text("picked") == f"Its loss is {decimal((w * x + b - y) ** 2)}"
        line.page.click("#backward")
        assert line.text("sentence").endswith("loss.grad = 1")
        line.page.click("#last")


def factor(x: float) -> str:
    return f"({decimal(x)})" if x < 0 else decimal(x)


def test_after_the_pass_come_the_updates_which_one_step_takes(line: Opened) -> None:
    before, after = python_steps(Line(), squared, LINE, 2, 0.1, 0.0)
    (w, b), gradient, _ = before
    line.page.click("#last")
    for name, old, slope, new in reversed(
        list(zip(("w", "b"), (w, b), gradient, after[0], strict=True))
    ):
        assert line.text("sentence") == (
            f"{name} ← {name} − rate · gradient = {decimal(old)} − 0.1 · {factor(slope)}"
            f" = {decimal(new)}"
        )
        assert "mean of those of all 3 samples" in line.text("reason")
        assert line.text("count").endswith("update")
        assert box(line, name)[0] == f"data {decimal(new)}"
        line.page.click("#back")
    assert box(line, "w")[0] == f"data {decimal(w)}"
    assert weights(line) == [w, b]
    line.page.click("#last")
    line.page.click("#once")
    assert weights(line) == after[0]
    assert box(line, "w")[0] == f"data {decimal(after[0][0])}"
    assert line.text("count").endswith("backward")


def test_with_momentum_an_update_says_the_velocity(opened: Open) -> None:
    page = opened(play_training(Line(), squared, LINE, rate=0.1, momentum=0.5, collapse=None))
    page.page.click("#once")
    page.page.click("#last")
    v, g = page.page.evaluate("[engine.velocity[1], engine.gradient[1]]")
    assert page.text("sentence").startswith(
        f"v ← momentum · v + gradient = 0.5 · {factor(v)} + {factor(g)} = "
        f"{decimal(0.5 * v + g)}, and b ← b − rate · v = "
    )


def test_a_weight_that_is_typed_is_what_the_training_goes_on_with(line: Opened) -> None:
    field = line.page.get_by_role("spinbutton", name="w", exact=True)
    field.fill("2")
    assert weights(line) == [2.0, -0.5]
    model = Line()
    model.w.data = 2.0
    (start, then) = python_steps(model, squared, LINE, 2, 0.1, 0.0)
    assert line.text("progress") == f"Step 0: loss = {decimal(start[2])}"
    line.page.click("#once")
    assert weights(line) == then[0]


def test_a_number_of_the_sample_can_be_tried_and_comes_back(line: Opened) -> None:
    line.page.get_by_role("spinbutton", name="x", exact=True).fill("3")
    assert box(line, "x")[0] == "data 3"
    assert "you changed" in line.text("picked")
    line.page.click("#reset")
    assert box(line, "x")[0] == "data 0.5"
    line.page.get_by_role("spinbutton", name="x", exact=True).fill("3")
    line.page.click("#once")
    assert box(line, "x")[0] == "data 0.5"
    assert weights(line) == list(python_steps(Line(), squared, LINE, 2, 0.1, 0.0))[1][0]


def test_stepping_stops_the_training(line: Opened) -> None:
    line.page.click("#train")
    line.page.clock.run_for(50)
    line.page.keyboard.press("ArrowLeft")
    assert line.text("train") == "Run"
    taken = line.page.evaluate("steps()")
    line.page.clock.run_for(500)
    assert line.page.evaluate("steps()") == taken


def test_the_network_is_in_view_until_the_pass_is_stepped_through(opened: Open) -> None:
    training = play_training(MLP(2, [3, 1], rng=0), entropy, points(), collapse=None)
    page = opened(training, viewport={"width": 500, "height": 700})
    page.page.click("#last")
    page.page.click("#once")
    at_rest = page.page.evaluate("[view.scrollLeft, view.scrollTop]")
    page.page.click("#backward")
    assert page.page.evaluate("[view.scrollLeft, view.scrollTop]") != at_rest
    page.page.click("#last")
    page.page.click("#once")
    assert page.page.evaluate("[view.scrollLeft, view.scrollTop]") == at_rest


IN_VIEW = """() => {
  const room = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const areas = [view, document.querySelector("#drawing .ring"), $("sentence")].map((one) => one.getBoundingClientRect());
  const inside = (one, of) => one.left >= of.left && one.top >= of.top && one.right <= of.right && one.bottom <= of.bottom;
  return [...areas.map((one) => inside(one, room)), inside(areas[1], areas[0])];
}"""  # noqa: E501


def test_the_network_with_its_event_and_the_sentence_are_in_view_as_it_opens_and_pauses(
    opened: Open,
) -> None:
    page = opened(play_training(MLP(2, [4, 1], rng=0), entropy, points(), collapse=None))
    for width, height in ((1280, 720), (360, 800)):
        page.page.set_viewport_size({"width": width, "height": height})
        page.page.reload()
        page.page.locator("#count").wait_for()
        assert page.page.evaluate(IN_VIEW) == [True] * 4
        page.page.click("#backward")
        page.page.click("#train")
        page.page.clock.run_for(100)
        page.page.click("#train")
        assert page.page.evaluate(IN_VIEW) == [True] * 4


def test_sliders_reach_as_far_as_the_rate_and_the_momentum_that_were_given(opened: Open) -> None:
    page = opened(play_training(Line(), squared, LINE, rate=1000.0, momentum=0.995))
    page.page.get_by_label("Rate").press("ArrowLeft")
    assert page.text("rated") == "890"
    page.page.get_by_label("Rate").press("ArrowRight")
    assert page.text("rated") == "1000"
    page.page.get_by_label("Momentum").press("ArrowRight")
    assert page.text("kept") == "0.996"


# --- what is learned --------------------------------------------------------------------------


def hinge(model: Any, x: Any, y: float) -> Value:
    found: Value = (1 - y * model(x)).relu()
    return found


# Which of the colours of the classes that of the plane at some points is nearest to.
PAINTED = """(points) => {
  const all = [...$("plane").getContext("2d").getImageData(0, 0, 320, 320).data];
  const colours = [...$("classes").querySelectorAll("svg")]
    .map((one) => getComputedStyle(one).color.match(/[\\d.]+/g).slice(0, 3).map(Number));
  const far = (one, other) => Math.hypot(...one.map((x, i) => x - other[i]));
  return points.map(([x, y]) => {
    const pixel = all.slice(4 * (320 * y + x), 4 * (320 * y + x) + 3);
    const distances = colours.map((colour) => far(pixel, colour));
    return distances.indexOf(Math.min(...distances));
  });
}"""


@pytest.mark.parametrize(
    ("sizes", "pace"),
    [
        ([8, 1], "one a frame"),
        ([8, 1], "as fast as it goes"),
        ([20, 20, 1], "as fast as it goes"),  # rough while it trains, and then fine
    ],
)
def test_regions_and_their_text_are_those_of_the_step_where_it_paused(
    opened: Open, sizes: list[int], pace: str
) -> None:
    data: Pairs = [(x, 2 * y - 1) for x, y in points()]
    model = MLP(2, sizes, rng=0)
    page = opened(play_training(model, hinge, data, rate=0.05 if len(sizes) > 2 else 0.3))
    page.page.select_option("#pace", label=pace)
    page.page.click("#train")
    page.page.clock.run_for(100)
    page.page.click("#train")
    page.page.clock.run_for(2_000)  # the finer picture of a large network
    assert page.page.evaluate("steps()") > 3
    for p, x in zip(model.parameters(), weights(page), strict=True):
        p.data = x
    right = sum((model(x).data > 0) == (y > 0) for x, y in data)
    assert page.text("right") == f"{right} of 20 samples lie in the region of their y"
    (left, across), (low, up) = (
        (min(column) - 0.12 * extent, 1.24 * extent)
        for column in zip(*(x for x, _ in data), strict=True)
        for extent in [max(column) - min(column)]
    )
    pixels, wanted = [], []
    for i in range(5, 320, 20):
        for j in range(5, 320, 20):
            at = [left + across * i / 320, low + up * (320 - j) / 320]
            near = min(max(abs(at[0] - a) / across, abs(at[1] - b) / up) for (a, b), _ in data)
            found = model(at).data
            if near > 0.05 and abs(found) > 0.25:
                pixels.append([i, j])
                wanted.append(int(found > 0))
    fields = page.page.locator("#fields input").count()
    assert fields == min(400, 3 + len(model.parameters()))
    assert len(pixels) > 50
    assert page.page.evaluate(PAINTED, pixels) == wanted


def test_two_inputs_have_regions_with_the_samples_to_pick(opened: Open) -> None:
    data, model = points(), MLP(2, [4, 1], rng=0)
    page = opened(play_training(model, entropy, data, rate=0.5, momentum=0.9))
    right = sum((model(x).data > 0) == bool(y) for x, y in data)
    assert page.text("right") == f"{right} of 20 samples lie in the region of their y"
    assert page.page.locator("#classes .class").all_inner_texts() == ["y = 0", "y = 1"]
    assert page.page.get_by_role("img", name="Regions, x1 across from").count() == 1
    place = page.page.evaluate("$('plane').placeOf(7)")
    page.page.locator("#plane").click(position={"x": place[0], "y": place[1]})
    assert page.page.locator("#sample").input_value() == "7"
    assert box(page, "x1")[0] == f"data {decimal(data[7][0][0])}"


def test_one_input_has_the_curve_of_what_the_model_gives(opened: Open) -> None:
    model = MLP(1, [3, 1], rng=0)
    page = opened(play_training(model, squared, LINE))
    low, high = -1.0 - 0.12 * 3, 2.0 + 0.12 * 3
    ends = [decimal(model([x]).data) for x in (low, high)]
    assert page.text("right") == (
        f"What the model gives, for x from {decimal(low)} to {decimal(high)}: "
        f"{ends[0]} at first, {ends[1]} at last"
    )


@pytest.mark.parametrize(
    ("size", "data"),
    [(3, [([1.0, 2.0, 3.0], 1.0)]), (2, [([0.1 * i, 1.0], 0.1 * i) for i in range(9)])],
)
def test_of_other_data_there_is_no_picture(opened: Open, size: int, data: Pairs) -> None:
    page = opened(play_training(MLP(size, [1], rng=0), squared, data))
    assert page.page.locator("#learned").is_hidden()
    page.page.click("#once")
    assert page.text("progress").startswith("Step 1: loss = ")


# --- large graphs -----------------------------------------------------------------------------


def test_a_graph_too_large_to_be_drawn_trains_and_stops_in_the_middle_of_a_step(
    opened: Open,
) -> None:
    w = Value(1.0, "w")

    class Model(Module):
        def __init__(self) -> None:
            self.w = w

    def loss(model: Any, x: Value, y: float) -> Value:
        total: Value = model.w * x
        for _ in range(20_000):
            total = total * 0.9999
        found: Value = (total - y) ** 2
        return found

    page = opened(play_training(Model(), loss, [(1.0, 0.5), (2.0, 0.5)], rate=0.1))
    assert "too large to be drawn" in page.text("picked")
    page.page.evaluate("while (!engine.ready) engine.work()")
    before = page.page.evaluate("[...engine.gradient]")
    page.page.evaluate("engine.step(0.1, 0); engine.work()")
    assert page.page.evaluate("[engine.ready, steps()]") == [False, 1]
    assert weights(page) == [1.0 - 0.1 * before[0]]
    page.page.click("#once")
    page.wait()
    assert page.page.evaluate("[engine.ready, steps()]") == [True, 2]


# --- the page ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("light", {}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": {"width": 360, "height": 640}}),
    ],
)
def test_it_fits_every_screen(
    opened: Open, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    page = opened(play_training(MLP(2, [3, 1], rng=0), entropy, points()), **options)
    page.page.click("#once")
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.page.evaluate("$('weighttable').scrollWidth <= $('weighttable').clientWidth")
    for control in ("#train", "#once", "#again", "#pace", "#rate", "#momentum", "#plane"):
        place = page.page.locator(control).bounding_box()
        assert place
        assert place["x"] + place["width"] <= page.page.viewport_size["width"]  # type: ignore[index]
    file = tmp_path / f"training-{name}.png"
    page.page.screenshot(path=file)
    assert file.stat().st_size > 5_000


def test_a_table_that_was_narrow_begins_with_its_first_row(opened: Open) -> None:
    page = opened(play_training(MLP(2, [8, 1], rng=0), entropy, points())).page
    for width in (200, 1280):  # the head of the table takes many lines, and one
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("$('weighttable').scrollTop") == 0


def test_what_gets_no_gradient_is_updated_by_zero(opened: Open) -> None:
    def loss(model: Line, x: Any, y: float) -> Any:
        return autograd.relu(model([x]) - 1_000.0) - y

    rows = opened(play_training(Line(), loss, LINE)).page.locator("#rows tr").all_inner_texts()
    assert [row.split("\t")[2:] for row in rows] == [["0", "0"], ["0", "0"]]


def test_on_a_phone_the_losses_are_in_view_with_the_button_that_starts_it(opened: Open) -> None:
    training = play_training(MLP(2, [3, 1], rng=0), entropy, points())
    page = opened(training, viewport={"width": 360, "height": 740})
    page.page.click("#train")
    for part in ("#train", "#progress", "#losses"):
        area = page.page.locator(part).bounding_box()
        assert area
        assert 0 <= area["y"] < area["y"] + area["height"] <= 740 / 2
    page.page.click("#train")


def test_on_a_phone_the_regions_are_beside_the_losses_and_sliders_are_wide(opened: Open) -> None:
    training = play_training(MLP(2, [3, 1], rng=0), entropy, points())
    page = opened(training, viewport={"width": 360, "height": 740})
    plane, losses, rate, momentum = (
        page.page.locator(part).evaluate("(one) => one.getBoundingClientRect().toJSON()")
        for part in ("#plane", "#losses", "#rate", "#momentum")
    )
    assert plane["bottom"] <= 740 / 2
    assert plane["right"] <= losses["left"]
    assert plane["top"] == pytest.approx(losses["top"], abs=2)
    assert min(rate["width"], momentum["width"]) >= 75


def test_a_link_brings_back_the_weights(line: Opened) -> None:
    line.page.click("#once")
    wanted = weights(line)
    line.page.click("#copy")
    line.page.reload()
    line.page.locator("#count").wait_for()
    assert weights(line) == wanted
    assert box(line, "w")[0] == f"data {decimal(wanted[0])}"


def test_a_click_where_no_sample_has_a_place_picks_none(opened: Open) -> None:
    def loss(model: Line, x: Any, y: str) -> Any:
        return (model([x]) - float(y == "a")) ** 2

    texts = [(1.0, "a"), (2.0, "b" * 60)]
    page = opened(play_training(Line(), loss, texts), viewport={"width": 360, "height": 900})
    page.page.evaluate("document.querySelector('canvas').click()")
    assert page.page.evaluate("picked") == 0
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [360, 1280])
def test_no_part_of_the_page_lies_over_another(opened: Open, width: int) -> None:
    page = opened(
        play_training(MLP(2, [8, 1], rng=0), entropy, points()),
        viewport={"width": width, "height": 900},
    )
    page.page.evaluate("scrollTo(0, 0)")
    parts = ("#drawing", "#inputs", "#controls", "#panel")
    areas = [box for part in parts if (box := page.page.locator(part).bounding_box())]
    assert len(areas) == len(parts)
    for above, below in pairwise(sorted(areas, key=lambda box: box["y"])):
        assert above["y"] + above["height"] <= below["y"]


def test_what_python_chose_is_told_with_its_line(opened: Open) -> None:
    def loss(model: Line, x: Any, y: float) -> Any:
        out = model([x])
        return out * out if out > 100.0 else (out - y) ** 2

    (line,) = opened(play_training(Line(), loss, LINE)).page.locator("#frozen li").all_inner_texts()
    assert re.fullmatch(
        r"test_browser_training\.py, line \d+: return out \* out if out > 100\.0 else .*: "
        "this choice stays as recorded",
        line,
    )
