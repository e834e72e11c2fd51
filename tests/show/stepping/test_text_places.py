"""Where the marks of a frame are: rings around boxes, active edges, what they add.

No text of a highlight covers another text: in pictures, and on the page with other numbers.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import autograd as ag
from autograd import Value
from autograd.show.stepping.player import play
from autograd.show.stepping.text_places import ring_size
from autograd.show.svg import MONO_WIDTH, text_width
from tests.browser import Open
from tests.played import branching, network, square
from tests.show.stepping.pictured import pictured

Area = tuple[float, float, float, float]

# For every event, the texts of highlights that cover another text.
COVERED = """() => {
  const found = [];
  for (let place = 0; place < count(); place++) {
    show(place);
    const texts = [...levels[level].svg.querySelectorAll("text:not(.callhalo)")];
    const areas = new Map(texts.map((text) => [text, text.getBoundingClientRect()]));
    for (const one of levels[level].svg.querySelectorAll(".tag, .adds"))
      for (const other of texts) {
        const [a, b] = [areas.get(one), areas.get(other)];
        const beside = a.right <= b.left || b.right <= a.left;
        const apart = beside || a.bottom <= b.top || b.bottom <= a.top;
        if (one !== other && other.textContent && !apart)
          found.push(`${place}: ${one.textContent} over ${other.textContent}`);
      }
  }
  return found;
}"""


def recurrent() -> Value:
    """Three steps of a scalar RNN, with an error each."""
    w, u, b = Value(0.5, "w"), Value(-0.3, "u"), Value(0.1, "b")
    h: Any = 0.0
    loss: Any = 0.0
    for t in range(3):
        h = (w * Value(0.3 * t - 0.4, f"x{t}") + u * h + b).tanh()
        loss = loss + (h - 0.5 * t) ** 2
    loss.label = "loss"
    return loss  # type: ignore[no-any-return]


def attention() -> Value:
    """One query over three keys."""
    q = Value(0.7, "q")
    keys = [Value(0.2 * i + 0.1, f"k{i}") for i in range(3)]
    weights = [ag.exp(q * key) for key in keys]
    total = ag.sum(weights)
    out = ag.sum([w / total * Value(i - 0.5, f"v{i}") for i, w in enumerate(weights)])
    out.label = "out"
    return out


CASES: list[tuple[Callable[[], Value], dict[str, Any]]] = [
    (network, {"collapse": "layer"}),
    (network, {"collapse": "neuron"}),
    (network, {"collapse": None}),
    (network, {"collapse": "layer", "rankdir": "TB"}),
    (branching, {}),
    (branching, {"rankdir": "TB"}),
    (recurrent, {}),
    (attention, {}),
]
NAMES = [f"{make.__name__} {' '.join(map(str, options.values()))}" for make, options in CASES]


def areas(svg: str) -> Iterator[tuple[str, str, Area]]:
    """The texts of a picture but its captions: the class, the text, the area."""
    root = ElementTree.fromstring(re.sub(' xmlns="[^"]*"', "", svg, count=1))

    def walk(part: ElementTree.Element, x: float, y: float, labels: bool) -> Iterator[Any]:
        moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", part.get("transform", ""))
        if moved and part.tag == "g":
            x, y = x + float(moved[1]), y + float(moved[2])
        kind, text = part.get("class", ""), "".join(part.itertext())
        if part.tag == "text" and not {"halo", "caption", "title"} & set(
            re.split(r" |(?=halo)", kind)
        ):
            if part.find("title") is not None:
                text = part.text or ""
            yield kind, text, _area(kind, text, x, y, part, labels)
        for inner in part:
            yield from walk(inner, x, y, labels or kind == "locals")

    return walk(root, 0.0, 0.0, False)


def _area(kind: str, text: str, x: float, y: float, part: ElementTree.Element, label: bool) -> Area:
    size = 11.5 if label else 14.0 if kind in ("name", "by") else 12.0
    sans = kind in ("name", "by", "call", "status", "tag", "tag takes")
    width = text_width(text, size) if sans else len(text) * size * MONO_WIDTH
    left, line = x + float(part.get("x", 0)), y + float(part.get("y", 0))
    left -= width / 2 if label or kind == "at" else width if kind == "by" else 0.0
    return left, line - 0.9 * size, left + width, line + 0.2 * size


def covers(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize(("make", "options"), CASES, ids=NAMES)
def test_in_no_frame_a_word_or_what_an_edge_adds_covers_another_text(
    make: Callable[[], Value], options: dict[str, Any]
) -> None:
    highlights = 0
    for frame in play(make(), **options).frames():
        texts = [one for one in areas(frame) if one[1]]
        for number, (kind, text, area) in enumerate(texts):
            if kind.split()[:1] in (["tag"], ["adds"]):
                highlights += 1
                others = [two for i, two in enumerate(texts) if i != number]
                assert [two[1] for two in others if covers(area, two[2])] == [], text
    assert highlights


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(("make", "options"), CASES, ids=NAMES)
def test_on_the_page_neither_with_the_numbers_of_python_nor_with_others(
    opened: Open, make: Callable[[], Value], options: dict[str, Any]
) -> None:
    page = opened(play(make(), **options)).page
    page.evaluate("resize(1)")  # in another size the letters are not as wide
    assert page.evaluate(COVERED) == []
    other = "(node, i) => [node, -0.0012345 * (i + 1) + (i % 3 ? 0 : 1.2345)]"
    page.evaluate(f"take(inputs.map({other}))")
    assert page.evaluate(COVERED) == []


def test_a_word_that_has_the_corner_of_its_ring_free_stands_there() -> None:
    for frame in play(branching()).frames():
        for ring, word in re.findall(
            r'<rect class="ring[^>]* x="(\d+)"[^>]*/><text [^>]*x="(\d+)"', frame
        ):
            assert int(word) - int(ring) == 8


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("collapse", [None, "neuron", "layer"])
def test_every_active_edge_begins_at_the_box_that_gets_the_contribution(
    collapse: str | None, down: bool
) -> None:
    for root in (branching(), network(), square()):
        picture = pictured(root, collapse, down).picture
        for edge, flow in picture.texts.flows.items():
            tail = picture.content.edges[edge].tail
            box, (x, y) = picture.content.boxes[tail], picture.places.boxes[tail]
            across, along = (flow.x - x, flow.y - y) if down else (flow.y - y, flow.x - x)
            size = (box.width, box.height) if down else (box.height, box.width)
            assert abs(along - size[1] / 2) <= 1
            assert abs(across) <= size[0] / 2
            way = flow.trunk or "M"
            assert way.startswith(f"M{flow.x} {flow.y}") or not flow.trunk


def test_what_several_edges_share_is_part_of_each_of_their_ways() -> None:
    flows = pictured(branching()).picture.texts.flows
    assert sum(bool(flow.trunk) for flow in flows.values()) == 1


def test_a_ring_lies_around_the_box_and_that_of_a_group_around_its_shadow_too() -> None:
    for box in pictured(network(), "neuron").picture.content.boxes:
        width, height = ring_size(box)
        more = 15 if box.is_group else 10
        assert (width, height) == (round(box.width) + more, round(box.height) + more)
