"""What a grader finds: each mistake as data, and all of it as text, Markdown and JSON."""

import json
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...engine.messages import pluralize
from ...engine.numbers import json_number
from ...show.words.explanation import TextAndMarkdown, markdown
from .programs import Program

WIDTH = 92  # of a line of the report

# Each kind of finding: its name in a report, and what to do.
KINDS: dict[str, tuple[str, str]] = {
    "surface": (
        "Not a Value yet",
        "A class with micrograd's surface has Value(number), data, grad and backward().",
    ),
    "missing_operator": (
        "A missing operator",
        "Add the method that Python calls for it, such as __add__ for +.",
    ),
    "missing_number": (
        "A number as operand is missing",
        "Make a Value of it first: other if isinstance(other, Value) else Value(other).",
    ),
    "missing_reflected": (
        "A missing reflected operator",
        "Add __radd__, __rmul__, __rsub__ or __rtruediv__, which Python calls where the number "
        "stands on the left.",
    ),
    "wrong_value": ("A wrong value", "Compute data from the data of the operands."),
    "wrong_rule": (
        "A wrong rule",
        "Nudge the operand by 0.001 and look how far the result moves: that is the rule.",
    ),
    "no_upstream": (
        "The upstream gradient is missing",
        "A contribution is upstream × local derivative: multiply by out.grad.",
    ),
    "no_seed": (
        "No 1 at the output",
        "Set the gradient of the root to 1 before anything is passed back: dy/dy = 1.",
    ),
    "assign": (
        "= for +=",
        "Write += where a rule passes a gradient on: contributions that meet are added.",
    ),
    "parent_set": (
        "A set that forgets the second edge",
        "Keep the operands in a tuple, and pass a gradient back for each of its places.",
    ),
    "no_topological_order": (
        "No topological order",
        "List the nodes so that each comes after its operands, and go through the list backward: "
        "then a gradient is final before it is passed on.",
    ),
    "not_reversed": (
        "The order is not reversed",
        "Go from the root to the leaves: reversed(order).",
    ),
    "one_level": (
        "The pass stops at the root",
        "Call the rule of every node, that of the root and those below it.",
    ),
    "not_connected": (
        "Operands that are not recorded",
        "Record all operands in the node, such as Value(data, (self, other)): the pass finds there "
        "what is below them.",
    ),
    "equal_nodes": (
        "Two nodes with the same number are taken for one",
        "Compare nodes by identity: leave __eq__ and __hash__ as they are, or keep id(node).",
    ),
    "not_cleared": (
        "Gradients are not cleared",
        "Start every pass with a gradient of 0 in all nodes but the leaves, and with 1 at the "
        "root; and keep nothing from pass to pass but the grad of each node.",
    ),
    "too_deep": (
        "The recursion is too deep",
        "Replace the recursion by a loop with a list of nodes that wait.",
    ),
    "slow": (
        "A long chain takes too long",
        "Ask a set whether a node was visited, not a list; and look at each node once.",
    ),
    "every_path": (
        "Every path is walked",
        "Visit each node once, in topological order: the number of paths doubles with each node "
        "that is used twice.",
    ),
    "raises": ("An error", "Run these lines by themselves, and read the traceback."),
    "unnamed": (
        "Wrong gradients, by no mistake that is known here",
        "Follow these lines with pencil and paper, and print each contribution.",
    ),
}


