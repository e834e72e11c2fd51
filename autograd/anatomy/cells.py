"""The cells of a picture of memory: their style, outline and text, one number each."""

from collections.abc import Sequence

from ..show.charts.axis import DARK, LIGHT
from ..show.svg import MONO, PAGE_DARK, PAGE_LIGHT, Theme, clip, escape, font
from ..show.text import shorten
from ..transforms.vmap import LANES
from .dissection import Part

COLOURS = 5  # the sixth of a chart is grey, as constants are here
LEFT, TOP, RIGHT = 20.0, 36.0, 20.0
CELL, PITCH, GAP = 18.0, 20.0, 8.0  # of a cell, from one to the next, between two vectors
TAG_SIZE, TEXT_SIZE, TITLE_SIZE = 10.0, 12.0, 18.0

THEME = Theme(
    light=PAGE_LIGHT
    | {"free": "#e2e8f0", "plain": "#94a3b8"}
    | {f"part-{i}": colour for i, colour in enumerate(LIGHT[:COLOURS])},
    dark=PAGE_DARK
    | {"free": "#24314a", "plain": "#64748b"}
    | {f"part-{i}": colour for i, colour in enumerate(DARK[:COLOURS])},
    rules={
        "text": f"{font(TEXT_SIZE)};fill:var(--ink)",
        ".page": "fill:var(--page)",
        ".title": font(TITLE_SIZE, weight=600),
        ".label": font(13, weight=600),
        ".name": font(TEXT_SIZE, weight=600),
        ".soft": "fill:var(--soft)",
        ".place": f"{font(TAG_SIZE, MONO)};fill:var(--soft);text-anchor:end",
        ".tag": f"{font(TAG_SIZE, MONO)};text-anchor:middle",
        ".mark": f"{font(11, weight=700)};text-anchor:middle",
        ".ring": "fill:none;stroke:var(--ink);stroke-width:2",
        ".free": "fill:none;stroke:var(--free)",
        ".plain": "fill:var(--plain);fill-opacity:.3;stroke:var(--plain);stroke-opacity:.8",
        **{
            f".p{i}": f"fill:var(--part-{i});fill-opacity:.3;"
            f"stroke:var(--part-{i});stroke-opacity:.8"
            for i in range(COLOURS)
        },
    },
)


def styles(parts: Sequence[Part]) -> dict[Part | None, str]:
    """The CSS class of the cells of each part; neighbours differ. None stands for unused cells."""
    found: dict[Part | None, str] = {None: "free"}
    for part in parts:
        coloured = part.kind != "constant"
        found[part] = f"p{(len(found) - 1) % COLOURS}" if coloured else "plain"
    return found


def tag(part: Part) -> str:
    """The text in the first cell of a part: the number of a group, or the start of a name."""
    return f"{part.group}" if part.group else shorten(part.name)[:2]


def outline(x: float, y: float, width: float = CELL, height: float = CELL) -> str:
    """The outline of a cell, as a piece of an SVG path."""
    return f"M{x:g} {y:g}h{width:g}v{height:g}h-{width:g}z"


def centred(kind: str, x: float, y: float, text: str, width: float = CELL) -> str:
    """A text in the middle of a cell."""
    shown = escape(clip(text, TAG_SIZE, width + 4.0))
    return f'<text class="{kind}" x="{x + width / 2:g}" y="{y + 13:g}">{shown}</text>'


def written(kind: str, x: float, y: float, text: str) -> str:
    """A line of text."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


def column(place: int) -> float:
    """The distance of a cell from the first cell of its line."""
    return place * PITCH + place // LANES * GAP
