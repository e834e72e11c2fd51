"""The picture of a compiled function: its groups, and how they read one another."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd as ag
from autograd import Value, compile, value_and_grad, vmap
from autograd.anatomy import draw_groups
from autograd.anatomy.dissection import Section, dissect
from autograd.anatomy.group_picture import MOST_ARGUMENTS, MOST_GROUPS
from autograd.show.drawing import Drawing

SVG = "{http://www.w3.org/2000/svg}"


def layer(weights: Any, biases: Any, x: Any) -> list[Any]:
    """Tanh of a sum for each neuron; `weights` has a row for each of them."""
    activations = []
    for row, bias in zip(weights, biases, strict=True):
        z = bias
        for w, xi in zip(row, x, strict=True):
            z = z + w * xi
        activations.append(ag.tanh(z))
    return activations


def layer_by_input(weights: Any, biases: Any, x: Any) -> list[Any]:
    """The same; `weights` has a row for each input."""
    return layer(list(zip(*weights, strict=True)), biases, x)


def energy(weights: Any, biases: Any, x: Any) -> Any:
    return ag.sum([a * a for a in layer(weights, biases, x)])


def chain(x: Any, length: int = 100) -> Any:
    for _ in range(length):
        x = ag.sin(x)
    return x


def wide(xs: Any) -> list[Any]:
    return [ag.exp(x) for x in xs]


def lookups(table: Any, i: Any) -> Any:
    return ag.lookup(table, i)


LAYER = ([[0.5] * 2] * 8, [0.1] * 8, [1.0, 2.0])
TURNED = ([[0.5] * 8] * 2, [0.1] * 8, [1.0, 2.0])
SHARED = (None, None, 0)
SAMPLES = (*LAYER[:2], [[1.0, 2.0]] * 20)

FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "layer": (layer, LAYER),
    "by input": (layer_by_input, TURNED),
    "gradient": (value_and_grad(energy, (0, 1)), LAYER),
    "chain": (chain, (0.5,)),
    "lookup": (lookups, ([1.0, 2.0], 1)),
    "batch": (vmap(layer, SHARED), SAMPLES),
    "mean": (vmap(value_and_grad(energy, 0), SHARED, "mean"), SAMPLES),
    "few samples": (vmap(layer, SHARED), (*LAYER[:2], [[1.0, 2.0]] * 3)),
    "nothing computed": (lambda x: x, (1.0,)),
    "a constant": (lambda x: 2.0, ([],)),
}

LAYER_TABLE = """\
   what        level  count       addresses  reads
   weights            16 numbers  0 to 15
   biases             8 numbers   16 to 23
   x                  2 numbers   24 to 25
