"""How ops are written: total over the calculus, exact, with the parentheses that are needed."""

import math

import pytest

from autograd import Value, constant
from autograd.engine import calculus as c
from autograd.engine.op import Op
from autograd.show.words.formula import formula
from autograd.show.words.notation import ATOM, NOTATION, spelling, write_number
from autograd.show.words.term import Term, named, numeral, term

OPS = {name: op for name, op in vars(c).items() if isinstance(op, Op)}
every_op = pytest.mark.parametrize("op", OPS.values(), ids=list(OPS))
x, y, z = named("x"), named("y"), named("z")


def some_operands(op: Op, count: int = 4) -> list[Term]:
    """As many operands as the op takes."""
    exact = {c.where: 3, c.clip: 3, c.portion: 3, c.complement: 3}.get(op, count)
    return [named(f"x{i}") for i in range(len(op.rules) or exact)]


def test_the_table_is_total_over_the_calculus() -> None:
    assert set(NOTATION) == set(OPS.values())


@every_op
def test_every_op_is_written_or_stands_for_others(op: Op) -> None:
    assert NOTATION[op].write or NOTATION[op].expansion
    written = term(op, some_operands(op)).written()
    assert "_slope" not in written.text
    assert written.text.count("(") == written.text.count(")")


@every_op
def test_latex_is_balanced(op: Op) -> None:
    latex = term(op, some_operands(op)).written().latex
    for opening, closing in ("{}", (r"\left", r"\right"), (r"\begin", r"\end")):
        bare = latex.replace(r"\leftarrow", "")
        assert bare.count(opening) == bare.count(closing)
    depth = 0
    for character in latex:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0


def raw(op: Op, *operands: Term) -> Term:
    return term(op, operands)


SUM, DIFFERENCE, PRODUCT = raw(c.add, x, y), raw(c.sub, x, y), raw(c.mul, x, y)
QUOTIENT, NEGATIVE, POWER = raw(c.div, x, y), raw(c.neg, x), raw(c.pow, x, y)
SQUARE, TWO = raw(c.pow, x, numeral(2.0)), numeral(2.0)
WRITTEN = [
    (raw(c.sub, x, DIFFERENCE), "x − (x − y)"),
    (raw(c.sub, DIFFERENCE, x), "x − y − x"),
    (raw(c.sub, x, SUM), "x − (x + y)"),
    (raw(c.add, x, DIFFERENCE), "x + x − y"),
    (raw(c.add, NEGATIVE, x), "−x + x"),
    (raw(c.add, x, NEGATIVE), "x + (−x)"),
    (raw(c.add, x, raw(c.add, NEGATIVE, y)), "x + (−x + y)"),
    (raw(c.sub, x, NEGATIVE), "x − (−x)"),
    (raw(c.sub, x, PRODUCT), "x − x·y"),
    (raw(c.sub, x, numeral(-2.0)), "x − (−2)"),
    (raw(c.mul, SUM, z), "(x + y)·z"),
    (raw(c.mul, z, SUM), "z·(x + y)"),
    (raw(c.mul, NEGATIVE, y), "−x·y"),
    (raw(c.mul, y, NEGATIVE), "y·(−x)"),
    (raw(c.mul, y, numeral(-2.0)), "y·(−2)"),
    (raw(c.mul, numeral(-2.0), y), "−2·y"),
    (raw(c.mul, PRODUCT, PRODUCT), "x·y·x·y"),
    (raw(c.neg, SUM), "−(x + y)"),
    (raw(c.neg, PRODUCT), "−x·y"),
    (raw(c.neg, NEGATIVE), "−(−x)"),
    (raw(c.neg, raw(c.mod, x, y)), "−(x mod y)"),
    (raw(c.mod, PRODUCT, NEGATIVE), "(x·y) mod (−x)"),
    (raw(c.mod, raw(c.mod, x, y), z), "(x mod y) mod z"),
    (raw(c.pow, NEGATIVE, TWO), "(−x)²"),
    (raw(c.neg, SQUARE), "−x²"),
    (raw(c.pow, SQUARE, numeral(3.0)), "(x²)³"),
    (raw(c.pow, numeral(-2.0), TWO), "(−2)²"),
    (raw(c.pow, TWO, x), "2^x"),
    (raw(c.pow, x, POWER), "x^(x^y)"),
    (raw(c.pow, POWER, z), "(x^y)^z"),
    (raw(c.pow, x, raw(c.sub, y, numeral(1.0))), "x^(y − 1)"),
    (raw(c.pow, x, NEGATIVE), "x^(−x)"),
    (raw(c.pow, x, numeral(-1.0)), "x⁻¹"),
    (raw(c.pow, x, numeral(12.0)), "x¹²"),
    (raw(c.pow, x, numeral(0.5)), "x^0.5"),
    (raw(c.pow, raw(c.tanh, x), TWO), "tanh(x)²"),
    (raw(c.pow, raw(c.sqrt, x), TWO), "(√x)²"),
    (raw(c.sqrt, SUM), "√(x + y)"),
    (raw(c.sqrt, SQUARE), "√(x²)"),
    (raw(c.div, x, PRODUCT), "x/(x·y)"),
    (raw(c.div, x, QUOTIENT), "x/(x/y)"),
    (raw(c.div, QUOTIENT, x), "x/y/x"),
    (raw(c.div, SUM, NEGATIVE), "(x + y)/(−x)"),
    (raw(c.mul, x, QUOTIENT), "x·x/y"),
    (raw(c.floordiv, SUM, y), "⌊(x + y)/y⌋"),
    (raw(c.abs, SUM), "|x + y|"),
    (raw(c.exp, NEGATIVE), "exp(−x)"),
    (raw(c.sum), "0"),
    (raw(c.prod), "1"),
    (raw(c.sum, NEGATIVE), "−x"),
    (raw(c.sum, x, DIFFERENCE, z), "x + x − y + z"),
    (raw(c.prod, x, SUM, z), "x·(x + y)·z"),
    (raw(c.dot, x, y, SUM, z), "x·(x + y) + y·z"),
    (raw(c.where, x, y, z), "where(x, y, z)"),
    (raw(c.gather, x, y, z), "lookup(x, y, z)"),
    (raw(c.scattered, x, y, z, z), "scattered(x, y, z, z)"),
    (raw(c.greater, x, SUM), "[x > x + y]"),
    (raw(c.equal, x, y), "[x = y]"),
]


