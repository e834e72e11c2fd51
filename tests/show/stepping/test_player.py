"""The player: what its page is told, what its pictures show, and what it says of mistakes."""

import html
import math
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from ordinary import graphs
from shapes import recurrent

import autograd
from autograd import Op, Value, constant
from autograd.nn import MLP
from autograd.show.stepping import picture as picture_module
from autograd.show.stepping.events import Contribute, Event, Final, Given
from autograd.show.stepping.forward_mode import tangent_steps
from autograd.show.stepping.player import Player, play
from autograd.show.stepping.reverse_mode import steps
from autograd.show.text import DASH, decimal
from tests.played import HOSTILE, around, branching, network, square, tanh_of_a_line, told, unpacked

SVG = "{http://www.w3.org/2000/svg}"


def rows(svg: str) -> dict[str, list[str]]:
    """The texts of each box by its name."""
    found = {}
    for box in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        lines = ["".join(text.itertext()) for text in box.findall(f"{SVG}text")]
        title = box.find(f"{SVG}title")
        if title is not None and title.text and lines:
            name = title.text.split(" (")[0].split(" = ")[0]
            found[lines[0]] = found[name] = lines[1:]  # in a frame the box shows the label alone
    return found


# --- frames ---------------------------------------------------------------------------------


def test_there_is_a_picture_for_each_event_and_each_stands_alone() -> None:
    player = play(tanh_of_a_line())
    frames = player.frames()
    assert len(frames) == len(player.text().split("\n"))
    for svg in frames:
        assert ElementTree.fromstring(svg).tag == f"{SVG}svg"
        assert re.findall("https?://[^\"' ]*", svg) == ["http://www.w3.org/2000/svg"]


def test_a_gradient_is_untouched_then_partial_then_final() -> None:
    states = [rows(svg)["x"] for svg in play(square()).frames()]
    assert states == [
        ["data 3", f"grad {DASH}", ""],
        ["data 3", f"grad {DASH}", ""],
        ["data 3", f"grad {DASH}", ""],
        ["data 3", f"grad {DASH}", ""],
        ["data 3", "grad 3", "1 of 2 uses"],
        ["data 3", "grad 6", "final"],
        ["data 3", "grad 6", "final"],
    ]


def test_a_number_is_there_from_its_forward_event_on() -> None:
    states = [rows(svg)["y"][1] for svg in play(square()).frames()]
    assert states[:2] == [f"data {DASH}", "data 9"]


def test_a_frame_marks_what_is_active_in_words_and_by_one_thick_edge() -> None:
    frames = play(square()).frames()
    assert ["flow" in svg for svg in frames] == [False] * 4 + [True] * 2 + [False]
    for word in ("upstream", "receives", "+= 3"):
        assert f">{word}</text>" in frames[4]
    assert ">final</text>" in frames[-1]


def test_the_caption_says_the_rule_the_product_and_the_sum() -> None:
    svg = play(square()).frames()[5]
    captions = [
        text.text
        for text in ElementTree.fromstring(svg).iter(f"{SVG}text")
        if "caption" in text.get("class", "")
    ]
    assert captions == [
        "y passes its gradient on to x, its operand 2",
        "d(u·v)/dv = u; ∂y/∂x⁽²⁾ = x = 3",
        "upstream × local derivative = contribution: 1 × 3 = 3",
        "before + contribution = after: 3 + 3 = 6",
    ]


def test_the_layout_is_the_same_in_every_frame_and_has_room_for_all_that_boxes_say() -> None:
    x = Value(1.0, "x")
    y = x * 123.4 + x * -0.00001234
    player = play(y)
    places = {
        tuple(
            re.findall(r'transform="translate[^>]*><title>[^<]*</title><rect[^>]*width="(\d+)"', s)
        )
        for s in player.frames()
    }
    assert len(places) == 1
    widest = max(len(line) for svg in player.frames() for line in rows(svg)["x"])
    assert float(next(iter(places))[0]) >= widest * 7


@pytest.mark.parametrize("make", [tanh_of_a_line, network, square])
def test_the_last_frame_has_the_gradients_of_backward(make: Any) -> None:
    root = make()
    last = play(root, collapse=None).frames()[-1]
    root.backward()
    final = [event for event in steps(root) if isinstance(event, Final)]
    for event in final:
        assert rows(last)[event.names[event.node]][-2:] == [
            f"grad {decimal(event.node.grad)}",
            "final",
        ]