1  v + Σ2 v·v  1      8 numbers   32 to 39   biases: 1 row, weights: 2 packs, x: 2 splats
2  tanh(v)     2      8 numbers   40 to 47   group 1: 1 row"""


def page(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.svg)


def texts(drawing: Drawing) -> list[str]:
    """Every text on the page, with what is in its parts."""
    return ["".join(text.itertext()) for text in page(drawing).iter(f"{SVG}text")]


def drawn(name: str, **options: Any) -> Drawing:
    """The picture of one of the functions above."""
    f, example = FUNCTIONS[name]
    return draw_groups(f, *example, **options)


def carried(drawing: Drawing) -> list[str]:
    """What the arrows carry."""
    groups = [g for g in page(drawing).iter(f"{SVG}g") if g.get("class") == "locals"]
    return [text.text or "" for group in groups for text in group.iter(f"{SVG}text")]


def frames(drawing: Drawing) -> int:
    return sum(rect.get("class") == "frame" for rect in page(drawing).iter(f"{SVG}rect"))


# --- what is said ---------------------------------------------------------------------------


def test_a_layer_is_taken_apart_into_arguments_and_groups() -> None:
    assert draw_groups(layer, *LAYER).text == LAYER_TABLE


def test_weights_with_a_row_for_each_input_need_no_packs() -> None:
    assert carried(drawn("layer")) == ["1 row", "2 packs", "2 splats", "1 row"]
    assert carried(drawn("by input")) == ["1 row", "2 rows", "2 splats", "1 row"]


def test_a_compiled_function_is_drawn_as_what_it_was_made_of() -> None:
    assert draw_groups(compile(layer), *LAYER).svg == draw_groups(layer, *LAYER).svg


def test_a_lookup_reads_its_numbers_one_by_one() -> None:
    assert sorted(carried(drawn("lookup"))) == ["1 number", "2 numbers"]


def test_in_a_batch_samples_are_rows_and_what_they_share_is_splats() -> None:
    (line,) = [x for x in drawn("batch").text.splitlines() if "Σ2 v·v" in x]
    assert "8 numbers in 8 lanes" in line
    assert line.endswith("biases: 8 splats, weights: 16 splats, group 1: 2 rows")


def test_groups_go_to_the_right_or_down() -> None:
    across, down = (page(draw_groups(layer, *LAYER, rankdir=way)) for way in ("LR", "TB"))
    assert float(across.get("width", "")) > float(down.get("width", ""))
    assert float(across.get("height", "")) < float(down.get("height", ""))
    with pytest.raises(ValueError, match="rankdir is one of 'LR', 'TB', got 'RL'"):
        draw_groups(layer, *LAYER, rankdir="RL")


def test_a_loop_over_samples_has_a_frame() -> None:
    assert frames(drawn("layer")) == 0
    assert frames(drawn("batch")) == 1
    assert "for 20 samples, 8 at a time" in texts(drawn("batch"))


def test_sums_over_samples_begin_where_they_are_added_up() -> None:
    (line,) = [x for x in drawn("mean").text.splitlines() if "added to sums" in x]
    assert line.endswith("  group 6: 1 row, group 9: 16 rows")


def test_less_than_eight_samples_fill_a_part_of_the_lanes() -> None:
    to_lanes = dissect(*FUNCTIONS["few samples"]).groups[0]
    assert {part.name: dict(read) for part, read in to_lanes.reads.items()} == {"x": {"pack": 2}}


def test_what_nobody_reads_is_in_the_table_but_not_among_the_boxes() -> None:
    assert "constants" not in texts(drawn("batch"))
    assert "constants" in drawn("batch").text


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_group_reads_what_lies_on_lower_levels(name: str) -> None:
    anatomy = dissect(*FUNCTIONS[name])
    seen: set[Section] = set()
    for number, part in enumerate(anatomy.parts):
        assert part.level == (
            1 + max((x.level for x in part.reads), default=0) if part.group else 0
        )
        assert set(part.reads) <= seen, number
        seen.add(part)
    assert [part.group for part in anatomy.groups] == [*range(1, len(anatomy.groups) + 1)]


# --- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_drawn_the_same_each_time(name: str) -> None:
    first, second = drawn(name), drawn(name)
    assert page(first).get("role") == "img"
    assert (first.svg, first.text) == (second.svg, second.text)


def test_a_theme_is_that_of_the_reader_or_the_one_asked_for() -> None:
    auto, light, dark = (
        draw_groups(layer, *LAYER, theme=theme).svg for theme in ("auto", "light", "dark")
    )
    assert "prefers-color-scheme" in auto
    assert "prefers-color-scheme" not in light + dark
    assert ("#ffffff" in light, "#ffffff" in dark) == (True, False)


def test_hostile_names_stay_texts() -> None:
    def hostile(x: Any) -> list[Any]:
        return [bell(a) for a in x]

    name = '<script>alert("1")</script>\x00\u202e]]>&'
    bell = ag.Op(name, lambda x: x, lambda x, out: 1.0)
    hostile.__name__ = name
    drawing = draw_groups(hostile, [1.0] * 8, title=name)
    tags = {element.tag.removeprefix(SVG) for element in page(drawing).iter()}
    assert "script" not in tags
    assert "\x00" not in drawing.svg
    assert "\u202e" not in drawing.svg


def test_a_title_stands_above() -> None:
    assert texts(draw_groups(layer, *LAYER, title="Sixteen neurons"))[0] == "Sixteen neurons"
    assert texts(draw_groups(layer, *LAYER))[0] == "layer: 2 groups, 2 levels"


def test_a_function_without_a_name_is_a_function() -> None:
    assert "a function" in texts(draw_groups(lambda x: x, 1.0))[0]


def test_a_drawing_is_saved_and_shown_in_a_notebook(tmp_path: Path) -> None:
    drawing = draw_groups(layer, *LAYER)
    drawing.save(tmp_path / "layer.svg")
    assert (tmp_path / "layer.svg").read_text("utf-8") == drawing.svg
    assert "image/svg+xml" in drawing._repr_mimebundle_()


# --- what is too much -----------------------------------------------------------------------


def test_many_groups_are_folded_in_the_middle() -> None:
    said = texts(draw_groups(chain, 0.5))
    assert f"… {100 - MOST_GROUPS + 1} groups" in said
    assert "level 13 to 89" in said
    assert said.count("sin(v)") == MOST_GROUPS - 1


def test_many_arguments_are_folded_too() -> None:
    numbers = [float(i) for i in range(30)]
    said = texts(draw_groups(lambda *xs: ag.sum(xs), *numbers))
    assert f"… {30 - MOST_ARGUMENTS + 1} arguments" in said


def test_a_batch_with_many_groups_is_folded_without_its_frame() -> None:
    drawing = draw_groups(vmap(chain), [0.5] * 9)
    assert frames(drawing) == 0
    assert any(text.endswith(" groups") for text in texts(drawing))


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "example", "options", "error", "said"),
    [
        (3, (), {}, TypeError, "a function is drawn, with example arguments; got int"),
        (layer, (Value(1.0),), {}, TypeError, "weights is a Value"),
        (wide, ([1.0],), {"theme": "pink"}, ValueError, "theme is one of"),
        (wide, ([1.0],), {"title": 3}, TypeError, "title is a str, got int"),
        (list, (), {}, ValueError, "there is nothing to draw"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    f: Any, example: Any, options: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        draw_groups(f, *example, **options)
