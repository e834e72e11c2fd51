"""The input of the layout, a `Plan`, and its output: `Places` on the page.

It sees sizes and numbers only, never a text of the user's. Coordinates are in pixels; x grows to
the right and y downward.
"""

from collections.abc import Sequence
from typing import NamedTuple

FRAME_PADDING = 14.0  # between a frame and what it encloses
FRAME_TITLE = 20.0  # more at the top, for the title
GAP = 14.0  # between ranks, at least

Point = tuple[float, float]
Extent = tuple[float, float]  # width, height


class Arrow(NamedTuple):
    """An arrow from box `tail` to a later box `head`; a weak `pull` counts less in placing.

    `label` is the room that the text on the arrow takes, (0, 0) if there is none.
    """

    tail: int
    head: int
    label: Extent
    pull: float = 1.0


class Frame(NamedTuple):
    """A frame around boxes: the earlier frame it lies in, if any, and the width of its title."""

    outer: int | None
    title: float


class Plan(NamedTuple):
    """The sizes of the boxes, the innermost frame of each, the arrows, and the direction.

    Boxes come in an order in which arrows lead forward. No path leaves a frame and comes back.
    With `down` arrows run from top to bottom, else from left to right. A long drawing is in
    `rows`: each box is in one, from 0 on, and no arrow and no frame in two. Ranks of boxes and
    labels are at least `gap` apart.
    """

    boxes: Sequence[Extent]
    arrows: Sequence[Arrow]
    inside: Sequence[int | None]
    frames: Sequence[Frame]
    down: bool = False
    rows: Sequence[int] = ()
    gap: float = GAP


class Route(NamedTuple):
    """The way of an arrow: strokes, the centre of its label, and the part that another draws.

    A stroke is a start and then for each piece of a cubic Bézier curve two control points and
    an end. The last stroke ends at the border of the head, where the arrow's point belongs. What
    several arrows share is drawn by one of them; the others turn off from it, and their `trunk`
    is the stroke that leads there from the border of the tail, empty where nothing is shared.
    """

    strokes: list[list[Point]]
    label: Point
    trunk: Sequence[Point] = ()


class Rectangle(NamedTuple):
    """The place of a frame: its upper left corner, its width and height."""

    x: float
    y: float
    width: float
    height: float


class Places(NamedTuple):
    """The output of a layout: centres of boxes, routes of arrows, frames, and the size of all."""

    boxes: list[Point]
    routes: list[Route]
    frames: list[Rectangle]
    size: Extent
