"""Worksheets: another graph for each seed, blanks that give nothing away, and a right key."""

import json
import re
import xml.etree.ElementTree as ET
from typing import Any, cast

import numpy as np
import pytest

from autograd import Value
from autograd.teach import worksheet

SEEDS = range(20)


def run(lines: tuple[str, ...]) -> dict[str, Value]:
    names: dict[str, Any] = {"Value": Value}
    exec("\n".join(lines), names)
    return {name: x for name, x in names.items() if isinstance(x, Value)}


def test_the_same_seed_gives_the_same_sheet_and_others_give_others() -> None:
    assert worksheet(5).svg == worksheet(5).svg
    assert len({worksheet(seed).lines for seed in range(300)}) == 300


@pytest.mark.parametrize("seed", SEEDS)
def test_the_key_is_what_the_program_gives(seed: int) -> None:
    sheet = worksheet(seed, nodes=2 + seed % 11)
    nodes = run(sheet.lines)
    nodes["y"].backward()
    for blank in sheet.key:
        if blank.what == "data":
            assert blank.value == nodes[blank.of].data
        elif blank.what == "grad":
            assert blank.value == nodes[blank.of].grad
    edges = sum(len(node.parents) for node in nodes.values())
    counts = [sum(blank.what == kind for blank in sheet.key) for kind in ("data", "local", "grad")]
    assert counts == [2 + seed % 11, edges, len(nodes)]
    assert [blank.number for blank in sheet.key] == [*range(1, len(sheet.key) + 1)]


@pytest.mark.parametrize("seed", SEEDS)
def test_local_derivatives_times_upstream_add_up_to_the_gradients(seed: int) -> None:
    sheet = worksheet(seed)
    grads = {blank.of: blank.value for blank in sheet.key if blank.what == "grad"}
    sums = dict.fromkeys(grads, 0.0)
    for blank in sheet.key:
        found = re.fullmatch(r"d (\w+) / d (\w+)(?: \((?:left|right)\))?", blank.of)
        if blank.what == "local" and found:
            sums[found[2]] += grads[found[1]] * blank.value
    assert sums | {"y": 1.0} == grads


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_are_whole_and_small_and_a_node_is_used_twice(seed: int) -> None:
    sheet = worksheet(seed)
    assert all(blank.value == int(blank.value) and abs(blank.value) <= 60 for blank in sheet.key)
    nodes = run(sheet.lines)
    uses = [operand for node in nodes.values() for operand in node.operands]
    assert max(map(uses.count, uses)) >= 2


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_picture_has_each_blank_and_none_of_the_answers(theme: str) -> None:
    for seed in SEEDS:
        sheet = worksheet(seed, theme=theme)
        root = ET.fromstring(sheet.svg)
        shown = " ".join(text for text in root.itertext() if "{" not in text)
        for blank in sheet.key:
            assert shown.count(f"({blank.number})") == 1
        given = re.findall(r"= Value\((-?\d+)\.0\)", "\n".join(sheet.lines))
        numbers = re.findall(r"(?<![\w(])[-−]?\d+(?![\w)])", shown.replace(f"Worksheet {seed}", ""))
        assert sorted(x.replace("−", "-") for x in numbers if "operations" not in x) == sorted(
            [*given, "4"]  # operations, as the description says
        )


def test_light_and_dark_have_colours_of_their_own() -> None:
    auto, light, dark = (worksheet(1, theme=theme).svg for theme in ("auto", "light", "dark"))
    assert "prefers-color-scheme:dark" in auto
    assert "prefers-color-scheme" not in light + dark
    assert light != dark


def test_the_solution_is_the_same_graph_with_all_numbers() -> None:
    sheet = worksheet(2)
    assert "____" not in sheet.solution.svg
    assert "Solution 2" in sheet.solution.svg
    for blank in sheet.key:
        if blank.what == "grad":
            assert f"grad {blank.value:g}".replace("-", "−") in sheet.solution.text


def test_what_is_left_out_can_be_chosen() -> None:
    sheet = worksheet(2, blanks=["grad"])
    assert {blank.what for blank in sheet.key} == {"grad"}
    assert "×____" not in sheet.svg
    assert "____" in sheet.svg


def test_the_key_is_json_for_a_course_grader() -> None:
    sheet = worksheet(4)
    data = json.loads(sheet.json)
    assert data == {
        "seed": 4,
        "program": [*sheet.lines],
        "key": [blank._asdict() for blank in sheet.key],
    }


def test_a_notebook_shows_the_picture_and_a_terminal_the_questions() -> None:
    sheet = worksheet(4)
    assert sheet._repr_mimebundle_()["image/svg+xml"] == sheet.svg
    assert (
        repr(sheet)
        == f"<Worksheet 4 with {len(sheet.key)} blanks; .drawing, .solution, .key, .json>"
    )
    assert f"({len(sheet.key)}) gradient " in str(sheet)


def test_ints_of_numpy_are_as_those_of_python() -> None:
    seed, nodes = cast(tuple[Any, Any], (np.int64(3), np.int64(2)))
    assert worksheet(seed, nodes).json == worksheet(3, 2).json


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"seed": 1.5}, TypeError, r"seed is an int, got 1\.5"),
        ({"seed": True}, TypeError, "seed is an int, got True"),
        ({"seed": 1, "nodes": 1}, ValueError, "nodes is from 2 to 12, got 1"),
        ({"seed": 1, "nodes": 13}, ValueError, "nodes is from 2 to 12, got 13"),
        ({"seed": 1, "blanks": "grad"}, TypeError, "blanks is a list of data, local, grad"),
        ({"seed": 1, "blanks": ["loss"]}, ValueError, "each of blanks is one of 'data', 'local'"),
        ({"seed": 1, "blanks": []}, ValueError, "blanks is empty"),
        ({"seed": 1, "theme": "red"}, ValueError, "theme is one of 'auto', 'light', 'dark'"),
    ],
)
def test_options_that_are_none_are_errors(
    options: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        worksheet(**options)
