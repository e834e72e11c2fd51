"""`play`: the forward and the backward pass of a graph, event by event, as a page to step through.

`reverse_mode.py` makes the events, `sentences.py` their sentences, `animate.py` the changes in a
drawing, `page_data.py` the data of the page, and `web_page.py` writes it.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from ...engine.arguments import one_of, optional_text
from ...engine.graph import topological_order
from ...engine.messages import short_repr
from ...engine.node import Node
from ...engine.value import Value
from ..drawing import image, save_as, scrolling
from ..foreign.conversion import AnyValue, to_values
from ..graphs.arrange import arrange
from ..graphs.content import Content
from ..graphs.draw import DIRECTIONS, MOST_BOXES
from ..graphs.folding import Collapse, check_collapse, level_for
from ..graphs.graph_svg import MARGIN
from ..graphs.module_calls import paths_of
from ..graphs.view import TooManyBoxesError, view
from ..svg import escape
from ..text import align, clean
from .animate import animate, flaws_of
from .animation import Animation
from .events import Contribute, Event, Final
from .frames import frames_of
from .graph_data import VERSION, GraphData
from .live import WIDEST, Live, live_or_why, locate, roomy, widths
from .page_data import script
from .reverse_mode import steps
from .sentences import Teller, Told
from .stand_ins import retold, stand_ins
from .web_page import web_page

LEVELS: dict[Collapse, str] = {
    None: "nodes",
    "sum": "sums",
    "neuron": "neurons",
    "layer": "layers",
}  # in this order
MOST_NODES = 20_000  # a slider has no room for the events of more
CONTROLS = 350  # pixels of the page that are not the drawing, besides its inputs
INPUTS = 50
LOWEST, HIGHEST = 480, 800  # pixels, of the page in a notebook
AS_TOLD = "This is a recording of the events that were passed to play."
HIDING = "hidden-behind-the-frame"  # a CSS class
NARROW = 310  # pixels that it would be higher with no width at all


def play(
    root: AnyValue,
    *,
    gradient: float = 1.0,
    events: Iterable[Event] | None = None,
    title: str | None = None,
    rankdir: str = "LR",
    collapse: str | int | None = "auto",
) -> "Player":
    """Step through the forward and the backward pass of a graph, in a notebook or a web page.

    Nobody's gradients are touched. The page is alive: every input can be dragged and typed, and all
    numbers follow. What Python chose while it built the graph stays as recorded, and an op that is
    written in Python alone plays as a recording.

    Args:
        root: the Value at the end of the graph, usually the loss; micrograd's and similar ones too.
        gradient: the gradient of the root, as in ``root.backward(gradient)``.
        events: play these instead of ``steps(root, gradient)``.
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
    optional_text("title", title)
    one_of("rankdir", rankdir, DIRECTIONS)
    check_collapse(collapse)
    order = topological_order(root)
    if len(order) > MOST_NODES:
        raise ValueError(_too_many(f"{len(order):,} nodes", f"{MOST_NODES:,} nodes"))
    given = _checked(steps(root, gradient) if events is None else events, order)
    down = rankdir == "TB"
    first, contents = contents_of(root, order, collapse, down=down)
    flaws = flaws_of(given)
    anew = events is None
    animations = {
        level: animate(one, given, flaws, down, roomy(one), WIDEST, widths(one))
        if anew
        else animate(one, given, flaws, down)
        for level, one in contents.items()
    }
    teller = Teller()
    tellings = [teller.told(*each) for each in zip(given, flaws, strict=True)]
    heading = f"Backpropagation from {given[-1].names[root]}" if title is None else title
    kept = stand_ins(order)
    homes = {kept[node]: path for node, path in paths_of(order).items()}
    told = retold(given, kept)
    graph = GraphData(list(kept.values()), told, float(gradient), homes)
    live: Live | str = AS_TOLD
    if anew:
        live = live_or_why(graph, {name: locate(order, one) for name, one in contents.items()})
    return Player(told, tellings, animations, homes, first, heading, graph, live)


def _checked(events: Iterable[Event], order: Sequence[Node]) -> list[Event]:
    """Check that the events are events of this graph, and list them."""
    found, known = list(events), set(order)
    if not found:
        raise ValueError("there is no event to play: pass those of steps(root)")
    for event in found:
        if not isinstance(event, Event):
            kind = type(event).__name__
            raise TypeError(
                f"events are Forward, Seed, Contribute and Final, got {kind}: {short_repr(event)}"
            )
        for node in (event.node, event.parent) if isinstance(event, Contribute) else (event.node,):
            if node not in known:
                raise ValueError(
                    f"{event!r} is about {node.describe()}, which is not in the graph of root: "
                    "play the events of this root"
                )
    return found


