"""What a release uploads, in dist/, and tried: the sdist, and of it a wheel for each Python here.

python .ci/wheels.py [PYTHON …]    # those named, and those on the PATH; `make wheels` does this

Each wheel is installed where nothing else is. There the examples of the README have to pass, and a
user's file has to be right for mypy. What is said of the package is read as the index reads it.
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


def install(python: str, *what: str) -> None:
    """Install packages in the environment of this Python."""
    subprocess.run([python, "-m", "pip", "install", "-q", *what], check=True)


def keep(folder: Path, pattern: str) -> Path:
    """Copy the one file with such a name to dist/."""
    [made] = folder.glob(pattern)
    (ROOT / "dist").mkdir(exist_ok=True)
    return Path(shutil.copy(made, ROOT / "dist"))


def make_sdist(builder: str, folder: Path) -> Path:
    """Build the sdist, in dist/."""
    command = [builder, "-m", "build", "-q", "--sdist", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, env=ENVIRONMENT)
    return keep(folder, "*.tar.gz")


def make_wheel(python: str, sdist: Path, folder: Path) -> Path:
    """Build the wheel of an sdist for a Python, in dist/."""
    builder = make_environment(python, folder / "builder")
    command = [builder, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(sdist)]
    subprocess.run(command, check=True, env=ENVIRONMENT)
    return keep(folder, "*.whl")


def check(python: str, wheel: Path, folder: Path) -> None:
    """Install the wheel where nothing else is; run the README's examples, check a user's file."""
    empty = folder / "empty"
    empty.mkdir()
    installed = make_environment(python, folder / "installed")
    install(installed, str(wheel))
    command = [installed, "-I", str(ROOT / ".ci/installed.py"), str(ROOT / "README.md")]
    subprocess.run(command, cwd=empty, check=True, env=ENVIRONMENT)
    install(installed, "mypy")
    shutil.copy(ROOT / "tests/user_code.py", empty)
    command = [installed, "-I", "-m", "mypy", "--strict", "user_code.py"]
    subprocess.run(command, cwd=empty, check=True)


def main() -> None:
    """Make and try one file after the other."""
    pythons = list(find_pythons(sys.argv[1:]))
    if not pythons:
        sys.exit(
            "no Python from 3.11 on is on the PATH: name one, as in PYTHONS=/opt/bin/python3.11"
        )
    with TemporaryDirectory() as folder:
        tools = make_environment(pythons[0], Path(folder, "tools"))
        install(tools, "build", "twine")
        made = [make_sdist(tools, Path(folder))]
        for i, python in enumerate(pythons):
            place = Path(folder, str(i))
            place.mkdir()
            made.append(make_wheel(python, made[0], place))
            check(python, made[-1], place)
        subprocess.run([tools, "-m", "twine", "check", "--strict", *made], check=True)
    print(*(f"dist/{file.name}" for file in made), sep="\n")


if __name__ == "__main__":
    main()
