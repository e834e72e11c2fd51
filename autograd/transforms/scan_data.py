"""The data of a scan: lists and arrays with an entry for each step, in tuples and dicts."""

from typing import Any

from ..engine.arguments import positive_int
from ..engine.messages import describe_type, list_few, pluralize
from ..engine.numbers import is_array
from .entries import entries, has_samples
from .trees import flatten, kind_of_node


def has_steps(x: Any) -> bool:
    """Whether `x` is what holds the steps in data: no dict, and no tuple with lists or arrays."""
    of_parts = kind_of_node(x.__class__) is tuple and any(map(_is_list, x))
    return has_samples(x) and not of_parts


def steps_of(data: Any, length: int | None) -> list[Any]:
    """The datum of each step.

    Raises:
        TypeError: for data without an entry for each step.
        ValueError: for no steps, or different numbers of them.
    """
    if data is None:
        return [None] * check_counts(None, length)
    holders, treedef = flatten(data, "scan: data", is_leaf=has_steps)
    places = treedef.places("scan: data")
    columns = list(map(_entries, holders, places))
    counts = dict(zip(treedef.places("data"), map(len, columns), strict=True))
    check_counts(counts, length)
    return list(map(treedef.builder(), zip(*columns, strict=True)))


def check_counts(counts: dict[str, int] | None, length: int | None) -> int:
    """The number of steps, if all parts of the data have as many.

    Args:
        counts: how many entries each part has, by its place; None without data.
        length: how many there should be, None for any number.

    Raises:
        TypeError: for a length that is no int.
        ValueError: if they are different, or none, or neither of the two is given.
    """
    if length is not None:
        length = positive_int("length of scan", length)
    if counts is None:
        if length is None:
            raise ValueError(
                "scan needs data, with an entry for each step, or length=, the number of steps: "
                "got neither"
            )
        return length
    if len(set(counts.values())) > 1:
        told = list_few(counts.items(), lambda item: f"{item[0]} has {item[1]}")
        raise ValueError(f"scan needs as many entries in each part of the data: {told}")
    count = next(iter(counts.values()), 0)
    if not count and length is not None:
        raise ValueError(f"scan got data without entries and length={length}: leave data out")
    if not count:
        raise ValueError(
            "scan needs at least one step, and the data have none; for steps without data pass "
            "length="
        )
    if length not in (None, count):
        raise ValueError(
            f"scan got data for {pluralize(count, 'step')} and length={length}: leave length out, "
            "or make them agree"
        )
    return count


def _is_list(x: Any) -> bool:
    return isinstance(x, list) or is_array(x)


def _entries(x: Any, where: str) -> list[Any]:
    if not _is_list(x) and not isinstance(x, tuple):
        raise TypeError(
            f"{where} should have an entry for each step, is {describe_type(x)}: pass a list or an "
            "array; what all steps share the function may use without being given it"
        )
    return entries(x, where)


def reversed_steps(x: Any) -> Any:
    """The data of all steps, or their outputs as a scan gives them, the last first."""
    parts, treedef = flatten(x, "the data", is_leaf=has_steps)
    return treedef.unflatten(x[::-1] if _is_list(x) or isinstance(x, tuple) else x for x in parts)
