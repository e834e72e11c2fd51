"""Who does the tasks of an example: workers of Dask, however many, whatever ends them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Any

import pytest

pytest.importorskip("numpy")

from examples import data_parallel  # it ends where numpy is missing
from examples.data_parallel import Learner
from examples.workers import Here, OnDask, connected, first_interrupt, workers_of
from tests.examples.test_data_parallel import SAMPLES, course


@pytest.mark.parametrize("error", [OSError("timed out"), ValueError("missing port number")])
def test_an_address_without_a_scheduler_is_said(error: Exception) -> None:
    def client(address: str) -> None:
        raise error

    with pytest.raises(SystemExit, match=f"no scheduler of Dask at 'nonsense', .*{error}"):
        connected(client, "nonsense")


def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with first_interrupt() as interrupts:
            signal.raise_signal(signal.SIGINT)
        assert interrupts == []
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def on_dask() -> Iterator[OnDask]:
    """Four processes."""
    pytest.importorskip("dask.distributed")
    with workers_of(4) as workers:
        assert isinstance(workers, OnDask)
        yield workers


@pytest.fixture(scope="module")
def wanted() -> list[str]:
    """What one process learns without Dask."""
    return course(Learner(Here(), SAMPLES), 3)


class Killing(OnDask):
    """Ends a process without warning, once all tasks of a step are given out, or are done.

    Attributes:
        stopped: the process to end, which does nothing since before the tasks were given out.
        last: whether to end the process that holds the result.
    """

    stopped, last = 0, False

    def result(self, begun: Any) -> Any:
        if self.stopped:
            os.kill(self.stopped, signal.SIGKILL)
            self.stopped = 0
        if self.last:
            self.client.gather(self.client.submit(len, begun))  # it is there
            ((holder, *_),) = self.client.who_has([begun]).values()
            os.kill(self.client.run(os.getpid)[holder], signal.SIGKILL)
            self.last = False
        return super().result(begun)


@pytest.mark.slow
class TestWithDask:
    def test_a_worker_that_is_killed_loses_nothing(
        self, on_dask: OnDask, wanted: list[str]
    ) -> None:
        workers = Killing(on_dask.client)
        learner = Learner(workers, SAMPLES)
        assert len(learner.shards) == 4
        before = learner.step()
        workers.stopped = min(workers.client.run(os.getpid).values())
        os.kill(workers.stopped, signal.SIGSTOP)
        while_stopped = learner.step()
        workers.last = True
        assert course(learner, 1, before, while_stopped) == wanted
        assert (workers.stopped, workers.last) == (0, False)

    @pytest.mark.parametrize("count", [4, 2, 1])
    def test_any_number_of_workers_gives_the_bits_of_one_process(
        self, count: int, on_dask: OnDask, wanted: list[str]
    ) -> None:
        client = on_dask.client
        client.cluster.scale(count)
        client.wait_for_workers(count)
        while len(client.nthreads()) > count:
            time.sleep(0.05)
        workers = OnDask(client)
        assert workers.count == count
        assert course(Learner(workers, SAMPLES), 3) == wanted

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no groups of processes like these")
    def test_ctrl_c_in_a_terminal_ends_all_quietly(self, tmp_path: Path) -> None:
        pytest.importorskip("dask.distributed")
        saved = tmp_path / "c.json"
        command = [sys.executable, str(Path(data_parallel.__file__)), "--workers", "1"]
        command += ["--samples", "600", "--steps", "100000", "--save", str(saved)]
        group = {"stdout": PIPE, "stderr": STDOUT, "text": True, "start_new_session": True}
        with subprocess.Popen(command, **group) as run:  # type: ignore[call-overload]
            try:
                lines = [run.stdout.readline() for _ in range(2)]
                assert lines[1].startswith("step "), lines
                os.killpg(run.pid, signal.SIGINT)  # as a terminal does: workers get it, too
                rest = run.stdout.read()
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(run.pid, signal.SIGKILL)
        assert "stopped after " in rest
        assert "Traceback" not in rest
        assert saved.exists()
