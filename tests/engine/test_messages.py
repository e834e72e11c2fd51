"""What messages show is short, whatever was given."""

from typing import Any

import numpy as np
import pytest

from autograd import Value
from autograd.engine.messages import LONGEST, describe_type, list_few, pluralize, short_repr
from autograd.nn import MLP


class Silent:
    def __repr__(self) -> str:
        raise ValueError("no")


class Written:
    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


@pytest.mark.parametrize(
    "given",
    [
        list(range(1_000_000)),
        [[list(range(1000))] * 1000] * 1000,
        {str(i): "x" * 1000 for i in range(1000)},
        "x" * 1_000_000,
        10**10_000,
        np.ones((100, 100)),
        MLP(10, [10, 10], rng=0),
        [Value(1.0)] * 1000,
        Silent(),
        [Silent()],
    ],
    ids=lambda given: type(given).__name__,
)
def test_anything_is_shown_on_one_short_line(given: Any) -> None:
    assert 0 < len(short_repr(given)) <= LONGEST
    assert "\n" not in short_repr(given)


@pytest.mark.parametrize("given", [1.5, "text", [1.0, "a"], {"a": 1}, None, True, (1,)])
def test_what_is_short_is_shown_as_python_writes_it(given: Any) -> None:
    assert short_repr(given) == repr(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Written("two\n   lines"), "two lines"),
        ([[1.0, [2.0]], {"a": {3: 4}}], "[[1.0, [...]], {'a': {...}}]"),
        ([list(range(7))], "[[0, 1, 2, 3, 4, 5, ...]]"),
        ("x" * 78, f"'{'x' * 78}'"),
        ("x" * 79, f"'{'x' * 37}...{'x' * 38}'"),
        (Written("y" * 80), "y" * 80),
        (Written("y" * 81), f"{'y' * 38}...{'y' * 39}"),
        (["x" * 70, "y" * 70], f"['{'x' * 70}', 'yyy…"),
        (["x" * 76], f"['{'x' * 76}']"),
        (["x" * 77], f"['{'x' * 77}…"),
    ],
)
def test_what_is_long_is_cut_to_80_characters(given: Any, expected: str) -> None:
    assert short_repr(given) == expected


def test_what_does_not_print_is_told_by_its_type() -> None:
    assert short_repr([Silent()]).startswith("[<Silent instance at")
    assert short_repr(10**10_000).startswith(("an int", "<int instance"))  # as Python has it


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, "None"),
        ([], "a list"),
        (1, "an int"),
        (Silent(), "a Silent"),
        (ArithmeticError(), "an ArithmeticError"),
        (type("", (), {}), "a type"),
    ],
    ids=range(6),
)
def test_a_type_has_its_article(given: Any, expected: str) -> None:
    assert describe_type(given) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, ""), (1, "0"), (10, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9")],
)
def test_up_to_ten_things_are_listed(count: int, expected: str) -> None:
    assert list_few(range(count)) == expected


def test_of_more_the_first_ten_and_a_count() -> None:
    assert list_few(range(11)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1 more"
    assert list_few(dict.fromkeys(range(12_000)), str).endswith("9 and 11,990 more")


@pytest.mark.parametrize(
    ("count", "nouns", "words"),
    [
        (0, ["node"], "0 nodes"),
        (1, ["node"], "1 node"),
        (1000, ["node"], "1,000 nodes"),
        (1, ["leaf is", "leaves are"], "1 leaf is"),
        (2, ["leaf is", "leaves are"], "2 leaves are"),
    ],
)
def test_a_count_has_its_noun_in_the_singular_or_the_plural(
    count: int, nouns: list[str], words: str
) -> None:
    assert pluralize(count, *nouns) == words
