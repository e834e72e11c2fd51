"""A committed notebook as a web page, in a real browser: its players play."""

import re
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Frame, Page

from tests.browser import new_page

pytestmark = pytest.mark.needs("chromium")
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "04_step_through.ipynb"


def players(page: Page) -> list[Frame]:
    return [frame for frame in page.frames if frame.parent_frame is not None]


def check_arithmetic(frame: Frame) -> None:
    """Every contribution is upstream times local derivative, and is added, to the last digit."""
    frame.locator("#digits").click()
    seen = 0
    for place in range(int(frame.locator("#slider").get_attribute("max") or 0)):
        frame.locator("#slider").fill(str(place))
        if frame.locator("#fault").inner_text() or not frame.locator("#sums").is_visible():
            continue
        upstream, local, contribution, before, after = (
            float(frame.locator(f"#{name}").inner_text().replace("−", "-"))
            for name in ("upstream", "local", "contribution", "before", "after")
        )
        assert upstream * local == contribution
        assert before + contribution == after
        seen += 1
    assert seen
    frame.locator("#digits").click()


def test_the_players_of_a_notebook_play_in_its_page(browser: Browser, tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, 4)  # type: ignore[no-untyped-call]
    html, _ = HTMLExporter().from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    file = tmp_path / "lesson.html"
    file.write_text(html, encoding="utf-8")
    page = new_page(browser, viewport={"width": 1100, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    # The page of nbconvert asks for MathJax and require.js, which a player does not need.
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.goto(file.as_uri(), wait_until="domcontentloaded")
    frames = players(page)
    assert len(frames) == html.count("<iframe") > 0
    for frame in frames:
        assert frame.locator("#count").inner_text().startswith("1 of ")
        frame.locator("#forward").click()
        assert frame.locator("#count").inner_text().startswith("2 of ")
        check_arithmetic(frame)
        frame.locator("#slider").press("End")
        count = frame.locator("#count").inner_text()
        assert re.fullmatch(r"(\d+) of \1, backward", count)
        rings = frame.locator("svg .ring").evaluate_all("all => all.map((r) => r.getBBox().width)")
        assert rings
        assert min(rings) > 40
    pictures = page.locator("iframe + img")
    assert pictures.count() == len(frames)
    assert not any(pictures.nth(i).is_visible() for i in range(len(frames)))
    page.close()
    elsewhere = ("require", "net::ERR_FAILED", "MathJax")  # what the page of nbconvert asks for
    assert [error for error in errors if not any(what in error for what in elsewhere)] == []
