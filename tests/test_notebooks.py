"""The lessons run on every machine, and what is committed is what they give."""

import difflib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny_gpt

from autograd import Value
from tests import notebooks

NAMES = [path.name for path in notebooks.NOTEBOOKS]
RENEW = f"run `{notebooks.COMMAND}` and look at what changed"


def path_of(name: str) -> Path:
    return notebooks.PROJECT / "notebooks" / name


def source(name: str) -> Any:
    return notebooks.read(path_of(name))


def tagged(notebook: Any, tag: str) -> list[str]:
    """What the cells with this tag wrote."""
    cells = [cell for cell in notebook["cells"] if tag in cell["metadata"].get("tags", [])]
    return ["".join(notebooks.texts({"cells": [cell]})) for cell in cells]


def test_there_are_lessons_as_many_as_the_readme_says() -> None:
    assert "01_values_and_gradients.ipynb" in NAMES
    number = {7: "Seven", 8: "Eight", 9: "Nine", 10: "Ten"}[len(NAMES)]
    assert f"**{number} [notebooks](notebooks)**" in (notebooks.PROJECT / "README.md").read_text()


def test_the_wrong_gradients_of_a_tiny_gpt_are_as_many_as_the_lesson_says() -> None:
    cells = source("08_famous_mistakes.ipynb")["cells"]
    lesson: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code" and re.search("def (right|depth_first)", cell["source"]):
            exec(cell["source"], lesson)
    weights = tiny_gpt.initial_weights(Value, tiny_gpt.rng_after_shuffling_names())
    parameters = tiny_gpt.parameters(weights)
    loss = tiny_gpt.mean_loss(weights, tiny_gpt.tokens("yuheng"))
    good, bad = lesson["right"](loss), lesson["depth_first"](loss)
    wrong = sum(abs(good.get(p, 0.0) - bad.get(p, 0.0)) > 1e-9 for p in parameters)
    said = f"gets {wrong:,} of its {len(parameters):,} gradients wrong"
    assert said in " ".join("".join(cell["source"] for cell in cells).split())


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_gives_what_is_committed_and_needs_no_program(name: str, tmp_path: Path) -> None:
    assert shutil.which("dot", path=str(tmp_path)) is None
    committed = notebooks.texts(source(name))
    found = notebooks.texts(notebooks.run(source(name), str(tmp_path)))
    before, after = ("\n".join(text).splitlines() for text in (committed, found))
    changes = "\n".join(difflib.unified_diff(before, after, "committed", "found", lineterm=""))
    assert not changes, f"the text that {name} writes is not the committed one: {RENEW}\n{changes}"


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_notebook_is_what_the_normaliser_writes(name: str) -> None:
    text = path_of(name).read_text("utf-8")
    assert text == notebooks.written(source(name)), RENEW


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_has_a_check_and_a_solution_that_passes_it(name: str) -> None:
    exercises, solutions = (tagged(source(name), tag) for tag in ("exercise", "solution"))
    assert 3 <= len(exercises) == len(solutions) <= 5
    assert all(said.startswith("not yet") for said in exercises)
    assert solutions == ["right\n"] * len(solutions)


@pytest.mark.parametrize("name", NAMES)
def test_a_folded_solution_gives_nothing_away(name: str) -> None:
    """JupyterLab shows the first line of a cell whose code is folded."""
    cells = [
        cell["source"]
        for cell in source(name)["cells"]
        if "solution" in cell["metadata"].get("tags", [])
    ]
    assert {cell.partition("\n")[0] for cell in cells} == {"# A solution"}


