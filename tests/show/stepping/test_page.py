"""The page in a real browser, event by event: it shows what the pictures show, live and recorded.

With mistakes in a pass too: what is wrong is said, and stays to be seen.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pytest
from ordinary import graphs

from autograd import Value
from autograd.show.stepping.events import Contribute, Event, Forward
from autograd.show.stepping.flaws import flaws_of
from autograd.show.stepping.layers import by_layers, given_together
from autograd.show.stepping.player import Player, play
from autograd.show.stepping.reverse_mode import steps
from autograd.teach import faults
from tests.browser import Open, Opened
from tests.played import MAKES, network, square, two_samples

pytestmark = pytest.mark.needs("chromium")
SVG = "{http://www.w3.org/2000/svg}"


class Seen(NamedTuple):
    """What is to be seen after an event."""

    boxes: list[list[str]]
    labels: list[str]
    marks: list[str]
    sentence: str
    fault: str


EVERYTHING = """() => [...Array(count()).keys()].map((place) => {
  levels[level].show(place);
  tell(place);
  const texts = (from, what) => [...from.querySelectorAll(what)].map((one) => one.textContent);
  const { parts, svg } = levels[level];
  return [
    parts.map((part) => texts(part, "text")),
    texts(svg, ".locals text").filter(Boolean),
    texts(svg, ".tag, .adds"),
    $("sentence").textContent,
    $("fault").textContent,
  ];
})"""


def seen(page: Opened) -> list[Seen]:
    return [Seen(*each) for each in page.page.evaluate(EVERYTHING)]


def said(text: ElementTree.Element) -> str:
    """A text without the digits that it says only where it is pointed at."""
    return (text.text or "") + "".join(
        (said(one) if one.tag != f"{SVG}title" else "") + (one.tail or "") for one in text
    )


def texts(within: Iterable[ElementTree.Element], *kinds: str) -> list[str]:
    """The texts of some kinds, each once: a text with a halo is drawn twice."""
    found = [
        (said(one), one.get("x"), one.get("y"))
        for each in within
        for one in each.iter(f"{SVG}text")
        if not kinds or (one.get("class") or "").split(" ")[0] in kinds
    ]
    return [text for text, *_ in dict.fromkeys(found)]


def drawn(svg: str) -> Seen:
    """What a picture shows."""
    root = ElementTree.fromstring(svg)
    groups = list(root.iter(f"{SVG}g"))
    boxes = [one for one in groups if one.get("transform") and one.find(f"{SVG}title") is not None]
    labels = texts(one for one in groups if one.get("class") == "locals")
    captions = [one for one in root.iter(f"{SVG}text") if "caption" in (one.get("class") or "")]
    sentence, *more = map(said, captions)
    fault = more[-1] if len(more) in (1, 4) else ""
    marks = texts([root], "adds", "tag")
    return Seen([texts([one]) for one in boxes], labels, marks, sentence, fault)


def check(opened: Open, player: Player) -> list[Seen]:
    found, wanted = seen(opened(player)), [drawn(svg) for svg in player.frames()]
    assert len(found) == len(wanted)
    for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
        assert one == other, place
    return found


ORDINARY = [
    pytest.param(root, id=f"{kind} {nodes}", marks=[pytest.mark.slow] if nodes > 10 else [])
    for nodes, kind, root in graphs()
    if nodes < 300
]


# Without calls of modules, a page of layers is the page of neurons, byte by byte.
FOLDED = [
    *((make, collapse) for make in MAKES for collapse in (None, "neuron")),
    *((make, "layer") for make in (network, two_samples)),
]


@pytest.mark.parametrize(("make", "collapse"), FOLDED)
def test_a_live_page_and_a_recording_show_what_the_pictures_show(
    opened: Open, make: Callable[[], Value], collapse: str | None
) -> None:
    root = make()
    live = check(opened, play(root, collapse=collapse))
    events = given_together(by_layers(steps(root)))
    assert seen(opened(play(root, events=events, collapse=collapse))) == live


@pytest.mark.parametrize("root", ORDINARY)
def test_an_ordinary_graph_is_on_the_page_as_in_the_pictures(opened: Open, root: Value) -> None:
    check(opened, play(root))


# --- mistakes -------------------------------------------------------------------------------


@pytest.mark.parametrize("collapse", [None, "layer"])
@pytest.mark.parametrize("fault", faults.FAULTS)
def test_a_famous_mistake_is_seen_and_said_as_in_the_pictures(
    opened: Open, fault: str, collapse: str | None
) -> None:
    root = network()
    wrong = faults.compare(root, fault).events()
    found = check(opened, play(root, events=wrong, collapse=collapse))
    assert any(one.fault for one in found)


def second(event: Event, **changed: float) -> Event:
    """Another event in place of the second contribution to x."""
    is_it = isinstance(event, Contribute) and event.slot == 1
    return event._replace(**changed) if is_it else event  # type: ignore[arg-type]


WRONG = {
    "overwritten: 3 is lost; before + contribution is 6": {"after": 3.0},
    "wrong: upstream × local derivative is 3": {"contribution": 4.0, "after": 7.0},
    "wrong: before + contribution is 6": {"after": 5.0},
    "stale: the local derivative was 3 as recorded": {
        "local": 4.0,
        "contribution": 4.0,
        "after": 7.0,
    },
}


@pytest.mark.parametrize("said", WRONG)
def test_what_is_wrong_with_a_contribution_is_said_with_its_signs(opened: Open, said: str) -> None:
    root = square()
    events = [second(event, **WRONG[said]) for event in steps(root)]
    player = play(root, events=events)
    found = check(opened, player)
    assert [one.fault for one in found] == ["", "", "", "", "", said, found[6].fault]


def test_a_number_that_moved_on_is_shown_beside_the_one_that_was_used(opened: Open) -> None:
    root = square()
    events = list(steps(root))
    x = events[0]
    assert isinstance(x, Forward)
    player = play(root, events=[*events[:2], x._replace(data=1.0 / 3.0), *events[2:]])
    found = check(opened, player)
    assert found[2].boxes[0][1] == "data 3, now 0.3333"
    assert found[2].sentence == "x = 0.3333 is given"
    assert found[2].fault == "moved: it was 3 in the forward pass"


# --- what is asked for ----------------------------------------------------------------------


def test_a_recording_says_why_unless_the_event_is_wrong(opened: Open) -> None:
    root = network()
    page = opened(play(root, events=faults.compare(root, "parent_set").events()))
    events = list(faults.compare(root, "parent_set").events())
    found = page.page.evaluate("() => [...Array(count()).keys()].map(reasonAt)")
    wrong = [flaw is not None for flaw in flaws_of(events)]
    assert any(wrong)
    assert found == [
        "" if flawed or isinstance(event, Forward) else event.why
        for event, flawed in zip(events, wrong, strict=True)
    ]


def test_a_recording_says_why_from_its_first_event_on(opened: Open) -> None:
    root = square()
    page = opened(play(root, events=list(steps(root))[2:]))
    assert page.text("reason") == "1, because y is what we differentiate"
    assert page.text("count") == "1 of 5, backward"


def test_a_recording_asks_first_but_for_what_is_wrong(opened: Open) -> None:
    root = square()
    events = [second(event, after=3.0) for event in steps(root)]
    page = opened(play(root, events=events))
    page.page.click("#ask")
    page.page.locator("#slider").fill("4")
    assert page.text("contribution") == "?"
    page.page.fill("#answer", "3")
    page.page.click("#check")
    assert page.text("verdict") == "Right: 3"
    assert page.text("contribution") == "3"
    page.page.click("#forward")
    assert not page.page.locator("#question").is_visible()
    assert page.text("contribution") == "3"


def test_events_of_a_part_of_the_graph_play_in_the_whole(opened: Open) -> None:
    root = network()
    inner = next(event.node for event in steps(root) if event.node.op is not None)
    check(opened, play(root, events=list(steps(inner))))
