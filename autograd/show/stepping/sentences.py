"""Sentences for the events of a pass, with the rule, and the mistake in an event if any.

The words are those of the player; the numbers beside them come from the event itself, and the
mistakes from `flaws.py`.
"""

from typing import NamedTuple

from ...engine.node import Node
from ...engine.op import Op
from ..text import TIMES, decimal, shorten
from ..words.derivation import MOST_OPERANDS, derivation, local_derivative, operand_names
from ..words.equations import PLUS, join_numbers
from ..words.naming import kind_of, quotient
from ..words.notation import Written, use_mark, write_result
from ..words.term import Term, computed_from, node_named, numeral
from .events import REVERSE, Contribute, Final, Forward, Given, Played, Seed
from .flaws import Flaw, signs

LONGEST_RULE = 72  # characters of a derivative with the names of the graph
BY = Written(f" {TIMES} ", r" \times ")
MOST_NAMES = 6  # of what is given, that are all named
FIRST_NAMES = 3  # that are named of more
IS_FINAL = " is final"  # of a gradient
PASSED_ON = f"{IS_FINAL}: it is passed on"
KINDS = {"constant": "a constant", "parameter": "a parameter", "input": "given"}


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


class Teller:
    """Writes sentences for events one by one, and remembers the rules it has written."""

    def __init__(self) -> None:
        self._rules: dict[tuple[Op, int], list[str]] = {}

    def told(self, event: Played, flaw: Flaw | None) -> Told:
        """The sentence of an event, with the mistake in it."""
        wrong = flaw.text if flaw else ""
        if isinstance(event, Given):
            return _given(event)
        if isinstance(event, Forward):
            return _forward(event)._replace(flaw=wrong)
        name = event.names[event.node]
        if isinstance(event, Seed):
            return Told(event.mode.start, (name, event.gradient))
        if isinstance(event, Final):
            passed_on = event.mode is REVERSE and _passes_on(event.node)
            how = f", {flaw.word}" if flaw else PASSED_ON if passed_on else IS_FINAL
            return Told(event.mode.ends + how, (name, event.gradient), flaw=wrong)
        pattern, use = event.mode.passes, _use(event)
        parts = (event.names[event.gives], event.names[event.gets], *([use] if use else []))
        if use and event.mode is REVERSE:
            pattern += f", its operand {event.slot + 1}"
        return Told(pattern, parts, *self.rule(event), wrong)

    def rule(self, event: Contribute) -> tuple[str, str]:
        """The local derivative of an edge: as the op states it, and in names of the graph."""
        return self._rule(event), _local(event)

    def _rule(self, event: Contribute) -> str:
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


def _given(event: Given) -> Told:
    names = tuple(event.names[node] for node in event.nodes)
    if len(names) <= MOST_NAMES:
        return Told(f"{', '.join(['{}'] * (len(names) - 1))} and {{}} are given", names)
    shown = ", ".join(["{}"] * FIRST_NAMES)
    return Told(f"{len(names):,} numbers are given: {shown}, …", names[:FIRST_NAMES])


def _forward(event: Forward) -> Told:
    node, names = event.node, event.names
    if node.op is not None:
        made = str(computed_from(node, names, names.numbers))
        return Told("{} = {} = {}", (names[node], made, event.data))
    if node in names.numbers:
        return Told("{} is a constant", (event.data,))
    return Told(f"{{}} = {{}} is {KINDS[kind_of(node)]}", (names[node], event.data))


def _local(event: Contribute) -> str:
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


def _use(event: Contribute) -> str:
    """The mark for one of several uses of an operand, as `explain` writes it."""
    uses = [slot for slot, x in enumerate(event.node.operands) if x is event.parent]
    return use_mark(uses.index(event.slot) + 1) if len(uses) > 1 else ""


def here(event: Contribute, local: str) -> str:
    """The local derivative as an equation: its symbol, the formula if there is one, a number."""
    left = quotient(event.names[event.node], event.names[event.parent]) + _use(event)
    return " = ".join(part for part in (left, local, decimal(event.local)) if part)


def sums(event: Contribute) -> list[tuple[str, str]]:
    """The product and the sum of a contribution, each with a label for every number."""
    flow = "upstream" if event.mode is REVERSE else "tangent"
    parts = [
        (f"{flow} {TIMES} local derivative = contribution", BY, (event.upstream, event.local)),
        ("before + contribution = after", PLUS, (event.before, event.contribution)),
    ]
    found = zip(signs(event), (event.contribution, event.after), strict=True)
    return [
        (said, f"{join_numbers(sign, numbers).text} {equal} {write_result(result).text}")
        for (said, sign, numbers), (equal, result) in zip(parts, found, strict=True)
    ]
