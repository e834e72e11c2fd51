"""A report of a training: progress, a table in a file, and when to stop.

    report = Report(epochs, log="log.csv", patience=5)
    for epoch in range(1, epochs + 1):
        ...
        if not report(epoch, loss=loss, accuracy=accuracy):
            break
    report.close()

A scan tells it of its steps, which it goes on with by itself:

    report = Report(len(data), unit="step")
    state, losses = native.scan(state, data, every=report.every, progress=report.progress)
    report.close()

Copy it and change what you like: the call is all there is to it.
"""

import csv
import importlib
import os
import sys
from collections.abc import Mapping
from math import inf
from time import perf_counter
from typing import Any

LONGEST = 10.0  # seconds without a line


class Report:
    """Tells how an epoch went, in a progress bar of tqdm or in lines, and in a CSV file.

    Args:
        epochs: how many there are at most.
        log: the CSV file, begun anew at epoch 1; None for none.
        patience: after how many epochs in which the first figure was no lower than before it is
            time to stop; None for never.
        unit: what is counted.

    Attributes:
        every: a tenth of the epochs, after which a line is due.
        best: the lowest first figure.
        waited: how many epochs ago that was.
    """

    def __init__(
        self,
        epochs: int,
        log: str | os.PathLike[str] | None = None,
        patience: int | None = None,
        *,
        unit: str = "epoch",
    ) -> None:
        self.epochs, self.log, self.unit = epochs, log, unit
        self.every = max(epochs // 10, 1)
        self.patience = inf if patience is None else patience
        self.best, self.waited, self.said = inf, 0, perf_counter()
        self.bar = progress_bar(epochs, unit)

    def __call__(self, epoch: int, **figures: float) -> bool:
        """Tell the figures of an epoch; whether to go on with the next."""
        self.show(epoch, figures)
        if self.log is not None:
            self.write(self.log, epoch, figures)
        first = next(iter(figures.values()), inf)
        self.best, self.waited = (first, 0) if first < self.best else (self.best, self.waited + 1)
        return self.waited < self.patience

    def show(self, epoch: int, figures: Mapping[str, float]) -> None:
        """Show the figures in the bar, or in a line if it is time for one."""
        text = "  ".join(f"{name} {figure:#.4g}" for name, figure in figures.items())
        if self.bar is not None:
            self.bar.set_postfix_str(text, refresh=False)
            self.bar.update(epoch - self.bar.n)
        elif self.is_due(epoch):
            self.said = perf_counter()
            print(f"{self.unit} {epoch:,} of {self.epochs:,}  {text}".rstrip(), flush=True)

    def write(self, log: str | os.PathLike[str], epoch: int, figures: Mapping[str, float]) -> None:
        """Write the figures to the CSV file, below a line of names.

        Raises:
            OSError: with the file's name, if it cannot be written, as on a full disk.
        """
        try:
            with open(log, "w" if epoch == 1 else "a", newline="", encoding="utf-8") as file:
                table = csv.writer(file)
                table.writerows([[self.unit, *figures]] if epoch == 1 else [])
                table.writerow([epoch, *figures.values()])
        except OSError as error:
            error.filename = os.fspath(log)  # writing, unlike opening, does not say it
            raise

    def is_due(self, epoch: int) -> bool:
        """Whether it is time for a line: ten times in all, more often where that takes long."""
        tenth = epoch % self.every == 0 or epoch == self.epochs
        return tenth or perf_counter() - self.said > LONGEST

    def progress(self, done: int, _: int, loss: float) -> None:
        """Tell the loss of the last of so many steps, as what `scan` calls with its progress."""
        self(done, loss=loss)

    def close(self) -> None:
        """Leave the line of the progress bar."""
        if self.bar is not None:
            self.bar.close()

    def state_dict(self) -> dict[str, float]:
        """What a training that goes on later has to know."""
        return {"best": self.best, "waited": float(self.waited)}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Go on from where the report was whose state this is."""
        self.best, self.waited = state["best"], int(state["waited"])


def progress_bar(epochs: int, unit: str) -> Any:
    """A bar of tqdm, or None if that is not installed or the output is no terminal."""
    if not sys.stderr.isatty():
        return None
    try:
        return importlib.import_module("tqdm").tqdm(total=epochs, unit=unit)
    except ImportError:
        return None
