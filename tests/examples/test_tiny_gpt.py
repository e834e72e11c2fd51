"""The tiny GPT of the examples: microgpt's losses, compiled or not, and a command that is kind."""

import errno
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

import autograd
from examples import tiny_gpt
from examples.tiny_gpt import LONGEST, Lesson, Progress, TinyGPT, lessons, main, padded
from tests.bits import bits

NAMES = ["yuheng", "diondre", "xavien", "jori", "juanluis", "erandi"]
LOSSES = [3.3660, 3.4243, 3.1778, 3.0664, 3.2209, 2.9452]
Captured = pytest.CaptureFixture[str]
Learn = Callable[[TinyGPT, Sequence[Lesson]], list[float]]


class Learned(NamedTuple):
    losses: list[float]
    weights: dict[str, float]


def learned(learn: Learn, course: Sequence[Lesson]) -> Learned:
    """What becomes of the model that the original data would begin with."""
    rng = Random(42)
    rng.shuffle(list(range(32033)))  # as many as there are names: the generator goes as far
    model = TinyGPT(rng)
    return Learned(learn(model, course), model.state_dict())


@pytest.fixture(scope="module")
def interpreted() -> Learned:
    return learned(tiny_gpt.learn, lessons(NAMES, 1000)[: len(NAMES)])


@pytest.fixture
def short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of names that is learned fast, in the folder that becomes the current one."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "names.txt"
    path.write_text("al\nbo\n")
    return path


# --- learning -------------------------------------------------------------------------------


def test_there_are_4192_parameters(interpreted: Learned) -> None:
    assert len(interpreted.weights) == 4192


def test_the_losses_of_the_first_six_steps_are_microgpts(interpreted: Learned) -> None:
    assert interpreted.losses == pytest.approx(LOSSES, rel=0, abs=1e-4)


def test_compiled_learning_has_the_same_bits(interpreted: Learned) -> None:
    course = lessons(NAMES, 1000)[: len(NAMES)]
    assert bits(learned(tiny_gpt.learn_compiled, course)) == bits(interpreted)


def test_padding_changes_no_bit(interpreted: Learned) -> None:
    course = padded(lessons(NAMES, 1000)[: len(NAMES)])
    assert {len(lesson.tokens) for lesson in course} == {len("juanluis") + 2}
    assert bits(learned(tiny_gpt.learn, course)) == bits(interpreted)


def test_a_name_gives_its_letters_between_boundaries() -> None:
    (lesson,) = lessons(["abz"], 1)
    assert lesson == ([26, 0, 1, 25, 26], [1 / 4] * 4, 0.01)


def test_the_names_come_again_and_the_rate_falls_to_0() -> None:
    course = lessons(["a", "b"], 4)
    assert [lesson.tokens[1] for lesson in course] == [0, 1, 0, 1]
    assert [lesson.rate for lesson in course] == [0.01, 0.0075, 0.005, 0.0025]


def test_a_long_name_is_cut() -> None:
    (lesson,) = lessons(["a" * 40], 1)
    assert len(lesson.tokens) == LONGEST + 1
    assert len(lesson.shares) == LONGEST


# --- the command ----------------------------------------------------------------------------


def said(words: Sequence[str | Path], capsys: Captured) -> list[str]:
    main(list(map(str, words)))
    return capsys.readouterr().out.splitlines()


def test_both_ways_to_learn_write_the_same_names(short: Path, capsys: Captured) -> None:
    plain = said([short, "--steps", "3", "--save", "plain.json"], capsys)
    compiled = said([short, "--steps", "3", "--save", "compiled.json", "--compiled"], capsys)
    assert plain[0] == compiled[0] == "2 names, 4,192 parameters"
    assert compiled[1].startswith("compiling a step for the ")
    assert plain[-20:] == compiled[-20:]
    assert Path("plain.json").read_bytes() == Path("compiled.json").read_bytes()


def test_weights_that_were_saved_write_the_same_names(short: Path, capsys: Captured) -> None:
    before = said([short, "--steps", "2", "--save", "weights.json"], capsys)
    assert "the weights are in weights.json" in before
    assert len(json.loads(Path("weights.json").read_text())) == 4192
    after = said([short, "--steps", "0", "--load", "weights.json"], capsys)
    assert after == [before[0], *before[-20:]]
    assert not Path("out").exists()


