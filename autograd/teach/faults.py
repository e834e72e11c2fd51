"""The famous mistakes of backpropagation, each run beside the right backward pass.

    assign                = where += is right
    no_topological_order  a gradient is passed back before it is final
    parent_set            x·x has one edge, not two
    no_zero_grad          a step starts from the gradients of the step before
    stale_data            local derivatives are those of numbers that have changed since

Each function runs the mistake of its name from `mistakes.py` on a graph and compares what comes
out with the right gradients. Nothing of that graph is changed.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..engine.arguments import one_of, positive_int, root_value
from ..engine.graph import topological_order
from ..engine.node import Node
from ..engine.numbers import number
from ..engine.value import Value
from . import mistakes, reasons
from .comparison import Comparison, compare_passes, right_gradients

RATE = 0.1  # of the step of gradient descent that makes data stale, if nothing else is asked for


def assign(root: Value, gradient: float = 1.0) -> Comparison:
    """Backward with ``=`` where ``+=`` is right: each contribution replaces those before it.

    Args:
        root: the Value at the end of the graph, usually the loss.
        gradient: the gradient of the root, as in ``root.backward(gradient)``.

    Raises:
        TypeError: if `root` is no Value.

    Example:
        >>> x = Value(3.0, "x")
        >>> print(assign(x * x))
        assign: a contribution replaces the gradient so far, = where += is right.
        1 of 2 gradients differs, first that of x: x gets 2 contributions; each replaced the one
        before, so only the last, 3, is left of 3 + 3 = 6.
        <BLANKLINE>
        gradient of  right  wrong  difference
        root = x·x       1      1           –
        x                6      3          −3
    """
    return compare_passes(
        "assign",
        "a contribution replaces the gradient so far, = where += is right",
        root,
        gradient,
        mistakes.assign,
        reasons.assign,
        "a node must get more than one contribution, as x does in x·x",
    )


def no_topological_order(root: Value, gradient: float = 1.0) -> Comparison:
    """Backward as a naive recursion: depth first, each node once, as soon as it is reached.

    A node that is used twice passes its gradient back when the first contribution has arrived;
    what arrives later never gets further.

    Args:
        root, gradient: as for `assign`.

    Example:
        >>> x = Value(1.0, "x")
        >>> a = 2.0 * x
        >>> a.label = "a"
        >>> print(no_topological_order(a + 3.0 * a).why)
        a passed its gradient back when it was 1, after 1 of its 2 contributions; they add up to
        4. So x got 1 · 2 = 2, where 4 · 2 = 8 is right
    """
    return compare_passes(
        "no_topological_order",
        "a gradient is passed back before all contributions to it have arrived",
        root,
        gradient,
        mistakes.no_topological_order,
        reasons.no_topological_order,
        "a computed node must pass its gradient back before another contribution to it has "
        "arrived, as a does in a + 3·a and in 2·a + 3·a, with a computed",
    )


def parent_set(root: Value, gradient: float = 1.0) -> Comparison:
    """Backward with the operands of a node kept in a set: x·x has one edge, not two.

    The edge kept is that of the first slot, whatever the order of the set would be.

    Args:
        root, gradient: as for `assign`.

    Example:
        >>> x = Value(3.0, "x")
        >>> print(parent_set(x * x).why)
        root = x·x uses x in 2 slots and the set holds it once: of 3 + 3 = 6 only 3 arrived
    """
    return compare_passes(
        "parent_set",
        "the operands of a node are kept in a set, which holds x·x's x once",
        root,
        gradient,
        mistakes.parent_set,
        reasons.parent_set,
        "a node must pass a gradient to one operand through two slots, as x·x does",
    )


def no_zero_grad(root: Value, gradient: float = 1.0, steps: int = 2) -> Comparison:
    """Training steps without clearing the gradients: they add up in the leaves.

    Each step records the graph anew, so only the leaves keep their gradients from step to step.
    The numbers stay the same, as if the learning rate were 0.

    Args:
        root, gradient: as for `assign`.
        steps: how many backward passes there are, none of them cleared.

    Raises:
        ValueError: if `steps` is below 1.

    Example:
        >>> x = Value(3.0, "x")
        >>> print(no_zero_grad(x * x).why)
        x.grad was still 6 when step 2 began, and step 2 added its own 6: 12
    """
    steps = positive_int("steps", steps)
    return compare_passes(
        "no_zero_grad",
        "the gradients of the step before are not cleared",
        root,
        gradient,
        partial(mistakes.no_zero_grad, steps=steps),
        partial(reasons.no_zero_grad, steps=steps),
        "a leaf must get contributions, in at least two steps",
    )


def stale_data(
    root: Value, gradient: float = 1.0, changes: Mapping[Value, float] | None = None
) -> Comparison:
    """Backward after leaves have changed, with local derivatives of what they are now.

    The computed nodes still hold the numbers of the forward pass, so what comes out is the
    gradient of nothing at all. (`Value.backward()` uses the numbers as they were recorded.)

    Args:
        root, gradient: as for `assign`.
        changes: the number that each changed leaf is taken to have now; nothing is really
            changed. By default each leaf moves by one step of gradient descent at rate 0.1.

    Raises:
        TypeError: if `changes` is no mapping from leaves to numbers.
        ValueError: if it names a Value that is no leaf of this graph.

    Example:
        >>> x = Value(3.0, "x")
        >>> print(stale_data(x * x, changes={x: 5.0}).why)
        x was 3 in the forward pass and is 5 now, so ∂root/∂x was taken as 5, where 3 is right
    """
    leaves = [node for node in topological_order(root_value("stale_data", root)) if node.is_leaf]
    now = {leaf: leaf._data for leaf in leaves} | _check_changes(root, gradient, changes, leaves)
    return compare_passes(
        "stale_data",
        "local derivatives are taken from numbers that changed after the forward pass",
        root,
        gradient,
        partial(mistakes.stale_data, now=now),
        partial(reasons.stale_data, now=now),
        "a leaf must change, and with it a local derivative, as in x·x and not in x + x",
    )


def _check_changes(
    root: Value, gradient: float, changes: Mapping[Value, float] | None, leaves: list[Node]
) -> dict[Node, float]:
    if changes is None:
        grads = right_gradients(root, gradient)
        return {leaf: leaf._data - RATE * grads[leaf] for leaf in leaves if leaf in grads}
    if not isinstance(changes, Mapping):
        raise TypeError(
            f"changes is a dict from leaves to numbers, such as {{x: 2.5}}, got "
            f"{type(changes).__name__}"
        )
    known = set(leaves)
    for leaf in changes:
        if not isinstance(leaf, Node):
            kind = type(leaf).__name__
            raise TypeError(f"changes is a dict from leaves to numbers, got a {kind} as a leaf")
        if leaf not in known:
            raise ValueError(f"changes names {leaf.describe()}, which is no leaf of this graph")
    return {leaf: number(x) for leaf, x in changes.items()}


FAULTS: dict[str, Callable[..., Comparison]] = {
    fault.__name__: fault
    for fault in (assign, no_topological_order, parent_set, no_zero_grad, stale_data)
}


def compare(root: Value, fault: str, gradient: float = 1.0, **options: Any) -> Comparison:
    """Run backward with the mistake of this name beside the right one.

    Args:
        root, gradient: as for `assign`.
        fault: a name from `FAULTS`.
        options: further arguments of the function of that name.

    Raises:
        ValueError: if no mistake has that name.

    Example:
        >>> x = Value(3.0, "x")
        >>> compare(x * x, "no_zero_grad", steps=3).wrong[x]
        18.0
    """
    one_of("fault", fault, list(FAULTS))
    return FAULTS[fault](root, gradient, **options)
