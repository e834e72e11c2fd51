"""Folding of a graph into units, one per box: a node each, or many nodes in one.

The nodes of a module call fold into a *group*, and a chain of + into one *sum*. Folding matters
more than layout: a network of 4,420 nodes becomes 32 boxes.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...engine import calculus
from ...engine.arguments import one_of
from ...engine.messages import short_repr
from ...engine.node import Node
from .module_calls import LEVELS, groups_of, homes_of

COLLAPSE = ("auto", "neuron", "layer", "repeats", "sum", None)
ALL_UP_TO, NEURONS_UP_TO = 60, 400  # nodes; above, "auto" folds more


@dataclass(eq=False, slots=True)
class Unit:
    """The nodes that one box stands for, in topological order.

    Attributes:
        call: the module call that it is, if it is a group.
        home: the call that it lies in, if any.
        alike: how many blocks of the graph it is that are like one that is shown, or 0.
    """

    nodes: list[Node] = field(default_factory=list)
    call: Any = None
    home: Any = None
    alike: int = 0

    @property
    def is_group(self) -> bool:
        """Whether the unit is a module call, or blocks that are alike."""
        return self.call is not None or self.alike > 0

    @property
    def is_sum(self) -> bool:
        """Whether the unit is a chain of +."""
        return not self.is_group and len(self.nodes) > 1

    @property
    def is_leaf(self) -> bool:
        """Whether the unit is one leaf."""
        return not self.is_group and self.nodes[-1].op is None

    @property
    def kind(self) -> Any:
        """What it is, as far as it can be alike to another: the op, or the module."""
        if self.call is not None:
            return self.call.kind, self.call.path
        return self.nodes[-1].op, self.is_sum, self.alike


Units = dict[Node, Unit]
Collapse = str | int | None


def check_collapse(given: Any) -> None:
    """Check the option `collapse`.

    Raises:
        ValueError: if it is no level, and no depth from 1 on.
    """
    if not isinstance(given, int) or isinstance(given, bool):
        one_of("collapse", given, COLLAPSE)
    elif given < 1:
        raise ValueError(f"collapse is a depth from 1 on, the outermost calls, got {given}")


def level_for(order: Sequence[Node], collapse: Collapse) -> Collapse:
    """The level of folding that `collapse` names; ``"auto"`` depends on the number of nodes."""
    if collapse != "auto":
        return collapse
    if len(order) <= ALL_UP_TO:
        return None
    return "neuron" if len(order) <= NEURONS_UP_TO else "layer"


def fold(order: Sequence[Node], level: Collapse) -> tuple[list[Unit], Units]:
    """Fold a graph: its units in topological order, and the unit of each node.

    Parameters that only groups use have none, for they are part of their groups.

    Args:
        order: the nodes in topological order, the root last.
        level: ``"neuron"``, ``"layer"``, or how deep the calls are that fold; ``"sum"`` or
            ``"repeats"`` for sums alone; or None to fold nothing.
    """
    homes = homes_of(order)
    folds_calls = level in LEVELS or isinstance(level, int)
    groups = groups_of(homes, level) if folds_calls else {}
    calls = {node: groups[home] for node, home in homes.items() if home in groups}
    heads = {} if level is None else _heads_of_sums(order, calls)
    hidden = _hidden(order, calls) if calls else set()
    made: dict[Any, Unit] = {}
    unit_of: Units = {}
    for node in order:
        if node in hidden:
            continue
        call = calls.get(node)
        key = heads.get(node, node) if call is None else call
        if key not in made:
            made[key] = Unit([], call, homes.get(node) if call is None else call.parent)
        made[key].nodes.append(node)
        unit_of[node] = made[key]
    return _sort(list(made.values()), unit_of), unit_of


def _hidden(order: Sequence[Node], calls: Mapping[Node, Any]) -> set[Node]:
    """The parameters that several groups share and nothing else uses, as in a batch."""
    inside: set[Node] = set()
    elsewhere: set[Node] = set()
    for node in order:
        for operand in node.parents:
            if operand.is_parameter and operand not in calls:
                (inside if node in calls else elsewhere).add(operand)
    return inside - elsewhere


def _heads_of_sums(order: Sequence[Node], calls: Mapping[Node, Any]) -> dict[Node, Node]:
    """For each + of a chain, in which each alone uses the one before, the last + of it."""
    uses = Counter(operand for node in order for operand in node.parents)
    heads: dict[Node, Node] = {}
    for node in reversed(order):
        if node.op is not calculus.add or node in calls:
            continue
        head = heads.setdefault(node, node)
        for operand in node.parents:
            named = operand.label or operand.call is not node.call
            if operand.op is calculus.add and uses[operand] == 1 and not named:
                heads[operand] = head
    return heads


def _sort(units: Sequence[Unit], unit_of: Units) -> list[Unit]:
    """Sort the units so that each comes after its operands, else in the order given."""
    position = {unit: place for place, unit in enumerate(units)}
    followers: dict[Unit, list[Unit]] = {unit: [] for unit in units}
    waiting: dict[Unit, int] = {}
    for unit in units:
        tails = dict.fromkeys(tail for _, tail in operands_of(unit, unit_of))
        waiting[unit] = len(tails)
        for tail in tails:
            followers[tail].append(unit)
    ready = [position[unit] for unit in units if not waiting[unit]]
    found = []
    while ready:
        unit = units[heapq.heappop(ready)]
        found.append(unit)
        for follower in followers[unit]:
            waiting[follower] -= 1
            if not waiting[follower]:
                heapq.heappush(ready, position[follower])
    return found


def operands_of(unit: Unit, unit_of: Units) -> Iterator[tuple[Node, Unit]]:
    """The operands of a unit that lie outside of it, each with its own unit."""
    for node in unit.nodes:
        for operand in node.parents:
            tail = unit_of.get(operand, unit)  # a hidden parameter is part of the unit
            if tail is not unit:
                yield operand, tail


def around(units: Sequence[Unit], unit_of: Units, focus: Node, radius: int) -> set[Unit]:
    """The units at most `radius` edges, in either direction, from that of `focus`.

    Raises:
        ValueError: if `focus` is not among the nodes.
    """
    if focus not in unit_of:
        raise ValueError(
            f"focus must be a node of the graph that is drawn, {short_repr(focus)} is not"
        )
    beside: dict[Unit, list[Unit]] = {unit: [] for unit in units}
    for unit in units:
        for tail in dict.fromkeys(tail for _, tail in operands_of(unit, unit_of)):
            beside[unit].append(tail)
            beside[tail].append(unit)
    found, rim = {unit_of[focus]}, [unit_of[focus]]
    while rim and radius:
        radius -= 1
        rim = [
            unit for unit in dict.fromkeys(u for r in rim for u in beside[r]) if unit not in found
        ]
        found.update(rim)
    return found
