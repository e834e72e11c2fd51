"""The drawing of a graph while a pass is played: what every event changes in it, and points at.

A frame is a fold over the events so far. A `Film` is a drawing with room for all that it will ever
say, and for every event the rows that change in it, so that going one event further touches
nothing else. `camera.py` makes it.
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
ADDS = "+="  # what a contribution does, as Python writes it
WAITING = "waiting"
ROWS = 4  # of a box, at most
DATA, GRAD, HOW_FAR, SIZE = range(ROWS)


class Shown(NamedTuple):
    """A text as shown, and exactly."""

    shown: str
    exact: str


class Change(NamedTuple):
    """What a row says from an event on.

    Rows are numbered: 4 · box + the row in it, and after those of all boxes the labels of edges,
    which say a number behind a ×.
    """

    row: int
    said: Shown


class Mark(NamedTuple):
    """What an event points at.

    Attributes:
        box, tag: the box of the node that it is about, and what that does.
        other, other_tag: the box of the node that gets a contribution, if it is another.
        edge: the edge that passes it back, unless that lies in a box.
        sign, adds: what is done with the contribution, and the contribution, if there is one.
    """

    box: int | None
    tag: str
    other: int | None = None
    other_tag: str = ""
    edge: int | None = None
    sign: str = ""
    adds: float | None = None


class Film:
    """A drawing that plays events.

    Args:
        content: the drawing before the first event, with boxes and labels as wide as they get.
        changes, marks: for each event.
        placed: gives the places.
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
        """Where everything is, in every frame."""
        return self._placed()


def unsaid(row: int, boxes: int) -> Shown:
    """What a row of a drawing with so many boxes says before the first event."""
    return NOT_YET if row < ROWS * boxes and row % ROWS in (DATA, GRAD) else NOTHING


NOT_YET, NOTHING = Shown(DASH, DASH), Shown("", "")


def labelled(content: Content) -> list[Edge]:
    """The edges that have a label, in the order of the rows that these are."""
    return [edge for edge in content.edges if edge.text]


def state_of(rows: Sequence[tuple[str, str]]) -> str:
    """How a box that says these rows looks: it waits for its number, is final, or neither."""
    if rows[DATA][1] == DASH:
        return WAITING
    return FINAL if (STATUS, FINAL) in rows else ""
