"""The drawing of a graph: what it shows, and that nothing but our own markup comes out."""

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from itertools import combinations

import pytest

import autograd
from autograd import Value, constant
from autograd.show import draw

SVG = "{http://www.w3.org/2000/svg}"
TIMES, MINUS, DASH = "\N{MULTIPLICATION SIGN}", "\N{MINUS SIGN}", "\N{EN DASH}"
ALLOWED = {
    "svg": {"id", "role", "aria-labelledby", "aria-describedby", "width", "height", "viewBox"},
    "title": {"id"},
    "desc": {"id"},
    "style": set(),
    "g": {"transform"},
    "rect": {"class", "x", "y", "width", "height", "rx"},
    "path": {"class", "d"},
    "text": {"class", "x", "y"},
    "tspan": set(),
}


def parsed(root: Value, title: str | None = None, rankdir: str = "LR") -> ElementTree.Element:
    return ElementTree.fromstring(draw(root, title, rankdir).svg)


def words(element: ElementTree.Element) -> list[str]:
    """The texts that are seen, in order, without the titles that pointing at them brings up."""
    return [
        "".join([text.text or "", *(f"{t.text}{t.tail or ''}" for t in text.iter(f"{SVG}tspan"))])
        for text in element.iter(f"{SVG}text")
    ]


def boxes(element: ElementTree.Element) -> dict[str, list[str]]:
    """For each box, by its exact title, the texts in it."""
    inner = element.find(f"{SVG}g")
    assert inner is not None
    return {box.findtext(f"{SVG}title", ""): words(box) for box in inner.findall(f"{SVG}g")}


def locals_shown(element: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in element.iter(f"{SVG}text") if text.get("class") == "local"]


def kinds(element: ElementTree.Element) -> Counter[str]:
    return Counter(shape.get("class", "") for shape in element.iter() if shape.get("class"))


def neuron() -> Value:
    weights = [Value(0.5 * i, label=f"w{i}") for i in range(4)]
    inputs = [Value(1.0 - i, label=f"x{i}") for i in range(4)]
    z: Value = autograd.sum([w * x for w, x in zip(weights, inputs, strict=True)])
    return z.tanh()


def fan_out(count: int) -> Value:
    x = Value(0.5, label="x")
    total: Value = autograd.sum([x * float(i) for i in range(count)])
    return total


def test_a_product_with_itself_has_two_edges_with_two_labels_apart() -> None:
    x = Value(3.0, label="x")
    svg = parsed(x * x)
    labels = [text for text in svg.iter(f"{SVG}text") if text.get("class") == "local"]
    assert [label.text for label in labels] == [f"{TIMES}3", f"{TIMES}3"]
    assert kinds(svg)["edge"] == 2
    heights = [float(label.get("y", "0")) for label in labels]
    assert abs(heights[0] - heights[1]) >= 17


def test_a_box_shows_label_op_data_and_gradient_and_all_of_it_exactly_when_pointed_at() -> None:
    x = Value(1 / 3, label="x")
    y = x * 3.0
    y.label = "y"
    y.backward()
    assert boxes(parsed(y)) == {
        "x (leaf): data = 0.3333333333333333, grad = 3.0": ["x", "data 0.3333", "grad 3"],
        "constant = 3.0": ["3"],
        f"y ({TIMES}): data = 1.0, grad = 1.0": ["y", TIMES, "data 1", "grad 1"],
    }


def test_nodes_without_label_are_named_by_what_made_them() -> None:
    assert list(boxes(parsed(Value(0.0).tanh())).values()) == [
        ["leaf", "data 0", f"grad {DASH}"],
        ["tanh", "data 0", f"grad {DASH}"],
    ]


def test_gradients_are_dashes_until_a_backward_pass_has_reached_the_graph() -> None:
    x = Value(2.0)
    y = x.relu() + (x * -1.0).relu()
    assert words(parsed(y)).count(f"grad {DASH}") == 5
    y.backward()
    shown = words(parsed(y))
    assert f"grad {DASH}" not in shown
    assert f"grad {MINUS}0" in shown or "grad 0" in shown  # the dead relu, now known to be 0


