"""Sentences for the events of a pass, with the rule, and the mistake in an event if any.

The words are those of the player; the numbers beside them come from the event itself. A pass may
be played that makes one of the famous mistakes, so nothing is taken for granted: the product and
the sum of every contribution are computed again, and differences are reported.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...engine.errors import StaleGraphError
from ...engine.graph import gradients, product
from ...engine.node import Node
from ...engine.numbers import alike, same
from ...engine.op import Op
from ..text import TIMES, decimal, shorten
from ..words.derivation import MOST_OPERANDS, derivation, local_derivative, operand_names
from ..words.equations import PLUS, join_numbers
from ..words.naming import kind_of
from ..words.notation import Written, use_mark, write_result
from ..words.term import Term, computed_from, node_named, numeral
from .events import ABOUT, Contribute, Event, Final, Forward, Reordered, Seed, came
from .forward_mode import Push

LONGEST_RULE = 72  # characters of a derivative with the names of the graph
BY = Written(f" {TIMES} ", r" \times ")
KINDS = {"constant": "a constant", "parameter": "a parameter", "input": "given"}


class Flaw(NamedTuple):
    """The mistake in an event: in one word, for the box, and in full."""

    word: str
    text: str


class Told(NamedTuple):
    """The sentence of an event, with its rule and mistake.

    Attributes:
        pattern: the sentence, with ``{}`` for each of the parts.
        parts: the names and numbers in it; then which use of an operand it is, of several.
        rule: the derivative as the op states it, such as ``d(u·v)/du = v``.
        local: the same with the names of this graph, if there is more to say than its number.
        flaw: the mistake, in full.
    """

    pattern: str
    parts: tuple[str | float, ...]
    rule: str = ""
    local: str = ""
    flaw: str = ""

    @property
    def sentence(self) -> str:
        """The sentence, with its names and numbers filled in."""
        return self.pattern.format(*(decimal(x) if isinstance(x, float) else x for x in self.parts))


class Progress:
    """The state of the gradients: contributions that arrived, nodes that passed theirs on."""

    def __init__(self, events: Sequence[Event]) -> None:
        contributions = [event for event in events if isinstance(event, Contribute)]
        self._uses = {event.parent: event.uses for event in contributions}
        self._to_come = Counter(event.parent for event in contributions)
        self._arrived: dict[Node, int] = {}
        self._passed: set[Node] = set()
        self._locals: dict[Node, Sequence[Any]] = {}
        self._given: dict[Node, float] = {}
        self._moved: dict[Node, str] = {}
        self._right: dict[Node, float] = {}

    def flaw(self, event: Event) -> Flaw | None:
        """The mistake in the next event, given all those before it."""
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
        said = f"was {decimal(was)} in the forward pass"
        now = f"is {decimal(event.data)} now"
        self._moved[event.node] = f"{event.names[event.node]} {said} and {now}"
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
        why = f"the local derivative was {decimal(recorded)} as recorded"
        for operand in event.node.parents:
            if operand in self._moved:
                why = f"{self._moved[operand]}, so {decimal(recorded)} is right"
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


def _wanted(event: Contribute | Push) -> tuple[float, float]:
    """The right product and the right sum of a contribution."""
    assert event.node.op is not None
    wanted = product(event.node.op, _flow(event), event.local)
    return wanted, event.before + event.contribution


def signs(event: Contribute | Push) -> tuple[str, str]:
    """The signs before the contribution and before the sum: an equals sign if it is right."""
    wanted, total = _wanted(event)
    found = (wanted, event.contribution), (total, event.after)
    first, second = ("=" if same(*pair) else "≠" for pair in found)
    return first, ABOUT if isinstance(event, Reordered) else second


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


class Teller:
    """Writes sentences for events one by one, and remembers the rules it has written."""

    def __init__(self) -> None:
        self._rules: dict[tuple[Op, int], list[str]] = {}

    def told(self, event: Event, flaw: Flaw | None) -> Told:
        """The sentence of an event, with the mistake that `Progress` found in it."""
        wrong = flaw.text if flaw else ""
        if isinstance(event, Forward):
            return _forward(event)._replace(flaw=wrong)
        name = event.names[event.node]
        if isinstance(event, Seed):
            return Told("The backward pass starts here: {}.grad = {}", (name, event.gradient))
        if isinstance(event, Final):
            then = ": it is passed on" if _passes_on(event.node) else ""
            how = f", {flaw.word}" if flaw else f" is final{then}"
            return Told(f"{{}}.grad = {{}}{how}", (name, event.gradient), flaw=wrong)
        pattern, use = "{} passes its gradient on to {}", _use(event)
        parts = (name, event.names[event.parent], *([use] if use else []))
        if use:
            pattern += f", its operand {event.slot + 1}"
        return Told(pattern, parts, *self.rule(event), wrong)

    def rule(self, event: Contribute | Push) -> tuple[str, str]:
        """The local derivative of an edge: as the op states it, and in names of the graph."""
        return self._rule(event), _local(event)

    def _rule(self, event: Contribute | Push) -> str:
        """The rule of the edge; for many operands, a similar one of those shown."""
        node, op = event.node, event.node.op
        assert op is not None
        count = len(node.operands)
        known = (op, min(count, MOST_OPERANDS + 1))
        if known not in self._rules:
            self._rules[known] = str(derivation(node)).split("\n")
        names = operand_names(op, count if count <= MOST_OPERANDS else None)
        return self._rules[known][event.slot * len(names) // count]


def _passes_on(node: Node) -> bool:
    """Whether anything flows back from a node, which is not a constant."""
    return node.op is not None and (not node.op.rules or any(x is not None for x in node.op.rules))


def _forward(event: Forward) -> Told:
    node, names = event.node, event.names
    if node.op is not None:
        made = str(computed_from(node, names, names.numbers))
        return Told("{} = {} = {}", (names[node], made, event.data))
    if node in names.numbers:
        return Told("{} is a constant", (event.data,))
    return Told(f"{{}} = {{}} is {KINDS[kind_of(node)]}", (names[node], event.data))


def _local(event: Contribute | Push) -> str:
    """The local derivative in the names of the graph."""
    node = event.node
    assert node.op is not None
    if len(node.operands) > MOST_OPERANDS:
        return ""
    terms: list[Term] = [
        node_named(x, event.names[x], was) if isinstance(x, Node) else numeral(x)
        for x, was in zip(node.operands, node.recorded, strict=True)
    ]
    try:
        found = local_derivative(node.op, event.slot, terms)[1]
    except Exception:  # a user's rule may raise anything; `derivation` shows it
        return ""
    text = "" if found is None else shorten(str(found), LONGEST_RULE)
    return "" if text == decimal(event.local) else text


def _use(event: Contribute | Push) -> str:
    """The mark for one of several uses of an operand, as `explain` writes it."""
    uses = [slot for slot, x in enumerate(event.node.operands) if x is event.parent]
    return use_mark(uses.index(event.slot) + 1) if len(uses) > 1 else ""


def here(event: Contribute | Push, local: str) -> str:
    """The local derivative as an equation: its symbol, the formula if there is one, a number."""
    left = f"∂{event.names[event.node]}/∂{event.names[event.parent]}{_use(event)}"
    return " = ".join(part for part in (left, local, decimal(event.local)) if part)


def sums(event: Contribute | Push) -> list[tuple[str, str]]:
    """The product and the sum of a contribution, each with a label for every number."""
    flow = "tangent" if isinstance(event, Push) else "upstream"
    parts = [
        (f"{flow} {TIMES} local derivative = contribution", BY, (_flow(event), event.local)),
        ("before + contribution = after", PLUS, (event.before, event.contribution)),
    ]
    found = zip(signs(event), (event.contribution, event.after), strict=True)
    return [
        (said, f"{join_numbers(sign, numbers).text} {equal} {write_result(result).text}")
        for (said, sign, numbers), (equal, result) in zip(parts, found, strict=True)
    ]


def _flow(event: Contribute | Push) -> float:
    """The upstream gradient or tangent of an edge."""
    return event.tangent if isinstance(event, Push) else event.upstream
