"""Grades the pass itself: how gradients are multiplied, added, and in which order passed on.

Only operations whose rules are right take part, so whatever is wrong is the pass's.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from random import Random

from ...show.text import decimal
from .findings import Finding
from .operations import BASIC, BY_NAME, Operation, draw_numbers, programs_of
from .programs import Numbers, Program, close
from .rules import Class, Trial, finding_of, trials_of
from .walks import matching

RANDOM_GRAPHS = 40

# A computed node that is used twice; `{0}` and `{1}` are operations.
SHARED = (
    ("h = a {0} b", "y = h {1} h"),
    ("h = a {0} b", "g = h {0} c", "y = h {1} g"),
    ("h = a {0} b", "g = h {0} c", "y = g {1} h"),
    ("h = a {0} b", "g = h {1} c", "k = h {0} a", "y = g {1} k"),
    ("h = a {0} b", "g = h {1} h", "k = g {0} h", "y = k {1} g"),
    ("h = a {0} b", "g = h {0} c", "k = g {1} d", "y = k {0} h"),
    ("h = a {0} b", "g = h {0} c", "k = g {1} d", "y = h {0} k"),
)


def grade_structure(kind: Class, seed: int, right: Sequence[str]) -> Iterator[Finding]:
    """What is wrong with the pass; the first of it, for all else follows from that."""
    basic = [name for name in BASIC if name in right]
    if not basic:
        return
    for look in (
        _look_below_the_root,
        _look_at_sums,
        _look_at_double_edges,
        _look_at_equal_numbers,
        _look_at_order,
    ):
        found = [*look(kind, seed, basic)]
        yield from found
        if found:
            return


def _trials(kind: Class, seed: int, lines: Sequence[str], name: str = "+") -> list[Trial]:
    lines = (*lines, "y.backward()")
    return trials_of(kind, programs_of(BY_NAME[name], seed, lines))


def _wrong(trials: Sequence[Trial]) -> Trial | None:
    return next((trial for trial in trials if not trial.right), None)


# --- a chain: upstream, and the pass below the root -----------------------------------------


def _look_below_the_root(kind: Class, seed: int, basic: Sequence[str]) -> Iterator[Finding]:
    chains = [(inner, outer) for outer in reversed(basic) for inner in basic]
    stopped, without = dict[str, Trial](), dict[str, Trial]()
    right = False
    for (inner, outer), turned in product(chains, (False, True)):
        last = f"y = c {outer} h" if turned else f"y = h {outer} c"
        trials = _trials(kind, seed, (f"h = a {inner} b", last))
        wrong = _wrong(trials)
        if wrong is None:
            right = True
        elif all(trial.found["a"] == trial.found["b"] == 0.0 for trial in trials):
            stopped.setdefault(outer, wrong)
        elif all(_is_local(trial, inner) for trial in trials):
            without.setdefault(inner, wrong)
        else:
            lost = [*_look_at_double_edges(kind, seed, basic)]
            what = f"a chain of {inner} and {outer} is wrong"
            yield lost[0] if lost else finding_of("unnamed", what, wrong, [inner])
            return
    if stopped:
        first = next(iter(stopped.values()))
        yield _not_connected([*stopped], first) if right else _stopped(kind, first)
    elif without:
        yield _without_upstream([*without], next(iter(without.values())))


def _not_connected(names: Sequence[str], trial: Trial) -> Finding:
    what = f"a node of {' and '.join(names)} passes nothing on to what its operands were made of"
    return finding_of("not_connected", what, trial, names)


def _is_local(trial: Trial, inner: str) -> bool:
    """Whether an operand has its local derivative alone, where the other may be right."""
    leaves = trial.program.leaves
    local = {"a": leaves["b"], "b": leaves["a"]} if inner == "*" else {"a": 1.0, "b": 1.0}
    return all(
        close(trial.found[name], x) or close(trial.found[name], trial.expected[name])
        for name, x in local.items()
    )


def _without_upstream(names: Sequence[str], trial: Trial) -> Finding:
    what = f"the rule of {' and '.join(names)} passes on its local derivative alone"
    return finding_of("no_upstream", what, trial, names)


def _stopped(kind: Class, trial: Trial) -> Finding:
    """Nothing arrived below the first operation: was it too early, or was it never asked?"""
    again = Program(trial.program.leaves, (*trial.program.lines, "y.backward()"))
    found = again.gradients(kind)
    if found["a"] == found["b"] == 0.0:
        what = "only the operands of the root get a gradient"
        return finding_of("one_level", what, trial)
    what = "each node passes its gradient on before it has one, from the leaves to the root"
    return finding_of("not_reversed", what, trial)


# --- two uses: += ---------------------------------------------------------------------------


def _look_at_sums(kind: Class, seed: int, basic: Sequence[str]) -> Iterator[Finding]:
    """Whether a contribution is added to the one before it, for each operand of each operation."""
    found: dict[str, Trial] = {}
    kept = "last"
    for inner in basic:
        for expression in (f"a {inner} b", f"b {inner} a"):
            for outer in basic:
                trials = _trials(kind, seed, (f"h = {expression}", f"y = a {outer} h"))
                wrong = _wrong(trials)
                if wrong is None:
                    continue
                if all(_one_is_kept(trial, outer, inner, last=True) for trial in trials):
                    found.setdefault(inner, wrong)
                elif all(_one_is_kept(trial, outer, inner, last=False) for trial in trials):
                    found.setdefault(inner, wrong)
                    kept = "first"
    if found:
        first = next(iter(found.values()))
        a = f"{decimal(first.expected['a'])} are to arrive at a, and only the {kept} contribution"
        where = f"in the rule of {' and '.join(found)}" if len(found) < len(basic) else "everywhere"
        what = f"a is used twice: {a}, {decimal(first.found['a'])}, is there ({where})"
        yield finding_of("assign", what, first, list(found))


def _one_is_kept(trial: Trial, outer: str, inner: str, *, last: bool) -> bool:
    """Whether a has one of its two contributions; that of the root, `outer`, comes first."""
    a, b = (trial.program.leaves[name] for name in "ab")
    inside = a * b if inner == "*" else a + b
    first = inside if outer == "*" else 1.0
    second = (a if outer == "*" else 1.0) * (b if inner == "*" else 1.0)
    return close(trial.found["a"], second if last else first)


def grade_other_rules(kind: Class, seed: int, right: Sequence[str]) -> list[Finding]:
    """Whether operations that are no + or * pass on what arrives, and add to what was there."""
    for look in (_stops, _passes_on_its_local, _keeps_the_last):
        found: dict[str, Trial] = {}
        for name in right:
            wrong = None if name in BASIC else look(kind, seed, BY_NAME[name])
            if wrong is not None:
                found[name] = wrong
        if found:
            trial = next(iter(found.values()))
            if look is _stops:
                return [_not_connected([*found], trial)]
            if look is _passes_on_its_local:
                return [_without_upstream([*found], trial)]
            what = (
                f"a is used twice: {decimal(trial.expected['a'])} are to arrive, and only the last "
                f"contribution, {decimal(trial.found['a'])}, is there (in the rule of "
                f"{' and '.join(found)})"
            )
            return [finding_of("assign", what, trial, [*found])]
    return []


def _stops(kind: Class, seed: int, operation: Operation) -> Trial | None:
    """The first trial in which nothing arrives below an operation."""
    for letter in operation.letters:
        below = re.sub(rf"\b{letter}\b", "h", operation.written)
        trials = _trials(kind, seed, (f"h = {letter} + c", f"y = {below}"), operation.name)
        nothing = all(trial.found["c"] == 0.0 for trial in trials)
        if nothing and any(trial.expected["c"] != 0.0 for trial in trials):
            return _wrong(trials)
    return None


def _passes_on_its_local(kind: Class, seed: int, operation: Operation) -> Trial | None:
    """The first trial in which an operation does not multiply by what arrives from upstream."""
    trials = _trials(kind, seed, (f"h = {operation.written}", "y = h * c"), operation.name)
    for name in operation.letters:
        if all(
            close(trial.found[name] * trial.program.leaves["c"], trial.expected[name])
            for trial in trials
        ):
            return _wrong(trials)
    return None


def _keeps_the_last(kind: Class, seed: int, operation: Operation) -> Trial | None:
    """The first trial in which a contribution of the operation replaces that of a sum."""
    turned = operation.written.translate(str.maketrans("ab", "ba"))
    both = len(operation.letters) == 2
    for expression in (operation.written, *([turned] if both else [])):
        trials = _trials(kind, seed, (f"h = {expression}", "y = a + h"), operation.name)
        if all(close(trial.found["a"], trial.expected["a"] - 1.0) for trial in trials):
            return _wrong(trials)
    return None


# --- two places of one operation ------------------------------------------------------------


def _look_at_double_edges(kind: Class, seed: int, basic: Sequence[str]) -> Iterator[Finding]:
    for name in basic:
        trials = _trials(kind, seed, (f"y = a {name} a",))
        wrong = _wrong(trials)
        if wrong is None:
            continue
        if all(close(trial.found["a"], trial.expected["a"] / 2) for trial in trials):
            what = f"a {name} a uses a in two places, and only one contribution arrives"
            yield finding_of("parent_set", what, wrong, [name])
        else:
            yield finding_of("unnamed", f"a {name} a is wrong", wrong, [name])
        return


def _look_at_equal_numbers(kind: Class, seed: int, basic: Sequence[str]) -> Iterator[Finding]:
    """Whether nodes that have the same number are still two."""
    lines = (f"h = a {basic[0]} c", f"g = b {basic[0]} c", f"y = h {basic[-1]} g", "y.backward()")
    numbers = draw_numbers("abc", Random(f"{seed} equal"), positive=True)
    different = Program(numbers, lines)
    equal = Program(numbers | {"b": numbers["a"]}, lines)
    first, second = trials_of(kind, [different, equal])
    if first.right and not second.right:
        what = "a and b have the same number, and so have h and g: one of two is lost"
        yield finding_of("equal_nodes", what, second)


# --- the order ------------------------------------------------------------------------------


def _look_at_order(kind: Class, seed: int, basic: Sequence[str]) -> Iterator[Finding]:
    pairs: list[tuple[Program, Numbers]] = []
    shown: Trial | None = None
    first, second = basic[0], basic[-1]
    for pattern in SHARED:
        for names in {(first, second): 0, (second, first): 0, (first, first): 0}:
            trials = _trials(kind, seed, [line.format(*names) for line in pattern])
            shown = shown or _wrong(trials)
            pairs += [(trial.program, trial.found) for trial in trials]
    if shown is None:
        return
    walk = matching(pairs)
    what = "h is used twice, and passes on its gradient before both contributions are there"
    if walk is not None and not walk.once:
        what = (
            "h is used twice, and passes on its gradient at each visit, not once when it is final"
        )
    yield finding_of("no_topological_order", what, shown, where=walk.where if walk else "stack")


# --- anything else --------------------------------------------------------------------------


def grade_random_graphs(kind: Class, seed: int, right: Sequence[str]) -> Iterator[Finding]:
    """Graphs of any shape, from small to large: the first that is wrong."""
    random = Random(f"{seed} random graphs")
    names = [name for name in (*BASIC, "-", "relu", "tanh") if name in right]
    for size in range(RANDOM_GRAPHS):
        program = _random_program(random, names, 2 + size // 4)
        (trial,) = trials_of(kind, [program])
        if not trial.right:
            yield finding_of(
                "unnamed", "this graph is wrong, and no smaller one that was tried", trial
            )
            return


def _random_program(random: Random, names: Sequence[str], size: int) -> Program:
    leaves = draw_numbers("abcd", random)
    known, lines = [*leaves], []
    for step in range(size):
        expression = BY_NAME[random.choice(names)].written
        operands = {letter: random.choice(known[-5:]) for letter in "ab"}
        written = "".join(operands.get(x, x) if alone else x for x, alone in _letters(expression))
        name = "y" if step == size - 1 else f"h{step}"
        lines.append(f"{name} = {written}")
        known.append(name)
    return Program(leaves, (*lines, "y.backward()"))


def _letters(expression: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it stands alone, as the name of an operand does."""
    for place, letter in enumerate(expression):
        around = expression[max(place - 1, 0) : place] + expression[place + 1 : place + 2]
        yield letter, not any(x.isalpha() for x in around)
