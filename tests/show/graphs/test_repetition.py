"""What a graph does again and again is shown once, with a box for all others."""

from typing import Any

import pytest
from gallery import Recurrent
from shapes import SHAPES, chain, descent, one_leaf, recurrent, wide_sum

import autograd
from autograd import Value
from autograd.engine.graph import topological_order
from autograd.losses import mse_loss
from autograd.nn import MLP, Module
from autograd.show.graphs.content import Content
from autograd.show.graphs.folding import Unit, fold, operands_of
from autograd.show.graphs.repetition import fold_repeats
from autograd.show.graphs.view import view


def folded(root: Value, level: str | None = "sum") -> list[Unit]:
    return fold_repeats(*fold(topological_order(root), level))[0]


def counts(units: list[Unit]) -> list[int]:
    return [unit.alike for unit in units if unit.alike]


def frames(content: Content) -> list[str]:
    return [frame.title for frame in content.frames]


def test_time_steps_fold_to_the_first_and_a_box_for_the_others() -> None:
    content = view(recurrent(9 * 30))
    assert frames(content) == ["one of 30 alike"]
    (box,) = (box for box in content.boxes if box.is_group)
    assert (box.name, box.by) == ("× 29", "alike")
    inside = [box.name for box in content.boxes if box.frame == 0]
    assert "x0" in inside
    assert "h1" in inside
    assert {"w", "u", "b", "h0"} <= {box.name for box in content.boxes if box.frame is None}


def test_what_ends_in_the_root_is_what_is_shown() -> None:
    content = view(chain(300))
    assert [box.name for box in content.boxes if box.frame == 0] == ["t295", "root"]


def test_samples_fold_to_one_and_a_count() -> None:
    model = MLP(2, [3, 1], rng=0)
    rows = [[float(i), 1.0] for i in range(105)]
    content = view(mse_loss([model(row) for row in rows], [0.0] * 105))
    assert [box.name for box in content.boxes if box.is_group] == ["layers.0", "layers.1", "× 104"]
    assert frames(content) == ["MLP"]


def test_a_sum_of_many_like_terms_folds() -> None:
    content = view(wide_sum(2000))
    assert [(box.name, box.by) for box in content.boxes][-2:] == [("× 998", "alike"), ("root", "Σ")]
    assert [edge.text for edge in content.edges if edge.head == len(content.boxes) - 1] == [
        "×1",
        "×1",
        "×1 (998)",
    ]


def test_many_leaves_with_the_same_uses_fold() -> None:
    root = autograd.sum([Value(float(i), f"x{i}") for i in range(300)])
    assert counts(folded(root)) == [299]
    network = view(MLP(64, [16, 10], rng=0)([Value(float(i), f"x{i}") for i in range(64)])[0])
    assert [box.name for box in network.boxes] == ["x0", "× 63", "layers.0", "layers.1"]


def test_calls_of_one_cell_fold_within_the_call_around_them() -> None:
    content = view(Recurrent()([Value(0.1 * i, f"x{i}") for i in range(40)]))
    (box,) = (box for box in content.boxes if box.name == "× 39")
    assert box.frame is not None
    assert content.frames[box.frame].title == "Recurrent"


@pytest.mark.parametrize("name", list(SHAPES))
def test_units_come_after_those_they_are_computed_from_and_each_node_is_in_one(name: str) -> None:
    order = topological_order(SHAPES[name](1000))
    units, unit_of = fold_repeats(*fold(order, "sum"))
    place = {unit: number for number, unit in enumerate(units)}
    for unit in units:
        assert all(place[tail] < place[unit] for _, tail in operands_of(unit, unit_of))
    assert sorted(order.index(node) for unit in units for node in unit.nodes) == [
        *range(len(order))
    ]


def test_three_of_a_kind_are_shown_and_four_fold() -> None:
    assert counts(folded(chain(9), None)) == []
    assert counts(folded(chain(11), None)) == [3]


def test_what_is_not_alike_does_not_fold() -> None:
    y = Value(0.5, "x")
    for i in range(100):
        y = y.tanh() if i * i % 7 in (1, 2) else y.exp() if i % 3 else y.sin()
    shown = sum(1 for unit in folded(y) if not unit.alike)
    assert shown > 10


def test_blocks_that_leave_a_call_half_stay_unfolded() -> None:
    class Steps(Module):
        def __init__(self) -> None:
            self.scale = Value(0.9, "scale")

        def forward(self, x: Any) -> Any:
            for _ in range(6):
                x = (x * self.scale).tanh()
            return x

    steps, x = Steps(), Value(1.0, "x")
    for _ in range(3):
        x = steps(x)
    content = view(x, "repeats")
    assert all(frame.title.startswith(("Steps", "one of")) for frame in content.frames)
    assert "grad" in dict(content.boxes[-1].rows)


@pytest.mark.parametrize("make", [recurrent, descent, one_leaf])
def test_the_numbers_of_nodes_add_up(make: Any) -> None:
    root = make(2000)
    nodes = sum(len(unit.nodes) for unit in folded(root))
    assert nodes == len(topological_order(root))


def test_up_to_60_boxes_are_all_shown() -> None:
    assert not any(box.is_group for box in view(chain(60)).boxes)
    assert any(box.is_group for box in view(chain(130)).boxes)


def test_without_folding_every_node_is_shown() -> None:
    assert len(view(chain(300), None).boxes) == 299
