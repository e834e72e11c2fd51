"""A layered layout: places the boxes, arrows and frames of a drawing.

A plan is laid out as graphs within graphs (`nested.py`), from the innermost outward: a frame,
laid out, is one item of the graph around it. Each graph gets ranks (`ranks.py`), in each rank
an order (`ordering.py`), and coordinates (`placing.py`), all of them *along* the direction of
the arrows and *across* it. Here they come together on the page. Nothing recurses and nothing
depends on hashing.
"""

from collections.abc import Iterator
from typing import NamedTuple

from .nested import Graph, Leg, nest
from .ordering import order_cells
from .places import FRAME_PADDING, FRAME_TITLE, Extent, Places, Plan, Point, Rectangle, Route
from .placing import Placing
from .ranks import OUTSIDE, Cells, Net, Size, Target
from .routing import Segment, route
from .rows import split, stack

PORT = 13.0  # between the arrows that enter one box
NEAR = 24.0  # from a leaf to the end of its column, at most


def lay_out(plan: Plan) -> Places:
    """Place the boxes, arrows and frames of `plan`.

    Args:
        plan: the boxes, arrows and frames.

    Raises:
        ValueError: if there is no box, an arrow does not lead from a box to a later one, a
            frame or box lies in a frame that is not there, an arrow or a frame is in two rows,
            or a path leaves a frame and comes back.

    Example:
        >>> from autograd.show.layout.places import Arrow, Plan
        >>> places = lay_out(Plan([(40.0, 20.0)] * 2, [Arrow(0, 1, (10.0, 10.0))], [None] * 2, []))
        >>> places.boxes[0] < places.boxes[1]
        True
    """
    if plan.rows:
        return stack(plan, [(row, lay_out(row.plan)) for row in split(plan)])
    layout = _Layout(plan)
    layout.move()
    routes = layout.routes()
    count = len(plan.boxes)
    centres = [point[::-1] if plan.down else point for point in layout.centres]
    frames = []
    for (x, y), size in zip(centres[count:], layout.sizes[count:], strict=True):
        width, height = size[::-1] if plan.down else size
        frames.append(Rectangle(x - width / 2, y - height / 2, width, height))
    size = layout.graphs[-1].placing.size
    return Places(centres[:count], routes, frames, size[::-1] if plan.down else size)


# A leg of a stream, its label's centre, the segments shared with another arrow, and its own.
_Branch = tuple[Leg, Point, list[Segment], list[Segment]]


class _PlacedGraph(NamedTuple):
    """One graph with the places of its cells, its streams' nets and its arrows' ports."""

    graph: Graph
    place: dict[int, int]
    nets: dict[int, int]
    cells: Cells
    placing: Placing
    ports: dict[int, float]

    def segment(self, cell: int, origin: Point) -> Segment:
        """The segment of an arrow within the rank of a cell."""
        start, end = self.placing.columns[self.cells.ranks[cell]]
        return Segment(origin[0] + start, origin[0] + end, origin[1] + self.placing.across[cell])


