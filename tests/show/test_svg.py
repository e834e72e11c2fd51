"""The texts in a drawing, and the document around them."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from autograd.show.svg import Theme, add_halo, clip, document, escape, text_width
from autograd.show.text import decimal

THEME = Theme(
    {"ink": "#000", "page": "#eee"},
    {"ink": "#fff", "page": "#111"},
    {"text": "font-size:9px;fill:var(--ink)", ".page": "fill:var(--page)", ".plain": "fill:none"},
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a<b & \"c\" 'd'>", "a&lt;b &amp; &quot;c&quot; &#39;d&#39;&gt;"),
        ("two\n\tlines ", "two lines"),
        ("nul\0 bell\x07", "nul\ufffd bell\ufffd"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("\uffff\ufffe", "\ufffd\ufffd"),
        ("turned \u202eround", "turned \ufffdround"),
        ("]]>", "]]&gt;"),
    ],
)
def test_texts_are_escaped(text: str, wanted: str) -> None:
    assert escape(text) == wanted


def test_a_text_that_is_not_a_str_is_refused() -> None:
    with pytest.raises(TypeError, match="a text in a drawing is a str, got int: 3"):
        escape(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["short", "x" * 10_000, "漢字" * 50, "мир" * 50, "m" * 60])
def test_clipped_texts_fit(text: str) -> None:
    shown = clip(text, 14.0, 150.0)
    assert text_width(shown, 14.0) <= 150.0
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0.0, "0"),
        (-0.0, "\N{MINUS SIGN}0"),
        (3.0, "3"),
        (0.123456, "0.1235"),
        (-1e-7, "\N{MINUS SIGN}1e\N{MINUS SIGN}7"),
        (123456.0, "1.235e5"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_have_four_significant_digits(number: float, shown: str) -> None:
    assert decimal(number) == shown


def test_a_document_names_itself_and_has_a_background() -> None:
    root = ElementTree.fromstring(document((30.2, 20.0), "a < b", "c & d", THEME, "<g/>"))
    svg = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    title, description = root.find(f"{svg}title"), root.find(f"{svg}desc")
    assert title is not None
    assert description is not None
    assert (title.text, description.text) == ("a < b", "c & d")
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == description.get("id")
    page = root.find(f"{svg}rect")
    assert page is not None
    assert (page.get("width"), page.get("height"), root.get("viewBox")) == ("30", "20", "0 0 30 20")


def test_every_rule_of_the_style_is_limited_to_the_document() -> None:
    root = ElementTree.fromstring(document((1.0, 1.0), "t", "d", THEME, ""))
    style = root.findtext("{http://www.w3.org/2000/svg}style")
    name = root.get("id")
    assert style == (
        f"#{name}{{max-width:none}}"
        f"#{name} text{{font-size:9px;fill:#000}}#{name} .page{{fill:#eee}}"
        "@media(prefers-color-scheme:dark){"
        f"#{name} text{{fill:#fff}}#{name} .page{{fill:#111}}}}"
    )


def test_what_is_painted_alike_in_the_dark_is_said_again_so_that_the_same_rule_wins() -> None:
    svg = document((1.0, 1.0), "t", "d", THEME, '<text class="plain">x</text>')
    light, dark = svg.split("@media")
    for rules in (light, dark):
        assert re.findall(" (text|[.]plain){[^}]*fill:([^}]*)}", rules)[-1] == (".plain", "none")


def test_a_halo_is_a_copy_below_the_text() -> None:
    below, above = re.findall(
        "<text.*?</text>", add_halo("tag takes", 1, 2.5, "a", "<title>ab</title>")
    )
    assert below == '<text class="taghalo" x="1" y="2.5">a</text>'
    assert above == '<text class="tag takes" x="1" y="2.5">a<title>ab</title></text>'


def test_ids_come_from_the_content() -> None:
    one, again, other = (document((1.0, 1.0), "t", "d", THEME, b) for b in ("", "", "<g/>"))
    names = [ElementTree.fromstring(svg).get("id") for svg in (one, again, other)]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_document_may_have_one_theme_only(mode: str) -> None:
    style = document((1.0, 1.0), "t", "d", THEME, "", mode)
    assert "@media" not in style
    assert ("#000" in style, "#fff" in style) == (mode == "light", mode == "dark")
