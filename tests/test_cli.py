"""The command line, as a new user meets it."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from autograd import cli, demo

ROOT = Path(cli.__file__).parents[1]


def test_the_demo_runs_from_a_clone_with_nothing_installed(tmp_path: Path) -> None:
    # -S and -I leave the standard library alone: no installed package, no user settings.
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from autograd.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, "demo", "--epochs", "3", "--out", "drawings"],
        cwd=tmp_path,
        env={"PATH": os.devnull, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    assert "epoch   3 of 3" in run.stdout
    for name in ("neuron.svg", "loss.svg"):
        assert f"wrote {Path('drawings', name)}" in run.stdout
        assert ET.parse(tmp_path / "drawings" / name).getroot().tag.endswith("svg")


def test_the_default_demo_learns_iris(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "--out", str(tmp_path)]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("held-out")]
    assert float(line.split()[2]) >= 0.93


@pytest.mark.parametrize("data", list(demo.SUITED))
def test_every_data_set_trains(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--data", data, "--epochs", "1", "--hidden", "3,2", "--seed", "7"]
    assert cli.main(["demo", *options, "--out", str(tmp_path)]) == 0
    assert "[3, 2, " in capsys.readouterr().out


def test_the_same_seed_gives_the_same_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def lines(seed: str) -> list[str]:
        cli.main(["demo", "--epochs", "2", "--seed", seed, "--out", str(tmp_path)])
        return [line for line in capsys.readouterr().out.splitlines() if "epoch" in line]

    assert lines("1") == lines("1")
    assert lines("1") != lines("2")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--data", "mnist"], "choose from 'iris', 'moons'"),
        (["--seed", "x"], "invalid int value: 'x'"),
        (["--epochs", "0"], "a whole number from 1 on, got '0'"),
        (["--hidden", "8,"], "a whole number from 1 on, got ''"),
        (["--hidden", "eight"], "got 'eight'"),
        (["--speed"], "unrecognized arguments: --speed"),
    ],
)
def test_wrong_options_are_named(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["demo", *options])
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["dmeo"])
    assert "dmeo" in capsys.readouterr().err


def test_no_command_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert "demo" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_said_before_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    assert cli.main(["demo", "--out", str(file)]) == 1
    said = capsys.readouterr()
    assert "cannot write to" in said.err
    assert "--out" in said.err
    assert said.out == ""
    assert file.read_text() == "kept"


def test_an_interrupt_keeps_what_was_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def train_then_stop(*args: object) -> None:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(demo, "_train_one_epoch", train_then_stop)
    assert cli.main(["demo", "--epochs", "9", "--out", str(tmp_path)]) == 0
    assert "stopped after 2 of 9 epochs" in capsys.readouterr().err
    assert (tmp_path / "neuron.svg").exists()
    assert (tmp_path / "loss.svg").exists()
