"""`draw_groups`: a picture of the groups of operations, level by level, and their reads."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ..engine.arguments import check_title, one_of
from ..engine.messages import pluralize
from ..show.drawing import Drawing
from ..show.graphs.boxes import Box, rename
from ..show.graphs.content import Content, Edge, FrameContent
from ..show.graphs.draw import DIRECTIONS, THEMES
from ..show.graphs.graph_svg import plan_of, write_graph
from ..show.layout import layered
from ..show.text import TIMES, align
from .dissection import Anatomy, Section, dissect

MOST_GROUPS = 24  # more of them are folded in the middle
MOST_ARGUMENTS = 12


def draw_groups(
    f: Callable[..., Any],
    *example: Any,
    title: str | None = None,
    rankdir: str = "LR",
    theme: str = "auto",
) -> Drawing:
    """Draw the groups of a compiled function in the order in which they are computed.

    A box is an argument or a group: the formula, how many times it is computed, and where in
    memory the results go. An arrow leads from what is read, and says how: in *rows* of eight
    neighbours, as *splats* of one number, or in *packs* of eight that were collected first.

    Args:
        f: a function of numbers, as `compile` takes it; it may be compiled already.
        example: arguments, for their structure: the numbers in them do not matter.
        title: a heading; by default the function's name and how much there is.
        rankdir: ``"LR"`` to compute from left to right, ``"TB"`` from top to bottom.
        theme: ``"light"``, ``"dark"``, or ``"auto"`` for what the reader's system prefers.

    Raises:
        TypeError: if `f` is no function, or for arguments that are no numbers.
        ValueError: for another option, or if there are no numbers at all.

    Example:
        >>> print(draw_groups(lambda x, y: [a * b for a, b in zip(x, y)], [1.0] * 8, [2.0] * 8))
           what  level  count      addresses  reads
           x            8 numbers  0 to 7
           y            8 numbers  8 to 15
        1  v·v   1      8 numbers  16 to 23   x: 1 row, y: 1 row
    """
    check_title(title)
    one_of("rankdir", rankdir, DIRECTIONS)
    one_of("theme", theme, THEMES)
    anatomy = dissect(f, example)
    content = _content(anatomy)
    places = layered.lay_out(plan_of(content, down=rankdir == "TB"))
    about = (
        f"The groups of {anatomy.name}: {pluralize(len(content.boxes), 'box', 'boxes')}, an "
        "arrow from each to those that read its numbers."
    )
    svg = write_graph(content, places, title or _heading(anatomy), theme, about)
    return Drawing(svg, partial(table, anatomy))


def table(anatomy: Anatomy) -> str:
    """The parts of a function's memory, line by line."""
    rows = [("", "what", "level", "count", "addresses", "reads")]
    for part in anatomy.parts:
        reads = ", ".join(f"{tail.said}: {read_as(kinds)}" for tail, kinds in part.reads.items())
        number, level = (f"{x}" if part.group else "" for x in (part.group, part.level))
        rows.append((number, part.name, level, part.count, part.place, reads))
    return "\n".join(align(rows))


def read_as(kinds: Mapping[str, int]) -> str:
    """The number of vectors of each kind, in words."""
    return ", ".join(pluralize(count, kind) for kind, count in kinds.items())


def _heading(anatomy: Anatomy) -> str:
    groups = anatomy.groups
    levels = max((part.level for part in groups), default=0)
    told = f"{pluralize(len(groups), 'group')}, {pluralize(levels, 'level')}"
    return f"{anatomy.name}: {told}"


# --- boxes ----------------------------------------------------------------------------------


def _content(anatomy: Anatomy) -> Content:
    """The boxes, the arrows between them, and a frame around each loop."""
    boxes: list[Box] = []
    box_of: dict[Section, int] = {}
    folds = _folds(anatomy)
    for box, parts in folds:
        box_of.update(dict.fromkeys(parts, len(boxes)))
        boxes.append(box)
    kinds: dict[tuple[int, int], Counter[str]] = {}
    for head in anatomy.parts:
        for tail, read in head.reads.items():
            if box_of[tail] != box_of[head]:
                kinds.setdefault((box_of[tail], box_of[head]), Counter()).update(read)
    edges = [Edge(*ends, False, read_as(read), "") for ends, read in kinds.items()]
    framed = any(box.frame is not None for box in boxes)
    frames = [FrameContent(None, x, x) for x in anatomy.loops] if framed else []
    return Content(boxes, edges, frames)


def _folds(anatomy: Anatomy) -> list[tuple[Box, list[Section]]]:
    """The boxes of the picture, with the parts that each stands for."""
    read = {tail for part in anatomy.parts for tail in part.reads}
    given = [
        part
        for part in anatomy.parts
        if not part.group and (part.kind == "input" or part.is_result or part in read)
    ]
    groups = anatomy.groups
    boxes = _cut(given, MOST_ARGUMENTS, "argument", framed=True)
    return boxes + _cut(groups, MOST_GROUPS, "group", framed=len(groups) <= MOST_GROUPS)


def _cut(
    parts: Sequence[Section], most: int, what: str, framed: bool
) -> list[tuple[Box, list[Section]]]:
    """A box for each part, or for the first and the last of them and one for those between."""
    start = stop = len(parts)
    if len(parts) > most:
        start, stop = most // 2, len(parts) - (most - most // 2 - 1)
    boxes = [(_box(part, framed), [part]) for part in parts[:start]]
    if start < stop:
        boxes.append((_more(parts[start:stop], what), list(parts[start:stop])))
    return boxes + [(_box(part, framed), [part]) for part in parts[stop:]]


def _box(part: Section, framed: bool) -> Box:
    rows = [("at", part.place)]
    if part.group:
        rows.insert(0, ("group", f"{part.group}, level {part.level}"))
    kind = "root" if part.is_result and part.group else part.kind
    exact = f"{part.name}: {part.count} at {part.place}"
    box = rename(Box(kind, "", "", tuple(rows), exact, 0.0, 0.0), part.name, _times(part))
    return box._replace(frame=part.loop if framed else None)


def _times(part: Section) -> str:
    return f"{TIMES} {part.times:,}" if part.times > 1 else ""


def _more(parts: Sequence[Section], what: str) -> Box:
    """One box for the parts that are too many to be shown."""
    count = pluralize(len(parts), what)
    levels = f"{parts[0].level} to {parts[-1].level}" if parts[0].group else ""
    rows = (("level", levels),) if levels else ()
    exact = f"{count}, folded: there are too many for a page"
    return rename(Box("group", "", "", rows, exact, 0.0, 0.0), f"… {count}", "")
