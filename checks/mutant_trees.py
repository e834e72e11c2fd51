"""One mutant: cosmic-ray changes a copy of the project, and the tests run there."""

import ast
import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from .figure import Result
from .kept import ROOT

ROOMS = ("autograd/engine", "autograd/transforms")
COPIED = ("autograd", "benchmarks", "checks", "tests", "examples", "docs", "notebooks")
FILES = ("conftest.py", "pyproject.toml", "README.md", "Makefile", "setup.py", "MANIFEST.in")
TIMEOUT = 600.0  # seconds; an endless loop is noticed, too
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


_TREES: dict[int, Path] = {}  # one for each process


def run_mutant(mutant: dict[str, Any], tests: list[str]) -> Result:
    """Change the copy of this process, run the tests until one fails, and change it back."""
    from cosmic_ray.mutating import mutate_and_test
    from cosmic_ray.work_item import MutationSpec

    if os.getpid() not in _TREES:
        _TREES[os.getpid()] = copied(str(os.getpid()))
        atexit.register(shutil.rmtree, _TREES[os.getpid()], ignore_errors=True)
    tree = _TREES[os.getpid()]
    path = tree / mutant["module"]
    names = tree / "chosen_tests.txt"
    names.write_text("\n".join(tests), "utf-8")
    for stale in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        stale.unlink()
    spec = MutationSpec(
        module_path=path,
        operator_name=mutant["operator"],
        occurrence=mutant["occurrence"],
        start_pos=(mutant["line"], 0),
        end_pos=(mutant["line"], 1),
    )
    os.chdir(tree)
    os.environ |= {"AUTOGRAD_ENGINE": "python", "PYTHONPATH": str(tree)}
    command = f"{sys.executable} -m pytest -q -x -p no:cacheprovider -m 'not slow and not both'"
    result = mutate_and_test([spec], f"{command} @{names.name}", TIMEOUT)
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
