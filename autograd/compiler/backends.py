"""Which backend runs a program: LLVM if it is there, else numpy, else Python itself."""

import importlib
import importlib.util
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from autograd.arguments import one_of
from autograd.compiler.program import Memory, Program

MODULES = {"llvm": "llvmlite", "numpy": "numpy", "python": "sys"}  # and what each of them needs


class Executable(Protocol):
    """A program in the hands of a backend."""

    def memory(self) -> Memory:
        """A memory of floats, with the constants in it; one for each call at a time."""

    def run(self, memory: Memory, part: int = 0) -> None:
        """Run one part of the program on it."""


def ready(executable: Any, memory: Memory, part: int) -> Callable[[], None]:
    """What runs a part of the program on this memory."""
    if hasattr(executable, "ready"):
        return executable.ready(memory, part)  # type: ignore[no-any-return]
    return partial(executable.run, memory, part)


def chosen(backend: str | None) -> str:
    """The backend of that name, or the fastest that is installed.

    Raises:
        ValueError: for another name.
        ImportError: if what it needs is not installed.
    """
    if backend is None:
        return next(name for name, needs in MODULES.items() if importlib.util.find_spec(needs))
    one_of("backend", backend, tuple(MODULES))
    if importlib.util.find_spec(MODULES[backend]) is None:
        raise ImportError(
            f"the {backend} backend needs {MODULES[backend]}: pip install scalar-autograd[compile]"
        )
    return backend


def executable(backend: str, program: Program) -> Executable:
    """The program, ready to run."""
    module: Any = importlib.import_module(f"autograd.compiler.{backend}_backend")
    return module.Executable(program)  # type: ignore[no-any-return]
