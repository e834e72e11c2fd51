"""`draw` and its options: collapsing, focus, size limits, and that nothing hostile comes out."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from random import Random
from typing import Any

import pytest

import autograd
from autograd import Value, constant
from autograd.engine.graph import topological_order
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show import Drawing, draw

SVG = "{http://www.w3.org/2000/svg}"
GOLDEN = Path(__file__).with_name("golden")
# What a drawing may consist of; nothing else may come out, whatever the labels are.
ALLOWED = {
    "svg": {"id", "role", "aria-labelledby", "aria-describedby", "width", "height", "viewBox"},
    "title": {"id"},
    "desc": {"id"},
    "style": set(),
    "g": {"class", "transform"},
    "rect": {"class", "x", "y", "width", "height", "rx", "fill-opacity"},
    "path": {"class", "d", "fill-opacity"},
    "text": {"class", "x", "y"},
    "tspan": set(),
}


def polynomial() -> Value:
    """A graph of + and × only, whose last bits are the same on every platform."""
    x, y = Value(3.0, "x"), Value(-2.0, "y")
    shared = x * y + 1.0
    shared.label = "shared"
    root = shared * shared + x * 0.5 + y
    root.label = "root"
    root.backward()
    return root


def fan_out() -> Value:
    x = Value(1.5, "x")
    root = Value(0.0, "start")
    for i in range(20):
        root = root + x * float(i)
    root.backward()
    return root


def folded() -> Value:
    root = sum((Value(float(i), f"x{i}") * 10.0**i for i in range(4)), Value(1.0))
    root.backward()
    return root


def network() -> Value:
    loss: Value = mse_loss([MLP(2, [3, 1], activation=None, rng=1)([Value(1.0, "a"), 2.0])], [1.0])
    loss.backward()
    return loss


PICTURES: dict[str, tuple[Any, dict[str, Any]]] = {
    "polynomial": (polynomial, {}),
    "polynomial-down": (polynomial, {"rankdir": "TB", "title": "Downward", "theme": "dark"}),
    "square": (lambda: (x := Value(3.0, "x")) * x, {}),
    "fan-out": (fan_out, {}),
    "sum": (folded, {"collapse": "sum", "heat": True}),
    "network": (network, {}),
    "network-by-layer": (network, {"collapse": "layer", "heat": True}),
    "network-down-by-neuron": (network, {"collapse": "neuron", "rankdir": "TB"}),
}


@pytest.mark.parametrize("name", list(PICTURES))
def test_pictures_are_byte_for_byte_those_that_were_looked_at(name: str) -> None:
    # To renew one: python -m tests.show.graphs.test_draw, then look at it.
    make, options = PICTURES[name]
    golden = (GOLDEN / f"{name}.svg").read_bytes()
    assert draw(make(), **options).svg.encode() == golden


PROGRAM = """
from tests.show.graphs.test_draw import PICTURES
from autograd.show import draw, learning_curve, to_dot
for make, options in PICTURES.values():
    print(draw(make(), **options).svg, to_dot(make()))
