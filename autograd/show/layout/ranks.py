"""The ranks of one graph, and the cells that make up its items and arrows.

Items (boxes, or whole frames) stand in ranks, and every arrow runs forward from one rank to a
later one. *Along* is the direction of the arrows, *across* the other one.
Between any two ranks of items is a rank of labels, one cell for each arrow, and an arrow that
passes a rank has a cell there too. So labels cover nothing, and arrows bend only in the gaps
between ranks. What leaves one source is a *net*: its arrows share a *trunk* of cells until each
turns off to its label, just before its head. The steps are those of Sugiyama, Tagawa and Toda
(1981): ranks (here), order within each rank (`ordering.py`), coordinates (`placing.py`).
"""

from collections.abc import Sequence, Set
from typing import NamedTuple

OUTSIDE = -1  # the item number of what lies before or behind the graph
ITEM_MARGIN, LABEL_MARGIN, TRUNK_MARGIN = 9.0, 3.0, 5.0  # across, on either side
STIFF, FIRST = 2.0, 2.0  # pulls: a trunk should be straight, its first piece less so
Links = list[list[tuple[int, float]]]


class Size(NamedTuple):
    """A size along and across the arrows."""

    along: float
    across: float


class Target(NamedTuple):
    """The head of an arrow: an item or OUTSIDE; it attaches `offset` from the centre."""

    item: int
    offset: float
    label: Size
    pull: float


class Net(NamedTuple):
    """The arrows from one source, an item or OUTSIDE; they leave `offset` from its centre."""

    source: int
    offset: float
    targets: Sequence[Target]


class Cells:
    """Items, trunk cells and labels: each with a rank, a size, and weighted links both ways.

    An arrow that attaches beside the centre of an item does so at a *pin*: a cell without room
    that moves with its host. Links lead to pins, but belong to hosts.

    Args:
        items: their sizes, in an order in which arrows lead forward.
        nets: the arrows, by their source.

    Attributes:
        items: how many there are; their cells come first.
        before, after: for each cell the cells or pins that it is linked to, and how strongly.
        pins: for each host its pins, and how far beside its centre each is.
        leaving, arriving: for each host where on it each link starts or ends.
        trunks: for each net, the cells of its trunk, from the source on.
        labels: for each net and target, the cell of the label; towards OUTSIDE the last cell.
    """

    def __init__(self, items: Sequence[Size], nets: Sequence[Net]) -> None:
        self.items = len(items)
        self.ranks, self.last = _ranks(len(items), nets)
        self.sizes = list(items)
        self.margins = [ITEM_MARGIN] * len(items)
        self.before: Links = [[] for _ in items]
        self.after: Links = [[] for _ in items]
        self.pins: dict[int, list[tuple[int, float]]] = {}
        self.trunks: list[list[int]] = []
        self.labels: list[list[int]] = []
        for net in nets:
            self._grow(net)
        self.leaving = {host: self._gather(self.after, host) for host in self.pins}
        self.arriving = {host: self._gather(self.before, host) for host in self.pins}

    def _grow(self, net: Net) -> None:
        """Grow the trunk as far as needed, and branch off to the labels and heads."""
        outside = net.source == OUTSIDE
        root = self._add(0, Size(0.0, 0.0), TRUNK_MARGIN) if outside else net.source
        start = self.ranks[root]
        trunk, labels = [root], list[int]()
        joints = [self._pin(root, net.offset)]
        for item, offset, size, pull in net.targets:
            end = self.last + 1 if item == OUTSIDE else self.ranks[item] - 1
            while start + len(trunk) < end:
                cell = self._add(start + len(trunk), Size(0.0, 0.0), TRUNK_MARGIN)
                self._link(joints[-1], cell, STIFF if len(trunk) > 1 else FIRST)
                trunk.append(cell)
                joints.append(cell)
            label = self._add(end, size, LABEL_MARGIN)
            self._link(joints[end - 1 - start], label, pull)
            if item != OUTSIDE:
                self._link(label, self._pin(item, offset), pull)
            labels.append(label)
        self.trunks.append(trunk)
        self.labels.append(labels)

    def _add(self, rank: int, size: Size, margin: float) -> int:
        self.ranks.append(rank)
        self.sizes.append(size)
        self.margins.append(margin)
        self.before.append([])
        self.after.append([])
        return len(self.ranks) - 1

    def _pin(self, host: int, offset: float) -> int:
        if offset == 0.0:
            return host
        pin = self._add(self.ranks[host], Size(0.0, 0.0), 0.0)
        self.pins.setdefault(host, []).append((pin, offset))
        return pin

    def _link(self, tail: int, head: int, pull: float) -> None:
        self.after[tail].append((head, pull))
        self.before[head].append((tail, pull))

    def _gather(self, links: Links, host: int) -> list[int]:
        """Add the links of the pins to those of the host, and return where each starts."""
        starts = [host] * len(links[host])
        for pin, _ in self.pins[host]:
            starts += [pin] * len(links[pin])
            links[host] += links[pin]
        return starts


def _ranks(count: int, nets: Sequence[Net]) -> tuple[list[int], int]:
    """The rank of each item, and the last one; odd ranks are left for labels."""
    heads: list[list[int]] = [[] for _ in range(count + 1)]  # those of OUTSIDE come last
    for net in nets:
        heads[net.source] += [target.item for target in net.targets]
    entered = {head for head in heads[OUTSIDE] if head != OUTSIDE}
    ranks = [2 * rank for rank in rank_items(heads[:-1], entered)]
    return ranks, max(ranks, default=0)


def rank_items(heads: Sequence[Sequence[int]], entered: Set[int] = frozenset()) -> list[int]:
    """The rank of each item, such that arrows are short.

    What is computed from leaves alone, each part of it for one use, stands just before that use;
    all else as early as can be.

    Args:
        heads: for each item those that its arrows lead to, later ones or OUTSIDE.
        entered: the items that arrows from outside lead to, which are not in rank 0.

    Example:
        >>> rank_items([[1], [2], [4], [4], []])  # the fourth is a leaf, which is used late
        [0, 1, 2, 2, 3]
    """
    ranks = [int(item in entered) for item in range(len(heads))]
    fixed = [item in entered for item in range(len(heads))]  # by an operand with other uses
    is_leaf = [not fixed_ for fixed_ in fixed]
    for item, uses in enumerate(heads):
        holds = fixed[item] or (len(uses) > 1 and not is_leaf[item])
        for head in uses:
            if head != OUTSIDE:
                ranks[head] = max(ranks[head], ranks[item] + 1)
                fixed[head] |= holds
                is_leaf[head] = False
    last = max(ranks, default=0)
    for item in reversed(range(len(heads))):
        if heads[item] and not fixed[item]:
            ranks[item] = min(last + 1 if head == OUTSIDE else ranks[head] for head in heads[item])
            ranks[item] -= 1
    return ranks
