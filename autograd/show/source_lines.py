"""`source_lines()`: a block in which each node notes the line of the user's code that made it.

The place is kept in the node's note, beside its label: it lives as long as the node, and keeps
nothing alive.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..engine.node import Node
from ..engine.note import BLANK
from ..engine.watching import Block, watching
from ..transforms.places import Place, place_at, user_frame
from .text import clean


@dataclass(frozen=True, slots=True, eq=False)
class PlacedNote:
    """A node's note (see note.py) that has a place too."""

    label: str
    call: Any
    parameter: bool
    place: Place

    def _replace(self, **changes: Any) -> "PlacedNote":
        return replace(self, **changes)


def source_lines() -> Block:
    """A context manager, or a decorator: note for each node the line of code that made it.

    `draw` then shows the line of a node when the pointer rests on its box, and so does the page of
    `play`. It is the innermost line that is not of this library; without the block nothing is
    noted, which costs nothing.

    Example:
        >>> from autograd import Value
        >>> from autograd.show import draw, source_lines
        >>> with source_lines():
        ...     y = Value(3.0, "x") * 2.0
        >>> ", line 2: y = Value(3.0, " in draw(y).svg
        True
    """
    return watching(_watcher())


def place_of(node: Node) -> Place | None:
    """The place in the user's code that made a node, None if that was not noted."""
    return getattr(getattr(node, "note", None), "place", None)


def copy_place(node: Node, other: Any) -> None:
    """Note at another node the place of this one, if it is known."""
    place = place_of(node)
    if place is not None:
        note = getattr(other, "note", BLANK)
        other.note = PlacedNote(note.label, note.call, note.parameter, place)


def made_at(node: Node) -> str:
    """The place that made a node, as the end of a sentence; nothing if that was not noted."""
    place = place_of(node)
    return "" if place is None else f"; {clean(str(place))}"


def _watcher() -> Callable[[Any], None]:
    """A watcher that notes the place; nodes of one line and one call share their note."""
    places: dict[tuple[str, int], Place] = {}
    notes: dict[tuple[Any, Place], PlacedNote] = {}

    def watch(node: Any) -> None:
        note, frame = getattr(node, "note", BLANK), user_frame()
        if frame is None or hasattr(note, "place"):
            return
        key = frame.f_code.co_filename, frame.f_lineno
        place = places.get(key)
        if place is None:
            place = places[key] = place_at(*key, frame.f_globals)
        known = notes.get((note, place))
        if known is None:
            known = notes[note, place] = PlacedNote(note.label, note.call, note.parameter, place)
        node.note = known

    return watch
