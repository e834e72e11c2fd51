"""`worksheet`: a graph with blanks to fill in with a pencil, and its key, another for each seed.

All numbers are small and whole. Every graph has a node that is used twice, so that contributions
meet.
"""

import json
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, NamedTuple

from ..engine.arguments import integer, one_of
from ..engine.graph import edges, gradients, topological_order
from ..engine.messages import pluralize, short_repr
from ..engine.node import Node
from ..engine.value import Value
from ..show.drawing import Drawing
from ..show.graphs.boxes import SIDE, rows_width
from ..show.graphs.content import Content
from ..show.graphs.draw import THEMES, draw
from ..show.graphs.graph_svg import plan_of, write_graph
from ..show.graphs.view import view
from ..show.layout import layered
from ..show.text import TIMES

KINDS = ("data", "local", "grad")
LINE = "____"
LARGEST = 60  # of all numbers
NODES = range(2, 13)  # computed ones
WORDS = {"data": "data", "local": "local derivative", "grad": "gradient"}
OPERATIONS: tuple[tuple[str, Callable[..., Value]], ...] = (
    ("{} + {}", operator.add),
    ("{} * {}", operator.mul),
    ("{} * {}", operator.mul),
    ("{} - {}", operator.sub),
    ("{}.relu()", lambda x: x.relu()),
)


class Blank(NamedTuple):
    """A place to fill in.

    Attributes:
        number: as it stands on the sheet.
        what: ``"data"``, ``"local"`` for a local derivative, or ``"grad"``.
        of: the node, or the edge as ``"d h / d a"``.
        value: what belongs there.
    """

    number: int
    what: str
    of: str
    value: float


@dataclass(frozen=True, eq=False, repr=False)
class Worksheet:
    """A graph with blanks, and its key. A notebook shows the graph.

    Attributes:
        seed: that made it.
        lines: the graph as Python, line by line, without `backward()`.
        drawing: the graph with blanks; its `svg` is the picture, and it can be saved.
        key: what belongs in the blanks, in the order of their numbers.
    """

    seed: int
    lines: tuple[str, ...]
    drawing: Drawing
    key: tuple[Blank, ...]
    _root: Value
    _theme: str

    @property
    def svg(self) -> str:
        """The picture with blanks."""
        return self.drawing.svg

    @cached_property
    def solution(self) -> Drawing:
        """The picture with all numbers."""
        return draw(self._root, f"Solution {self.seed}", theme=self._theme, collapse=None)

    @property
    def data(self) -> dict[str, Any]:
        """The sheet as dicts and lists."""
        return {
            "seed": self.seed,
            "program": list(self.lines),
            "key": [blank._asdict() for blank in self.key],
        }

    @property
    def json(self) -> str:
        """The lines and the key as JSON, for a course grader."""
        return json.dumps(self.data, ensure_ascii=False, indent=1)

    @property
    def text(self) -> str:
        """The sheet in words, for those who cannot see the picture."""
        return self.drawing.text

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        blanks = pluralize(len(self.key), "blank")
        return f"<Worksheet {self.seed} with {blanks}; .drawing, .solution, .key, .json>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.drawing._repr_mimebundle_() | {"text/plain": repr(self)}


def worksheet(
    seed: int, nodes: int = 4, blanks: Collection[str] = KINDS, theme: str = "auto"
) -> Worksheet:
    """A graph with blanks to fill in, and its key: the same for the same seed.

    Args:
        seed: any int, another for each sheet.
        nodes: how many nodes are computed, from 2 to 12.
        blanks: what is left out: ``"data"`` of computed nodes, ``"local"`` derivatives, ``"grad"``.
        theme: ``"light"`` for paper, ``"dark"``, or ``"auto"`` for what the reader prefers.

    Raises:
        TypeError: if `seed` or `nodes` is no int.
        ValueError: if one of the options is none of these.

    Example:
        >>> sheet = worksheet(7, nodes=2)
        >>> print(*sheet.lines, sep="\\n")
        a = Value(-3.0)
        b = Value(-1.0)
        h1 = b + a
        y = h1 * h1
        >>> [(blank.of, blank.value) for blank in sheet.key if blank.what == "grad"]
        [('y', 1.0), ('h1', -8.0), ('a', -8.0), ('b', -8.0)]
    """
    seed, nodes = integer("seed", seed), integer("nodes", nodes)
    _check(nodes, blanks)
    one_of("theme", theme, THEMES)
    lines, root = _make(Random(f"worksheet {nodes} {seed}"), nodes)
    root.backward()
    key = tuple(_blanks(topological_order(root), blanks))
    content = _with_blanks(view(root, None), root, key)
    title = f"Worksheet {seed}"
    about = f"A graph of {pluralize(nodes, 'operation')} with numbered blanks"
    svg = write_graph(content, layered.lay_out(plan_of(content, False)), title, theme, about)
    questions = [f"({x.number}) {WORDS[x.what]} {x.of}: {LINE}" for x in key]
    drawing = Drawing(svg, "\n".join([*lines, "", *questions]))
    return Worksheet(seed, tuple(lines), drawing, key, root, theme)


