"""One self-contained SVG document, with the style that all drawings share.

It follows the reader's light or dark theme, has a background of its own, names itself to screen
readers, and holds no address, image, script or font from elsewhere. Its colours are plain ones, in
CSS that viewers outside of a browser read too: a colour that is a variable is black there.
Every rule and id starts with a prefix made from the content, so that several drawings can share
a page. All texts of a user come in through `escape`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Set
from typing import NamedTuple

from .text import clean, replace_unfit

SANS = "system-ui,sans-serif"
MONO = "ui-monospace,monospace"
MONO_WIDTH = 0.605  # of one character, in ems
PAGE_LIGHT = {"page": "#ffffff", "ink": "#1e293b", "soft": "#57667c", "line": "#94a3b8"}
PAGE_DARK = {"page": "#0f172a", "ink": "#e2e8f0", "soft": "#94a3b8", "line": "#64748b"}

_COLOUR = re.compile(r"var\(--([a-z0-9-]+)\)")
_CLASS = re.compile(r"\.([a-z][a-z0-9]*)")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


class Theme(NamedTuple):
    """The colours of a drawing by name, and the rules that use them as ``var(--name)``.

    A web page has the variables; a picture has the colours themselves.
    """

    light: Mapping[str, str]
    dark: Mapping[str, str]
    rules: Mapping[str, str]


def font(size: float, family: str = SANS, weight: int = 400) -> str:
    """The CSS declarations of a font; the short form ``font`` is not understood everywhere.

    Example:
        >>> font(12, "serif", 600)
        'font-family:serif;font-size:12px;font-weight:600'
    """
    heavy = "" if weight == 400 else f";font-weight:{weight}"
    return f"font-family:{family};font-size:{size:g}px{heavy}"


def escape(text: str) -> str:
    """`text`, cleaned and escaped, to stand between tags or in an attribute."""
    return clean(text).translate(_ENTITIES)


def escape_line(line: str) -> str:
    """A line of a table, escaped, with all of its spaces."""
    return replace_unfit(line).translate(_ENTITIES)


def text_width(text: str, size: float) -> float:
    """The approximate width of bold sans-serif `text`, rather too large than too small."""
    ems = 0.0
    for character in text:
        if unicodedata.east_asian_width(character) in "WFA":
            ems += 1.05
        elif not unicodedata.combining(character):
            ems += 0.4 if character in "ilj.,:;'|!()[] " else 1.0 if character in "mwMW@%" else 0.7
    return ems * size


def add_halo(kind: str, x: float, y: float, text: str, full: str = "") -> str:
    """A text with a halo in the colour of the page, which covers the lines below it.

    Args:
        kind: the class of the text, such as ``"tag"``; that of the copy is then ``"taghalo"``.
        x, y: where it begins.
        text: its content, escaped.
        full: elements inside of it, such as a title with what was cut off.
    """
    at, below = f'x="{x:g}" y="{y:g}"', f"{kind.split()[0]}halo"
    return f'<text class="{below}" {at}>{text}</text><text class="{kind}" {at}>{text}{full}</text>'


def clip(text: str, size: float, room: float) -> str:
    """`text` on one line, cut with an ellipsis where it would be wider than `room`."""
    line = clean(text)
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


def document(
    size: tuple[float, float],
    title: str,
    description: str,
    theme: Theme,
    body: str,
    mode: str = "auto",
) -> str:
    """The SVG document around `body`: size, names for screen readers, style and background.

    Args:
        mode: ``"light"``, ``"dark"``, or ``"auto"`` for what the reader prefers.
    """
    width, height = (round(extent) for extent in size)
    names = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    digest = hashlib.sha256(f"{mode} {width} {height} {names}{body}".encode())
    prefix = "d" + digest.hexdigest()[:7]
    names = names.replace("<title>", f'<title id="{prefix}-title">')
    names = names.replace("<desc>", f'<desc id="{prefix}-desc">')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{prefix}" role="img" '
        f'aria-labelledby="{prefix}-title" aria-describedby="{prefix}-desc" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
        f"{names}\n<style>{_style(prefix, theme, body, mode)}</style>\n"
        f'<rect class="page" width="{width}" height="{height}"/>\n{body}\n</svg>\n'
    )


def _style(prefix: str, theme: Theme, body: str, mode: str) -> str:
    """The rules for the classes that `body` uses, and those that differ in the dark theme."""
    kept = rules_for(theme, classes_in(body) | {"page"})
    # The style of the page around it would shrink a wide drawing until nobody can read it.
    size = f"#{prefix}{{max-width:none}}"
    if mode != "auto":
        return size + _fill_in_colours(prefix, kept, theme.light if mode == "light" else theme.dark)
    light, dark = (
        _fill_in_colours(prefix, rules, colours)
        for rules, colours in ((kept, theme.light), (_paints(kept), theme.dark))
    )
    return f"{size}{light}@media(prefers-color-scheme:dark){{{dark}}}"


def _fill_in_colours(prefix: str, rules: Mapping[str, str], colours: Mapping[str, str]) -> str:
    """The rules of one document, with colours in place of their names."""
    text = "".join(f"#{prefix} {what}{{{rule}}}" for what, rule in rules.items())
    return _COLOUR.sub(lambda found: colours[found[1]], text)


def _paints(rules: Mapping[str, str]) -> dict[str, str]:
    """The fill and stroke declarations of the rules; all, so that the same rule wins as before."""
    paints = {
        what: ";".join(x for x in rule.split(";") if x.startswith(("fill:", "stroke:")))
        for what, rule in rules.items()
    }
    return {what: rule for what, rule in paints.items() if rule}


def classes_in(body: str) -> set[str]:
    """The classes that `body` uses."""
    return {name for names in re.findall('class="([^"]*)"', body) for name in names.split()}


def rules_for(theme: Theme, classes: Set[str]) -> dict[str, str]:
    """The rules of a theme for these classes."""
    return {what: x for what, x in theme.rules.items() if set(_CLASS.findall(what)) <= classes}
