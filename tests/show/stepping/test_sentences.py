"""An event in words: what happens, by which rule, and what it comes to."""

import autograd as ag
from autograd import Value, constant
from autograd.show.stepping.events import Contribute, Event
from autograd.show.stepping.flaws import flaws_of
from autograd.show.stepping.forward_mode import Push, tangent_steps
from autograd.show.stepping.reverse_mode import steps
from autograd.show.stepping.sentences import Teller, here, sums
from autograd.show.words.derivation import derivation
from tests.played import square


def sentences(events: list[Event]) -> list[str]:
    return [Teller().told(*each).sentence for each in zip(events, flaws_of(events), strict=True)]


def contributions(root: Value) -> list[Contribute]:
    return [event for event in steps(root) if isinstance(event, Contribute)]


def test_a_pass_in_sentences() -> None:
    assert sentences(list(steps(square()))) == [
        "x = 3 is given",
        "y = x·x = 9",
        "The backward pass starts here: y.grad = 1",
        "y.grad = 1 is final: it is passed on",
        "y passes its gradient on to x, its operand 1",
        "y passes its gradient on to x, its operand 2",
        "x.grad = 6 is final",
    ]


def test_a_leaf_is_said_to_be_what_it_is() -> None:
    w = Value(1.0, "w")
    w.mark_parameter()
    events = list(steps(ag.sum([w, Value(2.0, "x"), constant(3.0, "k"), constant(4.0)])))
    assert sentences(events)[:4] == [
        "w = 1 is a parameter",
        "x = 2 is given",
        "k = 3 is a constant",
        "4 is a constant",
    ]


def test_the_local_derivative_has_the_rule_of_the_op_and_the_names_of_the_graph() -> None:
    (event,) = contributions(Value(2.0, "x") ** 3.0)
    told = Teller().told(event, None)
    assert told.rule == str(derivation("**")).split("\n")[0]
    assert here(event, told.local).endswith("= 12")
    assert "x²" in told.local


def test_a_constant_that_moved_on_is_as_it_was_used() -> None:
    x, k = Value(3.0, "x"), constant(2.0)
    root = x * x * k
    k.data = 9.0
    (first, *_) = contributions(root)
    assert Teller().told(first, None).local == ""  # 2, which is its number
    assert "9" not in here(first, Teller().told(first, None).local)


def test_a_contribution_comes_to_a_product_and_a_sum_either_way() -> None:
    root = square()
    assert sums(contributions(root)[1]) == [
        ("upstream × local derivative = contribution", "1 × 3 = 3"),
        ("before + contribution = after", "3 + 3 = 6"),
    ]
    (*_, push) = [e for e in tangent_steps(root, {root.parents[0]: -2.0}) if isinstance(e, Push)]
    assert sums(push) == [
        ("tangent × local derivative = contribution", "−2 × 3 = −6"),
        ("before + contribution = after", "−6 + (−6) = −12"),
    ]
