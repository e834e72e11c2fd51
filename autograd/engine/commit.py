"""Atomic changes of many objects: all or none, also under interrupts and in other threads.

With its lock (the GIL), Python handles a signal, and lets another thread run, between two steps of
its own, never within a call into C. So what the changes are is worked out first, and then made in
one such call.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, starmap
from operator import add, attrgetter, is_
from typing import Any

from .assignment import as_gradient, recorded_body
from .graph import gradients
from .hints import hints, look, nodes_looked_at
from .native import natively
from .node import UNREACHED, Node

Changes = list[tuple[object, str, Any]]  # an object, an attribute of it, and what it becomes

_set_attribute = object.__setattr__  # of a slot or an attribute; a property would run code
_NUMBERS = {float, type(UNREACHED)}  # whose sums are made in C
_gradient_of, _set_gradient = attrgetter("_grad"), Node._grad.__set__  # of the slot
_set_number = Node._data.__set__  # type: ignore[attr-defined]


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


def commit_leaves(
    numbers: tuple[Iterable[Node], Iterable[float]],
    gradients: tuple[Iterable[Node], Iterable[Any]],
    changes: Iterable[tuple[object, str, Any]] = (),
) -> None:
    """Give leaves new numbers, and leaves new gradients, with further changes as in `commit`.

    Args:
        numbers: leaves, and the number of each.
        gradients: leaves, and the gradient of each.
        changes: what else changes in the same moment.

    Example:
        >>> from autograd import Value
        >>> x, y = Value(1.0), Value(2.0)
        >>> commit_leaves(([x, y], [3.0, 4.0]), ([x], [5.0]))
        >>> x.data, y.data, x.grad
        (3.0, 4.0, 5.0)
    """
    known = list(changes)
    # Without a tuple for each of them, at half of the time.
    leaves = (map(_set_number, *numbers), map(_set_gradient, *gradients))
    deque(chain(*leaves, starmap(_set_attribute, known)), maxlen=0)


def clear_gradients(nodes: Iterable[Node]) -> None:
    """Set the gradient of these nodes back to 0, as before any backward pass."""
    _assign((node, UNREACHED) for node in nodes)


def assign_gradients(pairs: Iterable[tuple[Node, Any]]) -> None:
    """Give each node that gets a gradient another one.

    Raises:
        TypeError: for what is no gradient. Nothing has changed.
    """
    _assign([(node, as_gradient(x)) for node, x in pairs])


def _assign(pairs: Iterable[tuple[Node, Any]]) -> None:
    body = recorded_body.get()
    changed = [
        (node, "_grad", gradient)
        for node, gradient in pairs
        if not node.is_constant and (body is None or not body.assign(node, gradient))
    ]
    commit(changed)


@natively
def propagate(root: Node, seed: Any, *, connected: bool = False) -> None:
    """Add seed · d root / d node to the `grad` of every node that a gradient reaches."""
    add_gradients(gradients(root, seed, connected=connected))


def add_gradients(found: Mapping[Node, Any]) -> None:
    """Add to the `grad` of each node what a pass has found for it."""
    reached = found.keys() & nodes_looked_at() if hints else ()
    done = look(reached) if reached else None
    nodes, gradients = list(found), list(found.values())
    if not set(map(type, gradients)) <= {float} or not _add_numbers(nodes, gradients):
        _add_any(nodes, gradients)
    if done is not None:
        done()


def _add_numbers(nodes: Sequence[Node], gradients: Sequence[float]) -> bool:
    """Add where every `grad` is a number, without a step of Python; and whether that was so."""
    are_numbers = map(all, [map(_NUMBERS.__contains__, map(type, map(_gradient_of, nodes)))])
    sums = map(add, map(_gradient_of, nodes), gradients)
    return _write_if(are_numbers, map(_set_gradient, nodes, sums))


def _add_any(nodes: Sequence[Node], gradients: Sequence[Any]) -> None:
    """Add where a `grad` is None, or a sum runs Python's code: worked out first, then written."""
    while True:  # again if somebody changed a `grad` between reading and writing it
        before = list(map(_gradient_of, nodes))
        after = [
            new if old is UNREACHED or old is None else old + new
            for old, new in zip(before, gradients, strict=True)
        ]
        unchanged = map(all, [map(is_, map(_gradient_of, nodes), before)])
        if _write_if(unchanged, map(_set_gradient, nodes, after)):
            return


def _write_if(condition: Iterator[bool], writes: Iterator[None]) -> bool:
    """In one call: ask the condition, and go through the writes if it holds; and whether it did."""
    answers = {True: writes, False: [False]}
    last = deque(chain.from_iterable(map(answers.__getitem__, condition)), maxlen=1)
    return not last or last[0] is None  # as a write gives, and a refusal does not
