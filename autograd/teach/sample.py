"""One loss as an audit sees it, and how a finding names a node in its graph, and its module."""

from collections.abc import Mapping
from typing import NamedTuple

from autograd.graph import Nodes
from autograd.module import Module, walk
from autograd.node import Node
from autograd.show.text import cleaned
from autograd.show.words.term import OMITTED, applied, elided


class Sample(NamedTuple):
    """A loss: its graph in topological order, and d loss / d node."""

    order: Nodes
    gradients: dict[Node, float]


def with_numbers(node: Node) -> str:
    """The op of a node applied to the numbers that its operands had."""
    assert node.op is not None
    return str(applied(node.op, elided(node.op, node.recorded, OMITTED), {}))


def place(node: Node) -> str:
    """Where a node is: the op, and the path of the module call that made it."""
    kind = "leaf" if node.op is None else node.op.name
    name = f"{kind} {node.label!r}" if node.label else kind
    return cleaned(f"{name} in {node.call.path or node.call.kind}" if node.call else name)


def kinds_of(model: Module) -> dict[str, str]:
    """The class of each module by its dotted name, which for the model itself is empty."""
    inside = {name: type(x).__name__ for name, x in walk(model) if isinstance(x, Module)}
    return {"": type(model).__name__} | inside


def holder(name: str, kinds: Mapping[str, str]) -> str:
    """The name of the innermost module that holds what has this name."""
    while name:
        name = name.rpartition(".")[0]
        if name in kinds:
            break
    return name
