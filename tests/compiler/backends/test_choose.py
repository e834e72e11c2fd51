"""Which backend is taken: what works here counts, not what is there."""

import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import numpy
import pytest

from autograd import BackendWarning, compile
from autograd.compiler.backends import choose as backends

# What a hosted machine may have in the place of llvmlite and numpy, and what is then said of it.
REFUSES = """
llvm_version_info = 14, 0, 6
def initialize_native_target(): pass
def initialize_native_asmprinter(): pass
def get_default_triple(): return "x86_64-unknown-linux-gnu"
def get_host_cpu_name(): return "generic"
class get_host_cpu_features(dict):
    def flatten(self): return ""
def address_of_symbol(name): return 1
def parse_assembly(text): raise RuntimeError("LLVM IR parsing error\\n<string>:3:18: error")
"""
INSTALLED = {
    "an llvmlite that refuses the code": (
        {"llvmlite/__init__.py": "__version__ = '0.43.0'", "llvmlite/binding.py": REFUSES},
        "llvm",
        "0.43.0 is installed, which does not work (RuntimeError: LLVM IR parsing error <string>:",
    ),
    "an llvmlite without its library": (
        {
            "llvmlite/__init__.py": "__version__ = '0.48.0'",
            "llvmlite/binding.py": "raise OSError('Could not find/load shared object file')",
        },
        "llvm",
        "0.48.0 is installed, which does not work (OSError: Could not find/load shared object file",
    ),
    "an old llvmlite": (
        {"llvmlite/__init__.py": "__version__ = '0.39.1'"},
        "llvm",
        "the llvm backend needs llvmlite 0.40 or later, and 0.39.1 is installed, which is too old",
    ),
    "an llvmlite that does not say its version": (
        {"llvmlite/__init__.py": ""},
        "llvm",
        "and one of unknown version is installed, which does not work (AttributeError: ",
    ),
    "a numpy that was built for another Python": (
        {"numpy/__init__.py": "raise SystemError('the C API is another')"},
        "numpy",
        "is installed, which does not work (SystemError: the C API is another)",
    ),
    "an old numpy": (
        {"numpy/__init__.py": "__version__ = '1.9.3'"},
        "numpy",
        "the numpy backend needs numpy 1.23 or later, and 1.9.3 is installed, which is too old",
    ),
}
TELLS = """
import sys, warnings
from autograd import compile
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    made = [compile(lambda x: x * x + 1.0) for _ in range(3)]
print(made[0].backend, made[0](3.0), len(caught))
print(*[w.message for w in caught])
try:
    compile(abs, backend=sys.argv[1])
except ImportError as error:
    print(error)
"""


def told(folder: Path, files: dict[str, str], backend: str) -> list[str]:
    """What a process says that has these modules before all others."""
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    code = f"import sys; sys.path.insert(0, {str(folder)!r})\n{TELLS}"
    command = [sys.executable, "-c", code, backend]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("name", INSTALLED)
def test_what_does_not_work_is_named_and_the_next_backend_taken(name: str, tmp_path: Path) -> None:
    files, backend, fault = INSTALLED[name]
    said, warned, refused = told(tmp_path, files, backend)
    if backend == "llvm":
        assert said == "numpy 10.0 1"
        assert fault in warned
        assert warned.endswith("; until then compiled functions run on the numpy backend")
    else:
        assert said == "llvm 10.0 0"  # which is the first choice, so nothing is to be said
    assert fault in refused
    wanted = f"{backends.MODULES[backend]}>={backends.OLDEST[backend]}"
    assert refused.endswith(f'pip install --upgrade "{wanted}"')


def test_the_extra_asks_for_the_oldest_that_works() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    oldest = [f"{backends.MODULES[name]}>={version}" for name, version in backends.OLDEST.items()]
    assert project["project"]["optional-dependencies"]["compile"] == oldest


def test_python_is_the_last_choice(tmp_path: Path) -> None:
    files = {"llvmlite/__init__.py": "", "numpy/__init__.py": "raise RuntimeError('broken')"}
    said, warned, _ = told(tmp_path, files, "numpy")
    assert said == "python 10.0 2"
    assert warned.count("run on the python backend") == 2


def test_a_version_with_more_than_numbers_is_compared_by_its_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for good in ("1.23.0rc1", "1.100", "2.0.0.dev0+git"):
        monkeypatch.setattr(numpy, "__version__", good)
        assert compile(abs, backend="numpy").backend == "numpy"
    monkeypatch.setattr(numpy, "__version__", "1.22.9")
    with pytest.raises(ImportError, match=r"and 1\.22\.9 is installed, which is too old"):
        compile(abs, backend="numpy")


def test_a_backend_that_cannot_add_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong:
        def memory(self) -> list[float]:
            return [0.0, 0.0, 4.0]

        def run(self, memory: list[float]) -> None:
            pass

    monkeypatch.setattr(backends, "executable", lambda *_: Wrong())
    backends._fault.cache_clear()
    with pytest.raises(ImportError, match=r"which takes 1 \+ 2 for 4\.0"):
        compile(abs, backend="llvm")
    backends._fault.cache_clear()


def test_the_warning_names_the_line_that_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llvmlite.__version__", "0.1")
    backends._warn.cache_clear()
    with pytest.warns(BackendWarning, match=r"0\.1 is installed") as caught:
        compile(abs)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compile(abs).backend == "numpy"
