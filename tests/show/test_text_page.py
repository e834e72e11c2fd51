"""Lines of text as an SVG document."""

import xml.etree.ElementTree as ElementTree

import pytest

from autograd.show.text_page import text_page

SVG = "{http://www.w3.org/2000/svg}"


def test_every_line_is_a_text_with_its_spaces_and_the_first_is_the_title() -> None:
    root = ElementTree.fromstring(text_page(["A <title>", "", "  nodes   3"], "auto"))
    assert root.findtext(f"{SVG}title") == "A <title>"
    lines = [(text.text, float(text.get("y", "0"))) for text in root.iter(f"{SVG}text")]
    assert [text for text, _ in lines] == ["A <title>", "  nodes   3"]
    assert lines[1][1] - lines[0][1] == 2 * 19  # the empty line keeps its place
    assert "white-space:pre" in root.findtext(f"{SVG}style", "")


def test_a_wide_character_has_the_room_of_two() -> None:
    def width(line: str) -> int:
        return int(ElementTree.fromstring(text_page([line], "auto")).get("width", "0"))

    assert width("\u6570" * 10) == width("x" * 20) > width("x" * 10)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_may_have_one_theme_only(mode: str) -> None:
    assert "@media" not in text_page(["x"], mode)
    assert "@media" in text_page(["x"], "auto")
