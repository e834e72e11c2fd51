"""Grades what comes after the first pass: a second one, a deep graph, and a graph of many paths."""

from collections.abc import Iterator
from itertools import islice
from traceback import walk_tb
from typing import Any

from ...engine.collector import without_collector
from ...engine.messages import pluralize
from .deletion import delete_in_order, referred_to
from .findings import Finding
from .operations import BY_NAME, programs_of
from .programs import EndlessError, Program, close
from .rules import Class, Trial, TrialError, finding_of, trials_of

SHALLOW, DEEP = 400, 5_000  # nodes in a row; a loss over a hundred points has some hundred
PATHS = (6, 12)  # doublings of the number of paths

FRESH = (
    "y = a * b * a",
    "y.backward()",
    "a.grad = 0",
    "b.grad = 0",
    "y = (a + b) * b",
    "y.backward()",
)
TWO_GRAPHS = ("y = a * b", "y.backward()", "y = (a + b) * b", "y.backward()")
TWICE = ("y = a * b", "y.backward()", "y.backward()")
TWICE_BELOW = ("h = a * b", "y = h * c", "y.backward()", "y.backward()")


def _trials(kind: Class, seed: int, lines: tuple[str, ...]) -> list[Trial]:
    return trials_of(kind, programs_of(BY_NAME["+"], seed, lines))


def grade_second_pass(kind: Class, seed: int) -> tuple[list[Finding], list[Finding], str]:
    """The mistakes and limits of a second backward pass, and what is right of it."""
    trials = _trials(kind, seed, FRESH)
    for trial in trials:
        if not trial.right:
            what = "the gradients were set to 0, and something of the first pass is still there"
            return [finding_of("not_cleared", what, trial)], [], ""
    adds, starts_anew = (_all_as(kind, seed, TWO_GRAPHS, count) for count in (2, 1))
    if not adds and not starts_anew:
        trial = next(x for x in _trials(kind, seed, TWO_GRAPHS) if not x.right)
        what = "the second pass gives neither its own gradients nor the sum of both"
        return [finding_of("not_cleared", what, trial)], [], ""
    how = "adds to the gradients that are there" if adds else "starts with new gradients"
    mistakes, limits = [], []
    if not any(_all_as(kind, seed, TWICE, count) for count in (2, 1)):
        trial = next(x for x in _trials(kind, seed, TWICE) if not x.right)
        what = "the gradient of the root is kept from the first pass, and added to"
        mistakes.append(finding_of("not_cleared", what, trial))
    elif not any(_all_as(kind, seed, TWICE_BELOW, count) for count in (2, 1)):
        trial = next(x for x in _trials(kind, seed, TWICE_BELOW) if not x.right)
        what = (
            "backward() twice on one graph: h still holds the gradient of the first pass, and "
            "passes it on again (micrograd does the same; a new graph for each pass is right)"
        )
        limits.append(finding_of("not_cleared", what, trial))
    return mistakes, limits, f"a second backward() {how}"


def _all_as(kind: Class, seed: int, lines: tuple[str, ...], passes: int) -> bool:
    """Whether the gradients are those of the last `passes` of two passes."""
    trials = _trials(kind, seed, lines)
    if passes == 2:
        return all(trial.right for trial in trials)
    last = max(i for i, line in enumerate(lines[:-1]) if line.startswith("y = "))
    before = tuple(x for x in lines[:last] if "backward" not in x and x[0] != "y")
    for trial in trials:
        once = Program(trial.program.leaves, (*before, lines[last], "y.backward()")).expected()
        if not all(close(trial.found[name], once[name]) for name in once):
            return False
    return True


def grade_zero_grad(kind: Class, seed: int) -> Iterator[Finding]:
    """Whether zero_grad clears a Value, if there is such a method."""
    if not callable(getattr(kind(1.0), "zero_grad", None)):
        return
    (program, *_) = programs_of(BY_NAME["+"], seed, ("y = a * b", "y.backward()", "a.zero_grad()"))
    found = program.gradients(kind)
    if found["a"] != 0.0:
        what = "a.zero_grad() leaves a gradient in a"
        trial = Trial(program, {**found, "a": 0.0}, found)
        yield finding_of("not_cleared", what, trial)


def deep(length: int) -> Program:
    """A chain of additions."""
    lines = ("y = a", f"for _ in range({length}): y = y + b", "y.backward()")
    return Program({"a": 0.5, "b": 0.25}, lines)


def grade_depth(kind: Class) -> tuple[Finding | None, int]:
    """What goes wrong in a deep graph, and up to how many nodes in a row all is well."""
    for length in (SHALLOW, DEEP):
        program = deep(length)
        error = _error_of(program, kind)
        if isinstance(error, RecursionError | EndlessError):
            reached = _reached(kind, length)
            endless = isinstance(error, EndlessError)
            how = "take too long" if endless else "raise a RecursionError"
            what = f"{pluralize(length, 'node')} in a row {how}"
            if reached:
                what += f"; {pluralize(reached, 'node')} are well"
            return Finding("slow" if endless else "too_deep", what, (), program), reached
        if error is not None:
            return TrialError(program, error).finding(), 0
    return None, DEEP


@without_collector()
def _error_of(program: Program, kind: Class) -> Exception | None:
    """What a program raises, if it does; its graph is deleted node by node."""
    found, raised = list[Any](), None
    try:
        found += referred_to(program.run(kind).values())
    except Exception as error:
        below = islice(walk_tb(error.__traceback__), 1, None)  # not this function itself
        frames = [frame.f_locals for frame, _ in below]
        found += referred_to(node for names in frames for node in [*names.values()])
        frames.clear()
        raised = error.with_traceback(None)
    delete_in_order(found)
    return raised


def _reached(kind: Class, length: int) -> int:
    """The largest number of nodes in a row that raises nothing, rounded down to one digit.

    The other digits depend on what runs the grader.

    Raises:
        Exception: any that is no RecursionError, out of the code of the class.
    """
    low, high = 0, length
    while high - low > 10:
        middle = (low + high) // 2
        error = _error_of(deep(middle), kind)
        if error is None:
            low = middle
        elif isinstance(error, RecursionError | EndlessError):
            high = middle
        else:
            raise error
    unit = int("1" + "0" * (len(str(low)) - 1))
    return low // unit * unit


def grade_paths(kind: Class) -> Finding | None:
    """Whether the pass takes twice as long for each node that is used twice."""
    few, many = (
        Program({"a": 0.5}, ("y = a", f"for _ in range({count}): y = y + y", "y.backward()"))
        for count in PATHS
    )
    less, more = few.count_lines(kind), many.count_lines(kind)
    if more < 8 * less:
        return None
    what = (
        f"{PATHS[0]} sums in a row run {less:,} lines of your code, and {PATHS[1]} run {more:,}: "
        "it grows with the number of paths, not of nodes"
    )
    return Finding("every_path", what, (), many)
