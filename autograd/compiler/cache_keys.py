"""Settings: what a recording is for besides numbers, such as a static argument, or what a Module
holds beside its parameters.

Settings are told apart by what they are now, or else as objects, which their keys keep alive: so
none is taken for another, changed or new, that came to its place in memory.
"""

import copy
import numbers
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import is_dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from ..engine.value import Leaf, Value
from ..nn.module import Module

_PLAIN = (str, int, bool, type(None))


class Itself:
    """A key for an object that has none: it equals the key of this object alone."""

    __slots__ = ("x",)

    def __init__(self, x: Any) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Itself) and other.x is self.x

    def __hash__(self) -> int:
        return object.__hash__(self.x)


def setting(x: Any, places: Mapping[Value, int] | None = None) -> Hashable:
    """A hashable cache key for a static argument: its type, bits and content.

    Args:
        x: anything; a list, a set or an array counts with what is in it now.
        places: which of the numbers of the arguments each parameter is.

    Example:
        >>> setting([1, 0.0]) == setting([1, -0.0]), setting(float("nan")) == setting(float("nan"))
        (False, True)
    """
    parts: list[Hashable] = []
    seen: dict[int, int] = {}
    stack = [x]
    while stack:  # and no recursion, for a Module may hold others that hold others
        x = stack.pop()
        if places and x.__class__ is Leaf and x in places:  # nine in ten of a model
            parts.append((places[x], "frozen") if x.is_constant else places[x])
            continue
        part, held = _part(x, places or {}, seen)
        parts.append((part, len(held)))
        stack += held
    return tuple(parts)


def _part(
    x: Any, places: Mapping[Value, int], seen: dict[int, int]
) -> tuple[Hashable, Sequence[Any]]:
    """The cache key of `x` without what it holds, and what it holds."""
    kind: Any = type(x)
    if isinstance(x, Value):
        place = places.get(x)
        if x.is_traced:  # a stand-in, while it is recorded and after
            return ("traced", place), ()
        number = repr(x._data) if place is None else place
        return (kind, x.is_constant, number), ()
    if kind in _PLAIN:
        return (kind, x), ()
    if isinstance(x, (Module, SimpleNamespace, list, dict)) or is_record(x):
        if id(x) in seen:
            return ("seen", seen[id(x)]), ()
        seen[id(x)] = len(seen)  # for it may hold itself
        items: Any = x if isinstance(x, (list, dict)) else vars(x)
        return kind, [*items, *items.values()] if isinstance(items, dict) else items
    if isinstance(x, tuple):
        return kind, x
    if kind is partial:
        return kind, (x.func, x.args, x.keywords)
    if isinstance(x, (set, frozenset)):
        return (kind, frozenset(setting(item, places) for item in x)), ()
    if hasattr(kind, "dtype") and hasattr(kind, "tobytes"):  # an array, or a number, of numpy
        content = setting(x.tolist(), places) if x.dtype.hasobject else x.tobytes()
        return (kind, x.dtype, x.shape, content), ()
    if isinstance(x, numbers.Number):
        return (kind, repr(x)), ()
    try:
        hash(x)
    except (TypeError, ValueError):
        return Itself(x), list(x) if isinstance(x, Collection) else ()
    return (kind, x), ()


def is_record(x: Any) -> bool:
    """Whether `x` counts with what its attributes are: it is a dataclass with a dict."""
    return is_dataclass(type(x)) and hasattr(x, "__dict__")


def twin(x: Any, made: dict[int, Any]) -> Any:
    """A Module with others in the place of its parameters; the rest of what it holds is shared.

    Args:
        x: the Module, or what one holds.
        made: what takes the place of an object, by its id.
    """
    if id(x) in made:
        return made[id(x)]
    if isinstance(x, tuple):
        parts = [twin(item, made) for item in x]
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    if not isinstance(x, (Module, list, dict)):
        return x
    new: Any = copy.copy(x)
    made[id(x)] = new
    items = vars(new) if isinstance(x, Module) else new
    for key, item in list(enumerate(x) if isinstance(x, list) else items.items()):
        items[key] = twin(item, made)
    return new
