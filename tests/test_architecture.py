"""The layout is part of the design: imports point downward, the heart stays small."""

import ast
import builtins
import importlib
import inspect
import io
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import autograd

PACKAGE = Path(autograd.__file__).parent

# From the bottom up: a module imports only from the lines above its own.
FLOORS = """
installation
absence commit errors files function_names message nesting
number
misuse
documented
op
ieee
calculus
logic
note
node
uncleared
graph
recording unsupported ufuncs
protocols handmade
value
flow
arguments
replay strict
array
structure
batch run
functional kinks
differences
check
state
module optimizer
schedule nn losses
optim
data.dataset
data.iris data.generators
data
show.text show.recorded
show.svg show.calls show.layout.places show.layout.layers
show.layout.nested show.layout.ordering show.layout.placing show.layout.routing
show.rendering show.layout.layered show.folding show.text_page show.axis
show.layout
show.words.explanation show.words.naming show.words.paths
show.words.notation show.words.hints
show.words.equations show.words.term show.words.summary
show.words.formula show.words.derivation
show.words.infinities
show.words.explain
show.words
show.drawing
show.boxes show.chart
show.content show.scatter
show.graph_theme
show.box_svg
show.graph_svg show.table show.view
show.dot
show.picture
show.digraph show.notebook
show.stepping.terminal show.stepping.names
show.stepping.events
show.stepping.steps
show.stepping.tangents show.stepping.stand_ins
show.stepping.telling
show.stepping.film show.stepping.stepper
show.stepping.camera show.stepping.marks
show.stepping.script
show.stepping.slides show.stepping.moving show.stepping.web_page
show.stepping.structure
show.stepping.player
show.stepping.training
show.stepping
show
teach.exercise teach.findings teach.sample teach.backward
teach.mistakes teach.comparison teach.finite teach.reach teach.activations teach.layers
teach.reasons teach.audit
teach.faults
teach
compiler.program compiler.primitives compiler.settings compiler.symbol compiler.traced
compiler.variables compiler.c_names compiler.code_names compiler.draws compiler.ownership
compiler.watch
compiler.search
compiler.outside
compiler.batches compiler.lowering compiler.binding compiler.calls compiler.repeat
compiler.expansions compiler.record
compiler.simplify
compiler.normal_form
compiler.groups compiler.order
compiler.lanes compiler.layout
compiler.llvm_code compiler.llvm_driver compiler.python_backend compiler.c_nests compiler.c_spelling
compiler.llvm_kernels compiler.llvm_older compiler.numpy_backend compiler.c_steps
compiler.llvm_backend compiler.c_code compiler.stages
compiler.backends
compiler.memory
compiler.recorded compiler.explained compiler.verified
compiler.recorded_batch
compiler.scan compiler.recordings
compiler.finite
compiler.compiled
compiler.export
compiler
manual refusal streams anatomy.vectors
expression demo anatomy.dissection
options anatomy.cells anatomy.groups
cli anatomy.reading
__main__ anatomy.memory
anatomy
"""
FLOOR = {name: i for i, line in enumerate(FLOORS.split("\n")) for name in line.split()}
SHOW_KNOWS = {
    "arguments",
    "errors",
    "files",
    "message",
    "show",
    "number",
    "op",
    "calculus",
    "node",
    "graph",
    "value",
}
# A notebook display and a page of the manual bring what they need when they happen.
UPWARD = {
    ("documented", "manual"),
    ("protocols", "show.notebook"),
    ("module", "show.notebook"),
    ("protocols", "flow"),
}

HEART = ("op.py", "graph.py", "value.py")
HEART_LINES = 300


def modules() -> list[str]:
    paths = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    names = (".".join(path.parts).removesuffix(".__init__") for path in paths)
    return sorted(name for name in names if name != "__init__")


def source(module: str) -> str:
    path = PACKAGE.joinpath(*module.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8")


def imported(module: str) -> set[str]:
    """The modules of this package that `module` imports, anywhere in its code."""
    found = set()
    for node in ast.walk(ast.parse(source(module))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{module} imports relatively"
            deeper = {f"{node.module}.{alias.name}" for alias in node.names}
            known = {name for name in deeper if name.removeprefix("autograd.") in FLOOR}
            found |= known or {node.module}
    mine = {name for name in found if name.split(".")[0] == "autograd"}
    return {name.removeprefix("autograd").removeprefix(".") for name in mine}


def test_every_module_has_a_floor() -> None:
    assert set(modules()) == set(FLOOR)


@pytest.mark.parametrize("module", modules())
def test_imports_point_downward(module: str) -> None:
    for other in imported(module) - {""}:
        assert FLOOR[other] < FLOOR[module] or (module, other) in UPWARD, other
        if module.split(".")[0] == "show":
            assert other.split(".")[0] in SHOW_KNOWS, other


# The modules that users import from.
PUBLIC = ("nn", "losses", "optim", "data", "module", "compiler", "show", "teach", "anatomy")


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


def test_the_heart_fits_in_300_lines_of_code() -> None:
    assert sum(code_lines((PACKAGE / name).read_text("utf-8")) for name in HEART) <= HEART_LINES


def test_public_names_are_what_the_package_imports() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    ours = [node for node in imports if str(node.module).startswith("autograd")]
    names = {alias.asname or alias.name for node in ours for alias in node.names}
    assert set(autograd.__all__) == names - set(dir(builtins))
    assert len(autograd.__all__) == len(set(autograd.__all__))


@pytest.mark.parametrize("module", modules())
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
