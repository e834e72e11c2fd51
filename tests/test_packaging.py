"""What is built of the project: the sdist, and wheels with the engine in C and without it."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from tests.test_architecture import PACKAGE

pytestmark = pytest.mark.slow

ROOT = PACKAGE.parent
FOLDERS = (
    *(".ci", ".github", "autograd", "benchmarks", "checks", "docs", "examples"),
    *("notebooks", "tests"),
)
FILES = (
    *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"),
    *(".pre-commit-config.yaml", "MANIFEST.in", "Makefile", "conftest.py", "setup.py"),
)
ENGINE = f"autograd/engine/_native{EXTENSION_SUFFIXES[0]}"
NO_COMPILER = "/nowhere/cc"
HEADERS = os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))
has_headers = pytest.mark.skipif(not HEADERS, reason="Python.h is missing: apt install python3-dev")


def copy_project(folder: Path) -> Path:
    """The files of the project, in a folder of their own."""
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.so", "*.pyd")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in (*FILES, "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")


def run_build(project: Path, what: str, **given: str) -> subprocess.CompletedProcess[str]:
    """What building the sdist or the wheel as pip does gave; the name of the file comes last."""
    code = f"from setuptools.build_meta import *; print(build_{what}('built'))"
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=project,
        env={**os.environ, "AUTOGRAD_ENGINE": "", **given},
        capture_output=True,
        text=True,
    )


def build(project: Path, what: str, **given: str) -> Path:
    """The sdist or the wheel."""
    built = run_build(project, what, **given)
    assert built.returncode == 0, built.stderr
    return project / "built" / built.stdout.splitlines()[-1]


def files_of(project: Path, folder: str = ".") -> set[str]:
    """The names of all files in a folder of the project."""
    found = (path for path in (project / folder).rglob("*") if path.is_file())
    return {path.relative_to(project).as_posix() for path in found}


def in_sdist(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        names = (member.name.partition("/")[2] for member in archive if member.isfile())
        return {name for name in names if ".egg-info" not in name} - {"PKG-INFO", "setup.cfg"}


def in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info" not in name}


def unpack(sdist: Path, folder: Path) -> Path:
    """The project of an sdist."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    [project] = folder.iterdir()
    return project


def test_another_wish_is_refused(project: Path) -> None:
    built = run_build(project, "wheel", AUTOGRAD_ENGINE="rust")
    assert "AUTOGRAD_ENGINE is one of auto, native, python, got 'rust'" in built.stderr
    assert built.returncode != 0


def test_the_sdist_holds_every_file(project: Path) -> None:
    files = files_of(project)
    assert in_sdist(build(project, "sdist")) == files


class TestWithoutACompiler:
    def test_a_wheel_for_every_python_holds_all_files_of_the_package(self, project: Path) -> None:
        files = files_of(project, "autograd")
        wheel = build(project, "wheel", CC=NO_COMPILER)
        assert wheel.name.endswith("-py3-none-any.whl")
        assert in_wheel(wheel) == files

    def test_one_line_says_why_the_engine_is_missing(self, project: Path) -> None:
        said = run_build(project, "wheel", CC=NO_COMPILER).stderr.splitlines()
        (line,) = [line for line in said if line.startswith("autograd:")]
        assert line.startswith("autograd: the engine in C is not built (")
        assert line.endswith("), Python's runs")

    def test_who_asks_for_the_engine_gets_an_error(self, project: Path) -> None:
        built = run_build(project, "wheel", CC=NO_COMPILER, AUTOGRAD_ENGINE="native")
        assert built.returncode != 0
        assert not [*project.glob("built/*.whl")]

    def test_a_wheel_holds_nothing_of_an_earlier_build(self, project: Path) -> None:
        build(project, "wheel", AUTOGRAD_ENGINE="python")
        (project / "autograd/data/iris.py").unlink()
        later = in_wheel(build(project, "wheel", AUTOGRAD_ENGINE="python"))
        assert later == files_of(project, "autograd")


@has_headers
@pytest.mark.needs("gcc")
class TestWithACompiler:
    def test_the_engine_is_all_that_is_added(self, project: Path) -> None:
        files = files_of(project, "autograd")
        assert in_wheel(build(project, "wheel")) == files | {ENGINE}

    def test_it_is_left_out_where_python_is_asked_for(self, project: Path) -> None:
        files = files_of(project, "autograd")
        wheel = build(project, "wheel", AUTOGRAD_ENGINE="python")
        assert wheel.name.endswith("-py3-none-any.whl")
        assert in_wheel(wheel) == files

    def test_the_sdist_builds_the_same_wheels(self, project: Path, tmp_path: Path) -> None:
        files = files_of(project, "autograd")
        unpacked = unpack(build(project, "sdist"), tmp_path / "unpacked")
        assert in_wheel(build(unpacked, "wheel")) == files | {ENGINE}
        assert in_wheel(build(unpacked, "wheel", AUTOGRAD_ENGINE="python")) == files

    def test_it_is_built_of_the_calculus_as_it_is(self, project: Path) -> None:
        table = project / "autograd/engine/_calculus.h"
        text = table.read_text("utf-8")
        table.write_text("an older one\n")
        build(project, "wheel", AUTOGRAD_ENGINE="native")
        assert table.read_text("utf-8") == text

    def test_installed_alone_it_runs_the_examples(self, project: Path, tmp_path: Path) -> None:
        wheel = build(project, "wheel", AUTOGRAD_ENGINE="native")
        home, empty = tmp_path / "environment", tmp_path / "empty"
        venv.create(home, symlinks=os.name != "nt")
        python = str(home / ("Scripts" if os.name == "nt" else "bin") / "python")
        where = [python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))"]
        platlib = subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip()
        zipfile.ZipFile(wheel).extractall(platlib)
        empty.mkdir()
        check = [python, "-I", str(ROOT / ".ci/installed.py"), str(ROOT / "README.md")]
        said = subprocess.run(check, cwd=empty, capture_output=True, text=True)
        assert said.returncode == 0, said.stdout + said.stderr

    def test_in_place_it_is_built_anew_when_it_has_to_be(self, project: Path) -> None:
        command = [sys.executable, "-W", "ignore", "setup.py", "-q", "build_ext", "--inplace"]
        times = []
        for change in ("", "", "\n"):
            with (project / "autograd/engine/ieee.py").open("a") as file:
                file.write(change)
            subprocess.run(command, cwd=project, check=True)
            times.append((project / ENGINE).stat().st_mtime_ns)
        assert times[0] == times[1] < times[2]
