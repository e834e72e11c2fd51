"""Releases: one version, one list of Pythons, files that a host of code reads, and the recipe."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import autograd
from tests.test_architecture import PACKAGE
from tests.test_packaging import copy_project

ROOT = PACKAGE.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
VERSION = r"\d+\.\d+\.\d+"


def text_of(file: str) -> str:
    return (ROOT / file).read_text("utf-8")


def parsed(file: str) -> Any:
    """The content of a file in YAML."""
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load(text_of(file))


# --- one version ----------------------------------------------------------------------------


def test_the_version_is_three_numbers_in_one_place() -> None:
    assert re.fullmatch(VERSION, autograd.__version__)
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "autograd.__version__"}


def test_the_citation_is_of_this_version() -> None:
    citation = parsed("CITATION.cff")
    project = PROJECT["project"]
    assert citation["version"] == autograd.__version__
    assert citation["title"] == project["name"]
    assert citation["authors"] == project["authors"]
    assert citation["keywords"] == project["keywords"]
    assert citation["license"] in project["license"].split(" AND ")
    assert {"cff-version", "message", "type", "abstract"} < set(citation)


def test_the_changelog_has_its_form() -> None:
    title, *lines = [line for line in text_of("CHANGELOG.md").splitlines() if line]
    assert title == "# Changelog"
    sections = [line[3:] for line in lines if line.startswith("## ")]
    assert sections[0] == "Unreleased"
    for section in sections[1:]:
        assert re.fullmatch(rf"{VERSION} \(\d{{4}}-\d\d-\d\d\)", section)
    groups = [line for line in lines if not line.startswith(("## ", "- "))]
    assert groups[0] == "What may ask for a change in your code:"
    assert all(re.fullmatch(r"[A-Z][\w ,]+:", group) for group in groups), groups
    assert all(line.endswith(".") for line in lines if line.startswith("- "))


# --- one list of Pythons --------------------------------------------------------------------


def classified() -> list[str]:
    """The Pythons that the package says it is for."""
    found = [
        re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line)
        for line in PROJECT["project"]["classifiers"]
    ]
    return [match[1] for match in found if match]


def test_the_pythons_are_those_from_the_first_that_is_required_on() -> None:
    first = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert classified()[0] == first
    minors = [int(version.partition(".")[2]) for version in classified()]
    assert minors == list(range(minors[0], minors[-1] + 1))
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{first.replace('.', '')}"


def test_continuous_integration_runs_on_each_of_them() -> None:
    jobs = parsed(".github/workflows/test.yml")["jobs"]
    pythons = {name: job["strategy"]["matrix"]["python"] for name, job in jobs.items()}
    assert pythons == {"linux": classified(), "elsewhere": classified()}


def test_it_runs_on_linux_what_is_run_here_and_pytest_elsewhere() -> None:
    jobs = parsed(".github/workflows/test.yml")["jobs"]
    runs = {
        name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()
    }
    assert runs["linux"][-1] == ".ci/run"
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert runs["elsewhere"][-1] == "python -m pytest -q -n auto"
    machines = jobs["elsewhere"]["strategy"]["matrix"]["machine"]
    assert [machine.partition("-")[0] for machine in machines] == ["macos", "windows"]


def test_a_tag_of_a_version_makes_the_wheels() -> None:
    wheels = parsed(".github/workflows/wheels.yml")
    triggers = wheels[True]  # YAML takes the key "on" for a truth
    assert triggers["push"]["tags"] == ["v*"]
    assert set(wheels["jobs"]) == {"wheels", "sdist"}


# --- what is said to others -----------------------------------------------------------------


def test_hooks_before_a_commit_are_what_make_lint_runs() -> None:
    hooks = parsed(".pre-commit-config.yaml")["repos"][0]["hooks"]
    entries = [hook["entry"].removeprefix(".venv/bin/") for hook in hooks]
    assert "\nlint: style types\n" in text_of("Makefile")
    recipes = re.findall(r"^(?:style|types):.*\n((?:\t.*\n)+)", text_of("Makefile"), re.MULTILINE)
    linted = [x.strip().removeprefix("$(BIN)/") for text in recipes for x in text.splitlines()]
    bare = [entry.removesuffix(" --force-exclude") for entry in entries]
    assert bare == [line.removesuffix(" .").replace(" --check", "") for line in linted]
    assert all(hook["language"] == "system" for hook in hooks)


def test_iris_has_its_own_licence_beside_it() -> None:
    (data,) = (PACKAGE / "data").glob("*.csv")
    licence = data.with_suffix(".LICENSE")
    words = licence.read_text("utf-8")
    for wanted in (data.name, "CC BY 4.0", "UCI Machine Learning Repository", "10.24432/C56C76"):
        assert wanted in words
    name = licence.relative_to(ROOT).as_posix()
    assert PROJECT["project"]["license-files"] == ["LICENSE", name]
    assert PROJECT["project"]["license"] == "MIT AND CC-BY-4.0"


def paths_in(text: str) -> Iterable[str]:
    """What a page links to, and the files and folders that it names."""
    yield from re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    for code in re.findall(r"`([^`\n ]+)`", text):
        if re.fullmatch(r"[\w.\-]+(/[\w.\-]+)*\.(py|md|toml|yml|cff)|(\w+/)+\w+|\.ci/run", code):
            yield code


@pytest.mark.parametrize(
    "page", ["CONTRIBUTING.md", "SECURITY.md", "docs/releases.md", "docs/data-parallel.md"]
)
def test_a_page_names_files_that_are_there(page: str) -> None:
    folders = (ROOT, (ROOT / page).parent)
    found = set(paths_in(text_of(page)))
    assert found
    missing = {path for path in found if not any((folder / path).exists() for folder in folders)}
    assert missing == set()


# --- the recipe -----------------------------------------------------------------------------


def reaches_an_index(folder: Path) -> bool:
    """Whether pip finds what the recipe installs."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
    return subprocess.run([*command, "build"], capture_output=True).returncode == 0


@pytest.mark.slow
@pytest.mark.needs("gcc")
def test_the_recipe_makes_a_wheel_for_each_python_of_an_sdist_and_tries_all(tmp_path: Path) -> None:
    if not reaches_an_index(tmp_path):
        pytest.skip("no package index can be reached, of which tools are installed")
    project = copy_project(tmp_path / "project")
    command = [sys.executable, ".ci/wheels.py"]
    run = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    sdist, *wheels = [line for line in run.stdout.splitlines() if line.startswith("dist/")]
    assert sdist == f"dist/scalar_autograd-{autograd.__version__}.tar.gz"
    assert wheels
    assert all((project / wheel).exists() for wheel in wheels)
    assert run.stdout.count(" examples pass") == len(wheels)
    assert run.stdout.count("Success: no issues found in 1 source file") == len(wheels)
    assert run.stdout.count("PASSED") == 1 + len(wheels)


@pytest.mark.slow
def test_without_a_python_it_says_what_to_do(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    command = [sys.executable, ".ci/wheels.py"]
    run = subprocess.run(command, cwd=project, capture_output=True, text=True, env={"PATH": ""})
    assert run.returncode == 1
    assert "name one, as in PYTHONS=" in run.stderr