print(learning_curve({"a": [3.0, 1.0], "b": [2.0, 0.5]}).svg)
"""


@pytest.mark.parametrize("count", [6, pytest.param(20, marks=pytest.mark.slow)])
def test_the_bytes_are_the_same_in_processes_with_other_hashes(count: int) -> None:
    path = os.pathsep.join([str(Path(__file__).parents[3]), *sys.path])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": path, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
        )
        for seed in range(count)
    ]
    outputs = {process.communicate()[0] for process in processes}
    assert [process.returncode for process in processes] == [0] * count
    assert len(outputs) == 1
    assert outputs.pop().count(b"</svg>") == len(PICTURES) + 1


# --- the layout that there was --------------------------------------------------------------


@pytest.mark.parametrize("engine", ["auto", "dot", "builtin", None])
def test_there_is_no_engine_and_it_is_said_what_to_do(engine: Any) -> None:
    message = r"one layout, its own: leave engine out, .* draw_dot\(root\) or to_graphviz\(root\)"
    with pytest.raises(TypeError, match=message):
        draw(polynomial(), engine=engine)


def test_another_option_is_as_unknown_as_in_any_function() -> None:
    with pytest.raises(TypeError, match="draw has no argument 'colour'"):
        draw(polynomial(), colour="red")  # type: ignore[arg-type]


def test_drawing_starts_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: Any, **__: Any) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "Popen", started)
    assert draw(polynomial()).text


# --- hostile labels -------------------------------------------------------------------------

PIECES = [
    '"',
    "'",
    "<script>alert(1)</script>",
    "]]>",
    "]]></style><style>*{display:none}",
    "\n",
    "\r\t",
    "{|}",
    "<b>",
    "&lt;",
    "&#0;",
    "\0",
    "\x07\x1b[31m",
    "x" * 10_000,
    "שלום",
    "\u202e\u2066",
    "\ud800",
    "\\N\\G\\l",
    '" onload="alert(1)',
    "url(http://example.org/x)",
    "javascript:alert(1)",
    "%s{}$",
    "漢字🙂",
    "--",
    " ",
]


def hostile_labels(count: int) -> list[str]:
    choose = Random(0)
    mixed = ("".join(choose.choices(PIECES, k=choose.randint(1, 4))) for _ in range(count))
    return [*PIECES, *mixed][:count]


@pytest.mark.parametrize("options", [{}, {"rankdir": "TB", "heat": True}])
def test_200_hostile_labels_stay_text(options: dict[str, Any]) -> None:
    for label in hostile_labels(200):
        op = autograd.Op(label, lambda x: x, 1.0)
        root = op(Value(2.0, label=label) * constant(3.0, label=label))
        root.label = label
        svg = ElementTree.fromstring(draw(root, label, **options).svg)
        for element in svg.iter():
            assert set(element.attrib) <= ALLOWED[element.tag.removeprefix(SVG)]
            assert re.fullmatch("[a-z ]*", element.get("class", ""))
        assert not re.search("url|import|display", svg.findtext(f"{SVG}style", ""))


# --- collapse, focus, size ------------------------------------------------------------------


def count(drawing: Drawing) -> int:
    return drawing.svg.count("<g transform") - 1


def chain(nodes: int) -> Value:
    y = Value(0.5)
    for _ in range(nodes - 1):
        y = y.tanh()
    return y


def test_auto_shows_every_node_then_neurons_then_layers() -> None:
    model, wide = MLP(2, [3, 1], rng=0), MLP(2, [16, 16, 1], rng=0)
    assert count(draw(model([1.0, 2.0]))) == 29
    one = mse_loss([model([1.0, 2.0]) for _ in range(3)], [0.0] * 3)
    assert "Neuron" in draw(one).svg
    assert count(draw(one)) == 3 * (4 + 2) + 1
    assert count(draw(wide([1.0, 2.0]))) == 3


def test_a_focus_shows_what_is_near_in_full() -> None:
    wide = MLP(2, [16, 16, 1], rng=0)
    root = wide([1.0, 2.0])
    drawing = draw(root, focus=wide.layers[0].neurons[3].bias, radius=1)
    assert count(drawing) == 4  # the bias, the sum, its other operands and its use
    assert "… 2 operands" in drawing.svg


def test_2000_boxes_are_drawn_and_more_only_if_forced() -> None:
    assert "too many for a page" not in draw(chain(2000), collapse=None).text
    many = draw(chain(2001), collapse=None)
    assert "2,001 boxes are too many for a page, which holds up to 2,000 boxes." in many.svg
    assert "focus=node" in many.text
    assert "tanh" in many.text
    forced = draw(chain(2001), collapse=None, force=True).text
    assert len(forced.split("\n")) == 1 + 2001


def test_more_nodes_than_are_worth_folding_give_a_summary_in_words() -> None:
    drawing = draw(chain(200_001))
    assert ElementTree.fromstring(drawing.svg).tag == f"{SVG}svg"
    assert "200,001 nodes are too many" in drawing.text
    assert "200,000" in drawing.text


def test_a_single_leaf_is_the_root() -> None:
    assert count(draw(Value(2.0, label="x"))) == 1


def test_drawing_changes_nothing() -> None:
    root = network()
    nodes = topological_order(root)
    before = [(node._data, node.grad) for node in nodes]
    assert draw(root).svg == draw(root).svg
    assert [(node._data, node.grad) for node in nodes] == before


def test_a_drawing_says_the_same_as_a_table() -> None:
    lines = draw(polynomial()).text.split("\n")
    assert lines[0].split() == ["name", "kind", "says", "computed", "from", "(local", "derivative)"]
    (shared,) = (line for line in lines if " shared " in line)
    assert shared.split() == [
        "4",
        "shared",
        "op",
        "+",
        "1",
        "data",
        "−5,",
        "grad",
        "−10",
        "3",
        "×1",
    ]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"root": 3.0}, TypeError, "draw takes the root of a graph, a Value, got float"),
        ({"root": [Value(1.0)]}, TypeError, "got list"),
        ({"title": 3}, TypeError, "title is a str, got int"),
        ({"rankdir": "RL"}, ValueError, "rankdir is one of 'LR', 'TB', got 'RL'"),
        ({"collapse": "all"}, ValueError, "collapse is one of 'auto', .*'sum', None, got 'all'"),
        ({"collapse": 0}, ValueError, "collapse is a depth from 1 on, the outermost calls, got 0"),
        ({"collapse": True}, ValueError, "collapse is one of 'auto', .*, got True"),
        ({"theme": "blue"}, ValueError, "theme is one of 'auto', 'light', 'dark'"),
        ({"focus": 3.0}, TypeError, "focus is a Value of the graph, got float"),
        ({"focus": Value(1.0)}, ValueError, "focus must be a node of the graph"),
        ({"radius": -1}, ValueError, "radius, the number of edges from focus, is at least 0"),
        ({"heat": "yes"}, TypeError, "heat is True or False, got 'yes'"),
        ({"force": 3}, TypeError, "force is True or False, got 3"),
        ({"radius": 1.5}, TypeError, "radius, the number of edges from focus, is an int, got 1.5"),
    ],
)
def test_bad_arguments_are_refused(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        draw(**{"root": Value(1.0), **options})


if __name__ == "__main__":
    for name, (make, options) in PICTURES.items():
        (GOLDEN / f"{name}.svg").write_text(draw(make(), **options).svg)
