"""The order of the operations in a group: the one that leaves the fewest operands scattered."""

from collections.abc import Iterator, Sequence

from ...transforms.vmap import LANES
from .normal_form import Form


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
    orders = [forms]
    if all(form.position in rank for form in forms):
        orders.insert(0, sorted(forms, key=lambda form: rank[form.position]))
    columns = sorted({0, min(1, len(forms[0].operands) - 1)})
    for first, second in ((columns[0], columns[-1]), (columns[-1], columns[0])):
        orders.append(
            sorted(
                forms,
                key=lambda form: (address[form.operands[first]], address[form.operands[second]]),
            )
        )
    return min(orders, key=lambda order: _count_scattered(order, address, columns))


def _count_scattered(forms: Sequence[Form], address: Sequence[int], columns: Sequence[int]) -> int:
    """The number of operand vectors that need a gather: neither side by side nor one place."""
    found = set[Sequence[int]]()
    for column in columns:
        found.update(in_vectors([address[form.operands[column]] for form in forms]))
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


def consecutive(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """The longest parts in which each number is one more than the one before."""
    start = 0
    for stop in range(1, len(numbers) + 1):
        if stop == len(numbers) or numbers[stop] != numbers[stop - 1] + 1:
            yield numbers[start:stop]
            start = stop
