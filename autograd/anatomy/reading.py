"""The reads of a group: the vectors of eight that its first results are computed from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..show.svg import clip, escape
from ..show.text import align, pluralize
from ..transforms.vmap import LANES
from .cells import CELL, LEFT, PITCH, TAG_SIZE, centred, outline, written
from .dissection import Part
from .vectors import PACK, ROW, SINGLE, SPLAT, Vector

SHOWN = 5  # operands; where there are more, the others are counted
LETTERS = "ABCDEF"
RESULT = "="
WIDE = 44.0  # a cell with its address
INDENT, LINE, ROOM = 34.0, 26.0, 90.0

MEANS = {
    ROW: "neighbours, read where they are",
    SPLAT: "one number, for all of them",
    PACK: "collected side by side first",
    SINGLE: "read alone",
}


class Read(NamedTuple):
    """An operand of the first results of a group, or those results.

    Attributes:
        mark: its letter.
        kind: how its numbers are read; for the results, what they are.
        addresses: where they are, in the order of the results.
    """

    mark: str
    kind: str
    addresses: tuple[int, ...]


def reading(group: Part) -> tuple[list[Read], str]:
    """The operands of the first results of a group, and in words those that are left out."""
    firsts = [vectors[0] for vectors in group.columns]
    few = len(firsts) if len(firsts) <= len(LETTERS) else SHOWN
    count = len(group.columns[0]) if firsts else 1
    width = -(-len(group.addresses) // count)
    if firsts and all(vector.kind == SINGLE for vector in firsts):
        width = 1
    results = tuple(group.addresses[: min(width, LANES)])
    found = [
        Read(letter, vector.kind, _spread(vector, len(results)))
        for letter, vector in zip(LETTERS, firsts[:few], strict=False)
    ]
    kinds = [vector.kind for vector in firsts[few:]]
    counts = [pluralize(kinds.count(kind), kind, f"{kind}s") for kind in dict.fromkeys(kinds)]
    more = f"… and {len(kinds)} more: {', '.join(counts)}" if kinds else ""
    return [*found, Read(RESULT, "result", results)], more


def _spread(vector: Vector, count: int) -> tuple[int, ...]:
    return vector.addresses * count if len(vector.addresses) == 1 else vector.addresses


def told(group: Part, owners: Sequence[Part | None]) -> str:
    """The reads of a group as a table."""
    found, more = reading(group)
    rows = [
        (x.mark, x.kind, _whose(x, group, owners), ", ".join(f"{place}" for place in x.addresses))
        for x in found
    ]
    lines = align(rows)
    return "\n".join([heading(group), *lines[:-1], *([more] if more else []), lines[-1]])


def heading(group: Part) -> str:
    """The heading of the table and the picture."""
    count = len(reading(group)[0][-1].addresses)
    results = "first result" if count == 1 else f"first {count} results"
    return f"Group {group.group}, {group.name}: its {results}, and what they are computed from"


def _whose(read: Read, group: Part, owners: Sequence[Part | None]) -> str:
    if read.mark == RESULT:
        return group.said  # other groups may use the place again
    parts = dict.fromkeys(owners[address] for address in read.addresses)
    return ", ".join(part.said for part in parts if part is not None)


def drawn(
    group: Part, owners: Sequence[Part | None], style: Mapping[Part | None, str], top: float
) -> tuple[list[str], float]:
    """The reads of a group as a picture from `top` down, and where it ends."""
    found, more = reading(group)
    parts = [written("label", LEFT, top + 14.0, heading(group))]
    y = top + 30.0
    for x in found:
        if x.mark == RESULT and more:
            parts.append(written("soft", LEFT + INDENT, y + 13.0, more))
            y += LINE
        parts += _line(x, group, owners, style, y)
        y += LINE
    return parts, y


def _line(
    read: Read,
    group: Part,
    owners: Sequence[Part | None],
    style: Mapping[Part | None, str],
    y: float,
) -> Iterable[str]:
    """The cells of an operand, each with its address, and how they are read."""
    yield f'<path class="ring" d="{outline(LEFT, y)}"/>'
    yield centred("mark", LEFT, y, read.mark)
    for place, address in enumerate(read.addresses):
        x = LEFT + INDENT + place * (WIDE + PITCH - CELL)
        yield f'<path class="{style[owners[address]]}" d="{outline(x, y, WIDE)}"/>'
        yield centred("tag", x, y, f"{address:,}", WIDE)
    x = LEFT + INDENT + LANES * (WIDE + PITCH - CELL) + 10.0
    whose = clip(_whose(read, group, owners), TAG_SIZE, ROOM)
    means = f"of {whose}: {MEANS[read.kind]}" if read.kind in MEANS else f"of {whose}"
    yield (
        f'<text x="{x:g}" y="{y + 13:g}"><tspan class="name">{read.kind}</tspan>'
        f'<tspan class="soft" dx="6">{escape(means)}</tspan></text>'
    )
