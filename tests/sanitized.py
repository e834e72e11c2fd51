"""The tests of the heart on an engine in C that looks for faults of memory and of arithmetic.

As a script, ``python -m tests.sanitized``, it copies the checkout, builds the engine there with the
address sanitizer and the one for undefined behaviour, and runs the tests of `ROOMS` with it. The
first fault ends the process that meets it, and what was found is printed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = (
    "autograd",
    "benchmarks",
    "conftest.py",
    "pyproject.toml",
    "README.md",
    "setup.py",
    "tests",
)
ROOMS = ("tests/engine", "tests/nn", "tests/optim", "tests/losses", "tests/transforms")
MISSING = "the sanitizers of gcc are missing (Debian, Ubuntu: apt install gcc libc6-dev)"
FLAGS = "-fsanitize=address,undefined -fno-sanitize-recover=undefined"
# Dead nodes that are kept for the next ones would hide that one is used.
BUILD = {"CFLAGS": f"{FLAGS} -DMOST_KEPT=1 -fno-omit-frame-pointer -g -O1", "LDFLAGS": FLAGS}


def runtime() -> Path | None:
    """The library that a program which was not built for the sanitizer needs, None without it."""
    if not shutil.which("gcc"):
        return None
    command = ["gcc", "-print-file-name=libasan.so"]
    found = Path(subprocess.run(command, capture_output=True, text=True).stdout.strip())
    return found if found.is_absolute() and found.exists() else None


def surroundings(library: Path, report: Path) -> dict[str, str]:
    """The environment in which Python and the engine run under the sanitizers.

    Python's own allocator would hide what is done to its blocks; and what Python keeps to the end
    is no leak.
    """
    return {
        "AUTOGRAD_ENGINE": "native",
        "LD_PRELOAD": str(library.resolve()),
        "PYTHONMALLOC": "malloc",
        "ASAN_OPTIONS": f"detect_leaks=0:allocator_may_return_null=1:log_path={report}",
        "UBSAN_OPTIONS": f"print_stacktrace=1:log_path={report}",
    }


def copied(to: Path) -> Path:
    """A copy of what the tests need, in which nothing is built."""
    without = shutil.ignore_patterns("__pycache__", "_native.*.so", "_native.*.pyd")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=without)
        else:
            shutil.copy(ROOT / name, to)
    return to


def main(*arguments: str) -> int:
    """Build, run the tests of these paths or of `ROOMS`, and give the status of pytest."""
    library = runtime()
    if library is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        build = subprocess.run(
            [sys.executable, "setup.py", "build_ext", "--inplace"],
            cwd=copy,
            env={**os.environ, **BUILD},
            capture_output=True,
            text=True,
        )
        if build.returncode:
            sys.exit(build.stdout + build.stderr)
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", *(arguments or ROOMS)]
        report = copy / "report"
        env = {**os.environ, **surroundings(library, report), "PYTHONPATH": str(copy)}
        status = subprocess.run(command, cwd=copy, env=env).returncode
        found = sorted(copy.glob("report.*"))
        for path in found:
            print(path.read_text("utf-8", "replace"))
        return status or bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
