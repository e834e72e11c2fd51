"""Which tests reach a line, and how long each takes: measured once for the sources.

coverage.py knows it by its contexts, pytest by its durations.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from .kept import ROOT
from .mutant_trees import ROOMS, SUITES, copied

QUICK = "not slow and not both"


class Reached(NamedTuple):
    """Which tests reach what.

    Attributes:
        lines: of a module: of a line: the tests.
        seconds: of a test, while it was traced.
        untraced: tests of which nobody knows what they reach, as they cannot be traced.
    """

    lines: dict[str, dict[str, list[str]]]
    seconds: dict[str, float]
    untraced: list[str]


def map_of_tests(folder: Path, sources: str) -> Reached:
    """For each module and line the tests that reach it, and for each test its time.

    Args:
        folder: where it is kept.
        sources: the digest of what it was measured for.

    Raises:
        RuntimeError: if the tests do not pass before anything is changed.
    """
    path = folder / f"reached {sources}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_measured(folder)._asdict()), "utf-8")
    return Reached(**json.loads(path.read_text("utf-8")))


def _measured(folder: Path) -> Reached:
    from coverage import CoverageData

    tree, data = copied("reached"), folder / "data"
    print("measuring which tests reach which lines", file=sys.stderr)
    environment = {**os.environ, "AUTOGRAD_ENGINE": "python", "COVERAGE_FILE": str(data)}

    def pytest(mark: str, *options: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", *SUITES, "-m", mark, *options]
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"tests fail before anything is changed:\n{done.stdout[-3000:]}")
        return done.stdout

    coverage = ("--cov", "--cov-context=test", "--cov-report=")
    told = pytest(f"{QUICK} and not untraced", "-n", "auto", *coverage, "--durations=0")
    untraced = re.findall("^.+::.+$", pytest(f"{QUICK} and untraced", "--collect-only"), re.M)
    covered = CoverageData(str(data))
    covered.read()
    found: dict[str, dict[str, list[str]]] = {}
    for name in covered.measured_files():
        module = str(Path(name).relative_to(tree))
        if module.startswith(ROOMS):
            lines = covered.contexts_by_lineno(name)
            found[module] = {
                str(line): sorted({one.rpartition("|")[0] for one in contexts if one})
                for line, contexts in lines.items()
            }
    shutil.rmtree(tree)
    return Reached(found, seconds_of_tests(told), untraced)


def seconds_of_tests(told: str) -> dict[str, float]:
    """How long each test took, from what pytest says of those that took 5 ms or more.

    Example:
        >>> seconds_of_tests("0.25s call     tests/a.py::b[1 2]\\n0.50s setup    tests/a.py::c")
        {'tests/a.py::b[1 2]': 0.25}
    """
    found = re.findall(r"^([\d.]+)s call +(.+)$", told, re.MULTILINE)
    return {test: float(seconds) for seconds, test in found}


def statement_lines(source: str, line: int) -> range:
    """The lines of the innermost statement at a line; of one with a body, those of its head."""
    best = range(line, line + 1)
    size = sys.maxsize
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.end_lineno is not None:
            body: list[Any] = getattr(node, "body", [])
            end = body[0].lineno - 1 if body else node.end_lineno
            lines = range(node.lineno, max(end, node.lineno) + 1)
            if line in lines and len(lines) < size:
                best, size = lines, len(lines)
    return best


def runs_at_import(source: str, line: int) -> bool:
    """Whether a line is in the body of no function."""
    return not any(
        node.body[0].lineno <= line <= (node.end_lineno or line)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )


def tests_of(mutant: dict[str, Any], reached: Reached) -> list[str]:
    """The tests that reach what is changed, its own file's first, then the quickest.

    What runs while the module is imported is reached by no test in particular: by all of them,
    after those that reach a part of it, such as a rule in the row of an op. Tests of the module
    that are not traced are the last.
    """
    module: str = mutant["module"]
    by_line = reached.lines.get(module, {})
    source, own = (ROOT / module).read_text("utf-8"), f"/test_{Path(module).stem}.py::"
    lines = statement_lines(source, mutant["line"])
    first = {test for line in lines for test in by_line.get(str(line), ())}
    found = first
    if not first or runs_at_import(source, mutant["line"]):
        found = {test for tests in by_line.values() for test in tests} or {*SUITES}
    return sorted(
        found.union(test for test in reached.untraced if own in test),
        key=lambda test: (test not in first, own not in test, reached.seconds.get(test, 0.0), test),
    )
