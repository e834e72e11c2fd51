"""The content of a drawing of a graph: boxes, edges from operands to results, frames of calls.

This is the content, as texts and sizes; the layout gives it places, and `graph_svg.py` or
`dot.py` a shape.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from ...engine.errors import NoDerivativeError
from ...engine.messages import pluralize
from ...engine.node import Node
from ...engine.rows import RowOp
from ..text import DASH, TIMES, clean, decimal
from .boxes import LISTED, Box, as_number, group_box, in_frames, more_box, node_box
from .facts import Facts
from .folding import Unit, Units, operands_of
from .module_calls import frames_around, numbers_of, title
from .op_text import op_text

UNKNOWN: Any = object()  # a local derivative that nothing says
MANY: Any = object()  # one for each result of a node of many
DECADES = 4  # of |grad| below the largest, over which heat fades


class Edge(NamedTuple):
    """An edge of a drawing, from an operand to a result that was computed from it.

    Attributes:
        tail, head: the boxes.
        idle: whether nothing flows back along it.
        text: the local derivative as shown, such as ``×3``; none on the way into a group.
        exact: details beyond that, such as all of its digits.
    """

    tail: int
    head: int
    idle: bool
    text: str
    exact: str


class End(NamedTuple):
    """An edge without its head: the last box of a unit is made after the edges to it."""

    tail: int
    idle: bool
    text: str
    exact: str


class FrameContent(NamedTuple):
    """A frame around the nodes of a module call with this path, and the frame around it."""

    outer: int | None
    title: str
    exact: str
    path: str = ""


def paths_around(frames: Sequence[FrameContent], frame: int | None) -> Iterator[str]:
    """The paths that a frame and those around it tell, the innermost first."""
    while frame is not None:
        yield frames[frame].path
        frame = frames[frame].outer


class Origins(NamedTuple):
    """Maps from nodes and operand slots of the graph to boxes and edges of the drawing.

    Attributes:
        box_of: the box of each node; a parameter that groups share has the first of theirs.
        edge_of: the edge of each operand slot of a node, unless it lies inside a box.
        outputs: for each box that stands for nodes those whose numbers it shows.
    """

    box_of: dict[Node, int]
    edge_of: dict[tuple[Node, int], int]
    outputs: dict[int, list[Node]]


class Content(NamedTuple):
    """The whole content of a drawing. Boxes come after those they are computed from.

    Attributes:
        hottest: the largest finite |grad|, which heat is relative to; 0 if there is none.
        rows: the row of each box, in a drawing that is too long for one.
    """

    boxes: list[Box]
    edges: list[Edge]
    frames: list[FrameContent]
    origins: Origins = Origins({}, {}, {})
    hottest: float | None = None
    rows: Sequence[int] = ()

    def words(self) -> "Content":
        """The content without references to nodes, so that it does not keep the graph in memory."""
        return self._replace(origins=Origins({}, {}, {}))

    def unlabelled(self) -> "Content":
        """The content without the labels of its arrows, before these have a number."""
        return self._replace(
            edges=[e._replace(text="", exact="") if e.text else e for e in self.edges]
        )


def content_of(
    units: Sequence[Unit],
    unit_of: Units,
    facts: Facts,
    shown: set[Unit],
    heat: bool = False,
) -> Content:
    """Build the content of a drawing of the units in `shown`.

    Args:
        units, unit_of: from `folding.fold`.
        facts: the graph.
        shown: the units to show; a box counts those left out beside them.
        heat: whether to colour the boxes by |grad|.
    """
    page = _Page(units, unit_of, facts, shown)
    for unit in page.units:
        page.add(unit)
    for unit in page.units:
        page.leave_out_users(unit)
    boxes, hottest = _add_heat(page) if heat else (page.boxes, None)
    return Content(boxes, page.edges, page.frames, page.origins, hottest)


class _Page:
    """Builds the content unit by unit."""

    def __init__(
        self, units: Sequence[Unit], unit_of: Units, facts: Facts, shown: set[Unit]
    ) -> None:
        self.units = [unit for unit in units if unit in shown]
        self.unit_of, self.root = unit_of, facts.root
        self.folded = any(unit.alike or unit.is_sum for unit in units)
        self.names, self.paths, self.moved = facts.names, facts.paths, facts.moved
        self.numbers = numbers_of(facts.order)
        self.users: dict[Unit, list[Unit]] = {}
        self.used = {facts.root}  # outside of the units that they are in
        for unit in units:
            for operand, tail in operands_of(unit, unit_of):
                self.used.add(operand)
                self.users.setdefault(tail, []).append(unit)
        self.boxes: list[Box] = []
        self.edges: list[Edge] = []
        self.box_of: dict[Unit, int] = {}
        self.origins = Origins({}, {}, {})
        calls = frames_around(dict.fromkeys(unit.home for unit in self.units))
        self.frame_of = {call: number for number, call in enumerate(calls)}
        self.frames = [
            FrameContent(
                self.frame_of.get(call.parent),
                title(call, self.numbers.get(call)),
                f"{call.kind} {call.path}".strip(),
                clean(call.path),
            )
            for call in calls
        ]

    def add(self, unit: Unit) -> None:
        """Add the box of a unit, those of the plain numbers it uses, and the edges to it."""
        frame = self.frame_of.get(unit.home)
        ends = self._into_group(unit) if unit.is_group else self._into_node(unit)
        missing = sum(tail not in self.box_of for _, tail in operands_of(unit, self.unit_of))
        if missing:
            ends.append(End(self._put(more_box(missing, "operand"), frame), True, "", ""))
        head = self.box_of[unit] = self._put(self._box(unit, len(ends)), frame)
        self.edges += [Edge(end.tail, head, *end[1:]) for end in ends]
        self.origins.outputs[head] = self._outputs(unit)
        for node in unit.nodes:
            self.origins.box_of[node] = head
            for x in node.parents:
                if x not in self.unit_of:
                    self.origins.box_of.setdefault(x, head)

    def leave_out_users(self, unit: Unit) -> None:
        """Add a box that counts the uses of `unit` that are not shown."""
        missing = sum(user not in self.box_of for user in self.users.get(unit, ()))
        if missing:
            more = self._put(more_box(missing, "use"), self.frame_of.get(unit.home))
            self.edges.append(Edge(self.box_of[unit], more, True, "", ""))

    def _put(self, box: Box, frame: int | None) -> int:
        known = in_frames(box, paths_around(self.frames, frame))
        self.boxes.append(known._replace(frame=frame))
        return len(self.boxes) - 1

    def _box(self, unit: Unit, operands: int) -> Box:
        if not unit.is_group:
            node = unit.nodes[-1]
            name, was = self.names[node], self.moved.get(node)
            path = self.paths.get(node, "") if node.is_parameter else ""
            return node_box(node, self.root, name, self._op(unit), path, operands, was)
        inside = {node for node in unit.nodes if node.is_parameter}
        for node in unit.nodes:
            inside.update(x for x in node.parents if x.is_parameter and x not in self.unit_of)
        which = self.numbers.get(unit.call)
        return group_box(unit, which, self._outputs(unit), self.root, len(inside), self.names)

    def _op(self, unit: Unit) -> str:
        """The op of a unit, with the plain numbers that have no boxes."""
        if unit.is_sum:
            numbers = [x for n in unit.nodes for x in n.operands]
            return " + ".join(["Σ", *(decimal(x) for x in numbers if not isinstance(x, Node))])
        node = unit.nodes[-1]
        if node.op is None:
            return ""
        return op_text(node, self.names)

    def _outputs(self, unit: Unit) -> list[Node]:
        """The nodes whose numbers the box of a unit shows."""
        if not unit.is_group:
            return [unit.nodes[-1]]
        return [node for node in unit.nodes if node in self.used]

    def _into_node(self, unit: Unit) -> list[End]:
        """An edge for each operand slot, with the local derivative; many from one box are one."""
        ends: dict[tuple[Node, int], End] = {}
        for node in unit.nodes:
            slots = enumerate(zip(node.operands, _locals(node), strict=True))
            for slot, (operand, local) in slots:
                if not isinstance(operand, Node):
                    continue
                if self.unit_of[operand] is unit or self.unit_of[operand] not in self.box_of:
                    continue
                tail = self.box_of[self.unit_of[operand]]
                constant = self.boxes[tail].kind == "constant"
                ends[node, slot] = End(tail, *_label(local, node, constant))
        counts = Counter(end.tail for end in ends.values()) if self.folded else {}
        joint: dict[Hashable, list[tuple[Node, int]]] = {}
        for place, end in ends.items():
            joint.setdefault(end.tail if counts.get(end.tail, 0) > LISTED else place, []).append(
                place
            )
        for edge, places in enumerate(joint.values(), len(self.edges)):
            self.origins.edge_of.update(dict.fromkeys(places, edge))
        return [_join([ends[place] for place in places]) for places in joint.values()]

    def _into_group(self, unit: Unit) -> list[End]:
        """One edge to a group for each box that its nodes have operands in."""
        slots: dict[int, list[tuple[Node, int]]] = {}
        for node in unit.nodes:
            for slot, operand in enumerate(node.operands):
                tail = self.unit_of.get(operand) if isinstance(operand, Node) else None
                if tail in self.box_of and tail is not unit:
                    slots.setdefault(self.box_of[tail], []).append((node, slot))
        for edge, inside in enumerate(slots.values(), len(self.edges)):
            self.origins.edge_of.update(dict.fromkeys(inside, edge))
        return [
            End(
                tail,
                self.boxes[tail].kind == "constant",
                "",
                f"used {pluralize(len(inside), 'time')} inside",
            )
            for tail, inside in slots.items()
        ]


def _locals(node: Node) -> Sequence[Any]:
    """The local derivatives of a node; an error of a user's rule gets a note with the node."""
    try:
        found = node.all_locals()
        if isinstance(node.op, RowOp):
            return [None if local is None else MANY for local in found]
        return [None if local is None else float(local) for local in found]
    except NoDerivativeError:
        return [UNKNOWN] * len(node.operands)
    except Exception as error:
        error.add_note(f"in a rule of {node.describe()}, which is being drawn")
        raise


