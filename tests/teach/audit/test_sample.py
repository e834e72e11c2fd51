"""How an audit names a node, and the module that holds a parameter."""

from typing import Any

import pytest

import autograd as ag
from autograd import Value
from autograd.engine.graph import topological_order
from autograd.engine.node import Node
from autograd.nn import MLP, Module, Neuron
from autograd.show.stepping.names import Names
from autograd.teach.audit.sample import Sample, holder, kinds_of, paths_of_calls, with_numbers


def test_a_place_is_the_op_its_label_and_the_path_of_the_call() -> None:
    x = Value(2.0, "x")
    labelled = x * x
    labelled.label = "y|\n"
    inside = MLP(2, [1], "tanh", rng=0)([1.0, 2.0])
    square = x * x
    nodes = [x, square, labelled, inside, Neuron(1, "relu", rng=0)([1.0])]
    sample = Sample(nodes, {}, paths_of_calls(nodes, {}, {"": "MLP"}), Names(nodes))
    assert [sample.describe(node) for node in nodes] == [
        "input x",
        "*",
        "* 'y|\\n'",
        "sum in layers.0.neurons.0",
        "relu in Neuron",
    ]


def paths(root: Value, model: Module) -> dict[str, str]:
    """For each class of module the names that its calls have in `model`."""
    order = topological_order(root)
    names: dict[Node, str] = {x: name for name, x in model.named_parameters()}
    found = paths_of_calls(order, names, kinds_of(model))
    kinds = dict.fromkeys(call.kind for call in found)
    return {
        kind: " ".join(dict.fromkeys(found[call] for call in found if call.kind == kind))
        for kind in kinds
    }


class Nested(Module):
    """A weight, and another of these inside, or none."""

    def __init__(self, depth: int) -> None:
        self.inner = Nested(depth - 1) if depth else None
        self.w = Value(1.0)

    def forward(self, x: Any) -> Any:
        return (self.inner(x) if self.inner else x) * self.w


def test_a_part_that_the_loss_calls_by_itself_has_its_name_in_the_model() -> None:
    model = MLP(2, [3, 2, 1], rng=0)
    first, second, _ = model.layers
    assert paths(second.neurons[1]([1.0, 2.0, 3.0]), model) == {"Neuron": "layers.1.neurons.1"}
    assert paths(second(first([1.0, 2.0]))[1], model) == {
        "Neuron": "layers.0.neurons.0 layers.1.neurons.1 layers.0.neurons.1 layers.0.neurons.2"
    }
    assert paths(model([1.0, 2.0]), model)["Neuron"].startswith("layers.0.neurons.0 ")


def test_a_part_is_not_taken_for_one_whose_parameter_it_was_given() -> None:
    model = MLP(2, [3, 2, 1], rng=0)
    given = [*model.layers[0].neurons[0].weights, 1.0]
    assert paths(model.layers[1].neurons[1](given), model) == {"Neuron": "layers.1.neurons.1"}  # type: ignore[arg-type]


def test_of_modules_of_one_class_inside_each_other_it_is_the_one_called() -> None:
    model = Nested(2)
    assert model.inner is not None
    assert paths(model(1.0), model) == {"Nested": "inner.inner inner "}
    assert paths(model.inner(1.0), model) == {"Nested": "inner.inner inner"}


def test_what_is_no_part_of_the_model_keeps_the_name_of_its_call() -> None:
    assert paths(MLP(2, [1], rng=0)([1.0, 2.0]), Nested(0)) == {"Neuron": "layers.0.neurons.0"}


def test_an_op_is_shown_with_the_numbers_it_was_applied_to() -> None:
    x = Value(-2.0, "x")
    y = ag.sum([x * 3.0, x, 1.0])
    x.data = 5.0
    assert with_numbers(y) == "−6 + (−2) + 1"
    assert with_numbers(y.parents[0]) == "−2·3"


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("layers.1.neurons.0.weights.2", "layers.1.neurons.0"),
        ("layers.1.neurons.0.bias", "layers.1.neurons.0"),
        ("layers.1.neurons.0", "layers.1"),
        ("layers.1", ""),
        ("scale", ""),
    ],
)
def test_what_holds_a_parameter_is_the_innermost_module_of_its_name(name: str, module: str) -> None:
    kinds = kinds_of(MLP(2, [3, 1], rng=0))
    assert kinds[""] == "MLP"
    assert kinds["layers.0"] == "Layer"
    assert holder(name, kinds) == module
