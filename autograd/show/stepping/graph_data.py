"""What is kept of a graph: its data, for a page or other front ends, and stand-ins for its nodes.

In the data, which README.md describes, nodes go by their places in topological order, and numbers
that JSON does not have are texts. The stand-ins are there so that a player does not keep the graph:
the sentences of a pass need the ops, the numbers, the labels and the operands of nodes. They have
these, and no gradient and no module.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...engine.errors import NoDerivativeError
from ...engine.ieee import NAN
from ...engine.node import UNREACHED, Node
from ...engine.numbers import json_number
from ...formulas.js_spelling import Kind
from ..source_lines import copy_place, place_of
from ..text import clean
from ..words.naming import kind_of, natural_order
from .events import Contribute, Final, Forward, Given, Played, Seed
from .flaws import Flaw, sign_of, signs
from .names import Names
from .sentences import Teller

VERSION = 2  # of the data that is described in README.md
KINDS = {"given": Given, "forward": Forward, "seed": Seed, "final": Final, "contribute": Contribute}


def kinds_of(order: Iterable[Node]) -> list[Kind]:
    """The ops of a graph, each with how many operands it has."""
    return list(dict.fromkeys((x.op, len(x.operands)) for x in order if x.op is not None))


class GraphData:
    """A graph as data.

    Args:
        order: the nodes, or stand-ins for them, in topological order.
        events: those of a pass, whose numbers these are.
        seed: the gradient of the root.
        homes: the paths of the module calls that nodes are in.

    Attributes:
        order, homes: as they were given.
        kinds: the ops, each with how many operands it has.
    """

    def __init__(
        self,
        order: Sequence[Node],
        events: Sequence[Played],
        seed: float,
        homes: Mapping[Node, str],
    ) -> None:
        self.order, self.homes, self._seed = order, homes, seed
        self._names: Names = events[0].names
        self._place = {node: place for place, node in enumerate(order)}
        self._numbers = {node: node._data for node in order}
        for event in reversed(events):
            if isinstance(event, Forward):  # of two the first: a leaf may have moved on since
                self._numbers[event.node] = event.data
            elif isinstance(event, Given):
                self._numbers.update(zip(event.nodes, event.data, strict=True))
        self.kinds = kinds_of(order)

    def data(self) -> dict[str, Any]:
        """The nodes and their ops, with all that is said of them but numbers."""
        teller, kinds = Teller(), {kind: number for number, kind in enumerate(self.kinds)}
        start = Seed(self.order[-1], self._seed, self._names)
        return {
            "seed": json_number(self._seed),
            "ops": [{"name": op.name, "operands": count} for op, count in self.kinds],
            "nodes": [self._node(node, kinds, teller) for node in self.order],
            "start": _sentence(teller, start),
        }

    def events(
        self, events: Iterable[Played], flaws: Iterable[Flaw | None]
    ) -> list[dict[str, Any]]:
        """Events as data, with the mistakes in them."""
        return [
            self._event(event) | ({} if flaw is None else {"flaw": _flaw(event, flaw)})
            for event, flaw in zip(events, flaws, strict=True)
        ]

    def leaves(self) -> list[int]:
        """The places of the leaves, in natural order."""
        leaves = (node for node in self.order if node.op is None)
        return [self._place[node] for node in natural_order(leaves, self._names)]

    def locals(self) -> list[list[float | str | None] | None]:
        """For each node the local derivatives, as recorded; None for a leaf."""
        return [None if node.op is None else _locals(node) for node in self.order]

    def _node(self, node: Node, kinds: Mapping[Kind, int], teller: Teller) -> dict[str, Any]:
        names, data = self._names, self._numbers[node]
        told: dict[str, Any] = {
            "name": names[node],
            "kind": kind_of(node),
            "data": json_number(data),
            "forward": _sentence(teller, Forward(node, data, names)),
            "final": _sentence(teller, Final(node, 0.0, names)),
        }
        if node.label:
            told["label"] = node.label
        place = place_of(node)
        if place is not None:
            told["line"] = clean(str(place))
        if node in self.homes:
            told["home"] = self.homes[node]
        if node.op is None:
            return told
        return told | {
            "op": kinds[node.op, len(node.operands)],
            "operands": [
                self._place[x] if isinstance(x, Node) else {"number": json_number(x)}
                for x in node.operands
            ],
            "edges": [
                _edge(teller, node, slot, x, names)
                if isinstance(x, Node) and not x.is_constant
                else None
                for slot, x in enumerate(node.operands)
            ],
        }

    def _event(self, event: Played) -> dict[str, Any]:
        kind = next(name for name, one in KINDS.items() if isinstance(event, one))
        if isinstance(event, Given):
            given = [self._place[node] for node in event.nodes]
            return {"kind": kind, "nodes": given, "data": list(map(json_number, event.data))}
        told: dict[str, Any] = {"kind": kind, "node": self._place[event.node]}
        if isinstance(event, Forward):
            return told | {"data": json_number(event.data)}
        if not isinstance(event, Contribute):
            return told | {"grad": json_number(event.gradient)}
        numbers = ("upstream", "local", "contribution", "before", "after")
        told |= {"slot": event.slot, "parent": self._place[event.parent]}
        told |= {name: json_number(getattr(event, name)) for name in numbers}
        return told | {"use": event.use, "uses": event.uses}


def _sentence(teller: Teller, event: Played) -> list[str]:
    """The pattern of a sentence and its names; its number comes last and is left out."""
    told = teller.told(event, None)
    return [told.pattern, *(part for part in told.parts if isinstance(part, str))]


def _edge(teller: Teller, node: Node, slot: int, parent: Node, names: Names) -> dict[str, Any]:
    """What is said where a gradient flows back through a slot: all but its numbers."""
    event = Contribute(node, slot, parent, NAN, NAN, NAN, NAN, NAN, 1, 1, names)
    told = teller.told(event, None)
    return {"rule": told.rule, "local": told.local, "sentence": [told.pattern, *told.parts]}


def _flaw(event: Played, flaw: Flaw) -> dict[str, Any]:
    told: dict[str, Any] = {"word": flaw.word, "text": flaw.text}
    if isinstance(event, Contribute):
        told["signs"] = [sign_of(flaw), *signs(event)]
    return told


def _locals(node: Node) -> list[float | str | None]:
    try:
        found = node.all_locals()
    except NoDerivativeError:
        found = [None] * len(node.operands)
    return [None if local is None else json_number(float(local)) for local in found]


# --- stand-ins ------------------------------------------------------------------------------

StandIns = Mapping[Node, Node]


class StandIn(Node):
    """A copy of a node as it was during the pass, without gradient and module."""

    __slots__ = ("is_constant",)

    def __init__(self, node: Node, found: StandIns) -> None:
        self._data, self._grad = node._data, UNREACHED
        self.is_constant = node.is_constant
        self.label = node.label
        if node.is_parameter:
            self.mark_parameter()
        operands = tuple([found[x] if isinstance(x, Node) else x for x in node.operands])
        self.record(node.op, operands, node.recorded)
        copy_place(node, self)


def stand_ins(order: Sequence[Node]) -> dict[Node, Node]:
    """A stand-in for each node of a graph in topological order."""
    found: dict[Node, Node] = {}
    for node in order:
        found[node] = StandIn(node, found)
    return found


def retold(events: Iterable[Played], found: StandIns) -> list[Played]:
    """The events of a pass, with stand-ins for their nodes."""
    names: dict[int, Names] = {}
    told: list[Played] = []
    for event in events:
        known = names.get(id(event.names))
        if known is None:
            known = names[id(event.names)] = event.names.of(found)
        if isinstance(event, Given):
            told.append(Given(tuple(found[x] for x in event.nodes), event.data, known))
            continue
        if isinstance(event, Contribute):
            event = event._replace(parent=found[event.parent])
        told.append(event._replace(node=found[event.node], names=known))
    return told
