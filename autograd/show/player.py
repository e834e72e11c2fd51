"""`play`: the forward and the backward pass of a graph, event by event, as a page to step through.

`steps.py` says what happens, `telling.py` says it in words, `film.py` what it changes in a drawing,
`script.py` what the page is told of all that. The page itself is in the folder `page`: HTML, CSS
and JavaScript as they are, put into one file that loads nothing from anywhere.
"""

import base64
import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from string import Template

from autograd.arguments import one_of, root_value
from autograd.graph import topological_order
from autograd.node import Node
from autograd.show.box_svg import box_svg
from autograd.show.content import Content
from autograd.show.film import Film, faults_of
from autograd.show.folding import COLLAPSE, level_for
from autograd.show.graph_svg import MARGIN, ground, name
from autograd.show.graph_theme import THEME
from autograd.show.picture import DIRECTIONS, MOST_BOXES
from autograd.show.script import script
from autograd.show.slides import slides
from autograd.show.steps import Contribute, Event, steps
from autograd.show.svg import classes_in, escaped, rules_for
from autograd.show.telling import Teller, Told
from autograd.show.text import aligned, cleaned
from autograd.show.view import TooManyBoxesError, view
from autograd.value import Value

LEVELS = {None: "nodes", "sum": "sums", "neuron": "neurons", "layer": "layers"}
MOST_NODES = 20_000  # a slider has no room for the events of more
CONTROLS = 350  # pixels of the page that are not the drawing
LOWEST, HIGHEST = 480, 800  # pixels, of the page in a notebook
# Classes that boxes and marks get while a pass is played.
PLAYED = {"status", "partial", "final", "flow", "tip", "adds", "ring", "tag", "takes"}
# An attribute that HTML needs no quotes around.
_QUOTED = re.compile('="([-.0-9A-Za-z]+)"(?!/)')
# Text in quotes, kept as it is; or spaces around a sign of JavaScript or CSS that needs none.
_SPACES = re.compile("""("[^"]*"|`[^`]*`)| *([=,;:{}()?<>&|*]+) *| ([-+/%]) (?![-+])""")


def play(
    root: Value,
    *,
    gradient: float = 1.0,
    events: Iterable[Event] | None = None,
    title: str | None = None,
    rankdir: str = "LR",
    collapse: str | None = "auto",
) -> "Player":
    """Step through the forward and the backward pass of a graph, in a notebook or a web page.

    Nobody's gradients are touched.

    Args:
        root: the Value at the end of the graph, usually the loss.
        gradient: what the backward pass starts from, as in ``root.backward(gradient)``.
        events: play these instead of ``steps(root, gradient)``.
        title: the heading of the page.
        rankdir: ``"LR"`` to compute from left to right, ``"TB"`` from top to bottom.
        collapse: what is shown as one box at first, as in `draw`; the page can show more or less.

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
    root = root_value("play", root)
    if title is not None and not isinstance(title, str):
        raise TypeError(f"title is a str, got {type(title).__name__}")
    one_of("rankdir", rankdir, DIRECTIONS)
    one_of("collapse", collapse, COLLAPSE)
    order = topological_order(root)
    if len(order) > MOST_NODES:
        raise ValueError(_too_many(f"{len(order):,} nodes", f"{MOST_NODES:,} nodes"))
    given = _checked(steps(root, gradient) if events is None else events, order)
    first, contents = contents_of(root, order, collapse)
    faults = faults_of(given)
    films = {level: Film(one, given, faults, rankdir == "TB") for level, one in contents.items()}
    teller = Teller()
    tellings = [teller.told(*each) for each in zip(given, faults, strict=True)]
    heading = f"Backpropagation from {given[-1].names[root]}" if title is None else title
    return Player(given, tellings, films, first, heading)


def _checked(events: Iterable[Event], order: Sequence[Node]) -> list[Event]:
    """The events, if they are events of this graph."""
    found, known = list(events), set(order)
    if not found:
        raise ValueError("there is no event to play: pass those of steps(root)")
    for event in found:
        if not isinstance(event, Event):
            kind = type(event).__name__
            raise TypeError(
                f"events are Forward, Seed, Contribute and Final, got {kind}: {event!r}"
            )
        for node in (event.node, event.parent) if isinstance(event, Contribute) else (event.node,):
            if node not in known:
                raise ValueError(
                    f"{event!r} is about {node.describe()}, which is not in the graph of root: "
                    "play the events of this root"
                )
    return found


def contents_of(
    root: Value, order: Sequence[Node], collapse: str | None
) -> tuple[str, dict[str, Content]]:
    """The level to show first, and what is drawn at each that there is."""
    calls = any(node.call is not None for node in order)
    asked = level_for(order, collapse)
    if asked is not None and not calls:
        asked = "sum"
    try:
        found = {LEVELS[asked]: view(root, asked, most=MOST_BOXES)}
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
    return LEVELS[asked], {name: found[name] for name in LEVELS.values() if name in found}


def _too_many(count: str, most: str) -> str:
    return (
        f"{count} are too many to play, a page holds up to {most}: play a part of the graph, "
        'such as play(node) of a node inside, or fold it with collapse="layer"'
    )


class Player:
    """A pass that can be stepped through: as a page, as pictures, as text.

    In a notebook it shows the page in a sandboxed frame, or where that is not trusted the picture
    of the final state. Made by `play`.
    """

    _controls = CONTROLS

    def __init__(
        self,
        events: Sequence[Event],
        tellings: Sequence[Told],
        films: dict[str, Film],
        first: str,
        title: str,
    ) -> None:
        self._events, self._tellings, self._films = events, tellings, films
        self._first, self._title = first, cleaned(title)

    @cached_property
    def html(self) -> str:
        """The page, one text that needs nothing else."""
        told = script(self._events, self._tellings, self._films, self._first)
        return page(self._title, self._films.values(), told)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file, which any browser opens, without a network.

        Args:
            path: where to; the name ends in ``.html``.

        Raises:
            ValueError: if the name ends in anything else.
            OSError: if the file cannot be written, with the reason.
        """
        file = Path(path)
        if file.suffix.lower() not in (".html", ".htm"):
            name = (file.stem.lstrip(".") or "steps") + ".html"
            raise ValueError(f"a player is saved as .html, got {str(path)!r}: save it as {name!r}")
        content = self.html
        try:
            file.write_text(content, encoding="utf-8", newline="\n")
        except OSError as error:
            reason = f"cannot save the page ({error.strerror}): choose a folder that exists"
            raise OSError(error.errno, f"{reason} and can be written", str(path)) from error

    def frames(self) -> list[str]:
        """A picture for each event, SVG that stands alone, with the event in words below."""
        return list(self._slides())

    def _slides(self, last: bool = False) -> Iterator[str]:
        film = self._films[self._first]
        return slides(film, self._events, self._tellings, self._title, last)

    def text(self) -> str:
        """The events, numbered, one a line."""
        rows = [(str(number), repr(event)) for number, event in enumerate(self._events, 1)]
        return "\n".join(aligned(rows, "><"))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        try:
            return {"text/plain": repr(self), "text/html": self._framed()}
        except Exception:  # a display that fails would hide that there is a player
            return {"text/plain": repr(self)}

    def _framed(self) -> str:
        """The page in a frame of its own, and the last picture where frames are taken out."""
        (svg,) = self._slides(last=True)
        data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
        page = self.html.replace("&", "&amp;").replace('"', "&quot;")
        kind = "p" + hashlib.sha256(page.encode("utf-8")).hexdigest()[:12]
        height = self._films[self._first].places.size[1] + 2 * MARGIN + self._controls
        size = f"width:100%;height:{min(max(height, LOWEST), HIGHEST):.0f}px;border:0"
        said = escaped(f"{self._title}: the final state")
        return (
            f"<style>iframe.{kind}+img.{kind}{{display:none}}</style>"
            f'<iframe class="{kind}" sandbox="allow-scripts" title="{escaped(self._title)}" '
            f'style="{size}" srcdoc="{page}"></iframe>'
            f'<img class="{kind}" alt="{said}" src="data:image/svg+xml;base64,{data}">'
        )

    def __repr__(self) -> str:
        return (
            f"<Player of {len(self._events):,} events; .save('steps.html') is a page to step "
            "through, .frames() are pictures, .text() lists them>"
        )


