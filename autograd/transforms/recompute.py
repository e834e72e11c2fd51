"""Using a recorded graph again: run it forward with new numbers, or clear its gradients."""

from collections.abc import Mapping
from itertools import repeat
from typing import Any

from ..engine.arguments import root_value
from ..engine.commit import commit
from ..engine.graph import ZERO, topological_order
from ..engine.node import Node
from ..engine.numbers import number


def recompute(root: Node) -> None:
    """Run the recorded graph forward again, with the numbers that its leaves have now.

    Raises:
        TypeError: if `root` is no Value.

    Example:
        >>> from autograd import Value, recompute
        >>> x = Value(2.0)
        >>> y = x * x
        >>> x.data = 3.0
        >>> recompute(y)
        >>> y.data
        9.0
    """
    order = topological_order(root_value("recompute", root))
    order = [node for node in order if node.op is not None]
    numbers: dict[Node, float] = {}  # committed when all are there, for an op may raise
    for node in order:
        assert node.op is not None
        numbers[node] = number(node.op.forward(*_operand_numbers(node, numbers)))
    changes: list[tuple[object, str, Any]] = []
    for node in order:
        assert node.op is not None
        now = _operand_numbers(node, numbers)
        if node.op.rules:
            changes += zip(repeat(node), "xy", (*now, None)[:2], strict=False)
        else:
            changes.append((node, "x", tuple(now)))
        changes.append((node, "_data", numbers[node]))
    Node.recomputed = True
    commit(changes)


def _operand_numbers(node: Node, numbers: Mapping[Node, float]) -> list[float]:
    return [numbers.get(x, x._data) if isinstance(x, Node) else x for x in node.operands]


def zero_grad(root: Node) -> None:
    """Set the gradient of every node of the graph to 0.

    Example:
        >>> from autograd import Value, zero_grad
        >>> x = Value(2.0)
        >>> y = x * x
        >>> y.backward()
        >>> zero_grad(y)
        >>> x.grad, y.grad
        (0.0, 0.0)
    """
    order = topological_order(root_value("zero_grad", root))
    commit([(node, "grad", ZERO) for node in order if not node.is_constant])
