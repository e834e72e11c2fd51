"""Derivations: each op's rules as formulas, which mean what the rules mean."""

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from autograd import Value, log_softmax, lookup, softmax, where as choose
from autograd.engine import calculus as c
from autograd.engine.op import Op
from autograd.show.words.derivation import derivation, local_derivative, operand_names
from autograd.show.words.term import Term, named

OPS = {name: op for name, op in vars(c).items() if isinstance(op, Op)}
every_op = pytest.mark.parametrize("op", OPS.values(), ids=list(OPS))

DERIVATIONS = {
    "add": "d(u + v)/du = 1\nd(u + v)/dv = 1",
    "sub": "d(u − v)/du = 1\nd(u − v)/dv = −1",
    "mul": "d(u·v)/du = v\nd(u·v)/dv = u",
    "div": "d(u/v)/du = 1/v\nd(u/v)/dv = −u/v²",
    "mod": "d(u mod v)/du = 1\nd(u mod v)/dv = −⌊u/v⌋",
    "pow": "d(u^v)/du = v·u^(v − 1)\nd(u^v)/dv = u^v·log(u)",
    "neg": "d(−u)/du = −1",
    "abs": "d|u|/du = sign(u)",
    "exp": "d exp(u)/du = exp(u)",
    "expm1": "d expm1(u)/du = exp(u)",
    "log": "d log(u)/du = 1/u",
    "log1p": "d log1p(u)/du = 1/(1 + u)",
    "log2": "d log2(u)/du = 1/(log(2)·u)",
    "log10": "d log10(u)/du = 1/(log(10)·u)",
    "sqrt": "d√u/du = 1/(2·√u)",
    "cbrt": "d∛u/du = 1/(3·(∛u)²)",
    "sin": "d sin(u)/du = cos(u)",
    "cos": "d cos(u)/du = −sin(u)",
    "tan": "d tan(u)/du = 1 + tan(u)²",
    "asin": "d asin(u)/du = 1/√(1 − u²)",
    "acos": "d acos(u)/du = −1/√(1 − u²)",
    "atan": "d atan(u)/du = 1/(1 + u²)",
    "atan2": "d atan2(u, v)/du = v/(v² + u²)\nd atan2(u, v)/dv = −u/(u² + v²)",
    "tanh": "d tanh(u)/du = sech²(u)",
    "asinh": "d asinh(u)/du = 1/√(1 + u²)",
    "acosh": "d acosh(u)/du = 1/√(u² − 1)",
    "atanh": "d atanh(u)/du = 1/(1 − u²)",
    "hypot": "d hypot(u, v)/du = u/√(u² + v²)\nd hypot(u, v)/dv = v/√(v² + u²)",
    "sigmoid": "d sigmoid(u)/du = sigmoid(u)·(1 − sigmoid(u))",
    "relu": "d relu(u)/du = step(u)",
    "leaky_relu": (
        "d leaky_relu(u, slope)/du = where(step(u), 1, slope)\n"
        "d leaky_relu(u, slope)/d slope = where(step(u), 0, u)"
    ),
    "gelu": "d gelu(u)/du = Φ(u) + u·φ(u)",
    "softplus": "d softplus(u)/du = sigmoid(u)",
    "erf": "d erf(u)/du = 2·exp(−u²)/√π",
    "step": "d step(u)/du = 0",
    "floor": "d⌊u⌋/du = 0",
    "mean": "".join(f"d mean(u₁, u₂, u₃)/du{i} = 1/3\n" for i in "₁₂₃").strip(),
    "dot": (
        "d(u₁·v₁ + u₂·v₂)/du₁ = v₁\nd(u₁·v₁ + u₂·v₂)/du₂ = v₂\n"
        "d(u₁·v₁ + u₂·v₂)/dv₁ = u₁\nd(u₁·v₁ + u₂·v₂)/dv₂ = u₂"
    ),
    "maximum": (
        "d maximum(u₁, u₂, u₃)/du₁ = [u₁ = m]/([u₁ = m] + [u₂ = m] + [u₃ = m])\n"
        "d maximum(u₁, u₂, u₃)/du₂ = [u₂ = m]/([u₁ = m] + [u₂ = m] + [u₃ = m])\n"
        "d maximum(u₁, u₂, u₃)/du₃ = [u₃ = m]/([u₁ = m] + [u₂ = m] + [u₃ = m])\n"
        "m = maximum(u₁, u₂, u₃)"
    ),
    "where": (
        "d where(condition, u, v)/d condition: nothing flows back\n"
        "d where(condition, u, v)/du = 1 if condition ≠ 0, else nothing flows back\n"
        "d where(condition, u, v)/dv = 1 if condition = 0, else nothing flows back"
    ),
    "lookup": (
        "d lookup(index, u₀, u₁, u₂)/d index: nothing flows back\n"
        "d lookup(index, u₀, u₁, u₂)/du₀ = 1 if index = 0, else nothing flows back\n"
        "d lookup(index, u₀, u₁, u₂)/du₁ = 1 if index = 1, else nothing flows back\n"
        "d lookup(index, u₀, u₁, u₂)/du₂ = 1 if index = 2, else nothing flows back"
    ),
    "scattered": (
        "d scattered(place, total, index₁, u₁)/d place: nothing flows back\n"
        "d scattered(place, total, index₁, u₁)/d total = 1\n"
        "d scattered(place, total, index₁, u₁)/d index₁: nothing flows back\n"
        "d scattered(place, total, index₁, u₁)/du₁ = [index₁ = place]"
    ),
    "sech2": "d sech²(u)/du = −2·tanh(u)·sech²(u)",
    "fixed": "du/du: nothing flows back",
    "*": "d(u·v)/du = v\nd(u·v)/dv = u",
}


