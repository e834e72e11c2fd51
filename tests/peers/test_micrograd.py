"""The tests of micrograd, from its published package, with `Value` of this library in its place.

They are not copied: pip fetches the source distribution, whose digest is pinned here.
"""

import importlib.util
import subprocess
import sys
import tarfile
import types
from pathlib import Path

import pytest

from autograd import Value

pytest.importorskip("torch", reason="the tests of micrograd compare with PyTorch")

PINNED = (
    "micrograd==0.1.0"
    " --hash=sha256:81797b796bef809fb1ac3fd83a7e01e007aecb8d056fba07c0e24931e043845d\n"
)
TESTS = ("test_sanity_check", "test_more_ops")


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> types.ModuleType:
    """Its module of tests, which imports ``micrograd.engine``: that is this library's."""
    folder = tmp_path_factory.mktemp("micrograd")
    (folder / "pinned.txt").write_text(PINNED)
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
    command += ["--no-binary", ":all:", "--no-build-isolation", "-r", "pinned.txt"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extract("micrograd-0.1.0/test/test_engine.py", folder, filter="data")
    return loaded(folder / "micrograd-0.1.0" / "test" / "test_engine.py")


def loaded(path: Path) -> types.ModuleType:
    engine, package = types.ModuleType("micrograd.engine"), types.ModuleType("micrograd")
    engine.Value = Value  # type: ignore[attr-defined]
    spec = importlib.util.spec_from_file_location("tests_of_micrograd", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "micrograd", package)
        patch.setitem(sys.modules, "micrograd.engine", engine)
        spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", TESTS)
def test_it_passes_with_this_value(suite: types.ModuleType, name: str) -> None:
    getattr(suite, name)()


def test_there_are_no_others(suite: types.ModuleType) -> None:
    assert suite.Value is Value
    assert {name for name in vars(suite) if name.startswith("test")} == set(TESTS)
