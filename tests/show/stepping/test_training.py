"""The training player: it trains as a loop would, and what it shows is that of each step."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import autograd
from autograd import Value
from autograd.losses import mse_loss
from autograd.nn import MLP, Neuron
from autograd.optim import SGD, Adam
from autograd.show.stepping.events import Final
from autograd.show.stepping.training import Training, play_training
from autograd.show.text import decimal
from tests.played import HOSTILE, told, unpacked

SVG = "{http://www.w3.org/2000/svg}"


def network() -> MLP:
    return MLP(1, [3, 1], rng=0)


def loss_of(model: Any) -> Callable[[], Value]:
    return lambda: mse_loss([model([x]) for x in (1.0, -2.0)], [1.0, 0.5])


def trained(steps: int = 4, **options: Any) -> Training:
    model = network()
    return play_training(model, loss_of(model), steps, **options)


def boxes(svg: str) -> list[list[str]]:
    """The lines of each box."""
    return [
        ["".join(text.itertext()) for text in box.findall(f"{SVG}text")]
        for box in ElementTree.fromstring(svg).iter(f"{SVG}g")
        if box.find(f"{SVG}title") is not None
    ]


# --- training -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [None, lambda ps: SGD(ps, lr=0.3, momentum=0.9), lambda ps: Adam(ps, lr=0.05)]
)
def test_the_model_issteps_as_in_a_loop_of_one_s_own(make: Any) -> None:
    model, other = network(), network()
    optimizer = make(model.parameters()) if make else None
    training = play_training(model, loss_of(model), 5, optimizer=optimizer)
    loop = make(other.parameters()) if make else SGD(other.parameters(), lr=0.1)
    losses = []
    for _ in range(5):
        loss = loss_of(other)()
        loop.zero_grad()
        loss.backward()
        losses.append(loss.data)
        loop.step()
    assert model.state_dict() == other.state_dict()
    assert [p.grad for p in model.parameters()] == [p.grad for p in other.parameters()]
    assert [float(loss[3]) for loss in told(training.html)["losses"]] == losses


def test_the_text_is_a_table_of_the_losses_and_the_largest_gradients() -> None:
    w = Neuron(1, activation=None, rng=0)
    w.load_state_dict(dict.fromkeys(w.state_dict(), 0.0))
    training = play_training(w, lambda: mse_loss([w([2.0])], [1.0]), 2)
    assert training.text().split("\n") == [
        "step  loss  largest |gradient|",
        "   1     1                   4",
        "   2     0                   0",
    ]


def test_an_interrupt_keeps_the_steps_that_there_are() -> None:
    model, calls = network(), iter([None, None])

    def loss() -> Value:
        if next(calls, "stop"):
            raise KeyboardInterrupt
        return loss_of(model)()

    assert len(play_training(model, loss, 10).frames()) == 2
    with pytest.raises(KeyboardInterrupt):
        play_training(model, loss, 10)


# --- what is shown --------------------------------------------------------------------------


def test_there_is_a_picture_of_each_step_with_its_numbers_at_the_end_of_the_pass() -> None:
    training = trained(3, collapse=None)
    frames = training.frames()
    assert len(frames) == 3
    for svg, one in zip(frames, training.steps, strict=True):
        texts = [line for lines in boxes(svg) for line in lines]
        finals = [event for event in one.played.events if isinstance(event, Final)]
        assert [t for t in texts if t.startswith("grad ")] != []
        assert {f"grad {decimal(event.gradient)}" for event in finals} <= set(texts)
        assert f"data {decimal(one.loss)}" in texts
        assert f"loss = {decimal(one.loss)}" in svg


def test_all_steps_have_one_layout() -> None:
    for collapse in (None, "neuron", "layer"):
        places = {
            tuple(re.findall(r'<g[^>]*transform="translate\([^"]*"', svg))
            for svg in trained(3, collapse=collapse).frames()
        }
        assert len(places) == 1


def test_a_page_told_the_first_pass_and_the_moving_texts_knows_every_pass() -> None:
    training = trained(3)
    script = told(training.html)
    texts, moving = script["texts"], script["moving"]
    for place, one in enumerate(training.steps):

        def shown(text: int, place: int = place) -> str:
            found = moving[~text][place] if text < 0 else texts[text]
            return str(found if isinstance(found, str) else found[0])

        nodes, *_ = script["drawings"]
        says: dict[int, int] = {}
        for frame, event in zip(nodes["frames"], one.played.events, strict=True):
            start = 3 if type(event).__name__ == "Contribute" else 1
            says |= dict(zip(frame[start::2], frame[start + 1 :: 2], strict=True))
        labels = 4 * len(nodes["boxes"])
        known = [text for row, text in says.items() if row % 4 == 1 and row < labels]
        finals = [event for event in one.played.events if isinstance(event, Final)]
        wanted = sorted(decimal(event.gradient) for event in finals)
        assert sorted(map(shown, known)) == wanted
        edges = [e.text for e in one.played.contents["nodes"].edges if e.text]
        carried = [shown(says[row]) for row in sorted(says) if row >= labels]
        assert [f"×{number}" for number in carried] == edges


def test_plain_numbers_may_be_others_at_each_step() -> None:
    model, samples = network(), iter([(1.0, 2.0), (-3.0, 4.0)])

    def loss() -> Value:
        x, y = next(samples)
        found: Value = mse_loss([model([x])], [y])
        return found

    first, second = play_training(model, loss, 2, collapse=None).frames()
    assert ["1"] in boxes(first)
    assert ["2"] in boxes(first)
    assert ["−3"] in boxes(second)
    assert ["4"] in boxes(second)
    assert ["2"] not in boxes(second)


def test_a_gradient_that_is_zero_at_one_step_only_is_shown_at_all() -> None:
    w = Value(0.5, "w")

    class Model(Neuron):
        def parameters(self) -> list[Value]:
            return [w]

    samples = iter([-1.0, 1.0])
    training = play_training(
        Model(1), lambda: (w * next(samples)).relu() + w * 0.0, 2, collapse=None
    )
    grads = [
        next(lines for lines in boxes(svg) if lines and lines[0] == "w")[2]
        for svg in training.frames()
    ]
    assert grads == ["grad 0", "grad 1"]


def test_a_loss_that_is_nan_leaves_a_gap_in_the_curve() -> None:
    w = Neuron(1, activation=None, rng=0)
    numbers = iter([1.0, float("nan"), 2.0])
    training = play_training(w, lambda: w([1.0]) * next(numbers), 3)
    assert [loss[1] is None for loss in told(training.html)["losses"]] == [False, True, True]
    assert training.text().split("\n")[2].split() == ["2", "nan", "nan"]


def test_a_page_of_20_steps_of_a_network_of_40_nodes_is_small() -> None:
    assert len(trained(20).html.encode("utf-8")) < 200_000


def test_the_page_loads_nothing() -> None:
    page = trained().html
    for text in (page, unpacked(page)):
        assert "://" not in text
        assert not re.search(r"\b(src|href|@import|url)\b\s*[=(]", text)


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_are_text_wherever_they_come(label: str) -> None:
    model = Neuron(1, rng=0)

    def loss() -> Value:
        found: Value = mse_loss([model([Value(1.0, label)])], [1.0])
        found.label = label + "'"
        return found

    training = play_training(model, loss, 2, title=label)
    page = unpacked(training.html)
    scripts = 2 + len(told(training.html)["drawings"])
    assert page.count("<script") == page.count("</script") == scripts
    training.html.encode("utf-8")
    assert told(training.html)["moving"]
    for svg in training.frames():
        ElementTree.fromstring(svg)


def test_a_notebook_gets_the_page_and_the_last_picture() -> None:
    bundle = trained()._repr_mimebundle_()
    assert "<iframe" in bundle["text/html"]
    assert "<img" in bundle["text/html"]
    assert bundle["text/plain"].startswith("<Training of 4 steps")


def test_it_is_saved_as_one_page_which_is_the_same_every_time(tmp_path: Path) -> None:
    trained().save(tmp_path / "x.html")
    assert (tmp_path / "x.html").read_text("utf-8") == trained().html


# --- what cannot be trained -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"model": 3}, TypeError, "model is a Module, such as a Neuron or an MLP, got 3"),
        ({"loss": Value(1.0)}, TypeError, "loss is a function .* got Value: pass lambda"),
        ({"loss": lambda: 1.0}, TypeError, "loss is to give a Value, and gave float"),
        ({"loss": lambda: Value(1.0)}, ValueError, "does not depend on any parameter"),
        ({"steps": 0}, ValueError, "steps is at least 1, got 0"),
        ({"steps": 10_000}, ValueError, r"too many for a page.*pass steps=\d+ or less"),
        ({"optimizer": 3}, TypeError, r"optimizer has no step\(\).* got int"),
        ({"title": 3}, TypeError, "title is a str, got int"),
        ({"collapse": "all"}, ValueError, "collapse is one of"),
    ],
)
def test_other_arguments_are_refused_before_anything_changes(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    model = network()
    before = model.state_dict()
    with pytest.raises(error, match=message):
        play_training(**{"model": model, "loss": loss_of(model), **change})
    assert model.state_dict() == before


@pytest.mark.parametrize("other", [lambda a, b: a, lambda a, b: b, lambda a, b: b * b])
def test_a_step_in_which_a_choice_changes_is_refused_before_it_moves_anything(other: Any) -> None:
    w, b = Value(1.0, "w"), Value(0.3, "b")
    model = SimpleNamespace(parameters=lambda: [w, b], zero_grad=lambda: None)
    sides = iter([1.0, 1.0, 0.0])
    kept = []

    def loss() -> Value:
        kept.append((w.data, b.data))
        found: Value = autograd.where(next(sides), w * 2.0, other(w * 3.0, b * 3.0))
        return found

    with pytest.raises(ValueError, match=r"graph of step 3 is not that of step 1.*choice changes"):
        play_training(model, loss, 3)
    assert (w.data, b.data) == kept[-1]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (lambda x: x.tanh().tanh(), "the graph of step 2 is not that of step 1.*4 nodes, not 3"),
        (lambda x: x.exp(), "the graph of step 2 .*is another, or has other operands"),
    ],
)
def test_a_step_of_another_structure_is_refused(other: Any, message: str) -> None:
    w = Neuron(1, activation=None, rng=0)
    shapes = iter([lambda x: x.tanh(), other])
    (weight, *_) = w.parameters()
    with pytest.raises(ValueError, match=message):
        play_training(w, lambda: next(shapes)(weight * 2.0), 2)
