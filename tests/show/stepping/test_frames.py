"""Pictures of frames: their captions, and that only what changes is written anew."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from autograd import Value
from autograd.show.stepping.events import Contribute
from autograd.show.stepping.flaws import flaws_of
from autograd.show.stepping.frames import caption, frames_of, inside, marks_svg, state_of
from autograd.show.stepping.reverse_mode import steps
from autograd.show.stepping.sentences import Teller
from autograd.show.text import DASH
from tests.played import network, square
from tests.show.stepping.pictured import pictured


def drawn(root: Value, last: bool = False, collapse: str | None = None) -> list[str]:
    picture, order, events, *_ = pictured(root, collapse)
    flaws = flaws_of(events)
    told = [Teller().told(*each) for each in zip(events, flaws, strict=True)]
    return list(frames_of(picture, order, events, flaws, told, {}, "title", last))


def test_a_negative_number_stands_in_parentheses_behind_a_sign() -> None:
    x = Value(-1.0, "x")
    (*_, last) = [e for e in steps(x * -2.0 + x * -4.0) if "grad +=" in repr(e)]
    said = caption(last, Teller().told(last, None))
    assert "before + contribution = after: −4 + (−2) = −6" in said


def test_a_sum_that_is_not_true_has_another_sign() -> None:
    event = list(steps(square()))[5]
    assert isinstance(event, Contribute)
    event = event._replace(after=3.0)
    assert caption(event, Teller().told(event, None))[-1].endswith("3 + 3 ≠ 3")


@pytest.mark.parametrize("collapse", [None, "neuron", "layer"])
def test_the_last_picture_alone_is_that_of_all(collapse: str | None) -> None:
    assert (
        drawn(network(), last=True, collapse=collapse) == drawn(network(), collapse=collapse)[-1:]
    )


def test_a_local_derivative_is_there_with_the_number_of_its_node() -> None:
    counts = [svg.count(">×3</text>") for svg in drawn(square())]
    assert counts == [0, 2, 2, 2, 2, 2, 2]
    for svg in drawn(square()):
        ElementTree.fromstring(svg)


@pytest.mark.parametrize("collapse", [None, "neuron"])
def test_an_arrow_has_a_gap_where_its_label_is_and_none_before(collapse: str | None) -> None:
    frames = drawn(network(), collapse=collapse)
    counts = []
    for svg in frames:
        parts = ElementTree.fromstring(svg).iterfind(".//{*}g[@class='edges']/{*}path")
        labels = ElementTree.fromstring(svg).findall(".//{*}g[@class='locals']/{*}text")
        gaps = sum("m" in path.attrib["d"] for path in parts)
        counts.append((gaps, len(labels)))
    assert all(gaps == labels for gaps, labels in counts)
    assert counts[0] == (0, 0) != counts[-1]


def test_a_group_is_tagged_inside_while_a_node_in_it_is_final() -> None:
    picture, *_, marks = pictured(network(), "layer")
    tags = {
        tag
        for mark in marks
        if mark.box is not None and picture.content.boxes[mark.box].is_group and mark.adds is None
        for tag in re.findall('class="tag[^>]*>([^<]*)<', marks_svg(mark, picture))
    }
    assert tags == {"inside"}


def test_a_folded_node_is_said_to_be_where_its_path_leads() -> None:
    root = network()
    events = list(steps(root))
    homes = {node: "a.b" for event in events for node in [event.node]}
    event = next(e for e in events if isinstance(e, Contribute) and e.parent.is_parameter)
    where = events.index(event)
    folded, plain = pictured(root, "layer"), pictured(root)
    node, parent = event.names[event.node], event.names[event.parent]
    said = inside(event, folded.marks[where], folded.picture.content, homes)
    assert said == f" ({node} in a.b, {parent} in a.b)"
    assert inside(event, plain.marks[where], plain.picture.content, homes) == ""


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([("data", DASH), ("grad", DASH), ("status", "")], "waiting"),
        ([("data", "3"), ("grad", "2"), ("status", "1 of 2 uses")], ""),
        ([("data", "3"), ("grad", "2"), ("status", "final")], "final"),
        ([("data", "3"), ("grad", "2"), ("status", "final, overwritten")], ""),
    ],
)
def test_a_box_waits_for_its_number_and_then_is_final_or_not(
    rows: list[tuple[str, str]], state: str
) -> None:
    assert state_of(rows) == state
