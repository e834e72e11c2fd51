"""A long first call tells how far it is on a terminal or to a logger, and nothing elsewhere."""

import io
import logging
import math
import threading
from collections.abc import Callable
from time import sleep
from types import SimpleNamespace
from typing import Any

import pytest

from autograd import TracedValueError
from autograd.compiler import compile, first_call

of = first_call.FirstCall


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr(first_call, "EVERY", 0.02)
    shown = Terminal()
    monkeypatch.setattr(first_call, "sys", SimpleNamespace(stderr=shown))
    return shown


def chain(x: Any) -> Any:
    """Some nodes."""
    for _ in range(10):
        x = x * 2.0
    return x


def waiting(told: Callable[[], int], lines: int) -> Callable[[Any], Any]:
    """The chain, which ends when so many lines were told, on however busy a machine."""

    def slow(x: Any) -> Any:
        x = chain(x)
        while told() < lines:
            sleep(0.001)
        return x

    return slow


def test_a_line_tells_the_stage_the_nodes_and_the_seconds() -> None:
    call = of("loss")
    assert call.line(1.0) == "compiling loss: starting, 1 s"
    call.stage, call.nodes = "recording", range(310_000)
    assert call.line(3.4) == "compiling loss: recording, 310,000 nodes, 3 s"


def test_a_terminal_shows_one_line_that_goes_away(terminal: Terminal) -> None:
    slow = waiting(lambda: terminal.getvalue().count(first_call.CLEAR), 3)
    assert compile(slow, backend="python")(1.0) == 1024.0
    first, *lines = terminal.getvalue().split(first_call.CLEAR)
    assert (first, lines[-1]) == ("", "")
    assert len(lines) > 2
    assert all(line.startswith("compiling slow: recording, ") for line in lines[:2])


def test_a_first_call_that_is_over_before_shows_nothing(terminal: Terminal) -> None:
    first_call_of_plus = compile(lambda x: x + 1.0, backend="python")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(first_call, "EVERY", 5.0)
        assert first_call_of_plus(1.0) == 2.0
    assert terminal.getvalue() == ""


def test_a_logger_gets_the_lines_if_it_takes_them(
    terminal: Terminal, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "autograd.compiler"):
        compile(waiting(lambda: len(caplog.messages), 1), backend="python")(1.0)
    assert caplog.messages[0].startswith("compiling slow: recording, ")
    assert terminal.getvalue() == ""


def test_without_a_terminal_nothing_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(first_call, "EVERY", 0.01)
    before = threading.active_count()
    seen: list[int] = []

    def looking(x: Any) -> Any:
        seen.append(threading.active_count())
        return chain(x)

    compile(looking, backend="python")(1.0)
    assert seen == [before]
    monkeypatch.setattr(first_call, "sys", SimpleNamespace(stderr=None))
    compile(chain, backend="python")(1.0)
    assert capsys.readouterr() == ("", "")


def test_an_error_ends_the_line(terminal: Terminal) -> None:
    before = threading.active_count()
    slow = waiting(lambda: terminal.getvalue().count(first_call.CLEAR), 1)
    with pytest.raises(TracedValueError, match="would hold for this call only"):
        compile(lambda x: math.exp(slow(x)), backend="python")(1.0)
    assert terminal.getvalue().endswith(first_call.CLEAR)
    assert threading.active_count() == before
