"""Rendering of a picture as PNG or PDF: its SVG, drawn by a renderer that is installed.

They are tried in this order: resvg-py, which needs nothing else, for PNG; CairoSVG, which needs
the library cairo; and rsvg-convert, the program of librsvg.
"""

import re
import shutil
import subprocess
from collections.abc import Callable

from .svg import MONO, SANS
from .text import clean

SHARP = 2  # pixels of a PNG for each pixel of the picture
LONGEST, MOST = 32_767, 10**8  # pixels of a PNG: on a side, and in all
SECONDS = 60.0  # that the program may take
LONGEST_MESSAGE = 200  # characters of a message of a renderer

_PROGRAM = (
    "or install rsvg-convert with 'apt install librsvg2-bin' (Debian, Ubuntu), 'brew install "
    "librsvg' (macOS) or 'choco install rsvg-convert' (Windows)"
)
INSTALL = {
    "png": f"'pip install resvg-py', {_PROGRAM}",
    "pdf": (
        "'pip install cairosvg', with the library cairo from 'apt install libcairo2' (Debian, "
        "Ubuntu), 'brew install cairo' (macOS) or the GTK runtime (Windows), " + _PROGRAM
    ),
}
INSTEAD = "saving as .svg needs nothing"
_SIZE = re.compile('<svg [^>]*width="([0-9]+)" height="([0-9]+)"')


class RenderError(RuntimeError):
    """Raised if no renderer is installed, it fails, or the picture is too large."""


def render(svg: str, kind: str) -> bytes:
    """Render an SVG document as a file, with the same boxes, colours and texts.

    Args:
        svg: a document of ours.
        kind: ``"png"``, with two pixels for each of the picture's if it is not huge, or ``"pdf"``.

    Raises:
        RenderError: if no renderer is installed, it fails, or a PNG would be too large.
    """
    zoom = _zoom(svg) if kind == "png" else 1
    for renderer in RENDERERS:
        try:
            found = renderer(svg, kind, zoom)
        except Exception as error:  # a renderer may raise anything
            reason = clean(str(error))[:LONGEST_MESSAGE] or type(error).__name__
            name = renderer.__name__.strip("_").replace("_", "-")
            raise RenderError(f"{name} cannot draw this as {kind}: {reason}; {INSTEAD}") from error
        if found is not None:
            return found
    raise RenderError(f"a {kind} file needs a renderer of SVG: {INSTALL[kind]}; {INSTEAD}")


def _zoom(svg: str) -> int:
    """The number of PNG pixels for each pixel of the picture, on a side."""
    size = _SIZE.search(svg)
    assert size is not None, "a document of ours has a size"
    width, height = map(int, size.groups())
    for zoom in (SHARP, 1):
        if zoom * max(width, height) <= LONGEST and zoom * width * zoom * height <= MOST:
            return zoom
    raise RenderError(
        f"{width:,} by {height:,} pixels are too many for a png file: draw less, as with "
        f"collapse='layer', or save it as .pdf; {INSTEAD}"
    )


# --- the renderers: the file, or None where they are not there or do not know its kind ---------

Renderer = Callable[[str, str, int], bytes | None]


def _resvg_py(svg: str, kind: str, zoom: int) -> bytes | None:
    if kind != "png":
        return None
    try:
        import resvg_py
    except ImportError:
        return None
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom))


def _cairosvg(svg: str, kind: str, zoom: int) -> bytes | None:
    try:
        import cairosvg
    except (ImportError, OSError):  # of the package, and of the library that it loads
        return None
    for family in (MONO, SANS):  # of several families it takes the first, found or not
        svg = svg.replace(f"font-family:{family}", f"font-family:{family.rpartition(',')[2]}")
    convert = {"png": cairosvg.svg2png, "pdf": cairosvg.svg2pdf}[kind]
    return bytes(convert(bytestring=svg.encode(), scale=zoom))


def _rsvg_convert(svg: str, kind: str, zoom: int) -> bytes | None:
    program = shutil.which("rsvg-convert")
    if program is None:
        return None
    done = subprocess.run(
        [program, f"--format={kind}", f"--zoom={zoom}"],
        input=svg.encode(),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout


RENDERERS: tuple[Renderer, ...] = (_resvg_py, _cairosvg, _rsvg_convert)
