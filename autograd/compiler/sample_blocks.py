"""The numbers of the samples of a batch, or of the steps of a scan: a block of each argument.

An argument has an entry for each sample; their structure is that of the first one, which all have.
"""

from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from ..engine.messages import describe_type
from ..engine.numbers import is_array
from ..transforms.entries import count_samples, has_samples
from ..transforms.trees import flatten
from .call_structure import CALL, Advice, Piece, Places, structure
from .ir.stages import list_numbers


class SamplesDifferError(ValueError):
    """The samples of a batch, or the steps of a scan, have different structures."""


class SampleBlock(NamedTuple):
    """Numbers of all samples: so many of each, in a list, a memory, or an array of one row each.

    Attributes:
        where: what the argument is called that has them.
    """

    where: str
    samples: int
    width: int
    numbers: Any


class Entries(NamedTuple):
    """The names of the entries of an argument in error messages.

    Attributes:
        entry: what each of them is for.
        are_held_by: whether an object is what holds the entries; else it holds what does.
        otherwise: what to do where there are none.
        advice: what to do where an entry is no number.
    """

    entry: str
    are_held_by: Callable[[Any], bool]
    otherwise: str
    advice: Advice


SAMPLES = Entries(
    "sample",
    has_samples,
    ", or None in in_axes for an argument that all samples share",
    CALL,
)


def samples_structure(
    x: Any, where: str, blocks: list[SampleBlock], entries: Entries = SAMPLES
) -> Hashable:
    """A cache key for the structure of a mapped argument, whatever the number of samples.

    Args:
        x: the argument.
        where: what it is called.
        blocks: gets its numbers.
        entries: what it has entries for.

    Raises:
        TypeError: for what has no entry for each sample.
        SamplesDifferError: if the samples have different structures.
    """
    columns, treedef = flatten(x, where, is_leaf=entries.are_held_by)
    places = treedef.places(where)
    parts = map(_column_structure, columns, places, repeat(blocks), repeat(entries))
    return (treedef, *parts)


def _column_structure(x: Any, where: str, blocks: list[SampleBlock], entries: Entries) -> Hashable:
    if is_array(x):
        structure(x, where, [])
        count = len(x)
        width = x.size // count if count else 0
        blocks.append(SampleBlock(where, count, width, x.reshape(count, width)))
        return ("array", x.shape[1:])
    if not isinstance(x, (list, tuple)):
        raise TypeError(
            f"{where} should have an entry for each {entries.entry}, is {describe_type(x)}: "
            f"{_list_of(x)}{entries.otherwise}"
        )
    numbers: list[Piece] = []
    kinds = _entry_structures(x, where, numbers, entries.advice)
    several = f"for {entries.entry}s of several parts pass a dict of them, as {{'x': X, 'y': Y}}"
    if len(set(kinds)) > 1:
        other = next(i for i, kind in enumerate(kinds) if kind != kinds[0])
        raise SamplesDifferError(
            f"{where} has {entries.entry}s of different structures, {where}[0] and "
            f"{where}[{other}]: make them alike; {several}"
        )
    if set(map(type, numbers)) - {float}:
        raise TypeError(
            f"{where} is a list of arrays: pass one array with a row for each {entries.entry}; "
            f"{several}"
        )
    blocks.append(SampleBlock(where, len(x), len(numbers) // max(len(x), 1), numbers))
    return ("list", *kinds[:1])


def _entry_structures(
    x: Sequence[Any], where: str, numbers: list[Piece], advice: Advice
) -> list[Hashable]:
    """The structure of each entry, or of the first one if all are numbers; see `structure`."""
    if set(map(type, x)) == {float}:
        numbers.extend(x)
        return [float]
    places: Places = {}
    return [structure(y, f"{where}[{i}]", numbers, places, advice) for i, y in enumerate(x)]


def _list_of(x: Any) -> str:
    """Advice for an error message about an argument that has no entries."""
    several = isinstance(x, Iterable) and not isinstance(x, (str, bytes))
    return "pass a list, as list(x) gives, or an array" if several else "pass a list or an array"


def sample_at(i: int, x: Any, entries: Entries = SAMPLES) -> Any:
    """The part of a mapped argument that belongs to sample `i`; of None it is None."""
    if x is None:
        return None
    columns, treedef = flatten(x, is_leaf=entries.are_held_by)
    return treedef.unflatten([column[i] for column in columns])


def first_row(block: SampleBlock) -> list[float]:
    """The numbers of the first sample."""
    return (
        list_numbers(block.numbers[0]) if is_array(block.numbers) else block.numbers[: block.width]
    )


def count_of(blocks: Sequence[SampleBlock]) -> int:
    """The number of samples, the same for all mapped arguments.

    Raises:
        ValueError: for none, or different numbers.
    """
    return count_samples([(block.where, block.samples) for block in blocks])


def rows_of(
    blocks: Sequence[SampleBlock], count: int, width: int, *, shared: bool = True
) -> "memoryview[float]":
    """The numbers of each datum, one row after the other.

    Args:
        blocks: the numbers in the data.
        count: how many rows there are.
        width: how many numbers each has.
        shared: take those of a single array without a copy, if they lie there in this way.
    """
    if not any(is_array(block.numbers) for block in blocks):
        return memoryview(_rows_of_lists(blocks, count))
    (block, *others) = blocks
    numbers: Any = block.numbers
    if shared and not others and numbers.dtype == float:
        flags = numbers.flags
        if flags.c_contiguous and flags.writeable and flags.aligned:
            return memoryview(numbers.reshape(-1))
    import numpy

    rows: Any = numpy.empty((count, width))
    start = 0
    for block in blocks:
        rows[:, start : start + block.width] = numpy.reshape(block.numbers, (count, block.width))
        start += block.width
    return memoryview(rows.reshape(-1))


def _rows_of_lists(blocks: Sequence[SampleBlock], count: int) -> "array[float]":
    if len(blocks) == 1:
        return array("d", blocks[0].numbers)
    rows = array("d")
    for i in range(count):
        for block in blocks:
            rows.extend(block.numbers[i * block.width : (i + 1) * block.width])
    return rows
