"""`play_training`: it records samples, leaves the model as it is, and says what it cannot do."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from autograd import Op, Value, compile, vmap
from autograd.data import moons
from autograd.losses import cross_entropy
from autograd.nn import MLP, Neuron
from autograd.show.stepping import player as player_module, training as training_module
from autograd.show.stepping.training import Training, play_training
from tests.played import HOSTILE, around, unpacked

SAMPLES = [(1.0, 1.0), (-2.0, 0.5)]


def network() -> MLP:
    return MLP(1, [3, 1], rng=0)


def loss(model: Any, x: Value, y: float) -> Value:
    found: Value = (model([x]) - y) ** 2
    return found


def trained(**options: Any) -> Training:
    return play_training(network(), loss, SAMPLES, **options)


# --- what it gives ----------------------------------------------------------------------------


def test_the_model_stays_as_it_was() -> None:
    model = network()
    before = model.state_dict()
    for p in model.parameters():
        p.grad = 3.0
    play_training(model, loss, SAMPLES)
    assert model.state_dict() == before
    assert {p.grad for p in model.parameters()} == {3.0}


def test_the_text_says_how_much_there_is_to_train_and_the_loss_at_the_start() -> None:
    model = Neuron(1, activation=None, rng=0)
    model.load_state_dict(dict.fromkeys(model.state_dict(), 0.0))
    assert play_training(model, loss, SAMPLES).text().split("\n") == [
        "parameters             2",
        "samples                2",
        "nodes of a sample      8",
        "loss at the start  0.625",
    ]


def test_the_data_has_the_graph_the_parameters_and_the_samples() -> None:
    data = trained(rate=0.25, momentum=0.5).data()
    assert json.loads(json.dumps(data)) == data
    told = data["training"]
    assert data["version"] == 2
    assert (told["rate"], told["momentum"]) == (0.25, 0.5)
    named = data["graph"]["nodes"]
    for one in told["parameters"]:  # the same names as in the drawing
        assert named[one["place"]]["name"] == one["name"]
    assert told["parameters"][0]["name"] == "layers.0.neurons.0.w0"
    names = [node["name"] for node in data["graph"]["nodes"]]
    assert [names[place] for place in told["columns"]] == ["x", "y"]
    assert [names[place] for place in told["inputs"]] == ["x"]
    assert told["samples"] == [[1.0, 1.0], [-2.0, 0.5]]
    assert told["targets"] == [1.0, 0.5]


def test_the_tape_is_the_graph_node_by_node() -> None:
    data = trained().data()
    nodes, tape = data["graph"]["nodes"], data["training"]["tape"]
    operands = iter(tape["operands"])
    leaves = iter(tape["leaves"])
    for place, node in enumerate(nodes):
        assert tape["ops"][place] == node.get("op", -1)
        if "op" not in node:
            assert next(leaves) == node["data"]
        for x in node.get("operands", ()):
            given = next(operands)
            assert x == (given if given >= 0 else {"number": tape["numbers"][-1 - given]})


def test_a_page_loads_nothing_and_is_the_same_every_time(tmp_path: Path) -> None:
    page = trained().html
    for text in (around(page), unpacked(page)):
        assert "://" not in text
        assert not re.search(r"\b(src|href|@import)\b\s*[=(]", text)
    trained().save(tmp_path / "x.html")
    assert (tmp_path / "x.html").read_text("utf-8") == page


def test_a_page_of_a_small_network_is_small() -> None:
    assert len(trained().html) < 60_000


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_the_user_stay_texts(text: str) -> None:
    w = Value(1.0, text)
    model = SimpleNamespace(parameters=lambda: [w], named_parameters=lambda: [(text, w)])
    training = play_training(
        model, lambda _, x, y: w * x + (1.0 if y else 0.0), [(1.0, text)], title=text
    )
    page = unpacked(training.html)
    drawings = page.count('<script type="image/svg+xml"')
    assert page.count("<script") == page.count("</script") == 4 + drawings
    training.html.encode("utf-8")


def test_a_notebook_gets_the_page_and_the_picture_of_a_pass() -> None:
    bundle = trained()._repr_mimebundle_()
    assert "<iframe" in bundle["text/html"]
    assert "<img" in bundle["text/html"]
    assert bundle["text/plain"].startswith("<Training of 10 parameters on 2 samples")


def test_a_graph_too_large_to_be_drawn_still_trains_and_shows_as_text() -> None:
    w = Value(1.0, "w")

    def long(model: Any, x: Value, y: float) -> Value:
        total = w * x
        for _ in range(1_001):
            total = (total + y).tanh()
        return total

    model = SimpleNamespace(parameters=lambda: [w])
    training = play_training(model, long, SAMPLES)
    assert "graph" not in training.data()
    assert "too large to be drawn" in unpacked(training.html)
    assert "<pre" in training._repr_mimebundle_()["text/html"]


def test_what_a_drawing_has_room_for_may_have_more_nodes_than_play_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(player_module, "MOST_NODES", 10)
    with pytest.raises(ValueError, match="too many to play"):
        player_module.play(loss(network(), Value(1.0), 0.5))
    assert len(trained().data()["graph"]["nodes"]) > 10


def test_what_python_chose_is_asked_for_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def choices(function: Callable[..., Any], arguments: tuple[Any, ...]) -> list[str]:
        asked.append((function, arguments[1:]))
        return ["model.py, line 12: if x > 0"]

    monkeypatch.setattr(training_module, "frozen_choices", choices)
    assert trained().data()["training"]["frozen"] == ["model.py, line 12: if x > 0"]
    assert asked == [(loss, SAMPLES[0])]
    monkeypatch.setattr(training_module, "frozen_choices", lambda *_: 1 / 0)
    assert trained().data()["training"]["frozen"] == []


# --- what cannot be trained -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"model": 3}, TypeError, "model is a Module, such as a Neuron or an MLP, got 3"),
        ({"loss": Value(1.0)}, TypeError, "loss is a function loss.model, x, y., got Value"),
        ({"loss": lambda model, x, y: 1.0}, TypeError, "loss is to give a Value, and gave float"),
        ({"loss": lambda model, x, y: Value(1.0)}, ValueError, "does not depend on any parameter"),
        ({"data": []}, ValueError, "there is no sample"),
        ({"data": [1.0]}, TypeError, "sample 1 is 1.0: pass list.zip.X, y.."),
        ({"data": [(1.0, 1.0), (1.0, 2.0, 3.0)]}, TypeError, "sample 2 is .1.0, 2.0, 3.0."),
        ({"rate": -1.0}, ValueError, "rate"),
        ({"momentum": 1.0}, ValueError, "momentum"),
        ({"title": 3}, TypeError, "title is a str, got int"),
        ({"collapse": "all"}, ValueError, "collapse is one of"),
        ({"speed": 3}, TypeError, "play_training has no argument 'speed'"),
        (
            {"steps": 3},
            TypeError,
            "'steps': the page trains, as long as you like. Pass",
        ),
        ({"model": network().freeze()}, ValueError, "has no parameters but frozen ones"),
    ],
)
def test_other_arguments_are_refused(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        play_training(**{"model": network(), "loss": loss, "data": SAMPLES, **change})


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (([[0.0], [1.0], [2.0]], [1.0, 2.0, 3.0]), 3),
        (([[0.0], [1.0]], [1.0, 2.0]), 2),
        ([[0.0, 1.0, 2.0], (1.0, 2.0, 3.0)], 3),
    ],
)
def test_all_x_and_all_y_as_one_pair_are_told_to_be_zipped(data: Any, count: int) -> None:
    wanted = f"this is one pair of {count} xs and as many ys: pass list(zip(X, y))"
    with pytest.raises(TypeError, match=re.escape(wanted)):
        play_training(network(), loss, data)


def test_two_samples_are_no_pair_of_columns() -> None:
    model = MLP(2, [1], rng=0)
    pairs = [([1.0, 2.0], 3.0), ([2.0, 1.0], 4.0)]
    kinds: list[Any] = [pairs, tuple(pairs), [list(pair) for pair in pairs]]
    for data in kinds:
        found = play_training(model, lambda model, x, y: (model(x) - y) ** 2, data)
        assert found.data()["training"]["targets"] == [3.0, 4.0]


def test_a_dataset_a_generator_and_arrays_are_data() -> None:
    points = moons(4, 0.1, Random(0))
    numpy = pytest.importorskip("numpy")
    inputs, targets = numpy.array(points.inputs), numpy.array(points.targets)
    kinds: list[Any] = [
        points,
        ((x, y) for x, y in zip(points.inputs, points.targets, strict=True)),
        zip(inputs, targets, strict=True),
    ]
    found = [
        play_training(MLP(2, [2, 1], rng=0), lambda m, x, y: (m(x) - y) ** 2, data).data()
        for data in kinds
    ]
    assert found[0]["training"]["targets"] == list(points.targets)
    assert found[1] == found[0]
    assert found[2] == found[0]


@pytest.mark.parametrize(
    "call",
    [
        lambda model: play_training(model, lambda: model([1.0])),  # type: ignore[arg-type, misc]
        lambda model: play_training(model, lambda: model([1.0]), 20),  # type: ignore[arg-type, misc]
        lambda model: play_training(model, loss, 20),  # type: ignore[arg-type]
        lambda model: play_training(model, loss),
        lambda model: play_training(model, loss, SAMPLES, steps=20),
        lambda model: play_training(model, loss, SAMPLES, optimizer=None),
    ],
)
def test_the_earlier_form_is_told_the_new_one(call: Any) -> None:
    with pytest.raises(TypeError, match=re.escape("as in play_training(model, lambda model, x, y")):
        call(network())


def test_an_op_in_python_alone_is_named() -> None:
    own = Op("own", lambda x: float(str(x)), 1.0)
    with pytest.raises(ValueError, match=r"a page cannot train this loss, for .*own"):
        play_training(network(), lambda model, x, y: own(loss(model, x, y)), SAMPLES)


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (compile(loss), "its __wrapped__"),
        (lambda model, x, y: vmap(lambda z: model([z]), reduce="mean")([x, y]), "for x in xs"),
    ],
)
def test_a_loss_that_hides_its_nodes_is_refused_with_what_to_do(loss: Any, told: str) -> None:
    with pytest.raises(TypeError, match=f"play_training follows a graph edge by edge.*{told}"):
        play_training(network(), loss, SAMPLES)


def test_too_many_nodes_are_refused_with_what_to_do() -> None:
    def long(model: Any, x: Value, y: float) -> Value:
        total: Value = model([x])
        for _ in range(100_000):
            total = total + y
        return total

    with pytest.raises(
        ValueError, match=r"sample 1 has 100,.* up to 100,000: pass a smaller model"
    ):
        play_training(network(), long, SAMPLES)


def test_an_interrupt_while_recording_leaves_the_model_alone() -> None:
    model = network()
    before = model.state_dict()

    def interrupted(model: Any, x: Value, y: float) -> Value:
        if y == 0.5:
            raise KeyboardInterrupt
        return loss(model, x, y)

    with pytest.raises(KeyboardInterrupt):
        play_training(model, interrupted, SAMPLES)
    assert model.state_dict() == before


def test_an_error_of_the_loss_says_the_sample() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        play_training(network(), lambda model, x, y: loss(model, x, 1 / (y - 0.5)), SAMPLES)
    assert caught.value.__notes__ == ["in the loss of sample 2"]


def test_classes_may_be_numbers_of_a_cross_entropy() -> None:
    model = MLP(2, [3], rng=0)
    points = [([float(i), 1.0], i % 3) for i in range(6)]
    training = play_training(model, lambda model, x, y: cross_entropy(model(x), y), points)
    data = training.data()
    told, nodes = data["training"], data["graph"]["nodes"]
    column = [nodes[place]["name"] for place in told["columns"]].index("y")
    assert [row[column] for row in told["samples"]] == [0.0, 1.0, 2.0] * 2


def test_a_target_that_no_float_holds_is_a_text() -> None:
    training = play_training(
        Neuron(1, rng=0), lambda model, x, y: model([x]) ** 2, [(1.0, 10**400)]
    )
    assert isinstance(training.data()["training"]["targets"][0], str)
