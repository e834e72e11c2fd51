"""A real browser for tests: saved pages opened in it, and JavaScript that is run on floats."""

import json
import re
from array import array
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.programs import path

PATIENCE = 120_000.0  # milliseconds, for the busiest of machines
PAGE_NAMES = Path(__file__).with_name("page_names.json")
DESK: ViewportSize = {"width": 1200, "height": 800}
Scheme = Literal["light", "dark"]
USUAL: dict[str, Any] = {"color_scheme": "light", "reduced_motion": "reduce"}

RUN = """async ([code, texts]) => {
  const run = await eval(code);
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const signs = (numbers) => [...new Uint8Array(Float64Array.from(numbers).buffer)];
  return texts.map((text) => {
    const found = run(new Float64Array(bytes(text).buffer));
    return btoa(signs(found).map((byte) => String.fromCharCode(byte)).join(""));
  });
}"""


# A frame of its own for each document took a fifth of the time that a page takes to open.
FLAGS = ("--no-sandbox", "--disable-features=RenderDocument")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path("chromium"), args=FLAGS, timeout=PATIENCE
        )
        yield browser
        browser.close()


def new_page(browser: Browser, **options: Any) -> Page:
    """A page that waits for as long as it takes, of a visitor of its own."""
    return made_patient(browser.new_page(**options))


def new_tab(browser: Browser) -> Page:
    """A page in which saved pages are opened in turn, with a clock that stands."""
    context = browser.new_context(**USUAL, viewport=DESK)
    tab = made_patient(context.new_page())
    tab.add_init_script("addEventListener('mousemove', () => (globalThis.mouseMoved = true), true)")
    tab.clock.install(time=0)
    tab.clock.pause_at(3_600)  # so that no test depends on how fast the machine is
    return tab


def made_patient(page: Page) -> Page:
    """The page, which now waits for as long as it takes and knows the long names."""
    page.set_default_timeout(PATIENCE)
    page.add_init_script(long_names())
    return page


@cache
def long_names() -> str:
    """A script by which pages answer to names that `make pages` has shortened, as they are written.

    A page that is not packed has variables of these names, which go before what this defines.
    """
    names = json.loads(PAGE_NAMES.read_text("utf-8")).items()
    parts = [
        f"{long}:{{configurable:true,get:()=>{short},set:(x)=>{short}=x}}" for long, short in names
    ]
    return f"Object.defineProperties(globalThis,{{{','.join(parts)}}})"


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


AFTER_KEY = """(key) => {{
  document.body.dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true }}));
  return ({0})();
}}"""
BOXES = """() => [...document.querySelectorAll("svg title")].map((title) =>
  [title, ...title.parentNode.querySelectorAll(":scope > text")].map((x) => x.textContent))"""


def named_rows(found: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """The rows of each box that is no repeated one, by its name, of what `BOXES` gives.

    A box in the frame of a module shows the end of its name alone: its title has all of it.
    """
    boxes = {}
    for title, *texts in found:
        lines = [line for line in texts if line]
        if lines and not re.fullmatch("[(][0-9]+[)]", lines[-1]):
            full = re.split(r"[ ;:,]", title)[0]
            name = full if full.endswith(f".{lines[0]}") else lines[0]
            boxes[name] = list(lines[1:])
    return boxes


class Opened:
    """A saved page in the browser; closing it checks that it was quiet and asked for nothing.

    The tab is one of `new_tab`. What stays from page to page is set only where it differs: size,
    colours, and where the mouse is take as long as a small page.
    """

    def __init__(
        self, tab: Page, file: Path, viewport: ViewportSize = DESK, color_scheme: Scheme = "light"
    ) -> None:
        self.said: list[str] = []
        self.page = tab
        self._heard: dict[Any, Callable[[Any], None]] = {
            "console": lambda message: self.said.append(message.text),
            "pageerror": lambda error: self.said.append(str(error)),
            "request": lambda request: self._asked(request.url, file),
        }
        for event, hear in self._heard.items():
            tab.on(event, hear)
        if tab.viewport_size != viewport:
            tab.set_viewport_size(viewport)
        self._is_usual = True
        if color_scheme != USUAL["color_scheme"]:
            self.emulate(color_scheme=color_scheme)
        tab.goto(file.as_uri())
        tab.locator("#count").wait_for(state="attached")  # unpacked
        if tab.locator("#drawing[aria-busy=true]").count():
            tab.clock.run_for(50)  # all is drawn

    def close(self) -> None:
        for event, hear in self._heard.items():
            self.page.remove_listener(event, hear)
        if not self._is_usual:
            self.page.emulate_media(media="screen", forced_colors="none", **USUAL)
        if self.page.evaluate("globalThis.mouseMoved"):
            self.page.mouse.move(0, 0)
        assert self.said == [], self.said

    def _asked(self, url: str, file: Path) -> None:
        if url != file.as_uri():
            self.said.append(f"asked for {url}")

    def emulate(self, **media: Any) -> None:
        """Show it in another medium, or to a reader with other settings, until it is closed."""
        self._is_usual = False
        self.page.emulate_media(**media)

    def wait(self) -> None:
        """Let a minute pass, in which whatever plays comes to its end."""
        self.page.clock.run_for(60_000)

    def text(self, name: str) -> str:
        return self.page.locator(f"#{name}").inner_text()

    def exact(self, names: Sequence[str]) -> list[str]:
        """The texts of these with all digits, which a button asks for."""
        self.page.click("#digits")
        found = [self.text(name) for name in names]
        self.page.click("#digits")
        return found

    def after_each(self, keys: Iterable[str], read: str) -> list[Any]:
        """What a function of the page gives after each of these keys.

        They come in one call, so that nothing is painted between them: a fifth of the time. Keys
        that are really pressed are those of the tests of keys.
        """
        return list(self.page.evaluate(f"(keys) => keys.map({AFTER_KEY.format(read)})", list(keys)))

    def boxes(self) -> dict[str, list[str]]:
        """The rows of each box that is no repeated one, by its name, as they are on the screen."""
        return named_rows(self.page.evaluate(BOXES))


Open = Callable[..., Opened]
