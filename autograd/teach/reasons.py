"""Explanations of a wrong gradient, with the numbers of the graph: a function per mistake.

Each takes the first node whose gradient differs, so everything before it is right but for
rounding, and the reason lies in the contributions to this node.
"""

from collections import Counter
from collections.abc import Mapping

from ..engine.messages import pluralize
from ..engine.node import Node
from ..engine.numbers import alike, same
from ..show.text import decimal, tell_apart
from ..show.words.equations import PLUS, TIMES, join_numbers
from ..show.words.naming import quotient
from ..show.words.notation import MODULO, write_result
from .comparison import Difference

MOST_USERS = 4  # of a node that are named


def assign(difference: Difference) -> str:
    """Say which contribution is left, the last one."""
    name, parts = difference.name, difference.right
    last = difference.wrong[-1].after
    return (
        f"{name} gets {len(parts)} contributions; each replaced the one before, so only the last, "
        f"{decimal(last)}, is left of {_write_sum(difference)}"
    )


def no_topological_order(difference: Difference) -> str:
    """Say which user passed its gradient back too early."""
    taken = {(event.node, event.slot): event for event in difference.wrong}
    for should in difference.right:
        did = taken[should.node, should.slot]
        arrived, every = difference.arrived[should.node]
        if arrived == every or alike(did.upstream, should.upstream):
            continue
        user = difference.names[should.node]
        early, all_of_it = tell_apart(did.upstream, should.upstream)
        wrong, right = tell_apart(did.contribution, should.contribution)
        return (
            f"{user} passed its gradient back when it was {early}, after {arrived} "
            f"of its {every} contributions; they add up to {all_of_it}. So "
            f"{difference.name} got {_product(early, did.local)} = {wrong}, where "
            f"{_product(all_of_it, should.local)} = {right} is right"
        )
    return _explain_rounding(difference)


def _product(upstream: str, local: float) -> str:
    """upstream · local, as text."""
    return f"{upstream}{TIMES.text}{write_result(local).inside(MODULO, later=True).text}"


def parent_set(difference: Difference) -> str:
    """Say which users have the node in two slots or more."""
    slots = Counter(event.node for event in difference.right)
    several = [user for user in slots if slots[user] > 1]
    if not several:
        return _explain_rounding(difference)
    first, *others = several
    uses = [f"{difference.meaning(first)} uses {difference.name} in {slots[first]} slots"]
    uses += [f"{difference.meaning(user)} in {slots[user]}" for user in others[: MOST_USERS - 1]]
    if len(several) > MOST_USERS:
        uses.append(f"{pluralize(len(several) - MOST_USERS, 'other')} as well")
    holds = " and the set holds it" if len(several) == 1 else ", and the set of each holds it"
    return (
        f"{', '.join(uses)}{holds} once: of {_write_sum(difference)} only "
        f"{decimal(difference.wrong[-1].after)} arrived"
    )


def no_zero_grad(difference: Difference, steps: int) -> str:
    """Say which gradient was left over, and what the last step added."""
    each = difference.right[-1].after
    first = len(difference.right)  # contributions of a step
    before, after = (difference.wrong[place].after for place in (-first - 1, -1))
    return (
        f"{difference.name}.grad was still {decimal(before)} when step {steps} began, and step "
        f"{steps} added its own {decimal(each)}: {decimal(after)}"
    )


def stale_data(difference: Difference, now: Mapping[Node, float]) -> str:
    """Say which leaf changed, and the local derivative that depends on it."""
    right = {(event.node, event.slot): event.local for event in difference.right}
    wrong = {(event.node, event.slot): event.local for event in difference.wrong}
    names = difference.names
    for edge in right | wrong:
        should, did = right.get(edge), wrong.get(edge)
        given = zip(edge[0].operands, edge[0].recorded, strict=True)
        leaves = [(x, was) for x, was in given if isinstance(x, Node) and x in now]
        moved = [(x, was) for x, was in leaves if not same(now[x], was)]
        if not moved or (should is not None and did is not None and alike(should, did)):
            continue
        leaf, was = moved[0]
        before, after = tell_apart(was, now[leaf])
        taken, right_one = _write_locals(did, should)
        return (
            f"{names[leaf]} was {before} in the forward pass and is {after} now, so "
            f"{quotient(names[edge[0]], difference.name)} was taken as {taken}, where {right_one} "
            "is right"
        )
    return _explain_rounding(difference)


def _write_locals(one: float | None, other: float | None) -> tuple[str, str]:
    """Two local derivatives as texts; an operand that a choice did not take has none."""
    if one is None:
        return "none", "none" if other is None else decimal(other)
    return (decimal(one), "none") if other is None else tell_apart(one, other)


def _write_sum(difference: Difference) -> str:
    """The right contributions and their sum, as text."""
    parts = [event.contribution for event in difference.right]
    total = decimal(difference.right[-1].after)
    return f"{join_numbers(PLUS, parts).text} = {total}" if len(parts) > 1 else total


def _explain_rounding(difference: Difference) -> str:
    """Say that rounding explains it: the contributions nearly cancel."""
    return (
        f"the contributions to {difference.name} nearly cancel, so an error in their last digits "
        "becomes a large one"
    )