# --- the page -------------------------------------------------------------------------------


def page(title: str, films: Collection[Film], told: str, training: str = "") -> str:
    """The page of some drawings, told JSON; that of a training has the curve of the losses."""
    graphs = "\n".join(f"<template>{_graph(film)}</template>" for film in films)
    parts = ("player", "training") if training else ("player",)
    style, code = ("\n".join(_resource(part + kind) for part in parts) for kind in (".css", ".js"))
    above = Template(_resource("training.html")).substitute(curve=training) if training else ""
    return Template(_resource("player.html")).substitute(
        title=escaped(title),
        style=_style(graphs, style),
        training=above,
        graphs=_QUOTED.sub(r"=\1", graphs),
        script=told,
        code=_compact(code),
    )


def _resource(name: str) -> str:
    return files("autograd.show").joinpath("page", name).read_text("utf-8")


def _compact(code: str) -> str:
    """JavaScript or CSS without comments, which stand on lines of their own, and most of space."""
    lines = (line.strip() for line in code.split("\n"))
    kept = "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))
    kept = _SPACES.sub(lambda found: found[found.lastindex or 0], kept)
    return re.sub(r"(?<=[;{,(\[])\n", "", kept)  # no statement ends there


def _style(graphs: str, style: str) -> str:
    """The rules of all drawings and of the page, and the colours that they use."""
    kept = rules_for(THEME, classes_in(graphs) | PLAYED)
    rules = "".join(f"{what}{{{rule}}}" for what, rule in kept.items())
    rules += _compact(style)
    colours = ";".join(
        f"--{name}:light-dark({light},{THEME.dark[name]})"
        for name, light in THEME.light.items()
        if f"(--{name})" in rules
    )
    return f":root{{color-scheme:light dark;{colours}}}{rules}"


def _graph(film: Film) -> str:
    """A drawing before the first event."""
    width, height = (round(extent) + 2 * MARGIN for extent in film.places.size)
    inner = [*ground(film.content, film.places)]
    inner += map(box_svg, film.content.boxes, film.places.boxes)
    return (
        f'<svg role="img" aria-label="{escaped(name(film.content))}" '
        f'width="{width}" height="{height}"><g transform="translate({MARGIN} {MARGIN})">'
        + "".join(inner)
        + "</g></svg>"
    )
