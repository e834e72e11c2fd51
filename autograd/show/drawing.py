"""`Drawing`: a picture as SVG and in words, which can be saved and shown in a notebook."""

import base64
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from ..data.files import is_stream, write_file
from .rendering import render

_DESCRIPTION = re.compile("<desc[^>]*>([^<]*)</desc>")


class Drawing:
    """A picture as SVG text, with the same content in words.

    Args:
        svg: the whole document.
        text: the same in words, or a function that returns it.
        dot: a function that returns the picture in the language DOT, if it is a graph.

    Example:
        >>> from autograd import Value
        >>> from autograd.show import draw
        >>> draw(Value(2.0) * 3.0).svg[:4]
        '<svg'
    """

    def __init__(
        self, svg: str, text: str | Callable[[], str] = "", dot: Callable[[], str] | None = None
    ) -> None:
        self.svg, self._text, self._dot = svg, text, dot

    @property
    def text(self) -> str:
        """The content of the drawing as a table, for those who cannot see it."""
        return self._text if isinstance(self._text, str) else self._text()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the drawing to a file: SVG, the same picture as PNG or PDF, or of a graph its DOT.

        Args:
            path: the file; the name ends in ``.svg``, ``.png``, ``.pdf`` or ``.dot``.

        Raises:
            ValueError: if the name ends in anything else, as ``.dot`` does if this is no graph.
            RenderError: if nothing is installed that draws SVG as PNG or PDF, or it fails.
            OSError: if the file cannot be written, with the reason.
        """
        what, dot = ("this drawing", ()) if self._dot is None else ("a graph", (".dot",))
        kinds = (".svg", ".pdf", ".png", *dot)
        save_as(path, self._bytes, what, kinds, "graph")

    def _bytes(self, kind: str) -> bytes:
        if kind == ".dot" and self._dot is not None:
            return self._dot().encode("utf-8")
        return self.svg.encode("utf-8") if kind == ".svg" else render(self.svg, kind[1:])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return bundle(self.svg, repr(self))

    def __str__(self) -> str:
        return self.text or repr(self)

    def __repr__(self) -> str:
        return f"<Drawing of {len(self.svg):,} characters; .svg is its text, .save(path) a file>"


def save_as(
    path: str | os.PathLike[str],
    content: Callable[[str], bytes],
    what: str,
    kinds: Sequence[str],
    name: str,
) -> None:
    """Write a file of one of several kinds, chosen by the end of its name.

    Args:
        path: the file; a pipe or a device, such as ``/dev/stdout``, gets the first kind.
        content: returns the bytes of the file for a kind.
        what: the name of the content in messages.
        kinds: how the name of the file may end; the first opens in a browser.
        name: the name to suggest if `path` has none but its kind.

    Raises:
        ValueError: if the name ends in anything else.
        OSError: if the file cannot be written, with the reason.
    """
    file = Path(path)
    kind = file.suffix.lower() or (kinds[0] if is_stream(file) else "")
    if kind not in kinds:
        stem = "" if file.stem in kinds else file.stem.lstrip(".")
        better = (stem or name) + kinds[0]
        raise ValueError(
            f"{what} is saved as {' '.join(sorted(kinds))}, got {str(path)!r}: save it as "
            f"{better!r}, which a browser opens and prints to other formats"
        )
    write_file(path, content(kind), what)


def image(svg: str, description: str, kind: str = "") -> str:
    """An HTML image that carries its data, with a description in words, already escaped.

    It keeps its size: pages of notebooks shrink images, and letters could not be read any more.
    """
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    classed = f'class="{kind}" ' if kind else ""
    size = 'style="max-width:none"'
    return f'<img {classed}alt="{description}" {size} src="data:image/svg+xml;base64,{data}">'


def scrolling(html: str) -> str:
    """HTML that scrolls sideways where the page is too narrow for it."""
    return f'<div style="overflow-x:auto">{html}</div>'


def bundle(svg: str, text: str) -> dict[str, str]:
    """A picture in every form that a notebook can show, by mime type.

    A notebook that is not trusted strips inline SVG; an image that carries its data stays.

    Args:
        svg: the picture.
        text: the text for a notebook without pictures.
    """
    described = _DESCRIPTION.search(svg)  # for those who do not see the picture
    description = described[1] if described else ""
    return {
        "text/plain": text,
        "text/html": scrolling(image(svg, description)),
        "image/svg+xml": svg,
    }