def test_nobody_s_gradients_are_touched() -> None:
    root = square()
    root.grad = 7.0
    player = play(root)
    player.frames()
    assert player.html
    assert (root.grad, root.parents[0].grad) == (7.0, 0.0)


# --- the page -------------------------------------------------------------------------------


def test_on_the_way_from_the_graph_to_the_page_each_thing_is_made_once() -> None:
    root, made = network(), Counter[str]()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            made[frame.f_code.co_name] += 1

    sys.setprofile(note)
    try:
        levels = len(told(play(root).html)["drawings"])
    finally:
        sys.setprofile(None)
    once = ("names_of", "find_moved_on", "paths_of")
    assert {name: made[name] for name in once} == dict.fromkeys(once, 1)
    each = ("content_of", "arrange", "picture_of", "lay_out", "text_places")
    assert {name: made[name] for name in each} == dict.fromkeys(each, levels)


def test_the_page_loads_nothing() -> None:
    page = play(network()).html
    for text in (around(page), unpacked(page)):
        assert "://" not in text
        assert not re.search(r"\b(src|href|@import|url)\b\s*[=(]", text)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_are_text_wherever_they_come(label: str) -> None:
    x = Value(3.0, label)
    y = x * x
    y.label = label + "'"
    player = play(y, title=label)
    page = unpacked(player.html)
    script = re.search('type="application/json">(.*?)</script>', page, re.DOTALL)
    assert script
    assert not set("<>&\u2028\u2029") & set(script[1])
    assert told(player.html)["graph"]["nodes"]
    for text, scripts in ((player.html, 1), (page, 4)):
        assert text.count("<script") == text.count("</script") == scripts
    player.html.encode("utf-8")
    for svg in player.frames():
        ElementTree.fromstring(svg)
    assert "text/html" in player._repr_mimebundle_()


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_an_op_ends_no_script(name: str) -> None:
    page = unpacked(play(Op(name, lambda x: x * 2.0, 2.0)(Value(1.0))).html)
    assert page.count("<script") == page.count("</script") == 4
    assert "<!--" not in page


def test_numbers_that_no_json_has_are_texts() -> None:
    x = Value(0.0, "x")
    player = play(x.log() * Value(float("nan"), "n") - float("inf"))
    nodes = told(player.html)["graph"]["nodes"]
    assert [node["data"] for node in nodes if "op" not in node] == [0.0, "nan"]
    assert nodes[-1]["operands"][1] == {"number": "inf"}
    assert player.frames()


def test_levels_are_those_of_the_module_calls() -> None:
    assert [one["name"] for one in told(play(network()).html)["drawings"]] == [
        "nodes",
        "neurons",
        "layers",
    ]
    assert [one["name"] for one in told(play(square()).html)["drawings"]] == ["nodes"]


def test_a_level_with_too_many_edges_is_there_only_if_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picture_module, "MOST_EDGES", 5)
    names = [
        [one["name"] for one in told(play(network(), collapse=level).html)["drawings"]]
        for level in ("layer", None)
    ]
    assert names == [["layers"], ["nodes"]]


@pytest.mark.parametrize(
    ("collapse", "level"), [("auto", 0), (None, 0), ("neuron", 1), ("layer", 2)]
)
def test_the_level_asked_for_is_shown_first(collapse: str | None, level: int) -> None:
    assert told(play(network(), collapse=collapse).html)["first"] == level


def test_a_folded_box_says_how_many_of_its_gradients_are_final() -> None:
    frames = play(network(), collapse="layer").frames()
    group = [name for name in rows(frames[-1]) if name.startswith("layers")]
    counts = [rows(svg)[group[-1]][3] for svg in frames]
    assert list(dict.fromkeys(counts)) == ["", *(f"{k} of 8 final" for k in range(1, 8)), "final"]


def test_an_event_inside_a_folded_box_marks_that_box() -> None:
    player = play(network(), collapse="layer")
    inside = [svg for svg in player.frames() if ">inside</text>" in svg]
    assert inside
    assert all("flow" not in svg for svg in inside)


@pytest.mark.parametrize(
    ("nodes", "root"),
    [pytest.param(nodes, root, id=f"{kind}-{nodes}") for nodes, kind, root in graphs()],
)
def test_pages_are_small(nodes: int, root: Value) -> None:
    most = {10: 30_000, 50: 80_000, 300: 450_000}[nodes]
    assert len(play(root).html.encode("utf-8")) < most


