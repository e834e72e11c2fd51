"""`check`: says whether the answer to an exercise is right. Each notebook ends with exercises."""

import math
from typing import Any

from ..engine.numbers import number
from ..engine.value import Value
from ..show.text import pluralize

DIGITS = 1e-3  # relative: an answer may be worked out with pencil and paper


def check(answer: Any, expected: Any) -> None:
    """Say whether an answer is right: each number to three digits, each name letter by letter.

    Args:
        answer: a number or a name, or a list of them; ``...`` where there is none yet. A Value
            stands for its number, or for its label where a name is asked for.
        expected: the right one.

    Example:
        >>> check(0.333, 1 / 3)
        right
        >>> check([1, ...], [1.0, 2.0])
        not yet: put your answer where the dots are
    """
    print(verdict(answer, expected))


def verdict(answer: Any, expected: Any) -> str:
    """The text that `check` prints."""
    given, wanted = (list(x) if isinstance(x, (list, tuple)) else [x] for x in (answer, expected))
    if any(x is ... for x in given):
        return "not yet: put your answer where the dots are"
    if len(given) != len(wanted):
        return f"not yet: {pluralize(len(wanted), 'answer is', 'answers are')} asked for"
    found = [_judge(*pair) for pair in zip(given, wanted, strict=True)]
    return next((words for words in found if words != "right"), "right")


def _judge(given: Any, wanted: Any) -> str:
    """The verdict on one number or name."""
    if isinstance(wanted, str):
        name = given.label if isinstance(given, Value) else given
        if not isinstance(name, str):
            return "not yet: a name is asked for, such as 'x'"
        return "right" if name.strip() == wanted else "not yet: look again"
    try:
        found, right = (number(x.data if isinstance(x, Value) else x) for x in (given, wanted))
    except (TypeError, ValueError):
        return "not yet: a number is asked for"
    close = math.isclose(found, right, rel_tol=DIGITS, abs_tol=1e-9)
    return "right" if close else "not yet: look again"
