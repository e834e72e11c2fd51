"""The gradients of a layer's weights as a moving picture: scalars beside the matrix δ·xᵀ.

Cell by cell the matrix fills, and beside it stands the product of two numbers that each cell is.
A viewer that does not move pictures shows the last state, in which everything is there.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ...engine.arguments import plain_number, vector
from ..drawing import Drawing
from ..svg import MONO, MONO_WIDTH, document, escape, font, text_width
from ..text import TIMES, decimal
from .axis import THEME, chart_text

MOST = 8  # rows or columns
CELL_HEIGHT, GAP, LINE = 34.0, 14.0, 20.0
MARGIN, HEADER = 24.0, 30.0
SECONDS, REPEATED = 1.2, 3  # for each cell; how often the picture moves
TEXT_SIZE = 13.0
OUTER_THEME = THEME._replace(
    rules={
        **THEME.rules,
        ".number": f"{font(TEXT_SIZE, MONO)};fill:var(--ink)",
        ".given": "fill:var(--page);stroke:var(--series-0);stroke-width:1.5",
        ".cell": "fill:var(--page);stroke:var(--line)",
        ".now": "fill:none;stroke:var(--series-1);stroke-width:3",
    }
)
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

Place = tuple[float, float]


def draw_outer_product(errors: Iterable[Any], inputs: Iterable[Any], title: str = "") -> Drawing:
    """Draw how the errors of a layer and its inputs make the gradients of its weights.

    Args:
        errors: δ of each neuron, up to 8 numbers or Values.
        inputs: x, up to 8 numbers or Values.
        title: a heading.

    Raises:
        TypeError: if one of them is no number.
        ValueError: if there are none, or more than 8.

    Example:
        >>> from autograd.show import draw_outer_product
        >>> print(draw_outer_product([0.1, 0.2], [0.5, -1.0]))
        dL/dw₀₀ = δ₀ × x₀ = 0.1 × 0.5 = 0.05
        dL/dw₀₁ = δ₀ × x₁ = 0.1 × −1 = −0.1
        dL/dw₁₀ = δ₁ × x₀ = 0.2 × 0.5 = 0.1
        dL/dw₁₁ = δ₁ × x₁ = 0.2 × −1 = −0.2
    """
    column, row = _numbers("errors", errors), _numbers("inputs", inputs)
    lines = list(_lines(column, row))
    deltas, xs = _names("δ", column), _names("x", row)
    products = [decimal(error * x) for error in column for x in row]
    cell = 24.0 + max(map(len, (*deltas, *xs, *products))) * TEXT_SIZE * MONO_WIDTH
    top = 72.0 if title else MARGIN
    left, upper = MARGIN + cell + GAP, top + HEADER
    first, aside = upper + CELL_HEIGHT + GAP, left + cell * len(row) + 2 * GAP
    parts = [chart_text(MARGIN, 40, title, "title", 18.0, 700.0)] if title else []
    parts.append(chart_text(MARGIN, top + 16, "a row for each δ, a column for each x", "label"))
    for i, text in enumerate(xs):
        parts += _filled("given", (left + i * cell, upper), cell, text)
    for j, text in enumerate(deltas):
        parts += _filled("given", (MARGIN, first + j * CELL_HEIGHT), cell, text)
    for k, line in enumerate(lines):
        j, i = divmod(k, len(row))
        x, y = left + i * cell, first + j * CELL_HEIGHT
        comes = _animate(k, len(lines), "0;0;1;1", (0.0, 0.3))
        parts += _filled("cell", (x, y), cell, products[k], comes)
        parts.append(f"<g>{comes}{_text((aside, first + k * LINE + 14), line)}</g>")
        frames = "".join(_box("now", place, cell) for place in ((x, y), (x, upper), (MARGIN, y)))
        lit = _animate(k, len(lines), "0;1;0;0", (0.0, 1.0), discrete=True)
        parts.append(f'<g opacity="0">{lit}{frames}</g>')
    width = aside + max(len(line) for line in lines) * TEXT_SIZE * MONO_WIDTH + MARGIN
    bottom = first + max(len(column) * CELL_HEIGHT, len(lines) * LINE) + MARGIN
    size = (max(width, text_width(title, 18.0) + 2 * MARGIN), bottom)
    words = "\n".join(lines)
    about = f"The matrix of gradients fills cell by cell. {'; '.join(lines)}."
    return Drawing(document(size, title or "δ·xᵀ", about, OUTER_THEME, "\n".join(parts)), words)


def _numbers(name: str, given: Any) -> list[float]:
    found = [plain_number(name, x) for x in vector(name, given)]
    if not 1 <= len(found) <= MOST:
        raise ValueError(f"{name} has {len(found)} numbers: the picture holds 1 to {MOST}")
    return found


def _named(letter: str, *places: int) -> str:
    return letter + "".join(str(place).translate(SUBSCRIPTS) for place in places)


def _names(letter: str, numbers: Sequence[float]) -> list[str]:
    return [f"{_named(letter, place)} = {decimal(x)}" for place, x in enumerate(numbers)]


def _lines(column: Sequence[float], row: Sequence[float]) -> Iterator[str]:
    """The scalar view: each gradient as a product."""
    for j, error in enumerate(column):
        for i, x in enumerate(row):
            yield (
                f"dL/d{_named('w', j, i)} = {_named('δ', j)} {TIMES} {_named('x', i)} = "
                f"{decimal(error)} {TIMES} {decimal(x)} = {decimal(error * x)}"
            )


# --- the parts of the picture --------------------------------------------------------------------


def _filled(kind: str, corner: Place, width: float, text: str, comes: str = "") -> list[str]:
    """A box with a text, which may come at its time."""
    written = _text((corner[0] + 8, corner[1] + 20), text)
    return [_box(kind, corner, width), f"<g>{comes}{written}</g>" if comes else written]


def _box(kind: str, corner: Place, width: float) -> str:
    x, y = corner
    size = f'width="{width - 4:g}" height="{CELL_HEIGHT - 4:g}" rx="4"'
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" {size}/>'


def _text(place: Place, text: str) -> str:
    return f'<text class="number" x="{place[0]:g}" y="{place[1]:g}">{escape(text)}</text>'


def _animate(
    k: int, steps: int, values: str, window: tuple[float, float], *, discrete: bool = False
) -> str:
    """An opacity that changes in step k of all steps; the first half step shows nothing yet."""
    whole = steps + 2
    start, end = ((k + 0.5 + part) / whole for part in window)
    times = f"0;{start:.4f};{end:.4f};1"
    mode = ' calcMode="discrete"' if discrete else ""
    return (
        f'<animate attributeName="opacity" values="{values}" keyTimes="{times}"{mode} '
        f'dur="{SECONDS * whole:g}s" repeatCount="{REPEATED}"/>'
    )
