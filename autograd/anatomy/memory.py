"""`draw_memory`: a picture of all numbers in memory, and of the vectors that a group reads.

A cell is a number, eight of them side by side a vector. The parts differ in colour, and their
first cells carry the group's number or how the argument's name begins.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ..engine.arguments import one_of, optional_text
from ..show.drawing import Drawing
from ..show.graphs.draw import THEMES
from ..show.svg import clip, document, escape
from ..show.text import TIMES, pluralize
from ..transforms.vmap import LANES
from . import reading
from .cells import (
    CELL,
    LEFT,
    PITCH,
    RIGHT,
    TEXT_SIZE,
    THEME,
    TITLE_SIZE,
    TOP,
    centred,
    column,
    outline,
    styles,
    tag,
    written,
)
from .dissection import Anatomy, Part, dissect
from .groups import table

PER_LINE = 4 * LANES
MOST_CELLS = 40 * PER_LINE  # in a larger memory a cell stands for several numbers
MOST_ENTRIES = 24  # of the legend; more of them are folded in the middle
ADDRESS = 46.0  # room for an address before a line
ENTRY, NAME_ROOM = 24.0, 170.0
WIDTH = LEFT + ADDRESS + column(PER_LINE) + RIGHT

Owners = Sequence[Part | None]
Styles = Mapping[Part | None, str]


def draw_memory(
    f: Callable[..., Any],
    *example: Any,
    group: int | None = None,
    title: str | None = None,
    theme: str = "auto",
) -> Drawing:
    """Draw the memory of a compiled function, every number a cell, eight of them a vector.

    Args:
        f: a function of numbers, as `compile` takes it; it may be compiled already.
        example: arguments, for their structure: the numbers in them do not matter.
        group: the number of a group, as `draw_groups` shows it: mark what its first results are
            computed from, and say in which vectors it is read.
        title: a heading; by default the function's name and how large the memory is.
        theme: ``"light"``, ``"dark"``, or ``"auto"`` for what the reader's system prefers.

    Raises:
        TypeError: if `f` is no function, or for arguments that are no numbers.
        ValueError: for another theme, or if there is no such group.

    Example:
        >>> print(draw_memory(lambda x: [2.0 * a for a in x], [1.0] * 8, group=1))
           what       level  count      addresses  reads
           x                 8 numbers  0 to 7
           constants         1 number   8
        1  v·v        1      8 numbers  16 to 23   constants: 1 splat, x: 1 row
        <BLANKLINE>
        Group 1, v·v: its first 8 results, and what they are computed from
        A  splat   constants  8, 8, 8, 8, 8, 8, 8, 8
        B  row     x          0, 1, 2, 3, 4, 5, 6, 7
        =  result  group 1    16, 17, 18, 19, 20, 21, 22, 23
    """
    optional_text("title", title)
    one_of("theme", theme, THEMES)
    anatomy = dissect(f, example)
    chosen = _chosen(anatomy, group)
    heading = title or f"Memory of {anatomy.name}: {pluralize(anatomy.size, 'number', 'numbers')}"
    svg = _written(anatomy, chosen, heading, theme)
    return Drawing(svg, partial(_text, anatomy, chosen))


def _chosen(anatomy: Anatomy, group: int | None) -> Part | None:
    """The group with that number."""
    if group is None:
        return None
    groups = anatomy.groups
    if isinstance(group, bool) or not isinstance(group, int) or not 0 < group <= len(groups):
        there = f"a number from 1 to {len(groups)}" if groups else "None, for there are none"
        raise ValueError(f"group is {there}, got {group!r}: draw_groups shows the numbers")
    return groups[group - 1]


def _text(anatomy: Anatomy, chosen: Part | None) -> str:
    if chosen is None:
        return table(anatomy)
    return f"{table(anatomy)}\n\n{reading.told(chosen, anatomy.owners())}"


def _written(anatomy: Anatomy, chosen: Part | None, title: str, theme: str) -> str:
    owners = anatomy.owners()
    shown = [part for part in anatomy.parts if part in set(owners)]
    style = styles(shown)
    unit = unit_of(anatomy.size)
    top = TOP + 18.0
    heading = clip(title, TITLE_SIZE, WIDTH - LEFT - RIGHT)
    parts = [written("title", LEFT, TOP, heading)]
    if unit > 1:
        parts.append(written("soft", LEFT, top + 8.0, f"Each cell stands for {unit:,} numbers."))
        top += 24.0
    marks = _marks(chosen) if chosen else {}
    parts += _grid(owners, style, marks, unit, top)
    top += -(-len(owners) // (PER_LINE * unit)) * PITCH + 14.0
    entries = list(_legend(shown, owners, style))
    parts += [part for i, x in enumerate(entries) for part in _entry(x, *_spot(i, entries, top))]
    top += -(-len(entries) // 2) * ENTRY + 10.0
    if chosen:
        found, top = reading.drawn(chosen, owners, style, top + 6.0)
        parts += found
    said = (
        f"The memory of {anatomy.name}, cell by cell: {len(shown)} parts in {len(owners)} numbers."
    )
    return document((WIDTH, top + 10.0), title, said, THEME, "\n".join(parts), theme)


def unit_of(size: int) -> int:
    """The number of values for each cell, chosen so that a page holds all of them."""
    unit = 1
    while size > unit * MOST_CELLS:
        unit = max(2 * unit, LANES)
    return unit


# --- the cells ------------------------------------------------------------------------------


def _marks(group: Part) -> dict[int, str]:
    """The letters at each address that the first results of a group are computed from."""
    marks: dict[int, str] = {}
    for read in reading.reading(group)[0]:
        for address in dict.fromkeys(read.addresses):
            marks[address] = marks.get(address, "") + read.mark
    return marks


def _grid(
    owners: Owners, style: Styles, marks: Mapping[int, str], unit: int, top: float
) -> Iterator[str]:
    """The cells, line by line; those of one look are one path."""
    paths: dict[str, list[str]] = {}
    texts = []
    tagged: set[Part] = set()
    for place, start in enumerate(range(0, len(owners), unit)):
        x = LEFT + ADDRESS + column(place % PER_LINE)
        y = top + place // PER_LINE * PITCH
        if place % PER_LINE == 0:
            texts.append(written("place", LEFT + ADDRESS - 8.0, y + 13.0, f"{start:,}"))
        owner = Counter(owners[start : start + unit]).most_common(1)[0][0]
        paths.setdefault(style[owner], []).append(outline(x, y))
        letters = "".join(marks.get(address, "") for address in range(start, start + unit))
        mark = "".join(dict.fromkeys(letters))
        if mark:
            paths.setdefault("ring", []).append(outline(x, y))
            texts.append(centred("mark", x, y, mark))
        elif owner is not None and owner not in tagged:
            texts.append(centred("tag", x, y, tag(owner)))
        if owner is not None:
            tagged.add(owner)
    ring = paths.pop("ring", None)  # above the others
    for kind, outlines in [*paths.items(), *([("ring", ring)] if ring else [])]:
        yield f'<path class="{kind}" d="{"".join(outlines)}"/>'
    yield from texts


# --- the legend -----------------------------------------------------------------------------

Entry = tuple[str, str, str, str]  # a class, a tag, a name, and what else there is to say


def _legend(shown: Sequence[Part], owners: Owners, style: Styles) -> Iterator[Entry]:
    start = stop = len(shown)
    if len(shown) > MOST_ENTRIES:
        start, stop = MOST_ENTRIES // 2, len(shown) - MOST_ENTRIES // 2 + 1
    for part in shown[:start]:
        yield _said(part, style)
    if start < stop:
        yield "", "", f"… {pluralize(stop - start, 'more part', 'more parts')}", ""
    for part in shown[stop:]:
        yield _said(part, style)
    if None in owners:
        yield "free", "", "free", f"so that vectors begin at multiples of {LANES}"


def _said(part: Part, style: Styles) -> Entry:
    many = f"{part.times:,} {TIMES} " if part.group and part.times > 1 else ""
    also = ", returned" if part.is_result else ""
    return style[part], tag(part), f"{many}{part.name}", f"{part.place}{also}"


def _spot(number: int, entries: Sequence[Entry], top: float) -> tuple[float, float]:
    """The place of an entry of the legend, which has two columns."""
    lines = -(-len(entries) // 2)
    return LEFT + ADDRESS + number // lines * (column(PER_LINE) / 2.0), top + number % lines * ENTRY


def _entry(entry: Entry, x: float, y: float) -> Iterator[str]:
    kind, sign, name, said = entry
    if kind:
        yield f'<path class="{kind}" d="{outline(x, y)}"/>'
    if sign:
        yield centred("tag", x, y, sign)
    shown = escape(clip(name, TEXT_SIZE, NAME_ROOM))
    yield (
        f'<text x="{x + CELL + 8.0:g}" y="{y + 13:g}"><tspan class="name">{shown}</tspan>'
        f'<tspan class="soft" dx="8">{escape(said)}</tspan></text>'
    )
