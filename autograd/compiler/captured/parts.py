"""Parts: what methods, partial functions, properties, ops, views and references lead to.

Each function gives what tells an object from others, besides its parts, and then the parts.
"""

import weakref
from functools import partial
from types import MethodType, ModuleType
from typing import Any

from ..cache_keys import Itself, setting
from .code_names import ADDING
from .ownership import is_users

Part = tuple[str, Any]  # what it is called, and what is there
Parts = tuple[Any, list[Part]]


def of_method(where: str, x: MethodType) -> Parts:
    """A function, and the object that it belongs to."""
    owner = where.rpartition(".")[0] or where or "self"
    return MethodType, [(where, x.__func__), (owner, x.__self__)]


def of_builtin(where: str, x: Any) -> Parts:
    """The object that a function written in C belongs to, unless it only adds to that."""
    alone = isinstance(x.__self__, (ModuleType, type, type(None))) or x.__name__ in ADDING
    return x.__name__, [] if alone else [(where, x.__self__)]


def of_partial(where: str, x: Any) -> Parts:
    """A function, and the arguments that it gets."""
    return partial, [(where, x.func), (f"{where} (args)", x.args), (where, x.keywords)]


def of_property(where: str, x: Any) -> Parts:
    """The code of a property, or of a method of a class."""
    code = (getattr(x, name, None) for name in ("fget", "func", "__func__"))
    return type(x), [(where, f) for f in code if f is not None]


def of_op(where: str, x: Any) -> Parts:
    """The user's code in an op."""
    code = (x.forward, x.derivatives, x.arrange, *x.rules)
    return Itself(x), [(where, f) for f in code if callable(f) and is_users(f)]


def of_number(where: str, x: Any) -> Parts:
    """Nothing."""
    return setting(x), []


def of_view(where: str, x: Any) -> Parts:
    """The dict that it is a view of."""
    return type(x), [(where, getattr(x, "mapping", None))]


def of_reference(where: str, x: Any) -> Parts:
    """What it refers to."""
    return weakref.ref, [(where, x())]
