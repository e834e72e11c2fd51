"""The module calls that nodes belong to, and the calls that a drawing shows as one box.

The nodes that a module makes carry its call. Its parameters and the constants it uses do not,
but belong where they are used; inputs belong to no call. Nothing here draws.
"""

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ...engine.node import Node

LEVELS = ("neuron", "layer")


def chain(call: Any) -> list[Any]:
    """A call and all its callers, the outermost first."""
    calls = []
    while call is not None:
        calls.append(call)
        call = call.parent
    return calls[::-1]


def homes_of(order: Sequence[Node]) -> dict[Node, Any]:
    """The innermost call that each node belongs to, for nodes that belong to any.

    None do if a path leaves a call and comes back, as after a user changed a node's note: arrows
    between the boxes of such calls would run in a circle.

    Args:
        order: nodes in topological order.
    """
    homes = {node: node.call for node in order if node.call is not None}
    if not homes:
        return {}
    users: dict[Node, list[Any]] = {}
    for node in order:
        for operand in node.operands:
            if isinstance(operand, Node) and (operand.is_parameter or operand.is_constant):
                users.setdefault(operand, []).append(homes.get(node))
    for leaf, calls in users.items():
        home = common_call(calls)
        if home is not None:
            homes[leaf] = home
    return homes if _never_come_back(order, homes) else {}


def _never_come_back(order: Sequence[Node], homes: dict[Node, Any]) -> bool:
    """Whether the calls, and the nodes beside them, can be sorted at every depth."""
    chains = {call: chain(call) for call in dict.fromkeys(homes.values())}
    chains[None] = []
    sides: TopologicalSorter[Any] = TopologicalSorter()
    for node in order:
        ends = [*chains[homes.get(node)], node]
        for operand in node.parents:
            starts = [*chains[homes.get(operand)], operand]
            start, end = next(p for p in zip(starts, ends, strict=False) if p[0] is not p[1])
            sides.add(end, start)
    try:
        sides.prepare()
    except CycleError:
        return False
    return True


def common_call(calls: Iterable[Any]) -> Any:
    """The innermost call that contains all of `calls`."""
    chains = [chain(call) for call in dict.fromkeys(calls)]
    common = None
    for together in zip(*chains, strict=False):
        if any(call is not together[0] for call in together):
            break
        common = together[0]
    return common


def groups_of(homes: dict[Node, Any], level: str | int | None) -> dict[Any, Any]:
    """For each home within a call that is drawn as one box, that call.

    By neuron: calls of neurons, and of modules that call no other. By layer: what called a
    neuron, and otherwise again modules that call no other. By depth: calls so many deep, 1
    for the outermost, and modules less deep that call no other.

    Args:
        homes: from `homes_of`.
        level: one of `LEVELS`, or a depth.
    """
    chains = {call: chain(call) for call in dict.fromkeys(homes.values())}
    callers = {call.parent for calls in chains.values() for call in calls}
    boxed = {_choose_box(calls, callers, level) for calls in chains.values()}
    return {
        call: next(one for one in calls if one in boxed)
        for call, calls in chains.items()
        if not boxed.isdisjoint(calls)
    }


def _choose_box(calls: Sequence[Any], callers: set[Any], level: str | int | None) -> Any:
    if isinstance(level, int) and len(calls) >= level:
        return calls[level - 1]
    for place, call in enumerate(calls):
        if call.kind.endswith("Neuron") and level in LEVELS:
            return calls[max(0, place - 1)] if level == "layer" else call
    return None if calls[-1] in callers else calls[-1]


def numbers_of(order: Sequence[Node]) -> dict[Any, int]:
    """For each outermost call which one it is of those that share its parameters: 1, 2, ..."""
    outermost: dict[Any, Any] = {}
    shared: dict[Any, dict[Node, None]] = {}
    for node in order:
        if node.call is not None:
            if node.call not in outermost:
                outermost[node.call] = chain(node.call)[0]
            held = shared.setdefault(outermost[node.call], {})
            held.update(dict.fromkeys(x for x in node.parents if x.is_parameter))
    counts: dict[Any, int] = {}
    found = {}
    for call, held in shared.items():
        module = (call.kind, frozenset(held)) if held else call
        found[call] = counts[module] = counts.get(module, 0) + 1
    return found


def short_path(call: Any, number: int | None = None) -> str:
    """The end of the path, such as ``neurons.1``, and a number if the call is repeated.

    Args:
        call: the call.
        number: which one it is, if it is an outermost one: its own number does not tell.
    """
    path, which = ".".join(call.path.split(".")[-2:]), number or call.number
    return f"{path} ({which})".strip() if which > 1 else path


def title(call: Any, number: int | None = None) -> str:
    """The title of a call, such as ``Neuron neurons.1``."""
    return f"{call.kind} {short_path(call, number)}".strip()


def frames_around(homes: Iterable[Any]) -> list[Any]:
    """The calls that contain any of `homes`, outer ones first."""
    return list(dict.fromkeys(call for home in homes for call in chain(home)))
