"""Still pictures of a pass: for each event the drawing, its highlights, the words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...engine.node import Node
from ..graphs.box_svg import box_svg
from ..graphs.boxes import STATUS, Box
from ..graphs.content import Content
from ..graphs.graph_svg import MARGIN, arrows, description, group, label, line, titles
from ..graphs.theme import THEME, TITLE_ROOM, TITLE_SIZE
from ..layout.places import Point
from ..svg import add_halo, clip, document, escape, text_width
from ..text import DASH, TIMES, decimal
from ..words.naming import module_beside
from .changes import Change, Mark, RowChanges, reached
from .events import FINAL, Contribute, Given, Played
from .flaws import Flaw
from .picture import DATA, ROWS, WAITING, Picture
from .sentences import Told, here, sums
from .text_places import BESIDE, CORNER, GAP, INSIDE, Offset, ring_size

SIZE, LINE = 14.0, 20  # of a caption
TIP = '<path class="tip" d="M0 0l13-7v14z"'


def frames_of(
    picture: Picture,
    order: Sequence[Node],
    events: Sequence[Played],
    flaws: Sequence[Flaw | None],
    tellings: Sequence[Told],
    homes: Mapping[Node, str],
    title: str,
    last: bool = False,
) -> Iterator[str]:
    """Write the SVG document of every frame, or of the last one only.

    Args:
        picture: the drawing.
        order: the nodes of the graph in topological order.
        events, flaws, tellings: the events, their mistakes and their sentences.
        homes: the paths of the module calls that nodes are in.
        title: a heading.
        last: whether only the last frame is wanted.
    """
    rows = RowChanges(picture, order, events)
    marks = [rows.mark(*each) for each in zip(events, flaws, strict=True)]
    captions = []
    for event, told, mark in zip(events, tellings, marks, strict=True):
        first, *more = caption(event, told)
        captions.append([first + inside(event, mark, picture.content, homes), *more])
    frame = _Frame(picture, captions, title)
    for number, each in enumerate(reached(events, flaws)):
        frame.turn(rows.changes(*each))
        if not last or number == len(events) - 1:
            yield frame.svg(marks[number], captions[number])


def caption(event: Played, told: Told) -> list[str]:
    """An event in lines: its sentence, the rule, and the two sums of a contribution."""
    lines = [told.sentence]
    if isinstance(event, Contribute):
        lines.append("; ".join(dict.fromkeys((told.rule, here(event, told.local)))))
        lines += [f"{said}: {sum_}" for said, sum_ in sums(event)]
    return [*lines, told.flaw] if told.flaw else lines


def inside(event: Played, mark: Mark, content: Content, homes: Mapping[Node, str]) -> str:
    """The module calls that contain the nodes of an event, if a drawing has folded them."""
    if isinstance(event, Given):
        return ""
    nodes = [(event.node, mark.box)]
    if isinstance(event, Contribute):
        nodes.append((event.parent, mark.box if mark.other is None else mark.other))
    found = [
        f"{event.names[node]} in {module}"
        for node, box in nodes
        if box is not None
        and content.boxes[box].is_group
        and (module := module_beside(event.names[node], homes.get(node, "")))
    ]
    return f" ({', '.join(found)})" if found else ""


def state_of(rows: Sequence[tuple[str, str]]) -> str:
    """The CSS class of a box with these rows: it waits for its number, is final, or neither."""
    if rows[DATA][1] == DASH:
        return WAITING
    return FINAL if (STATUS, FINAL) in rows else ""


class _Frame:
    """Writes one frame after another, renewing only what changes."""

    def __init__(self, picture: Picture, captions: Sequence[Sequence[str]], title: str) -> None:
        content, places = picture.content, picture.places
        self._picture, self._boxes = picture, list(content.boxes)
        self._drawn = list(map(box_svg, self._boxes, places.boxes))
        self._labels = [""] * len(picture.labels)
        self._title = clip(title, TITLE_SIZE, TITLE_ROOM)
        self._top = MARGIN + (34 if self._title else 0)
        lines = [said for lines in captions for said in lines]
        room = max(places.size[0], text_width(self._title, TITLE_SIZE))
        widest = max(text_width(clip(said, SIZE, TITLE_ROOM), SIZE) for said in lines)
        self._below = self._top + places.size[1] + MARGIN
        height = self._below + LINE * max(map(len, captions)) + MARGIN
        self._size = (max(room, widest) + 2 * MARGIN, height)
        ground = [
            f'<text class="title" x="{MARGIN}" y="36">{escape(self._title)}</text>',
            f'<g transform="translate({MARGIN} {self._top})">',
            *arrows(content.unlabelled(), places),
        ]
        self._ground = "\n".join(ground)

    def turn(self, changes: Iterable[Change]) -> None:
        """Go on to the next frame."""
        touched: dict[int, None] = {}
        for row, said in changes:
            number, place = divmod(row, ROWS)
            if number >= len(self._boxes):
                place = row - ROWS * len(self._boxes)
                edge, full = self._picture.labels[place], said.exact
                new = self._picture.content.edges[edge]._replace(
                    text=TIMES + said.shown, exact="" if full == said.shown else full
                )
                route = self._picture.places.routes[edge]
                self._labels[place] = label(new, route)
                whole, gapped = (f'd="{line(route, closed=closed)}"' for closed in (True, False))
                self._ground = self._ground.replace(whole, gapped)
                continue
            rows = list(self._boxes[number].rows)
            rows[place] = (rows[place][0], said.shown)
            box = self._boxes[number]._replace(rows=tuple(rows), state=state_of(rows))
            self._boxes[number] = box
            touched[number] = None
        for number in touched:
            self._drawn[number] = box_svg(self._boxes[number], self._picture.places.boxes[number])

    def svg(self, mark: Mark, lines: Sequence[str]) -> str:
        """The current frame as SVG."""
        content, places = self._picture.content, self._picture.places
        above = [*group("locals", list(filter(None, self._labels)))]
        above += titles(content, places)
        parts = [
            self._ground,
            *above,
            *self._drawn,
            marks_svg(mark, self._picture),
            "</g>",
        ]
        for number, said in enumerate(lines):
            y, kind = self._below + LINE * number + SIZE, "soft" if number else "said"
            text = escape(clip(said, SIZE, TITLE_ROOM))
            parts.append(f'<text class="{kind} caption" x="{MARGIN}" y="{y:.0f}">{text}</text>')
        named = self._title or lines[0]
        about = f"{description(content)} {' '.join(lines)}"
        return document(self._size, named, about, THEME, "\n".join(parts))


def marks_svg(mark: Mark, picture: Picture) -> str:
    """The highlights of one frame as SVG."""
    parts = []
    if mark.edge is not None and mark.adds is not None:
        parts.append(_flow(picture, mark.edge, f"{mark.sign} {decimal(mark.adds)}"))
    rings = [*((box, mark.tag, "") for box in reversed(mark.also)), (mark.box, mark.tag, "")]
    for box, tag, kind in (*rings, (mark.other, mark.other_tag, " takes")):
        if box is not None:
            one, centre = picture.content.boxes[box], picture.places.boxes[box]
            alone = mark.adds is None and one.is_group
            offset = picture.texts.tags.get(box, CORNER)
            parts.append(_ring(one, centre, INSIDE if alone else tag, kind, offset))
    return "".join(parts)


def _ring(box: Box, centre: Point, tag: str, kind: str, offset: Offset) -> str:
    left = round(centre[0] - box.width / 2) - GAP
    top = round(centre[1] - box.height / 2) - GAP
    width, height = ring_size(box)
    return (
        f'<rect class="ring{kind}" x="{left}" y="{top}" width="{width}" height="{height}" rx="10"/>'
        + add_halo(f"tag{kind}", left + offset[0], top + offset[1], escape(tag))
    )


def _flow(picture: Picture, edge: int, text: str) -> str:
    """The active edge as SVG: thick, with an arrow point at its tail, as gradients run backward."""
    flow, turned = picture.texts.flows[edge], " rotate(90)" if picture.down else ""
    return (
        f'<path class="flow" d="{flow.trunk}{line(picture.places.routes[edge])}"/>'
        f'{TIP} transform="translate({flow.x} {flow.y}){turned}"/>'
        + add_halo("adds", flow.x + BESIDE, flow.text_y, escape(text))
    )
