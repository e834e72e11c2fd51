"""Entries: what each sample of a batch, or step of a scan, gets of the arguments and gives.

`split` takes mapped arguments apart, and `stack` puts results together.
"""

from collections.abc import Sequence
from typing import Any

from ..engine.messages import describe_type, list_few
from ..engine.node import Node
from ..engine.numbers import is_array
from .arrays import array_of_scalars, reason_to_refuse
from .trees import TreeDef, describe, flatten, kind_of_node


def as_operand(x: Any) -> Any:
    """What stands for a leaf of a sample among the operands of the batch."""
    return x if isinstance(x, Node) else float(x) if type(x) in (float, int) else 0.0


def split(args: Sequence[Any], mapped: Sequence[bool], names: Sequence[str]) -> list[list[Any]]:
    """The arguments of each sample; errors call them by these names.

    Raises:
        ValueError: for no samples or different numbers of them.
        TypeError: for a mapped argument that is a single number.
    """
    parts: dict[int, tuple[TreeDef, list[list[Any]]]] = {}
    lengths: list[tuple[str, int]] = []
    for i, x in enumerate(args):
        if mapped[i] and holds_samples(x):
            holders, treedef = flatten(x, f"vmap: {names[i]}", is_leaf=has_samples)
            places = treedef.places(names[i])
            found = [
                entries(holder, f"vmap: {place}")
                for holder, place in zip(holders, places, strict=True)
            ]
            parts[i] = treedef, found
            lengths += zip(places, map(len, found), strict=True)
    count = count_samples(lengths)
    columns = {
        i: list(map(treedef.builder(), zip(*found, strict=True)))
        for i, (treedef, found) in parts.items()
    }
    return [
        [columns[i][s] if i in columns else x for i, x in enumerate(args)] for s in range(count)
    ]


def count_samples(lengths: Sequence[tuple[str, int]]) -> int:
    """The number of samples, as each mapped argument, or part of one, has it by its name.

    Raises:
        ValueError: for no samples or different numbers of them.
    """
    counts = {length for _, length in lengths}
    if len(counts) > 1:
        told = list_few(lengths, lambda item: f"{item[0]} has {item[1]}")
        raise ValueError(f"vmap needs as many samples in each mapped argument: {told}")
    count = next(iter(counts), 0)
    if not count:
        raise ValueError("vmap needs at least one sample, got none")
    return count


def has_samples(x: Any) -> bool:
    """Whether `x` is what holds the samples in a mapped argument, not a dict or named tuple."""
    return x is not None and kind_of_node(x.__class__) in (None, list, tuple)


def holds_samples(x: Any) -> bool:
    """Whether a mapped argument has an entry for each sample, and is not made of None alone."""
    return x is not None and bool(flatten(x, is_leaf=has_samples)[0])


def entries(x: Any, where: str) -> list[Any]:
    """The entries of what holds one for each sample.

    Raises:
        TypeError: for anything but a list, a tuple and an array.
    """
    if is_array(x) and hasattr(x, "tolist"):
        if hasattr(x, "__array_finalize__") and reason_to_refuse(x):  # numpy's, or a subclass
            raise TypeError(f"{where} {reason_to_refuse(x)}")
        return list(array_of_scalars(x.ravel().tolist(), x.shape))
    if isinstance(x, (list, tuple)):
        return list(x)
    raise TypeError(
        f"{where} should have an entry for each sample, is {describe_type(x)}: pass a list or "
        "an array, or None in in_axes for an argument that all samples share"
    )


def stack(results: Sequence[Any], needs: str = "vmap needs results", one: str = "sample") -> Any:
    """The results of all samples: lists of them, inside the tuples and dicts they come in.

    None is None for all samples.

    Args:
        results: those of each sample.
        needs, one: how an error begins, and what it calls a sample.

    Raises:
        TypeError: if they have different structures.
    """
    first = results[0]
    if not _are_alike(results):
        i, x = next((i, x) for i, x in enumerate(results) if _holder(x) != _holder(first))
        raise TypeError(
            f"{needs} of one structure: that of {one} 0 is {describe(first)}, and that of "
            f"{one} {i} is {describe(x)}"
        )
    if first is None:
        return None
    if isinstance(first, dict):
        return {key: stack([x[key] for x in results], needs, one) for key in first}
    if isinstance(first, tuple):
        parts = [stack(column, needs, one) for column in zip(*results, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
    return list(results)


def _are_alike(results: Sequence[Any]) -> bool:
    """Whether `_holder` is the same for all: of one type, as mostly, many are asked at once."""
    types = set(map(type, results))
    if len(types) > 1:
        return len(set(map(_holder, results))) == 1
    (of,) = types
    parts = frozenset if issubclass(of, dict) else len if issubclass(of, tuple) else None
    return parts is None or len(set(map(parts, results))) == 1


def _holder(x: Any) -> Any:
    """What holds the parts of a result; the same for all that has none."""
    if isinstance(x, dict):
        return dict, frozenset(x)
    return (type(x), len(x)) if isinstance(x, tuple) else x is None
