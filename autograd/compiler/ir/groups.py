"""Groups: operations of one level and one signature, which are computed together.

The level is the longest path from the inputs, so that no operation of a group needs another.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...engine import calculus as c
from ...engine.native import natively
from ...engine.op import Op
from .listing import Listing
from .normal_form import Form, normal_form
from .program import Terms


class Group(NamedTuple):
    """Operations that differ in nothing but their operands; of `scattered` those of one table."""

    op: Op | None
    runs: tuple[Terms, ...]
    forms: list[Form]


def groups(listing: Listing) -> list[Group]:
    """The groups of a listing, in an order to compute them."""
    forms = normal_form(listing)
    found = defaultdict[tuple[int, Op | None, int, Any], list[Form]](list)
    results = {position: body.results for position, body in listing.bodies.items()}
    levels = find_levels(forms, len(listing.ops), results)
    # A number for those that are equal: most are one object, and to hash them takes longer.
    alike: dict[tuple[Terms, ...], int] = {}
    numbers: dict[int, int] = {}  # by the id of each object
    for level, form in zip(levels, forms, strict=True):
        _, op, runs, operands = form
        if id(runs) not in numbers:
            numbers[id(runs)] = alike.setdefault(runs, len(alike))
        others = operands[2:] if op is c.scattered else len(operands)
        found[level, op, numbers[id(runs)], others].append(form)
    ordered = sorted(found.items(), key=lambda item: item[0][0])
    return [Group(members[0].op, members[0].runs, members) for _, members in ordered]


@natively
def find_levels(
    forms: list[Form], count: int, results: Mapping[int, Mapping[tuple[int, int], int]]
) -> list[int]:
    """The level of each form, which comes after those that give its operands.

    Args:
        forms: the forms.
        count: how many positions there are.
        results: the positions of the results of batches and scans, by that of each and by place.
    """
    level, found = [0] * count, []
    for form in forms:
        mine = level[form.position] = 1 + max(map(level.__getitem__, form.operands), default=0)
        for result in results.get(form.position, {}).values():
            level[result] = mine
        found.append(mine)
    return found
