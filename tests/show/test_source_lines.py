"""The line of the user's code that made a node, noted inside a block and shown on hover."""

import copy
import gc
import json
import pickle
import weakref
from pathlib import Path
from typing import Any

import pytest

import autograd as ag
from autograd import Value, no_grad, strict
from autograd.engine.watching import watchers
from autograd.nn import MLP
from autograd.show import draw, play, source_lines, summary
from autograd.show.source_lines import place_of
from tests.played import unpacked

HERE = Path(__file__).name


def line_of(text: str) -> int:
    """The number of the first line of this file that begins with a text."""
    lines = [line.strip() for line in Path(__file__).read_text("utf-8").split("\n")]
    return 1 + next(number for number, line in enumerate(lines) if line.startswith(text))


def product() -> Value:
    with source_lines():
        x = Value(3.0, "x")
        y = x.exp() * 2.0  # the line that is told
    y.label = "y"
    return y


def test_each_node_knows_the_line_that_made_it() -> None:
    y = product()
    number = line_of("y = x.exp() * 2.0")
    source = "y = x.exp() * 2.0  # the line that is told"
    assert str(place_of(y)) == f"{HERE}, line {number}: {source}"
    (e,) = y.parents
    assert place_of(e) == place_of(y)
    (x,) = e.parents
    assert str(place_of(x)) == f'{HERE}, line {number - 1}: x = Value(3.0, "x")'
    assert (x.label, y.label) == ("x", "y")


def test_pictures_and_pages_show_it_on_hover() -> None:
    y = product()
    told = f"; {HERE}, line {line_of('y = x.exp()')}: y = x.exp() * 2.0"
    assert f"grad = none yet{told}" in draw(y).svg
    assert f"<title>y (× 2){told}" in play(y).frames()[0]
    assert f"<title>y (× 2){told}" in unpacked(play(y).html)
    nodes = play(y).data()["graph"]["nodes"]
    assert [node["line"].split(":")[0] for node in nodes] == [
        f"{HERE}, line {line_of('x = Value(3.0')}",
        *[f"{HERE}, line {line_of('y = x.exp()')}"] * 2,
    ]
    json.dumps(nodes)


def test_without_the_block_nothing_is_told() -> None:
    before = len(watchers)
    y = Value(3.0, "x") * 2.0
    assert place_of(y) is None
    assert ", line " not in draw(y).svg
    assert all("line" not in node for node in play(y).data()["graph"]["nodes"])
    with source_lines():
        pass
    assert len(watchers) == before


def test_what_a_module_computes_has_the_line_that_called_it() -> None:
    model = MLP(1, [2, 1], rng=0)
    with source_lines():
        y = model([1.0])
    assert place_of(y) == place_of(y.parents[0])
    assert str(place_of(y)).endswith("y = model([1.0])")
    assert y.call.path == "layers.1.neurons.0", "the call is still known"
    assert place_of(model.layers[0].neurons[0].bias) is None, "made before the block"


def test_a_parameter_keeps_its_line_when_it_is_marked_and_labelled() -> None:
    with source_lines():
        model = MLP(1, [1], rng=0)
    (name, bias), *_ = reversed(model.named_parameters())
    assert (name, bias.is_parameter, bias.label) == ("layers.0.neurons.0.bias", True, "b")
    assert str(place_of(bias)).endswith("model = MLP(1, [1], rng=0)")


def test_it_is_a_decorator_and_may_be_nested_and_used_with_others() -> None:
    @source_lines()
    def f(x: Value) -> Value:
        return x * x

    assert str(place_of(f(Value(2.0)))).endswith("return x * x")
    with source_lines(), strict(), source_lines():
        y = Value(2.0).exp()
    assert str(place_of(y)).endswith("y = Value(2.0).exp()")
    with source_lines(), no_grad():
        z = Value(2.0).exp()
    assert z.is_leaf
    assert str(place_of(z)).endswith("z = Value(2.0).exp()")


def test_gradients_and_numbers_are_the_same() -> None:
    def f(x: Any) -> Any:
        return ag.exp(x * x) + x

    with source_lines():
        assert ag.grad(f)(0.5) == ag.grad(f)(0.5)
        noted = ag.grad(ag.grad(f))(0.5)
    assert noted == ag.grad(ag.grad(f))(0.5)


def test_a_compiled_function_is_recorded_inside_it() -> None:
    f = ag.compile(lambda x: x * x + 1.0)
    with source_lines():
        assert f(3.0) == 10.0


def test_it_keeps_nothing_alive() -> None:
    gc.disable()
    try:
        with source_lines():
            x = Value(2.0, "x")
            y = (x * x).exp()
            assert y.data == 54.598150033144236
            gone = weakref.ref(x)  # which y holds
            del x, y
            assert gone() is None
    finally:
        gc.enable()


def test_leaves_are_copied_and_pickled_with_it() -> None:
    with source_lines():
        x = Value(2.0, "x")
    for twin in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert (twin.label, place_of(twin)) == ("x", place_of(x))


@pytest.mark.parametrize("source", ["y = x * 1.0  # </title><script>&", "y = x * 2.0  # ]]>\u202e"])
def test_hostile_code_stays_text(source: str, tmp_path: Path) -> None:
    path = tmp_path / "<b>.py"
    path.write_text(source, "utf-8")
    scope: dict[str, Any] = {"x": Value(2.0, "x")}
    with source_lines():
        exec(compile(source, str(path), "exec"), scope)
    svg = draw(scope["y"]).svg
    assert "line 1: y = x * " in svg
    assert "<b>" not in svg
    assert "<script>" not in svg
    assert "\u202e" not in svg
    assert "\u202e" not in play(scope["y"]).html


def test_the_first_nan_is_told_with_its_line() -> None:
    with source_lines():
        y = Value(-1.0, "x").log()
    (hint, *_) = summary(y + 1.0).hints
    told = f'{HERE}, line {line_of("y = Value(-1.0")}: y = Value(-1.0, "x").log()'
    assert hint.endswith(f"is finite: it was made in {told}")
