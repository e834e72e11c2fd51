"""The terminal: widths of texts, a full screen that is restored, and single keys.

Where keys come one by one (termios on POSIX, msvcrt on Windows) a `FullScreen` takes the terminal
and restores it, even after an error. Elsewhere `Lines` writes one page below the other and reads a
line after each.
"""

import os
import re
import select
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from threading import current_thread, main_thread
from types import FrameType
from typing import NoReturn, TextIO

from ..text import cells, character_cells

BOLD, NORMAL = "\x1b[1m", "\x1b[0m"
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[0m\x1b[?25h\x1b[?1049l"  # a second screen, no cursor
HOME, END_OF_LINE, BELOW = "\x1b[H", "\x1b[K", "\x1b[J"
RESIZED = "resized"  # a "key" for a change of the terminal's size
PATIENCE = 0.25  # seconds between two looks at the size
REST = 0.05  # seconds in which the rest of a key comes

_NAMES = ("right", "left", "home", "end")
_KEYS = {  # what is sent for a key that is no character
    **{f"\x1b[{sign}": name for sign, name in zip("CDHF", _NAMES, strict=True)},
    **{f"\x1bO{sign}": name for sign, name in zip("CDHF", _NAMES, strict=True)},
    **{f"\x1b[{sign}~": name for sign, name in zip("1478", _NAMES[2:] * 2, strict=True)},
    **{f"\xe0{sign}": name for sign, name in zip("MKGO", _NAMES, strict=True)},  # Windows
    **{f"\0{sign}": name for sign, name in zip("MKGO", _NAMES, strict=True)},
    "\r": "enter",
    "\n": "enter",
    " ": "space",
    "\x04": "q",  # Ctrl-D
    "": "q",  # nothing more comes
}
_KEY = re.compile("\x1b(?:\\[[0-9;]*[@-~]|O[A-Z])|.", re.DOTALL)


def key_named(sent: str) -> str:
    """The name of a key, from the characters that a terminal sends for it.

    Example:
        >>> key_named("\\x1b[C"), key_named("N"), key_named("\\r")
        ('right', 'n', 'enter')
    """
    return _KEYS.get(sent, sent.lower())


# --- widths ---------------------------------------------------------------------------------


def fitted(text: str, width: int) -> str:
    """`text`, cut with an ellipsis to at most `width` columns.

    Example:
        >>> fitted("tanh(a·b + c)", 8)
        'tanh(a·…'
    """
    if cells(text) <= width:
        return text
    kept, room = [], width - 1
    for character in text:
        room -= character_cells(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + "…" if width > 0 else ""


# --- pages and keys -------------------------------------------------------------------------


class Lines:
    """A terminal without a screen: pages one below the other, and a line read after each.

    Args:
        source: where the keys come from.
        output: where the pages go.
        bold: whether what is strong may be written in bold.
    """

    def __init__(self, source: TextIO, output: TextIO, bold: bool = False) -> None:
        self.source, self.output, self.bold = source, output, bold

    @property
    def size(self) -> tuple[int, int]:
        """The numbers of columns and rows."""
        try:
            width, height = os.get_terminal_size(self.output.fileno())
        except (OSError, ValueError):  # no terminal
            width = height = 0
        return width or 80, height or 24

    def show(self, page: Sequence[str], strong: frozenset[int] = frozenset()) -> None:
        """Write a page; the lines at the positions in `strong` are bold, where that is allowed."""
        self.output.write("\n".join([*self._written(page, strong), "", "key and Enter: "]))
        self.output.flush()

    def key(self) -> str:
        """The first key of the next line; an empty line is the key enter."""
        line = self.source.readline()
        return key_named(line.strip()[:1] or line[-1:])

    def _written(self, page: Sequence[str], strong: frozenset[int]) -> Iterator[str]:
        """The lines, cut to the width and without characters that the output cannot show."""
        encoding, width = self.output.encoding or "utf-8", self.size[0]
        for place, line in enumerate(page):
            known = line.encode(encoding, "backslashreplace").decode(encoding)
            known = fitted(known, width).encode(encoding, "replace").decode(encoding)
            yield f"{BOLD}{known}{NORMAL}" if self.bold and place in strong else known


class FullScreen(Lines):
    """A terminal with a screen: one page at a time, and single keys."""

    pending, seen = "", (0, 0)

    def show(self, page: Sequence[str], strong: frozenset[int] = frozenset()) -> None:
        """Write a page over the one before."""
        self.seen = self.size
        *lines, last = [*self._written(page, strong)][: self.seen[1]]
        # Erased before it is written: behind a full line the cursor still stands on it.
        self.output.write(HOME + "".join(f"{END_OF_LINE}{line}\n" for line in lines) + BELOW + last)
        self.output.flush()

    def key(self) -> str:
        """The next key, or `RESIZED`."""
        if sys.platform == "win32":
            import msvcrt

            sent = msvcrt.getwch()
            if sent == "\x03":
                raise KeyboardInterrupt
            return key_named(sent + (msvcrt.getwch() if sent in "\0\xe0" else ""))
        while not self.pending:
            if self.size != self.seen:
                return RESIZED
            if self._waiting(PATIENCE):
                received = os.read(self.source.fileno(), 1024)
                if received == b"\x1b" and self._waiting(REST):
                    received += os.read(self.source.fileno(), 1024)
                self.pending = received.decode("utf-8", "replace")
                if not received:
                    return key_named("")
        found = _KEY.match(self.pending)
        sent = found[0] if found else self.pending
        self.pending = self.pending[len(sent) :]
        return key_named(sent)

    def _waiting(self, seconds: float) -> bool:
        return bool(select.select([self.source], [], [], seconds)[0])


def is_terminal(source: TextIO, output: TextIO) -> bool:
    """Whether input and output are both a terminal."""
    return source.isatty() and output.isatty()


@contextmanager
def opened(source: TextIO, output: TextIO, environment: Mapping[str, str]) -> Iterator[Lines]:
    """Open a full screen if the terminal can do that, and restore it at the end.

    Args:
        source, output: the two directions of the terminal.
        environment: the variables of the process, of which TERM and NO_COLOR count.
    """
    one_by_one = bool(find_spec("termios") or find_spec("msvcrt"))
    if environment.get("TERM") == "dumb" or not one_by_one or not is_terminal(source, output):
        yield Lines(source, output)
        return
    with ExitStack() as after:
        after.enter_context(_ended_by_signals())
        after.enter_context(_single_keys(source))
        after.callback(_write, output, LEAVE)
        _write(output, ENTER)
        yield FullScreen(source, output, bold=not environment.get("NO_COLOR"))


def _write(output: TextIO, text: str) -> None:
    output.write(text)
    output.flush()


@contextmanager
def _single_keys(source: TextIO) -> Iterator[None]:
    """Let every key arrive at once and without echo."""
    if sys.platform == "win32":
        os.system("")  # makes a console of Windows read escape sequences
        yield
        return
    import termios
    import tty

    file = source.fileno()
    before = termios.tcgetattr(file)
    try:
        tty.setcbreak(file)
        changed = termios.tcgetattr(file)
        for sign in (termios.VSUSP, termios.VQUIT):  # Ctrl-Z, Ctrl-\: the shell on this screen
            changed[6][sign] = b"\0"
        termios.tcsetattr(file, termios.TCSANOW, changed)
        yield
    finally:
        termios.tcsetattr(file, termios.TCSADRAIN, before)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn the signals that end a process into exceptions, so `finally` blocks run."""

    def leave(number: int, _: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    names = ("SIGTERM", "SIGHUP") if current_thread() is main_thread() else ()
    kinds = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {kind: signal.signal(kind, leave) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
