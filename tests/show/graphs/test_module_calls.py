"""Which module call a node belongs to, and which calls one box stands for."""

from typing import Any

import pytest

from autograd import Value, constant, sum as autograd_sum
from autograd.engine.graph import topological_order
from autograd.engine.node import Node
from autograd.losses import mse_loss
from autograd.nn import MLP, Layer, Module, Neuron
from autograd.show.graphs.module_calls import (
    chain,
    frames_around,
    groups_of,
    homes_of,
    numbers_of,
    short_path,
    title,
)


def homes(root: Node) -> dict[Node, Any]:
    return homes_of(topological_order(root))


def boxed(root: Node, level: str) -> list[str]:
    """The titles of the calls that are one box each."""
    return [title(call) for call in dict.fromkeys(groups_of(homes(root), level).values())]


def test_a_chain_of_calls_goes_from_the_outermost_inward() -> None:
    out = MLP(2, [2, 1], rng=0)([1.0, 2.0])
    assert [call.kind for call in chain(out.call)] == ["MLP", "Layer", "Neuron"]
    assert chain(None) == []


def test_what_a_neuron_makes_and_its_parameters_are_at_home_in_its_call() -> None:
    neuron, x = Neuron(1, rng=0), Value(2.0)
    out = neuron([x])
    found = homes(out)
    assert {found[node] for node in (out, *neuron.parameters())} == {out.call}
    assert x not in found


def test_a_constant_is_at_home_where_it_is_used() -> None:
    class Doubles(Module):
        def forward(self, x: Value) -> Value:
            return x * two

    two, x = constant(2.0), Value(3.0)
    out = Doubles()(x)
    assert homes(out)[two] is out.call
    assert two not in homes(out + two)


def test_a_parameter_of_several_calls_is_at_home_in_the_call_around_them() -> None:
    class Twice(Module):
        def __init__(self) -> None:
            self.neuron = Neuron(1, rng=0)

        def forward(self, x: Value) -> Value:
            out: Value = self.neuron([self.neuron([x])])
            return out

    twice = Twice()
    out = twice(Value(1.0))
    assert homes(out)[twice.neuron.bias] is out.call.parent
    several = mse_loss([twice.neuron([1.0]), twice.neuron([2.0])], [0.0, 0.0])
    assert twice.neuron.bias not in homes(several)


def test_without_modules_there_are_no_homes() -> None:
    assert homes(Value(1.0) * 2.0) == {}


def test_calls_that_a_path_leaves_and_enters_again_are_left_out() -> None:
    inside = Neuron(1, rng=0)([Value(1.0)])
    back = inside * 2.0 + 1.0
    back.note = inside.note  # a module cannot do that, but someone may write a note
    assert homes(back + 1.0) == {}


NETWORKS = {
    "neuron": (lambda x: Neuron(1, rng=0)([x]), ["Neuron"], ["Neuron"]),
    "layer": (
        lambda x: mse_loss(Layer(1, 2, rng=0)([x]), [0.0, 0.0]),
        ["Neuron neurons.0", "Neuron neurons.1"],
        ["Layer"],
    ),
    "network": (
        lambda x: MLP(1, [2, 1], rng=0)([x]),
        ["Neuron neurons.0", "Neuron neurons.1", "Neuron neurons.0"],
        ["Layer layers.0", "Layer layers.1"],
    ),
}


@pytest.mark.parametrize(("make", "neurons", "layers"), NETWORKS.values(), ids=list(NETWORKS))
def test_calls_are_boxed_by_neuron_and_by_layer(
    make: Any, neurons: list[str], layers: list[str]
) -> None:
    root = make(Value(0.5))
    assert sorted(boxed(root, "neuron")) == sorted(neurons)
    assert boxed(root, "layer") == layers


def test_a_module_of_ones_own_that_calls_no_other_is_one_box() -> None:
    class Scale(Module):
        def __init__(self) -> None:
            self.by = Value(2.0)

        def forward(self, x: Any) -> Any:
            return [self.by * x, self.by + x]

    class Net(Module):
        def __init__(self) -> None:
            self.first, self.second = Scale(), Scale()

        def forward(self, x: Any) -> Any:
            left, right = self.first(x)
            return self.second(left)[0] - right

    root = Net()(Value(1.0))
    for level in ("neuron", "layer"):
        assert boxed(root, level) == ["Scale first", "Scale second"]


def test_a_title_has_the_end_of_the_path_and_counts_repeated_calls() -> None:
    class Again(Module):
        def __init__(self) -> None:
            self.net = MLP(1, [1], rng=0)

        def forward(self, x: Any) -> Any:
            return self.net([self.net([x])])

    calls = chain(Again()(Value(1.0)).call)
    assert [title(call) for call in calls] == [
        "Again",
        "MLP net (2)",
        "Layer layers.0 (2)",
        "Neuron neurons.0 (2)",
    ]
    assert short_path(calls[0]) == ""


def test_frames_come_outer_ones_first() -> None:
    out = MLP(1, [1], rng=0)([Value(1.0)])
    network, layer, neuron = chain(out.call)
    assert frames_around([None, layer, neuron]) == [network, layer, neuron]
    assert frames_around([neuron, network]) == [network, layer, neuron]


def test_calls_of_one_module_are_numbered_and_those_of_another_apart() -> None:
    one, other = Neuron(1, rng=0), Neuron(1, rng=1)
    outputs = [one([1.0]), one([2.0]), other([3.0]), one([4.0])]
    order = topological_order(autograd_sum(outputs))
    numbers = numbers_of(order)
    assert [numbers[out.call] for out in outputs] == [1, 2, 1, 3]
    titles = [title(out.call, numbers[out.call]) for out in outputs]
    assert titles == ["Neuron", "Neuron (2)", "Neuron", "Neuron (3)"]
