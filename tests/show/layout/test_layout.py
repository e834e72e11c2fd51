"""The layered layout: nothing overlaps, frames enclose just their own, the same every time."""

import os
import random
import subprocess
import sys
from itertools import combinations, pairwise
from typing import NamedTuple

import pytest

from autograd.show.layout.layered import lay_out
from autograd.show.layout.places import FRAME_PADDING, FRAME_TITLE, Arrow, Frame, Places, Plan

TINY = 1e-6


class Area(NamedTuple):
    """A rectangle on the page."""

    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: "Area") -> bool:
        return (
            self.left < other.right - TINY
            and other.left < self.right - TINY
            and self.top < other.bottom - TINY
            and other.top < self.bottom - TINY
        )

    def holds(self, other: "Area", padding: float = 0.0, title: float = 0.0) -> bool:
        room = padding - TINY
        return (
            self.left + room <= other.left
            and other.right <= self.right - room
            and self.top + title + room <= other.top
            and other.bottom <= self.bottom - room
        )


def plan(count: int, joins: list[tuple[int, int]], down: bool = False) -> Plan:
    boxes = [(40.0 + 7.0 * (i % 5), 20.0 + 5.0 * (i % 3)) for i in range(count)]
    arrows = [Arrow(a, b, (20.0 + 3.0 * ((a + b) % 4), 10.0)) for a, b in joins]
    return Plan(boxes, arrows, [None] * count, [], down)


def random_joins(count: int, seed: int) -> list[tuple[int, int]]:
    choose = random.Random(seed)
    return [(choose.randrange(head), head) for head in range(1, count) for _ in range(2)]


def framed(seed: int) -> Plan:
    """A random graph in random frames within frames: runs of boxes, so that no path comes back.

    Some arrows have no label, some frames a title wider than what they enclose, and one frame
    encloses nothing.
    """
    choose = random.Random(seed)
    count = choose.randrange(2, 45)
    made = plan(count, random_joins(count, seed), down=seed % 2 == 1)
    frames: list[Frame] = [Frame(None, 50.0)]
    inside: list[int | None] = [None] * count
    runs: list[tuple[int, int, int | None]] = [(0, count, None)]
    while runs:
        start, end, outer = runs.pop()
        while start < end:
            length = choose.randrange(1, 1 + end - start)
            if choose.random() < 0.6 and (length < end - start or outer is None):
                frames.append(Frame(outer, choose.choice([0.0, 30.0, 400.0])))
                runs.append((start, start + length, len(frames) - 1))
                inside[start : start + length] = [len(frames) - 1] * length
            start += length
    arrows = [a._replace(label=choose.choice([a.label, (0.0, 0.0)])) for a in made.arrows]
    return made._replace(arrows=arrows, inside=inside, frames=frames)


def network(down: bool) -> Plan:
    """Two inputs, then a layer of three neurons and a layer of one, each in its frame."""
    boxes, inside, frames = 2, [None, None], [Frame(None, 60.0)]
    joins: list[tuple[int, int]] = []
    places: list[int | None] = list(inside)
    outputs = [0, 1]
    for neurons in (3, 1):
        frames.append(Frame(0, 60.0))
        layer, given, outputs = len(frames) - 1, outputs, []
        for _ in range(neurons):
            frames.append(Frame(layer, 60.0))
            first = boxes
            for tail in given:
                joins += [(tail, boxes + 1), (boxes, boxes + 1)]
                boxes += 2
            joins += [(product, boxes) for product in range(first + 1, boxes, 2)]
            boxes += 1
            places += [len(frames) - 1] * (boxes - first)
            outputs.append(boxes - 1)
    return plan(boxes, joins, down)._replace(inside=places, frames=frames)


FAN = [(0, i) for i in range(1, 21)] + [(i, 21) for i in range(1, 21)]
PLANS = {
    "one box": plan(1, []),
    "two edges between two boxes": plan(2, [(0, 1), (0, 1)]),
    "chain": plan(30, list(pairwise(range(30)))),
    "chain with one shared operand": plan(20, [(i, i + 1) for i in range(1, 19)] + [(0, 5)] * 3),
    "fan-out of 20": plan(22, FAN),
    "fan-out of 20, down": plan(22, FAN, down=True),
    "diamonds": plan(9, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 6), (5, 6), (0, 6)]),
    "two unconnected boxes": plan(2, []),
    "many that nothing needs": plan(12, [(0, i) for i in range(1, 11)] + [(10, 11)]),
    "network": network(down=False),
    "network, down": network(down=True),
    **{f"random {seed}": plan(40, random_joins(40, seed), seed % 2 == 1) for seed in range(6)},
    **{f"framed {seed}": framed(seed) for seed in range(40)},
}
every_plan = pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
LAID_OUT: dict[int, Places] = {}


