"""Which part of a graph a drawing shows, and how far it is folded."""

import math

from autograd.graph import topological_order
from autograd.show.content import Content, content_of, count_boxes
from autograd.show.folding import around, folded, level_for
from autograd.value import Value

WORTH_FOLDING = 100  # nodes for each box that there may be: more are not folded to see


class TooManyBoxesError(ValueError):
    """A view would take more boxes than there may be.

    Attributes:
        count: how many.
    """

    def __init__(self, count: int) -> None:
        super().__init__(f"the graph takes {count:,} boxes")
        self.count = count


def view(
    root: Value,
    collapse: str | None = "auto",
    focus: Value | None = None,
    radius: int = 0,
    heat: bool = False,
    most: float = math.inf,
) -> Content:
    """What a drawing with these options, those of `draw`, says.

    Raises:
        TooManyBoxesError: if it takes more than `most` boxes.
        ValueError: if `focus` is not in the graph.
    """
    order = topological_order(root)
    if focus is None and len(order) > WORTH_FOLDING * most:
        raise TooManyBoxesError(len(order))
    in_full = focus is not None and collapse == "auto"
    units, unit_of = folded(order, "sum" if in_full else level_for(order, collapse))
    shown = set(units) if focus is None else around(units, unit_of, focus, radius)
    boxes = count_boxes(shown)
    if boxes > most:
        raise TooManyBoxesError(boxes)
    return content_of(units, unit_of, root, shown, heat)
