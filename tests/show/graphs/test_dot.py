"""The drawing in DOT: the same picture, and no label that becomes more than a text."""

import json
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import given, strategies as st

from autograd.show.graphs.boxes import Box
from autograd.show.graphs.content import Content, Edge, FrameContent
from autograd.show.graphs.dot import SHAPES, dot_text, put_in_clusters, quote
from autograd.show.graphs.theme import THEME
from autograd.show.text import clean

SVG = "{http://www.w3.org/2000/svg}"
PIECES = [
    '"',
    '\\"',
    '"]; evil [URL="http://x" ',
    "<script>alert(1)</script>",
    "]]>",
    "<b>bold</b>",
    "a\nb\r\n\tc",
    "{|}",
    "\\N \\G \\E \\T \\H \\L",
    "\\n\\l\\r",
    "\\",
    "\\\\",
    "&lt;&#60;&amp;",
    "&",
    "\x00\x1b[31m",
    "\u202egnp.exe\u202c",
    "\ud800",
    "\u2028\x85",
    "Ω≈ç√ 数 \U0001f600",
    "// no comment",
]
HOSTILE = [*PIECES, *("".join(pair) for pair in product(PIECES[:14], repeat=2))][:200]


def box(kind: str = "op", name: str = "a", by: str = "", **more: Any) -> Box:
    return Box(kind, name, by, (("data", "2"), ("grad", "3")), "in full", 90.0, 68.0, **more)


def content(*boxes: Box, edges: list[Edge] | None = None) -> Content:
    links = [Edge(i, i + 1, False, f"at {i}", "in full") for i in range(len(boxes) - 1)]
    frames = max((b.frame for b in boxes if b.frame is not None), default=-1) + 1
    titles = [FrameContent(None, f"frame {i}", "in full") for i in range(frames)]
    return Content(list(boxes), links if edges is None else edges, titles)