@pytest.mark.parametrize(("name", "text"), DERIVATIONS.items(), ids=list(DERIVATIONS))
def test_a_derivation_reads_like_a_textbook(name: str, text: str) -> None:
    assert str(derivation(name)) == text


def evaluated(term: Term, numbers: Mapping[str, float]) -> float:
    """The number that a term stands for."""
    if term.op is None:
        return numbers[str(term)] if term.known is None else term.known
    return term.op.forward(*(evaluated(x, numbers) for x in term.operands))


@every_op
@settings(max_examples=20)
@given(data=st.data())
def test_a_derived_formula_has_the_value_of_the_rule(op: Op, data: Any) -> None:
    names = operand_names(op)
    above_one = {c.acosh, c.acosh_slope}
    low, high = (1.1, 3.0) if op in above_one else (0.05, 0.95)
    floats = [data.draw(st.floats(low, high)) for _ in names]
    for position in range(len(names)):
        if op in (c.gather, c.log_share):
            floats[0] = float(max(position - 1, 0))
        elif op is c.where:
            floats[0] = float(position == 1)
        elif op in (c.portion, c.complement):
            floats[2] = floats[0] + floats[1]
        elif op is c.scattered:
            floats[2] = floats[0]  # of another place nothing flows back
        applied, derivative = local_derivative(op, position)
        numbers = {str(name): x for name, x in zip(names, floats, strict=True)}
        out = op.forward(*floats)
        assert evaluated(applied, numbers) == pytest.approx(out, rel=1e-9, abs=1e-12)
        if op.derivatives is not None:
            rule = op.derivatives(floats, out)[position]
        else:
            rule = op.rules[position]
        expected = rule(*floats, out) if callable(rule) else rule
        if op in (c.portion, c.complement):  # of numbers only one of two cases is computed
            expected = expected or 0.0
        if expected is None or derivative is None:
            assert expected is derivative
        else:
            found = evaluated(derivative, numbers)
            assert found == pytest.approx(float(expected), rel=1e-9, abs=1e-12)


@every_op
def test_every_derivation_is_short_and_its_latex_balanced(op: Op) -> None:
    shown = derivation(op)
    assert "…" not in shown.text
    assert "does not run" not in shown.text
    assert "-" not in shown.text
    assert "−" not in shown.latex
    for opening, closing in ("{}", (r"\left", r"\right"), (r"\begin", r"\end")):
        assert shown.latex.count(opening) == shown.latex.count(closing)
    assert shown.markdown == f"$$\n{shown.latex}\n$$"


def test_the_latex_of_a_derivation() -> None:
    assert derivation("tanh").latex == (
        "\\begin{aligned}\n"
        r"\frac{\mathrm{d} \tanh\left(u\right)}{\mathrm{d} u} &= "
        r"\operatorname{sech}^{2}\left(u\right)"
        "\n\\end{aligned}"
    )
    assert r"\frac{\partial \left(u \cdot v\right)}{\partial v} &= u" in derivation("*").latex


def test_a_value_stands_for_its_op_with_as_many_operands() -> None:
    a, b = Value(2.0), Value(3.0)
    assert str(derivation(a * b)) == DERIVATIONS["mul"]
    assert str(derivation(c.mean(a, b))).count("1/2") == 2
    assert str(derivation(c.mean([a] * 1000))) == DERIVATIONS["mean"]
    assert str(derivation(c.sum([a]))) == "du₁/du₁ = 1"
    assert str(derivation(choose(a, a, b))) == DERIVATIONS["where"]


def cubed(x: Any) -> Any:
    return x * x * x


