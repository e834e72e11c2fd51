"""`Program`: a few lines of Python that a class is run through, as the report shows them.

The lines use nothing but the names of the leaves, operators, methods, and `backward()`, so the
same text runs with any class that has micrograd's surface; with ours it gives what is expected.
"""

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from types import CodeType, FrameType
from typing import Any

from ...engine.value import Value

MOST_LINES = 4_000_000  # of the reader's code in one program: more is a loop without an end
ROUNDING = 1e-5  # relative: a right rule may be written in another way, or with 32 bits

Numbers = dict[str, float]


class EndlessError(Exception):
    """Raised out of code that has run for too many lines."""


class UnreadableError(Exception):
    """Raised for a result that has no number where one is to be; the message is a sentence."""


@dataclass(frozen=True)
class Program:
    """Leaves, and lines of Python that compute with them.

    Args:
        leaves: the number of each leaf, by name.
        lines: what is run, such as ``("y = a * b", "y.backward()")``.

    Example:
        >>> print(Program({"a": 3.0}, ("y = a * a", "y.backward()")))
        a = Value(3.0)
        y = a * a
        y.backward()
    """

    leaves: Mapping[str, float]
    lines: tuple[str, ...]

    def __str__(self) -> str:
        first = (f"{name} = Value({x!r})" for name, x in self.leaves.items())
        return "\n".join([*first, *self.lines])

    def run(self, kind: Callable[[float], Any], *, until: str = "") -> dict[str, Any]:
        """All names after the program has run with Values of this class.

        Args:
            kind: the class.
            until: stop before the first line that has this in it.

        Raises:
            EndlessError: if it does not come to an end.
        """
        return self._execute(kind, until)[0]

    def count_lines(self, kind: Callable[[float], Any]) -> int:
        """How many lines of the class's own code the program takes."""
        return self._execute(kind, "")[1]

    def _execute(self, kind: Callable[[float], Any], until: str) -> tuple[dict[str, Any], int]:
        names: dict[str, Any] = {name: kind(x) for name, x in self.leaves.items()}
        stop = next((i for i, line in enumerate(self.lines) if until and until in line), None)
        code = _compiled("\n".join(self.lines[:stop]))
        with _counting() as lines:
            exec(code, {}, names)
        return names, next(lines)

    def value(self, kind: Callable[[float], Any]) -> float:
        """The data of y, before any backward pass."""
        names = self.run(kind, until="backward")
        return read("y", names["y"], "data")

    def gradients(self, kind: Callable[[float], Any]) -> Numbers:
        """The gradient of each leaf in the end."""
        names = self.run(kind)
        return {name: read(name, names[name], "grad") for name in self.leaves}

    def expected(self) -> Numbers:
        """The gradient that each leaf is to have in the end."""
        return self.gradients(Value)


@lru_cache(maxsize=4_096)  # a class and ours run the same lines, and so does the next class
def _compiled(lines: str) -> CodeType:
    return compile(lines, "<program of the grader>", "exec")


def read(name: str, node: Any, what: str) -> float:
    """The number in an attribute of a node; a gradient that is None is 0.

    Raises:
        UnreadableError: if it holds none, with a sentence.
    """
    try:
        given = getattr(node, what)
    except AttributeError:
        if node is None or node is NotImplemented:
            raise UnreadableError(f"{name} is {node}: an operator is to return a Value") from None
        kind = type(node).__name__
        raise UnreadableError(f"{name} is a {kind}, which has no {what}") from None
    if given is None and what == "grad":
        return 0.0
    try:
        return float(given)
    except (TypeError, ValueError, OverflowError):
        kind = type(given).__name__
        raise UnreadableError(f"{name}.{what} is a {kind}, where a number is to be") from None


def close(found: float, expected: float) -> bool:
    """Whether two numbers differ by rounding alone."""
    if not math.isfinite(found) or not math.isfinite(expected):
        return repr(found) == repr(expected)
    return math.isclose(found, expected, rel_tol=ROUNDING, abs_tol=1e-9)


def all_close(found: Numbers, expected: Numbers) -> bool:
    """Whether the numbers of all names differ by rounding alone."""
    return all(close(found[name], expected[name]) for name in expected)


@contextmanager
def _counting() -> Iterator[Iterator[int]]:
    """Count the lines that run, and stop what runs for too many."""
    before, lines = sys.gettrace(), count()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if next(lines) >= MOST_LINES:
            raise EndlessError(f"it was stopped after {MOST_LINES:,} lines")
        return trace

    sys.settrace(trace)
    try:
        yield lines
    finally:
        sys.settrace(before)
