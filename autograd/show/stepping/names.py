"""The names of the nodes of a pass, fixed from its first event to its last; and reasons, with them.

A use of a node is an operand slot that it stands in. The reasons are those of a right pass, from
the graph at hand: `flaws.py` says what is wrong in another.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from ...engine.node import Node
from ..text import decimal, join_words
from ..words.naming import name_sources, names_of

COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST_USES = 4  # that are named one by one


class Names(dict[Node, str]):
    """The names of the nodes of a graph, from the labels that they have now.

    They are computed at the first use.

    Args:
        order: the nodes in topological order.
        was: for each leaf that moved on since it was used, its number then.

    Attributes:
        moved: `was`.
        numbers: the constants that have no label, and go by their numbers.
    """

    def __init__(self, order: Sequence[Node], was: Mapping[Node, float] | None = None) -> None:
        super().__init__()
        self.moved: Mapping[Node, float] = {} if was is None else was
        self._order, self._noted = order, name_sources(order, was)
        self.numbers = self._noted.numbers

    def of(self, others: Mapping[Node, Node]) -> "Names":
        """The names for stand-ins for some of the nodes."""
        if not self:
            self.update(names_of(self._order, self._noted))
        found = Names([others[node] for node in self._order if node in others])
        found.update({others[node]: name for node, name in self.items() if node in others})
        found.numbers = {others[node]: x for node, x in self.numbers.items() if node in others}
        return found

    @property
    def root(self) -> Node:
        """The node that is differentiated."""
        return self._order[-1]

    @cached_property
    def users(self) -> Mapping[Node, Sequence[Node]]:
        """For each node those that pass a gradient on to it, in order, twice for x·x."""
        found: dict[Node, list[Node]] = {self.root: []}
        for node in reversed(self._order):
            if node in found and node.op is not None:
                locals = node.op.locals(node.operands, node.recorded, node._data)
                for x, local in zip(node.operands, locals, strict=True):
                    if local is not None and isinstance(x, Node) and not x.is_constant:
                        found.setdefault(x, []).append(node)
        return {node: users[::-1] for node, users in found.items()}

    def __missing__(self, node: Node) -> str:
        self.update(names_of(self._order, self._noted))
        return self[node]


# --- the reasons for what happens in a backward pass, in a few words ---------------------------


def why_seed(node: Node, gradient: float, names: Names) -> str:
    """The reason for the gradient that a pass starts with."""
    if gradient == 1.0:
        return f"1, because {names[node]} is what we differentiate"
    return f"{decimal(gradient)}, because the pass was asked to start with it"


def why_added(parent: Node, use: int, names: Names) -> str:
    """The reason why a contribution is added to others, or stands alone."""
    users = names.users.get(parent, ())
    if len(users) < use:  # a pass with a mistake in it
        return ""
    if len(users) == 1:
        return f"alone, because {names[users[0]]} is the only use of {names[parent]}"
    first = "added" if use > 1 else f"the first of {_count(len(users))}"
    if len(set(users)) == 1:
        times = _times(len(users))
        return f"{first}, because {names[parent]} is used {times} in {names[users[0]]}"
    root = names.root
    ways = f"{first}, because {names[parent]} reaches {names[root]} in {_count(len(users))} ways"
    if len(set(users)) > MOST_USES:
        return ways
    through = [f"through {name}" for name in _name_each([x for x in users if x is not root], names)]
    return f"{ways}, {join_words([*through, *(['directly'] if root in users else [])])}"


def why_final(node: Node, names: Names) -> str:
    """The reason why no more is to come."""
    users = names.users.get(node, ())
    if node is names.root:
        return "final: the pass starts here, so that nothing else contributes"
    if not users:  # a pass with a mistake in it
        return ""
    if len(users) == 1:
        return f"final: its only use, {names[users[0]]}, has contributed"
    uses = "both its uses" if len(users) == 2 else f"all {_count(len(users))} uses"
    if len(set(users)) == 1:
        return f"final: {uses}, in {names[users[0]]}, have contributed"
    if len(set(users)) > MOST_USES:
        return f"final: {uses} have contributed"
    return f"final: {uses}, {join_words(_name_each(users, names))}, have contributed"


def _count(number: int) -> str:
    return COUNTS[number] if number < len(COUNTS) else f"{number:,}"


def _name_each(users: Sequence[Node], names: Names) -> list[str]:
    """The names of the users, each once, with a note at those that come more often."""
    return [
        f"{names[x]} ({_times(count)})" if count > 1 else names[x]
        for x, count in Counter(users).items()
    ]


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{_count(count)} times"
