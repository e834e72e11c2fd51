"""One graph for all samples of a training, with a leaf for each number that differs.

`samples.py` records the samples, each as a graph of its own, of one structure. `join` keeps the
first of these as a copy; the numbers that are not the same in all samples become leaves of it, the
columns, so that the page can put those of any sample there.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ...engine.graph import topological_order
from ...engine.node import Node
from ...engine.numbers import same
from ...engine.value import Constant, Value
from ...transforms.trees import TreeDef, flatten, open_array
from ..graphs.module_calls import chain
from ..text import MINUS


class Samples(NamedTuple):
    """The graph of the first sample, and what the others have in its place.

    Attributes:
        root: of a copy of the graph, in which each number that differs is a leaf.
        order: its nodes in topological order; nodes go by their places in it.
        parameters: for each parameter of the model that the loss depends on its number among
            those of the model, and its place.
        inputs: the places of the numbers of x.
        columns: the places of the numbers that differ.
        rows: for each sample the numbers of the columns.
        targets: for each sample its y.
        losses: for each sample its loss as recorded.
        output: the place of what the call of the model gave, if there is one such place.
    """

    root: Value
    order: list[Node]
    parameters: dict[int, int]
    inputs: list[int]
    columns: list[int]
    rows: list[list[float]]
    targets: list[Any]
    losses: list[float]
    output: int | None


class Sample(NamedTuple):
    """One recorded sample.

    Attributes:
        keys: for each node what it is, without its number: so two graphs can be compared.
        numbers: those of the leaves and the plain operands, in the order of the graph.
    """

    order: list[Node]
    inputs: list[Value]
    keys: list[tuple[Any, ...]]
    numbers: list[float]


def flat(tree: Any) -> tuple[list[Any], TreeDef]:
    """The leaves of x or y and their structure; what numpy has is lists and plain numbers.

    Example:
        >>> from autograd.show.stepping.one_graph import flat
        >>> flat([1.0, (2, "a")])[0]
        [1.0, 2, 'a']
    """
    leaves, treedef = flatten(tree, opener=lambda x: open_array(_plain(x)))
    return list(map(_plain, leaves)), treedef


def _plain(x: Any) -> Any:
    return x.tolist() if type(x).__module__ == "numpy" and hasattr(x, "tolist") else x


def join(
    first: Sample,
    numbers: Sequence[Sequence[float]],
    targets: list[Any],
    losses: list[float],
    which: Mapping[Node, int],
    kind: str,
) -> Samples:
    """The graph of the first sample with a leaf for each number that differs."""
    moving = _moving(numbers)
    copies, leaves = _copy(first, moving, numbers, targets, which)
    root: Any = copies[first.order[-1]]
    if not root.label:
        root.label = "loss"
    order = topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    output = _output(first.order, kind)
    return Samples(
        root,
        order,
        {which[node]: place[copies[node]] for node in first.order if node in which},
        [place[copies[x]] for x in first.inputs if x in copies],
        [place[leaf] for leaf in leaves],
        [[row[i] for i in leaves.values()] for row in numbers],
        targets,
        losses,
        None if output is None else place[copies[output]],
    )


def _moving(numbers: Sequence[Sequence[float]]) -> list[int]:
    """Which of the numbers are not the same in all samples."""
    first = numbers[0]
    return [
        i
        for i, x in enumerate(first)
        if any(row[i] is not x and not same(row[i], x) for row in numbers)
    ]


def _copy(
    first: Sample,
    moving: Iterable[int],
    numbers: Sequence[Sequence[float]],
    targets: Sequence[Any],
    which: Mapping[Node, int],
) -> tuple[dict[Node, Value], dict[Value, int]]:
    """A copy of the graph for each node, and for each leaf that moves which number it is."""
    differs = set(moving)
    names = _Names(targets)
    copies, leaves = dict[Node, Value](), dict[Value, int]()
    alike = dict[bytes, Value]()  # the leaf of a column of plain numbers

    def column(i: int) -> Value:
        found = _bits([row[i] for row in numbers])
        if found not in alike:
            alike[found] = Constant(numbers[0][i], label=names.of(found))
            leaves[alike[found]] = i
        return alike[found]

    at = 0
    for node in first.order:
        if node.op is None:
            leaf = (Constant if node.is_constant else Value)(node._data, node.label)
            if node in which or node.is_parameter:
                leaf.mark_parameter()
            if at in differs:
                leaves[leaf] = at
                leaf.label = leaf.label or names.of(_bits([row[at] for row in numbers]))
            copies[node] = leaf
            at += 1
            continue
        operands = list[Any]()
        for x in node.operands:
            if isinstance(x, Node):
                operands.append(copies[x])
            else:
                operands.append(column(at) if at in differs else x)
                at += 1
        copy = copies[node] = Value(node._data)
        copy.record(node.op, tuple(operands), node.recorded)
        if hasattr(node, "note"):
            copy.note = node.note
    return copies, leaves


def _bits(column: Sequence[float]) -> bytes:
    return array("d", column).tobytes()


class _Names:
    """Names for columns of numbers: that of y, or of the entry of y, that they are."""

    def __init__(self, targets: Sequence[Any]) -> None:
        self._known = dict[bytes, str]()
        self._count = 0
        rows = [flat(y)[0] for y in targets]
        widths = {len(row) for row in rows}
        for i in range(min(widths)) if len(widths) == 1 else ():
            column = [row[i] for row in rows]
            if all(isinstance(y, (int, float)) for y in column):
                name = f"y{i + 1}" if max(widths) > 1 else "y"
                self._known.setdefault(_bits(column), name)
                self._known.setdefault(_bits([-y for y in column]), f"{MINUS}{name}")
                self._known.setdefault(_bits([1.0 - y for y in column]), f"1 {MINUS} {name}")

    def of(self, column: bytes) -> str:
        """The name of a column."""
        if column not in self._known:
            self._count += 1
            self._known[column] = f"number {self._count}"
        return self._known[column]


def _output(order: Sequence[Node], kind: str) -> Node | None:
    """What the call of the model gave, if it was called once and gave one node.

    Args:
        order: the nodes in topological order.
        kind: the class of the model.
    """
    outermost = dict[Any, Any]()
    for node in order:
        if node.call is not None and node.call not in outermost:
            outermost[node.call] = chain(node.call)[0]
    calls = {call for call in outermost.values() if call.kind == kind}
    if len(calls) != 1:
        return None
    inside = [node for node in order if outermost.get(node.call) in calls]
    known = set(inside)
    used = {x for node in order if node not in known for x in node.parents} | {order[-1]}
    given = [node for node in inside if node in used]
    return given[0] if len(given) == 1 else None
