"""The demo with `--compiled`: the same numbers, faster, and a word about how much."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.cli import demo, main as cli
from autograd.compiler.backends import choose as backends

ROOT = Path(cli.__file__).parents[2]
Captured = pytest.CaptureFixture[str]
PICTURES = ("neuron.svg", "network.svg", "loss.svg")
SPEED = re.compile(
    r"compiled, (\w+) backend: [\d.]+ ms for the gradient of a batch, "
    r"interpreted [\d.]+ ms, [\d.]+ times as long; the numbers are the same"
)


def said(options: list[str], out: Path, capsys: Captured) -> list[str]:
    """The lines of a short demo, without the seconds it took."""
    assert cli.main(["demo", "--epochs", "2", *options, "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    return [line.partition(" after ")[0] for line in lines if not line.startswith("wrote")]


@pytest.mark.parametrize("data", list(demo.SUITED))
def test_the_compiled_demo_differs_in_one_line_and_in_no_picture(
    data: str, tmp_path: Path, capsys: Captured
) -> None:
    options = ["--data", data, "--hidden", "3"]
    interpreted = said(options, tmp_path / "interpreted", capsys)
    compiled = said([*options, "--compiled"], tmp_path / "compiled", capsys)
    pairs = zip(interpreted, compiled, strict=True)
    ((hint, speed),) = [(line, other) for line, other in pairs if line != other]
    assert hint == "one Value at a time; --compiled gives the same numbers, sooner"
    assert SPEED.fullmatch(speed)
    for name in PICTURES:
        drawn = (tmp_path / "interpreted" / name).read_bytes()
        assert (tmp_path / "compiled" / name).read_bytes() == drawn


@pytest.mark.parametrize("backend", list(backends.MODULES))
def test_it_says_which_backend_runs(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(backends, "chosen", lambda _: backend)
    lines = said(["--compiled", "--data", "xor", "--hidden", "2"], tmp_path, capsys)
    (found,) = filter(None, map(SPEED.fullmatch, lines))
    assert found[1] == backend


def test_it_runs_from_a_clone_with_nothing_installed(tmp_path: Path) -> None:
    # -S and -I leave the standard library alone: no installed package, no user settings.
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import autograd.cli.main as m; m.main()"
    words = ["demo", "--compiled", "--epochs", "2", "--hidden", "3"]
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *words],
        cwd=tmp_path,
        env={"PATH": os.devnull, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    assert "compiled, python backend: " in run.stdout
    assert "epoch   2 of 2" in run.stdout


def test_numbers_that_differ_would_be_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def off_by_one(step: object) -> object:
        def changed(*args: object) -> object:
            loss, gradient = step(*args)  # type: ignore[operator]
            return loss + 1.0, gradient

        changed.backend = "broken"  # type: ignore[attr-defined]
        return changed

    monkeypatch.setattr(demo, "compile", off_by_one)
    lines = said(["--compiled", "--hidden", "2"], tmp_path, capsys)
    assert any(line.endswith("the numbers are NOT the same: this is a bug") for line in lines)


def test_the_help_names_the_option(capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        cli.main(["demo", "--help"])
    assert "--compiled" in capsys.readouterr().out
