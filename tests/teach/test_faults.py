"""Teaching faults: each mistake gives the gradients that a program with that mistake gives."""

import math
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, strategies as st

from autograd import Value
from autograd.engine.graph import edges, topological_order
from autograd.engine.node import Node
from autograd.show.stepping.events import Contribute, Event, Forward
from autograd.teach import Comparison, faults
from autograd.teach.faults import FAULTS, compare
from tests.engine.test_properties import Program, few, points, programs, record
from tests.graphs import GRAPHS, diamond, square, tree

Grads = dict[Node, float]
NAMES = sorted(FAULTS)


# --- a small engine with mistakes, written by hand as a beginner would ---------------------


def naive_assign(root: Value) -> Grads:
    grads: Grads = dict.fromkeys(topological_order(root), 0.0)
    grads[root] = 1.0
    for node in reversed(topological_order(root)):
        for _, parent, local in edges(node, connected=False):
            grads[parent] = grads[node] * local
    return grads


def naive_recursion(root: Value) -> Grads:
    grads: Grads = dict.fromkeys(topological_order(root), 0.0)
    grads[root] = 1.0
    visited = set()

    def backward(node: Node) -> None:
        visited.add(node)
        for _, parent, local in edges(node, connected=False):
            grads[parent] += grads[node] * local
        for _, parent, _ in edges(node, connected=False):
            if parent not in visited:
                backward(parent)

    backward(root)
    return grads


def naive_set(root: Value) -> Grads:
    grads: Grads = dict.fromkeys(topological_order(root), 0.0)
    grads[root] = 1.0
    for node in reversed(topological_order(root)):
        by_parent: dict[Node, float] = {}
        for _, parent, local in edges(node, connected=False):
            by_parent.setdefault(parent, local)
        for parent, local in by_parent.items():
            grads[parent] += grads[node] * local
    return grads


def naive_training(root: Value) -> Grads:
    grads: Grads = {}
    for _ in range(2):
        for node in topological_order(root):
            if node.op is not None or node not in grads:
                grads[node] = 0.0
        grads[root] = 1.0
        for node in reversed(topological_order(root)):
            for _, parent, local in edges(node, connected=False):
                grads[parent] += grads[node] * local
    return grads


def naive_stale(root: Value) -> Grads:
    """The local derivatives of + * tanh and ** by hand, at what the leaves are a step later."""
    order = topological_order(root)
    right: Grads = dict.fromkeys(order, 0.0) | {root: 1.0}
    for node in reversed(order):
        for _, parent, local in edges(node, connected=False):
            right[parent] += right[node] * local
    now = {x: x._data - (0.1 * right[x] if x.op is None else 0.0) for x in order}
    grads: Grads = dict.fromkeys(order, 0.0) | {root: 1.0}
    for node in reversed(order):
        if node.op is None:
            continue
        numbers = [now[x] if isinstance(x, Node) else x for x in node.operands]
        name = node.op.name
        if name in ("+", "sum"):
            local = [1.0] * len(numbers)
        elif name == "-":
            local = [1.0, -1.0]
        elif name == "*":
            local = numbers[::-1]
        elif name == "**":
            local = [numbers[1] * numbers[0] ** (numbers[1] - 1.0), 0.0]
        else:
            assert name == "tanh"
            local = [1.0 / math.cosh(numbers[0]) ** 2]
        for x, slope in zip(node.operands, local, strict=True):
            if isinstance(x, Node):
                grads[x] += grads[node] * slope
    return grads


NAIVE = {
    "assign": naive_assign,
    "no_topological_order": naive_recursion,
    "parent_set": naive_set,
    "no_zero_grad": naive_training,
    "stale_data": naive_stale,
}


def close(found: Mapping[Node, float], expected: Mapping[Node, float]) -> bool:
    return all(math.isclose(found[x], expected[x], rel_tol=1e-12, abs_tol=1e-15) for x in found)


def named(comparison: Comparison, which: Mapping[Node, float]) -> dict[str, float]:
    return {node.label: which[node] for node in which if node.label}


def test_every_mistake_is_written_by_hand_too() -> None:
    assert sorted(NAIVE) == NAMES


@pytest.mark.parametrize("graph", sorted(GRAPHS))
@pytest.mark.parametrize("name", NAMES)
class TestOnEveryGraph:
    def test_wrong_gradients_are_those_of_a_program_with_the_mistake(
        self, name: str, graph: str
    ) -> None:
        root = GRAPHS[graph]()
        assert close(compare(root, name).wrong, NAIVE[name](root))

    def test_right_gradients_are_those_of_backward_and_nobody_s_grad_changes(
        self, name: str, graph: str
    ) -> None:
        root = GRAPHS[graph]()
        found = compare(root, name)
        assert all(node.grad == 0.0 for node in found.right)
        root.backward()
        assert found.right == {node: node.grad for node in reversed(topological_order(root))}

    def test_events_end_at_the_wrong_gradients(self, name: str, graph: str) -> None:
        found = compare(GRAPHS[graph](), name)
        assert folded(list(found.events())) == dict(found.wrong)

    def test_what_differs_is_in_reverse_topological_order(self, name: str, graph: str) -> None:
        root = GRAPHS[graph]()
        found = compare(root, name)
        order = topological_order(root)[::-1]
        assert list(map(id, found.right)) == list(map(id, order))
        place = {node: i for i, node in enumerate(order)}
        places = [place[node] for node in found.differing]
        assert places == sorted(places)
        assert found.first is (found.differing[0] if found.differing else None)
        assert all(found.right[node] != found.wrong[node] for node in found.differing)

    def test_text_and_markdown_have_the_mistake_and_the_reason(self, name: str, graph: str) -> None:
        found = compare(GRAPHS[graph](), name)
        assert found.name == name
        assert found.text.startswith(f"{name}: {found.mistake}.\n")
        assert found.why in found.text
        assert str(found) == repr(found) == found.text
        assert found._repr_markdown_() == found.markdown
        assert found.markdown.count("|:--|--:|--:|--:|") == ("gradient of" in found.text)


