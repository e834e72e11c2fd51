"""A drawing of a graph with room for a pass: where it shows the nodes, and how wide its texts get.

It is made once, before the first event, and everything that is played in it finds its place in it:
other numbers in the boxes, local derivatives on the edges, and highlights.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from ...engine import calculus as c
from ...engine.node import Node
from ..graphs.arrange import arrange
from ..graphs.boxes import LISTED, ROW, SIDE, STATUS, Box, list_numbers, rows_width
from ..graphs.content import Content, Edge, Origins
from ..graphs.draw import MOST_BOXES
from ..graphs.facts import Facts
from ..graphs.folding import Collapse, level_for
from ..graphs.graph_svg import plan_of
from ..graphs.view import TooManyBoxesError, view
from ..layout import layered
from ..layout.places import Places
from ..text import DASH, MINUS, TIMES, decimal
from .flaws import ADDS
from .text_places import TextPlaces, text_places

MOST_EDGES = 5_000  # of a level that nobody asked for: nobody can follow them
WAITING = "waiting"  # for its number, as the CSS class of a box
LEVELS: dict[Collapse, str] = {
    None: "nodes",
    "sum": "sums",
    "neuron": "neurons",
    "layer": "layers",
}  # in this order
ROOM = 24.0  # pixels before and behind the label of an arrow, for what passes along it
ROWS = 4  # of a box, at most
DATA, GRAD, HOW_FAR, SIZE = range(ROWS)
WIDEST = f"{MINUS}0.001235"  # of the numbers that a box has room for, if there are no wider ones
WIDEST_NUMBER = float(WIDEST.replace(MINUS, "-"))
WIDEST_SLOPE = "0.12"  # that a gap in an edge has room for; wider ones cover a bit of the edge


class Widest(NamedTuple):
    """The widest texts that a pass comes to.

    Attributes:
        rows: for each node its number, its gradient and how far that is.
        added: for operand slots what is added along their edges.
        words: for nodes with a mistake the word of their ring.
    """

    rows: Sequence[Sequence[str]]
    added: Mapping[tuple[Node, int], str]
    words: Mapping[Node, str]


class Located(NamedTuple):
    """Where a drawing shows the nodes of a graph, which go by their places in its order.

    Attributes:
        homes: the box of each node, None if it is in none.
        ways: the edge of each operand slot of a node, None inside a box; None for a leaf.
        outputs: for each box the nodes whose numbers it shows.
        weights: for a box of a group the parameters in it.
        tails: for an edge from a box that shows a node once more, that box.
    """

    homes: list[int | None]
    ways: list[list[int | None] | None]
    outputs: dict[int, list[int]]
    weights: dict[int, list[int]]
    tails: dict[int, int]


class Picture:
    """A drawing before the first event, with boxes and labels as wide as they get.

    Attributes:
        content: the drawing, without its nodes.
        edges: its edges, with the local derivatives of now.
        where: where it shows the nodes.
        labels: the edges that have a label, in the order of their rows.
        down: whether arrows run from top to bottom.
    """

    def __init__(
        self,
        content: Content,
        edges: Sequence[Edge],
        where: Located,
        down: bool,
        widths: Mapping[int, int],
        words: Mapping[int, str],
    ) -> None:
        self.content, self.edges, self.where = content, edges, where
        self.down, self._widths, self._words = down, widths, words
        self.labels = [number for number, edge in enumerate(content.edges) if edge.text]

    @cached_property
    def places(self) -> Places:
        """The places of all boxes and edges, the same after every event."""
        return layered.lay_out(plan_of(self.content, self.down, ROOM))

    @cached_property
    def texts(self) -> TextPlaces:
        """The places of the texts of highlights."""
        return text_places(self.content, self.places, self._widths, self._words)


def pictures_of(
    facts: Facts, collapse: Collapse, widest: Widest, down: bool
) -> tuple[str, dict[str, Picture]]:
    """The level to show first, and the picture at each level.

    Args:
        facts: the graph.
        collapse: the level that is asked for.
        widest: the widest texts that its nodes come to.
        down: whether arrows run from top to bottom.

    Raises:
        ValueError: if there are too many boxes for a page.
    """
    first, contents = _contents_of(facts, collapse)
    return first, {
        level: picture_of(arrange(content, down), facts.order, widest, down)
        for level, content in contents.items()
    }


def _contents_of(facts: Facts, collapse: Collapse) -> tuple[str, dict[str, Content]]:
    """The level to show first, and the content of the drawing at each level."""
    calls = any(node.call is not None for node in facts.order)
    asked = level_for(facts.order, collapse)
    if asked not in (None, "repeats") and not calls:
        asked = "sum"
    first = LEVELS.get(asked, asked if isinstance(asked, str) else f"depth {asked}")
    try:
        found = {first: view(facts, asked, most=MOST_BOXES)}
    except TooManyBoxesError as error:
        raise ValueError(too_many(str(error), f"{MOST_BOXES:,} boxes")) from None
    for level in (None, "neuron", "layer") if calls else (None,):
        if LEVELS[level] not in found:
            try:
                other = view(facts, level, most=MOST_BOXES)
            except TooManyBoxesError:
                continue
            sizes = [len(one.boxes) for one in found.values()]
            if len(other.edges) <= MOST_EDGES and len(other.boxes) not in sizes:
                found[LEVELS[level]] = other
    levels = [name for name in dict.fromkeys([*LEVELS.values(), first]) if name in found]
    return first, {name: found[name] for name in levels}


def too_many(count: str, most: str) -> str:
    """What is said of a graph that is too large for a page."""
    return (
        f"{count} are too many to play, a page holds up to {most}: play a part of the graph, "
        'such as play(node) of a node inside, or fold it with collapse="layer"'
    )


def picture_of(content: Content, order: Sequence[Node], widest: Widest, down: bool) -> Picture:
    """The picture of a drawing.

    Args:
        content: the drawing.
        order: the nodes of the graph in topological order.
        widest: the widest texts that each of them comes to.
        down: whether arrows run from top to bottom.
    """
    where = _locate(order, content)
    boxes = [
        _roomy(number, box, where, order, widest.rows) for number, box in enumerate(content.boxes)
    ]
    ready = content._replace(boxes=boxes, edges=_roomy_edges(content))
    widths = _widths(content, widest.added)
    words = dict.fromkeys((home for home in where.homes if home is not None), "")
    for home, node in zip(where.homes, order, strict=True):
        if home is not None:
            words[home] = max(words[home], widest.words.get(node, ""), key=len)
    return Picture(ready.words(), content.edges, where, down, widths, words)


# --- where the nodes are --------------------------------------------------------------------


def _locate(order: Sequence[Node], content: Content) -> Located:
    place, origins = {node: i for i, node in enumerate(order)}, content.origins
    weights: dict[int, dict[int, None]] = {}
    for node, box in origins.box_of.items():
        if content.boxes[box].is_group:
            for x in node.parents:
                if x.is_parameter:
                    weights.setdefault(box, {})[place[x]] = None
    return Located(
        [origins.box_of.get(node) for node in order],
        [_ways(node, origins) for node in order],
        {box: [place[node] for node in nodes] for box, nodes in origins.outputs.items()},
        {box: list(found) for box, found in weights.items()},
        {
            edge: tail
            for (node, slot), edge in origins.edge_of.items()
            if isinstance(x := node.operands[slot], Node)
            and (tail := content.edges[edge].tail) != origins.box_of.get(x)
        },
    )


def _ways(node: Node, origins: Origins) -> list[int | None] | None:
    if node.op is None:
        return None
    return [origins.edge_of.get((node, slot)) for slot in range(len(node.operands))]


# --- the room that they take ----------------------------------------------------------------


def _roomy(
    number: int, box: Box, where: Located, order: Sequence[Node], widest: Sequence[Sequence[str]]
) -> Box:
    """A box before the first event, wide enough for its longest texts."""
    if number not in where.outputs:
        return box
    rows: list[tuple[str, str]] = []
    for word, text in box.rows:
        if word in ("data", "grad") or (not word and not box.name):
            rows.append((word, DASH))
        elif not word:
            rows.append((word, "" if number in where.weights else text))
        if word == "grad":
            rows.append((STATUS, ""))
    longest = _longest(where.outputs[number], widest)
    if box.is_group:
        longest[HOW_FAR] = f"{len(order)} of {len(order)} final"
    if number in where.weights:
        weights = [order[x] for x in where.weights[number]]
        texts = [[x._data for x in weights], [WIDEST_NUMBER] * len(weights)]
        longest.append(max((weights_text(weights, numbers) for numbers in texts), key=len))
    widths = [
        rows_width([(word, text)]) + 2 * SIDE
        for (word, _), text in zip(rows, longest, strict=False)
    ]
    width = max([box.width, *widths])
    height = box.height + ROW * (len(rows) - len(box.rows))
    return box._replace(
        rows=tuple(rows), width=width, height=height, exact=box.about, state=WAITING
    )


def _longest(outputs: Sequence[int], widest: Sequence[Sequence[str]]) -> list[str]:
    """The longest texts of the rows of a box."""
    count = min(len(outputs), 2 if len(outputs) > LISTED else LISTED)
    found = []
    for row in (DATA, GRAD):
        longest = max([WIDEST, *(widest[node][row] for node in outputs)], key=len)
        more = " (00)" if len(outputs) > LISTED else ""
        found.append(", ".join([longest] * count) + more)
    return [*found, max((widest[node][HOW_FAR] for node in outputs), key=len)]


def weights_text(parameters: Sequence[Node], numbers: Sequence[float]) -> str:
    """The numbers of the parameters in a group."""
    shown = list(map(decimal, numbers))
    if len(parameters) > LISTED:
        return f"parameters {list_numbers(shown, numbers)}"
    return ", ".join(f"{x.label} {y}".strip() for x, y in zip(parameters, shown, strict=True))


def _widths(content: Content, added: Mapping[tuple[Node, int], str]) -> dict[int, int]:
    """For each edge that a contribution may take the characters of the widest."""
    found: dict[int, int] = {}
    for (node, slot), edge in content.origins.edge_of.items():
        x = node.operands[slot]
        if isinstance(x, Node) and not x.is_constant:
            texts = (f"{ADDS} {WIDEST}", added.get((node, slot), ""))
            found[edge] = max(found.get(edge, 0), *map(len, texts))
    return found


def _roomy_edges(content: Content) -> list[Edge]:
    """The edges with room for other numbers in their labels."""
    edges = list(content.edges)
    for (node, slot), number in content.origins.edge_of.items():
        edge = edges[number]
        if 0 < len(edge.text) < len(TIMES + WIDEST_SLOPE) and _moves(node, slot):
            edges[number] = edge._replace(text=TIMES + WIDEST_SLOPE)
    return edges


def _moves(node: Node, slot: int) -> bool:
    """Whether a local derivative is another for other numbers; a choice is 1, or not there."""
    assert node.op is not None
    if node.op.rules:
        return callable(node.op.rules[slot])
    return node.op.taken is None and node.op not in (c.sum, c.mean)
