"""`summary`: what a graph consists of, in exact numbers, and hints that are true and of use."""

import math
import re
import sys
from collections.abc import Callable

import pytest

import autograd as ag
from autograd import Op, Value, constant
from autograd.engine.graph import topological_order
from autograd.nn import MLP
from autograd.show.words import hints
from autograd.show.words.hints import HINTS, LARGE, LONG_CHAIN, Hint
from autograd.show.words.summary import Summary, summary


def after_backward(root: Value) -> Value:
    root.backward()
    return root


def chain(length: int) -> Value:
    x = Value(1.0, "x")
    for _ in range(length):
        x = -x
    return x


def network() -> Value:
    y = MLP(2, [3, 1], rng=0)([1.0, 2.0])
    assert isinstance(y, Value)
    return after_backward(y)


def dots(count: int) -> Value:
    """About `count` nodes: sums of 8 products, as the builtin sum makes them, and a tanh each."""
    weights = [Value(0.1) for _ in range(8)]
    rows = [sum(w * 2.0 for w in weights) for _ in range(count // 16)]
    total: Value = ag.sum([ag.tanh(row) for row in rows])
    return after_backward(total)


def test_a_product_with_itself_has_two_edges_and_one_leaf() -> None:
    x = Value(3.0, "x")
    found = summary(after_backward(x * x))
    assert (found.nodes, found.ops, found.edges, found.depth) == (2, {"*": 1}, 2, 1)
    assert (found.parameters, found.inputs, found.constants, found.numbers) == (0, 1, 0, 0)
    assert (found.widest, found.nan, found.inf, found.hints) == (("x", 2), 0, 0, ())


def test_a_leaf_alone_is_a_graph_of_one_node() -> None:
    found = summary(after_backward(Value(3.0)))
    assert (found.nodes, found.ops, found.edges, found.depth) == (1, {}, 0, 0)
    assert (found.inputs, found.widest, found.hints) == (1, None, ())


def test_a_network_has_the_parameters_that_its_modules_own() -> None:
    found = summary(network())
    assert found.nodes == 29
    assert found.ops == {"*": 9, "sum": 4, "tanh": 3}
    assert (found.parameters, found.inputs, found.constants) == (13, 0, 0)
    assert (found.numbers, found.edges, found.depth) == (6, 28, 5)
    assert found.hints == ()


def test_leaves_are_parameters_inputs_or_constants() -> None:
    model = MLP(2, [1], rng=0)
    found = summary(model([Value(1.0), constant(2.0)]))
    assert (found.parameters, found.inputs, found.constants) == (3, 1, 1)


def test_a_chain_of_100_000_nodes_is_counted_without_recursion() -> None:
    found = summary(after_backward(chain(100_000)))
    assert (found.nodes, found.ops) == (100_001, {"neg": 100_000})
    assert (found.edges, found.depth, found.hints) == (100_000, 100_000, ())


def test_depth_is_that_of_the_longest_way() -> None:
    x = Value(1.0)
    assert summary(x + (x * 2.0).tanh().exp()).depth == 4


def test_memory_is_that_of_nodes_their_numbers_and_their_tuples() -> None:
    x, number = Value(1.0), sys.getsizeof(1.0)
    leaf, node = sys.getsizeof(x) + number, sys.getsizeof(x * 2.0) + number
    assert summary(x).bytes == leaf
    assert summary(x * 2.0).bytes == leaf + node + number + 2 * sys.getsizeof((1, 2))
    y = ag.sum([x, 2.0, 3.0])
    tuples = 2 * sys.getsizeof((1, 2, 3))
    assert summary(y).bytes == leaf + node + 2 * number + tuples
    y.backward()
    assert summary(y).bytes == leaf + node + 4 * number + tuples


@pytest.mark.parametrize(
    ("count", "shown"), [(3, r"\d{3} bytes"), (100, r"\d+\.\d kB"), (20_000, r"\d+\.\d MB")]
)
def test_memory_is_shown_in_a_fitting_unit(count: int, shown: str) -> None:
    assert re.search(rf"^memory +{shown}$", summary(chain(count)).text, re.MULTILINE)


def test_the_text_is_a_table_with_aligned_numbers_and_thousands_separators() -> None:
    x = Value(1.0, "x")
    y = after_backward(ag.sum([x * 2.0 for _ in range(1_200)]))
    found = summary(y)
    assert str(found) == repr(found) == found.text
    rows = found.text.split("\n\n")[0].split("\n")
    assert [row.split()[0] for row in rows] == (
        ["nodes", "inputs", "*", "sum", "plain", "edges", "depth", "memory", "most"]
    )
    assert len(set(map(len, rows))) == 1
    assert rows[0].endswith(" 1,202")
    assert rows[-1].endswith(" x ×1,200")


def test_the_markdown_is_a_table_with_the_hints_below() -> None:
    found = summary(Value(0.5, "x").tanh())
    lines = found.markdown.split("\n")
    assert lines[:4] == ["| graph | |", "|:--|--:|", "| nodes | 2 |", "| – inputs | 1 |"]
    assert lines[-1].startswith("- no backward pass has run")
    assert found._repr_markdown_() == found.markdown


def test_nan_and_inf_are_counted() -> None:
    x = Value(0.0)
    found = summary(x.log() + (x / x) * 2.0 + -x.log())
    assert (found.nan, found.inf) == (4, 3)
    assert "\nnan  " in found.text
    assert "\ninf  " in found.text


def test_nothing_about_the_graph_changes() -> None:
    y = network()
    before = [(node.grad, node._data) for node in topological_order(y)]
    assert summary(y) == summary(y)
    assert before == [(node.grad, node._data) for node in topological_order(y)]


@pytest.mark.parametrize("given", [3.0, None, [Value(1.0)], "x"])
def test_what_is_no_value_is_refused_with_a_reason(given: object) -> None:
    with pytest.raises(
        TypeError, match=f"takes the root of a graph, a Value, got {type(given).__name__}"
    ):
        summary(given)


# --- hints ----------------------------------------------------------------------------------


def nan_leaf() -> Value:
    return after_backward(Value(math.nan, "bad") * 2.0)


def made_inf() -> Value:
    y = Value(0.0, "x").log()
    y.label = "y"
    return after_backward(y * 2.0)


def behind_a_step() -> Value:
    return after_backward(Value(1.0, "w").step() * Value(2.0, "x"))


def not_chosen() -> Value:
    y: Value = ag.where(Value(1.0, "condition"), Value(2.0, "x"), Value(3.0, "other"))
    return after_backward(y)


def of_constants() -> Value:
    return after_backward((constant(2.0) * 3.0).tanh() * Value(1.0, "x"))


def long_sum() -> Value:
    return after_backward(sum((Value(1.0).tanh() for _ in range(100)), Value(0.0)))


EXPECTED: dict[str, tuple[Hint, Callable[[], Value], str]] = {
    "nan leaf": (
        hints.not_finite,
        nan_leaf,
        "the leaf bad is nan, which makes others nan: mend the data",
    ),
    "made inf": (
        hints.not_finite,
        made_inf,
        "y is −inf, and what it was computed from is finite: `with strict():` stops "
        "at the line that makes it",
    ),
    "no backward": (
        hints.no_backward_pass,
        lambda: Value(1.0) * 2.0,
        "no backward pass has run, or gradients were zeroed since: backward() fills them",
    ),
    "step": (
        hints.leaves_without_gradient,
        behind_a_step,
        "1 leaf is out of reach of any gradient (w): on every way there is a step, a comparison "
        "or a choice that passes nothing back",
    ),
    "choice": (
        hints.leaves_without_gradient,
        not_chosen,
        "2 leaves are out of reach of any gradient (condition, other): on every way there is a "
        "step, a comparison or a choice that passes nothing back",
    ),
    "constants": (
        hints.constants_of_constants,
        of_constants,
        "2 nodes are computed from constants alone (t1, t2): plain numbers would make no nodes",
    ),
    "long sum": (
        hints.chains_of_sums,
        long_sum,
        "100 nodes of + follow one another, as the builtin sum makes them: the sum() of this "
        "library makes one node of them",
    ),
    "dots": (
        hints.sums_of_products,
        lambda: dots(2 * LARGE),
        "93% of the nodes are sums of products: dot() would make one node of each sum",
    ),
}
HEALTHY: dict[str, Callable[[], Value]] = {
    "network": network,
    "a leaf": lambda: after_backward(Value(1.0)),
    "an inf that was given": lambda: after_backward(Value(1.0, "x") + math.inf),
    "a mask": lambda: after_backward(constant(-math.inf) + Value(1.0)),
    "a short sum": lambda: after_backward(
        sum((Value(1.0).tanh() for _ in range(LONG_CHAIN - 1)), Value(0.0))
    ),
    "a sum with subtotals in use": lambda: after_backward(ladder(1_000)),
    "the sum of this library": lambda: after_backward(ag.sum([Value(1.0) for _ in range(2_000)])),
    "few products": lambda: dots(LARGE // 2),
    "dot": lambda: after_backward(ag.dot([Value(1.0)] * 1_000, [Value(2.0)] * 1_000)),
    "a zeroed parameter": lambda: zeroed(),
}


def ladder(rungs: int) -> Value:
    x = Value(1.0)
    for _ in range(rungs):
        x = x + x
    return x


def zeroed() -> Value:
    x = Value(2.0)
    y = after_backward(x * x)
    x.grad = 0.0
    return y


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hint_is_given_where_it_is_true_and_no_other(name: str) -> None:
    _, build, said = EXPECTED[name]
    found = summary(build())
    assert found.hints == (said,)
    assert found.text.endswith(f"\n\nhint: {said}")


def test_every_hint_is_given_somewhere() -> None:
    assert {hint for hint, _, _ in EXPECTED.values()} == set(HINTS)


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_graph_gets_no_hint(name: str) -> None:
    assert summary(HEALTHY[name]()).hints == ()


def test_only_the_first_few_names_are_listed() -> None:
    leaves = [Value(1.0, f"w{i}").step() for i in range(8)]
    (hint,) = summary(after_backward(ag.sum(leaves))).hints
    assert "(w0, w1, w2, w3, w4 and 3 more)" in hint


@pytest.mark.parametrize("name", ["<script>|`x`", "a\n| b |", "**b**\u202e", "$x$"])
def test_labels_and_names_of_ops_come_out_only_cleaned_and_escaped(name: str) -> None:
    own = Op(name, lambda x: math.nan * x, lambda x, out: 0.0)
    x = Value(1.0, name)
    found: Summary = summary(own(x) + x)
    cells = [re.sub(r"\\.", "", line) for line in found.markdown.split("\n")]
    assert all(line.count("|") in (0, 3) for line in cells)
    assert not re.search("[<`$\u202e]|[*][*]", "".join(cells))
    assert not re.search("\u202e|^ *[|]", found.text, re.MULTILINE)


def test_a_users_rule_that_fails_does_not_matter() -> None:
    broken = Op("broken", lambda *xs: xs[0], derivatives=lambda xs, out: [1.0])
    root = broken(Value(1.0), 2.0)
    root.grad = 1.0
    assert summary(root).nodes == 2
