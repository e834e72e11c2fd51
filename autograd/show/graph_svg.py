"""The computation graph of a Value as SVG: one box per node, one arrow per operand.

A box shows label, op, data and gradient; an arrow the local derivative d node / d operand, so
that the contribution that flows back along it can be worked out by eye. Leaves, constants,
operations and the root differ in shape as well as colour.
"""

from collections.abc import Sequence
from itertools import pairwise

from autograd.show.content import HEIGHT, NAME_SIZE, NUMBER_SIZE, SIDE, Box, Edge, boxes_and_edges
from autograd.show.drawing import (
    DASH,
    MONO,
    MONO_WIDTH,
    PAGE_DARK,
    PAGE_LIGHT,
    SANS,
    TIMES,
    Drawing,
    Theme,
    clipped,
    decimal,
    document,
    escaped,
    text_width,
)
from autograd.show.layout import Arrow, Layout, Route, Size, layered
from autograd.value import Value

EDGE_SIZE, TITLE_SIZE = 11.5, 18.0
BASELINES = (21, 40, 56)
HEAD = 7  # the length of an arrow head
MARGIN = 20

THEME = Theme(
    light=PAGE_LIGHT
    | {
        "grad": "#a21caf",
        "leaf": "#e0f2fe",
        "leaf-line": "#0284c7",
        "op": "#f8fafc",
        "op-line": "#64748b",
        "constant": "#f1f5f9",
        "constant-line": "#94a3b8",
        "root": "#fef3c7",
        "root-line": "#d97706",
    },
    dark=PAGE_DARK
    | {
        "grad": "#f0abfc",
        "leaf": "#0c3a55",
        "leaf-line": "#38bdf8",
        "op": "#1e293b",
        "op-line": "#94a3b8",
        "constant": "#172033",
        "constant-line": "#64748b",
        "root": "#46290c",
        "root-line": "#fbbf24",
    },
    rules={
        "text": f"font:{NUMBER_SIZE}px {MONO};fill:var(--ink)",
        ".page": "fill:var(--page)",
        ".title": f"font:600 {TITLE_SIZE}px {SANS}",
        ".name": f"font:600 {NAME_SIZE}px {SANS}",
        ".by": f"font:600 {NAME_SIZE}px {SANS};fill:var(--soft);text-anchor:end",
        "tspan": "fill:var(--soft)",
        ".grad": "fill:var(--grad)",
        ".leaf": "fill:var(--leaf);stroke:var(--leaf-line);stroke-width:1.5",
        ".op": "fill:var(--op);stroke:var(--op-line);stroke-width:1.25",
        ".constant": "fill:var(--constant);stroke:var(--constant-line);stroke-dasharray:4 3",
        ".root": "fill:var(--root);stroke:var(--root-line);stroke-width:1.5",
        ".edge": "fill:none;stroke:var(--line);stroke-width:1.5",
        ".idle": "stroke-dasharray:2 4",
        ".heads": "fill:var(--line)",
        ".local": f"font-size:{EDGE_SIZE}px;text-anchor:middle",
        ".at": "text-anchor:middle",
    },
)


