"""Packing: the numbers of arguments into a memory, and results out of it, by the engine in C.

`last_call.py`, `results.py` and `columns.py` are the definitions. Here a tree is described as
`engine/_trees.h` reads it: a row for each of its parts, a node before its items. A row has the kind
of the part, how many items or numbers there are, which of all numbers is the first, the keys of a
dict or the shape of an array, and whether a node of the arguments has numbers alone; these have no
rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ..engine.native import native
from ..engine.numbers import is_array
from ..transforms.trees import LEAF, NOTHING, TreeDef
from .results import ResultBuilder, ResultPart
from .workspace import room_for

Pack = Callable[..., bool]
Unpack = Callable[..., Any]
Row = tuple[Any, int, int, Any, bool]
_NUMBERS = {float, int}
_FORMATS = "dfbBhHiIlLqQ"  # of arrays, as _packing.h has them


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
    """
    return _packer(tuple(args))


def sample_packer(samples: Sequence[Any]) -> tuple[Pack, int] | None:
    """Make a function that writes the numbers of all samples in a list like this one.

    It takes the list, the memory, and how many samples there are, which may be others.

    Returns:
        The function, and how many numbers a sample has; None where Python has to read them.
    """
    if type(samples) is not list or not samples:
        return None
    pack, rows = _packer(samples[0]), list[Row]()
    if pack is None:
        return None
    width = _describe(samples[0], 0, rows)
    return (pack, width) if pack(samples, room_for(width * len(samples)), len(samples)) else None


def _packer(x: Any) -> Pack | None:
    if native is None:
        return None
    rows: list[Row] = []
    try:
        _describe(x, 0, rows)
        return native.Packer(tuple(rows), False)  # type: ignore[no-any-return]
    except (_UnknownError, RecursionError):
        return None


def _describe(x: Any, start: int, rows: list[Row]) -> int:
    """Add the rows of an argument; give the place of the numbers after it."""
    kind = type(x)
    if _is_number(kind):
        rows.append((float, 1, start, None, False))
        return start + 1
    if is_array(x):
        if kind.__module__ != "numpy" or x.dtype.char not in _FORMATS or not x.dtype.isnative:
            raise _UnknownError
        rows.append((kind, x.size, start, x.shape, False))
        return start + int(x.size)
    is_tuple = issubclass(kind, tuple) and kind.__iter__ is tuple.__iter__
    if kind not in (list, dict) and not is_tuple:
        raise _UnknownError
    items = x.values() if kind is dict else x
    plain = all(map(_is_number, {*map(type, items)}))
    rows.append((kind, len(x), start, tuple(x) if kind is dict else None, plain))
    if plain:
        return start + len(x)
    for item in items:
        start = _describe(item, start, rows)
    return start


def _is_number(kind: type) -> bool:
    """Whether C takes what is of this type for a number, as `structure` does."""
    is_of_numpy = kind.__module__ == "numpy" and kind.__name__ == "float64"
    return kind in _NUMBERS or is_of_numpy


def unpacker(build: ResultBuilder) -> Unpack | None:
    """Make a function that does the same in C.

    Args:
        build: puts results into their structure.

    Returns:
        The function, which takes a memory in the place of a list; None where Python has to do it.
    """
    return _unpacker(build.treedef, build.parts, build.arrays)


def _unpacker(treedef: TreeDef, parts: Iterable[ResultPart], arrays: bool) -> Unpack | None:
    if native is None:
        return None
    rows = tuple(_rows(treedef, iter(parts)))
    return native.Unpacker(rows, arrays)  # type: ignore[no-any-return]


def batch_unpacker(treedef: TreeDef, parts: Sequence[ResultPart], arrays: bool) -> Unpack | None:
    """Make a function that gives a list with the result of each sample, from the rows of all.

    Args:
        treedef: the structure of one.
        parts: what `result_parts` says of it.
        arrays: whether these are `ArrayRows`, else `ListRows`.

    Returns:
        The function; None where Python has to do it.
    """
    unpack = _unpacker(treedef, parts, arrays)
    if unpack is None:
        return None
    blocks = [part for part in parts if part[2]]

    def unpack_rows(rows: Any) -> list[Any]:
        columns = tuple([rows.block(*part) for part in blocks]) if arrays else None
        return unpack(rows.numbers, rows.size, rows.width, columns)  # type: ignore[no-any-return]

    return unpack_rows


def _rows(treedef: TreeDef, parts: Iterator[ResultPart]) -> Iterator[Row]:
    kind, keys, _, children = treedef
    if kind is None:
        start, stop, shape = next(parts)
        yield float, stop - start, start, tuple(shape) or None, False
        return
    if kind is NOTHING.kind:
        yield kind, 0, 0, None, False
        return
    yield getattr(kind, "_make", kind), len(keys), 0, tuple(keys), False
    for child in children or [LEAF] * len(keys):
        yield from _rows(child, parts)
