"""Columns: the results of all samples, put into the structure of one a column at a time.

    [(w, b), (w, b), …]   is   zip(all w, all b)

What each sample has alike is made by one call for all of them, and not by one for each sample.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..transforms.trees import TreeDef
from .call_structure import Build, result_parts

Column = Callable[[Any], list[Any]]  # of the rows, an entry for each


def column_builder(x: Any, leaves: list[Any], where: str) -> Build:
    """Make a function that gives, of an array with a row for each sample, a list of results like x.

    Args:
        x: the result of one sample.
        leaves: gets its numbers.
        where: what an error calls it.
    """
    treedef, parts = result_parts(x, leaves, True, where)
    columns = iter([partial(_part, *part) for part in parts])
    return _column(treedef, columns.__next__)


def _part(start: int, stop: int, shape: Sequence[int], rows: Any) -> list[Any]:
    if not shape:
        return rows[:, start].tolist()  # type: ignore[no-any-return]
    part = rows[:, start:stop]
    return list(part if len(shape) == 1 else part.reshape(len(rows), *shape))


def _column(treedef: TreeDef, next_part: Callable[[], Column]) -> Column:
    kind, keys, _, children = treedef
    if kind is None:
        return next_part()
    columns = [_column(child, next_part) for child in children] or [next_part() for _ in keys]
    if not columns:
        return lambda rows: [kind() for _ in rows]
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
