"""Callbacks that see each new node, and the blocks that switch them on in a context.

Strict mode and `no_grad` are blocks: what is put around code with ``with``. A block is in force as
context variables go: for the context (thread or task) that entered it until it ends, and for a
context that was copied inside it, such as that of a task made there, for good. So is a call of a
module, which drawings show. With none anywhere, a new node costs one look at an empty list.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar, Token
from typing import Any, TypeVar, overload

from .messages import describe_type

F = TypeVar("F", bound=Callable[..., Any])
PIECEWISE = (
    0x20 | 0x80 | 0x200
)  # code of generators, coroutines, and of what is both (inspect.CO_*)

Watcher = Callable[[Any], None]
Change = Callable[["_Here"], None]
being_recorded: ContextVar[bool] = ContextVar("being_recorded", default=False)  # by the compiler
running: ContextVar[Any] = ContextVar("running", default=None)  # the call: a note of new nodes
watchers: list[None] = []  # one for each block and outermost call that any context holds


class _Counted:
    """What is counted in `watchers` until no context holds it any more."""

    __slots__ = ()

    def __init__(self) -> None:
        watchers.append(None)

    def __del__(self, count_down: Callable[[], None] = watchers.pop) -> None:
        count_down()


class _Entry(_Counted):
    """One entry into a block."""

    __slots__ = ("change", "ended")

    def __init__(self, change: Change) -> None:
        super().__init__()
        self.change, self.ended = change, False


_latest = object()  # another one each time that an entry ends in contexts that cannot be reached


class _Here:
    """The state of a context: the blocks entered, and what follows from them.

    Attributes:
        entries: the entries into blocks, the innermost last.
        watchers: the callbacks that see each new node.
        forgetting: whether results are leaves, without history.
        since: what `_latest` was when this was made.
    """

    __slots__ = ("entries", "forgetting", "since", "watchers")

    def __init__(self) -> None:
        self.since = _latest
        self.entries: tuple[_Entry, ...] = ()
        self.watchers: tuple[Watcher, ...] = ()
        self.forgetting = False

    def enter(self, entry: _Entry) -> "_Here":
        """The state after one more entry."""
        inside = _Here()
        inside.since, inside.entries = self.since, (*self.entries, entry)
        inside.watchers, inside.forgetting = self.watchers, self.forgetting
        entry.change(inside)
        return inside

    def without(self, gone: _Entry | None = None) -> "_Here":
        """The state without this entry, and without those that ended elsewhere."""
        here = _Here()  # made before the entries are looked at, for other threads may end them
        for entry in self.entries:
            if entry is not gone and not entry.ended:
                here = here.enter(entry)
        return here


_here: ContextVar[_Here] = ContextVar("here", default=_Here())  # noqa: B039 # never changed


def in_force() -> _Here:
    """The state of this context."""
    here = _here.get()
    if here.since is not _latest:
        here = here.without()
        _here.set(here)
    return here


_Entered = tuple[_Entry, _Here, Token[_Here]]


class Block:
    """A context manager and decorator: the result of `watching`, `no_grad` and `strict`.

    It may be used again. In a generator it is in force while the generator waits, too, so end it
    before each ``yield``. It ends with the generator, in whatever thread or task that is ended.

    Args:
        change: what the block makes of the watchers around it, and of whether history is forgotten.
        outlived: whether contexts that were copied inside the block keep it after its end.
    """

    def __init__(self, change: Change, *, outlived: bool = True) -> None:
        self._change, self._outlived = change, outlived
        self._entered: list[_Entered] = []

    def __call__(self, function: F) -> F:
        """The function with a block around each of its calls."""
        if not callable(function):
            raise TypeError(f"a block stands around a function, got {describe_type(function)}")
        code = getattr(function, "__code__", None)
        if code is not None and code.co_flags & PIECEWISE:
            raise TypeError(
                f"{function.__name__} runs piece by piece, after its call has returned: put a "
                "with block around the pieces instead of decorating it"
            )

        @functools.wraps(function)
        def inside(*args: Any, **options: Any) -> Any:
            with Block(self._change, outlived=self._outlived):
                return function(*args, **options)

        return inside  # type: ignore[return-value]  # it is called as the function is

    def __enter__(self) -> None:
        entry = _Entry(self._change)
        inside = in_force().enter(entry)
        self._entered.append((entry, inside, _here.set(inside)))

    def __exit__(self, *exception: object) -> None:
        here = _here.get()
        mine = self._entered_in_this_context()
        entered = mine or self._entered[-1]
        self._entered.remove(entered)
        entry, inside, _ = entered
        if mine is None or not self._outlived:
            global _latest
            entry.ended = True
            _latest = object()
        if here is not inside:  # blocks in generators may end in another order
            _here.set(here.without(entry))

    def _entered_in_this_context(self) -> _Entered | None:
        """The latest entry of this context, which is as it was before that, or None."""
        for entered in reversed(self._entered):
            try:
                _here.reset(entered[2])
            except ValueError:  # the token is of another context
                continue
            return entered
        return None


def watching(watcher: Watcher, *, outlived: bool = True) -> Block:
    """Call `watcher` with every node that is made inside the block, in this context."""

    def change(here: _Here) -> None:
        here.watchers = (*here.watchers, watcher)

    return Block(change, outlived=outlived)


_outermost: ContextVar[_Counted | None] = ContextVar("outermost", default=None)


def begin_outermost(call: Any) -> Token[_Counted | None]:
    """Make `call` the one that runs in this context, where none does.

    What it calls may set and reset `running` itself, for `watchers` counts the outermost call.

    Returns:
        What `end_outermost` takes.
    """
    running.set(call)
    return _outermost.set(_Counted())


def end_outermost(begun: Token[_Counted | None]) -> None:
    """Make no call the one that runs in this context."""
    running.set(None)
    _outermost.reset(begun)


def tell(node: Any) -> Any:
    """Show the new node to the callbacks of this context, and return the node.

    Before that the node gets the note of the running call, and after it `no_grad` is applied.
    """
    here = _here.get()
    if here.since is not _latest:
        here = in_force()
    here_watchers, forgets = here.watchers, here.forgetting
    del here  # an error that a callback raises holds this frame, and is not to hold the blocks
    call = running.get()
    if call is not None and node.op is not None:
        node.note = call
    for watcher in here_watchers:
        watcher(node)
    if forgets:
        node.forget_operands()
    return node


@overload
def no_grad() -> Block: ...
@overload
def no_grad(function: F) -> F: ...
def no_grad(function: Any = None) -> Any:
    """A context manager or decorator inside which results are leaves, without history.

    Args:
        function: what `no_grad` decorates without parentheses.

    A task or thread that takes over the context inside the block keeps to it after its end.

    Example:
        >>> from autograd import Value, no_grad
        >>> x = Value(2.0)
        >>> with no_grad():
        ...     y = x * x
        >>> y.is_leaf
        True
    """
    return block_or_decorated(Block(_forget), function)


def block_or_decorated(block: Block, function: Any) -> Any:
    """The block, to be entered; or, if a function is decorated without parentheses, that."""
    return block if function is None else block(function)


def _forget(here: _Here) -> None:
    here.forgetting = True


def unwatched() -> AbstractContextManager[None]:
    """A block inside which no callback and no module call from around it sees the nodes."""
    return _unwatched() if watchers else nullcontext()


@contextmanager
def _unwatched() -> Iterator[None]:
    call = running.get()
    with Block(_start_afresh):
        running.set(None)
        try:
            yield
        finally:
            running.set(call)


def _start_afresh(here: _Here) -> None:
    here.watchers, here.forgetting = (), False


def with_history() -> AbstractContextManager[None]:
    """A block inside which nodes have history even within `no_grad`, as transforms need."""
    return Block(_remember) if watchers else nullcontext()


def _remember(here: _Here) -> None:
    here.forgetting = False


def forgetting() -> bool:
    """Whether `no_grad` is in force here."""
    return in_force().forgetting


def is_watching(watcher: Watcher) -> bool:
    """Whether `watcher` sees the nodes that are made here."""
    return bool(watchers) and watcher in in_force().watchers
