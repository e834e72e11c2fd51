"""A faulty pass beside the right one, as a table, and as a page."""

import math
import re
from collections.abc import Callable

import pytest

import autograd as ag
from autograd import Value, constant
from autograd.engine.numbers import alike
from autograd.nn import MLP
from autograd.show.stepping.events import Final
from autograd.show.stepping.layers import given_together
from autograd.teach import faults
from autograd.teach.faults import FAULTS, compare
from tests.graphs import diamond, network, square, tree

NAMES = sorted(FAULTS)


@pytest.mark.parametrize("name", sorted({*NAMES} - {"no_zero_grad"}))
def test_a_tree_of_sums_shows_nothing_and_the_comparison_says_what_would(name: str) -> None:
    found = compare(tree(), name)
    assert (found.differing, found.first) == ((), None)
    assert found.why.startswith("Nothing differs on this graph: ")
    assert "**" not in found.markdown.removeprefix(f"**{found.name}**".replace("_", "\\_"))


MADE = "the mistake was made in the contributions to "


@pytest.mark.parametrize("gradient", [0.0, math.nan, math.inf])
@pytest.mark.parametrize(
    ("name", "graph", "node"),
    [
        ("assign", square, "x"),
        ("parent_set", square, "x"),
        ("no_zero_grad", square, "x"),
        ("no_topological_order", diamond, "x"),
    ],
)
def test_a_mistake_that_was_made_and_does_not_show_is_said_to_be_so(
    name: str, graph: Callable[[], Value], node: str, gradient: float
) -> None:
    found = compare(graph(), name, gradient)
    assert found.why == (
        f"Nothing differs on this graph: {MADE}{node}, and they come to {gradient:g} with it and "
        "without"
    )


def test_stale_data_that_does_not_show_either() -> None:
    x = Value(3.0, "x")
    found = faults.stale_data(x * x, 0.0, changes={x: 5.0})
    assert f": {MADE}x, and they come to 0 with" in found.why


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("assign", "a node must get more than one contribution"),
        ("no_topological_order", "a computed node must pass its gradient back before"),
        ("parent_set", "a node must pass a gradient to one operand through two slots"),
        ("stale_data", "a leaf must change, and with it a local derivative"),
    ],
)
def test_what_a_mistake_takes_is_said_only_where_it_was_not_made(name: str, needs: str) -> None:
    x, y = Value(0.0, "x"), Value(2.0, "y")
    for root in (x + y, ag.where(x, x, y), Value(1.0)):
        found = compare(root, name)
        assert found.why.startswith(f"Nothing differs on this graph: {needs}")


def test_the_table_shows_every_node_of_a_small_graph() -> None:
    assert compare(diamond(), "assign").text.splitlines()[3:] == [
        "gradient of    right  wrong  difference",
        "root = a + t1      1      1           –",
        "t1 = 3·a           1      1           –",
        "a = 2·x            4      3          −1",
        "x                  8      6          −2",
    ]


def test_the_table_of_a_large_graph_shows_what_differs_and_counts_the_rest() -> None:
    xs = [Value(float(i + 1)) for i in range(30)]
    root = ag.sum([x * x for x in xs])
    lines = compare(root, "parent_set").text.splitlines()
    assert len(lines) == 3 + 1 + 24 + 1
    assert lines[-1] == "… and 37 gradients more, 6 of which differ"
    assert compare(root, "no_topological_order").text.splitlines()[-1] == (
        "… and 61 gradients more, none of which differs"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_faulty_run_plays_like_any_other(name: str) -> None:
    found = compare(diamond(), name)
    lines = found.play().text().splitlines()
    assert len(lines) == len(given_together(found.events()))


def test_the_nodes_of_modules_are_told_with_their_module() -> None:
    found = compare(network(), "assign")
    lines = found.text.splitlines()
    last = "layers.1.neurons.0.b"
    assert f"first that of {last}: {last} gets 2 contributions" in lines[1]
    assert lines[3:6] == [
        "gradient of               right    wrong  difference",
        "layers.1.neurons.0.b     0.3453   −3.228      −3.574",
        "layers.0.neurons.2.b   −0.04395   0.1532      0.1972",
    ]
    assert "| gradient of | right | wrong | difference |" in found.markdown


def test_a_node_whose_name_does_not_say_its_module_has_a_column_for_it() -> None:
    found = compare(MLP(1, [1], rng=0)([Value(1.0, "x")]) ** 2, "assign")
    lines = found.text.splitlines()
    assert lines[3].split() == ["gradient", "of", "module", "right", "wrong", "difference"]
    assert any(re.match(r"w0 +layers\.0\.neurons\.0 ", line) for line in lines)


def test_a_faulty_run_says_what_is_wrong_and_what_is_right() -> None:
    assert compare(diamond(), "no_topological_order").play().text().splitlines()[8:] == [
        " 9  a.grad = 1, too early: only 1 of 2 uses contributed; 4 is right",
        "10  x.grad += 1.0 (upstream) × 2.0 (∂a/∂x) → 0 + 2 = 2, final",
        "11  x.grad = 2, wrong: 8 is right",
        "12  t1.grad = 1, final",
        "13  a.grad += 1.0 (upstream) × 3.0 (∂t1/∂a) → 1 + 3 = 4, final; too late: a has passed "
        "its gradient on already",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_faulty_run_calls_no_wrong_gradient_final(name: str) -> None:
    found = compare(network(), name)
    events = given_together(found.events())
    for event, line in zip(events, found.play().text().splitlines(), strict=True):
        if isinstance(event, Final):
            is_wrong = not alike(event.gradient, found.right[event.node])
            assert (" is right" in line, ", final" in line) == (is_wrong, not is_wrong)


def test_a_faulty_run_is_named() -> None:
    found = compare(square(), "parent_set")
    assert "<title>parent_set: backpropagation from root</title>" in found.play().html
    assert "<title>Sets</title>" in found.play(title="Sets").html


def test_a_comparison_is_frozen() -> None:
    found = compare(square(), "assign")
    with pytest.raises(AttributeError):
        found.why = "no reason"  # type: ignore[misc]
    with pytest.raises(TypeError):
        found.right[Value(1.0)] = 1.0  # type: ignore[index]


def test_hostile_labels_stay_on_their_line_and_out_of_the_markup() -> None:
    x = Value(3.0, "x|<script>\n**")
    found = faults.assign(x * x)
    assert "<script>" not in found.markdown
    assert len(found.text.splitlines()) == 6


def test_constants_have_no_gradient_to_get_wrong() -> None:
    k, x = constant(3.0), Value(2.0)
    for name in NAMES:
        assert k not in compare(k * x + k * x, name).right


def test_a_leaf_alone_has_nothing_to_get_wrong() -> None:
    for name in NAMES:
        assert compare(Value(2.0), name).first is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 0.0, 1e300])
def test_numbers_that_are_not_finite_are_compared_like_any_other(number: float, name: str) -> None:
    x, y = Value(number, "x"), Value(2.0, "y")
    found = compare((x * x + y * x).exp() * (x * x), name)
    assert found.text
    assert list(map(repr, found.events()))
