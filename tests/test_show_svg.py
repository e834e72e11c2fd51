"""A drawing: its file, its texts and the document around them."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from autograd import Value
from autograd.show import Drawing, draw
from autograd.show.drawing import Theme, clipped, decimal, document, escaped, text_width

THEME = Theme({"ink": "#000"}, {"ink": "#fff"}, {"text": "fill:var(--ink)"})


def test_save_writes_the_svg_text(tmp_path: Path) -> None:
    drawing = draw(Value(2.0, label="θ") * 3.0)
    drawing.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_bytes() == drawing.svg.encode("utf-8")


def test_save_takes_a_path_as_text(tmp_path: Path) -> None:
    Drawing("<svg/>").save(str(tmp_path / "graph.SVG"))
    assert (tmp_path / "graph.SVG").read_text() == "<svg/>"


@pytest.mark.parametrize("name", ["graph.png", "graph", "graph.svg.pdf"])
def test_save_refuses_another_suffix_and_writes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"saved as \.svg, got .*save it as 'graph"):
        Drawing("<svg/>").save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_save_says_why_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "taken.svg").mkdir()
    cases = {"missing/x.svg": FileNotFoundError, "file/x.svg": NotADirectoryError}
    for name, kind in {**cases, "taken.svg": IsADirectoryError}.items():
        with pytest.raises(kind, match=r"cannot save the drawing .* choose a folder"):
            Drawing("<svg/>").save(tmp_path / name)


def test_repr_is_short_and_names_the_ways_out() -> None:
    assert repr(Drawing("x" * 5000)) == (
        "<Drawing of 5,000 characters; .svg is its text, .save(path) a file>"
    )


def test_a_notebook_shows_the_svg() -> None:
    assert Drawing("<svg/>")._repr_svg_() == "<svg/>"


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
    assert escaped(text) == wanted


def test_a_text_that_is_not_a_str_is_refused() -> None:
    with pytest.raises(TypeError, match="a text in a drawing is a str, got int: 3"):
        escaped(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["short", "x" * 10_000, "漢字" * 50, "мир" * 50, "m" * 60])
def test_clipped_texts_fit(text: str) -> None:
    shown = clipped(text, 14.0, 150.0)
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
    root = ElementTree.fromstring(document((30.2, 20.0), "a < b", "c & d", THEME, "<g/>").svg)
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
    root = ElementTree.fromstring(document((1.0, 1.0), "t", "d", THEME, "").svg)
    style = root.findtext("{http://www.w3.org/2000/svg}style")
    name = root.get("id")
    assert style == (
        f"#{name}{{--ink:#000}}@media(prefers-color-scheme:dark){{#{name}{{--ink:#fff}}}}"
        f"#{name} text{{fill:var(--ink)}}"
    )


def test_ids_come_from_the_content() -> None:
    one, again, other = (document((1.0, 1.0), "t", "d", THEME, b).svg for b in ("", "", "<g/>"))
    names = [ElementTree.fromstring(svg).get("id") for svg in (one, again, other)]
    assert names[0] == names[1] != names[2]


PROGRAM = """
from autograd import Value, sum
from autograd.show import draw, learning_curve
xs = [Value(float(i), label=f"x{i}") for i in range(6)]
root = sum([x * y + 2.0 for x in xs for y in xs[::2]])
root.backward()
print(draw(root).svg, learning_curve({"a": [3.0, 1.0], "b": [2.0, 0.5]}).svg)
"""


def test_the_bytes_are_the_same_in_every_process() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(outputs) == 1
    assert outputs.pop().count(b"</svg>") == 2
