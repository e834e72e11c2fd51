"""Formulas: the expression that made a value, in named parts."""

import pytest
from hypothesis import given, strategies as st

from autograd import Value, constant, dot, exp, scan, tanh, vmap, where
from autograd.engine import calculus as c
from autograd.show.words.formula import LINE, formula


def test_a_formula_and_the_numbers_of_its_leaves() -> None:
    w, x = Value(2.0, "w"), Value(-3.0, "x")
    shown = formula(tanh(w * x + 10) ** 2)
    assert shown.text == "root = tanh(w·x + 10)²\nwhere w = 2, x = −3"
    assert shown.latex == (
        "\\begin{aligned}\n"
        "\\mathrm{root} &= \\tanh\\left(w \\cdot x + 10\\right)^{2} \\\\\n"
        "& \\text{where } w = 2,\\; x = -3\n"
        "\\end{aligned}"
    )
    assert shown.markdown == f"$$\n{shown.latex}\n$$"


def test_labelled_and_shared_nodes_have_lines_of_their_own() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    d = a * b
    d.label = "d"
    shared = d + 1.0
    loss = shared * shared
    loss.label = "loss"
    assert str(formula(loss)) == "d = a·b\nt1 = d + 1\nloss = t1·t1\nwhere a = 2, b = 3"


def test_leaves_without_label_are_numbered_and_constants_are_numbers() -> None:
    shown = formula(Value(2.0) * constant(-3.0) - constant(4.0, "k"))
    assert str(shown) == "root = v1·(−3) − k\nwhere v1 = 2, k = 4"


def test_what_was_recorded_is_shown_without_simplification() -> None:
    x = Value(2.0, "x")
    assert str(formula(0.0 - (x * 1.0 + 0.0))).startswith("root = 0 − (x·1 + 0)\n")


def test_minus_signs_are_of_full_width_in_text_and_hyphens_in_latex() -> None:
    x = Value(-2.0, "x")
    shown = formula(-x - x * -x + x**-2 - 2.0 ** (-x) + x * -1.5e-9 - abs(x) ** -0.5)
    assert str(shown) == (
        "t11 = −x − x·(−x) + x⁻² − 2^(−x) + x·(−1.5e−9)\nroot = t11 − |x|^(−0.5)\nwhere x = −2"
    )
    assert "−" not in shown.latex


LEAVES = [
    (Value(2.0, "a"), "a = 2"),
    (Value(2.0), "root = 2"),
    (constant(-2.5), "root = −2.5"),
    (constant(2.0, "k"), "k = 2"),
]


@pytest.mark.parametrize(("leaf", "text"), LEAVES)
def test_the_formula_of_a_leaf_is_its_number(leaf: Value, text: str) -> None:
    assert str(formula(leaf)) == text


def test_of_many_operands_the_first_and_the_last_are_shown() -> None:
    numbers = [Value(float(i)) for i in range(1000)]
    assert str(formula(c.sum(numbers))) == (
        "root = v1 + v2 + v3 + v4 + … + v1000\nwhere v1 = 0, v2 = 1, v3 = 2, v4 = 3, v1000 = 999"
    )
    assert str(formula(dot(numbers, numbers))).startswith(
        "root = v1·v1 + v2·v2 + v3·v3 + v4·v4 + … + v1000·v1000\n"
    )


def test_at_most_twenty_numbers_are_said() -> None:
    total = Value(0.0)
    for i in range(40):
        total = total + Value(float(i))
    assert str(formula(total)).endswith(", …")


def test_a_choice_and_a_derivative_are_written_as_formulas() -> None:
    x = Value(0.5, "x")
    assert str(formula(where(x, x, 0.0))) == "root = where(x, x, 0)\nwhere x = 0.5"
    tanh(x).backward(create_graph=True)
    try:
        assert str(formula(x.grad)) == "root = 1·sech²(x)\nwhere x = 0.5"
    finally:
        x.grad = 0.0


def test_a_long_expression_is_cut_into_parts_that_fit_in_a_line() -> None:
    x = Value(0.5, "x")
    total = x
    for _ in range(30):
        total = total * 2.0 + exp(x)
    lines = str(formula(total)).split("\n")[:-1]
    assert len(lines) > 5
    assert all(len(line.partition(" = ")[2]) <= LINE + 10 for line in lines)
    known = {"x", "exp"}
    for line in lines:
        name, _, expression = line.partition(" = ")
        words = {word.strip("()·+") for word in expression.replace("(", " ").split()}
        assert {word.split("·")[0].strip(")") for word in words if word[:1] == "t"} <= known
        known.add(name)


