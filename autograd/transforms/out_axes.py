"""Out axes: where the samples stand in the results of a batch.

A result of each sample becomes a list with an entry for each: that is axis 0. With nested lists in
the results, the samples may stand further in, as another axis does in an array:

    out_axes=0        [[a0, b0], [a1, b1], [a2, b2]]        of three samples that give [a, b]
    out_axes=1        [[a0, a1, a2], [b0, b1, b2]]
    out_axes=None     [a0, b0]                              where all samples give the same
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..engine.errors import TracedValueError
from ..engine.messages import pluralize, short_repr
from ..engine.node import Node
from ..engine.numbers import same
from .strict import source_line
from .trees import LEAF, TreeDef, describe, flatten, is_none, kind_of_node, open_array, open_node

OutAxes = Any  # an int or None; or a tuple, list or dict of them for the parts of the results
_WANTED = (
    "out_axes is an int, the axis that the samples are in the results, or None for results that "
    "are the same for all; or a tuple or dict of them for the parts of what the function returns"
)


def check_out_axes(out_axes: OutAxes, reduce: str | None) -> None:
    """Raise a ValueError unless axes are ints and None, in tuples, lists and dicts."""
    leaves = flatten(out_axes, "out_axes", is_leaf=is_none)[0]
    if any(axis is not None and type(axis) is not int for axis in leaves):
        raise ValueError(f"{_WANTED}: got {short_repr(out_axes)}")
    if reduce is not None and set(leaves) != {0}:
        raise ValueError(
            f"out_axes is for the results of all samples, and reduce={reduce!r} gives one for all "
            "of them: leave one of the two out"
        )


def placed(
    results: Any,
    out_axes: OutAxes,
    where: str = "the result",
    *,
    varies: Callable[[Any], bool] | None = None,
) -> Any:
    """The results of all samples, which stand first, with the samples at these axes.

    Args:
        results: lists, or arrays, in the tuples and dicts that the function returns.
        out_axes: the axes.
        where: what errors call the results.
        varies: where one sample was recorded for all of them, tells of its results whether they
            depend on its numbers; without it, the results of all samples are compared.

    Raises:
        ValueError: if the axes do not fit the results, or these are not the same for all samples.
        TracedValueError: if a recording cannot tell that they are the same.

    Example:
        >>> from autograd.transforms.out_axes import placed
        >>> placed(([[1.0, 2.0], [3.0, 4.0]], [5.0, 5.0]), (1, None))
        ([[1.0, 3.0], [2.0, 4.0]], 5.0)
    """
    if results is None or (type(out_axes) is int and out_axes == 0):
        return results
    if kind_of_node(results.__class__) not in (None, list):
        kind, keys, extra, items = open_node(results) or LEAF
        axis_of = _axis_of(results, keys, out_axes, where)
        parts = [
            placed(item, axis_of[key], f"{where}[{key!r}]", varies=varies)
            for key, item in zip(keys, items, strict=True)
        ]
        return TreeDef(kind, keys, extra, ()).unflatten(parts)
    if out_axes is None:
        return _only(results, where, varies)
    if type(out_axes) is not int:
        raise ValueError(
            f"the out_axes for {where} are {describe(out_axes)}, and it is "
            f"{describe(results)}, of one entry for each sample: give one axis for all of it"
        )
    return _moved(results, out_axes, where)


def _axis_of(
    results: Any, keys: Sequence[Any], out_axes: OutAxes, where: str
) -> Mapping[Any, OutAxes]:
    """The axes of each part of the results."""
    if out_axes is None or type(out_axes) is int:
        return dict.fromkeys(keys, out_axes)
    _, names, _, axes = open_node(out_axes) or LEAF
    same_kind = isinstance(results, dict) is isinstance(out_axes, dict)
    if not same_kind or set(keys) != set(names):
        raise ValueError(
            f"the out_axes for {where} are {describe(out_axes)}, and it is {describe(results)}: "
            "give axes of its structure, or one axis for all of it"
        )
    return dict(zip(names, axes, strict=True))


def _only(results: Sequence[Any], where: str, varies: Callable[[Any], bool] | None) -> Any:
    """The result of each sample, if it is the same for all."""
    first = results[0]
    if varies is not None:
        if any(map(varies, _leaves(first))):
            raise _unknown(where)
        return first
    numbers = _numbers(first, where)
    for s in range(1, len(results)):
        found = _numbers(results[s], where)
        if len(found) != len(numbers) or not all(map(same, found, numbers)):
            raise ValueError(
                f"out_axes is None for {where}, which is not the same for all samples: "
                f"{short_repr(first)} for the first and {short_repr(results[s])} for "
                f"number {s}. Give an axis for it"
            )
    is_scalar = getattr(first, "ndim", None) == 0  # of numpy
    return first.item() if is_scalar else first


def _unknown(where: str) -> TracedValueError:
    return TracedValueError(
        f"out_axes is None for {where}, which a compiled function computes for each sample, and "
        "it cannot tell whether all give the same: give an axis for it and take the entry of one "
        f"sample, or compute it outside of the function that vmap applies {source_line()}"
    )


def _leaves(x: Any) -> list[Any]:
    return flatten(x, opener=open_array)[0]


def _numbers(x: Any, where: str) -> list[float]:
    if hasattr(x, "ravel"):  # an array
        return x.ravel().tolist()  # type: ignore[no-any-return]
    leaves = flatten(x)[0]
    if any(getattr(y, "is_traced", False) for y in leaves):
        raise _unknown(where)
    return [float(y._data if isinstance(y, Node) else y) for y in leaves]


def _moved(results: Any, axis: int, where: str) -> Any:
    """The results with the samples at another axis."""
    is_array = hasattr(results, "ndim")
    axes = results.ndim if is_array else _depth(results)
    if not -axes <= axis < axes:
        raise ValueError(
            f"out_axes is {axis} for {where}, which has {pluralize(axes, 'axis', 'axes')} with "
            f"that of the samples: give one from {-axes} to {axes - 1}"
        )
    axis %= axes
    if not is_array:
        return _moved_in_lists(results, axis, where)
    order = [*range(1, axis + 1), 0, *range(axis + 1, axes)]
    return results.transpose(order)


def _depth(x: Any) -> int:
    """How many axes nested lists have."""
    depth = 0
    while isinstance(x, list) or getattr(x, "ndim", False):
        depth += 1
        if not len(x):
            break
        x = x[0]
    return depth


def _moved_in_lists(results: Any, axis: int, where: str) -> Any:
    if axis == 0:
        return list(results)
    if len({len(x) for x in results}) > 1:
        raise ValueError(
            f"out_axes moves the samples in {where}, which has lists of different lengths: give "
            "0 for it"
        )
    columns = [[x[i] for x in results] for i in range(len(results[0]))]
    return [_moved_in_lists(column, axis - 1, where) for column in columns]
