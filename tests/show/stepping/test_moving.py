"""Passes of one structure on one page: one layout, the same rows, texts that move."""

from typing import Any

from autograd import Value
from autograd.engine.graph import topological_order
from autograd.show.graphs.view import view
from autograd.show.stepping.moving import Animations, Pass, animate_all, passed, scenes
from autograd.show.stepping.reverse_mode import steps
from autograd.show.text import decimal


def passes(*numbers: float) -> list[Pass]:
    """Passes through tanh(w·x)·w, with another w each."""
    found = []
    for number in numbers:
        w = Value(number, "w")
        root = (w * 2.0).tanh() * w
        root.label = "y"
        order = topological_order(root)
        found.append(passed(order, list(steps(root)), {"nodes": view(root, None)}))
    return found


def rows(animations: Animations) -> list[list[int]]:
    return [[row for row, _ in changes] for changes in animations["nodes"].changes]


def test_all_passes_have_the_boxes_the_places_and_the_rows_of_one() -> None:
    first, *others = animate_all(passes(0.5, -123.456, 0.0))
    for other in others:
        assert other["nodes"].content is first["nodes"].content
        assert other["nodes"].places is first["nodes"].places
        assert rows(other) == rows(first)


def test_each_pass_keeps_its_own_numbers_and_local_derivatives() -> None:
    numbers = (0.5, -123.456)
    played = passes(*numbers)
    for number, animations, one in zip(numbers, animate_all(played), played, strict=True):
        says: dict[int, str] = {}
        for changes in animations["nodes"].changes:
            says |= {row: said.shown for row, said in changes}
        content = animations["nodes"].content
        labels = [says[row] for row in sorted(says) if row >= 4 * len(content.boxes)]
        assert labels == [
            edge.text.removeprefix("×") for edge in one.contents["nodes"].edges if edge.text
        ]
        assert decimal(number) in says.values()


def test_what_is_the_same_is_a_text_and_what_is_not_moves() -> None:
    played = passes(0.5, 0.25)
    told: dict[str, Any] = scenes(played, animate_all(played), {}, "nodes")
    shown = [text if isinstance(text, str) else text[0] for text in told["texts"]]
    assert "w" in shown
    assert ["0.5", "0.25"] in told["moving"]
    assert all(len(texts) == 2 and len(set(texts)) > 1 for texts in told["moving"])


def test_one_pass_has_nothing_that_moves() -> None:
    played = passes(0.5)
    assert scenes(played, animate_all(played), {}, "nodes")["moving"] == []
