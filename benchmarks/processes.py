"""What the benchmarks that compare engines share: processes that answer, and the machine's name."""

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
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
        self.process.communicate()


def environment(engine: str) -> dict[str, str]:
    """That of this process, with the choice of an engine of this package if there is one.

    What a first call takes is measured without the code that an earlier process has compiled.
    """
    found = {**os.environ, "AUTOGRAD_CACHE": "off"}
    return {**found, CHOICE: engine} if engine else found


def seconds_to_run(code: str, engine: str, clock: str) -> float:
    """How long a fresh Python takes for it, by the clock "wall" or "processor"."""
    command = [sys.executable, "-c", f"{code}; import time; print(time.process_time())"]
    start = perf_counter()
    done = subprocess.run(
        command, env=environment(engine), stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout) if clock == "processor" else perf_counter() - start


def why_not_native() -> str:
    """Why the native engine cannot be imported; empty if it can."""
    command = [sys.executable, "-c", "import autograd"]
    done = subprocess.run(command, env=environment("native"), stderr=subprocess.PIPE, text=True)
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""


def is_installed(package: str) -> bool:
    """Whether it is; if not, say how to add it."""
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


def a_count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"should be a whole number from 1 on, got {text!r}")
    return int(text)