def test_gradients_of_an_earlier_pass_are_shown() -> None:
    x = Value(2.0)
    (x * 5.0).backward()
    shown = words(parsed(x * 7.0))
    assert shown.count("grad 5") == 1
    assert shown.count(f"grad {DASH}") == 1


def test_gradients_that_are_values_are_shown_as_numbers() -> None:
    x = Value(3.0)
    y = x * x
    y.backward(create_graph=True)
    assert "grad 6" in words(parsed(y))
    x.grad = 0.0  # a leaf and its connected gradient hold each other


def test_each_plain_number_gets_a_box_of_its_own() -> None:
    x = Value(2.0, label="x")
    svg = parsed(x * 3.0 + x * 3.0)
    assert kinds(svg)["constant"] == 2


def test_a_shared_constant_is_one_box_without_gradient() -> None:
    k, x = constant(3.0, label="k"), Value(2.0)
    y = k * x + k
    y.backward()
    assert boxes(parsed(y))["k = 3.0"] == ["k", "3"]


def test_kinds_differ_in_shape_and_in_class() -> None:
    x = Value(2.0, label="x")
    svg = parsed((x * 3.0).tanh())
    shapes = {
        kind: [(s.tag.removeprefix(SVG), s.get("rx")) for s in svg.iter() if s.get("class") == kind]
        for kind in ("leaf", "constant", "op", "root")
    }
    assert [len(found) for found in shapes.values()] == [1, 1, 1, 2]
    assert len({tuple(found) for found in shapes.values()}) == 4


def test_local_derivatives_are_those_of_the_node() -> None:
    x, y = Value(3.0), Value(7.0)
    assert locals_shown(parsed(x / y)) == [f"{TIMES}0.1429", f"{TIMES}{MINUS}0.06122"]
    assert "0.14285714285714285" in draw(x / y).svg


def test_an_operand_that_a_choice_did_not_take_has_a_dotted_edge_with_a_dash() -> None:
    x, y = Value(3.0), Value(7.0)
    svg = parsed(autograd.where(True, x, y))
    assert locals_shown(svg) == [f"{TIMES}{DASH}", f"{TIMES}1", f"{TIMES}{DASH}"]
    assert kinds(svg)["edge idle"] == 2


def test_the_undefined_derivative_by_a_constant_exponent_is_a_dash() -> None:
    assert locals_shown(parsed(Value(-3.0) ** 2)) == [f"{TIMES}{MINUS}6", f"{TIMES}{DASH}"]


def test_a_single_leaf_is_the_root() -> None:
    svg = parsed(Value(2.0, label="x"))
    assert kinds(svg)["root"] == 2
    assert kinds(svg)["edge"] == 0


def test_the_title_is_a_heading_and_the_name_for_screen_readers() -> None:
    svg = parsed(Value(2.0), title="One <leaf>")
    assert svg.findtext(f"{SVG}title") == "One <leaf>"
    assert words(svg)[0] == "One <leaf>"
    assert parsed(Value(2.0, label="x")).findtext(f"{SVG}title") == "Computation graph of x"


HOSTILE = [
    "\"quoted\" 'too'",
    '<script>alert("x")</script>',
    "]]></style><script>",
    "two\nlines\r\nand\ttabs",
    "x" * 10_000,
    "שלום עולם " * 9,
    "nul \0 bell \x07 half \ud83d turned \u202e",
    '" onload="alert(1)',
    "url(http://example.org/x) javascript:alert(1)",
    "&amp; &lt; &#0;",
    "{}%s\\",
    "",
    " ",
]


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels_stay_text(label: str, rankdir: str) -> None:
    op = autograd.Op(label or "op", lambda x: x, 1.0)
    root = op(Value(2.0, label=label) * constant(3.0, label=label))
    root.label = label
    svg = parsed(root, label, rankdir)
    for element in svg.iter():
        name = element.tag.removeprefix(SVG)
        assert set(element.attrib) <= ALLOWED[name]
        classes = element.get("class", "")
        assert re.fullmatch("[a-z ]*", classes)
    style = svg.findtext(f"{SVG}style", "")
    assert "url" not in style
    assert "@import" not in style


