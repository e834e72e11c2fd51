"""A real browser for tests, and JavaScript that is run in it on floats, every bit of them."""

import json
import shutil
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PATIENCE = 300_000.0  # milliseconds, for the busiest of machines

RUN = """async ([code, texts]) => {
  const run = await eval(code);
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const signs = (numbers) => [...new Uint8Array(Float64Array.from(numbers).buffer)];
  return texts.map((text) => {
    const found = run(new Float64Array(bytes(text).buffer));
    return btoa(signs(found).map((byte) => String.fromCharCode(byte)).join(""));
  });
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"], timeout=PATIENCE
        )
        yield browser
        browser.close()


def new_page(browser: Browser, **options: Any) -> Page:
    """A page that waits for as long as it takes."""
    page = browser.new_page(**options)
    page.set_default_timeout(PATIENCE)
    return page


def exported(module: str, name: str) -> str:
    """The code for what an ES module exports under a name."""
    blob = f"new Blob([{json.dumps(module)}], {{ type: 'text/javascript' }})"
    return f"import(URL.createObjectURL({blob})).then((module) => module.{name})"


def run_on_floats(page: Page, code: str, many: Iterable[Sequence[float]]) -> list[list[float]]:
    """The numbers that a function in JavaScript gives for each array of numbers.

    They go there and back as bits, for JSON has no nan and no inf. The code may be a promise.
    """
    texts = [b64encode(array("d", xs).tobytes()).decode() for xs in many]
    found = []
    for text in page.evaluate(RUN, [code, texts]):
        numbers = array("d")
        numbers.frombytes(b64decode(text))
        found.append(numbers.tolist())
    return found
