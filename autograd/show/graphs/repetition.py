"""Folding of what a graph does again and again: time steps, samples, the terms of a long sum.

Units in topological order are compared with those some way back: where the same op is applied to
operands in the same places, over and over, the graph repeats. One of these blocks is shown, and
the others are one box with their count. Names and numbers do not matter, and leaves that only
one block uses belong to it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from ..words.naming import kind_of
from .folding import Unit, Units, operands_of
from .module_calls import chain, common_call

FEWEST = 4  # blocks that are folded
LEAVES = 8  # that are folded
WORTH = 20  # folding saves at least one in so many units
PERIODS = 4  # distances that are tried, the most frequent ones
LOCAL = 64  # units: operands from farther back do not tell one place from another


class Blocks(NamedTuple):
    """Blocks that are alike: where the first begins, how long each is, and how often."""

    start: int
    length: int
    times: int

    @property
    def end(self) -> int:
        """Where the last block ends."""
        return self.start + self.length * self.times

    @property
    def saved(self) -> int:
        """How many units folding saves."""
        return (self.times - 1) * self.length


@dataclass(eq=False, slots=True)
class Shown:
    """The frame around the block that is shown, as if that was a module call."""

    kind: str
    parent: Any
    path: str = ""
    number: int = 1


def fold_repeats(units: Sequence[Unit], unit_of: Units) -> tuple[list[Unit], Units]:
    """Fold blocks of units that are alike, but for one of them, and then leaves with like uses.

    Args:
        units: in topological order.
        unit_of: the unit of each node.
    """
    found, folded = list(units), dict(unit_of)
    while True:
        graph = _Graph(found, folded)
        blocks = graph.blocks()
        found = graph.fold_leaves() if blocks is None else graph.fold(blocks)
        folded.update((node, unit) for unit in found for node in unit.nodes)
        if blocks is None:
            return found, folded


class _Graph:
    """The units that are no leaves, in order, with their operands by place.

    Attributes:
        units: the results.
        operands: for each the places of its operands, None for those that are leaves.
        place: the place of each result.
    """

    def __init__(self, everything: Sequence[Unit], unit_of: Units) -> None:
        self.everything, self.unit_of = everything, unit_of
        self.units = [unit for unit in everything if not unit.is_leaf]
        self.place = {unit: number for number, unit in enumerate(self.units)}
        self.users: dict[Unit, list[Unit]] = {}
        self.operands: list[list[int | None]] = []
        self.kinds: list[Any] = []
        for unit in everything:
            tails = [tail for _, tail in operands_of(unit, unit_of)]
            if unit.is_group or unit.is_sum:
                tails = [*dict.fromkeys(tails)]
            for tail in tails:
                self.users.setdefault(tail, []).append(unit)
            if not unit.is_leaf:
                self.operands.append([self.place.get(tail) for tail in tails])
                self.kinds.append((unit.kind, len(tails)))

    def blocks(self) -> Blocks | None:
        """The blocks whose folding saves most units, if there are any that are alike."""
        found = [
            blocks
            for length in self._lengths()
            for blocks in self._runs(length)
            if self._can_fold(blocks)
        ]
        best = max(found, key=lambda blocks: (blocks.saved, -blocks.length), default=None)
        worth = best is not None and best.saved * WORTH >= len(self.units)
        return best if worth else None

    def _lengths(self) -> list[int]:
        """Distances at which the same comes again, those that come most often."""
        tokens = [
            (kind, *(None if x is None or place - x > LOCAL else place - x for x in operands))
            for place, (kind, operands) in enumerate(zip(self.kinds, self.operands, strict=True))
        ]
        found: dict[int, None] = {}
        for many in (1, LOCAL // 8, LOCAL):  # as blocks may hold blocks
            last: dict[Any, int] = {}
            distances: Counter[int] = Counter()
            for place in range(len(tokens) - many + 1):
                token = hash(tuple(tokens[place : place + many]))
                if token in last:
                    distances[place - last[token]] += 1
                last[token] = place
            found.update(dict.fromkeys(length for length, _ in distances.most_common(PERIODS)))
        return [*found]

    def _runs(self, length: int) -> Iterator[Blocks]:
        """The blocks of this length that are alike."""
        alike = [self._alike(place, length) for place in range(len(self.units) - length)]
        ends = [place for place, same in enumerate([False, *alike, False]) if not same]
        for before, after in pairwise(ends):
            start, end = before, after - 1 + length  # the places of all units in the run
            if end - start >= length * (FEWEST - 1):
                blocks = self._aligned(start, end, length)
                if blocks.times >= FEWEST:
                    yield blocks

    def _alike(self, place: int, length: int, border: int = 0) -> bool:
        """Whether a unit is like the one a block later; what that has from before may differ."""
        other = place + length
        if self.kinds[place] != self.kinds[other]:
            return False
        pairs = zip(self.operands[place], self.operands[other], strict=True)
        for x, y in pairs:
            moves = x is not None and y is not None and y - x in (0, length)
            if not (moves or x is y is None or (y is not None and y < border)):
                return False
        return True

    def _aligned(self, start: int, end: int, length: int) -> Blocks:
        """The blocks in a run, begun where least is carried from one to the next."""
        middle = start + (end - start) // (2 * length) * length
        carried = {
            border: self._carried(border, length) for border in range(middle, middle + length)
        }
        least = min(carried.values())
        found = []
        for border, count in carried.items():
            first = border - (border - start) // length * length
            earlier = range(first - length, first)
            if count == least:
                if earlier.start >= 0 and all(
                    self._alike(place, length, first) for place in earlier
                ):
                    first = earlier.start
                found.append(Blocks(first, length, (end - first) // length))
        return max(found, key=lambda blocks: (blocks.times, -blocks.start))

    def _carried(self, border: int, length: int) -> int:
        """How many results of the block before a border are used in that after it, and calls."""
        count = 0
        for unit in self.units[max(0, border - length) : border]:
            users = [self.place[user] for user in self.users.get(unit, ())]
            count += any(border <= user < border + length for user in users)
        before, after = (chain(unit.home) for unit in self.units[border - 1 : border + 1])
        return count + sum(call in after for call in before)

    # --- folding ----------------------------------------------------------------------------

    def _split(self, blocks: Blocks) -> tuple[list[Unit], list[Unit]]:
        """The units of the block that is shown, which has the root if one has; and the others."""
        inside = self.units[blocks.start : blocks.end]
        if blocks.end == len(self.units):
            return inside[-blocks.length :], inside[: -blocks.length]
        return inside[: blocks.length], inside[blocks.length :]

    def _can_fold(self, blocks: Blocks) -> bool:
        """Whether the calls that lie within the folded blocks lie there as a whole."""
        folded = {*self._split(blocks)[1]}
        around = {*chain(common_call(unit.home for unit in folded))}
        within = {call for unit in folded for call in chain(unit.home) if call not in around}
        return all(
            unit in folded or within.isdisjoint(chain(unit.home))
            for unit in (self.units if within else ())
        )

    def fold(self, blocks: Blocks) -> list[Unit]:
        """All units, with the blocks but one in one unit."""
        shown, others = self._split(blocks)
        folded = {*others}
        folded |= {unit for unit in self.everything if self._belongs(unit, folded, blocks)}
        home = common_call(unit.home for unit in others)
        nodes = [x for unit in self.everything if unit in folded for x in unit.nodes]
        box = Unit(nodes, None, home, blocks.times - 1)
        if blocks.length > 1 and all(unit.home is home for unit in shown):
            frame = Shown(f"one of {blocks.times:,} alike", home)
            inside = {*shown}
            inside |= {unit for unit in self.everything if self._belongs(unit, inside, blocks)}
            for unit in inside:
                unit.home = frame
        found: list[Unit] = []
        for unit in self.everything:
            if unit not in folded:
                found.append(unit)
            elif unit is others[-1]:
                found.append(box)
        return found

    def fold_leaves(self) -> list[Unit]:
        """All units, with many leaves that the same units use in one unit, but for one of them."""
        together: dict[Any, list[Unit]] = {}
        for unit in self.everything:
            if unit.is_leaf:
                kind = kind_of(unit.nodes[0])
                users = tuple(dict.fromkeys(self.users.get(unit, ())))
                together.setdefault((kind, unit.home, users), []).append(unit)
        stands_for: dict[Unit, Unit | None] = {}
        for first, *others in together.values():
            if len(others) >= LEAVES:
                stands_for |= dict.fromkeys(others)
                nodes = [unit.nodes[0] for unit in others]
                stands_for[others[0]] = Unit(nodes, None, first.home, len(others))
        found = (stands_for.get(unit, unit) for unit in self.everything)
        return [unit for unit in found if unit is not None]

    def _belongs(self, unit: Unit, inside: set[Unit], blocks: Blocks) -> bool:
        """Whether a leaf is used by these units only, and each block has one like it."""
        users = self.users.get(unit, ())
        if not unit.is_leaf or not users or any(user not in inside for user in users):
            return False
        place = self.place[users[0]]
        if place >= blocks.start + blocks.length:
            return True
        later = self.operands[place + blocks.length]
        return self.operands[place].count(None) == later.count(None)
