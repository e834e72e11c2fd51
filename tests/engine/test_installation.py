"""The array library of the same import name: beside its files every import says what happened."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograd.engine.installation import THEIRS
from tests.test_architecture import MODULES, PACKAGE, imported

pytestmark = pytest.mark.both  # an import is refused before there is an engine

IMPORTS = """
import importlib, sys
for name in sys.argv[1:]:
    for known in [m for m in sys.modules if m.split(".")[0] == "autograd"]:
        del sys.modules[known]
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(error)
    else:
        print("imported", name)
"""
BOTH = "two libraries are installed in {}: scalar-autograd, and the array library that the package "
MEND = "Remove both with `pip uninstall autograd scalar-autograd`, then install one of them, "


def every() -> list[str]:
    """The modules that say so, by their whole names: the others import none of this package."""
    alone = {name for name in MODULES if not imported(name)} - {"engine.errors", "engine.ieee"}
    return [f"autograd.{name}" for name in MODULES if name not in alone | {"", "__main__"}]


def copied(folder: Path, name: str = "autograd") -> Path:
    """The package again, in this folder, with its bytecode: so it starts fast."""
    return shutil.copytree(PACKAGE, folder / name)


def put(package: Path, *files: str) -> None:
    for file in files:
        (package / file).parent.mkdir(exist_ok=True)
        (package / file).write_text("")


def said(path: Path, *names: str) -> list[str]:
    """What importing each of these modules says where `path` is looked in first."""
    code = f"import sys; sys.path.insert(0, {str(path)!r})\n{IMPORTS}"
    command = [sys.executable, "-I", "-S", "-c", code, *names]  # with no other copy in sight
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("file", THEIRS)
def test_beside_any_file_of_the_other_library_the_import_says_so(file: str, tmp_path: Path) -> None:
    package = copied(tmp_path)
    put(package, file)
    for message in said(tmp_path, "autograd", "autograd.nn", "autograd.show", "autograd.numpy"):
        assert message.startswith(BOTH.format(package))
        assert MEND in message
        assert "`pip install scalar-autograd` or `pip install autograd`" in message


def test_under_the_init_of_the_other_library_every_module_says_so(tmp_path: Path) -> None:
    package = copied(tmp_path)
    put(package, "__init__.py", *THEIRS)
    names = every()
    messages = said(tmp_path, "autograd", *names)
    assert messages[0] == "imported autograd"  # theirs, which works
    assert len(messages) == 1 + len(names)
    assert [line for line in messages[1:] if not line.startswith(BOTH.format(package))] == []


def test_without_an_init_every_module_says_how_to_get_it_back(tmp_path: Path) -> None:
    package = copied(tmp_path)
    (package / "__init__.py").unlink()
    names = every()
    messages = said(tmp_path, *names)
    assert len(messages) == len(names)
    missing = f"{package} has no __init__.py: "
    assert [line for line in messages if not line.startswith(missing)] == []
    assert all("`pip install --force-reinstall scalar-autograd`" in line for line in messages)


def test_the_command_says_so_too(tmp_path: Path) -> None:
    package = copied(tmp_path)
    put(package, "__init__.py", *THEIRS)
    command = [sys.executable, "-m", "autograd", "demo"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith(f"ImportError: {BOTH.format(package)}")


def test_alone_it_is_imported(tmp_path: Path) -> None:
    copied(tmp_path)
    assert said(tmp_path, "autograd", "autograd.nn") == [
        "imported autograd",
        "imported autograd.nn",
    ]


def test_from_a_zip_it_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRAD_ENGINE", "auto")  # of which none in C is in the zip
    with zipfile.ZipFile(tmp_path / "library.zip", "w") as archive:
        for path in PACKAGE.rglob("*.py"):
            archive.write(path, path.relative_to(PACKAGE.parent))
    assert said(tmp_path / "library.zip", "autograd") == ["imported autograd"]


def test_under_another_name_the_files_of_the_other_library_do_no_harm(tmp_path: Path) -> None:
    put(copied(tmp_path, "scalar_autograd"), *THEIRS)
    assert said(tmp_path, "scalar_autograd.nn") == ["imported scalar_autograd.nn"]