def laid_out(plan: Plan) -> Places:
    """The layout of one of `PLANS`, made once for all laws."""
    if id(plan) not in LAID_OUT:
        LAID_OUT[id(plan)] = lay_out(plan)
    return LAID_OUT[id(plan)]


def around(centre: tuple[float, float], extent: tuple[float, float]) -> Area:
    (x, y), (width, height) = centre, extent
    return Area(x - width / 2, x + width / 2, y - height / 2, y + height / 2)


def boxes(plan: Plan, places: Places) -> list[Area]:
    return list(map(around, places.boxes, plan.boxes))


def labels(plan: Plan, places: Places) -> dict[int, Area]:
    """The labels that are not empty, by the number of the arrow."""
    found = {}
    for number, (arrow, route) in enumerate(zip(plan.arrows, places.routes, strict=True)):
        if arrow.label != (0.0, 0.0):
            found[number] = around(route.label, arrow.label)
    return found


def frames(places: Places) -> list[Area]:
    return [Area(x, x + width, y, y + height) for x, y, width, height in places.frames]


def pieces(stroke: list[tuple[float, float]]) -> list[Area]:
    """The rectangle of the control points of each piece of a stroke: the piece lies inside it."""
    found = []
    for start in range(0, len(stroke) - 1, 3):
        xs, ys = zip(*stroke[start : start + 4], strict=True)
        found.append(Area(min(xs), max(xs) + 0.01, min(ys), max(ys) + 0.01))
    return found


def enclosing(plan: Plan, frame: int | None) -> list[int]:
    """A frame, the frame that it lies in, and so on."""
    found = []
    while frame is not None:
        found.append(frame)
        frame = plan.frames[frame].outer
    return found


@every_plan
def test_boxes_and_labels_do_not_overlap(plan: Plan) -> None:
    places = laid_out(plan)
    for one, other in combinations([*boxes(plan, places), *labels(plan, places).values()], 2):
        assert not one.overlaps(other)


@every_plan
def test_arrows_run_forward_to_the_border_of_their_heads(plan: Plan) -> None:
    places = laid_out(plan)
    across, along = (0, 1) if plan.down else (1, 0)
    for arrow, route in zip(plan.arrows, places.routes, strict=True):
        points = [point for stroke in route.strokes for point in stroke]
        ways = [point[along] for point in points]
        assert all(b >= a - TINY for a, b in pairwise(ways))
        head, extent = places.boxes[arrow.head], plan.boxes[arrow.head]
        assert ways[-1] == pytest.approx(head[along] - extent[along] / 2)
        assert abs(points[-1][across] - head[across]) < extent[across] / 2
        straight = [p for p in points if p[along] >= ways[-1] - 8.0 + TINY]
        assert {round(p[across], 6) for p in straight} == {round(points[-1][across], 6)}


@every_plan
def test_arrows_start_at_the_border_of_their_tails_or_on_what_they_share(plan: Plan) -> None:
    places = laid_out(plan)
    across, along = (0, 1) if plan.down else (1, 0)
    for number, (arrow, route) in enumerate(zip(plan.arrows, places.routes, strict=True)):
        start = route.strokes[0][0]
        tail, extent = places.boxes[arrow.tail], plan.boxes[arrow.tail]
        at_tail = start[along] == pytest.approx(tail[along] + extent[along] / 2)
        others = [
            stroke
            for place, other in enumerate(places.routes)
            if place != number and plan.arrows[place].tail == arrow.tail
            for stroke in other.strokes
        ]
        spot = Area(start[0] - 0.5, start[0] + 0.5, start[1] - 0.5, start[1] + 0.5)
        shared = any(spot.overlaps(piece) for stroke in others for piece in pieces(stroke))
        assert (at_tail and start[across] == pytest.approx(tail[across], abs=0.5)) or shared


@every_plan
def test_one_arrow_of_each_tail_is_drawn_from_its_border(plan: Plan) -> None:
    places = laid_out(plan)
    along = 1 if plan.down else 0
    for tail in {arrow.tail for arrow in plan.arrows}:
        border = places.boxes[tail][along] + plan.boxes[tail][along] / 2
        routes = [r for a, r in zip(plan.arrows, places.routes, strict=True) if a.tail == tail]
        assert min(r.strokes[0][0][along] for r in routes) == pytest.approx(border)


@every_plan
def test_arrows_pass_no_box_and_no_label(plan: Plan) -> None:
    places = laid_out(plan)
    taken = [*boxes(plan, places), *labels(plan, places).values()]
    for route in places.routes:
        for stroke in route.strokes:
            for piece in pieces(stroke):
                thin = piece._replace(right=piece.right - 0.01, bottom=piece.bottom - 0.01)
                assert not any(thin.overlaps(area) for area in taken)


