"""`play`: the forward and the backward pass of a graph, event by event, as a page to step through.

There is one way down, and each thing on it is made once and handed on: the order of the graph, the
events with its names (`reverse_mode.py`), the content of each drawing, its picture (`picture.py`),
the graph as data (`graph_data.py`), and the page (`web_page.py`).
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from ...engine.arguments import check_title, one_of
from ...engine.graph import topological_order
from ...engine.messages import short_repr
from ...engine.node import Node
from ...engine.rows import refuse_rows
from ...formulas.js_spelling import spell_kinds
from ..drawing import image, save_as
from ..foreign.conversion import AnyValue, to_values
from ..graphs.draw import DIRECTIONS
from ..graphs.facts import Facts
from ..graphs.folding import check_collapse
from ..graphs.graph_svg import MARGIN
from ..moved_on import find_moved_on
from ..svg import escape
from ..text import align, clean, how_many
from ..words.naming import module_beside, paths_of
from .changes import widest_of
from .events import REVERSE, Contribute, Final, Forward, Given, Played
from .flaws import Flaw, flaws_of
from .frames import frames_of
from .graph_data import VERSION, GraphData, retold, stand_ins
from .layers import by_layers, given_together
from .names import Names
from .notebook_frame import HIDING, framed
from .picture import Picture, pictures_of, too_many
from .reverse_mode import events_of
from .sentences import Teller, Told
from .web_page import page_json, web_page

MOST_NODES = 20_000  # a slider has no room for the events of more
CONTROLS = 350  # pixels of the page that are not the drawing, besides its inputs
INPUTS = 50
MOST_LINES = 3  # for readers without JavaScript
LOWEST, HIGHEST = 480, 800  # pixels, of the page in a notebook
AS_TOLD = "This is a recording of the events that were passed to play."


def play(
    root: AnyValue,
    *,
    gradient: float = 1.0,
    events: Iterable[Played] | None = None,
    title: str | None = None,
    rankdir: str = "LR",
    collapse: str | int | None = "auto",
) -> "Player":
    """Step through the forward and the backward pass of a graph, in a notebook or a web page.

    The backward pass runs through the picture as a wave, by distance from the root (`by_layers`).
    Nobody's gradients are touched. The page is alive: every input can be dragged and typed, and all
    numbers follow. What Python chose while it built the graph stays as recorded, and an op that is
    written in Python alone plays as a recording.

    Args:
        root: the Value at the end of the graph, usually the loss; micrograd's and similar ones too.
        gradient: the gradient of the root, as in ``root.backward(gradient)``.
        events: play these, as they are, instead of those of ``steps(root, gradient)``.
        title: the heading of the page.
        rankdir: ``"LR"`` to compute from left to right, ``"TB"`` from top to bottom.
        collapse: the parts to show as one box at first, as in `draw`; the page can change it.

    Raises:
        TypeError: if `root` is no Value, `title` no str, or an event none.
        ValueError: if an option is none of these, the graph is too large for a page, or there is
            no event, or one of another graph.
        StaleGraphError: if a number changed so that the gradient would be wrong.

    Example:
        >>> from autograd import Value
        >>> x = Value(3.0, "x")
        >>> player = play(x * x)
        >>> print(player.text())
        1  x = 3
        2  root = x·x = 9
        3  root.grad = 1, the seed
        4  root.grad = 1, final
        5  x.grad += 1.0 (upstream) × 3.0 (∂root/∂x) → 0 + 3 = 3, 1 of 2 uses
        6  x.grad += 1.0 (upstream) × 3.0 (∂root/∂x) → 3 + 3 = 6, final
        7  x.grad = 6, final
    """
    (root,) = to_values("play", root)
    check_title(title)
    one_of("rankdir", rankdir, DIRECTIONS)
    check_collapse(collapse)
    order = topological_order(root)
    refuse_rows("play", order)
    if len(order) > MOST_NODES:
        raise ValueError(too_many(f"{len(order):,} nodes", f"{MOST_NODES:,} nodes"))
    return player_of(order, gradient, events, title, rankdir == "TB", collapse)


def player_of(
    order: Sequence[Node],
    gradient: float = 1.0,
    events: Iterable[Played] | None = None,
    title: str | None = None,
    down: bool = False,
    collapse: str | int | None = "auto",
) -> "Player":
    """The player of a graph, however many nodes it has: of a training, where a drawing has room.

    Args:
        order: its nodes in topological order.
        gradient, events, title, collapse: as for `play`.
        down: whether arrows run from top to bottom.
    """
    if events is None:
        given: Sequence[Played] = given_together(by_layers(events_of(order, gradient)))
    else:
        given = _checked(events, order)
    names, flaws = given[0].names, flaws_of(given)
    facts = Facts(order, names, names.moved, paths_of(order))
    first, pictures = pictures_of(facts, collapse, widest_of(order, given, flaws), down)
    kept = stand_ins(order)
    homes = {kept[node]: path for node, path in facts.paths.items()}
    told = retold(given, kept)
    graph = GraphData(list(kept.values()), told, float(gradient), homes)
    heading = f"Backpropagation from {names[order[-1]]}" if title is None else title
    table, why = _functions(graph) if events is None else (None, AS_TOLD)
    return Player(graph, told, flaws, pictures, first, heading, table, why)


def _functions(graph: GraphData) -> tuple[str | None, str]:
    """The functions of a graph in JavaScript; or None, and why it has to play as a recording."""
    try:
        return spell_kinds(graph.kinds), ""
    except ValueError as error:
        return None, f"This is a recording, for {error}."


def _checked(events: Iterable[Played], order: Sequence[Node]) -> list[Played]:
    """Check that the events are events of this graph, and list them, with its names."""
    if not isinstance(events, Iterable):
        raise TypeError(f"events are those of steps(root), got {short_repr(events)}")
    found, known = list(events), set(order)
    if not found:
        raise ValueError("there is no event to play: pass those of steps(root)")
    for event in found:
        reverse = getattr(event, "mode", None) is REVERSE
        if not reverse and not isinstance(event, Forward | Given):
            raise TypeError(
                "events are Given, Forward, Seed, Contribute and Final, got "
                f"{type(event).__name__}: {short_repr(event)}"
            )
        for node in _nodes_of(event):
            if node not in known:
                raise ValueError(
                    f"{event!r} is about {node.describe()}, which is not in the graph of root: "
                    "play the events of this root"
                )
    if found[0].names.root is not order[-1]:  # those of a part of the graph
        names = Names(order, find_moved_on(order))
        found = [event._replace(names=names) for event in found]
    return found


def _nodes_of(event: Played) -> Sequence[Node]:
    if isinstance(event, Given):
        return event.nodes
    return (event.node, event.parent) if isinstance(event, Contribute) else (event.node,)


class Player:
    """An interactive pass: as a page, as pictures, and as text.

    In a notebook it shows the page in a sandboxed frame, or where that is not trusted the picture
    of the final state. Made by `play`.

    Attributes:
        events: the events of the pass. The nodes in them are stand-ins, with the labels, the ops
            and the numbers of the graph's, so that a player does not keep the graph.
    """

    _controls = CONTROLS + INPUTS

    def __init__(
        self,
        graph: GraphData,
        events: Sequence[Played],
        flaws: Sequence[Flaw | None],
        pictures: Mapping[str, Picture],
        first: str,
        title: str,
        table: str | None,
        why: str,
    ) -> None:
        self.events, self._flaws, self._graph = events, flaws, graph
        self._pictures, self._first = pictures, first
        self._title, self._table, self._why = clean(title), table, why

    @cached_property
    def _tellings(self) -> list[Told]:
        """The events in words."""
        teller = Teller()
        return [teller.told(*each) for each in zip(self.events, self._flaws, strict=True)]

    @cached_property
    def html(self) -> str:
        """The page as one text that needs nothing else."""
        lines = self._lines(how_many(len(self.events), MOST_LINES))
        pictures, count = self._pictures.values(), len(self.events)
        return web_page(self._title, pictures, self._told(), lines, count, self._table)

    def _told(self, parameters: Sequence[int] = ()) -> str:
        """The data of the page, as JSON; these parameters are listed last, in this order."""
        recorded = (self.events, self._flaws) if self._table is None else None
        last = set(parameters)
        leaves = [place for place in self._graph.leaves() if place not in last]
        leaves = [*leaves, *parameters]
        return page_json(self._graph, self._pictures, self._first, leaves, recorded, self._why)

    def data(self) -> dict[str, Any]:
        """The graph and the events, for a front end of your own: ``json.dumps`` takes it.

        Their keys are told in ``autograd/show/stepping/README.md``. They have a ``version``, and
        another one if keys get another meaning.

        Example:
            >>> from autograd import Value
            >>> from autograd.show import play
            >>> x = Value(3.0, "x")
            >>> data = play(x * x).data()
            >>> data["version"], [node["name"] for node in data["graph"]["nodes"]]
            (2, ['x', 'root'])
            >>> data["events"][-1]
            {'kind': 'final', 'node': 0, 'grad': 6.0}
        """
        graph = self._graph
        return {
            "version": VERSION,
            "graph": graph.data(),
            "events": graph.events(self.events, self._flaws),
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file that any browser opens without a network.

        Args:
            path: the file; the name ends in ``.html``.

        Raises:
            ValueError: if the name ends in anything else.
            OSError: if the file cannot be written, with the reason.
        """
        save_as(path, lambda _: self.html.encode("utf-8"), "a player", (".html", ".htm"), "steps")

    def frames(self) -> list[str]:
        """An SVG picture for each event, with the sentence of the event below."""
        return list(self._frames())

    def _frames(self, last: bool = False) -> Iterator[str]:
        graph, told = self._graph, (self.events, self._flaws, self._tellings)
        picture = self._pictures[self._first]
        return frames_of(picture, graph.order, *told, graph.homes, self._title, last)

    def text(self) -> str:
        """The events, numbered, one per line; in a model with the module call of the node."""
        return "\n".join(self._lines(len(self.events)))

    def _lines(self, count: int) -> list[str]:
        """The first events in words."""
        rows = list[tuple[str, ...]]()
        for number, (event, flaw) in enumerate(
            zip(self.events[:count], self._flaws, strict=False), 1
        ):
            home = (self._home(event),) if self._graph.homes else ()
            rows.append((str(number), *home, _line(event, flaw)))
        return align(rows, "><<"[: len(rows[0])])

    def _home(self, event: Played) -> str:
        """The module call of the node that gets something; several are not named."""
        if isinstance(event, Given):
            return ""
        node = event.parent if isinstance(event, Contribute) else event.node
        return module_beside(event.names[node], self._graph.homes.get(node, ""))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        try:
            return {"text/plain": repr(self), "text/html": self._framed(self.html)}
        except Exception:  # a display that fails would hide that there is a player
            return {"text/plain": repr(self)}

    def _framed(self, page: str, above: float = 0.0) -> str:
        """A page in an iframe, with the last picture where iframes are removed.

        Args:
            page: the page.
            above: pixels of it that are above the drawing.
        """
        (svg,) = self._frames(last=True)
        height = self._pictures[self._first].places.size[1] + 2 * MARGIN + self._controls
        high = above + min(max(height, LOWEST), HIGHEST)
        about = escape(f"{self._title}: the final state")
        return framed(page, self._title, high, image(svg, about, HIDING))

    def __repr__(self) -> str:
        return (
            f"<Player of {len(self.events):,} events; .save('steps.html') is a page to step "
            "through, .frames() are pictures, .text() lists them>"
        )


def _line(event: Played, flaw: Flaw | None) -> str:
    """An event on one line, with the mistake in it."""
    if flaw is None:
        return repr(event)
    if isinstance(event, Final):
        return f"{repr(event).removesuffix(', final')}, {flaw.text}"
    return f"{event!r}; {flaw.text}"
