"""An animation: what rows say before the first event, how a box looks by its rows."""

import pytest

from autograd.show.graphs.content import Content, Edge
from autograd.show.layout.places import Places
from autograd.show.stepping.animation import (
    NOT_YET,
    NOTHING,
    Animation,
    Shown,
    labelled,
    state_of,
    unsaid,
)
from autograd.show.text import DASH


@pytest.mark.parametrize(
    ("row", "said"),
    [(0, NOT_YET), (1, NOT_YET), (2, NOTHING), (3, NOTHING), (5, NOT_YET), (8, NOTHING)],
)
def test_numbers_are_dashes_at_first_and_all_else_is_empty(row: int, said: Shown) -> None:
    assert unsaid(row, boxes=2) == said


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([("data", DASH), ("grad", DASH), ("status", "")], "waiting"),
        ([("data", "3"), ("grad", "2"), ("status", "1 of 2 uses")], ""),
        ([("data", "3"), ("grad", "2"), ("status", "final")], "final"),
        ([("data", "3"), ("grad", "2"), ("status", "final, overwritten")], ""),
    ],
)
def test_a_box_waits_for_its_number_and_then_is_final_or_not(
    rows: list[tuple[str, str]], state: str
) -> None:
    assert state_of(rows) == state


def test_edges_without_label_have_no_row() -> None:
    edges = [Edge(0, 1, False, text, "") for text in ("×2", "", "×3")]
    assert [edge.text for edge in labelled(Content([], edges, []))] == ["×2", "×3"]


def test_the_places_are_looked_for_once_and_only_if_they_are_wanted() -> None:
    asked = []

    def placed() -> Places:
        asked.append(1)
        return Places([], [], [], (0.0, 0.0))

    animation = Animation(Content([], [], []), [], [], placed, down=False)
    assert asked == []
    assert animation.places is animation.places
    assert asked == [1]
