"""One mutant: cosmic-ray changes a copy of the project, and the tests run there."""

import ast
import atexit
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from .figure import Result
from .kept import ROOT

ROOMS = ("autograd/engine", "autograd/transforms")
SUITES = (
    *ROOMS,  # examples in docstrings
    *("tests/engine", "tests/transforms", "tests/nn", "tests/losses", "tests/optim"),
    "tests/formulas/test_lowering.py",  # which holds the floats of `ieee.py` to their bits
    # Of recordings, in which one sample stands for all.
    *("tests/compiler/test_recorded_batch.py", "tests/compiler/test_batch_gradients.py"),
    *("tests/compiler/test_scan.py", "tests/compiler/test_scan_recorded.py"),
    # Of compiled functions inside of transforms.
    *("tests/compiler/test_values_in_call.py", "tests/compiler/test_call_on_values.py"),
)
COPIED = ("autograd", "benchmarks", "checks", "tests", "examples", "docs", "notebooks")
FILES = ("conftest.py", "pyproject.toml", "README.md", "Makefile", "setup.py", "MANIFEST.in")
ENDLESS = 60  # seconds of one test, after which it is taken for an endless loop
LONGEST = 3600.0  # seconds of all the tests of a mutant
PYTEST = (
    *(sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow and not both"),
    *("-p", "no:cacheprovider", "-o", f"faulthandler_timeout={ENDLESS}"),
    *("-o", "faulthandler_exit_on_timeout=true"),
)
# Changes of types alone, and of code that writes code for others: `|` is never computed here.
LEFT_OUT = ("BitOr", "BitAnd", "BitXor", "RShift", "LShift", "VariableReplacer", "VariableInserter")
NOT_THERE = ("native_value.py", "native.py")  # what the engine in C needs alone


def all_mutants() -> list[dict[str, Any]]:
    """Every change that cosmic-ray knows to the two rooms, but those of types."""
    from cosmic_ray.commands.init import _all_work_items

    paths = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    paths = [path for path in paths if path.name not in NOT_THERE]
    found = []
    for item in _all_work_items(paths, {}):
        (mutation,) = item.mutations
        if not any(part in mutation.operator_name for part in LEFT_OUT):
            found.append(
                {
                    "module": str(mutation.module_path.relative_to(ROOT)),
                    "operator": mutation.operator_name,
                    "occurrence": mutation.occurrence,
                    "line": mutation.start_pos[0],
                }
            )
    types = {str(path.relative_to(ROOT)): _lines_of_types(path) for path in paths}
    return [one for one in found if one["line"] not in types[one["module"]]]


def _lines_of_types(path: Path) -> set[int]:
    """The lines that hold annotations alone: arguments on lines of their own, and overloads."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list
        ):
            found.update(range(node.lineno - 1, (node.end_lineno or node.lineno) + 1))
    return found


def copied(name: str) -> Path:
    """A copy of the project in a folder for temporary files."""
    tree = Path(tempfile.mkdtemp(prefix=f"mutants-{name}-"))
    ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tree / folder, ignore=ignored)
    for file in FILES:
        shutil.copy(ROOT / file, tree)
    return tree


@cache
def _tree() -> Path:
    """The copy of this process, with the bytecode of all that the tests import."""
    tree = copied(str(os.getpid()))
    atexit.register(shutil.rmtree, tree, ignore_errors=True)
    os.chdir(tree)
    os.environ |= {"AUTOGRAD_ENGINE": "python", "PYTHONPATH": str(tree)}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([*PYTEST, "--collect-only", *SUITES], capture_output=True, check=True)
    return tree


def _forget_bytecode(path: Path) -> None:
    """Within a second, a file and its mutant of the same length would pass for each other."""
    for stale in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        stale.unlink()


def run_mutant(mutant: dict[str, Any], tests: list[str]) -> Result:
    """Change the copy of this process, run the tests until one fails, and change it back."""
    from cosmic_ray.mutating import mutate_and_test
    from cosmic_ray.work_item import MutationSpec

    path = _tree() / mutant["module"]
    names = _tree() / "chosen_tests.txt"
    names.write_text("\n".join(tests), "utf-8")
    spec = MutationSpec(
        module_path=path,
        operator_name=mutant["operator"],
        occurrence=mutant["occurrence"],
        start_pos=(mutant["line"], 0),
        end_pos=(mutant["line"], 1),
    )
    _forget_bytecode(path)
    result = mutate_and_test([spec], shlex.join([*PYTEST, f"@{names.name}"]), LONGEST)
    _forget_bytecode(path)  # which processes of the tests have written
    outcome = str(result.test_outcome.value if result.test_outcome else "incompetent")
    before, after = _changed_lines(result.diff or "")
    return {
        "module": mutant["module"],
        "outcome": outcome,
        "before": before,
        "after": after,
        "tests": len(tests),
        "told": (result.output or "")[-300:],
    }


def _changed_lines(diff: str) -> tuple[str, str]:
    """What is taken out and put in, of a unified diff."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    return tuple(  # type: ignore[return-value]
        " ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+"
    )