def test_of_many_parts_those_nearest_the_root_are_shown() -> None:
    node = Value(1.0, "x")
    for i in range(2000):
        node = node + 1.0
        node.label = f"n{i}"
    lines = str(formula(node, most=3)).split("\n")
    assert lines == [
        "… and 1,997 more parts before these",
        "n1997 = n1996 + 1",
        "n1998 = n1997 + 1",
        "n1999 = n1998 + 1",
    ]
    assert len(str(formula(node)).split("\n")) == 101


def test_a_chain_of_100_000_nodes() -> None:
    node = Value(0.5, "x")
    for _ in range(100_000):
        node = (-node).tanh()
    lines = str(formula(node, most=2)).split("\n")
    assert len(lines) == 3
    assert lines[0].endswith("more parts before these")
    assert lines[1].startswith("t199999 = −tanh(−tanh(−")
    assert lines[2] == "root = tanh(t199999)"


HOSTILE = "$\\evil{}\n}\u202e&<b>`|%#_^~"


def test_a_hostile_label_stays_a_name() -> None:
    x = Value(2.0, HOSTILE)
    root = x * x
    root.label = "a = b"
    shown = formula(root)
    name = '"$\\evil{} }\ufffd&<b>`|%#_^~"'
    assert shown.text == f'"a = b" = {name}·{name}\nwhere {name} = 2'
    escaped = shown.latex.replace("\\{", "").replace("\\}", "")
    assert escaped.count("{") == escaped.count("}")
    assert "\\evil" not in shown.latex
    assert "&<" not in shown.latex.replace("\\&<", "")


@given(st.text(max_size=200))
def test_any_label_gives_one_line_and_balanced_latex(label: str) -> None:
    shown = formula(Value(2.0, label) * 3.0)
    assert shown.text.count("\n") == 1
    bare = shown.latex.replace("\\\\", "").replace("\\{", "").replace("\\}", "")
    assert bare.count("{") == bare.count("}")


def test_a_label_with_an_alignment_sign_is_kept() -> None:
    assert r"\text{where } \text{a\&=} = 2" in formula(Value(2.0, "a&=") * 3.0).latex


def test_no_gradient_changes() -> None:
    a = Value(2.0)
    y = a * a
    y.backward()
    formula(y)
    assert (a.grad, y.grad) == (4.0, 1.0)


REFUSED: list[tuple[object, object, type[Exception], str]] = [
    (2.0, 100, TypeError, "formula takes the root of a graph, a Value, got float"),
    (None, 100, TypeError, "a Value, got NoneType"),
    (Value(1.0), 1.5, TypeError, "most is a positive int, got 1.5"),
    (Value(1.0), True, TypeError, "most is a positive int, got True"),
    (Value(1.0), 0, ValueError, "at least 1, got 0"),
]


@pytest.mark.parametrize(("value", "most", "error", "message"), REFUSED)
def test_what_has_no_formula(
    value: object, most: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        formula(value, most)  # type: ignore[arg-type]


def test_a_leaf_that_moved_on_has_the_number_that_it_was_used_with() -> None:
    x = Value(2.0, "x")
    y = x * x
    x.data = 5.0
    assert str(formula(y)) == "root = x·x\nwhere x = 2"


@pytest.mark.parametrize(("parts", "shown"), [(3, 3), (4, 4), (5, 3)])
def test_one_part_is_shown_rather_than_a_line_on_it(parts: int, shown: int) -> None:
    root = Value(2.0, "x")
    for number in range(parts):
        root = root.tanh()
        root.label = f"part{number}"
    lines = str(formula(root, most=3)).split("\n")
    assert sum("tanh" in line for line in lines) == shown
    assert ("more parts before these" in lines[0]) == (shown < parts)


def test_results_are_named_by_the_call_and_their_places() -> None:
    w, x = Value(2.0, "w"), Value(3.0, "x")
    total, _ = scan(lambda total, y: (total + w * y, total), x, [1.0])
    assert formula(total).text.startswith("root = scan(x, 1, w)[0]\n")
    first, second = vmap(lambda y: y * w)([x, 1.0])
    assert formula(first + second).text == (
        "t1 = vmap(x, 1, w)\nroot = t1[0] + t1[1]\nwhere x = 3, w = 2"
    )
