"""What the page is told, and of a recording its events."""

import math

import autograd
from autograd import Op, Value, constant
from autograd.show.stepping.player import play
from autograd.show.stepping.reverse_mode import steps
from autograd.show.stepping.web_page import KNOWN
from tests.played import network, square, told


def test_a_live_page_gets_no_events_for_it_works_them_out() -> None:
    page = told(play(square()).html)
    assert page["words"] == list(KNOWN)
    assert "recording" not in page


def test_a_recording_gets_the_documented_events_and_the_local_derivatives() -> None:
    root = square()
    player = play(root, events=steps(root))
    page = told(player.html)
    assert page["graph"] == player.data()["graph"]
    assert page["recording"] == {"events": player.data()["events"], "locals": [None, [3.0, 3.0]]}


def test_a_local_derivative_may_be_missing_or_no_number() -> None:
    x, k = Value(-1.0, "x"), constant(math.inf)
    root = autograd.where(x, x * k, 2.0)
    locals = told(play(root, events=steps(root)).html)["recording"]["locals"]
    assert locals == [None, None, ["inf", -1.0], [None, 1.0, None]]


def test_an_op_in_python_alone_has_its_derivatives_too() -> None:
    root = Op("own", lambda x: math.sin(x), lambda x, out: math.cos(x))(Value(0.0, "x"))
    assert told(play(root).html)["recording"]["locals"] == [None, [1.0]]


def test_a_drawing_says_which_boxes_are_groups_and_where_the_nodes_are() -> None:
    nodes, _, layers = told(play(network()).html)["drawings"]
    assert not any("group" in box for box in nodes["boxes"])
    assert [box.get("group") for box in layers["boxes"]].count(True) == 2
    assert len(nodes["homes"]) == len(layers["homes"])
