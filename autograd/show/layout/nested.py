"""A plan with frames as graphs within graphs.

Each frame is a graph of its own, whose items are the boxes and frames that lie in it directly,
and in the graph around it is one item. What leaves a box is a *stream* in each graph that it
passes: it enters a frame once and leaves it once, however many of its arrows end there.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from .places import Plan


class Leg(NamedTuple):
    """One target of a stream: an item, or None for outside; and the first arrow that goes there."""

    item: int | None
    arrow: int


class Stream(NamedTuple):
    """The arrows from one box within one graph: their source, None if outside, and the legs."""

    source: int | None
    legs: list[Leg]


class Graph(NamedTuple):
    """The items that lie directly in one frame, or in none, and the streams between them.

    Items are boxes by their number and frames by the number of boxes + theirs. They come in
    an order in which arrows lead forward. Streams go by the box that they come from.
    """

    items: list[int]
    streams: dict[int, Stream]


def nest(plan: Plan) -> list[Graph]:
    """Divide a plan into the graph of each frame, and last the one around them all.

    Raises:
        ValueError: if there is no box, an arrow does not lead from a box to a later one, a
            frame or box lies in a frame that is not there, or a path leaves a frame and comes
            back.
    """
    _check(plan)
    count, top = len(plan.boxes), len(plan.frames)
    graphs = [Graph([], {}) for _ in range(top + 1)]
    for item, around in enumerate([*plan.inside, *(frame.outer for frame in plan.frames)]):
        graphs[top if around is None else around].items.append(item)
    _stream(plan, graphs)
    if plan.frames:
        last_box = [*range(count), *[-1] * top]  # in each item
        for frame in reversed(range(top)):
            last_box[count + frame] = max((last_box[i] for i in graphs[frame].items), default=-1)
        for graph in graphs:
            graph.items[:] = _sort(graph, last_box)
    return graphs


def _check(plan: Plan) -> None:
    count = len(plan.boxes)
    if not count:
        raise ValueError("a layout needs at least one box, got none")
    for tail, head, *_ in plan.arrows:
        if not 0 <= tail < head < count:
            ends = f"{tail} to {head}"
            raise ValueError(f"an arrow leads from a box to a later one of {count}, got {ends}")
    if len(plan.inside) != count:
        raise ValueError(f"a plan says of {count} boxes what each is inside, got {plan.inside!r}")
    outers = [(frame.outer, number) for number, frame in enumerate(plan.frames)]
    for frame, frames in [*outers, *((inside, len(plan.frames)) for inside in plan.inside)]:
        if frame is not None and not 0 <= frame < frames:
            raise ValueError(f"boxes and frames lie in one of {frames} earlier frames, got {frame}")


def _stream(plan: Plan, graphs: Sequence[Graph]) -> None:
    """Lead every arrow out of the frames around its tail and into those around its head."""
    count, top = len(plan.boxes), len(plan.frames)
    outer = [top if frame.outer is None else frame.outer for frame in plan.frames]
    depth = [0] * (top + 1)
    for frame in range(top):
        depth[frame] = depth[outer[frame]] + 1
    home = [top if frame is None else frame for frame in plan.inside]
    passed: set[tuple[int, int, int | None]] = set()

    def lead(graph: int, tail: int, source: int | None, leg: Leg) -> None:
        stream = graphs[graph].streams.setdefault(tail, Stream(source, []))
        crossing = (graph, tail, leg.item)
        if crossing not in passed or (leg.item is not None and leg.item < count):
            passed.add(crossing)
            stream.legs.append(leg)

    for number, (tail, head, *_) in enumerate(plan.arrows):
        graph, source, item, goal = home[tail], tail, head, home[head]
        while graph != goal:
            if depth[goal] >= depth[graph]:
                lead(goal, tail, None, Leg(item, number))
                goal, item = outer[goal], count + goal
            else:
                lead(graph, tail, source, Leg(None, number))
                graph, source = outer[graph], count + graph
        lead(graph, tail, source, Leg(item, number))


def _sort(graph: Graph, last_box: Sequence[int]) -> list[int]:
    """Sort the items so that arrows lead forward, close to the order of their last boxes."""
    before: dict[int, list[int]] = {item: [] for item in graph.items}
    waiting = dict.fromkeys(graph.items, 0)  # for how many heads
    for source, legs in graph.streams.values():
        for item, _ in legs:
            if source is not None and item is not None:
                before[item].append(source)
                waiting[source] += 1
    ready = [(-last_box[item], item) for item in graph.items if not waiting[item]]
    heapify(ready)
    order = []
    while ready:
        item = heappop(ready)[1]
        order.append(item)
        for source in before[item]:
            waiting[source] -= 1
            if not waiting[source]:
                heappush(ready, (-last_box[source], source))
    if any(waiting.values()):
        raise ValueError(
            "no path may leave a frame and come back, directly or through other frames"
        )
    return order[::-1]
