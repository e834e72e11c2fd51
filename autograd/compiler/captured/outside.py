"""Outside: what a function reads besides its arguments.

A recording holds plain numbers as they were. So everything that the function can reach is looked
up before it is recorded (`search.py`). A call compares only the objects that were found with
those that are there now (`watch.py`). If some are others, everything is looked up again, and the
function is recorded for it.
"""

from collections.abc import Hashable, Iterable, Iterator
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

from ...engine.node import Node
from ...nn.module import Module
from ...optim.stateful import Stateful
from ..cache_keys import is_record
from .draws import refusing_draws
from .search import Search


class Outside:
    """A snapshot of all that a function reads besides its arguments.

    Args:
        f: the function.
        args: its arguments; the classes of Modules, and functions that they hold, are looked into.
        static: what else is handed to the function as it is.

    Attributes:
        key: tells it from what was there at another time.
        watch: says at a call whether it is the same still; None if nothing can change.
        generators: the generators of random numbers that can be reached, by what they are called.
        names: the names that the code reads.

    Raises:
        TracedValueError: for an iterator, of which each call would take the next item.
    """

    def __init__(self, f: Any, args: Iterable[Any] = (), static: Iterable[Any] = ()) -> None:
        self.names: frozenset[str] = frozenset()
        classes, held = _held(args)
        while True:  # more code reads more attributes, and attributes hold more code
            search = Search(self.names)
            search.look_into([("", f), *(("a static argument", x) for x in static)])
            for kind in classes:
                search.look_into_class(kind)
            search.look_into((name, x) for name, x in held if name in self.names)
            if search.names == self.names:
                break
            self.names = frozenset(search.names)
        self.key: Hashable = tuple(search.key)
        self._places, self._parts = search.places, search.key
        self.watch, self.generators = search.watch.close(), search.generators

    def changed_since(self, other: "Outside") -> str:
        """The name of the first thing that is not as it was in `other`."""
        pairs = zip(self._parts, other._parts, self._places, strict=False)
        return next((place for x, y, place in pairs if x != y), self._places[-1])

    def refusing_draws(self) -> AbstractContextManager[None]:
        """A block that raises if random numbers are drawn inside."""
        return refusing_draws(self.generators, self.names)


def _held(args: Iterable[Any]) -> tuple[list[type], list[tuple[str, Any]]]:
    """The classes of Modules in the arguments, and by attribute what these hold besides numbers."""
    classes: list[type] = []
    held: list[tuple[str, Any]] = []
    stack, seen = [("", x) for x in args], set[int]()
    while stack:
        name, x = stack.pop()
        if id(x) in seen or isinstance(x, (Node, float, int, str)) or hasattr(x, "dtype"):
            continue
        seen.add(id(x))
        if isinstance(x, (Module, SimpleNamespace)) or is_record(x):
            classes.append(type(x))
            stack += vars(x).items()
        elif isinstance(x, Stateful):
            classes.append(type(x))
            stack += [("step", part) for part in x.fixed_parts().values()]  # which read them
        elif isinstance(x, dict):
            stack += [(name, item) for item in x.values()]
        elif isinstance(x, (list, tuple, set, frozenset)):
            stack += [(name, item) for item in x]
        elif not isinstance(x, Iterator):  # for perhaps nothing reads it
            held.append((name, x))
    return classes, held
