"""The graph: nodes that remember their operands, the order to walk them, and the chain rule.

    root        the node that derivatives are taken of, usually the loss
    upstream    d root / d node
    local       d node / d operand, as the op's rule states it

upstream · local is the *contribution* that flows back along one edge, and the contributions
that reach a node add up to its gradient. This is the only place that multiplies the two.
Nothing here recurses, so a graph may be as deep as memory allows.
"""

import threading
from collections.abc import Iterator
from typing import Any

from .calculus import strong_product
from .node import Node
from .op import ONE, Op, the_left, the_right
from .uncleared import hint

Nodes = list[Node]
ZERO = float("0.0")  # what `grad` starts at; as an object of its own it says "untouched"
walking = threading.RLock()  # a walk marks the nodes, so there is one at a time


def _visit(root: Node, mark: object, order: Nodes, graded: Nodes, grads: list[Any]) -> None:
    """Walk from `root` to the leaves and leave `mark` in the `grad` of every node.

    Marks and sums in the nodes, not in a set and a dict of them, save a fifth of `backward()`.

    Args:
        root: where to start.
        mark: an object of its own for each walk.
        order: gets the nodes, operands before results.
        graded: gets the nodes that had a `grad`.
        grads: gets what it was.
    """
    stack, unseen = Nodes(), dict[Node, Iterator[Any]]()
    push, pop, finish = stack.append, stack.pop, order.append
    node = root
    try:
        while True:
            while True:  # down along the left operands
                if node.grad is not ZERO:
                    grads.append(node.grad)
                    graded.append(node)
                node.grad = mark
                left = node.left
                if left is None or left.grad is mark:
                    break
                push(node)
                node = left
            while True:  # back up, until there is another operand to go down to
                operand = node.right
                if operand is None and node.left is None and node.op is not None:
                    operand = _next_unseen(node, mark, unseen)
                if operand is not None and operand.grad is not mark:
                    push(node)
                    node = operand
                    break
                finish(node)
                if not stack:
                    return
                node = stack[-1]
                pop()
    except BaseException:  # whatever is marked must be found again
        order += stack if node.grad is not mark else [*stack, node]
        raise


def _next_unseen(node: Node, mark: object, unseen: dict[Node, Iterator[Any]]) -> Node | None:
    """The next operand to go down to, of a node that may have any number of them."""
    for operand in unseen.get(node) or unseen.setdefault(node, iter(node.operands)):
        if isinstance(operand, Node) and operand.grad is not mark:
            return operand
    return None


def _restore(order: Nodes, graded: Nodes, grads: list[Any]) -> None:
    """Give every node the `grad` back that it had before the walk."""
    for node in order:
        node.grad = ZERO
    for node, grad in zip(graded, grads, strict=False):
        node.grad = grad


def topological_order(root: Node) -> Nodes:
    """Every node that `root` was computed from, operands before results, `root` last."""
    order, graded, grads = Nodes(), Nodes(), list[Any]()
    with walking:
        try:
            _visit(root, object(), order, graded, grads)
            _restore(order, graded, grads)
        except BaseException:
            _restore(order, graded, grads)
            raise
    return order


def _chain_rule(order: Nodes, mark: object, connected: bool) -> None:
    """From the gradient in the last node of `order` make those of all others.

    A `grad` that is the mark has not been reached. Contributions are added in reverse
    topological order, from left to right, starting from the first.
    """
    for node in reversed(order):
        upstream = node.grad
        if upstream is mark:
            node.grad = ZERO
            continue
        op, left, right = node.op, node.left, node.right
        if connected:
            node.grad = +upstream  # a flow stays inside the sweep: see flow.py
        if op is None:
            continue
        if connected or (left is None and right is None):
            for _, operand, local in edges(node, connected):
                before, contribution = operand.grad, product(op, upstream, local)
                operand.grad = contribution if before is mark else before + contribution
            continue
        # The same for numbers and at most two operands, spelled out: ten times as fast. Nine
        # nodes in ten are + or *, whose rules are read off the node instead of called.
        if left is not None:
            rule, before = op.left_rule, left.grad
            if rule is ONE:
                left.grad = upstream if before is mark else before + upstream
            elif rule is the_right:
                left.grad = upstream * node.y if before is mark else before + upstream * node.y
            elif rule is not None:
                contribution = _contribution(node, op, rule, upstream)
                left.grad = contribution if before is mark else before + contribution
        if right is not None:
            rule, before = op.right_rule, right.grad
            if rule is ONE:
                right.grad = upstream if before is mark else before + upstream
            elif rule is the_left:
                right.grad = upstream * node.x if before is mark else before + upstream * node.x
            elif rule is not None:
                contribution = _contribution(node, op, rule, upstream)
                right.grad = contribution if before is mark else before + contribution


def _contribution(node: Node, op: Op, rule: Any, upstream: Any) -> Any:
    """upstream · local, in numbers."""
    local = rule if type(rule) is float else rule(*node.recorded, node._data)
    return 0.0 if op.strong and upstream == 0.0 else upstream * local


def product(op: Op, upstream: Any, local: Any) -> Any:
    """upstream · local, which is 0 for a zero upstream if the op is strong."""
    if local is ONE or upstream is ONE:
        return upstream if local is ONE else local
    return strong_product(upstream, local) if op.strong else upstream * local


def edges(node: Node, connected: bool) -> Iterator[tuple[int, Node, Any]]:
    """Each operand that a gradient flows to: its slot, itself, and the local derivative."""
    if connected:
        node.check_recorded(connected=connected)
    found = node.locals(connected=connected)
    for slot, (x, local) in enumerate(zip(node.operands, found, strict=True)):
        if local is not None and isinstance(x, Node) and not x.is_constant:
            yield slot, x, local


def gradients(root: Node, seed: Any, connected: bool, nodes: Nodes | None = None) -> list[Any]:
    """Add seed · d root / d node to the `grad` of every node that `root` was computed from.

    With `nodes`, change no `grad`, and give the gradients of these, 0 where there is no path.
    On an error, even an interrupt, every `grad` is left as it was.
    """
    mark, order, graded, grads = object(), Nodes(), Nodes(), list[Any]()
    with walking:
        try:
            _visit(root, mark, order, graded, grads)
            known = [x.grad is mark and not x.is_constant for x in nodes or ()]
            if Node.recomputed and not connected:
                for node in order:
                    node.check_recorded(connected=connected)
            root.grad = seed
            _chain_rule(order, mark, connected)
            if nodes is not None:
                found = [x.grad if there else ZERO for x, there in zip(nodes, known, strict=True)]
                _restore(order, graded, grads)
                return found
            for node, before in zip(graded, grads, strict=True):
                if node.is_constant or before is not None:
                    node.grad = before if node.is_constant else before + node.grad
            hint(graded, grads)
            return []
        except BaseException:
            _restore(order, graded, grads)
            raise
