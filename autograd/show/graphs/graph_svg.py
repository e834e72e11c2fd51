"""A computation graph as SVG: writes content that has been placed as one document.

An arrow carries the local derivative d node / d operand, so that the contribution that flows
back along it can be worked out by eye. Boxes are written by `box_svg.py`.
"""

from collections.abc import Sequence

from ...engine.messages import pluralize
from ..layout.places import GAP, Arrow, Frame, Places, Plan, Point, Rectangle, Route
from ..svg import MONO_WIDTH, add_halo, clip, document, escape, text_width
from .box_svg import SCALE, box_svg, heat_scale
from .content import Content, Edge, FrameContent
from .theme import EDGE_SIZE, FRAME_SIZE, THEME, TITLE_ROOM, TITLE_SIZE, heading

HEAD = 7.0  # the length of an arrow's point
MARGIN = 20
LEAST, POWER = 0.02, 1.5  # of what an arrow weighs in placing, see `_pulls`


def plan_of(content: Content, down: bool, gap: float = GAP) -> Plan:
    """The plan for the layout: sizes of boxes and labels, and the arrows between them."""
    return Plan(
        [(box.width, box.height) for box in content.boxes],
        [
            Arrow(edge.tail, edge.head, _label_size(edge), pull)
            for edge, pull in zip(content.edges, _pulls(content), strict=True)
        ],
        [box.frame for box in content.boxes],
        [Frame(frame.outer, text_width(heading(frame), FRAME_SIZE)) for frame in content.frames],
        down,
        content.rows,
        gap,
    )


def _label_size(edge: Edge) -> tuple[float, float]:
    return (len(edge.text) * EDGE_SIZE * MONO_WIDTH + 6, 17.0) if edge.text else (0.0, 0.0)


def _pulls(content: Content) -> list[float]:
    """The weights of the arrows in placing: the longest ways are straight lines.

    What is computed in fewer steps, or needed for fewer, goes where there is room beside them.
    Each weight is the share of steps that the longest way over an arrow has of the longest ways
    to its head and from its tail.
    """
    before, after = [0] * len(content.boxes), [0] * len(content.boxes)  # steps
    edges = sorted(content.edges, key=lambda edge: edge.head)
    for tail, head, *_ in edges:
        before[head] = max(before[head], before[tail] + 1)
    for tail, head, *_ in sorted(edges, key=lambda edge: -edge.tail):
        after[tail] = max(after[tail], after[head] + 1)
    return [
        max(LEAST, ((before[tail] + 1) / before[head] * (after[head] + 1) / after[tail]) ** POWER)
        for tail, head, *_ in content.edges
    ]


def write_graph(content: Content, places: Places, title: str | None, theme: str, about: str) -> str:
    """Write the SVG document of a drawing.

    Args:
        content: the boxes, edges and frames.
        places: where everything is.
        title: a heading.
        theme: ``"light"``, ``"dark"``, or ``"auto"`` for that of the reader.
        about: the description, such as that of `description`.
    """
    shown = clip(title or "", TITLE_SIZE, TITLE_ROOM)
    top = MARGIN + (34 if shown else 0)
    parts = [f'<text class="title" x="{MARGIN}" y="36">{escape(shown)}</text>'] if shown else []
    parts.append(f'<g transform="translate({MARGIN} {top})">')
    parts += [
        *arrows(content, places, joint=True),
        *labels(content, places),
        *titles(content, places),
    ]
    parts += [box_svg(*each) for each in zip(content.boxes, places.boxes, strict=True)]
    parts.append("</g>")
    width, bottom = max(places.size[0], text_width(shown, TITLE_SIZE)), top + places.size[1]
    if content.hottest is not None:
        scale, scale_width = heat_scale(content.hottest)
        parts.append(f'<g transform="translate({MARGIN} {bottom + MARGIN:.0f})">{scale}</g>')
        width, bottom = max(width, scale_width), bottom + MARGIN + SCALE
    size = (width + 2 * MARGIN, bottom + MARGIN)
    return document(size, title or name(content), about, THEME, "\n".join(parts), theme)


def arrows(content: Content, places: Places, *, joint: bool = False) -> list[str]:
    """The lowest layer of the drawing: frames, and arrows without their labels.

    Args:
        content, places: the drawing.
        joint: whether arrows that nothing tells apart are one path, which is shorter.
    """
    ways, edges = [], []
    for edge, route in zip(content.edges, places.routes, strict=True):
        if joint and not edge.idle and (edge.text or not edge.exact):
            ways.append(line(route))
        else:
            edges.append(_edge(edge, route))
    if ways:
        edges.insert(0, f'<path d="{"".join(ways)}"/>')
    parts = [*map(_frame, places.frames), *group("edges", edges)]
    if places.routes:
        heads = "".join(_head(route) for route in places.routes)
        parts.append(f'<path class="heads" d="{heads}"/>')
    return parts


def labels(content: Content, places: Places) -> list[str]:
    """The labels of the arrows, local derivatives."""
    carried = zip(content.edges, places.routes, strict=True)
    return group("locals", [label(*each) for each in carried if each[0].text])