class Finding(NamedTuple):
    """One mistake, or one limit, of an engine.

    Attributes:
        kind: one of `KINDS`.
        what: what is wrong, with the numbers.
        operations: those that it was seen in, such as ``("*",)``; empty if it is in no one rule.
        program: the smallest graph that shows it, or None.
        expected, found: the numbers that it gives and should give, such as ``{"a.grad": 2.0}``.
        where: of a missing topological order ``"recursion"``, ``"stack"`` or ``"queue"``.
    """

    kind: str
    what: str
    operations: tuple[str, ...] = ()
    program: Program | None = None
    expected: Mapping[str, float] = {}
    found: Mapping[str, float] = {}
    where: str = ""

    @property
    def name(self) -> str:
        """The mistake in two or three words."""
        name = KINDS[self.kind][0]
        return f"{name}, by {_a(self.where)}" if self.where else name

    @property
    def advice(self) -> str:
        """What to do about it."""
        return KINDS[self.kind][1]

    @property
    def data(self) -> dict[str, Any]:
        """The finding as it goes into JSON."""
        return {
            "kind": self.kind,
            "name": self.name,
            "what": self.what,
            "where": self.where,
            "operations": list(self.operations),
            "program": None if self.program is None else str(self.program),
            "expected": {name: json_number(x) for name, x in self.expected.items()},
            "found": {name: json_number(x) for name, x in self.found.items()},
            "advice": self.advice,
        }

    @property
    def compared(self) -> list[str]:
        """A line for each number that is wrong."""
        return [
            f"{name} is to be {x:.6g}, and is {self.found[name]:.6g}"
            for name, x in self.expected.items()
            if name in self.found
        ]


def _a(where: str) -> str:
    return where if where == "recursion" else f"a {where}"


@dataclass(frozen=True, eq=False, repr=False)
class Grade(TextAndMarkdown):
    """What is wrong with an engine and what is right. It prints as text, and has `json`.

    Attributes:
        name: of the class.
        seed: of the numbers that it was tried with.
        mistakes: what gives wrong gradients, or none; what else is found depends on the first.
        limits: where the engine ends, though its gradients are right.
        passed: what is right.
        absent: operations that it does not have, and that nothing asks for.
        skipped: what could not be judged because of the mistakes.
    """

    name: str
    seed: int
    mistakes: tuple[Finding, ...]
    limits: tuple[Finding, ...]
    passed: tuple[str, ...]
    absent: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether there are no mistakes."""
        return not self.mistakes

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The mistakes, then the limits."""
        return self.mistakes + self.limits

    @property
    def data(self) -> dict[str, Any]:
        """The report as dicts and lists, for a course grader."""
        return {
            "class": self.name,
            "seed": self.seed,
            "ok": self.ok,
            "mistakes": [finding.data for finding in self.mistakes],
            "limits": [finding.data for finding in self.limits],
            "passed": list(self.passed),
            "absent": list(self.absent),
            "skipped": list(self.skipped),
        }

    @property
    def json(self) -> str:
        """The report as JSON."""
        return json.dumps(self.data, ensure_ascii=False, indent=1)

    @property
    def text(self) -> str:
        """The report for a terminal."""
        lines = [f"{self.name}: {self._verdict()}"]
        for title, findings in (("", self.mistakes), ("limit: ", self.limits)):
            for finding in findings:
                lines += ["", *_wrap(f"{title}{finding.name}: {finding.what}")]
                shown = [*str(finding.program or "").splitlines(), *finding.compared]
                lines += [f"    {line}" for line in shown]
                lines += _wrap(f"→ {finding.advice}")
        for word, texts in self._lists():
            lines += ["", *_wrap(f"{word}: {texts}")]
        return "\n".join(lines)

    @property
    def markdown(self) -> str:
        """The report for a notebook."""
        lines = [f"**{markdown(self.name)}**: {markdown(self._verdict())}"]
        for title, findings in (("", self.mistakes), ("limit: ", self.limits)):
            for finding in findings:
                lines += ["", f"**{markdown(title + finding.name)}**: {markdown(finding.what)}"]
                if finding.program is not None:
                    lines += ["", "```python", str(finding.program), "```"]
                lines += ["", *(f"{markdown(line)}  " for line in finding.compared)]
                lines += [f"→ {markdown(finding.advice)}"]
        for word, texts in self._lists():
            lines += ["", f"*{word}*: {markdown(texts)}"]
        return "\n".join(lines)

    def _verdict(self) -> str:
        wrong = pluralize(len(self.mistakes), "mistake") if self.mistakes else "right"
        limits = f", {pluralize(len(self.limits), 'limit')}" if self.limits else ""
        return f"{wrong}{limits}"

    def _lists(self) -> Iterable[tuple[str, str]]:
        for word, texts in (
            ("right", self.passed),
            ("not there", self.absent),
            ("not judged", self.skipped),
        ):
            if texts:
                yield word, "; ".join(texts)


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False)
