"""What a person reads at a node."""

import pytest

from autograd import Value, constant, label
from autograd.engine.note import BLANK, Note
from autograd.nn.module import Module


def test_a_node_without_note_reads_as_blank() -> None:
    x = Value(1.0)
    assert (x.label, x.call) == ("", None)
    assert not hasattr(x, "note")
    assert (BLANK.label, BLANK.call) == ("", None)


def test_a_label_keeps_the_call_and_the_other_way_round() -> None:
    class Twice(Module):
        def forward(self, x: Value) -> Value:
            return x * 2.0

    y = Twice()(Value(3.0))
    call = y.call
    y.label = "y"
    assert (y.label, y.call, call.kind) == ("y", call, "Twice")


def test_a_label_changes_one_node_of_those_that_share_a_note() -> None:
    a, b = Value(1.0), Value(2.0)
    a.note = b.note = Note("both")
    a.label = "a"
    assert (a.label, b.label) == ("a", "both")


def test_a_parameter_is_what_was_marked_as_one() -> None:
    x, y = Value(1.0), Value(2.0, label="y")
    x.mark_parameter()
    y.mark_parameter()
    assert [node.is_parameter for node in (x, y, Value(3.0), x * y)] == [True, True, False, False]
    assert (y.label, x.label) == ("y", "")


@pytest.mark.parametrize("bad", [None, 3, b"x"])
def test_a_label_is_a_str(bad: object) -> None:
    x = Value(1.0, label="x")
    with pytest.raises(TypeError, match=f"a label is a str, got {type(bad).__name__}"):
        x.label = bad  # type: ignore[assignment]
    assert x.label == "x"


def test_messages_describe_a_node_by_its_label_or_by_what_made_it() -> None:
    x = Value(2.0)
    described = {
        "a leaf without label": x,
        "leaf 'rate'": Value(2.0, label="rate"),
        "leaf 'k'": constant(1.0, label="k"),
        "a '*' node": x * x,
        "a 'tanh' node": x.tanh(),
    }
    assert [node.describe() for node in described.values()] == list(described)
    y = x * x
    y.label = "loss"
    assert y.describe() == "node 'loss'"


def test_label_names_values_by_the_names_they_have() -> None:
    a, b = Value(1.0), Value(2.0, label="kept")
    total = a + b
    hidden = Value(0.0)
    label({"a": a, "b": b, "total": total, "again": a, "_hidden": hidden, "n": 3, "xs": [a]})
    assert [x.label for x in (a, b, total, hidden)] == ["a", "kept", "total", ""]


def test_label_takes_locals() -> None:
    weight = Value(1.0)
    label(locals())
    assert weight.label == "weight"
