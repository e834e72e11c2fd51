"""What the drawing of a graph says: one box per node and plain number, one edge per operand.

This is the content, as text and sizes; `layout.py` gives it places and `graph_svg.py` a shape.
"""

from collections.abc import Sequence
from typing import NamedTuple

from autograd.graph import ZERO, topological_order
from autograd.node import Node
from autograd.show.drawing import DASH, MINUS, MONO_WIDTH, TIMES, clipped, decimal, text_width
from autograd.value import Value

MOST_BOXES = 2000
SPELLING = {"*": TIMES, "-": MINUS, "/": "÷"}  # other ops are drawn by their name
NAME_SIZE, NUMBER_SIZE = 14.0, 12.0
LABEL_ROOM, OP_ROOM = 150.0, 110.0
SIDE = 13  # between the frame of a box and its text
HEIGHT = 68.0


class Box(NamedTuple):
    """What one box says: kind, texts as shown, and in `exact` everything in full."""

    kind: str
    name: str
    by: str
    data: str
    grad: str | None
    exact: str
    width: float
    height: float


class Edge(NamedTuple):
    """From operand to result, with the local derivative, or None where nothing flows."""

    tail: int
    head: int
    local: float | None


def boxes_and_edges(root: Node) -> tuple[list[Box], list[Edge]]:
    """A box for every node and every plain number, operands before results."""
    order = topological_order(root)
    _check_size(order)
    boxes: list[Box] = []
    edges: list[Edge] = []
    number: dict[Node, int] = {}
    for node in order:
        tails = []
        for operand in node.operands:
            if isinstance(operand, Node):
                tails.append(number[operand])
            else:
                tails.append(len(boxes))
                boxes.append(_constant_box(operand, ""))
        number[node] = len(boxes)
        for tail, local in zip(tails, node.locals(), strict=True):
            nothing = local is None or (boxes[tail].kind == "constant" and local != local)
            edges.append(Edge(tail, len(boxes), None if nothing else float(local)))
        boxes.append(_node_box(node, root, len(tails)))
    return boxes, edges


def _check_size(order: Sequence[Node]) -> None:
    count = len(order)
    for node in order:
        count += len(node.operands) - len(node.parents)
    if count > MOST_BOXES:
        raise ValueError(
            f"this graph has {count:,} boxes, and a drawing holds at most {MOST_BOXES:,}: "
            "draw a part of it, such as one neuron or the loss of one example"
        )


def _constant_box(data: float, label: str) -> Box:
    name, shown = clipped(label, NAME_SIZE, LABEL_ROOM), decimal(data)
    width = max(len(shown) * NUMBER_SIZE * MONO_WIDTH, text_width(name, NAME_SIZE)) + 2 * SIDE
    exact = f"{label or 'constant'} = {data!r}"
    return Box("constant", name, "", shown, None, exact, width, 48.0 if name else 28.0)


def _node_box(node: Node, root: Node, operands: int) -> Box:
    if node.is_constant and node is not root:
        return _constant_box(node._data, node.label)
    op = "leaf" if node.op is None else SPELLING.get(node.op.name, node.op.name)
    name = clipped(node.label, NAME_SIZE, LABEL_ROOM)
    by = clipped(op, NAME_SIZE, OP_ROOM) if node.op is not None or not name else ""
    if not name:
        name, by = by, ""
    data = decimal(node._data)
    grad, exact_grad = _gradient(node, root)
    rows = (5 + max(len(data), len(grad))) * NUMBER_SIZE * MONO_WIDTH
    header = text_width(name, NAME_SIZE) + (text_width(by, NAME_SIZE) + 10 if by else 0)
    exact = f"{node.label} ({op})" if node.label else op
    return Box(
        "root" if node is root else "leaf" if node.op is None else "op",
        name,
        by,
        data,
        grad,
        f"{exact}: data = {node._data!r}, grad = {exact_grad}",
        max(header, rows, 62.0) + 2 * SIDE,
        max(HEIGHT, min(10.0 * operands, 200.0)),
    )


def _gradient(node: Node, root: Node) -> tuple[str, str]:
    """The gradient as shown and exactly; a dash while no backward pass has reached it."""
    grad = node.grad.data if isinstance(node.grad, Value) else node.grad
    if grad is None or (root.grad is ZERO and grad == 0.0):
        return DASH, "none yet" if grad is not None else "none"
    return decimal(grad), repr(float(grad))
