"""What help and inspect say of an op is about that op."""

import inspect
import math
import pydoc
import subprocess
import sys
from typing import Any

import pytest

import autograd
from autograd import Op, grad
from autograd.engine import calculus
from autograd.show.words.manual import WHAT, page

PUBLIC = {name: op for name, op in vars(autograd).items() if isinstance(op, Op)}
LIGHT = """
import sys, autograd
assert autograd.grad(autograd.sin)(0.0) == 1.0
assert "autograd.show" not in sys.modules
"""


def test_the_manual_has_a_line_for_every_public_op() -> None:
    assert set(PUBLIC.values()) <= set(WHAT)
    assert set(WHAT) <= {op for op in vars(calculus).values() if isinstance(op, Op)}


@pytest.mark.parametrize("name", PUBLIC)
def test_help_is_about_the_op(name: str) -> None:
    text = pydoc.plain(pydoc.render_doc(PUBLIC[name]))
    assert f"{name} = Op(" in text
    assert WHAT[PUBLIC[name]] in text
    assert "Derivative" not in text or "d " in text
    assert "forward: the value" not in text  # what is said of Op itself
    assert inspect.getdoc(PUBLIC[name]) == page(PUBLIC[name])


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (autograd.exp, "(x, /)"),
        (autograd.atan2, "(y, x, /)"),
        (autograd.add, "(x, y, /)"),
        (autograd.sum, "(*values)"),
        (autograd.dot, "(xs, ys)"),
        (autograd.where, "(condition, x, y)"),
        (autograd.clip, "(x, low=-inf, high=inf)"),
        (autograd.leaky_relu, "(x, negative_slope=0.01)"),
    ],
)
def test_the_signature_is_how_it_is_called(op: Op, expected: str) -> None:
    assert str(inspect.signature(op)) == expected


def test_the_derivative_is_what_the_rule_says() -> None:
    assert str(autograd.tanh.__doc__).endswith("d tanh(u)/du = sech²(u)")
    assert "d(u/v)/dv = −u/v²" in str(autograd.div.__doc__)


def test_an_op_of_a_user_has_a_page_and_may_have_a_text_of_its_own() -> None:
    cube: Any = Op("cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x)
    assert "cube(x, /)" in cube.__doc__
    assert "d cube(u)/du = 3·u²" in cube.__doc__
    cube.__doc__ = "The cube."
    assert pydoc.getdoc(cube) == "The cube."
    odd = Op("odd", math.sin, lambda x, out: math.cos(x))
    assert "does not run on names" in str(odd.__doc__)


def test_of_the_class_it_is_still_what_it_was() -> None:
    assert str(Op.__doc__).startswith("An operation: its name")
    assert "forward" in inspect.signature(Op).parameters
    with pytest.raises(AttributeError, match="'Op' object has no attribute 'nothing'"):
        _ = autograd.exp.nothing  # type: ignore[attr-defined]


def test_a_gradient_has_the_signature_of_the_op_and_needs_no_manual() -> None:
    assert str(inspect.signature(grad(autograd.atan2))) == "(y, x, /)"
    subprocess.run([sys.executable, "-c", LIGHT], check=True)
