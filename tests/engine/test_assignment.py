"""Assignment: the new number of a leaf in a recording."""

from autograd import Value
from autograd.engine.assignment import assign


def test_an_assigned_number_is_the_new_one_as_a_float_of_its_own() -> None:
    new = float("2.75")
    found = assign.forward(3.0, new)
    assert found == 2.75
    assert found is not new


def test_no_gradient_flows_through_an_assignment() -> None:
    leaf, new = Value(3.0), Value(2.0)
    assign(leaf, new * 2.0).backward()
    assert (leaf.grad, new.grad) == (0.0, 0.0)
