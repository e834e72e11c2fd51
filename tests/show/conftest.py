"""A browser for the tests of a page, and a tab in which saved pages are opened in turn."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from autograd.show.stepping.player import Player
from autograd.show.stepping.training import Training
from tests.browser import Open, Opened, chromium, made_patient, new_tab

HERE = Path(__file__).parent
launched = list[Browser]()
tabs = list[Page]()
until_left = ExitStack()


@pytest.fixture
def browser() -> Browser:
    """One for all tests of this folder that follow each other: to launch it takes a second."""
    return shared_browser()


def shared_browser() -> Browser:
    if not launched:
        launched.append(until_left.enter_context(chromium()))
    return launched[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None, object, None]:
    """Close it before other tests: what drives it has an event loop, and they may have theirs."""
    yield
    if nextitem is None or HERE not in nextitem.path.parents:
        launched.clear()
        tabs.clear()
        until_left.close()


@pytest.fixture
def tab() -> Page:
    """Where the saved pages are opened in turn: a visitor costs as much time as four pages do."""
    if not tabs:
        tabs.append(new_tab(shared_browser()))
    return tabs[0]


@pytest.fixture
def second_tab(tab: Page) -> Iterator[Page]:
    """Another page of the same visitor."""
    page = made_patient(tab.context.new_page())
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
