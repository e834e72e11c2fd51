"""An event of a pass in words: what happens, by which rule, and what is wrong with it, if anything.

The words are those of the player; the numbers beside them come from the event itself. A pass may
be played that makes one of the famous mistakes, so nothing is taken for granted: the product and
the sum of every contribution are worked out again, and what differs is said.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd.graph import product
from autograd.node import Node
from autograd.op import Op
from autograd.show.steps import Contribute, Event, Final, Forward, Seed
from autograd.show.text import TIMES, counted, decimal, shortened
from autograd.show.words.derivation import (
    MOST_OPERANDS,
    derivation,
    local_derivative,
    operand_names,
)
from autograd.show.words.term import Term, computed_from, node_named, numeral

LONGEST_RULE = 72  # characters of a derivative with the names of the graph


class Fault(NamedTuple):
    """What is wrong with an event: in one word, which the box has room for, and in full."""

    word: str
    text: str


class Told(NamedTuple):
    """An event in words.

    Attributes:
        pattern: what happens, with ``{}`` for each of the parts.
        parts: the names and numbers in it.
        rule: the derivative as the op states it, such as ``d(x·y)/dx = y``.
        local: the same with the names of this graph, if there is more to say than its number.
        fault: what is wrong, in full.
    """

    pattern: str
    parts: tuple[str | float, ...]
    rule: str = ""
    local: str = ""
    fault: str = ""

    @property
    def sentence(self) -> str:
        """What happens."""
        return self.pattern.format(*(decimal(x) if isinstance(x, float) else x for x in self.parts))


class Progress:
    """How far the gradients are: which contributions came, and which nodes passed theirs on."""

    def __init__(self, events: Sequence[Event]) -> None:
        contributions = [event for event in events if isinstance(event, Contribute)]
        self._uses = {event.parent: event.uses for event in contributions}
        self._to_come = Counter(event.parent for event in contributions)
        self._arrived: dict[Node, int] = {}
        self._passed: set[Node] = set()
        self._locals: dict[Node, Sequence[Any]] = {}

    def fault(self, event: Event) -> Fault | None:
        """What is wrong with the next event, after all those before it."""
        if isinstance(event, Seed):
            self._arrived.clear()
            self._passed.clear()
        elif isinstance(event, Final):
            self._passed.add(event.node)
            return self._unfinished(event)
        elif isinstance(event, Contribute):
            self._arrived[event.parent] = event.use
            self._to_come[event.parent] -= 1
            return self._stale(event) or _miscounted(event) or self._late(event)
        return None

    def _unfinished(self, event: Final) -> Fault | None:
        came, uses = self._arrived.get(event.node, 0), self._uses.get(event.node, 0)
        if came >= uses:
            return None
        word = "too early" if self._to_come[event.node] else "incomplete"
        return Fault(word, f"{word}: only {came} of {_uses(uses)} contributed")

    def _stale(self, event: Contribute) -> Fault | None:
        if event.node not in self._locals:
            self._locals[event.node] = event.node.locals()
        recorded = self._locals[event.node][event.slot]
        if recorded is None or _same(recorded, event.local):
            return None
        return Fault("stale", f"stale: the local derivative was {decimal(recorded)} as recorded")

    def _late(self, event: Contribute) -> Fault | None:
        if event.parent in self._passed:
            name = event.names[event.parent]
            return Fault("too late", f"too late: {name} has passed its gradient on already")
        if event.use == 1 and event.before != 0.0:
            left = decimal(event.before)
            return Fault("not zeroed", f"not zeroed: {left} is left of an earlier pass")
        return None


def _miscounted(event: Contribute) -> Fault | None:
    """Where a product or a sum is not what the chain rule makes it."""
    wanted, total = _wanted(event)
    if not _same(wanted, event.contribution):
        return Fault("wrong", f"wrong: upstream {TIMES} local derivative is {decimal(wanted)}")
    if _same(total, event.after):
        return None
    should = f"before + contribution is {decimal(total)}"
    if _same(event.after, event.contribution):
        return Fault("overwritten", f"overwritten: {decimal(event.before)} is lost; {should}")
    if _same(event.after, event.before):
        return Fault("left out", f"left out: the contribution is lost; {should}")
    return Fault("wrong", f"wrong: {should}")


def _wanted(event: Contribute) -> tuple[float, float]:
    """What the product and the sum of a contribution should come to."""
    assert event.node.op is not None
    wanted = product(event.node.op, event.upstream, event.local)
    return wanted, event.before + event.contribution


def signs(event: Contribute) -> tuple[str, str]:
    """What stands before the contribution and before the sum: an equals sign, if it is true."""
    wanted, total = _wanted(event)
    found = (wanted, event.contribution), (total, event.after)
    first, second = ("=" if _same(*pair) else "≠" for pair in found)
    return first, second


def _same(x: float, y: float) -> bool:
    """Whether two numbers are the same, as nan is to nan."""
    return x == y or (x != x and y != y)


def _uses(count: int) -> str:
    return counted(count, "use", "uses")


def status(
    event: Contribute | Final | Seed, fault: Fault | None, earlier: Fault | None = None
) -> str:
    """How far a gradient is after an event, in a few words.

    Args:
        event: what happens to the gradient.
        fault: what is wrong with that.
        earlier: what was wrong with it before.

    Example:
        >>> from autograd import Value
        >>> from autograd.show.steps import steps
        >>> x = Value(3.0, "x")
        >>> [status(event, None) for event in list(steps(x * x))[2:]]
        ['seed', 'final', '1 of 2 uses', '2 of 2 uses', 'final']
    """
    if isinstance(event, Contribute):
        came = f"{event.use} of {_uses(event.uses)}"
        return f"{came}, {wrong.word}" if (wrong := fault or earlier) else came
    if isinstance(event, Seed):
        return "seed"
    return fault.word if fault else f"final, {earlier.word}" if earlier else "final"


class Teller:
    """Tells events one by one, and remembers the rules that it has told."""

    def __init__(self) -> None:
        self._rules: dict[tuple[Op, int], list[str]] = {}

    def told(self, event: Event, fault: Fault | None) -> Told:
        """The event in words, with what `Progress` found wrong with it."""
        wrong = fault.text if fault else ""
        if isinstance(event, Forward):
            return _forward(event)
        name = event.names[event.node]
        if isinstance(event, Seed):
            return Told("The backward pass starts here: {}.grad = {}", (name, event.gradient))
        if isinstance(event, Final):
            then = ": it is passed on" if event.node.op is not None else ""
            how = f", {fault.word}" if fault else f" is final{then}"
            return Told(f"{{}}.grad = {{}}{how}", (name, event.gradient), fault=wrong)
        pattern, parts = "{} passes its gradient on to {}", (name, event.names[event.parent])
        if event.node.parents.count(event.parent) > 1:
            pattern += f", its operand {event.slot + 1}"
        return Told(pattern, parts, self._rule(event), _local(event), wrong)

    def _rule(self, event: Contribute) -> str:
        """The rule of the edge; of many operands an alike one of the few that are shown."""
        node, op = event.node, event.node.op
        assert op is not None
        count = len(node.operands)
        known = (op, min(count, MOST_OPERANDS + 1))
        if known not in self._rules:
            self._rules[known] = str(derivation(node)).split("\n")
        names = operand_names(op, count if count <= MOST_OPERANDS else None)
        return self._rules[known][event.slot * len(names) // count]


def _forward(event: Forward) -> Told:
    node, name = event.node, event.names[event.node]
    if node.op is not None:
        return Told("{} = {} = {}", (name, str(computed_from(node, event.names)), event.data))
    if node.is_constant and not node.label:
        return Told("{} is a constant", (event.data,))
    kind = "a constant" if node.is_constant else "a parameter" if node.is_parameter else "given"
    return Told(f"{{}} = {{}} is {kind}", (name, event.data))


def _local(event: Contribute) -> str:
    """The local derivative with the names of the graph."""
    node = event.node
    assert node.op is not None
    if len(node.operands) > MOST_OPERANDS:
        return ""
    terms: list[Term] = [
        node_named(x, event.names[x]) if isinstance(x, Node) else numeral(x) for x in node.operands
    ]
    try:
        found = local_derivative(node.op, event.slot, terms)[1]
    except Exception:  # a user's rule may raise anything; `derivation` says what
        return ""
    text = "" if found is None else shortened(str(found), LONGEST_RULE)
    return "" if text == decimal(event.local) else text


def here(event: Contribute, local: str) -> str:
    """The local derivative as an equation: what it is of, the formula if there is one, a number."""
    left = f"∂{event.names[event.node]}/∂{event.names[event.parent]}"
    return " = ".join(part for part in (left, local, decimal(event.local)) if part)
