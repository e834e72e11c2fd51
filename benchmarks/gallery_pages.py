"""Pictures of the pages for `gallery.py`: a player, its questions, its slope, and five trainings.

Each page is opened in headless Chromium, in both themes, as wide as a telephone and as a desk.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from shapes import recurrent

from autograd import Value
from autograd.losses import mse_loss
from autograd.nn import MLP
from autograd.show.stepping.player import play

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone that this file is in

from examples.training_gallery import EXHIBITS, write
from tests.programs import path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS, HEIGHT = (360, 1280), 900
TRAINED = 3_000  # milliseconds that a training runs before its picture is taken


class Scene(NamedTuple):
    """A page, and what is done in it before its picture is taken."""

    name: str
    file: str
    act: "Callable[[Page], None]"


def stay(page: "Page") -> None:
    """Leave a page as it opens."""


def go_back(page: "Page") -> None:
    """The second contribution of the backward pass."""
    page.click("#backward")
    for _ in range(4):
        page.click("#forward")


def finish(page: "Page") -> None:
    page.click("#last")


def ask(page: "Page") -> None:
    """The first question."""
    page.get_by_role("button", name="Ask first").click()
    page.click("#backward")
    while page.locator("#answer").is_hidden():
        page.click("#forward")


def plot(page: "Page") -> None:
    page.click("#last")
    page.click("#curve")


def train(page: "Page") -> None:
    page.click("#train")
    page.wait_for_timeout(TRAINED)
    page.click("#train")


def product() -> Value:
    a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c")
    y = (a * b + c) * a
    y.label = "y"
    return y


def network() -> Value:
    inputs = [Value(0.5, "x0"), Value(-1.0, "x1")]
    loss: Value = mse_loss([MLP(2, [4, 4, 1], rng=0)(inputs)], [1.0])
    return loss


PLAYED: dict[str, tuple[Callable[[], Value], str | int | None]] = {
    "product": (product, None),
    "network": (network, "neuron"),
    "recurrent": (lambda: recurrent(36), None),
}
SCENES = [
    Scene("page product", "product", stay),
    Scene("page product, backward", "product", go_back),
    Scene("page product, asked", "product", ask),
    Scene("page product, slope", "product", plot),
    Scene("page network, backward", "network", go_back),
    Scene("page network, end", "network", finish),
    Scene("page recurrent, end", "recurrent", finish),
    *(Scene(f"training {exhibit.name}", exhibit.name, train) for exhibit in EXHIBITS),
    Scene("trainings", "index", stay),
]


def save_pages(folder: Path) -> None:
    """Write the pages that the scenes open."""
    write(folder)
    for name, (make, collapse) in PLAYED.items():
        play(make(), title=name, collapse=collapse).save(folder / f"{name}.html")


def screenshots(out: Path) -> Iterator[str]:
    """Take all pictures, and give the name of each file; none where there is no Chromium."""
    save_pages(out / "pages")
    with chromium() as browser:
        if browser is None:
            return
        for scene in SCENES:
            for theme in THEMES:
                for width in WIDTHS:
                    yield picture(browser, scene, theme, width, out)


def picture(browser: "Browser", scene: Scene, theme: Theme, width: int, out: Path) -> str:
    """Open a page, act in it, and take the picture of all of it."""
    name = f"{scene.name.replace(', ', '-').replace(' ', '-')}-{width}-{theme}.png"
    page = browser.new_page(
        viewport={"width": width, "height": HEIGHT}, color_scheme=theme, reduced_motion="reduce"
    )
    page.on("console", lambda message: print(f"{name}: {message.text}"))
    page.on("pageerror", lambda error: print(f"{name}: {error}"))
    page.goto((out / "pages" / f"{scene.file}.html").resolve().as_uri())
    if scene.file != "index":
        page.locator("#count").wait_for(state="attached")  # unpacked
    scene.act(page)
    page.screenshot(path=out / name, full_page=True)
    page.close()
    return name


@contextmanager
def chromium() -> "Iterator[Browser | None]":
    """Chromium without a window, or None, with a line that says what is missing."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        print("no pictures of the pages: pip install playwright, and Chromium")
        yield None
        return
    with sync_playwright() as playwright:
        program = path("chromium")
        try:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        except Error:
            print("no pictures of the pages: Chromium is missing; playwright install chromium")
            yield None
            return
        yield browser
        browser.close()
