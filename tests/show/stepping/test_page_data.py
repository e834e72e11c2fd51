"""What the page is told: texts by number, and nothing that ends a script element."""

import json
from typing import Any

import pytest

from autograd import Value
from autograd.show.graphs.view import view
from autograd.show.stepping.animate import animate, flaws_of
from autograd.show.stepping.animation import Shown
from autograd.show.stepping.events import Contribute
from autograd.show.stepping.page_data import KNOWN, Texts, as_json, script
from autograd.show.stepping.reverse_mode import steps
from autograd.show.stepping.sentences import Teller
from tests.played import HOSTILE, network, square


def scripted(root: Value, *levels: str | None) -> dict[str, Any]:
    events = list(steps(root))
    flaws = flaws_of(events)
    animations = {str(level): animate(view(root, level), events, flaws, False) for level in levels}
    tellings = list(map(Teller().told, events, flaws))
    read: dict[str, Any] = json.loads(script(events, tellings, animations, {}, str(levels[0])))
    return read


def test_each_text_is_there_once_and_those_the_page_knows_come_first() -> None:
    texts = scripted(network(), None)["texts"]
    assert texts[: len(KNOWN)] == list(KNOWN)
    assert len(texts) == len({str(text) for text in texts})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Shown("2", "2.0"), "2"),
        (Shown("−3", "-3.0"), "−3"),
        (Shown("0.3333", "0.3333333333333333"), ("0.3333", "0.3333333333333333")),
    ],
)
def test_a_number_is_a_pair_only_if_it_has_more_digits(said: Shown, told: object) -> None:
    texts = Texts()
    place = texts.said(said)
    assert list(texts)[place] == told


def test_a_label_takes_any_text_that_shows_the_same() -> None:
    texts = Texts()
    place = texts.part(1.0 / 3.0)
    assert texts.like(Shown("0.3333", "0.3333")) == place
    assert texts.like(Shown("0.25", "0.25")) == len(texts) - 1


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_json_ends_a_script(text: str) -> None:
    written = as_json({"text": text})
    assert not set("<>&\u2028\u2029\ud800") & set(written)
    assert json.loads(written)["text"] == text.replace("\ud800", "\ufffd")


def test_an_event_is_its_sentence_and_what_its_kind_needs() -> None:
    root = square()
    told = scripted(root, None)
    texts = told["texts"]
    for event, (sentence, *rest) in zip(steps(root), told["events"], strict=True):
        assert texts[sentence[0]].count("{}") <= len(sentence) - 1
        assert len(rest) == (7 if isinstance(event, Contribute) else 1)


def test_a_drawing_says_where_its_marks_are_and_which_boxes_are_groups() -> None:
    nodes, layers = scripted(network(), None, "layer")["drawings"]
    assert "inside" not in nodes
    assert len(layers["inside"]) == len(layers["frames"])
    assert all(len(size) == 2 for size in nodes["boxes"])
    assert [len(size) for size in layers["boxes"]].count(3) == 2


def test_the_page_is_told_where_the_backward_pass_begins_and_what_comes_first() -> None:
    told = scripted(square(), None)
    assert (told["backward"], told["first"], told["texts"][told["root"]]) == (2, 0, "y")
