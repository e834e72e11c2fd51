"""A node: a number, and the record of how it was computed."""

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Op, StaleGraphError, Value, recompute

A, B = Value(6.0, label="a"), Value(3.0, label="b")

# A node, its operands, the numbers they had, and the local derivatives.
RECORDS: dict[str, tuple[Value, tuple[Any, ...], tuple[float, ...], list[float]]] = {
    "leaf": (A, (), (), []),
    "one operand": (-A, (A,), (6.0,), [-1.0]),
    "two operands": (A * B, (A, B), (6.0, 3.0), [3.0, 6.0]),
    "the same twice": (A * A, (A, A), (6.0, 6.0), [6.0, 6.0]),
    "a number on the right": (A - 2, (A, 2.0), (6.0, 2.0), [1.0, -1.0]),
    "a number on the left": (2 * A, (2.0, A), (2.0, 6.0), [6.0, 2.0]),
    "many": (ag.prod([A, 2, B]), (A, 2.0, B), (6.0, 2.0, 3.0), [6.0, 18.0, 12.0]),
    "only one of many": (ag.sum([A]), (A,), (6.0,), [1.0]),
    "a choice": (ag.where(0.0, A, B), (0.0, A, B), (0.0, 6.0, 3.0), [0.0, 0.0, 1.0]),
    "a rule of None": (Op("cut", lambda x: x, None)(A), (A,), (6.0,), [0.0]),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_node_shows_how_it_was_computed(name: str) -> None:
    node, operands, recorded, locals_ = RECORDS[name]
    assert [id(x) if isinstance(x, Value) else x for x in node.operands] == [
        id(x) if isinstance(x, Value) else x for x in operands
    ]
    assert node.recorded == recorded
    assert [id(x) for x in node.parents] == [id(x) for x in operands if isinstance(x, Value)]
    assert [local() for local in node.local_derivatives] == locals_
    assert node.is_leaf is (not operands)


class TestLocals:
    def test_numbers_are_at_the_recorded_operands(self) -> None:
        x, y = Value(2.0), Value(5.0)
        node = x * y
        x.data = 100.0
        assert list(node.locals()) == [5.0, 2.0]

    def test_connected_ones_can_be_differentiated(self) -> None:
        x = Value(2.0)
        (local,) = (x.exp()).locals(connected=True)
        local.backward()
        assert x.grad == math.exp(2.0)

    def test_none_stands_where_nothing_flows(self) -> None:
        x = Value(2.0)
        assert list(ag.where(1.0, x, 3.0).locals()) == [None, 1.0, None]
        assert list(x.locals()) == []

    def test_a_constant_rule_is_its_number(self) -> None:
        assert list((Value(2.0) - Value(1.0)).locals()) == [1.0, -1.0]


class TestCheckRecorded:
    NODES: tuple[Callable[[Value], Value], ...] = (
        lambda x: x * 2.0,
        lambda x: 2.0 * x,
        lambda x: x.exp(),
        lambda x: ag.sum([1.0, x]),
    )

    @pytest.mark.parametrize("make", NODES)
    def test_a_changed_leaf_matters_only_to_connected_derivatives(
        self, make: Callable[[Value], Value]
    ) -> None:
        x = Value(2.0, label="rate")
        node = make(x)
        node.check_recorded(connected=True)
        x.data = 3.0
        node.check_recorded(connected=False)
        with pytest.raises(StaleGraphError, match=r"leaf 'rate' was 2\.0 .* is 3\.0 now"):
            node.check_recorded(connected=True)
        x.data = 2.0
        node.check_recorded(connected=True)

    def test_a_changed_interior_operand_matters_to_all(self) -> None:
        x = Value(2.0)
        shared = x * x
        one, other = shared.exp(), shared + 1.0
        x.data = 3.0
        recompute(other)
        for connected in (False, True):
            with pytest.raises(StaleGraphError, match=r"a '\*' node was 4\.0 .* is 9\.0"):
                one.check_recorded(connected=connected)
            other.check_recorded(connected=connected)

    def test_another_nan_is_unchanged(self) -> None:
        x = Value(math.nan)
        node = x * 2.0
        x.data = float("nan")
        node.check_recorded(connected=True)

    def test_zero_of_another_sign_is_changed(self) -> None:
        """1/0.0 is inf and 1/-0.0 is -inf."""
        x = Value(0.0)
        node = 1.0 / x
        x.data = -0.0
        with pytest.raises(StaleGraphError):
            node.check_recorded(connected=True)

    @pytest.mark.parametrize(("was", "now"), [(math.nan, 1.0), (1.0, math.nan)])
    def test_from_or_to_nan_is_a_change(self, was: float, now: float) -> None:
        x = Value(was)
        node = x * 2.0
        x.data = now
        with pytest.raises(StaleGraphError):
            node.check_recorded(connected=True)


@pytest.mark.parametrize("gradient", [2.0, -2.0, 0.0, -0.0, math.nan])
def test_a_node_is_reached_by_any_gradient_and_until_it_is_cleared(gradient: float) -> None:
    x = Value(1.0)
    assert not x.is_reached
    (x * 3.0).backward(gradient=gradient)
    assert x.is_reached
    ag.zero_grad(x)
    assert not x.is_reached
    assert not ag.constant(1.0).is_reached
