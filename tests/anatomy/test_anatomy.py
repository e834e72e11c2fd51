"""Pictures of a compiled function: its groups, its memory, and how they are read."""

import itertools
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd as ag
from autograd import Value, compile, value_and_grad, vmap
from autograd.anatomy import draw_groups, draw_memory
from autograd.anatomy.dissection import Part, dissect
from autograd.anatomy.groups import MOST_ARGUMENTS, MOST_GROUPS
from autograd.anatomy.memory import MOST_CELLS, unit_of
from autograd.show.drawing import Drawing

SVG = "{http://www.w3.org/2000/svg}"
DRAW = (draw_groups, draw_memory)


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

LAYER_READING = """\
Group 1, v + Σ2 v·v: its first 8 results, and what they are computed from
A  row     biases   16, 17, 18, 19, 20, 21, 22, 23
B  pack    weights  0, 2, 4, 6, 8, 10, 12, 14
C  splat   x        24, 24, 24, 24, 24, 24, 24, 24
D  pack    weights  1, 3, 5, 7, 9, 11, 13, 15
E  splat   x        25, 25, 25, 25, 25, 25, 25, 25
=  result  group 1  32, 33, 34, 35, 36, 37, 38, 39"""


def page(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.svg)


def texts(drawing: Drawing) -> list[str]:
    """Every text on the page, with what is in its parts."""
    return ["".join(text.itertext()) for text in page(drawing).iter(f"{SVG}text")]


def drawn(draw: Callable[..., Drawing], name: str, **options: Any) -> Drawing:
    """The picture of one of the functions above."""
    f, example = FUNCTIONS[name]
    return draw(f, *example, **options)


def carried(drawing: Drawing) -> list[str]:
    """What the arrows carry."""
    groups = [g for g in page(drawing).iter(f"{SVG}g") if g.get("class") == "locals"]
    return [text.text or "" for group in groups for text in group.iter(f"{SVG}text")]


def frames(drawing: Drawing) -> int:
    return sum(rect.get("class") == "frame" for rect in page(drawing).iter(f"{SVG}rect"))


# --- what is said ---------------------------------------------------------------------------


def test_a_layer_is_taken_apart_into_arguments_and_groups() -> None:
    assert draw_groups(layer, *LAYER).text == LAYER_TABLE


def test_the_reading_of_a_group_follows_the_table() -> None:
    assert draw_memory(layer, *LAYER).text == LAYER_TABLE
    assert draw_memory(layer, *LAYER, group=1).text == f"{LAYER_TABLE}\n\n{LAYER_READING}"


def test_weights_with_a_row_for_each_input_need_no_packs() -> None:
    assert carried(drawn(draw_groups, "layer")) == ["1 row", "2 packs", "2 splats", "1 row"]
    assert carried(drawn(draw_groups, "by input")) == ["1 row", "2 rows", "2 splats", "1 row"]


def test_a_compiled_function_is_drawn_as_what_it_was_made_of() -> None:
    assert draw_groups(compile(layer), *LAYER).svg == draw_groups(layer, *LAYER).svg


def test_a_lookup_reads_its_numbers_one_by_one() -> None:
    assert sorted(carried(drawn(draw_groups, "lookup"))) == ["1 number", "2 numbers"]


def test_many_operands_are_counted_after_the_first_few() -> None:
    dense = ([[0.5] * 8] * 8, [0.1] * 8, [1.0] * 8)
    assert "\n… and 12 more: 6 packs, 6 splats\n" in draw_memory(layer, *dense, group=1).text


def test_in_a_batch_samples_are_rows_and_what_they_share_is_splats() -> None:
    (line,) = [x for x in drawn(draw_groups, "batch").text.splitlines() if "Σ2 v·v" in x]
    assert "8 numbers in 8 lanes" in line
    assert line.endswith("biases: 8 splats, weights: 16 splats, group 1: 2 rows")


def test_groups_go_to_the_right_or_down() -> None:
    across, down = (page(draw_groups(layer, *LAYER, rankdir=way)) for way in ("LR", "TB"))
    assert float(across.get("width", "")) > float(down.get("width", ""))
    assert float(across.get("height", "")) < float(down.get("height", ""))
    with pytest.raises(ValueError, match="rankdir is one of 'LR', 'TB', got 'RL'"):
        draw_groups(layer, *LAYER, rankdir="RL")


def test_a_loop_over_samples_has_a_frame() -> None:
    assert frames(drawn(draw_groups, "layer")) == 0
    assert frames(drawn(draw_groups, "batch")) == 1
    assert "for 20 samples, 8 at a time" in texts(drawn(draw_groups, "batch"))


def test_sums_over_samples_go_on_from_what_they_were() -> None:
    (line,) = [x for x in drawn(draw_groups, "mean").text.splitlines() if "added to sums" in x]
    assert "group 1: 17 rows" in line


def test_less_than_eight_samples_fill_a_part_of_the_lanes() -> None:
    anatomy = dissect(*FUNCTIONS["few samples"])
    assert [len(vector.addresses) for vector in anatomy.groups[0].columns[0]] == [3, 3]


