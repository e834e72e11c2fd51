"""Widths in a terminal, names of keys, and a screen that is always put back as it was."""

import io
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from threading import Thread
from typing import TextIO

import pytest

from autograd.show.stepping import terminal
from autograd.show.stepping.terminal import (
    BOLD,
    ENTER,
    LEAVE,
    RESIZED,
    FullScreen,
    Lines,
    fitted,
    key_named,
    opened,
)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("数数数", 6, "数数数"),
        ("数数数", 5, "数数…"),
        ("数数数", 4, "数…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("", 0, ""),
    ],
)
def test_a_text_is_cut_to_a_width_in_columns(text: str, width: int, shown: str) -> None:
    assert fitted(text, width) == shown


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("n", "n"),
        ("N", "n"),
        ("?", "?"),
        ("\r", "enter"),
        ("\n", "enter"),
        (" ", "space"),
        ("\x1b[C", "right"),
        ("\x1bOC", "right"),
        ("\x1b[D", "left"),
        ("\x1b[H", "home"),
        ("\x1b[1~", "home"),
        ("\x1b[7~", "home"),
        ("\x1b[F", "end"),
        ("\x1b[4~", "end"),
        ("\x1b[8~", "end"),
        ("\xe0M", "right"),
        ("\xe0K", "left"),
        ("\0G", "home"),
        ("\0O", "end"),
        ("\x04", "q"),
        ("", "q"),
        ("\x1b[15~", "\x1b[15~"),
    ],
)
def test_keys_have_names_on_every_system(sent: str, name: str) -> None:
    assert key_named(sent) == name


# --- line by line ---------------------------------------------------------------------------


def test_without_single_keys_a_line_is_read_and_no_escape_written() -> None:
    screen = Lines(io.StringIO("n\n\n  P\nquit\n"), output := io.StringIO())
    screen.show(["first", "second"], frozenset({1}))
    assert output.getvalue() == "first\nsecond\n\nkey and Enter: "
    assert [screen.key() for _ in range(5)] == ["n", "enter", "p", "q", "q"]


def test_what_is_no_terminal_has_80_columns() -> None:
    assert Lines(io.StringIO(), io.StringIO()).size == (80, 24)


def test_no_line_is_wider_than_the_terminal_even_if_it_lacks_characters() -> None:
    output = io.TextIOWrapper(raw := io.BytesIO(), "ascii")
    Lines(io.StringIO(), output).show(["θ" * 40, "short"])
    first, second, *_ = raw.getvalue().decode("ascii").split("\n")
    assert first == ("\\u03b8" * 40)[:79] + "?"
    assert second == "short"


# --- a pseudo-terminal ----------------------------------------------------------------------


