"""`explain`: the paths from a root back to a node, their products, and their sum."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
from autograd import Op, StaleGraphError, Value, constant
from autograd.cli.expression import evaluate
from autograd.engine.graph import edges, gradients, topological_order
from autograd.losses import mse_loss
from autograd.show.words.explain import MOST_LINES, MOST_MEANINGS, ChainRule, explain
from autograd.show.words.naming import latex_name

INF = math.inf


def labelled(value: Value, label: str) -> Value:
    value.label = label
    return value


def lines(explanation: ChainRule) -> list[str]:
    return [line.strip() for line in explanation.text.split("\n") if line.strip()]


def ladder(x: Value, rungs: int) -> Value:
    for _ in range(rungs):
        x = x + x
    return x


def chain(x: Value, length: int) -> Value:
    for _ in range(length):
        x = -x
    return x


def two_paths() -> tuple[Value, Value]:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    return labelled(labelled(a * b, "c") * -2.0 + a * 4.0, "loss"), a


def test_each_path_is_written_out_as_text_and_their_products_add_up() -> None:
    loss, a = two_paths()
    assert explain(loss, a).text == (
        "dloss/da: 2 paths lead from loss back to a\n"
        "\n"
        "  path 1   loss ← t1 ← c ← a   ∂loss/∂t1 · ∂t1/∂c · ∂c/∂a = 1 · (−2) · (−3) = 6\n"
        "  path 2   loss ← t2 ← a       ∂loss/∂t2 · ∂t2/∂a = 1 · 4 = 4\n"
        "  sum      dloss/da = 6 + 4 = 10\n"
        "\n"
        "  where t1 = c·(−2)\n"
        "        t2 = a·4"
    )


def test_the_same_as_markdown_with_formulas_between_dollars() -> None:
    x = Value(3.0, "x")
    y = labelled(x * x, "y")
    assert explain(y, x).markdown.split("\n") == [
        "dy/dx: 2 paths lead from y back to x",
        "",
        r"- **path 1** y ← x: $\frac{\partial y}{\partial x^{(1)}} = 3$",
        r"- **path 2** y ← x: $\frac{\partial y}{\partial x^{(2)}} = 3$",
        r"- **sum**: $\frac{\mathrm{d} y}{\mathrm{d} x} = 3 + 3 = 6$",
        "",
        "⁽¹⁾, ⁽²⁾, … tell the operands apart where a node uses the same one more than once\\.",
    ]
    assert explain(y, x)._repr_markdown_() == explain(y, x).markdown


def test_the_same_as_latex_in_aligned_equations() -> None:
    loss, a = two_paths()
    assert explain(loss, a).latex == (
        "\\begin{aligned}\n"
        r"\frac{\partial \mathrm{loss}}{\partial t_{1}} \cdot \frac{\partial t_{1}}{\partial c}"
        r" \cdot \frac{\partial c}{\partial a} &= "
        r"1 \cdot \left(-2\right) \cdot \left(-3\right) = 6 \\" + "\n"
        r"\frac{\partial \mathrm{loss}}{\partial t_{2}} \cdot \frac{\partial t_{2}}{\partial a}"
        r" &= 1 \cdot 4 = 4 \\" + "\n"
        r"\frac{\mathrm{d} \mathrm{loss}}{\mathrm{d} a} &= 6 + 4 = 10 \\" + "\n"
        r"\text{where } t_{1} &= c \cdot \left(-2\right) \\" + "\n"
        r"t_{2} &= a \cdot 4" + "\n"
        r"\end{aligned}"
    )


def test_the_data_is_there_beside_the_words() -> None:
    loss, a = two_paths()
    found = explain(loss, a)
    assert (found.gradient, found.count) == (10.0, 2)
    assert [[node.label for node in path.nodes] for path in found.paths] == [
        ["loss", "", "c", "a"],
        ["loss", "", "a"],
    ]
    assert [path.locals for path in found.paths] == [(1.0, -2.0, -3.0), (1.0, 4.0)]
    assert [path.product for path in found.paths] == [6.0, 4.0]


def test_below_the_lines_it_is_said_what_the_nodes_without_label_are() -> None:
    x, y, k = Value(2.0, "x y"), Value(3.0, "y"), labelled(constant(5.0), "k")
    t = ag.sum([x * k, y, constant(-7.0), *[Value(1.0)] * 10])
    found = explain(labelled(t.tanh() + 1.0, "z"), x)
    assert found.text.split("\n\n")[-1] == (
        '  where t1 = "x y"·k\n        t2 = t1 + y + (−7) + v1 + … + v1\n        t3 = tanh(t2)'
    )
    assert found.markdown.split("\n\n")[-1] == (
        r"where $t_{1} = \text{x y} \cdot k$, "
        r"$t_{2} = t_{1} + y + \left(-7\right) + v_{1} + \ldots + v_{1}$, "
        r"$t_{3} = \tanh\left(t_{2}\right)$"
    )
    assert found.latex.split("\n")[-4:-1] == [
        r"\text{where } t_{1} &= \text{x y} \cdot k \\",
        r"t_{2} &= t_{1} + y + \left(-7\right) + v_{1} + \ldots + v_{1} \\",
        r"t_{3} &= \tanh\left(t_{2}\right)",
    ]


def test_only_nodes_that_the_lines_mention_are_described_and_not_too_many() -> None:
    x = Value(1.0, "x")
    y = chain(x, 100)
    described = explain(y, x).text.split("\n\n")[-1].split("\n")
    names = [line.removeprefix("  where").split()[0] for line in described]
    assert names == ["t1", "t2", "t3", "t4", "t5", "t95", "t96", "t97", "t98", "t99"]
    assert described[0] == "  where t1  = −x"
    described = explain(y, x, most=0).text.split("\n\n")[-1].split("\n")
    assert len(described) == MOST_MEANINGS + 1
    assert (described[-2], described[-1]) == ("        t99 = −t98", "        …")


def test_where_all_nodes_have_labels_nothing_is_left_to_describe() -> None:
    x = Value(1.0, "x")
    found = explain(labelled(labelled(x * 2.0, "y") * 3.0, "z"), x)
    assert not any("where" in form for form in (found.text, found.markdown, found.latex))


def test_a_constant_is_no_name_for_a_root() -> None:
    found = explain(constant(-3.0), Value(1.0, "x"))
    assert lines(found) == ["root does not depend on x: no path, the gradient is 0", "droot/dx = 0"]


def test_one_path_needs_no_sum() -> None:
    x = Value(0.5, "x")
    found = explain(labelled(x * -3.0, "y"), x)
    assert lines(found)[1:] == ["path 1   y ← x   ∂y/∂x = −3", "so       dy/dx = −3"]


def test_an_interior_node_can_be_explained_too() -> None:
    loss, _ = two_paths()
    c = topological_order(loss)[2]
    assert c.label == "c"
    assert isinstance(c, Value)
    assert explain(loss, c).gradient == -2.0


@pytest.mark.parametrize(
    ("root_and_wrt", "headline", "gradient", "count"),
    [
        (lambda x, w: (x, x), "dx/dx = 1: x itself, with no edge on the way", 1.0, 1),
        (lambda x, w: (x * 2, w), "root does not depend on w: no path, the gradient is 0", 0.0, 0),
        (lambda x, w: (w, w * 2), "w does not depend on t1: no path, the gradient is 0", 0.0, 0),
        (
            lambda x, w: (ag.where(1.0, x, w), w),
            "root was computed with w, but no path leads back to it along which anything flows, "
            "as with what a where or lookup did not take: the gradient is 0",
            0.0,
            0,
        ),
    ],
)
def test_no_way_to_go_is_said_in_words(
    root_and_wrt: Callable[[Value, Value], tuple[Value, Value]],
    headline: str,
    gradient: float,
    count: int,
) -> None:
    root, wrt = root_and_wrt(Value(1.0, "x"), Value(1.0, "w"))
    found = explain(root, wrt)
    assert found.text.startswith(headline)
    assert (found.gradient, found.count) == (gradient, count)
    assert [len(path.nodes) for path in found.paths] == [1] * count


def test_constants_and_operands_that_were_not_taken_are_on_no_path() -> None:
    x, w, k = Value(1.0, "x"), Value(2.0, "w"), constant(3.0, "k")
    root = ag.where(1.0, x * k, w * x) + ag.lookup([w, x], Value(1.0, "i"))
    assert explain(root, x).count == 2
    assert explain(root, w).count == 0


def test_two_thousand_billions_of_paths_are_told_node_by_node() -> None:
    x = Value(3.0, "x")
    found = explain(labelled(ladder(x, 41), "y"), x)
    assert (found.count, found.gradient, found.paths) == (2**41, 2.0**41, ())
    assert lines(found)[0] == (
        "dy/dx: 2,199,023,255,552 paths lead from y back to x. "
        "What reaches a node adds up, from the root on:"
    )
    assert lines(found)[1:3] == [
        "dy/dy = 1",
        "dy/dt40 = dy/dy · ∂y/∂t40⁽¹⁾ + dy/dy · ∂y/∂t40⁽²⁾ = 1 · 1 + 1 · 1 = 2",
    ]
    assert (
        "dy/dx = dy/dt1 · ∂t1/∂x⁽¹⁾ + dy/dt1 · ∂t1/∂x⁽²⁾ = 1.1e12 · 1 + 1.1e12 · 1 = 2.199e12"
        in (lines(found))
    )


def test_node_by_node_every_contribution_is_shown_with_negative_ones_in_parentheses() -> None:
    a = Value(2.0, "a")
    b = labelled(a * -3.0, "b")
    loss = labelled(a * b, "loss")
    found = explain(loss, a, most=1)
    assert lines(found) == [
        "dloss/da: 2 paths lead from loss back to a. "
        "What reaches a node adds up, from the root on:",
        "dloss/dloss = 1",
        "dloss/db = dloss/dloss · ∂loss/∂b = 1 · 2 = 2",
        "dloss/da = dloss/dloss · ∂loss/∂a + dloss/db · ∂b/∂a = 1 · (−6) + 2 · (−3) = −12",
    ]


@pytest.mark.parametrize(
    ("rungs", "said"), [(3, "8"), (50, "about 1.1e15"), (300, "about 2.0e90"), (20_000, "e6020")]
)
def test_the_number_of_paths_is_exact_however_large(rungs: int, said: str) -> None:
    x = Value(0.0)
    found = explain(ladder(x, rungs), x, most=3)
    assert found.count == 2**rungs
    assert f"{said} paths lead" in lines(found)[0]


def test_many_nodes_are_left_out_in_the_middle() -> None:
    x = Value(1.0, "x")
    found = explain(ladder(x, 300), x)
    assert f"… {301 - MOST_LINES} more nodes …" in lines(found)
    assert f"… {301 - MOST_LINES} more nodes …" in found.markdown
    assert f"& \\text{{… {301 - MOST_LINES} more nodes …}}" in found.latex
    assert sum("droot/d" in line for line in lines(found)[1:]) == MOST_LINES


def test_a_long_path_is_cut_in_the_middle_where_it_is_shown_and_nowhere_else() -> None:
    x = Value(1.0, "x")
    found = explain(chain(x, 100_000), x)
    assert (found.gradient, found.count) == (1.0, 1)
    assert len(found.paths[0].nodes) == 100_001
    assert "t99996 ← … 99,991 more … ← t4" in found.text
    assert "· … 99,990 more … ·" in found.text
    for form in (found.markdown, found.latex):
        assert r"\ldots\text{ 99,990 more }\ldots" in form
        assert len(form) < 3_000


def test_a_node_with_many_users_is_cut_too() -> None:
    x = Value(1.0, "x")
    found = explain(ag.sum([x * float(i) for i in range(1_000)]), x, most=20)
    assert any("… 990 more …" in line for line in lines(found))
    assert found.count == 1_000
    assert len(explain(ag.sum([x * 2.0] * 1_000), x, most=1_000).paths) == 1_000


@pytest.mark.parametrize(
    ("root", "note"),
    [
        (lambda z: ag.log(z) * 2.0, "Path 1: ∂t1/∂z = ∞ makes the product ∞."),
        (lambda z: ag.sqrt(z) * 0.0, "Path 1: ∂t1/∂z = ∞, but an upstream of 0 passes exactly 0"),
        (lambda z: z * INF * 0.0, "Path 1: ∂t1/∂z = ∞ makes the product nan."),
        (
            lambda z: (z * 1e200) * 1e200,
            "Path 1: the product grows beyond 1.8e308 at ∂t1/∂z = 1e200.",
        ),
    ],
)
def test_the_edge_that_makes_a_nan_or_an_inf_is_named(
    root: Callable[[Value], Value], note: str
) -> None:
    z = Value(0.0, "z")
    assert lines(explain(root(z), z))[-1].startswith(note)


def test_node_by_node_the_first_nan_or_inf_is_named() -> None:
    big, zero = Value(1e200, "big"), Value(0.0, "zero")
    assert lines(explain(big * big * big * big, big, most=0))[-2] == (
        "droot/dt1 is the first that is ∞: the product grows beyond 1.8e308 at ∂t2/∂t1 = 1e200."
    )
    assert lines(explain(ag.log(zero), zero, most=0))[-1] == (
        "droot/dzero is the first that is ∞: ∂root/∂zero = ∞ makes the product ∞."
    )


def test_where_the_paths_round_to_another_sum_than_the_gradient_both_are_shown() -> None:
    x = Value(0.0, "x")
    t = ag.sqrt(x)
    found = explain(t * 1.0 - t * 1.0, x)  # upstreams cancel before they meet the inf
    assert found.gradient == 0.0
    assert "sum      ∞ + (−∞) = nan" in lines(found)
    assert "so       droot/dx = 0" in lines(found)
    assert lines(found)[-1] == (
        "The sum of the products rounds to nan. backward() adds up at every node before it "
        "multiplies on, and finds 0."
    )


def test_nobodys_gradients_change() -> None:
    loss, a = two_paths()
    a.grad = 7.0
    before = [node.grad for node in topological_order(loss)]
    explain(loss, a)
    explain(loss, a, most=0)
    assert all(x.grad is y for x, y in zip(topological_order(loss), before, strict=True))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((1.0, Value(1.0)), TypeError, "a Value, got float"),
        (
            (Value(1.0), None),
            TypeError,
            "wrt is a Value that the root was computed from, got NoneType",
        ),
        ((Value(1.0), constant(2.0, "k")), ValueError, r"\(leaf 'k'\).*Value\(x\) instead"),
        ((Value(1.0), Value(1.0), 2.5), TypeError, "most is an int"),
        ((Value(1.0), Value(1.0), True), TypeError, "most is an int"),
        ((Value(1.0), Value(1.0), -1), ValueError, "most is at least 0, got -1"),
    ],
)
def test_what_cannot_be_explained_is_refused_with_a_reason(
    arguments: tuple[Any, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        explain(*arguments)


def test_a_graph_whose_numbers_changed_is_refused_as_backward_does() -> None:
    x = Value(2.0, "x")
    inner = x * x
    outer = inner * inner
    x.data = 3.0
    ag.recompute(inner)
    with pytest.raises(StaleGraphError):
        outer.backward()
    with pytest.raises(StaleGraphError):
        explain(outer, x)


HOSTILE = ["</script><b>", "$x$ `y` |z|", r"\end{aligned}\input{x}", "a\nb\u202e", "x_2", "**b**"]


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_come_out_only_cleaned_and_escaped(label: str) -> None:
    x = Value(2.0, label)
    for most in (20, 0):
        found = explain(x * x, x, most)
        words = re.sub(r"\$\\frac.*\$", "", found.markdown)
        assert not re.search(r"(?<!\\)[<`|$]|\n *b|\u202e", words)
        assert "\u202e" not in found.text
        name = " ".join(label.replace("\u202e", "\ufffd").split())
        formulas = found.latex.replace(latex_name(name), "")
        assert not re.search(r"script|input|`|\$", formulas)


def test_an_op_of_the_users_own_is_explained_as_any_other() -> None:
    cube = Op("cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x)
    x = Value(2.0, "x")
    assert lines(explain(cube(x), x))[1] == "path 1   root ← x   ∂root/∂x = 12"


# --- laws -----------------------------------------------------------------------------------

STEPS: dict[str, Callable[[Value, Value], Value]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "tanh": lambda a, b: a.tanh(),
    "exp": lambda a, b: (a - b).tanh().exp(),
    "**": lambda a, b: a**b,
    "where": lambda a, b: ag.where(a > b, a, b),
}
earlier = st.integers(1, 6)
programs = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), earlier, earlier), min_size=1, max_size=40
)
few = settings(deadline=None, derandomize=True, max_examples=150)


def graph(program: Sequence[tuple[str, int, int]]) -> tuple[Value, Value]:
    nodes = [Value(0.75, "x"), Value(1.5, "y")]
    for name, i, j in program:
        nodes.append(STEPS[name](nodes[-min(i, len(nodes))], nodes[-min(j, len(nodes))]))
    return nodes[-1], nodes[0]


def brute_force(root: Any, wrt: Value) -> int:
    if root is wrt:
        return 1
    return sum(brute_force(operand, wrt) for _, operand, _ in edges(root, False))


@few
@given(programs)
def test_the_products_of_all_paths_add_up_to_the_gradient(
    program: list[tuple[str, int, int]],
) -> None:
    root, x = graph(program)
    found = explain(root, x, most=5_000)
    assert found.gradient == gradients(root).get(x, 0.0) or math.isnan(found.gradient)
    assert "-" not in found.text
    assert "−" not in found.latex
    products = [path.product for path in found.paths]
    size = sum(map(abs, products))
    if found.count <= 5_000 and size < 1e300:
        assert len(products) == found.count
        assert abs(math.fsum(products) - found.gradient) <= 16 * 2.0**-53 * size


@few
@given(programs.filter(lambda program: len(program) <= 10))
def test_all_paths_are_counted_and_none_is_found_twice(
    program: list[tuple[str, int, int]],
) -> None:
    root, x = graph(program)
    found = explain(root, x, most=10_000)
    assert found.count == brute_force(root, x) == len(found.paths)
    steps = {tuple((a, b.use) for a, b in zip(p.nodes, p.steps, strict=False)) for p in found.paths}
    assert len(steps) == found.count


# --- where a nan or an inf comes from ---------------------------------------------------------


def notes(text: str, **numbers: float) -> list[str]:
    """What is said below the paths of d y / d a."""
    values = {name: Value(x, name) for name, x in numbers.items()}
    root = evaluate(text, values)
    root.label = "y"
    told = str(explain(root, values["a"])).split("\n\n")[-1]
    return told.split("\n")


def test_infinity_times_0_is_named_as_the_cause_of_a_nan() -> None:
    assert notes("relu(a)*sin(a)/a", a=0.0) == [
        "Path 1: ∂y/∂t3 = ∞ makes the product ∞, and then ∞ · 0 is nan at ∂t3/∂t1.",
        "Path 2: ∂y/∂t3 = ∞ makes the product ∞, and then ∞ · 0 is nan at ∂t3/∂t2.",
        "Path 3: ∂y/∂a = −t3/a² is nan at t3 = 0, a = 0.",
    ]


def test_an_overflow_that_meets_a_0_is_told_from_the_root_on() -> None:
    (_, said) = notes("exp(a)*exp(-a)", a=800.0)
    assert said == "Path 2: ∂y/∂t3 = ∞ makes the product ∞, and then ∞ · 0 is nan at ∂t3/∂t2."


def test_infinities_of_both_signs_have_no_sum() -> None:
    assert notes("1/a - 1/a", a=0.0)[-1] == "Among the products are ∞ and −∞, which have no sum."
    assert "no sum" not in " ".join(notes("1/a + 1/a", a=0.0))


def test_node_by_node_the_first_inf_and_the_first_nan_have_their_causes() -> None:
    a = Value(0.0, "a")
    root = a.relu() * sum((a * float(i) for i in range(30)), Value(0.0)) / a
    root.label = "y"
    told = str(explain(root, a, most=3))
    assert "dy/dt62 is the first that is ∞: ∂y/∂t62 = ∞ makes the product ∞." in told
    assert "dy/dt61 is the first that is nan: ∞ · 0 is nan at ∂t62/∂t61." in told


def test_node_by_node_infinities_of_both_signs_have_no_sum() -> None:
    a = Value(0.0, "a")
    told = str(explain(1.0 / a - 1.0 / a, a, most=0))
    assert (
        "droot/da is the first that is nan: what reaches it is ∞ and −∞, which have no sum." in told
    )


def test_a_derivative_that_is_nan_in_a_rule_of_a_user_is_named_without_a_formula() -> None:
    def broken(x: Any, out: Any) -> Any:
        return math.nan if isinstance(x, float) else 1 / 0

    a = Value(1.0, "a")
    root = ag.Op("odd", lambda x: x, broken)(a)
    assert "Path 1: ∂root/∂a is nan." in str(explain(root, a))


# --- what is left out, and what is no number of interest --------------------------------------


@pytest.mark.parametrize("length", range(1, 14))
def test_nothing_is_left_out_where_a_word_on_it_would_be_as_long(length: int) -> None:
    y = Value(0.5, "y")
    root = y
    for _ in range(length):
        root = root.tanh()
    (line, *_) = [line for line in str(explain(root, y)).split("\n") if "path 1" in line]
    assert "more" not in str(explain(root, y)) or length > 12
    assert line.count("←") == (length if length < 13 else 10)


@pytest.mark.parametrize(("count", "more"), [(12, 0), (13, 0), (14, 2), (20, 8)])
def test_of_many_meanings_one_is_not_replaced_by_an_ellipsis(count: int, more: int) -> None:
    y = Value(0.5, "y")
    root = ag.sum([y.tanh() for _ in range(count)])
    told = str(explain(root, y))
    assert told.count("= tanh(y)") == count - more
    assert ("\n        …" in told) == bool(more)


def test_a_loss_whose_target_is_0_subtracts_nothing() -> None:
    x = Value(0.5, "x")
    loss = mse_loss([x, x * 2.0], [0.0, -0.0])
    assert "− 0" not in str(explain(loss, x))
    assert "- 0" not in explain(loss, x).latex
    assert "where t1 = x\n" in str(explain(loss, x))


def test_a_0_has_no_sign() -> None:
    x = Value(0.0, "x")
    for root in (x.cos(), 1.0 / (x + 2.0) * 0.0, x * 0.0 - x * 2.0 * 0.0):
        assert not re.search(r"−0(?!\.)", str(explain(root, x)))
