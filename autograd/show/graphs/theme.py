"""The theme of a computation graph: the sizes of its texts, and its colours, light and dark."""

from ..svg import MONO, PAGE_DARK, PAGE_LIGHT, Theme, clip, font
from .boxes import NAME_SIZE, NUMBER_SIZE
from .content import FrameContent

EDGE_SIZE, TITLE_SIZE, FRAME_SIZE = 11.5, 18.0, 12.0
TITLE_ROOM, FRAME_ROOM = 900.0, 260.0  # for a title; what is longer is cut

# The fonts of texts over what runs under them, and the halo around these.
OVER = {
    "call": font(FRAME_SIZE, weight=600),
    "adds": font(NUMBER_SIZE, MONO, weight=700),
    "tag": font(FRAME_SIZE, weight=700),
}
HALO = "fill:none;stroke:var(--page);stroke-width:4;stroke-linejoin:round"

THEME = Theme(
    light=PAGE_LIGHT
    | {
        "grad": "#a21caf",
        "input": "#e0f2fe",
        "input-line": "#0284c7",
        "parameter": "#dcfce7",
        "parameter-line": "#16a34a",
        "op": "#f8fafc",
        "op-line": "#64748b",
        "constant": "#f1f5f9",
        "constant-line": "#94a3b8",
        "root": "#fef3c7",
        "root-line": "#d97706",
        "group": "#eef2ff",
        "group-line": "#6366f1",
        "frame": "#64748b",
        "heat": "#e11d48",
    },
    dark=PAGE_DARK
    | {
        "grad": "#f0abfc",
        "input": "#0c3a55",
        "input-line": "#38bdf8",
        "parameter": "#0d3b24",
        "parameter-line": "#4ade80",
        "op": "#1e293b",
        "op-line": "#94a3b8",
        "constant": "#172033",
        "constant-line": "#64748b",
        "root": "#46290c",
        "root-line": "#fbbf24",
        "group": "#25275c",
        "group-line": "#a5b4fc",
        "frame": "#94a3b8",
        "heat": "#fb7185",
    },
    rules={
        "text": f"{font(NUMBER_SIZE, MONO)};fill:var(--ink)",
        ".page": "fill:var(--page)",
        ".title": font(TITLE_SIZE, weight=600),
        ".name": font(NAME_SIZE, weight=600),
        ".by": f"{font(NAME_SIZE, weight=600)};fill:var(--soft);text-anchor:end",
        "tspan": "fill:var(--soft)",
        ".grad": "fill:var(--grad)",
        ".soft": "fill:var(--soft)",
        **{
            f".{kind}": f"fill:var(--{kind});stroke:var(--{kind}-line);stroke-width:1.5"
            for kind in ("input", "parameter", "op", "root", "group")
        },
        ".constant": "fill:var(--constant);stroke:var(--constant-line);stroke-dasharray:4 3",
        ".inner": "fill:none;stroke:var(--root-line);stroke-width:1.5",
        ".heat": "fill:var(--heat)",
        ".frame": "fill:var(--frame);fill-opacity:.05;stroke:var(--frame);stroke-opacity:.5",
        ".call": f"{OVER['call']};fill:var(--soft)",
        ".edges": "fill:none;stroke:var(--line);stroke-width:1.5",
        ".idle": "stroke-dasharray:2 4",
        ".heads": "fill:var(--line)",
        ".locals text": f"font-size:{EDGE_SIZE:g}px;text-anchor:middle",
        ".at": "text-anchor:middle",
        # while a pass is played
        ".status": f"{font(NUMBER_SIZE)};fill:var(--soft)",
        ".final .status": "font-weight:700;fill:var(--ink)",
        **dict.fromkeys(
            (".waiting>rect", ".waiting>path"), "stroke-dasharray:3 3;fill:var(--page)"
        ),
        ".flow": "fill:none;stroke:var(--grad);stroke-width:4",
        ".tip": "fill:var(--grad)",
        ".adds": f"{OVER['adds']};fill:var(--grad)",
        ".ring": "fill:none;stroke:var(--ink);stroke-width:3",
        ".tag": OVER["tag"],
        ".ring.takes": "stroke:var(--grad);stroke-dasharray:9 4",
        ".tag.takes": "fill:var(--grad)",
        **{f".{kind}halo": f"{OVER[kind]};{HALO}" for kind in OVER},
        ".caption": font(14),
        ".caption.said": "font-weight:600",
    },
)


def heading(frame: FrameContent) -> str:
    """The title of a frame, cut to its room."""
    return clip(frame.title, FRAME_SIZE, FRAME_ROOM)


def heat_share(heat: float) -> float:
    """The share of the heat colour in a box; squared, so that the largest stand out."""
    return 0.3 * heat * heat
