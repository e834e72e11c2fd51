"""Groups: operations of one level and one signature, which are computed together.

The level is the longest path from the inputs, so that no operation of a group needs another.
"""

from typing import NamedTuple

from ...engine.op import Op
from .normal_form import Form, normal_form
from .program import Terms
from .simplify import Listing


class Group(NamedTuple):
    """Operations that differ in nothing but their operands."""

    op: Op | None
    runs: tuple[Terms, ...]
    forms: list[Form]


def groups(listing: Listing) -> list[Group]:
    """The groups of a listing, in an order to compute them."""
    level = [0] * len(listing.ops)
    found: dict[tuple[int, Op | None, tuple[Terms, ...], int], list[Form]] = {}
    for form in normal_form(listing):
        mine = level[form.position] = 1 + max(map(level.__getitem__, form.operands), default=0)
        for result in listing.results.get(form.position, {}).values():
            level[result] = mine
        key = (mine, form.op, form.runs, len(form.operands))
        if key in found:
            found[key].append(form)
        else:
            found[key] = [form]
    ordered = sorted(found.items(), key=lambda item: item[0][0])
    return [Group(op, runs, members) for (_, op, runs, _), members in ordered]
