"""Machine code from the cache: compiled once for all processes, and only if nothing has changed."""

import subprocess
import sys
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm
import pytest

from autograd import exp, tanh
from autograd.compiler import compile
from autograd.compiler.backends.llvm import machine_code
from autograd.compiler.backends.llvm.backend import _Native
from autograd.compiler.backends.llvm.disk_cache import cache_folder
from autograd.compiler.backends.llvm.machine_code import Compiler
from autograd.compiler.backends.llvm.map_code import LIBRARY
from autograd.compiler.backends.llvm.vector_functions import FORMULAS
from autograd.engine import calculus as c
from autograd.transforms.lane_sum import LANES

TEXT = "define i64 @f() {\n  ret i64 3\n}"
ADD, MUL, TANH, EXP = (
    ("map", op, "r" * count, LANES)
    for op, count in ((c.add, 2), (c.mul, 2), (c.tanh, 1), (c.exp, 1))
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a cache that is still empty."""
    monkeypatch.setenv("AUTOGRAD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that LLVM compiles from here on."""
    texts: list[str] = []
    plain = Compiler.compile

    def compile(self: Compiler, text: str, effort: int = machine_code.EFFORT) -> bytes:
        texts.append(text)
        return plain(self, text, effort)

    monkeypatch.setattr(Compiler, "compile", compile)
    return texts


# --- keys -----------------------------------------------------------------------------------


def test_the_key_differs_by_the_text_and_by_how_it_is_compiled() -> None:
    compiler = Compiler()
    keys = {compiler.key(TEXT), compiler.key(f"{TEXT}\n"), compiler.key(TEXT, effort=1)}
    assert len(keys) == 3
    assert compiler.key(TEXT) == Compiler().key(TEXT)


def test_the_key_has_all_that_machine_code_depends_on() -> None:
    assert Compiler().settings == (
        machine_code.VERSION,
        llvmlite.__version__,
        str(llvm.llvm_version_info),
        llvm.get_default_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        " ".join([*sorted(LIBRARY.values()), "in vectors", *sorted(FORMULAS)]),
    )


@pytest.mark.parametrize("place", range(7))
def test_the_key_differs_by_each_of_these(place: int) -> None:
    compiler = Compiler()
    before = compiler.key(TEXT)
    settings = list(compiler.settings)
    settings[place] += "+"
    compiler.settings = tuple(settings)
    assert compiler.key(TEXT) != before


# --- what is compiled -----------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_a_text_is_compiled_once(compiled: list[str]) -> None:
    first, second = Compiler().linked(TEXT), Compiler().linked(TEXT)
    assert first.get_function_address("f") != 0 != second.get_function_address("f")
    assert compiled == [TEXT]


@pytest.mark.usefixtures("folder")
def test_another_process_compiles_the_kernels_that_are_new(compiled: list[str]) -> None:
    _Native().number([ADD, MUL])
    compiled.clear()
    native = _Native()
    numbers = native.number([EXP, MUL])
    assert all(native.functions[numbers[kernel]] for kernel in (EXP, MUL))
    kernels = [text for text in compiled if "@kernel." in text]
    assert [text.count("define void @kernel.") for text in kernels] == [1]
    compiled.clear()
    _Native().number([MUL, EXP, ADD])
    assert compiled == []


@pytest.mark.usefixtures("folder")
def test_kernels_of_the_same_text_are_compiled_as_one(compiled: list[str]) -> None:
    compiler = Compiler()
    text = "define void @kernel() {\n  ret void\n}"
    for _ in range(2):
        engine, (one, other) = compiler.kernels([(text, set()), (text, set())], ())
        assert one == other
        assert engine.get_function_address(one)
    assert len(compiled) == 1


def test_a_damaged_file_is_compiled_again(folder: Path, compiled: list[str]) -> None:
    Compiler().linked(TEXT)
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    for _ in range(2):
        assert Compiler().linked(TEXT).get_function_address("f")
    assert compiled == [TEXT, TEXT]


def test_switched_off_nothing_is_kept(
    folder: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRAD_CACHE", "off")
    for _ in range(2):
        assert Compiler().linked(TEXT).get_function_address("f")
    assert compiled == [TEXT, TEXT]
    assert not folder.exists()


# --- processes ------------------------------------------------------------------------------

LOADED = """if True:
    import sys
    from autograd.compiler import load_compiled
    from autograd.compiler.backends.llvm.machine_code import Compiler
    compiled, plain = [], Compiler.compile
    Compiler.compile = lambda *args: compiled.append(args) or plain(*args)
    f = load_compiled(sys.argv[1], backend="llvm")
    print(len(compiled), [x.hex() for x in f([0.5 + i for i in range(16)])])
    """


def output_of(program: str, *arguments: object) -> str:
    """What a Python process writes that runs this."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def test_a_saved_function_is_loaded_without_compiling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    f = compile(lambda xs: [tanh(x) * exp(x) for x in xs], backend="llvm")
    numbers = [x.hex() for x in f([0.5 + i for i in range(16)])]
    f.save(path := tmp_path / "f.compiled")
    monkeypatch.setenv("AUTOGRAD_CACHE", str(tmp_path / "new"))
    cold, warm = (output_of(LOADED, path).split(maxsplit=1) for _ in range(2))
    assert int(cold[0]) > 0
    assert warm == ["0", str(numbers)]
    assert cold[1] == warm[1]


def test_processes_may_fill_one_cache_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    f = compile(lambda xs: [tanh(x) * exp(x) for x in xs], backend="llvm")
    f([0.5] * 16)
    f.save(path := tmp_path / "f.compiled")
    monkeypatch.setenv("AUTOGRAD_CACHE", str(tmp_path / "new"))
    command = [sys.executable, "-c", LOADED, str(path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate()[0].split(maxsplit=1)[1] for process in running]
    assert outputs[0] == outputs[1]
    assert output_of(LOADED, path).split(maxsplit=1) == ["0", outputs[0].strip()]


@pytest.mark.usefixtures("folder")
def test_code_may_have_kernels_of_functions_that_were_not_compared_yet() -> None:
    program = """if True:
        import sys
        from autograd.engine import calculus as c
        from autograd.compiler.backends.llvm.backend import _Native
        _Native().number([("map", getattr(c, name), "r", 8) for name in sys.argv[1:]])
        print("linked")
        """
    assert output_of(program, "tanh", "exp", "abs") == "linked"
    assert output_of(program, "abs") == "linked"


def test_a_saved_function_has_no_machine_code(tmp_path: Path) -> None:
    files = []
    for backend in ("llvm", "python"):
        f = compile(squares, backend=backend)
        f([0.5] * 16)
        f.save(path := tmp_path / backend)
        files.append(path.read_bytes())
    assert files[0] == files[1]


def squares(xs: list[float]) -> list[float]:
    return [x * x for x in xs]


def test_tests_leave_the_cache_of_their_user_alone(tmp_path: Path) -> None:
    folder = cache_folder()
    assert folder is not None
    assert folder.parent in tmp_path.parents
