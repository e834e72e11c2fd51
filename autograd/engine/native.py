"""The choice of the engine: the heart in Python, or the same in C where it was built.

``AUTOGRAD_ENGINE=native`` asks for the C of `_native.c`, ``python`` for the heart alone, ``auto``
for C where there is one that fits. The heart is the definition. It marks what C may take over:
`slots` and `Storage` (what a node holds), `Operation` (calls of ops), `natively` (functions).
"""

import hashlib
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT = "python"
CHOICES = ("auto", "native", "python")
BUILD = "make native"
_ROOM = Path(__file__).parent
# What the extension is made of. (The room of formulas translates the calculus.)
SOURCES = (
    *("engine/_native.c", "engine/_node.h", "engine/_attributes.h", "engine/_tape.h"),
    *("engine/_recording.h", "engine/_programs.h", "engine/_graph.h", "engine/_calculus.h"),
    *("engine/calculus.py", "engine/ieee.py"),
    *("formulas/native_spelling.py", "formulas/c_spelling.py", "formulas/lowering.py"),
    *("formulas/expansions.py", "formulas/primitives.py"),
)


def hash_of_sources() -> str:
    """A hash of the files that the extension is built from, as they are now."""
    found = hashlib.blake2b(digest_size=16)
    for name in SOURCES:
        path = _ROOM.parent / name
        if path.exists():
            found.update(path.read_bytes())
    return found.hexdigest()


def _chosen() -> str:
    chosen = os.environ.get("AUTOGRAD_ENGINE") or DEFAULT
    if chosen not in CHOICES:
        raise ImportError(f"AUTOGRAD_ENGINE is one of {', '.join(CHOICES)}, got {chosen!r}")
    return chosen


def _load(chosen: str) -> tuple[Any, str]:
    """The extension, or None, and why it is that.

    Raises:
        ImportError: if C was asked for by name and is not there, or not of these files.
    """
    if chosen == "python":
        return None, "the engine in C was not asked for"
    try:
        found: Any = importlib.import_module("._native", __package__)
    except ImportError as error:
        if chosen == "native":
            raise ImportError(f"the engine in C is not built ({error}): run {BUILD}") from None
        return None, f"the engine in C is not built: {BUILD} builds it"
    if found.built_from != hash_of_sources():
        stale = f"the engine in C is of other files than these: run {BUILD} to renew it"
        if chosen == "native":
            raise ImportError(stale)
        print(f"autograd: {stale}; until then Python's runs", file=sys.stderr)
        return None, stale
    return found, "the engine in C was built from these files"


native, why = _load(_chosen())
name = "python" if native is None else "native"


class Storage:
    """The base of nodes, which in C holds all that a node has."""

    __slots__ = ()


class Operation:
    """The base of ops, which in C computes what the table there knows."""


if native is not None:
    Storage, Operation = native.Node, native.Op  # type: ignore[misc]


def slots(*names: str) -> tuple[str, ...]:
    """The slots of a class of the heart: these, or none where the C base holds them."""
    return names if native is None else ()


_definitions: dict[Any, Any] = {}  # of the functions that C has in their place


def natively(function: F) -> F:
    """The function, or that of C in its place, which leaves to it what it does not know."""
    if native is None:
        return function
    native.connect(function.__name__, function)
    found: F = getattr(native, function.__name__)
    _definitions[found] = function
    return found


def definition(function: F) -> F:
    """The function of Python that says what this one does, which may be itself."""
    return _definitions.get(function, function)  # type: ignore[no-any-return]
