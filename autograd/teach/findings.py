"""What an audit found: each finding as data, and all of them as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from autograd.node import Node
from autograd.show.text import counted
from autograd.show.words.explanation import Said, markdown

# The kinds of findings, the gravest first.
KINDS = ("nan", "inf", "unused", "unreached", "dead", "exploding", "vanishing", "saturated")
MOST_ROWS = 24


class Finding(NamedTuple):
    """One thing that is wrong.

    Attributes:
        kind: one of `KINDS`.
        where: the parameter, layer or node, by dotted name.
        what: what is wrong there, with its numbers.
        advice: what to do about it.
        nodes: of a nan or inf the nodes that it went through, from the one that made it on.
    """

    kind: str
    where: str
    what: str
    advice: str
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Audit(Said):
    """What is wrong with the gradients of a model. It prints as a table, and shows as one.

    Attributes:
        model: the class of the model.
        parameters: how many it has.
        reached: how many of them get a gradient other than 0 from any sample.
        samples: how many losses were looked at.
        nodes: how many nodes their graphs have together.
        findings: what is wrong, the gravest first.
    """

    model: str
    parameters: int
    reached: int
    samples: int
    nodes: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    @property
    def text(self) -> str:
        """For a terminal: the counts, then each finding with its advice."""
        lines = list(self._counts())
        for finding in self._rows():
            lines += ["", f"{finding.kind}: {finding.where}", f"  {finding.what}"]
            lines.append(f"  advice: {finding.advice}")
        return "\n".join([*lines, *(["", *self._rest()] if self._rest() else [])])

    @property
    def markdown(self) -> str:
        """For a notebook or a web page: the counts, then a table of the findings."""
        lines = [f"{markdown(line)}  " for line in self._counts()]
        if self.findings:
            lines += ["", "| finding | where | what | advice |", "|:--|:--|:--|:--|"]
        for finding in self._rows():
            lines.append(f"| {' | '.join(map(markdown, finding[:4]))} |")
        return "\n".join([*lines, *(["", *map(markdown, self._rest())] if self._rest() else [])])

    def _counts(self) -> Iterable[str]:
        counts = (
            counted(self.parameters, "parameter", "parameters"),
            counted(self.samples, "loss", "losses"),
            counted(self.nodes, "node", "nodes"),
        )
        yield f"{self.model}: {', '.join(counts)}"
        if self.reached == self.parameters:
            yield f"everything reached: {self.reached:,} of {self.parameters:,} get a gradient"
        else:
            yield f"not everything reached: {self.reached:,} of {self.parameters:,} get a gradient"
        yield counted(len(self.findings), "finding", "findings") if self.findings else "no finding"

    def _grouped(self) -> list[Finding]:
        """The findings, those that say the same of several as one."""
        groups: dict[Finding, list[str]] = {}
        for finding in self.findings:
            groups.setdefault(finding._replace(where=""), []).append(finding.where)
        return [
            finding._replace(where=where[0] + (f" and {len(where) - 1:,} more" * (len(where) > 1)))
            for finding, where in groups.items()
        ]

    def _rows(self) -> list[Finding]:
        return self._grouped()[:MOST_ROWS]

    def _rest(self) -> list[str]:
        hidden = len(self._grouped()) - MOST_ROWS
        return [f"… and {counted(hidden, 'finding', 'findings')} more"] if hidden > 0 else []
