"""A drawing: one self-contained SVG document, and what every document of ours has in common.

It follows the reader's light or dark theme through CSS variables, has a background of its own,
names itself to screen readers, and holds no address, image, script or font from elsewhere.
Every rule and id starts with a prefix made from the content, so that several drawings can share
a page. Whatever a user may have written comes in through `escaped`.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

SANS = "system-ui,sans-serif"
MONO = "ui-monospace,monospace"
MONO_WIDTH = 0.605  # of one character, in ems
TIMES, MINUS, DASH = "\N{MULTIPLICATION SIGN}", "\N{MINUS SIGN}", "\N{EN DASH}"
PAGE_LIGHT = {"page": "#ffffff", "ink": "#1e293b", "soft": "#64748b", "line": "#94a3b8"}
PAGE_DARK = {"page": "#0f172a", "ink": "#e2e8f0", "soft": "#94a3b8", "line": "#64748b"}

# Not allowed in XML 1.0, or able to turn the direction of the text around them.
_UNFIT = re.compile(
    "[^\t\n\r -\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


class Drawing:
    """A picture as SVG text.

    Args:
        svg: the whole document.

    Example:
        >>> from autograd import Value
        >>> from autograd.show import draw
        >>> draw(Value(2.0) * 3.0).svg[:4]
        '<svg'
    """

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the drawing to a file, which any browser opens.

        Args:
            path: where to; the name ends in ``.svg``.

        Raises:
            ValueError: if the name ends in anything else.
            OSError: if the file cannot be written, with the reason.
        """
        file = Path(path)
        if file.suffix.lower() != ".svg":
            raise ValueError(
                f"a drawing is saved as .svg, got {str(path)!r}: save it as "
                f"{file.stem + '.svg'!r}, which a browser opens and prints to other formats"
            )
        try:
            file.write_text(self.svg, encoding="utf-8", newline="\n")
        except OSError as error:
            reason = f"cannot save the drawing ({error.strerror}): choose a folder that exists"
            raise OSError(error.errno, f"{reason} and can be written", str(path)) from error

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Drawing of {len(self.svg):,} characters; .svg is its text, .save(path) a file>"


class Theme(NamedTuple):
    """The colours of a drawing by name, and the rules that use them as ``var(--name)``."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    rules: Mapping[str, str]


def cleaned(text: str) -> str:
    """`text` on one line, with characters that XML forbids replaced."""
    if not isinstance(text, str):
        raise TypeError(f"a text in a drawing is a str, got {type(text).__name__}: {text!r}")
    return " ".join(_UNFIT.sub("\ufffd", text).split())


def escaped(text: str) -> str:
    """`text` cleaned and escaped, to stand between tags or in an attribute."""
    return cleaned(text).translate(_ENTITIES)


def text_width(text: str, size: float) -> float:
    """About how wide bold sans-serif `text` is; rather too wide than too narrow."""
    ems = 0.0
    for character in text:
        if unicodedata.east_asian_width(character) in "WFA":
            ems += 1.05
        elif not unicodedata.combining(character):
            ems += 0.4 if character in "ilj.,:;'|!()[] " else 1.0 if character in "mwMW@%" else 0.7
    return ems * size


def clipped(text: str, size: float, room: float) -> str:
    """`text` on one line, cut with an ellipsis where it would be wider than `room`."""
    line = cleaned(text)
    if len(line) * size * 0.4 <= room and text_width(line, size) <= room:
        return line
    length = 0
    width = text_width("…", size)
    for character in line:
        width += text_width(character, size)
        if width > room:
            break
        length += 1
    return line[:length] + "…"


def decimal(x: float) -> str:
    """A number for people: 4 significant digits and a minus sign of full width."""
    mantissa, e, exponent = f"{x:.4g}".partition("e")
    return (mantissa + (f"e{int(exponent)}" if e else "")).replace("-", MINUS)


def document(
    size: tuple[float, float], title: str, description: str, theme: Theme, body: str
) -> Drawing:
    """The drawing around `body`: its size, names for screen readers, style and background."""
    width, height = (round(extent) for extent in size)
    names = f"<title>{escaped(title)}</title><desc>{escaped(description)}</desc>"
    digest = hashlib.sha256(f"{width} {height} {names}{body}".encode())
    prefix = "d" + digest.hexdigest()[:10]
    names = names.replace("<title>", f'<title id="{prefix}-title">')
    names = names.replace("<desc>", f'<desc id="{prefix}-desc">')
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{prefix}" role="img" '
        f'aria-labelledby="{prefix}-title" aria-describedby="{prefix}-desc" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
        f"{names}\n<style>{_style(prefix, theme)}</style>\n"
        f'<rect class="page" width="{width}" height="{height}"/>\n{body}\n</svg>\n'
    )


def _style(prefix: str, theme: Theme) -> str:
    light, dark = (
        f"#{prefix}{{" + ";".join(f"--{name}:{value}" for name, value in colours.items()) + "}"
        for colours in (theme.light, theme.dark)
    )
    rules = "".join(f"#{prefix} {what}{{{rule}}}" for what, rule in theme.rules.items())
    return f"{light}@media(prefers-color-scheme:dark){{{dark}}}{rules}"
