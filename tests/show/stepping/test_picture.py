"""A picture before the first event: rooms for all that is said in it, places that stay."""

import pytest

from autograd import Value
from autograd.show.stepping.picture import ROWS, WIDEST
from autograd.show.text import DASH
from tests.played import network, square
from tests.show.stepping.pictured import pictured


def test_numbers_are_dashes_at_first_and_all_else_is_empty() -> None:
    for box in pictured(square()).picture.content.boxes:
        assert [text for _, text in box.rows] == [DASH, DASH, ""]
        assert box.state == "waiting"


def test_edges_without_label_have_no_row() -> None:
    found = pictured(network(), "layer")
    edges = found.picture.content.edges
    assert [bool(edge.text) for edge in edges].count(True) == len(found.picture.labels) < len(edges)


@pytest.mark.parametrize("collapse", [None, "neuron", "layer"])
def test_boxes_have_room_for_all_that_they_will_say_and_for_other_numbers(
    collapse: str | None,
) -> None:
    x = Value(1.0, "x")
    for root in (x * 123.4 + x * -0.00001234, network()):
        found = pictured(root, collapse)
        boxes = found.picture.content.boxes
        for changes in found.changes:
            for row, said in changes:
                number, place = divmod(row, ROWS)
                if number < len(boxes):
                    word = boxes[number].rows[place][0]
                    longest = max(len(said.shown), len(WIDEST) if place < 2 else 0)
                    room = longest + (len(word) + 1 if word in ("data", "grad") else 0)
                    assert boxes[number].width >= 7.0 * room


def test_the_places_are_looked_for_once() -> None:
    picture = pictured(square()).picture
    assert picture.places is picture.places
    assert picture.texts is picture.texts


def test_nothing_in_a_picture_keeps_the_graph() -> None:
    picture = pictured(network(), "neuron").picture
    assert picture.content.origins.box_of == {}
    assert all(isinstance(home, int | None) for home in picture.where.homes)