@pytest.mark.parametrize("label", ["x" * 10_000, "a longer name than there is room for"])
def test_long_labels_are_clipped_with_the_full_text_when_pointed_at(label: str) -> None:
    shown = boxes(parsed(Value(2.0, label=label)))
    assert list(shown) == [f"{label} (leaf): data = 2.0, grad = none yet"]
    assert [texts[0][-1] for texts in shown.values()] == ["…"]


def areas(svg: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """The rectangles of all boxes and edge labels: left, right, top, bottom."""
    inner = svg.find(f"{SVG}g")
    assert inner is not None
    found = []
    for box in inner.findall(f"{SVG}g"):
        x, y = map(float, re.findall(r"\d+", box.get("transform", "")))
        frame = box[1]
        if frame.tag == f"{SVG}rect":
            width, height = float(frame.get("width", "0")), float(frame.get("height", "0"))
        else:
            across, down = re.findall(r"h(\d+)l7 7v(\d+)", frame.get("d", ""))[0]
            width, height = float(across) + 14, float(down) + 14
        found.append((x, x + width, y, y + height))
    for text in inner.findall(f"{SVG}text"):
        x, y = float(text.get("x", "0")), float(text.get("y", "0"))
        half = len(text.text or "") * 7 / 2
        found.append((x - half, x + half, y - 9, y + 2))
    return found


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
@pytest.mark.parametrize("root", [neuron(), fan_out(20)], ids=["neuron", "fan-out of 20"])
def test_labels_cover_neither_boxes_nor_each_other(root: Value, rankdir: str) -> None:
    for one, other in combinations(areas(parsed(root, None, rankdir)), 2):
        apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
        assert apart


def test_top_to_bottom_is_taller_and_left_to_right_is_wider() -> None:
    root = Value(1.0).tanh().tanh().tanh()
    sizes = {
        rankdir: [float(parsed(root, None, rankdir).get(side, "0")) for side in ("width", "height")]
        for rankdir in ("LR", "TB")
    }
    assert sizes["LR"][0] > sizes["LR"][1]
    assert sizes["TB"][1] > sizes["TB"][0]


def test_drawing_changes_nothing() -> None:
    root = neuron()
    root.backward()
    before = [node.grad for node in root.operands]
    assert draw(root).svg == draw(root).svg
    assert [node.grad for node in root.operands] == before


def test_fifty_boxes_take_less_than_30_kilobytes() -> None:
    x = Value(0.12345678, label="x")
    root = autograd.sum([(x * float(i)).tanh() for i in range(16)])
    root.backward()
    svg = draw(root).svg
    assert len(boxes(ElementTree.fromstring(svg))) >= 16
    assert svg.count("<g transform") - 1 == 50
    assert len(svg.encode()) < 30_000


def test_a_chain_of_20000_is_refused_with_the_limit_and_without_recursion() -> None:
    y = Value(1.0)
    for _ in range(20_000):
        y = y + 1.0
    with pytest.raises(ValueError, match=r"40,001 boxes, and a drawing holds at most 2,000: draw"):
        draw(y)


def test_2000_boxes_are_drawn() -> None:
    y = Value(1.0)
    for _ in range(1999):
        y = y.tanh()
    assert draw(y).svg.count("<g transform") == 2001


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3.0,), TypeError, "draw needs a Value, the root of a graph, got float"),
        (([Value(1.0)],), TypeError, "got list"),
        ((Value(1.0), 3), TypeError, "title is a str, got int"),
        ((Value(1.0), None, "RL"), ValueError, "rankdir is 'LR' or 'TB', got 'RL'"),
    ],
)
def test_bad_arguments_are_refused(
    arguments: tuple[Value, str, str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        draw(*arguments)
