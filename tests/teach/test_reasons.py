"""Why a gradient is wrong, with the numbers of the graph."""

from collections.abc import Callable

import pytest

import autograd as ag
from autograd import Value
from autograd.teach import faults
from autograd.teach.faults import compare
from autograd.teach.reasons import MOST_USERS
from tests.graphs import diamond, square


@pytest.mark.parametrize(
    ("graph", "name", "why"),
    [
        (
            square,
            "assign",
            "x gets 2 contributions; each replaced the one before, so only the last, 3, is left "
            "of 3 + 3 = 6",
        ),
        (
            square,
            "parent_set",
            "root = x·x uses x in 2 slots and the set holds it once: of 3 + 3 = 6 only 3 arrived",
        ),
        (
            square,
            "no_zero_grad",
            "x.grad was still 6 when step 2 began, and step 2 added its own 6: 12",
        ),
        (
            square,
            "stale_data",
            "x was 3 in the forward pass and is 2.4 now, so ∂root/∂x was taken as 2.4, where 3 is "
            "right",
        ),
        (
            diamond,
            "no_topological_order",
            "a passed its gradient back when it was 1, after 1 of its 2 contributions; they add "
            "up to 4. So x got 1 · 2 = 2, where 4 · 2 = 8 is right",
        ),
    ],
)
def test_the_reason_has_the_numbers_of_the_graph(
    graph: Callable[[], Value], name: str, why: str
) -> None:
    assert compare(graph(), name).why == why


def test_numbers_that_differ_are_told_apart() -> None:
    x = Value(2.0, "x")
    found = faults.stale_data(x * x, changes={x: 2.00004})
    assert found.why == (
        "x was 2 in the forward pass and is 2.00004 now, so ∂root/∂x was taken as 2.00004, where 2 "
        "is right"
    )
    assert str(found).splitlines()[-1].split() == ["x", "4", "4.0001", "8e−5"]
    y = Value(10_000.0, "y")
    shared = y * 1.0
    early = faults.no_topological_order(shared * 1.0 + shared * shared * 1e-9)
    assert early.why.startswith("t1 passed its gradient back when it was 1, after 1 of its 3 ")
    assert early.why.endswith(
        "up to 1.00002. So y got 1 · 1 = 1, where 1.00002 · 1 = 1.00002 is right"
    )


def test_a_choice_may_fall_on_another_operand_when_its_condition_is_stale() -> None:
    chooser, a, b = Value(1.0, "chooser"), Value(2.0, "a"), Value(3.0, "b")
    found = faults.stale_data(ag.where(chooser, a, b), changes={chooser: 0.0})
    assert (found.wrong[a], found.wrong[b]) == (0.0, 1.0)
    assert found.why == (
        "chooser was 1 in the forward pass and is 0 now, so ∂root/∂b was taken as 1, where none "
        "is right"
    )


def test_contributions_are_counted_and_not_uses() -> None:
    x = Value(2.0, "x")
    assert faults.assign(ag.where(x > 0.0, x * x, x)).why.startswith("x gets 2 contributions; ")


def test_a_set_loses_a_slot_of_every_user_that_has_several() -> None:
    x = Value(2.0, "x")
    assert faults.parent_set((x * x) * (x * x) * x).why == (
        "t2 = x·x uses x in 2 slots, t1 = x·x in 2, and the set of each holds it once: of "
        "16 + 16 + 16 + 16 + 16 = 80 only 48 arrived"
    )
    many = faults.parent_set(ag.sum([x * x for _ in range(MOST_USERS + 2)])).why
    assert many.count(" in 2") == MOST_USERS
    assert ", 2 others as well, and the set of each holds it once: " in many
