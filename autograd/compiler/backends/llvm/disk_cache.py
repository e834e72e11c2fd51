"""The cache on disk: what one process has compiled, machine code and tables, the next one reads.

It is trusted as Python trusts its ``__pycache__``: code in it runs. So the folder belongs to the
user alone, and neither it nor a file is used that belongs to somebody else or that others may
write to. (On Windows that is not looked at: the folders of a user are the user's alone there.) A
file of what was compiled, the *code*, is named by its own digest and begins with the keys that it
is found by, so that one that is damaged or cut off is not used; beside it stands a small file for
each key, which holds the digest. All are put in their places whole, so any number of processes may
read and write at once. Whatever fails, the code is compiled as if there were no cache.

``AUTOGRAD_CACHE`` names another folder, or is ``off``.
"""

import contextlib
import hashlib
import itertools
import os
import re
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

VARIABLE, OFF = "AUTOGRAD_CACHE", "off"
NAME = "scalar-autograd"
LARGEST = 256 * 2**20  # bytes, beyond which the oldest files go
LEFT = LARGEST * 3 // 4  # bytes, to which they go
BLOCK = 4096  # bytes that even a small file takes
CODE = ".code"  # after the digest, in the name of a file
PARTIAL = ".partial"  # in the name of a file that is being written
ABANDONED = 3600.0  # seconds after which nobody goes on writing it
_OURS = re.compile(r"[0-9a-f]{64}(\.code|\..+\.partial)?$")  # names of files of the cache
_counter = itertools.count()


def cache_folder() -> Path | None:
    """The folder that the environment names, None if it switches the cache off or has none."""
    try:
        return _named_folder()
    except (OSError, RuntimeError):  # no home, none that may be searched, or no folder to work in
        return None


def _named_folder() -> Path | None:
    named = os.environ.get(VARIABLE)
    if named:
        return None if named.lower() == OFF else Path(named).expanduser().absolute()
    base = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", "")
    if os.path.isabs(base):
        return Path(base, NAME)
    home = Path.home()
    return home.joinpath(*_below_home(), NAME) if home.is_dir() else None


def _below_home() -> tuple[str, ...]:
    if os.name == "nt":
        return ("AppData", "Local")
    return ("Library", "Caches") if sys.platform == "darwin" else (".cache",)


class _Code(NamedTuple):
    """Code, and the keys that it was stored under."""

    keys: frozenset[str]
    content: bytes


class DiskCache:
    """Machine code by keys, in a folder.

    Args:
        folder: where it is, made when something is written; None for no cache at all.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._size: int | None = None  # bytes there, once they were counted

    def find(self, keys: Iterable[str]) -> tuple[set[str], list[bytes]]:
        """The keys that are there, and the code that they are of, each only once."""
        found: set[str] = set()
        codes: dict[str, _Code] = {}
        if self.folder is None or not _is_ours(self.folder):
            return found, []
        for key in keys:
            digest = (_read(self.folder / key) or b"").decode("ascii", "replace")
            code = codes.get(digest) or self._code(digest)
            if key in code.keys:
                found.add(key)
                codes[digest] = code
        return found, [code.content for code in codes.values()]

    def _code(self, digest: str) -> _Code:
        """The code that has this digest, without a key if there is none."""
        assert self.folder is not None
        good = re.fullmatch("[0-9a-f]{64}", digest)
        whole = _read(self.folder / f"{digest}{CODE}") if good else None
        if whole is None or digest_of(whole) != digest:
            return _Code(frozenset(), b"")
        keys, _, content = whole.partition(b"\n")
        return _Code(frozenset(keys.decode("ascii", "replace").split()), content)

    def store(self, keys: Iterable[str], code: bytes) -> None:
        """Keep code under keys, unless the folder is not the user's or cannot be written."""
        if self.folder is None:
            return
        with contextlib.suppress(OSError):
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                self.folder.mkdir(mode=0o700)
            if not _is_ours(self.folder):
                return
            keys = list(keys)
            whole = b"%s\n%s" % (" ".join(keys).encode(), code)
            digest = digest_of(whole)
            self._write(f"{digest}{CODE}", whole)
            for key in keys:
                self._write(key, digest.encode())

    def _write(self, name: str, content: bytes) -> None:
        # Not by `write_file`, which follows links and waits for the disk, half a second for all
        # kernels of a network. A file that a crash has left incomplete has another digest.
        assert self.folder is not None
        self._make_room(len(content))
        partial = self.folder / f"{name}.{os.getpid()}.{next(_counter)}{PARTIAL}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
                file.write(content)
            os.replace(partial, self.folder / name)
        except BaseException:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise

    def _make_room(self, size: int) -> None:
        """Remove the oldest files, and those of which the rest never came, if all are too large."""
        size = _on_disk(size)
        if self._size is None or self._size + size > LARGEST:
            files = sorted(self._files())
            total = sum(taken for _, taken, _ in files)
            enough = LEFT if total + size > LARGEST else total
            for written, taken, path in files:
                abandoned = path.suffix == PARTIAL and written < time.time() - ABANDONED
                if total > enough or abandoned:
                    path.unlink(missing_ok=True)
                    total -= taken
            self._size = total
        self._size += size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """When each file of the cache was written, the bytes that it takes, and its path."""
        assert self.folder is not None
        for entry in os.scandir(self.folder):
            if _OURS.match(entry.name):
                with contextlib.suppress(FileNotFoundError):  # another process has removed it
                    found = entry.stat(follow_symlinks=False)
                    yield found.st_mtime, _on_disk(found.st_size), Path(entry.path)


def digest_of(content: bytes) -> str:
    """The digest that names a content."""
    return hashlib.sha256(content).hexdigest()


def _on_disk(size: int) -> int:
    return -(-max(size, 1) // BLOCK) * BLOCK


def _is_ours(folder: Path) -> bool:
    """Whether a folder is there, belongs to this user, and nobody else may write to it."""
    try:
        found = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and _belongs_to_us(found)


def _belongs_to_us(found: os.stat_result) -> bool:
    if not hasattr(os, "geteuid"):  # Windows, where the folders of a user are the user's alone
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _read(path: Path) -> bytes | None:
    """The content of a file of this user's, None if it is none or cannot be read."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0)  # a pipe has nobody who writes to it
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            found = os.fstat(file.fileno())
            good = stat.S_ISREG(found.st_mode) and _belongs_to_us(found)
            return file.read() if good else None
    except OSError:
        return None