def folded(events: list[Event]) -> Grads:
    """The last gradient that the events tell of each node."""
    grads: Grads = {}
    for event in events:
        if isinstance(event, Forward):
            grads[event.node] = 0.0
        elif isinstance(event, Contribute):
            grads[event.parent] = event.after
        else:
            grads[event.node] = event.gradient
    return grads


@pytest.mark.parametrize(
    ("graph", "name", "wrong"),
    [
        (square, "assign", {"x": 3.0}),
        (square, "no_topological_order", {"x": 6.0}),
        (square, "parent_set", {"x": 3.0}),
        (square, "no_zero_grad", {"x": 12.0}),
        (square, "stale_data", {"x": 2 * (3.0 - 0.1 * 6.0)}),
        (diamond, "assign", {"a": 3.0, "x": 6.0}),
        (diamond, "no_topological_order", {"a": 4.0, "x": 2.0}),
        (diamond, "parent_set", {"a": 4.0, "x": 8.0}),
        (diamond, "no_zero_grad", {"a": 4.0, "x": 16.0}),
        (diamond, "stale_data", {"a": 4.0, "x": 8.0}),
        (tree, "no_zero_grad", {"a": 2.0, "b": 2.0, "c": 2.0}),
    ],
)
def test_wrong_gradients_by_hand(
    graph: Callable[[], Value], name: str, wrong: dict[str, float]
) -> None:
    found = compare(graph(), name)
    assert named(found, found.wrong) == wrong


def test_steps_without_clearing_add_up_in_the_leaves_alone() -> None:
    found = faults.no_zero_grad(diamond(), steps=5)
    assert named(found, found.wrong) == {"a": 4.0, "x": 40.0}
    assert "still 32 when step 5 began" in found.why
    assert faults.no_zero_grad(diamond(), steps=1).first is None


def test_changes_say_which_leaves_moved_and_change_nothing() -> None:
    x, y = Value(3.0, "x"), Value(5.0, "y")
    root = x * y
    found = faults.stale_data(root, changes={x: 7.0})
    assert (found.wrong[x], found.wrong[y], x.data) == (5.0, 7.0, 3.0)
    assert len(found.differing) == 1
    assert found.first is y


def test_leaves_that_really_moved_on_are_stale_as_they_are() -> None:
    x = Value(3.0, "x")
    root = x * x
    x.data = 5.0
    found = faults.stale_data(root, changes={})
    assert (found.right[x], found.wrong[x]) == (6.0, 10.0)


def test_the_gradient_that_backward_starts_from_scales_all() -> None:
    found = faults.assign(square(), 10.0)
    assert (list(found.right.values()), list(found.wrong.values())) == ([10.0, 60.0], [10.0, 30.0])


def test_a_deep_graph_needs_no_recursion() -> None:
    x = y = Value(1.0)
    for _ in range(5_000):
        y = -y
    for name in NAMES:
        assert compare(y + x, name).right[x] == 2.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: compare(3.0, "assign"), TypeError, "takes the root of a graph"),  # type: ignore[arg-type]
        (lambda: compare(square(), "typo"), ValueError, "fault is one of 'assign'"),
        (lambda: faults.no_zero_grad(square(), steps=0), ValueError, "steps is at least 1"),
        (lambda: faults.stale_data(square(), changes=[1.0]), TypeError, "changes is a dict"),  # type: ignore[arg-type]
        (lambda: faults.stale_data(square(), changes={"x": 1.0}), TypeError, "got a str"),  # type: ignore[dict-item]
        (
            lambda: faults.stale_data(square(), changes={Value(1.0, "z"): 1.0}),
            ValueError,
            "leaf 'z', which is no leaf of this graph",
        ),
    ],
)
def test_errors_say_what_is_wanted(
    call: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()


def uses(root: Value) -> dict[Node, list[Node]]:
    """For each node those that pass a gradient to it, as often as they do."""
    users: dict[Node, list[Node]] = {}
    for node in topological_order(root):
        for _, parent, _ in edges(node, connected=False):
            users.setdefault(parent, []).append(node)
    return users


@few
@given(program=programs, xs=points, name=st.sampled_from(NAMES))
def test_random_graphs_differ_only_where_they_may(
    program: Program, xs: list[float], name: str
) -> None:
    root, _, _ = record(program, xs)
    found = compare(root, name)
    assert found.text
    assert found.markdown
    assert len(list(found.events())) > 0
    if found.first is None:
        return
    users = uses(root)
    first = users[found.first]
    if name == "assign":
        assert len(first) > 1
    elif name == "parent_set":
        assert len(set(first)) < len(first)
    elif name == "no_topological_order":
        assert any(len(users.get(user, ())) > 1 for user in first)
    elif name == "no_zero_grad":
        assert all(node.is_leaf for node in found.differing)
    else:
        assert any(x.is_leaf for user in first for x in user.parents)
