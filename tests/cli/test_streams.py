"""Commands whose standard streams are closed, full, or read by no one any more."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.cli import main as cli

ROOT = Path(cli.__file__).parents[2]
COMMANDS = {
    "demo": ["demo", "--epochs", "1", "--hidden", "2"],
    "draw": ["draw", "a*b", "a=2", "b=3"],
    "explain": ["explain", "a*b", "a=2", "b=3"],
    "step": ["step", "a*b", "a=2", "b=3"],
    "step as a page": ["step", "a*b", "a=2", "b=3", "--html", "page.html"],
}
every_command = pytest.mark.parametrize("words", COMMANDS.values(), ids=list(COMMANDS))
buffered_or_not = pytest.mark.usefixtures("buffering")
CANNOT = "cannot write to the standard output: "


@pytest.fixture(params=["", "1"], ids=["buffered", "unbuffered"])
def buffering(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether Python writes at once, as in many containers, or when it has much to write."""
    monkeypatch.setenv("PYTHONUNBUFFERED", request.param)


def run(words: list[str], shell: str, folder: Path) -> tuple[int, str, str]:
    """The exit code and what a command says, run by a shell that redirects its streams."""
    script = ["sh", "-c", f'"$@" {shell}', "sh", sys.executable, "-m", "autograd", *words]
    given = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(script, cwd=folder, env=given, capture_output=True, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr


@every_command
def test_a_closed_output_is_one_line_of_error(words: list[str], tmp_path: Path) -> None:
    said = f"autograd {words[0]}: {CANNOT}it is closed\n"
    assert run(words, ">&-", tmp_path) == (1, "", said)
    assert run(words, "<&- >&-", tmp_path) == (1, "", said)


@every_command
@buffered_or_not
def test_a_full_output_is_one_line_of_error(words: list[str], tmp_path: Path) -> None:
    said = f"autograd {words[0]}: {CANNOT}{os.strerror(errno.ENOSPC)}\n"
    assert run(words, ">/dev/full", tmp_path) == (1, "", said)


@every_command
def test_a_closed_input_is_an_empty_one(words: list[str], tmp_path: Path) -> None:
    code, out, error = run(words, "<&-", tmp_path)
    assert (code, error) == (0, "")
    if words[0] != "demo":  # which says how long it took
        assert out == run(words, "</dev/null", tmp_path)[1]


@every_command
def test_nobody_need_listen_to_errors(words: list[str], tmp_path: Path) -> None:
    assert run(words, "2>&-", tmp_path)[0] == 0
    assert run(words, "<&- >&- 2>&-", tmp_path) == (1, "", "")
    assert run(words, ">/dev/full 2>/dev/full", tmp_path) == (1, "", "")


def test_an_error_that_nobody_hears_is_not_output(tmp_path: Path) -> None:
    for closed in ("2>&-", "2>/dev/full"):
        assert run(["explain", "a*", "a=1"], closed, tmp_path) == (2, "", "")


@pytest.mark.parametrize("words", [*COMMANDS.values(), ["--help"], ["draw", "--help"]])
def test_a_reader_that_leaves_is_no_error(words: list[str], tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "autograd", *words]
    given = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=given, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_what_was_drawn_is_kept_where_the_output_is_closed(tmp_path: Path) -> None:
    run(COMMANDS["draw"], ">&-", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["graph.svg"]


@buffered_or_not
@pytest.mark.parametrize("words", [[], ["--help"], ["step", "--help"]])
def test_a_help_that_cannot_be_written_is_an_error(words: list[str], tmp_path: Path) -> None:
    said = f"{' '.join(['autograd', *words[:-1]])}: {CANNOT}"
    full = f"{said}{os.strerror(errno.ENOSPC)}\n"
    assert run(words, ">/dev/full", tmp_path) == (1, "", full)
    assert run(words, ">&-", tmp_path) == (1, "", f"{said}it is closed\n")
