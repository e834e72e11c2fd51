"""A sign of life while a function is compiled: what is done, after a second and then every second.

    compiling loss: recording, 310,000 nodes, 3 s

It is one line on a terminal, which goes away at the end. Elsewhere nothing is shown, unless the
logger ``autograd.compiler`` takes messages of the level INFO, as after
``logging.basicConfig(level=logging.INFO)``: then it gets the same, less and less often.
"""

import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

EVERY = 1.0  # seconds between two lines on a terminal, and before the first
CLEAR = "\r\033[K"
logger = logging.getLogger(__package__)


class FirstCall:
    """What is told of one function while it is compiled.

    Args:
        name: the name of the function.

    Attributes:
        stage: what is done just now.
        nodes: the nodes that it is done to, if they are known.
        told: whether a line was shown.
    """

    def __init__(self, name: str) -> None:
        self.name, self.stage = name, "starting"
        self.nodes: Sized | None = None
        self.told = False
        self._done = threading.Event()

    def line(self, seconds: float) -> str:
        """What there is to tell after so many seconds.

        Example:
            >>> FirstCall("loss").line(3.2)
            'compiling loss: starting, 3 s'
        """
        nodes = self.nodes
        count = f", {len(nodes):,} nodes" if nodes is not None else ""
        return f"compiling {self.name}: {self.stage}{count}, {seconds:.0f} s"

    def tell(self, show: Callable[[str], None], grows: float) -> None:
        """Show a line again and again, until it is done.

        Args:
            show: shows one.
            grows: how many times as long to wait each time.
        """
        start, wait = perf_counter(), EVERY
        while not self._done.wait(wait):
            self.told = True
            show(self.line(perf_counter() - start))
            wait *= grows

    def end(self) -> None:
        """End the telling."""
        self._done.set()


_current: ContextVar[FirstCall | None] = ContextVar("first_call", default=None)


def now(stage: str, nodes: Sized | None = None) -> None:
    """Say what is done from now on, for whoever waits.

    Args:
        stage: what.
        nodes: grows meanwhile; without it, the last ones that were told stay.
    """
    call = _current.get()
    if call is not None:
        call.stage, call.nodes = stage, nodes if nodes is not None else call.nodes


@contextmanager
def telling(name: str) -> Iterator[None]:
    """Inside the block a function of this name is compiled, and told about if that takes long."""
    listens = logger.isEnabledFor(logging.INFO)
    shown = not listens and sys.stderr is not None and sys.stderr.isatty()
    if not (listens or shown) or _current.get() is not None:
        yield
        return
    call = FirstCall(name)
    show, grows = (logger.info, 2.0) if listens else (_show, 1.0)
    thread = threading.Thread(target=call.tell, args=(show, grows), daemon=True)
    token = _current.set(call)
    thread.start()
    try:
        yield
    finally:
        call.end()
        thread.join()
        _current.reset(token)
        if shown and call.told:
            _write(CLEAR)


def _show(line: str) -> None:
    _write(CLEAR + line)


def _write(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)
