"""The numbers that differ between the samples of a training, and what they are called.

`samples.py` records the samples and puts those of one structure together, `columns_of` finds what
differs between them, and `one_graph.py` makes it leaves of one graph.
"""

import sys
from array import array
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from ...engine.node import Node
from ...engine.numbers import same
from ...engine.value import Value
from ...transforms.trees import TreeDef, flatten, open_array
from ..text import MINUS

FEW = 2  # operands of an op that has no index among them


class Sample(NamedTuple):
    """One recorded sample.

    Attributes:
        keys: for each node what it is, without its number: so two graphs can be compared.
        numbers: those of the leaves and the plain operands, in the order of the graph.
    """

    order: list[Node]
    inputs: list[Value]
    keys: list[tuple[Any, ...]]
    numbers: list[float]


class Group(NamedTuple):
    """The samples whose graphs have one structure.

    Attributes:
        first: the first of them.
        members: which they are.
        numbers: for each of them its numbers.
    """

    first: Sample
    members: list[int]
    numbers: list[list[float]]


class Slot(NamedTuple):
    """A number of the graph, the same one for samples of different structure.

    Attributes:
        what: what it is; None for one that stays as it is, at least where the structure does.
        name: what it is called, if that is known; of one that stays as it is the number.
    """

    what: Hashable
    name: str = ""


class Columns(NamedTuple):
    """The numbers of all samples.

    Attributes:
        slots: for each group and each of its numbers which one it is.
        values: for each that differs its number in every sample; where a sample has none, the
            first that there is.
        case: the one that says which group it is, if there are several.
    """

    slots: list[list[Slot]]
    values: dict[Slot, list[float]]
    case: Slot


def flat(tree: Any) -> tuple[list[Any], TreeDef]:
    """The leaves of x or y and their structure; what numpy has is lists and plain numbers.

    Example:
        >>> from autograd.show.stepping.columns import flat
        >>> flat([1.0, (2, "a")])[0]
        [1.0, 2, 'a']
    """
    leaves, treedef = flatten(tree, opener=lambda x: open_array(_plain(x)))
    return list(map(_plain, leaves)), treedef


def _plain(x: Any) -> Any:
    return x.tolist() if type(x).__module__ == "numpy" and hasattr(x, "tolist") else x


def columns_of(groups: Sequence[Group], targets: Sequence[Any]) -> Columns:
    """Find the numbers that are not the same in all samples.

    Args:
        groups: the samples, those of one structure together.
        targets: for each sample its y.
    """
    values = dict[Slot, list[float]]()
    slots = []
    for which, group in enumerate(groups):
        names = _names([targets[i] for i in group.members])
        found = []
        columns = zip(*group.numbers, strict=True)
        for (entered, count), column in zip(_kinds(group.first), columns, strict=True):
            slot = _slot(entered, count, column, which, names)
            found.append(slot)
            if slot.what is not None:
                values.setdefault(slot, [column[0]] * len(targets))
                for member, x in zip(group.members, column, strict=True):
                    values[slot][member] = x
        slots.append(found)
    values = {slot: column for slot, column in values.items() if not _is_steady(column)}
    cases = [0.0] * len(targets)
    for which, group in enumerate(groups):
        for member in group.members:
            cases[member] = float(which)
    case = Slot("case", _names(targets).get(_bits(cases), "case"))
    return Columns(slots, values | ({case: cases} if len(groups) > 1 else {}), case)


def _kinds(sample: Sample) -> Iterator[tuple[int | None, int]]:
    """Of each number which number of x it is, if it is one, and how many operands are beside it."""
    for node, key in zip(sample.order, sample.keys, strict=True):
        if node.op is None:
            yield key[-1], 0
        else:
            for operand in node.operands:
                if not isinstance(operand, Node):
                    yield None, len(node.operands)


def _slot(
    entered: int | None,
    count: int,
    column: Sequence[float],
    which: int,
    names: Mapping[bytes, str],
) -> Slot:
    """The slot of a number; that of one that stays the same goes by this number."""
    if entered is not None:
        return Slot(("x", entered))
    if _is_steady(column):
        return Slot(None, repr(column[0]))
    bits = _bits(column)
    name = names.get(bits, "")
    # An index that is not that of the sample's own graph may be one that there is not in another.
    return Slot("y", name) if name and count <= FEW else Slot((which, bits), name)


def _is_steady(column: Sequence[float]) -> bool:
    first = column[0]
    return all(x is first or same(x, first) for x in column)


def _bits(column: Sequence[float]) -> bytes:
    return array("d", column).tobytes()


def _names(targets: Sequence[Any]) -> dict[bytes, str]:
    """Names for columns of numbers: that of y, or of the entry of y, that they are."""
    found = dict[bytes, str]()
    rows = [flat(y)[0] for y in targets]
    widths = {len(row) for row in rows}
    for i in range(min(widths)) if len(widths) == 1 else ():
        column = [row[i] for row in rows]
        if all(map(is_finite, column)):
            name = f"y{i + 1}" if max(widths) > 1 else "y"
            found.setdefault(_bits(column), name)
            found.setdefault(_bits([-y for y in column]), f"{MINUS}{name}")
            found.setdefault(_bits([1.0 - y for y in column]), f"1 {MINUS} {name}")
    return found


def is_finite(y: Any) -> TypeGuard[float]:
    """Whether y is a number, and a float can hold it."""
    return isinstance(y, (int, float)) and abs(y) <= sys.float_info.max
