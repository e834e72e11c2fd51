"""Axes: which parts of the arguments of a batch have an entry for each sample.

Of an argument whose axes are a dict or a tuple some parts are mapped and others are shared:

    in_axes=({"w": None, "x": 0}, 0)        "x" of the first argument, and all of the second

Such a batch is one of a function of the parts, each of which is mapped as a whole, or shared.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..engine.messages import describe_type, pluralize, short_repr
from .trees import LEAF, Opened, TreeDef, describe, flatten, is_none, open_node

Axes = int | None | list[Any] | tuple[Any, ...]
Function = Callable[..., Any]


class Parts(NamedTuple):
    """The arguments of a batch in parts, each of which is mapped as a whole or shared.

    Attributes:
        treedef: the tuple of the arguments, as far as they are taken apart.
        parts: the parts.
        mapped: which of them have an entry for each sample.
        names: what they are called.
    """

    treedef: TreeDef
    parts: list[Any]
    mapped: list[bool]
    names: list[str]

    def function(self, f: Function) -> Function:
        """The function of one sample as one of the parts, for those that `f` takes."""
        put_together = self.treedef.builder()

        @functools.wraps(f, updated=())
        def of_parts(*parts: Any, **options: Any) -> Any:
            return f(*put_together(parts), **options)

        return of_parts


def check_axes(in_axes: Any) -> None:
    """Raise a ValueError unless axes are 0 and None, in tuples, lists and dicts."""
    leaves = [in_axes]
    if not isinstance(in_axes, dict):
        leaves = flatten(in_axes, "in_axes", is_leaf=is_none)[0]
    wrong = [axis for axis in leaves if isinstance(axis, bool) or axis not in (0, None)]
    if wrong:
        instead = ""
        if isinstance(in_axes, dict):
            instead = f". For the parts of the only argument write in_axes=({short_repr(in_axes)},)"
        elif any(type(axis) is int for axis in wrong):
            instead = ". For samples at another axis pass list(zip(*x)), or x.T of an array"
        raise ValueError(
            "in_axes is 0, for an argument with an entry for each sample, or None, for one that "
            "all share; or a tuple of them, in which a dict or tuple is for the parts of an "
            f"argument: got {short_repr(in_axes)}{instead}"
        )


def axes_of(in_axes: Axes, count: int) -> Sequence[Any]:
    """The axes of each of `count` arguments.

    Raises:
        ValueError: if they are for another number of arguments, or map none.
    """
    axes = in_axes if isinstance(in_axes, (list, tuple)) else (in_axes,) * count
    if not count:
        raise ValueError(
            "vmap maps arguments that are passed in order, got none: one with a name is the "
            "same for all samples"
        )
    if len(axes) != count:
        raise ValueError(f"in_axes is for {pluralize(len(axes), 'argument')}, got {count}")
    if 0 not in flatten(list(axes))[0]:
        raise ValueError("in_axes maps no argument: one of them needs an entry for each sample")
    return axes


def are_nested(in_axes: Axes) -> bool:
    """Whether the parts of some argument have axes of their own."""
    return isinstance(in_axes, (list, tuple)) and any(map(_opened, in_axes))


def _opened(axes: Any) -> Opened | None:
    """Axes for the parts of an argument taken apart; None for one axis, which may be None."""
    return None if axes is None else open_node(axes)


def parts_of(args: Sequence[Any], in_axes: Axes, names: Sequence[str] = ()) -> Parts:
    """The arguments taken apart, as far as axes are.

    Args:
        args: the arguments.
        in_axes: their axes.
        names: what they are called; without them argument 0, and so on.

    Raises:
        ValueError: if the axes do not fit the arguments, and where.

    Example:
        >>> from autograd.transforms.axes import parts_of
        >>> found = parts_of([{"w": 10.0, "x": [1.0, 2.0]}], ({"w": None, "x": 0},))
        >>> found.parts, found.mapped, found.names
        ([10.0, [1.0, 2.0]], [False, True], ["argument 0['w']", "argument 0['x']"])
    """
    found = Parts(LEAF, [], [], [])
    children = [
        _take_apart(x, axes, names[i] if names else f"argument {i}", found)
        for i, (x, axes) in enumerate(zip(args, axes_of(in_axes, len(args)), strict=True))
    ]
    return found._replace(treedef=TreeDef(tuple, range(len(args)), (), tuple(children)))


def _take_apart(x: Any, axes: Any, where: str, into: Parts) -> TreeDef:
    """The structure of an argument as far as its axes go; its parts are added to `into`."""
    wanted = _opened(axes)
    if wanted is None:
        into.parts.append(x)
        into.mapped.append(axes == 0)
        into.names.append(where)
        return LEAF
    kind, keys, extra, items = open_node(x) or LEAF
    axis_of = dict(zip(wanted[1], wanted[3], strict=True))
    if (kind is dict) is not (wanted[0] is dict) or set(keys) != set(axis_of) or kind is None:
        told = describe_type(x) if kind is None else describe(x)
        raise ValueError(
            f"in_axes for {where} is {describe(axes)}, and {where} is {told}: give 0 or None for "
            "all of it, or axes of its structure"
        )
    children = [
        _take_apart(item, axis_of[key], f"{where}[{key!r}]", into)
        for key, item in zip(keys, items, strict=True)
    ]
    return TreeDef(kind, keys, extra, tuple(children))
