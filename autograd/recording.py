"""The seam: whoever wants to see the nodes as they are made hooks in here.

Strict mode, `no_grad`, and the module calls that drawings show are watchers. A watcher sees the
nodes of its own context (thread or task) only. With none anywhere, a new node costs one look at
an empty list.
"""

from collections.abc import Callable, Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from typing import Any

from autograd.installation import check_installation

check_installation()

PIECEWISE = (
    0x20 | 0x80 | 0x200
)  # code of generators, coroutines, and of what is both (inspect.CO_*)

Watcher = Callable[[Any], None]
_here: ContextVar[tuple[Watcher, ...]] = ContextVar("watchers", default=())
watchers: list[Watcher] = []  # in all contexts together


class watching(ContextDecorator):  # noqa: N801 # used like a function
    """Call `watcher` with every node that is made inside the block, in this context.

    It may be used again, and as a decorator of a plain function. In a generator the block would
    stay in force while the generator waits, so end it before each ``yield``.
    """

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher

    def __call__(self, function: Any) -> Any:
        """The function with a block around each of its calls."""
        code = getattr(function, "__code__", None)
        if code is not None and code.co_flags & PIECEWISE:
            raise TypeError(
                f"{function.__name__} runs piece by piece, after its call has returned: put a "
                "with block around the pieces instead of decorating it"
            )
        return super().__call__(function)

    def __enter__(self) -> None:
        _here.set((*_here.get(), self.watcher))
        watchers.append(self.watcher)

    def __exit__(self, *exception: object) -> None:
        watchers.remove(self.watcher)
        # Not reset to what it was: blocks in generators may end in another order.
        here = list(_here.get())
        if self.watcher in here:
            here.reverse()
            here.remove(self.watcher)
            here.reverse()
        _here.set(tuple(here))


def tell(node: Any) -> Any:
    """The new node, once the watchers of this context have seen it, `no_grad` last of all."""
    here = _here.get()
    for watcher in here:
        if watcher is not _forget_operands:
            watcher(node)
    if _forget_operands in here:
        _forget_operands(node)
    return node


def no_grad() -> watching:
    """A context manager, or a decorator: what is computed inside are leaves, with no history.

    Example:
        >>> from autograd import Value, no_grad
        >>> x = Value(2.0)
        >>> with no_grad():
        ...     y = x * x
        >>> y.is_leaf
        True
    """
    return watching(_forget_operands)


def _forget_operands(node: Any) -> None:
    node.forget_operands()


@contextmanager
def unwatched() -> Iterator[None]:
    """Inside the block nobody sees the nodes but who hooks in there."""
    token = _here.set(())
    try:
        yield
    finally:
        _here.reset(token)


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
