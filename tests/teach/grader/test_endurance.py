"""A deep graph is graded, and nothing of it is left, whether its pass comes to its end or not."""

import gc
from typing import Any
from weakref import WeakSet

from autograd.teach.grader.endurance import DEEP, SHALLOW, grade_depth

made: WeakSet["Node"] = WeakSet()


class Node:
    """Its order is found by a function that calls itself, and so refers to itself."""

    def __init__(self, data: float, operands: tuple["Node", ...] = ()) -> None:
        self.data, self.grad, self.operands = data, 0.0, operands
        made.add(self)

    def __add__(self, other: "Node") -> "Node":
        return Node(self.data + other.data, (self, other))

    def backward(self) -> None:
        nodes: list[Node] = []
        visited: set[Node] = set()

        def visit(node: Node) -> None:
            if node not in visited:
                visited.add(node)
                for operand in node.operands:
                    visit(operand)
                nodes.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(nodes):
            for operand in node.operands:
                operand.grad += node.grad


def test_nothing_is_left_of_graphs_that_are_too_deep_for_a_class(uncollected: None) -> None:
    finding, reached = grade_depth(Node)
    assert finding is not None
    assert (finding.kind, SHALLOW <= reached < DEEP, len(made)) == ("too_deep", True, 0)


def test_the_collector_goes_through_what_is_new_and_not_through_all_that_a_notebook_holds(
    uncollected: None,
) -> None:
    generations: list[int] = []

    def note(phase: str, info: dict[str, Any]) -> None:
        generations.append(info["generation"])

    gc.callbacks.append(note)
    try:
        grade_depth(Node)
    finally:
        gc.callbacks.remove(note)
    assert set(generations) == {0}
