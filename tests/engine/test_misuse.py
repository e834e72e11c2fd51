"""A wrong operand is named with its op, and the error says what to do instead."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Op, Value

any_ag: Any = ag  # takes wrong arguments
v: Any = Value(2.0)

CASES: dict[str, tuple[Callable[[], Any], str]] = {
    "one operand": (lambda: ag.exp(None), "the operand of exp .* got NoneType: pass a number"),
    "a word": (lambda: ag.tanh("2"), r"the operand of tanh .* float\(text\)"),
    "a bool": (lambda: ag.relu(True), r"the operand of relu .* int\(flag\)"),
    "a list": (lambda: ag.sin([v]), r"the operand of sin .* \[sin\(x\) for x in values\]"),
    "an array": (lambda: ag.sin(np.ones(2)), r"got ndarray: .* \[sin\(x\) for x in values\]"),
    "a big int": (lambda: ag.exp(10**400), "the operand of exp holds a float, .* 1329 bits"),
    "right": (lambda: v * "a", r"the right operand of \* .* got str"),
    "left": (lambda: None - v, "the left operand of - .* got NoneType"),
    "list times": (lambda: [1.0] * v, r"the left operand of \* .* \[x \* y for x in values\]"),
    "power": (lambda: v**None, r"the right operand of \*\* "),
    "first": (lambda: ag.hypot("a", v), "the first operand of hypot "),
    "second": (lambda: ag.atan2(1.0, None), "the second operand of atan2 "),
    "named": (lambda: ag.clip(v, "a", 1.0), "low of clip .* got str"),
    "left out": (lambda: ag.clip(v, None, 1.0), r"low of clip .* clip\(x, high=…\)"),
    "left out at the end": (lambda: ag.elu(v, None), "alpha of elu .*: leave it out, or pass"),
    "method": (lambda: v.clip(None, 1.0), r"low of clip .* clip\(x, high=…\)"),
    "branch": (lambda: ag.where(v, None, 1.0), "x of where .* pass a number"),
    "rows": (lambda: ag.sum([[v], [v]]), r"value 0 of sum .* \[sum\(x\) for x in values\]"),
    "element": (lambda: ag.maximum(v, 1.0, "a"), "value 2 of maximum .* got str"),
    "element of dot": (lambda: ag.dot([v, v], [1.0, "a"]), "value 3 of dot .* got str"),
    "index": (lambda: ag.lookup([v, v], "a"), "index of lookup .* got str"),
    "value": (lambda: ag.lookup([v, "a"], 0), "value 1 of lookup .* got str"),
    "softmax": (lambda: ag.softmax([v, "a"]), "value 1 of softmax holds one real number"),
    "no iterable": (lambda: ag.sum(None), "^sum: expected a list of values, got None"),
    "softmax of one": (lambda: ag.softmax(v), "^softmax: expected a list of values, got a Value"),
    "a dict": (lambda: ag.sum({1: v}), "^sum: expected a list of values, got a dict"),
    "a set": (lambda: ag.maximum({v}), "^maximum: expected a list of values, got a set"),
    "dicts": (lambda: ag.dot({1: v}, {1: v}), "^dot takes two lists of values, got dict and dict"),
    "two sets": (lambda: ag.dot({v}, {v}), "dot takes two lists of values, got set and set"),
    "none at all": (lambda: ag.mean([]), "mean: expected at least one value, got none"),
    "no lists": (lambda: any_ag.dot(1.0, v), r"dot takes two lists .* write x \* y"),
    "no second list": (
        lambda: any_ag.dot([v], 2.0),
        "dot takes two lists .*, got list and float: ",
    ),
    "no first list": (
        lambda: any_ag.dot(v, (1.0,)),
        "dot takes two lists .*, got Value and tuple: ",
    ),
    "too few": (lambda: ag.clip(), r"^clip\(\) missing 1 required positional argument: 'x'"),
    "no such option": (lambda: ag.exp(x=1.0), r"^exp\(\) got an unexpected keyword"),
    "too many": (lambda: v.exp(1.0), r"^Value\.exp\(\) takes 1 positional argument"),
}


ENDS: dict[str, tuple[Callable[[], Any], str]] = {
    "of one": (lambda: ag.sin([v]), "as in [sin(x) for x in values]"),
    "of one with options": (lambda: ag.elu([v]), "as in [elu(x, …) for x in values]"),
    "of two": (lambda: ag.hypot([v], 1.0), "as in [hypot(x, …) for x in values]"),
    "of three": (lambda: ag.clip([v]), "as in [clip(x, …) for x in values]"),
    "a sign": (lambda: v * [1.0], "as in [x * y for x in values]"),
    "one of many": (lambda: ag.maximum(v, 1.0, None), "pass a number, such as 0.0"),
    "no option": (lambda: ag.clip(None, 0.0), "pass a number, such as 0.0"),
    "the last option": (lambda: ag.clip(v, 0.0, None), "leave it out, or pass a number"),
}


@pytest.mark.parametrize(("action", "end"), ENDS.values(), ids=ENDS)
def test_the_message_ends_with_what_to_write_for_this_op(
    action: Callable[[], Any], end: str
) -> None:
    with pytest.raises(TypeError) as caught:
        action()
    assert str(caught.value).endswith(end)


@pytest.mark.parametrize(("action", "message"), CASES.values(), ids=CASES)
def test_the_message_names_the_op_and_the_operand(action: Callable[[], Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        action()
    assert re.search(message, str(caught.value))
    assert "_operands" not in str(caught.value)


def test_an_error_of_a_forward_function_of_a_user_stays_as_it_is() -> None:
    cause = KeyError("table")

    def forward(x: float) -> float:
        raise ValueError("not in the table") from cause

    mine = Op("mine", forward, 1.0)
    for x in (1.0, Value(1.0)):
        with pytest.raises(ValueError, match=r"^not in the table$") as caught:
            mine(x)
        assert caught.value.__cause__ is cause


def test_a_wrong_result_of_a_forward_function_is_no_fault_of_the_operands() -> None:
    text: Any = "text"
    words = Op("words", lambda x: text, 1.0)
    with pytest.raises(TypeError, match=r"^a Value holds one real number, got str"):
        words(Value(1.0))
