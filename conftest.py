"""What all tests share: their surroundings, the programs they need, what is said at the end."""

import gc
import os
import signal
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol  # as plugins that run a test again use it
from hypothesis import HealthCheck, settings

from tests.programs import missing, required

collect_ignore_glob = ["docs/conf.py", "docs/extensions/*"]  # which need the group "docs"

# How long an example takes says how busy the machine is, and no more.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")

# Beside SIGINT, which shells ignore for what runs in the background.
IGNORABLE = (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
LONGEST = ("test_notebooks.py", "test_browser_notebook.py")
OF_PEOPLE = (
    *("TERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "LANGUAGE"),
    *("AUTOGRAD_CACHE", "XDG_CACHE_HOME"),
)
OF_PYTHON = (
    *("PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONWARNINGS"),
    "PYTHONDONTWRITEBYTECODE",  # without it the processes of the tests start four times as fast
)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark of tests that need no second run: see tests/second_engine.py."""
    config.addinivalue_line("markers", "both: runs both engines itself, or none")


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Signals, environment and home as on a new machine, whoever started the tests."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for kind in IGNORABLE:
        signal.signal(kind, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    with pytest.MonkeyPatch.context() as patch:
        for name in OF_PEOPLE + OF_PYTHON:
            patch.delenv(name, raising=False)
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("AUTOGRAD_CACHE", str(shared_folder(tmp_path_factory) / "cache"))
        yield


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of the tests, one for all of its workers."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture
def rounds_as_usual() -> Iterator[None]:
    """The garbage collector has its rounds as often as in any Python."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """The garbage collector has no round: what is freed is freed without it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Workers for ``-n auto``: one more than processors, for those that wait for a browser."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without rounds of the garbage collector, which finds nothing: a tenth sooner."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take longest: at the end all would wait for them."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the garbage collector have fewer rounds: for graphs of tests, a fifth of the time.

    Python has one after every 700 objects. Tests that are about it have `rounds_as_usual`.
    """
    gc.freeze()  # without a round: through all that was collected, one takes 0.3 s
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(scope="module", autouse=True)
def settled() -> None:
    """What is there before the tests of a file is left out of their rounds of the collector.

    19,000 tests, all modules and what earlier files have left live to the end. Going through them
    in each round of a grading, which has a dozen, took a fifth of the time of all tests.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program is missing; fail it where that must be there."""
    for mark in item.iter_markers("needs"):
        for program in mark.args:
            if reason := missing(program):
                (pytest.fail if required(program) else pytest.skip)(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Tell the process that counts of what a test did, and no more of what went before and after.

    That a test was set up and taken down is told only if it failed or was skipped: two messages of
    three to each of 18,000 tests, which took a third of what it costs to give them to workers.
    """
    if not hasattr(item.config, "workerinput"):
        return None  # nobody is told
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.fixture
def say_at_the_end(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """What a test calls with a line that is to be read although it passed, such as its seed."""
    return partial(record_property, "said")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write what tests have said, and count those that were skipped, by reason."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, line in report.user_properties:
                if name == "said" and report.when == "call":
                    terminalreporter.write_line(str(line))
    reports = terminalreporter.getreports("skipped")
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason}")
