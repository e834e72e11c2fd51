"""The animation of a pass in a drawing: the changes and highlights of every event.

An `Animation` is a drawing with room for all of its texts, and for every event the rows that change
in it, so that going one event further touches nothing else. `animate.py` makes it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from ..graphs.boxes import STATUS
from ..graphs.content import Content, Edge
from ..layout.places import Places
from ..text import DASH
from .events import FINAL

UPSTREAM, RECEIVES, INSIDE = "upstream", "receives", "inside"  # what a marked box does
WAITING = "waiting"
ROOM = 24.0  # pixels before and behind the label of an arrow, for what passes along it
GIVEN, COMPUTED = "given", "computed"  # where a node got its number
ROWS = 4  # of a box, at most
DATA, GRAD, HOW_FAR, SIZE = range(ROWS)


class Shown(NamedTuple):
    """A text in short form, as shown, and in full."""

    shown: str
    exact: str


class Change(NamedTuple):
    """A new text for a row, from an event on.

    Rows are numbered: 4 · box + the row in it, and after those of all boxes the labels of edges,
    which say a number behind a ×.
    """

    row: int
    said: Shown


class Mark(NamedTuple):
    """The highlights of an event: up to two boxes, and an edge.

    Attributes:
        box, tag: the box of the node that it is about, and what that does.
        other, other_tag: the box of the node that gets a contribution, if it is another.
        edge: the edge that passes it back, unless that lies in a box.
        sign, adds: the sign before the contribution, and the contribution, if there is one.
        also: further boxes that do what the first one does.
    """

    box: int | None
    tag: str
    other: int | None = None
    other_tag: str = ""
    edge: int | None = None
    sign: str = ""
    adds: float | None = None
    also: tuple[int, ...] = ()


class Animation:
    """An animation of events in a drawing.

    Args:
        content: the drawing before the first event, with boxes and labels as wide as they get.
        changes, marks: for each event.
        placed: computes the places.
        down: whether arrows run from top to bottom.
        widths: for each edge the room for what it adds, if it is more than for these marks.
    """

    def __init__(
        self,
        content: Content,
        changes: Sequence[Sequence[Change]],
        marks: Sequence[Mark],
        placed: Callable[[], Places],
        down: bool,
        widths: Mapping[int, int] | None = None,
    ) -> None:
        self.content, self.changes, self.marks = content, changes, marks
        self._placed, self.down, self.widths = placed, down, widths

    @cached_property
    def places(self) -> Places:
        """The places of all boxes and edges, the same in every frame."""
        return self._placed()


def unsaid(row: int, boxes: int) -> Shown:
    """The text of a row before the first event, in a drawing with so many boxes."""
    return NOT_YET if row < ROWS * boxes and row % ROWS in (DATA, GRAD) else NOTHING


NOT_YET, NOTHING = Shown(DASH, DASH), Shown("", "")


def labelled(content: Content) -> list[Edge]:
    """The edges that have a label, in the order of their rows."""
    return [edge for edge in content.edges if edge.text]


def state_of(rows: Sequence[tuple[str, str]]) -> str:
    """The CSS class of a box with these rows: it waits for its number, is final, or neither."""
    if rows[DATA][1] == DASH:
        return WAITING
    return FINAL if (STATUS, FINAL) in rows else ""
