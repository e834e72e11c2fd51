"""The structure of a module: the modules and Values that its attributes hold, by name."""

import itertools
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from ..engine.messages import describe_type, pluralize
from ..engine.nesting import DEEPEST
from ..engine.value import Constant, Leaf, Value


class Part(NamedTuple):
    """A module inside another, or neighbours that are alike, as an outline shows it.

    Attributes:
        depth: how many modules are around it.
        name: its name in the module around, such as ``"layers.0"``, or the first and last.
        alike: how many are alike.
        kind: its class.
        shape: what its `extra_repr` says.
        parameters: how many parameters it has.
        frozen: how many of them are frozen.
        instead: what is said in the place of these, where it was shown above or is too deep.
    """

    depth: int
    name: str
    alike: int
    kind: str
    shape: str
    parameters: int
    frozen: int = 0
    instead: str = ""

    def __str__(self) -> str:
        several = f"{self.alike} x " if self.alike > 1 else ""
        name = f"{self.name}: " if self.name else ""
        if self.instead:
            return f"{name}{several}{self.kind} ({self.instead})"
        return f"{name}{several}{self.kind}({self.shape}): {self.size('parameter')}"

    def size(self, noun: str = "") -> str:
        """How many parameters it has, with this noun if one is given, and how many are frozen."""
        count = pluralize(self.parameters, noun) if noun else f"{self.parameters:,}"
        frozen = ", frozen" if self.frozen == self.parameters else f", {self.frozen} frozen"
        return f"{count}{frozen}" if self.frozen else count


class Structure:
    """An object whose attributes hold Values and others of its kind, also in lists and dicts."""

    def extra_repr(self) -> str:
        """The text in the parentheses of the `repr`; for subclasses to define."""
        return ""

    def outline(self) -> list[Part]:
        """This module and those it holds, each below the one that holds it."""
        return _outline(self, ())

    def __repr__(self) -> str:
        return "\n".join("  " * part.depth + str(part) for part in self.outline())


_HOLDERS, _LEAVES = {list, tuple, dict}, {Leaf}
_WITHOUT_NAMES = {"set", "frozenset", "deque", "ndarray"}  # what they hold is not looked for


def _members(name: str, holder: Any) -> list[tuple[str, Any]]:
    """The members of a module, list, tuple or dict, with dotted names.

    Raises:
        TypeError: for Values in a set, a deque or an array, which would be no parameters.
    """
    if isinstance(holder, (list, tuple)):
        items: Any = enumerate(holder)
    else:
        items = (holder if isinstance(holder, dict) else vars(holder)).items()
    prefix = f"{name}." if name else ""
    return [
        (f"{prefix}{key}", x)
        for key, x in items
        if isinstance(x, (Value, Structure, list, tuple, dict))
        or (type(x).__name__ in _WITHOUT_NAMES and _refuse_members(f"{prefix}{key}", x))
    ]


def _refuse_members(name: str, holder: Any) -> bool:
    """Raise a TypeError if a set, a deque or an array holds Values or modules."""
    is_array = hasattr(holder, "dtype")
    items = holder if not is_array else holder.flat if holder.dtype == object else ()
    if any(isinstance(x, (Value, Structure)) for x in items):
        raise TypeError(
            f"{name} is {describe_type(holder)} with Values or modules, whose parameters would not "
            "be found: keep them in a list, a tuple or a dict"
        )
    return False


def paths_in(module: Structure, above: str) -> dict[int, str]:
    """The paths of the modules that a module holds, by their ids, for a module of path `above`."""
    found: list[dict[int, str]] = []
    for name, x in vars(module).items():
        if isinstance(x, (list, tuple)) and _HOLDERS.isdisjoint(kinds := set(map(type, x))):
            if kinds != _LEAVES:  # a list of modules, at a tenth of the time of a walk
                found.append(_numbered(above, name, tuple(map(id, x))))
        elif isinstance(x, Structure):
            found.append({id(x): _join(above, name)})
        elif isinstance(x, (list, tuple, dict)):
            return {id(x): _join(above, name) for name, x in walk(module, nested=False)}
    if len(found) == 1:
        return found[0]
    return {key: path for paths in reversed(found) for key, path in paths.items()}


@lru_cache(1024)
def _numbered(above: str, name: str, ids: tuple[int, ...]) -> dict[int, str]:
    """The paths of the items of a list by their ids; of one that is there twice, the first."""
    return {ids[i]: _join(above, f"{name}.{i}") for i in reversed(range(len(ids)))}


def _join(above: str, name: str) -> str:
    return f"{above}.{name}" if above else name


def walk(module: Structure, *, nested: bool = True) -> Iterator[tuple[str, Any]]:
    """Every module and Value below `module`, each once, in the order of definition.

    Without `nested`, those that other modules hold are left out.
    """
    seen = {id(module)}
    stack = _members("", module)[::-1]
    while stack:
        name, x = stack.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        if isinstance(x, (Value, Structure)):
            yield name, x
        if isinstance(x, (list, tuple)) and set(map(type, x)) == _LEAVES:
            for i, leaf in enumerate(x):  # a row of weights, at a third of the time
                if id(leaf) not in seen:
                    seen.add(id(leaf))
                    yield f"{name}.{i}", leaf
        elif not isinstance(x, Value) and (nested or not isinstance(x, Structure)):
            stack += _members(name, x)[::-1]


def parameters_in(module: Structure) -> Iterator[tuple[str, Value]]:
    """The parameters, which are all leaves but constants, with dotted names.

    They are marked as parameters so that drawings can tell.
    """
    for name, x in walk(module):
        is_value = type(x) is Leaf or (isinstance(x, Value) and not isinstance(x, Constant))
        if is_value and x.is_leaf:
            x.mark_parameter()
            yield name, x


def _outline(module: Structure, above: tuple[Structure, ...]) -> list[Part]:
    """The module and those it holds; neighbours that are alike in all of theirs share a part."""
    above = (*above, module)
    leaves = [leaf for _, leaf in parameters_in(module)]
    frozen = sum(leaf.is_constant for leaf in leaves)
    kind, shape = type(module).__name__, str(module.extra_repr())
    parts = [Part(len(above) - 1, "", 1, kind, shape, len(leaves), frozen)]
    held = []
    for name, x in walk(module, nested=False):
        if isinstance(x, Structure):
            instead = "and what it holds" if len(above) >= DEEPEST else ""
            if any(x is one for one in above):
                instead = "shown above"
            alone = Part(len(above), "", 1, type(x).__name__, "", 0, 0, instead)
            parts_of = [alone] if instead else _outline(x, above)
            held.append((name.rpartition(".")[0] or name, parts_of, name))
    for (_, inner), alike in itertools.groupby(held, lambda entry: entry[:2]):
        names = [name for _, _, name in alike]
        name = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        parts += [inner[0]._replace(name=name, alike=len(names)), *inner[1:]]
    return parts
