"""`draw`: chooses what to show of a graph, places it, and writes it as SVG."""

import math
from functools import partial
from typing import Any, Never

from ...engine.arguments import check_title, integer, one_of, refuse_names, truth
from ...engine.value import Value
from ..drawing import Drawing
from ..foreign.conversion import AnyValue, to_values
from ..layout import layered
from ..text_page import text_page
from ..words.summary import summary
from .arrange import arrange
from .dot import dot_text
from .folding import check_collapse
from .graph_svg import description, plan_of, write_graph
from .table import table_of
from .view import TooManyBoxesError, view

MOST_BOXES = 2000
THEMES, DIRECTIONS = ("auto", "light", "dark"), ("LR", "TB")
NO_ENGINE = (
    "draw has one layout, its own: leave engine out, and for the dot program use draw_dot(root) or "
    "to_graphviz(root)"
)


def draw(
    root: AnyValue,
    title: str | None = None,
    rankdir: str = "LR",
    *,
    collapse: str | int | None = "auto",
    focus: AnyValue | None = None,
    radius: int = 2,
    heat: bool = False,
    theme: str = "auto",
    force: bool = False,
    **gone: Never,
) -> Drawing:
    """Draw the computation graph of a Value.

    Args:
        root: the Value at the end of the graph, usually the loss; micrograd's and similar ones too.
        title: a heading above the graph.
        rankdir: ``"LR"`` to compute from left to right, ``"TB"`` from top to bottom.
        collapse: show each module call as one box, by ``"neuron"``, by ``"layer"``, or those
            of a depth, such as 1 for the outermost, and a chain of + as one Σ; ``"sum"`` for the
            Σ alone; ``"repeats"`` for one of what is alike, such as time steps, and a box for
            all others; None for every node. ``"auto"`` shows all of up to 60 nodes, up to 400 by
            neuron, more by layer, and one of what is alike if that is still more than 60 boxes.
        focus: show what is near this node only; ``"auto"`` then folds nothing but sums.
        radius: how many edges from `focus` that is.
        heat: colour the boxes by ``|grad|``.
        theme: ``"light"``, ``"dark"``, or ``"auto"`` for what the reader's system prefers.
        force: draw even more than 2,000 boxes; otherwise the drawing is a summary in words.
        gone: nothing; ``engine`` was removed, and its error message names the replacements.

    Raises:
        TypeError: if `root` or `focus` is no Value, `title` no str, `radius` no int, `heat` or
            `force` no bool, or `engine` is passed.
        ValueError: if an option is none of these, or `focus` is not in the graph.

    Example:
        >>> from autograd import Value
        >>> from autograd.show import draw
        >>> x = Value(3.0, label="x")
        >>> draw(x * x).svg.count(">×3<")  # two operand slots
        2
    """
    refuse_names("draw", gone, {"engine": NO_ENGINE})
    root, focus = to_values("draw", root, focus)
    _check(title, focus, radius)
    one_of("rankdir", rankdir, DIRECTIONS)
    check_collapse(collapse)
    one_of("theme", theme, THEMES)
    heat, force = truth("heat", heat), truth("force", force)
    try:
        content = view(root, collapse, focus, radius, heat, math.inf if force else MOST_BOXES)
    except TooManyBoxesError as error:
        return _in_words(root, str(error), theme)
    down = rankdir == "TB"
    arranged = arrange(content, down)
    places = layered.lay_out(plan_of(arranged, down))
    svg = write_graph(arranged, places, title, theme, description(content))
    words = content.words()
    return Drawing(svg, partial(table_of, words), partial(dot_text, words, title, down))


def _check(title: Any, focus: Any, radius: Any) -> None:
    check_title(title)
    if focus is not None and not isinstance(focus, Value):
        raise TypeError(f"focus is a Value of the graph, got {type(focus).__name__}")
    integer("radius, the number of edges from focus,", radius, 0)


def _in_words(root: Value, count: str, theme: str) -> Drawing:
    """The summary of a graph that is too large to draw, as a drawing of text."""
    lines = [
        f"{count} are too many for a page, which holds up to {MOST_BOXES:,} boxes.",
        'collapse="layer" folds the calls of modules, focus=node shows what is near a node,',
        "and force=True draws everything.",
        "",
        *str(summary(root)).split("\n"),
    ]
    return Drawing(text_page(lines, theme), "\n".join(lines))