@pytest.mark.parametrize(("expression", "text"), WRITTEN, ids=[text for _, text in WRITTEN])
def test_parentheses_are_those_that_are_needed(expression: Term, text: str) -> None:
    assert str(expression) == text


FORMULAS = {
    "strong_product": "x·y",
    "div_slope": "−x/y²",
    "div_bend": "2·x/y³",
    "power_slope": "y·x^(y − 1)",
    "power_bend": "y·(y − 1)·x^(y − 2)",
    "power_mixed": "x^(y − 1)·(1 + y·log(x))",
    "power_log": "x^y·log(x)",
    "power_log_square": "x^y·log(x)²",
    "cbrt_slope": "1/(3·(∛x)²)",
    "asin_slope": "1/√(1 − x²)",
    "acosh_slope": "1/√(x² − 1)",
    "atanh_slope": "1/(1 − x²)",
    "unit": "x/√(x² + y²)",
    "inversion": "x/(x² + y²)",
    "unit_slope": "y²/(√(x² + y²))³",
    "unit_mixed": "−x·y/(√(x² + y²))³",
    "inversion_slope": "(y² − x²)/(x² + y²)²",
    "inversion_mixed": "−2·x·y/(x² + y²)²",
    "scaled_exp": "y·exp(x)",
    "exp_difference": "exp(x − y)",
    "share": "x/(x + y)",
    "sech2": "sech²(x)",
    "sigmoid_slope": "sigmoid(x)·(1 − sigmoid(x))",
    "silu_slope": "sigmoid(x)·(1 + x·(1 − sigmoid(x)))",
    "silu_bend": "sigmoid(x)·(1 − sigmoid(x))·(2 + x·(1 − 2·sigmoid(x)))",
    "gelu_slope": "Φ(x) + x·φ(x)",
    "gauss": "exp(−x²)",
    "normal_density": "φ(x)",
    "normal_distribution": "Φ(x)",
    "nonnegative": "x",
    "fixed": "x",
    "identity": "x",
    "greater": "[x > y]",
    "equal": "[x = y]",
}


