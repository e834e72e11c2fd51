"""What the first sample of a batch, or the first step of a scan, does not tell of the others."""

from collections.abc import Sequence
from itertools import chain, cycle
from typing import Any

from ..engine.nesting import DEEPEST
from .samples import carries_gradient
from .trees import flatten, open_array

_PLAIN = frozenset((float, int))
_PLAIN_OR_LISTS = _PLAIN | {list, tuple}


def flow_more(rest: Sequence[Any], first: Sequence[Any]) -> bool:
    """Whether there are nodes in the other samples or data where the first has plain numbers."""
    if _are_plain(rest):
        return False
    leaves, _ = flatten(rest, opener=open_array, most=DEEPEST + 1)
    pairs = zip(leaves, cycle(first), strict=False)
    return any(carries_gradient(x) and not carries_gradient(y) for x, y in pairs)


def _are_plain(items: Sequence[Any]) -> bool:
    """Whether there are certainly but plain numbers in these, in lists and tuples: soon known."""
    for _ in range(DEEPEST):
        kinds = set(map(type, items))
        if _PLAIN.issuperset(kinds):
            return True
        if not _PLAIN_OR_LISTS.issuperset(kinds):
            return False
        items = list(chain.from_iterable(x for x in items if type(x) not in _PLAIN))
    return False
