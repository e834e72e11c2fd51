"""Who does the tasks of an example: this process, or workers of Dask.

    with workers_of(2) as workers:  # 0 is this process, which needs no Dask
        doubled = workers.submit(double, 3.0)
        print(workers.result(workers.submit(double, doubled)))

A task is a function of a module that workers can import, and its arguments, results of other tasks
among them. Dask keeps where each result is, and does the task again if it was lost.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol


class Workers(Protocol):
    """What does tasks: this process, or the workers of Dask."""

    count: int

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Any:
        """Begin a task, whose arguments may be results of others."""

    def result(self, begun: Any) -> Any:
        """What came of it."""


class Here:
    """Does each task in this process, at once."""

    count = 1

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Any:
        """The result of the task."""
        return task(*arguments)

    def result(self, begun: Any) -> Any:
        """The same."""
        return begun


class OnDask:
    """Gives tasks to the workers of Dask; those of a worker that ends are done again elsewhere.

    Args:
        client: a client of `dask.distributed`, whose first worker is waited for.
    """

    def __init__(self, client: Any) -> None:
        client.wait_for_workers(1)
        self.client, self.count = client, len(client.nthreads())

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Any:
        """The future of the task. Results stay where they are, for the tasks that need them."""
        return self.client.submit(task, *arguments, pure=False)  # known by number, not by content

    def result(self, begun: Any) -> Any:
        """Wait for a future, and bring its result here."""
        return begun.result()


@contextmanager
def workers_of(count: int, scheduler: str | None = None) -> Iterator[Workers]:
    """The workers to use: so many processes of this machine, those of a scheduler, or none.

    Raises:
        SystemExit: if Dask is missing, or no scheduler answers at the address.
    """
    if not count and scheduler is None:
        yield Here()
        return
    try:
        from dask.distributed import Client, LocalCluster
    except ImportError:
        sys.exit("workers need Dask, which is missing: pip install dask distributed")
    if scheduler is not None:
        with connected(Client, scheduler) as client:
            yield OnDask(client)
        return
    one_thread = {"threads_per_worker": 1, "dashboard_address": ":0"}
    with LocalCluster(n_workers=count, **one_thread) as cluster, Client(cluster) as client:
        client.register_worker_callbacks(leave_interrupts)
        yield OnDask(client)


def connected(client: Callable[[str], Any], scheduler: str) -> Any:
    """The client of a scheduler.

    Raises:
        SystemExit: if none answers at that address, or it is no address.
    """
    try:
        return client(scheduler)
    except (OSError, ValueError) as error:
        sys.exit(f"no scheduler of Dask at {scheduler!r}, such as tcp://host:8786: {error}")


def leave_interrupts() -> None:
    """Let Ctrl-C be for the process that leads: a terminal sends it to its workers, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def first_interrupt() -> Iterator[list[int]]:
    """The list that gets the first Ctrl-C, where others raise: to end when a step is done.

    An exception is lost where Python calls Dask as it collects garbage, and leaves what waits for
    workers unfinished.
    """
    noted: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def note(number: int, _: object) -> None:
        noted.append(number)
        signal.signal(signal.SIGINT, before)

    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)
