"""What is known beforehand of what flows in a scan, step by step."""

from collections.abc import Sequence
from typing import Any

import pytest

from autograd import Value
from autograd.transforms.flow_kinds import (
    Coming,
    Foreseen,
    Kind,
    are_like,
    flowing,
    kind_of,
    kind_of_sum,
    masked,
)

NEVER, ALWAYS, PERHAPS = Kind.NEVER, Kind.ALWAYS, Kind.PERHAPS


def foreseen(columns: Sequence[Sequence[Kind]], state: Sequence[Kind] = (ALWAYS,)) -> Any:
    """Steps that hand on what comes to the state once, and then nothing; and those tried out."""
    tried: list[Coming] = []

    def try_out(coming: Coming) -> tuple[Sequence[Kind], dict[str, Kind]]:
        tried.append(coming)
        return (NEVER,), {"w": PERHAPS, "column": coming[1][0]}

    return Foreseen(state, columns, try_out), tried


def test_a_step_to_which_nothing_comes_is_not_tried_and_leaves_the_state_as_it_is() -> None:
    found, tried = foreseen([(NEVER,)] * 3)
    assert found.before == [(ALWAYS,), (NEVER,), (NEVER,), (NEVER,)]
    assert found.found == [{"w": PERHAPS, "column": NEVER}, {}, {}]
    assert tried == [((ALWAYS,), (NEVER,))]


@pytest.mark.parametrize(
    ("first", "columns", "after", "alike"),
    [
        ([ALWAYS], [(NEVER,), (NEVER,)], [ALWAYS], True),
        ([PERHAPS], [(NEVER,), (NEVER,)], [ALWAYS], False),
        ([ALWAYS], [(NEVER,), (NEVER,)], [PERHAPS], False),
        ([ALWAYS], [(NEVER,), (ALWAYS,)], [ALWAYS], False),
        ([ALWAYS], [(ALWAYS,), (ALWAYS,)], [ALWAYS], False),
        ([PERHAPS], [(NEVER,)], [PERHAPS], False),
        ([NEVER], [(NEVER,)], [NEVER], False),
    ],
)
def test_a_step_stands_for_all_if_the_same_flows_to_each_and_on_to_the_next(
    first: Any, columns: Any, after: Any, alike: bool
) -> None:
    assert are_like(first, columns, ((ALWAYS,), (NEVER,)), after) is alike


def test_each_kind_of_step_is_tried_once() -> None:
    found, tried = foreseen([(ALWAYS,)] * 4)
    assert tried == [((ALWAYS,), (ALWAYS,)), ((NEVER,), (ALWAYS,))]
    assert found.of_all("column") is ALWAYS


def test_what_holds_of_the_state_in_every_step_holds_of_it_in_each() -> None:
    assert foreseen([(NEVER,)] * 2)[0].in_each() == [PERHAPS]
    assert foreseen([(ALWAYS,)] * 2, state=(NEVER,))[0].in_each() == [NEVER]
    assert foreseen([(NEVER,)])[0].in_each() == [ALWAYS]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((NEVER, NEVER), NEVER),
        ((NEVER, PERHAPS), PERHAPS),
        ((PERHAPS, ALWAYS), ALWAYS),
        ((ALWAYS, NEVER), ALWAYS),
    ],
)
def test_a_sum_is_there_as_surely_as_the_surest_of_its_terms(
    kinds: Sequence[Kind], expected: Kind
) -> None:
    assert kind_of_sum(kinds) is expected


def test_the_kind_of_a_flow_is_whether_it_has_a_mask() -> None:
    x, mask = Value(2.0), Value(1.0)
    assert [kind_of(flow) for flow in (None, 0.0, x)] == [NEVER, ALWAYS, ALWAYS]
    assert kind_of(masked(mask, x)) is PERHAPS
    assert kind_of(masked(mask, 0.0) + x) is ALWAYS


@pytest.mark.parametrize("x", [0.0, 2.0, Value(3.0)])
def test_what_flows_is_all_nothing_or_what_the_mask_says(x: Any) -> None:
    mask = Value(0.0)
    assert flowing(ALWAYS, mask, x) is x
    assert flowing(ALWAYS, 0.0, x) is x
    assert flowing(PERHAPS, 1.0, x) is x
    assert flowing(PERHAPS, 0.0, x) is flowing(NEVER, 1.0, x) is flowing(NEVER, mask, x) is None
    found = flowing(PERHAPS, mask, x)
    assert kind_of(found) is PERHAPS
    assert (+found).data == 0.0


def test_what_flows_to_a_target_in_no_step_never_does() -> None:
    assert foreseen([(NEVER,)] * 2)[0].of_all("another") is NEVER
