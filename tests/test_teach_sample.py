"""How an audit names a node, and the module that holds a parameter."""

import pytest

import autograd as ag
from autograd import Value
from autograd.nn import MLP, Neuron
from autograd.teach.sample import holder, kinds_of, place, with_numbers


def test_a_place_is_the_op_its_label_and_the_path_of_the_call() -> None:
    x = Value(2.0, "x")
    labelled = x * x
    labelled.label = "y|\n"
    inside = MLP(2, [1], "tanh", rng=0)([1.0, 2.0])
    assert [place(node) for node in (x, x * x, labelled, inside)] == [
        "leaf 'x'",
        "*",
        "* 'y|\\n'",
        "sum in layers.0.neurons.0",
    ]
    assert place(Neuron(1, "relu", rng=0)([1.0])) == "relu in Neuron"


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
