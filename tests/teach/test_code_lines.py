"""The lines of backward that a page shows: they run, and give what backward() and teach give."""

import random
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag
from autograd import Value
from autograd.engine import graph
from autograd.engine.node import Node
from autograd.engine.numbers import same
from autograd.show.stepping.code_lines import LIT, MISTAKES, RIGHT, Mistake, code_data, source
from autograd.teach.faults import FAULTS, compare
from tests.played import branching, crossing, network, square, tanh_of_a_line


def chosen() -> Value:
    """Operands that nothing flows to: of a choice, and plain numbers."""
    a, b = Value(1.0, "a"), Value(-2.0, "b")
    return ag.where(ag.step(a * b), a * b, a * 3.0) * a + ag.maximum(a, b, 0.5) - a


def twice() -> Value:
    """A computed node that is used early and late, and two slots with other derivatives."""
    x = Value(0.7, "x")
    a = x * x
    return a + (x - x * a) * 3.0 / a + a / a


GRAPHS = [square, tanh_of_a_line, branching, crossing, network, chosen, twice]


def edges(node: Node) -> list[tuple[Node, float]]:
    return [(x, local) for _, x, local in graph.edges(node, connected=False)]


def depth_first(root: Node) -> list[Node]:
    found: list[Node] = []

    def meet(node: Node) -> None:
        if node not in found:
            found.append(node)
            for x, _ in edges(node):
                meet(x)

    meet(root)
    return found


def run(root: Value, mistake: Mistake | None = None) -> dict[Node, float]:
    """The gradients that the text leaves in the nodes; where none is cleared, after two passes."""
    reached = depth_first(root)
    known: dict[str, Any] = {
        "edges": lambda node: edges(node) if node in reached else [],
        "depth_first": depth_first,
    }
    exec(source(mistake), known)
    ag.zero_grad(root)
    for _ in range(2 if mistake is not None and mistake.name == "no_zero_grad" else 1):
        known["backward"](root)
    return {x: x.grad for x in graph.topological_order(root) if not x.is_constant}


@pytest.mark.parametrize("make", GRAPHS)
def test_right_they_give_the_bits_of_backward(make: Callable[[], Value]) -> None:
    root = make()
    found, wanted = run(root), graph.gradients(root, 1.0)
    for node, gradient in found.items():
        assert same(gradient, wanted.get(node, 0.0)) or gradient == wanted[node] == 0.0


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
@pytest.mark.parametrize("make", GRAPHS)
def test_with_a_mistake_they_give_what_teach_gives(
    make: Callable[[], Value], mistake: Mistake
) -> None:
    root = make()
    wanted = compare(root, mistake.name).wrong
    assert run(root, mistake) == dict(wanted)


@pytest.mark.parametrize("seed", range(20))
def test_of_random_graphs_too(seed: int) -> None:
    draw = random.Random(seed)
    found = [Value(draw.uniform(-2.0, 2.0)) for _ in range(3)]
    for _ in range(12):
        x, y = draw.choice(found), draw.choice(found[-4:])
        found.append(draw.choice([x + y, x * y, x - y, y * y, y.relu()]))
    root = ag.sum(found[-3:])
    assert run(root) == {node: graph.gradients(root, 1.0).get(node, 0.0) for node in run(root)}
    for mistake in MISTAKES:
        assert run(root, mistake) == dict(compare(root, mistake.name).wrong)


def test_the_mistakes_are_those_of_teach_but_for_stale_data() -> None:
    assert [mistake.name for mistake in MISTAKES] == [x for x in FAULTS if x != "stale_data"]


def test_a_mistake_is_in_one_line_alone() -> None:
    for mistake in MISTAKES:
        lines = source(mistake).replace("1.0", "{seed}").split("\n")
        differ = [i for i, (x, y) in enumerate(zip(RIGHT, lines, strict=True)) if x != y]
        assert differ == [mistake.line]


def test_the_line_of_each_kind_of_event_is_the_one_that_does_it() -> None:
    assert {kind: RIGHT[line].strip() for kind, line in LIT.items()} == {
        "seed": "root.grad = {seed}",
        "final": "for node in reversed(order):",
        "contribute": "x.grad += node.grad * local",
    }


def test_the_page_gets_all_of_it() -> None:
    data = code_data()
    assert data["right"] == RIGHT
    assert [one["name"] for one in data["mistakes"]] == [one.name for one in MISTAKES]