def test_the_generator_and_the_temperature_change_the_names() -> None:
    def written(seed: int, temperature: float) -> list[str]:
        rng = Random(seed)
        return [tiny_gpt.write_name(model, rng, temperature) for _ in range(2)]

    model = TinyGPT(Random(0))
    assert written(1, 0.5) == written(1, 0.5)
    assert written(1, 0.5) != written(2, 0.5)
    assert written(1, 0.5) != written(1, 50.0)
    assert all(len(name) <= LONGEST for name in written(1, 50.0))


def test_the_seed_changes_the_weights(
    short: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(tiny_gpt, "write_name", lambda *_: "name")
    for seed in (42, 1):
        said([short, "--steps", "1", "--seed", str(seed), "--save", f"{seed}.json"], capsys)
    assert Path("42.json").read_text() != Path("1.json").read_text()


@pytest.mark.parametrize(("how", "steps"), [([], 2), (["--compiled"], 10)])
def test_ctrl_c_keeps_what_was_learned(
    how: list[str], steps: int, short: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def interrupt(_: Progress, done: int, *rest: object) -> None:
        if done == steps:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "__call__", interrupt)
    monkeypatch.setattr(tiny_gpt, "write_name", lambda *_: "name")
    lines = said([short, "--steps", "30", *how], capsys)
    assert f"stopped after {steps} of 30 steps" in lines
    assert "the weights are in out/tiny_gpt.json" in lines
    assert lines[-20:] == ["name"] * 20
    monkeypatch.undo()
    rng, names = Random(42), ["al", "bo"]
    rng.shuffle(names)
    model = TinyGPT(rng)
    tiny_gpt.learn(model, lessons(names, 30)[:steps])
    assert json.loads((short.parent / "out" / "tiny_gpt.json").read_text()) == model.state_dict()


def test_ctrl_c_before_the_first_step_ends_quietly(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tiny_gpt, "step", interrupt)
    with pytest.raises(SystemExit) as caught:
        main([str(short), "--compiled"])
    assert str(caught.value).strip() == "stopped"
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "there is no name in names.txt: write one a line"),
        (" \n\n", "there is no name in names.txt: write one a line"),
        ("ann\nAda\n", "names.txt, line 2: a name is written in a to z, without 'A'"),
        ("jean-luc", "names.txt, line 1: a name is written in a to z, without '-'"),
        (
            "zo\N{LATIN SMALL LETTER E WITH DIAERESIS}",
            "without '\N{LATIN SMALL LETTER E WITH DIAERESIS}'",
        ),
        ("a,b\n", "without ','"),
    ],
)
def test_a_file_of_no_names_is_refused(content: str, words: str, short: Path) -> None:
    short.write_text(content, "utf-8")
    with pytest.raises(SystemExit) as caught:
        main(["names.txt"])
    assert words in str(caught.value)


def test_a_file_that_is_no_text_is_refused(short: Path) -> None:
    short.write_bytes(b"\xff\xfe")
    with pytest.raises(SystemExit, match="without"):
        main(["names.txt"])


def test_lines_may_end_as_on_any_system(
    short: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(tiny_gpt, "write_name", lambda *_: "name")
    short.write_bytes(b" al \r\n\r\nbo")
    assert said([short, "--steps", "0"], capsys)[0] == "2 names, 4,192 parameters"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("no JSON", "weights.json is not a JSON file"),
        ("[1, 2]", "weights.json should hold a JSON object that maps names to numbers"),
        ('{"a": 1}', "while loading weights.json: the state dict does not fit the TinyGPT"),
    ],
)
def test_weights_that_do_not_fit_are_refused(content: str, words: str, short: Path) -> None:
    Path("weights.json").write_text(content)
    with pytest.raises(SystemExit) as caught:
        main([str(short), "--load", "weights.json"])
    assert words in str(caught.value)
    assert len(str(caught.value)) <= 200


