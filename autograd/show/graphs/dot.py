"""A drawing of a graph in DOT, the language of graphviz, to be rendered and edited.

Names of nodes are generated, and every text goes through `quote`. There are no record shapes,
HTML-like labels, addresses, images or tooltips, so that no label can become more than a text.
"""

from collections.abc import Iterator, Sequence

from ..layout.places import FRAME_PADDING
from ..svg import clip
from ..text import clean
from .boxes import NUMBER_SIZE, Box
from .content import Content, Edge, FrameContent
from .theme import EDGE_SIZE, FRAME_SIZE, THEME, TITLE_ROOM, TITLE_SIZE, heading, heat_share

FONT = "Helvetica,Arial,sans-serif"
COLOURS = THEME.light
INCH = 72.0  # in pixels: dot takes sizes in inches, and draws in points

SHAPES = {
    "input": 'shape=box style="filled,rounded"',
    "parameter": "shape=hexagon style=filled",
    "constant": 'shape=octagon style="filled,dashed"',
    "op": "shape=box style=filled",
    "root": "shape=box style=filled peripheries=2",
    "group": "shape=box3d style=filled",
    "root-group": "shape=box3d style=filled penwidth=2",
    "more": "shape=plaintext",
}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;"})  # graphviz decodes entities


def quote(*lines: str) -> str:
    """Quote texts as one string of DOT that shows them as they are; several are left-aligned.

    Example:
        >>> print(quote('a "b" \\\\N &lt;'))
        "a \\"b\\" \\\\N &amp;lt;"
    """
    texts = [clean(line).translate(_ESCAPES) for line in lines]
    return f'"{texts[0]}"' if len(texts) == 1 else '"' + "".join(f"{t}\\l" for t in texts) + '"'


def dot_text(content: Content, title: str | None = None, down: bool = False) -> str:
    """The drawing as DOT.

    Args:
        content: the boxes, edges and frames.
        title: a heading above it.
        down: whether it runs from top to bottom.
    """
    return "\n".join(["digraph {", *(f"\t{line}" for line in _lines(content, title, down)), "}\n"])


def _lines(content: Content, title: str | None, down: bool) -> Iterator[str]:
    direction = "TB" if down else "LR"
    yield f"graph [rankdir={direction} newrank=true nodesep=0.2 ranksep=0.35 pad=0.2]"
    yield f'graph [bgcolor="{COLOURS["page"]}" {_font(TITLE_SIZE)} labelloc=t labeljust=l]'
    yield f"node [{_font(NUMBER_SIZE)}]"
    yield f'edge [{_font(EDGE_SIZE)} color="{COLOURS["line"]}" arrowsize=0.7]'
    yield from put_in_clusters(
        [_box(f"n{number}", box) for number, box in enumerate(content.boxes)],
        [box.frame for box in content.boxes],
        [frame.outer for frame in content.frames],
        [_frame(frame) for frame in content.frames],
    )
    for edge in content.edges:
        yield _edge(edge)
    if title:
        yield f"label={quote(clip(title, TITLE_SIZE, TITLE_ROOM))}"


def put_in_clusters(
    boxes: Sequence[str],
    inside: Sequence[int | None],
    outers: Sequence[int | None],
    headers: Sequence[Sequence[str]],
) -> list[str]:
    """Put the lines of boxes into the clusters of their frames.

    Args:
        boxes: one line each.
        inside: the innermost frame of each box.
        outers: for each frame the earlier one that it lies in.
        headers: for each frame the lines that say how it looks.
    """
    page: list[str] = []
    contents = [list(header) for header in headers]
    for line, frame in zip(boxes, inside, strict=True):
        (page if frame is None else contents[frame]).append(line)
    for frame in reversed(range(len(contents))):  # inner ones come later
        outer = outers[frame]
        around, start = (page, 0) if outer is None else (contents[outer], len(headers[outer]))
        lines = [f"\t{line}" for line in contents[frame]]
        around[start:start] = [f"subgraph cluster_{frame} {{", *lines, "}"]
    return page


def _font(size: float, colour: str = "ink") -> str:
    return f'fontname="{FONT}" fontsize={size:g} fontcolor="{COLOURS[colour]}"'


def _box(name: str, box: Box) -> str:
    header = f"{box.name} ({box.by})" if box.name and box.by else box.name or box.by
    rows = [f"{word} {text}".strip() for word, text in box.rows]
    label = quote(*([header] if header else []), *rows)
    size = f"width={box.width / INCH:.3f} height={box.height / INCH:.3f}"
    return f"{name} [label={label} {size} {SHAPES[box.kind]}{_colours(box)}]"


def _colours(box: Box) -> str:
    if box.kind == "more":
        return ""
    colour = box.colour
    fill = COLOURS[colour]
    if box.heat is not None:
        fill = _mix(fill, COLOURS["heat"], heat_share(box.heat))
    return f' fillcolor="{fill}" color="{COLOURS[f"{colour}-line"]}"'


def _mix(colour: str, other: str, share: float) -> str:
    """Mix a colour with a share of another."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(a + share * (b - a)) for a, b in pairs).hex()


def _frame(frame: FrameContent) -> list[str]:
    """The style of a cluster; without a label it would take over that of the drawing."""
    colour = COLOURS["frame"]
    return [
        f"label={quote(heading(frame))}",
        f"graph [{_font(FRAME_SIZE, 'soft')} margin={FRAME_PADDING:g}]",
        f'graph [style=rounded color="{colour}80" bgcolor="{colour}0d"]',
    ]


def _edge(edge: Edge) -> str:
    attributes = [f"label={quote(edge.text)}"] if edge.text else []
    attributes += ["style=dotted"] if edge.idle else []
    return f"n{edge.tail} -> n{edge.head}" + (f" [{' '.join(attributes)}]" if attributes else "")
