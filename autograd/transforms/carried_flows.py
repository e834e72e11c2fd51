"""What flows through a scan from step to step, in numbers that a scan can take along.

As nothing is not 0, what flows has for each number of the state a mask, 1 where anything flows.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..engine.choices import as_term
from ..engine.node import Node
from ..engine.rows import Row
from ..engine.watching import with_history
from .flow_kinds import Coming, Foreseen, Kind, are_like, kind_of, settled, try_out
from .flows import Columns, Outputs, given


class Upstreams:
    """What flows back to the results of a scan, None where nothing does."""

    def __init__(self, steps: Any, row: Row) -> None:
        self.steps, self.final = steps, steps.count - 1
        self.entries: dict[Any, Any] = {at: settled(x) for at, x in row.entries.items()}

    def last(self) -> list[Any]:
        """What flows back to the last state."""
        return [self.entries.get((j, self.final)) for j in range(self.steps.state)]

    def columns(self) -> dict[int, list[Any]]:
        """What flows back to each other result in all steps, by its number."""
        state, runs = self.steps.state, range(self.steps.count)
        others = sorted({j for j, i in self.entries if j >= state or i != self.final})
        return {
            j: [None if j < state and i == self.final else self.entries.get((j, i)) for i in runs]
            for j in others
        }


def joined(carried: Sequence[Any], others: Mapping[int, Any]) -> dict[int, Any]:
    """What flows back to the results of a step: to its new state from the step after it too."""
    found = {j: x for j, x in enumerate(carried) if x is not None}
    for j, x in others.items():
        found[j] = found[j] + x if j in found else x
    return found


class ScanOfFlows(ABC):
    """A scan that takes along what flows from step to step.

    Attributes:
        state: the kind of what flows to each number of the state, in every step.
        outputs: what flows from each step besides.
        reached: the shared nodes that something flows to, and whether it is certain.
        after: for each number of the state after a step whether anything flows to it.
        results: those of the scan.
    """

    foreseen: Foreseen
    after: Sequence[Any]

    def __init__(self, steps: Any) -> None:
        self.steps, self.state = steps, [Kind.PERHAPS] * steps.state
        self.outputs: dict[int, Outputs] = {}
        self.reached: dict[int, bool] = {}
        self.results: Any = None

    @abstractmethod
    def _step(self, number: int, xs: Sequence[Any], kinds: Coming | None = None) -> Sequence[Any]:
        """One step, of its state and data; with the kinds of what comes, if they are known."""

    def run(
        self,
        flows: Sequence[Any],
        columns: Columns,
        before: Sequence[Any] = (),
        behind: Sequence[Any] = (),
    ) -> None:
        """Run all steps.

        Args:
            flows: what flows to the first state, None for nothing.
            columns: the data, with the kinds of what flows to each step.
            before, behind: the numbers of the state around those.
        """
        steps, first = self.steps, list(map(kind_of, flows))
        numbers, there = in_parts(flows)
        start = [*before, *map(given, numbers), *there, *behind]

        def tried(kinds: Coming) -> tuple[Sequence[Kind], dict[Any, Kind]]:
            self.results = try_out(
                partial(self._step, kinds=kinds),
                lambda f: steps.run(f, start, columns.rows, columns.outside),
                lambda: are_like(first, columns.kinds, kinds, self._kinds_after()),
            )
            sums = {(k,): Kind.ALWAYS if sure else Kind.PERHAPS for k, sure in self.reached.items()}
            if self.results is None:
                self.reached = {}
            return self._kinds_after(), {**self.outputs[0].kinds(), **sums}

        with with_history():
            if steps.is_rolled:
                self.foreseen = Foreseen(first, columns.kinds, tried)
                self.state = self.foreseen.in_each()
            if self.results is None:
                self.results = steps.run(self._step, start, columns.rows, columns.outside)

    def _kinds_after(self) -> list[Kind]:
        return list(map(_kind_there, self.after))


def _kind_there(there: Any) -> Kind:
    return Kind.PERHAPS if isinstance(there, Node) else Kind.ALWAYS if there else Kind.NEVER


def in_parts(flows: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What flows as numbers, and for each of them 1 where anything does, else 0."""
    terms = [(None, 0.0) if x is None else as_term(x) for x in flows]
    there = [
        0.0 if x is None else 1.0 if mask is None else mask.number()
        for x, (mask, _) in zip(flows, terms, strict=True)
    ]
    return [x for _, x in terms], there
