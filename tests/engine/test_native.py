"""The engine in C: its table, which engine runs, and what of it can be seen."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd import Op, Value
from autograd.engine import calculus as c
from autograd.engine.native import BUILD, SOURCES, hash_of_sources
from autograd.formulas.native_spelling import FILE, rows, spell_calculus
from tests.engines import built, run
from tests.test_architecture import PACKAGE


class TestTheTable:
    def test_it_is_what_the_calculus_says_now(self) -> None:
        assert FILE.read_text("utf-8") == spell_calculus()

    def test_every_op_of_one_or_two_operands_is_in_it(self) -> None:
        ops = {op for op in vars(c).values() if isinstance(op, Op) and not op.derivatives}
        assert set(rows().values()) == ops


SAY = "import autograd; from autograd.engine.native import name, why; print(name, '-', why)"


class TestTheChoice:
    def test_without_a_wish_it_is_python(self) -> None:
        assert run(SAY, "").stdout == "python - the engine in C was not asked for\n"

    def test_another_wish_is_refused(self) -> None:
        message = "AUTOGRAD_ENGINE is one of auto, native, python, got 'rust'"
        assert message in run(SAY, "rust").stderr

    def test_where_it_is_not_built_python_runs_unless_it_was_asked_for(
        self, tmp_path: Path
    ) -> None:
        ignored = shutil.ignore_patterns("__pycache__", "_native.*.so", "_native.*.pyd")
        shutil.copytree(PACKAGE, tmp_path / "autograd", ignore=ignored)
        found = run(SAY, "auto", tmp_path)
        assert found.stdout == f"python - the engine in C is not built: {BUILD} builds it\n"
        assert found.stderr == ""
        assert f"run {BUILD}" in run(SAY, "native", tmp_path).stderr

    @pytest.mark.parametrize("changed", SOURCES)
    def test_one_of_other_files_is_not_used(self, changed: str, tmp_path: Path) -> None:
        built()
        ignored = shutil.ignore_patterns("__pycache__")
        package = shutil.copytree(PACKAGE, tmp_path / "autograd", ignore=ignored)
        assert run(SAY, "auto", tmp_path).stdout.startswith("native")
        with (package / changed).open("a") as file:
            file.write("\n")
        stale = f"the engine in C is of other files than these: run {BUILD} to renew it"
        found = run(SAY, "auto", tmp_path)
        assert found.stdout == f"python - {stale}\n"
        assert found.stderr == f"autograd: {stale}; until then Python's runs\n"
        assert stale in run(SAY, "native", tmp_path).stderr

    def test_the_hash_is_of_all_files(self) -> None:
        assert all((PACKAGE / file).exists() for file in SOURCES)
        assert len(hash_of_sources()) == 32


METHODS: list[tuple[str, Callable[..., Any]]] = [
    ("Value.exp", Value.exp),
    ("Value.backward", Value.backward),
]


@pytest.mark.parametrize(("qualified", "method"), METHODS)
def test_methods_know_their_names(qualified: str, method: Any) -> None:
    assert method.__qualname__ == qualified
    assert method.__doc__
    assert repr(method).startswith(f"<function {qualified} at")
