"""Search: everything that a function can reach, in its own code and in what that calls.

Of an object only the attributes count whose names some of this code reads, so that a loss may
belong to an object that also keeps a history.
"""

import weakref
from array import array
from collections import deque
from collections.abc import (
    Callable,
    Collection,
    Hashable,
    ItemsView,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    ValuesView,
)
from functools import cached_property, partial
from numbers import Number
from sys import modules
from types import (
    BuiltinMethodType,
    FunctionType,
    MappingProxyType,
    MethodType,
    ModuleType,
    SimpleNamespace,
)
from typing import Any

from ...engine.errors import TracedValueError
from ...engine.node import Node
from ...engine.op import Op
from ...engine.value import Constant
from ...nn.module import Module
from ..cache_keys import Itself, setting
from . import parts
from .code_names import ANY_NAME, called_by_python, closed_over, code_names_of
from .draws import is_generator, shared_by
from .ownership import is_installed, is_users
from .parts import Part
from .watch import ABSENT, Watch

_PLAIN = (float, int, str, bool, type(None), bytes)
_BASES_THAT_READ_NOTHING = ("abc", "builtins", "typing")


class Search:
    """The search through all that a function can reach, with what it has found so far.

    Args:
        names: the names that the code is known to read.

    Attributes:
        names: those, and what was added to them.
        key: for everything that was found, what tells it from others.
        places: for each part of the key what it is called.
        watch: the places where it was found.
        generators: by what they are called, generators of random numbers.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = set(names)
        self.key: list[Hashable] = []
        self.places: list[str] = []
        self.watch = Watch()
        self.generators: dict[str, Any] = {}
        self._stack: list[Part] = []
        self._classes: set[tuple[type, bool]] = set()
        self._seen: dict[int, tuple[int, Any]] = {}  # with the object, so that its id stays its own

    def look_into(self, found: Iterable[Part]) -> None:
        """Find what can be reached from here."""
        self._push(found)
        while self._stack:
            where, x = self._stack.pop()
            if type(x) in _PLAIN:
                self._note(where, setting(x))
            elif id(x) in self._seen:
                self._note(where, self._seen[id(x)][0])
            else:
                self._seen[id(x)] = (len(self._seen), x)
                self._look_at(where, x)

    def look_into_class(self, kind: type) -> None:
        """Find what the methods of an object of this class can reach."""
        self._members(kind, making=False)
        self.look_into(())

    def _look_at(self, where: str, x: Any) -> None:
        for kind, look in _WAYS:
            if isinstance(x, kind):
                look(self, where, x)
                return
        if is_generator(x):
            self._note(where, type(x))
            self.generators[where] = x
        elif hasattr(type(x), "tobytes"):  # asked of the class: an object may answer to any name
            self._note(where, setting(x))
            self.watch.array(x)
            if getattr(getattr(x, "dtype", None), "hasobject", False):
                self._push([(where, x.tolist())])
        elif isinstance(x, Iterator) and is_installed(type(x)) and not hasattr(x, "fileno"):
            raise TracedValueError(
                f"{where} is an iterator, of which each call would take the next item, but the "
                "recording serves every call: pass the item as an argument"
            )
        else:
            self._object(where, x)

    def _note(self, where: str, part: Any) -> None:
        self.places.append(where)
        self.key.append(part)

    def _push(self, found: Iterable[Part]) -> None:
        self._stack += reversed(list(found))

    # --- code ---

    def _function(self, where: str, f: FunctionType) -> None:
        if is_installed(f):  # perhaps around a function of the user
            self._note(where, Itself(f))
            self._push((where, x) for _, x in closed_over(f).values() if callable(x))
            self._push((where, x) for name, x in vars(f).items() if name == "__wrapped__")
            return
        names = code_names_of(f.__code__)
        self._note(where or f.__name__, f.__code__)
        self.names |= names.read if is_users(f) else names.read - ANY_NAME
        for name, (cell, content) in closed_over(f).items():
            if names.matters(name, content):
                if is_users(f):
                    self.watch.cell(cell, content)
                self._push([(name, content)])
        if not is_users(f):
            return
        space = f.__globals__
        named = sorted(name for name in names.variables if name in space)
        self._names("", space, [name for name in named if names.matters(name, space[name])])
        self._push((name, modules[name]) for name in sorted(names.modules & modules.keys()))
        if f.__defaults__ or f.__kwdefaults__:
            self.watch.attribute(f, "__defaults__")
            defaults = [*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()]
            self._push((f"a default of {f.__name__}", x) for x in defaults)
        self._names(where, vars(f), sorted(self.names & vars(f).keys()))

    def _names(self, where: str, space: Mapping[str, Any], names: Iterable[str]) -> None:
        """The values of these names in a namespace, which are watched from now on."""
        found = {name: space.get(name, ABSENT) for name in names}
        prefix = f"{where}." if where else ""
        there = [(prefix + name, x) for name, x in found.items() if x is not ABSENT]
        self._push(there)
        self._note(where, tuple(name for name, x in found.items() if x is ABSENT))
        self.watch.names(
            space, {name: x for name, x in found.items() if not isinstance(x, ModuleType)}
        )

    def _module(self, where: str, x: ModuleType) -> None:
        self._note(where, x.__name__)
        self.generators.update(shared_by(x))
        if is_users(x):
            self._names(where, vars(x), sorted(self.names & vars(x).keys()))

    # --- objects ---

    def _class(self, where: str, kind: type) -> None:
        self._note(where, Itself(kind))
        self._members(kind, making=True)

    def _members(self, kind: type, making: bool) -> None:
        """The members of a class that code reads by name or that Python calls."""
        if (kind, making) in self._classes:
            return
        self._classes.add((kind, making))
        bases = [base for base in kind.__mro__ if not is_installed(base) and base is not Node]
        for base in bases:
            members = vars(base)
            if is_users(base):
                self._names(base.__name__, members, self._known(bases))
                read = called_by_python(members, making) - self.names
            else:
                read = self.names & members.keys() | called_by_python(members, making)
            found = ((f"{base.__name__}.{name}", members[name]) for name in sorted(read))
            self._push(found)

    def _known(self, bases: Iterable[type]) -> list[str]:
        """The names that code reads which are those of members of user's classes."""
        users = [vars(base) for base in bases if is_users(base)]
        return sorted(self.names & set[str]().union(*users))

    def _object(self, where: str, x: Any) -> None:
        kind = type(x)
        own = getattr(x, "__dict__", {})
        if "__wrapped__" in own and not is_users(kind):
            self._note(where, kind)  # a compiled function, or one with a cache
            self._push([(where, own["__wrapped__"])])
            return
        if is_installed(kind) and not (own and isinstance(x, (SimpleNamespace, Collection))):
            self._note(where, setting(x))
            return
        self._note(where, Itself(kind))
        self._members(kind, making=False)
        self._attributes(where, x, own)

    def _attributes(self, where: str, x: Any, own: Mapping[str, Any]) -> None:
        names = self.names & own.keys() | set(self._known(type(x).__mro__))
        bases = [base for base in type(x).__mro__ if is_installed(base)]
        foreign = any(base.__module__ not in _BASES_THAT_READ_NOTHING for base in bases)
        if foreign:  # whose code may read what it likes
            self._note(where, Itself(x))
        if foreign or self.names & ANY_NAME:
            names |= own.keys()
        elif isinstance(x, Module):  # whose parameters are found whatever they are called
            held = (Node, Module, list, tuple, dict)
            names |= {name for name, item in own.items() if isinstance(item, held)}
        if own.keys() <= names:
            self._push((f"{where}.{name}", item) for name, item in own.items())
            self.watch.collection(own.values())
        else:
            self._names(where, own, sorted(names))
        for base in type(x).__mro__:
            slots = vars(base).get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if name in self.names and hasattr(x, name):
                    self.watch.attribute(x, name)
                    self._push([(f"{where}.{name}", getattr(x, name))])

    def _node(self, where: str, x: Any) -> None:
        if x.is_traced:  # of a recording that has ended: it raises wherever it is used
            self._note(where, type(x))
            return
        self._note(f"{where}.data", (type(x), x.is_constant, repr(x._data)))
        self.watch.node(x)
        if x.is_constant and not isinstance(x, Constant):  # a frozen parameter
            self.watch.attribute(x, "is_constant")
        if "grad" in self.names:
            self.watch.attribute(x, "grad")
            self._push([(f"{where}.grad", x.grad)])

    # --- what holds others ---

    def _collection(self, where: str, x: Any) -> None:
        kind = type(x)
        if isinstance(x, list) and set(map(type, x)) == {float}:
            self._note(where, (kind, array("d", x).tobytes()))
            self.watch.floats(x)
        else:
            if kind not in (tuple, frozenset):
                self.watch.collection(x)
            if isinstance(x, (set, frozenset)):
                self._note(where, setting(x))
            else:
                self._note(where, (kind, len(x)))
                self._push((f"{where}[{i}]", item) for i, item in enumerate(x))
        self._of_subclass(where, x)

    def _mapping(self, where: str, x: Any) -> None:
        self._note(where, (type(x), *map(setting, x)))
        self.watch.collection(x.keys())
        self.watch.collection(x.values())
        self._push((f"{where}[{key!r}]", item) for key, item in x.items())
        self._of_subclass(where, x)

    def _of_subclass(self, where: str, x: Any) -> None:
        if not is_installed(type(x)):
            self._members(type(x), making=False)
            self._attributes(where, x, getattr(x, "__dict__", {}))


_Look = Callable[[Search, str, Any], None]


def _by_parts(parts_of: Callable[[str, Any], parts.Parts]) -> _Look:
    def look(search: Search, where: str, x: Any) -> None:
        key, found = parts_of(where, x)
        search._note(where, key)
        search._push(found)

    return look


_WAYS: list[tuple[Any, _Look]] = [
    (Node, Search._node),
    (FunctionType, Search._function),
    (MethodType, _by_parts(parts.of_method)),
    (BuiltinMethodType, _by_parts(parts.of_builtin)),
    (partial, _by_parts(parts.of_partial)),
    (ModuleType, Search._module),
    (Op, _by_parts(parts.of_op)),
    ((property, cached_property, staticmethod, classmethod), _by_parts(parts.of_property)),
    (type, Search._class),
    (Number, _by_parts(parts.of_number)),
    ((dict, MappingProxyType), Search._mapping),
    ((list, tuple, set, frozenset, deque, bytearray), Search._collection),
    ((KeysView, ValuesView, ItemsView), _by_parts(parts.of_view)),
    (weakref.ref, _by_parts(parts.of_reference)),
]