@pytest.mark.parametrize("name", NAMES)
def test_pictures_show_where_scripts_and_inline_svg_are_stripped(name: str) -> None:
    bundles = [
        output["data"]
        for cell in source(name)["cells"]
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert bundles
    for bundle in bundles:
        assert '<img alt="' in bundle["text/html"]
        assert 'src="data:image/svg+xml;base64,' in bundle["text/html"]


@pytest.mark.parametrize("name", NAMES)
def test_players_have_their_page_and_a_picture_where_scripts_are_stripped(name: str) -> None:
    bundles = [
        output["data"]
        for cell in source(name)["cells"]
        for output in cell.get("outputs", [])
        if output.get("data", {}).get("text/plain", "").startswith(("<Player", "<Training"))
    ]
    for bundle in bundles:
        assert "<iframe " in bundle["text/html"]
        assert 'src="data:image/svg+xml;base64,' in bundle["text/html"]


@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_but_the_last_leads_to_the_next(name: str) -> None:
    last = source(name)["cells"][-1]["source"]
    following = NAMES[NAMES.index(name) + 1 :]
    assert last.startswith("Next: [") == bool(following)
    assert f"]({following[0] if following else 'README.md'})" in last


@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_says_how_long_it_takes(name: str) -> None:
    assert "\n**Time:** " in source(name)["cells"][0]["source"]


@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_is_listed(name: str) -> None:
    assert f"({name})" in path_of("README.md").read_text("utf-8")


def test_play_is_explained_before_it_is_used() -> None:
    cells = [cell for name in NAMES for cell in source(name)["cells"]]
    codes = [cell["source"] if cell["cell_type"] == "code" else "" for cell in cells]
    first = next(i for i, text in enumerate(codes) if re.search(r"^play\(", text, re.MULTILINE))
    assert "slider" in "".join(cell["source"] for cell in cells[max(0, first - 2) : first])


def test_the_answers_to_learners_questions_are_where_the_readme_says() -> None:
    text = path_of("README.md").read_text("utf-8")
    answers = re.findall(r"\]\((\d\d_\w+\.ipynb)#([^)]*)\)", text)
    assert len(answers) >= 9
    for name, anchor in answers:
        written = "\n".join(cell["source"] for cell in source(name)["cells"])
        headings = re.findall(r"^#+ (.*)$", written, re.MULTILINE)
        assert anchor in [heading.replace(" ", "-") for heading in headings], (name, anchor)


# --- the normaliser -------------------------------------------------------------------------


def notebook(*outputs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """A notebook as it comes out of Jupyter, with one cell."""
    cell = {
        "cell_type": "code",
        "id": "b1946ac9",
        "execution_count": 41,
        "metadata": {"execution": {"iopub.execute_input": "2020-02-02T02:02:02Z"}, **metadata},
        "source": "x = 1\nx",
        "outputs": list(outputs),
    }
    whole = {"kernelspec": {"name": "my-environment"}, "signature": "0ff"}
    return {"cells": [cell], "metadata": whole, "nbformat": 4, "nbformat_minor": 5}


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def result(**data: str) -> dict[str, Any]:
    data = {kind.replace("_", "/"): content for kind, content in data.items()}
    return {"output_type": "execute_result", "execution_count": 41, "metadata": {}, "data": data}


def normalised(*outputs: dict[str, Any], **metadata: Any) -> Any:
    (cell,) = json.loads(notebooks.written(notebook(*outputs, **metadata)))["cells"]
    return cell


def test_counts_ids_times_and_the_environment_are_stripped() -> None:
    whole = json.loads(notebooks.written(notebook(result(text_plain="1"))))
    (cell,) = whole["cells"]
    assert (cell["id"], cell["execution_count"], cell["metadata"]) == ("cell-01", 1, {})
    assert cell["outputs"][0]["execution_count"] == 1
    assert whole["metadata"] == notebooks.METADATA


def test_a_text_has_one_more_newline_and_its_lines_apart() -> None:
    text = notebooks.written(notebook())
    assert text.endswith("}\n")
    assert json.loads(text)["cells"][0]["source"] == ["x = 1\n", "x"]


def test_the_code_of_a_solution_is_folded() -> None:
    assert normalised(tags=["solution"])["metadata"] == {
        "jupyter": {"source_hidden": True},
        "tags": ["solution"],
    }
    assert normalised(tags=["exercise"])["metadata"] == {"tags": ["exercise"]}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<function f at 0x7f12ab34cd56>", "<function f>"),
        ("<Drawing of 12,345 characters; .svg", "<Drawing; .svg"),
        ("a drawing of 12 characters", "a drawing of 12 characters"),
    ],
)
def test_what_changes_from_run_to_run_is_stripped_from_texts(given: str, kept: str) -> None:
    outputs = normalised(stream(given), result(text_plain=given, text_html=given))["outputs"]
    assert outputs[0]["text"] == [kept]
    assert outputs[1]["data"] == {"text/plain": [kept], "text/html": [kept]}


def test_a_stream_that_was_cut_is_one_again() -> None:
    cut = [stream("a\n"), stream("b\n"), stream("!", "stderr"), stream("c")]
    outputs = normalised(*cut)["outputs"]
    assert [(output["name"], output["text"]) for output in outputs] == [
        ("stdout", ["a\n", "b\n"]),
        ("stderr", ["!"]),
        ("stdout", ["c"]),
    ]


def test_the_last_digits_of_a_number_do_not_count() -> None:
    ours, theirs = (
        notebook(stream(x)) for x in ("0.19661193324148185e-3", "0.19661193324148188e-3")
    )
    assert notebooks.texts(ours) == notebooks.texts(theirs) == ["0.000196611933"]
    assert notebooks.texts(notebook(stream("0.1966119 and 3"))) == ["0.1966119 and 3"]


def test_normalising_twice_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "lesson.ipynb"
    file.write_text(notebooks.written(notebook(stream("1\n"), result(text_plain="2"))), "utf-8")
    assert notebooks.written(notebooks.read(file)) == file.read_text("utf-8")


def test_the_command_runs_a_notebook_and_writes_it_back(tmp_path: Path) -> None:
    file = tmp_path / "lesson.ipynb"
    source = notebook()
    source["cells"][0]["source"] = "import autograd\nprint(autograd.Value(2.0) * 3.0)"
    file.write_text(json.dumps(source), "utf-8")
    notebooks.main([str(file)])
    ran = notebooks.read(file)
    assert notebooks.texts(ran) == ["Value(data=6.0, grad=0.0)\n"]
    assert file.read_text("utf-8") == notebooks.written(ran)


def test_a_notebook_that_takes_too_long_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    source = notebook()
    source["cells"][0]["source"] = "import time\ntime.sleep(50)"
    monkeypatch.setattr(notebooks, "TIMEOUT", 1)
    with pytest.raises(TimeoutError):
        notebooks.run(source)


def test_a_cell_that_raises_is_an_error() -> None:
    source = notebook()
    source["cells"][0]["source"] = "1 / 0"
    with pytest.raises(notebooks.CellExecutionError, match="ZeroDivisionError"):
        notebooks.run(source)
