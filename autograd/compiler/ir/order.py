"""The order of the operations in a group: the one that leaves the fewest operands scattered."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from ...transforms.lane_sum import LANES
from .normal_form import Form

T = TypeVar("T")
Series = TypeVar("Series", bound=tuple[int, ...])  # a first address, a distance, and what else


def order_groups(
    forms: Sequence[Form], address: Sequence[int], rank: dict[int, int]
) -> Sequence[Form]:
    """The forms by outputs, as they were recorded, or by operands, whichever reads best.

    Args:
        forms: the operations.
        address: where their operands are.
        rank: the number of each output among the outputs.
    """
    if len(forms) < LANES:
        return forms
    operands = [form.operands for form in forms]
    ends = dict.fromkeys((0, min(1, len(operands[0]) - 1)))  # the first two, or the only one
    columns = [[address[x[column]] for x in operands] for column in ends]
    fewest, best = len(columns) * len(forms), forms
    for order in _orders(forms, columns, rank):
        count = _count_scattered(order, columns)
        if count < fewest:
            fewest, best = count, [forms[i] for i in order]
        if not count:
            break
    return best


def _orders(
    forms: Sequence[Form], columns: Sequence[list[int]], rank: dict[int, int]
) -> Iterator[Sequence[int]]:
    """Orders of forms whose first operands are at these addresses, the better ones first."""
    places = range(len(forms))
    ranks = [rank.get(form.position, -1) for form in forms]
    if min(ranks) >= 0:
        yield sorted(places, key=ranks.__getitem__)
    yield places
    for key in (columns, columns[::-1])[: len(columns)]:
        yield sorted(places, key=list(zip(*key, strict=True)).__getitem__)


def _count_scattered(order: Sequence[int], columns: Sequence[list[int]]) -> int:
    """The number of operand vectors that need a gather: neither side by side nor one place."""
    found = set[Sequence[int]]()
    for column in columns:
        found.update(in_vectors(list(map(column.__getitem__, order))))
    return sum(not is_row(vector) and not is_splat(vector) for vector in found)


def in_vectors(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """The numbers in eights; the last ones may be fewer."""
    whole = len(numbers) - len(numbers) % LANES
    remaining = iter(numbers)
    found: list[tuple[int, ...]] = list(zip(*[remaining] * LANES, strict=False))
    return [*found, tuple(numbers[whole:])] if whole < len(numbers) else found


def is_row(vector: Sequence[int]) -> bool:
    """Whether the addresses follow one another."""
    first, count = vector[0], len(vector)
    return vector[-1] - first == count - 1 and list(vector) == list(range(first, first + count))


def is_splat(vector: Sequence[int]) -> bool:
    """Whether the addresses are all the same."""
    first = vector[0]
    return vector[-1] == first and vector.count(first) == len(vector)


def consecutive(numbers: Sequence[int]) -> list[Sequence[int]]:
    """The longest parts in which each number is one more than the one before."""
    return _cut(numbers, [i for i, (x, y) in enumerate(pairwise(numbers), 1) if y != x + 1])


def side_by_side(series: Sequence[Series]) -> list[Sequence[Series]]:
    """The longest parts of one distance in which each first address is beside the one before."""
    pairs = enumerate(pairwise(series), 1)
    return _cut(series, [i for i, (x, y) in pairs if y[:2] != (x[0] + 1, x[1])])


def _cut(xs: Sequence[T], places: Sequence[int]) -> list[Sequence[T]]:
    return [xs[start:stop] for start, stop in pairwise([0, *places, len(xs)])] if xs else []
