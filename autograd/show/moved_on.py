"""Leaves whose number has changed since a graph was recorded with it.

The graph, its gradients and its local derivatives are those of the numbers as recorded, so
a drawing that shows them beside a leaf shows that number too.
"""

from collections.abc import Iterable

from ..engine.node import Node


def find_moved_on(order: Iterable[Node]) -> dict[Node, float]:
    """For each node whose number has changed since it was used, its number at that time.

    Example:
        >>> from autograd import Value
        >>> x = Value(2.0)
        >>> y = x * x
        >>> x.data = 5.0
        >>> find_moved_on([x, y])[x]
        2.0
    """
    moved: dict[Node, float] = {}
    for node in order:
        for operand, was in zip(node.operands, node.recorded, strict=True):
            if operand is not was and isinstance(operand, Node) and operand.moved_on(was):
                moved.setdefault(operand, was)
    return moved
