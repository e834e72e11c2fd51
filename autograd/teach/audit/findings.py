"""The findings of an audit: each one as data, and all of them as a table."""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from ...engine.messages import pluralize
from ...engine.node import Node
from ...show.text import align, how_many
from ...show.words.explanation import TextAndMarkdown, markdown

# The kinds of findings, the gravest first.
KINDS = ("nan", "inf", "unused", "unreached", "dead", "exploding", "vanishing", "saturated")
MOST_ROWS = 24
MOST_PLACES = 6  # in a row
HEADS = ("finding", "where", "what, and what to do about it")
WIDTHS = (9, 33, 44)  # characters of a column in a terminal


class Finding(NamedTuple):
    """One fault that an audit found.

    Attributes:
        kind: one of `KINDS`.
        where: the parameter, layer or node, by dotted name.
        what: the fault, with its numbers.
        advice: what to do about it.
        nodes: of a nan or inf the nodes that it went through, from the one that made it on.
        module: the module of the parameter or the unit, empty for the model itself.
    """

    kind: str
    where: str
    what: str
    advice: str
    nodes: tuple[Node, ...] = ()
    module: str = ""


class Row(NamedTuple):
    """A row of the table: equal findings, of one place or of several."""

    kind: str
    where: list[str]
    what: str
    advice: str


@dataclass(frozen=True, eq=False, repr=False)
class Audit(TextAndMarkdown):
    """The faults in the gradients of a model. It prints as a table, and shows as one.

    Attributes:
        model: the class of the model.
        parameters: how many it has that are not frozen.
        reached: how many of them get a gradient other than 0 from any sample.
        samples: how many losses were looked at.
        nodes: how many nodes their graphs have together.
        findings: the faults, the gravest first.
    """

    model: str
    parameters: int
    reached: int
    samples: int
    nodes: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether there are no findings."""
        return not self.findings

    @property
    def text(self) -> str:
        """The counts, then a table of the findings, for a terminal."""
        rows, rest = self._rows(), self._rest()
        cells = [line for row in rows for line in ((), *_wrap(row))]
        table = align([HEADS, *(line or ("", "", "") for line in cells)]) if rows else []
        return "\n".join([*self._counts(), *([""] if rows else []), *table, *rest])

    @property
    def markdown(self) -> str:
        """The counts and the table of the findings as Markdown, for a notebook or a web page."""
        rows, rest = self._rows(), self._rest()
        lines = [f"{markdown(line)}  " for line in self._counts()]
        if rows:
            lines += ["", "| finding | where | what | advice |", "|:--|:--|:--|:--|"]
        for row in rows:
            cells = (row.kind, ", ".join(row.where), row.what, row.advice)
            lines.append(f"| {' | '.join(map(markdown, cells))} |")
        return "\n".join([*lines, *map(markdown, rest)])

    def _counts(self) -> Iterable[str]:
        counts = (
            pluralize(self.parameters, "parameter"),
            pluralize(self.samples, "loss", "losses"),
            pluralize(self.nodes, "node"),
        )
        yield f"{self.model}: {', '.join(counts)}"
        whole = "everything" if self.reached == self.parameters else "not everything"
        yield f"{whole} reached: {self.reached:,} of {self.parameters:,} get a gradient"
        rows = len(self._group())
        yield pluralize(rows, "finding") if rows else "no finding"

    def _group(self) -> list[Row]:
        """The rows of the table: findings of one kind with the same advice are merged."""
        groups: dict[tuple[str, ...], list[Finding]] = {}
        for one in self.findings:
            what = "" if one.module else one.what
            groups.setdefault((one.kind, one.advice, what), []).append(one)
        return [_row(group) for group in groups.values()]

    def _rows(self) -> list[Row]:
        found = self._group()
        return found[: how_many(len(found), MOST_ROWS)]

    def _rest(self) -> list[str]:
        hidden = len(self._group()) - len(self._rows())
        return ["", f"… and {pluralize(hidden, 'finding')} more"] if hidden > 0 else []


def _row(group: list[Finding]) -> Row:
    """The row for findings of one kind with one advice, module by module."""
    holds: dict[str, list[str]] = {}
    for one in group:
        holds.setdefault(one.module or one.where, []).append(one.where)
    thing = "parameter" if group[0].kind in ("unused", "unreached") else "unit"
    places = [
        found[0] if len(found) == 1 else f"{name} ({len(found):,} {thing}s)"
        for name, found in holds.items()
    ]
    if len(places) > MOST_PLACES:
        places[MOST_PLACES - 1 :] = [f"and {len(places) - MOST_PLACES + 1:,} more"]
    alike = all(one.what == group[0].what for one in group)
    what = group[0].what if alike else f"{group[0].what}; the others alike"
    return Row(group[0].kind, places, what, group[0].advice)


def _wrap(row: Row) -> Iterator[tuple[str, ...]]:
    """Wrap a row of the table into lines."""
    cells = ([row.kind], row.where, [row.what, f"→ {row.advice}"])
    wrapped = [
        [line for text in cell for line in textwrap.wrap(text, width, break_on_hyphens=False)]
        for cell, width in zip(cells, WIDTHS, strict=True)
    ]
    return zip_longest(*wrapped, fillvalue="")
