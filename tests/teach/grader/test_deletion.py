"""What a program of the grader has made is found from the outside in, and deleted in that order."""

import weakref
from typing import Any

import pytest

from autograd.teach.grader.deletion import delete_in_order, referred_to


class Node:
    def __init__(self, *operands: Any) -> None:
        self.operands = operands


def test_a_chain_is_found_from_its_end_on() -> None:
    first = Node()
    middle = Node(first, 1.0)
    last = Node(middle, 2.0)
    found = [one for one in referred_to([last]) if isinstance(one, Node)]
    assert found == [last, middle, first]


def test_cells_of_closures_are_followed_and_globals_of_functions_are_not() -> None:
    node = Node()

    def backward() -> Node:
        return node

    found = referred_to([backward])
    assert found[0] is backward
    assert any(one is node for one in found)
    assert not any(one is globals() or one is Node for one in found)


def test_what_refers_to_itself_comes_once() -> None:
    node = Node()
    node.operands = (node,)
    assert sum(one is node for one in referred_to([node, node])) == 1


def test_the_objects_of_a_list_are_deleted_from_the_first_on() -> None:
    inner = Node()
    outer = Node(inner)
    deleted: list[str] = []
    for name, node in (("inner", inner), ("outer", outer)):
        weakref.finalize(node, deleted.append, name)
    found = referred_to([outer])
    del inner, outer, node
    delete_in_order(found)
    assert (found, deleted) == ([], ["outer", "inner"])


@pytest.mark.usefixtures("uncollected")
def test_nodes_that_a_function_inside_another_has_listed_are_deleted_too() -> None:
    def listed(root: Node) -> list[Node]:
        nodes: list[Node] = []

        def visit(node: Node) -> None:
            nodes.append(node)
            for operand in node.operands:
                visit(operand)

        visit(root)
        return nodes

    inner = Node()
    outer = Node(inner)
    deleted: list[str] = []
    for name, node in (("inner", inner), ("outer", outer)):
        weakref.finalize(node, deleted.append, name)
    listed(outer)
    found = referred_to([outer])
    del inner, outer, node
    delete_in_order(found)
    assert deleted == ["outer", "inner"]
