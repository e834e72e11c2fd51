"""How an op is written in its box, with the plain numbers in it."""

import pytest

import autograd
from autograd import Value
from autograd.engine.graph import topological_order
from autograd.show.graphs.op_text import op_text
from autograd.show.words.naming import names_of

x, y = Value(0.5, "x"), Value(-2.0, "y")


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (x * y, "×"),
        (x * 2, "× 2"),
        (2 * x, "2 ×"),
        (x + 1, "+ 1"),
        (x - 1, "− 1"),
        (1 - x, "1 −"),
        (x / 4, "÷ 4"),
        (4 / x, "4 ÷"),
        (x + -1.5, "+ −1.5"),
        (x**2, "x²"),
        (x**-1, "x⁻¹"),
        (x**0.5, "x^0.5"),
        (2**x, "2^x"),
        (x**y, "**"),
        ((x * y) ** 3, "t1³"),
        (x.tanh(), "tanh"),
        (autograd.maximum([0.0, x]), "maximum(0, ·)"),
        (autograd.clip(x, 0.0, 1.0), "clip(·, 0, 1)"),
        (autograd.log_softmax([x, y, x])[1], "log_softmax(1, …)"),
        (x % 2, "· mod 2"),
        (x // 2, "⌊·/2⌋"),
        (x * (1 / 3), "× 0.3333"),
    ],
)
def test_numbers_stand_where_they_are_in_the_formula(made: Value, text: str) -> None:
    root = made + x  # so that the node is not the root
    assert op_text(made, names_of(topological_order(root))) == text


def test_a_long_name_under_an_exponent_is_cut() -> None:
    long = Value(2.0, "a name that is much too long")
    made = long**2
    assert op_text(made, names_of([long, made])) == "a nam…²"


def test_many_numbers_are_cut() -> None:
    made = autograd.sum([x, *(float(i) for i in range(100))])
    assert len(op_text(made, names_of(topological_order(made)))) == 60