OWN: dict[str, tuple[Op, str]] = {
    "in the library's functions": (
        Op("cube", cubed, lambda x, out: 3.0 * x * x),
        "d cube(u)/du = 3·u²",
    ),
    "in other users' ops": (
        Op("wave", math.sin, lambda x, out: Op("ripple", math.cos, None)(x)),
        "d wave(u)/du = ripple(u)",
    ),
    "of any number of operands": (
        Op("first", lambda *xs: xs[0], derivatives=lambda xs, out: [1.0] + [None] * (len(xs) - 1)),
        "d first(u₁, u₂, u₃)/du₁ = 1\n"
        "d first(u₁, u₂, u₃)/du₂: nothing flows back\n"
        "d first(u₁, u₂, u₃)/du₃: nothing flows back",
    ),
}


@pytest.mark.parametrize(("op", "text"), OWN.values(), ids=list(OWN))
def test_the_rule_of_a_users_op(op: Op, text: str) -> None:
    assert str(derivation(op)) == text


def endless(x: Any, out: Any) -> Any:
    return endless(x, out)


def breaking(x: Any, out: Any) -> Any:
    raise KeyError("<script>$\n}")


UNFIT: dict[str, tuple[Callable[..., Any], str]] = {
    "math": (lambda x, out: math.cos(x), "TypeError: the name u has no number"),
    "a branch": (lambda x, out: 1.0 if x > 0 else 0.0, "TypeError: the name u has no number"),
    "no number": (lambda x, out: "slope", "TypeError: a Value holds one real number, got str"),
    "recursion": (endless, "RecursionError: "),
    "anything else": (breaking, "KeyError: '<script>$\\n}'"),
}


@pytest.mark.parametrize(("rule", "reason"), UNFIT.values(), ids=list(UNFIT))
def test_a_rule_that_does_not_run_on_names_is_said_in_words(
    rule: Callable[..., Any], reason: str
) -> None:
    shown = derivation(Op("own", cubed, rule))
    assert f"d own(u)/du: its rule does not run on names ({reason}" in shown.text
    assert "\n" not in shown.text


def test_a_wrong_number_of_derivatives_is_said_in_words() -> None:
    shown = derivation(Op("own", lambda *xs: 0.0, derivatives=lambda xs, out: [1.0]))
    assert shown.text.count("(ValueError: it gave 1 derivative for 3 operands)") == 3


def test_a_huge_rule_is_cut() -> None:
    def rule(x: Any, out: Any) -> Any:
        for _ in range(500):
            x = x * x + x
        return x

    assert str(derivation(Op("huge", cubed, rule))) == "d huge(u)/du = …"


def test_the_largest_operand_has_a_name_of_its_own_in_the_family_of_softmax() -> None:
    shown = derivation("log_share").text.splitlines()
    assert shown[-1] == "m = max(u₀, u₁, u₂)"
    assert not any("max(u" in line for line in shown[:-1])


REFUSED: list[tuple[Any, type[Exception], str]] = [
    ("sofmax", ValueError, "no op is called 'sofmax': did you mean 'softmax'"),
    ("logsum", ValueError, "did you mean 'logsumexp' or"),
    ("ln", ValueError, "no op is called 'ln': did you mean 'log'?"),
    ("?", ValueError, "no op is called '\\?': one is 'tanh'"),
    ("q" * 10**6, ValueError, "no op is called 'q{100}'"),
    ("softmax", ValueError, "softmax is no op .* derivation\\('exp'\\)"),
    (softmax, TypeError, "softmax is no op but a function .* derivation\\('exp'\\)"),
    (log_softmax, TypeError, "log_softmax is no op .* derivation\\('log_share'\\)"),
    (lookup, TypeError, "lookup is no op .* derivation\\('lookup'\\)"),
    (
        math.tanh,
        TypeError,
        "an Op, its name or a Value, got builtin.*: write derivation\\('tanh'\\)",
    ),
    (operator.mul, TypeError, "write derivation\\('mul'\\)"),
    (None, TypeError, "derivation takes an Op, its name or a Value, got NoneType"),
    (2.0, TypeError, "got float"),
    (Value(2.0, "w"), ValueError, "leaf 'w' was given, not computed: it has no op"),
]


@pytest.mark.parametrize(("given", "error", "message"), REFUSED)
def test_what_has_no_derivation(given: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        derivation(given)


def test_a_local_derivative_in_names_of_ones_own() -> None:
    w, t = named("w"), named("t")
    assert list(map(str, local_derivative(c.mul, 0, [w, t]))) == ["w·t", "t"]
    condition = named("k", known=0.0)
    assert local_derivative(c.where, 1, [condition, w, t])[1] is None
    assert str(local_derivative(c.where, 2, [condition, w, t])[1]) == "1"
    for position in (-1, 2):
        with pytest.raises(IndexError, match=f"operands 0 to 1, got position {position}"):
            local_derivative(c.mul, position)
