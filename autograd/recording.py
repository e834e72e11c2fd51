"""The seam: whoever wants to see the nodes as they are made hooks in here.

Strict mode, `no_grad`, and the module calls that drawings show are watchers. A watcher sees the
nodes of its own context (thread or task) only. With none anywhere, a new node costs one look at
an empty list.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Watcher = Callable[[Any], None]
_here: ContextVar[tuple[Watcher, ...]] = ContextVar("watchers", default=())
watchers: list[Watcher] = []  # in all contexts together


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Call `watcher` with every node that is made inside the block, in this context."""
    token = _here.set((*_here.get(), watcher))
    watchers.append(watcher)
    try:
        yield
    finally:
        watchers.remove(watcher)
        _here.reset(token)


def tell(node: Any) -> Any:
    """The new node, once the watchers of this context have seen it, `no_grad` last of all."""
    here = _here.get()
    for watcher in here:
        if watcher is not _forget_operands:
            watcher(node)
    if _forget_operands in here:
        _forget_operands(node)
    return node


@contextmanager
def no_grad() -> Iterator[None]:
    """A context manager, or a decorator: what is computed inside are leaves, with no history.

    Example:
        >>> from autograd import Value, no_grad
        >>> x = Value(2.0)
        >>> with no_grad():
        ...     y = x * x
        >>> y.is_leaf
        True
    """
    with watching(_forget_operands):
        yield


def _forget_operands(node: Any) -> None:
    node.op = node.left = node.right = node.x = node.y = None


@contextmanager
def with_history() -> Iterator[None]:
    """Record inside the block even where `no_grad` is in force around it, as transforms need."""
    token = _here.set(tuple(watcher for watcher in _here.get() if watcher != _forget_operands))
    try:
        yield
    finally:
        _here.reset(token)


def forgetting() -> bool:
    """Whether `no_grad` is in force here."""
    return _forget_operands in _here.get()