def test_a_page_has_its_first_events_for_readers_without_scripts() -> None:
    plain = re.search("<noscript>(.*)</noscript>", play(branching()).html, re.DOTALL)
    assert plain
    first = "\n".join(line.strip() for line in play(branching()).text().split("\n")[:3])
    assert html.unescape(plain[1]).endswith(f"<pre>{first}\n… 12 more</pre>")
    assert f"\n… {len(play(network()).events) - 3} more</pre>" in play(network()).html


def test_the_rule_of_an_op_with_many_operands_is_that_of_an_alike_one() -> None:
    xs = [Value(float(i), f"x{i}") for i in range(12)]
    total: Value = autograd.dot(xs, [Value(1.0, f"w{i}") for i in range(12)])
    edges = told(play(total).html)["graph"]["nodes"][-1]["edges"]
    assert all(edge["rule"].startswith("d(u₁·v₁ + u₂·v₂)/d") for edge in edges)


def test_an_op_whose_rule_does_not_run_on_names_is_played_all_the_same() -> None:
    odd = Op("odd", lambda x: 2.0 * x, lambda x, out: math.exp(x))
    root = told(play(odd(Value(1.0))).html)["graph"]["nodes"][-1]
    assert "does not run on names" in root["edges"][0]["rule"]


# --- mistakes -------------------------------------------------------------------------------


def faulty(change: Any) -> list[str]:
    """What the page says is wrong if an event of x·x is another."""
    root = square()
    events = [change(event) for event in steps(root)]
    kept = [event for event in events if event is not None]
    return said_wrong(play(root, events=kept))


def said_wrong(player: Player) -> list[str]:
    """What the page says is wrong."""
    events = told(player.html)["recording"]["events"]
    return [event["flaw"]["text"] for event in events if "flaw" in event]


def second(event: Event, **changed: Any) -> Event:
    if isinstance(event, Contribute) and event.slot == 1:
        return event._replace(**changed)
    return event


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda e: e, []),
        (
            lambda e: second(e, after=3.0),
            ["overwritten: 3 is lost; before + contribution is 6"],
        ),
        (
            lambda e: second(e, contribution=4.0, after=7.0),
            ["wrong: upstream × local derivative is 3"],
        ),
        (lambda e: second(e, after=5.0), ["wrong: before + contribution is 6"]),
        (
            lambda e: second(e, local=4.0, contribution=4.0, after=7.0),
            ["stale: the local derivative was 3 as recorded"],
        ),
        (
            lambda e: None if isinstance(e, Contribute) and e.slot == 1 else e,
            ["incomplete: only 1 of 2 uses contributed"],
        ),
    ],
)
def test_a_mistake_is_said_in_words(change: Any, said: list[str]) -> None:
    assert faulty(change) == said


def test_a_contribution_that_is_left_out_is_said() -> None:
    x, y = Value(1.0, "x"), Value(3.0, "y")
    root = x * y + x * 5.0
    events = [
        e._replace(after=e.before) if isinstance(e, Contribute) and e.use == 2 else e
        for e in steps(root)
    ]
    player = play(root, events=events)
    assert any("left out: the contribution is lost" in svg for svg in player.frames())


def test_what_is_overwritten_is_shown_in_the_box_and_on_the_edge() -> None:
    root = square()
    events = [second(event, after=3.0) for event in steps(root)]
    svg = play(root, events=events).frames()[5]
    assert rows(svg)["x"][1:] == ["grad 3", "2 of 2 uses, overwritten"]
    assert rows(play(root, events=events).frames()[-1])["x"][-1] == "final, overwritten"
    assert ">= 3</text>" in svg
    assert "3 + 3 ≠ 3" in svg


def test_a_second_pass_over_gradients_that_were_not_zeroed_is_said() -> None:
    root = square()
    events = list(steps(root))
    again = [
        e._replace(before=e.before + 6.0, after=e.after + 6.0) if isinstance(e, Contribute) else e
        for e in events[2:]
    ]
    player = play(root, events=[*events, *again])
    assert said_wrong(player)[0] == "not zeroed: 6 is left of an earlier pass"
    assert rows(player.frames()[7])["x"][-1] == "from before"


# --- where it goes --------------------------------------------------------------------------


def test_the_text_lists_the_events() -> None:
    assert play(square()).text().split("\n") == [
        "1  x = 3",
        "2  y = x·x = 9",
        "3  y.grad = 1, the seed",
        "4  y.grad = 1, final",
        "5  x.grad += 1.0 (upstream) × 3.0 (∂y/∂x) → 0 + 3 = 3, 1 of 2 uses",
        "6  x.grad += 1.0 (upstream) × 3.0 (∂y/∂x) → 3 + 3 = 6, final",
        "7  x.grad = 6, final",
    ]


