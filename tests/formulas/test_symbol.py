"""Symbols: the functions of the library, applied to names, ask a maker for the result."""

import math
import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from autograd.engine import calculus as c
from autograd.engine.op import Op
from autograd.formulas.symbol import Symbol


class Writer:
    """Makes text of formulas."""

    def make(self, op: Op, operands: Sequence[Any]) -> Symbol:
        names = [x.name if isinstance(x, Symbol) else repr(float(x)) for x in operands]
        return Symbol(self, f"{op.name}({', '.join(names)})")


WRITER = Writer()
X, Y = Symbol(WRITER, "x"), Symbol(WRITER, "y")

WRITTEN: dict[str, Any] = {
    "+(x, y)": X + Y,
    "+(x, 2.0)": X + 2.0,
    "+(2.0, x)": 2 + X,
    "-(x, y)": X - Y,
    "-(2.0, x)": 2 - X,
    "*(x, y)": X * Y,
    "*(2.0, x)": 2 * X,
    "/(x, y)": X / Y,
    "/(1.0, x)": 1.0 / X,
    "**(x, 2.0)": X**2,
    "**(2.0, x)": 2**X,
    "neg(x)": -X,
    "tanh(x)": c.tanh(X),
    "where(x, 1.0, y)": c.where(X, 1.0, Y),
    "maximum(x, 0.0, y)": c.maximum([X, 0.0, Y]),
    "*(+(x, y), -(x, y))": (X + Y) * (X - Y),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_formula_of_symbols_is_made_by_the_maker(text: str) -> None:
    assert WRITTEN[text].name == text


COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
CHOICES: dict[str, Callable[[], object]] = {
    "if x": lambda: bool(X),
    "max(x, y)": lambda: max(X, Y),
    "x in [y]": lambda: X in [Y],
    **{compare.__name__: partial(compare, X, Y) for compare in COMPARISONS},
}


@pytest.mark.parametrize("choice", CHOICES)
def test_nothing_can_be_chosen_by_a_symbol(choice: str) -> None:
    with pytest.raises(TypeError, match="write where"):
        CHOICES[choice]()


@pytest.mark.parametrize("function", [math.exp, float, int, abs, round])
def test_functions_of_python_do_not_take_symbols(function: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError):
        function(X)


def test_symbols_are_no_keys_for_a_formula_would_choose_by_them() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(X)
