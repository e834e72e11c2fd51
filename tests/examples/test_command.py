"""What the commands of the examples share: wrong paths are refused first, and endings are calm."""

import errno
import os
import subprocess
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

import pytest

from autograd import StateDictError
from examples import attention, digits, logistic_hmc, neural_ode, sequence, tiny_gpt
from examples.command import clear_ending, file_to_read, file_to_write, folder

ROOT = Path(__file__).parents[2]
MAINS = {
    "attention": attention.main,
    "digits": digits.main,
    "logistic_hmc": logistic_hmc.main,
    "neural_ode": neural_ode.main,
    "sequence": sequence.main,
    "tiny_gpt names.txt": tiny_gpt.main,
}
PATHS = [
    *((name, "--out", "file") for name in list(MAINS)[:-1]),
    ("digits", "--out", "file/pictures"),
    ("digits", "--log", "."),
    ("digits", "--log", "missing/log.csv"),
    ("digits", "--save", "missing/checkpoint.json"),
    ("digits", "--load", "missing.json"),
    ("digits", "--load", "."),
    ("tiny_gpt names.txt", "--save", "."),
    ("tiny_gpt names.txt", "--save", "missing/weights.json"),
    ("tiny_gpt names.txt", "--load", "missing.json"),
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file and a file of names, which becomes the current one."""
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("as it was")
    Path("names.txt").write_text("al\nbo\n")
    return tmp_path


# --- paths ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (folder, "."),
        (folder, "new/folders"),
        (file_to_write, "file"),
        (file_to_write, "new"),
        (file_to_write, os.devnull),
        (file_to_read, "file"),
    ],
)
def test_a_path_that_can_be_used_is_given_and_nothing_is_changed(
    kind: Callable[[str], Path], text: str, here: Path
) -> None:
    before = sorted(here.iterdir())
    assert kind(text) == Path(text)
    assert sorted(here.iterdir()) == before
    assert Path("file").read_text() == "as it was"


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (folder, "file", "nothing can be written in file (Not a directory): choose another folder"),
        (folder, "file/new", "nothing can be written in file/new (Not a directory): choose"),
        (file_to_write, ".", ". is a folder: add the name of a file"),
        (file_to_write, "no/x", "no/x cannot be written (No such file or directory): choose"),
        (file_to_write, "file/x", "file/x cannot be written (Not a directory): choose"),
        (file_to_read, "no", "no cannot be read (No such file or directory): choose another file"),
        (file_to_read, ".", ". cannot be read (Is a directory): choose another file"),
    ],
)
def test_a_path_that_cannot_be_used_says_why(
    kind: Callable[[str], Path], text: str, words: str
) -> None:
    with pytest.raises(ArgumentTypeError) as caught:
        kind(text)
    assert str(caught.value).startswith(words)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc")
@pytest.mark.parametrize("kind", [folder, file_to_write])
def test_a_folder_of_the_system_in_which_nothing_can_be_made_is_refused(
    kind: Callable[[str], Path],
) -> None:
    with pytest.raises(ArgumentTypeError, match=r"/proc/foo.*: choose another"):
        kind("/proc/foo")


@pytest.mark.parametrize(("name", "option", "path"), PATHS)
def test_examples_refuse_a_wrong_path_before_anything_else(
    name: str, option: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        MAINS[name]([*name.split()[1:], option, path])
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"error: argument {option}: " in err.splitlines()[-1]
    assert path in err.splitlines()[-1]


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_a_file_of_names_that_cannot_be_read_is_named(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        tiny_gpt.main([name])
    assert f"error: argument names: {name} cannot be read" in capsys.readouterr().err


# --- endings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (StateDictError("it does not fit"), "it does not fit"),
        (FileNotFoundError(errno.ENOENT, "no file", "x"), "[Errno 2] no file: 'x'"),
        (StateDictError("word " * 100), "word " * 38 + "word [...]"),
        (KeyboardInterrupt(), "\nstopped"),
    ],
)
def test_what_goes_wrong_is_one_line(error: BaseException, message: str) -> None:
    with pytest.raises(SystemExit) as caught, clear_ending():
        raise error
    assert caught.value.code == message


def test_the_notes_of_an_error_come_first() -> None:
    error = StateDictError("it does not fit")
    error.add_note("while loading x")
    with pytest.raises(SystemExit, match=r"^while loading x: it does not fit$"), clear_ending():
        raise error


@pytest.mark.skipif(os.name != "posix", reason="there is no sh")
def test_an_output_that_is_cut_off_ends_an_example_quietly(here: Path) -> None:
    command = '"$@" --steps 1 --hidden 1 --out . | true'
    example = [sys.executable, str(ROOT / "examples" / "neural_ode.py")]
    run = subprocess.run(["sh", "-c", command, "sh", *example], capture_output=True)
    assert run.stderr == b""
    assert run.stdout == b""
