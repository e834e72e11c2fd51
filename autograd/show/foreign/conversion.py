"""`to_values`: the graph of another library as Values of this one.

Each node becomes one Value, with its number, gradient and label, however often it is used. The
objects themselves are only read.
"""

import zlib
from collections.abc import Sequence
from typing import Any, TypeAlias

from ...engine.arguments import root_value
from ...engine.node import UNREACHED, Node
from ...engine.value import Value
from .operation import operation_of, without_formula
from .reading import OPERANDS, Reading, describe_foreign, is_foreign, read

AnyValue: TypeAlias = Any  # a Value, or a node of another library
Mark = tuple[str, int]  # a label, and a checksum of the graph above: what orders a set


def to_values(name: str, root: Any, *others: Any) -> tuple[Any, ...]:
    """The root of a graph as a Value, and other nodes of the graph too.

    Args:
        name: the function that was called, for error messages.
        root: a Value, which is returned as it is, or a node of another library: an object with
            `data`, and the nodes it was computed from under a name such as `_prev`.
        others: more nodes of the graph. What is no node is returned as it is.

    Raises:
        TypeError: if `root` is neither, or a node holds what it cannot hold.
        ValueError: if the graph has a cycle.

    Example:
        >>> class Number:
        ...     def __init__(self, data, parents=(), op=""):
        ...         self.data, self.grad, self.parents, self.op = data, 0.0, parents, op
        >>> two, three = Number(2.0), Number(3.0)
        >>> root, x = to_values("draw", Number(6.0, [two, three], "*"), two)
        >>> root.data, root.op, root.operands[0] is x
        (6.0, Op('*'), True)
    """
    if not is_foreign(root):
        return (_own_value(name, root, others), *others)
    order = _operands_first(name, [x for x in (root, *others) if is_foreign(x)])
    values: dict[int, Value] = {}
    marks: dict[Node, Mark] = {}
    for node, reading in order:
        values[id(node)] = _value_of(node, reading, values, marks)
    if any(reading.grad for _, reading in order):  # else no backward pass has run
        for node, reading in order:
            values[id(node)].grad = UNREACHED if reading.grad is None else reading.grad
    return tuple(values.get(id(x), x) for x in (root, *others))


def _own_value(name: str, root: Any, others: Sequence[Any]) -> Value:
    """The root of a graph of this library, whose nodes the others are to be."""
    stranger = next((x for x in others if is_foreign(x)), None)
    if isinstance(root, Value) and stranger is not None:
        raise TypeError(
            f"{name} takes nodes of one graph, got a Value of this library for the root, and "
            f"beside it {describe_foreign(stranger)} of {type(stranger).__module__}"
        )
    if not isinstance(root, Value) and hasattr(root, "data") and hasattr(root, "grad"):
        raise TypeError(
            f"{name} takes the root of a graph, and {describe_foreign(root)} does not say what it "
            f"was computed from: keep that in a tuple, list or set called {OPERANDS[0]} (or "
            f"{', '.join(OPERANDS[1:])})"
        )
    return root_value(name, root)


def _operands_first(name: str, nodes: Sequence[Any]) -> list[tuple[Any, Reading]]:
    """All nodes that these were computed from, operands before results, with what they say."""
    order: list[tuple[Any, Reading]] = []
    done, under_way = set[int](), dict[int, Reading]()
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if node is None:  # all operands of the node below are in the order
            node = stack.pop()
            order.append((node, under_way.pop(id(node))))
            done.add(id(node))
        elif id(node) in under_way:
            raise ValueError(
                f"{name} takes a graph, and {describe_foreign(node)} was computed from itself: "
                "its operands are to be those that it was computed from, not those that use it"
            )
        elif id(node) not in done:
            reading = under_way[id(node)] = read(node)
            stack += (node, None)
            stack += [x for x in reading.operands[::-1] if not isinstance(x, (Node, float))]
    return order


def _value_of(
    node: Any, reading: Reading, values: dict[int, Value], marks: dict[Node, Mark]
) -> Value:
    """The Value for one node, whose operands have theirs."""
    value = Value(reading.data, label=reading.label)
    operands, used = (
        tuple(values.get(id(x), x) for x in given) for given in (reading.operands, reading.used)
    )
    if reading.is_set:  # in an order that is the same in every process
        operands = tuple(sorted(operands, key=lambda x: marks.get(x, ("", 0))))
    if operands:
        known = operation_of(reading, operands, used)
        op, found = known or without_formula(reading, operands, used, describe_foreign(node))
        numbers = tuple(x._data if isinstance(x, Node) else x for x in found)
        value.record(op, found, numbers)
    below = [marks.get(x, x) for x in operands]
    seen = repr((reading.op, reading.data, below))
    marks[value] = (reading.label, zlib.crc32(seen.encode()))
    return value
