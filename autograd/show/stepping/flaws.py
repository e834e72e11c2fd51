"""The mistakes in the events of a pass: in which of them something is wrong, and what.

A pass may be played that makes one of the famous mistakes, so nothing is taken for granted: the
product and the sum of every contribution are computed again, and differences are reported.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...engine.errors import StaleGraphError
from ...engine.graph import gradients, product
from ...engine.node import Node
from ...engine.numbers import alike, same
from ..text import TIMES, decimal, tell_apart
from .events import ABOUT, Contribute, Final, Forward, Given, Played, Reordered, Seed, came

ADDS = "+="  # what a contribution does, as Python writes it
SIGNS = {"overwritten": "=", "left out": "left out"}  # where it does something else


class Flaw(NamedTuple):
    """The mistake in an event: in one word, for the box, and in full."""

    word: str
    text: str


class Progress:
    """The state of the gradients: contributions that arrived, nodes that passed theirs on."""

    def __init__(self, events: Sequence[Played]) -> None:
        contributions = [event for event in events if isinstance(event, Contribute)]
        self._uses = {event.parent: event.uses for event in contributions}
        self._to_come = Counter(event.parent for event in contributions)
        self._arrived: dict[Node, int] = {}
        self._passed: set[Node] = set()
        self._locals: dict[Node, Sequence[Any]] = {}
        self._given: dict[Node, float] = {}
        self._moved: dict[Node, str] = {}
        self._right: dict[Node, float] = {}

    def flaw(self, event: Played) -> Flaw | None:
        """The mistake in the next event, given all those before it."""
        if isinstance(event, Given):
            self._given.update(zip(event.nodes, event.data, strict=True))
        if isinstance(event, Forward):
            return self._given_anew(event)
        if isinstance(event, Seed):
            self._arrived.clear()
            self._passed.clear()
            self._right = _right_gradients(event)
        elif isinstance(event, Final):
            self._passed.add(event.node)
            return self._unfinished(event) or self._off(event)
        elif isinstance(event, Contribute):
            self._arrived[event.parent] = event.use
            self._to_come[event.parent] -= 1
            return self._stale(event) or _miscounted(event) or self._late(event)
        return None

    def _given_anew(self, event: Forward) -> Flaw | None:
        was = self._given.setdefault(event.node, event.data)
        if same(was, event.data):
            return None
        before, now = tell_apart(was, event.data)
        said = f"was {before} in the forward pass"
        self._moved[event.node] = f"{event.names[event.node]} {said} and is {now} now"
        return Flaw("moved", f"moved: it {said}")

    def _unfinished(self, event: Final) -> Flaw | None:
        arrived, uses = self._arrived.get(event.node, 0), self._uses.get(event.node, 0)
        if arrived >= uses:
            return None
        word = "too early" if self._to_come[event.node] else "incomplete"
        right = f"; {off.text.removeprefix('wrong: ')}" if (off := self._off(event)) else ""
        return Flaw(word, f"{word}: only {came(arrived, uses)} contributed{right}")

    def _off(self, event: Final) -> Flaw | None:
        right = self._right.get(event.node, event.gradient)
        if alike(right, event.gradient):
            return None
        return Flaw("wrong", f"wrong: {decimal(right)} is right")

    def _stale(self, event: Contribute) -> Flaw | None:
        if event.node not in self._locals:
            self._locals[event.node] = event.node.locals()
        recorded = self._locals[event.node][event.slot]
        if recorded is None or same(recorded, event.local):
            return None
        right = tell_apart(recorded, event.local)[0]
        why = f"the local derivative was {right} as recorded"
        for operand in event.node.parents:
            if operand in self._moved:
                why = f"{self._moved[operand]}, so {right} is right"
        return Flaw("stale", f"stale: {why}")

    def _late(self, event: Contribute) -> Flaw | None:
        if event.parent in self._passed:
            name = event.names[event.parent]
            return Flaw("too late", f"too late: {name} has passed its gradient on already")
        if event.use == 1 and event.before != 0.0:
            left = decimal(event.before)
            return Flaw("not zeroed", f"not zeroed: {left} is left of an earlier pass")
        return None


def _right_gradients(seed: Seed) -> dict[Node, float]:
    """The right gradients of a pass that starts here, if they can be computed."""
    try:
        return gradients(seed.node, seed.gradient)
    except StaleGraphError:  # the events are older than the numbers of the graph
        return {}


def _miscounted(event: Contribute) -> Flaw | None:
    """The mistake if a product or a sum is not that of the chain rule."""
    wanted, total = _wanted(event)
    if not same(wanted, event.contribution):
        return Flaw("wrong", f"wrong: upstream {TIMES} local derivative is {decimal(wanted)}")
    if same(total, event.after) or isinstance(event, Reordered):
        return None
    should = f"before + contribution is {decimal(total)}"
    if same(event.after, event.contribution):
        return Flaw("overwritten", f"overwritten: {decimal(event.before)} is lost; {should}")
    if same(event.after, event.before):
        return Flaw("left out", f"left out: the contribution is lost; {should}")
    return Flaw("wrong", f"wrong: {should}")


def _wanted(event: Contribute) -> tuple[float, float]:
    """The right product and the right sum of a contribution."""
    assert event.node.op is not None
    wanted = product(event.node.op, event.upstream, event.local)
    if event.before == 0.0 and event.after == event.contribution:
        return wanted, event.after  # the first starts the sum: 0 + -0 would be 0
    return wanted, event.before + event.contribution


def signs(event: Contribute) -> tuple[str, str]:
    """The signs before the contribution and before the sum: an equals sign if it is right."""
    wanted, total = _wanted(event)
    found = (wanted, event.contribution), (total, event.after)
    first, second = ("=" if same(*pair) else "≠" for pair in found)
    return first, ABOUT if isinstance(event, Reordered) else second


def flaws_of(events: Sequence[Played]) -> list[Flaw | None]:
    """The mistake in each event, or None."""
    progress = Progress(events)
    return [progress.flaw(event) for event in events]


def sign_of(flaw: Flaw | None) -> str:
    """The sign before a contribution on its edge: what it does to the gradient."""
    return ADDS if flaw is None else SIGNS.get(flaw.word, ADDS)


def status(event: Contribute | Final | Seed, flaw: Flaw | None, earlier: Flaw | None = None) -> str:
    """The state of a gradient after an event, in a few words.

    Args:
        event: an event of the gradient.
        flaw: the mistake in it.
        earlier: the mistake in it before.

    Example:
        >>> from autograd import Value
        >>> from autograd.show.stepping.reverse_mode import steps
        >>> x = Value(3.0, "x")
        >>> [status(event, None) for event in list(steps(x * x))[2:]]
        ['seed', 'final', '1 of 2 uses', 'final', 'final']
    """
    wrong = flaw or earlier
    if wrong is None or isinstance(event, Seed):
        return event.status
    if isinstance(event, Contribute):
        return f"{came(event.use, event.uses)}, {wrong.word}"
    return flaw.word if flaw else f"{event.status}, {wrong.word}"