def test_in_a_model_the_text_says_in_which_call_a_node_is() -> None:
    player = play(network())
    lines = player.text().split("\n")
    for event, line in zip(player.events, lines, strict=True):
        node = event.parent if isinstance(event, Contribute) else event.node
        if isinstance(event, Given):
            continue
        name = event.names[node]
        told = r"layers\.[01]\.neurons\.[012]"
        if node.is_parameter:
            assert re.match(rf" *\d+ +{told}\.(w\d|b)", line), "its name says it"
        elif name[0] == "t" and name != "t17":
            assert re.match(rf" *\d+  {told}  {name}\b", line)


def test_it_is_saved_as_one_page(tmp_path: Path) -> None:
    player = play(square())
    player.save(tmp_path / "x.html")
    assert (tmp_path / "x.html").read_text("utf-8") == player.html


def test_it_is_saved_as_html_only(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"saved as \.htm \.html, got .*x\.svg.* as 'x\.html'"):
        play(square()).save(tmp_path / "x.svg")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"cannot save a player .*choose a folder that exists"):
        play(square()).save(tmp_path / "none" / "x.html")


def test_a_display_never_fails_and_starts_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("in a display")

    monkeypatch.setattr(subprocess, "Popen", fails)
    player = play(square())
    assert "text/html" in player._repr_mimebundle_()
    monkeypatch.setattr("autograd.show.stepping.player.frames_of", fails)
    assert player._repr_mimebundle_() == {"text/plain": repr(player)}


def test_a_page_is_the_same_whatever_the_order_of_hashes() -> None:
    code = "import tests.played as t; from autograd.show import play; print(play(t.network()).html)"
    folder = Path(__file__).parents[2]
    pages = {
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{folder}:{folder.parent}"},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(pages) == 1


# --- what cannot be played ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"title": 3}, TypeError, "title is a str, got int"),
        ({"rankdir": "UP"}, ValueError, "rankdir is one of 'LR', 'TB', got 'UP'"),
        ({"collapse": "all"}, ValueError, "collapse is one of"),
        ({"gradient": "1"}, TypeError, "^gradient holds one real number, got str"),
        ({"events": []}, ValueError, "there is no event to play"),
        ({"events": 3}, TypeError, r"events are those of steps\(root\), got 3"),
        ({"events": [1]}, TypeError, "Forward, Seed, Contribute and Final, got int"),
        ({"events": list(steps(square()))}, ValueError, "not in the graph of root"),
    ],
)
def test_other_arguments_are_refused(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        play(square(), **options)


def test_forward_mode_is_not_played() -> None:
    x = Value(3.0, "x")
    root = x * x
    with pytest.raises(TypeError, match="Contribute and Final, got TangentSeed"):
        play(root, events=tangent_steps(root, {x: 1.0}))


def test_the_root_is_a_value() -> None:
    with pytest.raises(TypeError, match="play takes the root of a graph, a Value, got float"):
        play(3.0)


@pytest.mark.parametrize("nodes", [2001, 20_001])
def test_what_is_too_large_for_a_page_says_what_to_do(nodes: int) -> None:
    y = Value(0.5)
    for _ in range(nodes - 1):
        y = y.tanh()
    with pytest.raises(ValueError, match=r"too many to play.*play a part.*collapse=\"layer\""):
        play(y)


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
@pytest.mark.parametrize(
    "make",
    [
        lambda: Value(1.0),
        lambda: constant(2.0),
        lambda: constant(2.0, "k") * Value(1.0, "k"),
        lambda: Value(1.0).step(),
        lambda: MLP(1, [2, 1], rng=0)([1.0]),
        lambda: sum(MLP(1, [2, 1], rng=0)([x]) for x in (1.0, 2.0)),
    ],
)
def test_odd_graphs_are_played(make: Any, rankdir: str) -> None:
    for collapse in (None, "neuron", "layer", "sum"):
        player = play(make(), rankdir=rankdir, collapse=collapse)
        assert player.frames()
        assert told(player.html)["drawings"]


def test_what_repeats_and_calls_of_a_depth_can_be_shown_first() -> None:
    root = recurrent(90)
    page = play(root, collapse="repeats")
    assert "one of 10 alike" in page.frames()[0]
    deep = play(MLP(1, [2, 1], rng=0)([Value(1.0, "x")]), collapse=1)
    assert '"depth 1"' in unpacked(deep.html)
