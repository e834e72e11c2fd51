"""Pictures outside of a browser: colours are where a box, a text, an edge must be, in every viewer.

Most viewers know no variables of CSS, and draw in black what has such a colour.
"""

import io
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import resvg_py
from PIL import Image

from autograd.show.svg import Theme
from tests.pictures import OTHERS, THEMED

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parents[2]
Colour = tuple[int, ...]
Area = tuple[float, float, float, float]  # left, top, right, bottom
Spot = tuple[str, Area, Colour]  # what must have its colour somewhere in an area


def rsvg_convert(svg: str) -> bytes:
    return subprocess.run(
        ["rsvg-convert"], input=svg.encode(), capture_output=True, check=True
    ).stdout


def inkscape(svg: str) -> bytes:
    command = ["inkscape", "--pipe", "--export-type=png", "--export-filename=-"]
    return subprocess.run(command, input=svg.encode(), capture_output=True, check=True).stdout


def cairosvg(svg: str) -> bytes:
    import cairosvg  # which loads the library

    return bytes(cairosvg.svg2png(bytestring=svg.encode()))


VIEWERS: dict[str, Callable[[str], bytes]] = {
    "CairoSVG": cairosvg,
    "resvg": lambda svg: bytes(resvg_py.svg_to_bytes(svg_string=svg)),
    "rsvg-convert": rsvg_convert,
    "inkscape": inkscape,
}


NEEDS = {"CairoSVG": "cairo", "rsvg-convert": "rsvg-convert", "inkscape": "inkscape"}


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.needs(NEEDS[name]) if name in NEEDS else ())
        for name in VIEWERS
    ]
)
def viewer(request: pytest.FixtureRequest) -> Callable[[str], Image.Image]:
    name: str = request.param
    return lambda svg: Image.open(io.BytesIO(VIEWERS[name](svg))).convert("RGB")


# --- what must be where ---------------------------------------------------------------------


def rgb(colour: str) -> Colour:
    return tuple(bytes.fromhex(colour[1:]))


def mixed(below: Colour, above: Colour, share: float) -> Colour:
    return tuple(round(a + share * (b - a)) for a, b in zip(below, above, strict=True))


def placed(
    element: ElementTree.Element, x: float = 0.0, y: float = 0.0, kind: str = ""
) -> Iterator[tuple[ElementTree.Element, float, float, str]]:
    """Each element with where it is moved to, and the class of what it is in."""
    moved = re.match(r"translate\((-?[\d.]+) (-?[\d.]+)\)", element.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    yield element, x, y, kind
    for part in element:
        yield from placed(part, x, y, element.get("class", kind))


def spots(svg: str, colours: dict[str, str]) -> Iterator[Spot]:
    """What is looked for: boxes, edges, curves, marks, cells, texts."""
    page, root = rgb(colours["page"]), ElementTree.fromstring(svg)
    heat = {
        box: float(above.get("fill-opacity", "0"))
        for group in root.iter(f"{SVG}g")
        for box, above in pairwise(group)
        if above.get("class") == "heat"
    }
    for element, x, y, outer in placed(root):
        kind, tag = element.get("class", ""), element.tag.removeprefix(SVG)
        start = re.match(r"M(-?[\d.]+) ?(-?[\d.]+)", element.get("d", ""))
        left, top = (x + float(start[1]), y + float(start[2])) if start else (x, y)
        if tag == "text" and element.text and not kind.endswith("halo"):
            yield from text_spot(element, kind, x, y, colours)
        elif kind == "frame":
            frame = float(element.get("x", "0")) + x, float(element.get("y", "0")) + y
            area = (frame[0] + 20, frame[1] - 1, frame[0] + 21, frame[1] + 2)
            yield kind, area, mixed(page, rgb(colours["frame"]), 0.5)
        elif f"{kind}-line" in colours and outer != "waiting":
            hot = rgb(colours.get("heat", colours["page"]))
            colour = mixed(rgb(colours[kind]), hot, heat.get(element, 0.0))
            border = left - 8 if start else x + float(element.get("x", "0"))
            yield kind, (border + 6, y + 14, border + 7, y + 15), colour
        elif tag == "path" and outer == "edges" and kind != "idle":
            yield "edge", (left - 1, top - 3, left + 14, top + 4), rgb(colours["line"])
        elif series := re.fullmatch(r"(?:curve s|m)(\d)", kind):
            area = (left - 1, top - 2, left + 3, top + 2)
            yield kind, area, rgb(colours[f"series-{series[1]}"])
        elif cell := re.fullmatch(r"p(\d)", kind):
            colour = mixed(page, rgb(colours[f"part-{cell[1]}"]), 0.3)
            yield kind, (left + 3, top + 3, left + 4, top + 4), colour


def text_spot(
    element: ElementTree.Element, kind: str, x: float, y: float, colours: dict[str, str]
) -> Iterator[Spot]:
    text = element.text or ""
    if "series-0" in colours:
        names = {"title": "ink", "label": "ink"} | {f"n{i}": f"series-{i}" for i in range(6)}
        colour = names.get(kind.split()[0], "soft")
    else:
        names = {"by": "soft", "call": "soft", "soft": "soft", "place": "soft", "adds": "grad"}
        colour = names.get(kind.split()[0] if kind else "", "ink")
        colour = "grad" if kind in ("grad", "tag takes") else colour
        colour = "any" if kind == "status" else colour
    if colour == "any" or not text.strip(" ·.,"):
        return
    left, base = x + float(element.get("x", "0")), y + float(element.get("y", "0"))
    width = 6.0 * len(text)
    back = width if kind in ("by", "place") else width / 2 if {"at", "tag", "mark"} & {kind} else 0
    yield (
        text,
        (left - back - 4, base - 10, left - back + width + 4, base + 2),
        rgb(colours[colour]),
    )


def missing(image: Image.Image, wanted: Iterator[Spot], page: Colour) -> tuple[list[str], int]:
    """What is not seen where it must be, and how much was looked for."""
    lost, count = [], 0
    for what, (left, top, right, bottom), colour in wanted:
        count += 1
        box = (max(0, int(left)), max(0, int(top)), int(right), int(bottom))
        pixels = image.crop(box).tobytes()
        found = [tuple(pixels[i : i + 3]) for i in range(0, len(pixels), 3)]
        # A thin letter is mixed with what is below, but nearer to its colour than to the page's.
        nearest = min(found, key=lambda pixel: apart(pixel, colour))
        if apart(nearest, colour) > max(6.0, 0.45 * apart(colour, page)) and nearest != colour:
            lost.append(f"{what!r} at {box}: {colour} is not there, but {nearest}")
    return lost, count


def apart(one: Colour, other: Colour) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)