@every_plan
def test_a_line_is_open_just_where_its_label_stands(plan: Plan) -> None:
    places = laid_out(plan)
    along = 1 if plan.down else 0
    for arrow, route in zip(plan.arrows, places.routes, strict=True):
        if arrow.label == (0.0, 0.0):
            assert len(route.strokes) == 1
        else:
            before, after = route.strokes
            half = arrow.label[along] / 2
            assert before[-1][along] == pytest.approx(route.label[along] - half)
            assert after[0][along] == pytest.approx(route.label[along] + half)


@every_plan
def test_everything_lies_inside_the_size(plan: Plan) -> None:
    places = laid_out(plan)
    page = Area(0.0, places.size[0], 0.0, places.size[1])
    for area in [*boxes(plan, places), *labels(plan, places).values(), *frames(places)]:
        assert page.holds(area)


@every_plan
def test_a_frame_holds_its_own_with_padding_and_a_title_and_no_stranger(plan: Plan) -> None:
    places = laid_out(plan)
    drawn = frames(places)
    things = list(zip(boxes(plan, places), plan.inside, strict=True))
    things += [(a, plan.inside[plan.arrows[n].head]) for n, a in labels(plan, places).items()]
    things += [(a, plan.frames[n].outer) for n, a in enumerate(drawn)]
    for number, frame in enumerate(drawn):
        for area, inside in things:
            if number in enclosing(plan, inside):
                assert frame.holds(area, FRAME_PADDING, FRAME_TITLE)
            elif area is not frame:
                assert not frame.overlaps(area) or area.holds(frame)


@every_plan
def test_frames_nest_or_keep_apart(plan: Plan) -> None:
    drawn = frames(laid_out(plan))
    for one, other in combinations(range(len(drawn)), 2):
        if one not in enclosing(plan, other):
            assert not drawn[one].overlaps(drawn[other])


@every_plan
def test_a_frame_has_room_for_its_title_and_needs_no_more_than_its_contents(plan: Plan) -> None:
    """Arrows that bend inside count too: they take up to 100 before and behind what they join."""
    places = laid_out(plan)
    drawn = frames(places)
    along, across = (1, 0) if plan.down else (0, 1)
    for number, area in enumerate(drawn):
        width = area.right - area.left
        assert width >= plan.frames[number].title + 2 * FRAME_PADDING - TINY
        parts = [b for b, i in zip(boxes(plan, places), plan.inside, strict=True) if i == number]
        parts += [d for d, f in zip(drawn, plan.frames, strict=True) if f.outer == number]
        for arrow, label in labels(plan, places).items():
            if plan.inside[plan.arrows[arrow].head] == number:
                parts.append(label)
        if parts:
            used = [
                max(p.right for p in parts) - min(p.left for p in parts) + 2 * FRAME_PADDING,
                max(p.bottom for p in parts) - min(p.top for p in parts) + 2 * FRAME_PADDING,
            ]
            used[1] += FRAME_TITLE
            used[along] += 2 * 100.0
            used[across] += 13.0 * 2 * len(plan.arrows)  # lines that pass
            assert width <= max(used[0], plan.frames[number].title + 2 * FRAME_PADDING) + TINY
            assert area.bottom - area.top <= used[1] + TINY


@pytest.mark.parametrize("down", [False, True])
def test_a_frame_without_arrows_fits_exactly(down: bool) -> None:
    box = (100.0, 30.0)
    places = lay_out(Plan([box], [], [0], [Frame(None, 40.0)], down))
    assert places.frames == [(0.0, 0.0, 100.0 + 28.0, 30.0 + 28.0 + 20.0)]
    assert places.boxes == [(64.0, 49.0)]
    assert places.size == (128.0, 78.0)


def entries(places: Places, plan: Plan, frame: int, tail: int) -> set[int]:
    """At which heights lines from a box enter a frame, at its left border."""
    area = frames(places)[frame]
    found = set[int]()
    for arrow, route in zip(plan.arrows, places.routes, strict=True):
        for stroke in route.strokes if arrow.tail == tail else []:
            for start, end in pairwise(stroke[::3]):
                enters = start[0] <= area.left + TINY < end[0]
                if enters and area.top < start[1] < area.bottom:
                    found.add(round(start[1]))
    return found


def test_what_comes_from_one_box_enters_a_frame_once() -> None:
    made = network(down=False)
    places = lay_out(made)
    for tail in (0, 1):
        assert [len(entries(places, made, frame, tail)) for frame in range(5)] == [1] * 5


def test_neurons_of_a_layer_stand_in_a_column() -> None:
    neurons = lay_out(network(down=False)).frames[2:5]
    assert len({round(neuron.x + neuron.width / 2, 6) for neuron in neurons}) == 1


