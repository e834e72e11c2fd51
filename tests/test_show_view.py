"""Which part of a graph a drawing shows."""

import pytest

from autograd import Value
from autograd.nn import MLP
from autograd.show.view import TooManyBoxesError, view


def chain(nodes: int) -> Value:
    y = Value(0.5, "x")
    for _ in range(nodes - 1):
        y = y.tanh()
    return y


def test_the_whole_graph_is_shown_folded_as_asked() -> None:
    root = MLP(1, [2, 1], rng=0)([1.0])
    assert [len(view(root, how).boxes) for how in ("layer", "neuron", None)] == [2, 3, 18]


@pytest.mark.parametrize(("nodes", "counted"), [(11, 11), (1001, 1001)])
def test_more_boxes_than_there_may_be_are_counted(nodes: int, counted: int) -> None:
    assert len(view(chain(10), None, most=10).boxes) == 10
    with pytest.raises(TooManyBoxesError) as raised:
        view(chain(nodes), None, most=10)
    assert raised.value.count == counted


def test_near_a_focus_nothing_is_folded_but_sums() -> None:
    model = MLP(2, [16, 16, 1], rng=0)
    bias = model.layers[1].neurons[0].bias
    kinds = {box.kind for box in view(model([1.0, 2.0]), focus=bias, radius=2).boxes}
    assert "group" not in kinds


def test_a_focus_may_lie_in_a_graph_of_any_size() -> None:
    root = chain(100_000)
    assert len(view(root, focus=root.parents[0], radius=1, most=10).boxes) == 4
