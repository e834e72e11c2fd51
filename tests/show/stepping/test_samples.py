"""The samples of a training: one graph, and for each sample the numbers that differ."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

import autograd
from autograd import Value, no_grad
from autograd.formulas.js_spelling import Kind
from autograd.losses import binary_cross_entropy
from autograd.nn import MLP, Module, Neuron
from autograd.show.stepping import samples as samples_module
from autograd.show.stepping.one_graph import Samples
from autograd.show.stepping.samples import record_samples
from autograd.show.stepping.training_data import training_data

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


# --- samples of other structures --------------------------------------------------------------


def ops(samples: Samples) -> list[str]:
    return [node.op.name for node in samples.order if node.op is not None]


def test_what_an_if_in_python_tells_apart_is_one_graph_that_chooses() -> None:
    def loss(_: Any, x: Value, y: float) -> Value:
        found: Value = W * x
        return found - y if y < 2.0 else (found - y) ** 2

    found = record(loss, [(1.0, 0.0), (2.0, 1.0), (3.0, 5.0), (4.0, 7.0)])
    assert ops(found) == ["*", "-", "**", "lookup"]  # W·x - y is shared
    assert found.structures == 2
    assert names(found, found.columns) == ["x", "y", "case"]
    assert found.rows == [[1.0, 0.0, 0.0], [2.0, 1.0, 0.0], [3.0, 5.0, 1.0], [4.0, 7.0, 1.0]]
    assert found.losses == [2.0, 3.0, 1.0, 1.0]
    assert found.root.data == 2.0


def told(samples: Samples) -> list[str]:
    lines: list[str] = training_data(samples, _kinds(samples), (0.1, 0.0), [])["frozen"]
    return lines


def _kinds(samples: Samples) -> list[Kind]:
    found = ((x.op, len(x.operands)) for x in samples.order if x.op is not None)
    return list(dict.fromkeys(found))


LOOKUP = "The graph has all of them, and its lookup takes that of the sample."


def test_which_samples_have_which_structure_is_told() -> None:
    def by_class(_: Any, x: Value, y: Any) -> Value:
        found: Value = W * x
        return found if y in (0, "cat") else found.exp() if y else found.tanh()

    def by_sign(_: Any, x: Value, y: float) -> Value:
        return W * x if x > 0 else W - x

    assert told(record(by_sign, [(1.0, 2.0), (2.0, 2.0)])) == []
    assert told(record(by_class, [(1.0, 0), (2.0, 1), (3.0, 0)])) == [
        f"The loss has a formula for each of y = 0 and y = 1, as after an if in Python. {LOOKUP}"
    ]
    assert told(record(by_class, [(1.0, "dog"), (2.0, "cat"), (3.0, "cow")])) == [
        "The loss has a formula for each of y = dog or cow and y = cat, as after an if in Python. "
        + LOOKUP
    ]
    assert told(record(by_sign, [(1.0, 2.0), (-2.0, 2.0), (-3.0, 1.0)])) == [
        "The loss has 2 formulas, as after an if: 1 sample like sample 1 and 2 samples like "
        f"sample 2. {LOOKUP}"
    ]


def test_where_y_says_which_graph_it_is_y_chooses() -> None:
    model = Neuron(1, activation=None, rng=0)
    data = [(1.0, 1), (2.0, 0), (3.0, 1)]
    found = record(
        lambda model, x, y: binary_cross_entropy(model([x]), y), data, model.parameters(), model
    )
    assert names(found, found.columns) == ["x", "y"]
    assert found.rows == [[1.0, 1.0], [2.0, 0.0], [3.0, 1.0]]
    assert ops(found)[-1] == "lookup"
    assert found.losses == [binary_cross_entropy(model([x]), y).data for x, y in data]
    assert found.output is not None


def test_sequences_of_other_lengths_share_their_beginning() -> None:
    def loss(_: Any, x: list[Value], y: float) -> Value:
        h: Any = 0.0
        for each in x:
            h = (W * each + h).tanh()
        found: Value = (h - y) ** 2
        return found

    found = record(loss, [([1.0], 0.5), ([1.0, 2.0, 3.0], 0.5), ([2.0, 1.0], 0.5), ([3.0], 0.5)])
    assert found.structures == 3
    assert ops(found).count("tanh") == 3
    assert names(found, found.inputs) == ["x1", "x2", "x3"]
    assert [row[-1] for row in found.rows] == [0.0, 1.0, 2.0, 0.0]


def test_an_input_that_no_loss_uses_is_not_there() -> None:
    found = record(lambda _, x, y: W * x[1] - y, [([1.0, 2.0], 0.5), ([1.0, 3.0, 4.0], 0.5)])
    assert names(found, found.inputs) == ["x2"]
    assert found.structures == 1


def test_where_the_model_is_another_for_each_graph_it_has_no_output() -> None:
    twice = Twice()
    found = record(
        lambda m, x, y: (m(x) if x > 0 else m(x).tanh()) - y,
        [(1.0, 1), (-1.0, 1)],
        [twice.w],
        twice,
    )
    assert found.structures == 2
    assert found.output is not None
    other = record(
        lambda m, x, y: (m(x) if x > 0 else m(2 * x)) - y, [(1.0, 1), (-1.0, 1)], [twice.w], twice
    )
    assert other.output is None


def test_a_loss_of_too_many_graphs_is_recorded_with_constants_where_that_is_one_graph(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(samples_module, "MOST_GRAPHS", 1)
    model = Neuron(1, activation=None, rng=0)
    data = [(1.0, 0), (2.0, 1)]
    found = record(
        lambda model, x, y: binary_cross_entropy(model([x]), y), data, model.parameters(), model
    )
    assert names(found, found.columns) == ["y", "x"]
    assert found.structures == 1
    assert found.losses == [binary_cross_entropy(model([x]), y).data for x, y in data]


def test_too_many_graphs_name_the_sample_and_what_to_do() -> None:
    def loss(_: Any, x: list[Value], y: float) -> Value:
        found: Value = W * x[0] - y
        for _each in x:
            found = found.tanh()
        return found

    with pytest.raises(
        ValueError,
        match=r"sample 21 has one graph more than the 20 .* it has 25 nodes, not 5.* Choose",
    ):
        record(loss, [([1.0] * length, 0.0) for length in range(1, 22)])


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
