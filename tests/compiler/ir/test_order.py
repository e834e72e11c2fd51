"""Order: the one of several that lets most operands be read as rows or splats."""

from collections.abc import Callable, Sequence

import pytest

from autograd.compiler.ir.normal_form import Form
from autograd.compiler.ir.order import is_row, is_splat, order_groups
from autograd.engine import calculus as c

VECTORS: dict[str, tuple[Sequence[int], bool, bool]] = {  # a row, a splat
    "neighbours": ((3, 4, 5, 6), True, False),
    "one and the same": ((3, 3, 3), False, True),
    "one alone": ((3,), True, True),
    "with a gap": ((3, 4, 6), False, False),
    "backwards": ((5, 4, 3), False, False),
    "out of order, from first to last": ((3, 5, 4, 6), False, False),
    "all but one the same": ((3, 3, 4, 3), False, False),
    "from 0": ((0, 1), True, False),
}


@pytest.mark.parametrize("name", VECTORS)
def test_rows_and_splats(name: str) -> None:
    vector, row, splat = VECTORS[name]
    assert (is_row(vector), is_splat(vector)) == (row, splat)


def forms(*columns: Sequence[int]) -> list[Form]:
    """Maps with these operands, whose results stand from 1000 on."""
    return [
        Form(1000 + i, c.add, (), operands) for i, operands in enumerate(zip(*columns, strict=True))
    ]


def places(found: Sequence[Form]) -> list[int]:
    """In which order the forms stand, by their place as recorded."""
    return [form.position - 1000 for form in found]


FORWARD, BACKWARD = list(range(16)), list(range(15, -1, -1))
EVEN_FIRST = [*range(0, 16, 2), *range(1, 16, 2)]
ADDRESS = [100 + x for x in range(1100)]  # of each position

ORDERS: dict[str, tuple[list[Form], dict[int, int], list[int]]] = {
    "as recorded, if all are rows": (forms(FORWARD, FORWARD), {}, FORWARD),
    "as recorded, if the others are no better": (forms(EVEN_FIRST, FORWARD), {}, FORWARD),
    "by the operands": (forms(BACKWARD), {}, BACKWARD),
    "by the second, where the first is a splat": (
        forms([7] * 16, BACKWARD),
        {},
        BACKWARD,
    ),
    "by the first, where the second is a splat": (forms(BACKWARD, [7] * 16), {}, BACKWARD),
    "by the outputs, if all are outputs and the others are no better": (
        forms([7] * 16, [9] * 16),
        {1000 + x: 15 - x for x in range(16)},
        BACKWARD,
    ),
    "as recorded, if that is better": (
        forms(FORWARD),
        {1000 + x: y for x, y in enumerate(EVEN_FIRST)},
        FORWARD,
    ),
    "or if one is no output": (forms([7] * 16), {1000 + x: 15 - x for x in range(15)}, FORWARD),
    "fewer than a vector, as recorded": (forms([6, 5, 4, 3, 2, 1, 0]), {}, list(range(7))),
}


@pytest.mark.parametrize("name", ORDERS)
def test_order(name: str) -> None:
    given, rank, expected = ORDERS[name]
    assert places(order_groups(given, ADDRESS, rank)) == expected


SHUFFLES: dict[str, Callable[[int], int]] = {
    "backwards": lambda i: 15 - i,
    "every third": lambda i: 3 * i % 16,
    "halves swapped": lambda i: i ^ 8,
}


@pytest.mark.parametrize("name", SHUFFLES)
def test_order_is_one_of_the_forms_given_each_once(name: str) -> None:
    shuffle = SHUFFLES[name]
    given = forms([shuffle(i) for i in range(16)], [shuffle(i) // 2 for i in range(16)])
    rank = {1000 + i: shuffle(i) for i in range(16)}
    assert sorted(order_groups(given, ADDRESS, rank)) == sorted(given)


def test_order_of_outputs_counts_only_where_all_are_outputs() -> None:
    given = forms(list(range(0, 32, 2)))
    rank = {1000 + x: 15 - x for x in range(15)}
    assert places(order_groups(given, ADDRESS, rank)) == FORWARD


def test_order_depends_on_nothing_but_what_is_given() -> None:
    given = forms(BACKWARD, EVEN_FIRST)
    assert order_groups(given, ADDRESS, {}) == order_groups(list(given), list(ADDRESS), {})
