"""Programs of the native engine: what a row of many operands says, in steps."""

import pytest

from autograd.engine import calculus as c
from autograd.engine.op import Op
from autograd.formulas.native_programs import (
    MOST_OPERANDS,
    NOTHING,
    ONLY_ONE,
    REGISTER,
    TAKEN,
    Program,
    write_programs,
)
from autograd.formulas.native_spelling import names_of_rows

ADD, MUL = names_of_rows()[c.add], names_of_rows()[c.mul]


def test_a_sum_is_added_from_left_to_right_and_its_derivatives_are_the_very_one() -> None:
    assert write_programs(c.sum, 3) == (
        Program((), ((ADD, 0, 1, 0), (ADD, 4, 2, 0)), ((REGISTER, 5),)),
        Program((), (), ((ONLY_ONE, 0),) * 3),
    )


def test_a_product_of_two_lists_gives_each_the_other() -> None:
    assert write_programs(c.dot, 4) == (
        Program((), ((MUL, 0, 2, 0), (MUL, 1, 3, 0), (ADD, 5, 6, 0)), ((REGISTER, 7),)),
        Program((), (), ((REGISTER, 2), (REGISTER, 3), (REGISTER, 0), (REGISTER, 1))),
    )


def test_where_nothing_flows_there_is_no_derivative() -> None:
    programs = write_programs(c.largest, 2)
    assert programs is not None
    assert [kind for kind, _ in programs[1].results] == [NOTHING, NOTHING]


@pytest.mark.parametrize("op", [c.where, c.add, Op("f", abs, 1.0)])
def test_what_is_no_op_of_so_many_operands_has_none(op: Op) -> None:
    assert write_programs(op, 2) is None


@pytest.mark.parametrize("op", [c.where, c.gather])
def test_a_choice_flows_to_what_was_taken(op: Op) -> None:
    programs = write_programs(op, 3)
    assert programs is not None
    assert [kind for kind, _ in programs[1].results] == [NOTHING, TAKEN, TAKEN]


def test_of_too_many_operands_there_is_none() -> None:
    assert write_programs(c.sum, MOST_OPERANDS)
    assert write_programs(c.sum, MOST_OPERANDS + 1) is None
