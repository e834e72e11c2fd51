"""Threads: the tasks of one call, shared out among threads of this process.

Native code runs outside of Python's lock, so what takes long of two tasks runs at once.
"""

import functools
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

from .captured.draws import OWN_THREADS

Worker = Callable[[Iterator[int]], None]  # does the tasks of these numbers, one after the other


def share(count: int, threads: int, here: Worker, elsewhere: Worker) -> None:
    """Do so many tasks, each of which is given to the next thread that has nothing to do.

    Args:
        count: how many tasks there are, numbered from 0.
        threads: how many threads may work on them at most; the calling one is one of these.
        here: does tasks on the calling thread.
        elsewhere: does tasks on another thread.

    Raises:
        Exception: of the tasks that failed the error of the first, once none is at work; a task
            after it may have been left out. So may all others at an interrupt.

    Example:
        >>> done = [0.0] * 4
        >>> def square(tasks):
        ...     for i in tasks:
        ...         done[i] = i * i
        >>> share(4, 2, square, square)
        >>> done
        [0, 1, 4, 9]
    """
    tasks = _Tasks(count)
    others = _started(min(threads, count) - 1, lambda: tasks.do(elsewhere))
    try:
        tasks.do(here)
    finally:
        tasks.stop(0)
        running = [other for other in others if not other.cancel()]
        wait(running)
    for other in running:
        other.result()
    tasks.raise_first()


class _Tasks:
    """The tasks that are left, and what became of the others.

    Args:
        count: how many there are.
    """

    def __init__(self, count: int) -> None:
        self._next, self._stop = 0, count
        self._failed: dict[int, Exception] = {}
        self._lock = threading.Lock()

    def do(self, worker: Worker) -> None:
        """Let a worker do tasks until none is left; an error is kept, with the task it came in."""
        last = -1  # also that of a worker that fails before it has one

        def given() -> Iterator[int]:
            nonlocal last
            while (task := self._taken()) is not None:
                last = task
                yield task

        try:
            worker(given())
        except Exception as error:
            self.stop(last)
            with self._lock:
                self._failed.setdefault(last, error)

    def _taken(self) -> int | None:
        with self._lock:
            task = self._next
            self._next += 1
        return task if task < self._stop else None

    def stop(self, task: int) -> None:
        """Give out no more tasks from this one on; those before it are given out in order."""
        with self._lock:
            self._stop = min(self._stop, task)

    def raise_first(self) -> None:
        """Raise the error of the first task that has one."""
        if self._failed:
            raise self._failed[min(self._failed)]


@functools.cache
def _pool() -> ThreadPoolExecutor:
    """The threads of this process, which end with it."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix=OWN_THREADS)


if hasattr(os, "register_at_fork"):  # the threads stay with the parent
    os.register_at_fork(after_in_child=_pool.cache_clear)


def _started(count: int, work: Callable[[], None]) -> list[Future[None]]:
    """The work begun on so many threads, or on fewer while the process ends."""
    started: list[Future[None]] = []
    try:
        for _ in range(count):
            started.append(_pool().submit(work))
    except RuntimeError:
        pass
    return started
