"""Programs in C, built by a compiler that refuses whatever it could warn of, called from Python."""

import ctypes
import math
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from autograd.compiler.backends.c.function_code import program_to_c
from autograd.compiler.ir.program import Program

Call = Callable[[Sequence[float]], list[float]]

STRICT = ["-std=c99", "-ffp-contract=off", "-fno-builtin"]
STRICT += ["-Wall", "-Wextra", "-Werror", "-pedantic"]


def compiled(source: str, folder: Path, command: Sequence[str]) -> Path:
    """What a C compiler makes of the source."""
    file = folder / f"{len(list(folder.iterdir()))}.c"
    file.write_text(source, "ascii")
    result = file.with_suffix(".built")
    subprocess.run([*command, str(file), "-o", str(result), "-lm"], check=True)
    return result


def functions(programs: Sequence[Program], folder: Path, command: Sequence[str]) -> list[Call]:
    """All the programs in one C file, as functions of Python."""
    source = "\n".join(program_to_c(p, f"f{i}") for i, p in enumerate(programs))
    library = ctypes.CDLL(str(compiled(source, folder, [*command, "-shared", "-fPIC"])))
    return [called(library[f"f{i}"], p) for i, p in enumerate(programs)]


def called(function: Any, program: Program) -> Call:
    """A C function that gives a list, or raises an IndexError."""

    def call(inputs: Sequence[float]) -> list[float]:
        given = (ctypes.c_double * program.inputs)(*inputs)
        outputs = (ctypes.c_double * len(program.outputs))(*[7.0] * len(program.outputs))
        memory = (ctypes.c_double * program.size)(*[math.nan] * program.size)
        code = function(given, outputs, memory)
        if code:
            assert (code, set(outputs)) == (1, {7.0})
            raise IndexError
        return list(outputs)

    return call
