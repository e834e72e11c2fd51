"""The blocks of code on the pages: each is run by something, and does what the page says.

Blocks with the prompt ``>>>`` are doctests, which pytest runs in ``docs`` and ``README.md``. The
others, in Python and for a shell, are run or looked up here.
"""

import doctest
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest

from autograd import compile, random
from autograd.cli.main import main
from autograd.losses import cross_entropy
from autograd.nn import MLP, Dropout, Linear, Sequential
from autograd.optim import Adam, AdamW, Schedule, cosine_lr
from examples import attention, digits, sequence
from tests.documents import PAGES, ROOT, TEXTS, blocks, blocks_in, name_of

NEIGHBOURS = {"docs/coming-from/pytorch.md": "torch", "docs/coming-from/jax.md": "jax"}
EXCERPTS = {f"docs/examples/{name}.md" for name in ("attention", "digits", "sequence")}

_PRINTS = re.compile(r"^ *print\(.*\)  # (.*)$", re.MULTILINE)


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_every_block_of_python_is_run(path: Path) -> None:
    examined = {"README.md"} | {name_of(page) for page in PAGES}  # by pytest, as doctests
    for block in blocks(path):
        assert block.language != "py", "write python, or pycon with prompts"
        if block.language == "pycon":
            assert name_of(path) in examined
            assert block.text.startswith(">>> ")
        if block.language == "python":
            assert name_of(path) in {*NEIGHBOURS, *EXCERPTS}


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_no_example_is_left_out_but_those_that_save_a_file(path: Path) -> None:
    for example in doctest.DocTestParser().get_examples(path.read_text("utf-8")):
        if doctest.SKIP in example.options:
            assert ".save(" in example.source, example.source


def test_pytest_runs_the_examples_of_all_pages(pytestconfig: pytest.Config) -> None:
    assert {"docs", "README.md"} <= set(pytestconfig.getini("testpaths"))
    assert "--doctest-glob=*.md" in pytestconfig.getini("addopts")


# --- beside the neighbours ------------------------------------------------------------------


def neighbour_blocks() -> Iterator[Any]:
    for name, library in NEIGHBOURS.items():
        for i, code in enumerate(blocks_in(ROOT / name, "python"), 1):
            yield pytest.param(library, code, id=f"{library}, block {i}")


@pytest.mark.filterwarnings("default")  # those of a neighbour are no failures
@pytest.mark.parametrize(("library", "code"), list(neighbour_blocks()))
def test_a_block_of_a_neighbour_prints_what_stands_behind_it(library: str, code: str) -> None:
    pytest.importorskip(library)
    printed = StringIO()
    with redirect_stdout(printed):
        exec(code, {})
    assert printed.getvalue().splitlines() == _PRINTS.findall(code)


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_both_sides_print_the_same(name: str) -> None:
    sides = [block for block in blocks(ROOT / name) if block.language in ("python", "pycon")]
    for left, right in zip(sides[::2], sides[1::2], strict=True):
        examples = doctest.DocTestParser().get_examples(right.text)
        assert (left.language, right.language) == ("python", "pycon")
        assert _PRINTS.findall(left.text) == [x.want.strip() for x in examples if x.want]


# --- excerpts of the examples ---------------------------------------------------------------


def test_the_step_on_the_page_of_attention_runs() -> None:
    names: dict[str, Any] = dict(vars(attention))
    (step,) = blocks_in(ROOT / "docs/examples/attention.md", "python")
    exec(step, names)
    model = attention.Sorter(2, Random(0))
    optimizer = AdamW(model, 0.02)
    state = model, optimizer, Schedule(optimizer, cosine_lr(9))
    batch = {"digits": [[3, 1, 2, 5, 4]], "answers": [[1, 2, 3, 4, 5]]}
    before = model.state_dict()
    assert names["step"](state, batch)[0] is state
    assert model.state_dict() != before


def test_the_blocks_on_the_page_of_digits_run() -> None:
    step, scanned, with_keys = blocks_in(ROOT / "docs/examples/digits.md", "python")
    images: list[Sequence[float]] = [
        [float(i == j) for j in range(digits.PIXELS)] for i in range(digits.BATCH)
    ]
    batch = digits.Batch(images, [float(i % 10) for i in range(digits.BATCH)])
    model = MLP(digits.PIXELS, [1, 10], rng=0)
    optimizer = Adam(model, 0.01)
    names: dict[str, Any] = {**vars(digits), "model": model, "optimizer": optimizer, "batch": batch}
    names.update(schedule=Schedule(optimizer, cosine_lr(9)), batches=[batch])
    exec(step, names)
    exec(scanned, names)
    assert names["state"] == (model, optimizer, names["schedule"])
    names["model"] = Sequential(Linear(digits.PIXELS, 1, rng=0), Dropout(0.2), Linear(1, 10, rng=0))
    names["loss_of"] = lambda model, image, digit, key: cross_entropy(model(image, key=key), digit)
    exec(with_keys, names)
    assert names["loss"] > 0.0


def test_the_block_on_the_page_of_sequences_runs() -> None:
    (scanned,) = blocks_in(ROOT / "docs/examples/sequence.md", "python")
    reader = sequence.Reader(sequence.RNN, 2, 0)
    names: dict[str, Any] = {"compile": compile, "step": sequence.Task(3).step, "reader": reader}
    names.update(optimizer=Adam(reader, 0.01), keys=random.split(random.key(0), 2))
    exec(scanned, names)
    assert names["reader"] is reader
    assert len(names["losses"]) == 2


# --- commands -------------------------------------------------------------------------------


def commands() -> list[str]:
    lines = [line for path in TEXTS for text in blocks_in(path, "sh") for line in text.splitlines()]
    return sorted({line.partition("  #")[0].strip() for line in lines} - {""})


@pytest.mark.parametrize("command", [line for line in commands() if line.startswith("autograd ")])
def test_a_command_of_the_library_runs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert not main(shlex.split(command)[1:])


@pytest.mark.parametrize("command", commands())
def test_what_a_command_names_is_there(command: str) -> None:
    program, *words = shlex.split(command)
    if program == "make":
        assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for word in words:
        if word.endswith(".py"):
            assert (ROOT / word).is_file()
