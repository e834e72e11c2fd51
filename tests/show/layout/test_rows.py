"""Long drawings in rows: each row is laid out by itself, and they stand apart."""

import pytest

from autograd.show.layout.layered import lay_out
from autograd.show.layout.places import Arrow, Frame, Plan
from autograd.show.layout.rows import BETWEEN

BOX, LABEL = (40.0, 20.0), (20.0, 10.0)


def plan(down: bool = False) -> Plan:
    """Two chains of three boxes, the second in a frame and in a second row."""
    arrows = [Arrow(a, b, LABEL) for a, b in ((0, 1), (1, 2), (3, 4), (4, 5))]
    inside = [None, None, None, 0, 0, 0]
    return Plan([BOX] * 6, arrows, inside, [Frame(None, 30.0)], down, [0, 0, 0, 1, 1, 1])


@pytest.mark.parametrize("down", [False, True])
def test_rows_stand_below_one_another_and_columns_side_by_side(down: bool) -> None:
    places = lay_out(plan(down))
    across = 0 if down else 1
    above = max(place[across] for place in places.boxes[:3]) + BOX[across] / 2
    frame = places.frames[0]
    assert (frame.x, frame.y)[across] == above + BETWEEN
    assert frame.x + frame.width <= places.size[0]
    assert frame.y + frame.height <= places.size[1]


def test_a_row_is_placed_as_if_it_were_alone() -> None:
    first = plan()._replace(boxes=[BOX] * 3, inside=[None] * 3, frames=[], rows=())
    alone = lay_out(first._replace(arrows=plan().arrows[:2]))
    both = lay_out(plan())
    assert both.boxes[:3] == alone.boxes
    assert both.routes[:2] == alone.routes


def test_arrows_and_labels_move_with_their_row() -> None:
    places = lay_out(plan())
    for arrow, route in zip(plan().arrows, places.routes, strict=True):
        assert route.strokes[-1][-1][1] == places.boxes[arrow.head][1]
        assert route.label[1] == places.boxes[arrow.head][1]


def test_an_arrow_between_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="an arrow leads within a row, got 2 to 3"):
        lay_out(plan()._replace(arrows=[Arrow(2, 3, LABEL)]))


def test_a_frame_in_two_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="a frame is in one row, frame 0 is in two"):
        lay_out(plan()._replace(inside=[0] * 6))


def test_a_row_without_boxes_takes_no_room() -> None:
    rows = [2 * row for row in plan().rows]
    assert lay_out(plan()._replace(rows=rows)) == lay_out(plan())
