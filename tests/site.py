"""A site for tests: a folder that is served on this machine, and a tab that hears what it asks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from tests.browser import PATIENCE

OWN = ("data:", "blob:", "about:")  # what a page asks of itself


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing, also where a browser does not wait for all of one."""

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def copyfile(self, source: Any, outputfile: Any) -> None:
        try:
            super().copyfile(source, outputfile)
        except (ConnectionResetError, BrokenPipeError):
            self.close_connection = True


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address under which the files of a folder are served, without a slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def visit(browser: Browser, origin: str, **options: Any) -> Iterator[BrowserContext]:
    """A new visitor, of whom at the end nothing was asked from elsewhere."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    elsewhere: list[str] = []

    def hear(url: str) -> None:
        if not url.startswith((f"{origin}/", *OWN)):
            elsewhere.append(url)

    context.on("request", lambda request: hear(request.url))
    yield context
    context.close()
    assert elsewhere == []
