"""What is wrong with the events of a pass: found by computing them again."""

import pytest

import autograd as ag
from autograd import Value
from autograd.show.stepping.events import Contribute, Final, Forward, Seed
from autograd.show.stepping.flaws import Flaw, flaws_of, sign_of, signs, status
from autograd.show.stepping.reverse_mode import steps
from autograd.teach import faults
from tests.played import square


def contributions(root: Value) -> list[Contribute]:
    return [event for event in steps(root) if isinstance(event, Contribute)]


@pytest.mark.parametrize(
    ("changed", "found"),
    [({}, ("=", "=")), ({"after": 3.0}, ("=", "≠")), ({"contribution": 4.0}, ("≠", "≠"))],
)
def test_an_equals_sign_stands_only_where_it_is_true(
    changed: dict[str, float], found: tuple[str, str]
) -> None:
    assert signs(contributions(square())[1]._replace(**changed)) == found  # type: ignore[arg-type]


OLD, NEW = Flaw("overwritten", ""), Flaw("too early", "")


@pytest.mark.parametrize(
    ("kind", "flaw", "earlier", "said"),
    [
        (Seed, None, None, "seed"),
        (Seed, None, OLD, "seed"),
        (Contribute, None, None, "1 of 2 uses"),
        (Contribute, None, OLD, "1 of 2 uses, overwritten"),
        (Contribute, NEW, OLD, "1 of 2 uses, too early"),
        (Final, None, None, "final"),
        (Final, None, OLD, "final, overwritten"),
        (Final, NEW, OLD, "too early"),
    ],
)
def test_how_far_a_gradient_is(
    kind: type, flaw: Flaw | None, earlier: Flaw | None, said: str
) -> None:
    event = next(event for event in steps(square()) if type(event) is kind)
    assert not isinstance(event, Forward)
    assert status(event, flaw, earlier) == said


def test_a_right_pass_has_no_flaw() -> None:
    x = Value(0.3, "x")
    root = ag.tanh(x * x) / (x + 1.0)
    assert set(flaws_of(list(steps(root)))) == {None}


def test_a_sign_says_what_a_contribution_does_to_the_gradient() -> None:
    words = ("overwritten", "left out", "stale")
    assert [sign_of(Flaw(word, "")) for word in words] == ["=", "left out", "+="]
    assert sign_of(None) == "+="


def test_a_number_that_is_wrong_is_told_apart_from_the_right_one() -> None:
    x = Value(2.0, "x")
    events = list(faults.stale_data(x * x, changes={x: 2.00004}).events())
    told = [flaw.text for flaw in flaws_of(events) if flaw]
    assert told[0] == "moved: it was 2 in the forward pass"
    assert told[1] == "stale: x was 2 in the forward pass and is 2.00004 now, so 2 is right"
    assert told[-1] == "wrong: 4 is right"
