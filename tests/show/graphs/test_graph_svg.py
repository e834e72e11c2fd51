"""The SVG of a graph: what is seen of its content, in which shapes, and that it is well-formed."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any

import pytest

import autograd
from autograd import Value, constant
from autograd.nn import MLP
from autograd.show import draw

SVG = "{http://www.w3.org/2000/svg}"


def parsed(root: Value, title: str | None = None, **options: Any) -> ElementTree.Element:
    return ElementTree.fromstring(draw(root, title, **options).svg)


def group(svg: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [child for g in svg.iter(f"{SVG}g") if g.get("class") == kind for child in g]


def seen(text: ElementTree.Element) -> str:
    """A text without the title that pointing at it brings up."""
    return (text.text or "") + "".join(
        f"{part.text}{part.tail or ''}" for part in text.iter(f"{SVG}tspan")
    )


def boxes(svg: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (g for g in svg.iter(f"{SVG}g") if g.find(f"{SVG}title") is not None)


def texts(svg: ElementTree.Element) -> dict[str, list[str]]:
    """For each box, by its exact title, the texts in it."""
    return {
        box.findtext(f"{SVG}title", ""): [seen(text) for text in box.iter(f"{SVG}text")]
        for box in boxes(svg)
    }


def test_a_product_with_itself_has_two_edges_with_two_labels_apart() -> None:
    x = Value(3.0, "x")
    svg = parsed(x * x)
    assert [seen(label) for label in group(svg, "locals")] == ["×3", "×3"]
    heights = [float(label.get("y", "0")) for label in group(svg, "locals")]
    assert abs(heights[0] - heights[1]) >= 17
    (path,) = (edge.get("d", "") for edge in group(svg, "edges"))
    _, one, two = path.split("M")
    assert one != two


def test_a_box_says_label_op_data_and_gradient_and_all_exactly_when_pointed_at() -> None:
    x = Value(1 / 3, label="x")
    y = x * 3.0
    y.label = "y"
    y.backward()
    assert texts(parsed(y)) == {
        "x (input): data = 0.3333333333333333, grad = 3.0": ["x", "data 0.3333", "grad 3"],
        "y (× 3): data = 1.0, grad = 1.0": ["y", "× 3", "data 1", "grad 1"],
    }


def test_kinds_differ_in_shape_and_not_in_colour_alone() -> None:
    svg = parsed(MLP(1, [1], rng=0)([Value(2.0, "x")]).tanh() * constant(3.0))
    shapes = {}
    for box in boxes(svg):
        outline = [part for part in box if part.tag in (f"{SVG}rect", f"{SVG}path")]
        kind = outline[0].get("class")
        rounded = [(part.tag, part.get("rx")) for part in outline]
        path = "".join(c for c in outline[0].get("d", "") if c.isalpha())
        shapes[kind] = (*rounded, path)
    assert set(shapes) == {"input", "parameter", "op", "constant", "root"}
    assert len(set(shapes.values())) == 5


def test_a_group_stands_on_a_second_box() -> None:
    svg = parsed(MLP(1, [2, 1], rng=0)([1.0]) * 2.0, collapse="layer")
    (first, second, *_) = boxes(svg)
    for box in (first, second):
        assert [part.get("class") for part in box.iter(f"{SVG}rect")] == ["group", "group"]


def test_frames_have_titles() -> None:
    svg = parsed(MLP(1, [1], rng=0)([1.0]))
    titles = [seen(t) for t in svg.iter(f"{SVG}text") if t.get("class") == "call"]
    assert titles == ["MLP", "Layer layers.0", "Neuron neurons.0"]
    assert len([r for r in svg.iter(f"{SVG}rect") if r.get("class") == "frame"]) == 3


def test_where_nothing_flows_the_edge_is_dotted() -> None:
    svg = parsed(autograd.where(True, Value(3.0), Value(7.0)))
    assert [edge.get("class") for edge in group(svg, "edges")] == [None, "idle"]


def test_heat_is_a_bar_as_well_as_a_colour() -> None:
    x, y = Value(1.0, "x"), Value(1.0, "y")
    root = x * 100.0 + y
    root.backward()
    heat = {
        seen(box.findall(f"{SVG}text")[0]): [p for p in box if p.get("class") == "heat"]
        for box in boxes(parsed(root, heat=True))
    }
    colours, bars = (
        [float(heat[name][part].get(what, "0")) for name in ("x", "y")]
        for part, what in ((0, "fill-opacity"), (1, "width"))
    )
    assert colours[0] > colours[1] > 0.0
    assert bars[0] > bars[1] > 0.0


def scale(svg: ElementTree.Element) -> list[str]:
    """The texts below the drawing that say what heat means."""
    *_, last = [g for g in svg if g.tag == f"{SVG}g"]
    return [seen(text) for text in last.iter(f"{SVG}text")]


def test_heat_has_a_scale_from_the_largest_gradient_down() -> None:
    x, y = Value(1.0, "x"), Value(1.0, "y")
    root = x * 50.0 + y
    root.backward()
    svg = parsed(root, heat=True)
    assert scale(svg) == ["|grad|", "50", "5", "0.5", "0.05", "≤ 0.005"]
    *_, last = [g for g in svg if g.tag == f"{SVG}g"]
    hot = [part for part in last.iter() if part.get("class") == "heat"]
    colours = [float(part.get("fill-opacity", "0")) for part in hot[::2]]
    assert colours == [0.3, 0.17, 0.07, 0.02, 0.0]
    x_box = next(box for box in boxes(svg) if box.findtext(f"{SVG}title", "").startswith("x "))
    (colour, _) = [part for part in x_box if part.get("class") == "heat"]
    assert colour.get("fill-opacity") == "0.30"
    assert "The hotter, the nearer |grad| is to 50.0." in svg.findtext(f"{SVG}desc", "")


def test_the_scale_of_heat_fits_on_the_page() -> None:
    root = Value(1.0)
    root.backward()
    svg = parsed(root, heat=True)
    *_, last = [g for g in svg if g.tag == f"{SVG}g"]
    *_, sample = last.iter(f"{SVG}g")
    left = float((sample.get("transform") or "")[10:-1].split()[0])
    rect = sample.find(f"{SVG}rect")
    assert rect is not None
    assert 20 + left + float(rect.get("width", "0")) < float(svg.get("width", "0"))


def test_without_a_gradient_heat_says_so_and_without_heat_there_is_no_scale() -> None:
    root = Value(1.0, "x") * 2.0
    assert scale(parsed(root, heat=True)) == ["heat shows |grad|: there is no gradient yet"]
    assert "|grad|" not in draw(root).svg


@pytest.mark.parametrize("grad", [float("nan"), float("inf"), 1e-320, 1e308])
def test_the_scale_of_heat_takes_any_gradient(grad: float) -> None:
    x = Value(1.0, "x")
    root = x * grad
    root.backward()
    texts = scale(parsed(root, heat=True))
    assert texts[0] == "|grad|"
    assert len(texts) == 6


def test_what_softmax_takes_as_constant_says_so() -> None:
    first = autograd.softmax([Value(0.0, "a"), Value(1.0, "b")])[0]
    names = [words[0] for words in texts(parsed(first)).values()]
    assert "fixed" not in " ".join(names)
    assert "as constant" in names or "maximum" not in names


def test_the_title_is_a_heading_and_the_name_for_screen_readers() -> None:
    svg = parsed(Value(2.0), title="One <leaf>")
    assert svg.findtext(f"{SVG}title") == "One <leaf>"
    assert next(seen(t) for t in svg.iter(f"{SVG}text")) == "One <leaf>"
    assert parsed(Value(2.0, label="x")).findtext(f"{SVG}title") == "Computation graph of x"


def test_the_description_counts_and_tells_the_root() -> None:
    x = Value(2.0, "x")
    assert parsed(x * 3.0).findtext(f"{SVG}desc") == (
        "2 boxes (1 input, 1 root) and 1 edge. Each edge leads from an operand to a result and "
        "carries the local derivative. Root: root (× 3): data = 6.0, grad = none yet."
    )


@pytest.mark.parametrize("label", ["x" * 10_000, "a longer name than there is room for"])
def test_long_labels_are_clipped_with_the_full_text_when_pointed_at(label: str) -> None:
    shown = texts(parsed(Value(2.0, label=label)))
    assert list(shown) == [f"{label} (input): data = 2.0, grad = none yet"]
    assert [words[0][-1] for words in shown.values()] == ["…"]


def test_top_to_bottom_is_taller_and_left_to_right_is_wider() -> None:
    root = Value(1.0).tanh().tanh().tanh()
    wide, tall = (
        [float(parsed(root, rankdir=way).get(side, "0")) for side in ("width", "height")]
        for way in ("LR", "TB")
    )
    assert wide[0] > wide[1]
    assert tall[1] > tall[0]


def test_only_rules_and_colours_that_are_used_are_in_the_style() -> None:
    style = parsed(Value(2.0).tanh()).findtext(f"{SVG}style", "")
    assert ".op" not in style  # a leaf and the root
    assert "--parameter" not in style
    assert ".root" in style
