"""The choice of the engine: the heart in Python, or the same in C where it was built.

The C of `_native.c` runs where it is built and of these files. ``AUTOGRAD_ENGINE=python`` asks for
the heart alone, ``native`` for C or an error, ``auto`` (as no wish does) for what there is. The
heart is the definition. It marks what C may take over: `slots` and `Storage` (what a node holds),
`Operation` (calls of ops), `natively` (functions).
"""

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT = "auto"
CHOICES = ("auto", "native", "python")
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_CLONE = os.path.dirname(_PACKAGE)
NEEDS = "it needs a C compiler and Python's headers"
NOT_BUILT, CANNOT_BE_LOADED = "is not built", "cannot be loaded"
# What the extension is made of. (The room of formulas translates the calculus.)
SOURCES = (
    *("engine/_native.c", "engine/_node.h", "engine/_attributes.h", "engine/_tape.h"),
    *("engine/_recording.h", "engine/_programs.h", "engine/_graph.h", "engine/_modules.h"),
    *("engine/_traced_graph.h", "engine/_blocks.h", "engine/_samples.h", "engine/_operations.h"),
    *("engine/_positions.h", "engine/_reading.h", "engine/_normal_form.h", "engine/_walks.h"),
    *("engine/_trees.h", "engine/_packing.h", "engine/_unpacking.h"),
    *("engine/_calculus.h", "engine/calculus.py", "engine/ieee.py"),
    # What C does in their place.
    *("engine/op.py", "engine/node.py", "engine/graph.py", "engine/value.py", "engine/commit.py"),
    *("engine/note.py", "engine/staleness.py", "engine/watching.py", "engine/weighted_sum.py"),
    *("engine/along.py", "nn/calls.py", "compiler/tracing/tape.py", "compiler/packing.py"),
    *("compiler/ir/operations.py", "compiler/ir/normal_form.py", "compiler/ir/groups.py"),
    "compiler/ir/needed.py",
    *("transforms/tracing.py", "transforms/samples.py", "compiler/tracing/traced.py"),
    *("compiler/tracing/outlived.py", "compiler/captured/watch.py"),
    *("formulas/native_spelling.py", "formulas/c_spelling.py", "formulas/lowering.py"),
    *("formulas/expansions.py", "formulas/primitives.py"),
)


def hashes_of_sources() -> str:
    """The hash of each file that the extension is built from, as it is now, with dots between."""
    return ".".join(map(_hash, SOURCES))


def _hash(source: str) -> str:
    """The hash by which Python knows what a .pyc was compiled from; empty if there is no file."""
    try:
        with open(os.path.join(_PACKAGE, source), "rb") as file:
            return importlib.util.source_hash(file.read()).hex()
    except OSError:
        return ""


def _changed(built_from: str) -> str | None:
    """The first file that is another now. One that is not there, as C need not be, is as it was."""
    then = built_from.split(".")
    if len(then) != len(SOURCES):
        return SOURCES[0]
    found = zip(SOURCES, then, map(_hash, SOURCES), strict=True)
    return next((source for source, was, now in found if now not in ("", was)), None)


def _advice() -> str:
    """How to build it, for this Python."""
    if not all(os.path.exists(os.path.join(_CLONE, name)) for name in ("setup.py", "Makefile")):
        return f"pip install --no-cache-dir . in a clone builds it ({NEEDS})"
    if sys.prefix == os.path.join(_CLONE, ".venv"):
        return f"make native builds it ({NEEDS})"
    return f"{sys.executable} setup.py build_ext --inplace builds it ({NEEDS}, and setuptools)"


def _chosen() -> str:
    chosen = os.environ.get("AUTOGRAD_ENGINE") or DEFAULT
    if chosen not in CHOICES:
        raise ImportError(f"AUTOGRAD_ENGINE is one of {', '.join(CHOICES)}, got {chosen!r}")
    return chosen


def _load(chosen: str) -> tuple[Any, str]:
    """The extension, or None, and why it is that. Of one that is there and not used it tells.

    Raises:
        ImportError: if C was asked for by name and is not there, or not of these files.
    """
    if chosen == "python":
        return None, "AUTOGRAD_ENGINE asks for it"
    found, fault = _find()
    if not fault and not found.claim():
        return None, "the engine in C serves another import of this library in this process"
    if not fault:
        return found, "the engine in C was built from these files"
    reason = f"the engine in C {fault}"
    if not fault.startswith(CANNOT_BE_LOADED):
        reason += f": {_advice()}"
    if chosen == "native":
        raise ImportError(reason)
    if fault != NOT_BUILT:
        print(f"autograd: {reason}; until then Python's runs", file=sys.stderr)
    return None, reason


def _find() -> tuple[Any, str]:
    """The extension, and what is wrong with it, if anything is."""
    try:
        found: Any = importlib.import_module("._native", __package__)
    except ModuleNotFoundError:
        return None, NOT_BUILT
    except ImportError as error:  # such as one for another libc
        return None, f"{CANNOT_BE_LOADED} ({error})"
    changed = _changed(found.built_from)
    return found, f"was built before {changed} changed" if changed else ""


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


def natively(function: F) -> F:
    """The function, or that of C in its place, which leaves to it what it does not know."""
    if native is None:
        return function
    native.connect(function.__name__, function)
    return getattr(native, function.__name__)  # type: ignore[no-any-return]
