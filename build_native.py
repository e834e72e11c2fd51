"""Build the native engine in place: ``python build_native.py``, or ``make native``.

It needs a C compiler, Python's headers and setuptools. Nothing else of the project needs it built.
"""

import sys
from pathlib import Path
from typing import Any

from setuptools import Distribution, Extension

from autograd.engine.native import hash_of_sources

ROOM = Path("autograd/engine")
# Every product is rounded before it is added to, and no rule of C makes a shorter way of a formula.
FLAGS = (
    ["/O2", "/fp:precise"]
    if sys.platform == "win32"
    else ["-O2", "-ffp-contract=off", "-fno-strict-aliasing", "-fwrapv"]
)


def extension() -> Extension:
    """The extension, which knows of which files it was made."""
    return Extension(
        "autograd.engine._native",
        [str(ROOM / "_native.c")],
        depends=[str(ROOM / "_calculus.h")],
        define_macros=[("BUILT_FROM", f'"{hash_of_sources()}"')],
        extra_compile_args=FLAGS,
        libraries=[] if sys.platform == "win32" else ["m"],
    )


def build(folder: Path | None = None) -> None:
    """Build it beside its source, or into another folder."""
    command: Any = Distribution({"ext_modules": [extension()], "packages": []}).get_command_obj(
        "build_ext"
    )
    command.inplace, command.force = folder is None, True
    command.build_lib = None if folder is None else str(folder)
    command.ensure_finalized()
    command.run()


if __name__ == "__main__":
    build()
