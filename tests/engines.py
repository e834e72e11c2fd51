"""How tests run code on one engine or the other, and what to do where C's is not built."""

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
from autograd.engine.native import name, why

ROOT = Path(autograd.__file__).parent.parent
ENGINES = ("python", "native")

natively = pytest.mark.skipif(name == "python", reason=f"tests of the engine in C: {why}")


def run(
    code: str, engine: str, folder: Path = ROOT, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """The process that ran this code, or this module, on an engine."""
    command = [sys.executable, *(["-c", code] if " " in code else ["-m", code]), *arguments]
    env = {**os.environ, "AUTOGRAD_ENGINE": engine, "PYTHONPATH": str(folder)}
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder)


@functools.cache
def _why_not_native() -> str:
    """Why the engine in C cannot run, empty if it can."""
    asked = "from autograd.engine.native import name, why; print('' if name == 'native' else why)"
    return run(asked, "auto").stdout.strip()


def built() -> None:
    """Skip the test that calls this where the engine in C cannot run."""
    if reason := _why_not_native():
        pytest.skip(f"tests of both engines: {reason}")


def told_by_both(code: str) -> list[str]:
    """What the code prints on each engine; the test is skipped where one cannot run."""
    built()
    found = [run(code, engine) for engine in ENGINES]
    for process in found:
        assert process.returncode == 0, process.stderr
    return [process.stdout for process in found]
