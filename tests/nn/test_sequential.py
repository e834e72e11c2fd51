"""Sequential: modules, functions and names, one after the other."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Value, check_grads, compile, nn, random, value_and_grad, vmap
from autograd.engine.graph import topological_order
from autograd.show import draw

any_nn: Any = nn  # takes wrong arguments
KEY = random.key(7)
X = [0.5, -2.0]


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 3, rng=0), ag.tanh, nn.LayerNorm(3), nn.Linear(3, 2, rng=1))


def loss(model: Any, x: Any, key: Any = None) -> Any:
    return ag.sum([y * y for y in model(x, key=key)])


def test_each_part_gets_what_the_one_before_it_gave() -> None:
    model = network()
    first, tanh, norm, last = model
    expected = last(norm([z.tanh() for z in first(X)]))
    assert tanh == "tanh"
    assert [y.data for y in model(X)] == [y.data for y in expected]


@pytest.mark.parametrize("part", ["sqrt", ag.sqrt, "relu", ag.relu])
def test_an_activation_or_an_op_of_one_operand_goes_through_a_list(part: Any) -> None:
    if part == "sqrt":
        with pytest.raises(ValueError, match="no activation named 'sqrt'"):
            nn.Sequential(part)
        return
    model = nn.Sequential(part)
    found = model([Value(4.0), 9.0])
    assert [getattr(y, "data", y) for y in found] == ([2.0, 3.0] if part is ag.sqrt else [4.0, 9.0])
    assert model(Value(4.0)).op is getattr(ag, getattr(part, "name", part))


def test_any_other_function_gets_the_whole() -> None:
    model = nn.Sequential(ag.softmax, ag.sum, lambda total: total * 2.0)
    assert model([1.0, 2.0]) == pytest.approx(2.0)
    assert nn.Sequential()(X) is X


def test_it_has_a_length_items_and_slices_that_share_the_parts() -> None:
    model = network()
    assert len(model) == len(list(model)) == 4
    assert model[0] is model.parts[0]
    assert model[-1] is model.parts[3]
    part = model[2:]
    assert isinstance(part, nn.Sequential)
    assert list(part) == [model[2], model[3]]
    with pytest.raises(IndexError):
        model[4]


def test_parameters_are_named_by_part() -> None:
    names = list(nn.Sequential(nn.Linear(1, 1), "relu", nn.Sequential(nn.RMSNorm(1))).state_dict())
    assert names == [
        "parts.0.neurons.0.weights.0",
        "parts.0.neurons.0.bias",
        "parts.2.parts.0.weights.0",
    ]


def test_a_repr_shows_functions_in_their_places() -> None:
    def bump(x: Any) -> Any:
        return x

    model = nn.Sequential(nn.Linear(1, 2), "relu", bump, nn.Sequential(ag.exp))
    assert repr(model).splitlines() == [
        "Sequential(0, relu, bump, 3): 4 parameters",
        "  parts.0: Linear(1, 2): 4 parameters",
        "    neurons.0 to neurons.1: 2 x Neuron(1): 2 parameters",
        "  parts.3: Sequential(exp): 0 parameters",
    ]


def test_each_part_that_takes_a_key_gets_its_own() -> None:
    dropout = nn.Dropout(0.5)
    model = nn.Sequential(dropout, "tanh", dropout, nn.Sequential("relu", dropout))
    xs = [float(i) for i in range(1, 30)]
    x = dropout(xs, key=random.fold_in(KEY, 0))
    x = dropout([ag.tanh(e) for e in x], key=random.fold_in(KEY, 2))
    inner = random.fold_in(random.fold_in(KEY, 3), 1)
    expected = dropout([ag.relu(e) for e in x], key=inner)
    assert model(xs, key=KEY) == expected


def test_a_module_of_the_user_gets_a_key_if_it_takes_one() -> None:
    class Noisy(nn.Module):
        def forward(self, x: Any, *, key: Any = None) -> Any:
            return key

    class Quiet(nn.Module):
        def forward(self, x: Any) -> Any:
            return x

    assert nn.Sequential(Quiet(), Noisy())(X, key=KEY) == random.fold_in(KEY, 1)
    assert nn.Sequential(Noisy())(X) is None
    assert nn.Sequential(Quiet())(X, key=KEY) is X


class _AnyKeyword(nn.Module):
    def forward(self, x: Any, **options: Any) -> Any:
        return options.get("key")


class _OwnCall(nn.Module):
    def __call__(self, x: Any, key: Any = None) -> Any:
        return key


class _Around(_AnyKeyword):
    def __call__(self, *args: Any, **options: Any) -> Any:
        return super().__call__(*args, **options)


class _AroundQuiet(nn.Module):
    def __call__(self, *args: Any, **options: Any) -> Any:
        return super().__call__(*args, **options)

    def forward(self, x: Any) -> Any:
        return x


@pytest.mark.parametrize(
    ("part", "takes"),
    [
        (_AnyKeyword(), True),
        (_OwnCall(), True),
        (_Around(), True),
        (_AroundQuiet(), False),
        (lambda x, key=None: key, True),
        (lambda x, **options: options["key"], True),
        (lambda x: x, False),
        (sorted, False),
    ],
)
def test_whatever_takes_a_key_or_any_keyword_gets_it(part: Any, takes: bool) -> None:
    expected: Any = random.fold_in(KEY, 0) if takes else sorted(X) if part is sorted else X
    assert nn.Sequential(part)(X, key=KEY) == expected


@pytest.mark.parametrize("xs", [[1.0, -2.0], (1.0, -2.0), np.array([1.0, -2.0])])
def test_lists_tuples_and_arrays_are_alike(xs: Any) -> None:
    for model in (nn.Sequential("relu"), nn.Sequential(nn.Dropout(0.5), ag.relu).eval()):
        assert model(xs) == [1.0, 0.0]
        assert list(compile(model)(xs)) == [1.0, 0.0]


def test_without_a_key_dropout_inside_draws_its_own() -> None:
    model = nn.Sequential(nn.Dropout(0.5))
    assert set(model([1.0] * 40)) == {0.0, 2.0}
    assert model.eval()([1.0] * 40) == [1.0] * 40


def test_derivatives_to_the_second_order() -> None:
    model = nn.Sequential(nn.Linear(2, 2, rng=0), "tanh", nn.Dropout(0.5), nn.Linear(2, 1, rng=1))
    check_grads(lambda m, x: m(x, key=KEY), (model, X), order=2)


def test_compiled_it_gives_the_same_bits_in_batches_and_scans_too() -> None:
    model = nn.Sequential(*network(), nn.Dropout(0.5), nn.Sequential(nn.Dropout(0.5), "exp"))
    compiled: Any = compile(value_and_grad(loss), backend="python")
    keys = random.split(KEY, 3)
    for key in keys:
        assert compiled(model, X, key) == value_and_grad(loss)(model, X, key)
    compiled.verify(model, X, KEY)
    batch: Any = compile(vmap(loss, in_axes=(None, None, 0)), backend="python")
    batch.verify(model, X, keys)

    def step(state: Any, key: Any) -> Any:
        value, gradients = value_and_grad(loss)(state, X, key)
        named = state.named_parameters()
        return {name: p - 0.01 * gradients[name] for name, p in named}, value

    trained: Any = compile(step, backend="python")
    first = copy.deepcopy(model)
    expected = []
    for key in keys:
        value, gradients = value_and_grad(loss)(first, X, key)
        expected.append(value)
        for name, p in first.named_parameters():
            p.data = p.data - 0.01 * gradients[name]
    state, values = trained.scan(model, keys)
    assert list(values) == expected
    assert state == first.state_dict()


def test_native_code_gives_the_same_bits() -> None:
    model = nn.Sequential(*network(), nn.RMSNorm(2), nn.Dropout(0.5))
    model[0].freeze()
    compile(value_and_grad(loss)).verify(model, X, KEY)


def test_nodes_belong_to_the_parts_and_a_drawing_groups_them() -> None:
    y = network()(X)[0]
    calls = {(n.call.kind, n.call.path) for n in topological_order(y) if n.op and n.call}
    assert calls == {
        *{("Neuron", f"parts.0.neurons.{i}") for i in range(3)},
        *{("Sequential", ""), ("LayerNorm", "parts.2"), ("Neuron", "parts.3.neurons.0")},
    }
    assert "LayerNorm" in str(draw(y, collapse="layer"))


def test_copies_and_pickles_do_the_same() -> None:
    model = network()
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert [y.data for y in twin(X)] == [y.data for y in model(X)]


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: any_nn.Sequential([nn.Linear(1, 1)]), TypeError, "Sequential(*parts)"),
        (lambda: any_nn.Sequential(nn.Linear(1, 1), 3), TypeError, "part 1 of a Sequential is"),
        (lambda: any_nn.Sequential(nn.Linear), TypeError, "a class: make one, as in Linear(…)"),
        (lambda: any_nn.Neuron(2, nn.Linear), TypeError, "an activation is a name, a function"),
        (lambda: any_nn.Sequential("relu")({1.0}), TypeError, "the input of a Sequential is one"),
        (lambda: any_nn.Linear(2, 3)(None), TypeError, "the input of a Linear holds one real"),
        (lambda: any_nn.Linear(2, 3)("ab"), TypeError, "the input of a Linear holds one real"),
        (lambda: any_nn.Linear(2, 3)({1.0, 2.0}), TypeError, "of a Linear is one number or a list"),
        (lambda: any_nn.Neuron(2)({0: 1.0, 1: 2.0}), TypeError, "of a Neuron is one number or a"),
        (lambda: any_nn.LayerNorm(2)({1.0, 2.0}), TypeError, "of a LayerNorm is one number or a"),
        (lambda: any_nn.Dropout()({1.0, 2.0}), TypeError, "of a Dropout is one number or a list"),
        (lambda: any_nn.Sequential(None), TypeError, "part 0 of a Sequential is"),
        (lambda: any_nn.Sequential("tan-h"), ValueError, "no activation named 'tan-h'"),
        (lambda: any_nn.Sequential(nn.Linear(2, 1))([1.0]), ValueError, "2 weights and got 1"),
    ],
)
def test_what_is_wrong_is_named(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert message in str(caught.value)
