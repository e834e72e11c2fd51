"""The site that `make docs` builds: without a warning, whole, and good to read in a browser."""

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import Scheme, chromium, new_page
from tests.documents import PAGES, ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("sphinx") is None,
        reason="the site needs the group docs: python -m pip install --group docs",
    ),
]

LOOKED_AT = [
    *("docs/index", "docs/the-heart", "docs/coming-from/pytorch", "docs/api/ops"),
    *("docs/live-pages", "docs/programs", "notebooks/04_step_through"),
]


# By `make playground` and `make lite`: what the site leads to if it is there.
WRITTEN_BEFORE = ("playground/index.html", "lite/index.html", "lite/notebooks/index.html")


class Links(HTMLParser):
    """The addresses and the anchors of a page, and what a browser fetches with it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a":
            self.addresses += [given["href"]] * ("href" in given)
        else:
            self.fetched += [given[name] for name in ("src", "href") if name in given]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built anew; a warning fails the build, and its text the test."""
    folder = tmp_path_factory.mktemp("site")
    for place in WRITTEN_BEFORE:
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text("<!doctype html>")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-c", "docs", "."]
    built = subprocess.run([*command, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Links]:
    """Every page of the site, read."""
    return {path: Links(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_page_is_built(site: Path) -> None:
    for path in [*PAGES, *(ROOT / "notebooks").glob("*.ipynb"), ROOT / "CHANGELOG.md"]:
        assert (site / path.relative_to(ROOT).with_suffix(".html")).is_file()


def test_every_link_within_the_site_leads_somewhere(pages: dict[Path, Links]) -> None:
    assert len(pages) > len(PAGES)
    lost = []
    for path, page in pages.items():
        for link in page.addresses + page.fetched:
            parts = urlsplit(link)
            if parts.scheme or not (parts.path or parts.fragment):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages[target].anchors if target in pages else {""}
            played = "_shown" in target.parts  # its address keeps numbers, no anchor
            if not target.exists() or not (played or unquote(parts.fragment) in known | {""}):
                lost.append((path.name, link))
    assert lost == []


def test_nothing_is_fetched_from_elsewhere(pages: dict[Path, Links]) -> None:
    for path, page in pages.items():
        assert [x for x in page.fetched if urlsplit(x).scheme not in ("", "data")] == [], path


def test_every_lesson_has_its_badges(pages: dict[Path, Links]) -> None:
    lessons = {path.stem: page for path, page in pages.items() if re.match("0", path.name)}
    assert len(lessons) == len(list((ROOT / "notebooks").glob("*.ipynb")))
    for name, page in lessons.items():
        for host in ("colab.research.google.com", "mybinder.org"):
            ways = [x for x in page.addresses if urlsplit(x).hostname == host]
            assert len(ways) == 1
            assert ways[0].endswith(f"notebooks/{name}.ipynb")
        assert f"../lite/notebooks/index.html?path={name}.ipynb" in page.addresses


def test_every_page_leads_to_the_playground_and_to_the_lessons_that_run(
    site: Path, pages: dict[Path, Links]
) -> None:
    index = pages[site / "docs" / "index.html"]
    assert {"../playground/index.html", "../lite/index.html"} <= {*index.addresses}


def test_the_search_index_knows_the_names_of_the_api(site: Path) -> None:
    text = (site / "searchindex.js").read_text("utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    assert "relu" in index["terms"]
    names = {entry[-1] for entries in index["objects"].values() for entry in entries}
    assert {"relu", "grad", "Value", "compile"} <= names


# --- in a browser ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    page = new_page(browser)
    yield page
    page.close()


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", LOOKED_AT)
def test_a_page_fits_is_quiet_and_has_the_readers_theme(
    site: Path, tab: Page, name: str, width: int, scheme: Scheme
) -> None:
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.set_viewport_size({"width": width, "height": 800})
    tab.emulate_media(color_scheme=scheme)
    tab.goto((site / f"{name}.html").as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    colour = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", colour)[:3])) / 3
    assert (brightness > 127) == (scheme == "light")
    assert said == []


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("word", ["relu", "topological order", "zero_grad"])
def test_a_search_finds_pages(site: Path, tab: Page, word: str) -> None:
    tab.goto((site / "docs/index.html").as_uri())
    tab.fill(".sidebar-search", word)
    tab.press(".sidebar-search", "Enter")
    tab.wait_for_selector("#search-results li a")
    assert tab.locator("#search-results li a").count() >= 3


@pytest.mark.needs("chromium")
def test_the_player_on_a_page_is_alive(site: Path, tab: Page) -> None:
    tab.goto((site / "docs/live-pages.html").as_uri())
    tab.locator(".shown iframe").scroll_into_view_if_needed()
    frame = tab.frame_locator(".shown iframe")
    before = frame.locator("#count").inner_text()
    frame.get_by_role("button", name="Forward", exact=True).click()
    assert frame.locator("#count").inner_text() != before


@pytest.mark.needs("chromium")
def test_the_first_address_leads_to_the_first_page(site: Path, tab: Page) -> None:
    tab.goto((site / "index.html").as_uri())
    tab.wait_for_url("**/docs/index.html")