def _check(nodes: int, blanks: Any) -> None:
    if nodes not in NODES:
        raise ValueError(f"nodes is from {NODES[0]} to {NODES[-1]}, got {nodes}")
    if isinstance(blanks, str) or not isinstance(blanks, Collection):
        raise TypeError(f"blanks is a list of {', '.join(KINDS)}, got {short_repr(blanks)}")
    for blank in blanks:
        one_of("each of blanks", blank, KINDS)
    if not blanks:
        raise ValueError(f"blanks is empty: name at least one of {', '.join(KINDS)}")


# --- the graph ------------------------------------------------------------------------------


def _make(random: Random, nodes: int) -> tuple[list[str], Value]:
    """Draw graphs until one is as it should be: its lines, and its root."""
    while True:
        lines, root, known = _draw_graph(random, nodes)
        if _is_good(root, known):
            return lines, root


def _draw_graph(random: Random, nodes: int) -> tuple[list[str], Value, dict[str, Value]]:
    letters = "abcd"[: min(4, max(2, (nodes + 2) // 2))]
    numbers = random.sample([-3, -2, -1, 2, 3, 4, 5], len(letters))
    known = {name: Value(x, name) for name, x in zip(letters, numbers, strict=True)}
    lines = [f"{name} = Value({x.data!r})" for name, x in known.items()]
    unused = list(letters)
    for step in range(1, nodes + 1):
        written, operation = random.choice(OPERATIONS)
        chosen = [_choose(random, known, unused) for _ in range(written.count("{}"))]
        name = "y" if step == nodes else f"h{step}"
        known[name] = operation(*(known[x] for x in chosen))
        known[name].label = name
        lines.append(f"{name} = {written.format(*chosen)}")
        unused.append(name)
    return lines, known["y"], known


def _choose(random: Random, known: Mapping[str, Value], unused: list[str]) -> str:
    """An operand: more often than not one that has not been used."""
    if unused and random.random() < 0.7:
        return unused.pop(random.randrange(len(unused)))
    name = random.choice(list(known))
    if name in unused:
        unused.remove(name)
    return name


def _is_good(root: Value, known: Mapping[str, Value]) -> bool:
    """Whether all nodes count, one of them twice, and all numbers are small."""
    order = topological_order(root)
    if len(order) != len(known):
        return False
    uses = [operand for node in order for operand in node.operands]
    found = gradients(root)
    numbers = [*(node._data for node in order), *found.values()]
    moving = sum(x != 0.0 for x in found.values())
    return (
        len(uses) > len(set(uses))
        and max(map(abs, numbers)) <= LARGEST
        and moving == len(order)
        and not any(node.op is not None and node._data == 0.0 for node in order)
    )


# --- the blanks -----------------------------------------------------------------------------


def _blanks(order: list[Node], chosen: Collection[str]) -> Iterator[Blank]:
    """Numbered as they are filled in: forward, local derivatives, then backward."""
    entries: list[tuple[str, str, float]] = []
    if "data" in chosen:
        entries += [("data", node.label, node._data) for node in order if node.op is not None]
    if "local" in chosen:
        for node in order:
            for slot, parent, local in edges(node, connected=False):
                twice = len(node.operands) > len(set(node.operands))
                place = f" ({('left', 'right')[slot]})" if twice else ""
                entries.append(("local", f"d {node.label} / d {parent.label}{place}", local))
    if "grad" in chosen:
        found = gradients(order[-1])
        entries += [("grad", node.label, found[node]) for node in reversed(order)]
    for number, entry in enumerate(entries, 1):
        yield Blank(number, *entry)


def _with_blanks(content: Content, root: Value, key: Collection[Blank]) -> Content:
    """The content of the drawing with a numbered line wherever a number is left out."""
    numbers = {(blank.what, blank.of): blank.number for blank in key}
    locals_ = iter([blank.number for blank in key if blank.what == "local"])
    boxes, arrows = list(content.boxes), list(content.edges)
    for node in topological_order(root):
        place = content.origins.box_of[node]
        box = boxes[place]
        rows = []
        for word, shown in box.rows:
            number = numbers.get((word, node.label))
            rows.append((word, shown if number is None else f"({number}) {LINE}"))
        width = max(box.width, rows_width(rows) + 2 * SIDE)
        boxes[place] = box._replace(rows=tuple(rows), width=width, exact=box.about)
        for slot, _, _ in edges(node, connected=False):
            number = next(locals_, None)
            if number is not None:
                edge = content.origins.edge_of[node, slot]
                text = f"({number}) {TIMES}{LINE}"
                arrows[edge] = arrows[edge]._replace(text=text, exact="")
    return content._replace(boxes=boxes, edges=arrows)
