"""Names and signatures of functions, and whether pickle finds a function by its name."""

import inspect
import sys
from typing import Any


def name_of(f: Any) -> str:
    """The name of a function, or the repr of an object that has no name."""
    return str(getattr(f, "__name__", None) or repr(f))


def signature_of(f: Any) -> inspect.Signature | None:
    """The signature of a function, None of some that are written in C."""
    try:
        return inspect.signature(f)
    except (TypeError, ValueError):
        return None


def is_importable(x: Any) -> bool:
    """Whether this very object is what its module has under its name.

    Example:
        >>> is_importable(is_importable), is_importable(lambda: 0)
        (True, False)
    """
    found: Any = sys.modules.get(getattr(x, "__module__", ""))
    for name in getattr(x, "__qualname__", "").split("."):
        found = getattr(found, name, None)
    return found is x
