"""The kinds of pages, and what all pages of a kind have in common: HTML, CSS and JavaScript.

That is most of a small page. Its sources are in `page/`, for people; `make pages` takes out of them
what only people need, and packs what is left into `page/packed/`, with the digest of the sources.
Where these are others than it was made of, a page gets them as they are.
"""

import hashlib
import zlib
from base64 import b85decode
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from string import Template
from typing import NamedTuple

from ..charts.axis import THEME as CHARTS
from ..graphs.theme import THEME
from ..svg import Theme
from .code_lines import code_data
from .page_code import as_json, deflated, slim_css

# Rules for what is in pictures only: titles, heat, captions, and halos that a page draws itself.
OF_PICTURES = (".title", ".heat", ".caption", ".caption.said", ".addshalo", ".taghalo", ".page")


GRAPH = ("numbers", "live", "passes", "faults")
PLAYER = ("told", "rows", "player", "zoom", "opened")
COMPUTED = (*GRAPH, "computed", *PLAYER)
INPUTS = ("inputs", "ask", "slope", "crossings", "contours")
STAGE = ("descent", "training", "losses", "parameters")
POINTING = ("answers", "pointing")  # and a search, where there is much to find
ENDING = ("reasons", "pace")
LOOK = ("player", "zoom", "pointing", "ask")
ALIVE = (*LOOK, "inputs", "slope", "contours")


class Kind(NamedTuple):
    """The files of a kind of page."""

    scripts: Sequence[str]  # in their order
    styles: Sequence[str]
    parts: Mapping[str, str]  # in HTML, by their places in the whole
    whole: str = "player"

    def text(self, script: str | None = None) -> str:
        """What its pages have in common, in HTML.

        Args:
            script: the program, if not as it was written.
        """
        charts = [CHARTS] if "training" in self.parts else []
        style = _colours(*charts) + "\n".join(
            source(f"{name}.css") for name in (*self.styles, "print")
        )
        parts = dict.fromkeys(("lines", "code", "training", "search", "slope"), "")
        parts |= {place: source(f"{name}.html") for place, name in self.parts.items()}
        parts |= {"style": slim_css(style), "script": self.script() if script is None else script}
        return Template(source(f"{self.whole}.html")).substitute(parts)

    def script(self) -> str:
        """Its program, as it was written."""
        code = f"const CODE = {as_json(code_data())};\n" if "code" in self.scripts else ""
        return code + "\n".join(source(f"{name}.js") for name in self.scripts)

    def searched(self) -> "Kind":
        """The kind for large drawings: with a search, and what is far off is drawn later."""
        scripts = list(self.scripts)
        scripts.insert(scripts.index("opened"), "deferred")
        scripts.insert(scripts.index("pointing") + 1, "search")
        return Kind(scripts, (*self.styles, "search"), {**self.parts, "search": "search"})


LIVE = Kind(
    (*COMPUTED, *INPUTS, *POINTING, *ENDING, "code", "start"),
    (*ALIVE, "code"),
    {"inputs": "inputs", "slope": "slope", "lines": "code_button", "code": "code"},
)
TRAINING = Kind(
    (*COMPUTED, *INPUTS, *STAGE, "sample", "learned", *POINTING, *ENDING, "start"),
    (*ALIVE, "training"),
    {"inputs": "inputs", "slope": "slope", "training": "training"},
)
RECORDING = Kind(
    (*GRAPH, "recorded", *PLAYER, "ask", *POINTING, *ENDING, "why"), LOOK, {"inputs": "why"}
)
KINDS = {
    "live": LIVE,
    "live_searched": LIVE.searched(),
    "training": TRAINING,
    "training_searched": TRAINING.searched(),
    "recording": RECORDING,
    "recording_searched": RECORDING.searched(),
    "alone": Kind(
        ("alone", "numbers", *STAGE, "crossings", "learned"),
        ("player", "training"),
        {"training": "training"},
        "alone",
    ),
}


class Common(NamedTuple):
    """What all pages of a kind have in common."""

    text: str
    data: bytes  # deflated, for more to go on behind it


@cache
def common(name: str) -> Common:
    """What all pages of a kind begin with: as it is packed, or, if it is not, its sources.

    Args:
        name: of the kind, one of `KINDS`.
    """
    text = KINDS[name].text()
    digest, signs = source(f"packed/{name}.txt").splitlines()
    if digest != digest_of(text):
        return Common(text, deflated(text, ends=False))
    data = b85decode(signs)
    return Common(zlib.decompressobj(wbits=-15).decompress(data).decode("utf-8"), data)


@cache
def unpacker() -> str:
    """The script that unpacks a page: as `make pages` has shortened it, or as it is written."""
    text = source("unpack.js")
    digest, short = source("packed/unpack.txt").splitlines()
    return short if digest == digest_of(text) else text


def digest_of(text: str) -> str:
    """What tells a text from all others."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def source(name: str) -> str:
    """A file of the folder `page`."""
    return files(str(__package__)).joinpath("page", name).read_text("utf-8")


def _colours(*others: Theme) -> str:
    """The CSS rules and colours of drawings, in the theme of the reader, and other colours."""
    colours = "".join(
        f"  --{name}: light-dark({light}, {theme.dark[name]});\n"
        for theme in (THEME, *others)
        for name, light in theme.light.items()
    )
    rules = "".join(
        f"{what} {{ {rule} }}\n" for what, rule in THEME.rules.items() if what not in OF_PICTURES
    )
    return f":root {{\n  color-scheme: light dark;\n{colours}}}\n{rules}"
