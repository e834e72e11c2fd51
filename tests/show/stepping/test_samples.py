"""The samples of a training: one graph, and for each sample the numbers that differ."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

import autograd
from autograd import Value, no_grad
from autograd.losses import binary_cross_entropy
from autograd.nn import MLP, Module, Neuron
from autograd.show.stepping import samples as samples_module
from autograd.show.stepping.one_graph import Samples
from autograd.show.stepping.samples import record_samples

W = Value(2.0, "w")


def record(loss: Any, data: Any, parameters: Sequence[Value] = (W,), model: Any = None) -> Samples:
    return record_samples(model, loss, data, parameters)


def names(samples: Samples, places: Sequence[int]) -> list[str]:
    return [samples.order[place].label for place in places]


def test_what_is_the_same_in_all_samples_is_no_column() -> None:
    found = record(
        lambda _, x, y: (W * x[0] + x[1] - y) ** 2, [([1.0, 5.0], 2.0), ([3.0, 5.0], 2.0)]
    )
    assert names(found, found.columns) == ["x1"]
    assert names(found, found.inputs) == ["x1", "x2"]
    assert found.rows == [[1.0], [3.0]]
    assert found.losses == [25.0, 81.0]


def test_plain_numbers_that_differ_become_leaves_named_after_y() -> None:
    found = record(lambda _, x, y: W * x * y + (1.0 - y) * W - y, [(1.0, 2.0), (3.0, 4.0)])
    assert names(found, found.columns) == ["x", "y", "1 − y"]
    assert found.rows == [[1.0, 2.0, -1.0], [3.0, 4.0, -3.0]]


def test_of_several_targets_each_has_its_name_and_other_numbers_are_counted() -> None:
    found = record(
        lambda _, x, y: W * x * y[0] * y[1] + y[0] * y[1], [(1.0, (2.0, 3.0)), (3.0, (4.0, 5.0))]
    )
    assert names(found, found.columns) == ["x", "y1", "y2", "number 1"]


def test_the_graph_is_a_copy_with_the_same_numbers() -> None:
    model = MLP(1, [2, 1], rng=0)
    roots = []

    def loss(model: Any, x: Value, y: float) -> Value:
        root: Value = (model([x]) - y) ** 2
        roots.append(root)
        return root

    found = record(loss, [(0.5, 1.0), (1.5, 2.0)], model.parameters(), model)
    assert found.root.data == roots[0].data
    assert not set(found.order) & set(autograd.engine.graph.topological_order(roots[0]))
    assert found.root.label == "loss"
    assert [found.order[place]._data for place in found.parameters.values()] != []
    assert {which: found.order[place]._data for which, place in found.parameters.items()} == {
        i: p.data for i, p in enumerate(model.parameters())
    }


def test_numbers_of_a_tree_are_values_and_other_things_stay() -> None:
    seen = []

    def loss(_: Any, x: Any, y: Any) -> Value:
        seen.append(x)
        found: Value = W * x["a"][0] * x["b"]
        return found

    record(loss, [({"a": [1.0, "text", True], "b": 2}, "y")])
    ((given,),) = [seen]
    assert isinstance(given["a"][0], Value)
    assert given["a"][1:] == ["text", True]
    assert isinstance(given["b"], Value)


def test_whole_numbers_that_are_indexes_stay_plain() -> None:
    table = [Value(1.0), Value(2.0)]
    found = record(lambda _, x, y: table[x] * W - y, [(1, 0.5), (1, 1.5)])
    assert found.inputs == []
    assert names(found, found.columns) == ["y"]


def test_rows_of_numpy_are_lists_of_values() -> None:
    numpy = pytest.importorskip("numpy")
    found = record(
        lambda _, x, y: W * x[0] + x[1] - y, zip(numpy.eye(2), numpy.array([0, 1]), strict=True)
    )
    assert found.rows == [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]
    single = [([numpy.float32(x), numpy.int64(2)], numpy.int64(x)) for x in (1, 3)]
    found = record(lambda _, x, y: W * x[0] + x[1] - y, single)
    assert names(found, found.inputs) == ["x1", "x2"]
    assert names(found, found.columns) == ["x1", "y"]


def test_a_loss_that_looks_at_y_is_recorded_with_constants_where_that_is_one_graph() -> None:
    model = Neuron(1, activation=None, rng=0)
    data = [(1.0, 0), (2.0, 1)]
    found = record(
        lambda model, x, y: binary_cross_entropy(model([x]), y), data, model.parameters(), model
    )
    assert names(found, found.columns) == ["y", "x"]
    assert found.losses == [binary_cross_entropy(model([x]), y).data for x, y in data]


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (lambda y: W * y, "it has|is another"),
        (lambda y: (W * y).tanh().tanh(), "it has 7 nodes, not|is another"),
    ],
)
def test_another_graph_names_the_sample_and_what_to_do(other: Any, what: str) -> None:
    def loss(_: Any, x: Value, y: float) -> Value:
        return W * x - y if y < 2.0 else other(x)

    with pytest.raises(
        ValueError, match=f"the graph of sample 3 is not .*({what}).* Choose with where"
    ):
        record(loss, [(1.0, 0.0), (1.0, 1.0), (1.0, 2.0)])


def test_no_grad_around_it_changes_nothing() -> None:
    with no_grad():
        found = record(lambda _, x, y: W * x - y, [(1.0, 2.0)])
    assert len(found.order) == 4


class Twice(Module):
    def __init__(self) -> None:
        self.w = Value(1.0)

    def forward(self, x: Value) -> Any:
        return self.w * x


def test_the_output_is_that_of_the_one_call_of_the_model() -> None:
    model = MLP(1, [2, 1], rng=0)
    found = record(
        lambda model, x, y: (model([x]) - y) ** 2, [(0.5, 1.0)], model.parameters(), model
    )
    assert found.output is not None
    assert found.order[found.output]._data == model([0.5]).data
    twice = Twice()
    several = record(lambda m, x, y: m(x) + m(x) - y, [(0.5, 1.0)], [twice.w], twice)
    assert several.output is None
    none = record(lambda m, x, y: m.w * x - y, [(0.5, 1.0)], [twice.w], twice)
    assert none.output is None


def test_what_takes_long_says_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(range(100))
    monkeypatch.setattr(
        samples_module, "time", type("Clock", (), {"monotonic": lambda: next(times)})
    )
    record(lambda _, x, y: W * x - y, [(1.0, 2.0)] * 3)
    assert re.findall(r"recorded \d of 3 samples", capsys.readouterr().err)
