"""Pictures of frames: their captions, and that only what changes is written anew."""

import xml.etree.ElementTree as ElementTree

import pytest

from autograd import Value
from autograd.show.graphs.view import view
from autograd.show.stepping.animate import animate
from autograd.show.stepping.events import Contribute
from autograd.show.stepping.flaws import flaws_of
from autograd.show.stepping.frames import caption, frames_of
from autograd.show.stepping.reverse_mode import steps
from autograd.show.stepping.sentences import Teller, Told
from tests.played import network, square


def told(root: Value) -> list[Told]:
    events = list(steps(root))
    return [
        Teller().told(event, flaw) for event, flaw in zip(events, flaws_of(events), strict=True)
    ]


def drawn(root: Value, last: bool = False, collapse: str | None = None) -> list[str]:
    events = list(steps(root))
    animation = animate(view(root, collapse), events, flaws_of(events), down=False)
    return list(frames_of(animation, events, told(root), {}, "title", last))


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
