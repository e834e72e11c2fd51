"""The engine in C, which setuptools builds with the package: all else is said in pyproject.toml.

It needs a C compiler and Python's headers; where they are missing the package is built without it.
``AUTOGRAD_ENGINE=python`` leaves it out, ``native`` fails where it cannot be built.

    pip install .                          # with it, if it can be
    python setup.py build_ext --inplace    # beside its source, as `make native` does
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

ROOT = Path(__file__).parent
WISH = os.environ.get("AUTOGRAD_ENGINE") or "auto"
# Every product is rounded before it is added to, and no rule of C makes a shorter way of a formula.
FLAGS = {
    "msvc": ["/O2", "/fp:precise"],
    "unix": ["-O2", "-ffp-contract=off", "-fno-strict-aliasing", "-fwrapv"],
}


# In CFLAGS these also link code that has Python's floats, too, flush what is near 0.
UNSAFE = {"-ffast-math", "-Ofast", "-funsafe-math-optimizations"}


class BuildEngine(build_ext):
    """Build the engine of the calculus as it is now, or go on without it."""

    def run(self) -> None:
        """Build it, unless it is there; where that cannot be, make a package for every Python."""
        if not self.extensions:  # AUTOGRAD_ENGINE=python
            return
        try:
            made_of = write_calculus()
        except ValueError as error:  # of a row that has no C
            self._go_on_without(error)
            return
        if self.inplace and not self.force and self._is_there():
            return
        for extension in self.extensions:
            extension.define_macros = [("BUILT_FROM", f'"{made_of}"')]
        if WISH == "native":
            super().run()
        elif not any(Path(folder, "Python.h").exists() for folder in self.include_dirs):
            self._go_on_without(f"Python.h is missing in {', '.join(self.include_dirs)}")
        else:
            try:
                super().run()
            except (BaseError, CCompilerError, OSError) as error:
                self._go_on_without(error)

    def build_extension(self, extension: Extension) -> None:
        """Compile it, as this compiler is told to."""
        given = {*self.compiler.compiler_so, *self.compiler.linker_so} & UNSAFE
        if given:
            raise CCompilerError(f"{given.pop()} would change the arithmetic of the whole process")
        msvc = self.compiler.compiler_type == "msvc"
        extension.extra_compile_args = FLAGS["msvc" if msvc else "unix"]
        extension.libraries = [] if sys.platform == "win32" else ["m"]
        super().build_extension(extension)

    def _is_there(self) -> bool:
        """Whether the one beside its source runs, and was built in the way that is said here."""
        built = ROOT / self.get_ext_filename(engine.name)
        if not built.exists() or built.stat().st_mtime < Path(__file__).stat().st_mtime:
            return False
        command, given = [sys.executable, "-c", "import autograd"], {"AUTOGRAD_ENGINE": "native"}
        run = subprocess.run(command, cwd=ROOT, env={**os.environ, **given}, capture_output=True)
        return run.returncode == 0

    def _go_on_without(self, reason: object) -> None:
        print(f"autograd: the engine in C is not built ({reason}), Python's runs", file=sys.stderr)
        self.extensions = self.distribution.ext_modules = []
        wheel = self.distribution.get_command_obj("bdist_wheel", create=False)
        if wheel is not None:
            wheel.root_is_pure = True


def write_calculus() -> str:
    """Write the table of the calculus, if it is another one now; give the hashes of all sources."""
    os.environ["AUTOGRAD_ENGINE"] = "python"  # of this process, which has read its WISH
    sys.path.insert(0, str(ROOT))
    from autograd.engine.native import hashes_of_sources
    from autograd.formulas import native_spelling

    native_spelling.write_calculus()
    return hashes_of_sources()


if WISH not in ("auto", "native", "python"):
    sys.exit(f"AUTOGRAD_ENGINE is one of auto, native, python, got {WISH!r}")
engine = Extension("autograd.engine._native", ["autograd/engine/_native.c"])
# Nothing that an earlier build has left gets into a wheel.
with TemporaryDirectory() as folder:
    setup(
        ext_modules=[] if WISH == "python" else [engine],
        cmdclass={"build_ext": BuildEngine},
        options={"build": {"build_base": folder}},
    )
