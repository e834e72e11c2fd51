"""Using a recorded graph again: run it forward with new numbers, or clear its gradients."""

from collections.abc import Mapping
from typing import Any

from ..engine.arguments import root_value
from ..engine.commit import clear_gradients, commit
from ..engine.graph import topological_order
from ..engine.node import Node
from ..engine.numbers import number, same
from .samples import source_of, with_samples


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
    every = with_samples(topological_order(root_value("recompute", root)))
    order = [node for node in every if node.op is not None]
    numbers: dict[Node, float] = {}  # of what changes, until all are there: an op may raise
    for node in order:
        new = _forward(node, numbers)
        if not same(new, node._data) or _has_changed_operands(node, numbers):
            numbers[node] = new * 1.0  # another float, also if a choice gave that of its operand
    changes: list[tuple[object, str, Any]] = [(node, "_data", x) for node, x in numbers.items()]
    changes += [(node, "_recorded", _operand_numbers(node, numbers)) for node in numbers]
    commit(changes)


def _forward(node: Node, numbers: Mapping[Node, float]) -> float:
    source = source_of(node)
    if source is not None:  # a result of a batch is what a node of a sample is
        return numbers.get(source, source._data)
    assert node.op is not None
    return number(node.op.forward(*_operand_numbers(node, numbers)))


def _operand_numbers(node: Node, numbers: Mapping[Node, float]) -> tuple[float, ...]:
    return tuple([numbers.get(x, x._data) if isinstance(x, Node) else x for x in node.operands])


def _has_changed_operands(node: Node, numbers: Mapping[Node, float]) -> bool:
    """Whether an operand changes now, or has changed since the node was computed.

    So a node whose operands changed counts as changed, also where its number is the same.
    """
    return any(
        isinstance(x, Node) and (x in numbers or node.has_moved(slot))
        for slot, x in enumerate(node.operands)
    )


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
    clear_gradients(topological_order(root_value("zero_grad", root)))