def test_weights_that_are_not_finite_are_refused(short: Path) -> None:
    state: dict[str, float | str] = dict(TinyGPT(Random(0)).state_dict())
    state["output.0.0"] = "nan"
    Path("weights.json").write_text(json.dumps(state))
    with pytest.raises(SystemExit, match=r"weights\.json has weights that are not finite"):
        main([str(short), "--load", "weights.json"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--steps", "-1"], "--steps should be 0 or more"),
        (["--steps", "x"], "invalid int value: 'x'"),
        (["--temperature", "0"], "--temperature above 0"),
        (["--temperature", "nan"], "--temperature above 0"),
        (["--speed"], "unrecognized arguments: --speed"),
    ],
)
def test_wrong_options_end_with_code_2(
    options: list[str], words: str, short: Path, capsys: Captured
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([str(short), *options])
    assert caught.value.code == 2
    assert words in capsys.readouterr().err


COMMANDS = re.findall(
    r"^    python (examples\S+ names.txt.*?)(?: *#.*)?$", str(tiny_gpt.__doc__), re.M
)


def in_clone(folder: Path, words: Sequence[str]) -> list[str]:
    """What the example says in this folder, with nothing installed."""
    bare = [sys.executable, "-E", "-s", "-S"]
    environment = {"PATH": os.devnull, "HOME": str(folder)}
    run = subprocess.run(
        [*bare, *words], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    return run.stdout.splitlines()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What of this project the example needs, and a file of names beside it."""
    clone = tmp_path / "clone"
    for name in ("autograd", "examples"):
        shutil.copytree(Path(autograd.__file__).parents[1] / name, clone / name)
    for folder in (clone, tmp_path):
        (folder / "names.txt").write_text("al\nbo\n")
    return clone


def files(folder: Path) -> set[Path]:
    """The files there that git does not ignore."""
    paths = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path for path in paths if "__pycache__" not in path.parts and path.parts[0] != "out"}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_docstring_run_in_a_clone(command: str, clone: Path) -> None:
    before = files(clone)
    lines = in_clone(clone, [*command.split(), "--steps", "1"])
    assert "the weights are in out/tiny_gpt.json" in lines
    assert (clone / "out" / "tiny_gpt.json").exists()
    assert files(clone) == before


def test_it_runs_from_another_folder(clone: Path) -> None:
    before = files(clone)
    lines = in_clone(clone.parent, ["clone/examples/tiny_gpt.py", "names.txt", "--steps", "1"])
    assert "the weights are in out/tiny_gpt.json" in lines
    assert files(clone) == before
    assert (clone.parent / "out" / "tiny_gpt.json").exists()


@pytest.mark.parametrize(
    ("shell", "words"),
    [(">&-", "it is closed"), (">/dev/full", os.strerror(errno.ENOSPC)), ("| true", "")],
)
def test_an_output_that_cannot_be_written_is_one_line(shell: str, words: str, clone: Path) -> None:
    command = f'"$@" {shell}'
    example = [sys.executable, "examples/tiny_gpt.py", "names.txt", "--steps", "0"]
    run = subprocess.run(["sh", "-c", command, "sh", *example], cwd=clone, capture_output=True)
    said = run.stderr.decode().splitlines()
    assert [line.partition("] ")[2] for line in said] == ([words] if words else [])


def test_there_are_commands_to_try() -> None:
    assert [command.split()[2:] for command in COMMANDS] == [[], ["--compiled"]]


# --- progress -------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def reported(out: io.StringIO, steps: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is shown of a training that takes a second a step."""
    seconds = iter(range(steps + 1))
    monkeypatch.setattr(tiny_gpt, "perf_counter", lambda: float(next(seconds)))
    monkeypatch.setattr(sys, "stdout", out)
    progress = Progress()
    for done in range(1, steps + 1):
        progress(done, steps, done / 2)
    return out.getvalue()


def test_progress_is_ten_lines_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = reported(io.StringIO(), 1234, monkeypatch).splitlines()
    assert len(lines) == 10
    assert lines[0] == "step 124 of 1,234  loss 62.0000  1.0 steps/s  1,110 s left"
    assert lines[-1] == "step 1,234 of 1,234  loss 617.0000  1.0 steps/s  0 s left"


def test_progress_is_one_line_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    shown = reported(Terminal(), 3, monkeypatch)
    assert shown == (
        "\rstep 1 of 3  loss 0.5000  1.0 steps/s  \rstep 2 of 3  loss 1.0000  1.0 steps/s  "
        "\rstep 3 of 3  loss 1.5000  1.0 steps/s  \n"
    )
