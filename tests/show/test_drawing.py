"""A drawing: its file, its words, and how a notebook shows it."""

import base64
from pathlib import Path

import pytest

from autograd import Value
from autograd.show import Drawing, draw


def graph() -> Drawing:
    return draw(Value(2.0, label="θ") * 3.0)


@pytest.mark.parametrize("name", ["graph.svg", "graph.SVG"])
def test_svg_is_saved_as_its_text(tmp_path: Path, name: str) -> None:
    graph().save(str(tmp_path / name))
    assert (tmp_path / name).read_bytes() == graph().svg.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        pytest.param("graph.png", b"\x89PNG", marks=pytest.mark.needs("dot")),
        pytest.param("graph.pdf", b"%PDF", marks=pytest.mark.needs("dot")),
        ("graph.dot", b"digraph {"),
    ],
)
def test_a_graph_is_saved_in_other_formats_too(tmp_path: Path, name: str, start: bytes) -> None:
    graph().save(tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["graph.jpg", "graph", "graph.svg.gz", ".svg"])
def test_another_suffix_is_refused_and_nothing_written(tmp_path: Path, name: str) -> None:
    message = r"a graph is saved as \.dot \.pdf \.png \.svg, got .*save it as 'graph"
    with pytest.raises(ValueError, match=message):
        graph().save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_save_says_why_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "taken.svg").mkdir()
    cases = {"missing/x.svg": FileNotFoundError, "file/x.svg": NotADirectoryError}
    for name, kind in {**cases, "taken.svg": IsADirectoryError}.items():
        with pytest.raises(kind, match=r"cannot save a graph .* choose a folder"):
            graph().save(tmp_path / name)


def test_it_prints_what_it_shows_and_its_repr_names_the_ways_out() -> None:
    assert "θ" in str(graph())
    assert repr(Drawing("x" * 5000)) == (
        "<Drawing of 5,000 characters; .svg is its text, .save(path) a file>"
    )
    assert str(Drawing("<svg/>")) == repr(Drawing("<svg/>"))


def test_a_notebook_gets_the_picture_in_a_form_that_no_sanitiser_strips() -> None:
    drawing = graph()
    shown = drawing._repr_mimebundle_()
    assert set(shown) == {"text/plain", "text/html", "image/svg+xml"}
    assert shown["image/svg+xml"] == drawing.svg
    assert shown["text/plain"] == repr(drawing)
    html = shown["text/html"]
    assert html.startswith('<div style="overflow-x:auto"><img alt="')
    data = html.partition("data:image/svg+xml;base64,")[2].partition('"')[0]
    assert base64.b64decode(data).decode("utf-8") == drawing.svg
