"""The choice of a backend: LLVM if it works here, else numpy, else Python itself."""

import functools
import importlib
import importlib.util
import re
import warnings
from textwrap import shorten

from ...engine.arguments import one_of
from ...engine.errors import BackendWarning
from ..ir.program import Program, Step, Terms
from .executable import Executable

MODULES = {"llvm": "llvmlite", "numpy": "numpy", "python": "sys"}  # and what each of them needs
EXECUTABLES = {  # the module and the class
    "llvm": (".llvm.backend", "LlvmExecutable"),
    "numpy": (".numpy", "NumpyExecutable"),
    "python": (".python", "PythonExecutable"),
}
OLDEST = {"llvm": "0.40", "numpy": "1.23"}  # version of it that works
_ADDITION = Step(None, (Terms(False, 1, 2),), [[0], [1]], 2, 1)
_TRIAL = Program(3, 0, [(0, 1.0), (1, 2.0)], [[_ADDITION]], range(2, 3))


def chosen(backend: str | None) -> str:
    """The backend of that name, or the fastest that works here.

    Warns:
        BackendWarning: once, if what a faster one needs is installed and does not work.

    Raises:
        ValueError: for another name.
        ImportError: if what it needs is not installed, is too old or does not work.
    """
    if backend is not None:
        one_of("backend", backend, tuple(MODULES))
        check(backend)
        return backend
    faults = []
    for name in MODULES:
        try:
            check(name)
            break
        except ModuleNotFoundError:
            continue  # nobody asked for it
        except ImportError as error:
            faults.append(str(error))
    for fault in faults:
        _warn(f"{fault}; until then compiled functions run on the {name} backend")
    return name


def check(backend: str) -> None:
    """Try whether a backend works here; what worked once is not tried again.

    Raises:
        ModuleNotFoundError: if what it needs is not installed.
        ImportError: if that is too old or does not work.
    """
    if backend not in OLDEST:
        return
    needs, oldest = MODULES[backend], OLDEST[backend]
    if importlib.util.find_spec(needs) is None:
        raise ModuleNotFoundError(
            f"the {backend} backend needs {needs}: pip install scalar-autograd[compile]"
        )
    found = "one of unknown version"
    try:
        found = importlib.import_module(needs).__version__
        fault = "is too old" if _parts(found) < _parts(oldest) else _fault(backend)
    except Exception as error:  # whatever a broken installation may do
        fault = f"does not work ({shorten(f'{type(error).__name__}: {error}', 120)})"
    if fault:
        raise ImportError(
            f"the {backend} backend needs {needs} {oldest} or later, and {found} is installed, "
            f'which {fault}: pip install --upgrade "{needs}>={oldest}"'
        )


def _parts(version: str) -> list[int]:
    """The first numbers of a version, which can be compared."""
    return [int(part) for part in re.findall(r"\d+", version)[:2]]


@functools.cache
def _fault(backend: str) -> str:
    """The fault of a backend, an empty text if it adds two numbers correctly."""
    trial = executable(backend, _TRIAL)
    memory = trial.memory()
    trial.run(memory)
    return "" if memory[2] == 3.0 else f"takes 1 + 2 for {memory[2]}"


@functools.cache
def _warn(fault: str) -> None:
    """Say so once, at the line of the user."""
    warnings.warn(fault, BackendWarning, stacklevel=6)


def executable(backend: str, program: Program) -> Executable:
    """The program, ready to run."""
    module, name = EXECUTABLES[backend]
    made: Executable = getattr(importlib.import_module(module, __package__), name)(program)
    return made