def test_what_nobody_reads_is_in_the_memory_but_not_among_the_groups() -> None:
    assert "constants" not in texts(drawn(draw_groups, "batch"))
    assert any("constants" in text for text in texts(drawn(draw_memory, "batch")))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_group_reads_what_lies_on_lower_levels(name: str) -> None:
    anatomy = dissect(*FUNCTIONS[name])
    seen: set[Part] = set()
    for number, part in enumerate(anatomy.parts):
        assert part.level == (
            1 + max((x.level for x in part.reads), default=0) if part.group else 0
        )
        assert set(part.reads) <= seen, number
        seen.add(part)
    assert [part.group for part in anatomy.groups] == [*range(1, len(anatomy.groups) + 1)]


# --- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", DRAW)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_drawn_the_same_each_time(name: str, draw: Any) -> None:
    first, second = drawn(draw, name), drawn(draw, name)
    assert page(first).get("role") == "img"
    assert (first.svg, first.text) == (second.svg, second.text)


def test_every_number_has_a_cell() -> None:
    drawing = draw_memory(layer, *LAYER)
    outlines = [path.get("d", "") for path in page(drawing).iter(f"{SVG}path")]
    legend = 5 + 1  # the parts, and what is free
    assert sum(way.count("M") for way in outlines) == dissect(layer, LAYER).size + legend


def test_cells_that_a_group_reads_carry_its_letters() -> None:
    marks = [
        text.text
        for text in page(draw_memory(layer, *LAYER, group=1)).iter(f"{SVG}text")
        if text.get("class") == "mark"
    ]
    in_memory = [*("B" if i % 2 == 0 else "D" for i in range(16)), *"AAAAAAAA", *"CE", *"========"]
    assert marks == [*in_memory, *"ABCDE="]


def test_a_number_that_is_read_twice_carries_both_letters() -> None:
    drawing = draw_memory(lambda xs: [x * x for x in xs], [2.0] * 8, group=1)
    assert texts(drawing).count("AB") == 8


def test_neighbours_differ_in_colour_and_results_say_so() -> None:
    kinds = [path.get("class") for path in page(draw_memory(layer, *LAYER)).iter(f"{SVG}path")]
    legend = kinds[-6:]
    assert all(x != y for x, y in itertools.pairwise(legend))
    assert "8 × tanh(v)40 to 47, returned" in texts(draw_memory(layer, *LAYER))


@pytest.mark.parametrize("draw", DRAW)
def test_a_theme_is_that_of_the_reader_or_the_one_asked_for(draw: Any) -> None:
    auto, light, dark = (
        draw(layer, *LAYER, theme=theme).svg for theme in ("auto", "light", "dark")
    )
    assert "prefers-color-scheme" in auto
    assert "prefers-color-scheme" not in light + dark
    assert ("#ffffff" in light, "#ffffff" in dark) == (True, False)


@pytest.mark.parametrize("draw", DRAW)
def test_hostile_names_stay_texts(draw: Any) -> None:
    def hostile(x: Any) -> list[Any]:
        return [bell(a) for a in x]

    name = '<script>alert("1")</script>\x00\u202e]]>&'
    bell = ag.Op(name, lambda x: x, lambda x, out: 1.0)
    hostile.__name__ = name
    drawing = draw(hostile, [1.0] * 8, title=name)
    tags = {element.tag.removeprefix(SVG) for element in page(drawing).iter()}
    assert "script" not in tags
    assert "\x00" not in drawing.svg
    assert "\u202e" not in drawing.svg


@pytest.mark.parametrize("draw", DRAW)
def test_a_title_stands_above(draw: Any) -> None:
    assert texts(draw(layer, *LAYER, title="Sixteen neurons"))[0] == "Sixteen neurons"
    assert texts(draw(layer, *LAYER))[0] in (
        "layer: 2 groups, 2 levels",
        "Memory of layer: 48 numbers",
    )


@pytest.mark.parametrize("draw", DRAW)
def test_a_function_without_a_name_is_a_function(draw: Any) -> None:
    assert "a function" in texts(draw(lambda x: x, 1.0))[0]


@pytest.mark.parametrize("draw", DRAW)
def test_a_drawing_is_saved_and_shown_in_a_notebook(draw: Any, tmp_path: Path) -> None:
    drawing = draw(layer, *LAYER)
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


@pytest.mark.parametrize("size", [1, MOST_CELLS, MOST_CELLS + 1, 100_000, 10_000_000])
def test_a_memory_fits_on_a_page(size: int) -> None:
    unit = unit_of(size)
    assert size <= unit * MOST_CELLS
    assert unit == 1 or size > MOST_CELLS
    assert unit in (1, 8) or size > unit // 2 * MOST_CELLS


def test_in_a_large_memory_a_cell_stands_for_several_numbers() -> None:
    drawing = draw_memory(wide, [1.0] * 10_000, group=1)
    assert "Each cell stands for 16 numbers." in texts(drawing)
    assert len(drawing.svg) < 60_000


def test_a_long_legend_is_folded() -> None:
    drawing = draw_memory(chain, 0.5)
    assert any(text.startswith("… ") and text.endswith(" more parts") for text in texts(drawing))
    assert len(drawing.svg) < 120_000


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("draw", DRAW)
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
    draw: Any, f: Any, example: Any, options: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        draw(f, *example, **options)


@pytest.mark.parametrize("group", [0, 3, -1, True, 1.0, "1"])
def test_a_group_is_named_by_its_number(group: Any) -> None:
    with pytest.raises(ValueError, match="group is a number from 1 to 2, got "):
        draw_memory(layer, *LAYER, group=group)


def test_without_groups_there_is_none_to_ask_for() -> None:
    with pytest.raises(ValueError, match="group is None, for there are none"):
        draw_memory(lambda x: x, 1.0, group=1)
