"""Flows: what flows back or forward through each sample of a batch or step of a scan, as numbers.

A gradient that is to be differentiated again is a batch or scan itself, so what flows to a sample
is a column of its numbers, and what flows from it an output. Where nothing flows there is no 0:
such numbers have a mask beside them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ..engine.calculus import equal, greater, where
from ..engine.choices import as_term, mask_of, masked_term
from ..engine.node import Node
from ..engine.numbers import same
from ..engine.value import Constant
from ..engine.watching import with_history
from .flow_kinds import Kind, Kinds, anew, flowing, kind_of, kind_of_sum, masked, settled, try_out
from .lane_sum import lane_sum
from .samples import carries_gradient

NOTHING = -0.0  # what adds nothing to a sum, not even a sign
NOTHING_THERE = mask_of(0.0)


def seeds_of(outputs: Sequence[Any], upstreams: Mapping[int, Any]) -> dict[Node, Any]:
    """What the gradient of a sample starts from."""
    found: dict[Node, Any] = {}
    for j, upstream in upstreams.items():
        x = outputs[j]
        if carries_gradient(x):
            found[x] = found[x] + upstream if x in found else upstream
    return found


class Columns:
    """Numbers of samples, with columns of what flows to them.

    Args:
        rows: the numbers of each sample.
        shared: the nodes from outside that the samples compute with.

    Attributes:
        kinds: for each sample the kinds of what flows to it, column by column.
        outside: those nodes, and what flows to samples from outside, whichever these are.
    """

    def __init__(self, rows: list[list[Any]], shared: Iterable[Node]) -> None:
        self.rows, self.outside = rows, list(shared)
        self.kinds: list[list[Kind]] = [[] for _ in rows]

    def add(self, column: Sequence[Any]) -> Callable[[Sequence[Any], Kinds], Any]:
        """One more column, with an entry for each sample, or None where nothing flows.

        What is the same for all samples that something flows to comes from outside, whether there
        are others or not: a recording has them all, the interpreted function only some.

        Returns:
            What takes the entry of a sample from its numbers, as one of the kinds if they are said.
        """
        number, place = len(self.kinds[0]), len(self.rows[0])
        for kinds, x in zip(self.kinds, column, strict=True):
            kinds.append(kind_of(x))
        terms = [(NOTHING_THERE, 0.0) if x is None else as_term(x) for x in column]
        first, *others = [term for term in terms if term[0] is not NOTHING_THERE]
        is_shared = all(_alike(first[1], x) for _, x in others)
        if is_shared and all(mask is first[0] for mask, _ in terms):
            once = settled(masked_term(*first))
            self.share(once)
            return lambda xs, kinds: anew(once)
        is_masked = any(mask is not None for mask, _ in terms)
        # Where one is a node all are, so that all samples make the same nodes of it.
        kind = Constant if any(isinstance(x, Node) for _, x in terms) else given
        if is_shared:
            self.share(first[1])
        for row, (mask, x) in zip(self.rows, terms, strict=True):
            row += [] if is_shared else [x if isinstance(x, Node) else kind(x)]
            row += [] if not is_masked else [1.0 if mask is None else mask.number()]

        def read(xs: Sequence[Any], kinds: Kinds = None) -> Any:
            x = first[1] if is_shared else xs[place]
            there = xs[place if is_shared else place + 1] if is_masked else 1.0
            return flowing(Kind.PERHAPS if kinds is None else kinds[number], there, x)

        return read

    def share(self, flow: Any) -> None:
        """Note what flows from outside to samples."""
        mask, x = as_term(flow)
        self.outside += [x] if mask is None else [mask.number(), x]


def given(x: Any) -> Any:
    """What flows into a sample or step, where a 1 is a number like others: see `graph.product`."""
    return x if isinstance(x, Node) else x * 1.0


def _alike(x: Any, y: Any) -> bool:
    """Whether they are one node, or numbers of the same bits."""
    return x is y or (type(x) is float and type(y) is float and same(x, y))


class Outputs:
    """The outputs of a sample that stand for what flows from it.

    What flows to a target, or nothing, is an output of the same number in every sample; those that
    are masks, of which each sample has its own, come after them.

    Attributes:
        places: for each target that is reached the place of what flows to it, and that of the mask
            among the masks, None if it always does.
    """

    def __init__(self) -> None:
        self.places: dict[int, tuple[int, int | None]] = {}
        self._flows: list[tuple[Any, bool]] = []  # with whether it is added up over the samples
        self._masks: list[tuple[Any, bool]] = []
        self._known: dict[Any, int] = {}  # where the masks that compare are

    @property
    def outputs(self) -> list[Any]:
        """Nodes and numbers."""
        return [x for x, _ in (*self._flows, *self._masks)]

    @property
    def added(self) -> list[bool]:
        """For each of them whether it is to be added up over the samples."""
        return [added for _, added in (*self._flows, *self._masks)]

    def put(self, target: int, flow: Any, *, added: bool = False) -> None:
        """Note what flows to a target, None for nothing."""
        mask, x = as_term(flow)
        if mask is not None:
            number = mask.number()
            x = where(number, x, NOTHING) if added else x
        if flow is not None:
            place = None if mask is None else self._place_of_mask(number, added)
            self.places[target] = len(self._flows), place
        self._flows.append((NOTHING if flow is None else x, added))

    def place(self, target: int) -> tuple[Any, int | None]:
        """The place of what flows to a target, and that of its mask; None for what is not there."""
        place, mask = self.places.get(target, (None, None))
        return place, None if mask is None else len(self._flows) + mask

    def kinds(self) -> dict[int, Kind]:
        """The kind of what flows to each target that is reached."""
        return {
            target: Kind.ALWAYS if mask is None else Kind.PERHAPS
            for target, (_, mask) in self.places.items()
        }

    def used(self) -> list[int]:
        """The places of what flows, and of masks."""
        return [*(x for x, _ in self.places.values()), *range(len(self._flows), len(self.added))]

    def _place_of_mask(self, number: Any, added: bool) -> int:
        """The place of a mask; the columns of a table that is looked into have one for each row."""
        if not isinstance(number, Node) or number.op is not equal:
            return self._append(number, added)
        key = (*(id(x) if isinstance(x, Node) else str(x) for x in number.operands), added)
        if key not in self._known:
            self._known[key] = self._append(number, added)
        return self._known[key]

    def _append(self, mask: Any, added: bool) -> int:
        self._masks.append((mask, added))
        return len(self._masks) - 1


class Flows:
    """What flows through the samples of a batch, by the numbers of targets.

    Args:
        batch: its `Samples`.
    """

    def __init__(self, batch: Any) -> None:
        self.batch = batch
        self._outputs: dict[int, Outputs] = {}
        self._results: Any = None
        self._kinds: list[dict[int, Kind]] = []  # for each sample, if they differ

    def of(self, s: int) -> Outputs:
        """The outputs of sample `s`, to be filled."""
        self._outputs[s] = Outputs()
        return self._outputs[s]

    def run(self, f: Callable[..., Any], columns: Columns) -> None:
        """Run the samples."""
        with with_history():
            if self.batch.is_rolled and len(set(map(tuple, columns.kinds))) > 1:
                self._kinds = self._of_each_kind(f, columns)
            self._results = self.batch.run(f, columns.rows, columns.outside)
        if self.batch.is_rolled:
            numbers, made = self.batch.numbers(), self._outputs[0]
            added = made.added
            self._results.block(  # all of them at once
                (j, s) for j in made.used() for s in (numbers[:1] if added[j] else numbers)
            )

    def _of_each_kind(self, f: Callable[..., Any], columns: Columns) -> list[dict[int, Kind]]:
        """What is known for each sample of what flows to its targets."""
        known: dict[tuple[Kind, ...], dict[int, Kind]] = {}
        for kinds in map(tuple, columns.kinds):
            if kinds not in known:
                known[kinds] = {}
                if set(kinds) != {Kind.NEVER}:
                    try_out(partial(f, kinds=kinds), lambda g: self.batch.run(g, columns.rows, ()))
                    known[kinds] = self._outputs[0].kinds()
        return [known[tuple(kinds)] for kinds in columns.kinds]

    def at(self, target: int, s: int) -> Any:
        """What flows to a target in sample `s`, None for nothing."""
        place, mask = self._places(target, s)
        known = self._kind(target, range(s, s + 1))
        if place is None or known is Kind.NEVER:
            return None
        x = self._results.at(place, s)
        no_mask = mask is None or known is Kind.ALWAYS
        return x if no_mask else masked(self._results.at(mask, s), x)

    def total(self, target: int) -> Any:
        """The sum over the samples of what flows to a target, None for nothing."""
        if self.batch.is_rolled:
            place, mask = self._places(target, 0)
            known = self._kind(target, self.batch.numbers())
            if place is None or known is Kind.NEVER:
                return None
            x = self._results.at(place, 0)
            no_mask = mask is None or known is Kind.ALWAYS
            return x if no_mask else masked(greater(self._results.at(mask, 0), 0.0), x)
        places = [self._places(target, s) for s in self.batch.numbers()]
        if all(place is None for place, _ in places):
            return None
        total = lane_sum([self._number(place, s, NOTHING) for s, (place, _) in enumerate(places)])
        if any(place is not None and mask is None for place, mask in places):
            return total
        count = lane_sum([self._number(mask, s, 0.0) for s, (_, mask) in enumerate(places)])
        return masked(greater(count, 0.0), total)

    def _kind(self, target: int, samples: range) -> Kind | None:
        """What is known of the sum over samples of what flows to a target, None for nothing."""
        if not self._kinds:
            return None
        return kind_of_sum({self._kinds[s].get(target, Kind.NEVER) for s in samples})

    def _places(self, target: int, s: int) -> tuple[int | None, int | None]:
        return self._outputs[0 if self.batch.is_rolled else s].place(target)

    def _number(self, place: int | None, s: int, otherwise: float) -> Any:
        return otherwise if place is None else self._results.at(place, s)