def _join(ends: Sequence[End]) -> End:
    """The end of one edge for those from one box; it says how many it is."""
    first = ends[0]
    if len(ends) == 1:
        return first
    text = f"{first.text} ({len(ends):,})" if len({end.text for end in ends}) == 1 else ""
    return End(first.tail, all(end.idle for end in ends), text, f"of {len(ends):,} uses")


def _label(local: Any, node: Node, constant: bool) -> tuple[bool, str, str]:
    """The label of an edge: whether it is idle, its text, and digits shown nowhere else."""
    if local is UNKNOWN:
        return False, "", "the local derivative is not known"
    if local is MANY:
        return False, "", "a call of many results has a local derivative for each of them"
    if local is None or (constant and local != local):
        return True, TIMES + DASH, "nothing flows back here"
    known = float(f"{local:.4g}") == local or local in node.recorded
    return False, TIMES + decimal(local), "" if known else repr(float(local))


def _add_heat(page: _Page) -> tuple[list[Box], float]:
    """The boxes, each with its |grad| relative to the largest on a log scale; and the largest."""
    steepness = {}
    for unit in page.units:
        grads = [abs(as_number(node.grad)) for node in unit.nodes if node in page.used]
        # nan is smaller than nothing and larger than nothing, so max() would miss it.
        steepness[page.box_of[unit]] = math.nan if any(x != x for x in grads) else max(grads)
    finite = [slope for slope in steepness.values() if math.isfinite(slope)]
    largest = max(finite, default=0.0)
    boxes = list(page.boxes)
    for number, slope in steepness.items():
        if boxes[number].kind != "constant" and largest > 0.0:
            boxes[number] = boxes[number]._replace(heat=_share(slope, largest))
    return boxes, largest


def _share(slope: float, largest: float) -> float:
    if not slope < largest:  # nan and inf are as hot as can be
        return 1.0
    return max(0.0, 1.0 + math.log10(slope / largest) / DECADES) if slope / largest > 0.0 else 0.0
