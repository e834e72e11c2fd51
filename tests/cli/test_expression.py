"""Expressions as text: what they become, and what is said of those that cannot be read."""

import ast
import inspect
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import Op, Value, constant
from autograd.cli.expression import (
    FUNCTIONS,
    LONGEST,
    MOST_NODES,
    OPERATORS,
    ExpressionError,
    arguments_of,
    assignments,
    evaluate,
)
from autograd.cli.expression_errors import DEEPEST, OF_LISTS, WINDOW, column_of, point_at
from autograd.engine import calculus

LEAVES = {"a": "2", "b": "-3.5", "c": "10", "θ": "0.25"}


def leaves(*names: str) -> dict[str, Value]:
    return assignments(f"{name}={LEAVES[name]}" for name in names)


def refused(text: str, *names: str) -> list[str]:
    """The lines of the error: what is wrong, the expression, the caret."""
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, leaves(*names))
    return str(caught.value).split("\n")


def place(text: str, *names: str) -> int:
    """The column of the caret."""
    _, line, caret = refused(text, *names)
    assert line == f"  {text}"
    return len(caret) - len("  ^")


# --- what an expression becomes -------------------------------------------------------------


def test_an_expression_becomes_the_graph_that_its_python_would_make() -> None:
    values = leaves("a", "b", "c")
    root = evaluate("tanh(a*b + c)", values)
    (total,) = root.parents
    product, c = total.parents
    assert [root.op, total.op, product.op] == [calculus.tanh, calculus.add, calculus.mul]
    assert product.parents == (values["a"], values["b"])
    assert c is values["c"]
    root.backward()
    assert values["a"].grad == pytest.approx(-3.5 / math.cosh(3.0) ** 2)


def test_a_name_that_comes_twice_is_one_node() -> None:
    values = leaves("a")
    assert evaluate("a*a", values).parents == (values["a"], values["a"])


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a + b", -1.5),
        ("a - b", 5.5),
        ("a * b", -7.0),
        ("b / a", -1.75),
        ("b // a", -2.0),
        ("b % a", 0.5),
        ("a ** 3", 8.0),
        ("-a ** 2", -4.0),
        ("2 ** -a", 0.25),
        ("a ** 3 ** 2", 512.0),
        ("+a", 2.0),
        ("--a", 2.0),
        ("(a + b) * 2", -3.0),
        ("1_000 * a + 0x10 + .5e1", 2021.0),
        ("maximum(a, b, 7)", 7.0),
        ("sum(a, b, 1.5)", 0.0),
        ("mean(a, 4)", 3.0),
        ("where(step(a - b), a, b)", 2.0),
        ("clip(b, -1)", -1.0),
        ("clip(a, -1, 1)", 1.0),
        ("leaky_relu(b, 0.5)", -1.75),
        ("add(a, b)", -1.5),
        ("atan2(0 * a, 1)", 0.0),
        ("2 * pi * a", 4 * math.pi),
        (" \t a\n+\nb ", -1.5),
        ("a\N{NO-BREAK SPACE}+ b", -1.5),
    ],
)
def test_arithmetic_means_what_it_means_in_python(text: str, data: float) -> None:
    assert evaluate(text, leaves(*names_in(text))).data == data


def names_in(text: str) -> list[str]:
    """The names of leaves that an expression holds."""
    tree = ast.parse(" ".join(text.split()), mode="eval")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return [name for name in LEAVES if name in names]


@pytest.mark.parametrize(
    ("text", "data"), [("1 + 2", 3.0), ("7", 7.0), ("2 ** 10", 1024.0), ("pi", math.pi)]
)
def test_numbers_alone_become_one_constant(text: str, data: float) -> None:
    root = evaluate(text, {})
    assert root.is_constant
    assert root.is_leaf
    assert root.data == data


@pytest.mark.parametrize(
    ("text", "data"), [("1 / 0", math.inf), ("-1 / 0", -math.inf), ("9e200 * 9e200", math.inf)]
)
def test_numbers_follow_ieee_754_and_never_raise(text: str, data: float) -> None:
    assert evaluate(text, {}).data == data


def test_ints_become_floats_before_anything_is_computed() -> None:
    assert evaluate("9 ** 999", {}).data == math.inf


def test_pi_is_a_constant_with_its_name() -> None:
    _, pi = evaluate("a * pi", leaves("a")).parents
    assert pi.label == "pi"
    assert pi.is_constant


