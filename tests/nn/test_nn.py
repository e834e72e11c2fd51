"""What a Module promises: its parameters, its state in a file, its calls; and the layers."""

import copy
import gc
import json
import math
import pickle
import random
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import StateDictError, Value, compile, constant, nn, no_grad, vmap
from autograd.engine.graph import topological_order
from autograd.engine.messages import pluralize

NAN, INF = math.nan, math.inf
any_nn: Any = nn  # takes wrong arguments


class Holder(nn.Module):
    """A module that keeps whatever it is given as attributes."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


class Twice(nn.Module):
    """Calls its one neuron twice."""

    def __init__(self) -> None:
        self.neuron = nn.Neuron(1, None, rng=0)

    def forward(self, x: Any) -> Any:
        return self.neuron(self.neuron(x))


def names(module: nn.Module) -> list[str]:
    return [name for name, _ in module.named_parameters()]


def raised(kind: type[BaseException], action: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        action()
    return str(caught.value)


class TestParameters:
    def test_names_follow_attributes_lists_tuples_and_dicts_in_definition_order(self) -> None:
        inner = Holder(z=Value(1.0))
        module = Holder(b=Value(0.0), a=[Value(1.0), (inner, Value(2.0))], d={"k": Value(3.0)})
        assert names(module) == ["b", "a.0", "a.1.0.z", "a.1.1", "d.k"]

    def test_an_mlp_names_its_parameters_by_layer_and_neuron(self) -> None:
        assert names(nn.MLP(1, [2, 1], rng=0)) == [
            "layers.0.neurons.0.weights.0",
            "layers.0.neurons.0.bias",
            "layers.0.neurons.1.weights.0",
            "layers.0.neurons.1.bias",
            "layers.1.neurons.0.weights.0",
            "layers.1.neurons.0.weights.1",
            "layers.1.neurons.0.bias",
        ]

    def test_parameters_are_the_named_ones_in_the_same_order(self) -> None:
        mlp = nn.MLP(2, [3, 1], rng=0)
        pairs = zip(mlp.parameters(), mlp.named_parameters(), strict=True)
        assert all(parameter is named for parameter, (_, named) in pairs)

    def test_a_shared_value_or_module_counts_once_under_its_first_name(self) -> None:
        value, inner = Value(1.0), Holder(x=Value(2.0))
        assert names(Holder(a=value, b=value, c=inner, d=[inner])) == ["a", "c.x"]

    def test_equal_values_that_are_not_the_same_all_count(self) -> None:
        assert names(Holder(a=Value(1.0), b=Value(1.0))) == ["a", "b"]

    def test_constants_computed_nodes_and_other_things_are_no_parameters(self) -> None:
        x = Value(1.0)
        module = Holder(k=constant(1.0), y=x * x, n=3.0, s="text", f=math.sin, x=x, none=None)
        assert names(module) == ["x"]

    def test_a_module_that_holds_itself_is_walked_once(self) -> None:
        module = Holder(x=Value(1.0))
        module.me = [module]  # type: ignore[attr-defined]
        loop: list[Any] = [module]
        loop.append(loop)
        module.loop = loop  # type: ignore[attr-defined]
        assert names(module) == ["x"]

    def test_deep_nesting_does_not_recurse(self) -> None:
        nested: Any = Value(1.0)
        for _ in range(10_000):
            nested = [nested]
        assert len(Holder(nested=nested).parameters()) == 1

    def test_two_parameters_of_one_name_are_an_error(self) -> None:
        module = Holder(d={1: Value(1.0), "1": Value(2.0)})
        assert "'d.1'" in raised(ValueError, module.parameters)

    def test_zero_grad_clears_every_parameter(self) -> None:
        mlp = nn.MLP(2, [3, 1], rng=0)
        mlp([1.0, 2.0]).backward()
        assert any(parameter.grad for parameter in mlp.parameters())
        mlp.zero_grad()
        assert [parameter.grad for parameter in mlp.parameters()] == [0.0] * 13

    def test_copy_and_pickle_keep_the_numbers_in_values_of_their_own(self) -> None:
        mlp = nn.MLP(2, [3, 1], ag.tanh, rng=0)
        for twin in (copy.deepcopy(mlp), pickle.loads(pickle.dumps(mlp))):
            assert twin.state_dict() == mlp.state_dict()
            assert twin([1.0, 2.0]).data == mlp([1.0, 2.0]).data
            assert twin.layers[0].neurons[0](0.5 for _ in "xy").op is ag.tanh
            assert not set(map(id, twin.parameters())) & set(map(id, mlp.parameters()))


class TestStateDict:
    def test_it_maps_names_to_plain_floats(self) -> None:
        state = Holder(a=Value(1), b=[Value(2)]).state_dict()
        assert state == {"a": 1.0, "b.0": 2.0}
        assert [type(x) for x in state.values()] == [float, float]

    def test_loading_gives_the_numbers_to_the_parameters_it_has(self) -> None:
        source, target = nn.MLP(2, [3, 1], rng=1), nn.MLP(2, [3, 1], rng=2)
        before = target.parameters()
        target.load_state_dict(source.state_dict())
        assert target.state_dict() == source.state_dict()
        assert all(x is y for x, y in zip(before, target.parameters(), strict=True))

    def test_one_error_names_every_entry_that_does_not_fit_and_nothing_changes(self) -> None:
        module = Holder(a=Value(1.0), b=Value(2.0), c=Value(3.0), d=Value(4.0), e=Value(5.0))
        state: dict[Any, Any] = {"a": 9.0, "b": "9", "c": [9.0], "x": 1.0, 7: 2.0}
        message = raised(StateDictError, lambda: module.load_state_dict(state))
        assert "missing: 'd', 'e'" in message
        assert "extra: 'x', 7" in message
        assert "'b' (str), 'c' (list)" in message
        assert list(module.state_dict().values()) == [1.0, 2.0, 3.0, 4.0, 5.0]

    @pytest.mark.parametrize("entry", [None, True, "1", [1.0], {}, Value(1.0), 1j, 10**400])
    def test_an_entry_that_is_no_number_is_misshapen(self, entry: Any) -> None:
        module = Holder(a=Value(1.0))
        message = raised(StateDictError, lambda: module.load_state_dict({"a": entry}))
        assert f"'a' ({type(entry).__name__})" in message
        assert module.state_dict() == {"a": 1.0}

    def test_what_is_no_mapping_is_a_type_error(self) -> None:
        state: Any = [1.0]
        assert "list" in raised(TypeError, lambda: Holder().load_state_dict(state))


class TestFiles:
    NUMBERS = (0.1, -0.0, 1 / 3, 5e-324, 1.7976931348623157e308, NAN, INF, -INF, 1e22, 2.0)

    def test_a_file_brings_every_number_back_bit_for_bit(self, tmp_path: Path) -> None:
        path = tmp_path / "model.json"
        Holder(x=[Value(x) for x in self.NUMBERS]).save(path)
        module = Holder(x=[Value(7.0) for _ in self.NUMBERS])
        module.load(path)
        numbers = [x.data for x in module.parameters()]
        assert [x.hex() for x in numbers] == [x.hex() for x in self.NUMBERS]

    def test_a_trained_model_answers_the_same_after_a_round_trip(self, tmp_path: Path) -> None:
        source, target = nn.MLP(2, [4, 1], rng=1), nn.MLP(2, [4, 1], rng=2)
        source.save(str(tmp_path / "model.json"))
        target.load(str(tmp_path / "model.json"))
        assert target([0.3, -0.7]).data == source([0.3, -0.7]).data

    def test_the_file_is_json_in_the_strict_sense(self, tmp_path: Path) -> None:
        path = tmp_path / "model.json"
        Holder(a=Value(NAN), b=Value(-INF), c=Value(0.5)).save(path)

        def refuse(literal: str) -> float:
            raise AssertionError(f"{literal} is not JSON")

        found = json.loads(path.read_text("utf-8"), parse_constant=refuse)
        assert found == {"a": "nan", "b": "-inf", "c": 0.5}

    def test_saving_replaces_the_file_and_leaves_no_other(self, tmp_path: Path) -> None:
        path = tmp_path / "model.json"
        path.write_text("old", "utf-8")
        Holder(a=Value(1.0)).save(path)
        assert json.loads(path.read_text("utf-8")) == {"a": 1.0}
        assert list(tmp_path.iterdir()) == [path]

    def test_a_failed_save_leaves_everything_as_it_was(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "model.json"
        path.write_text("old", "utf-8")

        def full(*arguments: object) -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="full"):
            Holder(a=Value(1.0)).save(path)
        assert path.read_text("utf-8") == "old"
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("", "not a JSON file"),
            ("import os", "not a JSON file"),
            ("[" * 100_000, "not a JSON file"),
            ("[1.0]", "holds a list"),
            ('{"a": null}', "'a' (NoneType)"),
            ('{"a": "infinity"}', "'a' (str)"),
            ('{"b": 1.0}', "missing: 'a'; extra: 'b'"),
            ('{"a": 1e400}', "'a' (1e400)"),
            ('{"a": -1e309}', "'a' (-1e309)"),
            (f'{{"a": {"9" * 5000}}}', "'a' (9999"),
            ('{"a": NaN}', "'a' (NaN without quotes)"),
            ('{"a": -Infinity}', "'a' (-Infinity without quotes)"),
            ('{"a": true}', "'a' (bool)"),
            ('{"a": "1.0"}', "'a' (str)"),
            ('{"a": [1.0]}', "'a' (list)"),
            ('{"a": 1.0, "a": 2.0}', "model.json has more than one entry for 'a'"),
            ('{"a": 1.0, "b": 2.0, "b": 2.0}', "model.json has more than one entry for 'b'"),
            ('{"a": {"c": 1, "c": 1}}', "model.json has more than one entry for 'c'"),
            ("", "model.json is not a JSON file"),
            ('{"a": 1.0', "model.json is not a JSON file"),
            ('{"a": 1.0} x', "model.json is not a JSON file"),
            ('\ufeff{"a": 1.0}', "model.json is not a JSON file"),
        ],
    )
    def test_a_file_that_does_not_fit_changes_nothing(
        self, tmp_path: Path, text: str, complaint: str
    ) -> None:
        path = tmp_path / "model.json"
        path.write_text(text, "utf-8")
        module = Holder(a=Value(1.0))
        with pytest.raises(StateDictError) as caught:
            module.load(path)
        assert complaint in str(caught.value)
        assert "model.json" in caught.value.__notes__[0]
        assert module.state_dict() == {"a": 1.0}

    def test_bytes_that_are_no_text_are_a_state_dict_error(self, tmp_path: Path) -> None:
        path = tmp_path / "model.json"
        path.write_bytes(b"\xff\xfe\x00")
        assert "not a JSON file" in raised(StateDictError, lambda: Holder().load(path))

    def test_a_missing_file_and_a_folder_are_the_usual_errors(self, tmp_path: Path) -> None:
        raised(FileNotFoundError, lambda: Holder().load(tmp_path / "none.json"))
        raised(IsADirectoryError, lambda: Holder().load(tmp_path))

    def test_what_rounds_to_a_float_is_loaded(self, tmp_path: Path) -> None:
        (tmp_path / "model.json").write_text('{"a": 123456789012345678901, "b": 1e-400}')
        module = Holder(a=Value(1.0), b=Value(1.0))
        module.load(tmp_path / "model.json")
        assert module.state_dict() == {"a": 123456789012345678901.0, "b": 0.0}

    def test_an_error_names_ten_entries_and_counts_the_rest(self) -> None:
        module = nn.MLP(30, [50, 1], rng=0)
        many = {str(i): 1.0 for i in range(100_000)}
        wrong: Any = dict.fromkeys(module.state_dict(), "x" * 10_000)
        for state in ({}, many, {"x" * 100_000: 1.0}, wrong):
            message = raised(StateDictError, partial(module.load_state_dict, state))
            assert "'layers.0.neurons.0.weights.9'" in message
            assert "and 1,591 more" in message
            assert len(message) < 1000
        assert "'9' and 99,990 more" in raised(StateDictError, lambda: module.load_state_dict(many))


class TestCalls:
    def test_every_node_made_inside_carries_the_innermost_call(self) -> None:
        out = nn.MLP(2, [2, 1], rng=0)([1.0, 2.0])
        made = [node for node in topological_order(out) if not node.is_leaf]
        assert [(node.op.name, node.call.path) for node in made if node.op] == [
            *[(op, "layers.0.neurons.0") for op in ("*", "*", "sum", "tanh")],
            ("*", "layers.1.neurons.0"),
            *[(op, "layers.0.neurons.1") for op in ("*", "*", "sum", "tanh")],
            ("*", "layers.1.neurons.0"),
            ("sum", "layers.1.neurons.0"),
        ]

    def test_a_call_knows_the_calls_it_was_made_from(self) -> None:
        call = nn.MLP(2, [2, 1], rng=0)([1.0, 2.0]).call
        chain = []
        while call is not None:
            chain.append((call.kind, call.path))
            call = call.parent
        assert chain == [("Neuron", "layers.1.neurons.0"), ("Layer", "layers.1"), ("MLP", "")]

    def test_nodes_of_one_call_share_one_note(self) -> None:
        out = nn.Neuron(2, rng=0)([1.0, 2.0])
        notes = {id(node.note) for node in topological_order(out) if not node.is_leaf}
        assert len(notes) == 1

    def test_a_layer_called_twice_is_two_numbered_groups(self) -> None:
        second = Twice()(Value(1.0))
        first = second.parents[0].parents[1]
        assert (first.call.path, first.call.number) == ("neuron", 1)
        assert (second.call.path, second.call.number) == ("neuron", 2)
        assert first.call != second.call
        assert first.call.parent is second.call.parent

    def test_two_outermost_calls_are_two_groups_of_number_one(self) -> None:
        neuron = nn.Neuron(1, rng=0)
        first, second = neuron(1.0).call, neuron(1.0).call
        assert first != second
        assert (first.number, second.number) == (1, 1)

    def test_a_grandchild_has_its_path_and_a_stranger_has_none(self) -> None:
        layer, stranger = nn.Layer(1, 2, rng=0), nn.Neuron(1, rng=0)

        class Caller(nn.Module):
            def __init__(self) -> None:
                self.layer = layer

            def forward(self, x: Any) -> Any:
                return layer.neurons[1](x), stranger(x)

        known, unknown = Caller()(1.0)
        assert (known.call.path, unknown.call.path) == ("layer.neurons.1", "")
        assert known.call.parent is unknown.call.parent

    def test_leaves_and_nodes_made_elsewhere_carry_no_call(self) -> None:
        x = Value(2.0)
        square = x * x
        neuron = nn.Neuron(1, rng=0)
        out = neuron(square)
        assert (x.call, square.call, neuron.bias.call, (out * 2).call) == (None,) * 4

    def test_a_label_given_inside_keeps_the_call(self) -> None:
        class Labelled(nn.Module):
            def forward(self, x: Any) -> Any:
                y = x * x
                y.label = "y"
                return y, x + 1

        y, other = Labelled()(Value(2.0))
        assert (y.label, other.label) == ("y", "")
        assert y.call is other.call

    def test_an_exception_inside_restores_the_context(self) -> None:
        class Fails(nn.Module):
            def __init__(self) -> None:
                self.neuron = nn.Neuron(2, rng=0)

            def forward(self, x: Any) -> Any:
                with pytest.raises(ValueError, match="got 1 input:"):
                    self.neuron([x])
                self.inside = x + 1
                raise KeyError("mine")

        module, x = Fails(), Value(1.0)
        with pytest.raises(KeyError, match="mine"):
            module(x)
        assert module.inside.call.kind == "Fails"
        assert (x + 1).call is None

    def test_overriding_the_call_itself_makes_no_group(self) -> None:
        class Plain(nn.Module):
            def __call__(self, x: Any) -> Any:
                return x * x

        assert Plain()(Value(3.0)).call is None

    def test_calls_take_any_arguments_and_give_any_result(self) -> None:
        class Free(nn.Module):
            def forward(self, x: Any, *, by: float) -> dict[str, Any]:
                return {"out": x * by}

        assert Free()(Value(3.0), by=2.0)["out"].data == 6.0

    def test_without_forward_the_error_names_the_class(self) -> None:
        assert "Holder has no forward()" in raised(NotImplementedError, lambda: Holder()(1.0))

    def test_a_call_under_no_grad_gives_leaves(self) -> None:
        with no_grad():
            assert nn.Neuron(1, rng=0)(1.0).is_leaf

    def test_a_module_that_keeps_its_output_makes_no_reference_cycle(self) -> None:
        class Keeps(nn.Module):
            def forward(self, x: Any) -> Any:
                self.last = x * x
                return self.last

        gc.collect()
        gc.disable()
        try:
            module = Keeps()
            module(Value(1.0))
            del module
            assert gc.collect() == 0
        finally:
            gc.enable()


class TestNeuron:
    def test_it_is_one_sum_over_products_and_bias_then_the_activation(self) -> None:
        neuron = nn.Neuron(3, "tanh", rng=0)
        a = neuron([1.0, 2.0, 3.0])
        (z,) = a.parents
        assert (a.op, z.op) == (ag.tanh, ag.sum)
        assert [parent.op and parent.op.name for parent in z.parents] == ["*", "*", "*", None]
        assert z.parents[-1] is neuron.bias

    def test_its_value_and_gradient_are_those_of_the_formula(self) -> None:
        neuron = nn.Neuron(2, None, rng=0)
        neuron.weights[0].data, neuron.weights[1].data, neuron.bias.data = 2.0, -3.0, 0.5
        x = Value(4.0)
        out = neuron([x, 5.0])
        out.backward()
        assert out.data == 2.0 * 4.0 - 3.0 * 5.0 + 0.5
        assert [w.grad for w in neuron.weights] == [4.0, 5.0]
        assert (neuron.bias.grad, x.grad) == (1.0, 2.0)

    def test_there_are_these_activations(self) -> None:
        relus = ["relu", "leaky_relu", "elu", "silu", "gelu", "softplus"]
        others = ["tanh", "sigmoid", "erf", "atan", "asinh", "sin", "cos", "exp", "abs"]
        assert list(nn.ACTIVATIONS) == relus + others

    @pytest.mark.parametrize("rng", [True, False, np.bool_(True), 1.0, "0"])
    @pytest.mark.parametrize(
        "build",
        [
            lambda rng: nn.Neuron(2, rng=rng),
            lambda rng: nn.Layer(2, 2, rng=rng),
            lambda rng: nn.MLP(2, [1], rng=rng),
        ],
    )
    def test_what_is_no_seed_is_refused(self, build: Any, rng: Any) -> None:
        message = raised(TypeError, lambda: build(rng))
        assert message == f"rng is a random.Random, an int to seed one, or None, got {rng!r}"

    def test_an_int_of_numpy_seeds_as_that_of_python_does(self) -> None:
        seed: Any = np.int64(7)
        one, other = nn.Neuron(2, rng=seed), nn.Neuron(2, rng=7)
        assert one.state_dict() == other.state_dict()

    @pytest.mark.parametrize("name", sorted(nn.ACTIVATIONS))
    def test_an_activation_by_name_is_the_function_of_that_name(self, name: str) -> None:
        neuron, linear = nn.Neuron(1, name, rng=0), nn.Neuron(1, None, rng=0)
        linear.load_state_dict(neuron.state_dict())
        assert neuron(0.5).data == getattr(ag, name)(linear(0.5)).data

    def test_an_activation_may_be_any_function(self) -> None:
        neuron = nn.Neuron(1, lambda z: z * z, rng=0)
        neuron.weights[0].data = 3.0
        assert neuron(2.0).data == 36.0

    def test_an_activation_that_is_a_module_brings_its_parameters(self) -> None:
        class Scale(nn.Module):
            def __init__(self) -> None:
                self.factor = Value(2.0)

            def forward(self, z: Any) -> Any:
                return self.factor * z

        neuron = nn.Neuron(1, Scale(), rng=0)
        assert names(neuron) == ["weights.0", "bias", "activation.factor"]
        assert neuron(1.0).call.path == "activation"

    def test_weights_and_bias_are_labelled_and_have_micrograds_names(self) -> None:
        neuron = nn.Neuron(2, rng=0)
        assert [x.label for x in neuron.parameters()] == ["w0", "w1", "b"]
        assert neuron.w is neuron.weights
        assert neuron.b is neuron.bias
        with pytest.raises(AttributeError):
            neuron.b = Value(0.0)  # type: ignore[misc]

    @pytest.mark.parametrize("inputs", [[], [1.0], [1.0] * 3, 1.0, Value(1.0)])
    def test_a_wrong_number_of_inputs_is_an_error_with_both(self, inputs: Any) -> None:
        given = pluralize(len(inputs) if isinstance(inputs, list) else 1, "input")
        message = raised(ValueError, lambda: nn.Neuron(2, rng=0)(inputs))
        assert "2 weights" in message
        assert f"got {given}: pass one" in message

    @pytest.mark.parametrize(
        ("activation", "bound"),
        [
            *[(name, math.sqrt(6 / 15)) for name in ("tanh", "sigmoid", None)],
            *[(name, math.sqrt(6 / 10)) for name in ("relu", "leaky_relu", "elu", "gelu", "silu")],
        ],
    )
    def test_weights_start_uniform_in_the_bound_of_glorot_or_he(
        self, activation: str | None, bound: float
    ) -> None:
        layers = [nn.Layer(10, 5, activation, rng=seed) for seed in range(40)]
        neurons = [neuron for layer in layers for neuron in layer.neurons]
        weights = [w.data for neuron in neurons for w in neuron.weights]
        assert 0.99 * bound < max(map(abs, weights)) <= bound
        variance = math.fsum(w * w for w in weights) / len(weights)
        assert variance == pytest.approx(bound**2 / 3, rel=0.1)
        assert all(neuron.bias.data == 0.0 for neuron in neurons)


class TestLayersAndMLP:
    def test_a_layer_gives_a_list_and_one_neuron_its_value_alone(self) -> None:
        assert len(nn.Layer(2, 3, rng=0)([1.0, 2.0])) == 3
        assert isinstance(nn.Layer(2, 1, rng=0)([1.0, 2.0]), Value)
        assert len(nn.MLP(2, [4, 2], rng=0)([1.0, 2.0])) == 2
        assert isinstance(nn.MLP(2, [4, 1], rng=0)([1.0, 2.0]), Value)

    def test_hidden_layers_of_one_neuron_feed_the_next(self) -> None:
        assert isinstance(nn.MLP(1, [1, 2, 1, 1], rng=0)(0.5), Value)

    def test_all_layers_but_the_last_have_the_activation(self) -> None:
        layers = nn.MLP(2, [3, 3, 1], "relu", rng=0).layers
        activations = [neuron.activation for layer in layers for neuron in layer.neurons]
        assert activations == ["relu"] * 6 + [None]

    def test_an_mlp_is_its_layers_one_after_the_other(self) -> None:
        mlp = nn.MLP(2, [3, 2], rng=0)
        first, second = mlp.layers
        results = mlp([1.0, 2.0]), second(first([1.0, 2.0]))
        assert [y.data for y in results[0]] == [y.data for y in results[1]]

    def test_seeds_make_weights_reproducible(self) -> None:
        def states(rng: Callable[[], Any]) -> list[dict[str, float]]:
            return [nn.MLP(2, [3, 1], rng=rng()).state_dict() for _ in range(2)]

        for rng in (lambda: 7, lambda: random.Random(7)):
            one, two = states(rng)
            assert one == two
            assert one == nn.MLP(2, [3, 1], rng=7).state_dict()
        shared = random.Random(7)
        one, two = states(lambda: shared)
        assert one != two

    def test_without_a_generator_pythons_own_seed_counts(self) -> None:
        random.seed(5)
        one, two = nn.Neuron(3), nn.Neuron(3)
        random.seed(5)
        assert nn.Neuron(3).state_dict() == one.state_dict() != two.state_dict()

    @pytest.mark.parametrize(
        ("make", "kind", "message"),
        [
            (lambda: any_nn.Neuron(0), ValueError, "nin is at least 1, got 0"),
            (lambda: any_nn.Neuron(2.0), TypeError, "nin is a positive int, got 2.0"),
            (lambda: any_nn.Neuron(True), TypeError, "nin is a positive int, got True"),
            (lambda: any_nn.Layer(2, -1), ValueError, "nout is at least 1, got -1"),
            (lambda: any_nn.MLP(2, []), ValueError, "at least one size"),
            (lambda: any_nn.MLP(2, 3), TypeError, "nouts lists the size of every layer"),
            (lambda: any_nn.MLP(2, [3, 0]), ValueError, "nouts[1] is at least 1, got 0"),
            (lambda: any_nn.MLP(2, [3, "1"]), TypeError, "nouts[1] is a positive int, got '1'"),
            (lambda: any_nn.MLP(2, [1], "tan-h"), ValueError, "'tan-h': use one of abs, "),
            (lambda: any_nn.Neuron(2, 3), TypeError, "a name, a function or None, got 3"),
            (lambda: any_nn.Neuron(2, rng="x"), TypeError, "a random.Random, an int"),
        ],
    )
    def test_wrong_arguments_are_clear_errors(
        self, make: Callable[[], object], kind: type[Exception], message: str
    ) -> None:
        assert message in raised(kind, make)


class TestRepr:
    def test_it_shows_the_tree_with_parameter_counts(self) -> None:
        assert repr(nn.MLP(2, [2, 1], "relu", rng=0)).splitlines() == [
            "MLP(2, [2, 1], relu): 9 parameters",
            "  layers.0: Layer(2, 2, relu): 6 parameters",
            "    neurons.0 to neurons.1: 2 x Neuron(2, relu): 3 parameters",
            "  layers.1: Layer(2, 1): 3 parameters",
            "    neurons.0: Neuron(2): 3 parameters",
        ]

    def test_a_function_shows_its_name(self) -> None:
        def bump(z: Any) -> Any:
            return z

        assert repr(nn.Neuron(1, bump, rng=0)) == "Neuron(1, bump): 2 parameters"

    def test_alike_attributes_keep_lines_of_their_own(self) -> None:
        module = Holder(a=Holder(x=Value(1.0)), b=Holder(x=Value(1.0)))
        assert repr(module).splitlines() == [
            "Holder(): 2 parameters",
            "  a: Holder(): 1 parameter",
            "  b: Holder(): 1 parameter",
        ]

    def test_a_module_inside_itself_is_shown_once(self) -> None:
        inner = Holder()
        outer = Holder(inner=inner)
        vars(inner)["outer"] = outer
        assert repr(outer).splitlines()[-1] == "    outer: Holder (shown above)"


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_a_batch_of_samples_says_that_a_model_takes_one(rows: int) -> None:
    model = nn.MLP(3, [2, 1], rng=0)
    batch = np.ones((rows, 3))
    for inputs in (batch, batch.tolist(), [tuple(row) for row in batch]):
        compiled: Any = compile(lambda m, xs: m(xs), backend="python")
        for call in (model, partial(compiled, model)):
            with pytest.raises(ValueError, match="3 weights and got") as caught:
                call(inputs)  # type: ignore[arg-type]
            advice = "call the model for each, as in [model(x) for x in xs] or vmap(model)(xs)"
            got = f"got {pluralize(rows, 'row')} of inputs: of a batch of samples {advice}"
            assert got in str(caught.value)
    expected = [model(x).data for x in batch.tolist()]
    each = compile(lambda m, xs: [m(x) for x in xs], backend="python")
    assert each(model, batch).tolist() == expected
    assert [y.data for y in vmap(model)(batch)] == expected


@pytest.mark.parametrize(
    ("holder", "kind"),
    [
        ({Value(1.0)}, "a set"),
        (frozenset([nn.Neuron(1)]), "a frozenset"),
        (deque([Value(1.0)]), "a deque"),
        (np.array([Value(1.0)], dtype=object), "a ndarray"),
    ],
)
def test_what_holds_values_at_no_place_with_a_name_is_refused(holder: Any, kind: str) -> None:
    module = Holder(deep=[{"ws": holder}])
    told = rf"deep\.0\.ws is {kind} with Values or modules, whose parameters would not be found"
    with pytest.raises(TypeError, match=told):
        module.parameters()


@pytest.mark.parametrize("holder", [{"a"}, frozenset([1]), deque([1.0]), np.ones(3), np.array("a")])
def test_sets_and_arrays_of_other_things_are_of_no_account(holder: Any) -> None:
    assert Holder(names=holder).parameters() == []
