"""The graph: its topological order, and the chain rule.

    root          the node that derivatives are taken of, usually the loss
    upstream      d root / d node
    local         d node / d operand, as the op's row states it
    contribution  upstream · local: what flows back along one edge
    gradient      the sum of the contributions that reach a node

This file alone says how upstream and local are multiplied. Nothing here recurses, so a graph may be
as deep as memory allows.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from .calculus import fixed, strong_product
from .native import natively
from .node import Node
from .op import ONE, Op
from .scatter import waits_for_others


@natively
def topological_order(root: Node, but: Op | None = None) -> list[Node]:
    """Every node that `root` was computed from, operands before results, `root` last.

    Args:
        root: a node.
        but: an op whose operands are left out.
    """
    order, seen, stack = list[Node](), set[Node](), list[Any]([root])
    while stack:
        node = stack.pop()
        if node is None:  # all operands of the node below are in the order
            order.append(stack.pop())
        elif type(node) is not float and node not in seen:
            seen.add(node)
            stack += (node, None)
            # The left one on top: it comes first. A leaf, whose op is None, has none.
            stack += () if node.op is but else node.operands[::-1]
    return order


@natively
def gradients(root: Node, seed: Any = ONE, *, connected: bool = False) -> dict[Node, Any]:
    """seed · d root / d node for every node that a gradient reaches.

    Contributions are added in reverse topological order, from left to right. What is behind `fixed`
    has no place in it: a recording has nodes there, where an interpreted function has numbers.

    Args:
        root: the node to differentiate.
        seed: where to start: a number, or, if `connected`, a node.
        connected: make nodes, which can be differentiated again, instead of numbers.

    Raises:
        StaleGraphError: if a number changed so that a gradient would be wrong.
    """
    found: dict[Node, Any] = {} if root.is_constant else {root: seed}
    flow_back(found, reversed(topological_order(root, fixed)), connected=connected)
    # + makes a node of a masked gradient (choices.py), and leaves others as they are.
    return {node: +gradient for node, gradient in found.items()} if connected else found


def flow_back(found: dict[Node, Any], nodes: Iterable[Node], *, connected: bool) -> None:
    """Add to what was `found` so far the contributions of these nodes, results before operands."""
    for node in nodes:
        op = node.op
        if op is None or node not in found or (connected and waits_for_others(found, node)):
            continue  # which lookups wait: see scatter.py
        upstream = found[node]
        plain = not (connected or (op.strong and upstream == 0.0))  # numbers that just multiply
        locals = node.locals(connected=connected)
        # strict=True would cost 7% of a backward pass.
        for operand, was, local in zip(node.operands, node._recorded, locals):  # noqa: B905
            if local is None or type(operand) is float or operand.is_constant:
                continue
            if operand._data is not was and not connected:  # connected locals have looked
                node.check_recorded(connected=False, of=operand)
            contribution = upstream * local if plain else product(op, upstream, local)
            if contribution is not None:  # of a row, see rows.py
                found[operand] = found[operand] + contribution if operand in found else contribution


def product(op: Op, upstream: Any, local: Any) -> Any:
    """upstream · local, which is 0 for a zero upstream if the op is strong."""
    if local is ONE or upstream is ONE:
        return upstream if local is ONE else local
    return strong_product(upstream, local) if op.strong else upstream * local


def edges(node: Node, connected: bool) -> Iterator[tuple[int, Node, Any]]:
    """Each operand that a gradient flows to: its slot, itself, and the local derivative."""
    node.check_recorded(connected=connected)
    found = node.locals(connected=connected)
    for slot, (x, local) in enumerate(zip(node.operands, found, strict=True)):
        if local is not None and isinstance(x, Node) and not x.is_constant:
            yield slot, x, local
