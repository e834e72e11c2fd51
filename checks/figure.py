"""A figure: what is measured, in parts, and what is said of it in one line."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Result = dict[str, Any]  # of a part, as JSON


class Verdict(NamedTuple):
    """Whether a figure is as promised, and the line that says what was found."""

    holds: bool
    line: str


class Part(NamedTuple):
    """One piece of work, for a process of its own.

    Attributes:
        name: unlike that of any other part of the figure.
        measure: a function at the top of a module, so that another process can call it.
        arguments: what it is called with.
    """

    name: str
    measure: Callable[..., Result]
    arguments: tuple[Any, ...] = ()


class Figure(NamedTuple):
    """What is measured.

    Attributes:
        name: as it is asked for.
        parts: in the order they are begun.
        judge: from the results of all parts, by name, to the verdict.
        alone: whether a part uses all cores itself, so that no other may run beside it.
        whole: whether it is measured at the length that is promised. The documentation has the
            figures of no shorter run.
    """

    name: str
    parts: Sequence[Part]
    judge: Callable[[Mapping[str, Result]], Verdict]
    alone: bool = False
    whole: bool = True


class Options(NamedTuple):
    """How much is measured.

    Attributes:
        points: where each op is measured.
        graphs: random ones.
        fuzz: expressions and files that are broken at random.
        workers: processes at a time.
    """

    points: int = 100_000
    graphs: int = 100_000
    fuzz: int = 300_000
    workers: int = 2


def shares(total: int, most: int) -> list[tuple[int, int]]:
    """Pieces of a count, as (first, how many), each of `most` but the last.

    Example:
        >>> shares(25, 10)
        [(0, 10), (10, 10), (20, 5)]
    """
    return [(first, min(most, total - first)) for first in range(0, total, most)]
