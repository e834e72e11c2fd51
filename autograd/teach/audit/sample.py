"""One loss of an audit, and the names of its nodes and their modules in findings."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ...engine.node import Node
from ...nn.calls import Call
from ...nn.module import Module
from ...nn.structure import walk
from ...show.stepping.names import Names
from ...show.text import clean
from ...show.words.naming import kind_of
from ...show.words.term import OMITTED, applied, elided


class Sample(NamedTuple):
    """A loss: its graph in topological order, d loss / d node, and the path of each module call.

    Attributes:
        names: of the nodes, made when the first is asked for.
    """

    order: Sequence[Node]
    gradients: dict[Node, float]
    paths: dict[Call, str]
    names: Names

    def describe(self, node: Node) -> str:
        """A node in words: its op, and the path of the module call that made it; a leaf's name."""
        if node.op is None:
            return f"{kind_of(node)} {self.names[node]}"
        name = f"{node.op.name} {node.label!r}" if node.label else node.op.name
        call = node.call
        return clean(f"{name} in {self.paths[call] or call.kind}" if call else name)


def with_numbers(node: Node) -> str:
    """The op of a node applied to the numbers that its operands had."""
    assert node.op is not None
    return str(applied(node.op, elided(node.op, node.recorded, OMITTED), {}))


def kinds_of(model: Module) -> dict[str, str]:
    """The class of each module by its dotted name, which for the model itself is empty."""
    inside = {name: type(x).__name__ for name, x in walk(model) if isinstance(x, Module)}
    return {"": type(model).__name__} | inside


def holder(name: str, kinds: Mapping[str, str]) -> str:
    """The dotted name of the innermost module that holds a parameter or a module."""
    while name:
        name = name.rpartition(".")[0]
        if name in kinds:
            break
    return name


def paths_of_calls(
    order: Sequence[Node], names: Mapping[Node, str], kinds: Mapping[str, str]
) -> dict[Call, str]:
    """The dotted name, in the model, of the module of each call.

    A call knows its name in the outermost module that was called, which may be a part of the model
    that the loss calls by itself. Which part that is, tell the parameters that were used.

    Args:
        order: the nodes that the calls made.
        names: the parameters of the model, with their dotted names.
        kinds: from `kinds_of`.
    """
    outermost: dict[Call, Call] = {}
    used: dict[Call, dict[str, None]] = {}
    for node in order:
        call = node.call
        if call is None:
            continue
        if call not in outermost:
            outermost[call] = _outermost(call)
        names_used = used.setdefault(outermost[call], {})
        names_used.update((names[x], None) for x in node.parents if x in names)
    homes = {call: _home(call.kind, names_used, kinds) for call, names_used in used.items()}
    return {
        call: ".".join(filter(None, (homes[outer], call.path))) for call, outer in outermost.items()
    }


def _outermost(call: Call) -> Call:
    while call.parent is not None:
        call = call.parent
    return call


def _home(kind: str, parameters: Iterable[str], kinds: Mapping[str, str]) -> str:
    """The innermost module of this kind that holds most of these parameters, else the model."""
    votes = Counter[str]()
    for name in parameters:
        while name:
            name = holder(name, kinds)
            if kinds[name] == kind:
                votes[name] += 1
    return max(votes, key=lambda path: (votes[path], len(path)), default="")
