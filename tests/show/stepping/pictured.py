"""Pictures of passes for the tests: a drawing with room for its events, and what each changes."""

from collections.abc import Sequence
from typing import NamedTuple

from autograd import Value
from autograd.engine.graph import topological_order
from autograd.engine.node import Node
from autograd.show.graphs.view import view
from autograd.show.stepping.changes import Change, Mark, RowChanges, reached, widest_of
from autograd.show.stepping.events import Event
from autograd.show.stepping.flaws import flaws_of
from autograd.show.stepping.picture import Picture, picture_of
from autograd.show.stepping.reverse_mode import steps


class Pictured(NamedTuple):
    picture: Picture
    order: Sequence[Node]
    events: Sequence[Event]
    changes: Sequence[Sequence[Change]]
    marks: Sequence[Mark]


def pictured(
    root: Value,
    collapse: str | None = None,
    down: bool = False,
    events: Sequence[Event] | None = None,
) -> Pictured:
    order, played = topological_order(root), list(steps(root)) if events is None else events
    flaws = flaws_of(played)
    picture = picture_of(view(root, collapse), order, widest_of(order, played, flaws), down)
    rows = RowChanges(picture, order, played)
    changes = [list(rows.changes(*each)) for each in reached(played, flaws)]
    marks = [rows.mark(*each) for each in zip(played, flaws, strict=True)]
    return Pictured(picture, order, played, changes, marks)
