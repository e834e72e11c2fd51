"""Where the marks of a frame are: rings around boxes, active edges, what they add."""

import re

import pytest

from autograd import Value
from autograd.show.graphs.view import view
from autograd.show.stepping.animate import animate, flaws_of
from autograd.show.stepping.animation import Animation
from autograd.show.stepping.events import Contribute
from autograd.show.stepping.highlights import inside, marks_svg
from autograd.show.stepping.reverse_mode import steps
from autograd.show.stepping.text_places import flows_of, ring_size, text_places
from tests.played import branching, network, square


def filmed(root: Value, collapse: str | None = None, down: bool = False) -> Animation:
    events = list(steps(root))
    return animate(view(root, collapse), events, flaws_of(events), down)


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("collapse", [None, "neuron", "layer"])
def test_every_active_edge_begins_at_the_box_that_gets_the_contribution(
    collapse: str | None, down: bool
) -> None:
    for root in (branching(), network(), square()):
        animation = filmed(root, collapse, down)
        for edge, flow in flows_of(animation).items():
            tail = animation.content.edges[edge].tail
            box, (x, y) = animation.content.boxes[tail], animation.places.boxes[tail]
            across, along = (flow.x - x, flow.y - y) if down else (flow.y - y, flow.x - x)
            size = (box.width, box.height) if down else (box.height, box.width)
            assert abs(along - size[1] / 2) <= 1
            assert abs(across) <= size[0] / 2
            way = flow.trunk or "M"
            assert way.startswith(f"M{flow.x} {flow.y}") or not flow.trunk


def test_what_several_edges_share_is_part_of_each_of_their_ways() -> None:
    animation = filmed(branching())
    assert sum(bool(flow.trunk) for flow in flows_of(animation).values()) == 1


def test_a_ring_lies_around_the_box_and_that_of_a_group_around_its_shadow_too() -> None:
    for box in filmed(network(), "neuron").content.boxes:
        width, height = ring_size(box)
        more = 15 if box.is_group else 10
        assert (width, height) == (round(box.width) + more, round(box.height) + more)


def test_a_group_is_tagged_inside_while_a_node_in_it_is_final() -> None:
    animation = filmed(network(), "layer")
    places = text_places(animation)
    tags = {
        tag
        for mark in animation.marks
        if mark.box is not None and animation.content.boxes[mark.box].is_group and mark.adds is None
        for tag in re.findall('class="tag[^>]*>([^<]*)<', marks_svg(mark, animation, places))
    }
    assert tags == {"inside"}


def test_a_folded_node_is_said_to_be_where_its_path_leads() -> None:
    root = network()
    events = list(steps(root))
    homes = {node: "a.b" for event in events for node in [event.node]}
    event = next(e for e in events if isinstance(e, Contribute) and e.parent.is_parameter)
    where = events.index(event)
    folded, plain = filmed(root, "layer"), filmed(root)
    node, parent = event.names[event.node], event.names[event.parent]
    said = inside(event, folded.marks[where], folded.content, homes)
    assert said == f" ({node} in a.b, {parent} in a.b)"
    assert inside(event, plain.marks[where], plain.content, homes) == ""