def test_a_name_alone_is_the_value_itself() -> None:
    values = leaves("a")
    assert evaluate("(a)", values) is values["a"]


def test_given_values_are_used_as_they_are() -> None:
    x = Value(3.0) * 2.0
    assert evaluate("y + 1", {"y": x}).parents == (x,)
    assert evaluate("pi", {"pi": x}) is x


def test_names_are_those_of_any_script() -> None:
    assert evaluate("θ*変数", assignments(["θ=2", "変数=3"])).data == 6.0


def test_names_are_compared_as_python_normalises_them() -> None:
    ligature = "\N{LATIN SMALL LIGATURE FI}"
    assert evaluate(f"{ligature} + fi", assignments([f"{ligature}=2"])).data == 4.0
    assert evaluate("ｔａｎｈ(a)", leaves("a")).op is calculus.tanh  # noqa: RUF001
    assert evaluate(ligature, {ligature: Value(2.0)}).data == 2.0


def test_a_long_sum_or_product_is_not_deep() -> None:
    assert evaluate("+".join(["a"] * 200), leaves("a")).data == 400.0
    assert evaluate("*".join(["1"] * 200), {}).data == 1.0


def test_evaluate_takes_a_str_and_values() -> None:
    with pytest.raises(TypeError, match="an expression is a str, got bytes"):
        evaluate(b"a", {})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="'a' needs a Value, got float"):
        evaluate("a", {"a": 2.0})  # type: ignore[dict-item]


# --- functions ------------------------------------------------------------------------------


def test_every_public_op_of_plain_numbers_is_a_function() -> None:
    public = {name for name, op in vars(autograd).items() if isinstance(op, Op)}
    assert public - set(FUNCTIONS) == {"dot"}


def test_of_every_public_function_of_lists_it_is_said_what_to_write_instead() -> None:
    functions = {
        name for name in autograd.__all__ if inspect.isfunction(getattr(calculus, name, 0))
    }
    operations = {name for name, op in vars(autograd).items() if isinstance(op, Op)}
    assert (functions | operations) - set(FUNCTIONS) == set(OF_LISTS)


def counts(op: Op) -> list[int]:
    least, most = arguments_of(op)
    return list(range(least, int(min(most, 4)) + 1))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_takes_the_counts_it_is_said_to_take(name: str) -> None:
    op = FUNCTIONS[name]
    for count in counts(op):
        text = f"{name}({', '.join(['θ'] * count)})"
        values = leaves("θ")
        assert evaluate(text, values).op is op
        assert repr(evaluate(text, values).data) == repr(op(*[0.25] * count))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_says_how_many_arguments_it_takes(name: str) -> None:
    least, most = arguments_of(FUNCTIONS[name])
    for count in {0, least - 1, *({most + 1} if most < math.inf else ())}:
        words, _, _ = refused(f"{name}({', '.join(['θ'] * int(count))})", "θ")
        assert words.startswith(f"{name} takes ")
        noun = "argument" if least == most == 1 else "arguments"
        assert words.endswith(f" {noun}, got {int(count)}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tanh(a, a)", "tanh takes 1 argument, got 2"),
        ("maximum(a)", "maximum takes 2 or more arguments, got 1"),
        ("clip()", "clip takes 1 to 3 arguments, got 0"),
        ("where(a, a)", "where takes 3 arguments, got 2"),
    ],
)
def test_the_number_of_arguments_is_said_in_words(text: str, words: str) -> None:
    assert refused(text, "a")[0] == words


# --- what is refused ------------------------------------------------------------------------

CHOOSE = "write where(c, x, y) to choose"
ARITHMETIC = "an expression holds names, numbers,"