def titles(content: Content, places: Places) -> list[str]:
    """The titles of the frames."""
    return list(map(_title, content.frames, places.frames))


def group(kind: str, parts: Sequence[str]) -> list[str]:
    """Wrap elements of one look in a group with a class, which is shorter."""
    return [f'<g class="{kind}">{"".join(parts)}</g>'] if parts else []


def name(content: Content) -> str:
    """The name of the drawing for screen readers, after the root if that is shown."""
    root = next((box for box in content.boxes if box.is_root), None)
    return f"Computation graph of {root.name}" if root else "Part of a computation graph"


def description(content: Content) -> str:
    """The number of boxes of each kind, and the root, in words."""
    kinds = [box.kind for box in content.boxes]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    roots = [box.exact for box in content.boxes if box.is_root]
    return (
        f"{pluralize(len(content.boxes), 'box', 'boxes')} ({counts}) and "
        f"{pluralize(len(content.edges), 'edge')}. Each edge leads from an operand to a "
        "result and carries the local derivative."
        + "".join(f" Root: {exact}." for exact in roots)
        + (f" The hotter, the nearer |grad| is to {content.hottest!r}." if content.hottest else "")
    )


# --- arrows ---------------------------------------------------------------------------------


def _edge(edge: Edge, route: Route) -> str:
    kind = ' class="idle"' if edge.idle else ""
    way = line(route, closed=not edge.text)
    full = f"<title>{escape(edge.exact)}</title></path>" if edge.exact and not edge.text else ""
    return f'<path{kind} d="{way}"' + (f">{full}" if full else "/>")


def line(route: Route, *, closed: bool = False) -> str:
    """The SVG path of an arrow, up to its point.

    Args:
        route: its strokes.
        closed: whether a line closes the gap for its label, which is not there yet.
    """
    *strokes, last = route.strokes
    drawn, place = "", None
    for stroke in (*strokes, [*last[:-1], _base(last)]):
        drawn += path(stroke, place, "l" if closed else "m")
        place = stroke[-1]
    return drawn


def path(stroke: Sequence[Point], place: Point | None = None, over: str = "m") -> str:
    """The SVG path of a stroke, in whole pixels and relative coordinates, which are shorter.

    Args:
        stroke: the points.
        place: the end of the stroke before it in one path, if there is one.
        over: the command that leads from there: ``"m"`` leaves a gap, ``"l"`` none.
    """
    places = iter([(round(x), round(y)) for x, y in stroke])
    x, y = next(places)
    drawn = f"{over}{x - round(place[0])} {y - round(place[1])}" if place else f"M{x} {y}"
    for (a, b), (c, d), (e, f) in zip(places, places, places, strict=True):
        if b == d == f == y:
            drawn += f"h{e - x}" if e != x else ""
        elif a == c == e == x:
            drawn += f"v{f - y}"
        else:
            drawn += f"c{a - x} {b - y} {c - x} {d - y} {e - x} {f - y}"
        x, y = e, f
    return drawn.replace(" -", "-")


def _direction(stroke: Sequence[Point]) -> Point:
    """The unit vector in which a stroke ends."""
    (x, y), end = stroke[-1], stroke[-1]
    before = next((point for point in reversed(stroke) if point != end), (x - 1.0, y))
    along, down = x - before[0], y - before[1]
    length = (along * along + down * down) ** 0.5
    return along / length, down / length


def _base(stroke: Sequence[Point]) -> Point:
    """The place on an arrow at which its point begins."""
    (x, y), (along, down) = stroke[-1], _direction(stroke)
    return x - HEAD * along, y - HEAD * down


def _head(route: Route) -> str:
    (x, y), (along, down) = route.strokes[-1][-1], _direction(route.strokes[-1])
    left, top = _base(route.strokes[-1])
    if down == 0.0:
        return f"M{x:.0f} {y:.0f}l{-HEAD * along:.0f}-4v8"
    if along == 0.0:
        return f"M{x:.0f} {y:.0f}l-4{-HEAD * down:+.0f}h8"
    return (
        f"M{x:.1f} {y:.1f}L{left - 4 * down:.1f} {top + 4 * along:.1f}"
        f"L{left + 4 * down:.1f} {top - 4 * along:.1f}z"
    )


def label(edge: Edge, route: Route) -> str:
    """The label of an arrow."""
    place = route.label
    full = f"<title>{escape(edge.exact)}</title>" if edge.exact else ""
    return f'<text x="{place[0]:.0f}" y="{place[1] + 4:.0f}">{escape(edge.text)}{full}</text>'


def _frame(place: Rectangle) -> str:
    x, y, width, height = (round(number) for number in place)
    return f'<rect class="frame" x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/>'


def _title(frame: FrameContent, place: Rectangle) -> str:
    """The title of a frame, over the arrows that run under it."""
    shown = heading(frame)
    full = f"<title>{escape(frame.exact)}</title>" if frame.exact != shown else ""
    return add_halo("call", round(place.x) + 12, round(place.y) + 18, escape(shown), full)
