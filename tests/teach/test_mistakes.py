"""The backward pass written right and with five mistakes, as events."""

import pytest

from autograd import Value
from autograd.engine.graph import topological_order
from autograd.show.stepping.events import Contribute, Final, Forward, Seed
from autograd.show.stepping.names import Names
from autograd.show.stepping.reverse_mode import steps
from autograd.teach import faults
from autograd.teach.backward import AnyBackward
from autograd.teach.faults import FAULTS, compare
from autograd.teach.mistakes import right
from tests.graphs import GRAPHS, diamond, network

NAMES = sorted(FAULTS)


def test_the_forward_pass_is_the_right_one_and_comes_first() -> None:
    root = network()
    nodes = len(topological_order(root))
    for name in NAMES:
        events = list(compare(root, name).events())
        assert list(map(repr, events[:nodes])) == list(map(repr, [*steps(root)][:nodes]))
        later = [event for event in events[nodes:] if isinstance(event, Forward)]
        assert bool(later) == (name == "stale_data")
        assert isinstance(events[nodes + len(later)], Seed)


def test_leaves_that_move_are_told_between_the_passes() -> None:
    x, y = Value(3.0, "x"), Value(2.0, "y")
    events = faults.stale_data(x * x + y, changes={x: 5.0, y: 2.0}).events()
    assert [repr(event) for event in events][4:] == [
        "x = 5",
        "root.grad = 1, the seed",
        "root.grad = 1, final",
        "t1.grad += 1.0 (upstream) × 1.0 (∂root/∂t1) → 0 + 1 = 1, final",
        "y.grad += 1.0 (upstream) × 1.0 (∂root/∂y) → 0 + 1 = 1, final",
        "y.grad = 1, final",
        "t1.grad = 1, final",
        "x.grad += 1.0 (upstream) × 5.0 (∂t1/∂x) → 0 + 5 = 5, 1 of 2 uses",
        "x.grad += 1.0 (upstream) × 5.0 (∂t1/∂x) → 5 + 5 = 10, final",
        "x.grad = 10, final",
    ]


@pytest.mark.parametrize("graph", sorted(GRAPHS))
def test_the_right_pass_makes_the_events_of_steps(graph: str) -> None:
    root = GRAPHS[graph]()
    order, told = topological_order(root), list(steps(root))
    uses = {e.parent: e.uses for e in told if isinstance(e, Contribute)}
    run = AnyBackward(order, 1.0, uses, Names(order))
    assert list(right(run)) == told[len(order) :]


def test_events_can_be_told_again() -> None:
    found = compare(diamond(), "no_topological_order")
    assert list(map(repr, found.events())) == list(map(repr, found.events()))
    assert [event.gradient for event in found.events() if isinstance(event, Final)] == [
        1.0,
        1.0,
        2.0,
        1.0,
    ]
