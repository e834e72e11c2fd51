"""What a frame of a played pass points at, as SVG: rings with words around boxes, the active edge.

Nothing here is told by colour alone: the edge is thick and has a point towards the operand, the
box that gets a contribution has a dashed ring, and each mark has its word.
"""

from autograd.show.boxes import Box
from autograd.show.content import Content
from autograd.show.film import Mark
from autograd.show.graph_svg import line
from autograd.show.layout.places import Places, Point, Route
from autograd.show.svg import escaped
from autograd.show.text import decimal

GAP = 5  # between a box and its ring
TIP = '<path class="tip" d="M0 0l13-7v14z"'


def marks_svg(mark: Mark, content: Content, places: Places) -> str:
    """The marks of one frame."""
    parts = []
    if mark.edge is not None and mark.adds is not None:
        label = f"{mark.sign} {decimal(mark.adds)}"
        parts.append(_flow(places.routes[mark.edge], label))
    for box, tag, kind in ((mark.box, mark.tag, ""), (mark.other, mark.other_tag, " takes")):
        if box is not None:
            parts.append(_ring(content.boxes[box], places.boxes[box], tag, kind))
    return "".join(parts)


def _ring(box: Box, centre: Point, tag: str, kind: str) -> str:
    left = round(centre[0] - box.width / 2) - GAP
    top = round(centre[1] - box.height / 2) - GAP
    size = f'width="{round(box.width) + 2 * GAP}" height="{round(box.height) + 2 * GAP}"'
    return (
        f'<rect class="ring{kind}" x="{left}" y="{top}" {size} rx="10"/>'
        f'<text class="tag{kind}" x="{left + 8}" y="{top + 4}">{escaped(tag)}</text>'
    )


def _flow(route: Route, label: str) -> str:
    """The edge, thick, with a point where it began: what is passed back runs against it."""
    x, y = route.strokes[0][0]
    ahead = next((point for point in route.strokes[0] if point != (x, y)), (x + 1.0, y))
    down = ahead[1] - y > ahead[0] - x
    turn = round(route.label[1] - y)
    shift = 19 if down else -24 if turn < 0 else 30 if turn else -9  # clear of other labels
    return (
        f'<path class="flow" d="{line(route)}"/>'
        f'{TIP} transform="translate({round(x)} {round(y)}) rotate({90 if down else 0})"/>'
        f'<text class="adds" x="{round(x) + 15}" y="{round(y) + shift}">'
        f"{escaped(label)}</text>"
    )
