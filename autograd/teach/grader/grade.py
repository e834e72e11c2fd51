"""`grade`: runs seeded graphs through the reader's own engine, and names the mistake."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...engine.arguments import integer
from ...engine.messages import short_repr
from .causes import causes
from .endurance import SHALLOW, grade_depth, grade_paths, grade_second_pass, grade_zero_grad
from .findings import Finding, Grade
from .operations import BASIC
from .programs import UnreadableError, read
from .rules import Class, Rules, TrialError, grade_rules
from .structure import grade_other_rules, grade_random_graphs, grade_structure

SURFACE = ("data", "grad", "backward")


def grade(engine: Class, seed: int = 0) -> Grade:
    """Grade an engine: name the mistakes of a class such as micrograd's Value, and what is right.

    Args:
        engine: the class. It has ``engine(number)``, ``data``, ``grad``, ``backward()`` and the
            operators + and *; what else it has of - / ** relu tanh exp log sigmoid is graded too.
        seed: of the numbers that it is tried with.

    Raises:
        TypeError: if `engine` is no class, or `seed` no int.

    Example:
        >>> from autograd import Value
        >>> grade(Value).ok
        True
    """
    if not isinstance(engine, type):
        raise TypeError(f"grade takes the class itself, such as Value, got {short_repr(engine)}")
    work = _Work(engine, integer("seed", seed))
    if not work.has_surface():
        work.skipped.append("everything else")
    else:
        work.grade_parts()
    return Grade(
        engine.__name__,
        work.seed,
        tuple(work.mistakes),
        tuple(work.limits),
        tuple(work.passed),
        tuple(work.absent),
        tuple(work.skipped),
    )


@dataclass
class _Work:
    """The grading of one engine, part by part."""

    engine: Any
    seed: int
    mistakes: list[Finding] = field(default_factory=list)
    limits: list[Finding] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def has_surface(self) -> bool:
        """Whether a Value can be made, read and asked for gradients."""
        self.mistakes += self._surface()
        if not self.mistakes:
            self.passed.append("Value(number) has data, a grad of 0 and backward()")
        return not self.mistakes

    def _surface(self) -> Iterator[Finding]:
        try:
            leaf = self.engine(1.5)
        except Exception as error:
            what = f"{self.engine.__name__}(1.5) raises {type(error).__name__}: {error}"
            yield Finding("surface", what)
            return
        missing = [name for name in SURFACE if not hasattr(leaf, name)]
        if missing:
            yield Finding("surface", f"a Value has no {' and no '.join(missing)}")
            return
        try:
            numbers = read("a", leaf, "data"), read("a", leaf, "grad")
        except UnreadableError as error:
            yield Finding("surface", str(error))
            return
        if numbers != (1.5, 0.0):
            data, grad = numbers
            yield Finding(
                "surface",
                "data and grad of Value(1.5) are to be 1.5 and 0",
                expected={"a.data": 1.5, "a.grad": 0.0},
                found={"a.data": data, "a.grad": grad},
            )

    def grade_parts(self) -> None:
        """Operations one by one, then the pass, then what comes after the first pass."""
        rules = grade_rules(self.engine, self.seed)
        self.absent += [name for name in rules.absent if name not in rules.findings]
        if self._without_seed(rules):
            return
        structure = self._structure(rules)
        self._explain_rules(rules, structure)
        if not structure and not self.mistakes:
            self.mistakes += self._random_graphs(rules)
        self._second_pass()
        self._depth(rules, structure)

    def _without_seed(self, rules: Rules) -> bool:
        """Whether nothing arrives anywhere."""
        basic = [rules.findings.get(name) for name in BASIC]
        if not all(x is not None and x.kind == "wrong_rule" for x in basic):
            return False
        if any(x is not None and any(x.found.values()) for x in basic):
            return False
        first = next(x for x in basic if x is not None and x.program is not None)
        seeded = first.program and read("y", first.program.run(self.engine)["y"], "grad")
        kind, what = "no_seed", "no gradient arrives anywhere"
        if seeded == 1.0:
            kind, what = "one_level", "y has its gradient of 1, and does not pass it on"
        self.mistakes.append(first._replace(kind=kind, what=what, operations=()))
        self.skipped.append("everything behind the root")
        return True

    def _structure(self, rules: Rules) -> list[Finding]:
        basic = [name for name in BASIC if name in rules.right]
        try:
            found = [*grade_structure(self.engine, self.seed, rules.right)]
            if not found and len(basic) == len(BASIC):
                found = grade_other_rules(self.engine, self.seed, rules.right)
        except TrialError as error:
            return [error.finding()]
        if not basic:
            self.skipped.append("sums of contributions and the order of nodes")
        elif not found:
            self.passed.append("contributions are multiplied by upstream and added")
            self.passed.append("a * a counts twice")
            self.passed.append("a gradient is final before it is passed on")
        return found

    def _random_graphs(self, rules: Rules) -> list[Finding]:
        try:
            return [*grade_random_graphs(self.engine, self.seed, rules.right)]
        except TrialError as error:
            return [error.finding()]

    def _explain_rules(self, rules: Rules, structure: list[Finding]) -> None:
        """Report the causes: a wrong pass explains wrong rules of what is built of + and *."""
        forgets = any(x.kind == "parent_set" for x in structure)
        if structure:
            rules.findings = {
                name: x
                for name, x in rules.findings.items()
                if x.kind.startswith("missing")
                or x.kind == "wrong_value"
                or (name in BASIC and not (forgets and name in rules.uneven))
            }
        self.mistakes += structure
        self.mistakes += causes(rules.findings)
        if rules.right:
            self.passed.insert(1, f"value and rule of {', '.join(rules.right)}")

    def _second_pass(self) -> None:
        if self.mistakes and any(not x.kind.startswith("missing") for x in self.mistakes):
            self.skipped.append("a second backward pass")
            return
        try:
            mistakes, limits, said = grade_second_pass(self.engine, self.seed)
            mistakes += grade_zero_grad(self.engine, self.seed)
        except TrialError as error:
            self.mistakes.append(error.finding())
            return
        self.mistakes += mistakes
        self.limits += limits
        self.passed += [said] if said and not mistakes else []

    def _depth(self, rules: Rules, structure: list[Finding]) -> None:
        if "+" not in rules.right or any(x.kind == "not_cleared" for x in self.mistakes):
            self.skipped.append("large graphs")
            return
        finding, reached = grade_depth(self.engine)
        wrong = next((x for x in structure if x.kind == "no_topological_order"), None)
        if finding is None:
            self.passed.append(f"{reached:,} nodes in a row")
        elif (
            wrong is not None and finding.kind == "too_deep"
        ):  # the recursion is that of the wrong order
            self.mistakes[self.mistakes.index(wrong)] = wrong._replace(where="recursion")
        elif finding.kind == "raises" or (finding.kind == "too_deep" and reached < SHALLOW):
            self.mistakes.append(finding)
        else:
            self.limits.append(finding)
        if not structure and reached > 0:
            paths = grade_paths(self.engine)
            self.limits += [paths] if paths is not None else []
