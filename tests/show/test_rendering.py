"""PNG and PDF: the same picture as the SVG, by whichever renderer is there."""

import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import resvg_py
from PIL import Image

from autograd import Value
from autograd.show import Drawing, RenderError, draw, learning_curve, rendering
from autograd.show.rendering import render
from tests.pictures import OTHERS, THEMED

WAYS = {"resvg_py": "png", "cairosvg": "png pdf", "rsvg_convert": "png pdf"}
NEEDS = {"cairosvg": "cairo", "rsvg_convert": "rsvg-convert"}
MODULES = ("resvg_py", "cairosvg")


def renderers(kind: str) -> list[Any]:
    """The renderers that know a kind of file, each with what it needs."""
    return [
        pytest.param(way, marks=pytest.mark.needs(NEEDS[way]) if way in NEEDS else ())
        for way, kinds in WAYS.items()
        if kind in kinds
    ]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Leaves one renderer, and none if it is called "none"."""

    def leave(name: str) -> None:
        for module in MODULES:
            if module != name:
                monkeypatch.setitem(sys.modules, module, None)
        if name != "rsvg_convert":
            monkeypatch.setenv("PATH", str(tmp_path))

    return leave


def image(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def size_of(svg: str) -> tuple[int, int]:
    width, height = map(int, re.findall(r'<svg[^>]*width="(\d+)" height="(\d+)"', svg)[0])
    return width, height


def product() -> Drawing:
    return draw(Value(2.0, label="θ") * 3.0, "A product", theme="dark")


# --- the same picture -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "theme"), [*((name, "auto") for name in THEMED), ("graph", "dark")]
)
def test_a_png_is_the_svg_at_twice_its_size(name: str, theme: str, tmp_path: Path) -> None:
    svg = THEMED[name][0](theme)
    Drawing(svg).save(tmp_path / "x.png")
    png = (tmp_path / "x.png").read_bytes()
    assert Image.open(io.BytesIO(png)).size == tuple(2 * side for side in size_of(svg))
    assert png == bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=2))


@pytest.mark.parametrize("way", renderers("png"))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_renderer_gives_the_colours_of_the_theme(
    way: str, theme: str, alone: Callable[[str], None]
) -> None:
    alone(way)
    svg, colours = THEMED["graph"][0](theme), THEMED["graph"][1]
    png = image(render(svg, "png"))
    assert png.size == tuple(2 * side for side in size_of(svg))
    seen = {colour for _, colour in png.getcolors(png.width * png.height) or ()}
    chosen = colours.light if theme == "light" else colours.dark
    for name in ("page", "input", "root", "op", "constant", "root-line", "ink", "grad"):
        assert tuple(bytes.fromhex(chosen[name][1:])) in seen


@pytest.mark.parametrize("way", renderers("pdf"))
def test_a_pdf_is_the_page_of_the_picture(way: str, alone: Callable[[str], None]) -> None:
    alone(way)
    svg = product().svg
    pdf = render(svg, "pdf")
    assert pdf.startswith(b"%PDF")
    box = re.search(rb"/MediaBox \[ ?([\d. ]+)\]", pdf)
    assert box is not None
    width, height = (float(side) for side in box[1].split()[2:])
    assert [width / 0.75, height / 0.75] == pytest.approx(size_of(svg), abs=1.0)


@pytest.mark.parametrize("name", OTHERS)
def test_charts_and_slides_are_saved_too(name: str, tmp_path: Path) -> None:
    Drawing(OTHERS[name][0]()).save(tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.needs("cairo")
def test_texts_have_the_families_that_the_renderer_knows(
    alone: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    import cairosvg

    given: list[bytes] = []

    def noted(bytestring: bytes, **_: Any) -> bytes:
        given.append(bytestring)
        return b""

    monkeypatch.setattr(cairosvg, "svg2png", noted)
    alone("cairosvg")
    render(product().svg, "png")
    families = set(re.findall(rb"font-family:([^;}]*)", given[0]))
    assert families == {b"monospace", b"sans-serif"}


# --- what is missing or fails ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "install"), [("png", "pip install resvg-py"), ("pdf", "pip install cairosvg")]
)
def test_without_a_renderer_it_is_said_what_to_install(
    kind: str, install: str, tmp_path: Path, alone: Callable[[str], None]
) -> None:
    alone("none")
    with pytest.raises(RenderError, match=install) as caught:
        product().save(tmp_path / f"x.{kind}")
    for line in ("apt install librsvg2-bin", "brew install librsvg", "(Windows)", "as .svg needs"):
        assert line in str(caught.value)
    product().save(tmp_path / "x.svg")
    product().save(tmp_path / "x.dot")
    assert sorted(os.listdir(tmp_path)) == ["x.dot", "x.svg"]


def test_a_package_whose_library_is_missing_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, alone: Callable[[str], None]
) -> None:
    alone("none")
    monkeypatch.delitem(sys.modules, "cairosvg")

    class Broken:
        def find_spec(self, name: str, *_: Any) -> None:
            if name == "cairosvg":
                raise OSError("no library called cairo-2 was found")

    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(RenderError, match="pip install cairosvg"):
        render(product().svg, "pdf")


def test_a_renderer_that_fails_is_named_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: Any) -> bytes:
        raise ValueError("no\nfonts")

    monkeypatch.setattr(resvg_py, "svg_to_bytes", fails)
    with pytest.raises(RenderError, match=r"resvg-py cannot draw this as png: no fonts; saving as"):
        render(product().svg, "png")


def test_a_program_that_fails_is_named_with_its_message(
    alone: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "rsvg-convert"
    program.write_text("#!/bin/sh\necho out of paper >&2\nexit 3\n")
    program.chmod(0o755)
    alone("none")
    with pytest.raises(RenderError, match="rsvg-convert cannot draw this as pdf: out of paper"):
        render(product().svg, "pdf")


@pytest.mark.parametrize(
    ("size", "zoom"),
    [((16_383, 100), 2), ((16_384, 100), 1), ((5_000, 5_000), 2), ((9_000, 9_000), 1)],
)
def test_a_large_picture_has_one_pixel_for_each_of_its_own(
    size: tuple[int, int], zoom: int
) -> None:
    assert rendering._zoom('<svg id="d" width="{}" height="{}">'.format(*size)) == zoom


@pytest.mark.parametrize("size", [(32_768, 10), (20_000, 20_000)])
def test_a_huge_picture_is_refused_as_a_png(size: tuple[int, int]) -> None:
    svg = '<svg id="d" width="{}" height="{}">'.format(*size)
    with pytest.raises(RenderError, match=r"pixels are too many for a png file: draw less"):
        render(svg, "png")


def test_a_chart_has_no_dot(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"this drawing is saved as \.pdf \.png \.svg, got"):
        learning_curve({"loss": [2.0, 1.0]}).save(tmp_path / "loss.dot")


@pytest.mark.parametrize("module", MODULES)
def test_a_renderer_is_imported_when_it_is_asked_for(module: str) -> None:
    source = Path(rendering.__file__).read_text("utf-8")
    assert re.findall(rf"^( *)import {module}$", source, re.MULTILINE) == [" " * 8]
