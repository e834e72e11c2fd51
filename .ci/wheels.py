"""A wheel in dist/ for each Python that is here, tried in an empty environment: `make wheels`.

python .ci/wheels.py [PYTHON …]    # those named, and those on the PATH
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
NAMES = ["python3", *(f"python3.{minor}" for minor in range(11, 16))]
ASK = (
    "import sys, venv, ensurepip; assert sys.version_info >= (3, 11); print(*sys.version_info[:2])"
)
ENVIRONMENT = {**os.environ, "AUTOGRAD_ENGINE": "native"}  # nothing is built without it


def find_pythons(named: list[str]) -> Iterator[str]:
    """A Python of each version: those named, and those of the PATH that can be used."""
    seen: set[str] = set()
    for python in [*named, *NAMES]:
        version = find_version(python)
        if not version and python in named:
            sys.exit(f"{python} is no Python from 3.11 on that makes environments")
        if version and version not in seen:
            seen.add(version)
            yield python


def find_version(python: str) -> str:
    """The version of a Python, empty if it cannot be used."""
    if not shutil.which(python):
        return ""
    return subprocess.run([python, "-c", ASK], capture_output=True, text=True).stdout.strip()


def make_environment(python: str, folder: Path) -> str:
    """The Python of a new environment with nothing but pip."""
    subprocess.run([python, "-m", "venv", folder], check=True)
    return str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")


def make_wheel(python: str, folder: Path) -> Path:
    """Build the wheel for a Python, in dist/."""
    builder = make_environment(python, folder / "builder")
    command = [builder, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True, env=ENVIRONMENT)
    [wheel] = folder.glob("*.whl")
    (ROOT / "dist").mkdir(exist_ok=True)
    return Path(shutil.copy(wheel, ROOT / "dist"))


def check(python: str, wheel: Path, folder: Path) -> None:
    """Install the wheel where nothing else is, and run the examples of the README."""
    empty = folder / "empty"
    empty.mkdir()
    installed = make_environment(python, folder / "installed")
    subprocess.run([installed, "-m", "pip", "install", "-q", str(wheel)], check=True)
    command = [installed, "-I", str(ROOT / ".ci/installed.py"), str(ROOT / "README.md")]
    subprocess.run(command, cwd=empty, check=True, env=ENVIRONMENT)


def main() -> None:
    """Make and try one wheel after the other."""
    wheels = []
    for python in find_pythons(sys.argv[1:]):
        with TemporaryDirectory() as folder:
            wheels.append(make_wheel(python, Path(folder)))
            check(python, wheels[-1], Path(folder))
    if not wheels:
        sys.exit(
            "no Python from 3.11 on is on the PATH: name one, as in PYTHONS=/opt/bin/python3.11"
        )
    print(*(f"dist/{wheel.name}" for wheel in wheels), sep="\n")


if __name__ == "__main__":
    main()
