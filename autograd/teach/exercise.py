"""`check`: says whether the answer to an exercise is right. Each notebook ends with exercises."""

import math
from collections.abc import Sequence
from typing import Any

from ..engine.arguments import plain_number
from ..engine.messages import pluralize
from ..engine.value import Value

DIGITS = 1e-3  # relative: an answer may be worked out with pencil and paper
NEARLY = 0.05  # relative: this close is a matter of digits
FACTORS = range(2, 101)  # that a wrong answer may be off by

# What is wrong, of one entry and of several.
WORDS = {
    "again": ("look again", "look again"),
    "name": ("a name is asked for, such as 'x'", "names are asked for, such as 'x'"),
    "number": ("a number is asked for", "numbers are asked for"),
    "sign": ("the sign is wrong", "the signs are wrong"),
    "digits": ("nearly: three digits are asked for", "nearly: three digits are asked for"),
}


def check(answer: Any, expected: Any) -> None:
    """Say whether an answer is right: each number to three digits, each name letter by letter.

    If it is not, say which entry is wrong, and whether it is the sign, a factor or the precision.

    Args:
        answer: a number or a name, or a list of them; ``...`` where there is none yet. A Value
            stands for its number, or for its label where a name is asked for.
        expected: the right one.

    Example:
        >>> check(0.333, 1 / 3)
        right
        >>> check([1, ...], [1.0, 2.0])
        not yet: put your answer where the dots are
        >>> check([1, -2, 9], [1.0, 2.0, 3.0])
        not yet: entry 2: the sign is wrong; entry 3: 3 times too large
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
    return f"not yet: {_list_wrong(found)}" if any(found) else "right"


def _list_wrong(found: Sequence[str]) -> str:
    """What is wrong, entry by entry; entries with the same fault together."""
    if len(found) == 1:
        return WORDS.get(found[0], (found[0],))[0]
    places: dict[str, list[str]] = {}
    for place, fault in enumerate(found, 1):
        if fault:
            places.setdefault(fault, []).append(str(place))
    words = []
    for fault, entries in places.items():
        one, several = WORDS.get(fault, (fault, fault))
        *before, last = entries
        which = f"entries {', '.join(before)} and {last}" if before else f"entry {last}"
        words.append(f"{which}: {several if before else one}")
    return "; ".join(words)


def _judge(given: Any, wanted: Any) -> str:
    """What is wrong with one number or name, empty if nothing is."""
    if isinstance(wanted, str):
        name = given.label if isinstance(given, Value) else given
        if not isinstance(name, str):
            return "name"
        return "" if name.strip() == wanted else "again"
    try:
        found, right = (plain_number("an answer", x) for x in (given, wanted))
    except (TypeError, ValueError):
        return "number"
    return _judge_number(found, right)


def _judge_number(found: float, right: float) -> str:
    if _close(found, right):
        return ""
    if _close(found, -right):
        return "sign"
    if math.isclose(found, right, rel_tol=NEARLY):
        return "digits"
    for factor in FACTORS:
        for sign, also in ((1, ""), (-1, ", and the sign is wrong")):
            if _close(found, sign * factor * right):
                return f"{factor} times too large{also}"
            if found != 0.0 and _close(sign * factor * found, right):
                return f"{factor} times too small{also}"
    return "again"


def _close(found: float, right: float) -> bool:
    return math.isclose(found, right, rel_tol=DIGITS, abs_tol=1e-9)
