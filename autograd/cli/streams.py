"""The standard streams of a command, which may be closed, full, or read by no one any more."""

import errno
import io
import os
import sys
from contextlib import suppress
from typing import NoReturn, TextIO


class ClosedOutput(io.TextIOBase):
    """An output that was closed before the process began: writing to it fails."""

    def write(self, text: str) -> NoReturn:
        """Raise an OSError."""
        raise OSError(errno.EBADF, "it is closed")


def replace_closed_streams() -> None:
    """Put objects where Python, which found a stream closed, has None.

    There is nothing to read, what is said about errors is lost, and output fails when it comes.
    """
    sys.stdin = sys.stdin or io.StringIO()
    sys.stdout = sys.stdout or ClosedOutput()
    sys.stderr = sys.stderr or io.StringIO()


def complain(text: str) -> None:
    """Say what went wrong, if there is a way to say it."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        give_up(sys.stderr)


def give_up(stream: TextIO) -> None:
    """Drop what could not be written, or Python would try again at its end, and complain."""
    with suppress(OSError):  # it is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
