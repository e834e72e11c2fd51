"""The layout is part of the design: imports point downward, the heart stays small."""

import ast
import builtins
import functools
import graphlib
import importlib
import inspect
import io
import subprocess
import sys
import textwrap
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import autograd

PACKAGE = Path(autograd.__file__).parent

# The rooms, from the ground up: each imports only from floors below its own. The top level of the
# package itself, `__init__.py`, is the empty name.
FLOORS = [
    {"engine"},
    {"data", "formulas", "random", "transforms"},
    {"nn", "losses"},
    {"show", "optim"},
    {"teach", "compiler"},
    {"anatomy"},
    {""},
    {"cli"},
    {"__main__"},
]
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}
TOP_LEVEL_FILES = {"__init__.py", "__main__.py", "losses.py", "py.typed", "random.py"}

HEART = ("engine/op.py", "engine/node.py", "engine/graph.py", "engine/value.py")
HEART_LINES, FUNCTION_LINES = 260, 25


def name_of(path: Path) -> str:
    """The module's dotted name inside the package, empty for the package itself."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__")


FILES = {name_of(path): path for path in PACKAGE.rglob("*.py")}  # a room's name ends in a dot
MODULES = sorted(name.removesuffix(".") for name in FILES)
ROOMS = sorted(name for name in FILES if name == "" or name.endswith("."))


def source(module: str) -> str:
    return FILES[module if module in FILES else f"{module}."].read_text("utf-8")


@functools.cache
def imported(module: str) -> set[str]:
    """The modules of this package that `module` imports, anywhere in its code."""
    is_room = module not in FILES or module == ""
    package = module.split(".") if is_room else module.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(source(module))):
        if isinstance(node, ast.Import):
            names = {alias.name.split(".")[0] for alias in node.names}
            assert "autograd" not in names, f"{module} imports by the package's name"
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            name = str(node.module).split(".")[0]
            assert name != "autograd", f"{module} imports by the package's name"
        elif isinstance(node, ast.ImportFrom):
            above = [part for part in package if part][: len(package) - node.level + 1]
            target = [*above, *(node.module or "").split(".")]
            stem = ".".join(part for part in target if part)
            for alias in node.names:
                deeper = f"{stem}.{alias.name}".removeprefix(".")
                found.add(deeper if deeper in MODULES else stem)
    return found


def room_of(module: str) -> str:
    return module.split(".")[0]


@pytest.mark.parametrize("module", MODULES)
def test_imports_between_rooms_point_downward(module: str) -> None:
    for other in imported(module):
        if room_of(other) != room_of(module):
            assert FLOOR[room_of(other)] < FLOOR[room_of(module)], other


def inside(module: str, room: str) -> str | None:
    """The file or room directly in `room` that a module belongs to, None if it is elsewhere."""
    if module == room.removesuffix("."):
        return "__init__"
    return module.removeprefix(room).split(".")[0] if module.startswith(room) else None


@pytest.mark.parametrize("room", ROOMS)
def test_imports_within_a_room_make_no_circle(room: str) -> None:
    below: dict[str, set[str]] = {}
    for module in MODULES:
        importer = inside(module, room)
        for other in imported(module) if importer else ():
            needed = inside(other, room)
            if needed and needed != importer:
                below.setdefault(str(importer), set()).add(needed)
    graphlib.TopologicalSorter(below).prepare()  # raises a CycleError that names the circle


@pytest.mark.parametrize("room", ROOMS)
def test_the_first_lines_of_a_room_name_its_files(room: str) -> None:
    said = ast.get_docstring(ast.parse(FILES[room].read_text("utf-8"))) or ""
    files = {path.name for path in FILES[room].parent.glob("*.py")} - {"__init__.py", "__main__.py"}
    assert {name for name in files if f"`{name}`" not in said} == set()


def test_nothing_stands_loose_at_the_top() -> None:
    assert {path.name for path in PACKAGE.iterdir() if path.is_file()} == TOP_LEVEL_FILES


def test_drawing_and_compiling_do_not_know_each_other() -> None:
    for module in MODULES:
        if room_of(module) in ("show", "compiler"):
            other = {"show": "compiler", "compiler": "show"}[room_of(module)]
            assert other not in {room_of(name) for name in imported(module)}, module


PUBLIC = (
    "nn",
    "losses",
    "optim",
    "data",
    "random",
    "nn.module",
    "compiler",
    "show",
    "teach",
    "anatomy",
)


def public_callables() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function and method that users call, with its name."""
    for module in (autograd, *(importlib.import_module(f"autograd.{name}") for name in PUBLIC)):
        for name in getattr(module, "__all__", vars(module)):
            found = getattr(module, name)
            ours = str(getattr(found, "__module__", "")).startswith("autograd")
            if inspect.isclass(found) and ours:
                for method in dir(found):
                    if not method.startswith("_") or method in ("__init__", "__call__"):
                        yield f"{name}.{method}", getattr(found, method)
            elif ours and not name.startswith("_"):
                yield name, found


def is_flag(parameter: inspect.Parameter) -> bool:
    return isinstance(parameter.default, bool) or "bool" in str(parameter.annotation)


def test_flags_are_given_by_name() -> None:
    flags = []
    for name, function in public_callables():
        if inspect.isfunction(function) or inspect.ismethod(function):
            parameters = inspect.signature(function).parameters.values()
            flags += [(name, flag) for flag in parameters if is_flag(flag)]
    assert len(flags) > 10
    assert [(name, str(x)) for name, x in flags if x.kind is not x.KEYWORD_ONLY] == []


def code_lines(text: str) -> int:
    """How many lines hold code: no blank ones, comments or docstrings."""
    prose: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            prose |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    layout = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines = {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in layout
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(lines - prose)


def test_the_heart_fits_in_260_lines_of_code() -> None:
    assert sum(code_lines((PACKAGE / name).read_text("utf-8")) for name in HEART) <= HEART_LINES


@pytest.mark.parametrize("name", HEART)
def test_no_function_of_the_heart_is_long(name: str) -> None:
    text = (PACKAGE / name).read_text("utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            code = textwrap.dedent(ast.get_source_segment(text, node, padded=True) or "")
            assert code_lines(code) <= FUNCTION_LINES, node.name


def test_public_names_are_what_the_package_imports() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    parts = [part.body if isinstance(part, ast.If) else [part] for part in tree.body]
    imports = [x for part in parts for x in part if isinstance(x, ast.ImportFrom) and x.level]
    names = {alias.asname or alias.name for node in imports for alias in node.names}
    names = {name for name in names if not name.startswith("_")}
    assert set(autograd.__all__) == names - set(dir(builtins))
    assert len(autograd.__all__) == len(set(autograd.__all__))


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_first_what_it_is(module: str) -> None:
    assert ast.get_docstring(ast.parse(source(module)))


def test_importing_the_library_needs_the_standard_library_alone() -> None:
    code = (
        "import sys; before = set(sys.modules); import autograd; "
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) <= set(sys.stdlib_module_names) | {"autograd", "__main__"}
