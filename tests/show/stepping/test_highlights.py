"""Where the marks of a frame are: rings around boxes, active edges, what they add."""

import pytest

from autograd.show.stepping.highlights import ring_size
from tests.played import branching, network, square
from tests.show.stepping.pictured import pictured


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("collapse", [None, "neuron", "layer"])
def test_every_active_edge_begins_at_the_box_that_gets_the_contribution(
    collapse: str | None, down: bool
) -> None:
    for root in (branching(), network(), square()):
        picture = pictured(root, collapse, down).picture
        for edge, flow in picture.flows.items():
            tail = picture.content.edges[edge].tail
            box, (x, y) = picture.content.boxes[tail], picture.places.boxes[tail]
            across, along = (flow.x - x, flow.y - y) if down else (flow.y - y, flow.x - x)
            size = (box.width, box.height) if down else (box.height, box.width)
            assert abs(along - size[1] / 2) <= 1
            assert abs(across) <= size[0] / 2
            way = flow.trunk or "M"
            assert way.startswith(f"M{flow.x} {flow.y}") or not flow.trunk


def test_what_several_edges_share_is_part_of_each_of_their_ways() -> None:
    flows = pictured(branching()).picture.flows
    assert sum(bool(flow.trunk) for flow in flows.values()) == 1


def test_a_ring_lies_around_the_box_and_that_of_a_group_around_its_shadow_too() -> None:
    for box in pictured(network(), "neuron").picture.content.boxes:
        width, height = ring_size(box)
        more = 15 if box.is_group else 10
        assert (width, height) == (round(box.width) + more, round(box.height) + more)
