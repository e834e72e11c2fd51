"""Ownership: whose code a function, a class or a module is.

What the user wrote may change while a program runs, and is looked into; Python itself and
installed packages are taken as they are.
"""

import functools
import os
import sys
import sysconfig
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

_HERE = str(Path(__file__).parents[2]) + os.sep
_STANDARD = tuple(sysconfig.get_paths()[name] + os.sep for name in ("stdlib", "platstdlib"))
_PACKAGES = ("site-packages", "dist-packages")


def is_users(x: Any) -> bool:
    """Whether a function, class or module is the user's own."""
    return _owner(x) == "user"


def is_installed(x: Any) -> bool:
    """Whether it is of Python or of an installed package, so neither the user's nor ours."""
    return _owner(x) == "installed"


def _owner(x: Any) -> str:
    if isinstance(x, FunctionType):
        return _owner_of_file(x.__code__.co_filename)
    module = x if isinstance(x, ModuleType) else sys.modules.get(getattr(x, "__module__", ""))
    path = getattr(module, "__file__", None)
    if path is not None:
        return _owner_of_file(path)
    name = getattr(module, "__name__", "").partition(".")[0]
    return "installed" if name in sys.stdlib_module_names else "user"


@functools.cache
def _owner_of_file(path: str) -> str:
    if path.startswith("<"):  # typed into a shell or a notebook, or made by a program
        return "installed" if path.startswith("<frozen") else "user"
    if any(part in Path(path).parts for part in _PACKAGES) or path.startswith(_STANDARD):
        return "installed" if not path.startswith(_HERE) else "ours"
    return "ours" if path.startswith(_HERE) else "user"
