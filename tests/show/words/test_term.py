"""Terms: the calculus on names, simplified as a textbook would, and true to the numbers."""

import copy
import operator
from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value
from autograd.engine import calculus as c
from autograd.engine.op import Op
from autograd.show.words.term import Term, elided, named, numeral, term

x, y, z = named("x"), named("y"), named("z")

SIMPLIFIED = [
    (x * 1, "x"),
    (1 * x, "x"),
    (x * 0, "0"),
    (0 * x, "0"),
    (x + 0, "x"),
    (0.0 + x, "x"),
    (x - 0, "x"),
    (0 - x, "−x"),
    (-x * y * -1, "x·y"),
    (c.neg(-x), "x"),
    (x - (-y), "x + y"),
    (x + (-y), "x − y"),
    (x * -1, "−x"),
    (-x * y, "−x·y"),
    (x * -y, "−x·y"),
    (-x * -y, "x·y"),
    (x * 2, "2·x"),
    (2 * (3 * x), "6·x"),
    (x * (3 * y), "3·x·y"),
    (x * x, "x²"),
    (3 * x * x, "3·x²"),
    (x * y * y, "x·y²"),
    (x / 1, "x"),
    (0 / x, "0"),
    (-x / y, "−x/y"),
    (x / -y, "−x/y"),
    (-x / -y, "x/y"),
    (x / y / z, "x/(y·z)"),
    (x / y / y, "x/y²"),
    (x * (1 / y), "x/y"),
    (1 / y * x, "x/y"),
    (0.5 * x, "x/2"),
    (0.5 / x, "1/(2·x)"),
    (x - 1 - 1, "x − 2"),
    (x**1, "x"),
    (c.sqrt(x) ** 2, "x"),
    (x**y, "x^y"),
    (2**x, "2^x"),
    (numeral(2.0) + 3, "5"),
    (numeral(2.0) - 3, "−1"),
    (numeral(2.0) * 3, "6"),
    (-numeral(2.0), "−2"),
    (abs(x), "|x|"),
    (x % y, "x mod y"),
    (x // 2, "⌊x/2⌋"),
    (5 % x, "5 mod x"),
    (5 // x, "⌊5/x⌋"),
    (c.where(c.step(x), c.step(x), y), "where(step(x), 1, y)"),
    (c.where(x, x, y), "where(x, x, y)"),
]


@pytest.mark.parametrize(("expression", "text"), SIMPLIFIED, ids=[t for _, t in SIMPLIFIED])
def test_what_rules_make_is_simplified(expression: Term, text: str) -> None:
    assert str(expression) == text


def test_a_term_as_it_stands_is_not() -> None:
    assert str(term(c.mul, [x, numeral(1.0)])) == "x·1"
    assert str(term(c.add, [numeral(2.0), numeral(3.0)])) == "2 + 3"


REFUSED: dict[str, Callable[[Any], Any]] = {
    "bool": bool,
    "float": float,
    "int": int,
    "<": lambda x: x < 1.0,
    "<=": lambda x: x <= 1.0,
    ">": lambda x: x > 1.0,
    ">=": lambda x: x >= 1.0,
    "==": lambda x: x == 1.0,
    "!=": lambda x: x != 1.0,
    "index": lambda x: [1.0][x],
}


@pytest.mark.parametrize("use", REFUSED.values(), ids=list(REFUSED))
def test_a_name_has_no_number_to_branch_on(use: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"the name x·y has no number .* write a choice with where"):
        use(x * y)


@pytest.mark.parametrize("other", ["text", None, True, Value(2.0)])
def test_terms_go_with_numbers_and_terms_only(other: Any) -> None:
    with pytest.raises(TypeError):
        operator.mul(x, other)


def test_a_term_does_not_change() -> None:
    with pytest.raises(AttributeError):
        x.width = 3  # type: ignore[misc]
    assert str(copy.deepcopy(x * y)) == "x·y"


def test_a_name_that_reads_like_a_formula_is_quoted() -> None:
    assert str(named("a + b") * named("w[2]'")) == '"a + b"·w[2]\''
    assert str(named("layer.0.w[1][2]")) == "layer.0.w[1][2]"
    assert str(named("2") * named("")) == '"2"·""'


def test_names_are_cleaned_and_escaped_for_latex() -> None:
    written = named("}\n$\u202e").written()
    assert written.text == '"} $\ufffd"'
    assert written.latex == "\\text{\\} \\textdollar{}\ufffd}"


def test_a_known_name_may_be_chosen_by() -> None:
    yes, no = named("yes", known=1.0), named("no", known=0.0)
    for condition, flows in ((yes, [None, 1.0, None]), (no, [None, None, 1.0])):
        assert c.where.derivatives is not None
        assert c.where.derivatives([condition, x, y], None) == flows


def test_writing_is_bounded_however_long_or_deep_the_term() -> None:
    wide = deep = x
    for _ in range(100):
        wide = term(c.add, [wide, wide])
    for _ in range(100_000):
        deep = term(c.neg, [deep])
    assert str(wide) == str(deep) == "…"
    assert str(wide * y) == "…"


def test_the_deepest_term_that_is_written_is_within_pythons_limit() -> None:
    bump, deep = Op("", lambda x: x, 1.0), x
    while deep.width < 399:
        deep = term(bump, [deep])
    assert str(deep).endswith("unnamed(x)" + ")" * (str(deep).count("(") - 1))


def test_of_many_operands_the_first_and_the_last_are_shown() -> None:
    assert elided(c.sum, range(8), -1) == range(8)
    assert elided(c.sum, range(9), -1) == [0, 1, 2, 3, -1, 8]
    assert elided(c.dot, list(range(20)), -1) == [0, 1, 2, 3, -1, 9, 10, 11, 12, 13, -1, 19]
