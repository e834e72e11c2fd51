"""Boxes of a drawing: a node, a plain number, a group of nodes, or a count of those left out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ...engine.messages import pluralize
from ...engine.node import Node
from ...engine.rows import Row
from ...engine.value import Value
from ...transforms.samples import InnerOp
from ..source_lines import made_at
from ..svg import MONO_WIDTH, clip, text_width
from ..text import DASH, LONGEST, TIMES, clean, decimal
from ..words.naming import kind_of
from .folding import Unit
from .module_calls import short_path

NAME_SIZE, NUMBER_SIZE = 14.0, 12.0
LABEL_ROOM, OP_ROOM = 150.0, 140.0
SIDE = 12  # between the border of a box and its text
HEADER, ROW, FOOT = 28.0, 16.0, 8.0
LISTED = 3  # outputs of a group that are shown one by one
STATUS = "status"  # of a gradient: a row that stands for itself, without this word

Rows = tuple[tuple[str, str], ...]


class Box(NamedTuple):
    """The content of one box: its texts and its size.

    Attributes:
        kind: input, parameter, constant, op, root, group, root-group, or more (is left out here).
        name: its name, or the part of it that it has room for.
        by: the op, beside a label.
        rows: below that, words with their values, as shown.
        exact: everything in full.
        width, height: in pixels.
        frame: the innermost frame around it.
        heat: |grad| relative to the others, from 0 to 1, or None.
        about: its full description, without its numbers.
        state: its CSS class while a pass is played.
        full: its name as it is in words.
    """

    kind: str
    name: str
    by: str
    rows: Rows
    exact: str
    width: float
    height: float
    frame: int | None = None
    heat: float | None = None
    about: str = ""
    state: str = ""
    full: str = ""

    @property
    def is_root(self) -> bool:
        """Whether the box is the root, or the group with the root in it."""
        return self.kind in ("root", "root-group")

    @property
    def is_group(self) -> bool:
        """Whether the box stands for a module call."""
        return self.kind in ("group", "root-group")

    @property
    def colour(self) -> str:
        """The name of its colours in the theme; a group with the root has those of the root."""
        return "root" if self.is_root else self.kind


def _box(kind: str, name: str, by: str, rows: Rows, exact: str, least: float = 0.0) -> Box:
    """A box of the size that its texts need, at least `least` high."""
    full = clean(name)
    name, by = clip(name, NAME_SIZE, LABEL_ROOM), clip(by, NAME_SIZE, OP_ROOM)
    header = text_width(name, NAME_SIZE) + (text_width(by, NAME_SIZE) + 10 if by else 0)
    width = max(header, rows_width(rows), 62.0 if name else 0.0) + 2 * SIDE
    height = (HEADER if name else 12.0) + ROW * len(rows) + (FOOT if name else 0.0)
    return Box(kind, name, by, rows, exact, width, max(height, least), full=full)


def rename(box: Box, name: str, by: str) -> Box:
    """A box with another name, and beside it the op."""
    other = _box(box.kind, name, by, box.rows, box.exact, box.height)
    about = f"{name} ({by})" if by else name
    return other._replace(about=about, frame=box.frame)


def rows_width(rows: Iterable[tuple[str, str]]) -> float:
    """The width of the longest of the rows."""
    longest = max(
        (len(text if word == STATUS else f"{word} {text}") for word, text in rows), default=0
    )
    return longest * NUMBER_SIZE * MONO_WIDTH


def number_box(number: float, label: str = "", full: str = "") -> Box:
    """The box of a constant, or of a plain number; `label` is shown of its full name."""
    full = label and (full or label)
    about = full or "constant"
    row = ("data" if label else "", decimal(number))
    box = _box("constant", label, "", (row,), f"{about} = {number!r}")
    return box._replace(about=about, full=full)


def node_box(
    node: Node,
    root: Node,
    name: str,
    op: str,
    path: str,
    operands: int,
    was: float | None = None,
) -> Box:
    """The box of a node or a folded chain of +.

    Args:
        node: the node, of a chain the last.
        root: the root of the graph.
        name: the name of the node in this graph.
        op: what it is the result of, empty for a leaf.
        path: the module that a parameter is used in.
        operands: how many arrows lead to it.
        was: its number when it was used, if that is another now.
    """
    kind, shown = kind_of(node), _shown(name, path)
    if kind == "constant" and node is not root:
        return _with_place(number_box(node._data, shown if node.label else "", name), node)
    grad, exact_grad = gradient(node, root)
    label = clean(node.label)
    full = label if len(label) > LONGEST else name
    origin = kind
    if path and not name.startswith(f"{path}."):
        origin = f"parameter {path}.{label}"
    then = () if was is None else (("was", decimal(was)),)
    exact_then = "" if was is None else f" ({was!r} when it was used)"
    many = isinstance(node.op, InnerOp)  # its results have the numbers
    data, exact = (
        (DASH, "those of its results") if many else (decimal(node._data), repr(node._data))
    )
    box = _box(
        "root" if node is root else kind,
        shown,
        op,
        (("data", data), *then, ("grad", grad)),
        f"{full} ({op or origin}): data = {exact}{exact_then}, grad = {exact_grad}",
        min(10.0 * operands, 200.0),
    )
    return _with_place(box._replace(about=f"{full} ({op})" if op else full, full=name), node)


def _with_place(box: Box, node: Node) -> Box:
    """The box with the line of code that made the node, if that was noted."""
    place = made_at(node)
    return box._replace(exact=box.exact + place, about=box.about + place) if place else box


def _shown(name: str, path: str) -> str:
    """What a box shows of a name: of a path before it the end, as the title of a frame does."""
    known = f"{path}." if path else ""
    if not known or not name.startswith(known):
        return name
    return ".".join([*path.split(".")[-2:], name.removeprefix(known)])


def in_frames(box: Box, paths: Iterable[str]) -> Box:
    """The box inside frames of module calls with these paths: it need not show what they tell."""
    path = next((path for path in paths if path and box.full.startswith(f"{path}.")), "")
    if not path:
        return box
    label = box.full.removeprefix(f"{path}.")
    narrow = _box(box.kind, label, box.by, box.rows, box.exact)
    return box._replace(name=narrow.name, width=narrow.width)


def group_box(
    unit: Unit,
    which: int | None,
    outputs: Sequence[Node],
    root: Node,
    parameters: int,
    names: Mapping[Node, str],
) -> Box:
    """The box of a module call, or of blocks that are alike, with their outputs.

    Args:
        unit: the call or the blocks.
        which: which call it is, if that is an outermost one.
        outputs: the nodes whose numbers are shown.
        root: the root of the graph.
        parameters: how many there are inside.
        names: of all nodes.
    """
    if unit.call is None:
        kind, path, full = "alike", f"{TIMES} {unit.alike:,}", f"{unit.alike:,} more blocks alike"
    else:
        kind, path = unit.call.kind, short_path(unit.call, which)
        path = path if unit.call.path else f"{kind} {path}".strip()
        full = f"{kind} {unit.call.path}".strip()
    label = names[outputs[0]] if len(outputs) == 1 and outputs[0].label else ""
    size = pluralize(len(unit.nodes), "node")
    if parameters:
        size = f"{pluralize(parameters, 'parameter')}, {size}"
    gradients = [gradient(node, root)[0] for node in outputs]
    numbers = [node._data for node in outputs]
    rows = (
        ("data", list_numbers([*map(decimal, numbers)], numbers)),
        ("grad", list_numbers(gradients, [as_number(node.grad) for node in outputs])),
        ("", size),
    )
    exact = about = f"{full}: {size}"
    for node in outputs[:10]:
        exact += f"; data = {node._data!r}, grad = {gradient(node, root)[1]}"
    name = label or path or kind
    return _box(
        "root-group" if unit.nodes[-1] is root else "group",
        name,
        "" if name in (kind, f"{kind} ({which})") else kind,
        rows,
        exact,
    )._replace(about=about)


def repeat_box(box: Box, number: int, count: int) -> Box:
    """A small box that repeats `box`, beside the `number`-th of `count` places of its uses."""
    kind = "op" if box.kind in ("root", "group", "root-group") else box.kind
    if kind == "constant" and not box.name:
        return box
    about = f"{box.about}, again: {number} of {count}"
    again = _box(kind, box.name, f"({number})", (), about)
    return again._replace(about=about, full=box.full)


def more_box(count: int, what: str) -> Box:
    """A box that counts what a drawing around a focus leaves out."""
    text = pluralize(count, what)
    return _box("more", "", "", (("", f"… {text}"),), f"{text} left out of this drawing")


def list_numbers(shown: Sequence[str], numbers: Sequence[float]) -> str:
    """A few numbers one by one, of more the smallest, the largest and the count."""
    if len(shown) <= LISTED or DASH in shown:
        return ", ".join(dict.fromkeys(shown) if DASH in shown else shown)
    if any(x != x for x in numbers):
        return f"nan among {len(numbers)}"
    return f"{decimal(min(numbers))} … {decimal(max(numbers))} ({len(numbers)})"


def as_number(grad: float | Value | None) -> float:
    """A gradient as a float, 0 if there is none."""
    return grad.data if isinstance(grad, Value) else float(grad or 0.0)


def gradient(node: Node, root: Node) -> tuple[str, str]:
    """The gradient as shown and exactly; a dash until a backward pass has reached the node."""
    if not node.is_reached:
        return DASH, "none" if node.grad is None else "none yet"
    if isinstance(node.grad, Row):
        return DASH, repr(node.grad)
    grad = as_number(node.grad)
    if not root.is_reached and grad == 0.0:
        return DASH, "none yet"
    return decimal(grad), repr(grad)
