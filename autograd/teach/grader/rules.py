"""Grades each operation by itself: is it there, is its value right, and is its rule?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...engine.value import Value
from ...show.text import decimal
from .findings import Finding
from .operations import BASIC, OPERATIONS, Operation, programs_of
from .programs import Numbers, Program, UnreadableError, all_close, close

Class = Callable[[float], Any]
REPEATED = 6  # times that a program with two operands is run: the order of a set changes


class Trial(NamedTuple):
    """A program, and the gradients that it is to give and gives."""

    program: Program
    expected: Numbers
    found: Numbers

    @property
    def right(self) -> bool:
        """Whether they agree."""
        return all_close(self.found, self.expected)


class TrialError(Exception):
    """Raised for an error out of the reader's code.

    Args:
        program: what was run.
        error: what it raised.
    """

    def __init__(self, program: Program, error: Exception) -> None:
        super().__init__(program, error)
        self.program, self.error = program, error

    def finding(self, operations: Sequence[str] = ()) -> Finding:
        """The finding for it."""
        said = str(self.error).splitlines()[0] if str(self.error) else ""
        known = isinstance(self.error, UnreadableError)
        what = said if known else f"{type(self.error).__name__}: {said}".rstrip(": ")
        return Finding("raises", what, tuple(operations), self.program)


def trials_of(kind: Class, programs: Iterable[Program], times: int = 1) -> list[Trial]:
    """Run each of the programs with ours, and with the class as often as `times` says.

    Raises:
        TrialError: if the class raises.
    """
    pairs = [(program, program.expected()) for program in programs]
    found = []
    for program, expected in pairs * times:
        try:
            gradients = program.gradients(kind)
        except Exception as error:
            raise TrialError(program, error) from error
        found.append(Trial(program, expected, gradients))
    return found


def finding_of(
    kind: str, what: str, trial: Trial, operations: Sequence[str] = (), where: str = ""
) -> Finding:
    """A finding with the numbers of a trial that are wrong."""
    wrong = [x for x in trial.expected if not close(trial.found[x], trial.expected[x])]
    expected, found = (
        {f"{name}.grad": numbers[name] for name in wrong}
        for numbers in (trial.expected, trial.found)
    )
    return Finding(kind, what, tuple(operations), trial.program, expected, found, where)


@dataclass
class Rules:
    """What was found of each operation by itself.

    Attributes:
        right: the operations whose value and rule are right.
        absent: those that the class does not have.
        findings: what is wrong with the others.
        uneven: operations whose gradients go to the wrong operand, always or at times.
    """

    right: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    findings: dict[str, Finding] = field(default_factory=dict)
    uneven: dict[str, Finding] = field(default_factory=dict)


def grade_rules(kind: Class, seed: int) -> Rules:
    """Grade every operation by itself."""
    rules = Rules()
    for operation in OPERATIONS:
        _grade_operation(rules, kind, operation, seed)
    return rules


def _grade_operation(rules: Rules, kind: Class, operation: Operation, seed: int) -> None:
    programs = programs_of(operation, seed)
    try:
        finding = _wrong_value(kind, operation, programs)
    except Exception as error:
        if hasattr(kind, operation.method) and not operation.plain:
            finding = TrialError(programs[0], error).finding((operation.name,))
        else:
            _note_absent(rules, operation, programs[0], error)
            return
    if finding is None:
        finding = _grade_rule(rules, kind, operation, programs)
    if finding is None:
        rules.right.append(operation.name)
    else:
        rules.findings[operation.name] = finding


def _wrong_value(kind: Class, operation: Operation, programs: Sequence[Program]) -> Finding | None:
    """The first value that is wrong, or none at all."""
    names = (operation.name,)
    for program in programs:
        try:
            found = program.value(kind)
        except UnreadableError as error:
            what = f"{operation.written} gives no Value: {error}"
            return Finding("wrong_value", what, names, program)
        right = program.value(Value)
        if not close(found, right):
            what = f"{operation.written} is to be {decimal(right)}, and is {decimal(found)}"
            return Finding(
                "wrong_value", what, names, program, {"y.data": right}, {"y.data": found}
            )
    return None


def _grade_rule(
    rules: Rules, kind: Class, operation: Operation, programs: Sequence[Program]
) -> Finding | None:
    """What is wrong with the local derivatives of an operation, or nothing."""
    times = REPEATED if len(operation.letters) == 2 else 1
    try:
        trials = trials_of(kind, programs, times)
    except TrialError as error:
        return error.finding((operation.name,))
    wrong = [trial for trial in trials if not trial.right]
    if not wrong:
        return None
    finding = _wrong_rule(operation, trials[: len(programs)] if wrong == trials else wrong)
    if len(operation.letters) == 2 and all(_swapped(trial) for trial in wrong):
        rules.uneven[operation.name] = finding
    return finding


def _note_absent(rules: Rules, operation: Operation, program: Program, error: Exception) -> None:
    rules.absent.append(operation.name)
    needed = operation.name in BASIC or (operation.plain in (*rules.right, *rules.findings))
    if not needed or operation.name.startswith("a**"):
        return
    kind = "missing_operator"
    if operation.plain:
        kind = "missing_reflected" if operation.reflected else "missing_number"
    if operation.reflected and operation.turned in rules.findings:
        return  # a number is no operand on either side
    if operation.plain in rules.findings and rules.findings[operation.plain].kind == "raises":
        return  # it is not for the number that it raises
    said = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    what = f"{operation.written} raises {said.rstrip(': ')}"
    if isinstance(error, RecursionError):
        what = f"{operation.written} calls itself for ever"
    lines = tuple(line for line in program.lines if "backward" not in line)
    rules.findings[operation.name] = Finding(
        kind, what, (operation.name,), Program(program.leaves, lines)
    )


# --- which wrong rule -----------------------------------------------------------------------


def _swapped(trial: Trial) -> bool:
    """Whether each of two operands has the gradient of the other."""
    turned = {"a": trial.expected["b"], "b": trial.expected["a"]}
    return all_close(trial.found, turned)


def _wrong_rule(operation: Operation, trials: Sequence[Trial]) -> Finding:
    first = next(trial for trial in trials if not trial.right)
    if all(x == 0.0 for trial in trials for x in trial.found.values()):
        what = f"nothing arrives at {' and '.join(operation.letters)} in {operation.written}"
        return finding_of("wrong_rule", what, first, [operation.name])
    words = []
    for slot, letter in enumerate(operation.letters):
        if all(close(trial.found[letter], trial.expected[letter]) for trial in trials):
            continue
        rule = f"d({operation.written})/d{letter} is {operation.rules[slot]}"
        words.append(f"{rule}{_resembles(operation, slot, letter, trials)}")
    return finding_of("wrong_rule", "; ".join(words), first, [operation.name])


def _resembles(operation: Operation, slot: int, letter: str, trials: Sequence[Trial]) -> str:
    """What the wrong rule looks like, if that is known."""
    pairs = [(trial.found[letter], trial.expected[letter]) for trial in trials]
    if all(close(found, 0.0) for found, _ in pairs):
        return ", and nothing arrives"
    if all(close(found, -expected) for found, expected in pairs):
        return ", and the sign is turned"
    other = {"a": "b", "b": "a"}[letter]
    if len(operation.letters) == 2 and all(
        close(trial.found[letter], trial.expected[other]) for trial in trials
    ):
        return f", and the rule of {other} was taken"
    for words, formula in operation.mistaken[slot] if operation.mistaken else ():
        if all(_agrees(formula, letter, trial) for trial in trials):
            return f", and it looks like {words}"
    ratios = [found / expected for found, expected in pairs if expected != 0.0]
    if ratios and all(close(ratio, ratios[0]) for ratio in ratios):
        return f", and the gradient is {decimal(ratios[0])} times that"
    return ", and another number arrives"


def _agrees(formula: Callable[[float, float, float], float], letter: str, trial: Trial) -> bool:
    leaves = trial.program.leaves
    try:
        wrong = formula(leaves["a"], leaves.get("b", 0.0), trial.program.value(Value))
    except (ValueError, ZeroDivisionError, OverflowError):
        return False
    return not isinstance(wrong, complex) and close(trial.found[letter], wrong)