@pytest.mark.parametrize(
    ("text", "words", "column"),
    [
        # names and functions
        ("tahn(a)", "there is no function 'tahn': did you mean 'tanh'?", 0),
        ("1 + foo(a)", "there is no function 'foo': ", 4),
        ("ln(a)", "there is no function 'ln': did you mean 'log'?", 0),
        ("min(a, 1)", "there is no function 'min': did you mean 'minimum'?", 0),
        ("sigm(a)", "there is no function 'sigm': did you mean 'sigmoid'?", 0),
        ("f(a)", "there is no function 'f': there are abs, acos,", 0),
        ("dot(a, a)", "dot takes two lists: write a*b + c*d", 0),
        ("dot([a], [a])", "dot takes two lists: write a*b + c*d", 0),
        ("a + softmax(a, 1)", "softmax gives several numbers, an expression has one: write exp", 4),
        ("softmax([a, 1])", "softmax gives several numbers", 0),
        ("log_softmax(a)", "several numbers, an expression has one: write a - logsumexp(a, b)", 0),
        ("lookup([a], 0)", "lookup takes a list: write where(c, x, y) to choose x or y", 0),
        ("sum([a, a])", "a list has no place here: write its parts one by one", 4),
        ("Value(a)", "there is no function 'Value'", 0),
        ("a + d", "there is no number for 'd': add d=<number> (given: 'a')", 4),
        ("a + aa", "there is no number for 'aa': did you mean 'a'? Else add aa=<number>", 4),
        ("a + tanh", "tanh is a function: write tanh(...)", 4),
        ("a(2)", "a number is called like a function: write * for a product", 0),
        ("2(a)", "a number is called like a function: write * for a product", 1),
        ("pi(a)", "a number is called like a function: write * for a product", 0),
        ("tanh(a)(a)", "a number is called like a function", 7),
        ("(a + 1) (a)", "a number is called like a function", 8),
        ("__import__('os')", "there is no function '__import__'", 0),
        ("tanh('os')", "text in quotes is no number", 5),
        # other parts of Python
        ("a.data", "a dot calls nothing here: write tanh(x), not x.tanh()", 1),
        ("(a) .tanh()", "a dot calls nothing here", 4),
        ("a[0]", "nothing has an index: give each number a name of its own, such as x0", 1),
        ("lambda x: x", "a function is not made here", 0),
        ("a > 2", "> gives no number here: write greater(a, b) for a > b, which is 1 or 0", 2),
        ("a < 2", "< gives no number here: write greater(b, a) for a < b", 2),
        ("a >= 2", "write 1 - greater(b, a) for a >= b", 2),
        ("a <= 2 < 3", "write 1 - greater(a, b) for a <= b", 2),
        ("(a) == 2", "== gives no number here: write equal(a, b) for a == b", 4),
        ("a != 2", "write 1 - equal(a, b) for a != b", 2),
        ("a in a", ARITHMETIC, 2),
        ("|a|", "write abs(x) for |x|", 0),
        ("a | a", "| is not for numbers: write abs(x) for |x|", 2),
        ("a and a", f"'and' and 'or' are not for numbers: {CHOOSE}", 2),
        ("a or a", f"'and' and 'or' are not for numbers: {CHOOSE}", 2),
        ("not a", f"'not' is not for numbers: {CHOOSE}", 0),
        ("a if a else 2", f"there is no 'if' and 'else': {CHOOSE}", 2),
        ("a + 'x'", "text in quotes is no number", 4),
        ("f'{a}'", "text in quotes is no number", 0),
        ("b'x'", ARITHMETIC, 0),
        ("a + 1j", "a complex number: write a real one, without the j", 4),
        ("True", "True and False are no numbers: write 1 or 0", 0),
        ("a * None", "None is no number", 4),
        ("...", ARITHMETIC, 0),
        ("(b := a)", 'a name gets its number after the expression, as in "a*b" a=2 b=3', 3),
        ("sum(a, *a)", "no * before an argument", 7),
        ("clip(a, low=0)", "arguments have no names here: write clip(x, y)", 0),
        ("clip(**a)", "arguments have no names here", 0),
        ("a, a", "a comma stands only between the arguments of a function", 0),
        ("[a]", "a list has no place here: write its parts one by one, as in sum(a, b)", 0),
        ("{a: a}", ARITHMETIC, 0),
        ("sum(a for a in a)", ARITHMETIC, 3),
        ("(yield a)", ARITHMETIC, 1),
        ("await a", ARITHMETIC, 0),
        # operators
        ("(a) ^ 2", "^ is no power here: write **", 4),
        ("a @ a", "@ is for matrices: write * for a product", 2),
        ("a & a", ARITHMETIC, 2),
        ("a << 2", ARITHMETIC, 2),
        ("~a", ARITHMETIC, 0),
        # syntax
        ("a +", "the expression ends too early: a name or a number is missing", 3),
        ("tanh(a + 1", "this parenthesis is never closed: add a )", 4),
        ("a)", "this closes nothing: take it out, or add a ( before it", 1),
        ("(a]", "this closes what a ( opened: write )", 2),
        ("a 2", ARITHMETIC, 2),
        ("a */ 2", ARITHMETIC, 3),
        ("3 + 2a", "a number runs into something else here: write 2*a, not 2a", 4),
        ("a + 007", "a number does not begin with 0: write 7, not 007", 4),
        ("a = 2", 'a name gets its number after the expression, as in "a*b" a=2 b=3', 2),
        ("a = = 2", 'a name gets its number after the expression, as in "a*b" a=2 b=3', 2),
        ("a × 2", "write * for a product", 2),
        ("a \N{MINUS SIGN} 2", "write - for minus", 2),
        ("a ÷ 2", "write / for a quotient", 2),
        ("a²", "write ** for a power, as in a**2", 1),
        ("√a", "write sqrt(x) for a root", 0),
        ("'x", "text in quotes is no number", 0),
        ("a if a", f"there is no 'if' and 'else': {CHOOSE}", 0),
        ("a ? a", ARITHMETIC, 2),
        ("import os", ARITHMETIC, 0),
        ("a; a", ARITHMETIC, 1),
        # numbers
        ("a + 1e999", "beyond 1.8e308, the largest float: write a smaller one", 4),
        ("a ** 1001", "an exponent is at most 1,000, this one 1001", 2),
        ("a ** -1e6", "an exponent is at most 1,000, this one -1e+06", 2),
        ("pow(a, 2000)", "an exponent is at most 1,000, this one 2000", 0),
        ("a ** (1e999 - 1)", "this number is beyond", 6),
        ("2 ** 9 ** 9", "an exponent is at most 1,000", 2),
    ],
)
def test_what_is_wrong_and_where_and_what_to_do_instead(text: str, words: str, column: int) -> None:
    assert words in refused(text, "a")[0]
    assert place(text, "a") == column


