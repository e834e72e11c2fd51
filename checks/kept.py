"""What a run has found so far, in a JSON file that an interrupted run leaves behind."""

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

from autograd.data.files import write_file

from .figure import Figure, Options, Result, Verdict

ROOT = Path(__file__).parent.parent
SOURCES = ("autograd", "checks", "tests")
KINDS = {".py", ".c", ".h"}


def digest_of_sources() -> str:
    """A number that changes with every file that a figure can depend on."""
    found = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in KINDS:
                found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


class Kept:
    """The file of a figure: what its parts gave, for these options, these sources, this machine.

    Args:
        folder: of all such files.
        figure: the one that is measured.
        options: how much of it.
        about: where and of what: the machine, the versions, the digest of the sources. An
            interrupted run is gone on with where all of it is the same.
        fresh: whether to forget what an interrupted run has left.
    """

    def __init__(
        self, folder: Path, figure: Figure, options: Options, about: dict[str, str], fresh: bool
    ) -> None:
        self.path = folder / f"{figure.name}.json"
        self.content: dict[str, Any] = {
            "figure": figure.name,
            "options": {**options._asdict(), "workers": 0},  # which change no result
            **about,
            "whole": figure.whole,
            "finished": "",
            "seconds": 0.0,
            "cpu_seconds": 0.0,
            "parts": {},
        }
        self.parts: dict[str, Result] = self.content["parts"]
        left = {} if fresh else read(self.path)
        same = all(left.get(name) == self.content[name] for name in ("options", *about))
        if left and not left.get("finished") and same:
            self.parts.update(left["parts"])
            self.content |= {name: left[name] for name in ("seconds", "cpu_seconds")}

    def add(self, name: str, result: Result, seconds: float, cpu_seconds: float) -> None:
        """Keep what a part gave, the time since the figure was begun, and its own on processors."""
        self.parts[name] = result
        self.content["seconds"] = round(seconds, 1)
        self.content["cpu_seconds"] = round(self.content["cpu_seconds"] + cpu_seconds, 1)
        self._write()

    def finish(self, verdict: Verdict) -> None:
        """Keep the verdict. Another run measures anew."""
        now = datetime.datetime.now(datetime.UTC)
        self.content |= {"finished": f"{now:%Y-%m-%d %H:%M} UTC", **verdict._asdict()}
        self._write()

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.content, indent=1) + "\n"
        write_file(str(self.path), text.encode("utf-8"), "the figure")


def read(path: Path) -> dict[str, Any]:
    """What such a file holds; nothing if there is none that can be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
