"""The report of a training: lines or a bar, a table in a file, and when to stop."""

import itertools
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from autograd import compile
from examples import reporting
from examples.reporting import Report


def reported(report: Report, losses: list[float]) -> list[bool]:
    return [report(epoch, loss=loss) for epoch, loss in enumerate(losses, 1)]


def test_lines_come_ten_times_and_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    reported(Report(25), [1.0 / epoch for epoch in range(1, 26)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == [*(str(2 * i) for i in range(1, 13)), "25"]
    assert lines[0] == "epoch 2 of 25  loss 0.5000"


def test_slow_epochs_have_more_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = itertools.count(0.0, 4.0)
    monkeypatch.setattr(reporting, "perf_counter", lambda: next(seconds))
    reported(Report(100, unit="step"), [1.0] * 9)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" of ")[0] for line in lines] == ["step 3", "step 6", "step 9"]


def test_the_table_has_a_row_for_each_epoch_with_all_bits(tmp_path: Path) -> None:
    report = Report(2, tmp_path / "log.csv")
    report(1, loss=1 / 3, accuracy=0.5)
    report(2, loss=0.25, accuracy=1.0)
    text = (tmp_path / "log.csv").read_text()
    assert text.splitlines() == ["epoch,loss,accuracy", f"1,{1 / 3!r},0.5", "2,0.25,1.0"]


def test_a_table_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no disk that is always full")
    with pytest.raises(OSError, match="/dev/full"):
        Report(1, "/dev/full")(1, loss=1.0)


def test_a_training_that_goes_on_adds_to_the_table(tmp_path: Path) -> None:
    Report(2, tmp_path / "log.csv")(1, loss=0.5)
    Report(2, tmp_path / "log.csv")(2, loss=0.25)
    assert (tmp_path / "log.csv").read_text().splitlines() == ["epoch,loss", "1,0.5", "2,0.25"]


def test_small_and_large_figures_keep_four_digits(capsys: pytest.CaptureFixture[str]) -> None:
    Report(1234, unit="step")(1234, loss=3.43e-6, norm=1234.5)
    said = "step 1,234 of 1,234  loss 3.430e-06  norm 1234.\n"
    assert capsys.readouterr().out == said


def test_a_step_may_have_no_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert Report(10, unit="draw")(1) is True
    assert capsys.readouterr().out == "draw 1 of 10\n"


def test_a_scan_is_told_of_ten_times(capsys: pytest.CaptureFixture[str]) -> None:
    def step(total: Any, x: Any) -> Any:
        return total + x, total + x

    report = Report(20, unit="step")
    compile(step).scan(0.0, [1.0] * 20, every=report.every, progress=report.progress)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "step 2 of 20  loss 2.000"
    assert len(lines) == 10


@pytest.mark.parametrize(
    ("patience", "losses", "going_on"),
    [
        (None, [1.0, 2.0, 3.0], [True, True, True]),
        (1, [1.0, 0.5, 0.5], [True, True, False]),
        (2, [1.0, 2.0, 0.5, 0.75, 0.5], [True, True, True, True, False]),
        (1, [float("nan")], [False]),
    ],
)
def test_patience_ends_after_epochs_without_a_lower_loss(
    patience: int | None, losses: list[float], going_on: list[bool]
) -> None:
    assert reported(Report(10, patience=patience), losses) == going_on


def test_the_patience_that_is_left_is_kept() -> None:
    before, after = Report(10, patience=2), Report(10, patience=2)
    reported(before, [1.0, 2.0])
    after.load_state_dict(before.state_dict())
    assert after.state_dict() == {"best": 1.0, "waited": 1.0}
    assert after(3, loss=1.5) is False


class Bar:
    """What is used of a bar of tqdm."""

    def __init__(self, total: int, unit: str) -> None:
        self.total, self.n, self.said, self.closed = total, 0, [unit], False

    def set_postfix_str(self, text: str, refresh: bool) -> None:
        self.said.append(text)

    def update(self, steps: int) -> None:
        self.n += steps

    def close(self) -> None:
        self.closed = True


def test_on_a_terminal_with_tqdm_there_is_a_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tqdm: Any = ModuleType("tqdm")
    tqdm.tqdm = Bar
    monkeypatch.setitem(sys.modules, "tqdm", tqdm)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    report = Report(5)
    report(3, loss=0.5)
    report(4, loss=0.25)
    report.close()
    assert (report.bar.total, report.bar.n, report.bar.closed) == (5, 4, True)
    assert report.bar.said == ["epoch", "loss 0.5000", "loss 0.2500"]
    assert capsys.readouterr().out == ""


def test_on_a_terminal_without_tqdm_there_are_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    Report(1)(1, loss=0.5)
    assert capsys.readouterr().out == "epoch 1 of 1  loss 0.5000\n"
