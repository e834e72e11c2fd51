"""The lessons in JupyterLite: every notebook runs in a browser, and gives what is committed."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import lessons
import pytest
from playwright.sync_api import BrowserContext

from tests import notebooks
from tests.browser import chromium
from tests.site import served, visit

NAMES = [path.name for path in notebooks.NOTEBOOKS]
MINUTES = 10 * 60_000.0  # milliseconds, on a busy machine

DEPTH = re.compile(r"[\d,]+\s+nodes\s+are\s+well")

# Runs all cells, and gives the notebook.
RUN = """async () => {
  const notebook = window.jupyterapp.shell.currentWidget;
  await notebook.context.ready;
  await notebook.sessionContext.ready;
  for (const cell of notebook.content.widgets) cell.model.outputs?.clear();
  await window.jupyterapp.commands.execute("notebook:run-all-cells");
  return notebook.content.model.toJSON();
}"""


def test_texts_of_outputs_are_in_one_piece() -> None:
    for path in notebooks.NOTEBOOKS:
        for cell in json.loads(lessons.joined(path))["cells"]:
            for output in cell.get("outputs", []):
                assert isinstance(output.get("text", ""), str)
                assert all(isinstance(text, str) for text in output.get("data", {}).values())


def test_an_entry_of_the_lock_file_names_what_a_wheel_can_import(tmp_path: Path) -> None:
    wheel = tmp_path / "two_words-1.5-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for name in ("two/__init__.py", "words.py", "two_words-1.5.dist-info/METADATA"):
            archive.writestr(name, "")
    entry = lessons.entry(wheel)
    assert (entry["name"], entry["version"], entry["imports"]) == (
        "two-words",
        "1.5",
        ["two", "words"],
    )


def test_every_wheel_that_is_downloaded_has_its_digest() -> None:
    lines = [x for x in lessons.LISTED.read_text().splitlines() if not x.startswith("#")]
    assert all("==" in name for name in lines[::2])
    assert all(digest.strip().startswith("--hash=sha256:") for digest in lines[1::2])


def texts(notebook: Any) -> list[str]:
    """What its cells wrote, but for how deep this Python lets a function call itself."""
    return [DEPTH.sub("nodes are well", text) for text in notebooks.texts(notebook)]


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    pytest.importorskip("jupyterlite_core", reason=f"{sys.executable} -m pip install --group lite")
    folder = tmp_path_factory.mktemp("site")
    lessons.build(folder / "lite")
    with (
        served(folder) as origin,
        chromium() as browser,
        visit(browser, origin, base_url=f"{origin}/lite/notebooks/") as context,
    ):
        context.set_default_timeout(MINUTES)
        yield context


@pytest.mark.slow
@pytest.mark.needs("npm", "chromium")
@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_runs_in_a_browser_and_gives_what_is_committed(
    visitor: BrowserContext, name: str
) -> None:
    page = visitor.new_page()
    page.goto(f"index.html?path={name}")
    page.locator(".jp-Notebook").wait_for()
    found: Any = page.evaluate(RUN)
    outputs = [output for cell in found["cells"] for output in cell.get("outputs", [])]
    assert [output["evalue"] for output in outputs if output["output_type"] == "error"] == []
    committed = notebooks.read(notebooks.PROJECT / "notebooks" / name)
    assert texts(found) == texts(committed)
    players = [x for x in outputs if "<iframe" in x.get("data", {}).get("text/html", "")]
    frames = page.locator(".jp-OutputArea iframe[srcdoc]")
    assert frames.count() == len(players)
    for place in range(len(players)):
        frames.nth(place).content_frame.locator("#count, #steps").first.wait_for(state="attached")
    page.close()
