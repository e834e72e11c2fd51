"""What SECURITY.md claims: that tests hold it, and what no other test does."""

import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd import CompiledFileError, StateDictError
from autograd.compiler import load_compiled
from autograd.compiler.saving.structures import decoded
from autograd.nn import Neuron
from examples.checkpoint import read_checkpoint
from tests.test_architecture import PACKAGE

ROOT = PACKAGE.parent
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")


class Touching:
    """What makes a file, where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) > 15
    for file, name in named:
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), (file, name)


def test_every_claim_names_a_test_but_that_of_pickles() -> None:
    rows = [line.split("|")[1:-1] for line in TEXT.splitlines() if line.startswith("| **")]
    without = [what for what, _, cannot, tests in rows if not (cannot.strip() and "::" in tests)]
    assert [what.split("**")[1] for what in without] == ["a pickle"]


LOADERS: dict[str, tuple[Callable[[Path], Any], type[Exception]]] = {
    "weights": (lambda path: Neuron(1, rng=0).load(path), StateDictError),
    "a checkpoint": (lambda path: read_checkpoint(path, {}, "key"), StateDictError),
    "a compiled function": (load_compiled, CompiledFileError),
}


@pytest.mark.parametrize("name", LOADERS)
def test_a_pickle_in_the_place_of_a_file_is_refused_and_does_not_run(
    name: str, tmp_path: Path
) -> None:
    load, error = LOADERS[name]
    path, touched = tmp_path / "file", tmp_path / "touched"
    path.write_bytes(pickle.dumps(Touching(touched)))
    with pytest.raises(error):
        load(path)
    assert not touched.exists()
    pickle.loads(path.read_bytes())
    assert touched.exists()  # or it would not have run in any case


@pytest.mark.parametrize(
    "function", [["posix", "system"], ["pathlib", "Path"], ["pickle", "loads"]]
)
def test_a_compiled_file_calls_no_function_that_it_names(function: list[str]) -> None:
    none: dict[str, list[Any]] = {"tuple": []}
    with pytest.raises(CompiledFileError):
        decoded({"tree": [{"name": function}, none, None, none]})
