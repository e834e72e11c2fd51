"""The data of a graph and its events, for a page or any other front end: see README.md.

Nodes go by their places in topological order, and numbers that JSON does not have are texts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...engine.errors import NoDerivativeError
from ...engine.ieee import NAN
from ...engine.node import Node
from ...formulas.js_spelling import Kind
from ..words.naming import kind_of
from .events import Contribute, Final, Forward, Given, Played, Seed
from .flaws import Flaw, sign_of, signs
from .names import Names
from .sentences import Teller

VERSION = 2  # of the data that is described in README.md
KINDS = {"given": Given, "forward": Forward, "seed": Seed, "final": Final, "contribute": Contribute}


class GraphData:
    """A graph as data.

    Args:
        order: the nodes, or stand-ins for them, in topological order.
        events: those of a pass, whose numbers these are.
        seed: the gradient of the root.
        homes: the paths of the module calls that nodes are in.
        names: the names of the nodes.

    Attributes:
        kinds: the ops, each with how many operands it has.
    """

    def __init__(
        self,
        order: Sequence[Node],
        events: Sequence[Played],
        seed: float,
        homes: Mapping[Node, str],
        names: Names,
    ) -> None:
        self._order, self._seed, self._homes, self._names = order, seed, homes, names
        self._place = {node: place for place, node in enumerate(order)}
        self._numbers = {node: node._data for node in order}
        for event in reversed(events):
            if isinstance(event, Forward):  # of two the first: a leaf may have moved on since
                self._numbers[event.node] = event.data
            elif isinstance(event, Given):
                self._numbers.update(zip(event.nodes, event.data, strict=True))
        kinds = ((node.op, len(node.operands)) for node in order if node.op is not None)
        self.kinds: list[Kind] = list(dict.fromkeys(kinds))

    def data(self) -> dict[str, Any]:
        """The nodes and their ops, with all that is said of them but numbers."""
        teller, kinds = Teller(), {kind: number for number, kind in enumerate(self.kinds)}
        start = Seed(self._order[-1], self._seed, self._names)
        return {
            "seed": json_number(self._seed),
            "ops": [{"name": op.name, "operands": count} for op, count in self.kinds],
            "nodes": [self._node(node, kinds, teller) for node in self._order],
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

    def locals(self) -> list[list[float | str | None] | None]:
        """For each node the local derivatives, as recorded; None for a leaf."""
        return [None if node.op is None else _locals(node) for node in self._order]

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
        if node in self._homes:
            told["home"] = self._homes[node]
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


def json_number(x: float) -> float | str:
    """A number as JSON can have it: nan and inf are texts."""
    return x if x - x == 0.0 else repr(x)
