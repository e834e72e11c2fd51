"""One graph for all samples of a training, with a leaf for each number that differs.

`samples.py` records the samples, each as a graph of its own. `join` keeps the first of these as a
copy; the numbers that are not the same in all samples become leaves of it, the columns
(`columns.py`), so that the page can put those of any sample there.

Samples may have other structures, as after an if in Python, or of longer sequences. Then all these
are in the one graph, which share what they have in common, and its root is a `lookup` that chooses
for each sample the loss of its own: so nothing flows back to the others.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ...engine.calculus import lookup
from ...engine.graph import topological_order
from ...engine.node import Node
from ...engine.value import Constant, Value
from ...transforms.recompute import recompute
from ..graphs.module_calls import chain
from .columns import Columns, Group, Slot, columns_of, is_finite


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
        ways: for each sample which of the graphs of different structure in it is its own.
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
    ways: list[int]

    @property
    def structures(self) -> int:
        """How many graphs of different structure are in it."""
        return len(set(self.ways))


def join(
    groups: Sequence[Group],
    targets: list[Any],
    losses: list[float],
    which: Mapping[Node, int],
    kind: str,
) -> Samples:
    """The graph of all samples, with a leaf for each number that differs.

    Args:
        groups: the samples, those of one structure together.
        targets: for each sample its y.
        losses: for each sample its loss.
        which: for each parameter its number.
        kind: the class of the model.
    """
    groups = _by_target(groups, targets)
    columns = columns_of(groups, targets)
    copier = _Copier(columns, which)
    copies = [copier.copied(*each) for each in zip(groups, columns.slots, strict=True)]
    firsts = [group.first for group in groups]
    root = _root(
        [copied[one.order[-1]] for one, copied in zip(firsts, copies, strict=True)], copier
    )
    order = topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    parameters, inputs, outputs = dict[int, int](), dict[int, int](), set[Node | None]()
    for one, copied in zip(firsts, copies, strict=True):
        parameters |= {which[x]: place[copied[x]] for x in one.order if x in which}
        inputs |= {i: place[copied[x]] for i, x in enumerate(one.inputs) if x in copied}
        found = _output(one.order, kind)
        outputs.add(None if found is None else copied[found])
    if len(inputs) > 1 and 0 in inputs and order[inputs[0]].label == "x":
        order[inputs[0]].label = "x1"  # in the first sample it was the only one
    output = outputs.pop() if len(outputs) == 1 else None
    moving = [columns.values[slot] for slot in copier.leaves.values()]
    return Samples(
        root,
        order,
        parameters,
        [inputs[i] for i in sorted(inputs)],
        [place[leaf] for leaf in copier.leaves],
        [[column[i] for column in moving] for i in range(len(targets))],
        targets,
        losses,
        None if output is None else place[output],
        [way for _, way in sorted((i, way) for way, one in enumerate(groups) for i in one.members)],
    )


def _root(roots: Sequence[Value], copier: "_Copier") -> Value:
    """The root of the graph: that of the only structure, or a choice between those of several."""
    root = roots[0]
    if len(roots) > 1:
        root = lookup(roots, copier.case())
        recompute(root)  # with the numbers of the first sample, in the graphs of the others too
    if not root.label:
        root.label = "loss"
    return root


def _by_target(groups: Sequence[Group], targets: Sequence[Any]) -> Sequence[Group]:
    """The structures in the order of y, where that says which it is."""
    ys = [{_order_of(targets[i]) for i in group.members} for group in groups]
    different = set.union(*ys)
    if None in different or not sum(map(len, ys)) == len(groups) == len(different):
        return groups
    return sorted(groups, key=lambda group: float(targets[group.members[0]]))


def _order_of(y: Any) -> float | None:
    return float(y) if is_finite(y) else None


class _Copier:
    """Copies graphs into one, which share what they have in common.

    Attributes:
        leaves: for each leaf whose number differs between samples which number that is.
    """

    def __init__(self, columns: Columns, which: Mapping[Node, int]) -> None:
        self._columns, self._which = columns, which
        self._known = dict[Hashable, list[Value]]()  # the copies of what is alike, in order
        self._column_of = dict[Slot, Value]()
        self._count = 0
        self.leaves = dict[Value, Slot]()

    def copied(self, group: Group, slots: Sequence[Slot]) -> dict[Node, Value]:
        """A copy for each node of a graph; those that are alike within it stay several."""
        copies, coming = dict[Node, Value](), iter(slots)
        used = Counter[Hashable]()
        for node, (*_, entered) in zip(group.first.order, group.first.keys, strict=True):
            if node.op is None:
                slot = next(coming)
                alike: Hashable = self._which.get(node, slot)
                if alike is slot and entered is None:
                    alike = (node.is_constant, node.label, slot)
                made = partial(self._leaf, node, slot)
            else:
                operands = [
                    copies[x] if isinstance(x, Node) else self._number(x, next(coming))
                    for x in node.operands
                ]
                parts = (id(x) if isinstance(x, Node) else repr(x) for x in operands)
                alike = (node.op, *parts)
                made = partial(_node, node, operands)
            known = self._known.setdefault(alike, [])
            if used[alike] == len(known):
                known.append(made())
            copies[node] = known[used[alike]]
            used[alike] += 1
        return copies

    def case(self) -> Value:
        """The leaf of the number that says which structure it is."""
        return self._column(self._columns.case)

    def _column(self, slot: Slot) -> Value:
        """The leaf of a plain number that differs between samples."""
        if slot not in self._column_of:
            leaf = Constant(self._columns.values[slot][0], label=self._name(slot))
            self._column_of[slot] = leaf
            self.leaves[leaf] = slot
        return self._column_of[slot]

    def _number(self, x: float, slot: Slot) -> Any:
        return self._column(slot) if slot in self._columns.values else x

    def _leaf(self, node: Node, slot: Slot) -> Value:
        moves = slot in self._columns.values
        number = self._columns.values[slot][0] if moves else node._data
        leaf = (Constant if node.is_constant else Value)(number, node.label)
        if node in self._which or node.is_parameter:
            leaf.mark_parameter()
        elif moves:
            self.leaves[leaf] = slot
            leaf.label = leaf.label or self._name(slot)
        return leaf

    def _name(self, slot: Slot) -> str:
        if slot.name:
            return slot.name
        self._count += 1
        return f"number {self._count}"


def _node(node: Node, operands: Sequence[Any]) -> Value:
    assert node.op is not None
    copy = Value(node._data)
    copy.record(node.op, tuple(operands), node.recorded)
    if hasattr(node, "note"):
        copy.note = node.note
    return copy


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
