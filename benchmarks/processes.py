"""What the benchmarks share: processes that answer, what a run keeps, and the machine's name."""

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

T = TypeVar("T")
Name = TypeVar("Name")
CHOICE = "AUTOGRAD_ENGINE"


class Process:
    """A script in a process of its own, which answers one question at a time.

    Args:
        name: what it is called where it fails.
        script: its file in this folder.
        arguments: what it is given.
        engine: of this package, if it needs a certain one.
    """

    def __init__(self, name: str, script: str, *arguments: str, engine: str = "") -> None:
        self.name = name
        command = [sys.executable, str(Path(__file__).with_name(script)), *arguments]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(engine),
        )

    def ask(self, question: str, *arguments: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps([question, *arguments]) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it ended: no answer comes, either
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"the process of {self.name} ended early: see its error above")
        return json.loads(answer)

    def stop(self) -> None:
        """Let it end, or end it where an interrupt or an error has ended the measuring."""
        if sys.exc_info()[0] is not None:
            self.process.kill()
        self.process.communicate()


def environment(engine: str) -> dict[str, str]:
    """That of this process, with the choice of an engine of this package if there is one.

    What a first call takes is measured without the code that an earlier process has compiled, but
    for the bytecode of modules: an installed package has it, whatever is set here.
    """
    found = {**os.environ, "AUTOGRAD_CACHE": "off", "PYTHONDONTWRITEBYTECODE": ""}
    return {**found, CHOICE: engine} if engine else found


def seconds_to_run(code: str, engine: str, clock: str) -> float:
    """How long a fresh Python takes for it, by the clock "wall" or "processor".

    Raises:
        SystemExit: if it fails.
    """
    command = [sys.executable, "-c", f"{code}; import time; print(time.process_time())"]
    start = perf_counter()
    done = subprocess.run(command, env=environment(engine), stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{code!r} failed: see its error above")
    return float(done.stdout) if clock == "processor" else perf_counter() - start


def why_not_native() -> str:
    """Why the native engine cannot be imported; empty if it can."""
    command = [sys.executable, "-c", "import autograd"]
    done = subprocess.run(command, env=environment("native"), stderr=subprocess.PIPE, text=True)
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""


@cache
def is_installed(package: str) -> bool:
    """Whether it is; if not, say how to add it, once."""
    if importlib.util.find_spec(package) is not None:
        return True
    progress(f"{package} is not installed, so this runs without it: pip install {package}")
    return False


def in_turns(
    what: str, rounds: int, questions: Mapping[Name, Callable[[], T]]
) -> dict[Name, list[T]]:
    """The answers to each question, asked in turns: a slow moment of the machine hits all."""
    answers: dict[Name, list[T]] = {name: [] for name in questions}
    for i in range(rounds):
        progress(f"{what}: round {i + 1} of {rounds}")
        for name, ask in questions.items():
            answers[name].append(ask())
    return answers


def measure_parts(parts: Mapping[str, Callable[[], Any]], results: dict[str, Any]) -> None:
    """Put into the results what each part finds, as soon as it is found.

    A part that fails is told and listed under ``"failed"``, and the next one is measured. Ctrl-C
    ends the measuring: the part that it met is under ``"interrupted"``, and all before it are kept.
    """
    for name, measure in parts.items():
        try:
            results[name] = measure()
        except SystemExit as error:
            progress(str(error))
            results.setdefault("failed", []).append(name)
        except KeyboardInterrupt:
            progress(f"interrupted while {name} was measured: here is what was found by then")
            results["interrupted"] = name
            return


def is_whole(results: Mapping[str, Any]) -> bool:
    """Whether all parts were measured."""
    return not results.keys() & {"failed", "interrupted"}


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def machine() -> str:
    """The processor's name, its cores, and the system."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        name = models[0] if models else name
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def python_version() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def a_file(text: str) -> Path:
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"should be a file to write to, {text!r} is a folder")
    if not path.parent.is_dir():
        folder = str(path.parent)
        raise argparse.ArgumentTypeError(f"there is no folder {folder!r} to write {path.name} to")
    return path


def read_results(folder: Path) -> dict[str, Any]:
    """What each benchmark wrote into a folder, by the names of their files.

    Raises:
        SystemExit: if there is none, or one that cannot be read.
    """
    files = sorted(folder.glob("*.json"))
    if not files:
        raise SystemExit(f"there is no JSON file of a benchmark in {folder}: run make bench")
    try:
        return {path.stem: json.loads(path.read_text("utf-8")) for path in files}
    except ValueError as error:
        raise SystemExit(f"a JSON file in {folder} is not whole, remove it: {error}") from None


def a_count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"should be a whole number from 1 on, got {text!r}")
    return int(text)
