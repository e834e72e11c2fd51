"""A box of a computation graph as SVG: its outline, its heat, its texts.

Inputs, parameters, constants, operations, groups and the root differ in shape as well as colour:
a group stands on a second box, the root has a second line.
"""

from ..layout.places import Point
from ..svg import escape, text_width
from ..text import decimal
from .boxes import FOOT, HEADER, NUMBER_SIZE, ROW, SIDE, STATUS, Box, rows_width
from .content import DECADES
from .theme import heat_share

LEFT = -SIDE  # the left border of a box
SCALE = 30  # the height of a box of the scale of heat
CLASSES = {"grad": ' class="grad"', "": ' class="soft"', STATUS: ' class="status"'}


def box_svg(box: Box, centre: Point) -> str:
    """The SVG of a box with its middle at `centre`; its tooltip holds everything in full.

    Its origin is where its texts begin, `-LEFT` from its border, so that they need say no x.
    """
    left, top = round(centre[0] - box.width / 2), round(centre[1] - box.height / 2)
    width, height = round(box.width), round(box.height)
    colour = box.colour
    parts = [_outline(colour, f'class="{colour}"', width, height, LEFT)]
    if box.is_group:
        shadow = f'x="{LEFT + 5}" y="5" {_extent(width, height)}'
        parts.insert(0, f'<rect class="{colour}" {shadow} rx="8"/>')
    if box.heat is not None:
        parts += _heat(box.heat, colour, width, height, LEFT)
    if box.is_root:
        inner = f'x="{LEFT + 3.5:g}" y="3.5" {_extent(width - 7, height - 7)}'
        parts.append(f'<rect class="inner" {inner} rx="5"/>')
    state = f'class="{box.state}" ' if box.state else ""
    return (
        f'<g {state}transform="translate({left - LEFT} {top})"><title>{escape(box.exact)}</title>'
        + "".join([*parts, *_texts(box, width, height)])
        + "</g>"
    )


def heat_scale(largest: float) -> tuple[str, float]:
    """The legend of the heat colours as SVG, and its width.

    Args:
        largest: the largest |grad|; 0 if there is none yet.
    """
    if not largest:
        none = "heat shows |grad|: there is no gradient yet"
        return f'<text class="soft" y="18">{none}</text>', text_width(none, NUMBER_SIZE)
    shown = [decimal(largest / 10**decade) for decade in range(DECADES + 1)]
    shown[-1] = f"≤ {shown[-1]}"
    width = round(max(rows_width([("", text)]) for text in shown)) + 2 * SIDE
    parts, x = ['<text class="soft" y="18">|grad|</text>'], 52
    for decade, text in enumerate(shown):
        sample = [_outline("op", 'class="op"', width, SCALE)]
        sample += _heat(1.0 - decade / DECADES, "op", width, SCALE)
        sample.append(f'<text class="at" x="{width / 2:g}" y="18">{text}</text>')
        parts.append(f'<g transform="translate({x} 0)">{"".join(sample)}</g>')
        x += width + 6
    return "".join(parts), x


def _extent(width: int, height: int) -> str:
    return f'width="{width}" height="{height}"'


def _outline(kind: str, style: str, width: int, height: int, left: int = 0) -> str:
    """A pill for an input, a hexagon for a parameter, an octagon for a constant, else a box."""
    if kind == "more":
        return ""
    if kind == "constant":
        w, h = width - 14, height - 14
        return f'<path {style} d="M{left + 7} 0h{w}l7 7v{h}l-7 7h-{w}l-7-7v-{h}z"/>'
    if kind == "parameter":
        w, upper, lower = width - 16, height // 2, height - height // 2
        return f'<path {style} d="M{left + 8} 0h{w}l8 {upper}l-8 {lower}h-{w}l-8-{lower}z"/>'
    radius = {"input": 20, "op": 4}.get(kind, 8)
    x = f'x="{left}" ' if left else ""
    return f'<rect {style} {x}{_extent(width, height)} rx="{radius}"/>'


def _heat(heat: float, kind: str, width: int, height: int, left: int = 0) -> list[str]:
    """The heat of a box as SVG: the depth of its colour, and a bar, grow with |grad|."""
    colour = f'class="heat" fill-opacity="{heat_share(heat):.2f}"'
    bar = f'x="{left + SIDE}" y="{height - 7}" width="{heat * (width - 2 * SIDE):.0f}" height="3"'
    return [_outline(kind, colour, width, height, left), f'<rect class="heat" {bar}/>']


def _texts(box: Box, width: int, height: int) -> list[str]:
    if not box.name:
        return [f'<text class="at" x="{LEFT + width / 2:g}" y="18">{escape(box.rows[0][1])}</text>']
    slack = height - HEADER - ROW * len(box.rows) - FOOT
    y = 21 + max(0, round(slack / 2))  # the text of a taller box stands in the middle
    texts = [f'<text class="name" y="{y}">{escape(box.name)}</text>']
    if box.by:
        texts.append(f'<text class="by" x="{width - 2 * SIDE}" y="{y}">{escape(box.by)}</text>')
    for place, (word, text) in enumerate(box.rows, 1):
        kind = CLASSES.get(word, "")
        shown = escape(text) if word in ("", STATUS) else f"<tspan>{word}</tspan> {escape(text)}"
        texts.append(f'<text{kind} y="{y + 3 + place * round(ROW)}">{shown}</text>')
    return texts
