"""What is used far away is repeated beside its uses, and long drawings go on in rows."""

from collections import Counter
from itertools import pairwise

import pytest
from shapes import SHAPES, chain, one_leaf, recurrent, wide_sum

from autograd import Value
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show.graphs.arrange import FAR, MOST_USES, NEAR, arrange
from autograd.show.graphs.boxes import Box
from autograd.show.graphs.content import Content
from autograd.show.graphs.graph_svg import plan_of
from autograd.show.graphs.view import view
from autograd.show.layout.layered import lay_out
from autograd.show.layout.ranks import rank_items


def whole(root: Value) -> Content:
    return view(root, None)


def arranged(root: Value, *, down: bool = False) -> Content:
    return arrange(whole(root), down)


def repeated(content: Content) -> list[Box]:
    return [box for box in content.boxes if ", again: " in box.exact]


def ends(content: Content) -> list[tuple[str, str, str]]:
    """The edges by the names of their boxes."""
    boxes = content.boxes
    return [(boxes[e.tail].name, boxes[e.head].name, e.text) for e in content.edges]


@pytest.mark.parametrize("name", list(SHAPES))
@pytest.mark.parametrize("down", [False, True])
def test_every_edge_leads_from_a_box_of_the_same_name_to_the_same_box(
    name: str, down: bool
) -> None:
    before = whole(SHAPES[name](400))
    after = arrange(before, down)
    assert ends(after) == ends(before)
    for node, box in before.origins.box_of.items():
        assert after.boxes[after.origins.box_of[node]].about == before.boxes[box].about
    assert after.origins.edge_of == before.origins.edge_of


@pytest.mark.parametrize("name", list(SHAPES))
def test_no_arrow_is_long_none_leaves_its_row_and_none_runs_back(name: str) -> None:
    content = arranged(SHAPES[name](400))
    rows = content.rows or [0] * len(content.boxes)
    heads: list[list[int]] = [[] for _ in content.boxes]
    for edge in content.edges:
        assert edge.tail < edge.head
        assert rows[edge.tail] == rows[edge.head]
        heads[edge.tail].append(edge.head)
    ranks = rank_items(heads)
    spans = [ranks[edge.head] - ranks[edge.tail] for edge in content.edges]
    assert max(spans) <= FAR


def test_a_leaf_used_nearby_has_one_box_and_one_used_far_away_a_small_box_beside_each_use() -> None:
    assert not repeated(arranged(chain(2 * NEAR)))
    content = arranged(chain(40))
    names = Counter(box.name for box in repeated(content))
    assert names["a"] == names["b"] == 17
    assert all(box.rows == () for box in repeated(content))


def test_repeated_boxes_are_numbered_and_say_so_when_pointed_at() -> None:
    again = [box for box in repeated(arranged(one_leaf(30))) if box.name == "a"]
    assert [box.by for box in again] == [f"({n})" for n in range(2, 2 + len(again))]
    count = len(again) + 1
    assert again[0].exact == f"a, again: 2 of {count}"


def test_one_box_is_not_used_by_more_than_there_is_room_for() -> None:
    x = Value(0.5, "x")
    root = mse_loss([x.tanh() for _ in range(3 * MOST_USES)], [0.0] * 3 * MOST_USES)
    content = arranged(root)
    uses = Counter(edge.tail for edge in content.edges)
    assert [uses[i] for i, box in enumerate(content.boxes) if box.name == "x"] == [MOST_USES] * 3


def test_parameters_stand_in_the_frame_of_each_call_once() -> None:
    model = MLP(1, [2, 1], rng=0)
    content = arranged(mse_loss([model([Value(x)]) for x in (1.0, 2.0, 3.0)], [0.0] * 3))
    framed = [(box.frame, box.name) for box in content.boxes if box.kind == "parameter"]
    assert len(framed) == len(set(framed)) == 3 * len(model.parameters())
    for frame, _ in framed:
        assert frame is not None
        assert content.frames[frame].title.startswith("Neuron")


def test_a_result_that_is_used_much_later_is_repeated_under_its_name() -> None:
    early = Value(0.5, "x").tanh()
    y = early
    for _ in range(FAR + 1):
        y = y.tanh()
    content = arranged(y * early)
    (again,) = repeated(content)
    assert (again.name, again.by, again.kind) == ("t1", "(2)", "op")


def test_a_short_drawing_has_no_rows_and_a_long_one_rows_of_about_one_length() -> None:
    assert arranged(chain(10)).rows == ()
    lengths = Counter(arranged(chain(200)).rows)
    assert len(lengths) > 2
    assert max(lengths.values()) < 1.6 * min(lengths.values())


def test_a_frame_goes_on_in_the_next_row_and_is_in_one_row_each_time() -> None:
    model = MLP(1, [1] * 14, rng=0)
    content = arranged(model([Value(1.0, "x")]))
    assert content.rows
    assert {frame.title for frame in content.frames if frame.outer is None} == {
        "MLP",
        "MLP, continued",
    }
    rows: dict[int, set[int]] = {}
    for box, row in zip(content.boxes, content.rows, strict=True):
        if box.frame is not None:
            rows.setdefault(box.frame, set()).add(row)
    assert all(len(found) == 1 for found in rows.values())


def test_a_term_stands_in_the_row_of_its_use() -> None:
    content = arranged(wide_sum(200))
    terms = {box.name for box in repeated(content)} - {"a"}
    sums = {box.name for box in content.boxes if box.by == "+"}
    assert terms <= sums


def test_a_box_that_nothing_uses_stays() -> None:
    only = arranged(Value(2.0, "x"))
    assert [box.name for box in only.boxes] == ["x"]


def test_an_rnn_of_30_steps_fits_on_6000_by_3000_pixels_and_on_a_slide_when_folded() -> None:

    root = recurrent(9 * 30)
    for down in (False, True):
        width, height = lay_out(plan_of(arranged(root, down=down), down)).size
        assert width <= 6000
        assert height <= 3000
    folded = arrange(view(root), down=False)
    width, height = lay_out(plan_of(folded, down=False)).size
    assert width <= 1600
    assert height <= 900


def test_steps_of_one_row_come_before_those_of_the_next() -> None:
    content = arranged(chain(200))
    order = [
        row for box, row in zip(content.boxes, content.rows, strict=True) if box.by[:1] in "+×"
    ]
    assert all(b >= a for a, b in pairwise(order))
