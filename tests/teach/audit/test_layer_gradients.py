"""How the gradients of a layer compare with those of the last one."""

from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value
from autograd.nn import MLP, Layer, Module, Neuron
from autograd.teach import audit
from autograd.teach.audit.layer_gradients import RATIO, layers_of
from autograd.teach.audit.sample import kinds_of
from tests.models import DATA, squared


def test_vanishing_layers() -> None:
    model = MLP(2, [3, 3, 1], rng=0)
    for neuron in model.layers[1].neurons:
        for weight in neuron.weights:
            weight.data *= 1e-5
    found = audit(model, squared(model), DATA)
    assert [(f.kind, f.where) for f in found.findings] == [("vanishing", "layers.0")]
    assert found.findings[0].what.endswith(" of that of layers.2")
    assert RATIO == 1000.0


def test_exploding_layers() -> None:
    model = MLP(2, [3, 1], None, rng=0)
    for weight in model.layers[1].neurons[0].weights:
        weight.data = 1e6
    for neuron in model.layers[0].neurons:
        for weight in neuron.weights:
            weight.data = 1e-6
    found = audit(model, squared(model), DATA)
    assert [(f.kind, f.where) for f in found.findings] == [("exploding", "layers.0")]


@pytest.mark.parametrize("model", [Neuron(2, rng=0), Layer(2, 1, rng=0)])
def test_one_layer_has_nothing_to_be_compared_with(model: Module) -> None:
    assert audit(model, squared(model), DATA).ok


def test_layers_are_judged_by_their_outputs_too() -> None:
    """Activations grow from layer to layer, so the parameters all have gradients of one size."""
    model = MLP(2, [4] * 6 + [1], None, rng=0)
    for parameter in model.parameters():
        parameter.data *= 30.0
    found = audit(model, squared(model), DATA).findings
    assert {(f.kind, f.where) for f in found} >= {("exploding", "layers.0")}
    assert all(
        f.what.startswith("its outputs' mean |gradient|, zeros left out, is ") for f in found
    )
    assert all(f.what.endswith(" times that of layers.6") for f in found)


class Backwards(Module):
    """Its last layer is defined first."""

    def __init__(self) -> None:
        self.out, self.first = Layer(2, 1, None, rng=0), Layer(2, 2, rng=1)
        for weight in self.out.neurons[0].weights:
            weight.data *= 1e-6

    def forward(self, inputs: Any) -> Any:
        return self.out(self.first(inputs))


@pytest.mark.parametrize("function", [lambda m: m, lambda m: lambda x: m.out(m.first(x))])
def test_the_last_layer_is_the_one_computed_last(function: Callable[[Backwards], Any]) -> None:
    """Whatever was defined last, and whoever calls the layers."""
    model = Backwards()
    found = audit(model, function(model), DATA).findings
    assert [(f.kind, f.where) for f in found] == [("vanishing", "first")]
    assert found[0].what.endswith(" that of out")


def test_the_parameters_of_a_neuron_are_those_of_its_layer() -> None:
    class Custom(Module):
        def __init__(self) -> None:
            self.hidden, self.out, self.scale = Layer(2, 2), Neuron(2), Value(1.0)

    model = Custom()
    layers = layers_of(dict(model.named_parameters()), kinds_of(model))
    assert {name: len(parameters) for name, parameters in layers.items()} == {
        "hidden": 6,
        "Custom": 4,
    }
