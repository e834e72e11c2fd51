"""Results: the structure of what a function returned, and how numbers are put into it."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import itemgetter, methodcaller
from typing import Any

from ..engine.messages import describe_type
from ..engine.node import Node
from ..engine.numbers import flag_as_number, is_array, number
from ..transforms.arrays import ArrayOfScalars
from ..transforms.trees import Opened, TreeDef, flatten, open_array, open_module
from .call_structure import MOST_OF_RESULTS

Build = Callable[[Any], Any]
ResultPart = tuple[int, int, Sequence[int]]  # the first of its results, the one after it, its shape


class ResultBuilder:
    """Puts results into a structure: call it with the numbers, a list or an array.

    Args:
        treedef: the structure.
        parts: its parts.
        arrays: give nested lists as arrays.
    """

    def __init__(self, treedef: TreeDef, parts: Sequence[ResultPart], arrays: bool) -> None:
        self.treedef, self.parts, self.arrays = treedef, parts, arrays
        self._build = treedef.builder([_taker(*part, arrays) for part in parts])

    def __call__(self, numbers: Any) -> Any:
        """The results in the structure."""
        return self._build(numbers)


def result_builder(
    x: Any,
    leaves: list[Any],
    arrays: bool,
    where: str = "the result",
) -> Build:
    """Make a function that puts results in the structure of `x`, whose leaves go to `leaves`.

    Args:
        x: what the function returned.
        leaves: gets them in order, the order of the results.
        arrays: give nested lists as arrays, as they were passed.
        where: what an error calls it.

    Raises:
        TypeError: for anything else.
    """
    treedef, parts = result_parts(x, leaves, arrays, where)
    return ResultBuilder(treedef, parts, arrays)


def result_parts(
    x: Any, leaves: list[Any], arrays: bool, where: str
) -> tuple[TreeDef, list[ResultPart]]:
    """What `result_builder` makes its function of: see there.

    Returns:
        The structure of `x`, and of each part of it the first result, the last, and the shape.
    """
    # The structure, not x itself, which would keep the whole graph.
    is_leaf = partial(_is_block, arrays=arrays)
    parts, treedef = flatten(x, where, is_leaf=is_leaf, opener=open_module, most=MOST_OF_RESULTS)
    found: list[ResultPart] = []
    for part, place in zip(parts, treedef.places(where), strict=True):
        start, shape = len(leaves), shape_of(part) or ()
        leaves += _results(part, place) if shape else [_result(part, place)]
        found.append((start, len(leaves), shape))
    return treedef, found


def result_structure(x: Any) -> TreeDef:
    """The structure of what the function returned, from which `result_builder` can be made anew."""
    return flatten(x, opener=_open_result, most=MOST_OF_RESULTS)[1]


def _open_result(x: Any) -> Opened | None:
    return open_array(x) if isinstance(x, ArrayOfScalars) else open_module(x)


def _is_block(x: Any, arrays: bool) -> bool:
    """Whether `x` is given as an array, or else a list of numbers as one slice of the results."""
    shape = shape_of(x) if isinstance(x, list) else None
    return shape is not None and (arrays or len(shape) == 1)


def _taker(start: int, stop: int, shape: Sequence[int], arrays: bool) -> Build:
    """Make a function that takes this part of the results, an array or a list, in this shape."""
    if not shape:
        return methodcaller("item", start) if arrays else itemgetter(start)
    if not arrays or len(shape) == 1:
        return itemgetter(slice(start, stop))
    return lambda numbers: numbers[start:stop].reshape(shape)


def _results(part: Any, where: str) -> list[Any]:
    """The numbers and nodes in nested lists of them, once it is sure that they are."""
    leaves, treedef = flatten(part)
    if all(kind is float or issubclass(kind, Node) for kind in set(map(type, leaves))):
        return leaves
    return list(map(_result, leaves, treedef.places(where)))


def _result(x: Any, where: str) -> Any:
    """A number or a node that a function returned, once it is sure that it is one."""
    if isinstance(x, Node):
        return x
    try:
        return number(flag_as_number(x))
    except TypeError as error:
        instead = str(error)
        if is_array(x):
            instead = "return x.tolist()"
        elif isinstance(x, Iterable) and not isinstance(x, str):
            instead = "return list(x)"
        raise TypeError(
            "a compiled function returns numbers, in lists, tuples and dicts: "
            f"{where} is {describe_type(x)}: {instead}"
        ) from None


def shape_of(x: Any) -> tuple[int, ...] | None:
    """The shape of nested lists, if they are all of one length at each depth."""
    if not isinstance(x, list):
        return () if isinstance(x, (Node, int, float)) else None
    if not len(x):
        return x.shape if isinstance(x, ArrayOfScalars) else (0,)
    if all(issubclass(kind, (Node, int, float)) for kind in set(map(type, x))):
        return (len(x),)
    shapes = {shape_of(item) for item in x}
    inner = shapes.pop() if len(shapes) == 1 else None
    return None if inner is None else (len(x), *inner)
