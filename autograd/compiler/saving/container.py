"""The container of a compiled function: a file of one header, integers and numbers.

    scalar-autograd compiled 4 ⟨SHA-256 of all that follows this line, in hex⟩
    ⟨the header: one line of JSON, an object⟩
    ⟨integers: four bytes each⟩⟨numbers: doubles, eight bytes each⟩

The header says how many of each there are, as ``"integers"`` and ``"numbers"``. The lowest byte
comes first on every machine. The 4 is the version of the format: another one is refused.
"""

import hashlib
import json
import sys
from array import array
from typing import Any

from ...engine.errors import CompiledFileError

MAGIC = b"scalar-autograd compiled"
VERSION = 5
LARGEST = 2**31 - 1  # integer


class Writer:
    """Collects the integers and numbers that a header refers to, in order.

    Attributes:
        integers: those so far.
        numbers: likewise.
    """

    def __init__(self) -> None:
        self.integers, self.numbers = array("i"), array("d")

    def content(self, header: dict[str, Any]) -> bytes:
        """The file with this header."""
        counts = {"integers": len(self.integers), "numbers": len(self.numbers)}
        text = json.dumps({**header, **counts}, separators=(",", ":")).encode()
        body = text + b"\n" + _in_order(self.integers) + _in_order(self.numbers)
        digest = hashlib.sha256(body).hexdigest().encode()
        return b"%s %d %s\n%s" % (MAGIC, VERSION, digest, body)


class Reader:
    """Gives back what a `Writer` collected, in the same order.

    Args:
        content: the file.

    Attributes:
        header: its header.

    Raises:
        CompiledFileError: for anything but a whole, unchanged file of this version.
    """

    def __init__(self, content: bytes) -> None:
        body = _unchanged(content)
        text, _, rest = body.partition(b"\n")
        try:
            self.header: dict[str, Any] = json.loads(text)
            integers, numbers = (self.header[name] for name in ("integers", "numbers"))
            stop = 4 * integers
            whole = min(integers, numbers) >= 0 and len(rest) == stop + 8 * numbers
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise CompiledFileError(f"its header cannot be read ({error})") from None
        if not whole:
            raise CompiledFileError("it has not as many numbers as its header says")
        self._integers = _from_bytes("i", rest[:stop])
        self._numbers = _from_bytes("d", rest[stop:])
        self._at = {"i": 0, "d": 0}

    def integers(self, count: int) -> "array[int]":
        """The next of them, so many."""
        return self._next(self._integers, count)

    def numbers(self, count: int) -> "array[float]":
        """The next of them, so many."""
        return self._next(self._numbers, count)

    def _next(self, all_of_them: "array[Any]", count: int) -> "array[Any]":
        start = self._at[all_of_them.typecode]
        stop = start + count
        if count < 0 or stop > len(all_of_them):
            raise CompiledFileError("it ends in the middle of a program")
        self._at[all_of_them.typecode] = stop
        return all_of_them[start:stop]


def _unchanged(content: bytes) -> bytes:
    """What follows the first line, if its digest is the one that the line states."""
    line, _, body = content.partition(b"\n")
    if not line.startswith(MAGIC + b" "):
        raise CompiledFileError("it is no compiled function that .save() has written")
    version, _, digest = line[len(MAGIC) + 1 :].partition(b" ")
    if version != b"%d" % VERSION:
        told = version[:20].decode("ascii", "replace")
        raise CompiledFileError(
            f"it has version {told} of the format, and this library reads version {VERSION}: save "
            "the function again with this library"
        )
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise CompiledFileError(
            "it is damaged or cut off: its digest is another one. Save it again"
        )
    return body


def want(good: bool, fault: str) -> None:
    """Raise for a file that has this fault, unless all is good."""
    if not good:
        raise CompiledFileError(f"{fault}: it was not written by this library, or it was changed")


def _in_order(values: "array[Any]") -> bytes:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def _from_bytes(kind: str, content: bytes) -> "array[Any]":
    values = array(kind, content)
    if sys.byteorder == "big":
        values.byteswap()
    return values
