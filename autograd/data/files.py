"""Writing files, as a whole or not at all: every file that the library writes."""

import errno
import os
import re
import stat
import sys
from contextlib import suppress

_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")
_MOST_LINKS = 40  # that Linux follows

# What to do about it, where that is not to choose another folder.
_ADVICE = {
    errno.ENOENT: "make the folder first, or choose a folder that exists",
    errno.EISDIR: "add the name of a file, or choose a folder without one of that name",
    errno.ENOSPC: "make room, or choose a folder with room; what was there before is left",
    errno.EDQUOT: "make room, or choose a folder with room; what was there before is left",
    errno.ENAMETOOLONG: "choose a shorter name",
}
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV)


def write_file(path: str | os.PathLike[str], content: bytes, what: str) -> None:
    """Write a file, which is either replaced as a whole or left as it was.

    A link stays, and what it points to is replaced; an existing file keeps its mode. What cannot
    be replaced is written directly: the standard output, a pipe, a device, a file in a folder in
    which nothing new may be written.

    Args:
        path: the file.
        content: all of it.
        what: the name of the content in errors, such as ``"a graph"``.

    Raises:
        OSError: if the file cannot be written, with the reason, what to do, and `path`.
    """
    try:
        target = _target(os.fsdecode(path))
        if isinstance(target, int) or is_stream(target):
            _write_into(target, content)
        else:
            _replace(target, content)
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "choose a folder that exists and can be written")
        reason = f"cannot save {what} ({error.strerror or error}): {advice}"
        raise OSError(error.errno, reason, os.fsdecode(path)) from None


def is_stream(path: str | os.PathLike[str]) -> bool:
    """Whether a path stands for a pipe, a device or stdout, which cannot be replaced."""
    try:
        target = _target(os.fsdecode(path))
        mode = stat.S_IFIFO if isinstance(target, int) else os.stat(target).st_mode
    except OSError:  # there is nothing yet
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _target(path: str) -> str | int:
    """The file that a path stands for, with links followed; a descriptor for /dev/stdout."""
    for _ in range(_MOST_LINKS):
        descriptor = _DESCRIPTOR.fullmatch(path)
        if descriptor:
            return int(descriptor[1])
        if not os.path.islink(path):
            return path
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _write_into(target: str | int, content: bytes) -> None:
    if isinstance(target, int):
        if sys.stdout is not None:
            sys.stdout.flush()  # what was printed before comes first
        target = os.dup(target)
    with open(target, "wb") as file:
        file.write(content)


def _replace(target: str, content: bytes) -> None:
    """Write to a temporary file in the same folder, then rename it."""
    folder, name = os.path.split(target)
    # A file that may not be written may not be replaced either.
    before = os.stat(target) if os.path.exists(target) else None
    if before is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    beside = os.path.join(folder, f".{name[:40]}.{os.urandom(8).hex()}")
    try:
        try:
            with open(beside, "xb", opener=_private if before else None) as file:
                if before is not None:
                    _make_alike(beside, before)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, target)
        except OSError as error:
            if before is None or error.errno not in _REFUSED:
                raise
            _write_into(target, content)
    finally:
        with suppress(OSError):  # in the folder that is not there, or was replaced by now
            os.unlink(beside)


def _private(path: str, flags: int) -> int:
    """Open a new file with access for its owner only, until it gets its final mode."""
    return os.open(path, flags, 0o600)


def _make_alike(path: str, before: os.stat_result) -> None:
    """Give a file the mode of the one before, and its owner if allowed."""
    with suppress(OSError, AttributeError):  # there is no chown on Windows
        os.chown(path, before.st_uid, before.st_gid)
    os.chmod(path, stat.S_IMODE(before.st_mode))
