"""Which part of a graph a drawing shows."""

import sys
import threading

import pytest

from autograd import Op, Value
from autograd.nn import MLP
from autograd.show.graphs.view import TooManyBoxesError, view


def chain(nodes: int) -> Value:
    y = Value(0.5, "x")
    for _ in range(nodes - 1):
        y = y.tanh()
    return y


def test_the_whole_graph_is_shown_folded_as_asked() -> None:
    root = MLP(1, [2, 1], rng=0)([1.0])
    assert [len(view(root, how).boxes) for how in ("layer", "neuron", None)] == [2, 3, 16]


@pytest.mark.parametrize(
    ("nodes", "collapse", "counted"),
    [(11, "auto", "11 boxes"), (1001, "auto", "1,001 nodes"), (1001, "layer", "1,001 boxes")],
)
def test_more_boxes_than_there_may_be_are_counted(nodes: int, collapse: str, counted: str) -> None:
    assert len(view(chain(10), None, most=10).boxes) == 10
    with pytest.raises(TooManyBoxesError) as raised:
        view(chain(nodes), collapse, most=10)
    assert str(raised.value) == counted


def test_near_a_focus_nothing_is_folded_but_sums() -> None:
    model = MLP(2, [16, 16, 1], rng=0)
    bias = model.layers[1].neurons[0].bias
    kinds = {box.kind for box in view(model([1.0, 2.0]), focus=bias, radius=2).boxes}
    assert "group" not in kinds


def test_a_focus_may_lie_in_a_graph_of_any_size() -> None:
    root = chain(100_000)
    assert len(view(root, focus=root.parents[0], radius=1, most=10).boxes) == 4


def test_a_focus_inside_a_folded_box_is_refused_with_a_way_out() -> None:
    model = MLP(1, [1], rng=0)
    bias, batch = model.layers[0].neurons[0].bias, model([1.0]) + model([2.0])
    with pytest.raises(ValueError, match="inside a folded box: pass collapse=None"):
        view(batch, "layer", focus=bias)  # both calls share it, so it belongs to neither
    assert view(batch, None, focus=bias).boxes


def test_gradients_are_read_between_the_passes_of_other_threads() -> None:
    root = chain(30)
    done = threading.Event()

    def keep_walking() -> None:
        while not done.is_set():
            root.backward()

    thread = threading.Thread(target=keep_walking)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    thread.start()
    try:
        for _ in range(30):
            assert len(view(root, None).boxes) == 30
    finally:
        done.set()
        thread.join()
        sys.setswitchinterval(interval)


def test_a_users_rule_that_fails_is_named() -> None:
    def fails(x: float, out: float) -> float:
        raise ZeroDivisionError("in a rule")

    with pytest.raises(ZeroDivisionError) as raised:
        view(Op("mine", lambda x: x, fails)(Value(1.0)))
    assert raised.value.__notes__ == ["in a rule of a 'mine' node, which is being drawn"]