def test_a_path_that_leaves_a_frame_and_comes_back_is_refused() -> None:
    made = plan(4, [(0, 1), (1, 2), (2, 3)])
    frames = [Frame(None, 10.0), Frame(None, 10.0)]
    with pytest.raises(ValueError, match="no path may leave a frame and come back"):
        lay_out(made._replace(inside=[0, 1, None, 1], frames=frames))


def test_frames_that_need_one_another_are_refused() -> None:
    made = plan(4, [(0, 1), (2, 3)])
    frames = [Frame(None, 10.0), Frame(None, 10.0)]
    with pytest.raises(ValueError, match="directly or through other frames"):
        lay_out(made._replace(inside=[0, 1, 1, 0], frames=frames))


def test_a_trunk_is_drawn_once_by_its_longest_arrow_and_others_start_where_they_turn_off() -> None:
    made = plan(4, [(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)])
    places = lay_out(made)
    edge = places.boxes[0][0] + made.boxes[0][0] / 2
    starts = [places.routes[number].strokes[0][0][0] for number in (0, 3, 4)]
    assert starts[:2] == [edge, edge]  # turns off at once; draws the trunk, being the longest
    assert edge < starts[2] < places.boxes[2][0]


def test_a_box_that_nothing_needs_stands_right_after_its_operands() -> None:
    places = lay_out(plan(10, [*pairwise(range(9)), (0, 9)]))
    assert places.boxes[9][0] < places.boxes[2][0]


def even(count: int, joins: list[tuple[int, int]]) -> Plan:
    arrows = [Arrow(a, b, (20.0, 10.0)) for a, b in joins]
    return Plan([(40.0, 20.0)] * count, arrows, [None] * count, [])


def test_a_chain_is_drawn_straight() -> None:
    places = lay_out(even(8, list(pairwise(range(8)))))
    assert len({y for _, y in places.boxes}) == 1
    assert all(len(stroke) == 4 for route in places.routes for stroke in route.strokes)


@pytest.mark.parametrize("gap", [10.0, 50.0])
def test_boxes_and_labels_of_a_chain_are_as_far_apart_as_asked(gap: float) -> None:
    places = lay_out(even(3, [(0, 1), (1, 2)])._replace(gap=gap))
    assert [x for x, _ in places.boxes] == [20.0 + (60.0 + 2.0 * gap) * i for i in range(3)]


def test_a_tree_has_no_crossing() -> None:
    places = lay_out(even(7, [(0, 4), (1, 4), (2, 5), (3, 5), (4, 6), (5, 6)]))
    assert [places.boxes[i][1] for i in range(4)] == sorted(y for _, y in places.boxes[:4])


def test_a_crossing_that_can_be_undone_is_undone() -> None:
    boxes = lay_out(even(5, [(0, 3), (1, 2), (2, 4), (3, 4)])).boxes
    assert (boxes[0][1] < boxes[1][1]) == (boxes[3][1] < boxes[2][1])


def test_the_layout_is_the_same_in_every_process() -> None:
    code = (
        "import hashlib; import tests.show.layout.test_layout as t; "
        "from autograd.show.layout.layered import lay_out; "
        "print(hashlib.sha256(repr([lay_out(p) for p in t.PLANS.values()]).encode()).hexdigest())"
    )
    found = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", code]
        run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        found.add(run.stdout)
    assert len(found) == 1


def test_a_chain_of_20000_does_not_recurse() -> None:
    places = lay_out(even(20_000, list(pairwise(range(20_000)))))
    assert [x for x, _ in places.boxes] == sorted(x for x, _ in places.boxes)


def test_2000_frames_in_one_another_do_not_recurse() -> None:
    frames = [Frame(None if i == 0 else i - 1, 10.0) for i in range(2000)]
    places = lay_out(even(2, [(0, 1)])._replace(inside=[1999, None], frames=frames))
    assert [frame.x for frame in places.frames] == sorted(frame.x for frame in places.frames)


@pytest.mark.parametrize("ends", [(1, 0), (1, 1), (0, 2), (-1, 1)])
def test_an_arrow_that_does_not_run_forward_is_refused(ends: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=f"later one of 2, got {ends[0]} to {ends[1]}"):
        lay_out(plan(2, [ends]))


@pytest.mark.parametrize("frame", [-1, 1])
def test_a_frame_that_is_not_there_is_refused(frame: int) -> None:
    made = plan(1, [])
    with pytest.raises(ValueError, match=f"got {frame}"):
        lay_out(made._replace(inside=[frame], frames=[Frame(None, 1.0)]))
    with pytest.raises(ValueError, match=f"got {frame}"):
        lay_out(made._replace(inside=[0], frames=[Frame(None, 1.0), Frame(frame, 1.0)][frame:]))


def test_no_boxes_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one box"):
        lay_out(Plan([], [], [], []))
