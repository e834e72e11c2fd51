"""The layered layout: nothing overlaps, arrows run forward, the same every time."""

import random
from itertools import combinations, pairwise

import pytest

from autograd.show.layout import Arrow, Layout, Size, layered

Graph = tuple[list[Size], list[Arrow]]
Area = tuple[float, float, float, float]


def graph(count: int, joins: list[tuple[int, int]]) -> Graph:
    boxes = [Size(40.0 + 7.0 * (i % 5), 20.0 + 5.0 * (i % 3)) for i in range(count)]
    return boxes, [Arrow(a, b, Size(20.0 + 3.0 * ((a + b) % 4), 10.0)) for a, b in joins]


def random_joins(count: int, seed: int) -> list[tuple[int, int]]:
    choose = random.Random(seed)
    return [(choose.randrange(head), head) for head in range(1, count) for _ in range(2)]


GRAPHS = {
    "one box": graph(1, []),
    "two edges between two boxes": graph(2, [(0, 1), (0, 1)]),
    "chain": graph(30, list(pairwise(range(30)))),
    "chain with one shared operand": graph(20, [(i, i + 1) for i in range(1, 19)] + [(0, 5)] * 3),
    "fan-out of 20": graph(22, [(0, i) for i in range(1, 21)] + [(i, 21) for i in range(1, 21)]),
    "diamonds": graph(9, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 6), (5, 6), (0, 6)]),
    "two unconnected boxes": graph(2, []),
    **{f"random {seed}": graph(40, random_joins(40, seed)) for seed in range(6)},
}
every_graph = pytest.mark.parametrize("graph", GRAPHS.values(), ids=list(GRAPHS))


def areas(graph: Graph, layout: Layout) -> list[Area]:
    """The rectangles that the boxes and then the labels take: left, right, low, high."""
    sizes = [*graph[0], *(arrow.label for arrow in graph[1])]
    centres = [*layout.boxes, *(route.label for route in layout.routes)]
    return [
        (x - size.along / 2, x + size.along / 2, y - size.across / 2, y + size.across / 2)
        for (x, y), size in zip(centres, sizes, strict=True)
    ]


def overlap(one: Area, other: Area) -> bool:
    tiny = 1e-6
    return (
        one[0] < other[1] - tiny
        and other[0] < one[1] - tiny
        and one[2] < other[3] - tiny
        and other[2] < one[3] - tiny
    )


@every_graph
def test_boxes_and_labels_do_not_overlap(graph: Graph) -> None:
    layout = layered(*graph)
    for one, other in combinations(areas(graph, layout), 2):
        assert not overlap(one, other)


@every_graph
def test_arrows_run_forward_from_tail_to_head(graph: Graph) -> None:
    layout = layered(*graph)
    for arrow, route in zip(graph[1], layout.routes, strict=True):
        places = [round(place, 6) for run in route.runs for place in (run.start, run.end)]
        assert places == sorted(places)
        tail, head = layout.boxes[arrow.tail], layout.boxes[arrow.head]
        assert tail[0] < places[0] < places[-1] < head[0]
        assert places[-1] == pytest.approx(head[0] - graph[0][arrow.head].along / 2)
        assert abs(route.runs[-1].across - head[1]) < graph[0][arrow.head].across / 2


@every_graph
def test_arrows_pass_no_box_and_no_label_but_their_own(graph: Graph) -> None:
    layout = layered(*graph)
    boxes_and_labels = areas(graph, layout)
    for number, (arrow, route) in enumerate(zip(graph[1], layout.routes, strict=True)):
        own = {arrow.tail, arrow.head, len(graph[0]) + number}
        for place, area in enumerate(boxes_and_labels):
            if place not in own:
                for run in route.runs:
                    assert not overlap((run.start, run.end, run.across, run.across + 0.01), area)
                for run, following in pairwise(route.runs):
                    low, high = sorted((run.across, following.across))
                    assert not overlap((run.end, following.start, low, high), area)


@every_graph
def test_everything_lies_inside_the_size(graph: Graph) -> None:
    layout = layered(*graph)
    for left, right, low, high in areas(graph, layout):
        assert left >= 0.0
        assert low >= -1e-9
        assert right <= layout.size.along + 1e-9
        assert high <= layout.size.across + 1e-9


def test_one_route_of_a_trunk_starts_at_its_box_and_the_others_where_they_turn_off() -> None:
    boxes, arrows = graph(4, [(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)])
    layout = layered(boxes, arrows)
    edge = layout.boxes[0][0] + boxes[0].along / 2
    starts = [layout.routes[number].runs[0].start for number in (0, 3, 4)]
    assert starts[:2] == [edge, edge]  # turns off at once; draws the trunk, being the longest
    assert edge < starts[2] < layout.boxes[2][0]


def test_a_chain_is_drawn_straight() -> None:
    boxes = [Size(40.0, 20.0)] * 8
    layout = layered(boxes, [Arrow(i, i + 1, Size(20.0, 10.0)) for i in range(7)])
    assert len({y for _, y in layout.boxes}) == 1


def test_a_tree_has_no_crossing() -> None:
    boxes = [Size(40.0, 20.0)] * 7
    joins = [(0, 4), (1, 4), (2, 5), (3, 5), (4, 6), (5, 6)]
    layout = layered(boxes, [Arrow(a, b, Size(20.0, 10.0)) for a, b in joins])
    assert [layout.boxes[i][1] for i in range(4)] == sorted(y for _, y in layout.boxes[:4])


def test_a_crossing_that_can_be_undone_is_undone() -> None:
    boxes = [Size(40.0, 20.0)] * 5
    joins = [(0, 3), (1, 2), (2, 4), (3, 4)]
    layout = layered(boxes, [Arrow(a, b, Size(20.0, 10.0)) for a, b in joins])
    assert (layout.boxes[0][1] < layout.boxes[1][1]) == (layout.boxes[3][1] < layout.boxes[2][1])


def test_the_layout_is_the_same_every_time() -> None:
    boxes, arrows = graph(60, random_joins(60, 1))
    assert layered(boxes, arrows) == layered(boxes, arrows)


def test_a_chain_of_20000_does_not_recurse() -> None:
    boxes = [Size(10.0, 10.0)] * 20_000
    layout = layered(boxes, [Arrow(i, i + 1, Size(5.0, 5.0)) for i in range(19_999)])
    assert [x for x, _ in layout.boxes] == sorted(x for x, _ in layout.boxes)


@pytest.mark.parametrize("ends", [(1, 0), (1, 1), (0, 2), (-1, 1)])
def test_an_arrow_that_does_not_run_forward_is_refused(ends: tuple[int, int]) -> None:
    boxes, arrows = graph(2, [ends])
    with pytest.raises(ValueError, match=f"later one of 2, got {ends[0]} to {ends[1]}"):
        layered(boxes, arrows)


def test_no_boxes_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one box"):
        layered([], [])
