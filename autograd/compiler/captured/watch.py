"""Watch: objects in their places, and whether the same ones are there now.

It is asked at every call of a compiled function, so it compares objects by identity, and numbers
by their bits, in C where it can.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, repeat
from operator import attrgetter, is_
from struct import Struct, error
from types import CellType
from typing import Any

from ...engine.native import natively
from ...engine.node import Node

FEW = 8  # names, which are compared sooner one by one
ABSENT: Any = object()  # stands for what is not there


class Watch:
    """A snapshot of variables, attributes, collections and arrays: fill it in, then close it."""

    def __init__(self) -> None:
        self._cells: list[tuple[CellType, Any]] = []
        self._by_name: dict[int, tuple[Mapping[str, Any], dict[str, Any]]] = {}
        self._by_attribute: dict[str, list[Any]] = {}
        self._collections: list[Collection[Any]] = []
        self._floats: list[tuple[list[float], Struct, bytes]] = []
        self._nodes: list[Node] = []
        self._arrays: list[tuple[Any, bytes]] = []

    def cell(self, cell: CellType, content: Any) -> None:
        """A variable that a function closes over."""
        self._cells.append((cell, content))

    def names(self, space: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """These names in a namespace, such as the globals of a module; ABSENT for no such name."""
        if found:
            self._by_name.setdefault(id(space), (space, {}))[1].update(found)

    def attribute(self, x: Any, name: str) -> None:
        """An attribute that has a place of its own in the object."""
        self._by_attribute.setdefault(name, []).append(x)

    def collection(self, x: Collection[Any]) -> None:
        """Everything in a list, a set, or a view of a dict."""
        self._collections.append(x)

    def floats(self, x: list[float]) -> None:
        """The numbers in a list of floats."""
        self._floats.append((x, *_packed(x)))

    def node(self, x: Node) -> None:
        """The number of a Value."""
        self._nodes.append(x)

    def array(self, x: Any) -> None:
        """The numbers in an array."""
        self._arrays.append((x, x.tobytes()))

    def close(self) -> "Watch | None":
        """The watch over what is in these places now; None if there is no place."""
        spaces = self._by_name.values()
        self._spaces = [
            (space.get, [*found], [*found.values()]) for space, found in spaces if len(found) > FEW
        ]
        self._names = [
            (space.get, name, x)
            for space, found in spaces
            if len(found) <= FEW
            for name, x in found.items()
        ]
        self._attributes = [
            (attrgetter(name), xs, [getattr(x, name) for x in xs])
            for name, xs in self._by_attribute.items()
        ]
        self._sizes = [*map(len, self._collections)]
        self._items = [*chain.from_iterable(self._collections)]
        if self._nodes:
            self._pack_nodes, self._numbers = _packed([x._data for x in self._nodes])
        objects = (self._spaces, self._attributes, self._collections)
        numbers = (self._floats, self._nodes, self._arrays)
        self._variables_alone = not any(objects) and not any(numbers)
        any_variables = self._cells or self._names
        return self if any_variables or not self._variables_alone else None

    def same(self) -> bool:
        """Whether the same objects and numbers are there."""
        try:
            for get, name, was in self._names:
                if get(name, ABSENT) is not was:
                    return False
            for cell, was in self._cells:
                if cell.cell_contents is not was:
                    return False
            if self._variables_alone:
                return True
            for get, names, found in self._spaces:
                if not _alike(map(get, names, repeat(ABSENT)), found):
                    return False
            for read, xs, found in self._attributes:
                if not _alike(map(read, xs), found):
                    return False
            if not same_items(self._collections, self._sizes, self._items):
                return False
            return self._same_numbers()
        except (AttributeError, RuntimeError, ValueError, error):  # it is gone, or changes just now
            return False

    def _same_numbers(self) -> bool:
        for floats, packing, packed in self._floats:
            if packing.pack(*floats) != packed:
                return False
        if self._nodes:
            now = [x._data for x in self._nodes]
            if self._pack_nodes.pack(*now) != self._numbers:
                return False
        return all(x.tobytes() == packed for x, packed in self._arrays)


@natively
def same_items(collections: list[Collection[Any]], sizes: list[int], items: list[Any]) -> bool:
    """Whether collections have these sizes, and hold these objects, one after the other."""
    if sizes != [*map(len, collections)]:
        return False
    return not sizes or _alike(chain.from_iterable(collections), items)


def _alike(now: Iterable[Any], found: Sequence[Any]) -> bool:
    return sum(map(is_, now, found)) == len(found)  # in half of the time of all()


def _packed(floats: Sequence[float]) -> tuple[Struct, bytes]:
    packing = Struct(f"{len(floats)}d")
    return packing, packing.pack(*floats)
