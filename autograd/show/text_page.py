"""Lines of text as a drawing, for a graph with too many boxes for a picture."""

from collections.abc import Sequence

from .svg import MONO, MONO_WIDTH, PAGE_DARK, PAGE_LIGHT, Theme, document, escape_line, font
from .text import cells

SIZE, LINE, MARGIN = 13.0, 19, 24
THEME = Theme(
    PAGE_LIGHT,
    PAGE_DARK,
    {
        ".page": "fill:var(--page)",
        "text": f"{font(SIZE, MONO)};fill:var(--ink);white-space:pre",
    },
)


def text_page(lines: Sequence[str], mode: str) -> str:
    """The SVG document with `lines`, the first of which is its title.

    Args:
        mode: as for `document`.
    """
    # Browsers read white-space, and other viewers the older attribute.
    parts = [
        f'<text x="{MARGIN}" y="{MARGIN + LINE * number}" xml:space="preserve">'
        f"{escape_line(line)}</text>"
        for number, line in enumerate(lines, 1)
        if line
    ]
    width = max(map(cells, lines)) * SIZE * MONO_WIDTH + 2 * MARGIN
    size = (width, LINE * len(lines) + 2 * MARGIN)
    return document(size, lines[0], " ".join(lines), THEME, "\n".join(parts), mode)
