"""The view of a graph: the part of it that a drawing shows, folded."""

import math

from ...engine.graph import topological_order
from ...engine.value import Value
from .content import Content, content_of
from .folding import ALL_UP_TO, Collapse, around, fold, level_for
from .repetition import fold_repeats

WORTH_FOLDING = 100  # nodes for each box that there may be: more are not folded to see


class TooManyBoxesError(ValueError):
    """Raised for a view with more boxes than allowed; the message has their number."""


def view(
    root: Value,
    collapse: Collapse = "auto",
    focus: Value | None = None,
    radius: int = 0,
    heat: bool = False,
    most: float = math.inf,
) -> Content:
    """The content of a drawing with these options, which are those of `draw`.

    Args:
        root, collapse, focus, radius, heat: as for `draw`.
        most: how many nodes and groups may have boxes.

    Raises:
        TooManyBoxesError: if it takes more than `most` boxes.
        ValueError: if `focus` is not in the graph.
    """
    order = topological_order(root)
    if focus is None and collapse == "auto" and len(order) > WORTH_FOLDING * most:
        raise TooManyBoxesError(f"{len(order):,} nodes")
    near = focus is not None and collapse == "auto"  # all of what is near, but for long sums
    units, unit_of = fold(order, "sum" if near else level_for(order, collapse))
    if focus is not None and focus not in unit_of and any(node is focus for node in order):
        raise ValueError(f"focus, {focus!r}, lies inside a folded box: pass collapse=None")
    if collapse == "repeats" or (collapse == "auto" and not near and len(units) > ALL_UP_TO):
        units, unit_of = fold_repeats(units, unit_of)
    shown = set(units) if focus is None else around(units, unit_of, focus, radius)
    if len(shown) > most:
        raise TooManyBoxesError(f"{len(shown):,} boxes")
    return content_of(units, unit_of, root, shown, heat)
