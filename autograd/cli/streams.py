"""The standard streams of a command, which may be closed, full, or without a reader."""

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
    """Replace the standard streams that Python found closed and set to None.

    There is nothing to read, error messages are lost, and writing output fails.
    """
    sys.stdin = sys.stdin or io.StringIO()
    sys.stdout = sys.stdout or ClosedOutput()
    sys.stderr = sys.stderr or io.StringIO()


def complain(text: str) -> None:
    """Print an error message, if the error stream can be written."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        give_up(sys.stderr)


def give_up(stream: TextIO) -> None:
    """Send the rest of a stream to nowhere, so that Python does not try again when it ends."""
    with suppress(OSError):  # the stream has no file descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
