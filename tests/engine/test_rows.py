"""Rows multiply and add as the numbers of the chain rule do, place by place."""

from collections.abc import Hashable, Mapping
from typing import Any

from autograd.engine.op import ONE
from autograd.engine.rows import Row

A, B, C = Row({"a": ONE}), Row({"b": ONE}), Row({"c": ONE})


def test_what_flows_to_a_result_is_a_row_of_one_gradient() -> None:
    assert (3.0 * A).entries == {"a": 3.0}
    several = Row({"a": ONE, "b": -1.5, "c": 4.0})
    assert (2.0 * several).entries == {"a": 2.0, "b": -3.0, "c": 8.0}


def test_a_sum_has_the_gradients_of_all_added_from_left_to_right() -> None:
    row = 1e16 * A + 2.0 * B + 1.0 * A + -1e16 * A
    assert row.entries == {"a": 0.0, "b": 2.0}
    assert row.entries is row.entries


def test_a_local_derivative_of_an_operand_says_what_flows_on_once_for_all_of_them() -> None:
    asked: list[Mapping[Hashable, Any]] = []

    def back(row: Row) -> Mapping[Hashable, Any]:
        asked.append(row.entries)
        return {"x": 7.0}

    upstream = 2.0 * A + 3.0 * B
    assert upstream * Row({"x": ONE}, back) == 7.0
    assert upstream * Row({"y": ONE}, back) is None
    assert asked == [{"a": 2.0, "b": 3.0}]


def test_tangents_flow_ahead_and_a_sum_of_them_too() -> None:
    def ahead(row: Row) -> Mapping[Hashable, Any]:
        return {"a": 10.0 * row.entries["x"] + row.entries["y"]}

    tangents = 2.0 * Row({"x": ONE}, None, ahead) + 3.0 * Row({"y": ONE}, None, ahead)
    assert tangents * A == 23.0
    assert tangents * C is None


def test_as_a_number_it_is_its_largest_entry_and_as_text_all_of_them() -> None:
    assert float(Row({"a": 2.0, "b": -3.0})) == -3.0
    assert float(Row({"a": 1.0, "b": -0.5})) == 1.0
    assert repr(Row({"a": 2.0})) == "<a row of 1: a: 2.0>"
