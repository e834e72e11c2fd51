"""A browser for the tests of a page, and a tab in which saved pages are opened in turn."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from autograd.show.stepping.player import Player
from autograd.show.stepping.training import Training
from tests.browser import Open, Opened, chromium, new_page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """Where the saved pages are opened in turn: a new page takes three times as long to open."""
    page = new_page(browser)
    page.clock.install(time=0)
    page.clock.pause_at(3_600)  # so that no test depends on how fast the machine is
    yield page
    page.close()


@pytest.fixture
def opened(tab: Page, tmp_path: Path) -> Iterator[Open]:
    pages = []

    def open_page(player: Player | Training, **options: Any) -> Opened:
        file = tmp_path / "page.html"
        player.save(file)
        pages.append(Opened(tab, file, **options))
        return pages[-1]

    yield open_page
    for one in pages:
        one.close()
