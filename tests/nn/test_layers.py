"""Linear layers, neurons without bias, and the activation of the outputs of an MLP."""

from typing import Any

import pytest

import autograd as ag
from autograd import Value, check_grads, compile, nn, vmap
from autograd.engine.graph import topological_order

any_nn: Any = nn  # takes wrong arguments
X = [0.5, -2.0]


def test_a_linear_layer_gives_a_list_of_sums_also_of_one_output() -> None:
    linear = nn.Linear(2, 2, rng=0)
    numbers = {"neurons.0.weights.0": 1.0, "neurons.0.weights.1": 2.0, "neurons.0.bias": 3.0}
    linear.load_state_dict(
        numbers | {"neurons.1.weights.0": -1.0, "neurons.1.weights.1": 0.5, "neurons.1.bias": 0.25}
    )
    assert [y.data for y in linear(X)] == [0.5 - 4.0 + 3.0, -0.5 - 1.0 + 0.25]
    assert len(nn.Linear(2, 1, rng=0)(X)) == 1


def test_a_layer_is_a_linear_layer_and_an_activation() -> None:
    layer, linear = nn.Layer(2, 3, "tanh", rng=7), nn.Linear(2, 3, rng=7)
    assert layer.state_dict() == linear.state_dict()
    assert [y.data for y in layer(X)] == [y.tanh().data for y in linear(X)]


def test_without_bias_there_is_none_anywhere() -> None:
    linear = nn.Linear(2, 2, bias=False, rng=0)
    assert [name for name, _ in linear.named_parameters()] == [
        *("neurons.0.weights.0", "neurons.0.weights.1"),
        *("neurons.1.weights.0", "neurons.1.weights.1"),
    ]
    (y, _), (first, _) = linear(X), linear.neurons
    assert [first.bias, first.b] == [None] * 2
    assert y.data == first.w[0].data * 0.5 + first.w[1].data * -2.0
    assert [node.op.name for node in topological_order(y) if node.op] == ["*", "*", "sum"]
    assert nn.Neuron(1, "relu", bias=False, rng=0)(-1.0).op is ag.relu


@pytest.mark.parametrize("activation", [None, "tanh", ag.relu, lambda z: z * z])
def test_the_last_layer_of_an_mlp_may_have_an_activation(activation: Any) -> None:
    plain = nn.MLP(2, [3, 1], rng=0)
    mlp = nn.MLP(2, [3, 1], output_activation=activation, rng=0)
    mlp.load_state_dict(plain.state_dict())
    z: Any = plain(X)
    expected = z if activation is None else activation(z) if callable(activation) else z.tanh()
    assert mlp(X).data == expected.data


def test_a_repr_tells_bias_and_activations() -> None:
    first = {
        nn.Linear(2, 3): "Linear(2, 3): 9 parameters",
        nn.Linear(2, 3, bias=False): "Linear(2, 3, no bias): 6 parameters",
        nn.Neuron(2, bias=False): "Neuron(2, tanh, no bias): 2 parameters",
        nn.MLP(2, [3, 1], output_activation="tanh"): (
            "MLP(2, [3, 1], tanh, output tanh): 13 parameters"
        ),
        nn.MLP(2, [1], output_activation="sigmoid"): "MLP(2, [1], output sigmoid): 3 parameters",
        nn.MLP(2, [1]): "MLP(2, [1]): 3 parameters",
    }
    assert {repr(module).partition("\n")[0]: told for module, told in first.items()} == {
        told: told for told in first.values()
    }


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: any_nn.Linear(0, 1), ValueError, "nin is at least 1, got 0"),
        (lambda: any_nn.Linear(1, 1.0), TypeError, "nout is a positive int, got 1.0"),
        (lambda: any_nn.Linear(1, 1, bias=1), TypeError, "bias is True or False, got 1"),
        (lambda: any_nn.Linear(1, 1, rng="x"), TypeError, "a random.Random, an int"),
        (lambda: any_nn.Linear(2, 1)([1.0]), ValueError, "2 weights and got 1 input:"),
        (lambda: any_nn.Linear(2, 1)([[1.0], [2.0]]), ValueError, "got 2 rows of inputs"),
        (lambda: any_nn.MLP(1, [1], output_activation="x"), ValueError, "no activation named 'x'"),
        (lambda: any_nn.MLP(1, [1], "x"), ValueError, "no activation named 'x'"),
    ],
)
def test_what_is_wrong_is_named(make: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        make()
    assert message in str(caught.value)


@pytest.mark.parametrize("bias", [True, False])
def test_derivatives_and_compiled_bits(bias: bool) -> None:
    linear = nn.Linear(2, 2, bias=bias, rng=3)
    check_grads(lambda m, x: m(x), (linear, X), order=2)
    compile(lambda m, x: m(x), backend="python").verify(linear, X)
    batch: Any = compile(vmap(lambda m, x: m(x), in_axes=(None, 0)), backend="python")
    batch.verify(linear, [X, [1.0, 0.1]])


def test_nodes_belong_to_the_neurons() -> None:
    y = nn.Linear(1, 2, rng=0)([Value(1.0)])[1]
    assert (y.call.kind, y.call.path, y.call.parent.kind) == ("Neuron", "neurons.1", "Linear")