def contents_of(
    root: Value, order: Sequence[Node], collapse: Collapse, *, down: bool
) -> tuple[str, dict[str, Content]]:
    """The level to show first, and the content of the drawing at each level.

    Args:
        root: the root of the graph.
        order: its nodes in topological order.
        collapse: the level that is asked for.
        down: whether it is drawn from top to bottom.
    """
    calls = any(node.call is not None for node in order)
    asked = level_for(order, collapse)
    if asked not in (None, "repeats") and not calls:
        asked = "sum"
    first = LEVELS.get(asked, asked if isinstance(asked, str) else f"depth {asked}")
    try:
        found = {first: view(root, asked, most=MOST_BOXES)}
    except TooManyBoxesError as error:
        raise ValueError(_too_many(str(error), f"{MOST_BOXES:,} boxes")) from None
    for level in (None, "neuron", "layer") if calls else (None,):
        if LEVELS[level] not in found:
            try:
                other = view(root, level, most=MOST_BOXES)
            except TooManyBoxesError:
                continue
            if all(len(other.boxes) != len(one.boxes) for one in found.values()):
                found[LEVELS[level]] = other
    levels = [name for name in dict.fromkeys([*LEVELS.values(), first]) if name in found]
    return first, {name: arrange(found[name], down) for name in levels}


def _too_many(count: str, most: str) -> str:
    return (
        f"{count} are too many to play, a page holds up to {most}: play a part of the graph, "
        'such as play(node) of a node inside, or fold it with collapse="layer"'
    )


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
        events: Sequence[Event],
        tellings: Sequence[Told],
        animations: dict[str, Animation],
        homes: dict[Node, str],
        first: str,
        title: str,
        graph: GraphData,
        live: Live | str = "",
    ) -> None:
        self.events, self._tellings, self._animations = events, tellings, animations
        self._homes = homes
        self._first, self._title = first, clean(title)
        self._graph, self._live = graph, live

    @cached_property
    def html(self) -> str:
        """The page as one text that needs nothing else."""
        drawings, live = self._animations.values(), self._live
        table, why = (live.table, "") if isinstance(live, Live) else (None, live)
        return web_page(self._title, drawings, self._script(), self.text(), table=table, why=why)

    def _script(self) -> str:
        """The data of the page, as JSON."""
        if isinstance(self._live, Live):
            return self._live.script(self._animations, self._first)
        return script(self.events, self._tellings, self._animations, self._homes, self._first)

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
            (1, ['x', 'root'])
            >>> data["events"][-1]
            {'kind': 'final', 'node': 0, 'grad': 6.0}
        """
        graph = self._graph
        return {
            "version": VERSION,
            "graph": graph.data(),
            "events": graph.events(self.events),
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
        animation = self._animations[self._first]
        return frames_of(animation, self.events, self._tellings, self._homes, self._title, last)

    def text(self) -> str:
        """The events, numbered, one per line; in a model with the module call of the node."""
        lines = map(_line, self.events, self._tellings)
        getting = [e.parent if isinstance(e, Contribute) else e.node for e in self.events]
        homes = [[self._homes.get(node, "")] if self._homes else [] for node in getting]
        numbered = enumerate(zip(homes, lines, strict=True), 1)
        rows = [(str(number), *home, line) for number, (home, line) in numbered]
        return "\n".join(align(rows, "><<"[: len(rows[0])]))

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
        height = self._animations[self._first].places.size[1] + 2 * MARGIN + self._controls
        high = above + min(max(height, LOWEST), HIGHEST)
        about = escape(f"{self._title}: the final state")
        return framed(page, self._title, high, image(svg, about, HIDING))

    def __repr__(self) -> str:
        return (
            f"<Player of {len(self.events):,} events; .save('steps.html') is a page to step "
            "through, .frames() are pictures, .text() lists them>"
        )


def framed(page: str, title: str, height: float, instead: str) -> str:
    """A page in an iframe, and what is shown where iframes are removed.

    Args:
        page: the page.
        title: what the frame is called.
        height: of the frame, in pixels.
        instead: HTML of one element with the class `HIDING`, which stands in the place of its own.
    """
    page = page.replace("&", "&amp;").replace('"', "&quot;")
    kind = "p" + hashlib.sha256(page.encode("utf-8")).hexdigest()[:12]
    high, other = round(height), instead.replace(HIDING, kind, 1)
    # On a narrow page the controls and the sums take more lines.
    size = f"width:100%;height:max({high}px,{high + NARROW}px - 30vw);border:0"
    return scrolling(
        f"<style>iframe.{kind}+.{kind}{{display:none}}</style>"
        f'<iframe class="{kind}" sandbox="allow-scripts" title="{escape(title)}" '
        f'style="{size}" srcdoc="{page}"></iframe>{other}'
    )


def _line(event: Event, told: Told) -> str:
    """An event on one line, with the mistake in it."""
    if not told.flaw:
        return repr(event)
    if isinstance(event, Final):
        return f"{repr(event).removesuffix(', final')}, {told.flaw}"
    return f"{event!r}; {told.flaw}"
