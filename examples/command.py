"""What the commands of the examples share: paths that can be used, and outputs that may be closed.

    add("--out", type=folder, default="out")       # refused before the training, if at all
    add("--save", type=file_to_write)
    ...
    with clear_ending():
        run(options(arguments))

A wrong path is an error of the option that gave it, as argparse words it.
"""

import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from textwrap import shorten

from autograd import StateDictError
from autograd.cli.streams import give_up, replace_closed_streams
from autograd.data.files import is_stream


def folder(text: str) -> Path:
    """A folder to write files in; it and those above it may be yet to be made."""
    path = Path(text)
    try:
        check_writing(next(place for place in (path, *path.parents) if place.exists()))
    except OSError as error:
        raise refused(f"nothing can be written in {text}", error, "folder") from None
    return path


def file_to_write(text: str) -> Path:
    """A file to write, new or not, in a folder that is there."""
    path = Path(text)
    try:
        if path.is_dir():
            raise ArgumentTypeError(f"{text} is a folder: add the name of a file")
        if path.is_file():
            path.open("ab").close()
        elif not is_stream(path):
            check_writing(path.parent)
    except OSError as error:
        raise refused(f"{text} cannot be written", error, "file") from None
    return path


def file_to_read(text: str) -> Path:
    """A file that is there and can be read."""
    path = Path(text)
    try:
        path.open("rb").close()
    except OSError as error:
        raise refused(f"{text} cannot be read", error, "file") from None
    return path


def check_writing(place: Path) -> None:
    """Raise an OSError if no file can be made in a folder: one is made, and gone."""
    with TemporaryFile(dir=place):
        pass


def refused(what: str, error: OSError, kind: str) -> ArgumentTypeError:
    """The error for a path that cannot be used."""
    return ArgumentTypeError(f"{what} ({error.strerror or error}): choose another {kind}")


@contextmanager
def clear_ending() -> Iterator[None]:
    """Let a command end with a SystemExit and one line, or none if its reader has seen enough."""
    replace_closed_streams()
    try:
        yield
        sys.stdout.flush()  # here, where it is said what goes wrong with it
    except BrokenPipeError:  # whoever read the output, such as head, has seen enough
        give_up(sys.stdout)
        sys.exit(1)
    except (OSError, StateDictError) as error:
        if isinstance(error, OSError) and not error.filename:
            give_up(sys.stdout)
        sys.exit(shorten(": ".join([*getattr(error, "__notes__", []), str(error)]), 200))
    except KeyboardInterrupt:
        sys.exit("\nstopped")
