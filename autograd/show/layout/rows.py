"""A plan in rows: each is a plan of its own, and laid out they stand below one another.

In a drawing from top to bottom rows are columns, side by side.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .places import Arrow, Places, Plan, Point, Rectangle, Route

BETWEEN = 36.0  # two rows


class Row(NamedTuple):
    """The plan of one row, and the numbers of its boxes, arrows and frames in the whole plan."""

    plan: Plan
    boxes: list[int]
    arrows: list[int]
    frames: list[int]


def split(plan: Plan) -> list[Row]:
    """The rows of a plan.

    Raises:
        ValueError: if an arrow leads from one row to another, or a frame is in two.
    """
    boxes: list[list[int]] = [[] for _ in range(max(plan.rows) + 1)]
    for number, row in enumerate(plan.rows):
        boxes[row].append(number)
    arrows: list[list[int]] = [[] for _ in boxes]
    for number, arrow in enumerate(plan.arrows):
        if plan.rows[arrow.tail] != plan.rows[arrow.head]:
            raise ValueError(f"an arrow leads within a row, got {arrow.tail} to {arrow.head}")
        arrows[plan.rows[arrow.head]].append(number)
    taken: dict[int, int] = {}
    found = []
    for row, (inside, joining) in enumerate(zip(boxes, arrows, strict=True)):
        frames = sorted(_frames_around(plan, inside))
        for frame in frames:
            if taken.setdefault(frame, row) != row:
                raise ValueError(f"a frame is in one row, frame {frame} is in two")
        found.append(Row(_part(plan, inside, joining, frames), inside, joining, frames))
    return [row for row in found if row.boxes]


def _frames_around(plan: Plan, boxes: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for box in boxes:
        frame = plan.inside[box]
        while frame is not None and frame not in found:
            found.add(frame)
            frame = plan.frames[frame].outer
    return found


def _part(plan: Plan, boxes: list[int], arrows: list[int], frames: list[int]) -> Plan:
    """The plan of these boxes, arrows and frames alone."""
    box = {number: place for place, number in enumerate(boxes)}
    frame: dict[int | None, int] = {number: place for place, number in enumerate(frames)}
    ends = [plan.arrows[number] for number in arrows]
    return Plan(
        [plan.boxes[number] for number in boxes],
        [Arrow(box[tail], box[head], label, pull) for tail, head, label, pull in ends],
        [frame.get(plan.inside[number]) for number in boxes],
        [
            plan.frames[number]._replace(outer=frame.get(plan.frames[number].outer))
            for number in frames
        ],
        plan.down,
        gap=plan.gap,
    )


def stack(plan: Plan, rows: Sequence[tuple[Row, Places]]) -> Places:
    """The places of everything, with each row below the one before."""
    boxes: list[Point] = [(0.0, 0.0)] * len(plan.boxes)
    routes = [Route([], (0.0, 0.0))] * len(plan.arrows)
    frames = [Rectangle(0.0, 0.0, 0.0, 0.0)] * len(plan.frames)
    x = y = width = height = 0.0
    for row, places in rows:
        for number, (left, top) in zip(row.boxes, places.boxes, strict=True):
            boxes[number] = left + x, top + y
        for number, route in zip(row.arrows, places.routes, strict=True):
            routes[number] = _move(route, x, y)
        for number, frame in zip(row.frames, places.frames, strict=True):
            frames[number] = frame._replace(x=frame.x + x, y=frame.y + y)
        width, height = max(width, x + places.size[0]), max(height, y + places.size[1])
        x, y = (width + BETWEEN, 0.0) if plan.down else (0.0, height + BETWEEN)
    return Places(boxes, routes, frames, (width, height))


def _move(route: Route, x: float, y: float) -> Route:
    def moved(stroke: Iterable[Point]) -> list[Point]:
        return [(left + x, top + y) for left, top in stroke]

    ((label_x, label_y),) = moved([route.label])
    return Route(list(map(moved, route.strokes)), (label_x, label_y), moved(route.trunk))
