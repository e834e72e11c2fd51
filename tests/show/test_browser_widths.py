"""What a notebook shows in a real browser: wide pictures keep their size and scroll."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from autograd import Value
from autograd.anatomy import draw_groups
from autograd.nn import MLP
from autograd.show import draw, learning_curve, play, play_training, scatter

pytestmark = pytest.mark.needs("chromium")
WIDTH = 300  # pixels, of the column that the outputs stand in
# As the pages of notebooks style what they show.
STYLE = f"""
body {{ margin: 0; width: {WIDTH}px; }}
img, svg {{ max-width: 100%; height: auto; }}
.output img, .output > svg {{ max-width: 100%; }}
"""


def chain(length: int) -> Value:
    root = Value(0.5, "x")
    for _ in range(length):
        root = root.tanh()
    return root


def training() -> Any:
    model = MLP(1, [1], rng=0)
    return play_training(model, lambda model, x, y: model([x]) - y, [(1.0, 2.0)])


SHOWN: dict[str, Callable[[], Any]] = {
    "a drawing": lambda: draw(chain(30)),
    "a Value": lambda: chain(12),
    "a player": lambda: play(chain(12)),
    "a training": training,
    "a chart": lambda: learning_curve({"loss": [3.0, 1.0]}),
    "a scatter": lambda: scatter([[0.0, 0.0], [1.0, 1.0]], [0, 1]),
    "groups": lambda: draw_groups(lambda x: sum(a * a for a in x), [1.0] * 40),
}
NATURAL = "one => [one.getBoundingClientRect().width, one.naturalWidth]"


@pytest.fixture
def output(tab: Page, tmp_path: Path) -> Callable[[str], Page]:
    def opened(html: str) -> Page:
        file = tmp_path / "output.html"
        written = f"<style>{STYLE}</style><div class=output>{html}</div>"
        file.write_text(f"<!doctype html><meta charset=utf-8>{written}", encoding="utf-8")
        tab.goto(file.as_uri())
        return tab

    return opened


@pytest.mark.parametrize("name", SHOWN)
def test_a_wide_picture_keeps_its_size_and_scrolls(
    name: str, output: Callable[[str], Page]
) -> None:
    page = output(SHOWN[name]()._repr_mimebundle_()["text/html"])
    # What a notebook does that does not trust a player.
    page.locator("style:not(head style), iframe").evaluate_all(
        "all => all.forEach(x => x.remove())"
    )
    (width, natural) = page.locator("img").evaluate(NATURAL)
    assert width == natural > WIDTH
    scrolls = page.locator(".output > div").evaluate("one => [one.clientWidth, one.scrollWidth]")
    assert scrolls == [WIDTH, natural]
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


@pytest.mark.parametrize("name", sorted(set(SHOWN) - {"a player", "a training"}))
def test_a_wide_svg_in_the_page_keeps_its_size(name: str, output: Callable[[str], Page]) -> None:
    svg = SHOWN[name]()._repr_mimebundle_()["image/svg+xml"]
    width = output(svg).locator("svg").evaluate("one => one.getBoundingClientRect().width")
    assert f'width="{width:.0f}" ' in svg[:400]
    assert width > WIDTH


def test_a_playing_page_is_as_wide_as_the_column(output: Callable[[str], Page]) -> None:
    page = output(play(chain(12))._repr_mimebundle_()["text/html"])
    assert page.locator("iframe").evaluate("one => one.getBoundingClientRect().width") == WIDTH
    assert not page.locator("img").is_visible()


def test_the_table_of_a_module_scrolls_where_it_is_too_wide(output: Callable[[str], Page]) -> None:
    html = MLP(2, [3, 1], rng=0)._repr_mimebundle_()["text/html"]
    page = output(html.replace("layers.0", "a_name_as_long_as_that_" * 4))
    inner, outer = page.locator(".output > div").evaluate(
        "one => [one.scrollWidth, one.clientWidth]"
    )
    assert inner > outer == WIDTH