def test_an_exponent_may_be_a_name_of_any_size() -> None:
    assert evaluate("1 ** n", assignments(["n=1e9"])).data == 1.0
    assert evaluate("a ** 1000", leaves("a")).data == 2.0**1000


def test_a_name_without_a_number_is_told_when_nothing_is_given() -> None:
    assert refused("q")[0] == "there is no number for 'q': add q=<number> (none is given)"


def test_a_number_without_use_is_named() -> None:
    assert refused("b * 2", "a", "b", "c") == [
        "'a' is not in the expression: leave it out",
        "  a=2",
        "  ^",
    ]


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_an_empty_expression_says_what_one_looks_like(text: str) -> None:
    words = 'the expression is empty: write one, such as "tanh(a*b + c)"'
    assert refused(text) == [words]


@pytest.mark.parametrize(
    "character", ["\0", "\x1b", "\x7f", "\N{RIGHT-TO-LEFT OVERRIDE}", "\ud800"]
)
def test_a_character_that_would_disturb_a_terminal_is_not_shown(character: str) -> None:
    words, line, caret = refused(f"1 + {character}")
    assert words == f"the character {character!a} has no place here"
    assert line == "  1 + \N{REPLACEMENT CHARACTER}"
    assert caret == "      ^"


def test_nothing_that_is_refused_has_run(capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("print(1)", "__import__('os')", "(lambda: print(1))()", "[print(1) for x in a]"):
        refused(text)
    assert capsys.readouterr().out == ""


# --- limits ---------------------------------------------------------------------------------


def test_the_length_is_limited() -> None:
    text = "1" + " " * (LONGEST - 3) + "+1"
    assert evaluate(text, {}).data == 2.0
    assert "at most 1,000 characters" in refused(text + "1")[0]
    assert "at most 1,000 characters" in refused("9" * 1_000_000)[0]


def test_an_int_of_hundreds_of_digits_is_refused() -> None:
    assert "beyond 1.8e308" in refused("9" * 900)[0]


def test_the_depth_is_limited() -> None:
    def nested(depth: int) -> str:
        return "-(" * (depth - 1) + "1" + ")" * (depth - 1)

    assert abs(evaluate(nested(DEEPEST), {}).data) == 1.0
    assert f"more than {DEEPEST} levels deep" in refused(nested(DEEPEST + 1))[0]


@pytest.mark.parametrize(
    "text",
    ["(" * 1000, "(" * 499 + ")" * 499, "-" * 999 + "1", "+".join(["(1"] * 333), "tanh(" * 200],
    ids=["open", "pairs", "minus", "sums", "calls"],
)
def test_what_is_too_deep_for_the_parser_is_refused_like_the_rest(text: str) -> None:
    words, _, caret = refused(text)
    assert "levels deep" in words or "never closed" in words
    assert caret.strip() == "^"


def test_the_number_of_nodes_is_limited() -> None:
    assert evaluate("+".join("1" * (MOST_NODES // 2)), {}).data == MOST_NODES // 2
    words, _, caret = refused("+".join("1" * 251))
    assert "at most 500 names, numbers and ops" in words
    assert caret.endswith("^")


def test_the_first_node_beyond_the_limit_is_pointed_at() -> None:
    line, caret = refused("+".join("1" * (MOST_NODES // 2)) + "*2")[1:]  # 1+1+…+1*2
    assert line[len(caret) - 1 :] == "+1*2"
    line, caret = refused("+".join("1" * (MOST_NODES // 2)) + " - 2 + 3")[1:]
    assert line[len(caret) - 1 :] == "- 2 + 3"


# --- the caret ------------------------------------------------------------------------------


def test_the_caret_counts_characters_not_bytes() -> None:
    assert place("θ*θ + d", "θ") == 6
    assert refused("(θ) ^ θ", "θ")[2] == "      ^"


def test_the_caret_stands_below_wide_characters_and_combining_ones() -> None:
    values = assignments(["変数=1", "e\u0304=2"])
    with pytest.raises(ExpressionError) as caught:
        evaluate("変数 ^ 2", values)
    assert str(caught.value).split("\n")[2] == "  " + "    " + " " + "^"
    with pytest.raises(ExpressionError) as caught:
        evaluate("x\u0304 ^ 2", values)
    assert str(caught.value).split("\n")[2] == "  " + " " + " " + "^"


def test_an_expression_on_several_lines_is_shown_on_one() -> None:
    assert refused("a\n\t+ d", "a")[1:] == ["  a  + d", "       ^"]


@pytest.mark.parametrize("before", [0, 5, 40, 400, 900])
@pytest.mark.parametrize("after", [0, 40, 90])
def test_of_a_long_expression_the_part_around_the_place_is_shown(before: int, after: int) -> None:
    text = "1" + "+1" * (before // 2) + "^" + "1+" * (after // 2) + "1"
    _, line, caret = str(point_at("wrong", text, text.index("^"))).split("\n")
    assert line[len(caret) - 1] == "^"
    assert len(line) <= len("  …") + WINDOW + len("…")
    assert ("…" in line) == (len(text) > WINDOW)


def test_a_long_name_is_cut_in_the_message() -> None:
    words, line, _ = refused("x" * 900)
    assert len(words) < 200
    assert len(line) < 80


# --- numbers for names ----------------------------------------------------------------------


def test_assignments_are_labelled_leaves_in_order() -> None:
    values = assignments(["b=-3", "a = 2.5", "θ=1e-3", "c=1_000"])
    assert [(name, x.label, x.data) for name, x in values.items()] == [
        ("b", "b", -3.0),
        ("a", "a", 2.5),
        ("θ", "θ", 0.001),
        ("c", "c", 1000.0),
    ]
    assert all(x.is_leaf and not x.is_constant for x in values.values())


def test_inf_and_nan_are_numbers_that_may_be_given() -> None:
    values = assignments(["a=inf", "b=-Infinity", "c=nan"])
    assert str([x.data for x in values.values()]) == "[inf, -inf, nan]"


@pytest.mark.parametrize(
    ("texts", "words", "column"),
    [
        (["a"], "expected name=number, as in a=2", 0),
        ([""], "expected name=number, as in a=2", 0),
        (["=2"], "a name is made of letters, digits and _", 0),
        (["2a=2"], "a name is made of letters, digits and _", 0),
        (["a b=2"], "a name is made of letters, digits and _", 0),
        (["a.b=2"], "a name is made of letters, digits and _", 0),
        (["lambda=2"], "'lambda' is a word of Python", 0),
        (["None=2"], "'None' is a word of Python", 0),
        (["tanh=2"], "'tanh' has a meaning in expressions already: take another name", 0),
        (["pi=3"], "'pi' has a meaning in expressions already: take another name", 0),
        (["a="], "a number is missing here: write it out, as in a=0.5", 2),
        (["a= "], "a number is missing here", 2),
        (["a=x"], "'x' is no number: write digits alone, as in a=0.5", 2),
        (["a=2x"], "'2x' is no number", 2),
        (["a=2,"], "'2,' is no number", 2),
        (["a=1/3"], "'1/3' is no number", 2),
        (["a==2"], "'=2' is no number", 2),
        (["a=1e999"], "this number is beyond 1.8e308, the largest float", 2),
        (["a=2", "b=3", "a=2"], "'a' is given twice", 0),
        (["\N{LATIN SMALL LIGATURE FI}=2", "fi=3"], "'fi' is given twice", 0),
    ],
)
def test_an_assignment_that_cannot_be_read_is_shown(
    texts: list[str], words: str, column: int
) -> None:
    with pytest.raises(ExpressionError) as caught:
        assignments(texts)
    said, line, caret = str(caught.value).split("\n")
    assert words in said
    assert line == f"  {texts[-1]}"
    assert caret == "  " + " " * column + "^"


# --- laws -----------------------------------------------------------------------------------

ALPHABET = "abcθ変 \t\n019.,+-*/%()[]{}<>=!^&|~@:;'\"\\#_$?`jex\0\ud800²×"
WORDS = [*FUNCTIONS, *LEAVES, "pi", "lambda", "if", "else", "and", "not", "in", "for", "None"]
WORDS += ["(", ")", "(", ")", "+", "-", "*", "**", "//", "%", ",", ".", "1", "2.5", "1e9", "0x"]
hostile = st.one_of(
    st.text(max_size=60),
    st.text(ALPHABET, max_size=40),
    st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=25).map("".join),
)


def error_of(read: Callable[[], object]) -> str:
    """What is said, if it cannot be read."""
    try:
        read()
    except ExpressionError as error:
        return str(error)
    return ""


@settings(max_examples=500, deadline=None)
@given(hostile, st.sampled_from(((), ("a",), tuple(LEAVES))))
def test_any_text_is_an_expression_or_an_expression_error(
    text: str, names: tuple[str, ...]
) -> None:
    said = error_of(lambda: evaluate(text, leaves(*names)))
    assert all(line.isprintable() for line in said.split("\n"))
    assert len(said.split("\n")) <= 3


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=20), st.text("ab=01.e-θ\0", max_size=8)), max_size=4))
def test_any_texts_are_assignments_or_an_expression_error(texts: list[str]) -> None:
    said = error_of(lambda: assignments(texts))
    assert all(line.isprintable() for line in said.split("\n"))


numerals = st.one_of(
    st.integers(0, 999).map(str),
    st.floats(0, allow_infinity=False, allow_nan=False).map(repr),
)
atoms = st.one_of(st.sampled_from([*LEAVES, "pi"]), numerals)


def larger(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "//", "%"])
    infix = st.tuples(part, signs, part).map(lambda xs: f"{xs[0]} {xs[1]} {xs[2]}")
    power = st.tuples(part, st.integers(0, 9)).map(lambda xs: f"({xs[0]}) ** {xs[1]}")
    prefix = st.tuples(st.sampled_from("+-"), part).map("".join)
    called = st.sampled_from(sorted(FUNCTIONS.keys() - {"pow"})).flatmap(
        lambda name: st.sampled_from(counts(FUNCTIONS[name])).flatmap(
            lambda count: st.lists(part, min_size=count, max_size=count).map(
                lambda parts: f"{name}({', '.join(parts)})"
            )
        )
    )
    return st.one_of(infix, power, prefix, called, part.map(lambda x: f"({x})"))


class Numbers(ast.NodeTransformer):
    """Every number as a constant, so that Python computes with Values alone."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Call(ast.Name("constant", ast.Load()), [node], [])


def computed_by_python(text: str, values: dict[str, Value]) -> Any:
    tree = ast.fix_missing_locations(Numbers().visit(ast.parse(text, mode="eval")))
    known = {**FUNCTIONS, **values, "pi": constant(math.pi), "constant": constant}
    return eval(compile(tree, "<expression>", "eval"), {"__builtins__": {}}, known)


@settings(max_examples=400, deadline=None)
@given(st.recursive(atoms, larger, max_leaves=12))
def test_an_expression_has_the_bits_that_python_gives_it(text: str) -> None:
    bits = []
    for compute in (evaluate, computed_by_python):
        values = leaves(*names_in(text))
        root = compute(text, values)
        root.backward()
        bits.append([repr(root.data), *(repr(x.grad) for x in values.values())])
    assert bits[0] == bits[1]


def test_every_operator_of_the_table_is_arithmetic_that_a_value_knows() -> None:
    assert set(OPERATORS) == {
        *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
        *(ast.USub, ast.UAdd),
    }


def test_the_place_of_an_operator_is_found_behind_parentheses() -> None:
    tree = ast.parse("((a) ) * b", mode="eval").body
    assert column_of(tree, "((a) ) * b") == 7
