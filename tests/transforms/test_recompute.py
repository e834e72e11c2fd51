"""Using a recorded graph again: `recompute` and `zero_grad`."""

from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Op, StaleGraphError, Value, constant, recompute, zero_grad
from autograd.nn import MLP

GRAPHS: dict[str, Callable[[Any, Any], Any]] = {
    "one operand": lambda x, y: ag.tanh(x),
    "two operands": lambda x, y: x**y,
    "a number on the left": lambda x, y: 2.0 / x,
    "any number of operands": lambda x, y: ag.logsumexp([x, 1.0, y, x]),
    "nested": lambda x, y: ag.prod([x * y, -x, ag.dot([x, y], [y, 3.0])]),
    "shared": lambda x, y: (x * y) * (x * y) + x * y,
    "a gradient": lambda x, y: ag.grad(lambda z: z**3 * y)(x),
}


@pytest.mark.parametrize("f", GRAPHS.values(), ids=GRAPHS)
def test_recompute_gives_what_a_fresh_graph_gives(f: Callable[[Any, Any], Any]) -> None:
    x, y = Value(0.5), Value(1.5)
    root = f(x, y)
    x.data, y.data = 1.25, 0.75
    recompute(root)
    root.backward()
    a, b = Value(1.25), Value(0.75)
    fresh = f(a, b)
    fresh.backward()
    assert (root.data, x.grad, y.grad) == (fresh.data, a.grad, b.grad)


def test_it_changes_the_nodes_in_place() -> None:
    x = Value(2.0)
    inner = x * x
    root = inner + 1.0
    x.data = 3.0
    recompute(root)
    assert (inner.data, inner.recorded, root.recorded) == (9.0, (3.0, 3.0), (9.0, 1.0))
    assert root.operands == (inner, 1.0)


def test_constants_and_numbers_are_kept_and_constants_may_change() -> None:
    k, x = constant(3.0), Value(2.0)
    root = k * x + 1.0
    k.data = 5.0
    recompute(root)
    assert root.data == 11.0


def test_a_leaf_has_nothing_to_recompute() -> None:
    x = Value(2.0)
    recompute(x)
    assert x.data == 2.0


def test_gradients_stay_as_they_are() -> None:
    x = Value(2.0)
    root = x * x
    root.backward()
    x.data = 3.0
    recompute(root)
    assert (x.grad, root.grad) == (4.0, 1.0)


def test_an_op_that_raises_leaves_every_number_as_it_was() -> None:
    def forward(x: float) -> float:
        if x > 5.0:
            raise OverflowError
        return x

    x = Value(2.0)
    square = x * x
    root = Op("careful", forward, 1.0)(square)
    x.data = 3.0
    with pytest.raises(OverflowError):
        recompute(root)
    assert (square.data, square.recorded, root.data) == (4.0, (2.0, 2.0), 4.0)


def test_a_lookup_index_that_leaves_the_range_raises() -> None:
    index = Value(0.0)
    root = ag.lookup([Value(1.0), Value(2.0)], index)
    index.data = 1.0
    recompute(root)
    assert root.data == 2.0
    index.data = 2.0
    with pytest.raises(IndexError):
        recompute(root)
    assert root.data == 2.0


def test_zero_grad_clears_every_node_but_constants() -> None:
    k, x = constant(3.0), Value(2.0)
    inner = k * x
    root = ag.sum([inner, x, 1.0])
    root.backward()
    x.grad = None
    zero_grad(root)
    assert [node.grad for node in (root, inner, x, k)] == [0.0, 0.0, 0.0, None]


def test_zero_grad_leaves_other_graphs_alone() -> None:
    x = Value(2.0)
    one, other = x * x, x + 1.0
    one.backward()
    other.backward()
    zero_grad(one)
    assert (one.grad, other.grad, x.grad) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("function", "given", "advice"),
    [
        (recompute, 3.0, "pass the Value"),
        (zero_grad, [Value(1.0)], "pass the Value"),
        (zero_grad, MLP(1, [1]), r"call its own \.zero_grad\(\)"),
    ],
)
def test_what_is_no_root_is_refused(function: Any, given: Any, advice: str) -> None:
    with pytest.raises(TypeError, match=f"got {type(given).__name__}: {advice}"):
        function(given)


@pytest.mark.parametrize("even", [lambda x: x * x, ag.cos, abs, lambda x: ag.minimum(x, -5.0)])
def test_a_shared_node_that_is_recomputed_to_the_same_number_makes_a_graph_stale(even: Any) -> None:
    x = Value(2.0)
    shared = even(x)
    root = shared * x
    x.data = -2.0
    recompute(shared)
    with pytest.raises(StaleGraphError):
        root.backward()
    recompute(root)
    root.backward()
    assert x.grad == ag.grad(lambda x: even(x) * x)(-2.0)


def test_a_graph_is_not_stale_where_nothing_below_a_shared_node_changed() -> None:
    x = Value(2.0)
    shared = x * x
    root = shared * x
    x.data = 2.0
    recompute(shared)
    root.backward()
    assert x.grad == 12.0


def test_a_choice_of_another_operand_with_the_very_same_number_makes_a_graph_stale() -> None:
    number = 2.5
    condition, a, b = Value(1.0), Value(number), Value(number)
    chosen = ag.where(condition, a, b)
    root = chosen * 3.0
    condition.data = 0.0
    recompute(chosen)
    with pytest.raises(StaleGraphError, match=r"'where' node was 2\.5"):
        root.backward()