def dot(text: str, format: str) -> str:
    """What the program makes of the text, in silence."""
    done = subprocess.run(["dot", f"-T{format}"], input=text.encode(), capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def svg(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(dot(text, "svg"))


def shown(text: str) -> list[str]:
    return [element.text or "" for element in svg(text).iter(f"{SVG}text")]


def attributes(text: str) -> list[dict[str, str]]:
    """Of the nodes, as the program reads them."""
    objects = json.loads(dot(text, "json0"))["objects"]
    return [one for one in objects if not one["name"].startswith("cluster")]


@pytest.mark.needs("dot")
def test_200_hostile_labels_are_texts_and_nothing_else() -> None:
    boxes = [
        Box("op", label, label, ((label, label),), label, 90.0, 68.0, frame=0) for label in HOSTILE
    ]
    edges = [Edge(0, number, False, label, label) for number, label in enumerate(HOSTILE) if number]
    text = dot_text(Content(boxes, edges, [FrameContent(None, '"><a>', "x")]), '"<title>\\N')
    tags = Counter(element.tag.removeprefix(SVG) for element in svg(text).iter())
    assert set(tags) == {"svg", "g", "title", "text", "polygon", "path"}
    plain = Counter(line.partition(" ")[0] for line in dot(text, "plain").splitlines())
    assert (plain["node"], plain["edge"]) == (len(HOSTILE), len(HOSTILE) - 1)
    read = json.loads(dot(text, "json0"))
    assert len(read["objects"]) == len(HOSTILE) + 1
    assert len(read["edges"]) == len(HOSTILE) - 1
    known = {"URL", "href", "image", "tooltip", "target", "class", "id", "stylesheet"}
    for one in [read, *read["objects"], *read["edges"]]:
        assert known.isdisjoint(one)


@pytest.mark.needs("dot")
@pytest.mark.parametrize("label", PIECES)
def test_a_label_is_shown_as_it_is(label: str) -> None:
    wanted = clean(label)
    text = dot_text(Content([Box("op", label, "", (), "x", 90.0, 68.0)], [], []))
    assert "".join(shown(text)) == wanted


@given(st.text(st.characters(codec="utf-8") | st.sampled_from('\\"&<>{}|\n'), max_size=20))
def test_no_text_ends_the_string_it_stands_in(text: str) -> None:
    inner = quote(text)[1:-1]
    assert inner.replace("\\\\", "").replace('\\"', "").count('"') == 0
    assert not inner.replace("\\\\", "").endswith("\\")
    assert "\n" not in inner


@pytest.mark.needs("dot")
def test_a_label_of_10_000_characters_is_read() -> None:
    long = '\\"é\U0001f600' * 2500
    text = dot_text(Content([Box("op", long, "", (), "x", 90.0, 68.0)], [], []), long)
    assert len(attributes(text)) == 1


def test_the_text_begins_and_ends_as_dot_does() -> None:
    lines = dot_text(content(box())).split("\n")
    assert lines[0] == "digraph {"
    assert lines[-2:] == ["}", ""]
    assert all(line.startswith("\t") for line in lines[1:-2])


@pytest.mark.needs("dot")
def test_a_box_says_name_op_and_rows() -> None:
    assert shown(dot_text(content(box("root", "y", "tanh")))) == ["y (tanh)", "data 2", "grad 3"]
    number = Box("constant", "", "", (("", "0.5"),), "x", 40.0, 28.0)
    assert shown(dot_text(content(number))) == ["0.5"]


@pytest.mark.needs("dot")
def test_edges_say_their_local_derivatives_and_idle_ones_are_dotted() -> None:
    edges = [Edge(0, 1, False, "times 3", "x"), Edge(0, 1, True, "", "x")]
    text = dot_text(content(box(), box(), edges=edges))
    first, second = json.loads(dot(text, "json0"))["edges"]
    assert first["label"] == "times 3"
    assert "style" not in first
    assert second["style"] == "dotted"
    assert not second.get("label")


@pytest.mark.needs("dot")
def test_every_kind_has_a_shape_of_its_own_in_the_colours_of_the_svg() -> None:
    kinds = [kind for kind in SHAPES if kind != "more"]
    nodes = attributes(dot_text(content(*(box(kind) for kind in kinds))))
    looks = set()
    for kind, node in zip(kinds, nodes, strict=True):
        colour = kind.partition("-")[0]
        assert node["fillcolor"] == THEME.light[colour]
        assert node["color"] == THEME.light[f"{colour}-line"]
        looks.add((node["shape"], node["style"], node.get("peripheries"), node.get("penwidth")))
    assert len(looks) == len(kinds)


@pytest.mark.needs("dot")
def test_what_is_left_out_has_no_outline() -> None:
    tags = Counter(element.tag for element in svg(dot_text(content(box("more")))).iter())
    assert tags[f"{SVG}polygon"] == 1  # the background


@pytest.mark.needs("dot")
def test_heat_colours_the_boxes() -> None:
    cold, mild, hot = attributes(dot_text(content(*(box(heat=heat) for heat in (0.0, 0.5, 1.0)))))
    reds = [bytes.fromhex(node["fillcolor"][1:])[1] for node in (cold, mild, hot)]
    assert reds == sorted(reds, reverse=True)
    assert len(set(reds)) == 3


@pytest.mark.needs("dot")
def test_frames_lie_in_one_another() -> None:
    boxes = [box(frame=1), box(frame=0), box()]
    frames = [FrameContent(None, "MLP", "x"), FrameContent(0, "Layer 0", "x")]
    read = json.loads(dot(dot_text(Content(boxes, [], frames)), "json0"))
    names = {one["_gvid"]: one["name"] for one in read["objects"]}
    outer, inner = read["objects"][:2]
    assert (outer["label"], inner["label"]) == ("MLP", "Layer 0")
    assert [names[number] for number in outer["subgraphs"]] == ["cluster_1"]
    assert {names[number] for number in outer["nodes"]} == {"n0", "n1"}
    assert {names[number] for number in inner["nodes"]} == {"n0"}


@pytest.mark.needs("dot")
def test_a_frame_without_title_does_not_take_that_of_the_drawing() -> None:
    text = dot_text(Content([box(frame=0)], [], [FrameContent(None, "", "x")]), "heading")
    assert shown(text).count("heading") == 1


@pytest.mark.needs("dot")
@pytest.mark.parametrize(("down", "rankdir"), [(False, "LR"), (True, "TB")])
def test_the_direction_is_that_of_the_drawing(down: bool, rankdir: str) -> None:
    assert json.loads(dot(dot_text(content(box()), None, down), "json0"))["rankdir"] == rankdir


@pytest.mark.needs("dot")
def test_texts_lie_inside_their_boxes() -> None:
    """A box is as large as in the SVG, or larger where the font of the program asks for it."""
    narrow = Box("op", "a long name", "by", (("data", "1.234"),), "x", 10.0, 10.0)
    (node,) = attributes(dot_text(content(narrow)))
    assert float(node["width"]) * 72 > 60
    (node,) = attributes(dot_text(content(box())))
    assert float(node["width"]) == pytest.approx(90 / 72, abs=0.01)


def test_frames_nest_as_the_plan_says() -> None:
    outers = [None, 0, None]
    lines = put_in_clusters(["a", "b", "c", "d"], [1, 0, None, 2], outers, [["x"], ["y"], ["z"]])
    assert [line.strip() for line in lines] == [
        "subgraph cluster_0 {",
        "x",
        "subgraph cluster_1 {",
        "y",
        "a",
        "}",
        "b",
        "}",
        "subgraph cluster_2 {",
        "z",
        "d",
        "}",
        "c",
    ]


def test_a_thousand_frames_in_one_another_do_not_recurse() -> None:
    outers = [None, *range(999)]
    assert len(put_in_clusters(["n0"], [999], outers, [[] for _ in outers])) == 2001
