"""Kinds of flows: what is known beforehand of whether something flows to a place.

All samples of a batch, or steps of a scan, are recorded as one, with a mask where something flows
in one and nothing in another. A mask that is always 0 stands for terms that the interpreted
function does not have. They change no sum, but the order in which derivatives add up others. So
the kinds are followed, and what never flows is left out.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from enum import Enum
from typing import Any

from ..engine.calculus import fixed
from ..engine.choices import MaskedGradient, as_term, mask_of, masked_term
from ..engine.node import Node


class Kind(Enum):
    """Whether something flows to one place: known beforehand, or a mask says."""

    NEVER = 0
    ALWAYS = 1
    PERHAPS = 2


Kinds = Sequence[Kind] | None
Coming = tuple[Sequence[Kind], Sequence[Kind]]  # to the state, and to each column


def kind_of(flow: Any) -> Kind:
    """The kind of what flows, None for nothing."""
    if flow is None:
        return Kind.NEVER
    return Kind.ALWAYS if as_term(flow)[0] is None else Kind.PERHAPS


def kind_of_sum(kinds: Iterable[Kind]) -> Kind:
    """The kind of a sum of flows of these kinds."""
    return max(kinds, key=(Kind.NEVER, Kind.PERHAPS, Kind.ALWAYS).index)


def flowing(kind: Kind, there: Any, x: Any) -> Any:
    """What flows, of a kind, where the mask is 1; None if nothing does."""
    if kind is Kind.ALWAYS or (kind is Kind.PERHAPS and not isinstance(there, Node) and there):
        return x
    return masked(there, x) if kind is Kind.PERHAPS and isinstance(there, Node) else None


def masked(number: Any, x: Any) -> MaskedGradient:
    """What flows only where the number is 1, which is cut off, as if it were known."""
    return MaskedGradient(x, (None, mask_of(fixed(number))))


def settled(flow: Any) -> Any:
    """What flows, as one term: what it is made of is computed here, and not in a sample or step."""
    mask, x = as_term(flow)
    return x if mask is None else masked(mask.number(), x)


def anew(flow: Any) -> Any:
    """What flows from outside into a sample or step, each of which makes its own node of it.

    One that was made in a sample would be used in others, and after it was only tried out.
    """
    return masked_term(*as_term(flow))


class _TriedOutError(Exception):
    """A function has been run, and its nodes are to be forgotten."""


def try_out(
    f: Callable[..., Any],
    record: Callable[[Callable[..., Any]], Any],
    keep: Callable[[], bool] = lambda: False,
) -> Any:
    """Run a function for what it notes, where `record` would record it.

    Nothing is recorded unless `keep` says so afterwards; then what `record` gives is the result.
    """

    def and_stop(*args: Any) -> Any:
        made = f(*args)
        if keep():
            return made
        raise _TriedOutError

    with suppress(_TriedOutError):
        return record(and_stop)
    return None


def are_like(
    first: Sequence[Kind], columns: Sequence[Sequence[Kind]], tried: Coming, after: Sequence[Kind]
) -> bool:
    """Whether all steps of a scan are like the one that was tried out, which then stands for all.

    Args:
        first: the kind of what flows to each number of the first state.
        columns: the kinds of what flows to each step besides.
        tried: those of the step.
        after: the kinds for the state after it.
    """
    same_state = list(first) == list(tried[0]) == list(after)
    return same_state and all(list(kinds) == list(tried[1]) for kinds in columns)


class Foreseen:
    """What is known beforehand of what flows in each step of a scan.

    A step is tried out once for the kinds that come in.

    Args:
        state: the kind of what flows to each number of the first state.
        columns: the kinds of what flows to each step besides.
        tried: tries a step out for kinds of both, and gives the kinds for the state after it, and
            for each target.

    Attributes:
        before: the kinds for the state before each step, and after the last one.
        found: for each step the kinds for its targets.
    """

    def __init__(
        self,
        state: Sequence[Kind],
        columns: Sequence[Sequence[Kind]],
        tried: Callable[[Coming], tuple[Sequence[Kind], dict[Any, Kind]]],
    ) -> None:
        self.before, self.found = [tuple(state)], list[dict[Any, Kind]]()
        known: dict[Any, Any] = {}
        for others in map(tuple, columns):
            coming = self.before[-1], others
            if coming not in known:
                nothing = {*self.before[-1], *others} <= {Kind.NEVER}
                known[coming] = (self.before[-1], {}) if nothing else tried(coming)
            after, found = known[coming]
            self.before.append(tuple(after))
            self.found.append(found)

    def in_each(self) -> list[Kind]:
        """What holds for each number of the state before all steps."""
        return [
            kinds[0] if len(set(kinds)) == 1 else Kind.PERHAPS
            for kinds in zip(*self.before[:-1], strict=True)
        ]

    def of_all(self, target: Any) -> Kind:
        """The kind of the sum of what flows to a target in all steps."""
        return kind_of_sum({found.get(target, Kind.NEVER) for found in self.found})
