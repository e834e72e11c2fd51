"""One self-contained SVG document, and what every document of ours has in common.

It follows the reader's light or dark theme through CSS variables, has a background of its own,
names itself to screen readers, and holds no address, image, script or font from elsewhere.
Every rule and id starts with a prefix made from the content, so that several drawings can share
a page. Whatever a user may have written comes in through `escaped`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Set
from typing import NamedTuple

from autograd.show.text import cleaned, replaced

SANS = "system-ui,sans-serif"
MONO = "ui-monospace,monospace"
MONO_WIDTH = 0.605  # of one character, in ems
PAGE_LIGHT = {"page": "#ffffff", "ink": "#1e293b", "soft": "#57667c", "line": "#94a3b8"}
PAGE_DARK = {"page": "#0f172a", "ink": "#e2e8f0", "soft": "#94a3b8", "line": "#64748b"}

_CLASS = re.compile(r"\.([a-z][a-z0-9]*)")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


class Theme(NamedTuple):
    """The colours of a drawing by name, and the rules that use them as ``var(--name)``."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    rules: Mapping[str, str]


def escaped(text: str) -> str:
    """`text` cleaned and escaped, to stand between tags or in an attribute."""
    return cleaned(text).translate(_ENTITIES)


def escaped_line(line: str) -> str:
    """A line of a table, escaped, with all of its spaces."""
    return replaced(line).translate(_ENTITIES)


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


def document(
    size: tuple[float, float],
    title: str,
    description: str,
    theme: Theme,
    body: str,
    mode: str = "auto",
) -> str:
    """The document around `body`: its size, names for screen readers, style and background.

    Args:
        mode: ``"light"``, ``"dark"``, or ``"auto"`` for what the reader prefers.
    """
    width, height = (round(extent) for extent in size)
    names = f"<title>{escaped(title)}</title><desc>{escaped(description)}</desc>"
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
    """The rules for the classes that `body` uses, and the colours that these rules use."""
    kept = rules_for(theme, classes_in(body) | {"page"})
    rules = "".join(f"#{prefix} {what}{{{rule}}}" for what, rule in kept.items())
    light, dark = (
        f"#{prefix}{{"
        + ";".join(f"--{name}:{x}" for name, x in colours.items() if f"(--{name})" in rules)
        + "}"
        for colours in (theme.light, theme.dark)
    )
    both = f"{light}@media(prefers-color-scheme:dark){{{dark}}}"
    return {"light": light, "dark": dark, "auto": both}[mode] + rules


def classes_in(body: str) -> set[str]:
    """The classes that `body` uses."""
    return {name for names in re.findall('class="([^"]*)"', body) for name in names.split()}


def rules_for(theme: Theme, classes: Set[str]) -> dict[str, str]:
    """The rules of a theme for these classes."""
    return {what: x for what, x in theme.rules.items() if set(_CLASS.findall(what)) <= classes}
