"""Atomic changes of many objects: all or none, also under interrupts and in other threads.

With its lock (the GIL), Python handles a signal, and lets another thread run, between two steps of
its own, never within a call into C. So what the changes are is worked out first, and then made in
one such call.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, compress, count, starmap
from operator import attrgetter, is_, is_not
from typing import Any

from .node import UNREACHED, Node
from .uncleared import warn_if_uncleared

_set_attribute = object.__setattr__  # of a slot or an attribute; a property would run code
_gradient_of, _set_gradient = attrgetter("_grad"), Node.__dict__["_grad"].__set__


def commit(changes: Iterable[tuple[object, str, Any]]) -> None:
    """Make every change: an object, the name of a slot or an attribute, and what it becomes.

    Example:
        >>> from types import SimpleNamespace
        >>> a, b = SimpleNamespace(lr=1.0), SimpleNamespace(lr=2.0)
        >>> commit([(a, "lr", 3.0), (b, "lr", 4.0)])
        >>> a.lr, b.lr
        (3.0, 4.0)
    """
    known = list(changes)
    deque(starmap(_set_attribute, known), maxlen=0)


def clear_gradients(nodes: Iterable[Node]) -> None:
    """Set the gradient of these nodes back to 0, as before any backward pass."""
    commit([(node, "_grad", UNREACHED) for node in nodes if not node.is_constant])


def add_gradients(found: Mapping[Node, Any]) -> None:
    """Add to the `grad` of each node what a pass has found for it."""
    warn_if_uncleared(found)
    nodes, gradients = list(found), list(found.values())
    before = list(map(_gradient_of, nodes))
    after = list(map(_add, before, gradients))
    while nodes and not _exchange(nodes, before, after):
        # Somebody changed a `grad` between reading and writing it: those alone are added to anew.
        now = list(map(_gradient_of, nodes))
        for i in compress(count(), map(is_not, now, before)):
            before[i], after[i] = now[i], _add(now[i], gradients[i])


def _add(old: Any, new: Any) -> Any:
    """The gradient after one more pass."""
    return new if old is UNREACHED or old is None else old + new


def _exchange(nodes: Sequence[Node], before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Write the gradients `after` if those that are there are `before`; and whether they were."""
    unchanged = map(all, [map(is_, map(_gradient_of, nodes), before)])
    if_unchanged = {True: map(_set_gradient, nodes, after), False: [False]}
    # One call, which asks `unchanged` first, and then goes through what belongs to the answer.
    last = deque(chain.from_iterable(map(if_unchanged.__getitem__, unchanged)), maxlen=1)
    return last[0] is None  # as a write gives, and a refusal does not
