"""The player's page in a real browser: what is on the screen is what the events say."""

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from show import expression

from autograd import Value, constant
from autograd.nn import Neuron
from autograd.show.stepping.events import Contribute, Forward, Given, Played
from autograd.show.stepping.player import play
from autograd.show.stepping.reverse_mode import steps
from autograd.show.text import DASH, decimal
from tests.browser import BOXES, DESK, Open, Scheme, named_rows, new_page
from tests.played import branching, network, square, tanh_of_a_line

pytestmark = pytest.mark.needs("chromium")


def neuron() -> Value:
    out: Value = Neuron(2, rng=0)([Value(1.0, "x"), Value(-2.0, "y")])
    return out


GRAPHS = [tanh_of_a_line, square, neuron, network]


def folded(events: Sequence[Played]) -> list[dict[str, tuple[str, str]]]:
    """For each event the number and the gradient of each node, as shown: a fold of its own."""
    known: dict[str, tuple[str, str]] = {}
    frames = []
    for event in events:
        if isinstance(event, Given):
            each = zip(event.nodes, event.data, strict=True)
            known |= {event.names[node]: (decimal(x), DASH) for node, x in each}
            frames.append(dict(known))
            continue
        name = event.names[event.node]
        if isinstance(event, Forward):
            known[name] = (decimal(event.data), DASH)
        elif isinstance(event, Contribute):
            parent = event.names[event.parent]
            known[parent] = (known[parent][0], decimal(event.after))
        else:
            known[name] = (known[name][0], decimal(event.gradient))
        frames.append(dict(known))
    return frames


def shown_numbers(boxes: dict[str, list[str]], names: set[str]) -> dict[str, tuple[str, str]]:
    found = {}
    for name, lines in boxes.items():
        numbers = [line.removeprefix("data ") for line in lines if line.startswith("data ")]
        gradient = [line.removeprefix("grad ") for line in lines if line.startswith("grad ")]
        if name in names and numbers != [DASH]:
            found[name] = (numbers[0], gradient[0])
    return found


@pytest.mark.parametrize("make", GRAPHS)
def test_every_frame_shows_the_numbers_of_the_events_forward_and_back(
    opened: Open, make: Callable[[], Value]
) -> None:
    root = make()
    player = play(root, collapse=None)
    events, page = player.events, opened(player)
    frames = folded(events)
    names = {event.names[event.node] for event in steps(root) if not event.node.is_constant}
    wanted = [{n: says for n, says in frame.items() if n in names} for frame in frames]
    assert shown_numbers(page.boxes(), names) == wanted[0]
    forward = page.after_each(["ArrowRight"] * (len(frames) - 1), BOXES)
    assert [shown_numbers(named_rows(found), names) for found in forward] == wanted[1:]
    back = page.after_each(["ArrowLeft"] * (len(frames) - 1), BOXES)
    assert [shown_numbers(named_rows(found), names) for found in back] == wanted[-2::-1]


def test_without_scripts_the_page_lists_the_first_events(browser: Browser, tmp_path: Path) -> None:
    player, file = play(square()), tmp_path / "page.html"
    player.save(file)
    page, asked = new_page(browser, java_script_enabled=False), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert page.locator("h1").inner_text() == "Backpropagation from y"
    first = player.text().split("\n")[:3]
    assert page.locator("pre").inner_text().split("\n") == [*first, "… 4 more"]
    page.close()
    assert asked == [file.as_uri()]


@pytest.mark.parametrize("label", [" ", "\t", "\u2028\u2029"])
def test_a_label_that_shows_nothing_is_no_label(opened: Open, label: str) -> None:
    x, k = Value(3.0, label), constant(2.0)
    k.label = label
    y = x * k
    z = y * y
    y.label = z.label = label
    page = opened(play(z))
    for _ in steps(z):
        page.page.keyboard.press("ArrowRight")
    assert all(rows[-1] == "final" for rows in page.boxes().values() if "grad" in str(rows))
    assert page.boxes()


def test_the_panel_says_the_product_the_sum_and_the_rule(opened: Open) -> None:
    root = tanh_of_a_line()
    player = play(root)
    page = opened(player)
    names = ("upstream", "local", "contribution", "before", "after")
    for event in player.events:
        if isinstance(event, Contribute):
            numbers = [getattr(event, name) for name in names]
            assert [page.text(name) for name in names] == [decimal(x) for x in numbers]
            assert [float(text.replace("−", "-")) for text in page.exact(names)] == numbers
            assert page.text("rule").startswith("d")
            assert page.text("here").endswith(f"= {decimal(event.local)}")
            assert page.text("product") == page.text("total") == "="
        else:
            assert not page.page.locator("#sums").is_visible()
        page.page.keyboard.press("ArrowRight")


