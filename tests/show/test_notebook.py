"""What a notebook shows of Values and modules."""

import subprocess
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

import autograd
from autograd import Value
from autograd.nn import MLP, Module


def chain(nodes: int) -> Value:
    y = Value(0.5, "x")
    for _ in range(nodes - 1):
        y = y.tanh()
    return y


def test_a_value_shows_its_text_and_its_graph() -> None:
    value = chain(40)
    shown = value._repr_mimebundle_()
    assert shown["text/plain"] == repr(value)
    assert shown["image/svg+xml"].count("tanh") >= 39
    assert 'src="data:image/svg+xml;base64,' in shown["text/html"]


@pytest.mark.parametrize("nodes", [41, 100_000])
def test_a_larger_graph_shows_its_text_only(nodes: int) -> None:
    value = chain(nodes)
    assert value._repr_mimebundle_() == {"text/plain": repr(value)}


def test_a_node_with_many_operands_shows_its_text_only() -> None:
    value: Value = autograd.sum([Value(1.0), *[2.0] * 1500])
    assert set(value._repr_mimebundle_()) == {"text/plain"}


def test_a_display_never_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("in a display")

    monkeypatch.setattr("autograd.show.notebook.draw", fails)
    value = chain(2)
    assert value._repr_mimebundle_() == {"text/plain": repr(value)}


def test_a_display_starts_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: Any, **__: Any) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "run", started)
    monkeypatch.setattr(subprocess, "Popen", started)
    assert "image/svg+xml" in chain(3)._repr_mimebundle_()


def test_a_module_shows_a_tree_with_shapes_and_parameters() -> None:
    model = MLP(2, [3, 1], rng=0)
    shown = model._repr_mimebundle_()
    assert shown["text/plain"] == repr(model)
    table = ElementTree.fromstring(shown["text/html"])
    rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
    assert rows == [
        ["module", "kind", "shape", "parameters"],
        ["", "MLP", "2, [3, 1], tanh", "13"],
        ["layers.0", "Layer", "2, 3, tanh", "9"],
        ["neurons.0 to neurons.2", "3 × Neuron", "2, tanh", "3 × 3"],
        ["layers.1", "Layer", "3, 1", "4"],
        ["neurons.0", "Neuron", "3", "4"],
    ]


def test_names_of_modules_are_escaped() -> None:
    class Net(Module):
        def __init__(self) -> None:
            self.parts = {"<script>": MLP(1, [1], rng=0)}

    html = Net()._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_module_that_holds_itself_is_shown_once() -> None:
    class Loop(Module):
        def __init__(self) -> None:
            self.again = self

    assert "again" not in Loop()._repr_mimebundle_()["text/plain"]


def test_a_module_with_ambiguous_names_is_shown_all_the_same() -> None:
    class Odd(Module):
        def __init__(self) -> None:
            self.parts = {1: Value(1.0), "1": Value(2.0)}

        def extra_repr(self) -> Any:
            return 5

    assert repr(Odd()) == "Odd(5): 2 parameters"
    assert "2" in Odd()._repr_mimebundle_()["text/html"]
