"""The lines beside PyTorch in the lessons: both columns give the numbers that stand on the right.

A lesson has a table: a column of lines for this library, one for PyTorch, and what the line prints,
if it prints. The first column runs here always, the second where PyTorch is installed.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from autograd import Value
from tests import notebooks

NAMES = [path.name for path in notebooks.NOTEBOOKS]
HERE, THERE = 0, 1

_CODE = re.compile("`([^`]*)`")
_NUMBER = re.compile(r"-?\d+\.(\d+)")


class Row(NamedTuple):
    """A line of each column, or none, and what they print: one text for both, or one for each."""

    lines: tuple[str, str]
    prints: list[str]


def rows(name: str) -> list[Row]:
    """The table of a lesson."""
    cells = [
        cell["source"] for cell in notebooks.read(notebooks.PROJECT / "notebooks" / name)["cells"]
    ]
    found = []
    for line in "\n".join(cells).partition("| PyTorch | prints |")[2].splitlines()[2:]:
        if not line.startswith("|"):
            break
        here, there, prints = (_CODE.findall(column) for column in line.split("|")[1:4])
        found.append(Row(("".join(here), "".join(there)), prints))
    return found


def printed(name: str, side: int, **given: Any) -> Iterator[tuple[str, Any, str]]:
    """Run one column: each line that prints, what it gives, and what is said of it."""
    program: list[str] = []
    for row in rows(name):
        if row.prints:
            exec("\n".join(program), given)
            line = row.lines[side]
            yield line, eval(line, given), row.prints[side if len(row.prints) > 1 else 0]
            program = []
        else:
            program.append(row.lines[side])


def flat(result: Any) -> list[Any]:
    return [x for one in result for x in flat(one)] if isinstance(result, list) else [result]


def agrees(result: Any, said: str) -> bool:
    """Whether it is what was said, each number to the digits that were given."""
    numbers = list(_NUMBER.finditer(said))
    if not numbers:
        return str(result) == said
    return len(numbers) == len(flat(result)) and all(
        abs(x - float(number[0])) < 0.51 * 10.0 ** -len(number[1])
        for x, number in zip(flat(result), numbers, strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_has_lines_beside_those_of_pytorch(name: str) -> None:
    assert sum(bool(row.prints) for row in rows(name)) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_the_lines_of_this_library_give_what_is_said(name: str) -> None:
    given = {"Value": Value} if name.startswith("07") else {}  # where the reader has built one
    for line, result, said in printed(name, HERE, **given):
        assert agrees(result, said), (line, result)


@pytest.mark.filterwarnings("default")  # those that PyTorch gives itself are no failures
@pytest.mark.parametrize("name", NAMES)
def test_the_lines_of_pytorch_give_what_is_said(name: str) -> None:
    pytest.importorskip("torch")
    for line, result, said in printed(name, THERE):
        assert agrees(result, said), (line, result)
