"""Numbers that moved on since a graph was recorded with them."""

from autograd import Value, sum as autograd_sum
from autograd.engine.graph import topological_order
from autograd.show.moved_on import find_moved_on


def test_nothing_has_moved_on_in_a_fresh_graph() -> None:
    assert find_moved_on(topological_order(Value(2.0) * 3.0 + Value(float("nan")))) == {}


def test_a_leaf_that_moved_on_was_what_it_was_used_as_first() -> None:
    x = Value(2.0, "x")
    first = x * x
    x.data = 5.0
    second = first + x * 1.0
    x.data = 7.0
    assert find_moved_on(topological_order(second)) == {x: 2.0}


def test_operands_of_ops_of_many_count_too_and_minus_zero_is_another_number() -> None:
    xs = [Value(0.0), Value(1.0)]
    total = autograd_sum(xs)
    xs[0].data = -0.0
    assert find_moved_on(topological_order(total)) == {xs[0]: 0.0}
