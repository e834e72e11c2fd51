"""DOT text and graphviz.Digraph of a Value."""

import builtins
import sys
from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value
from autograd.show.graphs.graphviz import draw_dot, to_dot, to_graphviz

Make = Callable[..., Any]
ALL = pytest.mark.parametrize("make", [to_dot, to_graphviz, draw_dot])


def graph(label: str = "y") -> Value:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    y = (a * b + 5.0).tanh()
    y.label = label
    return y


def test_the_text_has_a_node_for_each_box_and_an_edge_for_each_operand_slot() -> None:
    x = Value(3.0, label="x")
    text = to_dot(x * x)
    assert text.count("n0 -> n1") == 2
    assert text.count(" [label=") == 2 + 2


@pytest.mark.needs("dot")
def test_the_digraph_is_graphviz_own_and_renders_the_same_text() -> None:
    import graphviz  # type: ignore[import-untyped]

    made = to_graphviz(graph())
    assert type(made) is graphviz.Digraph
    assert made.source == to_dot(graph())
    assert made.pipe(format="svg").startswith(b"<?xml")


@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_draw_dot_has_the_format_as_micrograd_s_does(format: str) -> None:
    made = draw_dot(graph(), format=format)
    assert made.format == format
    assert made.source == to_dot(graph())


def test_draw_dot_draws_svg_from_left_to_right_unless_told_otherwise() -> None:
    assert draw_dot(graph()).format == "svg"
    assert "rankdir=LR" in draw_dot(graph()).source
    assert "rankdir=TB" in draw_dot(graph(), rankdir="TB").source


@pytest.mark.needs("dot")
@pytest.mark.parametrize(
    "label", ['"]; evil [URL="http://x"', "<b>x</b>", "a\nb", "}\n}", "\\", '\\"', "\\N"]
)
def test_labels_stay_texts_in_the_digraph(label: str) -> None:
    made = to_graphviz(graph(label))
    assert made.source == to_dot(graph(label))
    svg = made.pipe(format="svg")
    assert b"<a " not in svg
    assert b"<script" not in svg
    assert svg.count(b'class="node"') == 5
    made.node("mine")  # and it can be edited
    assert made.pipe(format="svg").count(b'class="node"') == 6


def test_drawing_leaves_gradients_alone() -> None:
    y = graph()
    y.backward()
    before = [y.grad, *(x.grad for x in y.parents)]
    to_dot(y)
    assert [y.grad, *(x.grad for x in y.parents)] == before


@ALL
@pytest.mark.parametrize("given", [3.0, None, [Value(1.0)], "x"])
def test_what_is_no_value_is_refused(make: Make, given: object) -> None:
    message = f"{make.__name__} takes the root of a graph, a Value, got {type(given).__name__}"
    with pytest.raises(TypeError, match=message):
        make(given)


@ALL
@pytest.mark.parametrize("option", [{"rankdir": "left"}, {"rankdir": None}, {"collapse": "all"}])
def test_unknown_options_are_refused(make: Make, option: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(option))} is one of .*got"):
        make(graph(), **option)


@pytest.mark.parametrize("format", ["docx", "", "svg -o x"])
def test_unknown_formats_are_refused(format: str) -> None:
    with pytest.raises(ValueError, match="format is one of graphviz's"):
        draw_dot(graph(), format=format)


def test_without_the_package_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    for make in (to_graphviz, draw_dot):
        with pytest.raises(ModuleNotFoundError, match=r"pip install graphviz.*draw\(root\)"):
            make(graph())
    assert to_dot(graph()).startswith("digraph {")


def test_the_package_is_imported_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = builtins.__import__

    def watching(name: str, *rest: Any) -> Any:
        asked.append(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", watching)
    to_dot(graph())
    assert "graphviz" not in asked
    to_graphviz(graph())
    assert "graphviz" in asked


def test_a_long_chain_does_not_recurse() -> None:
    x = Value(1.0)
    for _ in range(5000):
        x = x.tanh()
    assert to_dot(x, collapse=None).count(" -> ") == 5000
