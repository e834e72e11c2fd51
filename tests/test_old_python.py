"""On a Python that is too old: one line that says which is needed, and no traceback."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parents[1]
OLD = ("python3.10", "python3.9", "python3.8", "python3.7")
WANTED = "autograd needs Python 3.11 or later, and this is "
# What `python -m autograd demo` and `import autograd` do, with another version.
PRETENDED = "import runpy, sys; sys.version_info = ({}, {}, 9, 'final', 0); "
RUN = "sys.argv[1:] = ['demo']; runpy._run_module_as_main('autograd')"
IMPORT = "import autograd"
EXAMPLE = "import itertools; del itertools.pairwise; runpy.run_path('examples/tiny_gpt.py')"


def said(*command: str) -> list[str]:
    """The lines of a Python that fails with exit code 1, and says nothing else."""
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (run.returncode, run.stdout) == (1, "")
    return run.stderr.splitlines()


@pytest.mark.parametrize(("major", "minor"), [(3, 10), (3, 8), (2, 7)])
def test_a_command_ends_in_one_line_that_says_which_is_needed(major: int, minor: int) -> None:
    (line,) = said(sys.executable, "-c", PRETENDED.format(major, minor) + RUN)
    assert f"{WANTED}{major}.{minor}: install one from python.org" in line


@pytest.mark.parametrize(("major", "minor"), [(3, 10), (3, 6)])
def test_an_import_is_an_import_error(major: int, minor: int) -> None:
    last = said(sys.executable, "-c", PRETENDED.format(major, minor) + IMPORT)[-1]
    assert last.startswith(f"ImportError: {WANTED}{major}.{minor}: ")


def test_the_example_says_so_too() -> None:
    last = said(sys.executable, "-c", PRETENDED.format(3, 9) + EXAMPLE)[-1]
    assert last.startswith(f"ImportError: {WANTED}3.9: ")


def test_an_older_one_can_read_the_file_that_says_so() -> None:
    file = Path(autograd.__file__)
    ast.parse(file.read_text("utf-8"), feature_version=(3, 7))


def test_it_is_so_with_those_that_are_here() -> None:
    for name in filter(shutil.which, OLD):
        if subprocess.run([name, "-c", ""], capture_output=True, check=False).returncode == 0:
            (line,) = said(name, "-B", "-m", "autograd", "demo")
            assert f"{WANTED}{name.removeprefix('python')}: " in line