def check(svg: str, colours: dict[str, str], view: Callable[[str], Image.Image]) -> None:
    image = view(svg)
    width, height = map(int, re.findall(r'<svg[^>]*width="(\d+)" height="(\d+)"', svg)[0])
    assert image.size == (width, height)
    page = rgb(colours["page"])
    for corner in ((1, 1), (width - 2, 1), (1, height - 2), (width - 2, height - 2)):
        assert image.getpixel(corner) == page
    lost, count = missing(image, spots(svg, colours), page)
    assert lost == []
    assert count > 3


# --- tests ----------------------------------------------------------------------------------


@cache
def themed(name: str, theme: str) -> str:
    return THEMED[name][0](theme)


@cache
def other(name: str) -> str:
    return OTHERS[name][0]()


@pytest.mark.parametrize("theme", ["auto", "dark"])
@pytest.mark.parametrize("name", THEMED)
def test_a_picture_has_its_colours_in_every_viewer(
    name: str, theme: str, viewer: Callable[[str], Image.Image]
) -> None:
    colours = THEMED[name][1]
    check(themed(name, theme), dict(colours.dark if theme == "dark" else colours.light), viewer)


@pytest.mark.parametrize("name", OTHERS)
def test_a_picture_for_any_reader_is_light_where_nobody_says_what_the_reader_prefers(
    name: str, viewer: Callable[[str], Image.Image]
) -> None:
    check(other(name), dict(OTHERS[name][1].light), viewer)


COMMITTED = sorted([*ROOT.glob("docs/*.svg"), *ROOT.glob("tests/golden/*.svg")])
WRITTEN: dict[str, Callable[[], str]] = {
    **{
        f"{name}, {theme}": lambda n=name, t=theme: themed(n, t)  # type: ignore[misc]
        for name in THEMED
        for theme in ("auto", "light", "dark")
    },
    **{name: lambda n=name: other(n) for name in OTHERS},  # type: ignore[misc]
    **{"/".join(file.parts[-2:]): lambda f=file: f.read_text("utf-8") for file in COMMITTED},  # type: ignore[misc]
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_picture_uses_nothing_that_only_browsers_know(name: str) -> None:
    style = re.findall("<style>(.*?)</style>", WRITTEN[name]())[0]
    assert not re.search(
        r"var\(|--|paint-order|font:|:is\(|currentColor|color-mix|light-dark", style
    )


@pytest.mark.parametrize("name", WRITTEN)
def test_every_colour_of_a_picture_that_follows_the_reader_is_there_twice(name: str) -> None:
    style = re.findall("<style>(.*?)</style>", WRITTEN[name]())[0]
    light, _, dark = style.partition("@media(prefers-color-scheme:dark){")
    if dark:
        found = [
            re.findall(r"#\w+ ([^{}]*)\{[^}]*(?:fill|stroke):#", part) for part in (light, dark)
        ]
        assert found[0] == found[1] != []


def themes() -> Iterator[Theme]:
    yield from {id(theme): theme for _, theme in [*THEMED.values(), *OTHERS.values()]}.values()


def test_every_theme_has_each_colour_light_and_dark() -> None:
    for theme in themes():
        assert theme.light.keys() == theme.dark.keys()
        assert all(
            re.fullmatch("#[0-9a-f]{6}", c) for c in (*theme.light.values(), *theme.dark.values())
        )
