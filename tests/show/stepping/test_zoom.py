"""The drawing of a page, larger and smaller, and what is found in it; the theme of its host."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, ViewportSize
from show import expression

from autograd import Value
from autograd.show.stepping.player import play
from autograd.show.stepping.reverse_mode import steps
from tests.browser import PATIENCE, Open, Opened, new_page
from tests.played import network, square, tanh_of_a_line
from tests.programs import path

pytestmark = pytest.mark.needs("chromium")
PHONE: ViewportSize = {"width": 360, "height": 640}

# Whether the ring of the box that is acted on is in view, or as much of it as there is room for.
MARKED = """() => {
  const room = view.getBoundingClientRect();
  const ring = [...document.querySelectorAll(".ring")].at(-1).getBoundingClientRect();
  const within = (from, to) => ring[from] >= room[from] - 1 && ring[to] <= room[to] + 1;
  const seen = (from, to, size) => ring[size] > room[size] || within(from, to);
  const onScreen = room.top >= -1 && room.top < innerHeight / 2;
  return seen("left", "right", "width") && seen("top", "bottom", "height") && onScreen;
}"""

FOUND = """() => {
  const areas = [view, document.querySelector(".found")].map((one) => one.getBoundingClientRect());
  const [room, box] = areas;
  const across = box.left >= room.left && box.right <= room.right;
  return across && box.top >= room.top && box.bottom <= room.bottom;
}"""


def width(page: Opened) -> float:
    return page.page.locator("#drawing svg").evaluate("(svg) => svg.clientWidth")  # type: ignore[no-any-return]


def eventually(page: Opened, wanted: str) -> None:
    """Wait for what the browser does in its own time."""
    for _ in range(1000):
        if page.page.evaluate(wanted):
            return
    raise AssertionError(wanted)


def test_buttons_and_keys_change_the_size_of_the_drawing(opened: Open) -> None:
    page = opened(play(square()))
    first = width(page)
    page.page.click("#larger")
    assert width(page) == pytest.approx(first * 1.25, abs=1)
    page.page.keyboard.press("-")
    page.page.keyboard.press("-")
    assert width(page) == pytest.approx(first / 1.25, abs=1)
    page.page.keyboard.press("+")
    assert width(page) == pytest.approx(first, abs=1)
    for _ in range(20):
        page.page.keyboard.press("+")
    assert width(page) == pytest.approx(4 * first, abs=1)


def test_fit_shows_all_of_the_drawing_in_any_window_and_again_its_own_size(opened: Open) -> None:
    page = opened(play(network(), collapse=None))
    first = width(page)
    for viewport in (None, PHONE):
        if viewport:
            page.page.set_viewport_size(viewport)
            eventually(page, "view.scrollWidth <= view.clientWidth")
        else:
            page.page.click("#fit")
        assert page.page.evaluate(
            "[view.scrollWidth <= view.clientWidth, view.scrollHeight <= view.clientHeight]"
        ) == [True, True]
    page.page.click("#fit")
    assert width(page) == first


@pytest.mark.parametrize(
    ("make", "fits"), [(tanh_of_a_line, True), (lambda: expression(50), False)]
)
def test_at_first_a_drawing_is_made_to_fit_if_it_can_still_be_read(
    opened: Open, make: Callable[[], Value], fits: bool
) -> None:
    page = opened(play(make()), viewport={"width": 620, "height": 740})
    assert page.page.evaluate("view.scrollWidth <= view.clientWidth") == fits
    assert page.page.evaluate("zoom < 1") == fits
    assert page.page.locator("#fit").get_attribute("aria-pressed") == "false"


def test_a_button_zooms_about_the_middle_of_what_is_in_view(opened: Open) -> None:
    page = opened(play(network(), collapse=None))
    page.page.evaluate("view.scrollTo({ left: 300, top: 100, behavior: 'instant' })")
    middle = """() => {
      const [room, svg] = [view, levels[level].svg].map((one) => one.getBoundingClientRect());
      const across = (room.left + room.right) / 2 - svg.left;
      return [across / svg.width, ((room.top + room.bottom) / 2 - svg.top) / svg.height];
    }"""
    before = page.page.evaluate(middle)
    page.page.click("#larger")
    assert page.page.evaluate(middle) == pytest.approx(before, abs=0.002)


def test_a_pinch_on_a_touchpad_zooms_and_what_is_under_it_stays(opened: Open) -> None:
    page = opened(play(network(), collapse=None))
    box = page.page.evaluate("[marksAt(drawings[level], at)[0]].flat()[0]")
    area = page.page.locator("svg .box").nth(box).bounding_box()
    assert area
    page.page.mouse.move(area["x"] + 10, area["y"] + 10)
    page.page.keyboard.down("Control")
    page.page.mouse.wheel(0, -40)
    page.page.keyboard.up("Control")
    eventually(page, "zoom > 1.1")
    under = f"document.elementFromPoint({area['x'] + 12}, {area['y'] + 12})"
    assert page.page.evaluate(f"{under}.closest('.box') === levels[level].parts[{box}]")


@pytest.mark.parametrize("zoom", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("make", [network, lambda: expression(50)])
def test_what_is_marked_stays_in_view_on_a_phone_at_any_size(
    opened: Open, make: Callable[[], Value], zoom: float
) -> None:
    root = make()
    page = opened(play(root, collapse=None), viewport=PHONE)
    page.page.evaluate(f"resize({zoom})")
    page.page.evaluate("scrollTo(0, document.body.scrollHeight)")  # to the controls
    seen = f"[...Array(count()).keys()].filter((place) => {{ go(place); return !({MARKED})(); }})"
    assert page.page.evaluate(seen) == []


# --- search ---------------------------------------------------------------------------------


def find(page: Opened, text: str) -> str:
    page.page.fill("#find", text)
    return page.text("hit")


def test_a_node_is_found_by_name_op_and_module(opened: Open) -> None:
    page = opened(play(network(), collapse=None))
    assert find(page, "layers.0.neurons.2.b") == "1 of 1: layers.0.neurons.2.b"
    assert find(page, "TANH") == "1 of 3: t4 (tanh) in layers.0.neurons.0"
    assert find(page, "neurons.2").startswith("1 of ")
    assert find(page, "nothing like it") == "“nothing like it” is nowhere"
    assert find(page, "") == ""


def test_what_is_found_is_marked_and_in_the_middle_one_after_the_other(opened: Open) -> None:
    page = opened(play(network(), collapse=None), viewport=PHONE)
    find(page, "tanh")
    for wanted in ("1 of 3", "2 of 3", "3 of 3", "1 of 3"):
        assert page.text("hit").startswith(wanted)
        (name,) = page.page.locator(".found > .name").all_text_contents()
        assert f": {name} " in page.text("hit")
        assert page.page.evaluate(FOUND)
        page.page.click("#next")
    page.page.click("#previous")
    page.page.click("#previous")
    assert page.text("hit").startswith("3 of 3")


def test_enter_goes_on_and_escape_ends_the_search(opened: Open) -> None:
    page = opened(play(network(), collapse=None))
    find(page, "tanh")
    page.page.keyboard.press("Enter")
    assert page.text("hit").startswith("2 of 3")
    page.page.keyboard.press("Shift+Enter")
    assert page.text("hit").startswith("1 of 3")
    page.page.keyboard.press("Escape")
    assert page.page.locator(".found").count() == 0
    assert page.text("count").startswith("1 of")


def test_in_a_folded_drawing_the_box_with_the_node_is_marked(opened: Open) -> None:
    page = opened(play(network(), collapse=None))
    page.page.select_option("#level", label="layers")
    find(page, "tanh")
    assert page.page.locator(".found > .name").all_text_contents() == ["layers.0"]


def test_a_drawing_that_is_seen_at_a_glance_has_no_search_and_a_recording_can_be_zoomed(
    opened: Open,
) -> None:
    root = square()
    page = opened(play(root, events=list(steps(root))))
    assert page.page.locator("#find").count() == 0
    first = width(page)
    page.page.click("#larger")
    assert width(page) > first


# --- the theme of a notebook ----------------------------------------------------------------


def dark_browser(browser: Browser) -> Browser:
    """A browser on a system whose theme is dark."""
    return browser.browser_type.launch(
        executable_path=path("chromium"),
        args=["--no-sandbox", "--blink-settings=preferredColorScheme=0"],
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("system", ["light", "dark"])
def test_in_a_sandboxed_frame_the_page_follows_its_host(browser: Browser, system: str) -> None:
    shown = play(square())._repr_mimebundle_()["text/html"]
    hosts = {
        "data-jp-theme-light=false": "dark",
        "data-jp-theme-light=true": "light",
        "class=vscode-dark": "dark",
        "class=vscode-light": "light",
        'class="vscode-high-contrast vscode-high-contrast-light"': "light",
        "": system,
    }
    one = dark_browser(browser) if system == "dark" else browser
    page = new_page(one)
    page.emulate_media(color_scheme="null")  # no frame overrules what is set here
    for host, theme in hosts.items():
        page.set_content(f"<!doctype html><body {host}>{shown}")
        frame = page.locator("iframe").element_handle().content_frame()
        assert frame
        frame.locator("#count").wait_for()
        found = frame.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        assert found is (theme == "dark"), host
    page.close()
    if one is not browser:
        one.close()
