"""The check of an exercise: right, or what is missing, and never an exception."""

import math
from typing import Any

import numpy as np
import pytest

from autograd import Value
from autograd.teach.exercise import check, verdict

DOTS = "not yet: put your answer where the dots are"
NUMBER = "not yet: a number is asked for"
NAME = "not yet: a name is asked for, such as 'x'"
AGAIN = "not yet: look again"
DIGITS = "not yet: nearly: three digits are asked for"
SEVERAL = "not yet: entry 2: the sign is wrong; entry 3: 3 times too large"


@pytest.mark.parametrize(
    ("answer", "expected", "said"),
    [
        (2, 2.0, "right"),
        (2.0005, 2.0, "right"),
        (2.01, 2.0, DIGITS),
        (0.33, 1 / 3, DIGITS),
        (2.2, 2.0, AGAIN),
        (-2, 2.0, "not yet: the sign is wrong"),
        (6, 2.0, "not yet: 3 times too large"),
        (0.5, 2.0, "not yet: 4 times too small"),
        (-4, 2.0, "not yet: 2 times too large, and the sign is wrong"),
        (-1, 2.0, "not yet: 2 times too small, and the sign is wrong"),
        (250, 1.0, AGAIN),
        (0, 2.0, AGAIN),
        (2, 0.0, AGAIN),
        (math.inf, 2.0, AGAIN),
        (-0.0, 0.0, "right"),
        (np.float64(2.0), 2.0, "right"),
        (Value(2.0), 2.0, "right"),
        (2.0, Value(2.0), "right"),
        ((1, 2), [1.0, 2.0], "right"),
        ([1, 3.3], [1.0, 2.0], "not yet: entry 2: look again"),
        ([1], [1.0, 2.0], "not yet: 2 answers are asked for"),
        ([1, 2], 1.0, "not yet: 1 answer is asked for"),
        (..., 2.0, DOTS),
        ([1, ...], [1.0, 2.0], DOTS),
        (None, 2.0, NUMBER),
        ("3", 3.0, NUMBER),
        (True, 1.0, NUMBER),
        ([[1.0], [2.0]], [1.0, 2.0], "not yet: entries 1 and 2: numbers are asked for"),
        ([1, -2, 9], [1.0, 2.0, 3.0], SEVERAL),
        ([-1, -2, -3, 4], [1.0, 2.0, 3.0, 4.0], "not yet: entries 1, 2 and 3: the signs are wrong"),
        (["v", "w"], ["v", "u"], "not yet: entry 2: look again"),
        (10**400, 1.0, NUMBER),
        (math.nan, 2.0, AGAIN),
        ("v", "v", "right"),
        (" v ", "v", "right"),
        ("w", "v", AGAIN),
        (Value(2.0, "v"), "v", "right"),
        (Value(2.0), "v", AGAIN),
        (3.0, "v", NAME),
        (["v", 1.0, "u"], ["v", 1.0, "u"], "right"),
    ],
)
def test_what_is_said_of_an_answer(answer: Any, expected: Any, said: str) -> None:
    assert verdict(answer, expected) == said


def test_the_check_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    check(2, 2.0)
    assert capsys.readouterr().out == "right\n"