@pytest.mark.parametrize(("name", "text"), FORMULAS.items())
def test_a_private_row_is_written_as_the_formula_it_stands_for(name: str, text: str) -> None:
    assert str(term(OPS[name], [x, y][: len(OPS[name].rules)])) == text


LATEX = [
    (QUOTIENT, r"\frac{x}{y}"),
    (raw(c.pow, NEGATIVE, SUM), r"\left(-x\right)^{x + y}"),
    (raw(c.pow, QUOTIENT, TWO), r"\left(\frac{x}{y}\right)^{2}"),
    (raw(c.div, SUM, NEGATIVE), r"\frac{x + y}{-x}"),
    (raw(c.sqrt, SUM), r"\sqrt{x + y}"),
    (raw(c.tanh, x), r"\tanh\left(x\right)"),
    (raw(c.sigmoid, x), r"\sigma\left(x\right)"),
    (raw(c.leaky_relu, x, y), r"\operatorname{leaky\_relu}\left(x, y\right)"),
    (raw(c.add, x, raw(c.div, NEGATIVE, y)), r"x + \frac{-x}{y}"),
    (
        raw(c.where, x, y, z),
        r"\begin{cases} y & \text{if } x \ne 0 \\ z & \text{otherwise} \end{cases}",
    ),
]


@pytest.mark.parametrize(("expression", "latex"), LATEX, ids=[latex for _, latex in LATEX])
def test_latex(expression: Term, latex: str) -> None:
    assert expression.written().latex == latex


NUMBERS = [
    (2.0, "2", "2"),
    (-3.0, "−3", "-3"),
    (0.0, "0", "0"),
    (-0.0, "−0", "-0"),
    (math.pi, "3.142", "3.142"),
    (123456.0, "123456", "123456"),
    (1234567.0, "1.235e6", r"1.235 \cdot 10^{6}"),
    (-1.5e-9, "−1.5e−9", r"-1.5 \cdot 10^{-9}"),
    (math.inf, "∞", r"\infty"),
    (-math.inf, "−∞", r"-\infty"),
    (math.nan, "nan", r"\mathrm{nan}"),
]


@pytest.mark.parametrize(("number", "text", "latex"), NUMBERS)
def test_numbers_are_short(number: float, text: str, latex: str) -> None:
    assert write_number(number)[:2] == (text, latex)


def test_a_users_op_is_written_as_a_function_with_a_safe_name() -> None:
    cube = Op("cube", lambda x: x**3, lambda x, out: 3.0 * x * x)
    hostile = Op("$\\evil}{\n", lambda x: x, 1.0)
    assert term(cube, [x]).written() == ("cube(x)", r"\mathrm{cube}\left(x\right)", ATOM)
    written = term(hostile, [x]).written()
    assert written.text == "$\\evil}{(x)"
    assert written.latex == r"\text{\textdollar{}\textbackslash{}evil\}\{}\left(x\right)"
    assert str(term(Op("", lambda x: x, 1.0), [x])) == "unnamed(x)"
    assert len(str(term(Op("f" * 10**6, lambda x: x, 1.0), [x]))) < 100


def test_the_short_spelling_of_an_op_in_a_box() -> None:
    boxes = [spelling(op) for op in (c.mul, c.sub, c.div, c.sum, c.add, c.tanh, c.strong_product)]
    assert boxes == [
        "×",
        "−",
        "÷",
        "Σ",
        "+",
        "tanh",
        "×",
    ]


def test_what_subtracts_0_is_written_without_it() -> None:
    x = Value(2.0, "x")
    assert str(formula((x - 0.0) * 3.0)).startswith("root = x·3\n")
    assert str(formula(x - constant(-0.0))).startswith("root = x\n")
    assert str(formula((x + 1.0) - 0.0 - x)).startswith("root = x + 1 − x\n")
    assert str(formula(0.0 - x)).startswith("root = 0 − x\n")
    assert "- 0" not in formula((x - 0.0) * 3.0).latex


def test_a_name_that_looks_like_0_is_no_0() -> None:
    assert str(formula(Value(1.0, "x") - Value(2.0, "0"))).startswith('root = x − "0"\n')


def test_names_of_ops_that_nobody_calls_by_name_are_explained() -> None:
    assert spelling(c.fixed) == "as constant"
    assert spelling(c.sech2) == "sech²"
