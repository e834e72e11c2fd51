"""Structures of arguments and results as JSON, and back.

A structure is a key of a recording (`call_structure.py`): tuples of types, names and `TreeDef`s.
Classes and functions are there by their names, and are looked up among what is imported already:
nothing is imported, and nothing that a name leads to is called, but a named tuple made of its
items.
"""

import sys
import types
from collections.abc import Sequence
from math import prod
from typing import Any

from ...engine.errors import CompiledFileError
from ...engine.messages import short_repr
from ...engine.op import Op
from ...transforms.arrays import ArrayOfScalars
from ...transforms.function_names import is_importable
from ...transforms.trees import LEAF, NOTHING, TreeDef

PACKAGE = __name__.rpartition(".compiler.")[0]  # which may have another name elsewhere
_NAMED = (type, types.FunctionType, types.BuiltinFunctionType, Op)
_OF_PYTHON = {  # types that have no name but there
    getattr(types, name): name for name in ("NoneType", "FunctionType", "BuiltinFunctionType")
}
_TUPLE, _RANGE, _TREE, _NAME, _SET, _BYTES = "tuple", "range", "tree", "name", "set", "bytes"


def encoded(x: Any) -> Any:
    """A key as JSON.

    Raises:
        CompiledFileError: for what only this process has, such as an object.
    """
    kind = type(x)
    if x is None or kind in (bool, int, str):
        return x
    if kind is float:
        return {"float": x.hex()}
    if kind is TreeDef:
        return {_TREE: [encoded(x.kind), encoded(x.keys), encoded(x.extra), encoded(x.children)]}
    if kind is tuple:
        return {_TUPLE: list(map(encoded, x))}
    if kind is range and x == range(len(x)):
        return {_RANGE: len(x)}
    if kind is frozenset:
        return {_SET: list(map(encoded, x))}
    if kind is bytes:
        return {_BYTES: x.hex()}
    if isinstance(x, type) and x in _OF_PYTHON:
        return {_NAME: ["types", _OF_PYTHON[x]]}
    if isinstance(x, _NAMED) and is_importable(x):
        module = x.__module__
        inside = module == PACKAGE or module.startswith(f"{PACKAGE}.")
        return {_NAME: [module.removeprefix(PACKAGE) if inside else module, x.__qualname__]}
    inner = getattr(x, "x", x)  # of a key for an object that has none
    raise CompiledFileError(
        f"a recording depends on {short_repr(inner)}, which no file holds: pass what is in it as "
        "numbers, or define it with a name in a module"
    )


def decoded(x: Any) -> Any:
    """The key that was encoded.

    Raises:
        CompiledFileError: for anything else, and for the name of a class that is not imported.
    """
    if x is None or type(x) in (bool, int, str):
        return x
    if type(x) is not dict or len(x) != 1:
        raise CompiledFileError("it has a structure of no known kind")
    ((kind, content),) = x.items()
    if kind == "float":
        return float.fromhex(content)
    if kind == _TUPLE:
        return tuple(map(decoded, content))
    if kind == _RANGE:
        return range(content)
    if kind == _SET:
        return frozenset(map(decoded, content))
    if kind == _BYTES:
        return bytes.fromhex(content)
    if kind == _NAME:
        return _found(*content)
    if kind == _TREE:
        return _tree(*map(decoded, content))
    raise CompiledFileError("it has a structure of no known kind")


def _found(module: str, name: str) -> Any:
    """What has this name in a module that is imported."""
    full = PACKAGE + module if not module or module.startswith(".") else module
    found: Any = sys.modules.get(full)
    for part in name.split("."):
        found = vars(found).get(part) if found is not None and hasattr(found, "__dict__") else None
    if not isinstance(found, _NAMED):
        raise CompiledFileError(
            f"it needs {name} of the module {full}, which is not imported, or has no such class or "
            "function: import it before loading"
        )
    return found


def _tree(kind: Any, keys: Sequence[Any], extra: Any, children: tuple[TreeDef, ...]) -> TreeDef:
    """A `TreeDef`, if it is one that `flatten` makes."""
    named = isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_make")
    good = (
        (kind in (None, NOTHING.kind, list, tuple, dict, ArrayOfScalars) or named)
        and isinstance(keys, (tuple, range))
        and isinstance(children, tuple)
        and all(type(child) is TreeDef for child in children)
        and len(children) in (0, len(keys))
        and not (kind in (None, NOTHING.kind) and keys)
        and not (named and len(keys) != len(kind._fields))
    )
    if not good:
        raise CompiledFileError("it has a structure that no arguments can have")
    return LEAF if kind is None else TreeDef(kind, keys, extra, children)


def count_leaves(tree: TreeDef) -> int:
    """How many leaves a structure has."""
    if tree.kind is None:
        return 1
    return sum(map(count_leaves, tree.children)) if tree.children else len(tree.keys)


def count_numbers(kind: Any) -> int:
    """How many numbers an argument of this structure has; 0 for what is no structure of one."""
    if kind is float:
        return 1
    if type(kind) is TreeDef:
        return count_leaves(kind)
    if type(kind) is not tuple or not kind:
        return 0
    first, *rest = kind
    if first == "array" and len(rest) == 1 and _are_sizes(rest[0]):
        return prod(rest[0])
    if type(first) is TreeDef:
        return sum(map(count_numbers, rest))
    if isinstance(first, type) and len(rest) in (2, 3):  # a Module, an optimizer
        return len(rest[-2])
    return 0


def widths(kind: Any) -> list[int]:
    """How many numbers each block of a mapped argument has for a sample."""
    if type(kind) is not tuple or not kind or type(kind[0]) is not TreeDef:
        raise CompiledFileError("it has an argument without an entry for each sample")
    found = []
    for part in kind[1:]:
        if type(part) is tuple and part[:1] == ("array",) and _are_sizes(part[-1]):
            found.append(prod(part[-1]))
        elif type(part) is tuple and part[:1] == ("list",) and len(part) <= 2:
            found.append(sum(map(count_numbers, part[1:])))
        else:
            raise CompiledFileError("it has an argument without an entry for each sample")
    return found


def _are_sizes(shape: Any) -> bool:
    return type(shape) is tuple and all(type(size) is int and size >= 0 for size in shape)


def described(kind: Any) -> str:
    """A structure of an argument in a few words, for an error message."""
    if kind is float:
        return "a number"
    if type(kind) is tuple and kind and type(kind[0]) is TreeDef:
        kind = kind[0] if count_leaves(kind[0]) > 1 else kind[-1]
    if type(kind) is TreeDef:
        if kind.kind is dict:
            return "{" + ", ".join(map(repr, kind.keys)) + "}"
        return f"a {kind.kind.__name__} of {len(kind.keys)}" if kind.kind else "a number"
    if type(kind) is tuple and kind and kind[0] == "array":
        return f"an array of shape {kind[1]}"
    if type(kind) is tuple and kind and kind[0] == "list":
        return "a list with an entry for each sample"
    if type(kind) is tuple and kind and isinstance(kind[0], type):
        return f"a {kind[0].__name__}"
    return "another argument"
