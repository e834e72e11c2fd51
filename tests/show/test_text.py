"""Plain text: how wide it is in a terminal, and columns."""

import pytest

from autograd.show.text import align, cells


@pytest.mark.parametrize(
    ("text", "wide"),
    [("", 0), ("loss", 4), ("tanh(a·b)", 9), ("数", 2), ("ｗ", 2), ("e\u0301", 1), ("−θ", 2)],  # noqa: RUF001
)
def test_a_wide_character_takes_two_columns_and_an_accent_none(text: str, wide: int) -> None:
    assert cells(text) == wide


@pytest.mark.parametrize(
    ("sides", "lines"),
    [
        ("", ["数   1", "abc  22"]),
        ("<>", ["数    1", "abc  22"]),
        (">>", [" 数   1", "abc  22"]),
    ],
)
def test_columns_stand_below_each_other_by_their_widths(sides: str, lines: list[str]) -> None:
    assert align([("数", "1"), ("abc", "22")], sides) == lines