def draw(root: Value, title: str | None = None, rankdir: str = "LR") -> Drawing:
    """Draw the computation graph of a Value.

    Args:
        root: the Value at the end of the graph, usually the loss.
        title: a heading above the graph.
        rankdir: ``"LR"`` to compute from left to right, ``"TB"`` from top to bottom.

    Raises:
        TypeError: if `root` is not a Value or `title` is not a str.
        ValueError: if `rankdir` is another, or the graph has more than 2,000 boxes.

    Example:
        >>> from autograd import Value
        >>> from autograd.show import draw
        >>> x = Value(3.0, label="x")
        >>> draw(x * x).svg.count('class="edge"')  # two operand slots
        2
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw needs a Value, the root of a graph, got {type(root).__name__}")
    if title is not None and not isinstance(title, str):
        raise TypeError(f"title is a str, got {type(title).__name__}")
    if rankdir not in ("LR", "TB"):
        raise ValueError(f"rankdir is 'LR' or 'TB', got {rankdir!r}")
    boxes, edges = boxes_and_edges(root)
    down = rankdir == "TB"
    layout = layered(
        [_turned(box.width, box.height, down) for box in boxes],
        [Arrow(*edge[:2], _label_size(edge, down), _pull(boxes[edge.tail])) for edge in edges],
    )
    body, size = _body(boxes, edges, layout, title, down)
    name = f"Computation graph of {boxes[-1].name or boxes[-1].by or boxes[-1].data}"
    return document(size, title or name, _description(boxes, edges), THEME, body)


def _pull(tail: Box) -> float:
    """What is computed lines up; constants stand where there is room."""
    return 0.2 if tail.kind == "constant" else 1.0


def _turned(width: float, height: float, down: bool) -> Size:
    return Size(height, width) if down else Size(width, height)


def _description(boxes: Sequence[Box], edges: Sequence[Edge]) -> str:
    kinds = [box.kind for box in boxes]
    return (
        f"{len(boxes)} boxes ({kinds.count('leaf')} leaves, {kinds.count('constant')} constants) "
        f"and {len(edges)} edges. Each edge leads from an operand to a result and carries the "
        f"local derivative. Root: {boxes[-1].name}, data {boxes[-1].data}, grad {boxes[-1].grad}."
    )


def _body(
    boxes: Sequence[Box],
    edges: Sequence[Edge],
    layout: Layout,
    title: str | None,
    down: bool,
) -> tuple[str, tuple[float, float]]:
    """Everything between the background and the end, and the size it needs."""
    shown = clipped(title or "", TITLE_SIZE, 900.0)
    top = MARGIN + (34 if shown else 0)
    width, height = layout.size[::-1] if down else layout.size
    parts = [f'<text class="title" x="{MARGIN}" y="36">{escaped(shown)}</text>'] if shown else []
    parts.append(f'<g transform="translate({MARGIN} {top})">')
    heads = []
    for edge, route in zip(edges, layout.routes, strict=True):
        kind = "edge idle" if edge.local is None else "edge"
        parts.append(f'<path class="{kind}" d="{_path(edge, route, down)}"/>')
        heads.append(_head(route, down))
    if heads:
        parts.append(f'<path class="heads" d="{"".join(heads)}"/>')
    for edge, route in zip(edges, layout.routes, strict=True):
        parts.append(_label(edge, route, down))
    for box, centre in zip(boxes, layout.boxes, strict=True):
        parts.append(_box(box, *(centre[::-1] if down else centre)))
    parts.append("</g>")
    size = max(width, text_width(shown, TITLE_SIZE)) + 2 * MARGIN, height + top + MARGIN
    return "\n".join(parts), size


def _path(edge: Edge, route: Route, down: bool) -> str:
    """Straight along each run, an S from one to the next, open where the label stands."""

    def point(along: float, across: float) -> str:
        return f"{across:.0f} {along:.0f}" if down else f"{along:.0f} {across:.0f}"

    def line(along: float) -> str:
        return f"V{along:.0f}" if down else f"H{along:.0f}"

    *runs, last = route.runs
    base = last.end - HEAD
    runs.append(last._replace(start=min(last.start, base), end=base))
    half = _label_size(edge, down).along / 2
    pieces = [f"M{point(runs[0].start, runs[0].across)}"]
    for place, (run, following) in enumerate(pairwise(runs)):
        if place == len(runs) - 2:
            pieces.append(line(route.label[0] - half))
            pieces.append(f"M{point(route.label[0] + half, run.across)}")
        pieces.append(line(run.end))
        middle = (run.end + following.start) / 2
        pieces.append(f"C{point(middle, run.across)} {point(middle, following.across)} ")
        pieces.append(point(following.start, following.across))
    pieces.append(line(base))
    return "".join(pieces)


def _head(route: Route, down: bool) -> str:
    _, along, across = route.runs[-1]
    if down:
        return f"M{across:.0f} {along:.0f}l-4-{HEAD}h8z"
    return f"M{along:.0f} {across:.0f}l-{HEAD}-4v8z"


def _label_text(edge: Edge) -> str:
    return TIMES + (DASH if edge.local is None else decimal(edge.local))


def _label_size(edge: Edge, down: bool) -> Size:
    return _turned(len(_label_text(edge)) * EDGE_SIZE * MONO_WIDTH + 6, 17.0, down)


def _label(edge: Edge, route: Route, down: bool) -> str:
    x, y = route.label[::-1] if down else route.label
    exact = "nothing flows back here" if edge.local is None else repr(edge.local)
    shortened = edge.local is None or float(f"{edge.local:.4g}") != edge.local
    return (
        f'<text class="local" x="{x:.0f}" y="{round(y) + 4}">{_label_text(edge)}'
        + (f"<title>{exact}</title>" if shortened else "")
        + "</text>"
    )


def _box(box: Box, x: float, y: float) -> str:
    left, top = round(x - box.width / 2), round(y - box.height / 2)
    width, height = round(box.width), round(box.height)
    return (
        f'<g transform="translate({left} {top})">'
        f"<title>{escaped(box.exact)}</title>{_frame(box.kind, width, height)}"
        + "".join(_texts(box, width, height))
        + "</g>"
    )


def _frame(kind: str, width: int, height: int) -> str:
    """The outline: an octagon for a constant, a pill for a leaf, two lines for the root."""
    if kind == "constant":
        w, h = width - 14, height - 14
        return f'<path class="constant" d="M7 0h{w}l7 7v{h}l-7 7h-{w}l-7-7v-{h}z"/>'
    radius = {"leaf": 20, "op": 4, "root": 8}[kind]
    rect = f'<rect class="{kind}" width="{width}" height="{height}" rx="{radius}"/>'
    if kind != "root":
        return rect
    inner = f'width="{width - 7}" height="{height - 7}" rx="5"/>'
    return f'{rect}<rect class="root" x="3.5" y="3.5" {inner}'


def _texts(box: Box, width: int, height: int) -> list[str]:
    if box.kind == "constant":
        data = f'<text class="at" x="{width / 2:g}" y="{height - 10}">{box.data}</text>'
        name = f'<text class="name at" x="{width / 2:g}" y="20">{escaped(box.name)}</text>'
        return [name, data] if box.name else [data]
    down = (height - round(HEIGHT)) // 2  # a taller box keeps its text in the middle
    header, data_line, grad_line = (line + down for line in BASELINES)
    texts = []
    if box.name:
        texts.append(f'<text class="name" x="{SIDE}" y="{header}">{escaped(box.name)}</text>')
    if box.by:
        texts.append(f'<text class="by" x="{width - SIDE}" y="{header}">{escaped(box.by)}</text>')
    texts.append(f'<text x="{SIDE}" y="{data_line}"><tspan>data</tspan> {box.data}</text>')
    grad = f"<tspan>grad</tspan> {box.grad}"
    texts.append(f'<text class="grad" x="{SIDE}" y="{grad_line}">{grad}</text>')
    return texts
