"""The page of drawings that are played: one file that loads nothing from anywhere.

Its HTML, CSS and JavaScript are as they are in the folder `page`; what they are told is the JSON
of `script.py`.
"""

import re
from collections.abc import Collection, Mapping
from importlib.resources import files
from string import Template, ascii_uppercase

from autograd.show.box_svg import box_svg
from autograd.show.graph_svg import MARGIN, arrows, grouped, label, name, titles
from autograd.show.graph_theme import THEME
from autograd.show.stepping.film import Film
from autograd.show.svg import classes_in, escaped, rules_for

# Classes that boxes and marks get while a pass is played.
PLAYED = {"status", "waiting", "final", "flow", "tip", "adds", "ring", "tag", "takes"}
# An attribute that HTML needs no quotes around.
_QUOTED = re.compile('="([-.0-9A-Za-z]+)"(?!/)')
# What declares constants: one of them, or several in brackets.
_CONSTANTS = re.compile(r"^const \[?([A-Z][A-Z, ]+)\]? =", re.MULTILINE)
# Text in quotes, kept as it is; or spaces around a sign of JavaScript or CSS that needs none.
_SPACES = re.compile("""("[^"]*"|`[^`]*`)| *([=,;:{}()?<>&|*]+) *| ([-+/%]) (?![-+])""")


def web_page(
    title: str, films: Collection[Film], told: str, training: Mapping[str, str] | None = None
) -> str:
    """The page of some drawings, told JSON.

    Args:
        title: its heading.
        films: the drawings.
        told: what the page is told.
        training: of a training the curve of the losses, and the loss before and after it.
    """
    graphs = "\n".join(f"<template>{_graph(film)}</template>" for film in films)
    parts = ("player",) if training is None else ("player", "training")
    style, code = ("\n".join(_resource(part + kind) for part in parts) for kind in (".css", ".js"))
    above = "" if training is None else Template(_resource("training.html")).substitute(training)
    return Template(_resource("player.html")).substitute(
        title=escaped(title),
        style=_style(graphs, style),
        training=above,
        graphs=_QUOTED.sub(r"=\1", graphs),
        script=told,
        code=_compact_code(code),
    )


def _resource(name: str) -> str:
    return files("autograd.show.stepping").joinpath("page", name).read_text("utf-8")


def _compact(code: str) -> str:
    """JavaScript or CSS without comments, which stand on lines of their own, and most of space."""
    lines = (line.strip() for line in code.split("\n"))
    kept = "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))
    kept = _SPACES.sub(lambda found: found[found.lastindex or 0], kept)
    return re.sub(r"(?<=[;{,(\[])\n", "", kept)  # no statement ends there


def _compact_code(code: str) -> str:
    """JavaScript whose constants, which are known by their capitals, have short names."""
    constants = re.findall(r"\b[A-Z]{4,}\b", "".join(_CONSTANTS.findall(code)))
    letters = dict(zip(constants, ascii_uppercase, strict=False))
    pattern = re.compile(rf"""("[^"]*")|\b({"|".join(letters)})\b""")
    return pattern.sub(lambda found: found[1] or letters[found[2]], _compact(code))


def _compact_style(style: str) -> str:
    """CSS in which no line ends, and no semicolon stands before a brace."""
    return _compact(style).replace("\n", "").replace(";}", "}").replace(" !important", "!important")


def _style(graphs: str, style: str) -> str:
    """The rules of all drawings and of the page, and the colours that they use."""
    kept = rules_for(THEME, classes_in(graphs) | PLAYED)
    rules = "".join(f"{what}{{{rule}}}" for what, rule in kept.items())
    rules += _compact_style(style)
    colours = ";".join(
        f"--{name}:light-dark({light},{THEME.dark[name]})"
        for name, light in THEME.light.items()
        if f"(--{name})" in rules
    )
    return f":root{{color-scheme:light dark;{colours}}}{rules}"


def _graph(film: Film) -> str:
    """A drawing before the first event; the page writes what it says from then on."""
    width, height = (round(extent) + 2 * MARGIN for extent in film.places.size)
    content, places = film.content, film.places
    mute = [edge._replace(text="", exact="") for edge in content.edges]
    carried = zip(content.edges, mute, places.routes, strict=True)
    inner = arrows(content, places)
    inner += grouped("locals", [label(one, route) for edge, one, route in carried if edge.text])
    inner += titles(content, places)
    inner += map(box_svg, [box._replace(state="") for box in content.boxes], places.boxes)
    return (
        f'<svg role="img" aria-label="{escaped(name(content))}" '
        f'width="{width}" height="{height}"><g transform="translate({MARGIN} {MARGIN})">'
        + "".join(inner)
        + "<g></g></g></svg>"  # the last one is for the marks
    )