def test_pointed_at_a_box_says_all_its_digits(opened: Open) -> None:
    root = tanh_of_a_line()
    page = opened(play(root))
    page.page.keyboard.press("End")
    titles = page.page.locator("svg title").all_text_contents()
    root.backward()
    a = root.parents[0].parents[0].parents[0]
    assert f"a: data = 2, grad = {a.grad!r}, final" in titles


def test_keys_and_buttons_go_where_they_say(opened: Open) -> None:
    root = square()
    page = opened(play(root))
    count = len(list(steps(root)))

    def at() -> int:
        return int(page.text("count").split()[0])

    for move, wanted in [
        ("End", count),
        ("Home", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("ArrowLeft", 1),
        ("#last", count),
        ("#first", 1),
        ("#forward", 2),
        ("#back", 1),
        ("#backward", 3),
    ]:
        if move.startswith("#"):
            page.page.click(move)
        else:
            page.page.keyboard.press(move)
        assert at() == wanted, move
    assert page.text("sentence") == "The backward pass starts here: y.grad = 1"
    page.page.locator("#slider").fill("5")
    assert at() == 6
    page.page.focus("#slider")
    page.page.keyboard.press("ArrowRight")
    assert at() == 7


def test_it_plays_and_pauses_and_stops_at_the_end(opened: Open) -> None:
    page = opened(play(square()))
    page.page.select_option("#speed", label="fast")
    page.page.locator("body").click(position={"x": 5, "y": 5})
    page.page.keyboard.press("Space")
    assert page.text("play") == "Pause"
    assert page.page.locator("#panel").get_attribute("aria-live") == "off"
    page.wait()
    assert page.text("count") == "7 of 7, backward"
    assert page.text("play") == "Play"
    assert page.page.locator("#panel").get_attribute("aria-live") == "polite"
    page.page.click("#play")
    assert page.text("count").startswith("1 ")
    page.page.click("#play")
    assert page.text("play") == "Play"


def test_what_is_active_is_marked_in_words_and_by_shape(opened: Open) -> None:
    page = opened(play(square()))
    page.page.click("#backward")
    tags = page.page.locator("svg .tag")
    assert tags.all_text_contents() == ["seed"]
    page.page.keyboard.press("ArrowRight")
    assert tags.all_text_contents() == ["final"]
    page.page.keyboard.press("ArrowRight")
    assert tags.all_text_contents() == ["upstream", "receives"]
    assert page.page.locator("svg .adds").all_text_contents() == ["+= 3"]
    widths = "(what) => parseFloat(getComputedStyle(document.querySelector(what)).strokeWidth)"
    assert page.page.evaluate(widths, ".flow") > 2 * page.page.evaluate(widths, ".edges path")
    assert page.page.evaluate(widths, ".ring") >= 3
    assert page.boxes()["y"][-1] == "final"  # and it is the current one too


def test_a_mistake_is_said_in_words(opened: Open) -> None:
    root = square()
    events = [
        e._replace(after=3.0) if isinstance(e, Contribute) and e.slot == 1 else e
        for e in steps(root)
    ]
    page = opened(play(root, events=events))
    for _ in range(5):
        page.page.keyboard.press("ArrowRight")
    assert page.text("fault") == "overwritten: 3 is lost; before + contribution is 6"
    assert page.text("total") == "≠"
    assert page.page.locator("svg .adds").all_text_contents() == ["= 3"]
    assert "2 of 2 uses, overwritten" in page.boxes()["x"]


def test_folding_and_unfolding_keeps_the_place(opened: Open) -> None:
    page = opened(play(network()))
    page.page.click("#backward")
    page.page.keyboard.press("ArrowRight")
    before = page.text("count")
    counts = []
    for level in ("layers", "neurons", "nodes"):
        page.page.select_option("#level", label=level)
        counts.append(len(page.boxes()))
        assert page.text("count") == before
        assert page.boxes()["loss"][-1] == "final"
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[2]


def test_the_theme_button_goes_round(opened: Open) -> None:
    page = opened(play(square()), color_scheme="light")
    colour = "() => getComputedStyle(document.documentElement).backgroundColor"
    seen = []
    for _ in range(4):
        seen.append((page.text("theme"), page.page.evaluate(colour)))
        page.page.click("#theme")
    light, dark = "rgb(255, 255, 255)", "rgb(15, 23, 42)"
    assert seen == [
        ("Theme: auto", light),
        ("Theme: light", light),
        ("Theme: dark", dark),
        ("Theme: auto", light),
    ]


def test_auto_is_the_theme_of_the_system(opened: Open) -> None:
    page = opened(play(square()), color_scheme="dark")
    colour = "() => getComputedStyle(document.documentElement).backgroundColor"
    assert page.page.evaluate(colour) == "rgb(15, 23, 42)"


def test_every_control_has_a_name_and_the_tab_key_reaches_all_in_order(opened: Open) -> None:
    page = opened(play(network()))
    page.page.click("#backward")
    reached = []
    page.page.locator("body").click(position={"x": 2, "y": 2})
    fields = page.page.get_by_role("spinbutton")
    for _ in range(24 + fields.count()):
        page.page.keyboard.press("Tab")
        reached.append(page.page.evaluate("document.activeElement.id"))
    assert [name for name in reached if name] == [
        *("level", "digits", "theme", "smaller", "larger", "fit", "find", "previous", "next"),
        *("reset", "copy", "curve", "slider"),
        *("first", "back", "play", "forward", "last", "backward", "speed", "ask", "lines"),
    ]
    assert page.page.get_by_role("slider", name="Event", exact=True).count() == 1
    for name in ("Show", "Speed"):
        assert page.page.get_by_role("combobox", name=name).count() == 1


@pytest.mark.parametrize("make", GRAPHS)
def test_on_a_phone_the_page_does_not_scroll_sideways(
    opened: Open, make: Callable[[], Value]
) -> None:
    page = opened(play(make()), viewport={"width": 360, "height": 640})
    for key in ("Home", "End"):
        page.page.keyboard.press(key)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_active_node_stays_in_view(opened: Open) -> None:
    page = opened(play(expression(50)), viewport={"width": 360, "height": 640})
    inside = """() => {
      const room = document.getElementById("drawing").getBoundingClientRect();
      const ring = [...document.querySelectorAll(".ring")].at(-1).getBoundingClientRect();
      return ring.left >= room.left - 1 && ring.right <= room.right + 1
        && ring.top >= room.top - 1 && ring.bottom <= room.bottom + 1;
    }"""
    keys = ["ArrowRight" for _ in steps(expression(50))]
    assert page.page.evaluate(inside)
    assert all(page.after_each(keys[1:], inside))


def test_in_a_notebook_one_view_shows(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "notebook.html"
    shown = [play(make())._repr_mimebundle_()["text/html"] for make in (square, tanh_of_a_line)]
    file.write_text(f"<!doctype html><meta charset=utf-8>{''.join(shown)}", encoding="utf-8")
    page = new_page(browser)
    page.goto(file.as_uri())
    assert [image.is_visible() for image in page.locator("img").all()] == [False, False]
    for place, name in enumerate(("y", "d")):
        frame = page.frame_locator("iframe").nth(place)
        frame.locator("#last").click()
        assert frame.locator("h1").inner_text() == f"Backpropagation from {name}"
        assert "final" in frame.locator("#sentence").inner_text()
    page.locator("style, iframe").evaluate_all("(all) => all.forEach((one) => one.remove())")
    assert [image.is_visible() for image in page.locator("img").all()] == [True, True]
    page.close()


SCREENS: dict[str, tuple[Scheme, ViewportSize]] = {
    "light": ("light", DESK),
    "dark": ("dark", DESK),
    "phone": ("light", {"width": 360, "height": 640}),
}


@pytest.mark.parametrize("make", GRAPHS)
def test_screens_are_kept_to_be_looked_at(
    opened: Open, tmp_path: Path, make: Callable[[], Value]
) -> None:
    page = opened(play(make()))
    page.page.click("#backward")
    for _ in range(2):
        page.page.click("#forward")
    for name, (scheme, size) in SCREENS.items():
        page.emulate(color_scheme=scheme)
        page.page.set_viewport_size(size)
        file = tmp_path / f"{make.__name__}-{name}.png"
        page.page.screenshot(path=file)
        assert file.stat().st_size > 5_000, name


# --- marks, keys and voices -----------------------------------------------------------------


MARKS = """(all) => [...all.querySelectorAll(".ring, .tag, .flow, .tip, .adds")].map((mark) => {
  const drawn = mark.ownerSVGElement.querySelector(":scope > g");
  const { x, y, width, height } = mark.getBBox();
  const place = drawn.getCTM().inverse().multiply(mark.getCTM());
  const at = new DOMPoint(x, y).matrixTransform(place);
  const numbers = [at.x, at.y, width, height].map(Math.round);
  return [mark.getAttribute("class"), ...numbers, mark.textContent].join(" ");
})"""


@pytest.mark.parametrize(
    ("make", "collapse"),  # without calls of modules, a page of layers is that of neurons
    [*product([branching, network], [None, "neuron"]), (network, "layer")],
)
def test_the_page_has_the_marks_of_the_pictures(
    opened: Open, second_tab: Page, make: Callable[[], Value], collapse: str | None
) -> None:
    player = play(make(), collapse=collapse)
    page = opened(player)
    page.page.evaluate("resize(1)")  # in another size the letters are not as wide
    frames = dict(list(enumerate(player.frames()))[:: 7 if collapse else 3])
    second_tab.set_content("".join(f"<p>{frame}" for frame in frames.values()))
    wanted = second_tab.evaluate(f"() => [...document.querySelectorAll('svg')].map({MARKS})")
    found = page.page.evaluate(
        f"""(places) => places.map((place) => {{
      document.getElementById("slider").value = place;
      document.getElementById("slider").dispatchEvent(new Event("input"));
      return ({MARKS})(document.getElementById("drawing"));
    }})""",
        list(frames),
    )
    for place, marks, pictured in zip(frames, found, wanted, strict=True):
        assert sorted(marks) == sorted(pictured), place


TOUCH = """() => {
  const [tip, ring] = [".tip", ".ring.takes"].map((part) => document.querySelector(part));
  return tip && ring.getBoundingClientRect().right - tip.getBoundingClientRect().left;
}"""


def test_the_point_of_every_contribution_touches_the_box_that_gets_it(opened: Open) -> None:
    page = opened(play(branching()))
    first, *events = steps(branching())
    assert not isinstance(first, Contribute)
    for event, apart in zip(
        events, page.after_each(["ArrowRight"] * len(events), TOUCH), strict=True
    ):
        assert (apart is not None) == isinstance(event, Contribute)
        assert apart is None or 4 <= apart <= 8  # the ring is 5 pixels around the box


def test_what_is_added_covers_no_other_label(opened: Open) -> None:
    covered = """() => {
      const adds = document.querySelector(".adds")?.getBoundingClientRect();
      return !!adds && [...document.querySelectorAll(".locals text")].some((label) => {
        const box = label.getBoundingClientRect();
        return box.width && box.left < adds.right - 1 && adds.left < box.right - 1
          && box.top < adds.bottom - 3 && adds.top < box.bottom - 3;
      });
    }"""
    h = Value(2.0, "x") * 2.0
    page = opened(play(h * h + h * 3.0))
    assert not page.page.evaluate(covered)
    assert not any(page.after_each(["ArrowRight" for _ in steps(h * h + h * 3.0)], covered))


def test_a_local_derivative_is_there_with_the_number_of_its_node(opened: Open) -> None:
    page = opened(play(square()))
    labels = page.page.locator("svg .locals text")
    assert labels.all_text_contents() == ["", ""]
    page.page.keyboard.press("ArrowRight")
    assert labels.all_text_contents() == ["×3", "×3"]


def test_the_focus_stays_on_a_button_that_leads_no_further(opened: Open) -> None:
    page = opened(play(square()))
    for name, other in (("#last", "#forward"), ("#first", "#back")):
        page.page.click(name)
        for button in (name, other):
            assert page.page.locator(button).get_attribute("aria-disabled") == "true"
        assert page.page.evaluate("document.activeElement.id") == name[1:]


def test_while_it_plays_nothing_is_announced(opened: Open) -> None:
    page = opened(play(square()))
    assert page.page.locator("#panel").get_attribute("aria-live") == "polite"
    page.page.click("#play")
    voices = "() => [...document.querySelectorAll('[aria-live], output')].map((x) => x.ariaLive)"
    assert set(page.page.evaluate(voices)) == {"off"}
    page.page.click("#play")


def test_with_shift_the_arrows_scroll_the_drawing(opened: Open) -> None:
    page = opened(play(expression(50)))
    before = page.text("count")
    for _ in range(3):
        page.page.keyboard.press("Shift+ArrowRight")
    assert page.text("count") == before
    assert page.page.evaluate("document.getElementById('drawing').scrollLeft") == 240


def test_the_drawing_is_a_region_in_the_main_part(opened: Open) -> None:
    page = opened(play(square()))
    assert page.page.get_by_role("main").get_by_role("region", name="Computation graph").count()


def test_a_folded_node_is_said_to_be_in_its_module_call(opened: Open) -> None:
    player = play(network(), collapse="neuron")
    page = opened(player)
    place = next(
        i
        for i, e in enumerate(player.events)
        if isinstance(e, Contribute) and e.parent.is_parameter
    )
    page.page.locator("#slider").fill(str(place))
    assert page.text("sentence").endswith("in layers.1.neurons.0)")
    assert page.page.locator("svg .tag").all_text_contents() == ["inside"]
    page.page.keyboard.press("Home")  # all that is given is there at once
    weights = [line for rows in page.boxes().values() for line in rows if "w0 " in line]
    assert len(weights) == 2  # of those of one name, the last


def test_on_paper_there_is_the_whole_drawing_in_light_colours_and_no_control(opened: Open) -> None:
    shown = opened(play(network()), color_scheme="dark")
    page = shown.page
    page.click("#theme")
    page.click("#theme")
    shown.emulate(media="print")
    assert page.locator("html").evaluate("(it) => getComputedStyle(it).colorScheme") == "light"
    for control in ("#theme", "#tools", "#inputs", "#controls"):
        assert not page.locator(control).is_visible()
    assert page.locator("#sentence").is_visible()
    room = page.locator("#drawing").evaluate("(it) => [it.scrollWidth, it.clientWidth]")
    assert room[0] <= room[1]
    drawing, sentence = (page.locator(part).bounding_box() for part in ("#drawing", "#sentence"))
    assert drawing
    assert sentence
    assert sentence["y"] - drawing["y"] - drawing["height"] < 20


def test_on_paper_what_happens_stays_with_its_drawing_and_no_page_is_empty(opened: Open) -> None:
    shown = opened(play(network(), collapse=None, rankdir="TB"))
    page = shown.page
    shown.emulate(media="print")
    for landscape in (False, True):
        printed = page.pdf(format="A4", landscape=landscape)
        assert printed.count(b"/Type /Page\n") == 1
    breaks = "(it) => [getComputedStyle(it).breakBefore, getComputedStyle(it).breakInside]"
    assert page.locator("#panel").evaluate(breaks) == ["avoid", "avoid"]
    assert page.locator("#drawing").evaluate(breaks) == ["auto", "avoid"]


GAPS = """() => [
  [".edges path", (one) => one.getAttribute("d").includes("m")],
  [".locals text", (one) => one.textContent],
].map(([which, is]) => [...document.querySelectorAll(which)].filter(is).length)"""


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_an_arrow_has_a_gap_where_its_label_is_and_none_before(opened: Open, rankdir: str) -> None:
    page = opened(play(network(), collapse=None, rankdir=rankdir))
    keys = [*["ArrowRight"] * 9, "End", "ArrowLeft", "Home"]
    counts = [page.page.evaluate(GAPS), *page.after_each(keys, GAPS)]
    assert all(gaps == labels for gaps, labels in counts)
    assert counts[0] == counts[-1] == [0, 0] != counts[-2]


def test_where_colours_are_the_readers_what_is_pressed_is_seen(opened: Open) -> None:
    shown = opened(play(square()))
    page = shown.page
    shown.emulate(forced_colors="active")
    background = "(it) => getComputedStyle(it).backgroundColor"
    before = page.locator("#digits").evaluate(background)
    page.click("#digits")
    assert page.locator("#digits").evaluate(background) != before


def test_texts_grow_with_those_of_the_reader(opened: Open) -> None:
    page = opened(play(square())).page
    sizes = """() => ["#title", "#play", "#count", "#tools small", "#fields input"].map((one) =>
        parseFloat(getComputedStyle(document.querySelector(one)).fontSize))"""
    before = page.evaluate(sizes)
    page.evaluate("() => (document.documentElement.style.fontSize = '32px')")
    assert page.evaluate(sizes) == [2 * size for size in before]
