"""The notebook display of Values, as a picture, and of modules, as a table.

No program is started, and if anything fails, there is always the text.
"""

from typing import Any

from ..engine.node import Node
from ..engine.value import Value
from .drawing import bundle, scrolling
from .graphs.draw import draw
from .svg import escape

MOST_NODES, MOST_EDGES = 40, 120  # that a display draws unasked
INDENT = 1.5  # em, for each module around


def of_value(value: Value) -> dict[str, str]:
    """The display of a Value: its text, and for up to 40 nodes a picture of its graph."""
    text = repr(value)
    if _is_large(value):
        return {"text/plain": text}
    try:
        return bundle(draw(value).svg, text)
    except Exception:  # a display that fails would hide the value itself
        return {"text/plain": text}


def _is_large(root: Node) -> bool:
    """Whether a graph is too large to draw unasked, found without walking all of it."""
    seen, stack, edges = {root}, [root], 0
    while stack:
        for operand in stack.pop().operands:
            edges += 1
            if isinstance(operand, Node) and operand not in seen:
                seen.add(operand)
                stack.append(operand)
            if len(seen) > MOST_NODES or edges > MOST_EDGES:
                return True
    return False


def of_module(module: Any) -> dict[str, str]:
    """The display of a module: a table with a row for each module in it."""
    rows = "".join(map(_row, module.outline()))
    heads = "".join(_cell("th", head) for head in ("module", "kind", "shape", "parameters"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return {"text/plain": repr(module), "text/html": scrolling(table)}


def _row(part: Any) -> str:
    several = f"{part.alike} × " if part.alike > 1 else ""
    count = part.instead or several + part.size()
    indent = f"padding-left:{0.5 + INDENT * part.depth}em"
    cells = (several + part.kind, part.shape, count)
    return f"<tr>{_cell('td', part.name, indent)}{''.join(_cell('td', x) for x in cells)}</tr>"


def _cell(kind: str, text: str, style: str = "") -> str:
    return f'<{kind} style="text-align:left;{style}">{escape(text)}</{kind}>'