class _Layout:
    """The graphs of a plan, laid out one by one, then moved to their places on the page.

    Boxes and frames are items, as in `nested.py`.

    Attributes:
        sizes: of the items.
        entries, exits: for each frame and box, how far beside the centre of the frame the stream
            from the box enters, and leaves.
        insets: for each frame, how far from its corner its content begins.
        origins: where the content of each graph begins.
        centres: of the items.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan, self.count = plan, len(plan.boxes)
        nothing = [Size(0.0, 0.0)] * len(plan.frames)
        self.sizes = [*(self._turn(box) for box in plan.boxes), *nothing]
        self.entries: dict[tuple[int, int], float] = {}
        self.exits: dict[tuple[int, int], float] = {}
        self.insets = [(0.0, 0.0)] * (len(plan.frames) + 1)
        self.origins = list(self.insets)
        self.centres = [(0.0, 0.0)] * len(self.sizes)
        graphs = nest(plan)
        self.graphs: list[_PlacedGraph] = []
        for frame in reversed(range(len(plan.frames))):
            self.graphs.append(self._lay_out(graphs[frame]))
            self._frame(frame)
        self.graphs = [*reversed(self.graphs), self._lay_out(graphs[-1])]

    def _turn(self, extent: Extent) -> Size:
        return Size(*extent[::-1]) if self.plan.down else Size(*extent)

    def _lay_out(self, graph: Graph) -> _PlacedGraph:
        place = {item: number for number, item in enumerate(graph.items)}
        nets = []
        for tail, (source, legs) in graph.streams.items():
            start = OUTSIDE if source is None else place[source]
            offset = 0.0 if source is None else self.exits.get((source, tail), 0.0)
            nets.append(Net(start, offset, [self._target(tail, leg, place) for leg in legs]))
        cells = Cells([self.sizes[item] for item in graph.items], nets)
        placing = Placing(cells, order_cells(cells), self.plan.gap)
        numbers = {tail: number for number, tail in enumerate(graph.streams)}
        laid = _PlacedGraph(graph, place, numbers, cells, placing, {})
        self._enter(laid)
        return laid

    def _target(self, tail: int, leg: Leg, place: dict[int, int]) -> Target:
        arrow = self.plan.arrows[leg.arrow]
        if leg.item is None:
            return Target(OUTSIDE, 0.0, Size(0.0, 0.0), arrow.pull)
        if leg.item < self.count:
            return Target(place[leg.item], 0.0, self._turn(arrow.label), arrow.pull)
        offset = self.entries[leg.item, tail]
        return Target(place[leg.item], offset, Size(0.0, 0.0), arrow.pull)

    def _enter(self, laid: _PlacedGraph) -> None:
        """Spread the arrows that enter a box along its side, in the order of the labels."""
        entering: dict[int, list[tuple[float, int]]] = {}
        for (_, legs), labels in zip(laid.graph.streams.values(), laid.cells.labels, strict=True):
            for (item, arrow), label in zip(legs, labels, strict=True):
                if item is not None and item < self.count:
                    entering.setdefault(item, []).append((laid.placing.across[label], arrow))
        for head, arrows in entering.items():
            distance = min(PORT, self.sizes[head].across * 0.8 / len(arrows))
            for place, (_, arrow) in enumerate(sorted(arrows)):
                laid.ports[arrow] = (place - (len(arrows) - 1) / 2) * distance

    def _frame(self, frame: int) -> None:
        """Set the size of a frame, and the places at which streams pass its border."""
        laid, title, down = self.graphs[-1], self.plan.frames[frame].title, self.plan.down
        along, across = (2 * FRAME_PADDING + extent for extent in laid.placing.size)
        least = title + 2 * FRAME_PADDING
        size = (
            Size(along + FRAME_TITLE, max(across, least))
            if down
            else Size(max(along, least), across + FRAME_TITLE)
        )
        extra = size.along - along, size.across - across  # title above, room on both sides
        inset = (
            FRAME_PADDING + (extra[0] if down else extra[0] / 2),
            FRAME_PADDING + (extra[1] / 2 if down else extra[1]),
        )
        self.sizes[self.count + frame], self.insets[frame] = size, inset
        for tail, number in laid.nets.items():
            source, legs = laid.graph.streams[tail]
            beside = inset[1] - size.across / 2
            item = self.count + frame
            if source is None:
                root = laid.cells.trunks[number][0]
                self.entries[item, tail] = beside + laid.placing.across[root]
            for leg, label in zip(legs, laid.cells.labels[number], strict=True):
                if leg.item is None:
                    self.exits[item, tail] = beside + laid.placing.across[label]

    def move(self) -> None:
        """Compute all places on the page, from the outermost graph inward."""
        top = len(self.graphs) - 1
        for number in [top, *range(top)]:
            laid, (along, across) = self.graphs[number], self.origins[number]
            for cell, item in enumerate(laid.graph.items):
                start, end = laid.placing.columns[laid.cells.ranks[cell]]
                middle, half = (start + end) / 2, self.sizes[item].along / 2
                if not laid.cells.before[cell]:  # a leaf beside a wide frame is near its use
                    middle = max(middle, end - half - NEAR)
                self.centres[item] = along + middle, across + laid.placing.across[cell]
                if item >= self.count:
                    frame = item - self.count
                    size, inset = self.sizes[item], self.insets[frame]
                    centre = self.centres[item]
                    self.origins[frame] = (
                        centre[0] - size.along / 2 + inset[0],
                        centre[1] - size.across / 2 + inset[1],
                    )

    def routes(self) -> list[Route]:
        """The routes of all arrows; the longest arrow draws what several share."""
        top = len(self.plan.frames)
        found = [Route([], (0.0, 0.0))] * len(self.plan.arrows)
        outer = [top if frame.outer is None else frame.outer for frame in self.plan.frames]
        for tail, inside in enumerate(self.plan.inside):
            lines: list[tuple[int, list[Segment], list[Segment]]] = [
                (top if inside is None else inside, [], [])
            ]
            while lines:
                number, shared, line = lines.pop()
                if tail not in self.graphs[number].nets:
                    continue
                for leg, label, trunk, runs in self._legs(number, tail, shared, line):
                    if leg.item is None:
                        lines.append((outer[number], trunk, runs))
                    elif leg.item >= self.count:
                        lines.append((leg.item - self.count, trunk, runs))
                    else:
                        room = self._turn(self.plan.arrows[leg.arrow].label).along
                        found[leg.arrow] = route(trunk, runs, label, room, self.plan.down)
        return found

    def _legs(
        self, number: int, tail: int, shared: list[Segment], line: list[Segment]
    ) -> Iterator[_Branch]:
        """The legs of a stream, the longest first: it continues `line`, the others branch off.

        The segments before `line`, `shared`, are drawn by another arrow.
        """
        laid, origin = self.graphs[number], self.origins[number]
        net, bare, ranks = laid.nets[tail], laid.placing.bare, laid.cells.ranks
        trunk, labels = laid.cells.trunks[net], laid.cells.labels[net]
        legs = laid.graph.streams[tail].legs
        first = self._beginning(number, tail, laid.segment(trunk[0], origin))
        before = [*shared, *line]
        line = [*line, first]
        line += [laid.segment(cell, origin) for cell in trunk[1:] if ranks[cell] not in bare]
        for place in sorted(range(len(legs)), key=lambda place: -ranks[labels[place]]):
            leg, rank = legs[place], ranks[labels[place]]
            label = laid.segment(labels[place], origin)
            if not line:
                joint = trunk[rank - ranks[trunk[0]] - 1]
                turn = laid.segment(joint, origin)
                shared, line = before, [first]
                if joint != trunk[0]:
                    ways = trunk[1 : trunk.index(joint)]
                    shared = [
                        *before,
                        first,
                        *[laid.segment(cell, origin) for cell in ways if ranks[cell] not in bare],
                        turn,
                    ]
                    line = [turn._replace(start=turn.end)]
            runs = line if leg.item is not None and rank in bare else [*line, label]
            centre = (label.start + label.end) / 2, label.across
            yield leg, centre, shared, self._end_runs(number, tail, leg, runs)
            line = []

    def _beginning(self, number: int, tail: int, run: Segment) -> Segment:
        """The first segment of a trunk, from the border of its source or of the frame."""
        source = self.graphs[number].graph.streams[tail].source
        if source is None:
            return run._replace(start=self.origins[number][0] - self.insets[number][0])
        along, across = self.centres[source]
        beside = self.exits.get((source, tail), 0.0)
        return Segment(along + self.sizes[source].along / 2, run.end, across + beside)

    def _end_runs(self, number: int, tail: int, leg: Leg, runs: list[Segment]) -> list[Segment]:
        """Continue the segments to the border of the head, or of the frame that is passed."""
        if leg.item is None:
            corner = self.origins[number][0] - self.insets[number][0]
            size = self.sizes[self.count + number]
            return [*runs[:-1], runs[-1]._replace(end=corner + size.along)]
        laid, (along, across) = self.graphs[number], self.centres[leg.item]
        rank = laid.cells.ranks[laid.place[leg.item]]
        start = laid.placing.columns[rank][0] + self.origins[number][0]
        beside = laid.ports[leg.arrow] if leg.item < self.count else self.entries[leg.item, tail]
        return [*runs, Segment(start, along - self.sizes[leg.item].along / 2, across + beside)]
