"""Graphs for graphviz: as DOT text and as a `graphviz.Digraph`.

Only `graphviz.Digraph` needs the package of that name, which is imported when needed.
"""

from typing import Any

from ...engine.arguments import one_of
from ...engine.messages import short_repr
from ..foreign.conversion import AnyValue, to_values
from .dot import dot_text
from .draw import DIRECTIONS
from .folding import check_collapse
from .view import view


def to_dot(root: AnyValue, rankdir: str = "LR", *, collapse: str | int | None = "auto") -> str:
    """The computation graph of a Value in DOT, the language of graphviz.

    Args:
        root: the Value at the end of the graph, usually the loss; micrograd's and similar ones too.
        rankdir: ``"LR"`` to compute from left to right, ``"TB"`` from top to bottom.
        collapse: the parts to show as one box, as in `draw`.

    Raises:
        TypeError: if `root` is not a Value.
        ValueError: if `rankdir` or `collapse` is another.

    Example:
        >>> from autograd import Value
        >>> print(to_dot(Value(2.0, label="x") * 3.0)[:9])
        digraph {
    """
    return _text("to_dot", root, rankdir, collapse)


def to_graphviz(root: AnyValue, rankdir: str = "LR", *, collapse: str | int | None = "auto") -> Any:
    """The computation graph of a Value as a `graphviz.Digraph`, to edit, render or show.

    Args:
        root: the Value at the end of the graph, usually the loss; micrograd's and similar ones too.
        rankdir: ``"LR"`` to compute from left to right, ``"TB"`` from top to bottom.
        collapse: the parts to show as one box, as in `draw`.

    Raises:
        TypeError: if `root` is not a Value.
        ValueError: if `rankdir` or `collapse` is another.
        ModuleNotFoundError: if the graphviz package is not installed.

    Example:
        >>> from autograd import Value
        >>> to_graphviz(Value(2.0) * 3.0).source == to_dot(Value(2.0) * 3.0)
        True
    """
    return _digraph(_text("to_graphviz", root, rankdir, collapse), None)


def draw_dot(
    root: AnyValue, format: str = "svg", rankdir: str = "LR", *, collapse: str | int | None = "auto"
) -> Any:
    """The computation graph of a Value as a `graphviz.Digraph`, under micrograd's name for it.

    `draw` makes a better picture, and needs neither the package nor the dot program.

    Args:
        root: the Value at the end of the graph, usually the loss; micrograd's and similar ones too.
        format: the format that ``render()`` writes, such as ``"svg"``, ``"png"`` or ``"pdf"``.
        rankdir: ``"LR"`` to compute from left to right, ``"TB"`` from top to bottom.
        collapse: the parts to show as one box, as in `draw`.

    Raises:
        TypeError: if `root` is not a Value.
        ValueError: if `format`, `rankdir` or `collapse` is another.
        ModuleNotFoundError: if the graphviz package is not installed.

    Example:
        >>> from autograd import Value
        >>> draw_dot(Value(2.0) * 3.0, format="png").format
        'png'
    """
    return _digraph(_text("draw_dot", root, rankdir, collapse), format)


def _text(caller: str, root: Any, rankdir: str, collapse: str | int | None) -> str:
    (root,) = to_values(caller, root)
    one_of("rankdir", rankdir, DIRECTIONS)
    check_collapse(collapse)
    return dot_text(view(root, collapse), down=rankdir == "TB")


def _digraph(text: str, format: str | None) -> Any:
    """A `graphviz.Digraph` whose source is `text`."""
    try:
        import graphviz  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "a graphviz.Digraph needs the graphviz package: 'pip install graphviz', or use "
            "draw(root), which needs nothing, or to_dot(root) for the text",
            name=error.name,
        ) from error
    if format is not None and (not isinstance(format, str) or format not in graphviz.FORMATS):
        raise ValueError(
            f"format is one of graphviz's, such as 'svg' or 'png', got {short_repr(format)}"
        )
    _, *lines, _, _ = text.split("\n")  # between the first line and the last
    return graphviz.Digraph(format=format, body=[f"{line}\n" for line in lines])
