"""Which units of a network are asleep or saturated, found from what they do with data."""

from typing import Any

import pytest

import autograd as ag
from autograd import Value
from autograd.nn import MLP, Module, Neuron
from autograd.teach import Finding, audit
from autograd.teach.audit.activations import FEWEST, SATURATED, WATCHED
from tests.models import DATA, Two, kinds, of_kind, squared


def test_dead_relus_are_known_by_their_module_across_samples() -> None:
    model = MLP(2, [3, 1], "relu", rng=0)
    for neuron in model.layers[0].neurons:
        neuron.bias.data = 10.0
    model.layers[0].neurons[1].bias.data = -100.0
    found = audit(model, squared(model), DATA)
    assert of_kind(found, "dead") == [
        Finding(
            "dead",
            "relu in layers.0.neurons.1",
            "gives 0 for all of 4 inputs, so nothing flows back through it",
            "take smaller steps, other first weights, or leaky_relu",
            module="layers.0.neurons.1",
        )
    ]
    assert [f.where for f in of_kind(found, "unreached")] == [
        *(f"layers.0.neurons.1.{name}" for name in ("weights.0", "weights.1", "bias")),
        "layers.1.neurons.0.weights.1",
    ]
    batch: Value = ag.sum([squared(model)(sample) for sample in DATA])
    assert of_kind(audit(model, batch), "dead") == of_kind(found, "dead")


def test_a_relu_that_one_sample_wakes_is_not_dead() -> None:
    neuron = Neuron(1, "relu", rng=0)
    neuron.weights[0].data, neuron.bias.data = 1.0, 0.5
    assert audit(neuron, neuron, [[-5.0], [-4.0], [3.0]]).ok
    assert kinds(audit(neuron, neuron, [[-5.0], [-4.0]])) == {"unreached", "dead"}


def test_one_input_is_too_few_to_call_a_relu_dead() -> None:
    neuron = Neuron(1, "relu", rng=0)
    neuron.weights[0].data = -1.0
    assert FEWEST == 2
    assert kinds(audit(neuron, neuron, [[1.0]])) == {"unreached"}


def test_relus_outside_of_modules_are_counted() -> None:
    model = Two(lambda a, b: None)

    def loss(sample: float) -> Value:
        awake = (model.a * sample).relu()
        asleep = (model.b * -sample).relu()
        return awake + asleep

    found = audit(model, loss, [1.0, 2.0])
    assert [f.where for f in of_kind(found, "dead")] == ["relu number 2"]


class Unit(Module):
    """A weight and a relu."""

    def __init__(self, w: float) -> None:
        self.w = Value(w, "w")

    def forward(self, x: Any) -> Any:
        return (x * self.w).relu()


class Pair(Module):
    """Of its two relus, the first is dead for positive inputs."""

    def __init__(self) -> None:
        self.a, self.b = Unit(-1.0), Unit(1.0)

    def forward(self, x: Any) -> Any:
        return self.a(x) + self.b(x)


def test_a_relu_is_dead_whoever_calls_its_module() -> None:
    model = Pair()
    called = audit(model, model, [1.0, 2.0])
    assert [f.where for f in of_kind(called, "dead")] == ["relu in a"]
    assert audit(model, lambda x: model.a(x) + model.b(x), [1.0, 2.0]).findings == called.findings
    batch: Value = ag.sum([part(x) for x in (1.0, 2.0) for part in (model.a, model.b)])
    assert of_kind(audit(model, batch), "dead") == of_kind(called, "dead")


def test_relus_of_modules_without_parameters_are_counted_where_the_loss_calls_them() -> None:
    class Relu(Module):
        def forward(self, x: Any) -> Any:
            return x.relu()

    model = Two(lambda a, b: None)
    first, second = Relu(), Relu()
    found = audit(model, lambda x: first(model.a * x) + second(model.b * -x), [1.0, 2.0])
    assert [f.where for f in of_kind(found, "dead")] == ["relu number 2 in Relu"]


def test_calls_of_the_model_itself_are_inputs_of_one_unit() -> None:
    model = Unit(-1.0)
    found = audit(model, model(1.0) + model(2.0))
    assert [f.where for f in of_kind(found, "dead")] == ["relu in Unit"]


@pytest.mark.parametrize(("activation", "op"), [("tanh", ag.tanh), ("sigmoid", ag.sigmoid)])
def test_saturated_units(activation: str, op: Any) -> None:
    assert WATCHED[op] == SATURATED == 1e-3
    neuron = Neuron(1, activation, rng=0)
    neuron.weights[0].data, neuron.bias.data = 0.1, 20.0
    found = of_kind(audit(neuron, neuron, [[0.0], [1.0]]), "saturated")
    assert [f.where for f in found] == [f"{activation} in Neuron"]
    assert "for all of 2 inputs" in found[0].what
    neuron.bias.data = 0.0
    assert audit(neuron, neuron, [[0.5], [1.0]]).ok
