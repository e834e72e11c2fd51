"""Dropout: which elements are 0, from keys and without, in training and in evaluation."""

import copy
import pickle
import random as python_random
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import TracedValueError, Value, check_grads, compile, nn, random, value_and_grad, vmap

any_nn: Any = nn  # takes wrong arguments
KEY = random.key(7)
X = [1.0, -2.0, 3.0, 0.5, 4.0, -1.0]


def numbers(xs: Any) -> list[float]:
    return [getattr(x, "data", x) for x in xs]


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.9])
def test_in_training_elements_are_0_or_scaled_as_the_key_says(p: float) -> None:
    kept = random.bernoulli(KEY, 1.0 - p, len(X))
    expected = [x * (m * (1.0 / (1.0 - p))) for x, m in zip(X, kept, strict=True)]
    assert numbers(nn.Dropout(p)(X, key=KEY)) == expected
    assert numbers(nn.Dropout(p)(list(map(Value, X)), KEY)) == expected


def test_a_share_of_p_is_dropped_and_the_mean_stays() -> None:
    found = nn.Dropout(0.25)([1.0] * 4000, key=KEY)
    assert set(found) == {0.0, 1.0 / 0.75}
    assert found.count(0.0) / 4000 == pytest.approx(0.25, abs=0.02)
    assert sum(found) / 4000 == pytest.approx(1.0, abs=0.03)


def test_gradients_flow_through_what_is_kept() -> None:
    xs = list(map(Value, X))
    kept = random.bernoulli(KEY, 0.5, len(X))
    ag.sum(nn.Dropout(0.5)(xs, key=KEY)).backward()
    assert [x.grad for x in xs] == [2.0 * m for m in kept]


def test_in_evaluation_and_for_p_0_the_elements_come_back_in_a_list() -> None:
    xs = list(map(Value, X))
    assert nn.Dropout(0.5).eval()(xs) == nn.Dropout(0.0)(xs, key=KEY) == xs
    for given in (tuple(X), np.array(X)):
        for found in (nn.Dropout(0.5).eval()(given), nn.Dropout(0.5)(given, key=KEY)):
            assert type(found) is list
    assert nn.Dropout(0.5).eval()(3.0) == 3.0


def test_for_p_1_all_are_0() -> None:
    assert numbers(nn.Dropout(1.0)(X, key=KEY)) == [0.0 * x for x in X]


def test_one_number_gives_one_and_a_list_a_list() -> None:
    dropout = nn.Dropout(0.5)
    assert {dropout(3.0, key=random.key(seed)) for seed in range(20)} == {0.0, 6.0}
    assert isinstance(dropout(Value(3.0), key=KEY), Value)
    assert len(dropout((1.0, 2.0), key=KEY)) == 2
    assert dropout([], key=KEY) == []


def test_without_a_key_pythons_seed_makes_it_reproducible() -> None:
    dropout = nn.Dropout(0.5)
    python_random.seed(3)
    one, two = dropout([1.0] * 40), dropout([1.0] * 40)
    python_random.seed(3)
    assert dropout([1.0] * 40) == one != two


def test_compiled_it_wants_a_key_in_training_alone() -> None:
    dropout = nn.Dropout(0.5)
    without: Any = compile(lambda m, x: m(x), backend="python")
    with pytest.raises(TracedValueError, match=r"as in model\(x, key=key\), or call model\.eval"):
        without(dropout, X)
    assert list(without(dropout.eval(), X)) == X
    with pytest.raises(TracedValueError, match=r"model\(x, key=key\)"):
        without(dropout.train(), X)


def test_compiled_every_key_gives_the_same_bits_without_a_new_recording() -> None:
    def f(m: Any, x: Any, key: Any) -> Any:
        return ag.sum([y * y for y in m(x, key=key)])

    dropout = nn.Dropout(0.3)
    compiled: Any = compile(value_and_grad(f, argnums=1), backend="python")
    keys = random.split(KEY, 5)
    found = [compiled(dropout, X, key) for key in keys]
    assert found == [value_and_grad(f, argnums=1)(dropout, X, key) for key in keys]
    assert len({repr(gradient) for _, gradient in found}) > 1
    compiled.verify(dropout, X, KEY)
    batch: Any = compile(vmap(f, in_axes=(None, None, 0)), backend="python")
    batch.verify(dropout, X, keys)


def test_in_a_scan_each_step_folds_its_number_into_the_key() -> None:
    dropout = nn.Dropout(0.5)

    def step(state: Any, number: Any) -> Any:
        x = dropout([1.0, 1.0, 1.0], key=random.fold_in(state["key"], number))
        return {"key": state["key"] * 1.0, "sum": state["sum"] + ag.sum(x)}, x

    scanned: Any = compile(step, backend="python")
    _, found = scanned.scan({"key": KEY, "sum": 0.0}, [0.0, 1.0, 2.0])
    expected = [dropout([1.0] * 3, key=random.fold_in(KEY, i)) for i in range(3)]
    assert [list(row) for row in found] == expected


def test_derivatives_to_the_second_order() -> None:
    check_grads(lambda xs: [y * y for y in nn.Dropout(0.5)(xs, key=KEY)], (X,), order=2)


def test_nodes_belong_to_its_call() -> None:
    y = nn.Dropout(0.5)([Value(1.0)], key=KEY)[0]
    assert (y.call.kind, y.call.path) == ("Dropout", "")


def test_it_has_no_parameters_and_copies_do_the_same() -> None:
    dropout = nn.Dropout(0.25)
    assert repr(dropout) == "Dropout(p=0.25): 0 parameters"
    for twin in (copy.deepcopy(dropout), pickle.loads(pickle.dumps(dropout))):
        assert twin(X, key=KEY) == dropout(X, key=KEY)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: any_nn.Dropout(1.5), ValueError, "p is a probability from 0 to 1, got 1.5"),
        (lambda: any_nn.Dropout(float("nan")), ValueError, "from 0 to 1, got nan"),
        (lambda: any_nn.Dropout("x"), TypeError, "p holds one real number, got str"),
        (lambda: any_nn.Dropout(True), TypeError, "p holds one real number, got bool"),
        (lambda: any_nn.Dropout(0.5)(X, key=0.5), ValueError, "key is a whole number"),
        (
            lambda: any_nn.Dropout(0.5)(X, key="k"),
            TypeError,
            "make one with key(seed), split or fold_in",
        ),
        (lambda: any_nn.Dropout(0.5)(["a"], key=KEY), TypeError, "holds one real number, got str"),
    ],
)
def test_what_is_wrong_is_named(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert message in str(caught.value)
