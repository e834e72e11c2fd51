"""Places in the user's code: a file, a line, and what stands there, for readers of a graph.

`strict.py` says what is the library's code and what is the user's; its errors name the whole path.
"""

import linecache
import os
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, NamedTuple

from .strict import is_library

Check = Callable[[Callable[..., Any], tuple[Any, ...]], Sequence[str]]
checks: list[Check] = []  # for frozen choices: the compiler's, which __init__.py hands in
LONGEST = 100  # characters of a line that are shown
CELLS = "ipykernel_"  # begins the folder in which Jupyter says that the code of its cells is


class Place(NamedTuple):
    """A line of the user's code.

    Attributes:
        file: the name of the file, without its folder.
        line: the number of the line.
        source: what stood there, where that is known.

    Example:
        >>> print(Place("model.py", 12, "z = w*x + b"))
        model.py, line 12: z = w*x + b
    """

    file: str
    line: int
    source: str = ""

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}" + (f": {self.source}" if self.source else "")


def user_frame() -> FrameType | None:
    """The innermost frame that is not of this library, None if there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_library(frame):
        frame = frame.f_back
    return frame


def place_at(path: str, line: int, variables: dict[str, Any] | None = None) -> Place:
    """The place at a line of a file.

    Args:
        path: the path of the file, as code objects have it.
        line: the number of the line.
        variables: the globals of the code, for code that is in no file of its own.
    """
    source = linecache.getline(path, line, variables).strip()
    folder, name = os.path.split(path)
    if os.path.basename(folder).startswith(CELLS):  # the name is another for each run
        name = "cell"
    return Place(name, line, source if len(source) <= LONGEST else source[: LONGEST - 1] + "…")


def frozen_choices(function: Callable[..., Any], arguments: tuple[Any, ...]) -> list[str]:
    """The lines at which a function chooses by the number of a Value, as far as any check finds."""
    return [line for check in checks for line in check(function, arguments)]
