"""A picture of handwritten digits, with what each of them is and what it was taken for."""

from collections.abc import Sequence

from autograd.data import Dataset
from autograd.show import Drawing
from autograd.show.charts.axis import THEME, chart_text
from autograd.show.svg import document

WIDTH, PIXEL = 8, 8  # pixels of a digit, and the size of one on the page
CELL, ROW = 124, 108
COLUMNS = 4


def draw_digits(data: Dataset, guesses: Sequence[int], title: str) -> Drawing:
    """Draw digits in rows, each with a line below it.

    Args:
        data: the digits, 64 pixels each from 0 to 1.
        guesses: what each was taken for.
        title: a heading.
    """
    parts, words = [chart_text(20, 34, title, "title", 18.0, 700.0)], []
    for i, image in enumerate(data.inputs):
        left, top = 20 + i % COLUMNS * CELL, 54 + i // COLUMNS * ROW
        parts += [
            f'<rect class="n0" opacity="{ink:.2g}" x="{left + place % WIDTH * PIXEL}" '
            f'y="{top + place // WIDTH * PIXEL}" width="{PIXEL}" height="{PIXEL}"/>'
            for place, ink in enumerate(image)
            if ink
        ]
        words.append(f"{data.targets[i]}, read as {guesses[i]}")
        below = top + WIDTH * PIXEL + 18
        parts.append(chart_text(left + WIDTH * PIXEL / 2, below, words[-1], "at"))
    rows = -(-len(words) // COLUMNS)
    text = "; ".join(words) or "none"
    svg = document((COLUMNS * CELL, 54 + rows * ROW), title, text, THEME, "\n".join(parts))
    return Drawing(svg, text)
