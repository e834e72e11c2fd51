"""Each event of a backward pass says why, from the graph at hand."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

import autograd as ag
from autograd import Value, constant
from autograd.show.stepping.events import Contribute, Final, Seed
from autograd.show.stepping.player import play
from autograd.show.stepping.reverse_mode import steps
from tests.show.stepping.test_events import built, laws, points, programs


def reasons(root: Value, gradient: float = 1.0) -> list[str]:
    events = steps(root, gradient)
    return [event.why for event in events if isinstance(event, Seed | Contribute | Final)]


def named(**values: Any) -> list[Any]:
    ag.label(values)
    return list(values.values())


def test_a_node_that_is_used_twice() -> None:
    a, b = named(a=Value(2.0), b=Value(3.0))
    (c,) = named(c=a * b)
    (y,) = named(y=c + a)
    assert reasons(y) == [
        "1, because y is what we differentiate",
        "final: the pass starts here, so that nothing else contributes",
        "alone, because y is the only use of c",
        "the first of two, because a reaches y in two ways, through c and directly",
        "final: its only use, y, has contributed",
        "added, because a reaches y in two ways, through c and directly",
        "alone, because c is the only use of b",
        "final: its only use, c, has contributed",
        "final: both its uses, c and y, have contributed",
    ]


def test_a_pass_that_starts_with_another_number() -> None:
    assert reasons(Value(2.0) * 3.0, gradient=0.5)[0] == (
        "0.5, because the pass was asked to start with it"
    )


def test_an_operand_that_comes_more_than_once() -> None:
    (x,) = named(x=Value(3.0))
    (y,) = named(y=x * x)
    assert reasons(y)[2:] == [
        "the first of two, because x is used twice in y",
        "added, because x is used twice in y",
        "final: both its uses, in y, have contributed",
    ]
    assert reasons(y * x)[-1] == "final: all three uses, y (twice) and root, have contributed"
    assert reasons(ag.sum([x, x, x]))[2:] == [
        "the first of three, because x is used three times in root",
        *["added, because x is used three times in root"] * 2,
        "final: all three uses, in root, have contributed",
    ]


@pytest.mark.parametrize(("count", "said"), [(5, "five"), (12, "12"), (1200, "1,200")])
def test_many_uses_are_counted_and_not_named(count: int, said: str) -> None:
    (x,) = named(x=Value(3.0))
    (y,) = named(y=ag.sum([x * float(i) for i in range(count)]))
    assert reasons(y)[-1] == f"final: all {said} uses have contributed"
    assert f"added, because x reaches y in {said} ways" in reasons(y)


@pytest.mark.parametrize(
    "idle",
    [
        lambda x: ag.where(1.0, x, x * 2.0),
        lambda x: x * constant(2.0) + 0.0 * constant(3.0),
        lambda x: ag.lookup([x, x + 1.0], 0),
    ],
)
def test_a_use_that_no_gradient_comes_back_from_does_not_pay(
    idle: Callable[[Value], Value],
) -> None:
    (x,) = named(x=Value(3.0))
    assert reasons(idle(x))[-1].startswith("final: its only use")


@laws
@given(programs, points)
def test_the_uses_are_those_that_contribute(
    program: list[tuple[str, int, int, int]], numbers: list[float]
) -> None:
    for event in steps(built(program, [Value(x) for x in numbers])):
        if isinstance(event, Contribute):
            assert len(event.names.users[event.parent]) == event.uses
            assert event.why.startswith("added" if event.use > 1 else ("alone", "the first of"))
        if isinstance(event, Final | Seed):
            assert event.why


def test_the_events_of_a_player_say_it_without_the_graph() -> None:
    (x,) = named(x=Value(3.0))
    (y,) = named(y=x * x + x)
    player = play(y)
    assert [getattr(event, "why", None) for event in player.events] == [
        getattr(event, "why", None) for event in steps(y)
    ]
