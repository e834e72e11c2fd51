"""The moves that right and wrong backward passes are made of."""

from typing import Any

from autograd import Value
from autograd.engine.graph import topological_order
from autograd.show.stepping.events import Contribute
from autograd.show.stepping.names import Names
from autograd.teach.backward import AnyBackward, Replace
from autograd.teach.faults import compare
from tests.graphs import square


def pass_back_from(root: Value) -> AnyBackward:
    order = topological_order(root)
    return AnyBackward(order, 1.0, dict.fromkeys(order, 2), Names(order))


def test_a_contribution_is_added_to_those_before_and_counts_its_use() -> None:
    x = Value(3.0, "x")
    run = pass_back_from(x * x)
    run.begin()
    run.final(run.root)
    first, second = (run.add(run.root, slot, x, 3.0) for slot in (0, 1))
    assert (first.before, first.after, first.use, first.uses) == (0.0, 3.0, 1, 2)
    assert (second.before, second.after, second.use, second.uses) == (3.0, 6.0, 2, 2)
    assert run.gradients == {run.root: 1.0, x: 6.0}
    assert x.grad == 0.0


def test_the_first_contribution_is_taken_as_it_is_with_its_sign() -> None:
    x = Value(3.0, "x")
    run = pass_back_from(-x)
    run.gradients[run.root] = 0.0
    assert repr(run.add(run.root, 0, x, -1.0).after) == "-0.0"


def test_a_whole_local_derivative_becomes_a_float() -> None:
    x = Value(3.0, "x")
    run = pass_back_from(x * 2.0)
    run.begin()
    whole: Any = 2
    assert type(run.add(run.root, 0, x, whole).local) is float
    assert "× 2.0 (∂root/∂x)" in repr(run.replace(run.root, 0, x, whole))


def test_to_replace_nothing_is_to_add() -> None:
    x = Value(3.0, "x")
    run = pass_back_from(x * 2.0)
    run.begin()
    assert type(run.replace(run.root, 0, x, 2.0)) is Contribute
    assert type(run.replace(run.root, 0, x, 2.0)) is Replace


def test_replaced_gradients_say_what_is_lost() -> None:
    events = list(compare(square(), "assign").events())
    lost = [event for event in events if isinstance(event, Replace)]
    assert [repr(event) for event in lost] == [
        "x.grad = 1.0 (upstream) × 3.0 (∂root/∂x) → 3, and 3 is lost"
    ]
    assert (lost[0].before, lost[0].contribution, lost[0].after) == (3.0, 3.0, 3.0)
