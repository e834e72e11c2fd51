"""Packing: the numbers of arguments into a memory, and results out of it, by the engine in C.

`last_call.py`, `results.py` and `columns.py` are the definitions. Here a tree is described as
`_trees.h` reads it: a row for each of its parts, a node before its items. A row has the kind of the
part, how many items or numbers there are, which of all numbers is the first, the keys of a dict or
the shape of an array, and whether a node of the arguments has numbers alone; these have no rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ..engine.native import native
from ..transforms.trees import LEAF, NOTHING, TreeDef
from .call_structure import is_array
from .ir.program import Memory
from .results import Part

Pack = Callable[[Sequence[Any], Memory], bool]
Unpack = Callable[..., Any]
Row = tuple[Any, int, int, Any, bool]
_NUMBERS = {float, int}


class _UnknownError(Exception):
    """Something in the arguments that C does not know."""


def packer(args: Sequence[Any]) -> Pack | None:
    """Make a function that writes the numbers of arguments like these into a memory.

    It says whether they are like these. What C does not know, such as a key that is another
    object, is not, and left to `CallReader`.

    Args:
        args: the arguments.

    Returns:
        The function; None where Python has to read them.

    Example:
        >>> from array import array
        >>> from autograd.engine.native import native
        >>> from autograd.compiler.packing import packer
        >>> pack, memory = packer((1.0, [2.0, 3.0])), array("d", [0.0] * 3)
        >>> native is None or (pack((4, [5.0, 6.0]), memory), memory.tolist())
        (True, [4.0, 5.0, 6.0])
    """
    if native is None:
        return None
    rows: list[Row] = []
    try:
        _describe(tuple(args), 0, rows)
        return native.Packer(tuple(rows), False)  # type: ignore[no-any-return]
    except (_UnknownError, RecursionError):
        return None


def _describe(x: Any, start: int, rows: list[Row]) -> int:
    """Add the rows of an argument; give the place of the numbers after it."""
    kind = type(x)
    if kind in _NUMBERS:
        rows.append((float, 1, start, None, False))
        return start + 1
    if is_array(x):
        if kind.__module__ != "numpy" or x.dtype != float:
            raise _UnknownError
        rows.append((kind, x.size, start, x.shape, False))
        return start + int(x.size)
    is_tuple = issubclass(kind, tuple) and kind.__iter__ is tuple.__iter__
    if kind not in (list, dict) and not is_tuple:
        raise _UnknownError
    items = x.values() if kind is dict else x
    plain = _NUMBERS.issuperset(map(type, items))
    rows.append((kind, len(x), start, tuple(x) if kind is dict else None, plain))
    if plain:
        return start + len(x)
    for item in items:
        start = _describe(item, start, rows)
    return start


def unpacker(treedef: TreeDef, parts: Iterable[Part], arrays: bool, first: int) -> Unpack | None:
    """Make a function that puts results out of a memory into their structure.

    Args:
        treedef: the structure.
        parts: what `result_parts` says of it.
        arrays: whether the results come as an array, from which those inside are cut.
        first: where in the memory they start.

    Returns:
        The function; None where Python has to do it.
    """
    if native is None:
        return None
    return native.Unpacker(tuple(_rows(treedef, iter(parts), first)), arrays)  # type: ignore[no-any-return]


def _rows(treedef: TreeDef, parts: Iterator[Part], first: int) -> Iterator[Row]:
    kind, keys, _, children = treedef
    if kind is None:
        start, stop, shape = next(parts)
        yield float, stop - start, first + start, tuple(shape) or None, False
        return
    if kind is NOTHING.kind:
        yield kind, 0, 0, None, False
        return
    yield getattr(kind, "_make", kind), len(keys), 0, tuple(keys), False
    for child in children or [LEAF] * len(keys):
        yield from _rows(child, parts, first)
