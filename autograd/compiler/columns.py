"""Columns: the results of all samples, put into the structure of one a column at a time.

    [(w, b), (w, b), …]   is   zip(all w, all b)

What each sample has alike is made by one call for all of them, and not by one for each sample.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from operator import methodcaller
from typing import Any

from ..transforms.trees import TreeDef, flatten, open_module
from .packing import batch_unpacker
from .results import Build, result_parts, shape_of

_HOLDERS = (dict, tuple, type(None))  # of what is built once for all samples
Column = Callable[[Any], list[Any]]  # gives, of all rows, an entry for each


def all_results_builder(
    x: Any,
    leaves: list[Any],
    arrays: bool,
    where: str = "the result",
) -> Build:
    """Make a function that puts the results of all samples in the structure of `x`, of one.

    It takes them as `ArrayRows` or `ListRows`, with a row for each sample. None is given once.

    Args:
        x: the result of one sample.
        leaves: gets its numbers.
        arrays: give nested lists as arrays, of all samples if these are not in a list themselves.
        where: what an error calls it.
    """
    parts, treedef = flatten(x, where, is_leaf=_is_of_each, opener=open_module)
    takers = list(map(_all_of, parts, repeat(leaves), repeat(arrays), treedef.places(where)))
    return treedef.builder(takers)


def _is_of_each(x: Any) -> bool:
    return not isinstance(x, _HOLDERS)


def _all_of(x: Any, leaves: list[Any], arrays: bool, where: str) -> Build:
    shape = shape_of(x)
    if not arrays or shape is None:
        return list_builder(x, leaves, arrays, where)
    start = len(leaves)
    result_parts(x, leaves, arrays, where)
    stop = len(leaves)
    return methodcaller("block", start, stop, shape)


def list_builder(x: Any, leaves: list[Any], arrays: bool, where: str) -> Column:
    """Make a function that gives a list with the result of each sample, in the structure of `x`."""
    treedef, parts = result_parts(x, leaves, arrays, where)
    unpack = batch_unpacker(treedef, parts, arrays)
    if unpack is not None:
        return unpack
    return _column(treedef, iter([methodcaller("part", *one) for one in parts]))


def _column(treedef: TreeDef, parts: Iterator[Column]) -> Column:
    kind, keys, _, children = treedef
    if kind is None:
        return next(parts)
    columns = [_column(one, parts) for one in children] or [next(parts) for _ in keys]
    if not columns:
        return lambda rows: [kind() for _ in range(rows.size)]
    if kind is dict:
        return lambda rows: [
            dict(zip(keys, items, strict=True)) for items in zip(*_made(columns, rows), strict=True)
        ]
    if kind is tuple:
        return lambda rows: list(zip(*_made(columns, rows), strict=True))
    join: Any = getattr(kind, "_make", kind)
    return lambda rows: list(map(join, zip(*_made(columns, rows), strict=True)))


def _made(columns: Sequence[Column], rows: Any) -> list[list[Any]]:
    return [column(rows) for column in columns]
