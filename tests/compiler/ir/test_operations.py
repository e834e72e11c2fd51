"""Operations and positions on the engine that runs; and that both engines make the same of them."""

import math
from typing import Any

import pytest

from autograd.compiler.ir.listing import Listing
from autograd.compiler.ir.needed import mark_operands
from autograd.compiler.ir.operations import Operations, Positions, order_of, waits_for
from autograd.compiler.tracing.traced import traced_leaf
from autograd.engine import calculus as c
from tests.compiler.ir.dozen_programs import DOZEN, programs
from tests.engines import told_by_both


def inputs(listing: Operations, count: int = 2) -> list[int]:
    return [listing.append() for _ in range(count)]


def test_positions_count_up_from_0() -> None:
    listing = Operations()
    assert inputs(listing, 3) == [0, 1, 2]
    assert listing.append(c.where, (0, 1, 2)) == 3
    assert [*listing.ops] == [None, None, None, c.where]
    assert [*listing.operands] == [(), (), (), (0, 1, 2)]
    assert (listing.ops[-1], listing.operands[3]) == (c.where, (0, 1, 2))


def test_there_is_nothing_beyond_the_last_position() -> None:
    listing = Operations()
    inputs(listing)
    for view in (listing.ops, listing.operands):
        assert len(view) == 2
        with pytest.raises(IndexError):
            view[2]


def test_ops_can_be_counted() -> None:
    listing = Operations()
    x, y = inputs(listing)
    listing.append(c.add, (x, y))
    assert [listing.ops.count(op) for op in (None, c.add, c.mul)] == [2, 1, 0]
    listing.append(c.mul, (x, y))
    listing.append(c.add, (y, x))
    assert listing.count_ops() == {None: 2, c.add: 2, c.mul: 1}


def test_an_operation_is_there_once() -> None:
    listing = Operations()
    x, y = inputs(listing)
    first = listing.operation(c.add, (x, y))
    others = [listing.operation(op, (x, y)) for op in (c.sub, c.mul, c.maximum)]
    assert [first, *others] == [2, 3, 4, 5]
    assert listing.operation(c.add, (x, y)) == first
    assert listing.operation(c.add, (y, x)) == 6
    assert [listing.operation(op, (x, y)) for op in (c.sub, c.mul, c.maximum)] == others


def test_thousands_of_operations_are_found_again() -> None:
    listing = Operations()
    inputs(listing, 60)
    pairs = [(x, y) for x in range(60) for y in range(60)]
    made = [listing.operation(c.mul, pair) for pair in pairs]
    assert made == [*range(60, 60 + len(pairs))]
    assert [listing.operation(c.mul, pair) for pair in pairs] == made


@pytest.mark.parametrize("number", [1.0, 2.0, 0.0, -1.0, math.inf, math.nan])
def test_of_products_with_a_constant_those_by_1_are_left_out(number: float) -> None:
    listing = Listing()
    [x] = inputs(listing, 1)
    factor = listing.constant(number)
    for operands in [(x, factor), (factor, x)]:
        found = listing.operation(c.mul, operands)
        assert (found == x) is (number == 1.0)
        assert listing.operation(c.mul, operands) == found
    both = listing.operation(c.mul, (factor, factor))
    assert repr(listing.constants[both]) == repr(number * number)


def test_a_sum_of_products_is_listed_product_by_product() -> None:
    listing = Listing()
    inputs(listing, 4)
    listing.operation(c.dot, (0, 1, 2, 3))
    assert [*listing.ops][4:] == [c.mul, c.mul, c.add]
    assert [*listing.operands][4:] == [(0, 2), (1, 3), (4, 5)]


def test_a_sum_is_listed_from_left_to_right() -> None:
    listing = Listing()
    inputs(listing, 4)
    total = listing.operation(c.sum, (3, 1, 0, 2))
    assert [*listing.operands][4:] == [(3, 1), (4, 0), (5, 2)]
    assert listing.operation(c.sum, (3,)) == 3
    assert listing.operation(c.sum, (3, 1, 0, 2)) == total


def test_of_a_sum_in_a_body_the_terms_that_are_the_same_for_all_are_computed_outside() -> None:
    outer = Listing()
    body = Listing(outer)
    x, (a, b) = body.append(), map(body.share, inputs(outer))
    square = body.operation(c.mul, (x, x))
    total = body.operation(c.dot, (square, a, square, a, b, body.constant(1.0)))
    assert [op for op in outer.ops if op] == [c.mul]
    assert [op for op in body.ops if op] == [c.mul, c.mul, c.add, c.add]
    (product,) = [i for i, op in enumerate(outer.ops) if op]
    first, second = body.operands[total]
    assert (second, body.shared[body.operands[first][1]]) == (square, product)


def test_what_was_simplified_is_found_again() -> None:
    listing = Listing()
    (x,) = inputs(listing, 1)
    one, half = listing.constant(1.0), listing.constant(0.5)
    assert listing.operation(c.mul, (x, one)) == x
    assert listing.operation(c.mul, (x, one)) == x
    assert listing.constants[listing.operation(c.add, (one, half))] == 1.5
    assert [op for op in listing.ops if op] == []


def test_what_waits_for_what_is_found_through_operands() -> None:
    listing = Operations()
    x, y = inputs(listing)
    product = listing.append(c.mul, (x, y))
    total = listing.append(c.add, (product, x))
    assert [waits_for(listing, total, other) for other in (x, y, product)] == [True] * 3
    assert not waits_for(listing, product, total)
    assert not waits_for(listing, total, total)


def test_marks_go_on_to_operands_within_a_range() -> None:
    listing = Operations()
    x, y, z = inputs(listing, 3)
    product = listing.append(c.mul, (x, y))
    total = listing.append(c.add, (product, z))
    found = bytearray(5)
    found[total] = True
    mark_operands(listing, total, 5, found)
    assert [*found] == [0, 0, 1, 1, 1]
    mark_operands(listing, 0, total, found)
    assert [*found] == [1, 1, 1, 1, 1]


def test_an_order_has_operands_first_and_is_none_where_they_are() -> None:
    listing = Operations()
    x, y = inputs(listing)
    total = listing.append(c.add, (x, y))
    product = listing.append(c.mul, (x, y))
    assert order_of(listing) is None
    listing.replace(total, c.add, (x, product))
    assert order_of(listing) == [x, y, product, total]


def test_nodes_have_positions() -> None:
    x, y = traced_leaf(1.0), traced_leaf(2.0)
    known: Any = Positions()
    known[x] = 7
    assert (known[x], known.get(x), known.get(y), known.get(y, -1)) == (7, 7, None, -1)
    assert x in known
    assert y not in known
    assert 1.0 not in known
    with pytest.raises(KeyError):
        known[y]


def test_both_engines_make_the_same_programs() -> None:
    native, python = told_by_both("tests.compiler.ir.dozen_programs")
    assert native == python
    assert [line.split(":")[0] for line in native.splitlines()] == [*DOZEN]


def test_a_program_is_the_same_each_time() -> None:
    assert [*programs()] == [*programs()]