class Pseudo:
    """Both ends of a pseudo-terminal: ours, and the one that a program takes for a terminal."""

    def __init__(self) -> None:
        self.ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 80))
        self.theirs: TextIO = io.TextIOWrapper(
            io.FileIO(theirs, "r+"), encoding="utf-8", write_through=True
        )

    def settings(self) -> list[object]:
        return termios.tcgetattr(self.theirs.fileno())

    def send(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def shown(self, last: str) -> str:
        """What the program wrote, up to what it wrote last."""
        said, until = "", time.monotonic() + 300.0
        while not said.endswith(last):
            assert time.monotonic() < until, f"no {last!r} in {said!r}"
            if select.select([self.ours], [], [], 0.1)[0]:
                said += os.read(self.ours, 65536).decode()
        return said


@pytest.fixture
def ends() -> Iterator[Pseudo]:
    made = Pseudo()
    yield made
    made.theirs.close()
    os.close(made.ours)


PLENTY = {"TERM": "xterm"}


def test_a_screen_of_its_own_is_given_back(ends: Pseudo) -> None:
    before = ends.settings()
    with opened(ends.theirs, ends.theirs, PLENTY) as screen:
        assert ends.settings() != before
        assert ends.shown("l") == ENTER
        screen.show(["first", "second"], frozenset({1}))
        second = f"{BOLD}second\x1b[0m"
        assert ends.shown(second) == f"\x1b[H\x1b[Kfirst\r\n\x1b[J{second}"
    assert ends.shown(LEAVE) == LEAVE
    assert ends.settings() == before


def test_no_key_leaves_the_terminal_as_it_is_then(ends: Pseudo) -> None:
    with opened(ends.theirs, ends.theirs, PLENTY):
        signs = ends.settings()[6]
        assert isinstance(signs, list)
        assert signs[termios.VSUSP] == signs[termios.VQUIT] == b"\0"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_it_is_given_back_whatever_happens(ends: Pseudo, error: type[BaseException]) -> None:
    before = ends.settings()
    with pytest.raises(error), opened(ends.theirs, ends.theirs, PLENTY):
        raise error
    assert ends.shown(LEAVE) == ENTER + LEAVE
    assert ends.settings() == before


def test_keys_come_one_by_one_and_unseen(ends: Pseudo) -> None:
    with opened(ends.theirs, ends.theirs, PLENTY) as screen:
        screen.show(["page"])
        ends.shown("page")
        ends.send("nN\x1b[C\x1bOD\r?é\x1b[1~")
        keys = [screen.key() for _ in range(8)]
        assert keys == ["n", "n", "right", "left", "enter", "?", "é", "home"]
        ends.send("\x1b")
        assert screen.key() == "\x1b"
        ends.send("\x04")
        assert screen.key() == "q"
    assert ends.shown(LEAVE) == LEAVE


def test_a_new_size_asks_for_a_new_page(ends: Pseudo) -> None:
    with opened(ends.theirs, ends.theirs, PLENTY) as screen:
        screen.show(["0123456789", "second", "third"])
        ends.shown("third")
        termios.tcsetwinsize(ends.theirs.fileno(), (2, 6))
        assert screen.key() == RESIZED
        screen.show(["0123456789", "second", "third"])
        assert ends.shown("second") == "\x1b[H\x1b[K01234…\r\n\x1b[Jsecond"


@pytest.mark.parametrize(
    ("environment", "kind", "bold"),
    [
        ({"TERM": "xterm"}, FullScreen, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, FullScreen, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, FullScreen, False),
        ({"TERM": "dumb"}, Lines, False),
    ],
)
def test_the_environment_says_what_the_terminal_can_do(
    ends: Pseudo, environment: dict[str, str], kind: type[Lines], bold: bool
) -> None:
    with opened(ends.theirs, ends.theirs, environment) as screen:
        assert type(screen) is kind
        assert screen.bold is bold


def test_where_no_single_keys_come_lines_are_read(
    ends: Pseudo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "find_spec", lambda name: None)
    with opened(ends.theirs, ends.theirs, PLENTY) as screen:
        assert type(screen) is Lines


def test_a_pipe_is_no_terminal(ends: Pseudo) -> None:
    with opened(io.StringIO(), ends.theirs, PLENTY) as screen:
        assert type(screen) is Lines


def test_it_opens_in_another_thread_too(ends: Pseudo) -> None:
    found: list[type[Lines]] = []

    def use() -> None:
        with opened(ends.theirs, ends.theirs, PLENTY) as screen:
            found.append(type(screen))

    thread = Thread(target=use)
    thread.start()
    thread.join()
    assert found == [FullScreen]


def test_a_signal_that_ends_the_process_gives_it_back_first(ends: Pseudo) -> None:
    code = (
        "import sys; from autograd.show.stepping.terminal import opened\n"
        "with opened(sys.stdin, sys.stdout, {'TERM': 'xterm'}) as screen:\n"
        "    screen.show(['page'])\n"
        "    while True: screen.key()\n"
    )
    before = ends.settings()
    fd = ends.theirs.fileno()
    run = subprocess.Popen([sys.executable, "-c", code], stdin=fd, stdout=fd)
    ends.shown("page")
    run.send_signal(signal.SIGTERM)
    assert run.wait(300.0) == 128 + signal.SIGTERM
    assert ends.shown(LEAVE) == LEAVE
    assert ends.settings() == before
