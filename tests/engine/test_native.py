"""The engine in C: its table, which engine runs, and what of it can be seen."""

import inspect
import shutil
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import pytest

from autograd import Op, Value
from autograd.engine import calculus as c
from autograd.engine.native import SOURCES, hashes_of_sources
from autograd.formulas import native_spelling
from autograd.formulas.lowering import LOWERED
from autograd.formulas.native_spelling import FILE, rows, spell_calculus
from tests.engines import built, run
from tests.test_architecture import PACKAGE


class TestTheTable:
    def test_it_is_what_the_calculus_says_now(self) -> None:
        assert FILE.read_text("utf-8") == spell_calculus()

    def test_every_op_of_one_or_two_operands_is_in_it(self) -> None:
        ops = {op for op in vars(c).values() if isinstance(op, Op) and not op.derivatives}
        assert set(rows().values()) == ops

    def test_a_row_without_a_formula_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(LOWERED, c.softplus)
        with pytest.raises(SystemExit, match=r"the op 'softplus' has no C: .* LOWERED in lowering"):
            native_spelling.main()


SAY = "import autograd; print(autograd.engine.name, '-', autograd.engine.why)"
OLD = "the engine in C was built before {} changed: pip install"
UNTIL_THEN = "; until then Python's runs\n"


def copied(folder: Path, *ignored: str) -> Path:
    """The package again, in this folder, without such files; with its bytecode, to start fast."""
    ignore = shutil.ignore_patterns(*ignored)
    return shutil.copytree(PACKAGE, folder / "autograd", ignore=ignore)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which each test changes a file and puts back what was in it."""
    return copied(tmp_path_factory.mktemp("another"))


@pytest.mark.both
class TestTheChoice:
    @pytest.mark.parametrize("chosen", ["", "auto", "native"])
    def test_where_it_is_built_it_runs(self, chosen: str) -> None:
        built()
        assert run(SAY, chosen).stdout == "native - the engine in C was built from these files\n"

    def test_python_runs_where_it_is_asked_for(self) -> None:
        assert run(SAY, "python").stdout == "python - AUTOGRAD_ENGINE asks for it\n"

    def test_another_wish_is_refused(self) -> None:
        message = "AUTOGRAD_ENGINE is one of auto, native, python, got 'rust'"
        assert message in run(SAY, "rust").stderr

    def test_where_it_is_not_built_python_runs_without_a_word(self, tmp_path: Path) -> None:
        copied(tmp_path, "_native.*.so", "_native.*.pyd")
        found = run(SAY, "", tmp_path)
        assert found.stdout.startswith("python - the engine in C is not built: pip install")
        assert found.stderr == ""

    def test_where_it_is_not_built_and_asked_for_the_import_says_so(self, tmp_path: Path) -> None:
        copied(tmp_path, "_native.*.so", "_native.*.pyd")
        (message,) = run(SAY, "native", tmp_path).stderr.splitlines()[-1:]
        assert message.startswith("ImportError: the engine in C is not built: pip install")

    def test_in_a_clone_it_is_built_for_the_python_that_runs(self, tmp_path: Path) -> None:
        copied(tmp_path, "_native.*.so", "_native.*.pyd")
        (tmp_path / "setup.py").touch()
        (tmp_path / "Makefile").touch()
        told = run(SAY, "", tmp_path).stdout
        assert f"not built: {sys.executable} setup.py build_ext --inplace builds it" in told

    def test_what_it_needs_is_told(self, tmp_path: Path) -> None:
        copied(tmp_path, "_native.*.so", "_native.*.pyd")
        assert "it needs a C compiler and Python's headers" in run(SAY, "", tmp_path).stdout

    @pytest.mark.parametrize("changed", SOURCES)
    def test_one_of_other_files_is_not_used(self, changed: str, package: Path) -> None:
        built()
        folder, source = package.parent, package / changed
        before = source.read_bytes()
        source.write_bytes(before + b"\n")
        found, told = run(SAY, "", folder), OLD.format(changed)
        asked = run(SAY, "native", folder)
        source.write_bytes(before)
        assert found.stdout.startswith(f"python - {told}")
        assert found.stderr.startswith(f"autograd: {told}")
        assert found.stderr.endswith(UNTIL_THEN)
        assert len(found.stderr.splitlines()) == 1
        assert f"ImportError: {told}" in asked.stderr

    def test_one_whose_sources_are_not_there_is_used(self, tmp_path: Path) -> None:
        built()
        copied(tmp_path, "_native.c", "_calculus.h")
        found = run(SAY, "", tmp_path)
        assert (found.stdout[:6], found.stderr) == ("native", "")

    def test_one_that_cannot_be_loaded_is_told_of(self, tmp_path: Path) -> None:
        package = copied(tmp_path, "_native.*.so", "_native.*.pyd")
        (package / "engine" / f"_native{EXTENSION_SUFFIXES[0]}").write_bytes(b"of another machine")
        found = run(SAY, "", tmp_path)
        assert found.stdout.startswith("python - the engine in C cannot be loaded (")
        assert found.stderr.startswith("autograd: the engine in C cannot be loaded (")
        assert found.stderr.endswith(UNTIL_THEN)

    def test_it_knows_every_file_that_it_is_made_of(self) -> None:
        assert all((PACKAGE / file).exists() for file in SOURCES)
        assert {f"engine/{path.name}" for path in PACKAGE.glob("engine/_*.[ch]")} <= {*SOURCES}
        assert [len(part) for part in hashes_of_sources().split(".")] == [16] * len(SOURCES)


@pytest.mark.parametrize("method", [Value.exp, Value.backward])
def test_methods_know_their_names_and_arguments(method: Any) -> None:
    assert method.__doc__
    assert next(iter(inspect.signature(method).parameters)) == "self"
    assert getattr(Value, method.__name__) is method
